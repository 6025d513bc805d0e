//! What a verifier says of files whose words belie their bytes.

use plimsoll_circuits::document::MAX_BYTES;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_verifier::Policy;

use plimsoll_circuits::protocol::params::{ParamsError, PublicParams};

use crate::*;

/// Words changed, and signed by the institution's own key: refused all the same.
#[test]
fn attacks_35_words_that_belie_the_bytes() {
    let envelope = Envelope::decode(&one(), PayloadType::InToto, MAX_BYTES).unwrap();
    let payload = String::from_utf8(envelope.payload).unwrap();
    for (from, to) in [
        ("cet1>=8.37%", "cet1>=9.37%"),
        ("2022-12-31T", "2023-12-31T"),
        ("\"sequence\":1", "\"sequence\":2"),
        (LEI, OTHER),
    ] {
        assert!(payload.contains(from));
        let altered = payload.replace(from, to).into_bytes();
        let mut envelope = Envelope::unsigned(PayloadType::InToto, altered);
        sign(&mut envelope, 1);
        for policy in [Policy::UNSIGNED, reader(&trust_text(LEI, &[1], ""), SECOND)] {
            let verdict = verifier().check(&envelope.encode(), &policy);
            assert_eq!(says(&verdict), "copy", "{to}");
            assert!(verdict.facts.is_none());
        }
    }
}

/// A rulebook's envelope, even with the institution's signature, is no attestation.
#[test]
fn attacks_26_kinds_of_payload_are_kept_apart() {
    let payload = Envelope::decode(&one(), PayloadType::InToto, MAX_BYTES)
        .unwrap()
        .payload;
    for kind in [PayloadType::Rulebook, PayloadType::Snapshot] {
        let mut envelope = Envelope::unsigned(kind, payload.clone());
        sign(&mut envelope, 1);
        let policy = reader(&trust_text(LEI, &[1], ""), SECOND);
        let verdict = verifier().check(&envelope.encode(), &policy);
        assert_eq!(says(&verdict), "unreadable");
    }
}

/// ATTACKS 42: parameters are those of the pinned digest. Other points of the curve would do as well
/// for a proof, and somebody could know how they hang together.
#[test]
fn attacks_42_no_other_parameters_are_read() {
    let good = params().to_bytes();
    let read = |bytes: &[u8]| PublicParams::from_bytes(Standard::K, bytes).map(|p| p.digest());
    assert_eq!(read(&good), Ok(params().digest()));
    let other = Err(ParamsError::Digest(Standard::K));
    // Two generators in each other's place, and one of them twice.
    let (first, second) = (4..36, 36..68);
    let mut swapped = good.clone();
    swapped[first.clone()].copy_from_slice(&good[second.clone()]);
    assert_eq!(read(&swapped), other);
    swapped[second].copy_from_slice(&good[first]);
    assert_eq!(read(&swapped), other);
    assert_eq!(read(&[&good[..], &[0]].concat()), other);
    let unknown = PublicParams::from_bytes(Standard::K + 1, &good).map(|p| p.digest());
    assert_eq!(unknown, Err(ParamsError::Unknown(Standard::K + 1)));
}
