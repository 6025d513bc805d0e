//! Bytes, one by one and in runs, without regard to what they mean.

use std::collections::BTreeMap;
use std::ops::Range;

use plimsoll_circuits::attestation::Attestation;

use crate::{READER, WORD, named, plain, reason, sharded, twins, verifier};

/// Where the statement lies in the file: after magic, version and length.
const STATEMENT: usize = 14;

/// The parts of a file: header, statement, then for each proof its length and its bytes.
fn parts(attestation: &Attestation) -> Vec<Range<usize>> {
    let mut parts = vec![0..8, 8..10, 10..STATEMENT];
    let statement = STATEMENT + attestation.statement.encode().len();
    parts.push(STATEMENT..statement);
    let mut at = statement;
    for proof in &attestation.proofs {
        parts.push(at..at + 4);
        parts.push(at + 4..at + 4 + proof.len());
        at += 4 + proof.len();
    }
    parts
}

#[test]
fn every_byte_of_header_and_statement() {
    let attestation = &twins()[0];
    let bytes = attestation.encode();
    let mut verifier = verifier();
    let statement = attestation.statement.encode();
    // Fields from the start of the statement, and what a change of any of their bytes may meet.
    let fields: [(usize, &str, &[&str]); 11] = [
        (6, "magic and version", &["unreadable"]),
        (20, "LEI", &["unreadable", "proof"]),
        (8, "as-of", &["proof"]),
        (8, "sequence", &["unreadable", "proof"]),
        (32, "previous", &["proof"]),
        (32, "rulebook", &["unknown_rulebook"]),
        (32, "snapshot", &["unknown_snapshot"]),
        (4, "currency", &["unreadable", "statement"]),
        (1, "scale", &["unreadable", "proof"]),
        (11, "claims", &["unreadable", "statement", "proof"]),
        // Lists, flag, row circuits, signed columns.
        (
            usize::MAX,
            "the rest",
            &["unreadable", "statement", "proof"],
        ),
    ];
    let field = |at: usize| {
        let mut end = 0usize;
        let found = fields.iter().find(|(length, ..)| {
            end = end.saturating_add(*length);
            at < end
        });
        let (_, name, reasons) = found.unwrap();
        (*name, *reasons)
    };
    let mut counts = BTreeMap::new();
    for at in 0..STATEMENT + statement.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut altered = bytes.clone();
            altered[at] ^= change;
            let verdict = verifier.check(&altered, &READER);
            let found = reason(&verdict);
            let (name, reasons) = match at.checked_sub(STATEMENT) {
                None => ("header", &["unreadable"][..]),
                Some(at) => field(at),
            };
            assert!(reasons.contains(&found), "byte {at} ({name}): {found}");
            *counts.entry((name, found)).or_insert(0) += 1;
        }
    }
    println!("{counts:?}");
}

/// One word in this many has its turn, the first and the last of each proof always; all of them
/// where `PLIMSOLL_SWEEP` is set, which takes minutes.
const SAMPLE: usize = 5;

#[test]
fn one_bit_in_the_words_of_every_proof() {
    let whole = std::env::var_os("PLIMSOLL_SWEEP").is_some();
    let attestation = &twins()[0];
    let mut bytes = attestation.encode();
    let mut verifier = verifier();
    let mut words = 0;
    for (number, part) in (1..).zip(parts(attestation)[4..].chunks_exact(2)) {
        let proof = part[1].clone();
        assert_eq!(proof.len() % WORD, 0);
        let last = proof.len() / WORD - 1;
        for (index, at) in proof.step_by(WORD).enumerate() {
            let edge = index == 0 || index == last;
            if !whole && !edge && index % SAMPLE != number % SAMPLE {
                continue;
            }
            // Every bit of a word has its turn: 97 is odd.
            let bit = (index * 97 + number) % (8 * WORD);
            let (byte, mask) = (at + bit / 8, 1 << (bit % 8));
            bytes[byte] ^= mask;
            let verdict = verifier.check(&bytes, &READER);
            bytes[byte] ^= mask;
            assert_eq!(reason(&verdict), "proof");
            assert_eq!(named(&verdict), number, "word {index}, bit {bit}");
            words += 1;
        }
    }
    println!("{words} words");
}

#[test]
fn lengths() {
    let mut verifier = verifier();
    for attestation in [&twins()[0], &sharded()[0]] {
        let bytes = attestation.encode();
        for part in parts(attestation) {
            for end in [part.start, part.end] {
                for end in [end.saturating_sub(1), end, end + 1] {
                    if end < bytes.len() {
                        let verdict = verifier.check(&bytes[..end], &READER);
                        assert_eq!(reason(&verdict), "unreadable", "cut at {end}");
                    }
                }
            }
        }
        // A byte; a word; an empty part; the last proof once more.
        let again = {
            let last = attestation.proofs.last().unwrap();
            let mut part = (last.len() as u32).to_le_bytes().to_vec();
            part.extend_from_slice(last);
            part
        };
        for more in [&[0][..], &[0; 4], &[0; 32], &again] {
            let longer = [&bytes[..], more].concat();
            assert_eq!(reason(&verifier.check(&longer, &READER)), "unreadable");
        }
        // Every byte of every length. What follows is read at another place.
        for part in parts(attestation)[2..]
            .iter()
            .filter(|part| part.len() == 4)
        {
            for at in part.clone() {
                for change in [0x01, 0x80, 0xff] {
                    let mut altered = bytes.clone();
                    altered[at] ^= change;
                    assert_eq!(reason(&verifier.check(&altered, &READER)), "unreadable");
                }
            }
        }
        // Proofs of another length, in a file that says so.
        for index in 0..attestation.proofs.len() {
            let proof = &attestation.proofs[index];
            let cut = |less: usize| proof[..proof.len() - less].to_vec();
            let grown = |more: usize| [&proof[..], &vec![0; more]].concat();
            for length in [cut(1), cut(32), Vec::new(), grown(1), grown(32)] {
                let mut altered = attestation.clone();
                altered.proofs[index] = length;
                let verdict = verifier.check(&altered.encode(), &READER);
                assert_eq!((reason(&verdict), named(&verdict)), ("proof", index + 1));
            }
        }
    }
}

/// Little-endian 256-bit sum, if it fits.
fn plus(word: &[u8], modulus: &[u8; WORD]) -> Option<[u8; WORD]> {
    let mut carry = 0u16;
    let sum = std::array::from_fn(|i| {
        carry = (carry >> 8) + u16::from(word[i]) + u16::from(modulus[i]);
        carry as u8
    });
    (carry >> 8 == 0).then_some(sum)
}

/// The modulus of a field, from its largest element.
fn modulus<F: ff::PrimeField<Repr = [u8; WORD]>>() -> [u8; WORD] {
    let mut one = [0; WORD];
    one[0] = 1;
    plus(&(-F::ONE).to_repr(), &one).unwrap()
}

#[test]
fn other_encodings_of_the_same_values() {
    use plimsoll_circuits::field::{Fp, Point};
    let scalars = modulus::<Fp>();
    let coordinates = modulus::<<Point as pasta_curves::arithmetic::CurveAffine>::Base>();
    let attestation = plain();
    let mut verifier = verifier();
    let mut tried = 0;
    for index in 0..attestation.proofs.len() {
        for word in 0..attestation.proofs[index].len() / WORD {
            let at = word * WORD..(word + 1) * WORD;
            let old = &attestation.proofs[index][at.clone()];
            // Whichever of the two it is, adding the other's modulus is refused as well. Bit 255
            // of a point is a sign: it is kept, and the coordinate below it grows.
            for modulus in [&scalars, &coordinates] {
                let mut unsigned = old.to_vec();
                let sign = unsigned[WORD - 1] & 0x80;
                unsigned[WORD - 1] &= 0x7f;
                let Some(mut new) = plus(&unsigned, modulus) else {
                    continue;
                };
                if new[WORD - 1] & 0x80 != 0 {
                    continue;
                }
                new[WORD - 1] |= sign;
                let mut altered = attestation.clone();
                altered.proofs[index][at.clone()].copy_from_slice(&new);
                let verdict = verifier.check(&altered.encode(), &READER);
                assert_eq!((reason(&verdict), named(&verdict)), ("proof", index + 1));
                tried += 1;
            }
        }
    }
    println!("{tried} encodings");
}

#[test]
fn words_that_are_nothing() {
    let attestation = &twins()[0];
    let mut verifier = verifier();
    for index in 0..attestation.proofs.len() {
        let length = attestation.proofs[index].len();
        // A whole proof of zeros is one of identities; 0xff is neither a point nor a scalar.
        for byte in [0x00, 0xff] {
            let mut altered = attestation.clone();
            altered.proofs[index] = vec![byte; length];
            let verdict = verifier.check(&altered.encode(), &READER);
            assert_eq!((reason(&verdict), named(&verdict)), ("proof", index + 1));
        }
    }
    // The identity, and zero, in every place of the smallest proof.
    let last = attestation.proofs.len() - 1;
    for word in 0..attestation.proofs[last].len() / WORD {
        for byte in [0x00, 0xff] {
            let mut altered = attestation.clone();
            altered.proofs[last][word * WORD..(word + 1) * WORD].fill(byte);
            if altered == *attestation {
                continue;
            }
            let verdict = verifier.check(&altered.encode(), &READER);
            assert_eq!(
                (reason(&verdict), named(&verdict)),
                ("proof", last + 1),
                "word {word}"
            );
        }
    }
}

#[test]
fn noise() {
    let mut verifier = verifier();
    let mut state = 1u64;
    let mut byte = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    for length in [0, 1, 14, 300, 10 << 20] {
        let noise: Vec<u8> = (0..length).map(|_| byte()).collect();
        assert_eq!(reason(&verifier.check(&noise, &READER)), "unreadable");
        assert_eq!(reason(&verifier.check_file(&noise, &READER)), "unreadable");
    }
    // Noise where the proofs were.
    let mut attestation = twins()[0].clone();
    for proof in &mut attestation.proofs {
        proof.fill_with(&mut byte);
    }
    let verdict = verifier.check(&attestation.encode(), &READER);
    assert_eq!((reason(&verdict), named(&verdict)), ("proof", 1));
    let zeros = vec![0; plimsoll_circuits::attestation::MAX_BYTES + 1];
    assert_eq!(reason(&verifier.check(&zeros, &READER)), "unreadable");
    let zeros = vec![0; plimsoll_circuits::document::MAX_BYTES + 1];
    assert_eq!(reason(&verifier.check_file(&zeros, &READER)), "unreadable");
}
