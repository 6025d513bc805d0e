//! The canonical binary form of a rulebook, and its digest.
//!
//! Integers are little-endian; `str` is a u32 length and UTF-8; a list is a u32 length and its
//! entries; `opt` is a byte 0, or a byte 1 and a u32; a flag is a byte, 0 or 1. In order:
//!
//! | part | bytes |
//! | --- | --- |
//! | version | u32 = 1 |
//! | name, date | str, str |
//! | classes | list of: name str · mismatch flag · list of (grade str · weight u32, 10^-4) |
//! | banded classes | list of: name str · measure (0 loan-to-value, 1 uncovered share) · mismatch flag · treatment |
//! | … treatment | 0 · list of (upper edge opt, 10^-6 · band weight), or 1 · upto u32, 10^-6 · band weight |
//! | … band weight | 0 · u32 fixed, 1 · u32 at most, 2 · u32 zero: the counterparty's |
//! | mismatch | multiplier u32 · cap u32, both 10^-4 |
//! | conversions | list of (name str · factor u32, 10^-4) |
//! | haircuts | 0, or 1 · currency mismatch u32 (10^-4) · base holding days u32 · list of u32 holding days · list of u32 revaluation days · cap days u32 · floor quarter days u32 · original days u32 · list of rows |
//! | … row | kind str · rating str · list of (upper edge opt, days · haircut u32, 10^-4) |
//! | capital | list of: name str · tier (0 CET1, 1 AT1, 2 T2) · role (0 component, 1 deduction, 2 threshold, 3 capped provisions, 4 assets, 5 liabilities) · cap u32 (10^-6; 0 but for role 3) · equity flag |
//! | thresholds | 0, or 1 · individual u32 · aggregate u32 (10^-6) · weight u32 (10^-4) |
//! | stated | list of: name str · module str · effect (0 adds to RWA, 1 reduces RWA, 2 adds to leverage, 3 is leverage) |
//! | ratios | list, sorted by name, of: name str · minimum u32 (10^-6) · list of str |
//! | conservation | buffer u32 (10^-6) · list of (share of the buffer opt, 10^-6 · share to conserve u32, 10^-6) |
//! | derivatives | nothing where there are none, else 1 · alpha u32 · multiplier floor u32 (10^-4) · 1/r u32 · quarter days of a year u32 · business days of a year u32 · floor days u32 · margined multiple u32 (10^-4) · large set u32 · three margin floors u32 · list of (days u32 · limited flag) · flag: the cap counts variation margin · days of unmargined haircuts u32 · two bucket edges u32 · three correlations u32 (10^-4) · basis multiple u32 · volatility multiple u32 (10^-4) · tranche numerator u32, slope u32 · list of groups · list of classes |
//! | … group | name str · aggregation (0 single, 1 buckets, 2 entities) · flag: by currency |
//! | … class | name str · asset class str · group u32 · factor u32 (10^-6) · correlation u32 · volatility u32 (10^-4) · duration flag · gross flag |
//!
//! Title, paragraphs and certainties are for people: correcting one does not make another
//! rulebook, so they are not part of these bytes.

use super::{
    Aggregation, BandWeight, Derivatives, Measure, Role, Rulebook, StatedEffect, Tier, Treatment,
};
use crate::canonical::{Bytes, digest};

/// Version of the canonical form.
const VERSION: u32 = 1;
/// BLAKE2b personalisation of a rulebook's digest.
const PERSONAL: &[u8; 16] = b"Plimsoll-rulebk\0";

impl Rulebook {
    /// The canonical bytes; the layout stands at the top of this file.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Bytes::default();
        out.u32(VERSION);
        out.text(&self.name);
        out.text(&self.date);
        self.put_classes(&mut out);
        out.u32(self.mismatch_multiplier);
        out.u32(self.mismatch_cap);
        out.len(self.conversions.len());
        for conversion in &self.conversions {
            out.text(&conversion.name);
            out.u32(conversion.factor);
        }
        self.put_haircuts(&mut out);
        self.put_capital(&mut out);
        if let Some(derivatives) = &self.derivatives {
            put_derivatives(&mut out, derivatives);
        }
        out.finish()
    }

    /// BLAKE2b-256 of the canonical bytes, personalised `Plimsoll-rulebk`.
    pub fn digest(&self) -> [u8; 32] {
        digest(PERSONAL, &self.canonical())
    }

    fn put_classes(&self, out: &mut Bytes) {
        out.len(self.classes.len());
        for class in &self.classes {
            out.text(&class.name);
            out.u8(class.mismatch.into());
            out.len(class.grades.len());
            for (grade, weight) in &class.grades {
                out.text(grade);
                out.u32(*weight);
            }
        }
        out.len(self.banded.len());
        for class in &self.banded {
            out.text(&class.name);
            out.u8(match class.measure {
                Measure::LoanToValue => 0,
                Measure::UncoveredShare => 1,
            });
            out.u8(class.mismatch.into());
            match &class.treatment {
                Treatment::Whole(bands) => {
                    out.u8(0);
                    out.len(bands.len());
                    for band in bands {
                        out.option(band.upto);
                        put_weight(out, band.weight);
                    }
                }
                Treatment::Split { upto, weight } => {
                    out.u8(1);
                    out.u32(*upto);
                    put_weight(out, *weight);
                }
            }
        }
    }

    fn put_haircuts(&self, out: &mut Bytes) {
        let Some(haircuts) = &self.haircuts else {
            out.u8(0);
            return;
        };
        out.u8(1);
        out.u32(haircuts.currency_mismatch);
        out.u32(haircuts.base_holding_days);
        for days in [&haircuts.holding_days, &haircuts.revaluation_days] {
            out.len(days.len());
            days.iter().for_each(|day| out.u32(*day));
        }
        out.u32(haircuts.mismatch_cap_days);
        out.u32(haircuts.mismatch_floor_quarter_days);
        out.u32(haircuts.mismatch_original_days);
        out.len(haircuts.rows.len());
        for row in &haircuts.rows {
            out.text(&row.kind);
            out.text(&row.rating);
            out.len(row.bands.len());
            for (upto, haircut) in &row.bands {
                out.option(*upto);
                out.u32(*haircut);
            }
        }
    }

    fn put_capital(&self, out: &mut Bytes) {
        out.len(self.capital.len());
        for item in &self.capital {
            out.text(&item.name);
            out.u8(match item.tier {
                Tier::Cet1 => 0,
                Tier::AdditionalTier1 => 1,
                Tier::Tier2 => 2,
            });
            let (role, cap) = match item.role {
                Role::Component => (0, 0),
                Role::Deduction => (1, 0),
                Role::Threshold => (2, 0),
                Role::CappedProvisions { cap } => (3, cap),
                Role::Assets => (4, 0),
                Role::Liabilities => (5, 0),
            };
            out.u8(role);
            out.u32(cap);
            out.u8(item.equity.into());
        }
        match &self.thresholds {
            None => out.u8(0),
            Some(thresholds) => {
                out.u8(1);
                out.u32(thresholds.individual);
                out.u32(thresholds.aggregate);
                out.u32(thresholds.weight);
            }
        }
        out.len(self.stated.len());
        for line in &self.stated {
            out.text(&line.name);
            out.text(&line.module);
            out.u8(match line.effect {
                StatedEffect::AddsToRwa => 0,
                StatedEffect::ReducesRwa => 1,
                StatedEffect::AddsToLeverage => 2,
                StatedEffect::IsLeverage => 3,
            });
        }
        out.len(self.ratios.len());
        for (name, rule) in &self.ratios {
            out.text(name);
            out.u32(rule.minimum);
            out.len(rule.needs.len());
            rule.needs.iter().for_each(|module| out.text(module));
        }
        out.u32(self.conservation_buffer);
        out.len(self.conservation_steps.len());
        for step in &self.conservation_steps {
            out.option(step.upto);
            out.u32(step.conserve);
        }
    }
}

fn put_weight(out: &mut Bytes, weight: BandWeight) {
    let (tag, value) = match weight {
        BandWeight::Fixed(value) => (0, value),
        BandWeight::AtMost(value) => (1, value),
        BandWeight::Counterparty => (2, 0),
    };
    out.u8(tag);
    out.u32(value);
}

fn put_derivatives(out: &mut Bytes, derivatives: &Derivatives) {
    out.u8(1);
    out.u32(derivatives.alpha);
    out.u32(derivatives.multiplier_floor);
    out.u32(derivatives.duration_inverse_rate);
    out.u32(derivatives.year_quarter_days);
    out.u32(derivatives.business_days);
    out.u32(derivatives.floor_days);
    out.u32(derivatives.margined_multiple);
    out.u32(derivatives.large_set);
    derivatives
        .margin_floors
        .iter()
        .for_each(|days| out.u32(*days));
    out.len(derivatives.margin_periods.len());
    for period in &derivatives.margin_periods {
        out.u32(period.days);
        out.u8(period.limited.into());
    }
    out.u8(derivatives.cap_counts_variation_margin.into());
    out.u32(derivatives.unmargined_haircut_days);
    derivatives
        .bucket_edges
        .iter()
        .for_each(|edge| out.u32(*edge));
    let correlations = &derivatives.bucket_correlations;
    correlations.iter().for_each(|value| out.u32(*value));
    out.u32(derivatives.basis_multiple);
    out.u32(derivatives.volatility_multiple);
    derivatives.tranche.iter().for_each(|value| out.u32(*value));
    out.len(derivatives.groups.len());
    for group in &derivatives.groups {
        out.text(&group.name);
        out.u8(match group.aggregation {
            Aggregation::Single => 0,
            Aggregation::Buckets => 1,
            Aggregation::Entities => 2,
        });
        out.u8(group.by_currency.into());
    }
    out.len(derivatives.classes.len());
    for class in &derivatives.classes {
        out.text(&class.name);
        out.text(&class.asset_class);
        out.u32(class.group);
        out.u32(class.factor);
        out.u32(class.correlation);
        out.u32(class.volatility);
        out.u8(class.duration.into());
        out.u8(class.gross.into());
    }
}
