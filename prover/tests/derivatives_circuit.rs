//! The rows of a derivatives book satisfy every gate, lookup and total of the circuit, and the
//! circuit's total is the twin's, exactly.
#![allow(missing_docs)]

use std::path::Path;
use std::sync::Arc;

use plimsoll_circuits::book::Book;
use plimsoll_circuits::cells::derivatives::{Derivatives, Rows, fill, pack, public_table};
use plimsoll_circuits::counterparty_risk::assess_counterparty;
use plimsoll_circuits::field::{Fp, from_biguint};
use plimsoll_circuits::protocol::evaluate::violations;
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::{Grid, WitnessError};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Prices;
use plimsoll_prover::book::open;

fn check(book: &Book, rulebook: &Rulebook, snapshot: &Snapshot) {
    let figures = assess_counterparty(book, rulebook, snapshot).unwrap();
    let (layout, columns) = Layout::of::<Derivatives, Standard>().unwrap();
    let layout = Arc::new(layout);
    let table = Arc::new(public_table(rulebook, snapshot, Prices::Book));
    table.check(&layout).unwrap();
    let publics = Publics::of_rows(&layout, table);
    let rows = Rows::new(book, rulebook, snapshot, &figures).unwrap();
    let mut total = Fp::zero();
    for agreements in pack(&rows, layout.positions()).unwrap() {
        let mut grid = Grid::new(Arc::clone(&layout));
        fill(&columns, &rows, agreements, &mut grid).unwrap();
        let completed = grid.complete(&publics);
        let found = violations(&grid, &publics);
        let names: Vec<_> = found.iter().take(12).collect();
        assert!(
            found.is_empty(),
            "{names:#?} ({} in all), {completed:?}",
            found.len()
        );
        completed.unwrap();
        total += grid.columns()[layout.total_column(0)][0];
    }
    assert_eq!(total, from_biguint(&figures.rwa));
}

fn worked_examples() -> (Book, Rulebook, Snapshot) {
    let fixtures = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"));
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let text = std::fs::read_to_string(fixtures.join("snapshots/bcbs-examples.toml")).unwrap();
    let snapshot = Snapshot::parse(&text).unwrap();
    let opened = open(&fixtures.join("books/derivatives-bcbs")).unwrap();
    let book = opened.read(Some(&rulebook), Some(&snapshot)).unwrap();
    (book, rulebook, snapshot)
}

#[test]
fn the_worked_examples_fill_the_circuit() {
    let (book, rulebook, snapshot) = worked_examples();
    check(&book, &rulebook, &snapshot);
}

/// Their swaptions are priced by the book: not where the statement says that none is.
#[test]
fn a_price_of_the_books_own_is_refused_under_the_snapshot_alone() {
    let (book, rulebook, snapshot) = worked_examples();
    let figures = assess_counterparty(&book, &rulebook, &snapshot).unwrap();
    let (layout, columns) = Layout::of::<Derivatives, Standard>().unwrap();
    let layout = Arc::new(layout);
    let table = public_table(&rulebook, &snapshot, Prices::Snapshot);
    let publics = Publics::of_rows(&layout, Arc::new(table));
    let rows = Rows::new(&book, &rulebook, &snapshot, &figures).unwrap();
    let copies = pack(&rows, layout.positions()).unwrap();
    let mut grid = Grid::new(Arc::clone(&layout));
    fill(&columns, &rows, copies[0].clone(), &mut grid).unwrap();
    let refused = grid.complete(&publics).unwrap_err();
    let WitnessError::NotInTable { lookup, .. } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        lookup,
        "the parameters are the rulebook's for this row's job"
    );
}
