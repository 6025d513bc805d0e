//! Every first-round commitment of an attestation, made anew from its opening file.
//!
//! The file keeps the columns that modules declare. They are committed to first; then limbs,
//! multiplicities, totals and carries follow from them, as they did for the proof, and are
//! committed to as well. Nothing is taken from the attestation but what is compared.

use std::sync::Arc;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::cells::capital::CREDIT_RISK;
use plimsoll_circuits::cells::secured::fill_carry;
use plimsoll_circuits::disclosure::ITEM;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::{CircuitKind, ProofPlan};
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::{Layout, Size};
use plimsoll_circuits::protocol::opening::{first_round_commitments, openable};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{TotalOpening, commit_all, sum_openings};
use plimsoll_circuits::protocol::tape::ColumnBlinding;
use plimsoll_circuits::protocol::witness::Grid;

use super::{AuditError, KeptCopy, KeptProof, Opening, pack};

/// One copy, on its way from the kept columns to all of them.
struct Recomputed<'a> {
    params: &'a PublicParams,
    circuit: &'static str,
    /// Number of the proof, and of the copy in it, from 0.
    place: (u32, u32),
    layout: &'a Arc<Layout>,
    kept: (&'a KeptProof, &'a KeptCopy),
    /// The commitments in the proof.
    expected: &'a [[u8; 32]],
}

/// What goes on from one copy to the next.
#[derive(Default)]
struct Carried {
    items: u64,
    totals: Vec<TotalOpening>,
}

impl Opening {
    /// Recomputes all first-round commitments of the attestation that this file belongs to.
    ///
    /// # Errors
    /// The first column whose commitment is not the one in the proof.
    pub(super) fn recompute<S: Size>(
        &self,
        params: &PublicParams,
        attestation: &Attestation,
        plans: &[ProofPlan],
    ) -> Result<(), AuditError> {
        let fits = self.proofs.len() == plans.len() && attestation.proofs.len() == plans.len();
        if !fits {
            return Err(AuditError::Damaged);
        }
        let mut carried = Carried::default();
        let proofs = plans.iter().zip(&self.proofs).zip(&attestation.proofs);
        for (number, ((plan, kept), proof)) in (0..).zip(proofs) {
            let layout = plan.circuit.layout::<S>();
            let layout = Arc::new(layout.map_err(|_| AuditError::Circuit)?);
            if kept.copies.len() != plan.publics.len() {
                return Err(AuditError::Damaged);
            }
            for (copy, (columns, publics)) in (0..).zip(kept.copies.iter().zip(&plan.publics)) {
                let expected = first_round_commitments(&layout, copy, proof);
                let copy = Recomputed {
                    params,
                    circuit: plan.circuit.name(),
                    place: (number, copy),
                    layout: &layout,
                    kept: (kept, columns),
                    expected: expected.ok_or(AuditError::Damaged)?,
                };
                let mut grid = copy.kept()?;
                carried.complete(&mut grid, plan.circuit);
                // The declared columns are those of a proof that holds, so that this cannot fail.
                grid.complete(publics).map_err(|_| AuditError::Damaged)?;
                copy.rest(&grid)?;
                if plan.circuit != CircuitKind::Capital {
                    carried.totals.push(TotalOpening::of(&grid, &[]));
                }
            }
        }
        Ok(())
    }
}

impl Carried {
    /// The columns that meet those of other proofs: carries, and the total of all row circuits.
    fn complete(&mut self, grid: &mut Grid, circuit: CircuitKind) {
        let layout = Arc::clone(grid.layout());
        match circuit {
            CircuitKind::Rows(rows) if rows.carries() => {
                let before = self.items;
                let item = layout.columns.iter().position(|column| column.name == ITEM);
                let on = |position: &usize| {
                    item.is_some_and(|item| grid.get(*position, Col(item)) == Fp::one())
                };
                self.items += (0..layout.positions()).filter(on).count() as u64;
                fill_carry(grid, before, self.items);
            }
            CircuitKind::Rows(_) => {}
            CircuitKind::Capital => {
                let total = sum_openings(&self.totals).values;
                let column = layout.total_column(CREDIT_RISK);
                grid.columns_mut()[column][..total.len()].copy_from_slice(&total);
            }
        }
    }
}

impl Recomputed<'_> {
    /// A grid with the kept columns, once their commitments are those of the proof.
    fn kept(&self) -> Result<Grid, AuditError> {
        let (_, copy) = self.kept;
        let open = openable(self.layout);
        if copy.columns.len() != open.len() {
            return Err(AuditError::Damaged);
        }
        let mut grid = Grid::new(Arc::clone(self.layout));
        for (column, bytes) in open.iter().zip(&copy.columns) {
            let values = pack::unpacked(bytes, self.layout.usable_rows());
            let values = values.ok_or(AuditError::Damaged)?;
            grid.columns_mut()[*column as usize].copy_from_slice(&values);
        }
        self.compare(&grid, open.iter().map(|column| *column as usize))?;
        Ok(grid)
    }

    /// All columns that the file does not keep.
    fn rest(&self, grid: &Grid) -> Result<(), AuditError> {
        let open = openable(self.layout);
        let rest = (0..self.layout.first_round()).filter(|at| !open.contains(&(*at as u32)));
        self.compare(grid, rest)
    }

    fn compare(
        &self,
        grid: &Grid,
        columns: impl Iterator<Item = usize> + Clone,
    ) -> Result<(), AuditError> {
        let (proof, copy) = self.kept;
        let blinding = |column: usize| -> ColumnBlinding {
            let chosen = copy.chosen.iter().find(|(at, _)| *at as usize == column);
            match chosen {
                Some((_, blinding)) => blinding.clone(),
                None => proof
                    .seed
                    .column_key(self.place.1, column as u32)
                    .blinding(),
            }
        };
        let all: Vec<(&[Fp], ColumnBlinding)> = columns
            .clone()
            .map(|column| (&grid.columns()[column][..], blinding(column)))
            .collect();
        let made = commit_all(self.params, &all);
        for (column, made) in columns.zip(made) {
            if self.expected.get(column) != Some(&made) {
                return Err(AuditError::Commitment {
                    circuit: self.circuit,
                    proof: self.place.0 + 1,
                    copy: self.place.1 + 1,
                    column: column_name(self.layout, column),
                });
            }
        }
        Ok(())
    }
}

/// What stands in a physical column.
pub(super) fn column_name(layout: &Layout, column: usize) -> &'static str {
    let lanes = 0..layout.lanes;
    let mut all = lanes.flat_map(|lane| (0..layout.columns.len()).map(move |at| (lane, Col(at))));
    let found = all.find(|(lane, col)| layout.physical(*lane, *col) == column);
    found.map_or("what follows from the values", |(_, Col(at))| {
        layout.columns[at].name
    })
}
