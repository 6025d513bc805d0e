//! Capital, risk-weighted assets, leverage and ratios, in the clear: the twin of the capital
//! circuit.
//!
//! Tiers are counted in 10^-6 of the book's unit, risk-weighted assets in 10^-25, the exposure
//! measure in 10^-12; ratios are exact fractions and are compared without dividing. Rounding
//! happens in two places, the cap on provisions and the thresholds, each by less than 10^-6 of a
//! unit and against the institution.

mod balance_sheet;
mod buffers;
mod leverage;
mod own_funds;
mod ratios;
mod risk_weighted_assets;
mod thresholds;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use num_bigint::{BigInt, BigUint};

use crate::book::{Book, Line};
use crate::claim::Ratio;
use crate::credit_risk::CreditAssessment;
use crate::rule_error::{RecordProblem, RuleError};
use crate::rulebook::{CREDIT_RISK, Rulebook};

pub use ratios::RatioAssessment;
pub use thresholds::ThresholdItems;

/// Tiers are counted in 10^-6 of the book's unit.
pub const CAPITAL_SCALE: u32 = 6;

/// What the credit-risk module passes on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CreditTotals {
    /// Risk-weighted assets, 10^-25 of the book's unit.
    pub rwa: BigUint,
    /// Exposure measure, 10^-12 of the book's unit.
    pub measure: BigUint,
}

impl From<&CreditAssessment> for CreditTotals {
    fn from(credit: &CreditAssessment) -> Self {
        Self {
            rwa: credit.rwa.clone(),
            measure: credit.measure.clone(),
        }
    }
}

/// Own funds, 10^-6 of the book's unit.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnFunds {
    /// Common equity tier 1 after everything; may be negative.
    pub cet1: BigInt,
    /// Additional tier 1 after its deductions and Tier 2's shortfall; never negative.
    pub additional_tier1: BigInt,
    /// Tier 2 after its deductions; never negative.
    pub tier2: BigInt,
    /// Common equity tier 1 before the threshold deductions.
    pub cet1_before_thresholds: BigInt,
    /// General provisions that count, at most the cap.
    pub provisions: BigInt,
    /// What Tier 2 could not absorb of its own deductions.
    pub tier2_shortfall: BigInt,
    /// What additional tier 1 could not absorb of its own deductions and Tier 2's shortfall.
    pub additional_tier1_shortfall: BigInt,
    /// The threshold items.
    pub thresholds: ThresholdItems,
}

/// Risk-weighted assets, 10^-25 of the book's unit.
#[derive(Clone, PartialEq, Eq)]
pub struct RiskWeightedAssets {
    /// From the credit-risk module.
    pub credit: BigUint,
    /// Threshold items that stay recognised, at their weight.
    pub thresholds: BigUint,
    /// Stated lines that add.
    pub added: BigUint,
    /// Stated lines that reduce.
    pub reduced: BigUint,
    /// All together.
    pub total: BigUint,
}

/// The capital position of a book.
#[derive(Clone, PartialEq, Eq)]
pub struct CapitalAssessment {
    /// Own funds.
    pub own_funds: OwnFunds,
    /// Risk-weighted assets.
    pub rwa: RiskWeightedAssets,
    /// Leverage exposure measure, 10^-12 of the book's unit; `None` where the rulebook takes it
    /// from a stated line and the book states none.
    pub leverage: Option<BigUint>,
    /// Modules that the book states, in the order of their names.
    pub stated: BTreeSet<String>,
    /// The ratios that the rulebook has, each with what it needs.
    pub ratios: BTreeMap<Ratio, RatioAssessment>,
    /// Least share of earnings to conserve at the rulebook's own buffer, 10^-6; `None` without one.
    pub conservation: Option<u32>,
}

impl CapitalAssessment {
    /// One ratio.
    ///
    /// # Errors
    /// Where the rulebook does not have it, or the book does not state the line it rests on.
    pub fn ratio(&self, ratio: Ratio) -> Result<&RatioAssessment, RuleError> {
        self.ratios.get(&ratio).ok_or(RuleError::NoRatio(ratio))
    }
}

/// Assesses the capital of a book whose credit risk came to `credit`.
///
/// # Errors
/// Lines that the rulebook does not have or that stand twice; assets, liabilities and equity that
/// contradict each other; stated reductions above the risk-weighted assets.
pub fn assess_capital(
    book: &Book,
    rulebook: &Rulebook,
    credit: &CreditTotals,
) -> Result<CapitalAssessment, RuleError> {
    let items = rulebook.capital.iter().map(|item| item.name.as_str());
    let capital = lines(&book.capital, items, "capital item")?;
    let known = rulebook.stated.iter().map(|line| line.name.as_str());
    let stated = lines(&book.stated, known, "stated line")?;

    balance_sheet::check(rulebook, &capital)?;
    let own_funds = own_funds::own_funds(rulebook, &capital, credit);
    let rwa = risk_weighted_assets::total(rulebook, &stated, credit, &own_funds.thresholds)?;
    let leverage = leverage::measure(rulebook, &stated, credit, &own_funds.thresholds);
    let modules: BTreeSet<String> = rulebook
        .stated
        .iter()
        .filter(|line| stated.contains_key(line.name.as_str()) && !line.module.is_empty())
        .map(|line| line.module.clone())
        .collect();
    let present = |module: &str| module == CREDIT_RISK || modules.contains(module);
    let ratios = ratios::all(
        rulebook,
        &own_funds,
        &rwa.total,
        leverage.as_ref(),
        &present,
    );
    let conservation = ratios
        .get(&Ratio::Buffer)
        .and_then(|buffer| buffers::conservation(rulebook, buffer, rulebook.conservation_buffer));
    Ok(CapitalAssessment {
        own_funds,
        rwa,
        leverage,
        stated: modules,
        ratios,
        conservation,
    })
}

/// Least share of earnings to conserve, 10^-6, where the combined buffer requirement (10^-6 of
/// risk-weighted assets) is `combined`: the rulebook's own and whatever applies to one institution.
/// `None` where the rulebook has no buffer.
pub fn conservation(rulebook: &Rulebook, buffer: &RatioAssessment, combined: u32) -> Option<u32> {
    buffers::conservation(rulebook, buffer, combined)
}

/// Amounts by name; refuses unknown names and second occurrences.
fn lines<'a>(
    lines: &'a [Line],
    known: impl Iterator<Item = &'a str>,
    what: &'static str,
) -> Result<BTreeMap<&'a str, u64>, RuleError> {
    let known: BTreeSet<&str> = known.collect();
    let mut amounts = BTreeMap::new();
    for line in lines {
        let name = line.name.as_str();
        if !known.contains(name) {
            return Err(RuleError::unknown(&line.place, "name", what, name));
        }
        if amounts.insert(name, line.amount).is_some() {
            let problem = RecordProblem::Duplicate(name.to_owned());
            return Err(RuleError::record(&line.place, "name", problem));
        }
    }
    Ok(amounts)
}

impl fmt::Debug for CreditTotals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreditTotals")
    }
}

impl fmt::Debug for OwnFunds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnFunds")
    }
}

impl fmt::Debug for RiskWeightedAssets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RiskWeightedAssets")
    }
}

impl fmt::Debug for CapitalAssessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CapitalAssessment(stated: {:?})", self.stated)
    }
}
