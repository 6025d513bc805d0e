//! Openings: single cells of a published proof, shown and proven.
//!
//! A proof carries the commitment of each first-round column. An opening says what stands in some
//! of their rows, and proves it by a multi-point opening of those commitments at ω^row: one
//! argument for any number of rows, columns, copies and proofs of one attestation.
//!
//! The library's argument squeezes its first challenge before it has absorbed anything, and writes
//! an evaluation of what it opens. Neither may stay so (CONDITIONS S10, P1):
//!
//! * Everything is absorbed first. The transcript begins with one scalar,
//!   `BLAKE2b-512("Plimsoll-open-01", preimage)` mod p; then the masks' commitments and values.
//! * Each set of rows gets a *mask*: a fresh random polynomial of full degree, opened at the same
//!   rows. What the argument writes of a set is then uniform, whatever the columns hold: an opening
//!   shows its cells and spends no evaluation, however often the same cells are opened.
//!
//! The preimage, integers little-endian and of fixed width:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | version, 1 |
//! | 32, 4 | digest of the parameters, k |
//! | 32 | digest of the attestation, proofs included |
//! | 4 | number of proofs opened; of each: its number (4), circuit id (32), copies (4) |
//! | 4 | number of columns; of each: proof, copy, column (4 each), its commitment as it stands in the proof (32) |
//! | 4 | number of cells; of each: proof, copy, column, row (4 each), value (32) |
//!
//! All three lists ascend and hold nothing twice. The argument: the masks' commitments, then their
//! values, set by set, then what the library writes. Its length follows from the cells.
//!
//! **Budget** (CONDITIONS P2). A column's nine random rows hide nine evaluations. An openable column
//! stands in one proof, which evaluates it once, or twice where a gate looks ahead; openings add
//! none. [`openable`] refuses a column that would leave no spare.

mod check;
#[cfg(feature = "prover")]
mod open;

use std::collections::{BTreeMap, BTreeSet};

use blake2b_simd::Params as Blake2b;
use ff::PrimeField;
use group::GroupEncoding;

use crate::field::{Fp, Point, from_uniform};
use crate::protocol::circuit::SecondRound;
use crate::protocol::layout::{BLINDING_ROWS, Layout};
use crate::protocol::params::PublicParams;
use crate::protocol::prove::WORD;
use crate::protocol::verify::looked_ahead;

pub use check::check;
#[cfg(feature = "prover")]
pub use open::{OpenError, Secret, open};

/// Most cells in one opening.
pub const MAX_CELLS: usize = 1 << 15;
/// Most rows of one column in one opening: the library interpolates them in cubic time.
pub const MAX_ROWS: usize = 128;
/// Most different sets of rows in one opening: each takes a mask.
pub const MAX_SETS: usize = 128;

const VERSION: u32 = 1;

/// A cell of an attestation; ordered as the cells of an opening are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Number of the proof in the attestation, from 0.
    pub proof: u32,
    /// Copy within the proof.
    pub copy: u32,
    /// First-round column.
    pub column: u32,
    /// Row.
    pub row: u32,
}

/// Cells in order, each with what stands in it.
pub type Cells = Vec<(Cell, Fp)>;

/// One proof of the attestation, as the verifier knows it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Id of its circuit.
    pub circuit: [u8; 32],
    /// Layout of its circuit.
    pub layout: &'a Layout,
    /// Copies in it.
    pub copies: u32,
    /// Its bytes.
    pub proof: &'a [u8],
}

/// Why an opening is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// Nothing is opened.
    #[error("the opening opens nothing")]
    Empty,
    /// More than one opening takes.
    #[error("the opening has too many {0}")]
    TooMany(&'static str),
    /// A cell that is there twice, or out of order.
    #[error("the cells of the opening are not in order, each once")]
    Order,
    /// A proof or a copy that the attestation does not have.
    #[error("the attestation has no proof {proof} with a copy {copy}")]
    Place {
        /// Number of the proof, from 0.
        proof: u32,
        /// Copy.
        copy: u32,
    },
    /// A column that holds no data of its own, or that openings would exhaust.
    #[error("column {0} is not one that may be opened")]
    Column(u32),
    /// A row beyond those that hold data.
    #[error("row {0} holds no data")]
    Row(u32),
    /// The argument has another length than its cells give.
    #[error("the opening's argument has {got} bytes, its cells give {expected}")]
    Length {
        /// What the cells give.
        expected: usize,
        /// What there is.
        got: usize,
    },
    /// A commitment that is no point.
    #[error("a commitment is not a canonical point")]
    Point,
    /// The cells do not hold what is shown.
    #[error("the published proof does not hold these values in these cells")]
    Invalid,
}

/// The first-round columns that may be opened: those that the module declared, not limbs,
/// multiplicities or totals, whose proof leaves a random row to spare.
pub fn openable(layout: &Layout) -> BTreeSet<u32> {
    let ahead = looked_ahead(layout);
    let columns = (0..layout.columns.len()).map(crate::protocol::expr::Col);
    let all = columns.flat_map(|col| (0..layout.lanes).map(move |lane| (lane, col)));
    all.map(|(lane, col)| layout.physical(lane, col))
        .filter(|column| 1 + usize::from(ahead.contains(column)) < BLINDING_ROWS)
        .map(|column| column as u32)
        .collect()
}

/// The commitments of a copy's first-round columns, as they stand in a proof; none if the proof is
/// too short to have them.
pub fn first_round_commitments<'p>(
    layout: &Layout,
    copy: u32,
    proof: &'p [u8],
) -> Option<&'p [[u8; WORD]]> {
    let advice = layout.first_round() + SecondRound::of(layout).count;
    let (words, _) = proof.as_chunks::<WORD>();
    words
        .get(copy as usize * advice..)?
        .get(..layout.first_round())
}

impl Source<'_> {
    /// The commitment of a first-round column, as it stands in the proof.
    fn commitment(&self, copy: u32, column: u32) -> Option<[u8; WORD]> {
        let commitments = first_round_commitments(self.layout, copy, self.proof)?;
        commitments.get(column as usize).copied()
    }
}

/// The rows of one column.
type Rows = Vec<u32>;

/// A column that is opened.
struct Opened {
    at: (u32, u32, u32),
    commitment: Point,
    rows: Rows,
    values: Vec<Fp>,
}

/// An opening whose form is in order: what prover and verifier derive alike from the cells.
struct Plan {
    columns: Vec<Opened>,
    /// The different sets of rows, in order; each has a mask.
    sets: Vec<Rows>,
    /// What the transcript begins with.
    seed: Fp,
}

impl Plan {
    fn new(
        params: &PublicParams,
        attestation: &[u8; 32],
        sources: &[Source<'_>],
        cells: &[(Cell, Fp)],
    ) -> Result<Plan, OpeningError> {
        if cells.is_empty() {
            return Err(OpeningError::Empty);
        }
        if cells.len() > MAX_CELLS {
            return Err(OpeningError::TooMany("cells"));
        }
        if !cells.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(OpeningError::Order);
        }
        let mut allowed: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut columns: Vec<Opened> = Vec::new();
        for (cell, value) in cells {
            let Cell {
                proof,
                copy,
                column,
                row,
            } = *cell;
            let source = sources
                .get(proof as usize)
                .filter(|source| copy < source.copies && source.layout.k == params.k())
                .ok_or(OpeningError::Place { proof, copy })?;
            let allowed = allowed
                .entry(proof)
                .or_insert_with(|| openable(source.layout));
            if !allowed.contains(&column) {
                return Err(OpeningError::Column(column));
            }
            if row as usize >= source.layout.usable_rows() {
                return Err(OpeningError::Row(row));
            }
            let at = (proof, copy, column);
            if columns.last().is_none_or(|last| last.at != at) {
                let word = source.commitment(copy, column).ok_or(OpeningError::Point)?;
                let point = Option::<Point>::from(Point::from_bytes(&word));
                columns.push(Opened {
                    at,
                    commitment: point.ok_or(OpeningError::Point)?,
                    rows: Vec::new(),
                    values: Vec::new(),
                });
            }
            if let Some(last) = columns.last_mut() {
                last.rows.push(row);
                last.values.push(*value);
                if last.rows.len() > MAX_ROWS {
                    return Err(OpeningError::TooMany("rows of one copy"));
                }
            }
        }
        let sets: BTreeSet<&Rows> = columns.iter().map(|column| &column.rows).collect();
        let sets: Vec<Rows> = sets.into_iter().cloned().collect();
        if sets.len() > MAX_SETS {
            return Err(OpeningError::TooMany("sets of rows"));
        }
        let seed = seed(params, attestation, sources, &columns, cells);
        Ok(Plan {
            columns,
            sets,
            seed,
        })
    }

    /// Exact length of the argument. Points: a mask for each set, the quotient, the inner-product
    /// argument's blinding polynomial and its 2k rounds. Scalars: each mask's values, one
    /// evaluation for each set, and the last two.
    fn argument_length(&self, k: u32) -> usize {
        let sets = self.sets.len();
        let values: usize = self.sets.iter().map(Vec::len).sum();
        WORD * (sets + 1 + 1 + 2 * k as usize + values + sets + 2)
    }
}

fn seed(
    params: &PublicParams,
    attestation: &[u8; 32],
    sources: &[Source<'_>],
    columns: &[Opened],
    cells: &[(Cell, Fp)],
) -> Fp {
    let mut state = Blake2b::new()
        .hash_length(64)
        .personal(b"Plimsoll-open-01")
        .to_state();
    state.update(&VERSION.to_le_bytes());
    state.update(&params.digest());
    state.update(&params.k().to_le_bytes());
    state.update(attestation);
    let proofs: BTreeSet<u32> = columns.iter().map(|column| column.at.0).collect();
    state.update(&(proofs.len() as u32).to_le_bytes());
    for (number, source) in (0..).zip(sources) {
        if proofs.contains(&number) {
            state.update(&number.to_le_bytes());
            state.update(&source.circuit);
            state.update(&source.copies.to_le_bytes());
        }
    }
    state.update(&(columns.len() as u32).to_le_bytes());
    for Opened {
        at: (proof, copy, column),
        commitment,
        ..
    } in columns
    {
        for number in [proof, copy, column] {
            state.update(&number.to_le_bytes());
        }
        state.update(&commitment.to_bytes());
    }
    state.update(&(cells.len() as u32).to_le_bytes());
    for (cell, value) in cells {
        for number in [cell.proof, cell.copy, cell.column, cell.row] {
            state.update(&number.to_le_bytes());
        }
        state.update(&value.to_repr());
    }
    from_uniform(state.finalize().as_array())
}
