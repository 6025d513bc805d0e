//! Counterparty credit risk as a risk officer reads it: agreement → netting set → asset class →
//! hedging set → bucket or entity → trade, each with what it contributes.

mod json;
mod page;

use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use num_traits::Zero;
use plimsoll_circuits::book::Variant;
use plimsoll_circuits::counterparty_risk::{
    ADDON_SHIFT, AgreementFigures, DELTA_BITS, EFFECTIVE_BITS, HedgingSetFigures,
    MATURITY_FACTOR_BITS, SetFigures, SubsetFigures, TradeFigures,
};
use plimsoll_circuits::rulebook::{Aggregation, ClassLine};

use super::Units;
use crate::assessment::Assessment;
use crate::sources::Sources;

pub(super) use json::json;
pub(super) use page::write_page;

/// A book with more trades than this shows them only when asked to.
const LISTED_TRADES: usize = 50;

/// Decimal scales of the twin's figures (see `counterparty_risk::figures`).
const RATE_SCALE: u32 = 8;
const COLLATERAL_SCALE: u32 = 17;
const ADDON_SCALE: u32 = 14;
const PFE_SCALE: u32 = 18;
const PFE_BITS: u32 = 18;
const MULTIPLIER_SCALE: i32 = 4;
const MULTIPLIER_BITS: u32 = 44;

/// Turns the twin's figures into whole units of the reporting currency.
struct View<'a> {
    sources: &'a Sources,
    assessment: &'a Assessment,
    units: Units,
    lines: Vec<ClassLine<'a>>,
    /// Whether trades are shown.
    trades: bool,
}

impl<'a> View<'a> {
    fn new(sources: &'a Sources, assessment: &'a Assessment, trades: bool) -> Self {
        Self {
            sources,
            assessment,
            units: Units::of(sources),
            lines: sources.rulebook.derivative_lines(),
            trades: trades || sources.book.trades.len() <= LISTED_TRADES,
        }
    }

    /// Name of an agreement: its own, or its only netting set's.
    fn agreement(&self, agreement: &AgreementFigures) -> &'a str {
        let set = agreement.sets.first();
        let set = set.and_then(|set| self.sources.book.netting_sets.get(set.set));
        set.map_or("", |set| {
            if set.agreement.is_empty() {
                &set.id
            } else {
                &set.agreement
            }
        })
    }

    fn netting_set(&self, set: &SetFigures) -> &'a str {
        let set = self.sources.book.netting_sets.get(set.set);
        set.map_or("", |set| &set.id)
    }

    /// Business days of the margin period under which a set is charged; none without margin.
    fn margin_days(&self, set: &SetFigures) -> Option<u32> {
        let index = usize::try_from(set.period).ok()?.checked_sub(1)?;
        let rules = self.sources.rulebook.derivatives.as_ref()?;
        rules.margin_periods.get(index).map(|period| period.days)
    }

    fn exposure(&self, agreement: &AgreementFigures) -> BigRational {
        self.units.scaled(agreement.exposure.clone(), RATE_SCALE)
    }

    fn replacement_cost(&self, agreement: &AgreementFigures) -> BigRational {
        let cost = agreement.replacement_cost.clone();
        self.units.scaled(cost, COLLATERAL_SCALE)
    }

    fn collateral(&self, value: &BigInt) -> BigRational {
        self.units.scaled(value.clone(), COLLATERAL_SCALE)
    }

    fn value(&self, value: &BigInt) -> BigRational {
        self.units.scaled(value.clone(), RATE_SCALE)
    }

    fn addon(&self, addon: &BigUint) -> BigRational {
        self.units.scaled(addon << ADDON_SHIFT, ADDON_SCALE)
    }

    fn pfe(&self, set: &SetFigures) -> BigRational {
        over(self.units.scaled(set.pfe.clone(), PFE_SCALE), PFE_BITS)
    }

    fn multiplier(&self, set: &SetFigures) -> BigRational {
        let value = crate::figures::fraction(BigUint::from(set.multiplier), MULTIPLIER_SCALE);
        over(value, MULTIPLIER_BITS)
    }

    /// 1/r where the class of a subset has a supervisory duration, which the twin keeps in the
    /// class's factor: people expect it in the notional.
    fn duration(&self, subset: &SubsetFigures) -> BigRational {
        let line = self.lines.iter().find(|line| line.code == subset.class);
        let rules = self.sources.rulebook.derivatives.as_ref();
        let inverse = match (line, rules) {
            (Some(line), Some(rules)) if line.class.duration => rules.duration_inverse_rate,
            _ => 1,
        };
        BigRational::from_integer(inverse.into())
    }

    fn class(&self, subset: &SubsetFigures) -> &'a str {
        let line = self.lines.iter().find(|line| line.code == subset.class);
        line.map_or("", |line| &line.class.name)
    }

    fn buckets(&self, subset: &SubsetFigures) -> bool {
        let line = self.lines.iter().find(|line| line.code == subset.class);
        line.is_some_and(|line| line.aggregation == Aggregation::Buckets)
    }

    /// A sum of effective notionals, with its sign.
    fn effective(&self, subset: &SubsetFigures, value: &BigInt) -> BigRational {
        let value = over(self.units.scaled(value.clone(), RATE_SCALE), EFFECTIVE_BITS);
        value * self.duration(subset)
    }

    /// A subset's own add-on, with its sign.
    fn subset_addon(&self, subset: &SubsetFigures) -> BigRational {
        let addon = self.addon(&subset.addon);
        if subset.effective < BigInt::zero() {
            -addon
        } else {
            addon
        }
    }

    /// A hedging set by name; one that has none takes its group's: rates, energy, metals.
    fn hedging_set(&self, hedging: &HedgingSetFigures) -> String {
        let name = if hedging.name.is_empty() {
            // Codes of a group's three variants begin at three.
            let groups = self.sources.rulebook.derivatives.as_ref();
            let at = (hedging.group / 3).checked_sub(1);
            groups
                .zip(at.and_then(|at| usize::try_from(at).ok()))
                .and_then(|(rules, at)| rules.groups.get(at))
                .map_or(hedging.asset_class.as_str(), |group| &group.name)
        } else {
            &hedging.name
        };
        match hedging.variant {
            Variant::Plain => name.to_owned(),
            Variant::Basis => format!("{name}, basis"),
            Variant::Volatility => format!("{name}, volatility"),
        }
    }

    fn trade(&self, trade: &TradeFigures) -> &'a str {
        let trade = self.sources.book.trades.get(trade.trade);
        trade.map_or("", |trade| &trade.id)
    }
}

/// The add-ons of a netting set's asset classes, in the order of their first hedging set.
fn asset_classes(set: &SetFigures) -> Vec<(&str, Vec<&HedgingSetFigures>)> {
    let mut classes: Vec<(&str, Vec<&HedgingSetFigures>)> = Vec::new();
    for hedging in &set.hedging_sets {
        match classes
            .iter_mut()
            .find(|(name, _)| *name == hedging.asset_class)
        {
            Some((_, sets)) => sets.push(hedging),
            None => classes.push((&hedging.asset_class, vec![hedging])),
        }
    }
    classes
}

fn delta(trade: &TradeFigures) -> BigRational {
    let size = over(BigRational::from_integer(trade.delta.into()), DELTA_BITS);
    if trade.delta_negative { -size } else { size }
}

fn maturity_factor(trade: &TradeFigures) -> BigRational {
    let value = BigRational::from_integer(trade.maturity_factor.into());
    over(value, MATURITY_FACTOR_BITS)
}

/// A value in units of 2^-bits.
fn over(value: BigRational, bits: u32) -> BigRational {
    value / BigRational::from_integer(BigInt::from(1) << bits)
}

/// Charges and exposures are rounded away from zero.
fn outward(value: &BigRational, decimals: u32) -> String {
    if *value < BigRational::zero() {
        crate::figures::rounded_down(value, decimals)
    } else {
        crate::figures::rounded_up(value, decimals)
    }
}
