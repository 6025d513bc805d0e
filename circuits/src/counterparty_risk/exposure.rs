//! Exposure at default (CRE52.1, CRE52.2): netting sets, and the agreements they are charged under.

use std::collections::BTreeMap;

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;

use super::add_on::{hedging_set, lean, subset};
use super::effective_notional::with_maturity_factor;
use super::figures::{AgreementFigures, SetFigures, TradeFigures};
use super::margin::{self, Period};
use super::maturity_factor::{FACTOR_ONE, margined_factor, unmargined_factor};
use super::multiplier::{aggregate, multiplier};
use super::problem::DerivativeProblem;
use super::replacement_cost::{self, VALUE_TO_COLLATERAL};
use super::rules::{CounterpartyRules, Prepared};
use crate::book::{Instrument, MarginItem, NettingSet};
use crate::rule_error::RuleError;
use crate::rulebook::ClassLine;

/// Fraction bits of a PFE beyond its 10^-18.
const PFE_BITS: u32 = 18;
/// Alpha times a PFE is in 10^-22 · 2^-18; an exposure in 10^-8.
const EXPOSURE_UNIT: u64 = 100_000_000_000_000;
/// An exposure (10^-8) times a weight (10^-4) in 10^-25.
const RWA_UNIT: u64 = 10_000_000_000_000;

/// A netting set with its trades and its margin.
pub(super) struct SetRecords<'a> {
    pub(super) index: usize,
    pub(super) set: &'a NettingSet,
    pub(super) trades: Vec<Prepared<'a>>,
    pub(super) items: Vec<(usize, &'a MarginItem)>,
}

impl SetRecords<'_> {
    /// Whether its class is charged gross; then it is alone in the set.
    fn is_gross(&self) -> Result<bool, RuleError> {
        let Some(gross) = self.trades.iter().find(|trade| trade.line.class.gross) else {
            return Ok(false);
        };
        let set = self.set;
        let alone = self.trades.len() == 1 && self.items.is_empty();
        if !alone || set.margin.is_some() || !set.agreement.is_empty() {
            let place = &gross.trade.place;
            return Err(RuleError::derivative(
                place,
                "netting_set",
                DerivativeProblem::Gross,
            ));
        }
        Ok(true)
    }

    /// Sold options only, their premiums paid, and no margin.
    fn check_outside(&self) -> Result<(), RuleError> {
        let set = self.set;
        let problem = || DerivativeProblem::Outside;
        if set.margin.is_some() || !set.agreement.is_empty() {
            return Err(RuleError::derivative(&set.place, "outside", problem()));
        }
        if let Some((_, item)) = self.items.first() {
            return Err(RuleError::derivative(&item.place, "netting_set", problem()));
        }
        let other = self.trades.iter().find(|trade| {
            let option = matches!(trade.trade.instrument, Instrument::Option { .. });
            trade.trade.bought || !option || trade.value > BigInt::ZERO
        });
        match other {
            None => Ok(()),
            Some(other) => Err(RuleError::derivative(
                &other.trade.place,
                "netting_set",
                problem(),
            )),
        }
    }
}

impl CounterpartyRules<'_> {
    /// A netting set with a margin period, or without.
    fn set(
        &self,
        records: &SetRecords<'_>,
        period: Option<Period>,
    ) -> Result<SetFigures, RuleError> {
        let derivatives = self.derivatives;
        let gross = records.is_gross()?;
        let days = period.map_or(derivatives.unmargined_haircut_days, |period| period.days);
        let (mut independent, mut variation) = (BigInt::ZERO, BigInt::ZERO);
        let mut items = Vec::with_capacity(records.items.len());
        let counts = period.is_some() || derivatives.cap_counts_variation_margin;
        for (index, item) in &records.items {
            let figures = margin::item(self, records.set, *index, item, days, counts)?;
            if figures.variation {
                variation += &figures.value;
            } else {
                independent += &figures.value;
            }
            items.push(figures);
        }
        let collateral = if counts {
            &independent + &variation
        } else {
            independent.clone()
        };

        let margined = period.map(|period| margined_factor(derivatives, period.days));
        let mut value = BigInt::ZERO;
        let mut grouped: BTreeMap<(u32, u32), BTreeMap<u32, Vec<&Prepared<'_>>>> = BTreeMap::new();
        for trade in &records.trades {
            value += &trade.value;
            let hedging_set = grouped.entry((trade.line.group, trade.number));
            let subset = hedging_set.or_default().entry(trade.key);
            subset.or_default().push(trade);
        }
        let mut hedging_sets = Vec::with_capacity(grouped.len());
        let mut leans = BigUint::ZERO;
        for ((_, number), subsets) in grouped {
            let mut parts = Vec::with_capacity(subsets.len());
            // Where the set is found by its first trade: its group and number are the same in all.
            let mut first: Option<&Prepared<'_>> = None;
            for (key, trades) in subsets {
                let Some(one) = trades.first() else { continue };
                first.get_or_insert(one);
                let line = &one.line;
                if let Some(other) = trades.iter().find(|other| other.line.code != line.code) {
                    let problem = DerivativeProblem::TwoClasses(name_of(other).to_owned());
                    return Err(RuleError::derivative(&other.trade.place, "class", problem));
                }
                let figures: Vec<TradeFigures> = trades
                    .iter()
                    .map(|trade| {
                        let factor = match margined {
                            _ if gross => FACTOR_ONE,
                            Some(factor) => factor,
                            None => unmargined_factor(derivatives, trade.trade.maturity),
                        };
                        let duration = line.class.duration;
                        with_maturity_factor(&trade.figures, trade.trade.notional, duration, factor)
                    })
                    .collect();
                let name = subset_name(line, key, one);
                let Some(part) = subset(line, key, name, figures) else {
                    let problem = DerivativeProblem::Magnitude;
                    return Err(RuleError::derivative(&one.trade.place, "notional", problem));
                };
                leans += lean(line, &part);
                parts.push((line.class.correlation, part));
            }
            if let Some(first) = first {
                let name = if first.line.tied {
                    first.trade.currency.to_string()
                } else {
                    first.trade.hedging_set.to_string()
                };
                hedging_sets.push(hedging_set(derivatives, &first.line, number, name, parts));
            }
        }
        let addon = aggregate(hedging_sets.iter().map(|set| &set.addon), &leans);
        let net = &value * VALUE_TO_COLLATERAL - &collateral;
        let multiplier = multiplier(derivatives, &net, &addon, gross);
        Ok(SetFigures {
            set: records.index,
            period: period.map_or(0, |period| period.number),
            margin: items,
            hedging_sets,
            trades: u32::try_from(records.trades.len()).unwrap_or(u32::MAX),
            value,
            independent,
            variation,
            collateral,
            lean: leans,
            pfe: &addon * multiplier.value,
            addon,
            full: multiplier.full,
            exponent: multiplier.exponent,
            exponential: multiplier.exponential,
            multiplier: multiplier.value,
        })
    }

    /// One netting set, or the sets of one margin agreement. The first names the counterparty.
    /// `capped`: a margined set is charged at most what it would cost without margin.
    pub(super) fn agreement(
        &self,
        sets: &[SetRecords<'_>],
        capped: bool,
    ) -> Result<Option<AgreementFigures>, RuleError> {
        let Some(first) = sets.first() else {
            return Ok(None);
        };
        let (class, weight) = self.class(&first.set.place, &first.set.class, &first.set.grade)?;
        for other in sets {
            let (found, _) = self.class(&other.set.place, &other.set.class, &other.set.grade)?;
            if found != class {
                let problem = DerivativeProblem::AgreementClass;
                return Err(RuleError::derivative(&other.set.place, "class", problem));
            }
            if other.set.outside {
                other.check_outside()?;
            }
        }
        let alone = sets.len() == 1;
        let margin = first.set.margin.as_ref().filter(|_| alone);
        if margin.is_none() {
            let mut items = sets.iter().flat_map(|set| &set.items);
            if let Some((_, item)) = items.find(|(_, item)| item.variation) {
                let problem = DerivativeProblem::Variation;
                return Err(RuleError::derivative(&item.place, "purpose", problem));
            }
        }
        let figures = sets.iter().map(|set| self.set(set, None));
        let figures: Vec<SetFigures> = figures.collect::<Result<_, _>>()?;
        let (cost, received) = replacement_cost::unmargined(&figures);
        let exposure = self.exposure(&cost, &figures);
        let mut charged = AgreementFigures {
            sets: figures,
            threshold: 0,
            minimum_transfer: 0,
            replacement_cost: cost,
            received,
            outside: first.set.outside,
            exposure,
            class,
            weight,
            rwa: BigUint::ZERO,
        };
        if let Some(margin) = margin {
            let period = margin::period(self.derivatives, first.set, margin, first.trades.len())?;
            let figures = vec![self.set(first, Some(period))?];
            let cost = figures
                .first()
                .map(|set| replacement_cost::margined(set, margin))
                .unwrap_or_default();
            let exposure = self.exposure(&cost, &figures);
            if !capped || exposure <= charged.exposure {
                charged = AgreementFigures {
                    received: figures
                        .first()
                        .is_some_and(|set| set.collateral >= BigInt::ZERO),
                    sets: figures,
                    threshold: margin.threshold,
                    minimum_transfer: margin.minimum_transfer,
                    replacement_cost: cost,
                    exposure,
                    ..charged
                };
            }
        }
        if charged.outside {
            charged.exposure = BigUint::ZERO;
        }
        charged.rwa = &charged.exposure * weight * RWA_UNIT;
        Ok(Some(charged))
    }

    /// Alpha · (RC + Σ PFE), 10^-8, rounded up.
    fn exposure(&self, cost: &BigUint, sets: &[SetFigures]) -> BigUint {
        let pfe: BigUint = sets.iter().map(|set| &set.pfe).sum();
        let whole = ((cost * 10u32) << PFE_BITS) + pfe;
        let unit = BigUint::from(EXPOSURE_UNIT) << PFE_BITS;
        (whole * self.derivatives.alpha).div_ceil(&unit)
    }
}

/// What people call the part that a trade belongs to.
fn name_of<'a>(trade: &Prepared<'a>) -> &'a str {
    match trade.trade.entity.as_str() {
        "" => &trade.trade.hedging_set,
        entity => entity,
    }
}

/// Name of a subset for people.
fn subset_name(line: &ClassLine<'_>, key: u32, trade: &Prepared<'_>) -> String {
    use crate::rulebook::Aggregation;
    match line.aggregation {
        Aggregation::Buckets => format!("bucket {key}"),
        Aggregation::Entities => trade.trade.entity.to_string(),
        Aggregation::Single => String::new(),
    }
}
