//! The capital proof: receives the totals, holds the claims.

use std::sync::Arc;

use plimsoll_circuits::cells::capital::CREDIT_RISK;
#[cfg(feature = "cheat")]
use plimsoll_circuits::cells::capital::rules::cheating_system;
use plimsoll_circuits::cells::capital::rules::{CapitalInputs, CapitalPlan, capital_system};
use plimsoll_circuits::cells::capital::system::{System, SystemError};
use plimsoll_circuits::proofs::ProofPlan;
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{
    CopyWitness, ProvedShard, SelfCheck, TotalOpening, prove_shard,
};
use plimsoll_circuits::protocol::tape::OsEntropy;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::Rulebook;

use crate::attest::keys::{ProvingKeys, built};
use crate::attest::{AttestError, unsolved};
use crate::opening::{Kept, KeptCopy};

/// The capital proof's witness.
#[derive(Debug)]
pub(crate) struct FilledCapital {
    position: ProofPosition,
    copy: CopyWitness,
    /// What it leaves for the opening file.
    pub(crate) kept: Kept,
}

/// Fills the capital circuit: the words of the rules, and the sum of the row circuits' totals.
#[allow(clippy::too_many_arguments)]
pub(crate) fn fill<S: Size>(
    keys: &ProvingKeys<S>,
    plan: &ProofPlan,
    rulebook: &Rulebook,
    capital: &CapitalPlan,
    inputs: CapitalInputs<'_>,
    total: TotalOpening,
    check: SelfCheck,
    keep: bool,
) -> Result<FilledCapital, AttestError> {
    let key = built(keys.capital.as_ref())?;
    let layout = Arc::clone(key.layout());
    let system = system(rulebook, capital, inputs, check).map_err(unsolved)?;
    let mut grid = Grid::new(Arc::clone(&layout));
    key.columns
        .fill(&mut grid, &system.witness().unwrap_or_default());
    let column = layout.total_column(CREDIT_RISK);
    grid.columns_mut()[column][..total.values.len()].copy_from_slice(&total.values);
    let publics = plan.publics.first().cloned().unwrap_or_default();
    grid.complete(&publics)?;
    let linked = capital.credit_risk.then_some((column, total.blinding));
    let copy = CopyWitness {
        grid,
        publics,
        chosen: linked.into_iter().collect(),
    };
    let kept = keep.then(|| KeptCopy::of(&copy));
    Ok(FilledCapital {
        position: plan.position,
        copy,
        kept: Kept {
            copies: kept.into_iter().collect(),
            records: Vec::new(),
        },
    })
}

#[cfg(not(feature = "cheat"))]
fn system(
    rulebook: &Rulebook,
    capital: &CapitalPlan,
    inputs: CapitalInputs<'_>,
    _: SelfCheck,
) -> Result<System, SystemError> {
    capital_system(rulebook, capital, Some(inputs))
}

/// An adversary solves a false system as well as it can be solved.
#[cfg(feature = "cheat")]
fn system(
    rulebook: &Rulebook,
    capital: &CapitalPlan,
    inputs: CapitalInputs<'_>,
    check: SelfCheck,
) -> Result<System, SystemError> {
    match check {
        SelfCheck::Verify => capital_system(rulebook, capital, Some(inputs)),
        SelfCheck::Skip => cheating_system(rulebook, capital, inputs, Vec::new()),
    }
}

impl FilledCapital {
    /// Proves it.
    pub(crate) fn prove<S: Size>(
        self,
        params: &PublicParams,
        keys: &ProvingKeys<S>,
        statement: [u8; 32],
        check: SelfCheck,
    ) -> Result<ProvedShard, AttestError> {
        let key = built(keys.capital.as_ref())?;
        let copies = vec![self.copy];
        let entropy = &mut OsEntropy;
        Ok(prove_shard(
            params,
            key,
            self.position,
            statement,
            copies,
            check,
            entropy,
        )?)
    }
}
