//! Many attestations at once: a regulator's day.
//!
//! All proofs of all files go into one multi-exponentiation, group by group; of a proof that was read
//! its points and their scalars stay until the end. Where it fails, the groups are looked at one by
//! one, and in a failing group each attestation by itself: the culprits are named, and nobody else is.

use plimsoll_circuits::field::Point;
use plimsoll_circuits::proofs::{CircuitKind, check_links};
use plimsoll_circuits::protocol::layout::Size;

use crate::batch::{Sum, Weights};
use crate::chain::Seen;
use crate::check::{Opened, Step, Verifier};
use crate::policy::Policy;
use crate::verdict::{Outcome, Refusal, Verdict};

/// Attestations in a group: what is done over when one of them is invalid.
const GROUP: usize = 16;

/// Commitments of total columns, per proof and copy.
type Totals = Vec<Vec<Vec<Point>>>;

/// A group's equations, and of each of its attestations what is left to check.
struct Group<'p> {
    sum: Sum<'p>,
    members: Vec<Result<Totals, Refusal>>,
}

impl<S: Size> Verifier<S> {
    /// Checks attestations together: each by itself, and each institution's as a chain, which
    /// must also fit what was `seen`. Verdicts are in the order of the files. Freshness is asked
    /// of the newest of each institution: the others are its history.
    pub fn check_all<B: AsRef<[u8]> + Sync>(
        &mut self,
        files: &[B],
        policy: &Policy,
        seen: &Seen,
    ) -> Vec<Verdict> {
        self.check_all_with(files, policy, seen, &mut |_| {})
    }

    /// [`check_all`](Verifier::check_all), telling what takes time before it is done.
    pub fn check_all_with<B: AsRef<[u8]> + Sync>(
        &mut self,
        files: &[B],
        policy: &Policy,
        seen: &Seen,
        say: &mut dyn FnMut(Step),
    ) -> Vec<Verdict> {
        policy.in_sequence(self.each(files, policy, say), seen)
    }

    /// Each by itself: its form, signatures, date and proofs. What it claims, how old it is and
    /// how it stands to the others is for [`Policy::in_sequence`] to say.
    pub(crate) fn each<B: AsRef<[u8]> + Sync>(
        &mut self,
        files: &[B],
        policy: &Policy,
        say: &mut dyn FnMut(Step),
    ) -> Vec<Verdict> {
        let mut verdicts: Vec<Option<Verdict>> = Vec::with_capacity(files.len());
        let mut opened: Vec<(usize, Opened)> = Vec::new();
        for (index, file) in files.iter().enumerate() {
            verdicts.push(match self.gate(file.as_ref(), policy, say) {
                Ok(good) => {
                    opened.push((index, good));
                    None
                }
                Err(verdict) => Some(verdict),
            });
        }
        let proofs = opened.iter().map(|(_, o)| o.attestation.proofs.len());
        match proofs.sum() {
            0 => {}
            proofs => say(Step::Proofs(proofs)),
        }
        let outcomes = self.proofs_of_all(opened.iter().map(|(_, opened)| opened).collect());
        for ((index, opened), refusal) in opened.into_iter().zip(outcomes) {
            let outcome = refusal.map_or(Outcome::Holds, Outcome::Refused);
            verdicts[index] = Some(opened.says(outcome));
        }
        verdicts.into_iter().flatten().collect()
    }

    /// What is looked at before any proof: form, signatures, rulebook, date; and the keys.
    fn gate(
        &mut self,
        file: &[u8],
        policy: &Policy,
        say: &mut dyn FnMut(Step),
    ) -> Result<Opened, Verdict> {
        let opened = self.open(file, policy)?;
        let dated = || policy.dated(&opened.attestation.statement);
        let problem = policy
            .signed(&opened.facts)
            .or_else(|| policy.vouched(&opened.facts))
            .or_else(|| dated().map(Outcome::Refused));
        if let Some(outcome) = problem {
            return Err(opened.says(outcome));
        }
        let circuits = CircuitKind::of(&opened.attestation.statement);
        match self.build_keys_with(circuits, say) {
            Ok(()) => Ok(opened),
            Err(unknown) => Err(opened.says(Outcome::CannotTell(unknown))),
        }
    }

    /// The refusal of each, or none where its proofs and links hold.
    fn proofs_of_all(&self, opened: Vec<&Opened>) -> Vec<Option<Refusal>> {
        let count = opened.iter().map(|o| o.attestation.proofs.len()).sum();
        let mut weights = Weights::new(count);
        // Every byte of every proof comes before the first weight.
        for one in &opened {
            self.absorb(&mut weights, &one.attestation);
        }
        let mut first = 0;
        let groups: Vec<(u64, &[&Opened])> = opened
            .chunks(GROUP)
            .map(|group| {
                let start = first;
                let proofs = group.iter().map(|o| o.attestation.proofs.len() as u64);
                first += proofs.sum::<u64>();
                (start, group)
            })
            .collect();
        let summed = in_parallel(&groups, |(start, group)| {
            self.group(&weights, *start, group)
        });
        let mut whole = Sum::empty(self.params());
        for group in &summed {
            whole.merge(&group.sum);
        }
        let all_hold = whole.holds();
        let mut refusals = Vec::with_capacity(opened.len());
        for (group, (_, members)) in summed.into_iter().zip(&groups) {
            let holds = all_hold || group.sum.holds();
            for (one, totals) in members.iter().zip(group.members) {
                refusals.push(match totals {
                    Err(refusal) => Some(refusal),
                    Ok(totals) => self.finish(one, &totals, holds).err(),
                });
            }
        }
        refusals
    }

    /// The equations of a group, weighed and added up.
    fn group(&self, weights: &Weights, first: u64, group: &[&Opened]) -> Group<'_> {
        let mut sum = Sum::empty(self.params());
        let mut number = first;
        let members = group.iter().map(|one| {
            let start = number;
            number += one.attestation.proofs.len() as u64;
            self.vouched(one)?;
            let pending = self.pending(&one.attestation, &one.plans::<S>()?)?;
            let mut totals = Vec::with_capacity(pending.len());
            for (number, proof) in (start..).zip(pending) {
                sum.add(weights, number, proof.msm);
                totals.push(proof.totals);
            }
            Ok(totals)
        });
        let members = members.collect();
        Group { sum, members }
    }

    /// Links, once the equations of the group hold; else the attestation by itself.
    fn finish(&self, one: &Opened, totals: &Totals, holds: bool) -> Result<(), Refusal> {
        let plans = one.plans::<S>()?;
        if holds {
            Ok(check_links(&plans, totals)?)
        } else {
            self.proofs(&one.attestation, &plans)
        }
    }
}

/// Maps on as many threads as the machine has, where there are threads.
fn in_parallel<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    #[cfg(feature = "multicore")]
    {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = items.len().div_ceil(threads).max(1);
        let f = &f;
        std::thread::scope(|scope| {
            let running: Vec<_> = items
                .chunks(share)
                .map(|part| scope.spawn(move || part.iter().map(f).collect::<Vec<R>>()))
                .collect();
            running
                .into_iter()
                .flat_map(|thread| match thread.join() {
                    Ok(results) => results,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        })
    }
    #[cfg(not(feature = "multicore"))]
    {
        items.iter().map(f).collect()
    }
}
