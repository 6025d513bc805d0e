//! Changes that read well: another statement over the same proofs, the same statement over other
//! proofs.

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::Lei;
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{RowCircuit, RowProofs, Statement};
use plimsoll_verifier::{Outcome, Policy};

use crate::{READER, basel, other_basel, reason, sharded, snapshot, twins, verifier};

/// Why the first attestation does not hold with its statement changed.
fn restated(change: impl FnOnce(&mut Statement)) -> &'static str {
    let mut attestation = twins()[0].clone();
    change(&mut attestation.statement);
    assert_ne!(attestation.statement, twins()[0].statement);
    reason(&verifier().check(&attestation.encode(), &READER))
}

#[test]
fn who_and_when() {
    let other = Lei::parse("N1GZ7BBF3NP8GI976H15").unwrap();
    assert_eq!(restated(|s| s.lei = other), "proof");
    assert_eq!(restated(|s| s.as_of += 1), "proof");
    assert_eq!(restated(|s| s.as_of -= 86_400), "proof");
    assert_eq!(restated(|s| s.sequence += 1), "proof");
    assert_eq!(restated(|s| s.sequence -= 1), "proof");
    assert_eq!(restated(|s| s.previous = [8; 32]), "proof");
    assert_eq!(
        restated(|s| (s.sequence, s.previous) = (1, [0; 32])),
        "proof"
    );
    // A first attestation has nothing before it, and no other has nothing.
    assert_eq!(restated(|s| s.sequence = 1), "unreadable");
    assert_eq!(restated(|s| s.previous = [0; 32]), "unreadable");
    assert_eq!(restated(|s| s.sequence = 0), "unreadable");
}

#[test]
fn against_what() {
    let us = Rulebook::builtin("us-standardised").unwrap();
    assert_eq!(restated(|s| s.rulebook = other_basel().digest()), "proof");
    // Its lines and its ratios' needs are others.
    assert_eq!(restated(|s| s.rulebook = us.digest()), "statement");
    assert_eq!(restated(|s| s.rulebook = [0; 32]), "unknown_rulebook");
    assert_eq!(restated(|s| s.snapshot = snapshot("1.1").digest()), "proof");
    let dollars = Snapshot::reporting_only("USD").unwrap();
    assert_eq!(restated(|s| s.snapshot = dollars.digest()), "proof");
    assert_eq!(restated(|s| s.snapshot = [0; 32]), "unknown_snapshot");
    let swapped = |s: &mut Statement| std::mem::swap(&mut s.rulebook, &mut s.snapshot);
    assert_eq!(restated(swapped), "unknown_rulebook");
    assert_eq!(restated(|s| s.currency = "EUR".to_owned()), "statement");
    assert_eq!(restated(|s| s.currency = "usd".to_owned()), "unreadable");
    assert_eq!(restated(|s| s.scale += 1), "proof");
    assert_eq!(restated(|s| s.scale -= 1), "proof");
    assert_eq!(restated(|s| s.scale = i8::MIN), "unreadable");
}

#[test]
fn claims() {
    assert_eq!(restated(|s| s.claims[0].threshold -= 1), "proof");
    assert_eq!(restated(|s| s.claims[0].threshold += 1), "proof");
    assert_eq!(restated(|s| s.claims[1].threshold = 0), "proof");
    let swapped = |s: &mut Statement| {
        let (first, second) = s.claims.split_at_mut(1);
        std::mem::swap(&mut first[0].threshold, &mut second[0].threshold);
    };
    assert_eq!(restated(swapped), "proof");
    assert_eq!(restated(|s| s.claims.truncate(1)), "proof");
    assert_eq!(restated(|s| s.claims.clear()), "unreadable");
    assert_eq!(restated(|s| s.claims.swap(0, 1)), "unreadable");
    assert_eq!(restated(|s| s.claims[1] = s.claims[0]), "unreadable");
    assert_eq!(restated(|s| s.claims[0].ratio = Ratio::Tier1), "proof");
    let more = Claim {
        ratio: Ratio::Buffer,
        threshold: 0,
    };
    assert_eq!(restated(|s| s.claims.push(more)), "proof");
    // Leverage needs modules that the statement does not leave out.
    let more = Claim {
        ratio: Ratio::Leverage,
        ..more
    };
    assert_eq!(restated(|s| s.claims.push(more)), "statement");
    assert_eq!(
        restated(|s| s.claims[1].threshold = 10_000_001),
        "unreadable"
    );
}

#[test]
fn what_is_stated_and_what_is_left_out() {
    let line = |name: &str| {
        let known = basel();
        known
            .stated
            .iter()
            .position(|line| line.name == name)
            .unwrap() as u8
    };
    assert_eq!(twins()[0].statement.stated, [line("operational-risk")]);
    // Operational risk becomes a module that the claims lack.
    assert_eq!(restated(|s| s.stated.clear()), "statement");
    let silent = |s: &mut Statement| {
        s.stated.clear();
        s.without.push("operational-risk".to_owned());
        s.without.sort();
    };
    assert_eq!(restated(silent), "proof");
    // Market risk is no longer lacking.
    let more = |s: &mut Statement| {
        s.stated.push(line("market-risk"));
        s.stated.sort();
    };
    assert_eq!(restated(more), "statement");
    let consistent = |s: &mut Statement| {
        more(s);
        s.without.retain(|module| module != "market-risk");
    };
    assert_eq!(restated(consistent), "proof");
    // No ratio needs settlement risk.
    let unneeded = |s: &mut Statement| s.stated.push(line("settlement-risk"));
    assert_eq!(restated(unneeded), "proof");
    assert_eq!(restated(|s| s.stated.push(200)), "statement");
    assert_eq!(restated(|s| s.stated.push(s.stated[0])), "unreadable");
    assert_eq!(restated(|s| s.without.clear()), "statement");
    assert_eq!(restated(|s| s.without.push("zzz".to_owned())), "statement");
    assert_eq!(restated(|s| s.without.reverse()), "unreadable");
    assert_eq!(restated(|s| s.balance_sheet = false), "proof");
}

#[test]
fn lists_of_proofs() {
    let mut verifier = verifier();
    let mut check =
        |attestation: &Attestation| reason(&verifier.check(&attestation.encode(), &READER));
    // A circuit and its proof are left out: the book has no such exposures.
    for index in 0..4 {
        let mut attestation = twins()[0].clone();
        attestation.statement.rows.remove(index);
        assert_eq!(check(&attestation), "unreadable");
        attestation.proofs.remove(index);
        assert_eq!(check(&attestation), "proof");
    }
    // All are: credit risk is what the claims lack.
    let mut attestation = twins()[0].clone();
    attestation.statement.rows.clear();
    attestation.proofs.drain(..4);
    assert_eq!(check(&attestation), "statement");
    attestation.statement.without.push("credit-risk".to_owned());
    attestation.statement.without.sort();
    assert_eq!(check(&attestation), "proof");
    // No capital proof.
    let mut attestation = twins()[0].clone();
    attestation.proofs.pop();
    assert_eq!(check(&attestation), "unreadable");
    // A proof twice, as a second shard; and as a second copy.
    let mut attestation = twins()[0].clone();
    attestation.statement.rows[0].shards = 2;
    attestation.proofs.insert(0, attestation.proofs[0].clone());
    assert_eq!(check(&attestation), "proof");
    let mut attestation = twins()[0].clone();
    attestation.statement.rows[0].copies = 2;
    assert_eq!(check(&attestation), "proof");
    // One circuit's proof as another's.
    let mut attestation = twins()[0].clone();
    let rows = &mut attestation.statement.rows;
    rows.truncate(3);
    rows[2].circuit = RowCircuit::SecuredSingle;
    attestation.proofs.remove(3);
    assert_eq!(check(&attestation), "proof");
    // Two shards of one copy are not one shard of two copies.
    let mut attestation = sharded()[0].clone();
    let at = attestation
        .statement
        .rows
        .iter()
        .position(|r| r.shards == 2)
        .unwrap();
    let RowProofs { copies, shards, .. } = &mut attestation.statement.rows[at];
    (*copies, *shards) = (2, 1);
    assert_eq!(check(&attestation), "unreadable");
    let second = attestation.proofs.remove(at + 1);
    assert_eq!(check(&attestation), "proof");
    attestation.proofs[at].extend(second);
    assert_eq!(check(&attestation), "proof");
    // Lists that no statement has.
    for (copies, shards) in [
        (0, 1),
        (1, 0),
        (3, 1),
        (16, 1),
        (8, 256),
        (u16::MAX, u16::MAX),
    ] {
        let mut attestation = twins()[0].clone();
        let rows = &mut attestation.statement.rows[0];
        (rows.copies, rows.shards) = (copies, shards);
        assert_eq!(check(&attestation), "unreadable", "{copies} × {shards}");
    }
    let mut attestation = twins()[0].clone();
    attestation.statement.rows.swap(0, 1);
    assert_eq!(check(&attestation), "unreadable");
}

#[test]
fn proofs_out_of_their_places() {
    let mut verifier = verifier();
    let mut check =
        |attestation: &Attestation| reason(&verifier.check(&attestation.encode(), &READER));
    for original in [&twins()[0], &sharded()[0]] {
        let count = original.proofs.len();
        for one in 0..count {
            for other in one + 1..count {
                let mut attestation = original.clone();
                attestation.proofs.swap(one, other);
                assert_eq!(check(&attestation), "proof", "{one}, {other}");
                let mut attestation = original.clone();
                attestation.proofs[one] = attestation.proofs[other].clone();
                assert_eq!(check(&attestation), "proof", "{other} for {one}");
            }
            let mut attestation = original.clone();
            attestation.proofs[one] = original.proofs[count - 1].clone();
            assert!(one + 1 == count || check(&attestation) == "proof");
        }
    }
}

/// A proof of the same statement, from another run: valid where it stands, and yet not of this
/// book.
#[test]
fn proofs_of_another_run() {
    let mut verifier = verifier();
    for [one, other] in [twins(), sharded()] {
        assert_eq!(one.statement, other.statement);
        for index in 0..one.proofs.len() {
            let mut attestation = one.clone();
            attestation.proofs[index] = other.proofs[index].clone();
            let verdict = verifier.check(&attestation.encode(), &READER);
            assert_eq!(reason(&verdict), "link", "{index}");
        }
        // All of them together are the other attestation.
        let mut attestation = one.clone();
        attestation.proofs.clone_from(&other.proofs);
        let verdict = verifier.check(&attestation.encode(), &READER);
        assert_eq!(verdict.outcome, Outcome::Holds);
    }
}

/// A part of another attestation, whose statement is another.
#[test]
fn proofs_of_another_book() {
    let mut verifier = verifier();
    for index in 0..4 {
        let mut attestation = twins()[0].clone();
        attestation.proofs[index] = sharded()[0].proofs[index].clone();
        let verdict = verifier.check(&attestation.encode(), &READER);
        assert_eq!(reason(&verdict), "proof");
    }
    let mut attestation = twins()[0].clone();
    *attestation.proofs.last_mut().unwrap() = sharded()[0].proofs.last().unwrap().clone();
    let verdict = verifier.check(&attestation.encode(), &READER);
    assert_eq!(reason(&verdict), "proof");
}

#[test]
fn what_the_reader_insists_on() {
    let mut verifier = verifier();
    let bytes = twins()[0].encode();
    let as_of = twins()[0].statement.as_of;
    let at = |now| Policy {
        clock: plimsoll_verifier::Clock::At(now),
        ..READER
    };
    assert_eq!(reason(&verifier.check(&bytes, &at(as_of - 1))), "future");
    assert_eq!(verifier.check(&bytes, &at(as_of)).outcome, Outcome::Holds);
    let signed = Policy {
        unsigned: false,
        ..READER
    };
    assert_eq!(reason(&verifier.check(&bytes, &signed)), "unsigned");
    // Nor does anything about an unsigned one matter.
    let mut altered = twins()[0].clone();
    altered.proofs[0].fill(0);
    let verdict = verifier.check(&altered.encode(), &signed);
    assert_eq!(reason(&verdict), "unsigned");
}
