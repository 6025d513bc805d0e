//! Verification of attestations.
//!
//! A verifier trusts its own code, the rulebooks and snapshots it was given, and the parameters
//! whose digest is pinned. From an attestation it takes bytes, and believes none of them.
//!
//! ```no_run
//! use plimsoll_verifier::{Policy, Verifier};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let params = plimsoll_circuits::protocol::params::PublicParams::derive(14).into();
//! let mut verifier = Verifier::standard(params)?;
//! let bytes = std::fs::read("bank.plimsoll")?;
//! let verdict = verifier.check(&bytes, &Policy { unsigned: true, now: None });
//! println!("{}", verdict.outcome);
//! # Ok(())
//! # }
//! ```
//!
//! | room | what for |
//! | --- | --- |
//! | [`verdict`] | the answer: holds, refused, cannot tell, and why |
//! | [`check`](mod@check) | the list of checks, in order |
//! | [`batch`] | all proofs in one multi-exponentiation |
//! | [`keys`] | verifying keys, rebuilt and compared with their pinned ids |
//! | `cache`, `cli` | parameters on disk, and the command line |

pub mod batch;
#[cfg(feature = "cli")]
pub mod cache;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod keys;
#[cfg(feature = "cli")]
pub mod report;
pub mod verdict;

pub use check::{Policy, Verifier};
pub use verdict::{Outcome, Refusal, Unknown, Verdict};
