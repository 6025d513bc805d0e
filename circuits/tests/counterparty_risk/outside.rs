//! Other people's portfolios: the Open Source Risk Engine's, a public calculator's, and an
//! exchange's own deltas. Each test skips where the shared data are absent.

use num_rational::BigRational;
use plimsoll_circuits::book::{Instrument, Margin, NettingSet, Trade};
use plimsoll_circuits::counterparty_risk::{
    AgreementFigures, TradeFigures, assess_counterparty, assess_uncapped,
};
use plimsoll_circuits::rulebook::{BUILTIN, Rulebook};
use plimsoll_circuits::snapshot::Snapshot;
use serde_json::Value;

use crate::books::*;
use crate::common::decimal;
use crate::common::shared::shared;

/// The built-in rulebook with changes.
fn variant(changes: &[(&str, &str)]) -> Rulebook {
    let mut text = BUILTIN[0].1.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Rulebook::parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// ORE divides by 260 business days, and counts days actual/actual: the portfolio's periods are
/// whole quarter days of a year of 366.
fn ore() -> Rulebook {
    variant(&[
        ("year = 250\n", "year = 260\n"),
        ("year_quarter_days = 1460", "year_quarter_days = 1464"),
    ])
}

/// Rows of a CSV file without quotes, as columns by name.
fn rows(text: &str) -> Vec<Vec<(String, String)>> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .trim_start_matches('#')
        .split(',')
        .collect();
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let cells = line.split(',');
            names
                .iter()
                .zip(cells)
                .map(|(name, cell)| ((*name).into(), cell.into()))
                .collect()
        })
        .collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    row.iter()
        .find(|(known, _)| known == name)
        .map(|(_, cell)| cell.as_str())
        .expect(name)
}

/// A decimal, below zero or not, with or without an exponent.
fn signed(text: &str) -> BigRational {
    if let Some((digits, exponent)) = text.split_once("e-") {
        let places = exponent.parse().expect("an exponent");
        return signed(digits) * ratio(1, places, 0);
    }
    match text.strip_prefix('-') {
        Some(rest) => -decimal(rest),
        None => decimal(text),
    }
}

fn scaled(text: &str, scale: u64) -> u64 {
    let value = decimal(text) * BigRational::from_integer(scale.into());
    value.round().to_integer().try_into().expect("64 bits")
}

fn relative(found: &BigRational, wanted: &BigRational, epsilon: &str, what: &str) {
    let size = if *wanted < decimal("0") {
        -wanted
    } else {
        wanted.clone()
    };
    assert_near(found, wanted, &(size * decimal(epsilon)), what);
}

#[test]
fn the_portfolio_of_the_open_source_risk_engine() {
    let (Some(detail), Some(summary)) = (
        shared("data/saccr/saccr_detail.csv"),
        shared("data/saccr/saccr.csv"),
    ) else {
        return;
    };
    let (detail, summary) = (rows(&detail), rows(&summary));
    let total = summary
        .iter()
        .find(|row| cell(row, "NettingSet") == "CPTY_A" && !cell(row, "EAD").is_empty())
        .expect("the set");
    // In millionths of a euro: the report has six decimals.
    const MICRO: u64 = 1_000_000;
    // From 1 September 2016, and 1 June 2016, to 3 March 2036, seen from 5 February 2016.
    let ends = [("EUR", 4 * 209), ("USD", 4 * 117)];
    let trades: Vec<Trade> = ends
        .iter()
        .map(|(currency, start)| Trade {
            currency: (*currency).into(),
            start: *start,
            end: 4 * (20 * 366 + 27),
            maturity: 4 * (20 * 366 + 27),
            ..trade("interest-rate", 10_000_000 * MICRO)
        })
        .collect();
    let mut trades = trades;
    // The report gives the value of the set as a whole.
    trades[0].market_value = value(scaled(cell(total, "NPV"), MICRO) as i64);
    let mut book = derivatives(vec![netting_set()], trades, vec![]);
    book.currency.0 = "EUR".into();
    // The dollar's rate, from the adjusted notional of the report.
    let snapshot = "name = \"ore\"\nat = 2016-02-05T00:00:00Z\nbase = \"EUR\"\n\
                    [rates]\nUSD = \"0.88312932\"\n";
    let snapshot = Snapshot::parse(snapshot).expect("valid");
    let assessment = assess_counterparty(&book, &ore(), &snapshot).expect("valid");
    let agreement = &assessment.agreements[0];
    let unit = decimal(&MICRO.to_string());
    let set = &agreement.sets[0];
    for (hedging_set, row) in set.hedging_sets.iter().zip(&detail) {
        let found = &hedging_set.subsets[0].trades[0];
        let notional = decimal("10000000") * ratio(found.rate, 8, 0);
        let adjusted = ratio(found.discount * 20, 0, 40) * notional;
        relative(
            &adjusted,
            &decimal(cell(row, "d")),
            "0.00000001",
            cell(row, "TradeId"),
        );
        assert_eq!(found.maturity_factor, 1 << 32);
        assert_eq!(hedging_set.subsets[0].key, 3);
    }
    let addon = addon(&set.addon) / &unit;
    relative(
        &addon,
        &decimal(cell(total, "AddOn")),
        "0.00000001",
        "add-on",
    );
    let found = exposure(agreement) / &unit;
    // 1 690 482.554914.
    relative(
        &found,
        &decimal(cell(total, "EAD")),
        "0.00000001",
        "exposure",
    );
    assert!(found >= decimal("1690482.554914"));
}

#[test]
fn option_rows_of_the_open_source_risk_engine() {
    let Some(text) = shared("data/saccr/ore_trade_vectors.csv") else {
        return;
    };
    let rulebook = ore();
    let mut count = 0;
    for row in rows(&text)
        .iter()
        .filter(|row| cell(row, "delta_matches_formula") == "yes")
    {
        let wanted = signed(cell(row, "delta"));
        let (price, strike) = (cell(row, "price"), cell(row, "strike"));
        let expiry = scaled(cell(row, "T"), 366 * 86_400)
            .try_into()
            .expect("short");
        let term = |text: &str| scaled(text, 10_000_000);
        // The file does not say call or put: the delta's size does.
        let delta = |put: bool| {
            let one = Trade {
                hedging_set: "pair".into(),
                bought: (wanted > decimal("0")) != put,
                instrument: option(put, term(price), term(strike), expiry),
                ..trade("fx", scaled(cell(row, "currentNotional"), 1_000_000))
            };
            let set = NettingSet {
                margin: Some(daily()),
                ..netting_set()
            };
            let book = derivatives(vec![set], vec![one], vec![]);
            let found = assess_uncapped(&book, &rulebook, &snapshot()).expect("valid");
            let found: &TradeFigures =
                &found.agreements[0].sets[0].hedging_sets[0].subsets[0].trades[0];
            let size = ratio(found.delta, 0, 44);
            (
                if found.delta_negative { -size } else { size },
                found.maturity_factor,
            )
        };
        let off = |found: &BigRational| {
            let off = found - &wanted;
            if off < decimal("0") { -off } else { off }
        };
        let (call, factor) = delta(false);
        let (put, _) = delta(true);
        // Prices in the file have six digits, strikes sometimes four.
        let least = off(&call).min(off(&put));
        assert!(
            least < decimal("0.00003"),
            "{}: {}",
            cell(row, "id"),
            show(&least)
        );
        let written = decimal(cell(row, "MF"));
        assert_near(&ratio(factor, 0, 32), &written, &decimal("0.000005"), "MF");
        count += 1;
    }
    println!("{count} rows");
    assert_eq!(count, 12);
}

/// Netting sets of a public calculator of the UK's rules; what they hold stands in that project's
/// own tests. Its years have 365.25 days, and its start dates are at least ten business days.
#[test]
fn netting_sets_of_a_public_calculator() {
    let rulebook = variant(&[("year_quarter_days = 1460", "year_quarter_days = 1461")]);
    // 0.04 years are 58.44 quarter days: the nearest date moves ten years' duration by 4e-5.
    let swap = Trade {
        start: 58,
        end: 4 * 3_652,
        currency: "GBP".into(),
        ..trade("interest-rate", 100_000_000)
    };
    let index = Trade {
        entity: "index".into(),
        start: 58,
        end: 4 * 1_826,
        ..trade("credit-index-IG", 100_000_000)
    };
    let named = |class: &str, hedging_set: &str, entity: &str, notional| Trade {
        hedging_set: hedging_set.into(),
        entity: entity.into(),
        ..trade(class, notional)
    };
    let call = Trade {
        instrument: option(false, 100, 110, YEAR_SECONDS),
        ..named("equity-index", "", "index", 50_000_000)
    };
    let margin = Margin {
        threshold: 2_000_000,
        minimum_transfer: 500_000,
        ..daily()
    };
    let mut losing = swap.clone();
    losing.market_value = value(-4_000_000);
    let (plain, margined) = (
        netting_set(),
        NettingSet {
            margin: Some(margin),
            ..netting_set()
        },
    );
    let cases = [
        ("CCR-A1", plain.clone(), swap, "0.00005"),
        (
            "CCR-A2",
            plain.clone(),
            named("fx", "pair", "", 80_000_000),
            "0.00000001",
        ),
        ("CCR-A4", plain.clone(), index, "0.0001"),
        (
            "CCR-A5",
            plain.clone(),
            named("equity-single", "", "share", 50_000_000),
            "0.00000001",
        ),
        // Its own Φ differs from ours by 2e-10.
        ("CCR-A6", plain.clone(), call, "0.00000001"),
        (
            "CCR-A7",
            plain.clone(),
            named("oil-gas", "", "oil", 1_000_000),
            "0.00000001",
        ),
        (
            "CCR-A8",
            plain.clone(),
            named("electricity", "", "power", 1_000_000),
            "0.00000001",
        ),
        ("CCR-A13", margined, losing, "0.00005"),
    ];
    // Its book is in pounds; one rate is as good as another.
    let mut snapshot = snapshot();
    for (code, rate) in &mut snapshot.rates {
        if code == "GBP" {
            *rate = 100_000_000;
        }
    }
    for (name, set, trade, epsilon) in cases {
        let Some(text) = shared(&format!("data/rwa/ccr/{name}.json")) else {
            return;
        };
        let expected: Value = serde_json::from_str(&text).expect("JSON");
        let items = if set.margin.is_some() {
            vec![cash(250_000, false), cash(-250_000, true)]
        } else {
            vec![]
        };
        let year = if name == "CCR-A6" {
            &crate::common::basel()
        } else {
            &rulebook
        };
        let book = derivatives(vec![set], vec![trade], items);
        let found = assess_uncapped(&book, year, &snapshot).expect("valid");
        let found: &AgreementFigures = &found.agreements[0];
        let wanted = |key: &str| decimal(&expected[key].to_string());
        relative(
            &addon(&found.sets[0].addon),
            &wanted("addon_aggregate"),
            epsilon,
            name,
        );
        relative(&exposure(found), &wanted("ead_ccr"), epsilon, name);
    }
}

/// CCR-A9 takes the root of the squares of three commodity hedging sets; CRE52.71 adds them.
#[test]
fn commodity_hedging_sets_add_up() {
    let Some(text) = shared("data/rwa/ccr/CCR-A9.json") else {
        return;
    };
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    let trades = [
        ("oil-gas", 1_000_000),
        ("metals", 2_000_000),
        ("electricity", 1_000_000),
    ];
    let trades: Vec<Trade> = trades
        .iter()
        .map(|(class, notional)| Trade {
            entity: (*class).into(),
            ..trade(class, *notional)
        })
        .collect();
    let agreement = charge(&derivatives(vec![netting_set()], trades, vec![]));
    let set = &agreement.sets[0];
    // Oil and power share the energy hedging set, at a correlation of 40 %.
    assert_eq!(set.hedging_sets.len(), 2);
    let found = addon(&set.addon);
    assert!(found > decimal(&expected["addon_aggregate"].to_string()));
    // √((0.4·(180 000 + 400 000))² + 0.84·(180 000² + 400 000²)) + 360 000.
    relative(
        &found,
        &decimal("824155.1464758308"),
        "0.00000001",
        "add-on",
    );
}

#[test]
fn deltas_of_an_exchange() {
    let Some(text) = shared("data/options/deribit_btc_2020-05-21_delta.csv") else {
        return;
    };
    let mut off_exchange = Vec::new();
    for row in rows(&text) {
        let put = cell(&row, "type") == "put";
        let sigma = format!("volatility = \"{}%\"", cell(&row, "mark_iv_pct"));
        let rulebook = variant(&[("volatility = \"15%\"", &sigma)]);
        let cents = |name: &str| scaled(cell(&row, name), 100);
        let expiry = scaled(cell(&row, "T_years"), YEAR_SECONDS.into());
        let instrument: Instrument = option(
            put,
            cents("forward"),
            cents("strike"),
            expiry.try_into().expect("short"),
        );
        let one = Trade {
            hedging_set: "BTC".into(),
            instrument,
            ..trade("fx", 1_000)
        };
        let book = derivatives(vec![netting_set()], vec![one], vec![]);
        let found = assess_counterparty(&book, &rulebook, &snapshot()).expect("valid");
        let found = &found.agreements[0].sets[0].hedging_sets[0].subsets[0].trades[0];
        let size = ratio(found.delta, 0, 44);
        let delta = if found.delta_negative { -size } else { size };
        // Six digits of Φ(d1), with the expiry rounded to a second.
        let wanted = signed(cell(&row, "lognormal_delta"));
        let what = cell(&row, "instrument");
        assert_near(&delta, &wanted, &decimal("0.000003"), what);
        let off = delta - signed(cell(&row, "deribit_delta"));
        off_exchange.push(if off < decimal("0") { -off } else { off });
    }
    off_exchange.sort();
    let (middle, last) = (
        &off_exchange[off_exchange.len() / 2],
        off_exchange.last().expect("rows"),
    );
    println!(
        "{} options; median {}, most {}",
        off_exchange.len(),
        show(middle),
        show(last)
    );
    assert_eq!(off_exchange.len(), 326);
    assert!(*middle < decimal("0.0000045") && *last < decimal("0.000108"));
}
