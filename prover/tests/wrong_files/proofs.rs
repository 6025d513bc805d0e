//! Vices of the proofs, in files whose words and signatures are good (ATTACKS 23, 39, 41, 43).

use ff::PrimeField;
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::PayloadType;
use plimsoll_circuits::field::{Fp, Point};
use plimsoll_circuits::protocol::layout::{Size, Standard};

use crate::base::{Base, THEIRS, sign};
use crate::make::{Corpus, Make};

/// Bytes of a point or a scalar.
const WORD: usize = 32;

pub fn add(base: &Base, corpus: &mut Corpus) {
    let mut bad = |name: &str, vice: &str, change: &dyn Fn(&mut Attestation), cause: &str| {
        let name = format!("proof-{name}");
        let (reason, _) = cause.split_once('.').unwrap();
        let file = base.altered(change);
        corpus.add(Make::attestation(&name, vice, file).refused(reason, cause));
    };
    let last = |a: &Attestation, number: usize| a.proofs[number].len() - WORD;
    let set = |number: usize, at: usize, word: [u8; WORD]| {
        move |a: &mut Attestation| a.proofs[number][at..at + WORD].copy_from_slice(&word)
    };
    bad(
        "cut",
        "a word is missing at the end",
        &|a| {
            let short = last(a, 0);
            a.proofs[0].truncate(short);
        },
        "proof.length",
    );
    bad(
        "cut-byte",
        "a byte is missing at the end",
        &|a| {
            a.proofs[1].pop();
        },
        "proof.length",
    );
    bad(
        "trailing",
        "a word of zeros after the last",
        &|a| a.proofs[1].extend([0; WORD]),
        "proof.length",
    );
    bad(
        "empty",
        "the first proof is empty",
        &|a| a.proofs[0].clear(),
        "proof.length",
    );
    bad(
        "swapped",
        "the two proofs in the other order",
        &|a| a.proofs.swap(0, 1),
        "proof.length",
    );
    let shapes = &base.shapes.attestation.proofs;
    bad(
        "other-circuit",
        "the proof of another circuit",
        &|a| a.proofs[0].clone_from(&shapes[1]),
        "proof.length",
    );
    bad(
        "zeros",
        "nothing but zeros: points at infinity",
        &|a| a.proofs[0].fill(0),
        "proof.invalid",
    );
    bad(
        "ones",
        "bytes that are neither points nor scalars",
        &|a| a.proofs[0].fill(0xff),
        "proof.point",
    );
    bad(
        "identity",
        "the first commitment is the point at infinity",
        &set(0, 0, [0; WORD]),
        "proof.invalid",
    );
    let mut beyond = [0xff; WORD];
    beyond[WORD - 1] = 0x7f;
    bad(
        "point",
        "a commitment whose coordinate is beyond the field",
        &set(1, 0, beyond),
        "proof.point",
    );
    bad(
        "no-point",
        "a coordinate without a point of the curve",
        &set(1, 0, off_curve()),
        "proof.point",
    );
    let one = &base.one.attestation.proofs;
    let at = one[1].len() - WORD;
    let mut scalar: [u8; WORD] = one[1][at..].try_into().unwrap();
    bad(
        "scalar",
        "the last scalar plus the modulus",
        &set(1, at, plus_modulus(&mut scalar)),
        "proof.invalid",
    );
    bad(
        "last-zero",
        "the last scalar is zero",
        &set(0, one[0].len() - WORD, [0; WORD]),
        "proof.invalid",
    );
    bad(
        "sign",
        "the other point of one commitment's coordinate",
        &|a| a.proofs[0][WORD - 1] ^= 0x80,
        "proof.invalid",
    );
    bad(
        "bit",
        "one bit of an evaluation",
        &|a| {
            let middle = a.proofs[1].len() / 2;
            a.proofs[1][middle] ^= 1
        },
        "proof.invalid",
    );
    let again = &base.again.attestation.proofs;
    bad(
        "half",
        "the second half is of another proof of the same statement",
        &|a| {
            let half = a.proofs[0].len() / 2 / WORD * WORD;
            a.proofs[0][half..].copy_from_slice(&again[0][half..]);
        },
        "proof.invalid",
    );
    let two = &base.two.attestation.proofs;
    bad(
        "replayed",
        "the proof of another quarter",
        &|a| a.proofs[0].clone_from(&two[0]),
        "proof.invalid",
    );
    bad(
        "replayed-capital",
        "the capital proof of another quarter",
        &|a| a.proofs[1].clone_from(&two[1]),
        "proof.invalid",
    );
    bad(
        "other-run",
        "the exposures of another run: each proof is good",
        &|a| a.proofs[0].clone_from(&again[0]),
        "link.totals",
    );
    bad(
        "other-run-capital",
        "the capital proof of another run",
        &|a| a.proofs[1].clone_from(&again[1]),
        "link.totals",
    );
    another_institutions(base, corpus);
}

/// Signed by the other institution, under its own name: the signature is good, the proof is not.
fn another_institutions(base: &Base, corpus: &mut Corpus) {
    let mut attestation = base.one.attestation.clone();
    attestation.statement.lei = plimsoll_circuits::book::Lei::parse(crate::base::OTHER).unwrap();
    let mut envelope = Document::unsigned(attestation, Standard::K).envelope;
    assert_eq!(envelope.payload_type, PayloadType::InToto);
    sign(&mut envelope, THEIRS);
    let vice = "another institution's proof, under its own name and signature";
    let make = Make::attestation("proof-stolen", vice, envelope.encode());
    corpus.add(make.refused("proof", "proof.invalid"));
}

/// A coordinate that no point has.
fn off_curve() -> [u8; WORD] {
    use pasta_curves::group::GroupEncoding as _;
    let words = (1u8..=255).map(|n| {
        let mut word = [0; WORD];
        word[0] = n;
        word
    });
    let none = |word: &[u8; WORD]| bool::from(Point::from_bytes(word).is_none());
    let mut words = words.filter(none);
    words.next().unwrap()
}

/// Little-endian, and below 2^256: the modulus has 255 bits.
fn plus_modulus(word: &mut [u8; WORD]) -> [u8; WORD] {
    let largest = (-Fp::from(1)).to_repr();
    let mut carry = 1u16;
    for (byte, more) in word.iter_mut().zip(largest) {
        carry += u16::from(*byte) + u16::from(more);
        *byte = carry as u8;
        carry >>= 8;
    }
    assert_eq!(carry, 0);
    *word
}
