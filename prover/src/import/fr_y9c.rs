//! A whole FR Y-9C filing as a book under the rulebook `us-standardised`.
//!
//! The file has a line per item: code, description, value in thousands of dollars. What enters
//! the book:
//!
//! - **exposures**: one for each risk-weight bucket of Schedule HC-R Part II, item 23, that is not
//!   zero, with the item's code as its id;
//! - **stated lines**: what the filing adds to and deducts from the buckets' risk-weighted assets,
//!   the leverage exposure, and the bank's own rounding of item 25;
//! - **capital**: Schedule HC-R Part I item by item, with the balance sheet of Schedule HC.
//!
//! Names and telephone numbers of officers never leave the reader. A filing that does not add up
//! is refused.

mod capital;
mod error;
mod exposures;
mod filing;
mod stated;

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_circuits::book::{Book, Currency, Lei, Line, Place};
use plimsoll_circuits::rulebook::Rulebook;

pub use error::{FilingError, FilingProblem};
use filing::Filing;

/// Name of the rulebook for filings.
pub const RULEBOOK: &str = "us-standardised";
/// Filings are in thousands of dollars.
pub const SCALE: i8 = -3;
/// RSSD numbers and the identifiers of the same institutions, with source in `fixtures/README.md`.
const IDENTIFIERS: &str = include_str!("../../../fixtures/identifiers/rssd-lei.csv");

/// An imported filing.
#[derive(Debug)]
pub struct Imported {
    /// The book.
    pub book: Book,
    /// RSSD number, from inside the file.
    pub rssd: String,
    /// What the reader of the import should know.
    pub notes: Vec<String>,
}

/// Reads the filing in `file`; `rulebook` is [`RULEBOOK`]; `lei` stands in where the RSSD number is
/// not one of those known here.
///
/// # Errors
/// The file cannot be read, lacks an item, or contradicts itself.
pub fn import(file: &Path, lei: Option<Lei>, rulebook: &Rulebook) -> Result<Imported, FilingError> {
    let filing = Filing::read(file)?;
    let lei = match lei.or_else(|| known_identifiers().get(filing.rssd.as_str()).copied()) {
        Some(lei) => lei,
        None => return Err(filing.error(FilingProblem::NoLei(filing.rssd.clone()))),
    };
    let mut notes = Vec::new();
    let exposures = exposures::exposures(&filing, rulebook)?;
    let stated = stated::stated(&filing, &exposures, &mut notes)?;
    let capital = capital::capital(&filing, &mut notes)?;
    let book = Book {
        institution: filing.institution.clone(),
        exposures: exposures.exposures,
        capital,
        stated,
        ..Book::new(
            lei,
            filing.as_of,
            Currency("USD".to_owned()),
            SCALE,
            RULEBOOK,
        )
    };
    Ok(Imported {
        book,
        rssd: filing.rssd,
        notes,
    })
}

/// The next line of a file of the book that has as many below its header.
fn line(file: &str, below_header: usize, name: &str, amount: u64) -> Line {
    Line {
        name: name.into(),
        amount,
        place: Place {
            file: file.into(),
            line: below_header as u64 + 2,
        },
    }
}

/// RSSD number → LEI.
fn known_identifiers() -> BTreeMap<&'static str, Lei> {
    IDENTIFIERS
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut values = line.split(',');
            Some((values.next()?, Lei::parse(values.next()?).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_identifier_holds() {
        assert_eq!(known_identifiers().len(), IDENTIFIERS.lines().count() - 1);
        assert_eq!(known_identifiers().len(), 7);
    }
}
