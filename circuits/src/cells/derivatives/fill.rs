//! The rows of a book's derivatives, from the twin's figures.

mod sets;
mod trades;
mod writer;

use std::collections::BTreeMap;
use std::ops::Range;

use self::writer::Writer;
use crate::book::{Book, Instrument, Trade};
use crate::cells::derivatives::columns::Columns;
use crate::counterparty_risk::{
    AgreementFigures, CounterpartyAssessment, DiscountTables, HedgingSetFigures, SetFigures,
    SubsetFigures, TradeFigures,
};
use crate::protocol::witness::Grid;
use crate::rulebook::{ClassLine, Derivatives, Rulebook};
use crate::snapshot::Snapshot;

/// A book whose derivatives do not fit the circuit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// The rulebook does not charge derivatives.
    #[error("the rulebook does not charge derivatives")]
    Rulebook,
    /// One agreement has more rows than a copy.
    #[error("netting set `{set}` needs {rows} rows and a copy has {capacity}")]
    TooLarge {
        /// Its first netting set.
        set: String,
        /// Rows it needs.
        rows: usize,
        /// Rows there are.
        capacity: usize,
    },
    /// A figure does not fit its words.
    #[error("a figure of netting set `{set}` exceeds what the circuit holds: {what}")]
    TooWide {
        /// The netting set.
        set: String,
        /// Which figure.
        what: &'static str,
    },
}

/// A book's derivatives with everything that their rows need.
/// Names are those of the book; nothing here prints an amount.
#[derive(Debug)]
pub struct Rows<'a> {
    book: &'a Book,
    rules: &'a Derivatives,
    snapshot: &'a Snapshot,
    discounts: DiscountTables,
    lines: BTreeMap<u32, ClassLine<'a>>,
    figures: &'a CounterpartyAssessment,
}

impl<'a> Rows<'a> {
    /// The rows of an assessment.
    ///
    /// # Errors
    /// A rulebook that does not charge derivatives.
    pub fn new(
        book: &'a Book,
        rulebook: &'a Rulebook,
        snapshot: &'a Snapshot,
        figures: &'a CounterpartyAssessment,
    ) -> Result<Self, FillError> {
        let rules = rulebook.derivatives.as_ref().ok_or(FillError::Rulebook)?;
        let lines = rulebook.derivative_lines();
        Ok(Rows {
            book,
            rules,
            snapshot,
            discounts: DiscountTables::new(rules),
            lines: lines.into_iter().map(|line| (line.code, line)).collect(),
            figures,
        })
    }

    fn trade(&self, figures: &TradeFigures) -> &'a Trade {
        &self.book.trades[figures.trade]
    }

    /// Rows of a trade of a subset.
    fn rows_of(&self, subset: &SubsetFigures, figures: &TradeFigures) -> usize {
        let line = self.lines.get(&subset.class);
        let trade = self.trade(figures);
        let start = line.is_some_and(|line| line.class.duration) && trade.start > 0;
        1 + usize::from(start) + usize::from(trade.instrument != Instrument::Linear)
    }

    /// Rows of an agreement.
    fn count(&self, agreement: &AgreementFigures) -> usize {
        let subset = |s: &SubsetFigures| {
            let trade = |figures: &TradeFigures| self.rows_of(s, figures);
            1 + s.trades.iter().map(trade).sum::<usize>()
        };
        let hedging = |h: &HedgingSetFigures| 1 + h.subsets.iter().map(subset).sum::<usize>();
        let set =
            |s: &SetFigures| 1 + s.margin.len() + s.hedging_sets.iter().map(hedging).sum::<usize>();
        2 + agreement.sets.iter().map(set).sum::<usize>()
    }

    /// Where the trades of these agreements stand in the copy that holds them and nothing before
    /// them: first position and external id, in order.
    pub fn places(&self, agreements: Range<usize>) -> Vec<(usize, &'a str)> {
        let mut places = Vec::new();
        let mut at = 0;
        for agreement in self.figures.agreements.get(agreements).unwrap_or_default() {
            for set in &agreement.sets {
                at += set.margin.len();
                for hedging in &set.hedging_sets {
                    for subset in &hedging.subsets {
                        for trade in &subset.trades {
                            places.push((at, self.trade(trade).id.as_str()));
                            at += self.rows_of(subset, trade);
                        }
                        at += 1;
                    }
                    at += 1;
                }
                at += 1;
            }
            at += 2;
        }
        places
    }

    fn name(&self, agreement: &AgreementFigures) -> String {
        let set = agreement.sets.first();
        set.map(|set| self.book.netting_sets[set.set].id.to_string())
            .unwrap_or_default()
    }
}

/// Which agreements go into which copy, in their order.
///
/// # Errors
/// An agreement that is larger than a copy.
pub fn pack(rows: &Rows<'_>, capacity: usize) -> Result<Vec<Range<usize>>, FillError> {
    let mut copies: Vec<Range<usize>> = Vec::new();
    let mut taken = capacity;
    for (index, agreement) in rows.figures.agreements.iter().enumerate() {
        let count = rows.count(agreement);
        if count > capacity {
            return Err(FillError::TooLarge {
                set: rows.name(agreement),
                rows: count,
                capacity,
            });
        }
        if taken + count > capacity {
            copies.push(index..index);
            taken = 0;
        }
        taken += count;
        if let Some(copy) = copies.last_mut() {
            copy.end = index + 1;
        }
    }
    Ok(copies)
}

/// Fills a copy with agreements, and the rest with padding.
///
/// # Errors
/// A figure that does not fit its words.
pub fn fill(
    columns: &Columns,
    rows: &Rows<'_>,
    agreements: Range<usize>,
    grid: &mut Grid,
) -> Result<(), FillError> {
    let mut writer = Writer::new(columns, rows, grid);
    for agreement in rows.figures.agreements.get(agreements).unwrap_or_default() {
        writer.set = rows.name(agreement);
        writer.agreement(agreement)?;
    }
    writer.padding();
    Ok(())
}
