//! Credit risk: shapes, edges, collateral against the formula written as fractions, and errors.

mod common;

use common::*;
use num_bigint::BigUint;
use num_rational::BigRational;
use num_traits::Zero;
use plimsoll_circuits::book::{Book, CollateralItem, Currency, Exposure};
use plimsoll_circuits::credit_risk::{
    Charge, Detail, Secured, Shape, assess_credit, scaled_haircut,
};
use plimsoll_circuits::rule_error::{RecordProblem, RuleError};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use proptest::prelude::*;

fn whole(value: u64) -> BigRational {
    BigRational::from_integer(value.into())
}

fn secured_detail(charge: &Charge) -> &Secured {
    match &charge.detail {
        Detail::Secured(secured) => secured,
        other => panic!("{other:?}"),
    }
}

#[test]
fn plain_is_amount_times_weight() {
    let found = charge(exposure("corporate", "BBB", 1_500));
    assert_eq!(
        (found.shape, found.weight, found.class),
        (Shape::Plain, 7_500, 63)
    );
    let basel = basel();
    let before = basel
        .class_rows()
        .take_while(|row| *row != ("corporate", "BBB", 7_500));
    assert_eq!(before.count(), 62);
    assert_eq!(rwa(&found.rwa), whole(1_125));
    assert_eq!(measure(&found.measure), whole(1_500));

    let pounds = charge(Exposure {
        currency: "GBP".into(),
        conversion: "commitment".into(),
        ..exposure("corporate", "BBB", 1_000)
    });
    assert_eq!(
        (pounds.currency, pounds.rate, pounds.factor),
        (3, 125_000_000, 4_000)
    );
    assert_eq!(measure(&pounds.measure), whole(500));
    assert_eq!(rwa(&pounds.rwa), whole(375));

    for (class, grade) in [("sovereign", "AAA-AA"), ("retail", "")] {
        assert!(charge(exposure(class, grade, 0)).rwa.is_zero());
    }
    let currency = charge(Exposure {
        currency: "USD".into(),
        ..exposure("retail", "", 7)
    });
    assert_eq!((currency.currency, currency.shape), (1, Shape::Plain));
}

#[test]
fn the_largest_exposure_stays_exact_and_within_its_bits() {
    let largest = Exposure {
        currency: "MAX".into(),
        ..exposure("fund-not-looked-through", "", u64::MAX)
    };
    let found = charge(largest.clone());
    let rate = decimal("1407374.88355327");
    assert_eq!(rwa(&found.rwa), whole(u64::MAX) * rate * decimal("12.5"));
    // 64 + 47 + 14 + 17 + 30 bits.
    assert!(found.rwa.bits() <= 172);
    let many = assess(vec![largest; 3], Vec::new()).expect("assessed");
    assert_eq!(many.rwa, found.rwa * 3_u32);
}

#[test]
fn everything_but_a_bare_weight_is_banded() {
    let provisioned = charge(Exposure {
        provisions: 20,
        ..exposure("corporate", "BBB", 100)
    });
    assert_eq!((provisioned.shape, provisioned.net), (Shape::Banded, 80));
    assert_eq!(rwa(&provisioned.rwa), whole(60));
    assert_eq!(measure(&provisioned.measure), whole(80));
    // The key of a class that nothing raises is its class index.
    assert_eq!(provisioned.class, 63);

    let same = Exposure {
        income_currency: "USD".into(),
        ..exposure("retail", "", 100)
    };
    assert_eq!(
        charge(same).shape,
        Shape::Plain,
        "the same currency by its name"
    );
    let euros = Exposure {
        currency: "EUR".into(),
        income_currency: "EUR".into(),
        ..exposure("retail", "", 100)
    };
    assert_eq!(charge(euros).shape, Shape::Plain);
    let corporate = Exposure {
        income_currency: "EUR".into(),
        ..exposure("corporate", "BBB", 100)
    };
    assert_eq!(
        charge(corporate).shape,
        Shape::Plain,
        "mismatch does not touch corporates"
    );
    let fully = charge(Exposure {
        provisions: 100,
        ..exposure("retail", "", 100)
    });
    assert!(fully.rwa.is_zero() && fully.measure.is_zero());
}

#[test]
fn an_edge_belongs_to_the_band_below_it() {
    let value = 3_000_000_000_000_u64;
    for (edge, below, above) in [
        (50_u64, 2_000, 2_500),
        (60, 2_500, 3_000),
        (80, 3_000, 4_000),
        (90, 4_000, 5_000),
        (100, 5_000, 7_000),
    ] {
        let amount = value / 100 * edge;
        assert_eq!(
            charge(mortgage("residential", amount, value, "")).weight,
            below,
            "{edge}"
        );
        assert_eq!(
            charge(mortgage("residential", amount + 1, value, "")).weight,
            above,
            "{edge}"
        );
    }
    assert_eq!(charge(mortgage("residential", 0, 1, "")).weight, 2_000);
    assert_eq!(
        charge(mortgage("residential", u64::MAX, 1, "")).weight,
        7_000
    );
    assert_eq!(
        charge(mortgage("residential", u64::MAX, u64::MAX, "")).weight,
        5_000
    );
    // Provisions lower what is charged, not the loan-to-value ratio.
    let loan = Exposure {
        provisions: 20,
        ..mortgage("residential", 70, 100, "")
    };
    let found = charge(loan);
    assert_eq!((found.weight, found.net), (3_000, 50));
    assert_eq!(rwa(&found.rwa), whole(15));

    for (provisions, weight) in [
        (0, 15_000),
        (19, 15_000),
        (20, 10_000),
        (21, 10_000),
        (100, 10_000),
    ] {
        let found = charge(Exposure {
            provisions,
            ..exposure("defaulted", "", 100)
        });
        assert_eq!(found.weight, weight, "{provisions}");
    }
    assert!(charge(exposure("defaulted", "", 0)).rwa.is_zero());
}

#[test]
fn a_split_loan_takes_two_weights() {
    // Below, at and above 55 % of the value.
    for (amount, expected) in [(54, "10.8"), (55, "11"), (56, "11.75"), (100, "44.75")] {
        let found = charge(mortgage("residential-split", amount, 100, "retail"));
        assert_eq!(rwa(&found.rwa), decimal(expected), "{amount}");
    }
    // 55 % of 1 is 0.55: the split is exact in 10^-6.
    let small = charge(mortgage("residential-split", 1, 1, "retail"));
    assert_eq!(rwa(&small.rwa), decimal("0.4475"));
    // Both weights rise with a mismatch, the second to its cap.
    let raised = charge(Exposure {
        income_currency: "EUR".into(),
        ..mortgage("residential-split", 100, 100, "corporate-other")
    });
    assert_eq!(
        rwa(&raised.rwa),
        decimal("84"),
        "55 at 30 % and 45 at 150 %"
    );
    // Commercial: the lower of 60 % and the counterparty.
    let bank = Exposure {
        counterparty_grade: "AAA-AA".into(),
        ..mortgage("commercial-split", 100, 100, "bank-ecra")
    };
    assert_eq!(rwa(&charge(bank).rwa), whole(20));
    let huge = charge(mortgage("residential-split", u64::MAX, u64::MAX, "retail"));
    assert_eq!(rwa(&huge.rwa), whole(u64::MAX) * decimal("0.4475"));
}

#[test]
fn collateral_is_used_item_by_item() {
    let loan = secured("corporate", "unrated", 1_000, 20);
    let mut euros = item("cash", "", 500);
    euros.currency = "EUR".into();
    let found = charge_secured(loan.clone(), vec![item("cash", "", 300), euros]);
    assert_eq!(found.shape, Shape::Secured);
    let detail = secured_detail(&found);
    assert_eq!(detail.items[0].total_haircut, 0);
    assert_eq!(
        detail.items[1].total_haircut, 113_137_085,
        "8 % at 20 days, rounded up"
    );
    let value = whole(1_000) - whole(300) - whole(500) * decimal("0.886862915");
    assert_eq!(units(&detail.exposure_value, 17), value);
    assert_eq!(rwa(&found.rwa), value);
    assert_eq!(
        measure(&found.measure),
        whole(1_000),
        "collateral gives no relief in leverage"
    );

    let covered = charge_secured(loan.clone(), vec![item("cash", "", 1_001)]);
    assert!(covered.rwa.is_zero() && secured_detail(&covered).difference < 0.into());
    let exactly = charge_secured(loan.clone(), vec![item("cash", "", 1_000)]);
    assert!(exactly.rwa.is_zero() && secured_detail(&exactly).difference.is_zero());
    let one = charge_secured(loan, vec![item("cash", "", 999)]);
    assert_eq!(rwa(&one.rwa), whole(1));

    // The factor applies to E*.
    let commitment = Exposure {
        conversion: "commitment".into(),
        ..secured("corporate", "unrated", 1_000, 20)
    };
    assert_eq!(
        rwa(&charge_secured(commitment, vec![item("cash", "", 500)]).rwa),
        whole(200)
    );
}

#[test]
fn haircuts_cap_at_everything() {
    let loan = secured("corporate", "unrated", 1_000, 250);
    let mut gold = item("gold", "", 5_000);
    let alone = charge_secured(loan.clone(), vec![gold.clone()]);
    assert_eq!(secured_detail(&alone).items[0].total_haircut, 1_000_000_000);
    gold.currency = "EUR".into();
    let found = charge_secured(loan, vec![gold]);
    let used = secured_detail(&found).items[0];
    assert_eq!(
        (used.haircut, used.currency_haircut),
        (1_000_000_000, 400_000_000)
    );
    assert_eq!(
        used.total_haircut, 1_000_000_000,
        "worth nothing, and not less"
    );
    assert_eq!(rwa(&found.rwa), whole(1_000));
}

/// CRE22.40: E (1 + He). Over 250 days a share's 30 % come to 150 %.
#[test]
fn what_is_lent_has_no_cap() {
    let share = |ten_days: &str, cash: u64| {
        let lent = Exposure {
            lent_security: ten_days.into(),
            ..secured("corporate", "unrated", 100, 250)
        };
        let found = charge_secured(lent, vec![item("cash", "", cash)]);
        assert_eq!(found.shape, Shape::SecuredGeneral);
        (secured_detail(&found).lent.1, rwa(&found.rwa))
    };
    for (cash, left) in [(200, 50), (249, 1), (250, 0), (251, 0)] {
        assert_eq!(share("other-equity", cash), (1_500_000_000, whole(left)));
    }
    assert_eq!(share("gold", 150), (1_000_000_000, whole(50)));
}

#[test]
fn a_mismatch_of_maturities_rounds_up_to_a_unit() {
    let loan = Exposure {
        maturity_days: 2_555,
        ..secured("corporate", "unrated", 1_000, 20)
    };
    let cash = CollateralItem {
        protection_days: 730,
        ..item("cash", "", 190)
    };
    // 190 · 7/19 = 70 exactly.
    let found = charge_secured(loan.clone(), vec![cash.clone()]);
    assert_eq!(found.shape, Shape::SecuredGeneral);
    assert_eq!(rwa(&found.rwa), whole(930));
    let odd = CollateralItem {
        amount: 191,
        ..cash.clone()
    };
    assert_eq!(
        rwa(&charge_secured(loan.clone(), vec![odd]).rwa),
        whole(930),
        "929.63 rounds up"
    );
    let matched = CollateralItem {
        protection_days: 1_825,
        ..cash.clone()
    };
    let found = charge_secured(loan.clone(), vec![matched]);
    assert_eq!((found.shape, rwa(&found.rwa)), (Shape::Secured, whole(810)));
    let ignored = CollateralItem {
        protection_days: 91,
        ..cash.clone()
    };
    assert_eq!(
        rwa(&charge_secured(loan.clone(), vec![ignored]).rwa),
        whole(1_000)
    );
    let young = CollateralItem {
        original_days: 364,
        ..cash.clone()
    };
    assert_eq!(rwa(&charge_secured(loan, vec![young]).rwa), whole(1_000));
    // An exposure that ends within a quarter year itself recognises nothing shorter.
    let short = Exposure {
        maturity_days: 80,
        ..secured("corporate", "unrated", 1_000, 20)
    };
    let shorter = CollateralItem {
        protection_days: 79,
        ..cash
    };
    let found = charge_secured(short, vec![shorter, item("cash", "", 100)]);
    assert_eq!(
        (found.shape, rwa(&found.rwa)),
        (Shape::SecuredGeneral, whole(900))
    );
}

/// E* as the rule is written, with the haircuts of the twin.
fn exposure_value(charge: &Charge, exposure: &Exposure, items: &[CollateralItem]) -> BigRational {
    let detail = secured_detail(charge);
    let nano = |value: u64| BigRational::new(value.into(), 1_000_000_000.into());
    let rate = |rate: u64| BigRational::new(rate.into(), 100_000_000.into());
    let one = whole(1);
    let days = exposure.revaluation_days + exposure.holding_days - 1;
    let scaled = |haircut: &str| {
        let basis = decimal(haircut) * whole(10_000);
        nano(scaled_haircut(
            basis.to_integer().try_into().expect("small"),
            days,
            10,
        ))
    };
    let lent = if exposure.lent_security.is_empty() {
        decimal("0")
    } else {
        scaled("0.04")
    };
    let mut value = whole(exposure.amount) * rate(charge.rate) * (&one + lent);
    let quarters = |days: u32| BigRational::new(days.into(), 365.into()) - decimal("0.25");
    let maturity = exposure.maturity_days.min(5 * 365);
    for (item, used) in items.iter().zip(&detail.items) {
        let share = if item.protection_days == 0 || item.protection_days >= maturity {
            one.clone()
        } else if (item.original_days > 0 && item.original_days < 365)
            || quarters(item.protection_days) <= decimal("0")
        {
            decimal("0")
        } else {
            quarters(item.protection_days) / quarters(maturity)
        };
        let mut haircut = match item.kind.as_str() {
            "cash" => scaled("0"),
            "gold" => scaled("0.2"),
            _ => scaled("0.12"),
        };
        if item.currency != exposure.currency {
            haircut += scaled("0.08");
        }
        let kept = (&one - haircut).max(decimal("0"));
        value -= whole(item.amount) * rate(used.rate) * kept * share;
    }
    value.max(decimal("0"))
}

proptest! {
    #[test]
    fn collateral_agrees_with_the_formula(
        amount in prop_oneof![0..2_000_000_u64, any::<u64>()],
        lends in any::<bool>(),
        maturity_days in 1..4_000_u32,
        holding in prop::sample::select(vec![5_u32, 10, 20, 250]),
        revaluation in prop::sample::select(vec![1_u32, 5, 10, 20, 60]),
        currency in prop::sample::select(vec!["", "GBP"]),
        pledged in prop::collection::vec(
            (
                prop::sample::select(vec!["cash", "gold", "other-issuer"]),
                prop_oneof![0..1_000_000_u64, any::<u64>()],
                prop::sample::select(vec!["", "GBP", "MAX"]),
                prop_oneof![Just(0_u32), 1..4_000_u32],
                prop_oneof![Just(0_u32), 1..800_u32],
            ),
            1..5,
        ),
    ) {
        let mut exposure = Exposure {
            maturity_days,
            revaluation_days: revaluation,
            currency: currency.into(),
            ..secured("corporate", "unrated", amount, holding)
        };
        if lends {
            exposure.lent_security = "sovereign".into();
            exposure.lent_rating = "AAA-AA".into();
            exposure.lent_maturity_days = 2_000;
        }
        let items: Vec<CollateralItem> = pledged
            .into_iter()
            .map(|(kind, amount, currency, protection_days, original_days)| CollateralItem {
                currency: currency.into(),
                maturity_days: 3_651,
                protection_days,
                original_days,
                ..item(kind, if kind == "other-issuer" { "AAA-AA" } else { "" }, amount)
            })
            .collect();
        let found = charge_secured(exposure.clone(), items.clone());
        let expected = exposure_value(&found, &exposure, &items);
        let value = rwa(&found.rwa);
        if found.shape == Shape::Secured {
            prop_assert_eq!(value, expected);
        } else {
            prop_assert!(value >= expected && &value - &expected < whole(1) && value.is_integer());
        }
    }
}

fn refused(
    exposure: Exposure,
    items: Vec<CollateralItem>,
) -> (String, &'static str, RecordProblem) {
    match assess(vec![exposure], items) {
        Err(error @ RuleError::Record { .. }) => {
            assert!(!error.hint().is_empty());
            let text = error.to_string();
            let RuleError::Record {
                place,
                column,
                problem,
            } = error
            else {
                unreachable!()
            };
            assert!(
                text.starts_with(&format!("{}, line 2, column `{column}`", place.file)),
                "{text}"
            );
            (place.file.to_string(), column, problem)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_error_names_its_place() {
    let loan = || secured("corporate", "unrated", 987_654_321, 20);
    let cash = || item("cash", "", 987_654_321);
    let unknown = |exposure: Exposure| match refused(exposure, Vec::new()) {
        (_, column, RecordProblem::Unknown { .. }) => column,
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown(exposure("corporates", "", 1)), "class");
    assert_eq!(unknown(exposure("corporate", "AAA", 1)), "grade");
    assert_eq!(unknown(exposure("retail", "AAA-AA", 1)), "grade");
    assert_eq!(unknown(exposure("residential", "A", 1)), "grade");
    assert_eq!(
        unknown(Exposure {
            currency: "XXX".into(),
            ..exposure("retail", "", 1)
        }),
        "currency"
    );
    assert_eq!(
        unknown(Exposure {
            income_currency: "XXX".into(),
            ..exposure("retail", "", 1)
        }),
        "income_currency"
    );
    assert_eq!(
        unknown(Exposure {
            conversion: "off".into(),
            ..exposure("retail", "", 1)
        }),
        "conversion"
    );
    assert_eq!(
        unknown(mortgage("residential", 1, 1, "people")),
        "counterparty_class"
    );
    assert_eq!(
        unknown(mortgage("commercial", 1, 1, "residential")),
        "counterparty_class"
    );

    let missing = |exposure: Exposure, items| match refused(exposure, items) {
        (_, column, RecordProblem::Missing(_)) => column,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(exposure("corporate", "", 1), vec![]), "grade");
    assert_eq!(
        missing(mortgage("residential", 1, 0, ""), vec![]),
        "property_value"
    );
    assert_eq!(
        missing(mortgage("residential-split", 1, 0, "retail"), vec![]),
        "property_value"
    );
    assert_eq!(
        missing(mortgage("commercial", 1, 1, ""), vec![]),
        "counterparty_class"
    );
    assert_eq!(
        missing(mortgage("commercial", 1, 1, "corporate"), vec![]),
        "counterparty_grade"
    );
    assert_eq!(
        missing(exposure("retail", "", 1), vec![cash()]),
        "holding_days"
    );
    assert_eq!(
        missing(
            Exposure {
                revaluation_days: 0,
                ..loan()
            },
            vec![cash()]
        ),
        "revaluation_days"
    );
    assert_eq!(
        missing(loan(), vec![item("sovereign", "AAA-AA", 1)]),
        "maturity_days"
    );
    assert_eq!(missing(loan(), vec![item("sovereign", "", 1)]), "rating");
    let protected = CollateralItem {
        protection_days: 5,
        ..cash()
    };
    assert_eq!(missing(loan(), vec![protected]), "maturity_days");
    let lent = |rating: &str, days| Exposure {
        lent_security: "sovereign".into(),
        lent_rating: rating.into(),
        lent_maturity_days: days,
        ..loan()
    };
    assert_eq!(missing(lent("", 1), vec![cash()]), "lent_rating");
    assert_eq!(
        missing(lent("AAA-AA", 0), vec![cash()]),
        "lent_maturity_days"
    );

    let provisions = Exposure {
        provisions: 2,
        ..exposure("retail", "", 1)
    };
    assert_eq!(refused(provisions, vec![]).2, RecordProblem::Provisions);
    let mut split = mortgage("residential-split", 1, 1, "sovereign");
    split.counterparty_grade = "AAA-AA".into();
    assert_eq!(refused(split, vec![]).2, RecordProblem::SplitCounterparty);
    assert_eq!(
        refused(lent("AAA-AA", 1), vec![]).2,
        RecordProblem::Unsecured
    );

    for (combined, column) in [
        (
            Exposure {
                holding_days: 10,
                revaluation_days: 1,
                ..mortgage("residential", 2, 1, "")
            },
            "class",
        ),
        (
            Exposure {
                provisions: 1,
                ..loan()
            },
            "provisions",
        ),
        (
            Exposure {
                income_currency: "EUR".into(),
                ..secured("retail", "", 1, 20)
            },
            "income_currency",
        ),
    ] {
        let (_, found, problem) = refused(combined, vec![cash()]);
        assert_eq!(found, column);
        assert!(matches!(problem, RecordProblem::Combination(_)));
    }
    let of_item = |exposure, item| {
        let (file, column, problem) = refused(exposure, vec![item]);
        assert!(
            matches!(problem, RecordProblem::Unknown { .. }),
            "{problem}"
        );
        (file, column)
    };
    let collateral = |column| ("collateral.csv".to_owned(), column);
    assert_eq!(of_item(loan(), item("art", "", 1)), collateral("kind"));
    assert_eq!(of_item(loan(), item("gold", "A", 1)), collateral("rating"));
    let orphan = CollateralItem {
        exposure: "none".into(),
        ..cash()
    };
    assert_eq!(of_item(loan(), orphan), collateral("exposure"));
    let foreign = CollateralItem {
        currency: "XXX".into(),
        ..cash()
    };
    assert_eq!(of_item(loan(), foreign), collateral("currency"));
    let exposures = |column| ("exposures.csv".to_owned(), column);
    assert_eq!(
        of_item(secured("retail", "", 1, 7), cash()),
        exposures("holding_days")
    );
    let weekly = Exposure {
        revaluation_days: 7,
        ..loan()
    };
    assert_eq!(of_item(weekly, cash()), exposures("revaluation_days"));

    let mut twins = book();
    twins.exposures = vec![exposure("retail", "", 1), exposure("retail", "", 2)];
    assert!(matches!(
        assess_credit(&twins, &basel(), &snapshot()),
        Err(RuleError::Record {
            column: "id",
            problem: RecordProblem::Duplicate(_),
            ..
        })
    ));
    let other = Book {
        currency: Currency("EUR".into()),
        ..book()
    };
    assert!(matches!(
        assess_credit(&other, &basel(), &snapshot()),
        Err(RuleError::Currency { .. })
    ));
}

#[test]
fn errors_and_debug_output_carry_no_amount() {
    let secret = 987_654_321;
    let loan = Exposure {
        provisions: 1,
        ..secured("corporate", "unrated", secret, 20)
    };
    let error = assess(vec![loan.clone()], vec![item("cash", "", secret)]).expect_err("refused");
    assert!(!format!("{error} {error:?} {}", error.hint()).contains("98765"));
    let found = assess(
        vec![Exposure {
            provisions: 0,
            ..loan
        }],
        vec![item("cash", "", 7)],
    );
    let found = found.expect("assessed");
    let text = format!(
        "{found:?} {:?} {:?} {:?}",
        found.charges, found.classes, found.charges[0].detail
    );
    assert!(!text.contains("98765"), "{text}");
}

#[test]
fn buckets_have_no_collateral() {
    let rulebook = Rulebook::builtin("us-standardised").expect("it ships");
    let snapshot = Snapshot::builtin("usd-only").expect("it ships");
    let mut book = book();
    book.exposures = vec![exposure("bucket", "937.5%", 2_000)];
    let found = assess_credit(&book, &rulebook, &snapshot).expect("assessed");
    assert_eq!(rwa(&found.rwa), whole(18_750));
    assert_eq!(found.classes.len(), 1);
    assert_ne!(found.rwa, BigUint::ZERO);
    book.collateral = vec![item("cash", "", 1)];
    assert!(matches!(
        assess_credit(&book, &rulebook, &snapshot),
        Err(RuleError::Record {
            problem: RecordProblem::NoCollateral,
            ..
        })
    ));
}
