//! Tags of the public tables. They belong to the circuit id.

use crate::protocol::layout::FIRST_PUBLIC_TAG;

/// (class, weight): exposure class and grade to risk weight.
pub const RISK_WEIGHT: u64 = FIRST_PUBLIC_TAG;
/// (code, factor): currency and balance-sheet kind to exchange rate times conversion factor.
pub const CONVERSION: u64 = FIRST_PUBLIC_TAG + 1;
/// (code, currency, factor): the same, with the currency told.
pub const CURRENCY_CONVERSION: u64 = FIRST_PUBLIC_TAG + 2;
/// (code, currency, rate, conversion factor): the same, rate and factor apart.
pub const RATE_AND_CONVERSION: u64 = FIRST_PUBLIC_TAG + 3;
/// (currency, rate): exchange rate of a collateral item.
pub const RATE: u64 = FIRST_PUBLIC_TAG + 4;
/// (kind, mismatch, measure, split, open, edge, weight, weight of the rest): banded classes.
pub const BAND: u64 = FIRST_PUBLIC_TAG + 5;
/// (haircut row, longest maturity, haircut): residual maturity to ten-day haircut.
pub const HAIRCUT: u64 = FIRST_PUBLIC_TAG + 6;
/// (haircut, period, mismatch, scaled haircut): holding period, revaluation, currency mismatch.
pub const SCALED_HAIRCUT: u64 = FIRST_PUBLIC_TAG + 7;
/// (cap, floor, original): the three numbers of the maturity mismatch.
pub const MATURITY_MISMATCH: u64 = FIRST_PUBLIC_TAG + 8;
/// (haircut row, longest maturity, level): the same for a security lent; row 0 is cash, at zero.
pub const LENT_HAIRCUT: u64 = FIRST_PUBLIC_TAG + 9;
/// (line and key, values): parameters of the derivatives circuit, one line per job.
pub const DERIVATIVE_LINE: u64 = FIRST_PUBLIC_TAG + 10;
/// (margin period, maturity in quarter days, maturity factor).
pub const MATURITY_FACTOR: u64 = FIRST_PUBLIC_TAG + 11;
/// (date / 512, discount factor): dates in quarter days.
pub const DISCOUNT_HIGH: u64 = FIRST_PUBLIC_TAG + 12;
/// (date mod 512, discount factor).
pub const DISCOUNT_LOW: u64 = FIRST_PUBLIC_TAG + 13;
