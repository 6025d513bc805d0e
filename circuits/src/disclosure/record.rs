//! A record of a book, an exposure or a trade, and the cells that it stands in.

use super::trade;
use crate::cells::derivatives::Derivatives;
use crate::cells::rows::{id_digest, pair_digest};
use crate::field::{Fp, from_u128};
use crate::protocol::expr::Col;
use crate::protocol::layout::{Layout, Module};
use crate::protocol::opening::Cell;
use crate::statement::RowCircuit;

/// Column of the ids.
const ID: &str = "id";
/// Column of the first rows of runs, where there are runs.
const HEAD: &str = "first row of an exposure";
/// Column of the rows that hold a collateral item.
pub const ITEM: &str = "row with an item";
/// Counts the items of other exposures too: it belongs to no record, and is not shown.
const ORDINAL: &str = "item ordinal";

/// An exposure with its collateral, or a trade, as a proof holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The circuit it stands in.
    pub circuit: RowCircuit,
    /// Number of the proof in the attestation, from 0.
    pub proof: u32,
    /// Copy within the proof, from 0.
    pub copy: u32,
    /// Its first position in the copy, from 0.
    pub position: u32,
    /// External id of the exposure or the trade.
    pub id: String,
    /// External ids of its collateral items, in order.
    pub items: Vec<String>,
    /// For each of its positions, what stands in the columns ([`record_columns`]).
    pub rows: Vec<Vec<Fp>>,
}

crate::silent::silent!(Record);

/// What is wrong with a record. No message carries a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A circuit that there is not.
    #[error("its circuit is not one whose records are disclosed")]
    Circuit,
    /// Not a value for each column.
    #[error("it does not have one value for each column of its circuit")]
    Columns,
    /// A value that is not a decimal integer below p, in its one form.
    #[error("the value of `{0}` is not an integer in its one form")]
    Value(&'static str),
    /// Positions that its ids do not account for, or that the copy does not have.
    #[error("it does not have the positions that its ids take")]
    Positions,
    /// The id that is shown is not the one that was committed to.
    #[error("an id that it shows is not the one that was proven")]
    Id,
    /// Part of an exposure or a trade, or parts of two.
    #[error("its rows are not those of one whole exposure or trade")]
    Run,
    /// Two records say different things of one cell.
    #[error("another record of the disclosure says something else of the same cell")]
    Contradiction,
}

/// The columns of a record, with their names: all that were declared but those that say something
/// of other records.
pub fn record_columns(layout: &Layout) -> impl Iterator<Item = (Col, &'static str)> {
    let others: &[&str] = match layout.name {
        Derivatives::NAME => &trade::RUNNING,
        _ => &[ORDINAL],
    };
    let columns = layout.columns.iter().enumerate();
    let shown = columns.filter(move |(_, column)| !others.contains(&column.name));
    shown.map(|(index, column)| (Col(index), column.name))
}

impl Record {
    /// Positions that it takes: an exposure one for each item, and one at least; a trade those
    /// that are shown of it, as [`cells`](Record::cells) checks.
    pub fn positions(&self) -> usize {
        match self.circuit {
            RowCircuit::Derivatives => self.rows.len(),
            _ => self.items.len().max(1),
        }
    }

    /// A value of one of its positions, by the column's name.
    pub fn value(&self, layout: &Layout, row: usize, name: &str) -> Option<Fp> {
        let index = record_columns(layout).position(|(_, known)| known == name)?;
        self.rows.get(row)?.get(index).copied()
    }

    /// The cells that it says something about, with what it says. Of a run, that is also that the
    /// position after it begins another one.
    ///
    /// # Errors
    /// A record that is not whole, or that its own ids contradict.
    pub fn cells(&self, layout: &Layout) -> Result<Vec<(Cell, Fp)>, RecordError> {
        let runs = layout.columns.iter().position(|column| column.name == HEAD);
        let last = self.position as usize + self.positions();
        if self.rows.len() != self.positions()
            || last > layout.positions()
            || (runs.is_none() && !self.items.is_empty())
        {
            return Err(RecordError::Positions);
        }
        let mut cells = Vec::new();
        for (at, row) in (self.position as usize..).zip(&self.rows) {
            if row.len() != record_columns(layout).count() {
                return Err(RecordError::Columns);
            }
            for ((col, _), value) in record_columns(layout).zip(row) {
                cells.push((self.cell(layout, at, col), *value));
            }
        }
        if self.circuit == RowCircuit::Derivatives {
            trade::whole(&self.id, self.rows.len(), |row, name| {
                self.value(layout, row, name)
            })?;
            return Ok(cells);
        }
        let bit = |on: bool| Some(Fp::from(u64::from(on)));
        for row in 0..self.rows.len() {
            let id = match self.items.get(row) {
                None => id_digest(&self.id),
                Some(item) => pair_digest(&self.id, item),
            };
            if self.value(layout, row, ID) != Some(from_u128(id)) {
                return Err(RecordError::Id);
            }
            let head = self.value(layout, row, HEAD);
            let item = self.value(layout, row, ITEM);
            if runs.is_some() && (head != bit(row == 0) || item != bit(row < self.items.len())) {
                return Err(RecordError::Run);
            }
        }
        if let Some(head) = runs {
            cells.push((self.cell(layout, last, Col(head)), Fp::one()));
        }
        Ok(cells)
    }

    fn cell(&self, layout: &Layout, position: usize, col: Col) -> Cell {
        Cell {
            proof: self.proof,
            copy: self.copy,
            column: layout.physical(position % layout.lanes, col) as u32,
            row: (position / layout.lanes) as u32,
        }
    }
}
