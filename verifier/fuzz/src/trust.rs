//! Trust files.

use plimsoll_verifier::Trust;

/// What is accepted says what a reader can act on.
pub fn check(bytes: &[u8]) {
    let Some(text) = super::text(bytes) else {
        return;
    };
    let trust = match Trust::parse(text) {
        Ok(trust) => trust,
        Err(error) => {
            super::message(&error.to_string());
            return super::message(error.hint());
        }
    };
    assert_eq!(Trust::parse(text), Ok(trust.clone()));
    for known in &trust.institutions {
        assert_eq!(
            trust.institution(known.lei),
            Some(known),
            "one entry of each"
        );
        assert!((1..=known.keys.len()).contains(&known.signatures));
        let other = |at: usize| known.keys[at + 1..].contains(&known.keys[at]);
        assert!(!(0..known.keys.len()).any(other), "a key that counts twice");
    }
}
