//! The coverage test: every constraint that a circuit can name is refused a cheat of its own.
//!
//! The engine's gates are in `engine`, the relations of the capital circuit in `capital`; both go
//! through all of theirs by themselves.

use std::collections::BTreeSet;

use plimsoll_circuits::cells::capital::Capital;
use plimsoll_circuits::protocol::circuit as names;
use plimsoll_circuits::protocol::evaluate::constraint_names;
use plimsoll_circuits::protocol::layout::{Layout, Small};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::statement::RowCircuit;

use crate::catalogue::cheats;
use crate::honest::honest;

#[test]
fn every_named_constraint_refuses_a_cheat() {
    for circuit in RowCircuit::ALL {
        let honest = honest(circuit);
        let all = constraint_names(honest.grid.layout(), &honest.publics);
        let covered: BTreeSet<String> = cheats(circuit).into_iter().map(|c| c.refuses).collect();
        let open: Vec<&String> = all.iter().filter(|name| !covered.contains(*name)).collect();
        assert!(
            open.is_empty(),
            "{circuit:?}: no cheat is refused by {open:#?}"
        );
        let unknown: Vec<_> = covered.iter().filter(|name| !all.contains(name)).collect();
        assert!(unknown.is_empty(), "{circuit:?}: there is no {unknown:#?}");
        println!(
            "{circuit:?}: {} constraints, {} cheats",
            all.len(),
            cheats(circuit).len()
        );
    }
}

/// Two constraints of one name could hide behind each other.
#[test]
fn names_are_unique() {
    for circuit in RowCircuit::ALL {
        let layout = honest(circuit).grid.layout();
        let gates: BTreeSet<&str> = layout.gates.iter().map(|gate| gate.name).collect();
        assert_eq!(gates.len(), layout.gates.len(), "{circuit:?}");
        let lookups: BTreeSet<&str> = layout.lookups.iter().map(|lookup| lookup.name).collect();
        assert_eq!(lookups.len(), layout.lookups.len(), "{circuit:?}");
    }
}

/// The capital circuit has nothing but words and totals: the rest is relations.
#[test]
fn the_capital_circuit_is_words_and_relations() {
    let layout = Layout::of::<Capital, Small>().expect("a layout").0;
    let publics = Publics::of_rows(&layout, Default::default());
    let mut expected: Vec<String> = (0..8).map(|i| format!("range: word limb {i}")).collect();
    expected.push(names::TOTALS_ARE_ZERO.into());
    assert_eq!(constraint_names(&layout, &publics), expected);
}
