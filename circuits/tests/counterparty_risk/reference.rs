//! SA-CCR again, from the text of CRE52, in 200-bit arithmetic: years, fractions and names, where
//! the twin has quarter days, units and numbers.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use plimsoll_circuits::book::{Book, Instrument, MarginItem, NettingSet, Trade, Variant};
use plimsoll_circuits::rulebook::{Aggregation, DerivativeClass, Derivatives, Rulebook};
use plimsoll_circuits::snapshot::Snapshot;

use crate::real::Real;

pub(crate) struct ExactTrade {
    pub(crate) adjusted: Real,
    pub(crate) delta: Real,
    pub(crate) maturity_factor: Real,
    pub(crate) effective: Real,
}

pub(crate) struct ExactSet {
    /// In the order of the book.
    pub(crate) trades: Vec<ExactTrade>,
    pub(crate) addon: Real,
    pub(crate) multiplier: Real,
    /// Σ factor · |d| · max(δ, 1) · MF: what a relative error of a trade can cost.
    pub(crate) gross: Real,
    /// The same over options so close to their end that the wider error bound applies.
    pub(crate) near: Real,
    /// Σ |collateral before its haircut|.
    pub(crate) pledged: Real,
}

pub(crate) struct ExactAgreement {
    pub(crate) sets: Vec<ExactSet>,
    pub(crate) cost: Real,
    pub(crate) exposure: Real,
    pub(crate) margined: bool,
}

pub(crate) struct Reference<'a> {
    pub(crate) book: &'a Book,
    pub(crate) rulebook: &'a Rulebook,
    pub(crate) snapshot: &'a Snapshot,
}

fn percent(value: u32) -> Real {
    Real::ratio(value, 10_000)
}

impl Reference<'_> {
    fn rules(&self) -> &Derivatives {
        self.rulebook.derivatives.as_ref().expect("derivatives")
    }

    fn class(&self, trade: &Trade) -> &DerivativeClass {
        let classes = &self.rules().classes;
        classes
            .iter()
            .find(|class| class.name == trade.class)
            .expect("a class")
    }

    fn rate(&self, name: &str) -> Real {
        Real::ratio(self.snapshot.rate(name).expect("a rate"), 100_000_000)
    }

    fn years(&self, quarter_days: u32) -> Real {
        Real::ratio(quarter_days, self.rules().year_quarter_days)
    }

    fn factor(&self, trade: &Trade) -> Real {
        let multiple = match trade.variant {
            Variant::Plain => 10_000,
            Variant::Basis => self.rules().basis_multiple,
            Variant::Volatility => self.rules().volatility_multiple,
        };
        Real::ratio(self.class(trade).factor, 1_000_000) * percent(multiple)
    }

    fn adjusted(&self, trade: &Trade) -> Real {
        let plain = Real::ratio(trade.notional, 1) * self.rate(&trade.currency);
        if !self.class(trade).duration {
            return plain;
        }
        let rules = self.rules();
        let rate = Real::ratio(1, rules.duration_inverse_rate);
        let discount = |days| (-&(&rate * &self.years(days))).exp();
        let duration = (discount(trade.start) - discount(trade.end)) / rate;
        plain * duration.max(Real::ratio(rules.floor_days, rules.business_days))
    }

    fn delta(&self, trade: &Trade) -> Real {
        let one = Real::whole(1);
        let (size, negative) = match trade.instrument {
            Instrument::Linear => (one, !trade.bought),
            Instrument::Option {
                put,
                price,
                strike,
                expiry,
                ..
            } => {
                let sigma = percent(self.class(trade).volatility);
                let year = BigInt::from(self.rules().year_quarter_days) * 21_600;
                let time = Real::ratio(expiry, year);
                let log = Real::ratio(price, strike).ln();
                let x = if expiry == 0 {
                    match price.cmp(&strike) {
                        std::cmp::Ordering::Less => Real::whole(-100),
                        std::cmp::Ordering::Equal => Real::zero(),
                        std::cmp::Ordering::Greater => Real::whole(100),
                    }
                } else {
                    let half = &(&sigma.square() * &time) / &Real::whole(2);
                    (log + half) / (sigma * time.sqrt())
                };
                let x = if put { -&x } else { x };
                (x.normal(), trade.bought == put)
            }
            Instrument::Tranche {
                attachment,
                detachment,
                of,
            } => {
                let [numerator, slope] = self.rules().tranche;
                let part = |point| &one + &Real::ratio(BigInt::from(slope) * point, of);
                let below = part(attachment) * part(detachment);
                (Real::whole(numerator.into()) / below, !trade.bought)
            }
        };
        if negative { -&size } else { size }
    }

    fn maturity_factor(&self, trade: &Trade, margin_days: Option<u32>) -> Real {
        let rules = self.rules();
        if self.class(trade).gross {
            return Real::whole(1);
        }
        match margin_days {
            Some(days) => {
                percent(rules.margined_multiple) * Real::ratio(days, rules.business_days).sqrt()
            }
            None => {
                let floor = Real::ratio(rules.floor_days, rules.business_days);
                let maturity = self.years(trade.maturity).max(floor);
                maturity.min(Real::whole(1)).sqrt()
            }
        }
    }

    fn set(&self, set: &NettingSet, margin_days: Option<u32>) -> ExactSet {
        let rules = self.rules();
        let trades: Vec<&Trade> = self
            .book
            .trades
            .iter()
            .filter(|trade| trade.netting_set == set.id)
            .collect();
        let mut exact = Vec::new();
        let (mut gross, mut near) = (Real::zero(), Real::zero());
        // (group, variant, hedging set) → part → (factor, correlation, ΣD).
        type Parts = BTreeMap<String, (Real, Real, Real)>;
        let mut hedging_sets: BTreeMap<(u32, Variant, String), Parts> = BTreeMap::new();
        for trade in &trades {
            let class = self.class(trade);
            let (adjusted, delta) = (self.adjusted(trade), self.delta(trade));
            let maturity_factor = self.maturity_factor(trade, margin_days);
            let effective = &(&adjusted * &delta) * &maturity_factor;
            let group = &rules.groups[class.group as usize];
            let name = if group.by_currency && trade.variant == Variant::Plain {
                match trade.currency.as_str() {
                    "" => self.snapshot.base.clone(),
                    currency => currency.into(),
                }
            } else {
                trade.hedging_set.to_string()
            };
            let part = match group.aggregation {
                Aggregation::Single => String::new(),
                Aggregation::Entities => trade.entity.to_string(),
                Aggregation::Buckets if trade.end < rules.bucket_edges[0] => "1".into(),
                Aggregation::Buckets if trade.end <= rules.bucket_edges[1] => "2".into(),
                Aggregation::Buckets => "3".into(),
            };
            let size = delta.abs().max(Real::whole(1));
            let cost = size * adjusted.clone() * maturity_factor.clone() * self.factor(trade);
            if let Instrument::Option { expiry, .. } = trade.instrument
                && u64::from(expiry) < rules.least_far_expiry(class.volatility)
            {
                near = near + cost.clone();
            }
            gross = gross + cost;
            let parts = hedging_sets
                .entry((class.group, trade.variant, name))
                .or_default();
            let entry = parts
                .entry(part)
                .or_insert_with(|| (self.factor(trade), percent(class.correlation), Real::zero()));
            entry.2 = &entry.2 + &effective;
            exact.push(ExactTrade {
                adjusted,
                delta,
                maturity_factor,
                effective,
            });
        }
        let addon: Real = hedging_sets
            .iter()
            .map(|((group, _, _), parts)| {
                self.addon(rules.groups[*group as usize].aggregation, parts)
            })
            .sum();
        let is_gross = trades.iter().any(|trade| self.class(trade).gross);
        let net = self.value(set) - self.collateral(set, margin_days);
        let one = Real::whole(1);
        let floor = percent(rules.multiplier_floor);
        let rest = &one - &floor;
        let multiplier = if !net.is_negative() || addon == Real::zero() || is_gross {
            one
        } else {
            let exponent = net / (&(&rest * &addon) * &Real::whole(2));
            let exponential = if exponent < Real::whole(-120) {
                Real::zero()
            } else {
                exponent.exp()
            };
            (floor + rest * exponential).min(one)
        };
        let items = self
            .book
            .margin
            .iter()
            .filter(|item| item.netting_set == set.id);
        ExactSet {
            trades: exact,
            addon,
            multiplier,
            gross,
            near,
            pledged: items
                .map(|item| Real::ratio(item.amount, 1) * self.rate(&item.currency))
                .sum(),
        }
    }

    fn addon(
        &self,
        aggregation: Aggregation,
        parts: &BTreeMap<String, (Real, Real, Real)>,
    ) -> Real {
        let rules = self.rules();
        match aggregation {
            Aggregation::Single => parts
                .values()
                .map(|(factor, _, sum)| (factor * sum).abs())
                .sum(),
            Aggregation::Buckets => {
                let at = |key: &str| {
                    let found = parts.get(key);
                    found.map_or_else(Real::zero, |(factor, _, sum)| factor * sum)
                };
                let (a, b, c) = (at("1"), at("2"), at("3"));
                let two = Real::whole(2);
                let [low, high, across] = rules.bucket_correlations.map(percent);
                let squares = a.square() + b.square() + c.square();
                let products = &low * &(&a * &b) + &high * &(&b * &c) + &across * &(&a * &c);
                (squares + two * products).max(Real::zero()).sqrt()
            }
            Aggregation::Entities => {
                let systematic: Real = parts
                    .values()
                    .map(|(factor, rho, sum)| rho * &(factor * sum))
                    .sum();
                let own: Real = parts
                    .values()
                    .map(|(factor, rho, sum)| {
                        (Real::whole(1) - rho.square()) * (factor * sum).square()
                    })
                    .sum();
                (systematic.square() + own).sqrt()
            }
        }
    }

    fn value(&self, set: &NettingSet) -> Real {
        let trades = self
            .book
            .trades
            .iter()
            .filter(|trade| trade.netting_set == set.id);
        trades
            .map(|trade| {
                let value =
                    Real::ratio(trade.market_value.magnitude, 1) * self.rate(&trade.value_currency);
                if trade.market_value.negative {
                    -&value
                } else {
                    value
                }
            })
            .sum()
    }

    /// After haircuts with exact roots, of some items.
    fn margin(&self, set: &NettingSet, days: u32, wanted: impl Fn(&MarginItem) -> bool) -> Real {
        let haircuts = self.rulebook.haircuts.as_ref().expect("haircuts");
        let scale = Real::ratio(days, haircuts.base_holding_days).sqrt();
        let scaled = |level: u32| (percent(level) * scale.clone()).min(Real::whole(1));
        let worth = |item: &MarginItem| {
            let row = haircuts
                .rows
                .iter()
                .find(|row| row.kind == item.kind && row.rating == item.rating)
                .expect("a row");
            let band = row
                .bands
                .iter()
                .find(|(upto, _)| upto.is_none_or(|edge| item.maturity_days <= edge));
            let mut haircut = scaled(band.expect("a band").1);
            let base = |name: &str| name.is_empty() || name == self.snapshot.base;
            let same =
                item.currency == set.currency || (base(&item.currency) && base(&set.currency));
            if !same {
                haircut = haircut + scaled(haircuts.currency_mismatch);
            }
            let haircut = haircut.min(Real::whole(1));
            let amount = Real::ratio(item.amount, 1) * self.rate(&item.currency);
            if item.posted {
                -&(&amount * &(&Real::whole(1) + &haircut))
            } else {
                &amount * &(&Real::whole(1) - &haircut)
            }
        };
        let items = self
            .book
            .margin
            .iter()
            .filter(|item| item.netting_set == set.id);
        items.filter(|item| wanted(item)).map(worth).sum()
    }

    fn collateral(&self, set: &NettingSet, margin_days: Option<u32>) -> Real {
        let rules = self.rules();
        match margin_days {
            Some(days) => self.margin(set, days, |_| true),
            None => {
                let all = rules.cap_counts_variation_margin;
                let days = rules.unmargined_haircut_days;
                // What is posted counts whatever it is for.
                self.margin(set, days, |item| all || item.posted || !item.variation)
            }
        }
    }

    fn margin_days(&self, set: &NettingSet) -> Option<u32> {
        let margin = set.margin.as_ref()?;
        let rules = self.rules();
        let trades = self
            .book
            .trades
            .iter()
            .filter(|trade| trade.netting_set == set.id);
        let large = trades.count() > rules.large_set as usize || margin.illiquid;
        let floor = match (margin.cleared, large) {
            (true, _) => rules.margin_floors[2],
            (false, true) => rules.margin_floors[1],
            (false, false) => rules.margin_floors[0],
        };
        let days = floor + margin.remargin_days - 1;
        Some(if margin.disputed { 2 * days } else { days })
    }

    fn exposure(&self, cost: &Real, sets: &[ExactSet]) -> Real {
        let pfe: Real = sets.iter().map(|set| &set.multiplier * &set.addon).sum();
        percent(self.rules().alpha) * (cost.clone() + pfe)
    }

    /// The agreement of these sets.
    pub(crate) fn agreement(&self, sets: &[&NettingSet]) -> ExactAgreement {
        let zero = Real::zero;
        let exact: Vec<ExactSet> = sets.iter().map(|set| self.set(set, None)).collect();
        let values: Vec<Real> = sets.iter().map(|set| self.value(set)).collect();
        let collateral: Real = sets.iter().map(|set| self.collateral(set, None)).sum();
        // CRE52.75; for one set without margin it is max(V − C, 0).
        let positive: Real = values.iter().map(|value| value.clone().max(zero())).sum();
        let negative: Real = values.iter().map(|value| value.clone().min(zero())).sum();
        let cost = (positive - collateral.clone().max(zero())).max(zero())
            + (negative - collateral.min(zero())).max(zero());
        let exposure = self.exposure(&cost, &exact);
        let mut charged = ExactAgreement {
            sets: exact,
            cost,
            exposure,
            margined: false,
        };
        let [set] = sets else { return charged };
        if let Some(days) = self.margin_days(set) {
            let margin = set.margin.expect("margined");
            let exact = vec![self.set(set, Some(days))];
            let now = self.value(set) - self.collateral(set, Some(days));
            let trigger = Real::ratio(margin.threshold, 1)
                + Real::ratio(margin.minimum_transfer, 1)
                - self.margin(set, days, |item| !item.variation);
            let cost = now.max(trigger).max(zero());
            let exposure = self.exposure(&cost, &exact);
            if exposure <= charged.exposure {
                charged = ExactAgreement {
                    sets: exact,
                    cost,
                    exposure,
                    margined: true,
                };
            }
        }
        if set.outside {
            charged.exposure = zero();
        }
        charged
    }
}
