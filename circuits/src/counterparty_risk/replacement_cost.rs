//! Replacement cost (CRE52.10, CRE52.18, CRE52.75), 10^-17 of the book's unit.

use num_bigint::{BigInt, BigUint};

use super::figures::SetFigures;
use crate::book::Margin;

/// Market values are in 10^-8, collateral in 10^-17.
pub(super) const VALUE_TO_COLLATERAL: u32 = 1_000_000_000;
/// A whole unit in 10^-17.
const WHOLE: u64 = 100_000_000_000_000_000;

/// Replacement cost, and whether the collateral is net received.
pub(super) fn unmargined(sets: &[SetFigures]) -> (BigUint, bool) {
    let collateral: BigInt = sets.iter().map(|set| &set.collateral).sum();
    let values = || sets.iter().map(|set| &set.value * VALUE_TO_COLLATERAL);
    let positive: BigInt = values().filter(|value| *value > BigInt::ZERO).sum();
    let received = collateral >= BigInt::ZERO;
    let cost = if received {
        positive - collateral
    } else {
        // Σ max(V, 0) + max(Σ min(V, 0) − C, 0).
        let net = values().sum::<BigInt>() - collateral;
        positive.max(net)
    };
    (not_negative(cost), received)
}

/// Replacement cost of a margined set: max(V − C, TH + MTA − NICA, 0).
pub(super) fn margined(set: &SetFigures, margin: &Margin) -> BigUint {
    margined_cost(&set.value, &set.collateral, &set.independent, margin)
}

/// max(V − C, TH + MTA − NICA, 0), 10^-17 of the book's unit, of a value in 10^-8 and collateral
/// and independent amounts in 10^-17.
pub fn margined_cost(
    value: &BigInt,
    collateral: &BigInt,
    independent: &BigInt,
    margin: &Margin,
) -> BigUint {
    let now = value * VALUE_TO_COLLATERAL - collateral;
    let trigger = BigInt::from(margin.threshold) + BigInt::from(margin.minimum_transfer);
    not_negative(now.max(trigger * WHOLE - independent))
}

fn not_negative(value: BigInt) -> BigUint {
    value.to_biguint().unwrap_or(BigUint::ZERO)
}
