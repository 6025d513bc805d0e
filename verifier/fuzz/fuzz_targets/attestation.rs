//! `cargo fuzz run attestation`; what is asked of the bytes stands in `src/attestation.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::attestation::check(bytes));
