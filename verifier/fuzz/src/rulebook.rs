//! Rulebooks: what is accepted can be used by every circuit, or is refused there with a reason.

use plimsoll_circuits::proofs::{CircuitKind, public_table};
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Prices, RowCircuit};
use std::sync::OnceLock;

fn layouts() -> &'static [(RowCircuit, Layout)] {
    static LAYOUTS: OnceLock<Vec<(RowCircuit, Layout)>> = OnceLock::new();
    LAYOUTS.get_or_init(|| {
        let layout = |circuit| {
            let layout = CircuitKind::Rows(circuit).layout::<Standard>();
            (circuit, layout.expect("a layout of ours"))
        };
        RowCircuit::ALL.into_iter().map(layout).collect()
    })
}

/// Two readings agree; canonical bytes and tables can be made.
pub fn check(bytes: &[u8]) {
    let Some(text) = super::text(bytes) else {
        return;
    };
    let rulebook = match Rulebook::parse(text) {
        Ok(rulebook) => rulebook,
        Err(error) => {
            super::message(&error.to_string());
            return super::message(&error.hint());
        }
    };
    let again = Rulebook::parse(text).expect("read a moment ago");
    assert_eq!(rulebook.canonical(), again.canonical());
    assert_eq!(rulebook.digest(), again.digest());
    // White space says nothing.
    let spaced = Rulebook::parse(&format!("\n{text}\n")).expect("the same with empty lines");
    assert_eq!(rulebook.digest(), spaced.digest());
    let snapshot = Snapshot::reporting_only("USD").expect("a currency");
    for (circuit, layout) in layouts() {
        if *circuit == RowCircuit::Derivatives && rulebook.derivatives.is_none() {
            continue;
        }
        let table = public_table(*circuit, &rulebook, &snapshot, Some(Prices::Book));
        if let Err(error) = table.check(layout) {
            super::message(&error.to_string());
        }
    }
}
