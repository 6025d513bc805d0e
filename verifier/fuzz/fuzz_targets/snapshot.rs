//! `cargo fuzz run snapshot`; what is asked of the bytes stands in `src/snapshot.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::snapshot::check(bytes));
