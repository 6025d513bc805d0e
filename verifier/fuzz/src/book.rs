//! Books: files in one text, each after a line `=== NAME`.
//!
//! The folder lies in memory where there is `/dev/shm`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plimsoll_circuits::book::Book;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::assessment::assess;
use plimsoll_prover::book::{self, BookError};
use plimsoll_prover::report;
use plimsoll_prover::sources::Sources;

/// The files that a book may have.
const FILES: [&str; 8] = [
    "book.toml",
    "exposures.csv",
    "collateral.csv",
    "capital.csv",
    "stated.csv",
    "netting_sets.csv",
    "trades.csv",
    "margin.csv",
];
/// Shorter runs of digits may be line numbers, years or weights.
const TELLING: usize = 6;
/// What hints say of any book.
const EXAMPLES: [&str; 2] = ["1500000", "1234567"];

/// What is read is written and read again; what is refused tells no amount; what is read and
/// checked can be assessed, or is refused by a rule.
pub fn check(bytes: &[u8]) {
    let parts = parts(bytes);
    let folder = folder();
    for name in FILES {
        match parts.iter().find(|(known, _)| *known == name) {
            Some((_, bytes)) => fs::write(folder.join(name), bytes).expect("a folder of ours"),
            None => drop(fs::remove_file(folder.join(name))),
        }
    }
    let opened = match book::open(folder) {
        Ok(opened) => opened,
        Err(error) => return refused(&error, &parts),
    };
    let rulebook = match opened.rulebook() {
        "us-standardised" => &rulebooks()[1],
        _ => &rulebooks()[0],
    };
    let example = Snapshot::builtin("example-2022-12-30").expect("built in");
    let snapshot = match &*opened.currency().0 {
        currency if currency == example.base => example,
        currency => match Snapshot::reporting_only(currency) {
            Ok(snapshot) => snapshot,
            Err(_) => return,
        },
    };
    let book = match opened.read(Some(rulebook), Some(&snapshot)) {
        Ok(book) => book,
        Err(error) => return refused(&error, &parts),
    };
    kept(&book, rulebook, &snapshot);
    if let Err(error) = book::check(&book, rulebook, &snapshot) {
        return refused(&error, &parts);
    }
    let sources = Sources {
        book,
        rulebook: rulebook.clone(),
        snapshot,
    };
    match assess(&sources, Path::new("book")) {
        Ok(assessment) => {
            let _ = report::json(&sources, &assessment, true);
            let _ = report::page(&sources, &assessment, true);
        }
        Err(failure) => tells_nothing(&failure.to_string(), &parts),
    }
}

/// A book that is written is the book that was read.
fn kept(book: &Book, rulebook: &Rulebook, snapshot: &Snapshot) {
    let copy = folder().join("copy");
    let _ = fs::remove_dir_all(&copy);
    book::save(book, &copy).expect("a book that was read");
    let again = book::open(&copy).and_then(|copy| copy.read(Some(rulebook), Some(snapshot)));
    let again = again.unwrap_or_else(|error| panic!("{error}"));
    assert!(
        without_places(again) == without_places(book.clone()),
        "another book"
    );
}

/// Records, wherever they stand.
fn without_places(mut book: Book) -> Book {
    let places = book.exposures.iter_mut().map(|r| &mut r.place);
    let places = places.chain(book.collateral.iter_mut().map(|r| &mut r.place));
    let places = places.chain(book.capital.iter_mut().map(|r| &mut r.place));
    let places = places.chain(book.stated.iter_mut().map(|r| &mut r.place));
    let places = places.chain(book.netting_sets.iter_mut().map(|r| &mut r.place));
    let places = places.chain(book.trades.iter_mut().map(|r| &mut r.place));
    let places = places.chain(book.margin.iter_mut().map(|r| &mut r.place));
    places.for_each(|place| *place = Default::default());
    book
}

fn refused(error: &BookError, parts: &[(&str, &[u8])]) {
    tells_nothing(&error.to_string(), parts);
    tells_nothing(&error.hint(), parts);
}

/// No run of digits of a message stands in a column of amounts.
pub fn tells_nothing(message: &str, parts: &[(&str, &[u8])]) {
    super::message(message);
    let runs = |text: &str| -> Vec<String> {
        let runs = text.split(|c: char| !c.is_ascii_digit());
        runs.filter(|r| r.len() >= TELLING)
            .map(str::to_owned)
            .collect()
    };
    let mut told = runs(message);
    told.retain(|run| !EXAMPLES.contains(&run.as_str()));
    let texts: Vec<_> = parts
        .iter()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes))
        .collect();
    let amounts: Vec<String> = texts.iter().flat_map(|text| amounts(text)).collect();
    for run in amounts.iter().flat_map(|amount| runs(amount)) {
        // What stands elsewhere as well is not the amount's to keep.
        let everywhere = texts.iter().map(|text| text.matches(&run).count());
        let in_amounts = amounts.iter().map(|amount| amount.matches(&run).count());
        if everywhere.sum::<usize>() == in_amounts.sum::<usize>() {
            assert!(!told.contains(&run), "an amount is told");
        }
    }
}

/// The cells below headers that name amounts, where the file is a plain one without quotes.
fn amounts(text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let is_amount = |name: &&str| ["amount", "notional", "provisions"].contains(name);
    let Some(at) = header.iter().position(is_amount) else {
        return Vec::new();
    };
    let cells = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
    let mut amounts = Vec::new();
    for mut cells in lines.map(cells).filter(|c| c.len() == header.len()) {
        let amount = cells.remove(at);
        if !text.contains('"') {
            amounts.push(amount);
        }
    }
    amounts
}

/// The files of the text.
pub fn parts(bytes: &[u8]) -> Vec<(&str, &[u8])> {
    let mut parts: Vec<(&str, &[u8])> = Vec::new();
    let (mut name, mut start, mut at) = ("", 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(next) = line.strip_prefix(b"=== ") {
            parts.push((name, &bytes[start..at]));
            name = std::str::from_utf8(next).unwrap_or_default().trim();
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push((name, &bytes[start..]));
    parts
}

fn rulebooks() -> &'static [Rulebook; 2] {
    static RULEBOOKS: OnceLock<[Rulebook; 2]> = OnceLock::new();
    let names = ["basel-2023", "us-standardised"];
    RULEBOOKS.get_or_init(|| names.map(|name| Rulebook::builtin(name).expect("built in")))
}

fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = parent.join(format!("plimsoll-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder of ours");
        folder
    })
}
