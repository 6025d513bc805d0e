//! The keys are the same whatever the number of threads that build them, and wherever they are
//! built.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use plimsoll_circuits::document::Document;
use plimsoll_circuits::pinned::pinned_id;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::key::manifest;
use plimsoll_circuits::protocol::layout::{Size, Small, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::statement::RowCircuit;

/// Set where this program calls itself.
const CHILD: &str = "PLIMSOLL_TEST_IDS";
/// Begins each line that a child prints for its parent.
const LINE: &str = "id: ";

/// Parameters, and each circuit that fits the small size: its id, and its manifest.
fn ids() -> Vec<String> {
    let params = PublicParams::derive(Small::K);
    let derivatives = CircuitKind::Rows(RowCircuit::Derivatives);
    let small = CircuitKind::all().filter(|kind| *kind != derivatives);
    let keys = small.map(|kind| {
        let key = kind.verifying_key::<Small>(&params).unwrap();
        let lines = manifest(key.layout()).lines().count();
        format!("{} {:?} {lines}", kind.name(), key.id())
    });
    std::iter::once(format!("parameters {:?}", params.digest()))
        .chain(keys)
        .collect()
}

#[test]
fn one_thread_and_several_build_the_same_keys() {
    if std::env::var_os(CHILD).is_some() {
        ids().iter().for_each(|id| println!("\n{LINE}{id}"));
        return;
    }
    let here = ids();
    assert_eq!(here.len(), CircuitKind::all().count());
    for threads in ["1", "2", "5"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "one_thread_and_several_build_the_same_keys"])
            .args(["--nocapture", "--test-threads=1"])
            .env(CHILD, "1")
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(output.status.success(), "{threads}");
        let text = String::from_utf8(output.stdout).unwrap();
        let found: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix(LINE)).collect();
        assert_eq!(found, here, "{threads} threads");
    }
}

/// A verifier compares each key that it builds with the pinned id, in a browser as well, where a
/// word has 32 bits: a stored proof that holds there says that the ids of its circuits are the
/// same. Together the stored proofs use every circuit.
#[test]
fn stored_proofs_use_every_circuit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/proofs");
    let mut used = BTreeSet::new();
    for folder in [folder.clone(), folder.join("with-snapshot")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "plimsoll") {
                let file = std::fs::read(&path).unwrap();
                let document = Document::decode(&file, Standard::K).unwrap();
                used.extend(CircuitKind::of(&document.attestation.statement));
            }
        }
    }
    let pinned = |kind: &CircuitKind| pinned_id(Standard::K, *kind).is_some();
    assert!(CircuitKind::all().all(|kind| pinned(&kind)));
    let missing: Vec<_> = CircuitKind::all().filter(|k| !used.contains(k)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
