//! Risk-weighted assets (RBC20): what the credit-risk module passes on, the threshold items that
//! stay recognised, and the stated lines.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::{CreditTotals, RiskWeightedAssets, ThresholdItems};
use crate::amount::RWA_SCALE;
use crate::rule_error::RuleError;
use crate::rulebook::{Rulebook, StatedEffect};

/// 10^-10 (10^-6 of a unit, weight) to 10^-25.
const THRESHOLD_TO_RWA: u64 = 1_000_000_000_000_000;

pub(super) fn total(
    rulebook: &Rulebook,
    stated: &BTreeMap<&str, u64>,
    credit: &CreditTotals,
    thresholds: &ThresholdItems,
) -> Result<RiskWeightedAssets, RuleError> {
    let unit = BigUint::from(10_u32).pow(RWA_SCALE);
    let added = sum(rulebook, stated, StatedEffect::AddsToRwa) * &unit;
    let reduced = sum(rulebook, stated, StatedEffect::ReducesRwa) * &unit;
    // Never negative: the smaller of sums and limits that are not.
    let charged = thresholds.charged.magnitude() * thresholds.weight * THRESHOLD_TO_RWA;
    let before = &credit.rwa + &charged + &added;
    if reduced > before {
        return Err(RuleError::Reductions);
    }
    let total = before - &reduced;
    Ok(RiskWeightedAssets {
        credit: credit.rwa.clone(),
        thresholds: charged,
        added,
        reduced,
        total,
    })
}

/// Sum of the stated lines of one effect, in the book's unit.
pub(super) fn sum(
    rulebook: &Rulebook,
    stated: &BTreeMap<&str, u64>,
    effect: StatedEffect,
) -> BigUint {
    rulebook
        .stated
        .iter()
        .filter(|line| line.effect == effect)
        .filter_map(|line| stated.get(line.name.as_str()))
        .map(|amount| BigUint::from(*amount))
        .sum()
}
