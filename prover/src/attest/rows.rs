//! The shards of the row circuits: filled in order, proven independently.

use std::ops::Range;
use std::sync::Arc;

use plimsoll_circuits::book::Book;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::{CARRY_IN, CARRY_OUT};
use plimsoll_circuits::cells::{derivatives, fill};
use plimsoll_circuits::credit_risk::{Charge, CreditAssessment};
use plimsoll_circuits::proofs::ProofPlan;
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::layout::{Layout, Size};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{
    CopyWitness, ProvedShard, SelfCheck, TotalOpening, prove_shard, sum_openings,
};
use plimsoll_circuits::protocol::tape::{ColumnBlinding, MasterSeed, OsEntropy};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_circuits::voucher::blindings;

use crate::attest::keys::{ProvingKeys, built};
use crate::attest::shape::{Shape, Shapes};
use crate::attest::{AttestError, Request};
use crate::opening::{self, Kept, KeptCopy};
use crate::vouch::Matched;

/// Fills the shards of a book, in the order of the statement.
#[derive(Debug)]
pub struct RowProver<'a> {
    book: &'a Book,
    /// Whether what opens the proofs is kept.
    keep: bool,
    rows: BookRows<'a>,
    derivatives: Option<&'a derivatives::Rows<'a>>,
    charges: Vec<(RowCircuit, Vec<&'a Charge>)>,
    shapes: &'a Shapes,
    chain: Chain,
    ordinal: u64,
    totals: Vec<TotalOpening>,
    vouched: &'a Matched<'a>,
}

/// The blinding of the columns that meet columns of other proofs: it is chosen here, so that the
/// other side can be given the very same point.
#[derive(Debug)]
struct Chain {
    seed: MasterSeed,
    copies: u32,
    carry: Option<ColumnBlinding>,
}

impl Chain {
    fn fresh(&self, column: usize) -> ColumnBlinding {
        self.seed.column_key(self.copies, column as u32).blinding()
    }

    /// (column, blinding) of a copy's total column and carry columns; the first copy's carry-in
    /// is its own.
    fn next_copy(&mut self, layout: &Layout, carries: bool) -> Vec<(usize, ColumnBlinding)> {
        let mut chosen = vec![(layout.total_column(TOTALS), self.fresh(TOTALS))];
        if carries {
            let out = self.fresh(CARRY_OUT);
            let taken_up = self.carry.replace(out.clone());
            chosen.extend(taken_up.map(|blinding| (layout.total_column(CARRY_IN), blinding)));
            chosen.push((layout.total_column(CARRY_OUT), out));
        }
        self.copies += 1;
        chosen
    }
}

/// The module's own total column is the first.
const TOTALS: usize = 0;

impl<'a> RowProver<'a> {
    /// A prover for an assessed book.
    pub(crate) fn new(
        request: &Request<'a>,
        credit: &'a CreditAssessment,
        derivatives: Option<&'a derivatives::Rows<'a>>,
        shapes: &'a Shapes,
        vouched: &'a Matched<'a>,
        keep: bool,
    ) -> Result<RowProver<'a>, AttestError> {
        let rows = BookRows::new(request.rulebook, request.snapshot, request.book)
            .vouched_for(vouched.exposures());
        let mut charges = Vec::with_capacity(shapes.0.len());
        for Shape { circuit, .. } in &shapes.0 {
            let of_circuit = match circuit {
                // In the order of their owners.
                RowCircuit::Vouched => vouched.charges(request.book, credit)?.concat(),
                _ => rows.of(credit, *circuit),
            };
            charges.push((*circuit, of_circuit));
        }
        let seed = MasterSeed::fresh(&mut OsEntropy)?;
        let chain = Chain {
            seed,
            copies: 0,
            carry: None,
        };
        Ok(RowProver {
            book: request.book,
            keep,
            rows,
            derivatives,
            charges,
            shapes,
            chain,
            ordinal: 0,
            totals: Vec::new(),
            vouched,
        })
    }

    /// Fills the grids of the next shard of a circuit. Shards are filled in order, because the
    /// count of collateral items goes from one to the next.
    pub(crate) fn fill<S: Size>(
        &mut self,
        keys: &ProvingKeys<S>,
        circuit: RowCircuit,
        plan: &ProofPlan,
    ) -> Result<FilledShard, AttestError> {
        macro_rules! filled {
            ($key:expr, $fill:expr) => {{
                let key = built($key.as_ref())?;
                self.copies(
                    key.layout(),
                    circuit,
                    plan,
                    |prover, grid, charges, ordinal| {
                        let sorted = prover.charges.iter().find(|(kind, _)| *kind == circuit);
                        let sorted = sorted.map_or(&[][..], |(_, charges)| charges.as_slice());
                        $fill(&key.columns, &prover.rows, grid, &sorted[charges], ordinal);
                        Ok(())
                    },
                )?
            }};
        }
        let (copies, kept) = match circuit {
            RowCircuit::Plain => filled!(keys.plain, |columns, rows, grid, charges, _| {
                fill::plain(columns, rows, grid, charges)
            }),
            RowCircuit::PlainSingle => {
                filled!(keys.plain_single, |columns, rows, grid, charges, _| {
                    fill::plain(columns, rows, grid, charges)
                })
            }
            RowCircuit::Banded => filled!(keys.banded, |columns, rows, grid, charges, _| {
                fill::banded(columns, rows, grid, charges)
            }),
            RowCircuit::Vouched => filled!(keys.vouched, |columns, rows, grid, charges, _| {
                fill::vouched(columns, rows, grid, charges);
            }),
            RowCircuit::Secured => filled!(keys.secured, fill::secured),
            RowCircuit::SecuredSingle => filled!(keys.secured_single, fill::secured),
            RowCircuit::SecuredGeneral => filled!(keys.secured_general, fill::secured_general),
            RowCircuit::Derivatives => {
                let key = built(keys.derivatives.as_ref())?;
                self.copies(
                    key.layout(),
                    circuit,
                    plan,
                    |prover, grid, agreements, _| {
                        if let Some(rows) = prover.derivatives {
                            derivatives::fill(&key.columns, rows, agreements, grid)?;
                        }
                        Ok(())
                    },
                )?
            }
        };
        Ok(FilledShard {
            circuit,
            position: plan.position,
            copies,
            kept,
        })
    }

    fn copies(
        &mut self,
        layout: &Arc<Layout>,
        circuit: RowCircuit,
        plan: &ProofPlan,
        fill: impl Fn(&Self, &mut Grid, Range<usize>, &mut u64) -> Result<(), AttestError>,
    ) -> Result<(Vec<CopyWitness>, Kept), AttestError> {
        let shape = self.shapes.of(circuit);
        let first = plan.position.shard as usize * plan.publics.len();
        let ranges: Vec<Range<usize>> = shape.map_or_else(Vec::new, |s| {
            s.copies[first..first + plan.publics.len()].to_vec()
        });
        let mut copies = Vec::with_capacity(ranges.len());
        let mut kept = Kept::default();
        for (range, publics) in ranges.into_iter().zip(&plan.publics) {
            let mut grid = Grid::new(Arc::clone(layout));
            let mut ordinal = self.ordinal;
            fill(self, &mut grid, range.clone(), &mut ordinal)?;
            self.ordinal = ordinal;
            grid.complete(publics)?;
            let mut chosen = self.chain.next_copy(layout, circuit.carries());
            if circuit == RowCircuit::Vouched {
                let seed = self.vouched.seed(first + copies.len());
                chosen.extend(seed.into_iter().flat_map(|seed| blindings(layout, seed)));
            }
            self.totals.push(TotalOpening::of(&grid, &chosen));
            let witness = CopyWitness {
                grid,
                publics: publics.clone(),
                chosen,
            };
            if self.keep {
                let copy = copies.len() as u32;
                let records = match self.derivatives {
                    Some(rows) if circuit == RowCircuit::Derivatives => {
                        opening::trades(rows, copy, range)
                    }
                    _ => {
                        let of_circuit = self.charges.iter().find(|(kind, _)| *kind == circuit);
                        let charges = of_circuit.and_then(|(_, all)| all.get(range));
                        let charges = charges.unwrap_or(&[]);
                        opening::records(self.book, &self.rows, layout, copy, charges)
                    }
                };
                kept.records.extend(records);
                kept.copies.push(KeptCopy::of(&witness));
            }
            copies.push(witness);
        }
        Ok((copies, kept))
    }

    /// What the capital circuit receives: the sum of all totals, with their blinding.
    pub(crate) fn total(&self) -> TotalOpening {
        sum_openings(&self.totals)
    }
}

/// A shard whose grids are filled.
#[derive(Debug)]
pub struct FilledShard {
    circuit: RowCircuit,
    position: ProofPosition,
    copies: Vec<CopyWitness>,
    /// What it leaves for the opening file.
    pub(crate) kept: Kept,
}

impl FilledShard {
    /// Proves it.
    pub(crate) fn prove<S: Size>(
        self,
        params: &PublicParams,
        keys: &ProvingKeys<S>,
        statement: [u8; 32],
        check: SelfCheck,
    ) -> Result<ProvedShard, AttestError> {
        let FilledShard {
            circuit,
            position,
            copies,
            ..
        } = self;
        macro_rules! prove {
            ($key:expr) => {{
                let key = built($key.as_ref())?;
                let entropy = &mut OsEntropy;
                prove_shard(params, key, position, statement, copies, check, entropy)?
            }};
        }
        Ok(match circuit {
            RowCircuit::Plain => prove!(keys.plain),
            RowCircuit::Banded => prove!(keys.banded),
            RowCircuit::Secured => prove!(keys.secured),
            RowCircuit::SecuredGeneral => prove!(keys.secured_general),
            RowCircuit::Derivatives => prove!(keys.derivatives),
            RowCircuit::Vouched => prove!(keys.vouched),
            RowCircuit::PlainSingle => prove!(keys.plain_single),
            RowCircuit::SecuredSingle => prove!(keys.secured_single),
        })
    }
}
