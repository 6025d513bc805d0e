//! Verification of attestations.
//!
//! A verifier trusts its own code, the rulebooks and snapshots it was given, and the parameters
//! whose digest is pinned. From an attestation it takes bytes, and believes none of them.
//!
//! ```no_run
//! use plimsoll_verifier::{Clock, Policy, Trust, Verifier};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let params = plimsoll_circuits::protocol::params::PublicParams::derive(14).into();
//! let trust = Trust::parse(&std::fs::read_to_string("trust.toml")?)?;
//! let mut verifier = Verifier::under(params, &trust)?;
//! let bytes = std::fs::read("bank.plimsoll")?;
//! let policy = Policy {
//!     clock: Clock::System,
//!     trust,
//!     ..Policy::default()
//! };
//! let verdict = verifier.check(&bytes, &policy);
//! println!("{}", verdict.outcome);
//! # Ok(())
//! # }
//! ```
//!
//! | room | what for |
//! | --- | --- |
//! | [`verdict`] | the answer: holds, refused, cannot tell, and why |
//! | [`check`](mod@check) | the list of checks, in order |
//! | [`policy`] | what the reader insists on, asked again at each trade |
//! | [`trust`] | the trust file: institutions, keys, rulebooks, snapshots |
//! | [`chain`] | an institution's attestations in sequence, and what was seen before |
//! | [`many`] | a thousand attestations at once |
//! | [`countersigned`] | an auditor's word beside an attestation |
//! | [`disclosed`] | records of a book, shown against its attestation |
//! | [`received`](mod@received) | what an institution told one counterparty |
//! | [`batch`] | all proofs in one multi-exponentiation |
//! | [`keys`] | verifying keys, rebuilt and compared with their pinned ids |
//! | [`accept`] | the rulebooks and snapshots that are built in and accepted |
//! | [`report`] | verdicts in words, as JSON, as a table, as a page |
//! | `cache`, `cli`, `files` | parameters on disk, the command line, files written whole |

pub mod accept;
pub mod batch;
#[cfg(feature = "cli")]
pub mod cache;
pub mod chain;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod countersigned;
pub mod disclosed;
#[cfg(feature = "cli")]
pub mod files;
pub mod keys;
pub mod many;
pub mod policy;
pub mod received;
pub mod report;
pub mod trust;
pub mod verdict;

pub use check::{Step, Verifier};
pub use policy::{Clock, Loaded, Policy};
pub use trust::Trust;
pub use verdict::{Outcome, Refusal, Unknown, Verdict};

/// The library as a page for counterparties shows it, compiled.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../../fixtures/journeys/counterparty.md")]
struct Journey;
