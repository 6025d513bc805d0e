//! What the rulebook's parameters amount to in the units of twin and circuit.

use num_bigint::BigUint;

use super::{DISCOUNT_BITS, MATURITY_FACTOR_BITS};
use crate::amount::HAIRCUT_ONE;
use crate::credit_risk::scaled_haircut;
use crate::rulebook::{Derivatives, Haircuts};

/// Error bound of a discount difference, Q40 units: below 2^-43 by the factors' rounding and one
/// unit by the floor; the rest pays for the products of errors.
pub const DURATION_ERROR: u64 = 2;
/// Error bound of a maturity factor, Q32 units: rounded up by less than one; the rest pays for the
/// products of errors.
pub const MATURITY_FACTOR_ERROR: u64 = 2;
/// Error bound of an option's delta, Q44 units (2^-32), from [`Derivatives::least_far_expiry`] on.
pub const OPTION_DELTA_ERROR: u64 = 1 << 12;
/// The same for options with less time (2^-26).
pub const NEAR_DELTA_ERROR: u64 = 1 << 18;
/// Error bound of the multiplier's exponential, Q44 units.
pub const EXPONENTIAL_ERROR: u64 = 16;

/// Fractional bits of a discount factor of one part of a date.
pub const DISCOUNT_FACTOR_BITS: u32 = 44;
/// Quarter days that the low part of a date counts.
pub const DATE_LOW: u32 = 512;
/// Values of the high part of a date.
pub const DATE_HIGH: u32 = 256;

/// e^−rt of dates, in two factors: t = 512 · high + low quarter days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscountFactors {
    /// By the high part of the date, Q44, to the nearest.
    pub high: Vec<u64>,
    /// By the low part of the date, Q44, to the nearest.
    pub low: Vec<u64>,
}

impl DiscountFactors {
    /// Those of a rulebook.
    pub fn of(rules: &Derivatives) -> Self {
        let years = rules.duration_inverse_rate * rules.year_quarter_days;
        Self {
            high: (0..DATE_HIGH)
                .map(|high| exponential(high * DATE_LOW, years))
                .collect(),
            low: (0..DATE_LOW).map(|low| exponential(low, years)).collect(),
        }
    }

    /// e^−rt, Q88; dates beyond the last count as the last.
    pub fn at(&self, date: u32) -> u128 {
        let part = |parts: &[u64], index: u32| {
            let index = (index as usize).min(parts.len().saturating_sub(1));
            parts.get(index).map_or(0, |factor| u128::from(*factor))
        };
        part(&self.high, date / DATE_LOW) * part(&self.low, date % DATE_LOW)
    }
}

/// e^−(numerator/denominator) to the nearest 2^-44, by the series of e^(numerator/denominator) in
/// 2^-192: its terms are positive, so that each is out by less than a unit.
fn exponential(numerator: u32, denominator: u32) -> u64 {
    const GUARD: u32 = 192;
    let one = BigUint::from(1u32) << GUARD;
    let (mut term, mut sum) = (one.clone(), one.clone());
    let mut n = 0u32;
    while term != BigUint::ZERO {
        n += 1;
        term = term * numerator / denominator.max(1) / n;
        sum += &term;
    }
    // 2^44 / e^t = 2^(44 + 192) / sum, to the nearest.
    let wanted = (BigUint::from(1u32) << (DISCOUNT_FACTOR_BITS + GUARD + 1)) / sum;
    u64::try_from((wanted + 1u32) >> 1).unwrap_or(u64::MAX)
}

/// Least difference of discount factors: the least duration times r, Q40, rounded up.
pub fn discount_floor(rules: &Derivatives) -> u64 {
    let years = u64::from(rules.business_days) * u64::from(rules.duration_inverse_rate);
    (u64::from(rules.floor_days) << DISCOUNT_BITS).div_ceil(years.max(1))
}

/// The least r, Q32, with r² ≥ `multiple`² · numerator / denominator; `multiple` in 10^-4.
fn root(multiple: u32, numerator: u64, denominator: u64) -> u64 {
    let multiple = BigUint::from(multiple) * multiple;
    let wanted = (multiple * numerator) << (2 * MATURITY_FACTOR_BITS);
    let denominator = BigUint::from(denominator.max(1)) * 100_000_000u32;
    let least = (wanted + &denominator - 1u32) / denominator;
    let floor = least.sqrt();
    let exact = &floor * &floor == least;
    let root = if exact { floor } else { floor + 1u32 };
    u64::try_from(root).unwrap_or(u64::MAX)
}

/// Maturity factor without margin (CRE52.48), Q32, rounded up: the root of the maturity in years,
/// between the floor and one. `maturity` in quarter days.
pub fn maturity_factor(rules: &Derivatives, maturity: u32) -> u64 {
    let (year, days) = (
        u64::from(rules.year_quarter_days),
        u64::from(rules.business_days),
    );
    let maturity = u64::from(maturity).min(year);
    // maturity / year against floor_days / business_days.
    let floor = u64::from(rules.floor_days).min(days) * year;
    root(10_000, (maturity * days).max(floor), year * days)
}

/// Maturity factor of a margin period of so many business days (CRE52.52), Q32, rounded up.
pub fn margined_maturity_factor(rules: &Derivatives, days: u32) -> u64 {
    root(
        rules.margined_multiple,
        days.into(),
        rules.business_days.into(),
    )
}

/// Haircut of margin over a horizon of business days, 10^-9: that of the table (`level`, 10^-4)
/// and that of a currency mismatch, each scaled and rounded up, together at most one.
pub fn margin_haircut(haircuts: &Haircuts, level: u32, mismatch: bool, days: u32) -> u64 {
    let scaled = |haircut| u64::from(scaled_haircut(haircut, days, haircuts.base_holding_days));
    let currency = if mismatch {
        scaled(haircuts.currency_mismatch)
    } else {
        0
    };
    (scaled(level) + currency).min(HAIRCUT_ONE)
}
