//! The reference pages of `fixtures/formats` are held against the code: attestation, trust file.
//! Those of the book and the rulebook have their tests in `schemas.rs` and in `plimsoll-circuits`.
#![allow(missing_docs)]

mod attestation;
#[path = "../support/mod.rs"]
mod support;
mod trust;
