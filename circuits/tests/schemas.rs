//! The published schemas of signed files are those that the code follows.
#![allow(missing_docs)]

#[path = "common/schema.rs"]
mod follows;

use std::fs;
use std::path::PathBuf;

use plimsoll_circuits::document::{MAX_BYTES, PREDICATE_TYPE, STATEMENT_TYPE};
use plimsoll_circuits::envelope::{Envelope, MAX_SIGNATURES, PayloadType};
use serde_json::{Value, json};

use follows::problem;

fn fixture(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures")).join(path)
}

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(fixture("schemas").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn stored_files_follow_the_schemas() {
    let (outer, inner) = (
        schema("envelope.schema.json"),
        schema("attestation.schema.json"),
    );
    let mut files = 0;
    for entry in fs::read_dir(fixture("proofs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "plimsoll") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            problem(&outer, &outer, &file, ""),
            None,
            "{}",
            path.display()
        );
        let envelope = Envelope::decode(&bytes, PayloadType::InToto, MAX_BYTES).unwrap();
        let payload: Value = serde_json::from_slice(&envelope.payload).unwrap();
        assert_eq!(
            problem(&inner, &inner, &payload, ""),
            None,
            "{}",
            path.display()
        );
        // One field less, one more, anywhere: the schema says no, as the code does.
        let mut without = payload.clone();
        for name in payload["predicate"].as_object().unwrap().keys() {
            let taken = without["predicate"].as_object_mut().unwrap().remove(name);
            assert!(problem(&inner, &inner, &without, "").is_some(), "{name}");
            without["predicate"][name] = taken.unwrap();
        }
        without["predicate"]["colour"] = json!("red");
        assert!(problem(&inner, &inner, &without, "").is_some());
        files += 1;
    }
    assert!(files > 0, "there is no proof in fixtures/proofs");
}

#[test]
fn names_and_limits_are_those_of_the_code() {
    let (outer, inner) = (
        schema("envelope.schema.json"),
        schema("attestation.schema.json"),
    );
    let kinds = PayloadType::ALL;
    assert_eq!(
        outer["properties"]["payloadType"]["enum"],
        json!(kinds.map(PayloadType::name))
    );
    assert_eq!(
        outer["properties"]["signatures"]["maxItems"],
        json!(MAX_SIGNATURES)
    );
    assert_eq!(inner["properties"]["_type"]["const"], STATEMENT_TYPE);
    assert_eq!(
        inner["properties"]["predicateType"]["const"],
        PREDICATE_TYPE
    );
}
