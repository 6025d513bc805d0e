//! What several tests need.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod chain;
pub mod desk;
pub mod golden;
#[path = "../../../verifier/tests/support/params.rs"]
pub mod params;

use std::path::PathBuf;

use plimsoll_circuits::amount::parse_amount;
use plimsoll_circuits::book::{Book, Currency, Day, Exposure, Lei, Place};

/// A well-formed identifier that is nobody's.
pub const NOBODY: &str = "PLIMSOLL000000000025";

/// A file of the reference data, or `None` (and a line that says so) where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// A file of the project's fixtures.
pub fn fixture(path: &str) -> PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures")
        .join(path)
}

/// The filings of the reference data, in order of their names.
pub fn filings() -> Vec<PathBuf> {
    let Some(folder) = shared("data/fry9c") else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "csv"))
        .collect();
    files.sort();
    files
}

/// The 10 000 consumer loans of the reference data as retail exposures: the amount is the balance,
/// zero balances stay.
pub fn loans() -> Option<Book> {
    let file = shared("data/loans/lendingclub_loans_full_schema.csv")?;
    let mut reader = csv::Reader::from_path(file).unwrap();
    let balance = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "balance")
        .unwrap();
    let exposures = reader
        .records()
        .zip(2..)
        .map(|(record, line)| {
            let record = record.unwrap();
            Exposure {
                id: record[0].into(),
                class: "retail".into(),
                conversion: "on-balance".into(),
                amount: parse_amount(&record[balance], 2).unwrap(),
                place: Place {
                    file: "exposures.csv".into(),
                    line,
                },
                ..Exposure::default()
            }
        })
        .collect();
    Some(Book {
        institution: "Consumer loans".to_owned(),
        exposures,
        ..Book::new(
            // A well-formed identifier that is nobody's: the loans have no owner.
            Lei::parse(NOBODY).unwrap(),
            Day::new(2018, 3, 31).unwrap(),
            Currency("USD".to_owned()),
            2,
            "basel-2023",
        )
    })
}
