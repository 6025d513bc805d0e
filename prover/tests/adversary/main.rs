//! An adversary who owns everything of the prover: its witness, its tables, its challenge, the
//! library's own calls. He tries to carry a false ratio past the real verifier, one door after the
//! other; `circuits/spec/adversary.md` is the list. At a small circuit size, with keys warm.
//!
//! The bank claims a CET1 ratio of 8 % and has 6.5 %. Each attempt makes the book look right in
//! one place and solves everything else honestly, so that no other constraint stands in its way.
#![allow(missing_docs)]

mod amounts;
mod bank;
mod challenge;
mod identity;
mod late;
mod links;
mod plot;
mod shards;
mod tables;

use plimsoll_circuits::proofs::{CircuitKind, LinkError};
use plimsoll_circuits::protocol::verify::ProofError;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_verifier::{Outcome, Refusal, Verdict};

/// The proofs of the bank, in the file's order.
pub(crate) const PLAIN: usize = 0;
pub(crate) const SECURED: [usize; 2] = [1, 2];
pub(crate) const CAPITAL: usize = 3;

/// The circuit of a proof.
pub(crate) fn circuit(proof: usize) -> CircuitKind {
    match proof {
        PLAIN => CircuitKind::Rows(RowCircuit::Plain),
        CAPITAL => CircuitKind::Capital,
        _ => CircuitKind::Rows(RowCircuit::Secured),
    }
}

/// The verifier names this proof, because its equation does not hold.
#[track_caller]
pub(crate) fn refuses(verdict: &Verdict, proof: usize) {
    let expected = Outcome::Refused(Refusal::Proof {
        number: proof + 1,
        circuit: circuit(proof).name(),
        error: ProofError::Invalid,
    });
    assert_eq!(verdict.outcome, expected);
    assert_eq!(verdict.outcome.cause().as_deref(), Some("proof.invalid"));
    assert_eq!(verdict.outcome.exit_status(), 1);
}

/// Every proof is valid where it stands, and they do not belong together.
#[track_caller]
pub(crate) fn unlinked(verdict: &Verdict, error: LinkError) {
    assert_eq!(verdict.outcome, Outcome::Refused(Refusal::Link(error)));
    assert_eq!(verdict.outcome.exit_status(), 1);
}
