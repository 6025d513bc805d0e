//! Margin: the margin period of risk (CRE52.50, CRE52.51) and collateral after haircuts.

use num_bigint::BigInt;

use super::figures::MarginFigures;
use super::problem::DerivativeProblem;
use super::rules::CounterpartyRules;
use crate::amount::HAIRCUT_ONE;
use crate::book::{Margin, MarginItem, NettingSet};
use crate::cells::secured::LONGEST_MATURITY;
use crate::credit_risk::{capped, scaled_haircut};
use crate::rule_error::{RecordProblem, RuleError};
use crate::rulebook::{Derivatives, Haircuts};

/// A margin period that occurs.
#[derive(Clone, Copy)]
pub(super) struct Period {
    /// Its number in the rulebook, from 1.
    pub(super) number: u32,
    /// Business days.
    pub(super) days: u32,
}

/// The margin period of risk of a set of so many trades.
pub(super) fn period(
    derivatives: &Derivatives,
    set: &NettingSet,
    margin: &Margin,
    trades: usize,
) -> Result<Period, RuleError> {
    let refuse = |problem| RuleError::derivative(&set.place, "remargin_days", problem);
    let [bilateral, large, cleared] = derivatives.margin_floors;
    let is_large = u64::try_from(trades).unwrap_or(u64::MAX) > u64::from(derivatives.large_set);
    let floor = if margin.cleared {
        cleared
    } else if is_large || margin.illiquid {
        large
    } else {
        bilateral
    };
    if margin.remargin_days == 0 {
        let why = "a margin agreement has days between exchanges; 1 is daily";
        return Err(RuleError::missing(&set.place, "remargin_days", why));
    }
    let once = u64::from(floor) + u64::from(margin.remargin_days) - 1;
    let wanted = if margin.disputed { 2 * once } else { once };
    let unlisted = || refuse(DerivativeProblem::Period(wanted));
    let days = u32::try_from(wanted).map_err(|_| unlisted())?;
    let limited = !margin.cleared && days < large;
    let number = derivatives
        .margin_period(days, limited)
        .ok_or_else(unlisted)?;
    Ok(Period { number, days })
}

/// Haircut over a horizon of business days, 10^-9: that of the table (`level`, 10^-4) and that of a
/// currency mismatch, each scaled and rounded up, together at most one (CRE52.10, FAQ 1), whether
/// margin is received or posted.
pub(crate) fn margin_haircut(haircuts: &Haircuts, level: u32, mismatch: bool, days: u32) -> u64 {
    let scaled = |level| scaled_haircut(level, days, haircuts.base_holding_days);
    let foreign = if mismatch {
        scaled(haircuts.currency_mismatch)
    } else {
        0
    };
    capped(scaled(level).saturating_add(foreign)).into()
}

/// An item after its haircut over a horizon of business days; `counts` says whether variation margin
/// does.
pub(super) fn item(
    rules: &CounterpartyRules<'_>,
    set: &NettingSet,
    index: usize,
    item: &MarginItem,
    days: u32,
    counts: bool,
) -> Result<MarginFigures, RuleError> {
    let place = &item.place;
    let Some(haircuts) = &rules.rulebook.haircuts else {
        return Err(RuleError::record(
            place,
            "kind",
            RecordProblem::NoCollateral,
        ));
    };
    let (currency, rate) = rules.currency(place, "currency", &item.currency)?;
    let Some(row) = rules.rulebook.haircut_row_index(&item.kind, &item.rating) else {
        let known = haircuts.rows.iter().any(|row| row.kind == item.kind);
        return Err(if !known {
            RuleError::unknown(place, "kind", "type of collateral", &item.kind)
        } else if item.rating.is_empty() {
            RuleError::missing(place, "rating", "the haircut depends on the rating")
        } else {
            RuleError::unknown(place, "rating", "rating band", &item.rating)
        });
    };
    let absent = || RuleError::unknown(place, "kind", "type of collateral", &item.kind);
    let at = usize::try_from(row).map_err(|_| absent())?;
    let bands = &haircuts.rows.get(at - 1).ok_or_else(absent)?.bands;
    if bands.len() > 1 && item.maturity_days == 0 {
        let why = "the haircut depends on the residual maturity";
        return Err(RuleError::missing(place, "maturity_days", why));
    }
    let (edge, level) = bands
        .iter()
        .find(|(upto, _)| upto.is_none_or(|edge| item.maturity_days <= edge))
        .ok_or_else(absent)?;
    let (settled, _) = rules.currency(&set.place, "currency", &set.currency)?;
    let mismatch = currency != settled;
    let haircut = margin_haircut(haircuts, *level, mismatch, days);
    let whole = BigInt::from(item.amount) * rate;
    Ok(MarginFigures {
        item: index,
        currency,
        rate,
        haircut_row: row,
        edge: edge.map_or(LONGEST_MATURITY, u64::from),
        mismatch,
        variation: item.variation && (counts || !item.posted),
        haircut,
        value: if item.posted {
            -(whole * (HAIRCUT_ONE + haircut))
        } else {
            whole * (HAIRCUT_ONE - haircut)
        },
    })
}
