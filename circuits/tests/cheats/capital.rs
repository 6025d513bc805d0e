//! Cheats on the capital circuit: lies about single quantities, with everything that follows from
//! them solved again; a claim that is false; totals that no row circuit handed over.

use std::collections::BTreeSet;
use std::sync::Arc;

use ff::Field;
use num_bigint::{BigInt, BigUint};
use plimsoll_circuits::book::Line;
use plimsoll_circuits::cells::capital::rules::{
    CapitalInputs, CapitalPlan, capital_system, cheating_system,
};
use plimsoll_circuits::cells::capital::system::System;
use plimsoll_circuits::cells::capital::{CREDIT_RISK, Capital};
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::field::{Fp, from_biguint, power_of_two};
use plimsoll_circuits::proofs::capital_publics;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::evaluate::constraint_names;
use plimsoll_circuits::protocol::layout::{Layout, Small};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::{Role, Rulebook, StatedEffect, StatedLine, Tier};

use crate::common::{basel, line};

pub(crate) fn us() -> Rulebook {
    Rulebook::builtin("us-standardised").expect("it ships")
}

fn stated_line(of: &StatedLine) -> Line {
    let amount = match of.effect {
        StatedEffect::IsLeverage => 2_000_000,
        _ => 300,
    };
    line(&of.name, amount)
}

/// A bank with something of everything.
pub(crate) struct Bank {
    pub(crate) rulebook: Rulebook,
    pub(crate) plan: CapitalPlan,
    capital: Vec<Line>,
    stated: Vec<Line>,
    rwa: BigUint,
    exposure: BigUint,
}

impl Bank {
    /// A rich bank keeps its deductions below its components; a poor one has more additional
    /// tier 1 and tier 2 deductions than it can absorb, and threshold items above every limit.
    pub(crate) fn new(rulebook: Rulebook, rich: bool) -> Bank {
        let mut capital: Vec<Line> = Vec::new();
        for item in &rulebook.capital {
            let amount = match (item.role, item.tier, rich) {
                (Role::Component, Tier::Cet1, _) => 10_000,
                (Role::Component, _, _) => 900,
                (Role::Deduction, Tier::Cet1, _) => 1_000,
                (Role::Deduction, _, true) => 70,
                (Role::Deduction, _, false) => 5_000,
                (Role::Threshold, _, true) => 400,
                (Role::Threshold, _, false) => 9_000,
                (Role::CappedProvisions { .. }, _, true) => 30,
                (Role::CappedProvisions { .. }, _, false) => 90_000,
                (Role::Assets | Role::Liabilities, _, _) => 0,
            };
            capital.push(line(&item.name, amount));
        }
        let mut equity: i128 = 0;
        for (item, line) in rulebook.capital.iter().zip(&capital) {
            equity += match item.role {
                Role::Deduction if item.equity => -i128::from(line.amount),
                _ if item.equity => i128::from(line.amount),
                _ => 0,
            };
        }
        for (item, line) in rulebook.capital.iter().zip(&mut capital) {
            match item.role {
                Role::Assets => line.amount = u64::try_from(1_000_000 + equity).expect("positive"),
                Role::Liabilities => line.amount = 1_000_000,
                _ => {}
            }
        }
        let claims = Ratio::ALL.into_iter();
        let claims = claims.filter(|ratio| {
            let minima = [Ratio::Cet1, Ratio::Tier1, Ratio::Total];
            let buffer = || {
                minima
                    .iter()
                    .all(|r| rulebook.ratios.contains_key(r.name()))
            };
            rulebook.ratios.contains_key(ratio.name()) || *ratio == Ratio::Buffer && buffer()
        });
        let claims = claims.map(|ratio| Claim {
            ratio,
            threshold: 10_000,
        });
        // Every second line is stated.
        let stated: Vec<bool> = (0..rulebook.stated.len()).map(|i| i % 2 == 0).collect();
        let lines = rulebook.stated.iter().zip(&stated).filter(|(_, on)| **on);
        let million = |scale| BigUint::from(400_000_u32) * BigUint::from(10_u32).pow(scale);
        Bank {
            plan: CapitalPlan {
                claims: claims.collect(),
                credit_risk: true,
                balance_sheet: true,
                stated: stated.clone(),
            },
            stated: lines.map(|(of, _)| stated_line(of)).collect(),
            rwa: million(25) + 7_u32,
            exposure: million(12) + 3_u32,
            capital,
            rulebook,
        }
    }

    /// Other credit-risk totals.
    pub(crate) fn set_totals(&mut self, rwa: BigUint, exposure: BigUint) {
        (self.rwa, self.exposure) = (rwa, exposure);
    }

    fn inputs(&self) -> CapitalInputs<'_> {
        CapitalInputs {
            rwa: &self.rwa,
            exposure: &self.exposure,
            items: 3,
            capital: &self.capital,
            stated: &self.stated,
        }
    }

    pub(crate) fn honest(&self) -> System {
        capital_system(&self.rulebook, &self.plan, Some(self.inputs())).expect("true claims")
    }

    pub(crate) fn lying(&self, lies: &[(usize, i64)]) -> System {
        let lies = lies.iter().map(|(at, by)| (*at, BigInt::from(*by)));
        self.lying_by(lies.collect())
    }

    fn lying_by(&self, lies: Vec<(usize, BigInt)>) -> System {
        cheating_system(&self.rulebook, &self.plan, self.inputs(), lies).expect("a lenient system")
    }

    pub(crate) fn publics(&self) -> Publics {
        let layout = Layout::of::<Capital, Small>().expect("a layout").0;
        capital_publics(&self.rulebook, &self.plan, layout.positions()).expect("a plan")
    }

    /// Words and totals against the verifier's own relations, nothing else solved.
    fn words(&self, system: &System, publics: &Publics) -> Forgery {
        let (layout, columns) = Layout::of::<Capital, Small>().expect("a layout");
        let mut grid = Grid::new(Arc::new(layout));
        columns.fill(&mut grid, &system.witness().expect("values"));
        let mut forgery = Forgery::of(grid, publics.clone());
        *forgery.total(CREDIT_RISK, 0) = from_biguint(&self.rwa);
        *forgery.total(CREDIT_RISK, 1) = from_biguint(&self.exposure);
        if self.plan.credit_risk {
            *forgery.total(CREDIT_RISK, 2) = Fp::from(3);
        }
        forgery
    }

    /// The witness that a system gives, against the verifier's own relations.
    pub(crate) fn witness(&self, system: &System) -> Forgery {
        let mut forgery = self.words(system, &self.publics());
        forgery.resolve();
        forgery
    }

    /// Numbers of the relations that a system breaks.
    fn broken(&self, system: &System, publics: &Publics) -> BTreeSet<usize> {
        let forgery = self.words(system, publics);
        let found = forgery.violations_at(&[]);
        found
            .into_iter()
            .map(|violation| violation.position)
            .collect()
    }
}

/// A lie: what is added to some variables, by their number.
type Lie = Vec<(usize, i64)>;

/// Finds, for each relation that has none yet, a lie that breaks it and no other.
fn find_lies(bank: &Bank, found: &mut [Option<Lie>]) {
    let publics = bank.publics();
    for at in 0..bank.honest().variables() {
        // One more or less; two neighbours; two with a complement between them.
        let lies: [Lie; 4] = [
            vec![(at, 1)],
            vec![(at, -1)],
            vec![(at, 1), (at + 1, 1)],
            vec![(at, 1), (at + 2, 1)],
        ];
        for lie in lies {
            if found.iter().all(Option::is_some) {
                return;
            }
            let broken = bank.broken(&bank.lying(&lie), &publics);
            if let [only] = Vec::from_iter(broken)[..] {
                found[only].get_or_insert(lie);
            }
        }
    }
}

#[test]
fn every_relation_refuses_a_lie_of_its_own() {
    for rulebook in [basel, us] {
        let [rich, poor] = [true, false].map(|rich| Bank::new(rulebook(), rich));
        let honest = rich.honest();
        let mut found = vec![None; honest.relations().len()];
        for bank in [&rich, &poor] {
            assert!(bank.witness(&bank.honest()).violations().is_empty());
            find_lies(bank, &mut found);
        }
        let named = honest.relations().iter().zip(&found);
        let open: Vec<&str> = named
            .filter(|(_, lie)| lie.is_none())
            .map(|(relation, _)| relation.name.as_str())
            .collect();
        println!("{}: {} relations", rich.rulebook.name, found.len());
        assert!(open.is_empty(), "no lie breaks these alone: {open:#?}");
    }
}

/// The claims of a bank, raised until they are false.
pub(crate) fn false_claim(rulebook: Rulebook, ratio: Ratio) -> Bank {
    let mut bank = Bank::new(rulebook, true);
    bank.plan.claims.retain(|claim| claim.ratio == ratio);
    for claim in &mut bank.plan.claims {
        claim.threshold = 9_000_000;
    }
    bank
}

#[test]
fn a_false_claim_is_refused_by_its_own_name_whatever_the_free_words() {
    for rulebook in [basel, us] {
        for claim in Bank::new(rulebook(), true).plan.claims {
            let bank = false_claim(rulebook(), claim.ratio);
            let name = format!("claim {}", bank.plan.claims[0]);
            let honest = capital_system(&bank.rulebook, &bank.plan, Some(bank.inputs()));
            assert!(honest.is_err_and(|e| e.to_string().starts_with(&name)));
            let system = bank.lying(&[]);
            let broken: Vec<String> = bank.witness(&system).refused_by().into_iter().collect();
            assert!(
                !broken.is_empty() && broken.iter().all(|b| b.starts_with(&name)),
                "{broken:?}"
            );
            // The slack of the claim, as large or small as words allow.
            let words = system.words();
            let mut forgery = bank.witness(&system);
            for value in [Fp::ONE, power_of_two(64) - Fp::ONE] {
                for word in words - 4..words {
                    forgery.set(word, "word", value);
                    forgery.resolve();
                    let broken = forgery.refused_by();
                    assert!(broken.iter().any(|b| b.starts_with("claim")), "{broken:?}");
                }
            }
        }
    }
}

#[test]
fn words_and_totals_keep_to_their_bounds() {
    let bank = Bank::new(basel(), true);
    let honest = bank.witness(&bank.honest());
    let refused = |alter: &dyn Fn(&mut Forgery)| {
        let mut forgery = honest.clone();
        alter(&mut forgery);
        forgery.resolve();
        forgery.refused_by()
    };
    let end = honest.grid.layout().positions() - 1;
    // A word that no relation weighs is still a word.
    for value in [power_of_two(64), -Fp::ONE, power_of_two(200)] {
        let names = refused(&|f: &mut Forgery| f.set(end, "word", value));
        assert_eq!(names, BTreeSet::from(["range: word limb 7".to_owned()]));
    }
    let zero = "a total column is zero outside its rows".to_owned();
    for row in [3, 64, end, end + 1] {
        let names = refused(&|f: &mut Forgery| *f.total(CREDIT_RISK, row) = Fp::ONE);
        assert_eq!(names, BTreeSet::from([zero.clone()]), "row {row}");
    }
    // Not present, and a total all the same.
    for row in 0..3 {
        let (mut empty, exposure) = (Bank::new(basel(), true), BigUint::ZERO);
        (empty.rwa, empty.exposure) = (BigUint::ZERO, exposure);
        empty.plan.credit_risk = false;
        let mut forgery = empty.witness(&empty.lying(&[]));
        assert!(!forgery.refused_by().contains(&zero));
        *forgery.total(CREDIT_RISK, row) = Fp::ONE;
        assert!(forgery.refused_by().contains(&zero), "row {row}");
    }
}

/// The highest threshold at which a claim is true.
fn highest(bank: &mut Bank) -> u32 {
    let (mut low, mut high) = (0, 10_000_000);
    while low + 1 < high {
        let middle = (low + high) / 2;
        bank.plan.claims[0].threshold = middle;
        let holds = capital_system(&bank.rulebook, &bank.plan, Some(bank.inputs())).is_ok();
        *(if holds { &mut low } else { &mut high }) = middle;
    }
    low
}

/// A bank with hardly any risk-weighted assets: deducting more would raise its ratio, because what
/// is not deducted weighs 250 %. No lie may deduct more.
#[test]
fn no_lie_supports_a_false_claim() {
    for (ratio, rich) in [
        (Ratio::Tier1, true),
        (Ratio::Tier1, false),
        (Ratio::Cet1, true),
    ] {
        let mut bank = Bank::new(basel(), rich);
        bank.rwa = BigUint::from(60_000_u32) * BigUint::from(10_u32).pow(25);
        bank.plan.claims.retain(|claim| claim.ratio == ratio);
        bank.plan.claims[0].threshold = highest(&mut bank) + 1;
        let threshold = bank.plan.claims[0].threshold;
        assert!(threshold > 500_000 && threshold < 9_000_000, "above 50 %");
        let publics = bank.publics();
        let variables = bank.lying(&[]).variables();
        // One of the variable's own unit; and a thousand units of the book in each of the scales.
        let magnitudes = [0, 15, 34].map(|zeros| BigInt::from(10).pow(zeros));
        for variable in 0..variables {
            for lie in magnitudes.iter().flat_map(|m| [m.clone(), -m]) {
                let system = bank.lying_by(vec![(variable, lie.clone())]);
                let free = system.is_input(variable);
                let broken = free || !bank.broken(&system, &publics).is_empty();
                assert!(broken, "{ratio} {rich}: variable {variable} {lie}");
            }
        }
    }
}

#[test]
fn names_are_told_apart() {
    let bank = Bank::new(basel(), true);
    let forgery = bank.witness(&bank.honest());
    let names = constraint_names(forgery.grid.layout(), &forgery.publics);
    assert!(names.iter().any(|name| name == "claim cet1>=1%"));
}
