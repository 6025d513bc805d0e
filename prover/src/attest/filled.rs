//! What a book fills, without proving it: for whoever holds the book against an attestation.

use plimsoll_circuits::proofs::{CircuitKind, proofs_of};
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::statement::Statement;

use crate::attest::keys::ProvingKeys;
use crate::attest::rows::RowProver;
use crate::attest::{AttestError, Prepared, Request, assessed, derivative_rows, lay_out};
use crate::opening::Kept;
use crate::vouch::Vouched;

/// A book in its copies and shards.
pub(crate) struct LaidOut<'a>(Prepared<'a>);

impl<'a> LaidOut<'a> {
    /// Lays a book out as for proving. Whether it bears the claims is not asked.
    ///
    /// # Errors
    /// A book that the rules do not know or do not allow, or that is too large; exposures that
    /// are not as they are vouched for.
    pub(crate) fn of<S: Size>(
        request: &'a Request<'a>,
        vouched: &'a [Vouched],
    ) -> Result<LaidOut<'a>, AttestError> {
        let (credit, counterparty) = assessed(request)?;
        let laid_out = lay_out::<S>(request, vouched, credit, counterparty)?;
        Ok(LaidOut(laid_out))
    }

    /// The statement that the book gives.
    pub(crate) fn statement(&self) -> &Statement {
        &self.0.statement
    }

    /// What the book leaves in each proof, in the order of the attestation.
    ///
    /// # Errors
    /// A figure that does not fit its column. Where the capital of the book cannot meet the rules,
    /// its proof is left empty.
    pub(crate) fn fill<S: Size>(
        &self,
        params: &PublicParams,
        keys: &mut ProvingKeys<S>,
    ) -> Result<Vec<Kept>, AttestError> {
        let prepared = &self.0;
        let request = prepared.request;
        let plans = proofs_of::<S>(&prepared.statement, request.rulebook, request.snapshot)?;
        for plan in &plans {
            if !keys.has(plan.circuit) {
                keys.build(plan.circuit, params)?;
            }
        }
        let derivatives = derivative_rows(request, &prepared.counterparty)?;
        let mut rows = RowProver::new(
            request,
            &prepared.credit,
            derivatives.as_ref(),
            &prepared.shapes,
            &prepared.vouched,
            true,
        )?;
        let mut left = Vec::with_capacity(plans.len());
        for plan in &plans {
            left.push(match plan.circuit {
                CircuitKind::Rows(circuit) => rows.fill(keys, circuit, plan)?.kept,
                CircuitKind::Capital => match prepared.capital(keys, plan, rows.total(), true) {
                    Ok(filled) => filled.kept,
                    // Another book need not bear the claims: what else it says is still compared.
                    Err(AttestError::Contradiction(_)) => Kept::default(),
                    Err(error) => return Err(error),
                },
            });
        }
        Ok(left)
    }
}
