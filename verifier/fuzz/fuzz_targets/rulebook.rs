//! `cargo fuzz run rulebook`; what is asked of the bytes stands in `src/rulebook.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::rulebook::check(bytes));
