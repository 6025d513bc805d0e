//! Books for tests.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod books;
pub(crate) mod lines;
pub(crate) mod random;
pub(crate) mod rows;
pub(crate) mod shared;

use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use plimsoll_circuits::amount::{EXPOSURE_SCALE, RWA_SCALE};
use plimsoll_circuits::book::{Book, CollateralItem, Currency, Day, Exposure, Lei, Line, Place};
use plimsoll_circuits::capital::{CapitalAssessment, CreditTotals, assess_capital};
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::credit_risk::{Charge, CreditAssessment, assess_credit};
use plimsoll_circuits::proofs::missing_modules;
use plimsoll_circuits::rule_error::RuleError;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Linked, Prices, RowCircuit, RowProofs, Statement};

pub(crate) fn basel() -> Rulebook {
    Rulebook::builtin("basel-2023").expect("it ships")
}

/// US dollars, and euros at one.
pub(crate) fn snapshot() -> Snapshot {
    Snapshot::parse(
        "name = \"test\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n\
         [rates]\nEUR = \"1\"\nGBP = \"1.25\"\nMAX = \"1407374.88355327\"\n",
    )
    .expect("valid")
}

pub(crate) fn book() -> Book {
    Book {
        institution: "Test".into(),
        ..Book::new(
            Lei([b'0'; 20]),
            Day::new(2024, 1, 1).expect("a day"),
            Currency("USD".to_owned()),
            0,
            "basel-2023",
        )
    }
}

/// A statement of one claim under a rulebook, with these row circuits and these lines stated.
pub(crate) fn statement(
    rulebook: &Rulebook,
    circuits: &[RowCircuit],
    stated: &[&str],
) -> Statement {
    let claims = vec![Claim::parse("cet1>=8%").unwrap()];
    let rows: Vec<RowProofs> = circuits
        .iter()
        .map(|circuit| RowProofs {
            circuit: *circuit,
            copies: 1,
            shards: 1,
        })
        .collect();
    let linked = Linked::of(&rows);
    let named = |line: &str| stated.contains(&line);
    let on: Vec<bool> = rulebook.stated.iter().map(|l| named(&l.name)).collect();
    Statement {
        lei: Lei::parse("N1GZ7BBF3NP8GI976H15").unwrap(),
        as_of: 0,
        sequence: 1,
        previous: [0; 32],
        rulebook: rulebook.digest(),
        snapshot: [0; 32],
        currency: "USD".to_owned(),
        scale: 2,
        without: missing_modules(rulebook, &claims, &on, linked).unwrap(),
        claims,
        stated: (0u8..)
            .zip(&on)
            .filter(|(_, on)| **on)
            .map(|(i, _)| i)
            .collect(),
        balance_sheet: false,
        prices: linked.counterparty_risk.then_some(Prices::Book),
        rows,
        vouchers: Vec::new(),
    }
}

pub(crate) fn exposure(class: &str, grade: &str, amount: u64) -> Exposure {
    Exposure {
        id: "e".into(),
        class: class.into(),
        grade: grade.into(),
        amount,
        ..Exposure::default()
    }
}

/// A loan on property worth `value` to a counterparty of a class without grades.
pub(crate) fn mortgage(class: &str, amount: u64, value: u64, counterparty: &str) -> Exposure {
    Exposure {
        property_value: value,
        counterparty_class: counterparty.into(),
        ..exposure(class, "", amount)
    }
}

pub(crate) fn secured(class: &str, grade: &str, amount: u64, holding_days: u32) -> Exposure {
    Exposure {
        holding_days,
        revaluation_days: 1,
        ..exposure(class, grade, amount)
    }
}

pub(crate) fn item(kind: &str, rating: &str, amount: u64) -> CollateralItem {
    CollateralItem {
        id: "c".into(),
        exposure: "e".into(),
        kind: kind.into(),
        rating: rating.into(),
        amount,
        ..CollateralItem::default()
    }
}

pub(crate) fn line(name: &str, amount: u64) -> Line {
    Line {
        name: name.into(),
        amount,
        place: Place::default(),
    }
}

/// Assesses exposures with collateral; ids and places are numbered here.
pub(crate) fn assess(
    exposures: Vec<Exposure>,
    collateral: Vec<CollateralItem>,
) -> Result<CreditAssessment, RuleError> {
    let mut book = Book {
        exposures,
        collateral,
        ..book()
    };
    for (line, exposure) in (2..).zip(&mut book.exposures) {
        exposure.place = Place {
            file: "exposures.csv".into(),
            line,
        };
        if line > 2 {
            exposure.id = format!("e{line}").into();
        }
    }
    for (line, item) in (2..).zip(&mut book.collateral) {
        item.place = Place {
            file: "collateral.csv".into(),
            line,
        };
    }
    assess_credit(&book, &basel(), &snapshot())
}

pub(crate) fn charge_secured(exposure: Exposure, collateral: Vec<CollateralItem>) -> Charge {
    let mut assessed = assess(vec![exposure], collateral).unwrap_or_else(|error| panic!("{error}"));
    assessed.charges.remove(0)
}

pub(crate) fn charge(exposure: Exposure) -> Charge {
    charge_secured(exposure, Vec::new())
}

/// Assesses capital lines and stated lines, with these credit risk-weighted assets in units.
pub(crate) fn capital(
    rulebook: &Rulebook,
    credit_rwa: u64,
    capital: &[(&str, u64)],
    stated: &[(&str, u64)],
) -> Result<CapitalAssessment, RuleError> {
    let lines = |from: &[(&str, u64)]| {
        from.iter()
            .map(|(name, amount)| line(name, *amount))
            .collect()
    };
    let book = Book {
        capital: lines(capital),
        stated: lines(stated),
        ..book()
    };
    let totals = CreditTotals {
        rwa: BigUint::from(credit_rwa) * BigUint::from(10_u32).pow(RWA_SCALE),
        measure: BigUint::ZERO,
    };
    assess_capital(&book, rulebook, &totals)
}

pub(crate) fn units(value: &BigUint, scale: u32) -> BigRational {
    BigRational::new(value.clone().into(), BigInt::from(10).pow(scale))
}

/// Risk-weighted assets in units of the book.
pub(crate) fn rwa(value: &BigUint) -> BigRational {
    units(value, RWA_SCALE)
}

/// Exposure measure in units of the book.
pub(crate) fn measure(value: &BigUint) -> BigRational {
    units(value, EXPOSURE_SCALE)
}

/// A decimal as a fraction.
pub(crate) fn decimal(text: &str) -> BigRational {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let places = u32::try_from(fraction.len()).expect("short");
    let digits: BigInt = format!("{whole}{fraction}")
        .parse()
        .unwrap_or_else(|_| panic!("{text}"));
    BigRational::new(digits, BigInt::from(10).pow(places))
}

/// `found` exceeds `expected` by at most `epsilon`, and never falls below it.
pub(crate) fn assert_above(found: &BigRational, expected: &BigRational, epsilon: &str, what: &str) {
    let over = found - expected;
    assert!(
        over >= decimal("0") && over <= decimal(epsilon),
        "{what}: {found} against {expected}"
    );
}
