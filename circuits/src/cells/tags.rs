//! Tags of the public tables. They belong to the circuit id.

use crate::protocol::layout::FIRST_PUBLIC_TAG;

/// (class, weight): exposure class and grade to risk weight.
pub const RISK_WEIGHT: u64 = FIRST_PUBLIC_TAG;
/// (code, factor): currency and balance-sheet kind to exchange rate times conversion factor.
pub const CONVERSION: u64 = FIRST_PUBLIC_TAG + 1;
/// (code, currency, rate, factor): the same, taken apart.
pub const CURRENCY: u64 = FIRST_PUBLIC_TAG + 2;
/// (kind, counterparty, mismatch, measure and split flags, edge, weights): banded classes.
pub const BAND: u64 = FIRST_PUBLIC_TAG + 3;
/// (haircut row, longest maturity, haircut): residual maturity to ten-day haircut.
pub const HAIRCUT: u64 = FIRST_PUBLIC_TAG + 4;
/// (haircut, days, scaled haircut, scaled currency mismatch): holding period and revaluation.
pub const SCALED_HAIRCUT: u64 = FIRST_PUBLIC_TAG + 5;
