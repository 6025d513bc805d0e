//! The leverage exposure measure (LEV30): exposures net of provisions and converted, without
//! relief for collateral; stated additions; threshold items that are not deducted. Or one stated
//! line that is the whole measure, where the rulebook says so.

use std::collections::BTreeMap;

use num_rational::BigRational;

use super::risk_weighted_assets::sum;
use super::{CreditTotals, ThresholdItems, scaled};
use crate::amount::EXPOSURE_SCALE;
use crate::rulebook::{Rulebook, StatedEffect};

pub(super) fn measure(
    rulebook: &Rulebook,
    stated: &BTreeMap<&str, u64>,
    credit: &CreditTotals,
    thresholds: &ThresholdItems,
) -> Option<BigRational> {
    let mut whole = rulebook
        .stated
        .iter()
        .filter(|line| line.effect == StatedEffect::IsLeverage)
        .peekable();
    if whole.peek().is_some() {
        let is_stated = whole.any(|line| stated.contains_key(line.name.as_str()));
        return is_stated.then(|| sum(rulebook, stated, StatedEffect::IsLeverage));
    }
    let added = sum(rulebook, stated, StatedEffect::AddsToLeverage);
    // What is not deducted from Tier 1 is still an asset.
    Some(scaled(&credit.measure, EXPOSURE_SCALE) + added + &thresholds.recognised)
}
