//! What a verifier says of files whose words belie their bytes.

use plimsoll_circuits::document::MAX_BYTES;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_verifier::Policy;

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
