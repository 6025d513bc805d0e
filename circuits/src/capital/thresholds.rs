//! Threshold items (CAP30.32–34): significant investments in financials, mortgage servicing
//! rights, deferred tax assets from temporary differences.
//!
//! With C0 = common equity tier 1 after all other deductions, and a and b the individual and the
//! aggregate threshold: of each item x, min(x, a·C0) is kept; of what is kept,
//! min(Σ, b/(1−b) · (C0 − Σx)) stays recognised and weighs 250 %; everything else is deducted.
//! Negative limits are zero.

use std::fmt;

use num_rational::BigRational;
use num_traits::Zero;

use super::ratios::share;
use crate::amount::THRESHOLD_ONE;
use crate::rulebook::Thresholds;

/// The threshold items of a book, in its unit.
#[derive(Clone, PartialEq, Eq)]
pub struct ThresholdItems {
    /// What is deducted of each item by the individual threshold, in the order of the rulebook.
    pub individual: Vec<BigRational>,
    /// What the aggregate threshold leaves.
    pub limit: BigRational,
    /// What is deducted of all together, by both.
    pub deducted: BigRational,
    /// What stays recognised: all items less `deducted`.
    pub recognised: BigRational,
    /// Weight of what stays recognised, 10^-4.
    pub weight: u32,
}

pub(super) fn apply(
    thresholds: Option<&Thresholds>,
    cet1_before: &BigRational,
    items: &[BigRational],
) -> ThresholdItems {
    let zero = BigRational::zero;
    let all: BigRational = items.iter().sum();
    let Some(thresholds) = thresholds else {
        // The parser refuses threshold items without thresholds.
        return ThresholdItems {
            individual: Vec::new(),
            limit: zero(),
            deducted: all,
            recognised: zero(),
            weight: 0,
        };
    };
    let individual = cet1_before.max(&zero()) * share(thresholds.individual);
    // Below one: the parser sees to it.
    let rest_of_one = THRESHOLD_ONE
        .saturating_sub(thresholds.aggregate.into())
        .max(1);
    let aggregate = BigRational::new(thresholds.aggregate.into(), rest_of_one.into());
    let limit = (cet1_before - &all).max(zero()) * aggregate;
    let kept: BigRational = items.iter().map(|item| item.min(&individual)).sum();
    let recognised = kept.min(limit.clone());
    ThresholdItems {
        individual: items
            .iter()
            .map(|item| (item - &individual).max(zero()))
            .collect(),
        limit,
        deducted: all - &recognised,
        recognised,
        weight: thresholds.weight,
    }
}

impl fmt::Debug for ThresholdItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThresholdItems({})", self.individual.len())
    }
}
