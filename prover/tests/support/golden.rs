//! Golden vectors of capital, credit risk and collateral as books, with what they come to.
//!
//! The figures are those of the reference data's `rules/golden.json`; the id beside each is the
//! vector's. Amounts are in millionths, so that every figure is a whole number of units. Where a
//! vector gives a share, the amount it is applied to is stated here.

use plimsoll_circuits::book::{Book, CollateralItem, Currency, Day, Exposure, Lei, Line, Place};
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::Small;
use plimsoll_circuits::statement::RowCircuit;

/// Units of one.
pub const UNIT: u64 = 1_000_000;

/// A vector as records of a book.
pub struct Vector {
    /// Id in the reference data.
    pub id: &'static str,
    /// Exposures.
    pub exposures: Vec<Exposure>,
    /// Collateral, with ids of the exposures by their number in the vector.
    pub collateral: Vec<(usize, CollateralItem)>,
    /// Risk-weighted assets, decimal, rounded down where it does not end.
    pub rwa: &'static str,
    /// How much more the twin may say, decimal: roots and E* are rounded up.
    pub above: &'static str,
}

fn exposure(class: &str, grade: &str, amount: u64) -> Exposure {
    Exposure {
        class: class.into(),
        grade: grade.into(),
        conversion: "on-balance".into(),
        amount,
        ..Exposure::default()
    }
}

fn exact(id: &'static str, rwa: &'static str, exposures: Vec<Exposure>) -> Vector {
    Vector {
        id,
        exposures,
        collateral: Vec::new(),
        rwa,
        above: "0",
    }
}

/// A loan on property of value one, at a loan-to-value in millionths; whole, income-producing and
/// commercial: the vector's three weights, times the loan, are its charge.
fn real_estate(id: &'static str, rwa: &'static str, loan_to_value: u64) -> Vector {
    let classes = [
        "residential",
        "residential-cash-flow",
        "commercial-cash-flow",
    ];
    let loan = |class: &&str| Exposure {
        property_value: UNIT,
        ..exposure(class, "", loan_to_value)
    };
    exact(id, rwa, classes.iter().map(loan).collect())
}

fn split(class: &str, loan: u64, counterparty: &str) -> Exposure {
    Exposure {
        property_value: 100 * UNIT,
        counterparty_class: counterparty.into(),
        ..exposure(class, "", loan * UNIT)
    }
}

/// 100 in default with provisions of this many, and the same on a home.
fn default(id: &'static str, rwa: &'static str, provisions: u64) -> Vector {
    let classes = ["defaulted", "defaulted-residential"];
    let loan = |class: &&str| Exposure {
        provisions: provisions * UNIT,
        ..exposure(class, "", 100 * UNIT)
    };
    exact(id, rwa, classes.iter().map(loan).collect())
}

/// `portfolio_1`.
fn portfolio() -> Vector {
    let off = |conversion: &str, grade, amount: u64| Exposure {
        conversion: conversion.into(),
        ..exposure("corporate", grade, amount * UNIT)
    };
    let plain = |class, grade, amount: u64| exposure(class, grade, amount * UNIT);
    let exposures = vec![
        plain("sovereign", "AAA-AA", 5_000),
        plain("bank-scra", "A", 2_000),
        plain("corporate", "BBB", 1_500),
        plain("corporate-sme", "", 800),
        plain("retail", "", 600),
        plain("retail-transactor", "", 300),
        Exposure {
            property_value: 1_200 * UNIT,
            ..plain("residential", "", 900)
        },
        Exposure {
            property_value: 1_000 * UNIT,
            ..plain("commercial-cash-flow", "", 700)
        },
        plain("equity", "", 100),
        plain("equity-speculative", "", 50),
        plain("subordinated", "", 80),
        // 90 is what provisions of a tenth leave of 100.
        Exposure {
            provisions: 10 * UNIT,
            ..plain("defaulted", "", 100)
        },
        // 400 and 200 are what conversion leaves of 1 000 at 40 % and 2 000 at 10 %.
        off("commitment", "A", 1_000),
        off("cancellable-commitment", "BB-B", 2_000),
    ];
    exact("portfolio_1", "5195", exposures)
}

fn item(kind: &str, rating: &str, amount: u64) -> CollateralItem {
    CollateralItem {
        kind: kind.into(),
        rating: rating.into(),
        amount,
        ..CollateralItem::default()
    }
}

fn secured(class: &str, grade: &str, amount: u64, holding_days: u32) -> Exposure {
    Exposure {
        holding_days,
        revaluation_days: 1,
        ..exposure(class, grade, amount)
    }
}

/// 150 of cash lent against items that protect for less: E* = 150 − Pa, weighted 100 %.
fn maturity(
    id: &'static str,
    rwa: &'static str,
    exposure_days: u32,
    items: &[(u64, u32, u32)],
) -> Vector {
    let loan = Exposure {
        maturity_days: exposure_days,
        ..secured("corporate", "unrated", 150 * UNIT, 10)
    };
    let items = items.iter().map(|&(amount, protection, original)| {
        let cash = CollateralItem {
            protection_days: protection,
            original_days: original,
            ..item("cash", "", amount * UNIT)
        };
        (0, cash)
    });
    Vector {
        collateral: items.collect(),
        ..exact(id, rwa, vec![loan])
    }
}

/// The vectors of credit risk and collateral.
pub fn credit() -> Vec<Vector> {
    let mismatch = Exposure {
        income_currency: "EUR".into(),
        ..exposure("retail", "", UNIT)
    };
    let whole = Exposure {
        counterparty_grade: "A".into(),
        ..split("commercial", 55, "corporate")
    };
    // Collateral of one vector in two items: their sum is the vector's.
    let gold = Vector {
        collateral: vec![
            (0, item("gold", "", 650 * UNIT)),
            (0, item("gold", "", 650 * UNIT)),
        ],
        above: "0.0000013",
        ..exact(
            "estar_gold_loan",
            "67.6955262170047126884390682945",
            vec![secured("corporate", "unrated", 1_000 * UNIT, 20)],
        )
    };
    let received = |amount| CollateralItem {
        maturity_days: 4 * 365,
        currency: "EUR".into(),
        ..item("other-issuer", "A-BBB", amount)
    };
    let repo = Vector {
        collateral: vec![(0, received(52 * UNIT)), (0, received(53 * UNIT))],
        // Three haircuts of 10^-9 on about 100 each, and a unit of 10^-6, at 30 %.
        above: "0.0000004",
        ..exact(
            "estar_repo",
            "2.46686904245653161188873687140",
            vec![Exposure {
                lent_security: "sovereign".into(),
                lent_rating: "AAA-AA".into(),
                lent_maturity_days: 7 * 365,
                ..secured("bank-ecra", "A", 100 * UNIT, 5)
            }],
        )
    };
    // The haircuts of `estar_repo` on a loan of cash: 100 against 52 and 53 of the bond.
    let bond = Vector {
        collateral: vec![(0, received(52 * UNIT)), (0, received(53 * UNIT))],
        above: "0.00000007",
        ..exact(
            "estar_repo",
            "1.61834090503267458260772363688",
            vec![secured("bank-ecra", "A", 100 * UNIT, 5)],
        )
    };
    vec![
        portfolio(),
        real_estate("rre_0.5", "0.6", 500_000),
        real_estate("rre_0.500001", "0.6500013", 500_001),
        real_estate("rre_0.8", "1.32", 800_000),
        real_estate("rre_0.85", "1.785", 850_000),
        real_estate("rre_0.9", "1.89", 900_000),
        real_estate("rre_0.95", "2.2325", 950_000),
        real_estate("rre_1.2", "3.42", 1_200_000),
        exact(
            "rre_split_1",
            "29.75",
            vec![split("residential-split", 80, "retail")],
        ),
        exact(
            "cre_split_1",
            "48",
            vec![split("commercial-split", 70, "corporate-other")],
        ),
        exact("cre_whole_ig", "27.5", vec![whole]),
        default("default_0", "250", 0),
        default("default_0.19", "202.5", 19),
        default("default_0.5", "100", 50),
        exact("currency_mismatch_1", "1.125", vec![mismatch]),
        gold,
        repo,
        bond,
        maturity("maturity_3_3", "50", 3 * 365, &[(100, 3 * 365, 3 * 365)]),
        // Less than a quarter of a year protects nothing; 91 is the last whole day.
        maturity("maturity_1/4_1", "150", 365, &[(100, 91, 365)]),
        // The vector's share of a fifth, in whole days: (4·185 − 365) / (4·560 − 365).
        maturity(
            "maturity_1/2_3/2",
            "130",
            560,
            &[(60, 185, 400), (40, 185, 0)],
        ),
        // Five years at most count of the exposure: (4·438 − 365) / (4·1825 − 365).
        maturity("maturity_1/2_3/2", "130", 3_650, &[(100, 438, 0)]),
        // Originally for less than a year: not recognised, beside an item that is.
        maturity(
            "maturity_1/2_3/2",
            "130",
            560,
            &[(100, 185, 0), (100, 185, 364)],
        ),
        maturity("maturity_3_3", "50", 560, &[(100, 600, 0), (100, 185, 364)]),
    ]
}

/// A book of nobody's, in millionths.
pub fn book() -> Book {
    Book {
        institution: "Golden vectors".to_owned(),
        ..Book::new(
            Lei::parse(super::NOBODY).unwrap(),
            Day::new(2024, 1, 1).unwrap(),
            Currency("USD".to_owned()),
            6,
            "basel-2023",
        )
    }
}

/// Lines of whole amounts, in millionths.
pub fn lines(amounts: &[(&str, u64)]) -> Vec<Line> {
    let line = |(name, amount): &(&str, u64)| Line {
        name: (*name).into(),
        amount: amount * UNIT,
        place: Place::default(),
    };
    amounts.iter().map(line).collect()
}

/// Adds a vector's records; returns the range of its exposures.
pub fn add(book: &mut Book, vector: Vector) -> std::ops::Range<usize> {
    let first = book.exposures.len();
    for exposure in vector.exposures {
        let id = format!("e{}", book.exposures.len());
        book.exposures.push(Exposure {
            id: id.into(),
            ..exposure
        });
    }
    for (of, item) in vector.collateral {
        book.collateral.push(CollateralItem {
            id: format!("c{}", book.collateral.len()).into(),
            exposure: format!("e{}", first + of).into(),
            ..item
        });
    }
    first..book.exposures.len()
}

/// Adds secured loans, one more than a copy of the small circuit holds.
pub fn beyond_a_copy(book: &mut Book) {
    let secured = CircuitKind::Rows(RowCircuit::Secured);
    let copy = secured.layout::<Small>().unwrap().positions();
    for number in 0..=copy {
        book.exposures.push(Exposure {
            id: format!("loan {number}").into(),
            class: "retail".into(),
            conversion: "on-balance".into(),
            amount: 1,
            holding_days: 20,
            revaluation_days: 1,
            ..Exposure::default()
        });
        book.collateral.push(CollateralItem {
            id: format!("cash {number}").into(),
            exposure: format!("loan {number}").into(),
            kind: "cash".into(),
            amount: 1,
            ..CollateralItem::default()
        });
    }
}

/// The book of all vectors of credit risk and collateral, with the capital of `threshold_1`.
pub fn credit_book() -> Book {
    let mut book = book();
    for vector in credit() {
        add(&mut book, vector);
    }
    book.capital = lines(&[
        ("common-shares", 1_000),
        ("significant-financials", 120),
        ("mortgage-servicing-rights", 60),
        ("temporary-difference-dta", 80),
    ]);
    book
}

/// `ratios_1`: no exposures, everything stated.
pub fn ratios_book() -> Book {
    Book {
        capital: lines(&[
            ("common-shares", 900),
            ("at1-instruments", 150),
            ("tier2-instruments", 200),
        ]),
        stated: lines(&[("operational-risk", 8_000)]),
        ..book()
    }
}

/// `leverage_1`: 1.4 times 120 and 380 of derivatives are stated, and so are securities financing.
pub fn leverage_book() -> Book {
    let mut book = book();
    for (conversion, amount) in [
        ("on-balance", 20_000),
        ("cancellable-commitment", 4_000),
        ("commitment", 2_500),
        ("direct-credit-substitute", 300),
    ] {
        book.exposures.push(Exposure {
            id: conversion.into(),
            conversion: conversion.into(),
            ..exposure("corporate", "unrated", amount * UNIT)
        });
    }
    book.stated = lines(&[("leverage-derivatives", 700), ("leverage-sft", 1_500)]);
    book.capital = lines(&[("common-shares", 1_050)]);
    book
}
