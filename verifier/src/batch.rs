//! All proofs in one multi-exponentiation.
//!
//! Each proof's equation is weighed with its own random scalar, drawn from a hash of *every* byte
//! of *every* proof and of what it is checked against. Fixed scalars, one scalar for all, or a
//! scalar from a part of the proofs would let two invalid proofs cancel (CONDITIONS S9).

use blake2b_simd::{Params as Blake2b, State};
use plimsoll_circuits::field::{Fp, from_uniform};
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

/// Whether all pending equations hold; an empty batch does not.
pub fn all_hold(params: &PublicParams, weights: &Weights, pending: &[Pending<'_>]) -> bool {
    if pending.is_empty() {
        return false;
    }
    let mut sum = params.inner().empty_msm();
    for (index, proof) in pending.iter().enumerate() {
        sum.scale(weights.weight(index as u64));
        sum.add_msm(&proof.msm);
    }
    sum.eval()
}
