//! Books, rulebooks and snapshots as a command names them.

use std::fs;
use std::path::Path;

use plimsoll_circuits::book::{Book, Currency};
use plimsoll_circuits::rulebook::{self, Rulebook};
use plimsoll_circuits::snapshot::{self, Snapshot};

use crate::book::{self, BookError};
use crate::error::Failure;

/// A book with everything it is read against, checked against each other.
#[derive(Debug)]
pub struct Sources {
    /// The book.
    pub book: Book,
    /// The rulebook.
    pub rulebook: Rulebook,
    /// The snapshot.
    pub snapshot: Snapshot,
}

/// Loads the book in `folder` under the rulebook and the snapshot that are named, or else under the
/// rulebook that the book names and a snapshot of its reporting currency alone.
///
/// # Errors
/// The first thing that is wrong with any of the three; files of the book are named with their folder.
pub fn load(
    folder: &Path,
    rulebook: Option<&str>,
    snapshot: Option<&str>,
) -> Result<Sources, Failure> {
    let in_folder = |error: BookError| BookError {
        file: folder.join(&error.file).display().to_string(),
        ..error
    };
    let opened = book::open(folder).map_err(in_folder)?;
    let rulebook = self::rulebook(rulebook.unwrap_or(opened.rulebook()))?;
    let snapshot = match snapshot {
        Some(name) => self::snapshot(name)?,
        None => reporting_only(opened.currency())?,
    };
    let book = opened
        .read(Some(&rulebook), Some(&snapshot))
        .map_err(in_folder)?;
    book::check(&book, &rulebook, &snapshot).map_err(in_folder)?;
    Ok(Sources {
        book,
        rulebook,
        snapshot,
    })
}

/// A rulebook that is built in, or a file.
///
/// # Errors
/// There is none, or it is refused.
pub fn rulebook(name: &str) -> Result<Rulebook, Failure> {
    let failed = |error| Failure::Rulebook {
        file: name.to_owned(),
        error,
    };
    if is_file(name, rulebook::BUILTIN.map(|(known, _)| known).as_slice()) {
        Rulebook::parse(&read(name)?).map_err(failed)
    } else {
        Rulebook::builtin(name).map_err(failed)
    }
}

/// A snapshot that is built in, or a file.
///
/// # Errors
/// There is none, or it is refused.
pub fn snapshot(name: &str) -> Result<Snapshot, Failure> {
    let failed = |error| Failure::Snapshot {
        file: name.to_owned(),
        error,
    };
    if is_file(name, snapshot::BUILTIN.map(|(known, _)| known).as_slice()) {
        Snapshot::parse(&read(name)?).map_err(failed)
    } else {
        Snapshot::builtin(name).map_err(failed)
    }
}

/// The snapshot in which only the reporting currency has a rate.
fn reporting_only(currency: &Currency) -> Result<Snapshot, Failure> {
    Snapshot::reporting_only(&currency.0).map_err(|error| Failure::Snapshot {
        file: currency.to_string(),
        error,
    })
}

/// A name that is built in is never a file; what looks like a path is one, and so is what is there.
fn is_file(name: &str, builtin: &[&str]) -> bool {
    !builtin.contains(&name)
        && (name.contains(['/', '\\']) || name.ends_with(".toml") || Path::new(name).is_file())
}

fn read(file: &str) -> Result<String, Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::Unreadable {
        file: file.to_owned(),
        error,
    })?;
    crate::text::decode(bytes).map_err(|not_text| Failure::Encoding {
        file: file.to_owned(),
        line: not_text.line,
        column: not_text.column,
    })
}
