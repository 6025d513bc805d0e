//! The list of checks, in order: limits and encoding, rulebook and snapshot, signatures, what the
//! reader insists on, keys, proofs, links.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::KeyId;
use plimsoll_circuits::proofs::{CircuitKind, ProofPlan, check_links, proofs_of};
use plimsoll_circuits::protocol::key::VerifyingKey;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::verify::{Pending, ProofError, prepare};
use plimsoll_circuits::rulebook::{self, Rulebook, RulebookError, StatedEffect, StatedLine};
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{RowCircuit, Statement};
use plimsoll_circuits::voucher::{self, Voucher};

use crate::accept::{self, BuiltinError};
use crate::batch::{Weights, all_hold};
use crate::keys::Keys;
use crate::policy::{Loaded, Policy};
use crate::trust::Trust;
use crate::verdict::{
    Facts, Outcome, Refusal, Unknown, Verdict, VouchedFor, refused_proof, unreadable,
};

/// A verifier: parameters, keys, and the rulebooks and snapshots that its reader trusts.
pub struct Verifier<S: Size> {
    params: Arc<PublicParams>,
    pub(crate) keys: Keys,
    rulebooks: Vec<([u8; 32], Arc<Rulebook>)>,
    snapshots: Vec<([u8; 32], Arc<Snapshot>)>,
    size: PhantomData<S>,
}

/// What a verifier does next, for whoever waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Builds a key that was not there yet.
    Key(CircuitKind),
    /// Verifies this many proofs.
    Proofs(usize),
}

/// An attestation that was read, whose rulebook is known and whose signatures are none but good
/// ones: its proofs are not looked at yet.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) attestation: Attestation,
    pub(crate) vouchers: Vec<Voucher>,
    pub(crate) rulebook: Arc<Rulebook>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) facts: Arc<Facts>,
}

impl Opened {
    pub(crate) fn says(&self, outcome: Outcome) -> Verdict {
        Verdict {
            outcome,
            facts: Some(Arc::clone(&self.facts)),
        }
    }

    /// Its proofs and their public values.
    pub(crate) fn plans<S: Size>(&self) -> Result<Vec<ProofPlan>, Refusal> {
        let statement = &self.attestation.statement;
        Ok(proofs_of::<S>(statement, &self.rulebook, &self.snapshot)?)
    }
}

impl<S: Size> fmt::Debug for Verifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} rulebooks)", self.rulebooks.len())
    }
}

impl Verifier<Standard> {
    /// A verifier of published attestations for a reader with a trust file: of what is built in it
    /// trusts what that file accepts, as the command line does. Rulebooks and snapshots from
    /// elsewhere go with [`Verifier::trusting`].
    ///
    /// # Errors
    /// Something built in that does not parse: never in a released version.
    pub fn under(
        params: Arc<PublicParams>,
        trust: &Trust,
    ) -> Result<Verifier<Standard>, BuiltinError> {
        let rulebooks = accept::rulebooks(Some(trust))?;
        let snapshots = accept::snapshots(Some(trust))?;
        Ok(Verifier::trusting(params, rulebooks, snapshots))
    }

    /// A verifier of published attestations that trusts all rulebooks built in, whatever a trust
    /// file says of them: for a reader without one.
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
            rulebooks: rulebooks.into_iter().map(of_rulebook).collect(),
            snapshots: snapshots.into_iter().map(of_snapshot).collect(),
            size: PhantomData,
        }
    }

    /// Trusts these rulebooks and snapshots from now on, and no others; its keys stay.
    pub fn trust(&mut self, rulebooks: Vec<Rulebook>, snapshots: Vec<Snapshot>) {
        self.rulebooks = rulebooks.into_iter().map(of_rulebook).collect();
        self.snapshots = snapshots.into_iter().map(of_snapshot).collect();
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
        self.build_keys_with(wanted, &mut |_| {})
    }

    /// The same; each key that takes time is told.
    pub(crate) fn build_keys_with(
        &mut self,
        wanted: impl IntoIterator<Item = CircuitKind>,
        say: &mut dyn FnMut(Step),
    ) -> Result<(), Unknown> {
        self.keys.build::<S>(&self.params, wanted, say)
    }

    /// Checks an attestation by itself. What it follows, and whether a later one was seen, is for
    /// [`check_all`](Verifier::check_all) to say.
    pub fn check(&mut self, bytes: &[u8], policy: &Policy) -> Verdict {
        let opened = match self.open(bytes, policy) {
            Ok(opened) => opened,
            Err(verdict) => return verdict,
        };
        opened.says(self.holds(&opened, policy))
    }

    /// Whether an attestation that was read holds.
    pub(crate) fn holds(&mut self, opened: &Opened, policy: &Policy) -> Outcome {
        let problem = policy
            .signed(&opened.facts)
            .or_else(|| policy.vouched(&opened.facts))
            .or_else(|| policy.content(&opened.facts))
            .or_else(|| self.prove(opened).err());
        problem.unwrap_or(Outcome::Holds)
    }

    /// Verifies the proofs of an attestation and keeps what it says, for [`Policy::check`] to look
    /// at as often as there is something to decide. Signatures are checked against the keys that
    /// the policy trusts now.
    ///
    /// # Errors
    /// The verdict, where the attestation cannot be read or its mathematics do not hold. Dates,
    /// claims and the number of signatures are not looked at here.
    pub fn load(&mut self, bytes: &[u8], policy: &Policy) -> Result<Loaded, Verdict> {
        let opened = self.open(bytes, policy)?;
        match self.prove(&opened) {
            Ok(()) => Ok(Loaded(opened.facts)),
            Err(outcome) => Err(opened.says(outcome)),
        }
    }

    /// Reads an attestation: form, rulebook and snapshot, signatures.
    pub(crate) fn open(&self, bytes: &[u8], policy: &Policy) -> Result<Opened, Verdict> {
        let document = Document::decode(bytes, S::K).map_err(unreadable)?;
        let statement = &document.attestation.statement;
        let (rulebook, snapshot) = self
            .trusted(statement)
            .map_err(|unknown| Verdict::bare(Outcome::CannotTell(unknown)))?;
        let mut facts = facts(&document, &rulebook, &snapshot);
        facts.vouched = vouched(&document, policy);
        let forged = signatures(&document, policy, &mut facts);
        let opened = Opened {
            facts: Arc::new(facts),
            attestation: document.attestation,
            vouchers: document.vouchers,
            rulebook,
            snapshot,
        };
        match forged {
            None => Ok(opened),
            Some(key) => Err(opened.says(Outcome::Refused(Refusal::Signature(key)))),
        }
    }

    /// Rulebook and snapshot by digest from the trusted sets. The snapshot in which only the
    /// reporting currency has a rate has nothing to choose, and is always known.
    fn trusted(&self, statement: &Statement) -> Result<(Arc<Rulebook>, Arc<Snapshot>), Unknown> {
        let mut rulebooks = self.rulebooks.iter();
        let (_, rulebook) = rulebooks
            .find(|(digest, _)| *digest == statement.rulebook)
            .ok_or(Unknown::Rulebook(statement.rulebook))?;
        let mut snapshots = self.snapshots.iter();
        let known = snapshots.find(|(digest, _)| *digest == statement.snapshot);
        let reporting_only = || {
            let snapshot = Snapshot::reporting_only(&statement.currency).ok()?;
            (snapshot.digest() == statement.snapshot).then(|| Arc::new(snapshot))
        };
        let snapshot = known
            .map(|(_, snapshot)| Arc::clone(snapshot))
            .or_else(reporting_only)
            .ok_or(Unknown::Snapshot(statement.snapshot))?;
        Ok((Arc::clone(rulebook), snapshot))
    }

    /// Builds the keys that an attestation needs, and checks its proofs and links.
    fn prove(&mut self, opened: &Opened) -> Result<(), Outcome> {
        let plans = opened.plans::<S>().map_err(Outcome::Refused)?;
        self.build_keys(CircuitKind::of(&opened.attestation.statement))
            .map_err(Outcome::CannotTell)?;
        self.vouched(opened).map_err(Outcome::Refused)?;
        self.proofs(&opened.attestation, &plans)
            .map_err(Outcome::Refused)
    }

    /// Whether the vouchers vouch for what the attestation says. The keys are built.
    pub(crate) fn vouched(&self, opened: &Opened) -> Result<(), Refusal> {
        let kind = CircuitKind::Rows(RowCircuit::Vouched);
        let circuit = self.keys.get(kind).map_or([0; 32], VerifyingKey::id);
        let (rulebook, snapshot) = (&opened.rulebook, &opened.snapshot);
        let (vouchers, attestation) = (&opened.vouchers, &opened.attestation);
        let params = &self.params;
        voucher::check::<S>(vouchers, attestation, params, circuit, rulebook, snapshot)
            .map_err(Refusal::Voucher)
    }

    /// Everything but the final equations.
    pub(crate) fn pending(
        &self,
        attestation: &Attestation,
        plans: &[ProofPlan],
    ) -> Result<Vec<Pending<'_>>, Refusal> {
        let statement = attestation.statement.digest();
        let last = plans.len().saturating_sub(1);
        if plans.len() != attestation.proofs.len() {
            return Err(refused_proof(
                last,
                CircuitKind::Capital,
                ProofError::Invalid,
            ));
        }
        let proofs = plans.iter().zip(&attestation.proofs).enumerate();
        let pending = proofs.map(|(index, (plan, proof))| {
            let refuse = |error| refused_proof(index, plan.circuit, error);
            let key = self
                .keys
                .get(plan.circuit)
                .ok_or_else(|| refuse(ProofError::Invalid))?;
            let (position, publics) = (plan.position, &plan.publics);
            prepare(&self.params, key, position, statement, publics, proof).map_err(refuse)
        });
        pending.collect()
    }

    /// Adds every byte of an attestation's proofs to what the weights are drawn from.
    pub(crate) fn absorb(&self, weights: &mut Weights, attestation: &Attestation) {
        let statement = attestation.statement.digest();
        let circuits = attestation.statement.rows.iter().flat_map(|rows| {
            let circuit = CircuitKind::Rows(rows.circuit);
            std::iter::repeat_n(circuit, rows.shards.into())
        });
        let circuits = circuits.chain([CircuitKind::Capital]);
        for (place, (circuit, proof)) in (0..).zip(circuits.zip(&attestation.proofs)) {
            let id = self.keys.get(circuit).map_or([0; 32], VerifyingKey::id);
            weights.absorb(id, statement, place, proof);
        }
    }

    /// The proofs of one attestation, in one multi-exponentiation, and their links.
    pub(crate) fn proofs(
        &self,
        attestation: &Attestation,
        plans: &[ProofPlan],
    ) -> Result<(), Refusal> {
        let mut weights = Weights::new(plans.len());
        self.absorb(&mut weights, attestation);
        let pending = self.pending(attestation, plans)?;
        if !all_hold(&self.params, &weights, &pending) {
            return Err(culprit(plans, pending));
        }
        let totals: Vec<_> = pending.into_iter().map(|proof| proof.totals).collect();
        Ok(check_links(plans, &totals)?)
    }
}

fn of_rulebook(rulebook: Rulebook) -> ([u8; 32], Arc<Rulebook>) {
    (rulebook.digest(), Arc::new(rulebook))
}

fn of_snapshot(snapshot: Snapshot) -> ([u8; 32], Arc<Snapshot>) {
    (snapshot.digest(), Arc::new(snapshot))
}

/// Sorts the signatures: by trusted keys and good, by keys that are not known here. The first that
/// names a trusted key and is not its own is returned.
fn signatures(document: &Document, policy: &Policy, facts: &mut Facts) -> Option<KeyId> {
    let institution = policy.trust.institution(facts.statement.lei);
    facts.name = institution.map(|institution| institution.name.clone());
    let message = document.envelope.signed_bytes();
    for signature in document.envelope.signatures() {
        let mut keys = institution.into_iter().flat_map(|known| &known.keys);
        match keys.find(|key| key.id() == signature.key) {
            None => facts.strangers.push(signature.key),
            Some(key) if key.verifies(&message, &signature.bytes) => {
                facts.signers.push(signature.key);
            }
            Some(_) => return Some(signature.key),
        }
    }
    None
}

/// The vouchers, as they stand in the file, with the names that the reader gives their keys.
fn vouched(document: &Document, policy: &Policy) -> Vec<VouchedFor> {
    let fact = |voucher: &Voucher| {
        let (terms, key) = (&voucher.terms, voucher.terms.key.id());
        VouchedFor {
            key,
            name: policy.trust.data_owner(key).map(str::to_owned),
            owner: terms.owner.clone(),
            serial: terms.serial,
            accounts: terms.accounts.clone(),
            as_of: terms.as_of,
            proofs: terms.blocks.len(),
            digest: voucher.digest,
        }
    };
    document.vouchers.iter().map(fact).collect()
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

fn facts(document: &Document, rulebook: &Rulebook, snapshot: &Snapshot) -> Facts {
    let statement = &document.attestation.statement;
    let lines = || {
        let line = |index: &u8| rulebook.stated.get(usize::from(*index));
        statement.stated.iter().filter_map(line)
    };
    let reduces = |line: &&StatedLine| line.effect == StatedEffect::ReducesRwa;
    Facts {
        statement: statement.clone(),
        digest: document.digest,
        name: None,
        signers: Vec::new(),
        strangers: Vec::new(),
        auditors: Vec::new(),
        rulebook: (rulebook.name.clone(), rulebook.date.clone()),
        snapshot: snapshot.name.clone(),
        snapshot_time: (snapshot.rates.len() > 1 || !snapshot.prices.is_empty())
            .then_some(snapshot.at),
        vouched: Vec::new(),
        recomputed: statement.computed(),
        stated: lines().map(|line| line.name.clone()).collect(),
        reducing: lines()
            .filter(reduces)
            .map(|line| line.name.clone())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use plimsoll_circuits::protocol::layout::Small;

    use super::*;

    fn verifier(snapshots: Vec<Snapshot>) -> Verifier<Small> {
        let rulebook = Rulebook::builtin("us-standardised").unwrap();
        let params = Arc::new(PublicParams::derive(Small::K));
        Verifier::trusting(params, vec![rulebook], snapshots)
    }

    /// A file around a statement; its proofs are nobody's matter here.
    fn file(change: impl FnOnce(&mut Statement)) -> Vec<u8> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../fixtures/proofs/us-bancorp-2022-12-31.plimsoll"
        );
        let stored = Document::decode(&fs::read(path).unwrap(), Standard::K).unwrap();
        let mut attestation = stored.attestation;
        change(&mut attestation.statement);
        Document::unsigned(attestation, Small::K).encode()
    }

    fn facts_of(verifier: &Verifier<Small>, file: &[u8]) -> Arc<Facts> {
        verifier.open(file, &Policy::UNSIGNED).unwrap().facts
    }

    /// Whoever shows the time of rates or prices shows it where there are any.
    #[test]
    fn a_snapshot_has_a_time_where_it_has_something_to_choose() {
        let head = "name = \"s\"\nat = 2022-12-30T16:00:00Z\nbase = \"USD\"\n";
        let time = 1_672_416_000;
        for (more, expected) in [
            ("", None),
            ("[rates]\nEUR = \"1.07\"\n", Some(time)),
            ("[prices]\nETH-26JAN24 = \"2241.65\"\n", Some(time)),
            (
                "[rates]\nEUR = \"1.07\"\nAUD = \"0.68\"\n[prices]\nX-1 = \"1\"\n",
                Some(time),
            ),
        ] {
            let snapshot = Snapshot::parse(&format!("{head}{more}")).unwrap();
            let digest = snapshot.digest();
            let file = file(|statement| statement.snapshot = digest);
            let facts = facts_of(&verifier(vec![snapshot]), &file);
            assert_eq!(facts.snapshot_time, expected, "{more}");
        }
    }

    /// Lines that lower the requirement are told apart from those that raise it.
    #[test]
    fn stated_lines_by_their_effect() {
        let verifier = verifier(Vec::new());
        let rulebook = Rulebook::builtin("us-standardised").unwrap();
        let file = file(|s| s.stated = (0..rulebook.stated.len() as u8).collect());
        let facts = facts_of(&verifier, &file);
        let all: Vec<_> = rulebook
            .stated
            .iter()
            .map(|line| line.name.clone())
            .collect();
        assert_eq!(facts.stated, all);
        let reducing = [
            "rounding-reduction",
            "excess-allowance-deduction",
            "transfer-risk-reserve",
        ];
        assert_eq!(facts.reducing, reducing);
    }

    #[test]
    fn what_is_trusted_from_now_on() {
        let mut verifier = verifier(Vec::new());
        assert_eq!(format!("{verifier:?}"), "Verifier(1 rulebooks)");
        let file = file(|_| {});
        assert!(verifier.open(&file, &Policy::UNSIGNED).is_ok());
        verifier.trust(vec![Rulebook::builtin("basel-2023").unwrap()], Vec::new());
        let verdict = verifier.open(&file, &Policy::UNSIGNED).unwrap_err();
        let unknown = matches!(verdict.outcome, Outcome::CannotTell(Unknown::Rulebook(_)));
        assert!(unknown, "{:?}", verdict.outcome);
    }
}
