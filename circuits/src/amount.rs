//! Integers in declared units: what every figure of a book, a rulebook or a snapshot is made of.
//!
//! | quantity | unit | bits |
//! | --- | --- | --- |
//! | amount | 10^(−s) of a currency, one s per book | 64, unsigned |
//! | risk weight, conversion factor | 10^-4 | 17 |
//! | haircut, scaled | 10^-9, rounded up | 30 |
//! | exchange rate | 10^-8 of the reporting currency | 47 |
//! | threshold (loan-to-value, claim, cap) | 10^-6 | 24 |

mod decimal;

pub use decimal::{AmountError, MAX_SCALE, MIN_SCALE, format_amount, format_scaled, parse_amount};

/// Bits of an amount.
pub const AMOUNT_BITS: u32 = 64;
/// A weight or a conversion factor of 100 %.
pub const WEIGHT_ONE: u64 = 10_000;
/// A haircut of 100 %.
pub const HAIRCUT_ONE: u64 = 1_000_000_000;
/// An exchange rate of one.
pub const RATE_ONE: u64 = 100_000_000;
/// A threshold of 100 %.
pub const THRESHOLD_ONE: u64 = 1_000_000;
/// Bits of an exchange rate (10^-8): up to 1.4 million units of the reporting currency for one.
pub const RATE_BITS: u32 = 47;
/// Risk-weighted assets are summed without rounding in units of 10^-25 of the book's unit:
/// haircut (9) + exchange rate (8) + weight (4) + conversion factor (4).
pub const RWA_SCALE: u32 = 25;
/// Exposure measures are summed without rounding in units of 10^-12 of the book's unit:
/// exchange rate (8) + conversion factor (4).
pub const EXPOSURE_SCALE: u32 = 12;
