//! Why every proof gets a multi-exponentiation of its own: handed the sum of those before it, the
//! library scales that sum by a challenge that the prover knows (CONDITIONS S9).

use std::sync::Arc;

use ff::{Field, PrimeField};

use super::*;
use crate::book::{Book, Currency, Day, Lei};
use crate::cells::fill;
use crate::cells::plain::Plain;
use crate::cells::rows::BookRows;
use crate::cells::tables;
use crate::protocol::key::ProvingKey;
use crate::protocol::layout::{Size, Small};
use crate::protocol::prove::{CopyWitness, SelfCheck, prove_shard};
use crate::protocol::tape::OsEntropy;
use crate::protocol::witness::Grid;
use crate::rulebook::Rulebook;
use crate::snapshot::Snapshot;

const STATEMENT: [u8; 32] = [3; 32];
const POSITION: ProofPosition = ProofPosition {
    module: 0,
    shard: 0,
    shards: 1,
};

/// Keeps the challenges.
struct Recorded<'a> {
    inner: Blake2bRead<&'a [u8], Point, Challenge255<Point>>,
    challenges: Vec<Fp>,
}

impl Transcript<Point, Challenge255<Point>> for Recorded<'_> {
    fn squeeze_challenge(&mut self) -> Challenge255<Point> {
        let challenge = self.inner.squeeze_challenge();
        self.challenges.push(challenge.get_scalar());
        challenge
    }

    fn common_point(&mut self, point: Point) -> io::Result<()> {
        self.inner.common_point(point)
    }

    fn common_scalar(&mut self, scalar: Fp) -> io::Result<()> {
        self.inner.common_scalar(scalar)
    }
}

impl TranscriptRead<Point, Challenge255<Point>> for Recorded<'_> {
    fn read_point(&mut self) -> io::Result<Point> {
        self.inner.read_point()
    }

    fn read_scalar(&mut self) -> io::Result<Fp> {
        self.inner.read_scalar()
    }
}

/// The library's verifier, handed a multi-exponentiation to go on with; and its challenges.
fn go_on<'p>(
    params: &'p PublicParams,
    key: &VerifyingKey,
    publics: &Publics,
    proof: &[u8],
    sum: MSM<'p, Point>,
) -> (MSM<'p, Point>, Vec<Fp>) {
    let layout = &key.layout;
    let words = proof.chunks_exact(WORD).take(layout.first_round());
    let first_round: Vec<[u8; WORD]> = words.map(|w| std::array::from_fn(|i| w[i])).collect();
    let publics = std::slice::from_ref(publics);
    let context = context(params, layout, key.id, POSITION, STATEMENT, publics);
    let instance = publics[0].instance(layout, &context.challenges(&first_round));
    let columns: Vec<&[Fp]> = instance.iter().map(Vec::as_slice).collect();
    let mut transcript = Recorded {
        inner: Blake2bRead::init(proof),
        challenges: Vec::new(),
    };
    let sum = plonk::verify_proof(
        params.inner(),
        &key.vk,
        Collect(sum),
        &[&columns],
        &mut transcript,
    );
    (sum.unwrap(), transcript.challenges)
}

fn shift(proof: &mut [u8], by: Fp) {
    let at = proof.len() - WORD;
    let word: [u8; WORD] = proof[at..].try_into().unwrap();
    let old = Option::<Fp>::from(Fp::from_repr(word)).unwrap();
    proof[at..].copy_from_slice(&(old + by).to_repr());
}

#[test]
fn two_proofs_cancel_where_one_goes_on_with_the_sum_of_the_other() {
    let params = PublicParams::derive(Small::K);
    let key = ProvingKey::<Plain, Small>::build(&params).unwrap();
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let snapshot = Snapshot::reporting_only("USD").unwrap();
    let day = Day::new(2024, 1, 1).unwrap();
    let currency = Currency("USD".to_owned());
    let book = Book::new(Lei([b'0'; 20]), day, currency, 0, &rulebook.name);
    let table = Arc::new(tables::plain(&rulebook, &snapshot));
    let publics = Publics::of_rows(key.layout(), table);
    let proof = || {
        let mut grid = Grid::new(Arc::clone(key.layout()));
        let rows = BookRows::new(&rulebook, &snapshot, &book);
        fill::plain(&key.columns, &rows, &mut grid, &[]);
        grid.complete(&publics).unwrap();
        let copy = CopyWitness {
            grid,
            publics: publics.clone(),
            chosen: Vec::new(),
        };
        let check = SelfCheck::Verify;
        let entropy = &mut OsEntropy;
        let proved = prove_shard(
            &params,
            &key,
            POSITION,
            STATEMENT,
            vec![copy],
            check,
            entropy,
        );
        proved.unwrap().proof
    };
    let verifying = key.verifying();
    let empty = || params.inner().empty_msm();
    let run = |proof: &[u8], sum| go_on(&params, verifying, &publics, proof, sum);

    let (mut one, mut other) = (proof(), proof());
    // θ, β, γ, y, x; then the opening's x₁ … x₄.
    let (_, challenges) = run(&other, empty());
    let x4 = challenges[8];
    let sets = 3 + u64::from(2 + key.layout().beta_powers() != SUM_ROTATIONS);
    let delta = Fp::from(1_000_003);
    shift(&mut one, delta);
    shift(&mut other, -delta * x4.pow_vartime([sets]));

    // Each is invalid; one after the other, they are not.
    assert!(!run(&one, empty()).0.eval());
    assert!(!run(&other, empty()).0.eval());
    assert!(run(&other, run(&one, empty()).0).0.eval());

    // Ours starts anew for each, and neither passes.
    let publics = std::slice::from_ref(&publics);
    for proof in [&one, &other] {
        let refused = verify_one(&params, verifying, POSITION, STATEMENT, publics, proof);
        assert_eq!(refused, Err(ProofError::Invalid));
    }
    let pending = |proof: &[u8]| {
        let pending = prepare(&params, verifying, POSITION, STATEMENT, publics, proof);
        pending.unwrap().msm
    };
    let mut sum = pending(&one);
    sum.add_msm(&pending(&other));
    assert!(!sum.eval());
}
