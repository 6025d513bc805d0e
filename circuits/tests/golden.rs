//! The golden vectors of capital, standardised credit risk and collateral, through the twins.
//!
//! Exact, except where a root occurs or E* is rounded up to a unit: there the twin lies on the safe
//! side by at most the ε that stands beside the vector. A vector that is neither built nor listed as not
//! built fails the test.

mod common;

use common::shared::golden;
use common::*;
use num_rational::BigRational;
use plimsoll_circuits::book::Exposure;
use plimsoll_circuits::capital::{self, CapitalAssessment};
use plimsoll_circuits::claim::Ratio;
use plimsoll_circuits::credit_risk::{
    Detail, Shape, capped, matching, recognised_quarter_days, scaled_haircut,
};
use serde_json::Value;

/// Rules that are not built yet, by vector.
const NOT_BUILT: [&str; 5] = [
    "output_floor_1",
    "netting_repo_1",
    "tier_ladder_1",
    "health_factor_1",
    "rwa_policy_1",
];

/// Amounts of the vectors in units of 10^-9, so that a unit of rounding is small.
const NANO: u64 = 1_000_000_000;

#[test]
fn golden_vectors() {
    let (mut built, mut listed) = (0, Vec::new());
    for module in ["m01_capital", "m02_credit_sa", "m04_collateral"] {
        let Some(vectors) = golden(module) else {
            return;
        };
        for vector in &vectors {
            let id = vector["id"].as_str().expect("an id");
            if NOT_BUILT.contains(&id) {
                listed.push(id.to_owned());
                continue;
            }
            let vector = Vector {
                id,
                inputs: &vector["inputs"],
                expected: &vector["expected"],
            };
            match module {
                "m01_capital" => vector.capital(),
                "m02_credit_sa" => vector.credit(),
                _ => vector.collateral(),
            }
            built += 1;
        }
    }
    println!("{built} vectors hold; not built: {listed:?}");
    assert_eq!(
        listed, NOT_BUILT,
        "every vector listed as not built is there"
    );
}

struct Vector<'a> {
    id: &'a str,
    inputs: &'a Value,
    expected: &'a Value,
}

/// A JSON number or decimal text as a fraction.
fn number(value: &Value) -> BigRational {
    match value {
        Value::String(text) => decimal(text),
        Value::Number(number) => decimal(&number.to_string()),
        other => panic!("not a number: {other}"),
    }
}

/// A fraction as an integer in units of 1/`scale`.
fn integer(value: &Value, scale: u64) -> u64 {
    let scaled = number(value) * BigRational::from_integer(scale.into());
    assert!(scaled.is_integer(), "{value} at {scale}");
    scaled.to_integer().try_into().expect("64 bits")
}

fn over(value: BigRational, scale: u64) -> BigRational {
    value / BigRational::from_integer(scale.into())
}

impl Vector<'_> {
    fn input(&self, key: &str, scale: u64) -> u64 {
        integer(&self.inputs[key], scale)
    }

    fn days(&self, key: &str) -> u32 {
        self.input(key, 1).try_into().expect("days")
    }

    fn expect(&self, key: &str) -> BigRational {
        number(&self.expected[key])
    }

    fn same(&self, key: &str, found: BigRational) {
        assert_eq!(found, self.expect(key), "{}: {key}", self.id);
    }

    /// The vectors give 30 digits of what has more.
    fn close(&self, key: &str, found: &BigRational) {
        let (expected, tiny) = (self.expect(key), decimal("0.000000000000000000000000001"));
        let low = &expected - &tiny;
        assert!(
            *found >= low && *found <= expected + tiny,
            "{}: {key}",
            self.id
        );
    }

    fn capital(&self) {
        match self.id {
            "threshold_1" => self.thresholds(),
            "ratios_1" => self.ratios(),
            "leverage_1" => self.leverage(),
            id if id.starts_with("ccb_") => self.conservation(),
            id => panic!("the vector {id} is neither built nor listed"),
        }
    }

    fn thresholds(&self) {
        let amounts = [
            ("common-shares", self.input("cet1_pre", NANO)),
            ("significant-financials", self.input("sig_fi", NANO)),
            ("mortgage-servicing-rights", self.input("msr", NANO)),
            ("temporary-difference-dta", self.input("dta", NANO)),
        ];
        let found = capital(&basel(), 0, &amounts, &[]).expect("assessed");
        let nano = |value: &BigRational| over(value.clone(), NANO);
        let items = &found.own_funds.thresholds;
        let excess: Vec<_> = items.individual.iter().map(nano).collect();
        let expected: Vec<_> = self.expected["excess10"]
            .as_array()
            .expect("three")
            .iter()
            .map(number)
            .collect();
        assert_eq!(excess, expected);
        self.same(
            "limit10",
            over(nano(&found.own_funds.cet1_before_thresholds), 10),
        );
        // Exact here; the vector has 30 digits of it.
        self.close("limit15", &nano(&items.limit));
        self.close("cet1", &nano(&found.own_funds.cet1));
        self.close("recognised", &nano(&items.recognised));
        let individual: BigRational = excess.into_iter().sum();
        self.close("excess15", &(nano(&items.deducted) - individual));
        self.close("rwa_250", &nano(&found.rwa.total));
    }

    fn ratios(&self) {
        let rulebook = basel();
        let amounts = [
            ("common-shares", self.input("cet1", 1)),
            ("at1-instruments", self.input("at1", 1)),
            ("tier2-instruments", self.input("t2", 1)),
        ];
        let stated = [("operational-risk", self.input("rwa", 1))];
        let found = capital(&rulebook, 0, &amounts, &stated).expect("assessed");
        let value = |ratio| {
            found
                .ratio(ratio)
                .expect("it has it")
                .value()
                .expect("a base")
        };
        self.same("cet1", value(Ratio::Cet1));
        self.same("tier1", value(Ratio::Tier1));
        self.same("total", value(Ratio::Total));
        self.same("cet1_free_ratio", value(Ratio::Buffer));
        let buffer = found.ratio(Ratio::Buffer).expect("it has it");
        let cet1 = found.ratio(Ratio::Cet1).expect("it has it");
        self.same("cet1_used_for_minima", &cet1.capital - &buffer.capital);
        let combined = ["ccb", "ccyb", "gsib"]
            .map(|key| self.input(key, 1_000_000))
            .iter()
            .sum();
        self.same(
            "buffer_required",
            over(BigRational::from_integer(u64::into(combined)), 1_000_000),
        );
        let combined = u32::try_from(combined).expect("small");
        assert_eq!(self.expected["buffer_met"], buffer.holds(combined));
        self.same_conservation(capital::conservation(&rulebook, buffer, combined));
    }

    fn same_conservation(&self, found: Option<u32>) {
        let found = found.expect("there is a buffer");
        self.same(
            "conservation",
            over(BigRational::from_integer(found.into()), 1_000_000),
        );
    }

    fn conservation(&self) {
        let rulebook = basel();
        // Enough other capital that nothing of CET1 plugs a Tier 1 or total shortfall.
        let amounts = [
            ("common-shares", self.input("cet1_ratio", 10_000_000)),
            ("at1-instruments", 10_000_000),
            ("tier2-instruments", 10_000_000),
        ];
        let found: CapitalAssessment =
            capital(&rulebook, 0, &amounts, &[("operational-risk", 10_000_000)]).expect("assessed");
        assert_eq!(
            self.input("buffer", 1_000_000),
            u64::from(rulebook.conservation_buffer)
        );
        self.same_conservation(found.conservation);
    }

    fn leverage(&self) {
        let rulebook = basel();
        let mut exposures = vec![exposure(
            "corporate",
            "unrated",
            self.input("on_balance", 1),
        )];
        for line in self.inputs["obs"].as_array().expect("a list") {
            let factor = integer(&line[1], 10_000);
            let conversion = rulebook
                .conversions
                .iter()
                .find(|known| u64::from(known.factor) == factor)
                .expect("a factor of the rulebook");
            exposures.push(Exposure {
                conversion: conversion.name.clone().into(),
                ..exposure("corporate", "unrated", integer(&line[0], 1))
            });
        }
        let credit = assess(exposures, Vec::new()).expect("assessed");
        let mut book = book();
        // 1.4 is the alpha of counterparty credit risk, which states its result here.
        let derivatives = (self.input("rc", 1) + self.input("pfe", 1)) * 14 / 10;
        book.stated = vec![
            line("leverage-derivatives", derivatives),
            line("leverage-sft", self.input("sft", 1)),
        ];
        book.capital = vec![line("common-shares", self.input("tier1", 1))];
        let found = capital::assess_capital(&book, &rulebook, &(&credit).into()).expect("assessed");
        let measured = found.leverage.clone().expect("measured");
        self.same("exposure_measure", measured);
        let ratio = found.ratio(Ratio::Leverage).expect("it has it");
        self.close("ratio", &ratio.value().expect("a base"));
        self.same(
            "minimum",
            over(BigRational::from_integer(ratio.minimum.into()), 1_000_000),
        );
        assert_eq!(self.expected["pass_"], ratio.holds(ratio.minimum));
        assert!(ratio.missing.is_empty());
    }

    fn credit(&self) {
        let table = |class: &str| {
            for (grade, weight) in self.expected.as_object().expect("a table") {
                let grade = match grade.as_str() {
                    "AAA_AA" => "AAA-AA",
                    "BB_B" => "BB-B",
                    "BELOW_B" => "below-B",
                    "UNRATED" => "unrated",
                    other => other,
                };
                let found = charge(exposure(class, grade, 1));
                assert_eq!(rwa(&found.rwa), number(weight), "{class} {grade}");
            }
        };
        match self.id {
            "table_sovereign_CRE20.7" => table("sovereign"),
            "table_bank_ecra_base" => table("bank-ecra"),
            "table_bank_scra_short" => table("bank-scra-short"),
            "rre_split_1" | "cre_split_1" => self.split(),
            "cre_whole_ig" => {
                // A counterparty at 50 %: a corporate rated A.
                assert_eq!(charge(exposure("corporate", "A", 1)).weight, 5_000);
                let loan = Exposure {
                    counterparty_grade: "A".into(),
                    ..mortgage("commercial", self.input("ltv", 100), 100, "corporate")
                };
                let found = charge(loan.clone());
                self.same("rw", over(rwa(&found.rwa), loan.amount));
            }
            "currency_mismatch_1" => {
                let found = charge(Exposure {
                    income_currency: "EUR".into(),
                    ..exposure("retail", "", 1)
                });
                assert_eq!(found.shape, Shape::Banded);
                self.same("rw", rwa(&found.rwa));
            }
            "portfolio_1" => self.portfolio(),
            id if id.starts_with("rre_") => self.real_estate(),
            id if id.starts_with("default_") => self.default(),
            id => panic!("the vector {id} is neither built nor listed"),
        }
    }

    fn real_estate(&self) {
        let amount = self.input("ltv", 1_000_000);
        for (key, class) in [
            ("whole", "residential"),
            ("income_producing", "residential-cash-flow"),
            ("cre_income", "commercial-cash-flow"),
        ] {
            let found = charge(mortgage(class, amount, 1_000_000, ""));
            self.same(key, over(rwa(&found.rwa), amount));
        }
    }

    fn split(&self) {
        let (class, counterparty) = match self.id {
            "rre_split_1" => ("residential-split", "retail"),
            _ => ("commercial-split", "corporate-other"),
        };
        let weight = charge(exposure(counterparty, "", 1)).weight;
        assert_eq!(u64::from(weight), self.input("counterparty_rw", 10_000));
        let (loan, value) = (self.input("loan", 1), self.input("value", 1));
        let found = charge(mortgage(class, loan, value, counterparty));
        self.same("rwa", rwa(&found.rwa));
        self.close("rw", &over(rwa(&found.rwa), loan));
        if !self.expected["whole"].is_null() {
            let whole = charge(mortgage("commercial", loan, value, counterparty));
            self.same("whole", over(rwa(&whole.rwa), loan));
        }
    }

    fn default(&self) {
        let provisions = self.input("provision_share", 100);
        for (key, class) in [("rw", "defaulted"), ("rre_home", "defaulted-residential")] {
            let found = charge(Exposure {
                provisions,
                ..exposure(class, "", 100)
            });
            assert_eq!(found.net, 100 - provisions);
            self.same(key, over(rwa(&found.rwa), found.net));
        }
    }

    fn portfolio(&self) {
        let mut exposures = Vec::new();
        for entry in self.inputs["book"].as_array().expect("a book") {
            let amount = integer(&entry[1], 1);
            exposures.push(match entry[0].as_str().expect("a name") {
                "UST" => exposure("sovereign", "AAA-AA", amount),
                "bank A SCRA A" => exposure("bank-scra", "A", amount),
                "corp BBB" => exposure("corporate", "BBB", amount),
                "corp unrated SME" => exposure("corporate-sme", "", amount),
                "retail" => exposure("retail", "", amount),
                "retail transactor" => exposure("retail-transactor", "", amount),
                "home LTV 75" => mortgage("residential", amount, amount * 100 / 75, ""),
                "CRE income LTV 70" => {
                    mortgage("commercial-cash-flow", amount, amount * 10 / 7, "")
                }
                "equity listed" => exposure("equity", "", amount),
                "equity speculative" => exposure("equity-speculative", "", amount),
                "sub debt" => exposure("subordinated", "", amount),
                // 90 is what remains of 100 after provisions of 10 %.
                "default prov 10%" => Exposure {
                    provisions: amount / 9,
                    ..exposure("defaulted", "", amount / 9 * 10)
                },
                // The vector gives amounts after conversion: 40 % of 1 000, 10 % of 2 000.
                "undrawn corp commitment A" => Exposure {
                    conversion: "commitment".into(),
                    ..exposure("corporate", "A", amount * 10 / 4)
                },
                "UCC corp BB" => Exposure {
                    conversion: "cancellable-commitment".into(),
                    ..exposure("corporate", "BB-B", amount * 10)
                },
                other => panic!("{other}"),
            });
        }
        let found = assess(exposures, Vec::new()).expect("assessed");
        let each: Vec<_> = found
            .charges
            .iter()
            .map(|charge| rwa(&charge.rwa))
            .collect();
        let expected: Vec<_> = self.expected["rwa_each"]
            .as_array()
            .expect("a list")
            .iter()
            .map(number)
            .collect();
        assert_eq!(each, expected);
        self.same("rwa", rwa(&found.rwa));
        self.same("capital_8pct", rwa(&found.rwa) * decimal("0.08"));
        let classes: BigRational = found.classes.iter().map(|class| rwa(&class.rwa)).sum();
        assert_eq!(classes, self.expect("rwa"));
    }

    fn collateral(&self) {
        match self.id {
            "estar_repo" => self.repo(),
            "estar_gold_loan" => self.gold(),
            id if id.starts_with("scale_") => {
                let days = self.days("holding") + self.days("revaluation_days") - 1;
                let scaled = scaled_haircut(self.input("h10", 10_000) as u32, days, 10);
                // ε: 10^-9, the unit of a scaled haircut.
                let found = over(BigRational::from_integer(scaled.into()), NANO);
                assert_above(&found, &self.expect("h"), "0.000000001", self.id);
            }
            id if id.starts_with("haircut_over_") => {
                let level = self.input("h10", 10_000) as u32;
                let scaled = capped(scaled_haircut(level, self.days("holding"), 10));
                self.same(
                    "capped",
                    over(BigRational::from_integer(scaled.into()), NANO),
                );
            }
            id if id.starts_with("maturity_") => self.maturity(),
            id => panic!("the vector {id} is neither built nor listed"),
        }
    }

    fn maturity(&self) {
        let haircuts = basel().haircuts.expect("basel has haircuts");
        // Quarter days: four times 365 a year.
        let life = |key: &str| self.input(key, 4 * 365) as u32;
        let (protection, maturity) = (life("t"), life("T"));
        let amount = BigRational::from_integer(self.input("P", 1).into());
        let found = if protection >= maturity {
            let matched = matching(&haircuts, maturity / 4, &[(protection / 4, 0)]);
            assert!(matched.is_matched());
            amount
        } else {
            let share =
                |life| BigRational::from_integer(recognised_quarter_days(&haircuts, life).into());
            amount * share(protection) / share(maturity)
        };
        self.same("Pa", found);
    }

    fn repo(&self) {
        // Units of 10^-15; ε is 10^-9 for each of three haircuts on its amount, and one unit.
        let scale = 1_000_000_000_000_000;
        let lent = Exposure {
            lent_security: "sovereign".into(),
            lent_rating: "AAA-AA".into(),
            lent_maturity_days: 7 * 365,
            ..secured(
                "bank-ecra",
                "A",
                self.input("E", scale),
                self.days("holding"),
            )
        };
        let mut received = item("other-issuer", "A-BBB", self.input("C", scale));
        received.maturity_days = 4 * 365;
        received.currency = "EUR".into();
        let found = charge_secured(lent, vec![received]);
        assert_eq!(found.shape, Shape::SecuredGeneral);
        let Detail::Secured(detail) = &found.detail else {
            panic!("not secured")
        };
        let nano = |value: u64| over(BigRational::from_integer(value.into()), NANO);
        assert_above(
            &nano(detail.lent.1),
            &self.expect("he"),
            "0.000000001",
            "he",
        );
        assert_above(
            &nano(detail.items[0].haircut.into()),
            &self.expect("hc"),
            "0.000000001",
            "hc",
        );
        assert_above(
            &nano(detail.items[0].currency_haircut.into()),
            &self.expect("hfx"),
            "0.000000001",
            "hfx",
        );
        let value = over(
            BigRational::from_integer(detail.exposure_value.clone().into()),
            scale,
        );
        assert_above(&value, &self.expect("estar"), "0.000000311", "estar");
        assert_eq!(over(rwa(&found.rwa), scale), value * decimal("0.3"));
    }

    fn gold(&self) {
        // ε: 10^-9 on the collateral.
        let loan = secured(
            "corporate",
            "unrated",
            self.input("E", NANO),
            self.days("holding"),
        );
        let found = charge_secured(loan, vec![item("gold", "", self.input("C", NANO))]);
        assert_eq!(found.shape, Shape::Secured);
        let Detail::Secured(detail) = &found.detail else {
            panic!("not secured")
        };
        let haircut = over(
            BigRational::from_integer(detail.items[0].haircut.into()),
            NANO,
        );
        assert_above(&haircut, &self.expect("hc"), "0.000000001", "hc");
        let value = over(units(&detail.exposure_value, 17), NANO);
        assert_above(&value, &self.expect("estar"), "0.0000013", "estar");
        assert_eq!(over(rwa(&found.rwa), NANO), value);
    }
}
