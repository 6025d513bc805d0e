//! The capital circuit: caps, floors, maxima and minima are linear relations between words that are
//! not negative, and bits that say on which side of zero a number is. For given figures a claim
//! that the twin does not bear has no words at all, not even fractions, whatever the bits: neither
//! a second witness of a cap, nor any other.

use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::capital::{CreditTotals, assess_capital};
use plimsoll_circuits::cells::capital::rules::{
    CapitalInputs, CapitalPlan, capital_system, cheating_system, has_balance_sheet,
};
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::protocol::publics::Weighed;
use plimsoll_circuits::rulebook::Rulebook;

use crate::common::book;
use crate::common::lines::{lines, thresholds};
use crate::common::random::{Random, seeds};
use crate::simplex::{Equation, is_feasible};
use crate::solver::integer;

/// Books per rulebook.
const BOOKS: u64 = 16;
/// Words of the linked totals, which come first: 152 bits and 108 bits, each with the complement
/// of its top word.
const LINKED: usize = 4 + 3;
/// What keeps a word narrow. To leave it out leaves the prover more.
const WIDTH: &str = "keeps to its width";

struct Case<'a> {
    rulebook: &'a Rulebook,
    book: Book,
    totals: CreditTotals,
    plan: CapitalPlan,
}

impl Case<'_> {
    fn inputs(&self) -> CapitalInputs<'_> {
        CapitalInputs {
            rwa: &self.totals.rwa,
            exposure: &self.totals.measure,
            items: 0,
            capital: &self.book.capital,
            stated: &self.book.stated,
        }
    }

    /// Whether there are words, fractions allowed but for bits, that bear the claim with the book's
    /// own figures.
    fn has_words(&self, claim: Claim) -> bool {
        let plan = CapitalPlan {
            claims: vec![claim],
            ..self.plan.clone()
        };
        let public = capital_system(self.rulebook, &plan, None).expect("it fits");
        let solved = cheating_system(self.rulebook, &plan, self.inputs(), Vec::new());
        let words = solved.expect("leniently").witness().expect("the prover's");
        let figures = self.rulebook.capital.len() + self.rulebook.stated.len();
        let known = LINKED..LINKED + figures;
        let whole = BigRational::from_integer;
        let totals = [&self.totals.rwa, &self.totals.measure, &BigUint::ZERO];
        let equations = public.relations().iter();
        let equations = equations.filter(|relation| !relation.name.ends_with(WIDTH));
        let equations: Vec<Equation> = equations
            .map(|relation| {
                let mut constant = -integer(&relation.constant);
                let mut terms = Vec::new();
                for (cell, coefficient) in &relation.terms {
                    let c = integer(coefficient);
                    match *cell {
                        Weighed::Total { row, .. } => {
                            constant -= c * BigInt::from(totals[row].clone());
                        }
                        Weighed::Data { row, .. } if known.contains(&row) => {
                            constant -= c * words[row];
                        }
                        Weighed::Data { row, .. } => terms.push((row, whole(c))),
                    }
                }
                Equation {
                    terms,
                    constant: whole(constant),
                }
            })
            .collect();
        let narrow = public.relations().iter();
        let narrow = narrow.filter(|relation| relation.name.ends_with(WIDTH));
        let bits: Vec<usize> = narrow
            .filter(|relation| integer(&relation.constant) == BigInt::from(-1))
            .filter_map(|relation| match relation.terms[0].0 {
                Weighed::Data { row, .. } => Some(row),
                Weighed::Total { .. } => None,
            })
            .collect();
        branch(equations, public.words(), &bits)
    }
}

/// Bits one after the other, in the order of the rules: what comes before decides most of them.
fn branch(equations: Vec<Equation>, words: usize, bits: &[usize]) -> bool {
    if !is_feasible(&equations, words) {
        return false;
    }
    let Some((bit, rest)) = bits.split_first() else {
        return true;
    };
    [0, 1].into_iter().any(|value| {
        let value = BigRational::from_integer(value.into());
        let mut fixed = equations.clone();
        for equation in &mut fixed {
            let (known, open) = std::mem::take(&mut equation.terms)
                .into_iter()
                .partition::<Vec<_>, _>(|(row, _)| row == bit);
            equation.terms = open;
            for (_, c) in known {
                equation.constant -= c * &value;
            }
        }
        branch(fixed, words, rest)
    })
}

fn agree(rulebook: &Rulebook, seed: u64) -> [usize; 2] {
    let random = &mut Random::new(seed);
    let bits = *random.pick(&[12, 30, 50]);
    let mut book = book();
    lines(&mut book, rulebook, bits, random);
    let ten = |scale| BigUint::from(10_u32).pow(scale);
    let totals = CreditTotals {
        rwa: ten(25) * random.amount(bits) + random.big(35),
        measure: ten(12) * random.amount(bits) + random.big(35),
    };
    let is_stated = |name: &str| book.stated.iter().any(|line| line.name == name);
    let stated = rulebook.stated.iter();
    let plan = CapitalPlan {
        claims: Vec::new(),
        stated: stated.map(|line| is_stated(&line.name)).collect(),
        credit_risk: true,
        balance_sheet: has_balance_sheet(rulebook, &book.capital),
    };
    let Ok(twin) = assess_capital(&book, rulebook, &totals) else {
        return [0, 0];
    };
    let case = Case {
        rulebook,
        book,
        totals,
        plan,
    };
    let mut looked = [0, 0];
    for ratio in Ratio::ALL {
        let Ok(found) = twin.ratio(ratio) else {
            continue;
        };
        for threshold in thresholds(&twin, ratio, random) {
            let holds = found.holds(threshold);
            let claim = Claim { ratio, threshold };
            assert_eq!(case.has_words(claim), holds, "{claim}");
            looked[usize::from(!holds)] += 1;
        }
    }
    looked
}

fn claims_have_words_only_if_they_hold(name: &str, first: u64) {
    let rulebook = Rulebook::builtin(name).expect("it ships");
    let all = std::sync::Mutex::new([0, 0]);
    seeds(first, BOOKS, |seed| {
        let found = agree(&rulebook, seed);
        let mut all = all.lock().expect("no other book failed");
        (0..2).for_each(|i| all[i] += found[i]);
    });
    let [hold, fail] = all.into_inner().expect("no book failed");
    println!("{name}: {hold} claims that hold, {fail} that do not");
    assert!(std::env::var("PLIMSOLL_SEED").is_ok() || hold > 10 && fail > 10);
}

#[test]
fn basel_claims() {
    claims_have_words_only_if_they_hold("basel-2023", 60_000_000);
}

#[test]
fn us_claims() {
    claims_have_words_only_if_they_hold("us-standardised", 61_000_000);
}
