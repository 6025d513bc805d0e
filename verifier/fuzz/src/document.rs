//! Documents: what is accepted is the one form of what it says.
//!
//! Base64 hides a statement from a fuzzer, so that the bytes stand for it twice: as a whole file,
//! and as the payload of an envelope that is made around them.

use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::{Size, Small, Standard};

/// The file, and the payload.
pub fn check(bytes: &[u8]) {
    one(bytes);
    one(&Envelope::unsigned(PayloadType::InToto, bytes.to_vec()).encode());
}

fn one(bytes: &[u8]) {
    let sizes = [Standard::K, Small::K].map(|k| match Document::decode(bytes, k) {
        Ok(document) => {
            assert_eq!(document.encode(), bytes, "two forms of one document");
            assert_eq!(document.attestation.digest(), document.digest);
            let again = Document::unsigned(document.attestation.clone(), k);
            assert_eq!(again.envelope.payload, document.envelope.payload);
            true
        }
        Err(error) => {
            super::message(&error.to_string());
            false
        }
    });
    assert!(sizes != [true; 2], "one document, two sizes of circuit");
}
