//! Signed, forged and noisy files, of the stored ones.

use ed25519_dalek::{Signer as _, SigningKey};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{PublicKey, Signature};
use plimsoll_circuits::protocol::layout::{Size, Standard};

use crate::LEI;

/// A key of tests; the first is that of `fixtures/trust/trust.toml`.
fn key(number: u8) -> (SigningKey, PublicKey) {
    let key = SigningKey::from_bytes(&[number; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    (key, public)
}

/// The file, signed.
pub(crate) fn signed(file: &[u8], number: u8) -> Vec<u8> {
    let mut envelope = Document::decode(file, Standard::K).unwrap().envelope;
    let (key, public) = key(number);
    let bytes = key.sign(&envelope.signed_bytes()).to_bytes();
    let key = public.id();
    envelope.add(Signature { key, bytes }).unwrap();
    envelope.encode()
}

/// The same statement around a proof of which one byte is another.
pub(crate) fn forged(file: &[u8]) -> Vec<u8> {
    let mut attestation = Document::decode(file, Standard::K).unwrap().attestation;
    let proof = &mut attestation.proofs[0];
    let last = proof.len() - 1;
    // The low byte of the last scalar: still a field element, and another one.
    proof[last - 31] ^= 1;
    Document::unsigned(attestation, Standard::K).encode()
}

/// A trust file with one institution and its key; `more` stands at the top.
pub(crate) fn trust(number: u8, more: &str) -> String {
    let key = key(number).1;
    format!(
        "version = 1\n{more}\n[[institution]]\nlei = \"{LEI}\"\nname = \"U.S. Bancorp\"\n\
         keys = [\"{key}\"]\n[[rulebook]]\nname = \"us-standardised\"\n\
         digest = \"298db352413e0c123a01568b255f8c86b39571bd9b178ca81e175767539d4355\"\n"
    )
}

/// Bytes that mean nothing, the same each time.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}
