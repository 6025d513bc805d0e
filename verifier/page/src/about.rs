//! What this page is: its version, and every digest that it pins.

use plimsoll_circuits::document;
use plimsoll_circuits::pinned::pinned_id;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::pinned_digest;
use plimsoll_circuits::rulebook::{self, Rulebook};
use plimsoll_circuits::snapshot::{self, Snapshot};
use plimsoll_verifier::verdict::hex;
use serde_json::{Value, json};

use crate::desk::MOST_BYTES;

/// Version, digests, and the largest files that are read.
pub fn about() -> Value {
    let pin = |what: &str, name: &str, digest: Option<[u8; 32]>| {
        let digest = digest.as_ref().map(|digest| hex(digest));
        json!({ "what": what, "name": name, "digest": digest })
    };
    let k = Standard::K;
    let mut pins = vec![pin("parameters", &format!("2^{k} rows"), pinned_digest(k))];
    let circuits = CircuitKind::all();
    pins.extend(circuits.map(|one| pin("circuit", one.name(), pinned_id(k, one))));
    pins.extend(rulebook::BUILTIN.iter().map(|(name, _)| {
        let digest = Rulebook::builtin(name).ok().map(|one| one.digest());
        pin("rulebook", name, digest)
    }));
    pins.extend(snapshot::BUILTIN.iter().map(|(name, _)| {
        let digest = Snapshot::builtin(name).ok().map(|one| one.digest());
        pin("snapshot", name, digest)
    }));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "pins": pins,
        "most": { "attestation": document::MAX_BYTES, "beside": MOST_BYTES },
    })
}
