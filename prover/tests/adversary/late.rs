//! Doors 6: columns that are chosen when the challenge is known, and a second round that does not
//! follow from the first.
//!
//! For each of the late columns the same proof is verified against the challenge as it would be if
//! that column were left out of it: it is accepted. So what refuses it is that the challenge covers
//! the column.

use std::sync::{Arc, OnceLock};

use ff::Field;
use halo2_proofs::plonk::{self, SingleVerifier};
use halo2_proofs::transcript::{Blake2bRead, Blake2bWrite, Challenge255};
use plimsoll_circuits::field::{Fp, Point};
use plimsoll_circuits::protocol::challenge::{ChallengeContext, Challenges};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::circuit::{EngineCircuit, SecondRound, with_layout};
use plimsoll_circuits::protocol::layout::Layout;
use plimsoll_circuits::protocol::prove::commit_all;
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::tape::{ColumnBlinding, MasterSeed, OsEntropy, Tape};

use crate::amounts::{CORPORATE, corporate};
use crate::bank::{params, read};
use crate::plot::{Draft, base, plain_key};
use crate::{PLAIN, refuses};

/// A proof, and the challenge that it was made for.
struct Late {
    proof: Vec<u8>,
    challenges: Challenges,
}

/// The library's verifier, handed a challenge instead of deriving it.
fn accepted(draft: &Draft, late: &Late) -> bool {
    let key = plain_key();
    let instances: Vec<Vec<Vec<Fp>>> = draft
        .publics()
        .iter()
        .map(|publics| publics.instance(key.layout(), &late.challenges))
        .collect();
    let slices: Vec<Vec<&[Fp]>> = instances
        .iter()
        .map(|copy| copy.iter().map(Vec::as_slice).collect())
        .collect();
    let slices: Vec<&[&[Fp]]> = slices.iter().map(Vec::as_slice).collect();
    let mut transcript = Blake2bRead::<_, Point, Challenge255<Point>>::init(&late.proof[..]);
    let strategy = SingleVerifier::new(params().inner());
    let vk = key.library().get_vk();
    plonk::verify_proof(params().inner(), vk, strategy, &slices, &mut transcript).is_ok()
}

/// The plain proof of an adversary who calls the library himself. When he knows the challenge, he
/// changes first-round columns, and solves the second round for what they are now; then he
/// changes columns of any round.
fn prove(
    draft: &Draft,
    first: impl Fn(usize, &mut Forgery, &Challenges),
    any: impl Fn(usize, &mut [Vec<Fp>]),
) -> Late {
    let key = plain_key();
    let layout: &Arc<Layout> = key.layout();
    let advice = layout.first_round() + SecondRound::of(layout).count;
    let seed = MasterSeed::fresh(&mut OsEntropy).unwrap();
    let mut commitments = Vec::new();
    let mut blindings: Vec<Vec<ColumnBlinding>> = Vec::new();
    for (number, copy) in (0..).zip(&draft.copies) {
        let fresh = |column: usize| seed.column_key(number, column as u32).blinding();
        let mut of_copy: Vec<_> = (0..layout.first_round()).map(fresh).collect();
        for (column, blinding) in &copy.chosen {
            of_copy[*column] = blinding.clone();
        }
        let columns = copy.forgery.grid.columns().iter().map(Vec::as_slice);
        let columns: Vec<_> = columns.zip(of_copy.iter().cloned()).collect();
        commitments.extend(commit_all(params(), &columns));
        blindings.push(of_copy);
    }
    let context = ChallengeContext {
        params: params().digest(),
        k: layout.k,
        circuit: key.verifying().id(),
        copies: draft.copies.len() as u32,
        advice: advice as u32,
        first_round: layout.first_round() as u32,
        position: draft.position,
        statement: base().plot.statement.digest(),
        publics: Publics::digest(&draft.publics()),
    };
    let challenges = context.challenges(&commitments);
    let mut circuits = Vec::new();
    let mut instances = Vec::new();
    for (number, copy) in draft.copies.iter().enumerate() {
        let mut forgery = copy.forgery.clone();
        first(number, &mut forgery, &challenges);
        let mut columns = forgery.solved(&challenges);
        any(number, &mut columns);
        instances.push(forgery.publics.instance(layout, &challenges));
        circuits.push(EngineCircuit::with_columns(layout, columns));
    }
    let slices: Vec<Vec<&[Fp]>> = instances
        .iter()
        .map(|copy| copy.iter().map(Vec::as_slice).collect())
        .collect();
    let slices: Vec<&[&[Fp]]> = slices.iter().map(Vec::as_slice).collect();
    let mut entropy = OsEntropy;
    let mut tape = Tape::new(&blindings, advice, &mut entropy);
    let mut transcript = Blake2bWrite::<_, Point, Challenge255<Point>>::init(Vec::new());
    with_layout(layout, || {
        plonk::create_proof(
            params().inner(),
            key.library(),
            &circuits,
            &slices,
            &mut tape,
            &mut transcript,
        )
    })
    .unwrap();
    Late {
        proof: transcript.finalize(),
        challenges,
    }
}

/// A capital proof of a book without the corporate loan.
fn capital() -> &'static [u8] {
    static CAPITAL: OnceLock<Vec<u8>> = OnceLock::new();
    CAPITAL.get_or_init(|| {
        let plot = &base().plot;
        let mut total = plot.total();
        let (copy, _) = corporate(&plot.rows[PLAIN]);
        total.values[0] -= plot.rows[PLAIN].openings()[copy].values[0];
        plot.capital(&total).prove(plot.statement.digest())
    })
}

/// The verifier on this proof.
fn shown(late: &Late) -> plimsoll_verifier::Verdict {
    let base = base();
    let mut proofs = base.proofs.clone();
    proofs[PLAIN].clone_from(&late.proof);
    proofs.push(capital().to_vec());
    read(&base.plot.statement, &proofs)
}

/// Where the running sum ends; zero if it closes.
fn left_over(forgery: &Forgery, challenges: &Challenges) -> Fp {
    let layout = forgery.grid.layout();
    let sum = layout.first_round() + SecondRound::of(layout).sum;
    forgery.solved(challenges)[sum][layout.active_rows()]
}

/// Adds to the multiplicity of an entry what closes the running sum.
fn fit(forgery: &mut Forgery, challenges: &Challenges, column: usize, row: usize, entry: Fp) {
    let over = left_over(forgery, challenges);
    forgery.grid.columns_mut()[column][row] += over * entry;
    assert_eq!(left_over(forgery, challenges), Fp::ZERO);
}

#[test]
fn the_adversarys_prover_is_a_prover() {
    let draft = &base().plot.rows[PLAIN];
    let honest = prove(draft, |_, _, _| {}, |_, _| {});
    assert!(accepted(draft, &honest));
    let digest = base().plot.statement.digest();
    assert!(draft.is_valid(digest, &honest.proof));
}

/// A negative amount in padding, and the multiplicity of the range table chosen last.
#[test]
fn the_range_tables_multiplicity_chosen_late() {
    let mut draft = base().plot.rows[PLAIN].clone();
    let (copy, _) = corporate(&draft);
    let forgery = &mut draft.copies[copy].forgery;
    let last = forgery.grid.layout().positions() - 1;
    forgery.set(last, "amount", -Fp::from(CORPORATE));
    forgery.resolve();
    let fitted = |number: usize, forgery: &mut Forgery, at: &Challenges| {
        if number == copy {
            let layout = Arc::clone(forgery.grid.layout());
            let (tag, value) = layout.range_table()[1];
            let entry = at.alpha + Fp::from(value) + at.beta * Fp::from(tag);
            fit(forgery, at, layout.range_multiplicity(), 1, entry);
        }
    };
    let late = prove(&draft, fitted, |_, _| {});
    assert!(accepted(&draft, &late));
    refuses(&shown(&late), PLAIN);
}

/// A weight of zero, and the multiplicity of the public table chosen last.
#[test]
fn the_public_tables_multiplicity_chosen_late() {
    let mut draft = base().plot.rows[PLAIN].clone();
    let (copy, at) = corporate(&draft);
    let forgery = &mut draft.copies[copy].forgery;
    forgery.set(at, "weight", 0);
    forgery.resolve();
    let fitted = |number: usize, forgery: &mut Forgery, at: &Challenges| {
        if number == copy {
            let layout = Arc::clone(forgery.grid.layout());
            let (tag, values) = forgery.publics.table.rows()[0].clone();
            let powers = at.beta_powers(values.len() + 1);
            let mut entry = at.alpha + at.beta * Fp::from(tag) + Fp::from(values[0]);
            for (value, power) in values[1..].iter().zip(&powers[2..]) {
                entry += power * Fp::from(*value);
            }
            let column = layout.public_multiplicity().unwrap();
            fit(forgery, at, column, 0, entry);
        }
    };
    let late = prove(&draft, fitted, |_, _| {});
    assert!(accepted(&draft, &late));
    refuses(&shown(&late), PLAIN);
}

/// Less risk-weighted assets, and as much more of the exposure measure as makes up for it under
/// this β.
#[test]
fn the_totals_chosen_late() {
    let draft = &base().plot.rows[PLAIN];
    let (copy, _) = corporate(draft);
    let fitted = |number: usize, forgery: &mut Forgery, at: &Challenges| {
        if number == copy {
            let hidden = *forgery.total(0, 0);
            *forgery.total(0, 0) = Fp::ZERO;
            *forgery.total(0, 1) += hidden * at.beta.invert().unwrap();
            assert_eq!(left_over(forgery, at), Fp::ZERO);
        }
    };
    let late = prove(draft, fitted, |_, _| {});
    assert!(accepted(draft, &late));
    refuses(&shown(&late), PLAIN);
}

/// A total without the corporate loan, and a second round that does not show it: the running sum
/// stops before that row; starts again after it; is zero at the sentinel and nowhere closes; the
/// challenge changes on the way.
#[test]
fn a_running_sum_that_stops_early() {
    let mut draft = base().plot.rows[PLAIN].clone();
    let (copy, at) = corporate(&draft);
    let forgery = &mut draft.copies[copy].forgery;
    *forgery.total(0, 0) = Fp::ZERO;
    let layout = Arc::clone(forgery.grid.layout());
    let (row, end) = (at / layout.lanes, layout.active_rows());
    let second = SecondRound::of(&layout);
    let (alpha, sum) = (layout.first_round(), layout.first_round() + second.sum);
    let helper = layout.first_round() + second.helpers;
    type Bend = Box<dyn Fn(&mut [Vec<Fp>])>;
    let bends: [Bend; 5] = [
        Box::new(move |c| {
            let value = c[sum][row];
            c[sum][row..end].fill(value);
            c[sum][end] = Fp::ZERO;
        }),
        Box::new(move |c| {
            let over = c[sum][end];
            c[sum][row + 1..=end].iter_mut().for_each(|s| *s -= over);
        }),
        Box::new(move |c| c[sum][end] = Fp::ZERO),
        Box::new(move |c| c[sum].fill(Fp::ZERO)),
        Box::new(move |c| {
            let over = c[sum][end];
            c[alpha][end..].fill(Fp::ONE);
            c[helper][end - 1] -= over;
            c[sum][end] = Fp::ZERO;
        }),
    ];
    for bend in bends {
        let bent = |number: usize, columns: &mut [Vec<Fp>]| {
            if number == copy {
                bend(columns);
            }
        };
        let late = prove(&draft, |_, _, _| {}, bent);
        assert!(!accepted(&draft, &late));
        refuses(&shown(&late), PLAIN);
    }
}
