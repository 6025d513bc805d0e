//! The proofs of the row circuits, shard by shard.

use std::ops::Range;
use std::sync::Arc;

use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::{CARRY_IN, CARRY_OUT};
use plimsoll_circuits::credit_risk::{Charge, CreditAssessment};
use plimsoll_circuits::proofs::ProofPlan;
use plimsoll_circuits::protocol::layout::{Layout, Size};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, ProvedShard, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::tape::{ColumnBlinding, MasterSeed, OsEntropy};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::RowCircuit;

use crate::attest::keys::{ProvingKeys, built};
use crate::attest::shape::Shapes;
use crate::attest::{AttestError, Request};

/// Proves the shards of a book, in the order of the statement.
#[derive(Debug)]
pub struct RowProver<'a> {
    rows: BookRows<'a>,
    charges: Vec<(RowCircuit, Vec<&'a Charge>)>,
    shapes: &'a Shapes,
    carry: Carry,
}

/// The count of collateral items as it goes from copy to copy, with the blinding of the column
/// that hands it on: the next copy's column must be the very same point.
#[derive(Debug)]
struct Carry {
    seed: MasterSeed,
    copies: u32,
    ordinal: u64,
    blinding: Option<ColumnBlinding>,
}

impl Carry {
    /// (column, blinding) of a copy's carry columns; the first copy's carry-in is its own.
    fn chosen(&mut self, layout: &Layout) -> Vec<(usize, ColumnBlinding)> {
        let out = self
            .seed
            .column_key(self.copies, CARRY_OUT as u32)
            .blinding();
        self.copies += 1;
        let taken_up = self.blinding.replace(out.clone());
        let carry_in = taken_up.map(|blinding| (layout.total_column(CARRY_IN), blinding));
        carry_in
            .into_iter()
            .chain([(layout.total_column(CARRY_OUT), out)])
            .collect()
    }
}

impl<'a> RowProver<'a> {
    /// A prover for an assessed book.
    pub(crate) fn new(
        request: &Request<'a>,
        credit: &'a CreditAssessment,
        shapes: &'a Shapes,
    ) -> Result<RowProver<'a>, AttestError> {
        let rows = BookRows::new(request.rulebook, request.snapshot, request.book);
        let charges = shapes
            .0
            .iter()
            .map(|shape| (shape.circuit, rows.of(credit, shape.circuit)))
            .collect();
        let seed = MasterSeed::fresh(&mut OsEntropy)?;
        let carry = Carry {
            seed,
            copies: 0,
            ordinal: 0,
            blinding: None,
        };
        Ok(RowProver {
            rows,
            charges,
            shapes,
            carry,
        })
    }

    /// Proves one shard.
    pub(crate) fn shard<S: Size>(
        &mut self,
        params: &PublicParams,
        keys: &ProvingKeys<S>,
        circuit: RowCircuit,
        plan: &ProofPlan,
        statement: [u8; 32],
        check: SelfCheck,
    ) -> Result<ProvedShard, AttestError> {
        macro_rules! prove {
            ($key:expr, $fill:expr) => {{
                let key = built($key.as_ref())?;
                let copies = self.copies(
                    key.layout(),
                    circuit,
                    plan,
                    |rows, grid, charges, ordinal| {
                        $fill(&key.columns, rows, grid, charges, ordinal)
                    },
                )?;
                prove_shard(
                    params,
                    key,
                    plan.position,
                    statement,
                    copies,
                    check,
                    &mut OsEntropy,
                )?
            }};
        }
        Ok(match circuit {
            RowCircuit::Plain => prove!(keys.plain, |columns, rows, grid, charges, _| {
                fill::plain(columns, rows, grid, charges)
            }),
            RowCircuit::Banded => prove!(keys.banded, |columns, rows, grid, charges, _| {
                fill::banded(columns, rows, grid, charges)
            }),
            RowCircuit::Secured => prove!(keys.secured, fill::secured),
            RowCircuit::SecuredGeneral => prove!(keys.secured_general, fill::secured_general),
        })
    }

    fn copies(
        &mut self,
        layout: &Arc<Layout>,
        circuit: RowCircuit,
        plan: &ProofPlan,
        fill: impl Fn(&BookRows<'_>, &mut Grid, &[&Charge], &mut u64),
    ) -> Result<Vec<CopyWitness>, AttestError> {
        let shape = self.shapes.of(circuit);
        let first = plan.position.shard as usize * plan.publics.len();
        let ranges: Vec<Range<usize>> = shape.map_or_else(Vec::new, |s| {
            s.copies[first..first + plan.publics.len()].to_vec()
        });
        let charges = self.charges.iter().find(|(kind, _)| *kind == circuit);
        let charges = charges
            .map(|(_, charges)| charges.clone())
            .unwrap_or_default();
        let mut copies = Vec::with_capacity(ranges.len());
        for (range, publics) in ranges.into_iter().zip(&plan.publics) {
            let mut grid = Grid::new(Arc::clone(layout));
            fill(
                &self.rows,
                &mut grid,
                &charges[range],
                &mut self.carry.ordinal,
            );
            let mut chosen = Vec::new();
            if circuit.carries() {
                chosen = self.carry.chosen(layout);
            }
            grid.complete(publics)?;
            copies.push(CopyWitness {
                grid,
                publics: publics.clone(),
                chosen,
            });
        }
        Ok(copies)
    }
}
