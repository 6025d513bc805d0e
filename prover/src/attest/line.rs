//! The proofs of an attestation on their way: workers take the next one, fill it in turn, and prove
//! it side by side. The capital proof is the last to be filled, because it needs all totals.

use std::sync::{Mutex, PoisonError};

use plimsoll_circuits::proofs::{CircuitKind, ProofPlan};
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{Phases, ProvedShard};

use crate::attest::keys::ProvingKeys;
use crate::attest::{AttestError, Prepared, Progress, capital, rows};
use crate::opening::{Keeper, Kept};

/// Proofs in the making at one time: while one commits column by column, the other has work for
/// the second core. More would take more memory.
const IN_FLIGHT: usize = 2;

/// The proofs of an attestation on their way.
pub(super) struct Line<'a, S: Size> {
    params: &'a PublicParams,
    keys: &'a ProvingKeys<S>,
    prepared: &'a Prepared<'a>,
    plans: &'a [ProofPlan],
    statement: [u8; 32],
    state: Mutex<LineState<'a>>,
}

struct LineState<'a> {
    rows: rows::RowProver<'a>,
    keeper: Option<Keeper>,
    next: usize,
    proofs: Vec<Vec<u8>>,
    phases: Phases,
    progress: &'a mut (dyn FnMut(Progress) -> bool + Send),
    done: u64,
    failed: Option<AttestError>,
}

impl LineState<'_> {
    fn tell(&mut self, event: Progress) -> Result<(), AttestError> {
        if (self.progress)(event) {
            Ok(())
        } else {
            Err(AttestError::Interrupted)
        }
    }
}

/// A proof whose witness is ready.
enum Filled {
    Rows(rows::FilledShard),
    Capital(Box<capital::FilledCapital>),
}

impl Filled {
    /// What it leaves for the opening file.
    fn kept(&mut self) -> Kept {
        std::mem::take(match self {
            Filled::Rows(shard) => &mut shard.kept,
            Filled::Capital(capital) => &mut capital.kept,
        })
    }
}

/// What came out.
pub(super) struct Made {
    /// The proofs, in their order.
    pub(super) proofs: Vec<Vec<u8>>,
    /// Time by phase, over all of them.
    pub(super) phases: Phases,
    /// What opens them, where that is kept.
    pub(super) keeper: Option<Keeper>,
}

impl<'a, S: Size> Line<'a, S> {
    /// A line on which nothing has been done.
    pub(super) fn new(
        params: &'a PublicParams,
        keys: &'a ProvingKeys<S>,
        prepared: &'a Prepared<'a>,
        plans: &'a [ProofPlan],
        rows: rows::RowProver<'a>,
        keep: bool,
        progress: &'a mut (dyn FnMut(Progress) -> bool + Send),
    ) -> Self {
        Self {
            params,
            keys,
            prepared,
            plans,
            statement: prepared.statement.digest(),
            state: Mutex::new(LineState {
                rows,
                keeper: keep.then(|| Keeper::new(plans.len())),
                next: 0,
                proofs: vec![Vec::new(); plans.len()],
                phases: Phases::default(),
                progress,
                done: 0,
                failed: None,
            }),
        }
    }

    /// Makes all proofs.
    ///
    /// # Errors
    /// The first that failed.
    pub(super) fn run(self) -> Result<Made, AttestError> {
        std::thread::scope(|scope| {
            for _ in 0..IN_FLIGHT.min(self.plans.len()) {
                scope.spawn(|| self.work());
            }
        });
        let state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        match state.failed {
            Some(error) => Err(error),
            None => Ok(Made {
                proofs: state.proofs,
                phases: state.phases,
                keeper: state.keeper,
            }),
        }
    }

    fn work(&self) {
        loop {
            let result = match self.take() {
                Ok(Some((index, mut filled))) => {
                    let kept = filled.kept();
                    self.prove(filled)
                        .and_then(|proved| self.finish(index, proved, kept))
                }
                Ok(None) => return,
                Err(error) => Err(error),
            };
            if let Err(error) = result {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                state.failed.get_or_insert(error);
                return;
            }
        }
    }

    /// The next proof, filled; none when all are taken or one has failed.
    fn take(&self) -> Result<Option<(usize, Filled)>, AttestError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let index = state.next;
        let (None, Some(plan)) = (&state.failed, self.plans.get(index)) else {
            return Ok(None);
        };
        state.next += 1;
        let ProofPosition { shard, shards, .. } = plan.position;
        state.tell(Progress::Proof(plan.circuit, shard, shards))?;
        let filled = match plan.circuit {
            CircuitKind::Rows(circuit) => Filled::Rows(state.rows.fill(self.keys, circuit, plan)?),
            CircuitKind::Capital => {
                let keep = state.keeper.is_some();
                let total = state.rows.total();
                let filled = self.prepared.capital(self.keys, plan, total, keep)?;
                Filled::Capital(Box::new(filled))
            }
        };
        Ok(Some((index, filled)))
    }

    fn prove(&self, filled: Filled) -> Result<ProvedShard, AttestError> {
        let check = self.prepared.request.check;
        match filled {
            Filled::Rows(shard) => shard.prove(self.params, self.keys, self.statement, check),
            Filled::Capital(capital) => {
                capital.prove(self.params, self.keys, self.statement, check)
            }
        }
    }

    fn finish(&self, index: usize, proved: ProvedShard, kept: Kept) -> Result<(), AttestError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = &self.plans[index];
        state.proofs[index] = proved.proof;
        state.phases += proved.phases;
        if let Some(keeper) = &mut state.keeper {
            keeper.keep(index, proved.seed, kept);
        }
        state.done += match plan.circuit {
            CircuitKind::Capital => 3,
            CircuitKind::Rows(_) => 3 + plan.publics.len() as u64,
        };
        let done = state.done;
        state.tell(Progress::Done(done))
    }
}
