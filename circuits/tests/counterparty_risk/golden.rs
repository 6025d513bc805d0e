//! Every vector of the golden module `m05_saccr`, and the worked examples of the Basel Committee,
//! through the twin.
//!
//! Amounts are in 10^-6 of the vectors' unit, so that the unit of an add-on does not show.

use num_bigint::BigInt;
use num_rational::BigRational;
use plimsoll_circuits::book::{Instrument, Margin, NettingSet, Trade, Variant};
use plimsoll_circuits::counterparty_risk::{
    AgreementFigures, DiscountTables, SetFigures, TradeFigures, assess_uncapped, margined_cost,
    margined_factor, unmargined_factor,
};
use plimsoll_circuits::rulebook::{Derivatives, Rulebook};
use serde_json::Value;

use crate::books::*;
use crate::common::shared::golden;
use crate::common::{basel, decimal};

/// Units of the book in one of a vector.
const SCALE: u64 = 1_000_000;

#[test]
fn golden_vectors() {
    let Some(vectors) = golden("m05_saccr") else {
        return;
    };
    for vector in &vectors {
        let vector = Vector {
            id: vector["id"].as_str().expect("an id"),
            inputs: &vector["inputs"],
            expected: &vector["expected"],
        };
        vector.check();
    }
    println!("{} vectors hold", vectors.len());
    assert!(vectors.len() >= 39);
}

/// The fourth worked example stands in no vector: the trades of the first two in one set.
#[test]
fn the_fourth_example() {
    let Some(vectors) = golden("m05_saccr") else {
        return;
    };
    let trades = ["bcbs_example_1", "bcbs_example_2"].iter().flat_map(|id| {
        let vector = vectors.iter().find(|vector| vector["id"] == *id);
        let trades = vector.expect("a vector")["inputs"]["trades"].as_array();
        trades
            .expect("trades")
            .iter()
            .map(build)
            .collect::<Vec<_>>()
    });
    let agreement = charge(&derivatives(vec![netting_set()], trades.collect(), vec![]));
    let unit = decimal(&SCALE.to_string());
    let over = |value: BigRational| value / unit.clone();
    assert_eq!(over(cost(&agreement)), decimal("40"));
    let set = &agreement.sets[0];
    let near = decimal("0.000002");
    assert_near(
        &over(addon(&set.addon)),
        &decimal("628.893218"),
        &near,
        "add-on",
    );
    assert!(set.full);
    assert_near(
        &over(exposure(&agreement)),
        &decimal("936.450506"),
        &near,
        "exposure",
    );
}

struct Vector<'a> {
    id: &'a str,
    inputs: &'a Value,
    expected: &'a Value,
}

/// A JSON number or decimal text as a fraction, below zero or not.
fn number(value: &Value) -> BigRational {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("not a number: {other}"),
    };
    match text.strip_prefix('-') {
        Some(rest) => -decimal(rest),
        None => decimal(&text),
    }
}

/// A fraction times a scale, rounded to a whole number.
fn rounded(value: &Value, scale: u64) -> i64 {
    let scaled = number(value) * BigRational::from_integer(scale.into());
    scaled.round().to_integer().try_into().expect("64 bits")
}

fn whole(value: &Value, scale: u64) -> u64 {
    rounded(value, scale).try_into().expect("not below zero")
}

fn quarter_days(value: &Value) -> u32 {
    match value {
        Value::Null => 0,
        value => whole(value, YEAR.into()).try_into().expect("short"),
    }
}

/// A supervisory class with this option volatility, which carries no part in a delta.
fn class_of(sigma: &Value) -> &'static str {
    match rounded(sigma, 10_000) {
        1_500 => "fx",
        5_000 => "interest-rate",
        7_500 => "equity-index",
        12_000 => "equity-single",
        other => panic!("no class has {other}"),
    }
}

fn instrument(delta: &Value, lambda: &str) -> Instrument {
    match delta["type"].as_str() {
        Some("linear") => Instrument::Linear,
        Some("option") => {
            let shift = decimal(lambda);
            let term = |key: &str| {
                let scaled = (number(&delta[key]) + shift.clone()) * decimal("100000000");
                assert!(scaled.is_integer());
                scaled.to_integer().try_into().expect("64 bits")
            };
            let expiry = whole(&delta["T"], YEAR_SECONDS.into());
            let put = delta["kind"] == "put";
            option(put, term("P"), term("K"), expiry.try_into().expect("short"))
        }
        other => panic!("{other:?}"),
    }
}

/// A trade of a vector.
fn build(input: &Value) -> Trade {
    let text = |key: &str| input[key].as_str().unwrap_or_default().to_owned();
    let flag = |key: &str| input[key] == true;
    let (class, hedging_set, entity) = match input["ac"].as_str().expect("an asset class") {
        "IR" => ("interest-rate".to_owned(), text("basis"), String::new()),
        "FX" => ("fx".into(), text("pair"), String::new()),
        "CR" if flag("index") => (
            format!("credit-index-{}", text("rating")),
            String::new(),
            text("entity"),
        ),
        "CR" => (
            format!("credit-single-{}", text("rating")),
            String::new(),
            text("entity"),
        ),
        "EQ" if flag("index") => ("equity-index".into(), String::new(), text("entity")),
        "EQ" => ("equity-single".into(), String::new(), text("entity")),
        "CO" => {
            let class = if input["hs"] == "energy" {
                "oil-gas"
            } else {
                "metals"
            };
            (class.into(), text("basis"), text("type"))
        }
        "CRYPTO" => ("crypto-2a".into(), text("pair"), String::new()),
        other => panic!("{other}"),
    };
    let delta = &input["delta"];
    Trade {
        class: class.into(),
        hedging_set: hedging_set.into(),
        entity: entity.into(),
        variant: if flag("vol") {
            Variant::Volatility
        } else if input["basis"].is_string() {
            Variant::Basis
        } else {
            Variant::Plain
        },
        bought: delta["sign"] == 1 || delta["bought"] == true,
        notional: whole(&input["notional"], SCALE),
        currency: text("ccy").into(),
        market_value: value(rounded(&input["mv"], SCALE)),
        start: quarter_days(&input["S"]),
        end: quarter_days(&input["E"]),
        maturity: quarter_days(&input["M"]),
        instrument: instrument(delta, "0"),
        ..trade("", 0)
    }
}

fn basel_derivatives() -> Derivatives {
    basel().derivatives.expect("derivatives")
}

impl Vector<'_> {
    fn check(&self) {
        match self.id {
            "table2" => self.table(),
            "crypto_2b" => self.gross(),
            "digital_1" => self.digital(),
            id if id.starts_with("SD_") => self.duration(),
            id if id.starts_with("MFu_") || id.starts_with("MFm_") => self.maturity_factor(),
            id if id.starts_with("delta_opt") => self.option_delta(),
            id if id.starts_with("delta_cdo") => self.tranche_delta(),
            id if id.starts_with("mult_") => self.multiplier(),
            id if id.starts_with("rc_margined") => self.replacement_cost(),
            _ if self.inputs["trades"].is_array() => self.portfolio(),
            id => panic!("the vector {id} is not built"),
        }
    }

    fn what(&self, part: &str) -> String {
        format!("{}: {part}", self.id)
    }

    fn table(&self) {
        let basel = basel();
        let same = |name: &str, expected: &Value| {
            let class = basel
                .derivative_line(name, Variant::Plain)
                .unwrap_or_else(|| panic!("{name}"))
                .class;
            let found = [
                ("SF", ratio(class.factor, 6, 0)),
                ("rho", ratio(class.correlation, 4, 0)),
                ("vol", ratio(class.volatility, 4, 0)),
            ];
            for (key, found) in found {
                if !expected[key].is_null() {
                    assert_eq!(found, number(&expected[key]), "{name} {key}");
                }
            }
        };
        for (name, key) in [
            ("interest-rate", "IR"),
            ("inflation", "IR"),
            ("fx", "FX"),
            ("equity-single", "equity_single"),
            ("equity-index", "equity_index"),
            ("electricity", "electricity"),
            ("oil-gas", "other_commodity"),
            ("metals", "other_commodity"),
            ("agricultural", "other_commodity"),
            ("other-commodity", "other_commodity"),
            ("crypto-2a", "crypto_2a"),
        ] {
            same(name, &self.expected[key]);
        }
        let credit = self.expected["credit"].as_object().expect("grades");
        for (grade, expected) in credit {
            let kind = if matches!(grade.as_str(), "IG" | "SG") {
                "index"
            } else {
                "single"
            };
            same(&format!("credit-{kind}-{grade}"), expected);
        }
    }

    fn duration(&self) {
        let derivatives = basel_derivatives();
        let tables = DiscountTables::new(&derivatives);
        let (start, end) = (
            quarter_days(&self.inputs["S"]),
            quarter_days(&self.inputs["E"]),
        );
        let found = ratio(tables.difference(start, end) * 20, 0, 40);
        let epsilon = ratio(40, 0, 40);
        assert_near(&found, &number(&self.expected["SD"]), &epsilon, self.id);
    }

    fn maturity_factor(&self) {
        let derivatives = basel_derivatives();
        let found = match self.inputs["MPOR"].as_u64() {
            Some(days) => margined_factor(&derivatives, days.try_into().expect("days")),
            None => unmargined_factor(&derivatives, quarter_days(&self.inputs["M"])),
        };
        let expected = number(&self.expected["MF"]);
        // The 30 digits of a vector are rounded.
        let tiny = decimal("0.0000000000000000000000000001");
        let over = ratio(found, 0, 32) - expected;
        assert!(over >= -tiny && over < ratio(1, 0, 32), "{}", self.id);
    }

    fn one_trade(&self, trade: Trade) -> TradeFigures {
        let agreement = charge(&derivatives(vec![netting_set()], vec![trade], vec![]));
        agreement.sets[0].hedging_sets[0].subsets[0].trades[0].clone()
    }

    fn delta_is(&self, found: &TradeFigures) {
        let size = ratio(found.delta, 0, 44);
        let signed = if found.delta_negative { -size } else { size };
        let epsilon = ratio(found.delta_error, 0, 44);
        assert_near(&signed, &number(&self.expected["delta"]), &epsilon, self.id);
    }

    fn option_delta(&self) {
        let lambda = match &self.inputs["lambda"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let class = class_of(&self.inputs["sigma"]);
        let found = self.one_trade(Trade {
            hedging_set: if class == "fx" {
                "pair".into()
            } else {
                String::new().into()
            },
            entity: if class.starts_with("equity") {
                "entity".into()
            } else {
                String::new().into()
            },
            end: if class == "interest-rate" { YEAR } else { 0 },
            bought: self.inputs["bought"] == true,
            instrument: instrument(self.inputs, &lambda),
            ..trade(class, SCALE)
        });
        self.delta_is(&found);
    }

    fn tranche_delta(&self) {
        let point = |key: &str| whole(&self.inputs[key], 100).try_into().expect("short");
        let found = self.one_trade(Trade {
            entity: "pool".into(),
            end: YEAR,
            bought: self.inputs["bought"] == true,
            instrument: Instrument::Tranche {
                attachment: point("A"),
                detachment: point("D"),
                of: 100,
            },
            ..trade("credit-index-IG", SCALE)
        });
        self.delta_is(&found);
    }

    /// A trade whose add-on is the vector's: 4 % of the notional.
    fn multiplier(&self) {
        let notional = whole(&self.inputs["addon"], SCALE) * 25;
        let mut trade = Trade {
            hedging_set: "pair".into(),
            ..trade("fx", notional)
        };
        trade.market_value = value(rounded(&self.inputs["V"], SCALE));
        assert_eq!(number(&self.inputs["C"]), decimal("0"));
        let agreement = charge(&derivatives(vec![netting_set()], vec![trade], vec![]));
        let found = multiplier(&agreement.sets[0]);
        let expected = number(&self.expected["multiplier"]);
        assert_leans(&found, &expected, "0.00000001", "0", self.id);
    }

    fn replacement_cost(&self) {
        let amount = |key: &str, tens: u32| {
            BigInt::from(rounded(&self.inputs[key], SCALE)) * BigInt::from(10).pow(tens)
        };
        let margin = Margin {
            threshold: whole(&self.inputs["TH"], SCALE),
            minimum_transfer: whole(&self.inputs["MTA"], SCALE),
            ..daily()
        };
        let (value8, independent) = (amount("V", 8), amount("NICA", 17));
        let found = margined_cost(&value8, &amount("C", 17), &independent, &margin);
        let unit = decimal(&SCALE.to_string());
        assert_eq!(
            ratio(found, 17, 0) / &unit,
            number(&self.expected["RC"]),
            "{}",
            self.id
        );

        // The same through a book, under its margin agreement.
        let mut trade = Trade {
            hedging_set: "pair".into(),
            ..trade("fx", SCALE)
        };
        trade.market_value = value(rounded(&self.inputs["V"], SCALE));
        let independent = rounded(&self.inputs["NICA"], SCALE);
        let variation = rounded(&self.inputs["C"], SCALE) - independent;
        let set = NettingSet {
            margin: Some(margin),
            ..netting_set()
        };
        let items = vec![cash(independent, false), cash(variation, true)];
        let book = derivatives(vec![set], vec![trade], items);
        let assessment = assess_uncapped(&book, &basel(), &snapshot()).expect("valid");
        let found = cost(&assessment.agreements[0]) / unit;
        assert_eq!(found, number(&self.expected["RC"]), "{}", self.id);
    }

    /// Group 2b: every trade in a netting set of its own.
    fn gross(&self) {
        let list = |key: &str| self.inputs[key].as_array().expect("a list").iter();
        let trades = list("mtm").zip(list("gross_notional")).zip(0..);
        let (sets, trades): (Vec<_>, Vec<_>) = trades
            .map(|((value_of, notional), index)| {
                let id = format!("n{index}");
                let set = NettingSet {
                    id: id.clone().into(),
                    ..netting_set()
                };
                let trade = Trade {
                    netting_set: id.into(),
                    hedging_set: "coin".into(),
                    market_value: value(rounded(value_of, SCALE)),
                    maturity: 1,
                    ..trade("crypto-2b", whole(notional, SCALE))
                };
                (set, trade)
            })
            .unzip();
        let assessment = assess(&derivatives(sets, trades, vec![])).expect("valid");
        let unit = decimal(&SCALE.to_string());
        let sum = |of: &dyn Fn(&AgreementFigures) -> BigRational| {
            assessment.agreements.iter().map(of).sum::<BigRational>() / &unit
        };
        assert_eq!(sum(&cost), number(&self.expected["RC"]));
        let all = |agreement: &AgreementFigures| pfe(&agreement.sets[0]);
        for (key, found) in [("PFE", sum(&all)), ("EAD", sum(&exposure))] {
            let expected = number(&self.expected[key]);
            assert_leans(&found, &expected, "0.00000001", "0", &self.what(key));
        }
    }

    /// A digital option as a collar at 0.95 K and 1.05 K, of payoff / (0.1 K) units.
    fn digital(&self) {
        let strike = whole(&self.inputs["K"], 1);
        let price = whole(&self.inputs["P"], 1);
        let units = whole(&self.inputs["payoff"], 10) / strike;
        assert_eq!(decimal(&units.to_string()), number(&self.expected["units"]));
        let expiry = whole(&self.inputs["T"], YEAR_SECONDS.into())
            .try_into()
            .expect("short");
        let leg = |bought: bool, percent: u64| Trade {
            entity: "share".into(),
            currency: "underlying".into(),
            bought,
            maturity: YEAR / 2,
            instrument: option(false, 100 * price, percent * strike, expiry),
            ..trade("equity-single", units)
        };
        let legs = vec![leg(true, 95), leg(false, 105)];
        let agreement = charge(&derivatives(vec![netting_set()], legs, vec![]));
        let subset = &agreement.sets[0].hedging_sets[0].subsets[0];
        for (trade, key) in subset.trades.iter().zip(["delta_low", "delta_high"]) {
            let epsilon = ratio(trade.delta_error, 0, 44);
            let found = ratio(trade.delta, 0, 44);
            assert_near(&found, &number(&self.expected[key]), &epsilon, key);
        }
        let found = effective(&subset.effective);
        let expected = number(&self.expected["effective_notional"]);
        assert_near(&found, &expected, &error(&subset.error), "digital");
        // Payoff over factor: this cap does not bind.
        assert!(found < number(&self.expected["cap"]));
    }

    fn portfolio(&self) {
        let trades: Vec<Trade> = self.inputs["trades"]
            .as_array()
            .expect("trades")
            .iter()
            .map(build)
            .collect();
        let margin = &self.inputs["margin"];
        let all = rounded(&self.inputs["C"], SCALE);
        let (set, items) = if margin.is_object() {
            let days = margin["MPOR"].as_u64().expect("days");
            let set = NettingSet {
                margin: Some(Margin {
                    threshold: whole(&margin["TH"], SCALE),
                    minimum_transfer: whole(&margin["MTA"], SCALE),
                    remargin_days: (days - 9).try_into().expect("days"),
                    ..daily()
                }),
                ..netting_set()
            };
            let independent = rounded(&margin["NICA"], SCALE);
            (
                set,
                vec![cash(independent, false), cash(all - independent, true)],
            )
        } else if all == 0 {
            (netting_set(), vec![])
        } else {
            (netting_set(), vec![cash(all, false)])
        };
        let book = derivatives(vec![set.clone()], trades.clone(), items.clone());
        let assessment = assess_uncapped(&book, &basel(), &snapshot()).expect("valid");
        self.figures(&assessment.agreements[0]);
        self.intermediates(&assessment.agreements[0].sets[0]);

        let capped = charge(&book);
        let unit = decimal(&SCALE.to_string());
        let check = |key: &str, found: &AgreementFigures| {
            if !self.expected[key].is_null() {
                let found = exposure(found) / &unit;
                let expected = number(&self.expected[key]);
                assert_leans(&found, &expected, "0.00000001", "0", &self.what(key));
            }
        };
        check("EAD_final", &capped);
        // What the set costs without margin: with independent amounts as its only collateral, or
        // with all.
        let without = |items| derivatives(vec![netting_set()], trades.clone(), items);
        for (key, counts) in [
            ("unmargined_EAD_C_is_NICA", false),
            ("unmargined_EAD_C_incl_VM", true),
            ("EAD_unmargined", false),
        ] {
            let mut items = items.clone();
            items.retain(|item| counts || !item.variation);
            for item in &mut items {
                item.variation = false;
            }
            check(key, &charge(&without(items)));
        }
    }

    /// From V to the exposure.
    fn figures(&self, agreement: &AgreementFigures) {
        let unit = decimal(&SCALE.to_string());
        let set = &agreement.sets[0];
        let expect = |key: &str| number(&self.expected[key]);
        assert_eq!(
            ratio(set.value.clone(), 8, 0) / &unit,
            expect("V"),
            "{}",
            self.id
        );
        let collateral = ratio(set.collateral.clone(), 17, 0) / &unit;
        assert_eq!(collateral, expect("C"), "{}", self.id);
        assert_eq!(cost(agreement) / &unit, expect("RC"), "{}", self.id);
        for (key, found) in [
            ("addon_aggregate", addon(&set.addon) / &unit),
            ("multiplier", multiplier(set)),
            ("PFE", pfe(set) / &unit),
            ("EAD", exposure(agreement) / &unit),
        ] {
            assert_leans(&found, &expect(key), "0.00000001", "0", &self.what(key));
        }
    }

    /// Trades, subsets and hedging sets, each within its error bound.
    fn intermediates(&self, set: &SetFigures) {
        let unit = decimal(&SCALE.to_string());
        let mut trades: Vec<(&TradeFigures, bool)> = Vec::new();
        for hedging_set in &set.hedging_sets {
            for subset in &hedging_set.subsets {
                let duration = subset.trades.iter().any(|trade| trade.discount < 1 << 40);
                trades.extend(subset.trades.iter().map(|trade| (trade, duration)));
            }
        }
        trades.sort_by_key(|(trade, _)| trade.trade);
        let inputs = self.inputs["trades"].as_array().expect("trades");
        let expected = self.expected["trades"].as_array().expect("trades");
        assert_eq!(trades.len(), expected.len());
        for (((trade, duration), input), expected) in trades.iter().zip(inputs).zip(expected) {
            let what = self.what(input["id"].as_str().expect("an id"));
            let notional = number(&input["notional"]);
            let scale = if *duration { 20 } else { 1 };
            let found = ratio(trade.discount * scale, 0, 40) * &notional;
            let epsilon = ratio(2 * scale, 0, 40) * &notional;
            assert_near(
                &found,
                &number(&expected["adjusted_notional"]),
                &epsilon,
                &what,
            );
            let size = ratio(trade.delta, 0, 44);
            let signed = if trade.delta_negative { -size } else { size };
            let epsilon = ratio(trade.delta_error, 0, 44);
            assert_near(&signed, &number(&expected["delta"]), &epsilon, &what);
            let found = ratio(trade.maturity_factor, 0, 32);
            let epsilon = ratio(1, 0, 32);
            assert_near(
                &found,
                &number(&expected["maturity_factor"]),
                &epsilon,
                &what,
            );
            let scale = BigRational::from_integer(scale.into()) / &unit;
            let found = effective(&trade.effective) * &scale;
            let epsilon = error(&trade.error) * &scale;
            assert_near(
                &found,
                &number(&expected["effective_notional"]),
                &epsilon,
                &what,
            );
        }
        let mut classes: Vec<&str> = Vec::new();
        for (class, expected) in self.expected["asset_classes"].as_object().expect("classes") {
            let name = match class.as_str() {
                "IR" => "interest-rate",
                "FX" => "fx",
                "CR" => "credit",
                "EQ" => "equity",
                "CO" => "commodity",
                _ => "crypto",
            };
            classes.push(name);
            let mut found = BigRational::from_integer(0.into());
            let mut addons = Vec::new();
            for hedging_set in set
                .hedging_sets
                .iter()
                .filter(|set| set.asset_class == name)
            {
                addons.push(addon(&hedging_set.addon) / &unit);
                found += addon(&hedging_set.addon) / &unit;
            }
            let close = |expected: &BigRational| expected * decimal("0.00000001");
            let wanted = number(&expected["addon"]);
            assert_near(&found, &wanted, &close(&wanted), &self.what(class));
            // Each hedging set's add-on stands in the vector, by whatever name.
            let details = expected["detail"].as_object().expect("hedging sets");
            let mut wanted: Vec<BigRational> = details
                .values()
                .map(|detail| number(&detail["addon"]))
                .collect();
            wanted.sort();
            addons.sort();
            assert_eq!(addons.len(), wanted.len());
            for (found, wanted) in addons.iter().zip(&wanted) {
                assert_near(found, wanted, &close(wanted), &self.what(class));
            }
        }
        assert!(
            set.hedging_sets
                .iter()
                .all(|set| classes.contains(&set.asset_class.as_str()))
        );
    }
}

/// A rulebook may count variation margin in the cap: the other reading of the fifth example.
#[test]
fn the_cap_may_count_variation_margin() {
    let text = plimsoll_circuits::rulebook::BUILTIN[0].1;
    let changed = text.replacen(
        "counts_variation_margin = false",
        "counts_variation_margin = true",
        1,
    );
    let rulebook = Rulebook::parse(&changed).expect("valid");
    let set = NettingSet {
        margin: Some(Margin {
            threshold: 10_000 * SCALE,
            ..daily()
        }),
        ..netting_set()
    };
    let mut one = Trade {
        hedging_set: "pair".into(),
        ..trade("fx", 1_000 * SCALE)
    };
    one.market_value = value(100 * 1_000_000);
    let items = vec![cash(30 * 1_000_000, false), cash(50 * 1_000_000, true)];
    let book = derivatives(vec![set], vec![one], items);
    let counted =
        plimsoll_circuits::counterparty_risk::assess_counterparty(&book, &rulebook, &snapshot())
            .expect("valid");
    let counted = &counted.agreements[0];
    // The threshold is so high that the cap binds.
    assert_eq!(counted.sets[0].period, 0);
    let unit = decimal(&SCALE.to_string());
    assert_eq!(cost(counted) / &unit, decimal("20"));
    assert_eq!(cost(&charge(&book)) / unit, decimal("70"));
}
