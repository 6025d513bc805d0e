//! The file of what was seen.

use plimsoll_verifier::chain::Seen;

/// What is read is written and read again; what is cut is not believed.
pub fn check(bytes: &[u8]) {
    let Some(text) = super::text(bytes) else {
        return;
    };
    match Seen::parse(text) {
        Ok(seen) => assert_eq!(Seen::parse(&seen.to_text()), Ok(seen)),
        Err(error) => super::message(&error.to_string()),
    }
}
