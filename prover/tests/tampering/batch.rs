//! Invalid proofs that cancel in a sum. Each attack is shown to work on the batch that it is made
//! for, and refused by ours.

use ff::{Field, PrimeField};
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::{CircuitKind, ProofPlan, proofs_of};
use plimsoll_circuits::protocol::key::VerifyingKey;
use plimsoll_circuits::protocol::layout::Small;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::verify::{Pending, prepare};
use plimsoll_verifier::batch::{Weights, all_hold};

use crate::{READER, WORD, basel, named, params, reason, snapshot, twins, verifier};

/// The last scalar of a proof, which nothing is hashed after.
fn shift(proof: &mut [u8], by: Fp) {
    let at = proof.len() - WORD;
    let mut word = [0; WORD];
    word.copy_from_slice(&proof[at..]);
    let old = Option::<Fp>::from(Fp::from_repr(word)).unwrap();
    proof[at..].copy_from_slice(&(old + by).to_repr());
}

struct Batch {
    plans: Vec<ProofPlan>,
    keys: Vec<VerifyingKey>,
}

impl Batch {
    fn new() -> Self {
        let plans = proofs_of::<Small>(&twins()[0].statement, &basel(), &snapshot("1")).unwrap();
        let keys = plans
            .iter()
            .map(|plan| plan.circuit.verifying_key::<Small>(&params()).unwrap())
            .collect();
        Self { plans, keys }
    }

    /// The equation of each proof, still to be evaluated.
    fn pending<'p>(&self, params: &'p PublicParams, attestation: &Attestation) -> Vec<Pending<'p>> {
        let statement = attestation.statement.digest();
        let proofs = self.plans.iter().zip(&self.keys).zip(&attestation.proofs);
        proofs
            .map(|((plan, key), proof)| {
                prepare(params, key, plan.position, statement, &plan.publics, proof).unwrap()
            })
            .collect()
    }

    /// A batch that somebody might have written: Σ weight · equation.
    fn naive(&self, attestation: &Attestation, weight: impl Fn(usize) -> Fp) -> bool {
        let params = params();
        let mut sum = params.inner().empty_msm();
        for (index, mut proof) in self.pending(&params, attestation).into_iter().enumerate() {
            proof.msm.scale(weight(index));
            sum.add_msm(&proof.msm);
        }
        sum.eval()
    }

    /// Ours.
    fn ours(&self, attestation: &Attestation) -> bool {
        let params = params();
        let statement = attestation.statement.digest();
        let mut weights = Weights::new(attestation.proofs.len());
        for (index, proof) in attestation.proofs.iter().enumerate() {
            weights.absorb(self.keys[index].id(), statement, index as u64, proof);
        }
        all_hold(&params, &weights, &self.pending(&params, attestation))
    }
}

/// The first and the last proof, with their last scalars shifted by δ and −δ·ratio.
fn cancelling(ratio: Fp) -> Attestation {
    let delta = Fp::from(0x1234_5678);
    let mut attestation = twins()[0].clone();
    shift(&mut attestation.proofs[0], delta);
    shift(attestation.proofs.last_mut().unwrap(), -delta * ratio);
    attestation
}

/// Each proof is invalid by itself, and a stranger is told which is the first.
fn refused(batch: &Batch, attestation: &Attestation) {
    let params = params();
    let pending = batch.pending(&params, attestation);
    let last = pending.len() - 1;
    let valid: Vec<bool> = pending.into_iter().map(|proof| proof.msm.eval()).collect();
    assert!(!valid[0] && !valid[last] && valid[1..last].iter().all(|v| *v));
    assert!(!batch.ours(attestation));
    let verdict = verifier().check(&attestation.encode(), &READER);
    assert_eq!((reason(&verdict), named(&verdict)), ("proof", 1));
}

#[test]
fn untouched_proofs_hold() {
    let batch = Batch::new();
    assert!(batch.naive(&twins()[0], |_| Fp::ONE));
    assert!(batch.ours(&twins()[0]));
    assert_eq!(batch.plans.last().unwrap().circuit, CircuitKind::Capital);
}

#[test]
fn a_plain_sum() {
    let batch = Batch::new();
    let attestation = cancelling(Fp::ONE);
    assert!(batch.naive(&attestation, |_| Fp::ONE));
    refused(&batch, &attestation);
}

#[test]
fn one_weight_for_all() {
    let batch = Batch::new();
    let attestation = cancelling(Fp::ONE);
    assert!(batch.naive(&attestation, |_| Fp::from(0x9876_5432)));
    refused(&batch, &attestation);
}

/// Powers of a constant: known before the proofs are.
#[test]
fn weights_known_beforehand() {
    let batch = Batch::new();
    let weight = |index: usize| Fp::from(7).pow_vartime([index as u64]);
    let last = twins()[0].proofs.len() - 1;
    let attestation = cancelling(weight(0) * weight(last).invert().unwrap());
    assert!(batch.naive(&attestation, weight));
    refused(&batch, &attestation);
}

/// Weights from all but the last word of each proof: the word that is shifted.
#[test]
fn weights_from_a_part_of_the_bytes() {
    let batch = Batch::new();
    let weights = |attestation: &Attestation| -> Vec<Fp> {
        let heads = attestation.proofs.iter().map(|p| &p[..p.len() - WORD]);
        let all: Vec<u8> = heads.flatten().copied().collect();
        let weight = |index: u64| {
            let digest = all.iter().fold(index + 1, |sum, byte| {
                sum.wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(u64::from(*byte) + 1)
            });
            Fp::from(digest)
        };
        (0..attestation.proofs.len() as u64).map(weight).collect()
    };
    let known = weights(&twins()[0]);
    let attestation = cancelling(known[0] * known.last().unwrap().invert().unwrap());
    assert_eq!(weights(&attestation), known);
    assert!(batch.naive(&attestation, |index| known[index]));
    refused(&batch, &attestation);
}

#[test]
fn nothing_is_not_true() {
    assert!(params().inner().empty_msm().eval());
    assert!(!all_hold(&params(), &Weights::new(0), &[]));
}

/// The proof that is refused is the one that is named, wherever it stands.
#[test]
fn the_culprit_is_named() {
    let mut verifier = verifier();
    for index in 0..twins()[0].proofs.len() {
        let mut attestation = twins()[0].clone();
        shift(&mut attestation.proofs[index], Fp::ONE);
        let verdict = verifier.check(&attestation.encode(), &READER);
        assert_eq!((reason(&verdict), named(&verdict)), ("proof", index + 1));
    }
}
