//! Netting sets and margin, from `netting_sets.csv` and `margin.csv`.

use std::collections::HashMap;
use std::path::Path;

use plimsoll_circuits::book::{Margin, MarginItem, NettingSet, Trade};

use super::columns::derivatives::{MARGIN_SIDES, PURPOSES};
use super::columns::{DERIVATIVES, MARGIN, NETTING_SETS, TRADES};
use super::error::{BookError, Problem};
use super::read::unique;
use super::table::{Row, Table};
use super::trades::{self, Context};

/// What a book holds of derivatives.
#[derive(Default)]
pub(super) struct DerivativeBook {
    pub(super) netting_sets: Vec<NettingSet>,
    pub(super) trades: Vec<Trade>,
    pub(super) margin: Vec<MarginItem>,
}

/// Reads the three files of derivatives. A book has none of them; or it has each, or declares it
/// empty. (Ratios that need counterparty risk are named in the verdict as without it where a book
/// has no netting sets, so that nothing is passed over in silence.)
pub(super) fn read(
    folder: &Path,
    empty: &[String],
    context: &Context<'_>,
) -> Result<DerivativeBook, BookError> {
    let mut book = DerivativeBook::default();
    if !DERIVATIVES.iter().any(|name| folder.join(name).exists()) {
        return Ok(book);
    }
    let mut sets = HashMap::new();
    if let Some(table) = Table::open(folder, NETTING_SETS, empty)? {
        table.for_each(|row| {
            let set = netting_set(&row, context.scale)?;
            unique(&mut sets, &set.id, book.netting_sets.len(), &row, |at| {
                book.netting_sets[at].place.line
            })?;
            book.netting_sets.push(set);
            Ok(())
        })?;
    }
    let known = |row: &Row<'_>, id: &str| {
        if sets.contains_key(id) {
            return Ok(());
        }
        Err(row.error("netting_set", Problem::UnknownNettingSet(id.to_owned())))
    };
    let mut ids = HashMap::new();
    if let Some(table) = Table::open(folder, TRADES, empty)? {
        table.for_each(|row| {
            let mut legs = trades::trades(&row, context)?;
            let set = legs.first().and_then(|leg| sets.get(&leg.netting_set));
            let set = set.and_then(|at: &usize| book.netting_sets.get(*at));
            // Under a margin period the factor of a linear trade would shrink with it: the collar
            // stays, and counts for more.
            if legs.len() > 1 && set.is_some_and(|set| set.margin.is_none() && !set.outside) {
                let payoff = row.amount("payoff", context.scale)?;
                if let Some(linear) = trades::capped(&legs, payoff, context) {
                    legs = vec![linear];
                }
            }
            for trade in legs {
                known(&row, &trade.netting_set)?;
                unique(&mut ids, &trade.id, book.trades.len(), &row, |at| {
                    book.trades[at].place.line
                })?;
                book.trades.push(trade);
            }
            Ok(())
        })?;
    }
    let mut ids = HashMap::new();
    if let Some(table) = Table::open(folder, MARGIN, empty)? {
        table.for_each(|row| {
            let item = margin_item(&row, context.scale)?;
            known(&row, &item.netting_set)?;
            unique(&mut ids, &item.id, book.margin.len(), &row, |at| {
                book.margin[at].place.line
            })?;
            book.margin.push(item);
            Ok(())
        })?;
    }
    Ok(book)
}

fn netting_set(row: &Row<'_>, scale: i8) -> Result<NettingSet, BookError> {
    let terms = Margin {
        threshold: row.amount("threshold", scale)?,
        minimum_transfer: row.amount("minimum_transfer", scale)?,
        remargin_days: row.days("remargin_days")?,
        cleared: row.yes("cleared")?,
        illiquid: row.yes("illiquid")?,
        disputed: row.yes("disputed")?,
    };
    let margined = terms.remargin_days > 0;
    if !margined && terms != Margin::default() {
        let why = "a netting set with terms of margin needs the days between exchanges of margin";
        return Err(row.error("remargin_days", Problem::Together(why)));
    }
    let set = NettingSet {
        id: row.text("id")?,
        agreement: row.text("agreement")?,
        class: row.text("class")?,
        grade: row.text("grade")?,
        currency: row.currency("currency")?,
        margin: margined.then_some(terms),
        outside: row.yes("outside")?,
        place: row.place(),
    };
    if set.outside && (margined || !set.agreement.is_empty()) {
        let why = "options outside every agreement have no margin and share no agreement";
        return Err(row.error("outside", Problem::Together(why)));
    }
    Ok(set)
}

fn margin_item(row: &Row<'_>, scale: i8) -> Result<MarginItem, BookError> {
    Ok(MarginItem {
        id: row.text("id")?,
        netting_set: row.text("netting_set")?,
        kind: row.text("kind")?,
        rating: row.text("rating")?,
        currency: row.currency("currency")?,
        amount: row.amount("amount", scale)?,
        maturity_days: row.days("maturity_days")?,
        posted: row.choice("side", MARGIN_SIDES)? == Some("posted"),
        variation: row.choice("purpose", PURPOSES)? == Some("variation"),
        place: row.place(),
    })
}
