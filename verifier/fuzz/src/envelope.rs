//! Envelopes: one encoding of each.

use plimsoll_circuits::envelope::{Envelope, PayloadType};

const MOST: usize = 1 << 20;

/// Whatever is accepted is what would be written.
pub fn check(bytes: &[u8]) {
    let mut accepted = 0;
    for kind in PayloadType::ALL {
        match Envelope::decode(bytes, kind, MOST) {
            Ok(envelope) => {
                accepted += 1;
                assert_eq!(envelope.encode(), bytes, "two forms of one envelope");
                assert!(envelope.signed_bytes().ends_with(&envelope.payload));
                let keys = envelope.signatures().iter().map(|signature| signature.key);
                assert!(keys.is_sorted_by(|a, b| a < b));
            }
            Err(error) => super::message(&error.to_string()),
        }
    }
    assert!(accepted <= 1, "one envelope, two kinds of payload");
}
