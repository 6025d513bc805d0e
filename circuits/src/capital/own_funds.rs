//! The tiers (CAP10, CAP30): components less deductions; what a tier cannot absorb of its own
//! deductions reduces the next higher one; general provisions count in Tier 2 up to their cap.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::ratios::share;
use super::{CreditTotals, OwnFunds, scaled, thresholds, whole};
use crate::amount::RWA_SCALE;
use crate::rulebook::{Role, Rulebook, Tier};

pub(super) fn own_funds(
    rulebook: &Rulebook,
    capital: &BTreeMap<&str, u64>,
    credit: &CreditTotals,
) -> OwnFunds {
    let zero = BigRational::zero;
    let (mut cet1, mut additional_tier1, mut tier2) = (zero(), zero(), zero());
    let mut provisions = zero();
    let mut threshold_items = Vec::new();
    let credit_rwa = scaled(&credit.rwa, RWA_SCALE);
    for item in &rulebook.capital {
        let amount = whole(capital.get(item.name.as_str()).copied().unwrap_or(0));
        let tier = match item.tier {
            Tier::Cet1 => &mut cet1,
            Tier::AdditionalTier1 => &mut additional_tier1,
            Tier::Tier2 => &mut tier2,
        };
        match item.role {
            Role::Component => *tier += amount,
            Role::Deduction => *tier -= amount,
            Role::CappedProvisions { cap } => {
                // The cap is a share of the credit risk that this proof computes.
                let counted = amount.min(&credit_rwa * share(cap));
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

/// Takes a negative tier to zero and returns what was missing.
fn shortfall(tier: &mut BigRational) -> BigRational {
    if *tier >= BigRational::zero() {
        return BigRational::zero();
    }
    -std::mem::replace(tier, BigRational::zero())
}
