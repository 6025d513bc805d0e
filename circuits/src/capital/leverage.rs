//! The leverage exposure measure (LEV30): exposures net of provisions and converted, without
//! relief for collateral; stated additions; threshold items that are not deducted. Or one stated
//! line that is the whole measure, where the rulebook says so.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::risk_weighted_assets::sum;
use super::{CreditTotals, ThresholdItems};
use crate::amount::EXPOSURE_SCALE;
use crate::rulebook::{Rulebook, StatedEffect};

/// 10^-6 to 10^-12.
const THRESHOLD_TO_EXPOSURE: u64 = 1_000_000;

pub(super) fn measure(
    rulebook: &Rulebook,
    stated: &BTreeMap<&str, u64>,
    credit: &CreditTotals,
    thresholds: &ThresholdItems,
) -> Option<BigUint> {
    let unit = BigUint::from(10_u32).pow(EXPOSURE_SCALE);
    let mut whole = rulebook
        .stated
        .iter()
        .filter(|line| line.effect == StatedEffect::IsLeverage)
        .peekable();
    if whole.peek().is_some() {
        let is_stated = whole.any(|line| stated.contains_key(line.name.as_str()));
        return is_stated.then(|| sum(rulebook, stated, StatedEffect::IsLeverage) * unit);
    }
    let added = sum(rulebook, stated, StatedEffect::AddsToLeverage) * unit;
    // What is not deducted from Tier 1 is still an asset.
    let kept = thresholds.charged.magnitude() * THRESHOLD_TO_EXPOSURE;
    Some(&credit.measure + added + kept)
}
