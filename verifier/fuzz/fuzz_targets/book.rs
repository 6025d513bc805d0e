//! `cargo fuzz run book`; what is asked of the bytes stands in `src/book.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plimsoll_fuzz::book::check(bytes));
