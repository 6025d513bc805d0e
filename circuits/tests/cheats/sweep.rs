//! Every cell, every alteration: who refuses it, and why some are not refused.
//!
//! One cell at a time, then runs of a column, whole columns, swapped and shifted rows. What follows
//! from a cell – limbs, totals, multiplicities, challenges, the second round – is solved again; what
//! a rule derives from it is not, because its gate is what is asked. (The derivatives' own sweep, in
//! `derivatives/sweep.rs`, solves that again too.)
//!
//! A run of the tests takes the first and last rows, those that hold something, and a seeded sample.
//! `PLIMSOLL_SWEEP=1` takes every row, and writes the figures to `fixtures/circuits/*.sweep.txt`.

mod agree;
mod engine;
mod reasons;
mod report;
mod rows;

use std::collections::BTreeSet;

use plimsoll_circuits::protocol::cheat::local::Local;
use plimsoll_circuits::protocol::cheat::{Alteration, Forgery};
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::{Bound, COMMITTED_ONLY, Layout};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::RowCircuit;

use crate::honest::honest;
use report::Report;

/// Cells in the sentinel's row that no gate reads, whatever the column.
const AFTER: &str = "cell after the last row";
/// Cells that no gate, lookup, total or relation reads where they stand.
const UNREAD: &str = "cell that nothing reads there";
/// Rows in the middle that a run of the tests takes.
const SAMPLE: u64 = 6;

pub(crate) fn whole() -> bool {
    std::env::var_os("PLIMSOLL_SWEEP").is_some()
}

/// The rows that are altered, ascending; the sentinel's is the last.
fn altered_rows(layout: &Layout, filled: usize) -> Vec<usize> {
    let end = layout.active_rows();
    if whole() {
        return (0..=end).collect();
    }
    let mut rows: BTreeSet<usize> = (0..filled.min(end)).collect();
    rows.extend(end - 4..=end);
    let mut seed = 20_261_120u64;
    for _ in 0..SAMPLE {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        rows.insert((seed >> 33) as usize % end);
    }
    rows.into_iter().collect()
}

/// A physical column: what it is, and what the circuit calls it.
struct Physical {
    column: usize,
    lane: usize,
    col: Col,
    name: String,
    /// A limb is left as it was altered; a value gets limbs of its own.
    limb: bool,
}

fn physical(layout: &Layout, column: usize) -> Physical {
    let lanes = layout.lanes * layout.lane_width;
    let (lane, offset, shared) = if column < lanes {
        (
            column / layout.lane_width,
            column % layout.lane_width,
            false,
        )
    } else {
        (0, column - lanes, true)
    };
    let owners = layout.columns.iter().zip(&layout.offsets).enumerate();
    let owner = owners.filter(|(_, (column, at))| column.shared == shared && **at <= offset);
    let owner = owner.max_by_key(|(index, _)| *index);
    let owner = owner.expect("the first column starts at zero").0;
    let limb = layout.offsets[owner] != offset;
    let name = layout.columns[owner].name;
    Physical {
        column,
        lane,
        col: Col(owner),
        name: if limb {
            format!("limb of {name}")
        } else {
            name.to_owned()
        },
        limb,
    }
}

/// Puts rows of a column, and of its limbs, back.
fn restore(grid: &mut Grid, honest: &Grid, at: &Physical, rows: std::ops::Range<usize>) {
    let layout = honest.layout();
    let mut columns = vec![at.column];
    if !at.limb {
        let check = layout.range_checks.iter().find(|check| check.col == at.col);
        let limbs = check.into_iter().flat_map(|check| &check.limbs);
        columns.extend(limbs.map(|limb| at.lane * layout.lane_width + limb));
    }
    for column in columns {
        grid.columns_mut()[column][rows.clone()]
            .copy_from_slice(&honest.columns()[column][rows.clone()]);
    }
}

/// Alters a column from each of these rows on.
fn column(
    local: &Local<'_>,
    grid: &mut Grid,
    honest: &Grid,
    at: &Physical,
    report: &mut Report,
    rows: &[usize],
) {
    let layout = honest.layout();
    let lanes = layout.lanes;
    let mut ask = |row: usize, alteration: Alteration, report: &mut Report| {
        let end = (row + alteration.reach()).min(layout.usable_rows());
        alteration.apply(&mut grid.columns_mut()[at.column], row);
        if grid.columns()[at.column][row..end] == honest.columns()[at.column][row..end] {
            report.idle();
            return;
        }
        if !at.limb {
            local.resolve_limbs(grid, at.lane, at.col, row..=end - 1);
        }
        let shared = layout.columns[at.col.0].shared;
        let last_lane = if shared { lanes - 1 } else { at.lane };
        let positions = row * lanes + at.lane..=(end - 1) * lanes + last_lane;
        let differ =
            |row: &usize| grid.columns()[at.column][*row] != honest.columns()[at.column][*row];
        let altered: Vec<usize> = (row..end).filter(differ).collect();
        let refusal = local.refusal(grid, &[at.col], positions);
        restore(grid, honest, at, row..end);
        let named = layout.columns[at.col.0].bound == Bound::By(COMMITTED_ONLY);
        let what = if refusal.is_some() || named && altered[0] < layout.active_rows() {
            &at.name
        } else if altered[0] >= layout.active_rows() {
            AFTER
        } else if !at.limb && local.is_unread(grid, at.lane, at.col, &altered) {
            UNREAD
        } else if layout.name == "derivatives" {
            &format!(
                "{}: {}",
                crate::derivatives::job(honest, altered[0]),
                at.name
            )
        } else {
            &at.name
        };
        report.asked(what, refusal);
    };
    for &row in rows {
        for alteration in Alteration::all(layout) {
            ask(row, alteration, report);
        }
    }
    // The whole column: moved down by a row, one value, the second half moved down.
    let all = layout.usable_rows();
    for (row, alteration) in [
        (0, Alteration::Shift(all)),
        (0, Alteration::Constant(all)),
        (all / 2, Alteration::Shift(all - all / 2)),
    ] {
        ask(row, alteration, report);
    }
}

fn columns_of(honest: &Forgery, rows: &[usize]) -> Report {
    let local = Local::of(honest);
    let layout = honest.grid.layout();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let every = layout.range_multiplicity();
    let part = |from: usize| {
        let mut report = Report::default();
        let mut grid = honest.grid.clone();
        for index in (from..every).step_by(threads) {
            let at = physical(layout, index);
            column(&local, &mut grid, &honest.grid, &at, &mut report, rows);
        }
        assert!(grid.columns() == honest.grid.columns(), "it was put back");
        report
    };
    std::thread::scope(|scope| {
        let part = &part;
        let parts: Vec<_> = (0..threads)
            .map(|from| scope.spawn(move || part(from)))
            .collect();
        let parts = parts.into_iter();
        parts
            .map(|p| p.join().expect("a part of the sweep"))
            .fold(Report::default(), Report::and)
    })
}

/// Rows that hold something of the book, in the witnesses of `honest`.
fn filled(circuit: RowCircuit) -> usize {
    match circuit {
        RowCircuit::Derivatives => crate::derivatives::filled(honest(circuit)),
        _ => 18,
    }
}

/// Sweeps a circuit's declared columns, its rows, and the engine's columns.
fn explained(circuit: RowCircuit) {
    let honest = honest(circuit);
    let layout = honest.grid.layout();
    let rows = altered_rows(layout, filled(circuit));
    let report = columns_of(honest, &rows)
        .and(rows::swept(honest, &rows))
        .and(engine::swept(honest, &rows));
    report.conclude(layout, rows.len(), &format!("{circuit:?}"));
}

#[test]
fn plain_cells_are_held() {
    explained(RowCircuit::Plain);
    explained(RowCircuit::PlainSingle);
}

#[test]
fn banded_cells_are_held() {
    explained(RowCircuit::Banded);
}

#[test]
fn secured_cells_are_held() {
    explained(RowCircuit::Secured);
    explained(RowCircuit::SecuredSingle);
}

#[test]
fn vouched_cells_are_held() {
    explained(RowCircuit::Vouched);
}

#[test]
fn general_cells_are_held() {
    explained(RowCircuit::SecuredGeneral);
}

#[test]
fn derivative_cells_are_held() {
    explained(RowCircuit::Derivatives);
}

#[test]
fn capital_cells_are_held() {
    let bank = crate::capital::Bank::new(crate::common::basel(), true);
    let honest = bank.witness(&bank.honest());
    let layout = honest.grid.layout();
    // Every word has a row of its own.
    let rows = altered_rows(layout, 400);
    let report = columns_of(&honest, &rows).and(engine::swept(&honest, &rows));
    report.conclude(layout, rows.len(), "Capital");
}
