//! `cargo fuzz run envelope`; what is asked of the bytes stands in `src/envelope.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::envelope::check(bytes));
