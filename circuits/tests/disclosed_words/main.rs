//! A disclosed record in words says what its book says and what its proof used: cells that an honest
//! book fills, read back. That cells are those that were committed to is another matter
//! (`openings.rs`).
#![allow(missing_docs)]
#[path = "../common/mod.rs"]
mod common;

mod exposures;
mod form;
mod trades;

use std::fmt::Write as _;

use plimsoll_circuits::disclosure::{Record, RecordError, record_columns, shown};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::layout::Layout;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::Statement;

use common::{basel, snapshot};

/// What stands in the columns of a record's positions.
pub(crate) fn cells(grid: &Grid, position: usize, rows: usize) -> Vec<Vec<Fp>> {
    let row = |row| {
        let columns = record_columns(grid.layout());
        columns
            .map(|(col, _)| grid.get(position + row, col))
            .collect()
    };
    (0..rows).map(row).collect()
}

/// As on a screen: a line for each figure.
fn screen(record: &Record, layout: &Layout, statement: &Statement) -> String {
    let shown = shown(record, layout, &basel(), &snapshot(), statement);
    let mut text = format!("{} ({}): {}\n", shown.id, shown.circuit, shown.class);
    for (what, figure) in &shown.figures {
        writeln!(text, "  {what}: {figure}").unwrap();
    }
    for item in &shown.items {
        writeln!(text, "  {}: {}", item.id, item.kind).unwrap();
        for (what, figure) in &item.figures {
            writeln!(text, "    {what}: {figure}").unwrap();
        }
    }
    text
}

/// All records, each of which says what stands in its cells.
pub(crate) fn screens(grid: &Grid, records: &[Record], statement: &Statement) -> String {
    let layout = grid.layout();
    let one = |record: &Record| {
        let said = record.cells(layout).unwrap();
        assert!(said.len() >= record.rows.len() * record_columns(layout).count());
        for (cell, value) in said {
            assert_eq!((cell.proof, cell.copy), (record.proof, record.copy));
            assert_eq!(
                grid.columns()[cell.column as usize][cell.row as usize],
                value
            );
        }
        screen(record, layout, statement)
    };
    records.iter().map(one).collect()
}

/// Neither less nor more than the record, nor other ids, nor a place that there is not.
pub(crate) fn is_whole(grid: &Grid, record: &Record) {
    let layout = grid.layout();
    let refused = |change: &dyn Fn(&mut Record)| {
        let mut other = record.clone();
        change(&mut other);
        other.cells(layout).map(|_| ()).unwrap_err()
    };
    let (positions, columns) = (RecordError::Positions, RecordError::Columns);
    assert_eq!(refused(&|r| r.rows.truncate(r.rows.len() - 1)), positions);
    assert_eq!(refused(&|r| r.rows.push(r.rows[0].clone())), positions);
    assert_eq!(
        refused(&|r| r.position = layout.positions() as u32),
        positions
    );
    assert_eq!(refused(&|r| r.rows[0].truncate(1)), columns);
    assert_eq!(refused(&|r| r.rows[0].push(Fp::one())), columns);
    assert_eq!(refused(&|r| r.id.push('x')), RecordError::Id);
    // Up to the last position, and not beyond it.
    let moved = |position: usize| {
        let mut other = record.clone();
        other.position = position as u32;
        other.cells(layout).map(|_| ())
    };
    let last = layout.positions() - record.rows.len();
    assert_eq!(moved(last), Ok(()));
    for beyond in 1..=2 {
        assert_eq!(moved(last + beyond), Err(positions));
    }
}
