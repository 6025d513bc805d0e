//! Risk-weighted assets (RBC20): what the credit-risk module passes on, the threshold items that
//! stay recognised, and the stated lines.

use std::collections::BTreeMap;

use num_rational::BigRational;

use super::{CreditTotals, RiskWeightedAssets, ThresholdItems, scaled, whole};
use crate::amount::{RWA_SCALE, WEIGHT_ONE};
use crate::rule_error::RuleError;
use crate::rulebook::{Rulebook, StatedEffect};

pub(super) fn total(
    rulebook: &Rulebook,
    stated: &BTreeMap<&str, u64>,
    credit: &CreditTotals,
    thresholds: &ThresholdItems,
) -> Result<RiskWeightedAssets, RuleError> {
    let added = sum(rulebook, stated, StatedEffect::AddsToRwa);
    let reduced = sum(rulebook, stated, StatedEffect::ReducesRwa);
    let weight = BigRational::new(thresholds.weight.into(), WEIGHT_ONE.into());
    let charged = &thresholds.recognised * weight;
    let credit = scaled(&credit.rwa, RWA_SCALE);
    let before = &credit + &charged + &added;
    if reduced > before {
        return Err(RuleError::Reductions);
    }
    let total = before - &reduced;
    Ok(RiskWeightedAssets {
        credit,
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
) -> BigRational {
    rulebook
        .stated
        .iter()
        .filter(|line| line.effect == effect)
        .filter_map(|line| stated.get(line.name.as_str()))
        .map(|amount| whole(*amount))
        .sum()
}
