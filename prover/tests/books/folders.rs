//! The folder: the manifest and which files are there, what a good book reads as, and that what is
//! written is read again.

use std::fs;
use std::path::Path;

use plimsoll_circuits::book::{Book, CollateralItem, Currency, Day, Exposure, Lei, Line};
use plimsoll_prover::book::{load, open, save};
use proptest::prelude::*;

use crate::{MANIFEST, folder, refusal};

#[test]
fn a_good_book() {
    let book = load(folder(&[]).path()).unwrap();
    assert_eq!(book.lei, Lei::parse("784F5XWPLTWKTBV3E584").unwrap());
    assert_eq!(
        (book.as_of, book.currency.0.as_str(), book.scale),
        (Day::new(2024, 2, 29).unwrap(), "USD", 2)
    );
    assert_eq!(book.exposures.len(), 2);
    let b = &book.exposures[1];
    assert_eq!(
        (b.id.as_str(), b.amount, b.provisions, b.place.line),
        ("b", 700, 1, 3)
    );
    assert_eq!(b.conversion, "on-balance");
    // By exposure, not by file.
    let order: Vec<&str> = book
        .collateral
        .iter()
        .map(|item| item.id.as_str())
        .collect();
    assert_eq!(order, ["c1", "c2"]);
    assert!(book.capital.is_empty() && book.stated.is_empty());
    assert!(!format!("{book:?}{:?}{:?}", book.exposures, book.collateral).contains("1005"));
}

#[test]
fn files_and_manifest() {
    let error = refusal(&[("collateral.csv", b"")]);
    assert!(
        error.starts_with("collateral.csv: there is no such file / add it, or name it in `empty`"),
        "{error}"
    );
    let error = refusal(&[("exposures.csv", b"")]);
    assert!(
        error.starts_with("exposures.csv: there is no such file / add it: every book"),
        "{error}"
    );
    let error = refusal(&[("book.toml", b"")]);
    assert!(
        error.starts_with("book.toml: there is no such file"),
        "{error}"
    );
    let error = refusal(&[("capital.csv", b"name,amount\n")]);
    assert!(
        error.starts_with("capital.csv: `book.toml` says that this file is empty"),
        "{error}"
    );
    for (from, to, expected) in [
        (
            "784F5XWPLTWKTBV3E584",
            "784F5XWPLTWKTBV3E585",
            "book.toml:2, column `lei`: the check digits",
        ),
        (
            "2024-02-29",
            "2023-02-29",
            "book.toml:3, column `as_of`: the calendar has no such day",
        ),
        (
            "USD",
            "usd",
            "book.toml:4, column `currency`: not a currency code",
        ),
        (
            "scale = 2",
            "scale = 19",
            "book.toml:5, column `scale`: the scale is not between -12 and 18",
        ),
        (
            "scale = 2",
            "scale = 2.0",
            "book.toml:5, column 9: invalid type: floating point",
        ),
        ("scale = 2", "scale = ", "book.toml:5, column"),
        (
            "capital.csv",
            "exposures.csv",
            "book.toml:7, column `empty`: `exposures.csv` cannot be declared empty",
        ),
        (
            "scale = 2",
            "scale = 2\ncolour = 1",
            "book.toml:6, column 1: unknown field `colour`",
        ),
        (
            "Example Bank",
            " ",
            "book.toml:1, column `institution`: the value is missing",
        ),
        (
            "Example Bank",
            "Example\\tBank",
            "book.toml:1, column `institution`: a control character",
        ),
        (
            "basel-2023",
            "basel\\n2023",
            "book.toml:6, column `rulebook`: a control character",
        ),
        (
            "USD",
            "EUR",
            "book.toml: the book reports in EUR, the snapshot quotes in USD / take a snapshot",
        ),
    ] {
        let error = refusal(&[("book.toml", MANIFEST.replace(from, to).as_bytes())]);
        assert!(error.starts_with(expected), "{error}");
    }
    let there = load(Path::new("/nowhere/at/all")).unwrap_err().to_string();
    assert_eq!(there, "book.toml: there is no such file");
    // What is there and cannot be read is not absent.
    let good = folder(&[("exposures.csv", b"")]);
    fs::create_dir(good.path().join("exposures.csv")).unwrap();
    let opened = open(good.path()).unwrap();
    assert_eq!(
        format!("{opened:?}"),
        format!("Opened({})", good.path().display())
    );
    let error = load(good.path()).unwrap_err().to_string();
    assert!(
        error.starts_with("exposures.csv: cannot be read: "),
        "{error}"
    );
    // A file in the way of a folder stays what it is.
    let good = folder(&[]);
    let way = good.path().join("way");
    fs::write(&way, "kept").unwrap();
    let error = save(&load(good.path()).unwrap(), &way).unwrap_err();
    assert!(error.to_string().contains("way: cannot be written: "));
    assert_eq!(fs::read_to_string(&way).unwrap(), "kept");
    let entries = fs::read_dir(good.path()).unwrap();
    assert_eq!(entries.count(), 4, "nothing is left behind");
}

#[test]
fn lines_are_read_once() {
    for name in ["capital.csv", "stated.csv"] {
        let manifest = MANIFEST.replace(&format!("\"{name}\""), "\"collateral.csv\"");
        let folder = folder(&[
            ("book.toml", manifest.as_bytes()),
            ("collateral.csv", b""),
            (name, b"name,amount\nx,5\ny,5\nx,5\n"),
        ]);
        assert_eq!(
            load(folder.path()).unwrap_err().to_string(),
            format!("{name}:4, column `name`: `x` occurs twice: first on line 2")
        );
    }
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9é,\"%;#-]{1,12}"
}

fn days() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0u32), 1u32..4000]
}

prop_compose! {
    fn exposure()(
        names in prop::array::uniform7(text()),
        amount: u64, share in 0u64..=100, property_value: u64,
        currency in prop_oneof![Just(String::new()), Just("EUR".to_owned())],
        days in prop::array::uniform4(days()),
    ) -> Exposure {
        let [id, class, grade, counterparty_class, counterparty_grade, conversion, lent_security] = names;
        Exposure {
            id: id.into(), class: class.into(), grade: grade.into(), counterparty_class: counterparty_class.into(), counterparty_grade: counterparty_grade.into(), conversion: conversion.into(), lent_security: lent_security.into(),
            lent_rating: "".into(), income_currency: currency.clone().into(), currency: currency.into(),
            amount, provisions: amount / 100 * share, property_value,
            maturity_days: days[0], lent_maturity_days: days[1], holding_days: days[2], revaluation_days: days[3],
            ..Exposure::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(
        mut exposures in prop::collection::vec(exposure(), 1..6), scale in -12i8..=18, amounts: [u64; 4],
    ) {
        for (index, exposure) in exposures.iter_mut().enumerate() {
            exposure.id = format!("{}-{index}", exposure.id).into();
            exposure.place.file = "exposures.csv".into();
            exposure.place.line = index as u64 + 2;
        }
        let place = |file: &str, line| plimsoll_circuits::book::Place { file: file.into(), line };
        let item = |index: usize, of: usize, file_line| CollateralItem {
            id: format!("c{index}").into(), exposure: exposures[of].id.clone(), kind: "gold".into(),
            amount: amounts[index], maturity_days: 7, place: place("collateral.csv", file_line), ..CollateralItem::default()
        };
        let collateral = vec![item(0, 0, 2), item(1, exposures.len() - 1, 3)];
        let line = |name: &str, amount, file: &str| vec![Line { name: name.into(), amount, place: place(file, 2) }];
        let book = Book {
            institution: "Crédit \"Exemple\"".to_owned(),
            exposures,
            collateral,
            capital: line("x", amounts[2], "capital.csv"),
            stated: line("y", amounts[3], "stated.csv"),
            ..Book::new(
                Lei::parse("784F5XWPLTWKTBV3E584").unwrap(),
                Day::new(2024, 2, 29).unwrap(),
                Currency("USD".to_owned()),
                scale,
                "basel-2023",
            )
        };
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a/b");
        save(&book, &out).unwrap();
        prop_assert!(load(&out).unwrap() == book);
    }

    #[test]
    fn no_file_makes_it_panic(bytes: Vec<u8>, which in 0usize..3) {
        let name = ["book.toml", "exposures.csv", "collateral.csv"][which];
        let folder = folder(&[(name, if bytes.is_empty() { b"\0" } else { &bytes })]);
        let _ = load(folder.path());
    }
}
