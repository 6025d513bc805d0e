//! Random portfolios: never below the exact exposure, hardly above it, and what must not change
//! does not.

use std::collections::BTreeMap;

use num_rational::BigRational;
use plimsoll_circuits::book::{Book, Instrument, Margin, MarginItem, NettingSet, Trade, Variant};
use plimsoll_circuits::counterparty_risk::AgreementFigures;

use crate::books::*;
use crate::common::random::Random;
use crate::common::{basel, decimal};
use crate::real::Real;
use crate::reference::{ExactAgreement, Reference};

const SEEDS: u64 = 60;

fn random_trade(random: &mut Random, set: &str) -> Trade {
    const CLASSES: [&str; 12] = [
        "interest-rate",
        "inflation",
        "fx",
        "credit-single-AA",
        "credit-single-CCC",
        "credit-index-IG",
        "equity-single",
        "equity-index",
        "electricity",
        "oil-gas",
        "metals",
        "crypto-2a",
    ];
    let class = *random.pick(&CLASSES);
    let variant = match random.below(10) {
        0 => Variant::Basis,
        1 => Variant::Volatility,
        _ => Variant::Plain,
    };
    let duration = class.starts_with("credit") || matches!(class, "interest-rate" | "inflation");
    let entities = !matches!(class, "interest-rate" | "inflation" | "fx" | "crypto-2a");
    let tied = matches!(class, "interest-rate" | "inflation") && variant == Variant::Plain;
    let named = !tied && (!entities || variant == Variant::Basis);
    let start = if random.chance(50) {
        0
    } else {
        random.below(5_000) as u32
    };
    let expiry = match random.below(6) {
        0 => random.below(100) as u32,
        1 => 86_400,
        _ => random.below(3 * u64::from(YEAR_SECONDS)) as u32,
    };
    let price = 1_000_000 + random.below(1_000_000);
    let strike = if random.chance(20) {
        price
    } else {
        500_000 + random.below(3_000_000)
    };
    let instrument = match random.below(5) {
        0 | 1 => option(random.chance(50), price, strike, expiry),
        2 if class.starts_with("credit") => Instrument::Tranche {
            attachment: random.below(50) as u32,
            detachment: 50 + random.below(51) as u32,
            of: 100,
        },
        _ => Instrument::Linear,
    };
    let size = 1_000_000_000 + random.below(1_000_000_000_000);
    Trade {
        netting_set: set.into(),
        variant,
        // An entity stands in one class: it carries the class's name.
        entity: if entities {
            format!("{class}-{}", random.below(3)).into()
        } else {
            String::new().into()
        },
        hedging_set: if named {
            format!("name-{}", random.below(3)).into()
        } else {
            String::new().into()
        },
        bought: random.chance(50),
        currency: (*random.pick(&["", "USD", "EUR", "GBP", "JPY"])).into(),
        value_currency: (*random.pick(&["", "GBP"])).into(),
        market_value: value(random.below(40_000_000_000) as i64 - 20_000_000_000),
        start,
        end: if duration {
            start + 1 + random.below(20_000) as u32
        } else {
            0
        },
        maturity: random.below(3_000) as u32,
        instrument,
        ..trade(class, size)
    }
}

fn random_item(random: &mut Random, set: &str, variation: bool) -> MarginItem {
    let (kind, rating, maturity_days) = *random.pick(&[
        ("cash", "", 0),
        ("cash", "", 0),
        ("gold", "", 0),
        ("sovereign", "AAA-AA", 700),
        ("other-issuer", "A-BBB", 4_000),
    ]);
    MarginItem {
        netting_set: set.into(),
        kind: kind.into(),
        rating: rating.into(),
        currency: (*random.pick(&["", "USD", "EUR", "GBP"])).into(),
        maturity_days,
        ..cash(
            random.below(60_000_000_000) as i64 - 20_000_000_000,
            variation,
        )
    }
}

fn random_book(seed: u64) -> Book {
    let mut random = Random::new(seed);
    let (mut sets, mut trades, mut items) = (Vec::new(), Vec::new(), Vec::new());
    let shared = random.chance(30);
    for index in 0..1 + random.below(3) {
        let id = format!("n{index}");
        let margin = random.chance(60).then(|| Margin {
            // The higher ones let the cap bind.
            threshold: random.below(20_000_000_000) * *random.pick(&[1, 1, 300]),
            minimum_transfer: random.below(1_000_000_000),
            remargin_days: *random.pick(&[1, 2, 5, 10]),
            cleared: random.chance(20),
            illiquid: random.chance(20),
            disputed: random.chance(20),
        });
        let margin = margin.filter(|_| !shared);
        for _ in 0..random.below(25) {
            trades.push(random_trade(&mut random, &id));
        }
        for _ in 0..random.below(4) {
            let variation = margin.is_some() && random.chance(50);
            items.push(random_item(&mut random, &id, variation));
        }
        sets.push(NettingSet {
            id: id.into(),
            agreement: if shared {
                "csa".into()
            } else {
                String::new().into()
            },
            currency: (*random.pick(&["", "EUR"])).into(),
            margin,
            ..netting_set()
        });
    }
    derivatives(sets, trades, items)
}

fn exact(book: &Book, agreement: &AgreementFigures) -> ExactAgreement {
    let (rulebook, snapshot) = (basel(), snapshot());
    let reference = Reference {
        book,
        rulebook: &rulebook,
        snapshot: &snapshot,
    };
    let sets: Vec<&NettingSet> = agreement
        .sets
        .iter()
        .map(|set| &book.netting_sets[set.set])
        .collect();
    reference.agreement(&sets)
}

/// What rounding may cost: a relative error of gross notionals, far more where an option is close
/// to its end, haircuts, and some units of the book.
fn allowance(exact: &ExactAgreement) -> BigRational {
    let gross: Real = exact.sets.iter().map(|set| set.gross.clone()).sum();
    let pledged: Real = exact.sets.iter().map(|set| set.pledged.clone()).sum();
    let near: Real = exact.sets.iter().map(|set| set.near.clone()).sum();
    gross.to_ratio() * decimal("0.00000001")
        + near.to_ratio() * decimal("0.00000005")
        + pledged.to_ratio() * decimal("0.00000001")
        + decimal("0.001")
}

#[test]
fn never_below_the_exact_exposure_and_hardly_above() {
    let (mut margined, mut capped, mut shared, mut multiplied) = (0, 0, 0, 0);
    for seed in 0..SEEDS {
        let book = random_book(seed);
        let assess = if seed % 4 == 0 { assess } else { assess_alone };
        let assessment = assess(&book).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for agreement in &assessment.agreements {
            let exact = exact(&book, agreement);
            let (found, wanted) = (exposure(agreement), exact.exposure.to_ratio());
            let over = &found - &wanted;
            assert!(
                over >= decimal("0") && over <= allowance(&exact),
                "seed {seed}: {} against {}",
                show(&found),
                show(&wanted)
            );
            let with_margin = agreement.sets[0].period != 0;
            // Where the two ways are closer than the error bounds, either may be charged.
            if with_margin != exact.margined {
                continue;
            }
            assert!(cost(agreement) - exact.cost.to_ratio() >= -decimal("0.0000001"));
            margined += usize::from(with_margin);
            capped += usize::from(
                !with_margin && book.netting_sets[agreement.sets[0].set].margin.is_some(),
            );
            shared += usize::from(agreement.sets.len() > 1);
            for (set, exact) in agreement.sets.iter().zip(&exact.sets) {
                assert!(addon(&set.addon) >= exact.addon.to_ratio(), "seed {seed}");
                if !set.full {
                    multiplied += 1;
                }
                let mut trades: Vec<_> = set
                    .hedging_sets
                    .iter()
                    .flat_map(|set| &set.subsets)
                    .flat_map(|subset| &subset.trades)
                    .collect();
                trades.sort_by_key(|trade| trade.trade);
                assert_eq!(trades.len(), exact.trades.len());
                for (trade, exact) in trades.iter().zip(&exact.trades) {
                    let scale = if trade.discount < 1 << 40 { "20" } else { "1" };
                    let scale = decimal(scale);
                    let found = effective(&trade.effective) * &scale;
                    let bound = error(&trade.error) * scale;
                    let what = format!("seed {seed}, trade {}", trade.trade);
                    assert_near(&found, &exact.effective.to_ratio(), &bound, &what);
                    let size = ratio(trade.delta, 0, 44);
                    let signed = if trade.delta_negative { -size } else { size };
                    let bound = ratio(trade.delta_error, 0, 44);
                    assert_near(&signed, &exact.delta.to_ratio(), &bound, &what);
                    let found = ratio(trade.maturity_factor, 0, 32);
                    let over = found - exact.maturity_factor.to_ratio();
                    assert!(over >= -decimal("0.00000000000000000001") && over < ratio(1, 0, 32));
                    assert!(!exact.adjusted.is_negative());
                }
            }
        }
    }
    println!("{margined} margined, {capped} capped, {shared} shared, {multiplied} multiplied");
    assert!(margined > 5 && capped > 5 && shared > 5 && multiplied > 5);
}

/// Two halves of a trade cost what the whole does, to the last digit.
#[test]
fn splitting_changes_nothing() {
    for seed in 0..SEEDS {
        let book = random_book(seed);
        let mut random = Random::new(seed);
        let mut split = book.clone();
        split.trades = book
            .trades
            .iter()
            .flat_map(|trade| {
                let mut part = trade.clone();
                part.id = format!("{}-part", trade.id).into();
                part.notional = random.below(trade.notional);
                part.market_value.magnitude = random.below(trade.market_value.magnitude + 1);
                let mut rest = trade.clone();
                rest.notional -= part.notional;
                rest.market_value.magnitude -= part.market_value.magnitude;
                [rest, part]
            })
            .collect();
        let [whole, parts] = [&book, &split].map(|book| assess_alone(book).expect("valid"));
        assert_eq!(whole.rwa, parts.rwa, "seed {seed}");
        for (whole, parts) in whole.agreements.iter().zip(&parts.agreements) {
            assert_eq!(whole.exposure, parts.exposure, "seed {seed}");
            for (whole, parts) in whole.sets.iter().zip(&parts.sets) {
                assert_eq!((&whole.addon, &whole.lean), (&parts.addon, &parts.lean));
            }
        }
    }
}

/// Seven times the book is seven times the exposure, but for rounding.
#[test]
fn exposures_are_homogeneous() {
    for seed in 0..SEEDS {
        let book = random_book(seed);
        let mut times = book.clone();
        for trade in &mut times.trades {
            trade.notional *= 7;
            trade.market_value.magnitude *= 7;
        }
        for item in &mut times.margin {
            item.amount *= 7;
        }
        for margin in times
            .netting_sets
            .iter_mut()
            .filter_map(|set| set.margin.as_mut())
        {
            margin.threshold *= 7;
            margin.minimum_transfer *= 7;
        }
        let [once, seven] = [&book, &times].map(|book| assess_alone(book).expect("valid"));
        for (once, seven) in once.agreements.iter().zip(&seven.agreements) {
            let wanted = exposure(once) * decimal("7");
            // What rounds to units costs the larger book no more than the smaller.
            let epsilon = &wanted * decimal("0.00000000001") + decimal("0.05");
            assert_near(&exposure(seven), &wanted, &epsilon, &format!("seed {seed}"));
        }
    }
}

/// The order of the book's trades does not matter.
#[test]
fn order_changes_nothing() {
    for seed in 0..20 {
        let book = random_book(seed);
        let mut turned = book.clone();
        turned.trades.reverse();
        let [there, back] = [&book, &turned].map(|book| {
            let assessment = assess_alone(book).expect("valid");
            let by_set: BTreeMap<usize, _> = assessment
                .agreements
                .iter()
                .map(|agreement| (agreement.sets[0].set, agreement.exposure.clone()))
                .collect();
            by_set
        });
        assert_eq!(there, back, "seed {seed}");
    }
}
