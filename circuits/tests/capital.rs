//! Capital: tiers, thresholds, caps, ratios, buffers, the balance sheet, and errors.

mod common;

use common::*;
use num_bigint::BigUint;
use num_rational::BigRational;
use plimsoll_circuits::amount::EXPOSURE_SCALE;
use plimsoll_circuits::book::{Book, NettingSet};
use plimsoll_circuits::capital::{CapitalAssessment, CreditTotals, assess_capital, conservation};
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::proofs::missing_modules;
use plimsoll_circuits::rule_error::{RecordProblem, RuleError};
use plimsoll_circuits::rulebook::{BUILTIN, Rulebook, RulebookError, RulebookProblem};
use plimsoll_circuits::statement::Linked;

fn whole(value: i64) -> BigRational {
    BigRational::from_integer(value.into())
}

fn assessed(credit_rwa: u64, lines: &[(&str, u64)]) -> CapitalAssessment {
    capital(&basel(), credit_rwa, lines, &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn tiers_are_components_less_deductions() {
    let found = assessed(
        1_000,
        &[
            ("common-shares", 100),
            ("retained-earnings", 50),
            ("goodwill", 30),
            ("at1-instruments", 20),
            ("at1-deductions", 5),
            ("tier2-instruments", 10),
            ("tier2-deductions", 4),
        ],
    );
    let funds = &found.own_funds;
    assert_eq!(
        (&funds.cet1, &funds.additional_tier1, &funds.tier2),
        (&whole(120), &whole(15), &whole(6))
    );
    let value = |ratio| {
        found
            .ratio(ratio)
            .expect("it has it")
            .value()
            .expect("a base")
    };
    assert_eq!(value(Ratio::Cet1), decimal("0.12"));
    assert_eq!(value(Ratio::Tier1), decimal("0.135"));
    assert_eq!(value(Ratio::Total), decimal("0.141"));
    let cet1 = found.ratio(Ratio::Cet1).expect("it has it");
    assert!(
        cet1.holds(120_000) && !cet1.holds(120_001),
        "exactly at the threshold holds"
    );
    assert_eq!(cet1.headroom(100_000), whole(20));
    assert_eq!(cet1.headroom(125_000), whole(-5));
    assert_eq!(
        cet1.missing,
        [
            "counterparty-risk",
            "cva",
            "securitisation",
            "market-risk",
            "operational-risk"
        ]
    );
    // The buffer is of all three ratios, and lacks what one of them lacks, once.
    let buffer = found.ratio(Ratio::Buffer).expect("it has it");
    assert_eq!(buffer.missing, cet1.missing);
}

#[test]
fn a_shortfall_reduces_the_next_higher_tier() {
    let found = assessed(
        1_000,
        &[
            ("common-shares", 100),
            ("at1-instruments", 20),
            ("tier2-instruments", 10),
            ("tier2-deductions", 45),
        ],
    );
    let funds = &found.own_funds;
    assert_eq!(
        (&funds.tier2_shortfall, &funds.additional_tier1_shortfall),
        (&whole(35), &whole(15))
    );
    assert_eq!(
        (&funds.cet1, &funds.additional_tier1, &funds.tier2),
        (&whole(85), &whole(0), &whole(0))
    );

    let negative = assessed(
        1_000,
        &[("goodwill", u64::MAX), ("at1-deductions", u64::MAX)],
    );
    assert_eq!(negative.own_funds.cet1, -decimal("36893488147419103230"));
    for ratio in [Ratio::Cet1, Ratio::Tier1, Ratio::Total, Ratio::Buffer] {
        assert!(
            !negative.ratio(ratio).expect("it has it").holds(0),
            "{ratio}"
        );
    }
}

#[test]
fn provisions_count_up_to_their_cap() {
    for (provisions, counted) in [(0, 0), (124, 124), (125, 125), (126, 125), (u64::MAX, 125)] {
        let found = assessed(10_000, &[("general-provisions", provisions)]);
        assert_eq!(found.own_funds.provisions, whole(counted), "{provisions}");
        assert_eq!(found.own_funds.tier2, whole(counted));
    }
    assert_eq!(
        assessed(1, &[("general-provisions", 1)]).own_funds.tier2,
        decimal("0.0125")
    );
    // What the cap leaves is exact, however small the credit risk: 1.25 % of 10^-25.
    let credit = CreditTotals {
        rwa: 1_u32.into(),
        ..CreditTotals::default()
    };
    let mut small = book();
    small.capital = vec![line("general-provisions", 1)];
    let found = assess_capital(&small, &basel(), &credit).expect("assessed");
    assert_eq!(found.own_funds.tier2, rwa(&1_u32.into()) / whole(80));
    // Only the credit risk that is computed counts, not what is stated.
    let lines = [("general-provisions", 500)];
    let found = capital(&basel(), 10_000, &lines, &[("market-risk", 10_000)]).expect("assessed");
    assert_eq!(found.own_funds.tier2, whole(125));
    // Provisions also absorb deductions of their tier.
    let lines = [("general-provisions", 500), ("tier2-deductions", 100)];
    assert_eq!(assessed(10_000, &lines).own_funds.tier2, whole(25));
}

#[test]
fn threshold_limits_are_never_negative() {
    let lines = |common: u64| {
        [
            ("common-shares", common),
            ("significant-financials", 50),
            ("temporary-difference-dta", 60),
        ]
    };
    // 110 of items exceed what there is: everything is deducted.
    let found = assessed(0, &lines(100));
    assert_eq!(found.own_funds.cet1, whole(-10));
    assert_eq!(found.rwa.total, whole(0));
    let found = assessed(0, &lines(110));
    assert_eq!(
        (found.own_funds.cet1, found.rwa.total),
        (whole(0), whole(0))
    );
    // Well within both limits: nothing is deducted, everything weighs 250 %.
    let found = assessed(0, &lines(10_000));
    assert_eq!(found.own_funds.cet1, whole(10_000));
    assert_eq!(found.rwa.total, whole(275));
    assert_eq!(found.rwa.thresholds, whole(275));
    // What is not deducted is still an exposure.
    assert_eq!(found.leverage.clone().expect("measured"), whole(110));
    // A shortfall of additional tier 1 lowers what the limits are taken of.
    let mut more = lines(1_000).to_vec();
    more.push(("at1-deductions", 600));
    let found = assessed(0, &more);
    assert_eq!(found.own_funds.cet1_before_thresholds, whole(400));
    assert_eq!(
        found.own_funds.thresholds.individual,
        [whole(10), whole(0), whole(20)]
    );
}

#[test]
fn thresholds_are_exact() {
    for common in [101_u64, 333, 997, 1_001] {
        let lines = [
            ("common-shares", common),
            ("significant-financials", common / 8),
            ("mortgage-servicing-rights", common / 11),
            ("temporary-difference-dta", common / 9),
        ];
        let found = assessed(0, &lines);
        let exact = |value: u64| BigRational::from_integer(value.into());
        let all = exact(common / 8) + exact(common / 11) + exact(common / 9);
        let individual = exact(common) * decimal("0.1");
        let kept: BigRational = [8, 11, 9]
            .map(|part| exact(common / part).min(individual.clone()))
            .into_iter()
            .sum();
        let limit = (exact(common) - &all) * decimal("15") / decimal("85");
        let recognised = kept.min(limit);
        let cet1 = exact(common) - &all + &recognised;
        assert_eq!(found.own_funds.cet1, cet1);
        let charged = recognised * decimal("2.5");
        assert_eq!(found.rwa.total, charged);
    }
}

#[test]
fn without_risk_weighted_assets_capital_must_not_be_negative() {
    for (lines, holds) in [
        (vec![("common-shares", 1)], true),
        (vec![], true),
        (vec![("goodwill", 1)], false),
    ] {
        let found = assessed(0, &lines);
        let cet1 = found.ratio(Ratio::Cet1).expect("it has it");
        assert_eq!(cet1.value(), None);
        assert_eq!(cet1.holds(45_000), holds);
        assert_eq!(
            found.ratio(Ratio::Buffer).expect("it has it").holds(25_000),
            holds
        );
        assert_eq!(found.conservation, Some(if holds { 0 } else { 1_000_000 }));
    }
}

#[test]
fn capital_that_plugs_a_shortfall_is_not_free() {
    let value = |lines: &[(&str, u64)]| {
        let found = assessed(10_000, lines);
        let buffer = found.ratio(Ratio::Buffer).expect("it has it").clone();
        (
            buffer.value().expect("a base"),
            found.conservation.expect("a buffer"),
        )
    };
    assert_eq!(
        value(&[("common-shares", 1_000)]),
        (decimal("0.02"), 400_000),
        "10 % less 8 %"
    );
    let with = [
        ("common-shares", 1_000),
        ("at1-instruments", 150),
        ("tier2-instruments", 200),
    ];
    assert_eq!(value(&with), (decimal("0.055"), 0));
    assert_eq!(
        value(&[("common-shares", 700)]),
        (decimal("-0.01"), 1_000_000)
    );
    let rulebook = basel();
    let found = assessed(10_000, &with);
    let buffer = found.ratio(Ratio::Buffer).expect("it has it");
    for (combined, least) in [
        (55_000, 400_000),
        (54_999, 0),
        (100_000, 600_000),
        (220_000, 1_000_000),
    ] {
        assert_eq!(
            conservation(&rulebook, buffer, combined),
            Some(least),
            "{combined}"
        );
    }
}

#[test]
fn stated_lines_add_and_reduce() {
    let us = Rulebook::builtin("us-standardised").expect("it ships");
    let stated = [
        ("market-risk", 300),
        ("rounding", 1),
        ("excess-allowance-deduction", 100),
    ];
    let found = capital(&us, 1_000, &[], &stated).expect("assessed");
    assert_eq!(found.rwa.total, whole(1_201));
    assert_eq!(found.stated.iter().collect::<Vec<_>>(), ["market-risk"]);
    assert_eq!(found.leverage, None);
    assert_eq!(
        found.ratio(Ratio::Leverage),
        Err(RuleError::NoLine(
            Ratio::Leverage,
            "leverage-exposure".into()
        ))
    );
    assert!(
        found
            .ratio(Ratio::Cet1)
            .expect("it has it")
            .missing
            .is_empty()
    );
    let all = [("transfer-risk-reserve", 1_000)];
    assert_eq!(
        capital(&us, 1_000, &[], &all).expect("assessed").rwa.total,
        whole(0)
    );
    let more = [("transfer-risk-reserve", 1_001)];
    assert!(matches!(
        capital(&us, 1_000, &[], &more),
        Err(RuleError::Reductions)
    ));
    let leverage = [("leverage-exposure", 4_000)];
    let found = capital(&us, 1_000, &[], &leverage).expect("assessed");
    assert_eq!(found.leverage.clone().expect("stated"), whole(4_000));
    assert!(
        found
            .ratio(Ratio::Leverage)
            .expect("stated")
            .missing
            .is_empty()
    );
}

/// Two lines stand for one module: each serves the ratios that divide by what it raises.
#[test]
fn a_line_of_leverage_serves_no_risk_based_ratio() {
    let text = BUILTIN[0].1;
    let second = "\n[[stated]]\nname = \"of-leverage\"\nmodule = \"market-risk\"\n\
                  effect = \"adds-to-leverage\"\nparagraph = \"none\"\nsure = \"X\"\n";
    let rulebook = Rulebook::parse(&format!("{text}{second}")).expect("valid");
    let claims = [Claim::parse("cet1>=8%").expect("a claim")];
    for (line, missing) in [("of-leverage", true), ("market-risk", false)] {
        let lacks = |modules: &[String]| modules.iter().any(|module| module == "market-risk");
        let found = capital(&rulebook, 1_000, &[], &[(line, 1)]).expect("assessed");
        assert_eq!(
            lacks(&found.ratio(Ratio::Cet1).expect("it has it").missing),
            missing
        );
        let on: Vec<bool> = rulebook.stated.iter().map(|l| l.name == line).collect();
        let linked = Linked::default();
        let modules = missing_modules(&rulebook, &claims, &on, linked).expect("known");
        assert_eq!(lacks(&modules), missing, "{line}");
    }
}

/// Counterparty credit risk is computed for risk-weighted assets, and not for the leverage measure: a
/// rulebook that asks for it there asks for a line, which may be stated beside what is computed.
#[test]
fn computed_counterparty_risk_serves_no_leverage_ratio() {
    let text = BUILTIN[0].1;
    let text = text.replacen(
        "module = \"leverage-derivatives\"",
        "module = \"counterparty-risk\"",
        1,
    );
    let text = text.replacen("\"leverage-derivatives\", ", "\"counterparty-risk\", ", 1);
    let rulebook = Rulebook::parse(&text).expect("valid");
    let module = "counterparty-risk";
    let lacks = |modules: &[String]| modules.iter().any(|missing| missing == module);
    let linked = Linked {
        credit_risk: true,
        counterparty_risk: true,
    };
    let totals = CreditTotals {
        rwa: BigUint::ZERO,
        measure: BigUint::from(1_000_u32) * BigUint::from(10_u32).pow(EXPOSURE_SCALE),
    };
    let assessed = |stated: &[(&str, u64)]| {
        let book = Book {
            capital: vec![line("at1-instruments", 40)],
            stated: stated
                .iter()
                .map(|(name, amount)| line(name, *amount))
                .collect(),
            netting_sets: vec![NettingSet::default()],
            ..book()
        };
        assess_capital(&book, &rulebook, &totals)
    };
    for (stated, holds) in [(&[][..], true), (&[("leverage-derivatives", 500)], false)] {
        let found = assessed(stated).unwrap_or_else(|error| panic!("{error}"));
        let leverage = found.ratio(Ratio::Leverage).expect("it has it");
        assert_eq!(
            leverage.holds(30_000),
            holds,
            "four hundredths, or less than three"
        );
        assert_eq!(lacks(&leverage.missing), stated.is_empty());
        assert!(!lacks(
            &found.ratio(Ratio::Cet1).expect("it has it").missing
        ));
        let is = |name: &str| stated.iter().any(|(known, _)| *known == name);
        let on: Vec<bool> = rulebook.stated.iter().map(|l| is(&l.name)).collect();
        for (claim, missing) in [("leverage>=3%", stated.is_empty()), ("cet1>=8%", false)] {
            let claims = [Claim::parse(claim).expect("a claim")];
            let modules = missing_modules(&rulebook, &claims, &on, linked).expect("known");
            assert_eq!(lacks(&modules), missing, "{claim}");
        }
    }
    // What adds to risk-weighted assets is still not stated a second time.
    let twice = assessed(&[("counterparty-risk", 1)]).unwrap_err();
    let RuleError::Record { problem, .. } = twice else {
        panic!("{twice}");
    };
    assert_eq!(problem, RecordProblem::AlsoComputed(module.to_owned()));
}

/// Beside a line that is the whole measure, an addition to it adds nothing, and stands for nothing.
#[test]
fn beside_the_whole_measure_no_addition_serves() {
    let whole = "\n[[stated]]\nname = \"whole\"\neffect = \"is-leverage\"\nparagraph = \"none\"\nsure = \"X\"\n";
    match Rulebook::parse(&format!("{}{whole}", BUILTIN[0].1)) {
        Err(RulebookError::Invalid { key, problem, .. }) => {
            assert_eq!(key, "ratios.leverage");
            assert!(matches!(problem, RulebookProblem::Effect(_)), "{problem:?}");
        }
        other => panic!("{:?}", other.map(|rulebook| rulebook.name)),
    }
}

#[test]
fn a_real_bank_stands_where_its_filing_says() {
    // U.S. Bancorp, 31 December 2022, FR Y-9C, thousands of dollars.
    let us = Rulebook::builtin("us-standardised").expect("it ships");
    let mut book = book();
    let snapshot = plimsoll_circuits::snapshot::Snapshot::builtin("usd-only").expect("it ships");
    for (grade, amount) in [
        ("0%", 127_211_000),
        ("2%", 2_533_000),
        ("20%", 151_378_000),
        ("50%", 124_496_000),
        ("100%", 378_225_000),
        ("150%", 2_258_000),
        ("250%", 6_256_000),
        ("625%", 6_000),
        ("1250%", 7_206),
    ] {
        let id = grade.into();
        book.exposures.push(plimsoll_circuits::book::Exposure {
            id,
            ..exposure("bucket", grade, amount)
        });
    }
    book.stated = vec![
        line("other-approaches", 1_318_000),
        line("ssfa", 2_025_000),
        line("market-risk", 3_203_000),
        line("leverage-exposure", 618_645_000),
    ];
    book.capital = vec![line("cet1-not-itemised-added", 41_560_000)];
    let credit =
        plimsoll_circuits::credit_risk::assess_credit(&book, &us, &snapshot).expect("assessed");
    let found = assess_capital(&book, &us, &CreditTotals::from(&credit)).expect("assessed");
    assert_eq!(found.rwa.total, whole(496_499_835));
    let cet1 = found.ratio(Ratio::Cet1).expect("it has it");
    assert!(cet1.holds(83_700) && !cet1.holds(83_800));
    assert!(cet1.holds(83_705) && !cet1.holds(83_706), "8.370597 %");
}

#[test]
fn the_balance_sheet_must_close() {
    let close = |assets: Option<u64>, liabilities: Option<u64>| {
        let mut lines = vec![("common-shares", 120), ("aoci-loss", 20), ("goodwill", 7)];
        lines.extend(assets.map(|amount| ("total-assets", amount)));
        lines.extend(liabilities.map(|amount| ("total-liabilities", amount)));
        capital(&basel(), 0, &lines, &[])
    };
    assert!(close(Some(1_100), Some(1_000)).is_ok());
    assert!(close(None, Some(1_000)).is_ok() && close(Some(1), None).is_ok());
    for (assets, liabilities) in [
        (1_101, 1_000),
        (1_099, 1_000),
        (0, 0),
        (u64::MAX, 0),
        (0, u64::MAX),
    ] {
        let error = close(Some(assets), Some(liabilities)).expect_err("it does not close");
        assert_eq!(error, RuleError::BalanceSheet);
        assert!(!error.hint().is_empty() && !error.to_string().contains(&u64::MAX.to_string()));
    }
}

#[test]
fn lines_are_known_and_stand_once() {
    let record = |found: Result<CapitalAssessment, RuleError>| match found {
        Err(RuleError::Record {
            column: "name",
            problem,
            ..
        }) => problem,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        record(capital(&basel(), 0, &[("gold", 1)], &[])),
        RecordProblem::Unknown {
            what: "capital item",
            ..
        }
    ));
    assert!(matches!(
        record(capital(&basel(), 0, &[], &[("luck", 1)])),
        RecordProblem::Unknown {
            what: "stated line",
            ..
        }
    ));
    assert_eq!(
        record(capital(
            &basel(),
            0,
            &[("goodwill", 1), ("goodwill", 1)],
            &[]
        )),
        RecordProblem::Duplicate("goodwill".into())
    );
    assert_eq!(
        record(capital(&basel(), 0, &[], &[("cva", 1), ("cva", 1)])),
        RecordProblem::Duplicate("cva".into())
    );
}
