//! Buffers (RBC30): common equity tier 1 that plugs a Tier 1 or a total shortfall is not free.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::RatioAssessment;
use super::ratios::share;
use crate::claim::Ratio;
use crate::rulebook::Rulebook;

/// Common equity tier 1 less what the three minima use of it, in the book's unit:
/// max(4.5 % RWA, 6 % RWA − AT1, 8 % RWA − AT1 − T2), with the rulebook's minima. `None` unless
/// the rulebook has all three.
///
/// Each term is CET1 − headroom of that ratio, so that what is free is the least headroom, once
/// the capital above CET1 is taken out: CET1 − (m·RWA − (capital − CET1)) = capital − m·RWA.
pub(super) fn free(ratios: &BTreeMap<Ratio, RatioAssessment>) -> Option<BigRational> {
    let headroom = |ratio| {
        ratios
            .get(&ratio)
            .map(|found| found.headroom(found.minimum))
    };
    let (cet1, tier1, total) = (
        headroom(Ratio::Cet1)?,
        headroom(Ratio::Tier1)?,
        headroom(Ratio::Total)?,
    );
    Some(cet1.min(tier1).min(total))
}

/// Least share of earnings to conserve (RBC30.3), 10^-6: the first step whose share of `combined`
/// (10^-6 of risk-weighted assets) holds what is free. An upper edge belongs to its step.
pub(super) fn conservation(
    rulebook: &Rulebook,
    buffer: &RatioAssessment,
    combined: u32,
) -> Option<u32> {
    let required = share(combined) * &buffer.base;
    let step = rulebook.conservation_steps.iter().find(|step| {
        step.upto
            .is_none_or(|upto| buffer.capital <= share(upto) * &required)
    });
    // Nothing is required of nothing: without a base or a buffer only a shortfall conserves.
    if required.is_zero() && buffer.capital >= BigRational::zero() {
        return rulebook.conservation_steps.last().map(|step| step.conserve);
    }
    step.map(|step| step.conserve)
}
