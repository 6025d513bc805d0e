//! Adjusted notional (CRE52.34 to CRE52.37): notional or units in the reporting currency, times the
//! supervisory duration where the class has one.
//!
//! The duration is written r · SD = e^{−rS} − e^{−rE}: its 1/r is part of the class's factor, so
//! that everything in a trade is below one. Discount factors are products of two table entries,
//! e^{−r·512a} · e^{−r·b}, each rounded to 2^-44.

use num_bigint::BigUint;
use num_traits::ToPrimitive;

use super::figures::{DELTA_BITS, DISCOUNT_BITS};
use crate::rulebook::{Derivatives, END_BITS};

/// log2 of the entries of the fine table, and of the quarter days between two coarse ones.
pub(crate) const FINE_BITS: u32 = 9;
/// Fractional bits of a table entry.
const ENTRY_BITS: u32 = 44;
/// Fractional bits while the tables are computed: the powers lose less than 2^-100.
const GUARD_BITS: u32 = 160;

/// Discount factors at the supervisory rate, by quarter day.
#[derive(Clone, PartialEq, Eq)]
pub struct DiscountTables {
    /// round(2^44 · e^{−r·512a/year}), a < 256.
    pub coarse: Vec<u64>,
    /// round(2^44 · e^{−r·b/year}), b < 512.
    pub fine: Vec<u64>,
}

impl DiscountTables {
    /// The tables of a rulebook.
    pub fn new(derivatives: &Derivatives) -> Self {
        let divisor = BigUint::from(derivatives.duration_inverse_rate)
            * BigUint::from(derivatives.year_quarter_days);
        let day = exponential_of_minus_one_over(&divisor);
        let powers = |step: &BigUint, count: usize| {
            let mut value = BigUint::from(1u32) << GUARD_BITS;
            let mut entries = Vec::with_capacity(count);
            for _ in 0..count {
                entries.push(entry(&value));
                value = (value * step) >> GUARD_BITS;
            }
            (entries, value)
        };
        let (fine, step) = powers(&day, 1 << FINE_BITS);
        let (coarse, _) = powers(&step, 1 << (END_BITS - FINE_BITS));
        Self { coarse, fine }
    }

    /// e^{−r·days/year} in units of 2^-88; nothing is left beyond the tables.
    pub fn factor(&self, days: u32) -> u128 {
        let at = |table: &[u64], index: u32| {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            table.get(index).copied().map_or(0, u128::from)
        };
        let coarse = at(&self.coarse, days >> FINE_BITS);
        coarse * at(&self.fine, days & ((1 << FINE_BITS) - 1))
    }

    /// e^{−rS} − e^{−rE}, floored, Q40.
    pub fn difference(&self, start: u32, end: u32) -> u64 {
        let whole = self.factor(start).saturating_sub(self.factor(end));
        // At most 2^88, and so at most 2^40.
        u64::try_from(whole >> (2 * ENTRY_BITS - DISCOUNT_BITS)).unwrap_or(1 << DISCOUNT_BITS)
    }
}

crate::silent::silent!(DiscountTables);

/// e^{−1/d} in units of 2^-160, d ≥ 1: the alternating series, until its terms vanish.
fn exponential_of_minus_one_over(divisor: &BigUint) -> BigUint {
    let mut term = BigUint::from(1u32) << GUARD_BITS;
    let (mut positive, mut negative) = (BigUint::ZERO, BigUint::ZERO);
    let mut index = 0u32;
    while term != BigUint::ZERO {
        if index.is_multiple_of(2) {
            positive += &term;
        } else {
            negative += &term;
        }
        index += 1;
        term /= divisor * index;
    }
    positive - negative
}

/// Rounded to 2^-44.
fn entry(value: &BigUint) -> u64 {
    let shift = GUARD_BITS - ENTRY_BITS;
    let half = BigUint::from(1u32) << (shift - 1);
    ((value + half) >> shift)
        .to_u64()
        .unwrap_or(1 << DELTA_BITS)
}

/// r · least supervisory duration, Q40, rounded up.
pub(crate) fn discount_floor(derivatives: &Derivatives) -> u64 {
    let wanted = u64::from(derivatives.floor_days) << DISCOUNT_BITS;
    let years = u64::from(derivatives.business_days);
    wanted.div_ceil(years * u64::from(derivatives.duration_inverse_rate))
}

/// The discount difference of a class without duration: one.
pub(super) const DISCOUNT_ONE: u64 = 1 << DISCOUNT_BITS;
/// Error bound of a discount difference, Q40: half a unit of 2^-44 in each of four entries, and the
/// floor.
pub(crate) const DISCOUNT_ERROR: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_rounded_to_the_nearest() {
        let quarters = |n: u32| entry(&(BigUint::from(n) << (GUARD_BITS - ENTRY_BITS - 2)));
        assert_eq!([4, 5, 6, 7, 8].map(quarters), [1, 1, 2, 2, 2]);
    }
}
