//! `cargo fuzz run seen`; what is asked of the bytes stands in `src/seen.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::seen::check(bytes));
