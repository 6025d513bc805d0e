//! Books, assessments and proofs: everything that `plimsoll` does, for other programs.

pub mod assessment;
pub mod attest;
pub mod bench;
pub mod book;
pub mod cli;
pub mod commands;
pub mod error;
mod figures;
pub mod import;
pub mod keys;
pub mod located;
pub mod opening;
pub mod receipts;
pub mod report;
mod sealed;
pub mod sources;
mod text;
pub mod vouch;
