//! Cheats carried through the real prover, and refused by the real verifier; links; blinding.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use ff::Field;
use plimsoll_circuits::cells::capital::{CREDIT_RISK, Capital};
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::cells::secured::{CARRY_IN, CARRY_OUT, Secured};
use plimsoll_circuits::cells::vouched::Vouched;
use plimsoll_circuits::claim::Ratio;
use plimsoll_circuits::field::{Fp, Point, power_of_two};
use plimsoll_circuits::proofs::{CircuitKind, LinkError, ProofPlan, check_links};
use plimsoll_circuits::protocol::challenge::{ChallengeContext, ProofPosition};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::circuit::SecondRound;
use plimsoll_circuits::protocol::key::{KeyError, ProvingKey};
use plimsoll_circuits::protocol::layout::{Module, Size, Small, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{
    CopyWitness, ProveError, ProvedShard, SelfCheck, TotalOpening, prove_shard, sum_openings,
};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::tape::{
    ColumnBlinding, Entropy, EntropyError, MasterSeed, OsEntropy,
};
use plimsoll_circuits::protocol::verify::{ProofError, proof_length, verify_one};
use plimsoll_circuits::statement::RowCircuit;

use crate::capital::{Bank, false_claim};
use crate::catalogue::{cheats, signed};
use crate::common::basel;
use crate::honest::{CARRIED, honest, make_secured};

const STATEMENT: [u8; 32] = [7; 32];

fn params() -> &'static PublicParams {
    static PARAMS: OnceLock<PublicParams> = OnceLock::new();
    PARAMS.get_or_init(|| PublicParams::derive(Small::K))
}

macro_rules! key {
    ($name:ident, $module:ty) => {
        fn $name() -> &'static ProvingKey<$module, Small> {
            static KEY: OnceLock<ProvingKey<$module, Small>> = OnceLock::new();
            KEY.get_or_init(|| ProvingKey::build(params()).expect("a key"))
        }
    };
}
key!(plain_key, Plain);
key!(secured_key, Secured);
key!(vouched_key, Vouched);
key!(capital_key, Capital);

type Chosen = Vec<(usize, ColumnBlinding)>;

fn position(module: u32) -> ProofPosition {
    ProofPosition {
        module,
        shard: 0,
        shards: 1,
    }
}

fn copy(forgery: &Forgery, chosen: Chosen) -> CopyWitness {
    CopyWitness {
        grid: forgery.grid.clone(),
        publics: forgery.publics.clone(),
        chosen,
    }
}

fn prove<M: Module>(
    key: &ProvingKey<M, Small>,
    copies: Vec<CopyWitness>,
    check: SelfCheck,
) -> Result<ProvedShard, ProveError> {
    prove_shard(
        params(),
        key,
        position(0),
        STATEMENT,
        copies,
        check,
        &mut OsEntropy,
    )
}

fn verify<M: Module>(
    key: &ProvingKey<M, Small>,
    publics: &[Publics],
    proof: &[u8],
) -> Result<Vec<Vec<Point>>, ProofError> {
    verify_one(
        params(),
        key.verifying(),
        position(0),
        STATEMENT,
        publics,
        proof,
    )
}

/// A cheating prover hands out the proof; the verifier refuses it. An honest prover keeps it back.
fn refused<M: Module>(key: &ProvingKey<M, Small>, forgery: &Forgery, what: &str) {
    let proved = prove(key, vec![copy(forgery, Vec::new())], SelfCheck::Skip).expect("a proof");
    let verdict = verify(key, std::slice::from_ref(&forgery.publics), &proved.proof);
    assert_eq!(verdict, Err(ProofError::Invalid), "{what}");
}

fn sample<M: Module>(key: &ProvingKey<M, Small>, circuit: RowCircuit, names: &[&str]) {
    let all = cheats(circuit);
    for name in names {
        let cheat = all
            .iter()
            .find(|cheat| cheat.refuses == *name)
            .expect("a cheat");
        refused(key, &cheat.on(circuit), name);
    }
}

#[test]
fn the_verifier_refuses_plain_cheats() {
    let names = [
        "lookup: the weight is the rulebook's for this class",
        "range: amount limb 7",
        "range: amount limb 0",
        "risk-weighted assets",
        "a total column is zero outside its rows",
    ];
    sample(plain_key(), RowCircuit::Plain, &names);
}

/// CONDITIONS S3: rows beyond those that the voucher counts.
#[test]
fn conditions_s3_the_verifier_refuses_vouched_cheats() {
    let names = [
        "rows beyond those vouched for are the last ones",
        "nothing stands beyond the rows vouched for",
        "the last row vouched for is not beyond",
        "the row after those vouched for is beyond",
    ];
    sample(vouched_key(), RowCircuit::Vouched, &names);
}

#[test]
fn the_verifier_refuses_secured_cheats() {
    let names = [
        "range: left limb 15",
        "the last run ends with the copy",
        "ordinals start from the carry",
    ];
    sample(secured_key(), RowCircuit::Secured, &names);
}

#[test]
fn the_verifier_refuses_false_claims_of_a_prover_who_solves_the_rest() {
    for ratio in [Ratio::Cet1, Ratio::Buffer] {
        let bank = false_claim(basel(), ratio);
        refused(capital_key(), &bank.witness(&bank.lying(&[])), "a claim");
    }
    let bank = Bank::new(basel(), true);
    let forgery = bank.witness(&bank.lying(&[(0, -1)]));
    refused(capital_key(), &forgery, "RWA one short of the linked total");
    let again = prove(
        capital_key(),
        vec![copy(&forgery, Vec::new())],
        SelfCheck::Verify,
    );
    assert!(matches!(again, Err(ProveError::Unsatisfied(_))));
}

/// Fresh blinding of a circuit's own total column, and the opening that follows.
fn opened(forgery: &Forgery, mut chosen: Chosen) -> (CopyWitness, TotalOpening) {
    let master = MasterSeed::fresh(&mut OsEntropy).expect("randomness");
    let column = forgery.grid.layout().total_column(0);
    chosen.push((column, master.column_key(0, 0).blinding()));
    let opening = TotalOpening::of(&forgery.grid, &chosen);
    (copy(forgery, chosen), opening)
}

type TwoCopies = (Vec<Publics>, ProvedShard, Vec<TotalOpening>);

/// Two copies of one shard, honest.
fn two_copies() -> &'static TwoCopies {
    static PROVED: OnceLock<TwoCopies> = OnceLock::new();
    PROVED.get_or_init(|| {
        let honest = honest(RowCircuit::Plain);
        let copies = (0..2).map(|_| opened(honest, Vec::new()));
        let (copies, openings) = copies.unzip();
        let proved = prove(plain_key(), copies, SelfCheck::Verify).expect("it verifies");
        (
            vec![honest.publics.clone(), honest.publics.clone()],
            proved,
            openings,
        )
    })
}

#[test]
fn what_surrounds_a_proof_is_part_of_it() {
    let (publics, proved, _) = two_copies();
    let key = plain_key().verifying();
    let proof = &proved.proof;
    assert_eq!(proof.len(), proof_length(key.layout(), 2));
    let at = |position, statement: [u8; 32], publics: &[Publics], proof: &[u8]| {
        verify_one(params(), key, position, statement, publics, proof).err()
    };
    assert_eq!(at(position(0), STATEMENT, publics, proof), None);
    let other = |module, shard, shards| ProofPosition {
        module,
        shard,
        shards,
    };
    for place in [other(1, 0, 1), other(0, 1, 1), other(0, 0, 2)] {
        assert_eq!(
            at(place, STATEMENT, publics, proof),
            Some(ProofError::Invalid)
        );
    }
    assert_eq!(
        at(position(0), [8; 32], publics, proof),
        Some(ProofError::Invalid)
    );
    // Another rulebook: one weight of one class that the book does not hold.
    let mut table = (*publics[0].table).clone();
    table.push(plimsoll_circuits::cells::tags::RISK_WEIGHT, &[999, 1]);
    let mut changed = publics.clone();
    changed[1].table = table.into();
    assert_eq!(
        at(position(0), STATEMENT, &changed, proof),
        Some(ProofError::Invalid)
    );
    // Lengths.
    assert_eq!(
        at(position(0), STATEMENT, &[], proof),
        Some(ProofError::Empty)
    );
    let long = [proof.as_slice(), &[0]].concat();
    for wrong in [&proof[..proof.len() - 1], &long, &[]] {
        let error = at(position(0), STATEMENT, publics, wrong);
        assert!(
            matches!(error, Some(ProofError::Length { .. })),
            "{error:?}"
        );
    }
    assert!(matches!(
        at(position(0), STATEMENT, &publics[..1], proof),
        Some(ProofError::Length { .. })
    ));
}

/// CONDITIONS S5(a): the challenge covers the commitment of each first-round column of each copy.
#[test]
fn each_commitment_changes_the_challenge() {
    let (publics, proved, _) = two_copies();
    let layout = plain_key().layout();
    let advice = layout.first_round() + SecondRound::of(layout).count;
    let word = |copy: usize, column: usize| {
        let at = 32 * (copy * advice + column);
        <[u8; 32]>::try_from(&proved.proof[at..at + 32]).expect("a word")
    };
    let commitments: Vec<[u8; 32]> = (0..2)
        .flat_map(|copy| (0..layout.first_round()).map(move |column| (copy, column)))
        .map(|(copy, column)| word(copy, column))
        .collect();
    let context = ChallengeContext {
        params: params().digest(),
        k: layout.k,
        circuit: plain_key().verifying().id(),
        copies: 2,
        advice: advice as u32,
        first_round: layout.first_round() as u32,
        position: position(0),
        statement: STATEMENT,
        publics: Publics::digest(publics),
    };
    let honest = context.challenges(&commitments);
    let mut seen = BTreeSet::from([format!("{honest:?}")]);
    for index in 0..commitments.len() {
        let mut flipped = commitments.clone();
        flipped[index][0] ^= 1;
        let other = context.challenges(&flipped);
        assert!(
            other.alpha != honest.alpha && other.beta != honest.beta,
            "{index}"
        );
        assert!(seen.insert(format!("{other:?}")));
    }
    // Order and number count, too.
    let mut swapped = commitments.clone();
    swapped.swap(0, layout.first_round());
    assert_ne!(context.challenges(&swapped), honest);
    assert_ne!(
        context.challenges(&commitments[..layout.first_round()]),
        honest
    );

    // A column of the second copy that is changed after the challenge: the very first cell of it.
    let key = plain_key().verifying();
    for (copy, column) in [(0, 0), (1, 0), (1, layout.first_round() - 1)] {
        let mut proof = proved.proof.clone();
        let at = 32 * (copy * advice + column);
        let other = word(1 - copy, column);
        proof[at..at + 32].copy_from_slice(&other);
        let verdict = verify_one(params(), key, position(0), STATEMENT, publics, &proof);
        assert_eq!(verdict, Err(ProofError::Invalid));
    }
}

/// CONDITIONS P3: nothing of one attempt comes back in another.
#[test]
fn two_proofs_of_one_book_differ_in_every_commitment() {
    let (_, first, _) = two_copies();
    let honest = honest(RowCircuit::Plain);
    let copies = vec![copy(honest, Vec::new()), copy(honest, Vec::new())];
    let second = prove(plain_key(), copies, SelfCheck::Verify).expect("it verifies");
    let layout = plain_key().layout();
    let words = 2 * (layout.first_round() + SecondRound::of(layout).count);
    let commitments = |proved: &ProvedShard| -> BTreeSet<Vec<u8>> {
        proved
            .proof
            .chunks_exact(32)
            .take(words)
            .map(<[u8]>::to_vec)
            .collect()
    };
    let (first, second) = (commitments(first), commitments(&second));
    // Nor do two columns of one proof have one commitment, though many are equal.
    assert_eq!((first.len(), second.len()), (words, words));
    assert!(first.is_disjoint(&second));
}

#[derive(Clone)]
struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

/// Gives a seed, and then nothing.
#[derive(Clone)]
struct SeedOnly(usize);

impl Entropy for SeedOnly {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        bytes.fill(3);
        self.0 = self.0.checked_sub(1).ok_or(EntropyError)?;
        Ok(())
    }
}

#[test]
fn without_randomness_there_is_no_proof() {
    let honest = honest(RowCircuit::Plain);
    let attempt = |entropy: &mut NoEntropy| {
        let copies = vec![copy(honest, Vec::new())];
        let (key, check) = (plain_key(), SelfCheck::Verify);
        prove_shard(
            params(),
            key,
            position(0),
            STATEMENT,
            copies,
            check,
            entropy,
        )
    };
    assert!(matches!(
        attempt(&mut NoEntropy),
        Err(ProveError::Entropy(_))
    ));
    // The tape's fault stays, and the finished proof is thrown away.
    let copies = vec![copy(honest, Vec::new())];
    let (key, check) = (plain_key(), SelfCheck::Skip);
    let proved = prove_shard(
        params(),
        key,
        position(0),
        STATEMENT,
        copies,
        check,
        &mut SeedOnly(1),
    );
    assert!(matches!(proved, Err(ProveError::Tape)));
}

#[test]
fn parameters_of_another_size_make_no_key() {
    let error = ProvingKey::<Plain, Standard>::build(params()).err();
    let expected = matches!(
        error,
        Some(KeyError::Params {
            expected: 14,
            got: 11
        })
    );
    assert!(expected, "{error:?}");
}

/// Commitments of total columns, by proof, copy and column.
type Totals = Vec<Vec<Vec<Point>>>;

/// An attestation in small: two copies of plain rows, two of secured rows, and the capital proof.
struct Linked {
    plans: Vec<ProofPlan>,
    totals: Totals,
    capital: Forgery,
    sum: TotalOpening,
    secured: Vec<Forgery>,
}

fn plan(circuit: CircuitKind, publics: Vec<Publics>) -> ProofPlan {
    ProofPlan {
        circuit,
        position: position(0),
        publics,
    }
}

fn integer(value: Fp) -> num_bigint::BigUint {
    signed(value).to_biguint().expect("not negative")
}

fn prove_carried(seeds: [u32; 3]) -> (Vec<Forgery>, Vec<Vec<Point>>, Vec<TotalOpening>) {
    let master = MasterSeed::fresh(&mut OsEntropy).expect("randomness");
    let blinding = |number| master.column_key(number, 0).blinding();
    let layout = secured_key().layout();
    let columns = [CARRY_IN, CARRY_OUT].map(|column| layout.total_column(column));
    // As many items in each copy: the second takes up where the first left.
    let forgeries = vec![make_secured(0), make_secured(CARRIED)];
    let [out, taken_up, last] = seeds;
    let first = vec![(columns[1], blinding(out))];
    let second = vec![
        (columns[0], blinding(taken_up)),
        (columns[1], blinding(last)),
    ];
    let copies = forgeries.iter().zip([first, second]);
    let (copies, openings) = copies
        .map(|(forgery, chosen)| opened(forgery, chosen))
        .unzip();
    let proved = prove(secured_key(), copies, SelfCheck::Verify).expect("it verifies");
    let publics: Vec<Publics> = forgeries.iter().map(|f| f.publics.clone()).collect();
    let totals = verify(secured_key(), &publics, &proved.proof).expect("it verifies");
    (forgeries, totals, openings)
}

fn prove_capital(capital: &Forgery, sum: &TotalOpening) -> Vec<Vec<Point>> {
    let column = capital_key().layout().total_column(CREDIT_RISK);
    let chosen = vec![(column, sum.blinding.clone())];
    let proved = prove(
        capital_key(),
        vec![copy(capital, chosen)],
        SelfCheck::Verify,
    );
    let publics = std::slice::from_ref(&capital.publics);
    verify(capital_key(), publics, &proved.expect("it verifies").proof).expect("it verifies")
}

fn linked() -> &'static Linked {
    static LINKED: OnceLock<Linked> = OnceLock::new();
    LINKED.get_or_init(|| {
        let (publics, plain, plain_openings) = two_copies();
        let plain_totals = verify(plain_key(), publics, &plain.proof).expect("it verifies");
        let (secured, secured_totals, openings) = prove_carried([0, 0, 1]);
        let sum = sum_openings(plain_openings.iter().chain(&openings));
        let mut bank = Bank::new(basel(), true);
        bank.plan.claims.retain(|claim| claim.ratio == Ratio::Cet1);
        bank.plan.claims[0].threshold = 0;
        bank.set_totals(integer(sum.values[0]), integer(sum.values[1]));
        let mut capital = bank.witness(&bank.honest());
        for (row, value) in sum.values.iter().enumerate() {
            *capital.total(CREDIT_RISK, row) = *value;
        }
        let capital_totals = prove_capital(&capital, &sum);
        let carried: Vec<Publics> = secured.iter().map(|f| f.publics.clone()).collect();
        Linked {
            plans: vec![
                plan(CircuitKind::Rows(RowCircuit::Plain), publics.clone()),
                plan(CircuitKind::Rows(RowCircuit::Secured), carried),
                plan(CircuitKind::Capital, vec![capital.publics.clone()]),
            ],
            totals: vec![plain_totals, secured_totals, capital_totals],
            capital,
            sum,
            secured,
        }
    })
}

#[test]
fn totals_link_or_not() {
    let linked = linked();
    let check = |totals: &[Vec<Vec<Point>>]| check_links(&linked.plans, totals);
    assert_eq!(check(&linked.totals), Ok(()));
    let altered = |alter: &dyn Fn(&mut Totals)| {
        let mut totals = linked.totals.clone();
        alter(&mut totals);
        check(&totals)
    };
    // A copy twice, a copy missing, a proof missing.
    let twice = |t: &mut Totals| t[0].extend_from_within(..1);
    assert_eq!(altered(&twice), Err(LinkError::Totals));
    assert_eq!(altered(&|t| drop(t[0].pop())), Err(LinkError::Totals));
    let missing = altered(&|t| drop(t.remove(0)));
    assert!(missing.is_err());
    assert_eq!(altered(&|t| drop(t.pop())), Err(LinkError::Capital));
    assert_eq!(altered(&|t| t[2][0].clear()), Err(LinkError::Capital));
    let two_capital = |t: &mut Totals| t[2].extend_from_within(..1);
    assert_eq!(altered(&two_capital), Err(LinkError::Capital));
    // Copies in another order: the count of collateral does not go on.
    assert_eq!(altered(&|t| t[1].reverse()), Err(LinkError::Carry));
    // The totals of the carry column.
    assert_eq!(altered(&|t| t[1][0].swap(0, 2)), Err(LinkError::Carry));

    // The capital proof's column off by one blind, or by one in a total: both are honest proofs.
    let mut other = linked.sum.clone();
    other.blinding.blind += Fp::ONE;
    let off = prove_capital(&linked.capital, &other);
    assert_eq!(altered(&|t| t[2] = off.clone()), Err(LinkError::Totals));
    other = linked.sum.clone();
    other.blinding.rows[3] += Fp::ONE;
    let off = prove_capital(&linked.capital, &other);
    assert_eq!(altered(&|t| t[2] = off.clone()), Err(LinkError::Totals));
    let mut fewer = linked.capital.clone();
    *fewer.total(CREDIT_RISK, 2) -= Fp::ONE;
    let off = prove_capital(&fewer, &linked.sum);
    assert_eq!(altered(&|t| t[2] = off.clone()), Err(LinkError::Totals));
}

/// One item in two copies, or in two shards: the count would have to start again.
#[test]
fn an_item_is_counted_once() {
    let linked = linked();
    let plans = vec![linked.plans[1].clone(), linked.plans[2].clone()];
    let links = |totals: Vec<Vec<Point>>| check_links(&plans, &[totals, linked.totals[2].clone()]);
    // Only the totals are amiss where the carry is in order.
    assert_eq!(links(linked.totals[1].clone()), Err(LinkError::Totals));
    // The second copy takes up the right count, under another blinding.
    let (_, totals, _) = prove_carried([0, 5, 1]);
    assert_eq!(links(totals), Err(LinkError::Carry));
    // A second copy that says it is the first: its carry is the empty column.
    let first = &linked.totals[1][0];
    assert_eq!(
        links(vec![first.clone(), first.clone()]),
        Err(LinkError::Carry)
    );
    // A copy that is not the first and takes up nothing can be proven only as the first: the
    // verifier's public values decide, and they allow the first nothing to take up.
    let mut restarted = linked.secured[0].clone();
    *restarted.total(CARRY_IN, 0) = Fp::ONE;
    let refused = restarted.refused_by();
    assert!(
        refused.contains("a total column is zero outside its rows"),
        "{refused:?}"
    );
}

/// 2^200 in a 64-bit cell, with the multiplicity solved for a challenge known beforehand: the
/// proof's own challenge is another, because it covers the multiplicity.
#[test]
fn a_multiplicity_cannot_be_fitted() {
    let mut forged = honest(RowCircuit::Plain).clone();
    forged.set(0, "amount", power_of_two(200));
    forged.resolve();
    let layout = forged.grid.layout().clone();
    let at = crate::engine::challenges();
    let columns = forged.solved(&at);
    let last = columns[layout.first_round() + SecondRound::of(&layout).sum][layout.active_rows()];
    let entry = at.alpha + at.beta * Fp::from(u64::from(layout.limb_bits));
    forged.grid.columns_mut()[layout.range_multiplicity()][0] += last * entry;
    refused(plain_key(), &forged, "a fitted multiplicity");
}
