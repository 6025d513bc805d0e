//! The tiers (CAP10, CAP30): components less deductions; what a tier cannot absorb of its own
//! deductions reduces the next higher one; general provisions count in Tier 2 up to their cap.

use std::collections::BTreeMap;

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;

use super::{CreditTotals, OwnFunds, thresholds};
use crate::amount::RWA_SCALE;
use crate::rulebook::{Role, Rulebook, Tier};

/// One unit of the book in 10^-6.
const UNIT: u64 = 1_000_000;

pub(super) fn own_funds(
    rulebook: &Rulebook,
    capital: &BTreeMap<&str, u64>,
    credit: &CreditTotals,
) -> OwnFunds {
    let (mut cet1, mut additional_tier1, mut tier2) = (BigInt::ZERO, BigInt::ZERO, BigInt::ZERO);
    let mut provisions = BigInt::ZERO;
    let mut threshold_items = Vec::new();
    for item in &rulebook.capital {
        let amount = capital.get(item.name.as_str()).copied().unwrap_or(0);
        let amount = BigInt::from(amount) * UNIT;
        let tier = match item.tier {
            Tier::Cet1 => &mut cet1,
            Tier::AdditionalTier1 => &mut additional_tier1,
            Tier::Tier2 => &mut tier2,
        };
        match item.role {
            Role::Component => *tier += amount,
            Role::Deduction => *tier -= amount,
            Role::CappedProvisions { cap } => {
                let counted = amount.min(provisions_cap(cap, &credit.rwa));
                *tier += &counted;
                provisions += counted;
            }
            Role::Threshold => threshold_items.push(amount),
            Role::Assets | Role::Liabilities => {}
        }
    }
    let tier2_shortfall = shortfall(&mut tier2);
    additional_tier1 -= &tier2_shortfall;
    let additional_tier1_shortfall = shortfall(&mut additional_tier1);
    cet1 -= &additional_tier1_shortfall;
    let cet1_before_thresholds = cet1;
    let thresholds = thresholds::apply(
        rulebook.thresholds.as_ref(),
        &cet1_before_thresholds,
        &threshold_items,
    );
    OwnFunds {
        cet1: &cet1_before_thresholds - &thresholds.deducted,
        additional_tier1,
        tier2,
        cet1_before_thresholds,
        provisions,
        tier2_shortfall,
        additional_tier1_shortfall,
        thresholds,
    }
}

/// The cap (10^-6) of the credit risk that this proof computes, in 10^-6 of a unit, rounded down.
fn provisions_cap(cap: u32, credit_rwa: &BigUint) -> BigInt {
    BigInt::from((credit_rwa * cap).div_floor(&BigUint::from(10_u32).pow(RWA_SCALE)))
}

/// Takes a negative tier to zero and returns what was missing.
fn shortfall(tier: &mut BigInt) -> BigInt {
    if *tier >= BigInt::ZERO {
        return BigInt::ZERO;
    }
    -std::mem::take(tier)
}
