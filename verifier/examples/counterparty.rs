//! A counterparty's program: load an attestation once, ask before every trade.
//!
//! `cargo run --release -p plimsoll-verifier --example counterparty`
//!
//! The attestation is a stored one. Nobody signed it, so this program signs it with a key of its
//! own, where a counterparty would have the bank's public key from a source that it trusts.

use std::error::Error;
use std::fs;
use std::sync::Arc;

use ed25519_dalek::{Signer as _, SigningKey};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{PublicKey, Signature};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::text::hex;
use plimsoll_verifier::{Clock, Outcome, Policy, Trust, Verifier, cache};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../fixtures/proofs/us-bancorp-2022-12-31.plimsoll"
);
/// The first quarter of 2023 has begun.
const MONDAY: i64 = 1_672_617_600;
const DAY: i64 = 86_400;

fn main() -> Result<(), Box<dyn Error>> {
    // What the bank does: it signs its attestation.
    let secret = SigningKey::from_bytes(&[1; 32]);
    let public = PublicKey::from_bytes(secret.verifying_key().as_bytes())?;
    let mut document = Document::decode(&fs::read(FILE)?, Standard::K)?;
    let bytes = secret.sign(&document.envelope.signed_bytes()).to_bytes();
    let key = public.id();
    document.envelope.add(Signature { key, bytes })?;
    let file = document.encode();

    // What the counterparty insists on.
    let trust = Trust::parse(&format!(
        "version = 1\n\
         max-age-days = 100\n\
         claims = [\"cet1>=7%\"]\n\
         [[institution]]\n\
         lei = \"N1GZ7BBF3NP8GI976H15\"\n\
         name = \"U.S. Bancorp\"\n\
         keys = [\"{public}\"]\n\
         [[rulebook]]\n\
         name = \"us-standardised\"\n\
         digest = \"{}\"\n",
        hex(&Rulebook::builtin("us-standardised")?.digest())
    ))?;
    let mut policy = Policy {
        clock: Clock::At(MONDAY),
        trust,
        ..Policy::default()
    };

    // Once: proofs, links and signatures.
    let folder = cache::folder(None)?;
    let params = cache::load(&folder, Standard::K, &mut |text| eprintln!("{text}"))?;
    let mut verifier = Verifier::under(Arc::new(params), &policy.trust)?;
    let attestation = verifier
        .load(&file, &policy)
        .map_err(|verdict| verdict.outcome.to_string())?;

    // Before every trade: is it still fresh, does it claim enough, do we still trust the key?
    let verdict = policy.check(&attestation);
    println!("today: {}", verdict.outcome);
    assert_eq!(verdict.outcome, Outcome::Holds);

    policy.clock = Clock::At(MONDAY + 100 * DAY);
    let verdict = policy.check(&attestation);
    println!("in a hundred days: {}", verdict.outcome);
    assert_eq!(verdict.outcome.reason(), Some("too_old"));
    Ok(())
}
