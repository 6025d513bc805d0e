//! `cargo fuzz run disclosure`; what is asked of the bytes stands in `src/disclosure.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::disclosure::check(bytes));
