//! Proving one shard: commit the first round, derive the challenges, solve the second round,
//! prove, compare the commitments, verify, and only then hand the proof out.

use std::io;
use std::sync::Arc;

use ff::PrimeField;
use group::Curve;
use group::GroupEncoding;
use halo2_proofs::plonk;
use halo2_proofs::poly::EvaluationDomain;
use halo2_proofs::poly::commitment::Blind;
use halo2_proofs::transcript::{
    Blake2bWrite, Challenge255, EncodedChallenge, Transcript, TranscriptWrite,
};

use crate::field::{Fp, Point};
use crate::parallel;
use crate::protocol::challenge::{ChallengeContext, Challenges, ProofPosition};
use crate::protocol::circuit::{EngineCircuit, SecondRound, with_layout};
use crate::protocol::key::{ProvingKey, VerifyingKey};
use crate::protocol::layout::{BLINDING_ROWS, Layout, MAX_DEGREE, Module, Size};
use crate::protocol::params::PublicParams;
use crate::protocol::publics::Publics;
use crate::protocol::tape::{ColumnBlinding, Entropy, EntropyError, MasterSeed, Tape};
use crate::protocol::verify::{ProofError, verify_one};
use crate::protocol::witness::Grid;

/// One copy of a shard.
#[derive(Debug)]
pub struct CopyWitness {
    /// First-round columns, completed.
    pub grid: Grid,
    /// Public values.
    pub publics: Publics,
    /// First-round columns whose blinding is given: the linked columns of the receiving circuit.
    pub chosen: Vec<(usize, ColumnBlinding)>,
}

/// What the prover keeps of a copy to link its totals.
#[derive(Clone, Debug)]
pub struct TotalOpening {
    /// Values of the total column's rows.
    pub values: Vec<Fp>,
    /// Its blinding.
    pub blinding: ColumnBlinding,
}

/// A finished proof.
#[derive(Debug)]
pub struct ProvedShard {
    /// The proof's bytes.
    pub proof: Vec<u8>,
    /// Seconds spent in each phase, for benchmarks.
    pub phases: Phases,
    /// The attempt's seed: the key of every column whose blinding was not chosen. Wiped when
    /// dropped.
    pub seed: MasterSeed,
}

/// Time spent, by phase.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    /// Committing the first round.
    pub first_round: std::time::Duration,
    /// Solving the second round.
    pub second_round: std::time::Duration,
    /// The library: witness columns, commitments and transforms of all copies.
    pub commitments: std::time::Duration,
    /// The library: the quotient, evaluated and committed.
    pub quotient: std::time::Duration,
    /// The library: evaluations, and the polynomials that open them.
    pub evaluations: std::time::Duration,
    /// The library: the opening argument.
    pub opening: std::time::Duration,
    /// Verifying our own proof.
    pub verify: std::time::Duration,
}

impl std::ops::AddAssign for Phases {
    fn add_assign(&mut self, other: Phases) {
        self.first_round += other.first_round;
        self.second_round += other.second_round;
        self.commitments += other.commitments;
        self.quotient += other.quotient;
        self.evaluations += other.evaluations;
        self.opening += other.opening;
        self.verify += other.verify;
    }
}

/// Why a shard was not proven.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The library failed.
    #[error("the proving library failed: {0}")]
    Library(String),
    /// The library drew randomness in another order than the tape expects.
    #[error(
        "the proving library drew its randomness in an unexpected order; the proof was thrown away"
    )]
    Tape,
    /// The proof's commitments are not those that were hashed.
    #[error(
        "the proof's commitments are not those that the challenge covers; the proof was thrown away"
    )]
    Commitments,
    /// The proof does not verify: the witness does not satisfy the circuit.
    #[error("the witness does not satisfy the circuit")]
    Unsatisfied(#[source] ProofError),
}

/// Whether a proof that does not verify is handed out. Only the adversary of the tests does that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfCheck {
    /// Verify first.
    Verify,
    /// Hand out whatever came out.
    #[cfg(feature = "cheat")]
    Skip,
}

/// Commitment of a first-round column: its rows, then its random rows.
pub fn commit(
    params: &PublicParams,
    domain: &EvaluationDomain<Fp>,
    rows: &[Fp],
    blinding: &ColumnBlinding,
) -> Point {
    let mut values = rows.to_vec();
    values.extend_from_slice(&blinding.rows);
    let polynomial = domain.lagrange_from_vec(values);
    params
        .inner()
        .commit_lagrange(&polynomial, Blind(blinding.blind))
        .to_affine()
}

/// Commitments of columns with their blinding, in order, as they stand in proofs.
pub fn commit_all(params: &PublicParams, columns: &[(&[Fp], ColumnBlinding)]) -> Vec<[u8; WORD]> {
    let domain = EvaluationDomain::<Fp>::new(1, params.k());
    parallel::map(columns, |(rows, blinding)| {
        commit(params, &domain, rows, blinding).to_bytes()
    })
}

/// The context that prover and verifier hash alike.
pub(crate) fn context(
    params: &PublicParams,
    layout: &Layout,
    circuit: [u8; 32],
    position: ProofPosition,
    statement: [u8; 32],
    publics: &[Publics],
) -> ChallengeContext {
    ChallengeContext {
        params: params.digest(),
        k: layout.k,
        circuit,
        copies: publics.len() as u32,
        advice: (layout.first_round() + SecondRound::of(layout).count) as u32,
        first_round: layout.first_round() as u32,
        position,
        statement,
        publics: Publics::digest(publics),
    }
}

/// Proves a shard.
pub fn prove_shard<M: Module, S: Size>(
    params: &PublicParams,
    key: &ProvingKey<M, S>,
    position: ProofPosition,
    statement: [u8; 32],
    copies: Vec<CopyWitness>,
    check: SelfCheck,
    entropy: &mut impl Entropy,
) -> Result<ProvedShard, ProveError> {
    let shard = Shard {
        params,
        key: &key.verifying,
        library: &key.pk,
        position,
        statement,
    };
    shard.prove(copies, check, entropy)
}

/// What a shard's proof is about and made with, whatever its module: what follows is compiled once.
struct Shard<'a> {
    params: &'a PublicParams,
    key: &'a VerifyingKey,
    library: &'a plonk::ProvingKey<Point>,
    position: ProofPosition,
    statement: [u8; 32],
}

impl Shard<'_> {
    fn prove(
        &self,
        copies: Vec<CopyWitness>,
        check: SelfCheck,
        entropy: &mut dyn Entropy,
    ) -> Result<ProvedShard, ProveError> {
        let &Shard {
            params,
            key,
            position,
            statement,
            ..
        } = self;
        let layout = Arc::clone(key.layout());
        let domain = key.vk.get_domain();
        let mut phases = Phases::default();
        let mut clock = Clock::start();

        let seed = MasterSeed::fresh(entropy)?;
        let blindings: Vec<Vec<ColumnBlinding>> = copies
            .iter()
            .enumerate()
            .map(|(copy, witness)| {
                let derived = |column| seed.column_key(copy as u32, column as u32).blinding();
                let mut blindings: Vec<_> = (0..layout.first_round()).map(derived).collect();
                for (column, blinding) in &witness.chosen {
                    blindings[*column] = blinding.clone();
                }
                blindings
            })
            .collect();

        let columns: Vec<(usize, usize)> = (0..copies.len())
            .flat_map(|copy| (0..layout.first_round()).map(move |column| (copy, column)))
            .collect();
        let commitments: Vec<[u8; 32]> = parallel::map(&columns, |&(copy, column)| {
            let rows = &copies[copy].grid.columns()[column];
            commit(params, domain, rows, &blindings[copy][column]).to_bytes()
        });
        phases.first_round = clock.lap();

        let publics: Vec<Publics> = copies.iter().map(|copy| copy.publics.clone()).collect();
        let context = context(params, &layout, key.id, position, statement, &publics);
        let challenges: Challenges = context.challenges(&commitments);
        let (circuits, instances) = second_round(&layout, copies, &challenges);
        phases.second_round = clock.lap();

        let advice = layout.first_round() + SecondRound::of(&layout).count;
        let mut tape = Tape::new(&blindings, advice, entropy);
        drop(blindings);
        let slices: Vec<Vec<&[Fp]>> = instances
            .iter()
            .map(|copy| copy.iter().map(Vec::as_slice).collect())
            .collect();
        let slices: Vec<&[&[Fp]]> = slices.iter().map(Vec::as_slice).collect();
        let inner = Blake2bWrite::<_, Point, Challenge255<Point>>::init(Vec::new());
        let mut transcript = Clocked::new(inner, advice * circuits.len());
        with_layout(&layout, || {
            plonk::create_proof(
                params.inner(),
                self.library,
                &circuits,
                &slices,
                &mut tape,
                &mut transcript,
            )
        })
        .map_err(|e| ProveError::Library(format!("{e:?}")))?;
        drop(circuits);
        transcript.end(&mut phases);
        let proof = transcript.inner.finalize();
        if !tape.served_exactly() {
            return Err(ProveError::Tape);
        }
        clock.lap();

        for (index, (copy, column)) in columns.iter().enumerate() {
            let at = 32 * (copy * advice + column);
            if proof.get(at..at + 32) != Some(&commitments[index][..]) {
                return Err(ProveError::Commitments);
            }
        }
        if check == SelfCheck::Verify {
            verify_one(params, key, position, statement, &publics, &proof)
                .map_err(ProveError::Unsatisfied)?;
        }
        phases.verify = clock.lap();
        Ok(ProvedShard {
            proof,
            phases,
            seed,
        })
    }
}

impl TotalOpening {
    /// The opening of a completed grid's own total column, whose blinding was chosen.
    pub fn of(grid: &Grid, chosen: &[(usize, ColumnBlinding)]) -> TotalOpening {
        let layout = grid.layout();
        let column = layout.total_column(0);
        let blinding = chosen.iter().find(|(chosen, _)| *chosen == column);
        TotalOpening {
            values: grid.columns()[column][..layout.totals.len()].to_vec(),
            blinding: blinding.map_or_else(ColumnBlinding::zero, |(_, b)| b.clone()),
        }
    }
}

type Instances = Vec<Vec<Vec<Fp>>>;

fn second_round(
    layout: &Arc<Layout>,
    copies: Vec<CopyWitness>,
    challenges: &Challenges,
) -> (Vec<EngineCircuit>, Instances) {
    let mut circuits = Vec::with_capacity(copies.len());
    let mut instances = Vec::with_capacity(copies.len());
    for copy in copies {
        let second = copy.grid.second_round(&copy.publics, challenges);
        instances.push(copy.publics.instance(layout, challenges));
        let mut columns = copy.grid.into_columns();
        columns.extend(second);
        circuits.push(EngineCircuit::with_columns(layout, columns));
    }
    (circuits, instances)
}

/// Adds openings of totals: what a linked column of the receiving circuit holds.
pub fn sum_openings<'a>(openings: impl IntoIterator<Item = &'a TotalOpening>) -> TotalOpening {
    let mut sum = TotalOpening {
        values: Vec::new(),
        blinding: ColumnBlinding::zero(),
    };
    for opening in openings {
        if sum.values.len() < opening.values.len() {
            sum.values.resize(opening.values.len(), Fp::zero());
        }
        for (total, value) in sum.values.iter_mut().zip(&opening.values) {
            *total += value;
        }
        sum.blinding.add(&opening.blinding);
    }
    sum
}

/// Bytes of a scalar or a point in a proof.
pub const WORD: usize = 32;

const _: () = assert!(BLINDING_ROWS == 9 && Fp::NUM_BITS == 255);

struct Clock(Option<std::time::Instant>);

impl Clock {
    /// There is no clock in the browser.
    fn start() -> Clock {
        Clock(if cfg!(target_arch = "wasm32") {
            None
        } else {
            Some(std::time::Instant::now())
        })
    }

    fn lap(&mut self) -> std::time::Duration {
        let Some(then) = self.0 else {
            return std::time::Duration::ZERO;
        };
        let now = std::time::Instant::now();
        self.0 = Some(now);
        now - then
    }
}

/// A transcript that notes when the library enters its next phase, by counting the points.
struct Clocked<T> {
    inner: T,
    advice: usize,
    points: usize,
    clock: Clock,
    laps: [std::time::Duration; 3],
}

impl<T> Clocked<T> {
    fn new(inner: T, advice: usize) -> Clocked<T> {
        Clocked {
            inner,
            advice,
            points: 0,
            clock: Clock::start(),
            laps: Default::default(),
        }
    }

    /// After the advice come the random polynomial and the pieces of the quotient, then the
    /// quotient of the multi-opening.
    fn point(&mut self) {
        self.points += 1;
        let ends = [
            self.advice,
            self.advice + MAX_DEGREE,
            self.advice + MAX_DEGREE + 1,
        ];
        if let Some(lap) = ends.iter().position(|end| *end == self.points) {
            self.laps[lap] = self.clock.lap();
        }
    }

    fn end(&mut self, phases: &mut Phases) {
        [phases.commitments, phases.quotient, phases.evaluations] = self.laps;
        phases.opening = self.clock.lap();
    }
}

impl<E: EncodedChallenge<Point>, T: Transcript<Point, E>> Transcript<Point, E> for Clocked<T> {
    fn squeeze_challenge(&mut self) -> E {
        self.inner.squeeze_challenge()
    }

    fn common_point(&mut self, point: Point) -> io::Result<()> {
        self.inner.common_point(point)
    }

    fn common_scalar(&mut self, scalar: Fp) -> io::Result<()> {
        self.inner.common_scalar(scalar)
    }
}

impl<E: EncodedChallenge<Point>, T: TranscriptWrite<Point, E>> TranscriptWrite<Point, E>
    for Clocked<T>
{
    fn write_point(&mut self, point: Point) -> io::Result<()> {
        self.point();
        self.inner.write_point(point)
    }

    fn write_scalar(&mut self, scalar: Fp) -> io::Result<()> {
        self.inner.write_scalar(scalar)
    }
}
