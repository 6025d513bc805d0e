//! What reading costs: `cargo bench -p plimsoll-verifier --bench readers`. Prints, asserts no time.
//!
//! One attestation, loaded, asked again and again; and a thousand from two stored ones, as a
//! regulator checks them, without and with an invalid one among them.
#![allow(missing_docs)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ed25519_dalek::{Signer as _, SigningKey};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{PublicKey, Signature};
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_verifier::chain::Seen;
use plimsoll_verifier::{Clock, Outcome, Policy, Trust, Verifier, cache};

const CHECKS: u32 = 1_000_000;
const MANY: usize = 1_000;

fn signed(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/proofs");
    let bytes = std::fs::read(folder.join(name)).expect("a stored attestation");
    sign(Document::decode(&bytes, Standard::K).expect("an attestation"))
}

fn sign(mut document: Document) -> Vec<u8> {
    let secret = SigningKey::from_bytes(&[1; 32]);
    let bytes = secret.sign(&document.envelope.signed_bytes()).to_bytes();
    let key = public().id();
    let signature = Signature { key, bytes };
    document.envelope.add(signature).expect("room for one");
    document.encode()
}

fn public() -> PublicKey {
    let secret = SigningKey::from_bytes(&[1; 32]);
    PublicKey::from_bytes(secret.verifying_key().as_bytes()).expect("a key")
}

fn main() {
    let folder = cache::folder(None).expect("a cache folder");
    let params = cache::load(&folder, Standard::K, &mut |text| eprintln!("{text}"));
    let mut verifier =
        Verifier::standard(Arc::new(params.expect("parameters"))).expect("rulebooks");
    let policy = Policy {
        clock: Clock::System,
        trust: Trust::parse(&format!(
            "version = 1\nclaims = [\"cet1>=7%\"]\nmax-age-days = 36525\n[[institution]]\n\
             lei = \"N1GZ7BBF3NP8GI976H15\"\nname = \"U.S. Bancorp\"\nkeys = [\"{}\"]\n",
            public()
        ))
        .expect("a trust file"),
        ..Policy::default()
    };
    let files = [
        "us-bancorp-2022-12-31.plimsoll",
        "us-bancorp-2023-03-31.plimsoll",
    ]
    .map(signed);
    let loaded = verifier.load(&files[0], &policy).expect("it holds");
    let clock = Instant::now();
    for _ in 0..CHECKS {
        let verdict = black_box(&policy).check(black_box(&loaded));
        assert_eq!(black_box(verdict).outcome, Outcome::Holds);
    }
    let each = clock.elapsed() / CHECKS;
    println!("policy.check, loaded attestation: {} ns", each.as_nanos());

    verifier
        .build_keys(CircuitKind::all())
        .expect("the pinned keys");
    let mut many: Vec<Vec<u8>> = files.iter().cycle().take(MANY).cloned().collect();
    let clock = Instant::now();
    let verdicts = verifier.check_all(&many, &policy, &Seen::default());
    let took = clock.elapsed();
    assert!(verdicts.iter().all(|v| v.outcome == Outcome::Holds));
    println!(
        "{MANY} attestations, keys built: {:.1} s",
        took.as_secs_f32()
    );

    let mut bad = Document::decode(&files[0], Standard::K)
        .expect("an attestation")
        .attestation;
    if let Some(byte) = bad.proofs[1].last_mut() {
        *byte ^= 1;
    }
    many[777] = sign(Document::unsigned(bad, Standard::K));
    let clock = Instant::now();
    let verdicts = verifier.check_all(&many, &policy, &Seen::default());
    let took = clock.elapsed();
    let refused = verdicts
        .iter()
        .filter(|v| v.outcome != Outcome::Holds)
        .count();
    assert_eq!((refused, verdicts[777].outcome.exit_status()), (1, 1));
    println!("the same, one of them invalid: {:.1} s", took.as_secs_f32());
}
