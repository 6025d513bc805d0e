//! Add-ons (CRE52.55 to CRE52.72): trades to subsets (buckets, entities), subsets to hedging sets.

use num_bigint::{BigInt, BigUint, Sign};

use super::figures::{ADDON_SHIFT, EFFECTIVE_BITS, HedgingSetFigures, SubsetFigures, TradeFigures};
use crate::amount::WEIGHT_ONE;
use crate::fixed_point::root::ceiling_root;
use crate::rulebook::{Aggregation, ClassLine, Derivatives};

/// 2 · |ΣD| stays below 2 to this power.
const EFFECTIVE_SUM_BITS: u64 = 247;
/// An add-on of a subset stays below 2 to this power.
const SUBSET_ADDON_BITS: u64 = 83;
/// Correlations and sums are in units of 10^-4, their squares in 10^-8.
const SQUARE_ONE: u64 = WEIGHT_ONE * WEIGHT_ONE;
/// Bits of a unit of the add-on below 10^-14: 2^26 · 2^116.
pub(super) const LEAN_SHIFT: u32 = ADDON_SHIFT + EFFECTIVE_BITS;

/// A subset of trades, all of one line; none where the circuit's cells do not hold it.
pub(super) fn subset(
    line: &ClassLine<'_>,
    key: u32,
    name: String,
    trades: Vec<TradeFigures>,
) -> Option<SubsetFigures> {
    let effective: BigInt = trades.iter().map(|trade| &trade.effective).sum();
    let error = trades.iter().map(|trade| &trade.error).sum();
    let notional = effective.magnitude() >> EFFECTIVE_BITS;
    let addon = (&notional * line.factor) >> ADDON_SHIFT;
    let fits = effective.bits() < EFFECTIVE_SUM_BITS && addon.bits() <= SUBSET_ADDON_BITS;
    fits.then_some(SubsetFigures {
        key,
        name,
        class: line.code,
        effective,
        error,
        notional,
        addon,
        trades,
    })
}

/// What the rounding of a subset can have cost, 10^-14 · 2^-116: the trades' errors, the floor of H
/// and the floor of A.
pub(super) fn lean(line: &ClassLine<'_>, subset: &SubsetFigures) -> BigUint {
    &subset.error * line.factor
        + (BigUint::from(line.factor) << EFFECTIVE_BITS)
        + (BigUint::from(1u32) << LEAN_SHIFT)
}

/// A hedging set of subsets, each with its correlation (10^-4; 0 where there is none).
pub(super) fn hedging_set(
    derivatives: &Derivatives,
    line: &ClassLine<'_>,
    number: u32,
    name: String,
    subsets: Vec<(u32, SubsetFigures)>,
) -> HedgingSetFigures {
    let signed = |subset: &SubsetFigures| {
        let sign = match subset.effective.sign() {
            Sign::Minus => Sign::Minus,
            _ => Sign::Plus,
        };
        BigInt::from_biguint(sign, subset.addon.clone())
    };
    let mut sums = [BigInt::ZERO, BigInt::ZERO, BigInt::ZERO];
    let [first, second, third] = &mut sums;
    let square = match line.aggregation {
        Aggregation::Buckets => {
            for (_, subset) in &subsets {
                let sum = match subset.key {
                    1 => &mut *first,
                    2 => &mut *second,
                    _ => &mut *third,
                };
                *sum += signed(subset) * 100u32;
            }
            let [low, high, across] = derivatives.bucket_correlations;
            let squares = &*first * &*first + &*second * &*second + &*third * &*third;
            squares * WEIGHT_ONE
                + &*first * &*second * (2 * low)
                + &*second * &*third * (2 * high)
                + &*first * &*third * (2 * across)
        }
        Aggregation::Entities => {
            for (correlation, subset) in &subsets {
                let own = SQUARE_ONE - u64::from(*correlation) * u64::from(*correlation);
                *first += signed(subset) * *correlation;
                *second += BigInt::from(&subset.addon * &subset.addon * own);
            }
            &*first * &*first + &*second
        }
        Aggregation::Single => {
            for (_, subset) in &subsets {
                *second += BigInt::from(&subset.addon * &subset.addon * SQUARE_ONE);
            }
            second.clone()
        }
    };
    // The rulebook's correlations are positive semidefinite: the square is not below zero.
    let (addon, _) =
        ceiling_root(square.magnitude(), &BigUint::from(SQUARE_ONE)).unwrap_or_default();
    HedgingSetFigures {
        group: line.group,
        variant: line.variant,
        number,
        name,
        asset_class: line.class.asset_class.clone(),
        subsets: subsets.into_iter().map(|(_, subset)| subset).collect(),
        sums,
        square,
        addon,
    }
}
