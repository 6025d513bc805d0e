//! Readers of signed attestations: whom they trust, what they insist on, chains, a thousand at
//! once. With the stored proofs, whose keys here are those of tests.
#![allow(missing_docs)]

#[path = "../../../circuits/tests/common/schema.rs"]
mod follows;
#[path = "../support/params.rs"]
mod params;

mod chains;
mod countersigned;
mod documents;
mod folders;
mod receipts;
mod screens;
mod trusted;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock};

use ed25519_dalek::{Signer as _, SigningKey};
use params::{params, params_folder};
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{Envelope, PublicKey, Signature};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_verifier::{Clock, Policy, Trust, Verdict, Verifier};

const LEI: &str = "N1GZ7BBF3NP8GI976H15";
const OTHER: &str = "8I5DZWZKVSZI1NUHU748";
/// The end of 2022 and of the first quarter of 2023: what the stored attestations are of.
const FIRST: i64 = 1_672_444_800;
const SECOND: i64 = 1_680_220_800;
const DAY: i64 = 86_400;

/// One verifier for all tests: its keys are built once.
fn verifier() -> MutexGuard<'static, Verifier<Standard>> {
    static VERIFIER: OnceLock<Mutex<Verifier<Standard>>> = OnceLock::new();
    let new = || Mutex::new(Verifier::standard(params()).unwrap());
    let verifier = VERIFIER.get_or_init(new).lock();
    verifier.unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A stored attestation that nobody signed.
fn stored(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/proofs");
    fs::read(folder.join(format!("{name}.plimsoll"))).unwrap()
}

/// Number 1 of U.S. Bancorp, another number 1 with the same statement, and number 2.
fn one() -> Vec<u8> {
    stored("us-bancorp-2022-12-31")
}

fn again() -> Vec<u8> {
    stored("us-bancorp-2022-12-31-again")
}

fn two() -> Vec<u8> {
    stored("us-bancorp-2023-03-31")
}

fn document(file: &[u8]) -> Document {
    Document::decode(file, Standard::K).unwrap()
}

fn key(number: u8) -> (SigningKey, PublicKey) {
    let key = SigningKey::from_bytes(&[number; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    (key, public)
}

fn sign(envelope: &mut Envelope, number: u8) {
    let (key, public) = key(number);
    let bytes = key.sign(&envelope.signed_bytes()).to_bytes();
    let key = public.id();
    envelope.add(Signature { key, bytes }).unwrap();
}

/// The file with these keys' signatures.
fn signed(file: &[u8], keys: &[u8]) -> Vec<u8> {
    let mut envelope = document(file).envelope;
    for key in keys {
        sign(&mut envelope, *key);
    }
    envelope.encode()
}

/// The same statement around other proofs, signed: somebody signs anything.
fn altered(file: &[u8], change: impl FnOnce(&mut Attestation), keys: &[u8]) -> Vec<u8> {
    let mut attestation = document(file).attestation;
    change(&mut attestation);
    signed(&Document::unsigned(attestation, Standard::K).encode(), keys)
}

/// A trust file with one institution.
fn trust_text(lei: &str, keys: &[u8], more: &str) -> String {
    let keys: Vec<String> = keys.iter().map(|n| format!("\"{}\"", key(*n).1)).collect();
    format!(
        "version = 1\n[[institution]]\nlei = \"{lei}\"\nname = \"U.S. Bancorp\"\nkeys = [{}]\n{more}",
        keys.join(", ")
    )
}

/// A reader at a moment.
fn reader(trust: &str, now: i64) -> Policy {
    Policy {
        clock: Clock::At(now),
        trust: Trust::parse(trust).unwrap(),
        ..Policy::default()
    }
}

fn says(verdict: &Verdict) -> &'static str {
    verdict.outcome.reason().unwrap_or("holds")
}
