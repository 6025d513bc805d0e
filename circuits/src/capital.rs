//! Capital, risk-weighted assets, leverage and ratios, in the clear: the twin of the capital
//! circuit.
//!
//! Everything is an exact fraction in the book's unit, and ratios are compared without dividing.

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
use num_rational::BigRational;

use crate::book::{Book, Line};
use crate::claim::Ratio;
use crate::counterparty_risk::CounterpartyAssessment;
use crate::credit_risk::CreditAssessment;
use crate::rule_error::{RecordProblem, RuleError};
use crate::rulebook::{COUNTERPARTY_RISK, Rulebook, StatedEffect, StatedLine, computes};
use crate::statement::Linked;

pub use ratios::RatioAssessment;
pub use thresholds::ThresholdItems;

/// What the modules that compute credit risk pass on: exposures and, where the book has netting
/// sets, derivatives.
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

impl CreditTotals {
    /// Adds the risk-weighted assets of derivatives, which are in the same unit.
    pub fn add_counterparty(&mut self, counterparty: &CounterpartyAssessment) {
        self.rwa += &counterparty.rwa;
    }
}

/// Own funds, in the book's unit.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnFunds {
    /// Common equity tier 1 after everything; may be negative.
    pub cet1: BigRational,
    /// Additional tier 1 after its deductions and Tier 2's shortfall; never negative.
    pub additional_tier1: BigRational,
    /// Tier 2 after its deductions; never negative.
    pub tier2: BigRational,
    /// Common equity tier 1 before the threshold deductions.
    pub cet1_before_thresholds: BigRational,
    /// General provisions that count: at most the cap.
    pub provisions: BigRational,
    /// What Tier 2 could not absorb of its own deductions.
    pub tier2_shortfall: BigRational,
    /// What additional tier 1 could not absorb of its own deductions and Tier 2's shortfall.
    pub additional_tier1_shortfall: BigRational,
    /// The threshold items.
    pub thresholds: ThresholdItems,
}

/// Risk-weighted assets, in the book's unit.
#[derive(Clone, PartialEq, Eq)]
pub struct RiskWeightedAssets {
    /// From the modules that compute credit risk, counterparty credit risk included.
    pub credit: BigRational,
    /// Threshold items that stay recognised, at their weight.
    pub thresholds: BigRational,
    /// Stated lines that add.
    pub added: BigRational,
    /// Stated lines that reduce.
    pub reduced: BigRational,
    /// All together.
    pub total: BigRational,
}

/// The capital position of a book.
#[derive(Clone, PartialEq, Eq)]
pub struct CapitalAssessment {
    /// Own funds.
    pub own_funds: OwnFunds,
    /// Risk-weighted assets.
    pub rwa: RiskWeightedAssets,
    /// Leverage exposure measure, in the book's unit; `None` where the rulebook takes it from a
    /// stated line and the book states none.
    pub leverage: Option<BigRational>,
    /// The line that would be the leverage exposure measure, where the book does not state it.
    pub leverage_line: Option<String>,
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
    /// [`RuleError::NoRatio`] where the rulebook does not have it, [`RuleError::NoLine`] where the
    /// book does not state the line it rests on.
    pub fn ratio(&self, ratio: Ratio) -> Result<&RatioAssessment, RuleError> {
        let missing = || match (ratio, &self.leverage_line) {
            (Ratio::Leverage, Some(line)) => RuleError::NoLine(ratio, line.clone()),
            _ => RuleError::NoRatio(ratio),
        };
        self.ratios.get(&ratio).ok_or_else(missing)
    }
}

/// Assesses the capital of a book whose credit risk, derivatives included, came to `credit`.
///
/// # Errors
/// Lines that the rulebook does not have, that stand twice, or for what the book computes; assets, liabilities and equity that
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

    let linked = Linked {
        credit_risk: true,
        counterparty_risk: !book.netting_sets.is_empty(),
    };
    let again = |rule: &&StatedLine| {
        let adds = rule.effect == StatedEffect::AddsToRwa;
        linked.counterparty_risk && adds && rule.module == COUNTERPARTY_RISK
    };
    for line in &book.stated {
        let rule = rulebook.stated.iter().find(|rule| rule.name == line.name);
        if let Some(rule) = rule.filter(again) {
            let problem = RecordProblem::AlsoComputed(rule.module.clone());
            return Err(RuleError::record(&line.place, "name", problem));
        }
    }
    balance_sheet::check(rulebook, &capital)?;
    let own_funds = own_funds::own_funds(rulebook, &capital, credit);
    let rwa = risk_weighted_assets::total(rulebook, &stated, credit, &own_funds.thresholds)?;
    let leverage = leverage::measure(rulebook, &stated, credit, &own_funds.thresholds);
    let leverage_line = rulebook
        .stated
        .iter()
        .find(|line| leverage.is_none() && line.effect == StatedEffect::IsLeverage)
        .map(|line| line.name.clone());
    let lines = || {
        let rules = rulebook.stated.iter();
        rules.filter(|line| stated.contains_key(line.name.as_str()))
    };
    let present = |ratio: Ratio, module: &str| {
        let serves = |line: &StatedLine| line.effect.serves(ratio, &rulebook.stated);
        computes(linked, module, ratio) || lines().any(|line| line.module == module && serves(line))
    };
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
    let modules = lines().map(|line| line.module.clone());
    let modules = modules.filter(|module| !module.is_empty());
    Ok(CapitalAssessment {
        own_funds,
        rwa,
        leverage,
        leverage_line,
        stated: modules.collect(),
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

/// An integer in 10^-`scale` of the book's unit.
fn scaled(value: &BigUint, scale: u32) -> BigRational {
    BigRational::new(value.clone().into(), BigInt::from(10).pow(scale))
}

/// A whole number of the book's unit.
fn whole(amount: u64) -> BigRational {
    BigRational::from_integer(amount.into())
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
