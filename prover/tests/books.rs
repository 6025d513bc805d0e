//! Books as folders: what is read, what is refused and where, what is written.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use plimsoll_circuits::book::{Book, CollateralItem, Currency, Day, Exposure, Lei, Line};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::book::{check, load, open, save};
use proptest::prelude::*;
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
fn amounts_are_refused_with_their_place_and_without_themselves() {
    for (amount, why) in [
        ("-31415", "the amount is negative"),
        ("314e15", "the amount has an exponent"),
        ("NaN", "the amount is not a finite number"),
        (
            "314.159",
            "the amount has more decimals than the book's scale allows",
        ),
        (
            "184467440737095516.16",
            "the amount is too large: 2^64 units of the book or more",
        ),
        (
            "\"31,415\"",
            "the amount has a thousands separator or a decimal comma",
        ),
        ("31415$", "the amount is not a decimal number"),
        ("", "the amount is missing"),
    ] {
        let error = exposures(&format!("x,retail,1\ny,retail,{amount}\n"));
        assert!(
            error.starts_with(&format!("exposures.csv:3, column `amount`: {why} / ")),
            "{error}"
        );
        assert!(
            !error.contains("314") && !error.contains("18446"),
            "{error}"
        );
    }
    let error = refusal(&[("collateral.csv", b"id,exposure,kind,amount\nc,a,cash,-1\n")]);
    assert!(
        error.starts_with("collateral.csv:2, column `amount`: the amount is negative"),
        "{error}"
    );
    let error = refusal(&[(
        "exposures.csv",
        b"id,class,amount,provisions\na,retail,1,1.01\n",
    )]);
    assert!(
        error.starts_with("exposures.csv:2, column `provisions`: the provisions exceed the amount"),
        "{error}"
    );
}

#[test]
fn headers() {
    for (header, expected) in [
        (
            "id,class",
            "exposures.csv:1, column `amount`: the column is missing",
        ),
        (
            "id,class,amount,amount",
            "exposures.csv:1, column `amount`: the column occurs twice",
        ),
        (
            "id,class,amount,colour",
            "exposures.csv:1, column `colour`: unknown column / the columns are id, class",
        ),
        (
            "id,class,Amount",
            "exposures.csv:1, column `Amount`: unknown column",
        ),
        (
            "id;class;amount",
            "exposures.csv:1, column `id;class;amount`: unknown column",
        ),
        ("\n", "exposures.csv:1: there is no header"),
    ] {
        let error = refusal(&[(
            "exposures.csv",
            format!("{header}\nx,retail,1,2\n").as_bytes(),
        )]);
        assert!(error.starts_with(expected), "{error}");
    }
    let error = exposures("x,retail\n");
    assert!(
        error.starts_with("exposures.csv:2: the header has 3 columns, this record has 2"),
        "{error}"
    );
    let error = exposures("x,retail,1,2\n");
    assert!(
        error.starts_with("exposures.csv:2: the header has 3 columns, this record has 4"),
        "{error}"
    );
}

#[test]
fn encodings() {
    let error = refusal(&[(
        "exposures.csv",
        b"id,class,amount\nx,retail,1\nfi\xe8,retail,2\n",
    )]);
    assert!(
        error.starts_with("exposures.csv:3, column 3: not UTF-8: probably Latin-1"),
        "{error}"
    );
    let error = refusal(&[("book.toml", b"institution = \"Cr\xe9dit\"\n")]);
    assert!(
        error.starts_with("book.toml:1, column 18: not UTF-8"),
        "{error}"
    );
    let error = refusal(&[(
        "exposures.csv",
        b"\xef\xbb\xbfid,class,amount\nx,retail,1\n",
    )]);
    assert!(
        error.starts_with("exposures.csv:1, column 1: the file begins with a byte order mark"),
        "{error}"
    );
    let error = exposures("\"x\ny\",retail,1\n");
    assert!(
        error.starts_with("exposures.csv:2, column `id`: a control character or a line break"),
        "{error}"
    );
    let error = exposures(" x,retail,1\n");
    assert!(
        error.starts_with("exposures.csv:2, column `id`: the value begins or ends with a space"),
        "{error}"
    );
    // Lengths are those of characters, not of bytes.
    let error = exposures(&format!("x,retail,1\n{},retail,1\n", "x".repeat(121)));
    assert!(
        error.starts_with("exposures.csv:3, column `id`: the value is longer than 120 characters"),
        "{error}"
    );
    let long = format!("id,class,amount\n{},retail,1\n", "é".repeat(120));
    let folder = folder(&[
        ("exposures.csv", long.as_bytes()),
        ("collateral.csv", b"id,exposure,kind,amount\n"),
    ]);
    assert_eq!(load(folder.path()).unwrap().exposures[0].id.len(), 240);
}

#[test]
fn records_against_each_other() {
    let error = exposures("x,retail,1\r\n\r\ny,retail,1\r\nx,retail,2\r\n");
    assert!(
        error.starts_with("exposures.csv:5, column `id`: `x` occurs twice: first on line 2"),
        "{error}"
    );
    let error = exposures(",retail,1\n");
    assert!(
        error.starts_with("exposures.csv:2, column `id`: the value is missing"),
        "{error}"
    );
    let error = exposures("");
    assert!(
        error.starts_with("exposures.csv:1: the book has no exposure"),
        "{error}"
    );
    let error = refusal(&[("collateral.csv", b"id,exposure,kind,amount\nc,z,cash,1\n")]);
    assert!(
        error.starts_with("collateral.csv:2, column `exposure`: there is no exposure `z`"),
        "{error}"
    );
    let error = refusal(&[(
        "collateral.csv",
        b"id,exposure,kind,amount\nc,a,cash,1\nc,b,cash,1\n",
    )]);
    assert!(
        error.starts_with("collateral.csv:3, column `id`: `c` occurs twice: first on line 2"),
        "{error}"
    );
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
fn names_that_the_rulebook_does_not_have() {
    for (header, line, expected) in [
        ("", "retial,", "column `class`: unknown class `retial`"),
        (
            "",
            "corporate,AAAA",
            "column `grade`: unknown grade `AAAA` / rulebook `basel-2023` has `AAA-AA`",
        ),
        ("", "corporate,", "column `grade`: the value is missing"),
        (
            "",
            "retail,A",
            "column `grade`: unknown grade `A` / rulebook `basel-2023` has none",
        ),
        (
            "",
            "residential,A",
            "column `grade`: unknown grade `A` / rulebook `basel-2023` has none",
        ),
        (
            "",
            "commercial,",
            "column `counterparty_class`: the value is missing",
        ),
        (
            ",counterparty_grade",
            "retail,,A",
            "column `counterparty_class`: the value is missing",
        ),
        (
            "",
            "x123.45,",
            "column `class`: unknown class `x###.##` / rulebook `basel-2023` lists what",
        ),
        (
            ",currency",
            "retail,,EUR",
            "column `currency`: unknown currency `EUR` / snapshot `usd-only` has no rate",
        ),
        (
            ",currency",
            "retail,,eur",
            "column `currency`: not a currency code",
        ),
        (
            ",income_currency",
            "retail,,EUR",
            "column `income_currency`: unknown currency `EUR`",
        ),
        (
            ",conversion",
            "retail,,sometimes",
            "column `conversion`: unknown conversion `sometimes`",
        ),
        (
            ",lent_security",
            "retail,,shells",
            "column `lent_security`: unknown haircut type `shells`",
        ),
        (
            ",counterparty_class",
            "residential,,nobody",
            "column `counterparty_class`: unknown class `nobody`",
        ),
        (
            ",maturity_days",
            "retail,,1.5",
            "column `maturity_days`: not a whole number of days",
        ),
        (
            ",maturity_days",
            "retail,,365001",
            "column `maturity_days`: not a whole number of days",
        ),
        (
            ",maturity_days",
            "retail,,+7",
            "column `maturity_days`: not a whole number of days",
        ),
        (
            ",maturity_days",
            "retail,,0000000007",
            "column `maturity_days`: not a whole number of days",
        ),
    ] {
        let text = format!("amount,id,class,grade{header}\n1,a,{line}\n");
        let error = refusal(&[
            ("exposures.csv", text.as_bytes()),
            ("collateral.csv", b"id,exposure,kind,amount\n"),
        ]);
        assert!(
            error.starts_with(&format!("exposures.csv:2, {expected}")),
            "{error}"
        );
    }
    let one = b"id,class,amount,holding_days,revaluation_days\na,retail,1,10,1\n";
    for (item, expected) in [
        (
            "c,a,shells,,1",
            "collateral.csv:2, column `kind`: unknown haircut type `shells`",
        ),
        (
            "c,a,gold,AAAA,1",
            "collateral.csv:2, column `rating`: unknown rating `AAAA` / rulebook `basel-2023` has none",
        ),
        (
            "c,a,sovereign,x,1",
            "collateral.csv:2, column `rating`: unknown rating `x` / rulebook `basel-2023` has \
             `AAA-AA`, `A-BBB`, `BB`",
        ),
    ] {
        let text = format!("id,exposure,kind,rating,amount\n{item}\n");
        let error = refusal(&[("exposures.csv", one), ("collateral.csv", text.as_bytes())]);
        assert!(error.starts_with(expected), "{error}");
    }
    for (days, expected) in [
        (
            "7,1",
            "column `holding_days`: the rulebook has no such holding period",
        ),
        (
            "10,2",
            "column `revaluation_days`: the rulebook has no such revaluation interval",
        ),
    ] {
        let text = format!("id,class,amount,holding_days,revaluation_days\na,retail,1,{days}\n");
        let error = refusal(&[
            ("exposures.csv", text.as_bytes()),
            ("collateral.csv", b"id,exposure,kind,amount\nc,a,gold,1\n"),
        ]);
        assert!(
            error.starts_with(&format!("exposures.csv:2, {expected}")),
            "{error}"
        );
    }
}

#[test]
fn names_that_the_rulebook_has() {
    let good = folder(&[
        (
            "exposures.csv",
            b"id,class,grade,amount,counterparty_class,counterparty_grade,maturity_days\n\
              a,residential,,1,,,365000\nb,commercial,,1,retail,,\nc,commercial,,1,corporate,BBB,\n",
        ),
        ("collateral.csv", b"id,exposure,kind,amount\n"),
    ]);
    let book = load(good.path()).unwrap();
    let mut rules = rulebook(&book);
    check(&book, &rules, &dollars()).unwrap();
    // Where they are few, the hint lists them: a counterparty is in no class of real estate.
    rules.classes.truncate(2);
    let hint = |book: &Book| check(book, &rules, &dollars()).unwrap_err().hint();
    let there = hint(&book);
    assert!(!there.contains("`residential`"), "{there}");
    let known = format!("`{}`", rules.classes[1].name);
    assert!(there.contains(&known), "{there}");
    let mut exposures = book.exposures.clone();
    exposures[0].class = "retial".to_owned();
    let there = hint(&Book { exposures, ..book });
    assert!(
        there.contains(&known) && there.contains("`residential`"),
        "{there}"
    );
}

#[test]
fn capital_that_contradicts_itself() {
    let manifest = MANIFEST.replace("\"capital.csv\", ", "");
    let capital = |lines: &str| {
        let text = format!("name,amount\n{lines}");
        refusal(&[
            (
                "book.toml",
                manifest.replace("basel-2023", "us-standardised").as_bytes(),
            ),
            ("exposures.csv", b"id,class,grade,amount\na,bucket,100%,1\n"),
            ("collateral.csv", b"id,exposure,kind,amount\n"),
            ("capital.csv", text.as_bytes()),
        ])
    };
    let error = capital("common-stock,5\ncommon-stock,5\n");
    assert!(
        error.starts_with("capital.csv:3, column `name`: `common-stock` occurs twice"),
        "{error}"
    );
    let error = capital("uncommon-stock,5\n");
    assert!(
        error.starts_with("capital.csv:2, column `name`: unknown capital item `uncommon-stock`"),
        "{error}"
    );
    let error =
        capital("common-stock,31\ntreasury-stock,1\ntotal-assets,100\ntotal-liabilities,69\n");
    assert!(
        error.starts_with(
            "capital.csv:4, column `amount`: assets less liabilities do not equal equity"
        ),
        "{error}"
    );
    assert!(error.contains("common-stock, surplus"), "{error}");
    let error = capital("common-stock,31\ntotal-liabilities,69\n");
    assert!(
        error.starts_with(
            "capital.csv:3, column `name`: `total-liabilities` is there, `total-assets` is not"
        ),
        "{error}"
    );
    // Deductions that are marked as equity lower it: 31 − 1 = 100 − 70.
    let good = folder(&[
        ("book.toml", manifest.replace("basel-2023", "us-standardised").as_bytes()),
        ("exposures.csv", b"id,class,grade,amount\na,bucket,100%,1\n"),
        ("collateral.csv", b"id,exposure,kind,amount\n"),
        ("capital.csv", b"name,amount\ncommon-stock,31\ntreasury-stock,1\ntotal-assets,100\ntotal-liabilities,70\n"),
    ]);
    let book = load(good.path()).unwrap();
    let mut rules = rulebook(&book);
    check(&book, &rules, &dollars()).unwrap();

    // The check does not rely on the reading.
    let again = |lines: &[Line]| {
        let mut lines = lines.to_vec();
        let mut last = lines[0].clone();
        last.place.line = 9;
        lines.push(last);
        lines
    };
    let twice = Book {
        capital: again(&book.capital),
        ..book.clone()
    };
    assert_eq!(
        check(&twice, &rules, &dollars()).unwrap_err().to_string(),
        "capital.csv:9, column `name`: `common-stock` occurs twice: first on line 2"
    );
    let mut stated = book.capital[..1].to_vec();
    stated[0].name = rules.stated[0].name.clone();
    let twice = Book {
        stated: again(&stated),
        ..book.clone()
    };
    let error = check(&twice, &rules, &dollars()).unwrap_err().to_string();
    assert!(
        error.starts_with("stated.csv:9, column `name`: ")
            && error.ends_with(" occurs twice: first on line 2"),
        "{error}"
    );

    // Without items of equity there is nothing to compare assets and liabilities with.
    for item in &mut rules.capital {
        item.equity = false;
    }
    check(&book, &rules, &dollars()).unwrap();
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
            id, class, grade, counterparty_class, counterparty_grade, conversion, lent_security,
            lent_rating: String::new(), income_currency: currency.clone(), currency,
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
            exposure.id += &format!("-{index}");
            exposure.place.file = "exposures.csv".to_owned();
            exposure.place.line = index as u64 + 2;
        }
        let place = |file: &str, line| plimsoll_circuits::book::Place { file: file.to_owned(), line };
        let item = |index: usize, of: usize, file_line| CollateralItem {
            id: format!("c{index}"), exposure: exposures[of].id.clone(), kind: "gold".to_owned(),
            amount: amounts[index], maturity_days: 7, place: place("collateral.csv", file_line), ..CollateralItem::default()
        };
        let collateral = vec![item(0, 0, 2), item(1, exposures.len() - 1, 3)];
        let line = |name: &str, amount, file: &str| vec![Line { name: name.to_owned(), amount, place: place(file, 2) }];
        let book = Book {
            institution: "Crédit \"Exemple\"".to_owned(),
            lei: Lei::parse("784F5XWPLTWKTBV3E584").unwrap(),
            as_of: Day::new(2024, 2, 29).unwrap(),
            as_of_time: 0,
            currency: Currency("USD".to_owned()),
            scale, rulebook: "basel-2023".to_owned(), exposures, collateral,
            capital: line("x", amounts[2], "capital.csv"),
            stated: line("y", amounts[3], "stated.csv"),
        netting_sets: Vec::new(),
trades: Vec::new(),
margin: Vec::new(),
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
