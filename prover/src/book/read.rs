//! From a folder to a book.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use plimsoll_circuits::book::{Book, CollateralItem, Currency, Exposure, Line};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use smol_str::SmolStr;

use super::columns::{CAPITAL, COLLATERAL, CsvFile, EXPOSURES, MANIFEST, STATED};
use super::error::{BookError, Problem};
use super::manifest::{self, Manifest};
use super::netting;
use super::table::{Row, Table, read_text};
use super::time::Clock;
use super::trades::Context;

/// A book whose `book.toml` has been read, and nothing else yet.
pub struct Opened {
    folder: PathBuf,
    manifest: Manifest,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({})", self.folder.display())
    }
}

impl Opened {
    /// Name of the rulebook that the book was written for.
    pub fn rulebook(&self) -> &str {
        &self.manifest.rulebook
    }

    /// Reporting currency.
    pub fn currency(&self) -> &Currency {
        &self.manifest.currency
    }

    /// Reads the book. Times of trades written in years need a rulebook with derivatives; options
    /// without a price need a snapshot.
    ///
    /// Exposures keep the order of their file; collateral is ordered by exposure, then by file;
    /// netting sets, trades and margin keep the order of their files.
    ///
    /// # Errors
    /// The first thing that is wrong, with its file, line and column.
    pub fn read(
        self,
        rulebook: Option<&Rulebook>,
        snapshot: Option<&Snapshot>,
    ) -> Result<Book, BookError> {
        read(&self.folder, self.manifest, rulebook, snapshot)
    }
}

/// Opens the book in `folder`.
///
/// # Errors
/// There is no `book.toml`, or it is refused.
pub fn open(folder: &Path) -> Result<Opened, BookError> {
    let text = read_text(folder, MANIFEST)?.ok_or_else(|| {
        BookError::file(
            MANIFEST,
            Problem::Absent {
                may_be_empty: false,
            },
        )
    })?;
    Ok(Opened {
        folder: folder.to_owned(),
        manifest: manifest::parse(&text)?,
    })
}

/// Reads the book in `folder` and checks everything that needs neither a rulebook nor a snapshot.
///
/// # Errors
/// As [`Opened::read`] without the two.
pub fn load(folder: &Path) -> Result<Book, BookError> {
    open(folder)?.read(None, None)
}

fn read(
    folder: &Path,
    manifest: Manifest,
    rulebook: Option<&Rulebook>,
    snapshot: Option<&Snapshot>,
) -> Result<Book, BookError> {
    let scale = manifest.scale;

    let mut exposures = Vec::new();
    let mut ordinals = HashMap::new();
    if let Some(table) = Table::open(folder, EXPOSURES, &manifest.empty)? {
        table.for_each(|row| {
            let exposure = exposure(&row, scale)?;
            unique(
                &mut ordinals,
                &exposure.id,
                exposures.len(),
                &row,
                |ordinal| {
                    let first: &Exposure = &exposures[ordinal];
                    first.place.line
                },
            )?;
            exposures.push(exposure);
            Ok(())
        })?;
    }
    if exposures.is_empty() {
        return Err(BookError::new(
            EXPOSURES.name,
            Some(1),
            None,
            Problem::EmptyBook,
        ));
    }

    let mut pledged: Vec<(usize, CollateralItem)> = Vec::new();
    let mut ids = HashMap::new();
    if let Some(table) = Table::open(folder, COLLATERAL, &manifest.empty)? {
        table.for_each(|row| {
            let item = collateral(&row, scale)?;
            let Some(&ordinal) = ordinals.get(&item.exposure) else {
                return Err(row.error(
                    "exposure",
                    Problem::UnknownExposure(item.exposure.to_string()),
                ));
            };
            unique(&mut ids, &item.id, pledged.len(), &row, |index| {
                pledged[index].1.place.line
            })?;
            pledged.push((ordinal, item));
            Ok(())
        })?;
    }
    // The sort is stable: within an exposure the order of the file stays.
    pledged.sort_by_key(|(ordinal, _)| *ordinal);

    let rules = rulebook.and_then(|rulebook| rulebook.derivatives.as_ref());
    let context = Context {
        scale,
        clock: Clock {
            now: manifest.as_of.seconds() + i64::from(manifest.as_of_time),
            year: rules.map(|rules| rules.year_quarter_days),
        },
        rulebook,
        snapshot,
    };
    let derivatives = netting::read(folder, &manifest.empty, &context)?;

    Ok(Book {
        capital: lines(folder, CAPITAL, &manifest.empty, scale)?,
        stated: lines(folder, STATED, &manifest.empty, scale)?,
        institution: manifest.institution,
        lei: manifest.lei,
        as_of: manifest.as_of,
        as_of_time: manifest.as_of_time,
        currency: manifest.currency,
        scale,
        rulebook: manifest.rulebook,
        exposures,
        collateral: pledged.into_iter().map(|(_, item)| item).collect(),
        netting_sets: derivatives.netting_sets,
        trades: derivatives.trades,
        margin: derivatives.margin,
    })
}

/// Notes the id of the record with index `next`, and refuses one that was there before.
pub(super) fn unique(
    seen: &mut HashMap<SmolStr, usize>,
    id: &str,
    next: usize,
    row: &Row<'_>,
    line_of: impl Fn(usize) -> u64,
) -> Result<(), BookError> {
    match seen.insert(id.into(), next) {
        None => Ok(()),
        Some(index) => Err(row.error(
            "id",
            Problem::Duplicate {
                id: id.to_owned(),
                first: line_of(index),
            },
        )),
    }
}

fn exposure(row: &Row<'_>, scale: i8) -> Result<Exposure, BookError> {
    let conversion = row.text("conversion")?;
    let exposure = Exposure {
        id: row.text("id")?,
        class: row.text("class")?,
        grade: row.text("grade")?,
        counterparty_class: row.text("counterparty_class")?,
        counterparty_grade: row.text("counterparty_grade")?,
        currency: row.currency("currency")?,
        conversion: if conversion.is_empty() {
            super::write::ON_BALANCE.into()
        } else {
            conversion
        },
        amount: row.amount("amount", scale)?,
        provisions: row.amount("provisions", scale)?,
        property_value: row.amount("property_value", scale)?,
        income_currency: row.currency("income_currency")?,
        maturity_days: row.days("maturity_days")?,
        lent_security: row.text("lent_security")?,
        lent_rating: row.text("lent_rating")?,
        lent_maturity_days: row.days("lent_maturity_days")?,
        holding_days: row.days("holding_days")?,
        revaluation_days: row.days("revaluation_days")?,
        place: row.place(),
    };
    if exposure.provisions > exposure.amount {
        return Err(row.error("provisions", Problem::Provisions));
    }
    Ok(exposure)
}

fn collateral(row: &Row<'_>, scale: i8) -> Result<CollateralItem, BookError> {
    Ok(CollateralItem {
        id: row.text("id")?,
        exposure: row.text("exposure")?,
        kind: row.text("kind")?,
        rating: row.text("rating")?,
        currency: row.currency("currency")?,
        amount: row.amount("amount", scale)?,
        maturity_days: row.days("maturity_days")?,
        protection_days: row.days("protection_days")?,
        original_days: row.days("original_days")?,
        place: row.place(),
    })
}

fn lines(
    folder: &Path,
    file: CsvFile,
    empty: &[String],
    scale: i8,
) -> Result<Vec<Line>, BookError> {
    let mut lines: Vec<Line> = Vec::new();
    let Some(table) = Table::open(folder, file, empty)? else {
        return Ok(lines);
    };
    table.for_each(|row| {
        let line = Line {
            name: row.text("name")?,
            amount: row.amount("amount", scale)?,
            place: row.place(),
        };
        if let Some(first) = lines.iter().find(|other| other.name == line.name) {
            return Err(row.error(
                "name",
                Problem::Duplicate {
                    id: line.name.to_string(),
                    first: first.place.line,
                },
            ));
        }
        lines.push(line);
        Ok(())
    })?;
    Ok(lines)
}
