//! What two attestations have in common: their shape, and no more.

use std::collections::BTreeSet;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::Book;

use crate::{WORD, attested, book, sharded, twins};

fn words(attestation: &Attestation) -> impl Iterator<Item = (usize, usize, &[u8])> {
    let proofs = attestation.proofs.iter().enumerate();
    proofs.flat_map(|(proof, bytes)| {
        let words = bytes.chunks_exact(WORD).enumerate();
        words.map(move |(word, bytes)| (proof, word, bytes))
    })
}

#[test]
fn two_proofs_of_one_book_have_no_word_in_common() {
    for [one, other] in [twins(), sharded()] {
        assert_eq!(one.statement, other.statement);
        let seen: BTreeSet<&[u8]> = words(one).map(|(.., bytes)| bytes).collect();
        let mut common: Vec<(usize, usize, &[u8])> = Vec::new();
        for (proof, word, bytes) in words(other) {
            if seen.contains(bytes) {
                common.push((proof, word, bytes));
            }
        }
        assert_eq!(common, []);
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
