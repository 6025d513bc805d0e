//! Verifying one shard's proof, into a multi-exponentiation that can be batched.

use std::collections::BTreeSet;
use std::io;

use group::GroupEncoding;
use halo2_proofs::plonk::{self, VerificationStrategy};
use halo2_proofs::poly::commitment::{Guard, MSM};
use halo2_proofs::transcript::{
    Blake2bRead, Challenge255, EncodedChallenge, Transcript, TranscriptRead,
};

use crate::field::{Fp, Point};
use crate::protocol::challenge::ProofPosition;
use crate::protocol::circuit::{InstanceColumns, SUM_ROTATIONS, SecondRound};
use crate::protocol::key::VerifyingKey;
use crate::protocol::layout::{Layout, MAX_DEGREE, Place};
use crate::protocol::params::PublicParams;
use crate::protocol::prove::{WORD, context};
use crate::protocol::publics::{Publics, TableError};

/// Why a proof was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not one copy at least.
    #[error("a proof needs at least one copy")]
    Empty,
    /// The proof has another length than its circuit and copies give.
    #[error("the proof has {got} bytes, its circuit gives {expected}")]
    Length {
        /// What the circuit gives.
        expected: usize,
        /// What there is.
        got: usize,
    },
    /// A commitment is not a canonical point.
    #[error("a commitment is not a canonical point")]
    Point,
    /// The points the library read first are not those the challenge covers.
    #[error("the proof's commitments are not those that the challenge covers")]
    Commitments,
    /// The public table does not fit.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The proof does not verify.
    #[error("the proof does not verify")]
    Invalid,
}

/// A proof that parsed, whose multi-exponentiation is still to be evaluated.
#[derive(Debug)]
pub struct Pending<'p> {
    /// Zero exactly if the proof is valid.
    pub msm: MSM<'p, Point>,
    /// For each copy, the commitments of its total columns.
    pub totals: Vec<Vec<Point>>,
}

/// The exact length of a proof, from our own count of what the library writes.
///
/// Points: all advice commitments, the vanishing argument's random polynomial, `degree − 1` pieces
/// of the quotient, the multi-opening's quotient, the inner-product argument's blinding polynomial
/// and its 2k rounds. Scalars: one per query of instance, advice and fixed columns, the random
/// polynomial's, one per point set, and the last two.
pub fn proof_length(layout: &Layout, copies: usize) -> usize {
    let second = SecondRound::of(layout);
    let instance = InstanceColumns::of(layout);
    let advice = layout.first_round() + second.count;

    let ahead = looked_ahead(layout);
    // Challenges and the running sum look one row ahead; the sum has four more rotations.
    let challenges = 1 + layout.beta_powers();
    let advice_queries = advice + ahead.len() + challenges + SUM_ROTATIONS - 1;
    let scalars_rows = 2 + layout.beta_powers();
    let instance_queries = instance.count - 1 + scalars_rows;
    // Five of the engine's own; the fixed tables' tag and values.
    let tables = match layout.fixed.width() {
        0 => 0,
        width => 1 + width,
    };
    let fixed_queries = 5 + tables;
    // {0}, {0, 1}, the running sum's six rotations, and the public scalars' where it differs.
    let point_sets = 3 + usize::from(scalars_rows != SUM_ROTATIONS);

    let points = copies * advice + 1 + (MAX_DEGREE - 1) + 1 + 1 + 2 * layout.k as usize;
    let scalars = copies * (instance_queries + advice_queries) + fixed_queries + 1 + point_sets + 2;
    WORD * (points + scalars)
}

/// The first-round columns that a gate reads in the next row too: each proof evaluates them twice.
pub(crate) fn looked_ahead(layout: &Layout) -> BTreeSet<usize> {
    let mut ahead = BTreeSet::new();
    for gate in &layout.gates {
        let lanes = if gate.place == Place::Every {
            layout.lanes
        } else {
            1
        };
        let mut visit = |expr: &crate::protocol::expr::Expr, lane| {
            expr.for_each_cell(&mut |col, next| {
                let (column, next_row) = layout.locate(lane, col, next);
                if next_row {
                    ahead.insert(column);
                }
            });
        };
        (0..lanes).for_each(|lane| visit(&gate.expr, lane));
    }
    ahead
}

/// The commitments of a proof: those of the first round, which the challenge covers, and all.
fn words_of(layout: &Layout, copies: usize, proof: &[u8]) -> (Vec<[u8; WORD]>, Vec<[u8; WORD]>) {
    let advice = layout.first_round() + SecondRound::of(layout).count;
    let words: Vec<[u8; WORD]> = proof[..WORD * advice * copies]
        .chunks_exact(WORD)
        .map(|chunk| std::array::from_fn(|i| chunk[i]))
        .collect();
    let of_copies = words.chunks_exact(advice);
    let first_round = of_copies.flat_map(|copy| copy[..layout.first_round()].iter().copied());
    (first_round.collect(), words)
}

/// The challenges that [`prepare`] derives from a proof of the right length.
#[cfg(feature = "cheat")]
pub fn challenges_of(
    params: &PublicParams,
    (layout, circuit): (&Layout, [u8; 32]),
    position: ProofPosition,
    statement: [u8; 32],
    publics: &[Publics],
    proof: &[u8],
) -> crate::protocol::challenge::Challenges {
    let (first_round, _) = words_of(layout, publics.len(), proof);
    context(params, layout, circuit, position, statement, publics).challenges(&first_round)
}

/// Checks everything but the final equation.
pub fn prepare<'p>(
    params: &'p PublicParams,
    key: &VerifyingKey,
    position: ProofPosition,
    statement: [u8; 32],
    publics: &[Publics],
    proof: &[u8],
) -> Result<Pending<'p>, ProofError> {
    let layout = &key.layout;
    if publics.is_empty() {
        return Err(ProofError::Empty);
    }
    for copy in publics {
        copy.table.check(layout)?;
    }
    let expected = proof_length(layout, publics.len());
    if proof.len() != expected {
        return Err(ProofError::Length {
            expected,
            got: proof.len(),
        });
    }

    let advice = layout.first_round() + SecondRound::of(layout).count;
    let (first_round, words) = words_of(layout, publics.len(), proof);
    let mut expected_points = Vec::with_capacity(words.len());
    for word in &words {
        let point = Option::<Point>::from(Point::from_bytes(word)).ok_or(ProofError::Point)?;
        expected_points.push(point);
    }
    let challenges =
        context(params, layout, key.id, position, statement, publics).challenges(&first_round);
    let totals = expected_points
        .chunks_exact(advice)
        .map(|copy| {
            (0..layout.total_columns.len())
                .map(|i| copy[layout.total_column(i)])
                .collect()
        })
        .collect();

    let instances: Vec<Vec<Vec<Fp>>> = publics
        .iter()
        .map(|copy| copy.instance(layout, &challenges))
        .collect();
    let slices: Vec<Vec<&[Fp]>> = instances
        .iter()
        .map(|copy| copy.iter().map(Vec::as_slice).collect())
        .collect();
    let slices: Vec<&[&[Fp]]> = slices.iter().map(Vec::as_slice).collect();
    let mut transcript = Checked {
        inner: Blake2bRead::<_, Point, Challenge255<Point>>::init(proof),
        expected: expected_points,
        read: 0,
        differs: false,
    };
    let result = plonk::verify_proof(
        params.inner(),
        &key.vk,
        Collect(MSM::new(params.inner())),
        &slices,
        &mut transcript,
    );
    if transcript.differs || transcript.read < transcript.expected.len() {
        return Err(if result.is_err() {
            ProofError::Invalid
        } else {
            ProofError::Commitments
        });
    }
    let msm = result.map_err(|_| ProofError::Invalid)?;
    Ok(Pending { msm, totals })
}

/// The commitments of the total columns as they stand in a proof, per copy; an entry that is no
/// point is left out.
pub fn total_commitments(layout: &Layout, copies: usize, proof: &[u8]) -> Vec<Vec<Point>> {
    let advice = layout.first_round() + SecondRound::of(layout).count;
    let point = |copy: usize, index: usize| {
        let at = WORD * (copy * advice + layout.total_column(index));
        let word: [u8; WORD] = proof.get(at..at + WORD)?.try_into().ok()?;
        Option::<Point>::from(Point::from_bytes(&word))
    };
    let columns = 0..layout.total_columns.len();
    (0..copies)
        .map(|copy| columns.clone().filter_map(|i| point(copy, i)).collect())
        .collect()
}

/// Verifies one proof.
pub fn verify_one(
    params: &PublicParams,
    key: &VerifyingKey,
    position: ProofPosition,
    statement: [u8; 32],
    publics: &[Publics],
    proof: &[u8],
) -> Result<Vec<Vec<Point>>, ProofError> {
    let pending = prepare(params, key, position, statement, publics, proof)?;
    if pending.msm.eval() {
        Ok(pending.totals)
    } else {
        Err(ProofError::Invalid)
    }
}

/// Hands the multi-exponentiation out instead of evaluating it.
struct Collect<'p>(MSM<'p, Point>);

impl<'p> VerificationStrategy<'p, Point> for Collect<'p> {
    type Output = MSM<'p, Point>;

    fn process<E: EncodedChallenge<Point>>(
        self,
        f: impl FnOnce(MSM<'p, Point>) -> Result<Guard<'p, Point, E>, plonk::Error>,
    ) -> Result<Self::Output, plonk::Error> {
        Ok(f(self.0)?.use_challenges())
    }
}

/// A transcript that compares the points read first with those the challenge covers.
struct Checked<R> {
    inner: R,
    expected: Vec<Point>,
    read: usize,
    differs: bool,
}

impl<E: EncodedChallenge<Point>, R: Transcript<Point, E>> Transcript<Point, E> for Checked<R> {
    fn squeeze_challenge(&mut self) -> E {
        // The library's first challenge comes after all advice commitments.
        self.differs |= self.read < self.expected.len();
        self.inner.squeeze_challenge()
    }

    fn common_point(&mut self, point: Point) -> io::Result<()> {
        self.inner.common_point(point)
    }

    fn common_scalar(&mut self, scalar: Fp) -> io::Result<()> {
        self.inner.common_scalar(scalar)
    }
}

impl<E: EncodedChallenge<Point>, R: TranscriptRead<Point, E>> TranscriptRead<Point, E>
    for Checked<R>
{
    fn read_point(&mut self) -> io::Result<Point> {
        let point = self.inner.read_point()?;
        if let Some(expected) = self.expected.get(self.read) {
            self.differs |= *expected != point;
        }
        self.read += 1;
        Ok(point)
    }

    fn read_scalar(&mut self) -> io::Result<Fp> {
        self.inner.read_scalar()
    }
}

#[cfg(test)]
mod accumulated;
