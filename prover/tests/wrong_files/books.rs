//! Vices of books: CSV and TOML (ATTACKS 45; a record that cannot be read fails the book).

use std::fs;

use crate::make::{Corpus, Make};
use crate::support::fixture;

const FILES: [&str; 5] = [
    "book.toml",
    "exposures.csv",
    "collateral.csv",
    "capital.csv",
    "stated.csv",
];

fn good(file: &str) -> Vec<u8> {
    fs::read(fixture(&format!("books/four-shapes/{file}"))).unwrap()
}

/// A book in which one file is other bytes; without it where there are none.
fn make(name: &str, vice: &str, file: &str, bytes: Option<Vec<u8>>) -> Make {
    let in_book = |file: &str| format!("book/{file}");
    let mut make = match bytes {
        Some(bytes) => Make::new("book", name, vice, &in_book(file), bytes),
        None => Make::new(
            "book",
            name,
            vice,
            "book/README",
            "There is no such file.\n",
        ),
    };
    for other in FILES.iter().filter(|other| **other != file) {
        make = make.like(&in_book(other), &format!("books/four-shapes/{other}"));
    }
    make.command("plimsoll assess book --json")
}

pub fn add(corpus: &mut Corpus) {
    let mut bad =
        |name: &str, vice: &str, file: &str, (from, to): (&str, &str), reason: &str, says: &str| {
            let text = String::from_utf8(good(file)).unwrap();
            assert!(text.contains(from), "{from}");
            let text = text.replacen(from, to, 1).into_bytes();
            corpus.add(make(name, vice, file, Some(text)).malformed(reason, says));
        };
    let e = "exposures.csv";
    let amount = ",12000000.50,";
    bad(
        "negative",
        "an amount below zero",
        e,
        (amount, ",-12000000.50,"),
        "Book.Amount.Negative",
        "is negative",
    );
    bad(
        "plus",
        "an amount with a plus sign",
        e,
        (amount, ",+12000000.50,"),
        "Book.Amount.PlusSign",
        "plus sign",
    );
    bad(
        "exponent",
        "an amount with an exponent",
        e,
        (amount, ",1.2e7,"),
        "Book.Amount.Exponent",
        "an exponent",
    );
    bad(
        "nan",
        "an amount that is no number",
        e,
        (amount, ",NaN,"),
        "Book.Amount.NotFinite",
        "not a finite number",
    );
    bad(
        "separator",
        "an amount with thousands apart",
        e,
        (amount, ",\"12,000,000.50\","),
        "Book.Amount.Separator",
        "thousands separator",
    );
    bad(
        "too-fine",
        "an amount finer than the book's unit",
        e,
        (amount, ",12000000.501,"),
        "Book.Amount.TooFine",
        "more decimals",
    );
    bad(
        "huge",
        "an amount of 2^64 units",
        e,
        (amount, ",184467440737095516.16,"),
        "Book.Amount.TooLarge",
        "too large",
    );
    bad(
        "hexadecimal",
        "an amount in hexadecimal digits",
        e,
        (amount, ",0xB71B00,"),
        "Book.Amount.NotDecimal",
        "not a decimal number",
    );
    bad(
        "missing-amount",
        "an amount that is not there",
        e,
        (amount, ",,"),
        "Book.Amount.Missing",
        "missing",
    );
    bad(
        "id-twice",
        "two exposures of one id",
        e,
        ("treasury bills", "cash"),
        "Book.Duplicate",
        "occurs twice",
    );
    bad(
        "short-record",
        "a record with a value less",
        e,
        ("cash,cash,,on-balance", "cash,cash,on-balance"),
        "Book.FieldCount",
        "13 columns",
    );
    bad(
        "column-twice",
        "a column twice",
        e,
        (",grade,", ",class,"),
        "Book.DuplicateColumn",
        "occurs twice",
    );
    bad(
        "unknown-column",
        "a column that no rule reads",
        e,
        (",grade,", ",rating,"),
        "Book.UnknownColumn",
        "unknown column",
    );
    bad(
        "missing-column",
        "amounts without a column",
        e,
        (",amount,", ",maturity_day,"),
        "Book.UnknownColumn",
        "unknown column",
    );
    bad(
        "spaces",
        "a class with a space before it",
        e,
        ("cash,cash,", "cash, cash,"),
        "Book.Spaces",
        "a space",
    );
    bad(
        "control",
        "a line break within an id",
        e,
        ("maker of pumps", "\"maker\nof pumps\""),
        "Book.ControlCharacter",
        "line break",
    );
    bad(
        "unknown-class",
        "a class that the rulebook does not have",
        e,
        ("cash,cash,", "cash,golden,"),
        "Book.Unknown",
        "unknown",
    );
    bad(
        "provisions",
        "provisions above their amount",
        e,
        ("190000.00", "1900000.00"),
        "Book.Provisions",
        "provisions",
    );
    bad(
        "days",
        "half a day",
        e,
        (",2555,", ",2555.5,"),
        "Book.Days",
        "whole number of days",
    );
    bad(
        "pledge-of-nobody",
        "collateral of an exposure that is not there",
        "collateral.csv",
        ("gold loan", "silver loan"),
        "Book.UnknownExposure",
        "no exposure",
    );
    bad(
        "item-twice",
        "two lines of capital with one name",
        "capital.csv",
        ("retained-earnings", "common-shares"),
        "Book.Duplicate",
        "occurs twice",
    );
    bad(
        "unknown-item",
        "capital that the rulebook does not know",
        "capital.csv",
        ("goodwill", "goodwish"),
        "Book.Unknown",
        "unknown",
    );
    bad(
        "lei",
        "an LEI whose check digits do not hold",
        "book.toml",
        ("000000000025", "000000000026"),
        "Book.Lei.CheckDigits",
        "check digits",
    );
    bad(
        "day",
        "a day that no calendar has",
        "book.toml",
        ("2024-06-28", "2024-06-31"),
        "Book.Day.NoSuchDay",
        "no such day",
    );
    bad(
        "scale",
        "a unit beyond every scale",
        "book.toml",
        ("scale = 2", "scale = 99"),
        "Book.Scale",
        "scale",
    );
    bad(
        "manifest-key",
        "a key that books do not have",
        "book.toml",
        ("scale = 2", "scale = 2\naudited = true"),
        "Book.Manifest",
        "audited",
    );
    let mut raw =
        |name: &str, vice: &str, file: &str, bytes: Option<Vec<u8>>, reason: &str, says: &str| {
            corpus.add(make(name, vice, file, bytes).malformed(reason, says));
        };
    let mark = [b"\xef\xbb\xbf".to_vec(), good(e)].concat();
    raw(
        "byte-order-mark",
        "a byte order mark",
        e,
        Some(mark),
        "Book.ByteOrderMark",
        "byte order mark",
    );
    let latin = String::from_utf8(good(e))
        .unwrap()
        .replacen("maker of pumps", "m\u{fc}ller", 1);
    let latin = latin.chars().map(|c| c as u8).collect();
    raw(
        "latin-1",
        "an umlaut in Latin-1",
        e,
        Some(latin),
        "Book.NotUtf8",
        "Latin-1",
    );
    raw(
        "empty",
        "a file of no bytes",
        e,
        Some(Vec::new()),
        "Book.NoHeader",
        "no header",
    );
    let header = good(e)
        .split_inclusive(|b| *b == b'\n')
        .next()
        .unwrap()
        .to_vec();
    raw(
        "no-exposure",
        "a header alone",
        e,
        Some(header),
        "Book.EmptyBook",
        "no exposure",
    );
    raw(
        "absent",
        "collateral.csv is not there, and nothing says so",
        "collateral.csv",
        None,
        "Book.Absent",
        "no such file",
    );
}
