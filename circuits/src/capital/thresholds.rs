//! Threshold items (CAP30.32–34): significant investments in financials, mortgage servicing
//! rights, deferred tax assets from temporary differences.
//!
//! With C0 = common equity tier 1 after all other deductions, and a and b the individual and the
//! aggregate threshold: of each item x, min(x, a·C0) is kept; of what is kept,
//! min(Σ, b/(1−b) · (C0 − Σx)) stays recognised and weighs 250 %; everything else is deducted.
//! Negative limits are zero.

use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;

use crate::amount::THRESHOLD_ONE;
use crate::rulebook::Thresholds;

/// The threshold items of a book, 10^-6 of its unit.
#[derive(Clone, PartialEq, Eq)]
pub struct ThresholdItems {
    /// What is deducted of each item by the individual threshold, in the order of the rulebook.
    pub individual: Vec<BigInt>,
    /// What the aggregate threshold leaves, rounded down.
    pub limit: BigInt,
    /// What is deducted of all together, by both.
    pub deducted: BigInt,
    /// What stays recognised: all items less `deducted`.
    pub recognised: BigInt,
    /// What is charged as recognised: with limits rounded up, so that rounding never lowers
    /// risk-weighted assets. At most 10^-6 of a unit per limit above `recognised`.
    pub charged: BigInt,
    /// Weight of what is charged, 10^-4.
    pub weight: u32,
}

pub(super) fn apply(
    thresholds: Option<&Thresholds>,
    cet1_before: &BigInt,
    items: &[BigInt],
) -> ThresholdItems {
    let all: BigInt = items.iter().sum();
    let Some(thresholds) = thresholds else {
        // The parser refuses threshold items without thresholds.
        return ThresholdItems {
            individual: Vec::new(),
            limit: BigInt::ZERO,
            deducted: all,
            recognised: BigInt::ZERO,
            charged: BigInt::ZERO,
            weight: 0,
        };
    };
    let one = BigInt::from(THRESHOLD_ONE);
    let individual = cet1_before.max(&BigInt::ZERO) * thresholds.individual;
    let rest = cet1_before - &all;
    let aggregate = rest.max(BigInt::ZERO) * thresholds.aggregate;
    let aggregate_one = &one - thresholds.aggregate;
    let recognised = |individual: &BigInt, aggregate: BigInt| {
        let kept: BigInt = items.iter().map(|item| item.min(individual)).sum();
        kept.min(aggregate)
    };
    let individual_low = individual.div_floor(&one);
    let limit = aggregate.div_floor(&aggregate_one);
    let low = recognised(&individual_low, limit.clone());
    let high = recognised(
        &individual.div_ceil(&one),
        aggregate.div_ceil(&aggregate_one),
    );
    ThresholdItems {
        individual: items
            .iter()
            .map(|item| (item - &individual_low).max(BigInt::ZERO))
            .collect(),
        limit,
        deducted: &all - &low,
        recognised: low,
        charged: high,
        weight: thresholds.weight,
    }
}

impl fmt::Debug for ThresholdItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThresholdItems({})", self.individual.len())
    }
}
