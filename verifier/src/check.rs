//! The list of checks, in order: limits and encoding, signature, rulebook and snapshot, keys,
//! date, proofs, links.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::proofs::{CircuitKind, ProofPlan, check_links, proofs_of};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::verify::{Pending, ProofError, prepare};
use plimsoll_circuits::rulebook::{self, Rulebook, RulebookError, StatedEffect, StatedLine};
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Statement;

use crate::batch::{Weights, all_hold};
use crate::keys::Keys;
use crate::verdict::{Facts, Outcome, Refusal, Unknown, Verdict, refused_proof};

/// What the reader insists on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether an attestation that nobody signed is looked at.
    pub unsigned: bool,
    /// The reader's clock, seconds since 1970-01-01T00:00:00Z; without one no date is refused.
    pub now: Option<i64>,
}

/// A verifier: parameters, keys, and the rulebooks and snapshots that its reader trusts.
pub struct Verifier<S: Size> {
    params: Arc<PublicParams>,
    keys: Keys,
    rulebooks: Vec<Rulebook>,
    snapshots: Vec<Snapshot>,
    size: PhantomData<S>,
}

impl<S: Size> fmt::Debug for Verifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} rulebooks)", self.rulebooks.len())
    }
}

impl Verifier<Standard> {
    /// A verifier of published attestations that trusts the rulebooks built in.
    ///
    /// # Errors
    /// A built-in rulebook that does not parse: never in a released version.
    pub fn standard(params: Arc<PublicParams>) -> Result<Verifier<Standard>, RulebookError> {
        Verifier::builtin(params)
    }
}

impl<S: Size> Verifier<S> {
    /// A verifier that trusts the rulebooks built in. Of snapshots it knows only those in which the
    /// reporting currency alone has a rate; prices are for its reader to accept.
    ///
    /// # Errors
    /// A built-in rulebook that does not parse: never in a released version.
    pub fn builtin(params: Arc<PublicParams>) -> Result<Verifier<S>, RulebookError> {
        let rulebooks = rulebook::BUILTIN
            .iter()
            .map(|(name, _)| Rulebook::builtin(name))
            .collect::<Result<_, _>>()?;
        Ok(Verifier::trusting(params, rulebooks, Vec::new()))
    }

    /// A verifier that trusts these rulebooks and snapshots, and no others.
    pub fn trusting(
        params: Arc<PublicParams>,
        rulebooks: Vec<Rulebook>,
        snapshots: Vec<Snapshot>,
    ) -> Verifier<S> {
        Verifier {
            params,
            keys: Keys::default(),
            rulebooks,
            snapshots,
            size: PhantomData,
        }
    }

    /// Trusts one more rulebook.
    pub fn trust_rulebook(&mut self, rulebook: Rulebook) {
        self.rulebooks.push(rulebook);
    }

    /// Trusts one more snapshot.
    pub fn trust_snapshot(&mut self, snapshot: Snapshot) {
        self.snapshots.push(snapshot);
    }

    /// The parameters.
    pub fn params(&self) -> &PublicParams {
        &self.params
    }

    /// Builds every key now instead of when it is first needed.
    ///
    /// # Errors
    /// A key that is not the pinned one.
    pub fn build_keys(
        &mut self,
        wanted: impl IntoIterator<Item = CircuitKind>,
    ) -> Result<(), Unknown> {
        self.keys.build::<S>(&self.params, wanted)
    }

    /// Checks an attestation.
    pub fn check(&mut self, bytes: &[u8], policy: &Policy) -> Verdict {
        let attestation = match Attestation::decode(bytes) {
            Ok(attestation) => attestation,
            Err(error) => {
                return Verdict {
                    outcome: Outcome::CannotTell(Unknown::Unreadable(error)),
                    facts: None,
                };
            }
        };
        let trusted = self.trusted(&attestation.statement);
        let (rulebook, snapshot) = match trusted {
            Ok(trusted) => trusted,
            Err(unknown) => {
                return Verdict {
                    outcome: Outcome::CannotTell(unknown),
                    facts: None,
                };
            }
        };
        let facts = facts(&attestation.statement, &rulebook, &snapshot);
        let outcome = self.outcome(&attestation, &rulebook, &snapshot, policy);
        Verdict {
            outcome,
            facts: Some(facts),
        }
    }

    /// Rulebook and snapshot by digest from the trusted sets. The snapshot in which only the
    /// reporting currency has a rate has nothing to choose, and is always known.
    fn trusted(&self, statement: &Statement) -> Result<(Rulebook, Snapshot), Unknown> {
        let rulebook = self
            .rulebooks
            .iter()
            .find(|r| r.digest() == statement.rulebook);
        let rulebook = rulebook.ok_or(Unknown::Rulebook(statement.rulebook))?;
        let reporting_only = Snapshot::reporting_only(&statement.currency).ok();
        let mut snapshots = self.snapshots.iter().chain(&reporting_only);
        let snapshot = snapshots
            .find(|s| s.digest() == statement.snapshot)
            .ok_or(Unknown::Snapshot(statement.snapshot))?;
        Ok((rulebook.clone(), snapshot.clone()))
    }

    fn outcome(
        &mut self,
        attestation: &Attestation,
        rulebook: &Rulebook,
        snapshot: &Snapshot,
        policy: &Policy,
    ) -> Outcome {
        if !policy.unsigned {
            return Outcome::CannotTell(Unknown::Unsigned);
        }
        let statement = &attestation.statement;
        if policy.now.is_some_and(|now| statement.as_of > now) {
            return Outcome::Refused(Refusal::Future);
        }
        let plans = match proofs_of::<S>(statement, rulebook, snapshot) {
            Ok(plans) => plans,
            Err(error) => return Outcome::Refused(Refusal::Statement(error)),
        };
        if let Err(unknown) = self
            .keys
            .build::<S>(&self.params, CircuitKind::of(statement))
        {
            return Outcome::CannotTell(unknown);
        }
        match self.proofs(attestation, &plans) {
            Ok(()) => Outcome::Holds,
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    fn proofs(&self, attestation: &Attestation, plans: &[ProofPlan]) -> Result<(), Refusal> {
        let statement = attestation.statement.digest();
        let mut weights = Weights::new(plans.len());
        let mut pending: Vec<Pending<'_>> = Vec::with_capacity(plans.len());
        // Decoding made sure that there are as many proofs as plans.
        for (index, (plan, proof)) in plans.iter().zip(&attestation.proofs).enumerate() {
            let refuse = |error| refused_proof(index, plan.circuit, error);
            let key = self
                .keys
                .get(plan.circuit)
                .ok_or_else(|| refuse(ProofError::Invalid))?;
            let proof_pending = prepare(
                &self.params,
                key,
                plan.position,
                statement,
                &plan.publics,
                proof,
            )
            .map_err(refuse)?;
            weights.absorb(key.id(), statement, index as u64, proof);
            pending.push(proof_pending);
        }
        if plans.len() != attestation.proofs.len() || !all_hold(&self.params, &weights, &pending) {
            return Err(culprit(plans, pending));
        }
        let totals: Vec<_> = pending.into_iter().map(|proof| proof.totals).collect();
        Ok(check_links(plans, &totals)?)
    }
}

/// The first proof that does not verify by itself.
fn culprit(plans: &[ProofPlan], pending: Vec<Pending<'_>>) -> Refusal {
    let last = plans.len().saturating_sub(1);
    let index = pending
        .into_iter()
        .position(|proof| !proof.msm.eval())
        .unwrap_or(last);
    let circuit = plans.get(index).map_or(CircuitKind::Capital, |p| p.circuit);
    refused_proof(index, circuit, ProofError::Invalid)
}

fn facts(statement: &Statement, rulebook: &Rulebook, snapshot: &Snapshot) -> Facts {
    let lines = || {
        let line = |index: &u8| rulebook.stated.get(usize::from(*index));
        statement.stated.iter().filter_map(line)
    };
    let reduces = |line: &&StatedLine| line.effect == StatedEffect::ReducesRwa;
    Facts {
        statement: statement.clone(),
        rulebook: (rulebook.name.clone(), rulebook.date.clone()),
        snapshot: snapshot.name.clone(),
        snapshot_time: (snapshot.rates.len() > 1 || !snapshot.prices.is_empty())
            .then_some(snapshot.at),
        recomputed: statement.rows.iter().map(|r| r.circuit.name()).collect(),
        stated: lines().map(|line| line.name.clone()).collect(),
        reducing: lines()
            .filter(reduces)
            .map(|line| line.name.clone())
            .collect(),
    }
}
