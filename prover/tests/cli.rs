//! The command line: whole screens, exit status, and nothing written where something is refused.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// What a command left: its exit status and both outputs, with the folder written as `[DIR]`.
struct Screen {
    status: i32,
    out: String,
    err: String,
}

fn plimsoll(folder: &Path, args: &[&str]) -> Screen {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .unwrap()
            .replace(&folder.display().to_string(), "[DIR]")
            .replace('\\', "/")
    };
    Screen {
        status: output.status.code().unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// A folder that holds a copy of the fixture as `book`, with one replacement in one file.
fn book_with(file: &str, from: &str, to: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book");
    fs::create_dir(&book).unwrap();
    for entry in fs::read_dir(support::fixture("books/us-bancorp-2022-12-31")).unwrap() {
        let entry = entry.unwrap();
        let mut text = fs::read_to_string(entry.path()).unwrap();
        if *entry.file_name() == *file {
            assert!(text.contains(from), "{file} has no {from:?}");
            text = text.replacen(from, to, 1);
        }
        fs::write(book.join(entry.file_name()), text).unwrap();
    }
    folder
}

/// `plimsoll assess book` refuses with exactly this on standard error.
fn refused(folder: &Path, expected: &str) {
    for args in [&["assess", "book"][..], &["assess", "book", "--json"]] {
        let screen = plimsoll(folder, args);
        assert_eq!(
            (screen.status, screen.out.as_str()),
            (2, ""),
            "{}",
            screen.err
        );
        assert_eq!(screen.err, expected);
    }
}

/// The fixture with one replacement is refused with this error, at a line of a file of the book.
fn spoiled(file: &str, from: &str, to: &str, expected: &str) {
    refused(
        book_with(file, from, to).path(),
        &format!("error: book/{expected}\n"),
    );
}

const UTF8: &str = "hint: save the file as UTF-8 without a byte order mark";

#[test]
fn amounts() {
    let spoil = |amount: &str, expected: &str| {
        let expected = format!("exposures.csv:4, column `amount`: {expected}");
        spoiled(
            "exposures.csv",
            "20%,151378000000",
            &format!("20%,{amount}"),
            &expected,
        );
    };
    spoil(
        "-151378000000",
        "the amount is negative\nhint: amounts are never negative: the name of the line gives the sign",
    );
    spoil(
        "1.5e11",
        "the amount has an exponent\nhint: write all the digits, such as 1500000 for 1.5e6",
    );
    spoil(
        "NaN",
        "the amount is not a finite number\nhint: write 0 where there is nothing, or leave the record out",
    );
    spoil(
        "151378000500",
        "the amount has more decimals than the book's scale allows\nhint: round the amount yourself, or raise `scale` in book.toml",
    );
    spoil(
        "18446744073709551616000",
        "the amount is too large: 2^64 units of the book or more\nhint: lower `scale` in book.toml, or split the record",
    );
    spoil(
        "",
        "the amount is missing\nhint: write 0 where there is nothing",
    );
}

#[test]
fn names() {
    spoiled(
        "exposures.csv",
        "bucket,20%",
        "bukket,20%",
        "exposures.csv:4, column `class`: unknown class `bukket`\nhint: rulebook `us-standardised` has `bucket`",
    );
    spoiled(
        "exposures.csv",
        "bucket,20%",
        "bucket,21%",
        "exposures.csv:4, column `grade`: unknown grade `21%`\nhint: rulebook `us-standardised` has `0%`, `2%`, `4%`, \
         `10%`, `20%`, `50%`, `100%`, `150%`, `250%`, `300%`, `400%`, `600%`, `625%`, `937.5%`, `1250%`",
    );
    spoiled(
        "exposures.csv",
        "id,class,grade,amount\nBHCKG630,bucket,0%,127211000000",
        "id,class,grade,amount,currency\nBHCKG630,bucket,0%,127211000000,EUR",
        // The records below have one value less, but the first record comes first.
        "exposures.csv:3: the header has 5 columns, this record has 4\n\
         hint: check the commas of this line, and quote values that contain one",
    );
    spoiled(
        "exposures.csv",
        "BHCKS558",
        "BHCKG630",
        "exposures.csv:3, column `id`: `BHCKG630` occurs twice: first on line 2\nhint: give each record its own",
    );
    spoiled(
        "stated.csv",
        "ssfa",
        "sfa",
        "stated.csv:4, column `name`: unknown stated line `sfa`\nhint: rulebook `us-standardised` has `market-risk`, \
         `other-approaches`, `ssfa`, `gross-up`, `rounding`, `rounding-reduction`, `excess-allowance-deduction`, \
         `transfer-risk-reserve`, `leverage-exposure`",
    );
}

#[test]
fn a_currency_without_a_rate() {
    let folder = book_with("exposures.csv", "", "");
    let book = folder.path().join("book/exposures.csv");
    fs::write(
        &book,
        "id,class,grade,amount,currency\na,bucket,100%,1000,EUR\n",
    )
    .unwrap();
    refused(
        folder.path(),
        "error: book/exposures.csv:2, column `currency`: unknown currency `EUR`\n\
         hint: snapshot `usd-only` has no rate for it: name another with --snapshot\n",
    );
}

#[test]
fn files() {
    spoiled(
        "exposures.csv",
        "id,class,grade,amount",
        "id,class,grade",
        "exposures.csv:1, column `amount`: the column is missing\n\
         hint: add the column to the header and a value to each record",
    );
    spoiled(
        "exposures.csv",
        "id,class,grade,amount",
        "id,class,class,amount",
        "exposures.csv:1, column `class`: the column occurs twice\nhint: keep one of the two",
    );
    let folder = book_with("exposures.csv", "", "");
    let file = folder.path().join("book/exposures.csv");
    fs::write(
        &file,
        b"id,class,grade,amount\na,bucket,100%,1000\nb\xe9,bucket,100%,1000\n",
    )
    .unwrap();
    refused(
        folder.path(),
        &format!(
            "error: book/exposures.csv:3, column 2: not UTF-8: probably Latin-1 or Windows-1252\n{UTF8}\n"
        ),
    );
    fs::write(&file, "id,class,grade,amount\n").unwrap();
    refused(
        folder.path(),
        "error: book/exposures.csv:1: the book has no exposure\nhint: add a record to exposures.csv\n",
    );
    fs::write(&file, "").unwrap();
    refused(
        folder.path(),
        "error: book/exposures.csv:1: there is no header\nhint: the first line names the columns\n",
    );
    fs::remove_dir_all(folder.path().join("book")).unwrap();
    refused(
        folder.path(),
        "error: book/book.toml: there is no such file\nhint: add it: every book has one\n",
    );
}

#[test]
fn collateral_for_nothing() {
    let folder = book_with("book.toml", "empty = [\"collateral.csv\"]\n", "");
    fs::write(
        folder.path().join("book/collateral.csv"),
        "id,exposure,kind,amount\nc,BHCKZ999,cash,1000\n",
    )
    .unwrap();
    refused(
        folder.path(),
        "error: book/collateral.csv:2, column `exposure`: there is no exposure `BHCKZ999`\n\
         hint: name the id of an exposure in exposures.csv\n",
    );
}

#[test]
fn capital_that_contradicts_itself() {
    let folder = book_with("capital.csv", "goodwill,", "goodwill,1000\ngoodwill,");
    refused(
        folder.path(),
        "error: book/capital.csv:11, column `name`: `goodwill` occurs twice: first on line 10\n\
         hint: give each record its own\n",
    );
    let folder = book_with(
        "capital.csv",
        "total-liabilities,623573000000",
        "total-liabilities,623573001000",
    );
    let screen = plimsoll(folder.path(), &["assess", "book"]);
    assert_eq!(screen.status, 2);
    let start = "error: book/capital.csv:23, column `amount`: assets less liabilities do not equal equity\n\
                 hint: equity is made up of common-stock, surplus, ";
    assert!(screen.err.starts_with(start), "{}", screen.err);
}

#[test]
fn rulebooks() {
    let folder = book_with("exposures.csv", "", "");
    let screen = plimsoll(
        folder.path(),
        &["assess", "book", "--rulebook", "basel-1988"],
    );
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert_eq!(
        screen.err,
        "error: basel-1988: no rulebook named `basel-1988` is built in\n\
         hint: name one of basel-2023, us-standardised, or a file\n"
    );
    let screen = plimsoll(
        folder.path(),
        &["assess", "book", "--rulebook", "nowhere.toml"],
    );
    assert_eq!(screen.status, 2);
    assert!(
        screen.err.starts_with("error: nowhere.toml: "),
        "{}",
        screen.err
    );
    assert!(
        screen
            .err
            .ends_with("hint: check the path and its permissions\n"),
        "{}",
        screen.err
    );

    // Bands in the wrong order.
    let text = Rulebooks::BASEL.replacen(
        "[\"50%\", \"20%\"], [\"60%\", \"25%\"]",
        "[\"60%\", \"20%\"], [\"50%\", \"25%\"]",
        1,
    );
    assert_ne!(text, Rulebooks::BASEL);
    fs::write(folder.path().join("mine.toml"), text).unwrap();
    let screen = plimsoll(
        folder.path(),
        &["assess", "book", "--rulebook", "mine.toml"],
    );
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert!(
        screen.err.starts_with("error: mine.toml: rulebook, line "),
        "{}",
        screen.err
    );
    assert!(
        screen
            .err
            .contains("edges or days that are to rise do not rise\nhint: order them"),
        "{}",
        screen.err
    );
}

struct Rulebooks;

impl Rulebooks {
    const BASEL: &str = include_str!("../../circuits/rulebooks/basel-2023.toml");
}

#[test]
fn imports_are_refused_with_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("filing.csv"),
        "ItemName,Description,Value\nID_RSSD,,1119794\n",
    )
    .unwrap();
    fs::write(folder.path().join("other.csv"), "a,b\n1,2\n").unwrap();
    fs::write(
        folder.path().join("latin.csv"),
        b"ItemName,Description,Value\nCity,,Z\xfcrich\n",
    )
    .unwrap();
    for (args, expected) in [
        (&["nothing.csv"][..], "error: nothing.csv: cannot be read: "),
        (
            &["filing.csv"],
            "error: filing.csv: the report date is not a day\nhint: the report date is written YYYYMMDD\n",
        ),
        (
            &["other.csv"],
            "error: other.csv:1: the header is not that of an FR Y-9C filing\n",
        ),
        (
            &["latin.csv"],
            "error: latin.csv:2, column 8: not UTF-8 without a byte order mark\n",
        ),
        (
            &["filing.csv", "--lei", "N1GZ7BBF3NP8GI976H14"],
            "error: --lei: the check digits of the LEI do not hold\nhint: copy the LEI from the GLEIF register\n",
        ),
    ] {
        let args: Vec<&str> = ["import", "fr-y9c"]
            .iter()
            .chain(args)
            .chain(&["--out", "out"])
            .copied()
            .collect();
        let screen = plimsoll(folder.path(), &args);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        assert!(screen.err.starts_with(expected), "{}", screen.err);
        assert!(!folder.path().join("out").exists());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn a_filing_is_imported_once() {
    let Some(file) = support::filings()
        .into_iter()
        .find(|file| file.display().to_string().contains("PNC"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let args = ["import", "fr-y9c", file.to_str().unwrap(), "--out", "pnc"];
    let screen = plimsoll(folder.path(), &args);
    assert_eq!(screen.status, 0, "{}", screen.err);
    assert_eq!(
        screen.err,
        "note: the bank's own rounding of item 25 comes to 1.04 thousand dollars: `rounding` adds 2 thousand dollars\n"
    );
    assert_eq!(
        screen.out,
        "pnc\nPNC FINANCIAL SERVICES GROUP, INC., THE (RSSD 1069778, LEI CFGNEKW0P8842LEUIA51), 2022-06-30: \
         9 exposures, 24 capital items, 5 stated lines\n"
    );
    let screen = plimsoll(folder.path(), &args);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert_eq!(
        screen.err,
        "error: pnc: is there already\nhint: name another folder, or remove this one\n"
    );
}

#[test]
fn usage() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &[][..],
        &["assess"],
        &["asess", "book"],
        &["assess", "book", "--jsn"],
    ] {
        let screen = plimsoll(folder.path(), args);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        assert!(screen.err.contains("Usage: plimsoll"), "{}", screen.err);
    }
    assert_eq!(plimsoll(folder.path(), &["--version"]).status, 0);
}
