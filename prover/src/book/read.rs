//! From a folder to a book.

use std::collections::HashMap;
use std::path::Path;

use plimsoll_circuits::book::{Book, CollateralItem, Exposure, Line};

use super::columns::{CAPITAL, COLLATERAL, CsvFile, EXPOSURES, MANIFEST, STATED};
use super::error::{BookError, Problem};
use super::manifest;
use super::table::{Row, Table, read_text};

/// Reads the book in `folder` and checks everything that needs no rulebook.
///
/// Exposures keep the order of their file; collateral is ordered by exposure, then by file.
///
/// # Errors
/// The first thing that is wrong, with its file, line and column.
pub fn load(folder: &Path) -> Result<Book, BookError> {
    let text = read_text(folder, MANIFEST)?.ok_or_else(|| {
        BookError::file(
            MANIFEST,
            Problem::Absent {
                may_be_empty: false,
            },
        )
    })?;
    let manifest = manifest::parse(&text)?;
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
                return Err(row.error("exposure", Problem::UnknownExposure(item.exposure)));
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

    Ok(Book {
        capital: lines(folder, CAPITAL, &manifest.empty, scale)?,
        stated: lines(folder, STATED, &manifest.empty, scale)?,
        institution: manifest.institution,
        lei: manifest.lei,
        as_of: manifest.as_of,
        currency: manifest.currency,
        scale,
        rulebook: manifest.rulebook,
        exposures,
        collateral: pledged.into_iter().map(|(_, item)| item).collect(),
        netting_sets: Vec::new(),
        trades: Vec::new(),
        margin: Vec::new(),
    })
}

/// Notes the id of the record with index `next`, and refuses one that was there before.
fn unique(
    seen: &mut HashMap<String, usize>,
    id: &str,
    next: usize,
    row: &Row<'_>,
    line_of: impl Fn(usize) -> u64,
) -> Result<(), BookError> {
    match seen.insert(id.to_owned(), next) {
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
            super::write::ON_BALANCE.to_owned()
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
                    id: line.name,
                    first: first.place.line,
                },
            ));
        }
        lines.push(line);
        Ok(())
    })?;
    Ok(lines)
}
