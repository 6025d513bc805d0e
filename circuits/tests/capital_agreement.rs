//! The capital twin and the capital circuit's relations say the same of random books.

mod common;

use common::book;
use common::lines::{lines, thresholds};
use common::random::{Random, seeds};
use ff::Field;
use num_bigint::BigUint;
use num_rational::BigRational;
use num_traits::Zero;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::capital::{CreditTotals, assess_capital};
use plimsoll_circuits::cells::capital::CREDIT_RISK;
use plimsoll_circuits::cells::capital::rules::{
    CapitalInputs, CapitalPlan, EXPOSURE_BITS, RWA_BITS, capital_system, has_balance_sheet,
};
use plimsoll_circuits::cells::capital::system::{Linear, System, SystemError};
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::field::{Fp, from_biguint};
use plimsoll_circuits::proofs::{PlanError, missing_modules};
use plimsoll_circuits::protocol::publics::Weighed;
use plimsoll_circuits::rule_error::RuleError;
use plimsoll_circuits::rulebook::Rulebook;

/// Books per rulebook.
const BOOKS: u64 = 2_000;

/// Refuses every claim.
const NEGATIVE_CET1: &str = "common equity tier 1 is not negative";

struct Case {
    book: Book,
    totals: CreditTotals,
    items: u64,
    plan: CapitalPlan,
}

impl Case {
    fn random(rulebook: &Rulebook, random: &mut Random) -> Case {
        // Books of one size throughout, so that thresholds and caps bite; and books without one.
        let bits = *random.pick(&[4, 12, 30, 50, 64]);
        let mut book = book();
        lines(&mut book, rulebook, bits, random);
        let totals = CreditTotals {
            rwa: total(random, bits, 25, RWA_BITS),
            measure: total(random, bits, 12, EXPOSURE_BITS),
        };
        let stated = rulebook.stated.iter();
        let is_stated = |name: &str| book.stated.iter().any(|line| line.name == name);
        let plan = CapitalPlan {
            claims: Vec::new(),
            stated: stated.map(|line| is_stated(&line.name)).collect(),
            credit_risk: true,
            balance_sheet: has_balance_sheet(rulebook, &book.capital),
        };
        let items = random.amount(40);
        Case {
            book,
            totals,
            items,
            plan,
        }
    }

    fn system(
        &self,
        rulebook: &Rulebook,
        claims: &[Claim],
    ) -> Result<(CapitalPlan, System), SystemError> {
        let plan = CapitalPlan {
            claims: claims.to_vec(),
            ..self.plan.clone()
        };
        let inputs = CapitalInputs {
            rwa: &self.totals.rwa,
            exposure: &self.totals.measure,
            items: self.items,
            capital: &self.book.capital,
            stated: &self.book.stated,
        };
        capital_system(rulebook, &plan, Some(inputs)).map(|system| (plan, system))
    }
}

/// A total of credit risk: none, one of the book's size with a fraction, or anything that fits.
fn total(random: &mut Random, bits: u32, scale: u32, most: u64) -> BigUint {
    let ten = BigUint::from(10_u32).pow(scale);
    match random.below(6) {
        0 => BigUint::ZERO,
        1 => random.big(most),
        2 => (BigUint::from(1_u32) << most) - 1_u32,
        3 => ten * random.amount(bits),
        _ => ten * random.amount(bits) + random.big(35),
    }
}

fn words_satisfy(system: &System, totals: &[BigUint]) {
    let words = system.witness().expect("the prover's system");
    assert_eq!(words.len(), system.words());
    for relation in system.relations() {
        let mut sum = relation.constant;
        for (cell, coefficient) in &relation.terms {
            let value = match *cell {
                Weighed::Data { column, row } => {
                    assert_eq!(column, 0);
                    Fp::from(words[row])
                }
                Weighed::Total { column, row } => {
                    assert_eq!(column, CREDIT_RISK);
                    from_biguint(&totals[row])
                }
            };
            sum += value * coefficient;
        }
        assert!(bool::from(sum.is_zero()), "relation: {}", relation.name);
    }
}

fn agree(rulebook: &Rulebook, seed: u64) {
    let random = &mut Random::new(seed);
    let case = Case::random(rulebook, random);
    let twin = match assess_capital(&case.book, rulebook, &case.totals) {
        Ok(twin) => twin,
        Err(RuleError::BalanceSheet | RuleError::Reductions) => {
            let refused = case.system(rulebook, &[]).map(|_| ());
            assert!(matches!(refused, Err(SystemError::False(_))), "{refused:?}");
            return;
        }
        Err(other) => panic!("{other}"),
    };
    case.system(rulebook, &[]).expect("no claim is false");
    let totals = [
        case.totals.rwa.clone(),
        case.totals.measure.clone(),
        BigUint::from(case.items),
    ];
    let (mut all, mut all_hold) = (Vec::new(), true);
    for ratio in Ratio::ALL {
        let claim = |threshold| Claim { ratio, threshold };
        match twin.ratio(ratio) {
            Ok(_) => {}
            Err(RuleError::NoLine(..)) => {
                let plan = missing_modules(
                    rulebook,
                    &[claim(0)],
                    &case.plan.stated,
                    plimsoll_circuits::statement::Linked {
                        credit_risk: true,
                        counterparty_risk: false,
                    },
                );
                assert!(matches!(plan, Err(PlanError::Line(_))));
                continue;
            }
            Err(RuleError::NoRatio(_)) => continue,
            Err(other) => panic!("{other}"),
        }
        let found = twin.ratio(ratio).expect("seen above");
        let thresholds = thresholds(&twin, ratio, random);
        for threshold in &thresholds {
            let holds = found.holds(*threshold);
            match case.system(rulebook, &[claim(*threshold)]) {
                Ok((_, system)) => {
                    assert!(holds, "the circuit bears {}", claim(*threshold));
                    words_satisfy(&system, &totals);
                }
                Err(SystemError::False(what)) => {
                    assert!(!holds, "the twin bears {}: {what}", claim(*threshold));
                    let negative = found.negative_cet1 && what == NEGATIVE_CET1;
                    assert!(negative || what.starts_with(&format!("claim {}", claim(*threshold))));
                }
                Err(other) => panic!("{other}"),
            }
        }
        let threshold = *random.pick(&thresholds);
        all_hold &= found.holds(threshold);
        all.push(claim(threshold));
    }
    match case.system(rulebook, &all) {
        Ok((plan, system)) => {
            assert!(all_hold);
            words_satisfy(&system, &totals);
            let public = capital_system(rulebook, &plan, None).expect("it fits");
            assert_eq!(public.relations(), system.relations());
            assert_eq!(public.words(), system.words());
        }
        Err(error) => assert!(!all_hold, "{error}"),
    }
}

#[test]
fn basel_books() {
    let rulebook = Rulebook::builtin("basel-2023").expect("it ships");
    seeds(0, BOOKS, |seed| agree(&rulebook, seed));
}

#[test]
fn us_books() {
    let rulebook = Rulebook::builtin("us-standardised").expect("it ships");
    seeds(1_000_000, BOOKS, |seed| agree(&rulebook, seed));
}

/// The random books reach every regime that the rules tell apart.
#[test]
fn every_regime_is_reached() {
    let rulebook = Rulebook::builtin("basel-2023").expect("it ships");
    let zero = BigRational::zero();
    let mut reached = [false; 11];
    for seed in 0..BOOKS {
        let case = Case::random(&rulebook, &mut Random::new(seed));
        let Ok(found) = assess_capital(&case.book, &rulebook, &case.totals) else {
            continue;
        };
        let (own, items) = (&found.own_funds, &found.own_funds.thresholds);
        let over_individual = items.individual.iter().any(|over| *over > zero);
        let individual: BigRational = items.individual.iter().sum();
        let over_aggregate = items.deducted > individual;
        let provisions = case
            .book
            .capital
            .iter()
            .find(|line| line.name == "general-provisions");
        let stated = provisions.map_or(zero.clone(), |line| {
            BigRational::from_integer(line.amount.into())
        });
        for (reached, is) in reached.iter_mut().zip([
            found.rwa.total == zero,
            own.cet1 < zero,
            own.tier2_shortfall > zero,
            own.additional_tier1_shortfall > zero,
            own.provisions > zero && own.provisions < stated,
            own.provisions > zero && own.provisions == stated,
            items.recognised > zero && !over_individual && !over_aggregate,
            items.recognised > zero && over_individual && !over_aggregate,
            items.recognised > zero && !over_individual && over_aggregate,
            items.recognised > zero && over_individual && over_aggregate,
            items.recognised == zero && items.deducted > zero,
        ]) {
            *reached |= is;
        }
    }
    assert_eq!(reached, [true; 11]);
}

#[test]
fn a_total_beyond_the_circuit_is_neither_true_nor_false() {
    let rulebook = Rulebook::builtin("basel-2023").expect("it ships");
    let mut case = Case::random(&rulebook, &mut Random::new(7));
    case.totals.rwa = BigUint::from(1_u32) << RWA_BITS;
    let refused = case.system(&rulebook, &[]).map(|_| ());
    assert!(
        matches!(refused, Err(SystemError::TooLarge(_))),
        "{refused:?}"
    );
}

/// Words of a variable, lowest first, make up its value; a value wider than the variable has none.
#[test]
fn words_recompose_the_values() {
    let one = || BigRational::from_integer(1.into());
    seeds(2_000_000, 200, |seed| {
        let random = &mut Random::new(seed);
        let mut system = System::with_totals(Vec::new());
        let mut wanted = Vec::new();
        for bits in [1, 13, 63, 64, 65, 104, 127, 128, 129, 152, 200] {
            let value = random.big(bits);
            let first = system.words();
            let var = system
                .variable("it", bits, one(), Some(value.clone()))
                .expect("it fits");
            wanted.push((var, first, bits.div_ceil(64) as usize, value));
        }
        let too_wide = system
            .clone()
            .variable("it", 8, one(), Some(256_u32.into()));
        assert!(matches!(too_wide, Err(SystemError::TooLarge(_))));
        let words = system.witness().expect("values are known");
        for (var, first, count, value) in wanted {
            let digits = words[first..first + count].iter().rev();
            let recomposed = digits.fold(BigUint::ZERO, |sum, word| (sum << 64) + *word);
            assert_eq!((&recomposed, system.value(var)), (&value, Some(&value)));
            let form = system
                .evaluate(&Linear::var(var))
                .expect("values are known");
            assert_eq!(form, BigRational::from_integer(value.into()));
        }
        words_satisfy(&system, &[]);
    });
}
