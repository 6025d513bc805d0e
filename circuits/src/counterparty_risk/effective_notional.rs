//! Effective notional of a trade (CRE52.33): D = δ · d · MF, an exact product of rounded factors,
//! with a bound of what the rounding can have cost.

use num_bigint::{BigInt, BigUint, Sign};

use super::adjusted_notional::DISCOUNT_ERROR;
use super::figures::TradeFigures;

/// Error bound of a maturity factor, Q32: it is less than one too large; the second unit covers the
/// products of two errors.
pub(crate) const MATURITY_FACTOR_ERROR: u64 = 2;

/// Sets the maturity factor of a trade, and with it D and its error bound. `duration` says whether
/// its discount difference was rounded.
pub(super) fn with_maturity_factor(
    base: &TradeFigures,
    notional: u64,
    duration: bool,
    maturity_factor: u64,
) -> TradeFigures {
    let plain = BigUint::from(notional) * base.rate;
    let adjusted = &plain * base.discount;
    let size = &adjusted * base.delta * maturity_factor;
    let mut error = &adjusted * maturity_factor * base.delta_error;
    error += &adjusted * base.delta * MATURITY_FACTOR_ERROR;
    if duration {
        error += &plain * base.delta * maturity_factor * DISCOUNT_ERROR;
    }
    let sign = if base.delta_negative {
        Sign::Minus
    } else {
        Sign::Plus
    };
    TradeFigures {
        maturity_factor,
        effective: BigInt::from_biguint(sign, size),
        error,
        ..base.clone()
    }
}
