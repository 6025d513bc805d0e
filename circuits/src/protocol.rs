//! The protocol: two rounds, lookups, totals, links.
//!
//! The proof is the commitment: its advice columns' Pedersen commitments are the commitment to
//! the book. See `circuits/spec/protocol.md` for the soundness argument.
//!
//! | room | what for |
//! | --- | --- |
//! | [`expr`], [`layout`], [`fixed`] | what a module's author states |
//! | [`publics`] | what the verifier builds by itself |
//! | [`witness`], [`tape`], [`prove`] | the prover's side |
//! | [`verify`] | the verifier's side |
//! | [`opening`] | single cells of a published proof, shown and proven |
//! | [`challenge`], [`params`], [`key`] | what both hash, derive and pin |
//! | [`circuit`], [`lookup`] | how it becomes halo2 gates |
//! | `cheat` (feature of that name) | the adversary of the tests |
//! | `evaluate` (with `cheat`) | which constraint a witness breaks, and where |

pub mod challenge;
#[cfg(feature = "cheat")]
pub mod cheat;
pub mod circuit;
#[cfg(feature = "cheat")]
pub mod evaluate;
pub mod expr;
pub mod fixed;
pub mod key;
pub mod layout;
pub mod lookup;
pub mod opening;
pub mod params;
pub mod prove;
pub mod publics;
pub mod tape;
pub mod verify;
pub mod witness;
