//! An assessment as a page for people and as JSON. It shows the book: it is for its owner.

mod counterparty_risk;
mod json;
mod page;

use std::collections::HashMap;

use num_bigint::BigUint;
use num_rational::BigRational;
use plimsoll_circuits::amount::{EXPOSURE_SCALE, RWA_SCALE};
use plimsoll_circuits::rulebook::StatedEffect;
use plimsoll_circuits::text::hex;

use crate::assessment::Assessment;
use crate::figures;
use crate::sources::Sources;

pub use json::json;
pub use page::page;

/// What one grade of a class costs.
struct GradeCharge<'a> {
    class: &'a str,
    grade: &'a str,
    exposures: usize,
    measure: BigUint,
    rwa: BigUint,
}

/// Charges by class and grade: classes in the rulebook's order, grades in the order in which the
/// book has them.
fn by_grade<'a>(sources: &'a Sources, assessment: &'a Assessment) -> Vec<GradeCharge<'a>> {
    let classes = assessment.credit.classes.iter().enumerate();
    let order: HashMap<&str, usize> = classes
        .map(|(at, class)| (class.class.as_str(), at))
        .collect();
    let mut grades: Vec<GradeCharge<'a>> = Vec::new();
    let mut found: HashMap<(&str, &str), usize> = HashMap::new();
    for charge in &assessment.credit.charges {
        let Some(exposure) = sources.book.exposures.get(charge.exposure) else {
            continue;
        };
        let (class, grade) = (exposure.class.as_str(), exposure.grade.as_str());
        let at = *found.entry((class, grade)).or_insert_with(|| {
            grades.push(GradeCharge {
                class,
                grade,
                exposures: 0,
                measure: BigUint::ZERO,
                rwa: BigUint::ZERO,
            });
            grades.len() - 1
        });
        if let Some(sum) = grades.get_mut(at) {
            sum.exposures += 1;
            sum.measure += &charge.measure;
            sum.rwa += &charge.rwa;
        }
    }
    grades.sort_by_key(|grade| order.get(grade.class).copied());
    grades
}

/// Turns sums of the twins into whole units of the reporting currency.
struct Units {
    scale: i32,
}

impl Units {
    fn of(sources: &Sources) -> Self {
        Self {
            scale: i32::from(sources.book.scale),
        }
    }

    fn amount(&self, units: u64) -> BigRational {
        figures::fraction(units, self.scale)
    }

    fn rwa(&self, value: &BigUint) -> BigRational {
        self.scaled(value.clone(), RWA_SCALE)
    }

    fn measure(&self, value: &BigUint) -> BigRational {
        self.scaled(value.clone(), EXPOSURE_SCALE)
    }

    /// An amount in the book's unit.
    fn book(&self, value: &BigRational) -> BigRational {
        value * figures::fraction(1, self.scale)
    }

    fn scaled(&self, value: impl Into<num_bigint::BigInt>, scale: u32) -> BigRational {
        // Scales are below 100.
        figures::fraction(
            value,
            self.scale + i32::try_from(scale).unwrap_or(i32::MAX / 2),
        )
    }
}

/// What a stated line does, in a word.
fn effect(effect: StatedEffect) -> &'static str {
    match effect {
        StatedEffect::AddsToRwa => "adds-to-rwa",
        StatedEffect::ReducesRwa => "reduces-rwa",
        StatedEffect::AddsToLeverage => "adds-to-leverage",
        StatedEffect::IsLeverage => "is-leverage",
    }
}
