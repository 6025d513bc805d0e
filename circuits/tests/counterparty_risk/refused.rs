//! Every way in which a record can be wrong.

use plimsoll_circuits::book::{Book, Currency, Instrument, MarginItem, NettingSet, Trade, Variant};
use plimsoll_circuits::counterparty_risk::{DerivativeProblem, assess_counterparty};
use plimsoll_circuits::rule_error::{RecordProblem, RuleError};

use crate::books::*;
use crate::common::basel;
use crate::edges::{MILLION, fx, margined};

/// The problem of a book that must be refused.
pub(crate) fn problem(book: &Book) -> DerivativeProblem {
    match assess(book) {
        Err(RuleError::Record {
            place,
            problem: RecordProblem::Derivative(problem),
            ..
        }) => {
            assert!(place.line >= 2 && !problem.hint().is_empty());
            problem
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn records_that_no_rule_covers_are_refused() {
    let swap = Trade {
        end: YEAR,
        ..trade("interest-rate", MILLION)
    };
    let credit = Trade {
        end: YEAR,
        entity: "firm".into(),
        ..trade("credit-single-AA", MILLION)
    };
    let with = |base: &Trade, change: &dyn Fn(&mut Trade)| {
        let mut changed = base.clone();
        change(&mut changed);
        derivatives(vec![netting_set()], vec![changed], vec![])
    };
    let base = fx(MILLION, 0);
    let tranche = |attachment, detachment, of| Instrument::Tranche {
        attachment,
        detachment,
        of,
    };
    use DerivativeProblem as Problem;
    for (book, expected) in [
        (with(&swap, &|t| t.start = YEAR), Problem::Interval(1 << 17)),
        (
            with(&swap, &|t| t.end = 1 << 17),
            Problem::Interval(1 << 17),
        ),
        (
            with(&swap, &|t| t.hedging_set = "x".into()),
            Problem::Surplus("the currency is the hedging set"),
        ),
        (
            with(&credit, &|t| t.hedging_set = "x".into()),
            Problem::Surplus("the class has one hedging set"),
        ),
        (
            with(&base, &|t| t.entity = "x".into()),
            Problem::Surplus("the class has no entities"),
        ),
        (
            with(&base, &|t| t.instrument = option(false, 0, 1, 1)),
            Problem::OptionTerm,
        ),
        (
            with(&base, &|t| t.instrument = option(false, 1, 0, 1)),
            Problem::OptionTerm,
        ),
        (
            with(&base, &|t| t.instrument = option(false, 1 << 52, 1, 1)),
            Problem::OptionTerm,
        ),
        (
            with(&base, &|t| t.instrument = option(false, 1 << 20, 1, 1)),
            Problem::OptionRatio,
        ),
        (
            with(&base, &|t| t.instrument = option(false, 1, 1, 1 << 31)),
            Problem::Expiry,
        ),
        (
            with(&base, &|t| {
                t.instrument = Instrument::Option {
                    put: false,
                    price: 99,
                    strike: 100,
                    quoted: true,
                    expiry: 1,
                };
            }),
            Problem::Quoted,
        ),
        (
            with(&base, &|t| t.instrument = tranche(0, 1, 2)),
            Problem::TrancheClass,
        ),
        (
            with(&credit, &|t| t.instrument = tranche(1, 1, 2)),
            Problem::Tranche,
        ),
        (
            with(&credit, &|t| t.instrument = tranche(1, 3, 2)),
            Problem::Tranche,
        ),
        (
            with(&credit, &|t| t.instrument = tranche(0, 1, (1 << 30) + 1)),
            Problem::Tranche,
        ),
        (
            with(&base, &|t| {
                t.notional = u64::MAX;
                t.currency = "coin".into();
            }),
            Problem::Magnitude,
        ),
    ] {
        assert_eq!(problem(&book), expected);
    }
    // At its end an option is in the money or not: that must be told.
    let close = with(&base, &|t| {
        t.instrument = option(false, (1 << 51) + 1, 1 << 51, 0)
    });
    assert_eq!(problem(&close), Problem::TooClose);
    assert!(
        assess(&with(&base, &|t| t.instrument =
            option(false, (1 << 42) + 1, 1 << 42, 0)))
        .is_ok()
    );
    assert!(
        assess(&with(&base, &|t| t.instrument =
            option(false, 1 << 51, 1 << 51, 0)))
        .is_ok()
    );
    let gross = Trade {
        hedging_set: "coin".into(),
        ..trade("crypto-2b", MILLION)
    };
    let alone = derivatives(vec![netting_set()], vec![gross.clone()], vec![]);
    assert!(assess(&alone).is_ok());
    let books = [
        with(&gross, &|t| t.instrument = option(false, 1, 1, 1)),
        derivatives(
            vec![netting_set()],
            vec![gross.clone(), base.clone()],
            vec![],
        ),
        derivatives(
            vec![netting_set()],
            vec![gross.clone()],
            vec![cash(1, false)],
        ),
        derivatives(vec![margined(daily())], vec![gross], vec![]),
    ];
    for book in books {
        assert_eq!(problem(&book), Problem::Gross);
    }
    let other = Trade {
        class: "credit-single-BB".into(),
        ..credit.clone()
    };
    let book = derivatives(vec![netting_set()], vec![credit.clone(), other], vec![]);
    assert_eq!(problem(&book), Problem::TwoClasses("firm".into()));
    let book = derivatives(vec![netting_set()], vec![], vec![cash(1, true)]);
    assert_eq!(problem(&book), Problem::Variation);
    let sets = ["unrated", "A"].map(|grade| NettingSet {
        id: grade.into(),
        grade: grade.into(),
        agreement: "csa".into(),
        ..netting_set()
    });
    assert_eq!(
        problem(&derivatives(sets.into(), vec![], vec![])),
        Problem::AgreementClass
    );
}

#[test]
fn names_that_nobody_knows_are_refused_with_their_column() {
    let base = fx(MILLION, 0);
    let column = |sets: Vec<NettingSet>, trades: Vec<Trade>, items: Vec<MarginItem>| {
        let book = derivatives(sets, trades, items);
        match assess(&book) {
            Err(error @ RuleError::Record { .. }) => {
                assert!(!error.hint().is_empty());
                let RuleError::Record { column, .. } = error else {
                    unreachable!()
                };
                column
            }
            other => panic!("{other:?}"),
        }
    };
    let traded = |change: &dyn Fn(&mut Trade)| {
        let mut changed = base.clone();
        change(&mut changed);
        column(vec![netting_set()], vec![changed], vec![])
    };
    assert_eq!(traded(&|t| t.class = "horses".into()), "class");
    assert_eq!(traded(&|t| t.netting_set = "m".into()), "netting_set");
    assert_eq!(traded(&|t| t.currency = "XXX".into()), "currency");
    assert_eq!(
        traded(&|t| t.value_currency = "XXX".into()),
        "value_currency"
    );
    assert_eq!(traded(&|t| t.hedging_set = "".into()), "hedging_set");
    assert_eq!(
        traded(&|t| {
            t.class = "equity-single".into();
            t.hedging_set = "".into();
        }),
        "entity"
    );
    assert_eq!(
        traded(&|t| {
            t.class = "crypto-2b".into();
            t.variant = Variant::Basis;
        }),
        "variant"
    );
    let twice = Trade {
        id: "same".into(),
        ..base.clone()
    };
    assert_eq!(
        column(vec![netting_set()], vec![twice.clone(), twice], vec![]),
        "id"
    );
    assert_eq!(
        column(vec![netting_set(), netting_set()], vec![], vec![]),
        "id"
    );
    let set = |change: &dyn Fn(&mut NettingSet)| {
        let mut changed = netting_set();
        change(&mut changed);
        column(vec![changed], vec![base.clone()], vec![cash(1, false)])
    };
    assert_eq!(set(&|s| s.class = "horses".into()), "class");
    assert_eq!(set(&|s| s.grade = "Z".into()), "grade");
    assert_eq!(set(&|s| s.grade = "".into()), "grade");
    assert_eq!(set(&|s| s.currency = "coin".into()), "currency");
    let item = |change: &dyn Fn(&mut MarginItem)| {
        let mut changed = cash(1, false);
        change(&mut changed);
        column(vec![netting_set()], vec![base.clone()], vec![changed])
    };
    assert_eq!(item(&|i| i.kind = "horses".into()), "kind");
    assert_eq!(item(&|i| i.currency = "coin".into()), "currency");
    assert_eq!(item(&|i| i.netting_set = "m".into()), "netting_set");
    assert_eq!(item(&|i| i.rating = "Z".into()), "rating");
    assert_eq!(item(&|i| i.kind = "sovereign".into()), "rating");
    assert_eq!(
        item(&|i| {
            i.kind = "sovereign".into();
            i.rating = "A-BBB".into();
        }),
        "maturity_days"
    );
}

#[test]
fn terms_of_options_and_tranches_are_refused_with_their_column() {
    let column = |class: &str, instrument| {
        let changed = Trade {
            instrument,
            end: YEAR,
            entity: "firm".into(),
            ..trade(class, MILLION)
        };
        let book = derivatives(vec![netting_set()], vec![changed], vec![]);
        match assess_alone(&book) {
            Ok(_) => None,
            Err(RuleError::Record { column, .. }) => Some(column),
            Err(other) => panic!("{other}"),
        }
    };
    let on_equity = |price, strike| {
        let instrument = option(false, price, strike, YEAR_SECONDS);
        column("equity-single", instrument)
    };
    let wide = 1 << 52;
    assert_eq!(on_equity(1, 1), None);
    assert_eq!(on_equity(0, 1), Some("price"));
    assert_eq!(on_equity(wide, wide - 1), Some("price"));
    assert_eq!(on_equity(1, 0), Some("strike"));
    assert_eq!(on_equity(wide - 1, wide), Some("strike"));
    let tranche = |of| {
        let instrument = Instrument::Tranche {
            attachment: 0,
            detachment: 1,
            of,
        };
        column("credit-index-IG", instrument)
    };
    assert_eq!(tranche((1 << 30) - 1), None);
    assert_eq!(tranche(1 << 30), Some("detachment"));
}

#[test]
fn a_class_without_a_volatility_has_no_options() {
    let mut rulebook = basel();
    let rules = rulebook.derivatives.as_mut().unwrap();
    let mut classes = rules.classes.iter_mut();
    let class = classes.find(|class| class.name == "equity-single");
    class.unwrap().volatility = 0;
    let call = Trade {
        instrument: option(false, 1, 1, YEAR_SECONDS),
        entity: "firm".into(),
        ..trade("equity-single", MILLION)
    };
    let book = derivatives(vec![netting_set()], vec![call], vec![]);
    let found = assess_counterparty(&book, &rulebook, &snapshot());
    let Err(RuleError::Record {
        column, problem, ..
    }) = found
    else {
        panic!("it was charged");
    };
    let expected = RecordProblem::Derivative(DerivativeProblem::OptionClass);
    assert_eq!((column, problem), ("class", expected));
}

#[test]
fn a_snapshot_in_another_currency_is_refused() {
    let mut book = derivatives(vec![netting_set()], vec![fx(MILLION, 0)], vec![]);
    book.currency = Currency("EUR".to_owned());
    let found = assess_alone(&book).map(|_| ());
    assert!(matches!(found, Err(RuleError::Currency { .. })));
}
