//! The adversary's own prover: the real one's pieces, put together as he likes.

use std::sync::{Arc, OnceLock};

use ff::PrimeField;
use num_bigint::BigUint;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::cells::capital::rules::{CapitalInputs, capital_system};
use plimsoll_circuits::cells::capital::{CREDIT_RISK, Capital};
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::{CARRY_IN, CARRY_OUT, Secured};
use plimsoll_circuits::credit_risk::{Charge, assess_credit};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::{CircuitKind, ProofPlan, capital_plan, proofs_of};
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::key::ProvingKey;
use plimsoll_circuits::protocol::layout::{Layout, Module, Small};
use plimsoll_circuits::protocol::prove::{
    CopyWitness, SelfCheck, TotalOpening, prove_shard, sum_openings,
};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::tape::{ColumnBlinding, MasterSeed, OsEntropy};
use plimsoll_circuits::protocol::verify::verify_one;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{RowCircuit, Statement};
use plimsoll_verifier::Verdict;

use crate::bank::{FALSE, TRUE, basel, book, params, read, shape, snapshot, statement};
use crate::{CAPITAL, PLAIN, SECURED};

macro_rules! key {
    ($name:ident, $module:ty) => {
        pub(crate) fn $name() -> &'static ProvingKey<$module, Small> {
            static KEY: OnceLock<ProvingKey<$module, Small>> = OnceLock::new();
            KEY.get_or_init(|| ProvingKey::build(params()).unwrap())
        }
    };
}
key!(plain_key, Plain);
key!(secured_key, Secured);
key!(capital_key, Capital);

/// One copy of a proof, in the adversary's hands.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    pub(crate) forgery: Forgery,
    /// Columns whose blinding he has chosen.
    pub(crate) chosen: Vec<(usize, ColumnBlinding)>,
}

impl Copy {
    fn new(grid: Grid, publics: &Publics) -> Copy {
        Copy {
            forgery: Forgery::of(grid, publics.clone()),
            chosen: Vec::new(),
        }
    }

    pub(crate) fn opening(&self) -> TotalOpening {
        TotalOpening::of(&self.forgery.grid, &self.chosen)
    }

    fn witness(&self) -> CopyWitness {
        CopyWitness {
            grid: self.forgery.grid.clone(),
            publics: self.forgery.publics.clone(),
            chosen: self.chosen.clone(),
        }
    }
}

/// Fresh randomness for a column.
pub(crate) fn blinding() -> ColumnBlinding {
    let seed = MasterSeed::fresh(&mut OsEntropy).unwrap();
    seed.column_key(0, 0).blinding()
}

/// A proof that is not made yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: CircuitKind,
    pub(crate) position: ProofPosition,
    pub(crate) copies: Vec<Copy>,
}

impl Draft {
    pub(crate) fn publics(&self) -> Vec<Publics> {
        let publics = self.copies.iter().map(|copy| copy.forgery.publics.clone());
        publics.collect()
    }

    pub(crate) fn openings(&self) -> Vec<TotalOpening> {
        self.copies.iter().map(Copy::opening).collect()
    }

    /// Makes the proof, whatever it says, for a statement of this digest.
    pub(crate) fn prove(&self, statement: [u8; 32]) -> Vec<u8> {
        match self.kind {
            CircuitKind::Capital => self.with(capital_key(), statement),
            CircuitKind::Rows(RowCircuit::Plain) => self.with(plain_key(), statement),
            CircuitKind::Rows(_) => self.with(secured_key(), statement),
        }
    }

    fn with<M: Module>(&self, key: &ProvingKey<M, Small>, statement: [u8; 32]) -> Vec<u8> {
        let copies = self.copies.iter().map(Copy::witness).collect();
        let (check, entropy) = (SelfCheck::Skip, &mut OsEntropy);
        prove_shard(
            params(),
            key,
            self.position,
            statement,
            copies,
            check,
            entropy,
        )
        .unwrap()
        .proof
    }

    /// Whether the proof is valid against the adversary's own public values.
    pub(crate) fn is_valid(&self, statement: [u8; 32], proof: &[u8]) -> bool {
        let key = match self.kind {
            CircuitKind::Capital => capital_key().verifying(),
            CircuitKind::Rows(RowCircuit::Plain) => plain_key().verifying(),
            CircuitKind::Rows(_) => secured_key().verifying(),
        };
        let publics = self.publics();
        verify_one(params(), key, self.position, statement, &publics, proof).is_ok()
    }
}

/// Everything that an attestation is made from.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) book: Book,
    pub(crate) statement: Statement,
    /// Row proofs, in their order.
    pub(crate) rows: Vec<Draft>,
}

impl Plot {
    /// The bank's rows as a prover sees them who has this rulebook and this snapshot. Each loan
    /// stands in a copy of its own, in the order of the book.
    pub(crate) fn of(
        book: Book,
        statement: Statement,
        rulebook: &Rulebook,
        market: &Snapshot,
    ) -> Plot {
        let credit = assess_credit(&book, rulebook, market).unwrap();
        let plans = proofs_of::<Small>(&statement, rulebook, market).unwrap();
        let rows = BookRows::new(rulebook, market, &book);
        let of_circuit = |circuit| rows.of(&credit, circuit);
        let (plain, secured) = (
            of_circuit(RowCircuit::Plain),
            of_circuit(RowCircuit::Secured),
        );
        let mut ordinal = 0;
        let mut carry = None;
        let drafts = plans[..CAPITAL].iter().enumerate().map(|(proof, plan)| {
            let copies = plan.publics.iter().enumerate().map(|(number, publics)| {
                if proof == PLAIN {
                    plain_copy(&rows, publics, &[plain[number]])
                } else {
                    let charges = &[secured[proof - SECURED[0]]];
                    secured_copy(&rows, publics, charges, &mut ordinal, &mut carry)
                }
            });
            draft(plan, copies.collect())
        });
        let rows = drafts.collect();
        Plot {
            book,
            statement,
            rows,
        }
    }

    /// What the capital proof is given, if everything is summed.
    pub(crate) fn total(&self) -> TotalOpening {
        let openings: Vec<TotalOpening> = self.rows.iter().flat_map(Draft::openings).collect();
        sum_openings(&openings)
    }

    /// The capital proof that bears the claim on these totals.
    pub(crate) fn capital(&self, total: &TotalOpening) -> Draft {
        capital(&self.book, &self.statement, total).expect("it bears the claim")
    }
}

fn draft(plan: &ProofPlan, copies: Vec<Copy>) -> Draft {
    Draft {
        kind: plan.circuit,
        position: plan.position,
        copies,
    }
}

pub(crate) fn plain_copy(rows: &BookRows<'_>, publics: &Publics, charges: &[&Charge]) -> Copy {
    let key = plain_key();
    let mut grid = Grid::new(Arc::clone(key.layout()));
    fill::plain(&key.columns, rows, &mut grid, charges);
    grid.complete(publics).unwrap();
    let mut copy = Copy::new(grid, publics);
    copy.chosen.push((key.layout().total_column(0), blinding()));
    copy
}

pub(crate) fn secured_copy(
    rows: &BookRows<'_>,
    publics: &Publics,
    charges: &[&Charge],
    ordinal: &mut u64,
    carry: &mut Option<ColumnBlinding>,
) -> Copy {
    let key = secured_key();
    let layout = key.layout();
    let mut grid = Grid::new(Arc::clone(layout));
    fill::secured(&key.columns, rows, &mut grid, charges, ordinal);
    grid.complete(publics).unwrap();
    let mut copy = Copy::new(grid, publics);
    let out = blinding();
    let taken_up = carry.replace(out.clone());
    let column = |index| layout.total_column(index);
    copy.chosen.push((column(0), blinding()));
    copy.chosen.push((column(CARRY_OUT), out));
    copy.chosen
        .extend(taken_up.map(|blinding| (column(CARRY_IN), blinding)));
    copy
}

pub(crate) fn natural(value: &Fp) -> BigUint {
    BigUint::from_bytes_le(&value.to_repr())
}

/// The capital proof of a statement on these totals; none where they do not bear the claim.
pub(crate) fn capital(book: &Book, statement: &Statement, total: &TotalOpening) -> Option<Draft> {
    let plan = capital_plan(basel(), statement).unwrap();
    let (rwa, exposure) = (natural(&total.values[0]), natural(&total.values[1]));
    let inputs = CapitalInputs {
        rwa: &rwa,
        exposure: &exposure,
        items: natural(&total.values[2]).try_into().ok()?,
        capital: &book.capital,
        stated: &book.stated,
    };
    let system = capital_system(basel(), &plan, Some(inputs)).ok()?;
    let plans = proofs_of::<Small>(statement, basel(), snapshot()).unwrap();
    let place = plans.last().unwrap();
    let key = capital_key();
    let layout: &Arc<Layout> = key.layout();
    let mut grid = Grid::new(Arc::clone(layout));
    key.columns.fill(&mut grid, &system.witness().unwrap());
    let column = layout.total_column(CREDIT_RISK);
    grid.columns_mut()[column][..total.values.len()].copy_from_slice(&total.values);
    grid.complete(&place.publics[0]).unwrap();
    let mut copy = Copy::new(grid, &place.publics[0]);
    copy.chosen.push((column, total.blinding.clone()));
    Some(draft(place, vec![copy]))
}

/// The bank's rows, proven honestly under the false claim; row proofs know nothing of claims.
pub(crate) struct Base {
    pub(crate) plot: Plot,
    pub(crate) proofs: Vec<Vec<u8>>,
}

pub(crate) fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(|| {
        let book = book();
        let statement = statement(&book, shape(), FALSE);
        let plot = Plot::of(book, statement, basel(), snapshot());
        let digest = plot.statement.digest();
        let proofs = plot.rows.iter().map(|draft| draft.prove(digest)).collect();
        Base { plot, proofs }
    })
}

/// The base with one row proof exchanged, and the capital proof that bears the claim on it.
pub(crate) struct Attempt {
    pub(crate) verdict: Verdict,
    /// The exchanged proof is valid against the adversary's own public values.
    pub(crate) valid: bool,
}

pub(crate) fn exchanged(proof: usize, draft: Draft) -> Attempt {
    let base = base();
    let mut plot = base.plot.clone();
    plot.rows[proof] = draft;
    let digest = plot.statement.digest();
    let mut proofs = base.proofs.clone();
    proofs[proof] = plot.rows[proof].prove(digest);
    let capital = plot.capital(&plot.total());
    proofs.push(capital.prove(digest));
    assert!(capital.is_valid(digest, &proofs[CAPITAL]));
    Attempt {
        valid: plot.rows[proof].is_valid(digest, &proofs[proof]),
        verdict: read(&plot.statement, &proofs),
    }
}

/// The adversary can prove: with a claim that is true, what he makes holds. With the false one,
/// and nothing else, there is nothing to solve.
#[test]
fn an_honest_claim_holds_and_a_false_one_has_no_witness() {
    let book = book();
    let honest = Plot::of(
        book.clone(),
        statement(&book, shape(), TRUE),
        basel(),
        snapshot(),
    );
    let digest = honest.statement.digest();
    let mut proofs: Vec<Vec<u8>> = honest.rows.iter().map(|rows| rows.prove(digest)).collect();
    proofs.push(honest.capital(&honest.total()).prove(digest));
    let verdict = read(&honest.statement, &proofs);
    assert_eq!(verdict.outcome, plimsoll_verifier::Outcome::Holds);
    let Base { plot, .. } = base();
    assert!(capital(&plot.book, &plot.statement, &plot.total()).is_none());
}
