//! Whole FR Y-9C filings: what is imported is what was filed.
#![allow(missing_docs)]

mod support;

use std::collections::HashMap;
use std::path::Path;

use plimsoll_circuits::book::{Book, Exposure, Lei};
use plimsoll_circuits::rulebook::{Role, Rulebook, StatedEffect, Tier};
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::book::{check, load, save};
use plimsoll_prover::import::fr_y9c::{self, Imported};

fn rulebook() -> Rulebook {
    Rulebook::builtin(fr_y9c::RULEBOOK).unwrap()
}

fn dollars() -> Snapshot {
    Snapshot {
        name: "usd-only".into(),
        at: 0,
        base: "USD".into(),
        rates: vec![("USD".into(), 100_000_000)],
        prices: Vec::new(),
    }
}

fn import(file: &Path) -> Imported {
    fr_y9c::import(file, None, &rulebook()).unwrap()
}

/// The files of a book, by name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// What the fixtures have of a filing is what the importer reads of it.
#[test]
fn the_filing_of_the_fixtures_is_the_book_of_the_fixtures() {
    let written = |filing: &Path| {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        save(&import(filing).book, &book).unwrap();
        files(&book)
    };
    let expected = files(&support::fixture("books/us-bancorp-2022-12-31"));
    let filing = support::fixture("filings/us-bancorp-2022-12-31.csv");
    assert_eq!(written(&filing), expected);
    if let Some(whole) = support::shared("data/fry9c/FRY9C_U.S._Bancorp_1119794_20221231.csv") {
        assert_eq!(written(&whole), expected);
    }
}

/// Every code of a filing, read independently of the importer.
fn items(file: &Path) -> HashMap<String, String> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader
        .records()
        .map(|r| r.unwrap())
        .map(|r| (r[0].to_owned(), r[2].to_owned()))
        .collect()
}

fn item(items: &HashMap<String, String>, code: &str) -> i128 {
    items.get(code).map_or(0, |value| value.parse().unwrap())
}

/// Risk-weighted assets, 10^-4 of a thousand dollars, added up by hand.
fn rwa(book: &Book) -> i128 {
    let rulebook = rulebook();
    let weight = |e: &Exposure| {
        let mut rows = rulebook.class_rows();
        rows.find(|row| (row.0, row.1) == (&*e.class, &*e.grade))
            .unwrap()
            .2
    };
    let credit: i128 = book
        .exposures
        .iter()
        .map(|e| i128::from(e.amount) * i128::from(weight(e)))
        .sum();
    let stated: i128 = book
        .stated
        .iter()
        .map(|line| {
            let effect = rulebook
                .stated
                .iter()
                .find(|known| known.name == line.name)
                .unwrap()
                .effect;
            match effect {
                StatedEffect::AddsToRwa => i128::from(line.amount),
                StatedEffect::ReducesRwa => -i128::from(line.amount),
                _ => 0,
            }
        })
        .sum();
    credit + stated * 10_000
}

/// A tier, in thousands of dollars, added up by hand.
fn tier(book: &Book, tier: Tier) -> i128 {
    let rulebook = rulebook();
    book.capital
        .iter()
        .map(|line| {
            let item = rulebook
                .capital
                .iter()
                .find(|known| known.name == line.name)
                .unwrap();
            match item.role {
                _ if item.tier != tier => 0,
                Role::Component => i128::from(line.amount),
                Role::Deduction => -i128::from(line.amount),
                _ => 0,
            }
        })
        .sum()
}

/// Whether `capital / measure` rounds to the reported percentage at four decimals.
fn rounds_to(capital: i128, measure: i128, reported: &str) -> bool {
    let (whole, fraction) = reported.split_once('.').unwrap();
    assert_eq!(fraction.len(), 4, "{reported}");
    let reported: i128 = format!("{whole}{fraction}").parse().unwrap();
    // |capital/measure − reported·10^-6| ≤ 0.5·10^-6
    (2 * (capital * 1_000_000 - reported * measure)).abs() <= measure
}

#[test]
fn every_filing_is_imported_as_it_was_filed() {
    let filings = support::filings();
    assert!(filings.is_empty() || filings.len() == 8);
    for file in &filings {
        let Imported { book, rssd, notes } = import(file);
        let items = items(file);
        println!("{} {} {}: {notes:?}", book.institution, rssd, book.as_of);
        assert_eq!(rssd, items["ID_RSSD"]);
        assert_eq!(
            check(&book, &rulebook(), &dollars()).map_err(|e| e.to_string()),
            Ok(())
        );

        let total = rwa(&book);
        assert_eq!(
            total.div_euclid(10_000),
            item(&items, "BHCAA223"),
            "to the thousand dollars, never below"
        );
        let cet1 = tier(&book, Tier::Cet1);
        let tier1 = cet1 + tier(&book, Tier::AdditionalTier1);
        let capital = tier1 + tier(&book, Tier::Tier2);
        let filed = items.get("BHCAP859").or(items.get("BHCWP859")).unwrap();
        assert_eq!(cet1.to_string(), *filed);
        assert_eq!(tier1, item(&items, "BHCA8274"));
        assert_eq!(capital, item(&items, "BHCA3792"));
        let leverage = book
            .stated
            .iter()
            .find(|line| line.name == "leverage-exposure")
            .unwrap();
        assert!(rounds_to(cet1 * 10_000, total, &items["BHCAP793"]));
        assert!(rounds_to(tier1 * 10_000, total, &items["BHCA7206"]));
        assert!(rounds_to(capital * 10_000, total, &items["BHCA7205"]));
        assert!(rounds_to(
            tier1,
            i128::from(leverage.amount),
            &items["BHCA7204"]
        ));

        // Every item of capital is itemised in these filings.
        assert!(
            book.capital
                .iter()
                .all(|line| !line.name.contains("not-itemised")),
            "{:?}",
            book.capital
        );
    }
}

#[test]
fn the_banks_own_rounding() {
    let mut seen = Vec::new();
    for file in support::filings() {
        let book = import(&file).book;
        let rounding = book
            .stated
            .iter()
            .find(|line| line.name == "rounding")
            .map_or(0, |line| line.amount);
        assert!(
            book.stated
                .iter()
                .all(|line| line.name != "rounding-reduction")
        );
        seen.push((book.institution, book.as_of.to_string(), rounding));
    }
    for (institution, day, rounding) in seen {
        let expected = match (institution.as_str(), day.as_str()) {
            ("BANK OF AMERICA CORPORATION", _) => 490,
            ("PNC FINANCIAL SERVICES GROUP, INC., THE", _) => 2,
            ("U.S. BANCORP", "2023-03-31") => 1,
            _ => 0,
        };
        assert_eq!(rounding, expected, "{institution} {day}");
    }
}

#[test]
fn officers_stay_behind() {
    for file in support::filings() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("book");
        save(&import(&file).book, &out).unwrap();
        let mut written = String::new();
        for entry in std::fs::read_dir(&out).unwrap() {
            written += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
        }
        let items = items(&file);
        for code in [
            "TEXT6428",
            "TEXT9009",
            "BHTX8901",
            "BHTX8902",
            "BHCKC490",
            "Street Address",
        ] {
            if let Some(value) = items.get(code).filter(|value| value.len() > 4) {
                assert!(!written.contains(value.as_str()), "{code}");
            }
        }
    }
}

#[test]
fn a_written_book_is_read_back() {
    for file in support::filings() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("book");
        let book = import(&file).book;
        save(&book, &out).unwrap();
        assert!(load(&out).unwrap() == book);
        // A second time there is something in the way.
        assert!(
            save(&book, &out)
                .unwrap_err()
                .to_string()
                .contains("is there already")
        );
    }
}

#[test]
fn the_fixture_is_the_filing() {
    let fixture = load(&support::fixture("books/us-bancorp-2022-12-31")).unwrap();
    assert_eq!(
        check(&fixture, &rulebook(), &dollars()).map_err(|e| e.to_string()),
        Ok(())
    );
    assert_eq!(rwa(&fixture), 496_499_835 * 10_000);
    assert_eq!(tier(&fixture, Tier::Cet1), 41_560_000);
    assert_eq!(
        tier(&fixture, Tier::AdditionalTier1),
        48_813_000 - 41_560_000
    );
    assert_eq!(tier(&fixture, Tier::Tier2), 59_015_000 - 48_813_000);
    for file in support::filings() {
        let book = import(&file).book;
        if book.lei == fixture.lei && book.as_of == fixture.as_of {
            assert!(book == fixture);
        }
    }
}

type Rows = Vec<(&'static str, &'static str)>;

/// A small filing that adds up, to be spoiled.
fn small() -> Rows {
    vec![
        ("Institution Name", "EXAMPLE BANCORP"),
        ("Report Date", "20221231"),
        ("Report Date", "\"December 31, 2022\""),
        ("ID_RSSD", "1119794"),
        ("BHCKG630", "50"),
        ("BHCKG634", "0"),
        ("BHCKG633", "1000"),
        ("BHCKG637", "1000"),
        ("BHCKG632", "301"),
        ("BHCKG636", "150"),
        ("BHCKS581", "20"),
        ("BHCKB704", "1170"),
        ("BHCKA222", "0"),
        ("BHCKG641", "1170"),
        ("BHCAA223", "1170"),
        ("BHCAA224", "1500"),
        ("BHCK3230", "100"),
        ("BHCKB530", "-10"),
        ("BHCAP742", "100"),
        ("BHCAP859", "90"),
        ("BHCAP865", "0"),
        ("BHCA8274", "90"),
        ("BHCA5311", "0"),
        ("BHCA3792", "90"),
        ("BHCK2170", "1600"),
        ("BHCK2948", "1510"),
        ("BHCKG105", "90"),
    ]
}

fn import_small(change: impl FnOnce(&mut Rows)) -> Result<Imported, String> {
    let mut rows = small();
    change(&mut rows);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("filing.csv");
    let lines: String = rows
        .iter()
        .map(|(code, value)| format!("{code},\"a, \"\"b\"\"\",{value}\r\n"))
        .collect();
    std::fs::write(&file, format!("ItemName,Description,Value\r\n{lines}")).unwrap();
    fr_y9c::import(&file, None, &rulebook()).map_err(|error| {
        let prefix = format!("{}", folder.path().display());
        format!("{error}; hint: {}", error.hint()).replace(&prefix, "")
    })
}

fn set(code: &'static str, value: &'static str) -> impl FnOnce(&mut Rows) {
    move |rows| {
        for row in rows.iter_mut().filter(|row| row.0 == code) {
            row.1 = value;
        }
    }
}

#[test]
fn rounding_leans_against_the_bank_both_ways() {
    let lines = |imported: Imported| {
        imported
            .book
            .stated
            .into_iter()
            .map(|line| (line.name, line.amount))
            .collect::<Vec<_>>()
    };
    // 301 at 50 % is 150.5: filed as 150, the reduction of 0.5 is rounded towards zero.
    let book = import_small(|_| {}).unwrap();
    assert_eq!(rwa(&book.book), 11_705_000);
    assert!(
        !lines(book)
            .iter()
            .any(|(name, _)| name.starts_with("rounding"))
    );
    // Filed as 149, a reduction of 1.5 becomes 1; filed as 151, an addition of 0.5 becomes 1.
    let lower = import_small(|rows| {
        set("BHCKG636", "149")(rows);
        set("BHCKB704", "1169")(rows);
        set("BHCKG641", "1169")(rows);
        set("BHCAA223", "1169")(rows);
    })
    .unwrap();
    assert_eq!(rwa(&lower.book), 11_695_000);
    assert!(lines(lower).contains(&("rounding-reduction".into(), 1)));
    let higher = import_small(|rows| {
        set("BHCKG636", "151")(rows);
        set("BHCKB704", "1171")(rows);
        set("BHCKG641", "1171")(rows);
        set("BHCAA223", "1171")(rows);
    })
    .unwrap();
    assert_eq!(rwa(&higher.book), 11_715_000);
    assert!(lines(higher).contains(&("rounding".into(), 1)));
}

#[test]
fn filings_that_are_refused() {
    let refused = |change: Box<dyn FnOnce(&mut Rows)>, expected: &str| {
        let error = import_small(change).map(|_| ()).unwrap_err();
        assert!(
            error.contains(expected),
            "{error:?} does not say {expected:?}"
        );
    };
    refused(
        Box::new(set("BHCKG633", "-1000")),
        "BHCKG637 is not item BHCKG633 at 100%",
    );
    refused(
        Box::new(|rows| {
            set("BHCKG630", "-50")(rows);
        }),
        "item BHCKG630 is negative",
    );
    refused(
        Box::new(set("BHCKB704", "1171")),
        "does not equal item BHCKB704",
    );
    refused(
        Box::new(set("BHCKG641", "1171")),
        "does not equal item BHCKG641",
    );
    refused(
        Box::new(set("BHCAA223", "1171")),
        "does not equal item BHCAA223",
    );
    refused(
        Box::new(set("BHCA8274", "91")),
        "does not equal item BHCA8274",
    );
    refused(
        Box::new(set("BHCA3792", "91")),
        "does not equal item BHCA3792",
    );
    refused(
        Box::new(set("BHCK2170", "1601")),
        "does not equal item BHCKG105",
    );
    refused(
        Box::new(set("BHCAA224", "1.5")),
        ":17: item BHCAA224 is not a whole number",
    );
    // Also an item that would be zero if it were not there.
    for value in ["\"1,000\"", "1O", "n/a", "-"] {
        refused(
            Box::new(set("BHCKG630", value)),
            ":6: item BHCKG630 is not a whole number",
        );
    }
    // A deduction that adds, and a total below zero.
    refused(
        Box::new(|rows| rows.push(("BHCAP841", "-5"))),
        "`goodwill` is negative",
    );
    refused(
        Box::new(|rows| {
            set("BHCK2170", "-10")(rows);
            set("BHCK2948", "-100")(rows);
        }),
        "`total-assets` is negative",
    );
    refused(
        Box::new(|rows| rows.retain(|row| !row.0.starts_with("BHCKG63"))),
        "item BHCKG633 is missing",
    );
    for name in ["EXAMPLE\tBANCORP", " ", ""] {
        refused(
            Box::new(set("Institution Name", name)),
            "item Institution Name is missing",
        );
    }
    refused(
        Box::new(set("ID_RSSD", "1")),
        "no LEI is known for RSSD number 1; hint: name it with --lei",
    );
    refused(
        Box::new(set("Report Date", "20221331")),
        "the report date is not a day",
    );
    refused(
        Box::new(|rows| rows.truncate(20)),
        "is missing; hint: download it again",
    );
    refused(
        Box::new(|rows| rows.retain(|row| row.0 != "BHCAA224")),
        "item BHCAA224 is missing",
    );
    refused(
        Box::new(|rows| rows.push(("BHCKG633", "1001"))),
        "item BHCKG633 occurs twice",
    );
    refused(
        Box::new(|rows| rows.push(("BHCKX", "1,2"))),
        ":29: the record does not have three values",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("filing.csv");
    for text in ["", "\n", "ItemName,Value\n", "ID_RSSD,,1119794\n"] {
        std::fs::write(&file, text).unwrap();
        let error = fr_y9c::import(&file, None, &rulebook()).unwrap_err();
        let error = error.to_string();
        assert!(
            error.ends_with(": the header is not that of an FR Y-9C filing"),
            "{error}"
        );
    }
}

/// An item is rounded by the bank to the million, its bucket too: half a million of each.
#[test]
fn a_bucket_may_be_rounded_to_the_million() {
    let weighted = |item: &'static str, total: &'static str| {
        import_small(|rows| {
            set("BHCKG637", item)(rows);
            for code in ["BHCKB704", "BHCKG641", "BHCAA223"] {
                set(code, total)(rows);
            }
        })
    };
    let stated = weighted("2000", "2170").unwrap().book.stated;
    assert!(
        stated
            .iter()
            .any(|line| line.name == "rounding" && line.amount == 1000)
    );
    assert!(weighted("2001", "2171").is_err());
    assert!(weighted("0", "170").is_ok());
}

#[test]
fn what_is_not_read_says_nothing() {
    // The date in words may come first; items of other schedules, blanks and texts may be anything.
    let imported = import_small(|rows| {
        rows[1].1 = "May 2022";
        rows[2].1 = "20221231";
        rows.push(("BHCT1234", "1"));
        rows.push(("BHCT1234", "2"));
        rows.push(("BHCAP841", ""));
        rows.push(("BHCKC490", "A NAME"));
        rows.push(("BHCKC490", "ANOTHER"));
    })
    .unwrap();
    assert_eq!(imported.book.as_of.to_string(), "2022-12-31");
    assert!(imported.book == import_small(|_| {}).unwrap().book);
}

#[test]
fn other_approaches_add_to_the_buckets() {
    let imported = import_small(|rows| {
        for item in [("BHCKH272", "5"), ("BHCKS478", "3"), ("BHCKS479", "7")] {
            rows.push(item);
        }
        // Less deductions of 4 and 1.
        set("BHCKB704", "1185")(rows);
        set("BHCKA222", "4")(rows);
        rows.push(("BHCK3128", "1"));
        set("BHCKG641", "1180")(rows);
        set("BHCAA223", "1180")(rows);
    })
    .unwrap();
    let stated: Vec<_> = imported
        .book
        .stated
        .iter()
        .map(|line| (line.name.as_str(), line.amount, line.place.line))
        .collect();
    assert_eq!(
        stated,
        [
            ("market-risk", 20, 2),
            ("other-approaches", 5, 3),
            ("ssfa", 3, 4),
            ("gross-up", 7, 5),
            ("excess-allowance-deduction", 4, 6),
            ("transfer-risk-reserve", 1, 7),
            ("leverage-exposure", 1500, 8),
        ]
    );
    // Half a thousand of rounding in the bank's favour is said, and none is not.
    assert_eq!(
        imported.notes,
        [
            "the bank's own rounding of item 25 comes to -0.5 thousand dollars: \
             `rounding-reduction` takes off 0 thousand dollars"
        ]
    );
    let even = import_small(set("BHCKG632", "300")).unwrap();
    assert!(even.notes.is_empty(), "{:?}", even.notes);
}

/// The lines of capital, but for the balance sheet.
fn capital(imported: &Imported) -> Vec<(&str, u64)> {
    let lines = imported.book.capital.iter();
    lines
        .map(|line| (line.name.as_str(), line.amount))
        .filter(|(name, _)| !name.starts_with("total-"))
        .collect()
}

#[test]
fn equity_as_the_balance_sheet_has_it() {
    // Without an item of its own, capital counts stock, surplus and the rest as the balance sheet.
    let imported = import_small(|rows| {
        rows.retain(|row| row.0 != "BHCAP742");
        rows.push(("BHCK3240", "30"));
        rows.push(("BHCKA130", "-30"));
    })
    .unwrap();
    assert_eq!(
        capital(&imported),
        [
            ("common-stock", 100),
            ("surplus", 30),
            ("other-comprehensive-loss", 10),
            ("treasury-stock", 30),
        ]
    );
    // What its items leave over is equity, and no capital.
    let imported = import_small(set("BHCKB530", "-7")).unwrap();
    assert_eq!(
        capital(&imported),
        [
            ("common-stock", 100),
            ("other-comprehensive-loss", 7),
            ("equity-not-itemised-deducted", 3),
            ("equity-not-capital-added", 3),
            ("cet1-not-itemised-deducted", 3),
        ]
    );
    assert!(imported.notes[1].starts_with("equity is not the sum of its items"));
    assert_eq!(tier(&imported.book, Tier::Cet1), 90);
    assert_eq!(
        check(&imported.book, &rulebook(), &dollars()).map_err(|e| e.to_string()),
        Ok(())
    );
}

/// What additional tier 1 cannot absorb is deducted from CET1: nothing is left over.
#[test]
fn a_shortfall_goes_to_the_next_tier() {
    let imported = import_small(|rows| {
        rows.push(("BHCAP864", "5"));
        for code in ["BHCAP859", "BHCA8274", "BHCA3792"] {
            set(code, "85")(rows);
        }
    })
    .unwrap();
    assert_eq!(
        capital(&imported),
        [
            ("common-stock", 100),
            ("other-comprehensive-loss", 10),
            ("at1-deductions", 5),
        ]
    );
}

#[test]
fn an_lei_can_be_named() {
    let lei = Lei::parse("784F5XWPLTWKTBV3E584").unwrap();
    let Some(file) = support::filings().into_iter().next() else {
        return;
    };
    assert_eq!(
        fr_y9c::import(&file, Some(lei), &rulebook())
            .unwrap()
            .book
            .lei,
        lei
    );
}

#[test]
fn what_the_items_leave_over_has_a_name() {
    let imported = import_small(|rows| {
        rows.push(("BHCAP841", "5"));
    })
    .unwrap();
    assert_eq!(tier(&imported.book, Tier::Cet1), 90);
    assert!(
        imported
            .book
            .capital
            .iter()
            .any(|line| line.name == "cet1-not-itemised-added" && line.amount == 5)
    );
    assert_eq!(
        imported
            .notes
            .iter()
            .filter(|note| note.contains("do not add up"))
            .count(),
        1
    );
}
