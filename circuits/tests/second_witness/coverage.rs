//! Every gate and lookup of every row circuit speaks of an unknown cell in some search, or is named
//! here as one that decides on inputs alone: those are for the cheats, which alter the inputs.

use std::collections::BTreeSet;

use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Bound, Standard};
use plimsoll_circuits::statement::RowCircuit;

use crate::rows::Found;

/// Which rows belong together, in both secured circuits.
const RUNS: [&str; 5] = [
    "only a head has an amount",
    "only an item has a value",
    "a run has one currency",
    "a run has one holding period",
    "the last run ends with the copy",
];

/// Which job may follow which.
const ORDER: [&str; 20] = [
    "a row does one job at most",
    "an option's normal distribution follows its trade, and nothing else",
    "a tranche's delta follows its trade, and nothing else",
    "a start date belongs to the trade in the next row",
    "replacement cost and exposure stand together",
    "replacement cost follows a netting set",
    "a hedging set ends after a subset",
    "after a trade comes a trade or the end of its subset",
    "after a subset comes another or the end of its hedging set",
    "after a hedging set comes another or the end of its netting set",
    "after margin comes more of it, a trade or the end of its netting set",
    "after a netting set comes another or the end of its agreement",
    "a trade stays in its subset",
    "a subset has one class",
    "a trade stays in its hedging set",
    "a netting set has one margin period",
    "a netting set has one currency of settlement",
    "no subset of a hedging set stands twice",
    "no hedging set of a netting set stands twice",
    "a start date is handed to the next row alone",
];

/// What stands before the first row and after the last.
const ENDS: [&str; 36] = [
    "no start date is pending at the first row",
    "no effective notional stands before the first row",
    "no error bound stands before the first row",
    "no first sum stands before the first row",
    "no second sum stands before the first row",
    "no third sum stands before the first row",
    "no lean stands before the first row",
    "no add-on stands before the first row",
    "no market value stands before the first row",
    "no trade is counted before the first row",
    "no gross trade is counted before the first row",
    "no independent amount stands before the first row",
    "no variation margin stands before the first row",
    "no potential exposure stands before the first row",
    "no positive market value stands before the first row",
    "no net market value stands before the first row",
    "no collateral stands before the first row",
    "no independent amounts stand before the first row",
    "no netting set is counted before the first row",
    "no margined set is counted before the first row",
    "no other trade is counted before the first row",
    "the first row is no option: no trade stands above it",
    "the first row is no tranche: no trade stands above it",
    "the first row ends no hedging set",
    "the first row is no replacement cost",
    "the first row ends no agreement",
    "no start date is pending after the last row",
    "no trade is open after the last row",
    "no option is open after the last row",
    "no tranche is open after the last row",
    "no subset is open after the last row",
    "no hedging set is open after the last row",
    "no margin is open after the last row",
    "no netting set is open after the last row",
    "no replacement cost is open after the last row",
    "no exposure is open after the last row",
];

/// What a record may be, whatever follows from it.
const RECORDS: [&str; 19] = [
    "only an option is a put",
    "an option is no tranche",
    "an option is at the money now only if price and strike are equal",
    "the option is a put if its trade is",
    "the option's price is quoted if its trade's is",
    "a quoted price is the snapshot's",
    "an option reads the volatility of its class, quoted or not",
    "no time is left where the trade ends now",
    "at the money now, x is zero",
    "what is posted counts whatever it is for",
    "what is charged gross is a netting set of its own",
    "what is charged gross has no collateral",
    "what is charged gross is the first netting set of its agreement",
    "what is charged gross is the last netting set of its agreement",
    "replacement cost is margined exactly where the netting set is",
    "a margined replacement cost is that of one netting set",
    "only sold options whose premium is paid lie outside, and no item of margin",
    "what lies outside is alone",
    "what lies outside has no margin",
];

/// What no search used, but for the gates that a bit is a bit.
fn unused(circuit: RowCircuit, found: &Found) -> BTreeSet<&'static str> {
    let layout = CircuitKind::Rows(circuit).layout::<Standard>();
    let layout = layout.expect("a layout");
    let is_bit = |name: &str| {
        let mut columns = layout.columns.iter();
        columns.any(|column| column.name == name && column.bound == Bound::Bit)
    };
    let gates = layout.gates.iter().map(|gate| gate.name);
    let lookups = layout.lookups.iter().map(|lookup| lookup.name);
    let names = gates.chain(lookups);
    names
        .filter(|name| !found.used.contains(name) && !is_bit(name))
        .collect()
}

#[test]
fn every_gate_is_searched_or_named() {
    use crate::{derivatives, rows};
    let none: &[&str] = &[];
    let jobs = [&ORDER[..], &ENDS[..], &RECORDS[..]].concat();
    for (circuit, found, named) in [
        (RowCircuit::Plain, rows::plain(), none),
        (RowCircuit::Banded, rows::banded(), none),
        (RowCircuit::Secured, rows::secured(), &RUNS[..]),
        (RowCircuit::SecuredGeneral, rows::general(), &RUNS[..]),
        (RowCircuit::Derivatives, derivatives::all(), &jobs),
    ] {
        let named: BTreeSet<&str> = named.iter().copied().collect();
        assert_eq!(unused(circuit, found), named, "{circuit:?}");
        let Found {
            searches,
            witnesses,
            ..
        } = found;
        println!(
            "{}: {searches} searches, {witnesses} witnesses",
            circuit.name()
        );
    }
}

/// Vouched rows are plain ones, and say besides where they end: inputs alone.
#[test]
fn vouched_rows_add_nothing_that_is_derived() {
    let gates = |circuit| {
        let layout = CircuitKind::Rows(circuit).layout::<Standard>();
        let layout = layout.expect("a layout");
        let lookups = layout.lookups.iter().map(|lookup| lookup.name);
        (layout.gates.len(), lookups.collect::<Vec<_>>())
    };
    let (plain, vouched) = (gates(RowCircuit::Plain), gates(RowCircuit::Vouched));
    assert_eq!(plain.1, vouched.1);
    assert_eq!((plain.0, vouched.0), (0, 2));
}

/// Circuits with one position a row are the same declarations.
#[test]
fn single_rows_are_wide_rows() {
    let names = |circuit| {
        let layout = CircuitKind::Rows(circuit).layout::<Standard>();
        let layout = layout.expect("a layout");
        let gates = layout.gates.iter().map(|gate| gate.name);
        let lookups = layout.lookups.iter().map(|lookup| lookup.name);
        gates.chain(lookups).collect::<Vec<_>>()
    };
    for single in RowCircuit::ALL.into_iter().filter(|c| c.wide() != *c) {
        assert_eq!(names(single), names(single.wide()), "{single:?}");
    }
}
