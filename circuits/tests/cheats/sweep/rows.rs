//! Whole rows: two that change places, and a region that moves down by one.

use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::cheat::local::Local;
use plimsoll_circuits::protocol::expr::Col;

use super::report::Report;

/// Rows of a region that moves.
const REGION: usize = 4;

pub(super) fn swept(honest: &Forgery, rows: &[usize]) -> Report {
    let local = Local::of(honest);
    let layout = honest.grid.layout();
    let all: Vec<Col> = (0..layout.columns.len()).map(Col).collect();
    let declared = layout.range_multiplicity();
    let mut report = Report::default();
    let mut grid = honest.grid.clone();
    let end = layout.active_rows();
    let mut ask = |from: usize, to: usize, what: &str, move_rows: &dyn Fn(&mut Vec<_>)| {
        for column in &mut grid.columns_mut()[..declared] {
            move_rows(column);
        }
        let now = &grid.columns()[..declared];
        let then = &honest.grid.columns()[..declared];
        if now
            .iter()
            .zip(then)
            .all(|(now, then)| now[from..to] == then[from..to])
        {
            report.idle();
            return;
        }
        let positions = from * layout.lanes..=to * layout.lanes - 1;
        report.asked(what, local.refusal(&grid, &all, positions));
        for (now, then) in grid.columns_mut()[..declared].iter_mut().zip(then) {
            now[from..to].copy_from_slice(&then[from..to]);
        }
    };
    for &row in rows.iter().filter(|row| *row + REGION < end) {
        ask(row, row + 2, "two rows", &|column| {
            column.swap(row, row + 1)
        });
        ask(row, row + REGION, "rows", &|column| {
            column.copy_within(row..row + REGION - 1, row + 1);
        });
    }
    report
}
