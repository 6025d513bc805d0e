//! `cargo fuzz run trust`; what is asked of the bytes stands in `src/trust.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::trust::check(bytes));
