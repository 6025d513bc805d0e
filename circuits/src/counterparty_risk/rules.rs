//! A rulebook, a snapshot and the names of a book, indexed for charging one trade after another.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use num_bigint::{BigInt, BigUint};

use super::adjusted_notional::{DISCOUNT_ONE, DiscountTables, discount_floor};
use super::delta::delta;
use super::figures::TradeFigures;
use super::problem::DerivativeProblem;
use crate::book::{Book, Place, Signed, Trade, Variant};
use crate::rule_error::RuleError;
use crate::rulebook::{Aggregation, ClassLine, Derivatives, END_BITS, Rulebook};
use crate::snapshot::Snapshot;

/// Names of the book's hedging sets, sorted; the number of a name is its place, from 1. Rates and
/// inflation in plain trades have none: their number is the currency's.
pub fn hedging_set_names(book: &Book) -> Vec<&str> {
    sorted(book.trades.iter().map(|trade| trade.hedging_set.as_str()))
}

/// Names of the book's entities, sorted; the number of a name is its place, from 1.
pub fn entity_names(book: &Book) -> Vec<&str> {
    sorted(book.trades.iter().map(|trade| trade.entity.as_str()))
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    names.into_iter().collect()
}

fn numbered(names: Vec<&str>) -> HashMap<&str, u32> {
    names.into_iter().zip(1..).collect()
}

/// A trade with everything that does not depend on margin; and where it belongs.
pub(super) struct Prepared<'a> {
    pub(super) trade: &'a Trade,
    pub(super) line: ClassLine<'a>,
    /// Number of the hedging set within the line's group.
    pub(super) number: u32,
    /// Key of the subset.
    pub(super) key: u32,
    /// Without maturity factor, D and error bound.
    pub(super) figures: TradeFigures,
    /// Market value, 10^-8.
    pub(super) value: BigInt,
}

/// See the top of the file.
pub(super) struct CounterpartyRules<'a> {
    pub(super) rulebook: &'a Rulebook,
    pub(super) derivatives: &'a Derivatives,
    snapshot: &'a Snapshot,
    lines: HashMap<(&'a str, Variant), ClassLine<'a>>,
    /// Currencies and assets that the book names: number and rate.
    rates: HashMap<&'a str, (u32, u64)>,
    /// Class and grade → class index and weight.
    classes: HashMap<(&'a str, &'a str), (u32, u32)>,
    discounts: DiscountTables,
    discount_floor: u64,
    hedging_sets: HashMap<&'a str, u32>,
    entities: HashMap<&'a str, u32>,
}

impl<'a> CounterpartyRules<'a> {
    /// Indexes; `None` where the rulebook has no derivatives.
    pub(super) fn new(
        book: &'a Book,
        rulebook: &'a Rulebook,
        snapshot: &'a Snapshot,
    ) -> Option<Self> {
        let derivatives = rulebook.derivatives.as_ref()?;
        let trades = book.trades.iter();
        let names = trades
            .flat_map(|trade| [trade.currency.as_str(), trade.value_currency.as_str()])
            .chain(book.netting_sets.iter().map(|set| set.currency.as_str()))
            .chain(book.margin.iter().map(|item| item.currency.as_str()));
        let names: BTreeSet<&str> = names.collect();
        let rates = names
            .into_iter()
            .filter_map(|name| {
                let found = (snapshot.currency_index(name)?, snapshot.rate(name)?);
                Some((name, found))
            })
            .collect();
        Some(Self {
            rulebook,
            derivatives,
            snapshot,
            lines: rulebook
                .derivative_lines()
                .into_iter()
                .map(|line| ((line.class.name.as_str(), line.variant), line))
                .collect(),
            rates,
            classes: (1..)
                .zip(rulebook.class_rows())
                .map(|(index, (class, grade, weight))| ((class, grade), (index, weight)))
                .collect(),
            discounts: DiscountTables::new(derivatives),
            discount_floor: discount_floor(derivatives),
            hedging_sets: numbered(hedging_set_names(book)),
            entities: numbered(entity_names(book)),
        })
    }

    /// Number and rate of a currency or asset; an empty name is the reporting currency.
    fn rate(
        &self,
        place: &Place,
        column: &'static str,
        name: &str,
    ) -> Result<(u32, u64), RuleError> {
        let unknown = || RuleError::unknown(place, column, "currency or asset", name);
        self.rates.get(name).copied().ok_or_else(unknown)
    }

    /// Number and rate of a currency.
    pub(super) fn currency(
        &self,
        place: &Place,
        column: &'static str,
        name: &str,
    ) -> Result<(u32, u64), RuleError> {
        if !self.snapshot.is_currency(name) {
            return Err(RuleError::unknown(place, column, "currency", name));
        }
        self.rate(place, column, name)
    }

    /// Class index and weight (10^-4) of a counterparty.
    pub(super) fn class(
        &self,
        place: &Place,
        class: &str,
        grade: &str,
    ) -> Result<(u32, u32), RuleError> {
        if let Some(found) = self.classes.get(&(class, grade)) {
            return Ok(*found);
        }
        let known = self.classes.keys().any(|(name, _)| *name == class);
        Err(if !known {
            RuleError::unknown(place, "class", "exposure class", class)
        } else if grade.is_empty() {
            RuleError::missing(place, "grade", "the weight depends on the grade")
        } else {
            RuleError::unknown(place, "grade", "grade", grade)
        })
    }

    /// Everything of a trade but its margin.
    pub(super) fn prepare(
        &self,
        index: usize,
        trade: &'a Trade,
    ) -> Result<Prepared<'a>, RuleError> {
        let place = &trade.place;
        let refuse = |column, problem| Err(RuleError::derivative(place, column, problem));
        let Some(line) = self.lines.get(&(trade.class.as_str(), trade.variant)) else {
            let known = self.lines.keys().any(|(name, _)| *name == trade.class);
            return Err(if known {
                RuleError::unknown(place, "variant", "variant of the class", &trade.class)
            } else {
                RuleError::unknown(place, "class", "derivative class", &trade.class)
            });
        };
        let (currency, rate) = self.rate(place, "currency", &trade.currency)?;
        let (value_currency, value_rate) =
            self.rate(place, "value_currency", &trade.value_currency)?;
        if trade.end >> END_BITS != 0 || (line.class.duration && trade.start >= trade.end) {
            return refuse("end", DerivativeProblem::Interval(1 << END_BITS));
        }
        let (discount_raw, discount) = if line.class.duration {
            let raw = self.discounts.difference(trade.start, trade.end);
            (raw, raw.max(self.discount_floor))
        } else {
            (DISCOUNT_ONE, DISCOUNT_ONE)
        };
        let delta = delta(self.derivatives, line, trade, rate)?;
        let (number, key) = (
            self.hedging_set(line, trade, currency)?,
            self.key(line, trade)?,
        );
        let Signed {
            negative,
            magnitude,
        } = trade.market_value;
        let value = BigInt::from(magnitude) * value_rate;
        Ok(Prepared {
            trade,
            line: *line,
            number,
            key,
            value: if negative { -value } else { value },
            figures: TradeFigures {
                trade: index,
                rate,
                value_rate,
                currency,
                value_currency,
                discount_raw,
                discount,
                delta: delta.size,
                delta_negative: delta.negative,
                delta_error: delta.error,
                maturity_factor: 0,
                effective: BigInt::ZERO,
                error: BigUint::ZERO,
                option: delta.option,
            },
        })
    }

    /// Number of the hedging set within the group: of the currency, of a name, or 0.
    fn hedging_set(
        &self,
        line: &ClassLine<'_>,
        trade: &Trade,
        currency: u32,
    ) -> Result<u32, RuleError> {
        let number = self.hedging_sets.get(trade.hedging_set.as_str()).copied();
        let (place, column) = (&trade.place, "hedging_set");
        match (line.named && !line.tied, number) {
            (true, Some(number)) => Ok(number),
            (true, None) => {
                let why = "the class has several hedging sets";
                Err(RuleError::missing(place, column, why))
            }
            (false, Some(_)) => {
                let why = if line.tied {
                    "the currency is the hedging set"
                } else {
                    "the class has one hedging set"
                };
                let problem = DerivativeProblem::Surplus(why);
                Err(RuleError::derivative(place, column, problem))
            }
            (false, None) if line.tied => Ok(currency),
            (false, None) => Ok(0),
        }
    }

    /// Key of the subset: bucket of the end date, number of the entity, or 0.
    fn key(&self, line: &ClassLine<'_>, trade: &Trade) -> Result<u32, RuleError> {
        let number = self.entities.get(trade.entity.as_str()).copied();
        let (place, column) = (&trade.place, "entity");
        match (line.aggregation, number) {
            (Aggregation::Entities, Some(number)) => Ok(number),
            (Aggregation::Entities, None) => {
                let why = "trades of the class offset by entity";
                Err(RuleError::missing(place, column, why))
            }
            (_, Some(_)) => {
                let problem = DerivativeProblem::Surplus("the class has no entities");
                Err(RuleError::derivative(place, column, problem))
            }
            (Aggregation::Buckets, None) => {
                let [low, high] = self.derivatives.bucket_edges;
                Ok(if trade.end < low {
                    1
                } else if trade.end <= high {
                    2
                } else {
                    3
                })
            }
            (Aggregation::Single, None) => Ok(0),
        }
    }
}

impl fmt::Debug for CounterpartyRules<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CounterpartyRules({})", self.rulebook.name)
    }
}
