//! Aggregate add-on, multiplier and potential future exposure (CRE52.20 to CRE52.23).

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use super::add_on::LEAN_SHIFT;
use super::figures::{ADDON_SHIFT, DELTA_BITS};
use crate::amount::WEIGHT_ONE;
use crate::fixed_point::functions::{EXP_DOMAIN_BITS, EXP_ERROR, exp_neg};
use crate::rulebook::Derivatives;

/// Added to every exponential, Q44, so that the multiplier is never too low.
pub(crate) const EXPONENTIAL_LEAN: u64 = 16;
const _: () = assert!(EXPONENTIAL_LEAN >= EXP_ERROR);
/// A multiplier of one, 10^-4 · 2^-44.
const MULTIPLIER_ONE: u128 = (WEIGHT_ONE as u128) << DELTA_BITS;
/// The exponent's fraction bits (42) less those of the add-on's unit: net is in 10^-17 and AddOn in
/// 2^26 · 10^-14.
const EXPONENT_SHIFT: u32 = 42 - ADDON_SHIFT;

/// The multiplier and what it is made of.
pub(super) struct Multiplier {
    pub(super) full: bool,
    pub(super) exponent: u64,
    pub(super) exponential: u64,
    pub(super) value: u128,
}

/// Σ add-ons and everything that leans, rounded up to the unit of the add-on.
pub(super) fn aggregate<'a>(addons: impl Iterator<Item = &'a BigUint>, lean: &BigUint) -> BigUint {
    addons.sum::<BigUint>() + lean.div_ceil(&(BigUint::from(1u32) << LEAN_SHIFT))
}

/// min(1, F + (1 − F) · e^{(V − C) / (2 (1 − F) AddOn)}), never below the exact value. `net` is
/// V − C in 10^-17; a set that is charged gross has the multiplier one.
pub(super) fn multiplier(
    derivatives: &Derivatives,
    net: &BigInt,
    addon: &BigUint,
    gross: bool,
) -> Multiplier {
    let one = Multiplier {
        full: true,
        exponent: 0,
        exponential: 0,
        value: MULTIPLIER_ONE,
    };
    if net.sign() != Sign::Minus || addon.is_zero() || gross {
        return one;
    }
    let floor = u64::from(derivatives.multiplier_floor);
    let rest = WEIGHT_ONE - floor;
    let last = (1u64 << EXP_DOMAIN_BITS) - 1;
    let above = (net.magnitude() * 10u32) << EXPONENT_SHIFT;
    let exponent = (above / (addon * (2 * rest)))
        .to_u64()
        .unwrap_or(last)
        .min(last);
    let exponential = exp_neg(exponent.into());
    let value = (u128::from(floor) << DELTA_BITS)
        + u128::from(rest) * u128::from(exponential + EXPONENTIAL_LEAN);
    if value > MULTIPLIER_ONE {
        return one;
    }
    Multiplier {
        full: false,
        exponent,
        exponential,
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Rulebook;

    /// With the lean that covers the exponential's error it may pass one, and is one.
    #[test]
    fn it_is_at_most_one() {
        let basel = Rulebook::builtin("basel-2023").unwrap();
        let rules = basel.derivatives.as_ref().unwrap();
        let large = BigUint::from(1u32) << 120;
        let of = |net: BigInt| multiplier(rules, &net, &large, false);
        for full in [BigInt::from(1), BigInt::ZERO, BigInt::from(-1)] {
            let found = of(full);
            assert!(found.full);
            assert_eq!(found.value, MULTIPLIER_ONE);
        }
        let reduced = of(-BigInt::from(large.clone()));
        assert!(!reduced.full && reduced.value < MULTIPLIER_ONE);
    }
}
