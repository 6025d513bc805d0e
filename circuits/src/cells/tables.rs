//! The public tables of each row circuit, from rulebook and snapshot.
//!
//! Prover and verifier build them alike; a verifier never reads one. Row numbers count from 1,
//! so that no real row looks like the zeros of an instance row that nobody supplied.

use std::collections::BTreeSet;

use crate::cells::banded::BandRow;
use crate::cells::secured::LONGEST_MATURITY;
use crate::cells::secured_general::MismatchRule;
use crate::cells::tags;
use crate::credit_risk::{capped, scaled_haircut};
use crate::protocol::publics::PublicTable;
use crate::rulebook::{Haircuts, Measure, Rulebook};
use crate::snapshot::Snapshot;

/// The haircut level of "no item": above every real one, and never scaled below everything.
pub const NO_ITEM: u64 = 10_001;

/// What is added to the level of a security lent. Its scaled haircut may pass one, where that of an
/// item received stops, so that each has lines of its own.
pub const LENT: u64 = 1 << 14;

/// Number of a (currency, balance-sheet kind) pair; both count from 1.
pub fn conversion_code(rulebook: &Rulebook, currency: u32, conversion: u32) -> u64 {
    u64::from(currency - 1) * rulebook.conversions.len() as u64 + u64::from(conversion)
}

/// Number of a (holding period, revaluation) pair, from 1; none if the rulebook does not list it.
pub fn period_code(haircuts: &Haircuts, holding_days: u32, revaluation_days: u32) -> Option<u64> {
    let holding = haircuts
        .holding_days
        .iter()
        .position(|d| *d == holding_days)?;
    let revaluation = haircuts
        .revaluation_days
        .iter()
        .position(|d| *d == revaluation_days)?;
    Some((holding * haircuts.revaluation_days.len() + revaluation + 1) as u64)
}

/// The three numbers of the maturity mismatch.
pub fn mismatch_rule(haircuts: &Haircuts) -> MismatchRule {
    MismatchRule {
        cap: haircuts.mismatch_cap_days.into(),
        floor: haircuts.mismatch_floor_quarter_days.into(),
        original: haircuts.mismatch_original_days.into(),
    }
}

fn weights(table: &mut PublicTable, rulebook: &Rulebook) {
    for (index, (_, _, weight)) in (1..).zip(rulebook.class_rows()) {
        table.push(tags::RISK_WEIGHT, &[index, weight.into()]);
    }
}

/// Calls `push` for each (code, currency, rate, factor).
fn conversions(rulebook: &Rulebook, snapshot: &Snapshot, mut push: impl FnMut(u64, u64, u64, u64)) {
    for (currency, (_, rate)) in (1..).zip(&snapshot.rates) {
        for (conversion, kind) in (1..).zip(&rulebook.conversions) {
            let code = conversion_code(rulebook, currency, conversion);
            push(code, currency.into(), *rate, kind.factor.into());
        }
    }
}

/// Table of the plain circuit.
pub fn plain(rulebook: &Rulebook, snapshot: &Snapshot) -> PublicTable {
    let mut table = PublicTable::default();
    weights(&mut table, rulebook);
    conversions(rulebook, snapshot, |code, _, rate, factor| {
        table.push(tags::CONVERSION, &[code, rate * factor]);
    });
    table
}

/// The bands of the banded circuit, in the order of [`Rulebook::banded_rows`].
pub fn bands(rulebook: &Rulebook) -> Vec<BandRow> {
    let mismatch: Vec<bool> = rulebook.banded_keys().map(|key| key.mismatch).collect();
    let rows = rulebook.banded_rows();
    rows.iter()
        .map(|row| {
            let split = row.share > 0;
            let edge = if split { Some(row.share) } else { row.upto };
            BandRow {
                kind: row.key.into(),
                mismatch: mismatch.get(row.key as usize - 1).copied().unwrap_or(false),
                uncovered: row.measure == Some(Measure::UncoveredShare),
                split,
                open: edge.is_none(),
                edge: edge.unwrap_or(0).into(),
                weight: row.secured.into(),
                rest_weight: row.rest.into(),
            }
        })
        .collect()
}

/// Table of the banded circuit.
pub fn banded(rulebook: &Rulebook, snapshot: &Snapshot) -> PublicTable {
    let mut table = PublicTable::default();
    for row in bands(rulebook) {
        table.push(tags::BAND, &row.tuple());
    }
    conversions(rulebook, snapshot, |code, currency, rate, factor| {
        table.push(tags::CURRENCY_CONVERSION, &[code, currency, rate * factor]);
    });
    table
}

/// Table of the secured circuit.
pub fn secured(rulebook: &Rulebook, snapshot: &Snapshot) -> PublicTable {
    let mut table = PublicTable::default();
    weights(&mut table, rulebook);
    conversions(rulebook, snapshot, |code, currency, rate, factor| {
        table.push(tags::RATE_AND_CONVERSION, &[code, currency, rate, factor]);
    });
    for (currency, (_, rate)) in (1..).zip(&snapshot.rates) {
        table.push(tags::RATE, &[currency, *rate]);
    }
    let Some(haircuts) = &rulebook.haircuts else {
        return table;
    };
    // Row 0 is a row without an item. It leaves nothing, so that it helps nobody.
    table.push(tags::HAIRCUT, &[0, LONGEST_MATURITY, NO_ITEM]);
    haircut_rows(haircuts, |row, edge, haircut| {
        table.push(tags::HAIRCUT, &[row, edge, haircut]);
    });
    scaled_haircuts(&mut table, haircuts);
    table
}

/// Table of the general secured circuit.
pub fn secured_general(rulebook: &Rulebook, snapshot: &Snapshot) -> PublicTable {
    let mut table = secured(rulebook, snapshot);
    let Some(haircuts) = &rulebook.haircuts else {
        return table;
    };
    // Row 0 is a loan of cash: the exposure does not rise.
    table.push(tags::LENT_HAIRCUT, &[0, LONGEST_MATURITY, LENT]);
    haircut_rows(haircuts, |row, edge, haircut| {
        table.push(tags::LENT_HAIRCUT, &[row, edge, LENT + haircut]);
    });
    each_period(haircuts, |period, days| {
        for level in haircut_levels(haircuts) {
            let scaled = scaled_haircut(level, days, haircuts.base_holding_days);
            let level = LENT + u64::from(level);
            table.push(tags::SCALED_HAIRCUT, &[level, period, 0, scaled]);
        }
    });
    let rule = mismatch_rule(haircuts);
    table.push(
        tags::MATURITY_MISMATCH,
        &[rule.cap, rule.floor, rule.original],
    );
    table
}

/// Longest maturity of a band, as the table has it.
pub fn band_edge(upto: Option<u32>) -> u64 {
    upto.map_or(LONGEST_MATURITY, |edge| {
        u64::from(edge).min(LONGEST_MATURITY)
    })
}

pub(crate) fn haircut_rows(haircuts: &Haircuts, mut push: impl FnMut(u64, u64, u64)) {
    for (number, row) in (1..).zip(&haircuts.rows) {
        for (upto, haircut) in &row.bands {
            push(number, band_edge(*upto), u64::from(*haircut));
        }
    }
}

/// Every ten-day haircut that there is, once, and none at all.
fn haircut_levels(haircuts: &Haircuts) -> BTreeSet<u32> {
    let bands = haircuts.rows.iter().flat_map(|row| &row.bands);
    let levels = bands.map(|(_, haircut)| *haircut);
    levels.chain([0]).collect()
}

/// Rows of scaled haircuts in the larger of the two tables: "no item" at every period, and every
/// level at every period with and without a mismatch, and lent.
pub(crate) fn scaled_haircut_rows(haircuts: &Haircuts) -> usize {
    let periods = haircuts.holding_days.len() * haircuts.revaluation_days.len();
    periods * (1 + 3 * haircut_levels(haircuts).len())
}

/// Every period: its code, and revaluation days + holding days − 1.
fn each_period(haircuts: &Haircuts, mut visit: impl FnMut(u64, u32)) {
    for holding in &haircuts.holding_days {
        for revaluation in &haircuts.revaluation_days {
            if let Some(period) = period_code(haircuts, *holding, *revaluation) {
                visit(period, revaluation + holding - 1);
            }
        }
    }
}

/// Every ten-day haircut on what is received at every period, with and without the currency
/// mismatch, capped at all.
fn scaled_haircuts(table: &mut PublicTable, haircuts: &Haircuts) {
    let levels = haircut_levels(haircuts);
    each_period(haircuts, |period, days| {
        let all = crate::amount::HAIRCUT_ONE;
        table.push(tags::SCALED_HAIRCUT, &[NO_ITEM, period, 0, all]);
        let scale = |haircut| capped(scaled_haircut(haircut, days, haircuts.base_holding_days));
        let currency = u64::from(scale(haircuts.currency_mismatch));
        for level in &levels {
            let plain = u64::from(scale(*level));
            let level = u64::from(*level);
            table.push(tags::SCALED_HAIRCUT, &[level, period, 0, plain]);
            let both = capped(plain + currency).into();
            table.push(tags::SCALED_HAIRCUT, &[level, period, 1, both]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::derivatives;
    use crate::statement::Prices;

    /// A rulebook is refused by these counts before there is a table.
    #[test]
    fn what_a_rulebook_makes_of_its_haircuts_is_counted() {
        let mut rulebook = Rulebook::builtin("basel-2023").unwrap();
        let snapshot = Snapshot::reporting_only("USD").unwrap();
        let haircuts = rulebook.haircuts.clone().unwrap();
        let table = secured_general(&rulebook, &snapshot);
        let scaled = |(tag, _): &&(u64, Vec<u64>)| *tag == tags::SCALED_HAIRCUT;
        let rows = table.rows().iter().filter(scaled).count();
        assert_eq!(scaled_haircut_rows(&haircuts), rows);

        let margin = rulebook
            .derivatives
            .as_ref()
            .unwrap()
            .margin_rows(&haircuts);
        let rows = |rulebook: &Rulebook| {
            let table = derivatives::public_table(rulebook, &snapshot, Prices::Book);
            table.rows().len()
        };
        let with = rows(&rulebook);
        rulebook.haircuts = None;
        assert_eq!(margin, with - rows(&rulebook));
        assert!(margin > 0);
    }
}
