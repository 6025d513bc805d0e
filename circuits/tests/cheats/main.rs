//! The cheat harness: for every named constraint of every circuit, a witness that is wrong in
//! exactly that respect and re-solved in every other, and that is refused *there*.
//!
//! Two layers: the evaluator names the constraint; the library's own mock prover, and for a sample
//! its real prover and verifier, refuse the same witness.

#[path = "../common/mod.rs"]
mod common;

mod banded;
mod capital;
mod catalogue;
mod coverage;
mod derivatives;
mod engine;
mod fixed_tables;
mod general;
mod honest;
mod layouts;
mod plain;
mod proofs;
mod secured;
mod sweep;
mod vouched;
