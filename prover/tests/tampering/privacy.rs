//! What two attestations have in common: their shape, and no more.

use std::collections::BTreeSet;
use std::ops::Range;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::circuit::{InstanceColumns, SUM_ROTATIONS, SecondRound};
use plimsoll_circuits::protocol::layout::{Size, Small};

use crate::{WORD, attested, book, sharded, twins};

fn words(attestation: &Attestation) -> impl Iterator<Item = (usize, usize, &[u8])> {
    let proofs = attestation.proofs.iter().enumerate();
    proofs.flat_map(|(proof, bytes)| {
        let words = bytes.chunks_exact(WORD).enumerate();
        words.map(move |(word, bytes)| (proof, word, bytes))
    })
}

/// Where a proof has the evaluations of public columns, instance and fixed: what a reader computes
/// without it, and zero where the whole column is.
fn public_words(kind: CircuitKind, proof: &[u8], copies: usize) -> [Range<usize>; 2] {
    let layout = kind.layout::<Small>().unwrap();
    let advice = layout.first_round() + SecondRound::of(&layout).count;
    let scalars = 2 + layout.beta_powers();
    // The quotient's four pieces come after the random polynomial.
    let first = copies * advice + 5;
    let instance = copies * (InstanceColumns::of(&layout).count - 1 + scalars);
    // From the end: two scalars, the inner-product argument's points, evaluations of the opening
    // and its quotient, the random polynomial's evaluation; before them, five fixed columns.
    let sets = 3 + usize::from(scalars != SUM_ROTATIONS);
    let after = 2 + (1 + 2 * Small::K as usize) + sets + 1 + 1;
    let end = proof.len() / WORD - after;
    [first..first + instance, end - 5..end]
}

/// Copies in each proof of an attestation, with its circuit.
fn circuits(attestation: &Attestation) -> Vec<(CircuitKind, usize)> {
    let rows = attestation.statement.rows.iter();
    rows.flat_map(|rows| {
        let kind = CircuitKind::Rows(rows.circuit);
        std::iter::repeat_n((kind, rows.copies.into()), rows.shards.into())
    })
    .chain([(CircuitKind::Capital, 1)])
    .collect()
}

#[test]
fn two_proofs_of_one_book_have_no_word_in_common() {
    for [one, other] in [twins(), sharded()] {
        assert_eq!(one.statement, other.statement);
        let circuits = circuits(one);
        let seen: BTreeSet<&[u8]> = words(one).map(|(.., bytes)| bytes).collect();
        for (proof, word, bytes) in words(other) {
            if !seen.contains(bytes) {
                continue;
            }
            // A public column that is zero throughout, such as the range tags of a circuit that
            // has only whole limbs, and nothing else.
            let (kind, copies) = circuits[proof];
            let public = public_words(kind, &other.proofs[proof], copies);
            let public = public.iter().any(|range| range.contains(&word));
            assert!(
                public && bytes == [0; WORD],
                "proof {proof}, word {word}: {bytes:?}"
            );
        }
    }
}

/// Balances of zero, provisions of everything, and as much as fits: one shape, one size.
#[test]
fn books_of_one_shape_have_attestations_of_one_size() {
    let rich = book();
    let mut poor = rich.clone();
    for exposure in &mut poor.exposures {
        exposure.amount = exposure.amount.min(1);
        exposure.provisions = exposure.provisions.min(exposure.amount);
        exposure.property_value = exposure.property_value.min(1);
    }
    let zero = |book: &Book| Book {
        exposures: book
            .exposures
            .iter()
            .cloned()
            .map(|mut exposure| {
                (exposure.amount, exposure.provisions) = (0, 0);
                exposure
            })
            .collect(),
        collateral: book
            .collateral
            .iter()
            .cloned()
            .map(|mut item| {
                item.amount = 0;
                item
            })
            .collect(),
        ..book.clone()
    };
    let sizes = |attestation: &Attestation| {
        let proofs: Vec<usize> = attestation.proofs.iter().map(Vec::len).collect();
        (
            attestation.statement.encode(),
            proofs,
            attestation.encode().len(),
        )
    };
    let all = attested(&[&rich, &poor, &zero(&rich)], &["cet1>=3%"]);
    assert_eq!(sizes(&all[0]), sizes(&all[1]));
    assert_eq!(sizes(&all[0]), sizes(&all[2]));
}
