//! Counterparty credit risk of derivatives by SA-CCR (CRE52), in the clear: the twin of the
//! derivatives circuit. Bit-identical to it: every figure here is a cell there.
//!
//! Units: `2^-x` is written Qx. Effective notionals are exact products in 10^-8 · 2^-116 of the
//! book's unit; add-ons are in units of 2^26 · 10^-14 ([`ADDON_SHIFT`]); exposures at default in
//! 10^-8, rounded up. Where long and short offset, a rounding in either direction could favour the
//! institution: every rounded factor carries an error bound, and the bounds are added to the add-on
//! ([`SetFigures::lean`]). See `circuits/spec/counterparty-risk.md`.

mod add_on;
mod adjusted_notional;
mod delta;
mod effective_notional;
mod exposure;
mod figures;
mod margin;
mod maturity_factor;
mod multiplier;
mod problem;
mod replacement_cost;
mod rules;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::book::Book;
use crate::rule_error::{RecordProblem, RuleError};
use crate::rulebook::Rulebook;
use crate::snapshot::Snapshot;
use exposure::SetRecords;
use rules::CounterpartyRules;

pub use adjusted_notional::DiscountTables;
pub(crate) use adjusted_notional::{DISCOUNT_ERROR, FINE_BITS, discount_floor};
pub use delta::{FAR_ERROR, LOG_AT_ONE, NEAR_ERROR};
pub(crate) use effective_notional::MATURITY_FACTOR_ERROR;
pub use figures::*;
pub(crate) use margin::margin_haircut;
pub use maturity_factor::{margined_factor, unmargined_factor};
pub(crate) use multiplier::EXPONENTIAL_LEAN;
pub use problem::DerivativeProblem;
pub use replacement_cost::margined_cost;
pub use rules::{entity_names, hedging_set_names};

/// Charges the derivatives of a whole book. Without netting sets, trades and margin the assessment
/// is empty, whatever the rulebook.
///
/// # Errors
/// The first place that the rules do not know or do not allow.
pub fn assess_counterparty(
    book: &Book,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
) -> Result<CounterpartyAssessment, RuleError> {
    assess(book, rulebook, snapshot, true)
}

/// The same, with every margined set charged under its margin agreement even where its exposure
/// without margin is lower (CRE52.2): an upper bound of what is due, and what sources that know no
/// such cap are compared with.
///
/// # Errors
/// As [`assess_counterparty`].
pub fn assess_uncapped(
    book: &Book,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
) -> Result<CounterpartyAssessment, RuleError> {
    assess(book, rulebook, snapshot, false)
}

fn assess(
    book: &Book,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
    capped: bool,
) -> Result<CounterpartyAssessment, RuleError> {
    let places = book.netting_sets.iter().map(|set| &set.place);
    let places = places.chain(book.trades.iter().map(|trade| &trade.place));
    let mut places = places.chain(book.margin.iter().map(|item| &item.place));
    let Some(first) = places.next() else {
        return Ok(CounterpartyAssessment::default());
    };
    if book.currency.0 != snapshot.base {
        return Err(RuleError::Currency {
            book: book.currency.0.clone(),
            snapshot: snapshot.base.clone(),
        });
    }
    let Some(rules) = CounterpartyRules::new(book, rulebook, snapshot) else {
        let problem = DerivativeProblem::NoDerivatives;
        return Err(RuleError::derivative(first, "class", problem));
    };
    let mut assessment = CounterpartyAssessment::default();
    for sets in agreements(book, &rules)? {
        if let Some(agreement) = rules.agreement(&sets, capped)? {
            assessment.rwa += &agreement.rwa;
            assessment.agreements.push(agreement);
        }
    }
    Ok(assessment)
}

/// The netting sets with their records, by agreement, in the order of each agreement's first set.
fn agreements<'a>(
    book: &'a Book,
    rules: &CounterpartyRules<'a>,
) -> Result<Vec<Vec<SetRecords<'a>>>, RuleError> {
    let mut set_of: HashMap<&str, usize> = HashMap::with_capacity(book.netting_sets.len());
    let mut records = Vec::with_capacity(book.netting_sets.len());
    for (index, set) in book.netting_sets.iter().enumerate() {
        if set_of.insert(&set.id, index).is_some() {
            let problem = RecordProblem::Duplicate(set.id.to_string());
            return Err(RuleError::record(&set.place, "id", problem));
        }
        records.push(SetRecords {
            index,
            set,
            trades: Vec::new(),
            items: Vec::new(),
        });
    }
    let mut seen = HashSet::with_capacity(book.trades.len());
    for (index, trade) in book.trades.iter().enumerate() {
        if !seen.insert(trade.id.as_str()) {
            let problem = RecordProblem::Duplicate(trade.id.to_string());
            return Err(RuleError::record(&trade.place, "id", problem));
        }
        let name = trade.netting_set.as_str();
        let found = set_of.get(name).and_then(|at| records.get_mut(*at));
        let Some(set) = found else {
            return Err(RuleError::unknown(
                &trade.place,
                "netting_set",
                "netting set",
                name,
            ));
        };
        set.trades.push(rules.prepare(index, trade)?);
    }
    for (index, item) in book.margin.iter().enumerate() {
        let name = item.netting_set.as_str();
        let found = set_of.get(name).and_then(|at| records.get_mut(*at));
        let Some(set) = found else {
            return Err(RuleError::unknown(
                &item.place,
                "netting_set",
                "netting set",
                name,
            ));
        };
        set.items.push((index, item));
    }
    let mut agreement_of: HashMap<&str, usize> = HashMap::new();
    let mut agreements: BTreeMap<usize, Vec<SetRecords<'a>>> = BTreeMap::new();
    for set in records {
        let at = match set.set.agreement.as_str() {
            "" => set.index,
            name => *agreement_of.entry(name).or_insert(set.index),
        };
        agreements.entry(at).or_default().push(set);
    }
    Ok(agreements.into_values().collect())
}
