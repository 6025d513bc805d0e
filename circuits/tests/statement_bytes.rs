//! The bytes of a statement and of an attestation at their edges: the last value that is read and
//! the first that is not.
#![allow(missing_docs)]

mod common;

use plimsoll_circuits::attestation::{Attestation, AttestationError, MAX_BYTES};

use plimsoll_circuits::claim::{Claim, MAX_THRESHOLD, Ratio};
use plimsoll_circuits::protocol::layout::MAX_COPIES;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::statement::{
    Linked, MAX_COPIES_PER_PROOF, RowCircuit, RowProofs, Statement, StatementError,
};

/// What is said of a statement after a change.
fn changed(change: impl FnOnce(&mut Statement)) -> Result<(), StatementError> {
    let basel = Rulebook::builtin("basel-2023").unwrap();
    let mut statement = common::statement(&basel, &[RowCircuit::Plain], &[]);
    change(&mut statement);
    let read = Statement::decode(&statement.encode())?;
    assert_eq!(read, statement);
    Ok(())
}

fn field(name: &'static str) -> Result<(), StatementError> {
    Err(StatementError::Field(name))
}

#[test]
fn the_first_follows_nothing_and_every_other_one_something() {
    let said = |sequence, previous: u8| {
        changed(|s| {
            s.sequence = sequence;
            s.previous = [previous; 32];
        })
    };
    assert_eq!(said(1, 0), Ok(()));
    assert_eq!(said(2, 3), Ok(()));
    assert_eq!(said(u64::MAX, 3), Ok(()));
    for (sequence, previous) in [(0, 0), (0, 3), (1, 3), (2, 0), (u64::MAX, 0)] {
        assert_eq!(said(sequence, previous), field("sequence"), "{sequence}");
    }
}

#[test]
fn a_currency_is_two_to_eight_capitals_and_digits() {
    let said = |text: &str| changed(|s| s.currency = text.to_owned());
    for text in ["US", "USD", "U2", "12345678"] {
        assert_eq!(said(text), Ok(()), "{text}");
    }
    for text in ["", "U", "usd", "US D", "US-", "123456789", "1234567890"] {
        assert_eq!(said(text), field("currency"), "{text}");
    }
}

#[test]
fn each_ratio_is_claimed_once_and_in_order() {
    let claim = |ratio, threshold| Claim { ratio, threshold };
    let said = |claims: &[Claim]| changed(|s| s.claims = claims.to_vec());
    let (cet1, tier1) = (Ratio::Cet1, Ratio::Tier1);
    assert_eq!(said(&[claim(cet1, 0)]), Ok(()));
    assert_eq!(said(&[claim(cet1, MAX_THRESHOLD)]), Ok(()));
    assert_eq!(said(&[claim(cet1, 4), claim(tier1, 4)]), Ok(()));
    let wrong: [&[Claim]; 5] = [
        &[],
        &[claim(cet1, MAX_THRESHOLD + 1)],
        &[claim(cet1, 4), claim(cet1, 4)],
        &[claim(cet1, 4), claim(cet1, 5)],
        &[claim(tier1, 4), claim(cet1, 4)],
    ];
    for claims in wrong {
        assert_eq!(said(claims), field("claim"), "{claims:?}");
    }
}

#[test]
fn stated_lines_and_modules_left_out_ascend() {
    let stated = |lines: &[u8]| changed(|s| s.stated = lines.to_vec());
    assert_eq!(stated(&[]), Ok(()));
    assert_eq!(stated(&[0, 3, 255]), Ok(()));
    assert_eq!(stated(&[3, 3]), field("stated lines"));
    assert_eq!(stated(&[3, 2]), field("stated lines"));
    let without = |names: &[&str]| {
        changed(|s| s.without = names.iter().map(|name| (*name).to_owned()).collect())
    };
    let (longest, longer) = ("m".repeat(64), "m".repeat(65));
    assert_eq!(without(&[]), Ok(()));
    assert_eq!(without(&["cva", "market-risk"]), Ok(()));
    assert_eq!(without(&[&longest]), Ok(()));
    let wrong: [&[&str]; 6] = [
        &[""],
        &[&longer],
        &["cva", "cva"],
        &["market-risk", "cva"],
        &["market risk"],
        &["m\u{e4}rkte"],
    ];
    for names in wrong {
        let refused = field("list of modules left out");
        assert_eq!(without(names), refused, "{names:?}");
    }
}

#[test]
fn each_circuit_stands_once_and_copies_are_counted_over_all() {
    let rows = |circuit, copies, shards| RowProofs {
        circuit,
        copies,
        shards,
    };
    let said = |list: &[RowProofs]| changed(|s| s.rows = list.to_vec());
    let (plain, secured) = (RowCircuit::Plain, RowCircuit::Secured);
    let all = MAX_COPIES as u16 / MAX_COPIES_PER_PROOF;
    assert_eq!(said(&[]), Ok(()));
    assert_eq!(said(&[rows(plain, MAX_COPIES_PER_PROOF, all)]), Ok(()));
    let half = |circuit| rows(circuit, MAX_COPIES_PER_PROOF, all / 2);
    assert_eq!(said(&[half(plain), half(secured)]), Ok(()));
    let wrong: [&[RowProofs]; 8] = [
        &[rows(plain, 1, 0)],
        &[rows(plain, 0, 1)],
        &[rows(plain, 1, 3)],
        &[rows(plain, 2 * MAX_COPIES_PER_PROOF, 1)],
        &[rows(plain, MAX_COPIES_PER_PROOF, 2 * all)],
        &[rows(plain, MAX_COPIES_PER_PROOF, all), rows(secured, 1, 1)],
        &[rows(plain, 1, 1), rows(plain, 1, 1)],
        &[rows(secured, 1, 1), rows(plain, 1, 1)],
    ];
    for list in wrong {
        assert_eq!(said(list), field("list of proofs"), "{list:?}");
    }
    assert!(!Linked::of(&[]).any());
    assert!(Linked::of(&[rows(plain, 1, 1)]).any());
    assert!(Linked::of(&[rows(RowCircuit::Derivatives, 1, 1)]).any());
}

/// ATTACKS 26: one hash over all bytes, in a domain of its own.
#[test]
fn attacks_26_digests_of_statement_and_attestation_have_domains() {
    let basel = Rulebook::builtin("basel-2023").unwrap();
    let statement = common::statement(&basel, &[RowCircuit::Plain], &[]);
    let hash = |personal: &[u8; 16], bytes: &[u8]| {
        let mut hash = blake2b_simd::Params::new();
        let hash = hash.hash_length(32).personal(personal).hash(bytes);
        hash.as_bytes().to_vec()
    };
    let bytes = statement.encode();
    assert_eq!(
        statement.digest().to_vec(),
        hash(b"Plimsoll-stmt-01", &bytes)
    );
    let proofs = vec![vec![1; 32], vec![2; 32]];
    let attestation = Attestation { statement, proofs };
    let (bytes, digest) = (attestation.encode(), attestation.digest().to_vec());
    assert_eq!(digest, hash(b"Plimsoll-attn-01", &bytes));
    assert_eq!(Attestation::decode(&bytes), Ok(attestation));
}

/// ATTACKS 46: lengths are looked at before what is of that length.
#[test]
fn attacks_46_the_longest_attestation_and_the_longest_statement() {
    let none = Err(AttestationError::Magic);
    assert_eq!(Attestation::decode(&vec![0; MAX_BYTES]), none);
    let large = Err(AttestationError::TooLarge);
    assert_eq!(Attestation::decode(&vec![0; MAX_BYTES + 1]), large);
    let with_statement = |length: usize| {
        let mut bytes = b"PLIMSOLL\x01\x00".to_vec();
        bytes.extend_from_slice(&(length as u32).to_le_bytes());
        bytes.resize(bytes.len() + length, 0);
        Attestation::decode(&bytes)
    };
    let longest = 16 << 10;
    let said = |error| Err(AttestationError::Statement(error));
    assert_eq!(with_statement(longest), said(StatementError::Magic));
    assert_eq!(with_statement(longest + 1), said(StatementError::Trailing));
    assert_eq!(with_statement(2 * longest), said(StatementError::Trailing));
}
