//! The ids of the circuits are those that verifiers pin.
#![allow(missing_docs)]

use plimsoll_circuits::pinned::pinned_id;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::{PublicParams, pinned_digest};

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn parameters_and_circuits_are_as_pinned() {
    let params = PublicParams::derive(Standard::K);
    assert_eq!(pinned_digest(Standard::K), Some(params.digest()));
    let mut changed = Vec::new();
    for circuit in CircuitKind::all() {
        let key = circuit.verifying_key::<Standard>(&params).expect("a key");
        if pinned_id(Standard::K, circuit) != Some(key.id()) {
            changed.push(format!("{circuit:?}: {}", hex(&key.id())));
        }
    }
    assert!(changed.is_empty(), "pin these ids:\n{}", changed.join("\n"));
}
