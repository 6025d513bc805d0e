//! A book against its rulebook and snapshot: names that they do not have, and capital that
//! contradicts itself.

use plimsoll_circuits::book::{Book, Line};
use plimsoll_prover::book::{check, load};

use crate::{MANIFEST, dollars, folder, refusal, rulebook};

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
    exposures[0].class = "retial".into();
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
    stated[0].name = rules.stated[0].name.clone().into();
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
