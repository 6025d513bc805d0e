//! Whatever the twin assesses in these tests, the circuit takes too: the rows satisfy every gate,
//! lookup and total, and their sum is the twin's, exactly.

use std::sync::{Arc, OnceLock};

use plimsoll_circuits::book::Book;
use plimsoll_circuits::cells::derivatives::{Columns, Derivatives, Rows, fill, pack, public_table};
use plimsoll_circuits::counterparty_risk::CounterpartyAssessment;
use plimsoll_circuits::field::{Fp, from_biguint};
use plimsoll_circuits::protocol::evaluate::violations_at;
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Prices;

fn layout() -> &'static (Arc<Layout>, Columns) {
    static MADE: OnceLock<(Arc<Layout>, Columns)> = OnceLock::new();
    MADE.get_or_init(|| {
        let (layout, columns) = Layout::of::<Derivatives, Standard>().unwrap();
        (Arc::new(layout), columns)
    })
}

/// Fills the circuit with an assessed book and evaluates every constraint.
pub(crate) fn agrees(
    book: &Book,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
    figures: &CounterpartyAssessment,
) {
    if figures.agreements.is_empty() {
        return;
    }
    let (layout, columns) = layout();
    let table = Arc::new(public_table(rulebook, snapshot, Prices::Book));
    table.check(layout).unwrap();
    let publics = Publics::of_rows(layout, table);
    let rows = Rows::new(book, rulebook, snapshot, figures).unwrap();
    let mut total = Fp::zero();
    for agreements in pack(&rows, layout.positions()).unwrap() {
        let mut grid = Grid::new(Arc::clone(layout));
        fill(columns, &rows, agreements, &mut grid).unwrap();
        let completed = grid.complete(&publics);
        // Padding is alike: its first rows and the last stand for all.
        let used = grid
            .columns()
            .iter()
            .take(columns.jobs.all().len() + 1)
            .filter_map(|column| column.iter().rposition(|cell| *cell != Fp::zero()))
            .max();
        let last = layout.active_rows() - 1;
        let mut looked_at: Vec<usize> = (0..last.min(used.unwrap_or(0) + 3)).collect();
        looked_at.push(last);
        let found = violations_at(&grid, &publics, &looked_at);
        assert!(found.is_empty(), "{:#?}", &found[..found.len().min(9)]);
        completed.unwrap();
        total += grid.columns()[layout.total_column(0)][0];
    }
    assert_eq!(total, from_biguint(&figures.rwa));
}
