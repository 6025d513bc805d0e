//! What is asked of every reader of foreign bytes, whatever the bytes.
//!
//! Each room has one function, `check`, which panics where a reader breaks its word: it panics
//! itself, it accepts two forms of one content, or an error shows what it must not. The fuzzer
//! calls them with bytes of its own; `prover/tests/fuzz_corpus.rs` calls them with those that are
//! kept in `corpus`, in each run of the tests.

pub mod attestation;
pub mod book;
pub mod disclosure;
pub mod document;
pub mod envelope;
pub mod rulebook;
pub mod seen;
pub mod snapshot;
pub mod trust;

/// A reader of bytes.
pub type Check = fn(&[u8]);

/// Every room, by the name of its target and of its corpus.
pub const ALL: [(&str, Check); 9] = [
    ("envelope", envelope::check),
    ("document", document::check),
    ("attestation", attestation::check),
    ("rulebook", rulebook::check),
    ("snapshot", snapshot::check),
    ("trust", trust::check),
    ("seen", seen::check),
    ("disclosure", disclosure::check),
    ("book", book::check),
];

/// Texts are read as UTF-8 before their readers see them.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// A message is of one line, all of it to be seen, and no longer than a screen holds.
pub fn message(message: &str) {
    assert!(message.chars().count() <= 2_000, "a long message");
    assert!(
        !message.chars().any(plimsoll_circuits::text::is_hidden),
        "{message:?}"
    );
}
