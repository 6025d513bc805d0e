//! Plain exposures in columns that a data owner committed to and signed.
//!
//! Rule and columns are those of plain exposures. A circuit of its own, so that *all* positions of
//! its proofs are vouched for and no position of another: nothing needs to say which row is whose.
//!
//! | column | per | signed | bound |
//! | --- | --- | --- | --- |
//! | id | position | yes | committed only |
//! | amount | position | yes | 64 bits |
//! | class; code | row | yes | looked up |
//! | weight; factor | row | no | follow from rulebook and snapshot |
//! | beyond | row | no | 0 up to the last row vouched for, 1 from there on |
//!
//! The voucher says how many rows it is about, and the verifier pins that number in `beyond` by two
//! public relations: the last of these rows is not beyond, the next one is. Nothing stands beyond,
//! so that a column cannot hold more than its owner says that it holds.

use std::sync::Arc;

use ff::Field;

use crate::cells::plain;
use crate::field::Fp;
use crate::protocol::expr::{Col, not};
use crate::protocol::layout::{Declaration, Layout, Module};
use crate::protocol::publics::{PublicTable, Publics, Relation, Weighed};
use crate::protocol::witness::Grid;

/// The columns that a data owner signs, by name, in the order of their commitments; a column of
/// positions is one commitment for each lane.
pub const SIGNED: [&str; 4] = ["id", "amount", "class", "conversion"];

/// Index of the only weighed column.
const BEYOND: usize = 0;

/// The module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vouched;

/// Its columns.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Those of a plain exposure.
    pub plain: plain::Columns,
    beyond: Col,
}

impl Module for Vouched {
    const NAME: &'static str = "credit-vouched";
    const VERSION: u32 = 1;
    const LANES: usize = plain::LANES;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let plain = plain::declare(d);
        let beyond = d.shared_by("beyond", "its own gate");
        // Within a row the next position has the same cell: zero or one. From row to row it
        // does not fall.
        d.gate(
            "rows beyond those vouched for are the last ones",
            beyond.here() * not(beyond.next()),
        );
        d.gate(
            "nothing stands beyond the rows vouched for",
            beyond.here() * plain.amount().here(),
        );
        d.weigh(beyond);
        Columns { plain, beyond }
    }
}

impl Columns {
    /// Marks the rows beyond the first `rows`, the sentinel's included.
    pub fn close(&self, grid: &mut Grid, rows: usize) {
        let (lanes, end) = (grid.layout().lanes, grid.layout().active_rows());
        (rows..=end).for_each(|row| grid.set(row * lanes, self.beyond, 1));
    }
}

/// The public values of a copy whose first `rows` rows are vouched for: at least one, and at most
/// the active ones.
pub fn publics(layout: &Layout, table: Arc<PublicTable>, rows: usize) -> Publics {
    let pinned = |name: &str, row: usize, constant: Fp| Relation {
        name: name.to_owned(),
        terms: vec![(
            Weighed::Data {
                column: BEYOND,
                row,
            },
            Fp::ONE,
        )],
        constant,
    };
    let last = rows.saturating_sub(1);
    let mut relations = vec![pinned(
        "the last row vouched for is not beyond",
        last,
        Fp::ZERO,
    )];
    if rows < layout.active_rows() {
        let name = "the row after those vouched for is beyond";
        relations.push(pinned(name, rows, -Fp::ONE));
    }
    Publics {
        relations: Arc::new(relations),
        ..Publics::of_rows(layout, table)
    }
}

/// The first-round columns of a copy that are signed, in the order of their commitments.
pub fn signed_columns(layout: &Layout) -> Vec<usize> {
    let mut signed = Vec::new();
    for name in SIGNED {
        let columns = layout.columns.iter().enumerate();
        for (index, column) in columns.filter(|(_, column)| column.name == name) {
            let lanes = if column.shared { 1 } else { layout.lanes };
            signed.extend((0..lanes).map(|lane| layout.physical(lane, Col(index))));
        }
    }
    signed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::layout::Standard;
    use crate::protocol::verify::looked_ahead;

    /// CONDITIONS P2: a signed column costs one evaluation in each proof.
    #[test]
    fn conditions_p2_signed_columns_are_read_in_their_own_row_only() {
        let layout = Layout::of::<Vouched, Standard>().expect("a layout").0;
        let signed = signed_columns(&layout);
        assert_eq!(signed.len(), 2 * plain::LANES + 2);
        assert!(signed.is_sorted_by(|a, b| a != b));
        let ahead = looked_ahead(&layout);
        assert!(!ahead.is_empty(), "`beyond` looks ahead");
        assert!(signed.iter().all(|column| !ahead.contains(column)));
    }
}
