//! Cheats on derivatives. The circuit exists at its standard size only, so that what is evaluated
//! is the rows of the book and the last ones; the padding between them is all alike.

pub(crate) mod book;
mod exposures;
mod keys;
mod options;
mod order;
mod places;
mod proofs;
mod sets;
mod settle;
mod sweep;
mod tables;
mod trades;
mod words;
mod words_and_tables;

use std::collections::BTreeSet;

use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::statement::RowCircuit;

use crate::catalogue::{Cheat, Removed};
use crate::honest::honest;

pub(crate) use places::{filled, job};
pub(crate) use settle::settle;

/// The names of the constraints that refuse it, on the rows that a cheat can have touched.
pub(crate) fn refused_by(f: &Forgery) -> BTreeSet<String> {
    let rows: Vec<usize> = settle::touched(f).into_iter().collect();
    let violations = f.violations_at(&rows).into_iter();
    violations.map(|violation| violation.constraint).collect()
}

pub(crate) fn cheats() -> Vec<Cheat> {
    let mut all = order::cheats();
    all.extend(keys::cheats());
    all.extend(trades::cheats());
    all.extend(options::cheats());
    all.extend(sets::cheats());
    all.extend(exposures::cheats());
    all.extend(words_and_tables::cheats());
    all
}

/// The solver finds the honest witness again: otherwise a cheat might be refused for its faults.
#[test]
fn the_solver_leaves_an_honest_witness_as_it_is() {
    let honest = honest(RowCircuit::Derivatives);
    let mut settled = honest.clone();
    settle(&mut settled);
    let layout = honest.grid.layout();
    let mut wrong = Vec::new();
    for (index, column) in layout.columns.iter().enumerate() {
        let physical = layout.offsets[index];
        let pairs = honest.grid.columns()[physical]
            .iter()
            .zip(&settled.grid.columns()[physical]);
        let rows = pairs.enumerate().filter(|(_, (a, b))| a != b);
        wrong.extend(rows.map(|(row, _)| format!("{} in row {row}", column.name)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(refused_by(&settled), BTreeSet::new());
}

/// As for the other circuits, with one grid that is restored after each cheat.
#[test]
fn cheats_are_refused() {
    let (circuit, mut wrong) = (RowCircuit::Derivatives, Vec::new());
    let mut removed = Removed::default();
    let honest = honest(circuit);
    let mut forgery = honest.clone();
    for cheat in crate::catalogue::cheats(circuit) {
        cheat.apply(circuit, &mut forgery);
        let refused = refused_by(&forgery);
        wrong.extend(cheat.mistaken(&refused));
        removed.note(refused);
        places::restore(&mut forgery, honest);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    removed.conclude(circuit);
    assert!(forgery.grid.columns() == honest.grid.columns());
}
