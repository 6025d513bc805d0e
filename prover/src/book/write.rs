//! From a book to a folder, all of it or none.

mod derivatives;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use plimsoll_circuits::amount::format_amount;
use plimsoll_circuits::book::{Book, CollateralItem, Exposure, Line};
use plimsoll_verifier::files;

use super::columns::{
    CAPITAL, COLLATERAL, CsvFile, EXPOSURES, MANIFEST, MARGIN, NETTING_SETS, STATED, TRADES,
};
use super::error::{BookError, Problem};
use super::manifest::Written;
use super::time;

/// The conversion of an exposure that names none.
pub(super) const ON_BALANCE: &str = "on-balance";

/// Writes `book` as a new folder. Columns in which no record has a value are left out.
///
/// The files are written to a folder beside `folder` (readable by its owner alone), which is then
/// renamed: after an error there is nothing at `folder`.
///
/// # Errors
/// `folder` is there and not empty, or cannot be written.
pub fn save(book: &Book, folder: &Path) -> Result<(), BookError> {
    let shown = folder.display().to_string();
    let failed = |error: io::Error| BookError::file(shown.clone(), Problem::Unwritable(error));
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Ok(false) => return Err(BookError::file(shown.clone(), Problem::Exists)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let fresh = builder.tempdir_in(parent).map_err(failed)?;
    for (name, text) in contents(book).map_err(failed)? {
        let mut file = fs::File::create(fresh.path().join(name)).map_err(failed)?;
        let written = file.write_all(&text).and_then(|()| file.sync_all());
        written.map_err(failed)?;
    }
    fs::rename(fresh.path(), folder).map_err(failed)?;
    // Renamed away: nothing is left to clean up.
    let _ = fresh.keep();
    files::settle(folder);
    Ok(())
}

/// The files of a book: name and contents.
fn contents(book: &Book) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    let scale = book.scale;
    let mut files = Vec::new();
    let mut empty = Vec::new();
    let exposures: Vec<_> = book
        .exposures
        .iter()
        .map(|exposure| exposure_values(exposure, scale))
        .collect();
    let collateral: Vec<_> = book
        .collateral
        .iter()
        .map(|item| collateral_values(item, scale))
        .collect();
    files.push((EXPOSURES.name, table(EXPOSURES, &exposures)?));
    if collateral.is_empty() {
        empty.push(COLLATERAL.name.to_owned());
    } else {
        files.push((COLLATERAL.name, table(COLLATERAL, &collateral)?));
    }
    for (file, lines) in [(CAPITAL, &book.capital), (STATED, &book.stated)] {
        if lines.is_empty() {
            empty.push(file.name.to_owned());
            continue;
        }
        let values: Vec<_> = lines.iter().map(|line| line_values(line, scale)).collect();
        files.push((file.name, table(file, &values)?));
    }
    let now = book.as_of.seconds() + i64::from(book.as_of_time);
    // A book without derivatives has none of the three files, and no word of them.
    if !(book.netting_sets.is_empty() && book.trades.is_empty() && book.margin.is_empty()) {
        let sets = book.netting_sets.iter();
        let sets: Vec<_> = sets.map(|s| derivatives::netting_set(s, scale)).collect();
        let trades = book.trades.iter();
        let trades: Vec<_> = trades.map(|t| derivatives::trade(t, scale, now)).collect();
        let margin = book.margin.iter();
        let margin: Vec<_> = margin.map(|m| derivatives::margin(m, scale)).collect();
        files.push((NETTING_SETS.name, table(NETTING_SETS, &sets)?));
        for (file, written) in [
            (TRADES, (!trades.is_empty()).then(|| table(TRADES, &trades))),
            (MARGIN, (!margin.is_empty()).then(|| table(MARGIN, &margin))),
        ] {
            match written {
                Some(text) => files.push((file.name, text?)),
                None => empty.push(file.name.to_owned()),
            }
        }
    }
    let written = Written {
        institution: book.institution.clone(),
        lei: book.lei.to_string(),
        as_of: time::format(now, 0),
        currency: book.currency.to_string(),
        scale,
        rulebook: book.rulebook.clone(),
        empty,
    };
    files.push((
        MANIFEST,
        toml::to_string(&written)
            .map_err(io::Error::other)?
            .into_bytes(),
    ));
    Ok(files)
}

/// A CSV file: the required columns, and those optional ones in which something stands.
fn table<const N: usize>(file: CsvFile, records: &[[String; N]]) -> io::Result<Vec<u8>> {
    debug_assert_eq!(file.columns.len(), N);
    let kept: Vec<usize> = (0..N)
        .filter(|&i| file.columns[i].required || records.iter().any(|values| !values[i].is_empty()))
        .collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(kept.iter().map(|&i| file.columns[i].name))?;
    for values in records {
        writer.write_record(kept.iter().map(|&i| &values[i]))?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

/// An optional amount: empty if zero.
fn amount(units: u64, scale: i8) -> String {
    if units == 0 {
        String::new()
    } else {
        format_amount(units, scale)
    }
}

/// A number of days: empty if zero.
fn days(days: u32) -> String {
    if days == 0 {
        String::new()
    } else {
        days.to_string()
    }
}

fn exposure_values(e: &Exposure, scale: i8) -> [String; EXPOSURES.columns.len()] {
    [
        e.id.to_string(),
        e.class.to_string(),
        e.grade.to_string(),
        e.counterparty_class.to_string(),
        e.counterparty_grade.to_string(),
        e.currency.to_string(),
        if e.conversion == ON_BALANCE {
            String::new()
        } else {
            e.conversion.to_string()
        },
        format_amount(e.amount, scale),
        amount(e.provisions, scale),
        amount(e.property_value, scale),
        e.income_currency.to_string(),
        days(e.maturity_days),
        e.lent_security.to_string(),
        e.lent_rating.to_string(),
        days(e.lent_maturity_days),
        days(e.holding_days),
        days(e.revaluation_days),
    ]
}

fn collateral_values(c: &CollateralItem, scale: i8) -> [String; COLLATERAL.columns.len()] {
    [
        c.id.to_string(),
        c.exposure.to_string(),
        c.kind.to_string(),
        c.rating.to_string(),
        c.currency.to_string(),
        format_amount(c.amount, scale),
        days(c.maturity_days),
        days(c.protection_days),
        days(c.original_days),
    ]
}

fn line_values(line: &Line, scale: i8) -> [String; CAPITAL.columns.len()] {
    [line.name.to_string(), format_amount(line.amount, scale)]
}
