//! CONDITIONS S3: every clause of a voucher, and who refuses what breaks it.

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::cells::vouched::signed_columns;
use plimsoll_circuits::proofs::{CircuitKind, circuits_of};
use plimsoll_circuits::protocol::circuit::SecondRound;
use plimsoll_circuits::protocol::layout::Standard;
use plimsoll_circuits::protocol::prove::WORD;
use plimsoll_circuits::voucher::{Clause, Unvouched};
use plimsoll_prover::vouch::VouchError;
use plimsoll_verifier::Refusal;

use crate::*;

fn refusal(attestation: &Attestation, vouchers: &[Voucher]) -> Refusal {
    match checked(&file(attestation, vouchers), &Policy::UNSIGNED).outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

fn clause(attestation: &Attestation, vouchers: &[Voucher]) -> Clause {
    match refusal(attestation, vouchers) {
        Refusal::Voucher(Unvouched { clause, .. }) => clause,
        other => panic!("{other}"),
    }
}

fn clause_of(change: impl FnOnce(&mut Terms)) -> Clause {
    let (attestation, voucher) = retold(change);
    clause(&attestation, &[voucher])
}

#[test]
fn conditions_s3_each_term_is_compared() {
    // Told again as it was, it is refused by the proofs alone: they are another statement's only
    // if something changed.
    let (attestation, voucher) = retold(|_| {});
    let bytes = file(&attestation, &[voucher]);
    assert_eq!(checked(&bytes, &Policy::UNSIGNED).outcome, Outcome::Holds);

    let other = Lei::parse(OTHER).unwrap();
    assert_eq!(clause_of(|t| t.beneficiary = other), Clause::Beneficiary);
    assert_eq!(clause_of(|t| t.as_of += 1), Clause::AsOf);
    assert_eq!(clause_of(|t| t.as_of -= 86_400), Clause::AsOf);
    assert_eq!(clause_of(|t| t.k = Standard::K), Clause::Parameters);
    assert_eq!(clause_of(|t| t.parameters[0] ^= 1), Clause::Parameters);
    assert_eq!(clause_of(|t| t.circuit[31] ^= 1), Clause::Circuit);
    assert_eq!(clause_of(|t| t.scale -= 3), Clause::Scale);
    let securities = "urn:plimsoll:schema:securities:1";
    assert_eq!(clause_of(|t| t.schema = securities.into()), Clause::Schema);
    // The order of the universe: what number 7 in a column stands for.
    let mut order = snapshot();
    order.rates.swap(1, 2);
    let words = plimsoll_circuits::voucher::words_of(&basel(), &order);
    assert_eq!(clause_of(|t| t.words = words), Clause::Words);
    // A longer list, of which the last row would be lost, and a shorter one.
    assert_eq!(clause_of(|t| t.blocks[0].rows -= 1), Clause::Rows);
    assert_eq!(clause_of(|t| t.blocks[0].rows += 1), Clause::Rows);
    let block = |t: &mut Terms| t.blocks.push(t.blocks[0].clone());
    assert_eq!(clause_of(block), Clause::Rows);
    // Columns in each other's places: amounts of the first two lanes, an id and an amount.
    let swap = |a, b| move |t: &mut Terms| t.blocks[0].commitments.swap(a, b);
    assert_eq!(clause_of(swap(5, 6)), Clause::Position);
    assert_eq!(clause_of(swap(0, 5)), Clause::Position);
    let less = |t: &mut Terms| t.blocks[0].commitments.truncate(11);
    assert_eq!(clause_of(less), Clause::Position);
    let more = |t: &mut Terms| t.blocks[0].commitments.push([0; 32]);
    assert_eq!(clause_of(more), Clause::Position);
}

/// What the signature covers and no verifier can recompute: who is where in the columns.
#[test]
fn conditions_s3_the_signature_covers_every_byte() {
    let (mut attestation, honest) = honest();
    let mut terms = honest.terms.clone();
    terms.universe[0] ^= 1;
    let mut forged = Voucher::unsigned(terms).unwrap();
    let signature = honest.envelope.signatures()[0].clone();
    forged.envelope.add(signature).unwrap();
    attestation.statement.vouchers[0].digest = forged.digest;
    assert_eq!(clause(&attestation, &[forged]), Clause::Signature);
    // Nobody signed; somebody else did; somebody else did too.
    let (attestation, honest) = crate::honest();
    let fresh = || Voucher::unsigned(honest.terms.clone()).unwrap();
    assert_eq!(clause(&attestation, &[fresh()]), Clause::Signature);
    let mut stranger = fresh();
    sign(&mut stranger.envelope, STRANGER);
    assert_eq!(clause(&attestation, &[stranger]), Clause::Signature);
    let mut both = honest.clone();
    sign(&mut both.envelope, STRANGER);
    assert_eq!(clause(&attestation, &[both]), Clause::Signature);
}

#[test]
fn conditions_s3_the_file_holds_what_the_statement_names() {
    let (attestation, voucher) = honest();
    assert_eq!(clause(&attestation, &[]), Clause::Missing);
    let twice = [voucher.clone(), voucher.clone()];
    assert_eq!(clause(&attestation, &twice), Clause::Unnamed);
    // The voucher of another statement: the same columns, another number.
    let (_, other) = retold(|t| t.serial += 1);
    assert_eq!(clause(&attestation, &[other]), Clause::Unnamed);
    // The statement that names it: the proofs are not its own.
    let (renamed, other) = retold(|t| t.serial += 1);
    let refused = refusal(&renamed, &[other]);
    assert!(matches!(refused, Refusal::Proof { .. }), "{refused}");
}

#[test]
fn conditions_s3_a_signed_column_stands_in_one_place() {
    let (attestation, voucher) = honest();
    let kinds: Vec<_> = circuits_of(&attestation.statement).collect();
    let vouched = CircuitKind::Rows(RowCircuit::Vouched);
    let at = kinds.iter().position(|(kind, _)| *kind == vouched).unwrap();
    let layout = vouched.layout::<Small>().unwrap();
    let signed = signed_columns(&layout);
    let word = |proof: &[u8], column: usize| proof[WORD * column..][..WORD].to_vec();
    let amount = word(&attestation.proofs[at], signed[5]);
    let put = |proof: usize, column: usize| {
        let mut copied = attestation.clone();
        copied.proofs[proof][WORD * column..][..WORD].copy_from_slice(&amount);
        clause(&copied, std::slice::from_ref(&voucher))
    };
    // In another column of the same proof, as a limb or another lane's amount; and in another
    // proof, where the institution's own exposures stand.
    let limb = (0..layout.range_multiplicity()).find(|column| !signed.contains(column));
    assert_eq!(put(at, limb.unwrap()), Clause::Twice);
    assert_eq!(put(at, signed[6]), Clause::Position);
    for (proof, (kind, copies)) in kinds.iter().enumerate().filter(|(p, _)| *p != at) {
        let other = kind.layout::<Small>().unwrap();
        assert_eq!(put(proof, 1), Clause::Twice, "{kind:?}");
        // In the last copy too, and not beyond the first round.
        let advice = other.first_round() + SecondRound::of(&other).count;
        let last = (*copies as usize - 1) * advice + other.first_round() - 1;
        assert_eq!(put(proof, last), Clause::Twice, "{kind:?}");
        let mut copied = attestation.clone();
        copied.proofs[proof][WORD * (last + 1)..][..WORD].copy_from_slice(&amount);
        let refused = refusal(&copied, std::slice::from_ref(&voucher));
        assert!(matches!(refused, Refusal::Proof { .. }), "{refused}");
    }
}

/// Two vouchers of one owner that have an account in common count something twice.
#[test]
fn conditions_s3_an_account_is_vouched_for_once() {
    let part = |range: std::ops::Range<usize>, accounts: &[&str]| {
        let mut book = servicer();
        book.exposures = book.exposures[range].to_vec();
        made(&book, accounts)
    };
    let two = |name: &str, second: &[&str]| {
        let ((one, a), (other, b)) = (part(0..3, &["A", "B"]), part(3..7, second));
        let files = [format!("{name} 1"), format!("{name} 2")];
        [opened(&files[0], &one, &a), opened(&files[1], &other, &b)]
    };
    let refused = attested(
        &bank(),
        &two("same", &["B", "C"]),
        "cet1>=40%",
        SelfCheck::Verify,
    );
    assert!(matches!(
        refused.unwrap_err(),
        AttestError::Vouch(VouchError::Terms(Unvouched {
            number: 2,
            clause: Clause::Account
        }))
    ));
    // An institution that proves it all the same is refused by who reads it.
    let vouched = two("forced", &["C", "B"]);
    let forced = attested(&bank(), &vouched, "cet1>=40%", SelfCheck::Skip).unwrap();
    let found = clause(&forced.attestation, &forced.vouchers);
    assert_eq!(found, Clause::Account);
    // Of different accounts they are two, in order; in another order they are others.
    let vouched = two("apart", &["C"]);
    let apart = attested(&bank(), &vouched, "cet1>=40%", SelfCheck::Verify).unwrap();
    let (attestation, mut vouchers) = (apart.attestation, apart.vouchers);
    assert_eq!(attestation.statement.vouchers.len(), 2);
    let bytes = file(&attestation, &vouchers);
    assert_eq!(checked(&bytes, &Policy::UNSIGNED).outcome, Outcome::Holds);
    vouchers.reverse();
    assert_eq!(clause(&attestation, &vouchers), Clause::Unnamed);
    let mut swapped = attestation;
    swapped.statement.vouchers.reverse();
    assert_eq!(clause(&swapped, &vouchers), Clause::Position);
}

/// N − 1 rows, agreed by both sides: the last row stands beyond, and the circuit refuses it.
#[test]
fn conditions_s3_nothing_stands_beyond_the_rows() {
    let (voucher, secret) = made(&servicer(), &["contract A"]);
    let mut terms = voucher.terms;
    terms.blocks[0].rows -= 1;
    let mut shorter = Voucher::unsigned(terms).unwrap();
    sign(&mut shorter.envelope, OWNER);
    let secret = Secret {
        voucher: shorter.digest,
        ..secret
    };
    let vouched = [opened("shorter", &shorter, &secret)];
    let refused = attested(&bank(), &vouched, "cet1>=40%", SelfCheck::Verify);
    assert!(matches!(
        refused.unwrap_err(),
        AttestError::Vouch(VouchError::Damaged(_))
    ));
    let forced = attested(&bank(), &vouched, "cet1>=40%", SelfCheck::Skip).unwrap();
    let refused = refusal(&forced.attestation, &forced.vouchers);
    let vouched = RowCircuit::Vouched.name();
    assert!(
        matches!(refused, Refusal::Proof { circuit, .. } if circuit == vouched),
        "{refused}"
    );
}

/// Smaller amounts of the bank's own in the owner's columns, with the owner's voucher beside them:
/// a valid proof that says what nobody signed. With the owner's amounts under blinding of the
/// bank's own it is no better.
#[test]
fn conditions_s3_the_banks_own_columns_for_the_owners() {
    let (voucher, _) = made(&servicer(), &["contract A"]);
    let smaller = |mut book: Book| {
        for exposure in &mut book.exposures {
            exposure.amount /= 2;
        }
        book
    };
    let (_, light) = made(&smaller(servicer()), &["contract A"]);
    let (_, again) = made(&servicer(), &["contract A"]);
    for (name, book, own) in [("light", smaller(bank()), light), ("again", bank(), again)] {
        let own = Secret {
            voucher: voucher.digest,
            ..own
        };
        let vouched = [opened(name, &voucher, &own)];
        let refused = attested(&book, &vouched, "cet1>=40%", SelfCheck::Verify);
        assert!(matches!(
            refused.unwrap_err(),
            AttestError::Vouch(VouchError::Damaged(_))
        ));
        let forced = attested(&book, &vouched, "cet1>=40%", SelfCheck::Skip).unwrap();
        let found = clause(&forced.attestation, &forced.vouchers);
        assert_eq!(found, Clause::Position, "{name}");
    }
}
