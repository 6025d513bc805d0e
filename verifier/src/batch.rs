//! All proofs in one multi-exponentiation.
//!
//! Each proof's equation is weighed with its own random scalar, drawn from a hash of *every* byte
//! of *every* proof and of what it is checked against. Fixed scalars, one scalar for all, or a
//! scalar from a part of the proofs would let two invalid proofs cancel (CONDITIONS S9).

use blake2b_simd::{Params as Blake2b, State};
use halo2_proofs::poly::commitment::MSM;
use plimsoll_circuits::field::{Fp, Point, from_uniform};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::verify::Pending;

/// What the weights are drawn from.
#[derive(Debug)]
pub struct Weights(State);

impl Weights {
    /// For a batch of `count` proofs.
    pub fn new(count: usize) -> Weights {
        let mut state = Blake2b::new()
            .hash_length(64)
            .personal(b"Plimsoll-btch-01")
            .to_state();
        state.update(&(count as u64).to_le_bytes());
        Weights(state)
    }

    /// Adds a proof: its circuit, the digest of its statement, its place, and all its bytes.
    pub fn absorb(&mut self, circuit: [u8; 32], statement: [u8; 32], place: u64, proof: &[u8]) {
        self.0.update(&circuit);
        self.0.update(&statement);
        self.0.update(&place.to_le_bytes());
        self.0.update(&(proof.len() as u64).to_le_bytes());
        self.0.update(proof);
    }

    fn weight(&self, index: u64) -> Fp {
        let mut state = self.0.clone();
        state.update(&index.to_le_bytes());
        from_uniform(state.finalize().as_array())
    }
}

/// A sum of weighed equations.
#[derive(Debug)]
pub struct Sum<'p>(MSM<'p, Point>);

impl<'p> Sum<'p> {
    /// Of none.
    pub fn empty(params: &'p PublicParams) -> Sum<'p> {
        Sum(params.inner().empty_msm())
    }

    /// Adds a proof's equation, weighed with the scalar of its number in the batch.
    pub fn add(&mut self, weights: &Weights, number: u64, mut pending: MSM<'p, Point>) {
        pending.scale(weights.weight(number));
        self.0.add_msm(&pending);
    }

    /// Adds another sum of the same batch.
    pub fn merge(&mut self, other: &Sum<'p>) {
        self.0.add_msm(&other.0);
    }

    /// Whether it is zero: all its equations hold, but for a chance of 2^-253. A sum of none is
    /// zero as well, so whoever asks makes sure that there was a proof.
    pub fn holds(self) -> bool {
        self.0.eval()
    }
}

/// Whether all pending equations hold; an empty batch does not.
pub fn all_hold<'p>(params: &'p PublicParams, weights: &Weights, pending: &[Pending<'p>]) -> bool {
    if pending.is_empty() {
        return false;
    }
    let mut sum = Sum::empty(params);
    for (number, proof) in (0u64..).zip(pending) {
        sum.add(weights, number, proof.msm.clone());
    }
    sum.holds()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use plimsoll_circuits::attestation::Attestation;
    use plimsoll_circuits::document::Document;
    use plimsoll_circuits::protocol::layout::{Size, Small, Standard};

    use super::*;
    use crate::Verifier;

    /// CONDITIONS S9: nothing of a batch can be chosen after its weights are known.
    #[test]
    fn everything_of_a_proof_decides_every_weight() {
        let of = |count, circuit: u8, statement: u8, place, proofs: &[&[u8]]| {
            let mut weights = Weights::new(count);
            for proof in proofs {
                weights.absorb([circuit; 32], [statement; 32], place, proof);
            }
            [0, 1].map(|number| weights.weight(number))
        };
        let all = [
            of(2, 1, 1, 1, &[b"one", b"two"]),
            of(3, 1, 1, 1, &[b"one", b"two"]),
            of(2, 2, 1, 1, &[b"one", b"two"]),
            of(2, 1, 2, 1, &[b"one", b"two"]),
            of(2, 1, 1, 2, &[b"one", b"two"]),
            of(2, 1, 1, 1, &[b"onf", b"two"]),
            of(2, 1, 1, 1, &[b"one", b"twp"]),
            of(2, 1, 1, 1, &[b"on", b"etwo"]),
            of(2, 1, 1, 1, &[b"one"]),
        ];
        let mut weights: Vec<Fp> = all.concat();
        weights.sort();
        weights.dedup();
        assert_eq!(weights.len(), 2 * all.len());
    }

    /// Of an attestation, every proof.
    #[test]
    fn every_proof_of_an_attestation_decides_the_weights() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../fixtures/proofs/us-bancorp-2022-12-31.plimsoll"
        );
        let document = Document::decode(&fs::read(path).unwrap(), Standard::K).unwrap();
        let params = Arc::new(PublicParams::derive(Small::K));
        let verifier = Verifier::<Small>::trusting(params, Vec::new(), Vec::new());
        let of = |attestation: &Attestation| {
            let mut weights = Weights::new(2);
            verifier.absorb(&mut weights, attestation);
            weights.weight(0)
        };
        let right = of(&document.attestation);
        assert_eq!(right, of(&document.attestation));
        assert_eq!(document.attestation.proofs.len(), 2);
        for proof in 0..2 {
            for end in [true, false] {
                let mut attestation = document.attestation.clone();
                let bytes = &mut attestation.proofs[proof];
                let at = if end { bytes.len() - 1 } else { 0 };
                bytes[at] ^= 1;
                assert_ne!(right, of(&attestation));
            }
        }
        let mut attestation = document.attestation.clone();
        attestation.statement.sequence += 1;
        assert_ne!(right, of(&attestation));
    }
}
