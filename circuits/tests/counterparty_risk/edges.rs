//! Where a rule turns: periods that start today, times to maturity of a second, sums of zero, sets
//! and agreements without trades or margin, rulebooks without derivatives, limits of the numbers.

use plimsoll_circuits::book::{Instrument, Margin, MarginItem, NettingSet, Trade, Variant};
use plimsoll_circuits::counterparty_risk::{
    DerivativeProblem, FAR_ERROR, NEAR_ERROR, OptionFigures, TradeFigures, assess_counterparty,
    assess_uncapped, entity_names, hedging_set_names,
};
use plimsoll_circuits::rule_error::{RecordProblem, RuleError};
use plimsoll_circuits::rulebook::{BUILTIN, Rulebook};

use crate::books::*;
use crate::common::{basel, decimal};
use crate::real::Real;
use crate::refused::problem;

pub(crate) const MILLION: u64 = 1_000_000;

pub(crate) fn fx(notional: u64, market_value: i64) -> Trade {
    Trade {
        hedging_set: "EURUSD".into(),
        market_value: value(market_value),
        ..trade("fx", notional)
    }
}

pub(crate) fn margined(margin: Margin) -> NettingSet {
    NettingSet {
        margin: Some(margin),
        ..netting_set()
    }
}

/// The figures of the only trade, an option on a crypto asset.
fn option_figures(instrument: Instrument) -> (TradeFigures, OptionFigures) {
    let one = Trade {
        hedging_set: "coin".into(),
        instrument,
        ..trade("crypto-2a", MILLION)
    };
    let agreement = charge(&derivatives(vec![netting_set()], vec![one], vec![]));
    let figures = agreement.sets[0].hedging_sets[0].subsets[0].trades[0].clone();
    let option = figures.option.clone().expect("an option");
    (figures, option)
}

#[test]
fn without_time_the_delta_is_decided() {
    let one = 1u64 << 44;
    for (put, price, strike, expected) in [
        (false, 101, 100, one),
        (false, 99, 100, 0),
        (true, 101, 100, 0),
        (true, 99, 100, one),
    ] {
        let (trade, option) = option_figures(self::option(put, price, strike, 0));
        assert!(option.saturated && option.near && !option.at_the_money_now);
        assert!(trade.delta.abs_diff(expected) < trade.delta_error);
        assert_eq!(option.x_negative, price < strike);
    }
    for put in [false, true] {
        let (trade, option) = option_figures(self::option(put, 100, 100, 0));
        assert!(option.at_the_money_now && !option.saturated && option.x == 0);
        assert!(trade.delta.abs_diff(one / 2) < trade.delta_error);
        assert_eq!(trade.delta_negative, put);
    }
}

#[test]
fn deltas_hold_their_error_bounds_down_to_a_second() {
    // The least volatility that a rulebook may have, and the supervisory ones.
    let low = BUILTIN[0]
        .1
        .replacen("volatility = \"15%\"", "volatility = \"10%\"", 1);
    let low = Rulebook::parse(&low).expect("valid");
    let (mut near, mut far) = (0, 0);
    for (rulebook, class, sigma) in [(&low, "fx", 1_000u64), (&basel(), "crypto-2a", 12_000)] {
        for expiry in [
            1,
            2,
            60,
            83,
            84,
            5_000,
            86_400,
            12_030,
            12_031,
            YEAR_SECONDS,
            1 << 30,
        ] {
            for price in [
                1u64 << 51,
                (1 << 51) + 1,
                (1 << 51) + (1 << 33),
                (1 << 51) + (1 << 41),
            ] {
                for (price, strike) in [(price, 1 << 51), (1 << 51, price)] {
                    for put in [false, true] {
                        let one = Trade {
                            hedging_set: "pair".into(),
                            instrument: option(put, price, strike, expiry),
                            ..trade(class, MILLION)
                        };
                        let book = derivatives(vec![netting_set()], vec![one], vec![]);
                        let found = assess_counterparty(&book, rulebook, &snapshot());
                        let found = found.expect("valid").agreements.remove(0);
                        let found = &found.sets[0].hedging_sets[0].subsets[0].trades[0];
                        let time = Real::ratio(expiry, YEAR_SECONDS);
                        let sigma = Real::ratio(sigma, 10_000);
                        let half = (sigma.square() * time.clone()) / Real::whole(2);
                        let x = (Real::ratio(price, strike).ln() + half) / (sigma * time.sqrt());
                        let exact = if put { -&x } else { x }.normal().to_ratio();
                        let epsilon = ratio(found.delta_error, 0, 44);
                        let what =
                            format!("{class}, {expiry} s, {price} against {strike}, put {put}");
                        assert_near(&ratio(found.delta, 0, 44), &exact, &epsilon, &what);
                        if found.option.as_ref().expect("an option").near {
                            assert_eq!(found.delta_error, NEAR_ERROR);
                            near += 1;
                        } else {
                            assert_eq!(found.delta_error, FAR_ERROR);
                            far += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(near > 50 && far > 50, "{near} near, {far} far");
}

#[test]
fn far_from_the_money_the_tail_is_kept() {
    let (trade, option) = option_figures(self::option(false, 1, 1_000_000, YEAR_SECONDS));
    assert!(option.saturated && option.x_negative && option.log_negative);
    assert_eq!(trade.delta, option.tail);
    let (trade, option) = option_figures(self::option(true, 1_000_000, 1, YEAR_SECONDS));
    assert!(option.saturated && !option.x_negative);
    assert_eq!(trade.delta, option.tail);
    assert!(trade.delta <= FAR_ERROR);
}

#[test]
fn edges_belong_to_the_middle_bucket() {
    for (end, bucket) in [(1_459, 1), (1_460, 2), (7_300, 2), (7_301, 3), (131_071, 3)] {
        let one = Trade {
            end,
            ..trade("interest-rate", MILLION)
        };
        let agreement = charge(&derivatives(vec![netting_set()], vec![one], vec![]));
        let subset = &agreement.sets[0].hedging_sets[0].subsets[0];
        assert_eq!(subset.key, bucket, "{end}");
        assert_eq!(subset.name, format!("bucket {bucket}"));
    }
    // The supervisory duration is floored at ten business days.
    let one = Trade {
        start: 100,
        end: 101,
        ..trade("interest-rate", MILLION)
    };
    let agreement = charge(&derivatives(vec![netting_set()], vec![one], vec![]));
    let found = &agreement.sets[0].hedging_sets[0].subsets[0].trades[0];
    assert!(found.discount > found.discount_raw);
    assert_eq!(found.discount, 2_199_023_256);
}

#[test]
fn currencies_are_hedging_sets_and_names_are_numbered() {
    let swap = |currency: &str| Trade {
        currency: currency.into(),
        end: 10 * YEAR,
        ..trade("interest-rate", MILLION)
    };
    let basis = Trade {
        variant: Variant::Basis,
        hedging_set: "3M-6M".into(),
        ..swap("EUR")
    };
    let trades = vec![swap("JPY"), basis, swap(""), fx(MILLION, 0), swap("USD")];
    let book = derivatives(vec![netting_set()], trades, vec![]);
    assert_eq!(hedging_set_names(&book), ["3M-6M", "EURUSD"]);
    assert!(entity_names(&book).is_empty());
    let agreement = charge(&book);
    let sets = &agreement.sets[0].hedging_sets;
    let found: Vec<(u32, u32, usize)> = sets
        .iter()
        .map(|set| (set.group, set.number, set.subsets[0].trades.len()))
        .collect();
    // Dollars (empty or named) are currency 1, yen 4; the basis set and the pair go by name.
    assert_eq!(found, [(3, 1, 2), (3, 4, 1), (4, 1, 1), (9, 2, 1)]);
}

#[test]
fn the_multiplier_is_one_where_nothing_is_given_beyond_the_value() {
    // V below zero, and C lower still.
    let book = derivatives(
        vec![netting_set()],
        vec![fx(MILLION, -50)],
        vec![cash(-60, false)],
    );
    let agreement = charge(&book);
    assert!(agreement.sets[0].full && !agreement.received);
    assert_eq!(cost(&agreement), decimal("10"));
    // No add-on: nothing to multiply, whatever the collateral.
    let agreement = charge(&derivatives(
        vec![netting_set()],
        vec![],
        vec![cash(60, false)],
    ));
    assert!(agreement.sets[0].full);
    assert_eq!(exposure(&agreement), decimal("0"));
    let agreement = charge(&derivatives(
        vec![netting_set()],
        vec![],
        vec![cash(-60, false)],
    ));
    assert_eq!(exposure(&agreement), decimal("84"));
    // Far below zero: never below its floor, and the exponent saturates.
    let agreement = charge(&derivatives(
        vec![netting_set()],
        vec![fx(1_000, -1_000_000_000)],
        vec![],
    ));
    let set = &agreement.sets[0];
    assert_eq!(set.exponent, (1 << 48) - 1);
    assert_leans(
        &multiplier(set),
        &decimal("0.05"),
        "0.00000001",
        "0",
        "floor",
    );
    // A hair below zero.
    let agreement = charge(&derivatives(
        vec![netting_set()],
        vec![fx(u32::MAX.into(), -1)],
        vec![],
    ));
    assert!(multiplier(&agreement.sets[0]) <= decimal("1"));
}

/// As the set CPTY_B of the Open Source Risk Engine's example: 1.4 times the minimum transfer.
#[test]
fn an_empty_margined_set_costs_its_thresholds_unless_capped() {
    let set = margined(Margin {
        minimum_transfer: 5_000_000,
        ..daily()
    });
    let book = derivatives(vec![set], vec![], vec![]);
    let uncapped = assess_uncapped(&book, &basel(), &snapshot()).expect("valid");
    assert_eq!(exposure(&uncapped.agreements[0]), decimal("7000000"));
    assert_ne!(uncapped.agreements[0].sets[0].period, 0);
    assert_eq!(exposure(&charge(&book)), decimal("0"));
}

#[test]
fn margin_periods_follow_the_set() {
    let basel = basel();
    let derivatives_of = basel.derivatives.as_ref().expect("derivatives");
    let days = |margin: Margin, trades: usize| -> Result<(u32, bool), RuleError> {
        let trades = (0..trades).map(|_| fx(1, 0)).collect();
        let book = derivatives(vec![margined(margin)], trades, vec![]);
        let found = assess_uncapped(&book, &basel, &snapshot())?;
        let number = found.agreements[0].sets[0].period as usize;
        let period = &derivatives_of.margin_periods[number - 1];
        Ok((period.days, period.limited))
    };
    let with = |remargin_days, cleared, illiquid, disputed| Margin {
        remargin_days,
        cleared,
        illiquid,
        disputed,
        ..Margin::default()
    };
    for (margin, trades, expected) in [
        (with(1, false, false, false), 1, (10, true)),
        (with(5, false, false, false), 1, (14, true)),
        (with(1, false, false, false), 5_000, (10, true)),
        (with(1, false, false, false), 5_001, (20, false)),
        (with(1, false, true, false), 1, (20, false)),
        (with(1, false, false, true), 1, (20, false)),
        (with(1, false, true, true), 1, (40, false)),
        (with(5, false, false, true), 1, (28, false)),
        (with(1, true, false, false), 5_001, (5, false)),
        (with(5, true, false, false), 1, (9, false)),
        (with(1, true, false, true), 1, (10, false)),
    ] {
        assert_eq!(days(margin, trades), Ok(expected), "{trades}");
    }
    match days(with(8, false, false, false), 1) {
        Err(RuleError::Record {
            problem: RecordProblem::Derivative(DerivativeProblem::Period(17)),
            column: "remargin_days",
            ..
        }) => {}
        other => panic!("{other:?}"),
    }
    let missing = days(with(0, false, false, false), 1);
    assert!(matches!(
        missing,
        Err(RuleError::Record {
            problem: RecordProblem::Missing(_),
            ..
        })
    ));
    let huge = days(with(u32::MAX, false, false, true), 1);
    assert!(matches!(huge, Err(RuleError::Record { .. })));
}

#[test]
fn collateral_is_cut_by_its_haircuts() {
    let bond = |posted, currency: &str| MarginItem {
        netting_set: "n".into(),
        kind: "sovereign".into(),
        rating: "AAA-AA".into(),
        currency: currency.into(),
        amount: 100_000,
        maturity_days: 366,
        posted,
        ..MarginItem::default()
    };
    let collateral = |set: NettingSet, item: MarginItem| {
        let book = derivatives(vec![set], vec![fx(MILLION, 0)], vec![item]);
        let found = assess_uncapped(&book, &basel(), &snapshot()).expect("valid");
        let figures = &found.agreements[0].sets[0];
        assert_eq!(figures.margin[0].edge, 1_095);
        ratio(figures.collateral.clone(), 17, 0)
    };
    // 2 % at ten days; five times as much over a year; 8 % more in another currency.
    assert_eq!(
        collateral(margined(daily()), bond(false, "")),
        decimal("98000")
    );
    assert_eq!(
        collateral(margined(daily()), bond(true, "")),
        -decimal("102000")
    );
    assert_eq!(collateral(netting_set(), bond(false, "")), decimal("90000"));
    assert_eq!(
        collateral(margined(daily()), bond(false, "EUR")),
        decimal("90000")
    );
    assert_eq!(
        collateral(netting_set(), bond(false, "EUR")),
        decimal("50000")
    );
    let in_euros = NettingSet {
        currency: "EUR".into(),
        ..netting_set()
    };
    assert_eq!(collateral(in_euros, bond(false, "EUR")), decimal("90000"));
    // Posted in another currency than the set's, at most twice the amount.
    let worst = MarginItem {
        kind: "other-equity".into(),
        rating: "".into(),
        ..bond(true, "EUR")
    };
    let book = derivatives(vec![netting_set()], vec![fx(MILLION, 0)], vec![worst]);
    let found = &charge(&book).sets[0];
    assert_eq!(found.margin[0].haircut, 1_000_000_000);
    assert_eq!(ratio(found.collateral.clone(), 17, 0), -decimal("200000"));
}

#[test]
fn one_margin_agreement_over_several_sets() {
    let set = |id: &str| NettingSet {
        id: id.into(),
        agreement: "csa".into(),
        ..netting_set()
    };
    for (collateral, expected) in [(10, "20"), (0, "30"), (-10, "30"), (-25, "35")] {
        let trades = [("a", 30), ("b", -20)].map(|(id, market_value)| Trade {
            netting_set: id.into(),
            ..fx(1_000, market_value)
        });
        let item = MarginItem {
            netting_set: "b".into(),
            ..cash(collateral, false)
        };
        let book = derivatives(vec![set("a"), set("b")], trades.into(), vec![item]);
        let agreement = charge(&book);
        assert_eq!(agreement.sets.len(), 2);
        assert_eq!(agreement.received, collateral >= 0);
        assert_eq!(cost(&agreement), decimal(expected), "{collateral}");
    }
}

#[test]
fn sold_options_outside_cost_nothing() {
    let sold = Trade {
        bought: false,
        instrument: option(false, 100, 90, YEAR_SECONDS),
        ..fx(MILLION, -500)
    };
    let outside = NettingSet {
        outside: true,
        ..netting_set()
    };
    let agreement = charge(&derivatives(
        vec![outside.clone()],
        vec![sold.clone()],
        vec![],
    ));
    assert!(agreement.outside);
    assert_eq!(exposure(&agreement), decimal("0"));
    assert!(agreement.sets[0].addon > 0u32.into());
    let with_value = |amount| Trade {
        market_value: value(amount),
        ..sold.clone()
    };
    let paid = derivatives(vec![outside.clone()], vec![with_value(0)], vec![]);
    assert_eq!(exposure(&charge(&paid)), decimal("0"));
    let bought = Trade {
        bought: true,
        ..sold.clone()
    };
    let sold_forward = Trade {
        bought: false,
        ..fx(1, 0)
    };
    for book in [
        derivatives(vec![outside.clone()], vec![bought], vec![]),
        derivatives(vec![outside.clone()], vec![fx(1, 0)], vec![]),
        derivatives(vec![outside.clone()], vec![sold_forward], vec![]),
        derivatives(vec![outside.clone()], vec![with_value(1)], vec![]),
        derivatives(
            vec![outside.clone()],
            vec![sold.clone()],
            vec![cash(1, false)],
        ),
        derivatives(
            vec![NettingSet {
                margin: Some(daily()),
                ..outside
            }],
            vec![sold],
            vec![],
        ),
    ] {
        assert_eq!(problem(&book), DerivativeProblem::Outside);
    }
}

#[test]
fn qualifying_central_counterparties_weigh_little() {
    for (class, weight) in [("qccp", "0.02"), ("qccp-client", "0.04")] {
        let set = NettingSet {
            class: class.into(),
            grade: "".into(),
            ..margined(Margin {
                cleared: true,
                ..daily()
            })
        };
        let agreement = charge(&derivatives(vec![set], vec![fx(MILLION, 100)], vec![]));
        let rwa = ratio(agreement.rwa.clone(), 25, 0);
        assert_eq!(rwa, exposure(&agreement) * decimal(weight));
    }
}

#[test]
fn a_rulebook_without_derivatives_charges_none() {
    let us = Rulebook::builtin("us-standardised").expect("it ships");
    let empty = assess_counterparty(&derivatives(vec![], vec![], vec![]), &us, &snapshot());
    assert!(empty.expect("valid").agreements.is_empty());
    let book = derivatives(vec![netting_set()], vec![fx(1, 0)], vec![]);
    match assess_counterparty(&book, &us, &snapshot()) {
        Err(RuleError::Record {
            problem: RecordProblem::Derivative(DerivativeProblem::NoDerivatives),
            ..
        }) => {}
        other => panic!("{other:?}"),
    }
}

/// A price that is the snapshot's is accepted as such.
#[test]
fn quoted_prices_are_the_snapshots() {
    let rate = snapshot().rate("coin-forward").expect("a price");
    let (trade, _) = {
        let one = Trade {
            hedging_set: "coin".into(),
            currency: "coin-forward".into(),
            instrument: Instrument::Option {
                put: false,
                price: rate,
                strike: rate,
                quoted: true,
                expiry: YEAR_SECONDS,
            },
            ..trade("crypto-2a", 3)
        };
        let agreement = charge(&derivatives(vec![netting_set()], vec![one], vec![]));
        (
            agreement.sets[0].hedging_sets[0].subsets[0].trades[0].clone(),
            (),
        )
    };
    assert_eq!(trade.rate, rate);
    // Assets are numbered after the currencies.
    assert_eq!(trade.currency, 6);
}
