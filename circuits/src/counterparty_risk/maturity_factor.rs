//! Maturity factor (CRE52.48, CRE52.52), Q32, rounded up.

use num_bigint::BigUint;
use num_traits::ToPrimitive;

use super::figures::MATURITY_FACTOR_BITS;
use crate::amount::WEIGHT_ONE;
use crate::fixed_point::root::ceiling_root;
use crate::rulebook::Derivatives;

/// A maturity factor of one.
pub(super) const FACTOR_ONE: u64 = 1 << MATURITY_FACTOR_BITS;

/// √min(max(M, floor), one year), of a trade without margin.
pub fn unmargined_factor(derivatives: &Derivatives, maturity: u32) -> u64 {
    let year = derivatives.year_quarter_days;
    let maturity = u64::from(maturity.min(year));
    let year = u64::from(year);
    let (floor, days) = (
        u64::from(derivatives.floor_days),
        u64::from(derivatives.business_days),
    );
    // The greater of maturity/year and floor/days; the rulebook's floor is at most a year.
    let (above, below) = if maturity * days >= floor * year {
        (maturity, year)
    } else {
        (floor, days)
    };
    ceiling(above, below).min(FACTOR_ONE)
}

/// 3/2 · √(margin period / a year), of a trade with margin.
pub fn margined_factor(derivatives: &Derivatives, days: u32) -> u64 {
    let multiple = u64::from(derivatives.margined_multiple);
    let above = multiple * multiple * u64::from(days);
    let below = WEIGHT_ONE * WEIGHT_ONE * u64::from(derivatives.business_days);
    ceiling(above, below)
}

/// ⌈2^32 · √(above / below)⌉.
fn ceiling(above: u64, below: u64) -> u64 {
    let square = BigUint::from(above) << (2 * MATURITY_FACTOR_BITS);
    // The rulebook's bounds keep it at 2^33 at most.
    ceiling_root(&square, &BigUint::from(below))
        .and_then(|(root, _)| root.to_u64())
        .unwrap_or(u64::MAX)
}
