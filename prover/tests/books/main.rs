//! Books as folders: what is read, what is refused and where, what is written.
#![allow(missing_docs)]

mod folders;
mod records;
mod rules;

use std::fs;

use plimsoll_circuits::book::Book;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::book::{check, load};
use tempfile::TempDir;

const MANIFEST: &str = r#"institution = "Example Bank"
lei = "784F5XWPLTWKTBV3E584"
as_of = "2024-02-29"
currency = "USD"
scale = 2
rulebook = "basel-2023"
empty = ["capital.csv", "stated.csv"]
"#;
const EXPOSURES: &str = "id,class,grade,amount,currency,provisions\n\
    a,corporate,BBB,100.50,USD,\n\
    b,retail,,7,,0.01\n";
const COLLATERAL: &str = "id,exposure,kind,amount\nc2,b,cash,1\nc1,a,cash,2\n";

/// A folder with a good book, some files of which are replaced; an empty text removes the file.
fn folder(changes: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("book.toml", MANIFEST),
        ("exposures.csv", EXPOSURES),
        ("collateral.csv", COLLATERAL),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    for (name, text) in changes {
        if text.is_empty() {
            fs::remove_file(folder.path().join(name)).unwrap();
        } else {
            fs::write(folder.path().join(name), text).unwrap();
        }
    }
    folder
}

fn refusal(changes: &[(&str, &[u8])]) -> String {
    let folder = folder(changes);
    let error = match load(folder.path()) {
        Ok(book) => check(&book, &rulebook(&book), &dollars()).unwrap_err(),
        Err(error) => error,
    };
    assert!(!error.hint().is_empty());
    format!("{error} / {}", error.hint())
}

fn rulebook(book: &Book) -> Rulebook {
    Rulebook::builtin(&book.rulebook).unwrap()
}

fn dollars() -> Snapshot {
    Snapshot::builtin("usd-only").unwrap()
}

/// What is wrong with these exposures: the header `id,class,amount` and these lines.
fn exposures(lines: &str) -> String {
    let text = format!("id,class,amount\n{lines}");
    refusal(&[
        ("exposures.csv", text.as_bytes()),
        ("collateral.csv", b"id,exposure,kind,amount\n"),
    ])
}
