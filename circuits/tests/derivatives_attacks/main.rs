//! Witnesses that would cheat the derivatives circuit, and the constraint that refuses each: the
//! figures of an honest assessment are doctored, everything that follows from them is made anew.
//! Where one constraint alone is named, the witness passes without it.
#![cfg(feature = "cheat")]

#[path = "../common/mod.rs"]
mod common;

mod options;
mod records;
mod setup;
mod tranches;
