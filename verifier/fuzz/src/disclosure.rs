//! Disclosures: the file, and the payload by itself, which base64 hides from a fuzzer.

use plimsoll_circuits::disclosure::{Disclosure, DisclosureError};
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::Standard;

/// The file, and the payload.
pub fn check(bytes: &[u8]) {
    one(bytes);
    one(&Envelope::unsigned(PayloadType::Disclosure, bytes.to_vec()).encode());
}

/// One form; the cells of its records, each once and in order.
fn one(bytes: &[u8]) {
    let disclosure = match Disclosure::decode::<Standard>(bytes) {
        Ok(disclosure) => disclosure,
        Err(error) => return said(&error),
    };
    assert_eq!(disclosure.encode(), bytes, "two forms of one disclosure");
    match disclosure.cells::<Standard>() {
        Ok(cells) => assert!(cells.is_sorted_by(|(a, _), (b, _)| a < b)),
        Err(error) => said(&error),
    }
}

fn said(error: &DisclosureError) {
    super::message(&error.to_string());
}
