//! The fixed-point library: accuracy against exact arithmetic and the golden vectors, second
//! witnesses by search, and a module that proves all of it.
#![allow(missing_docs)]

mod accuracy;
mod proofs;
mod reference;
#[path = "../common/shared.rs"]
mod shared;
mod witnesses;
