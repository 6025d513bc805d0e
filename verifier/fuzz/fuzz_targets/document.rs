//! `cargo fuzz run document`; what is asked of the bytes stands in `src/document.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::document::check(bytes));
