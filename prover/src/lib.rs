//! Books, assessments and proofs: everything that `plimsoll` does, for other programs.

pub mod book;
pub mod cli;
pub mod commands;
pub mod error;
pub mod import;
pub mod sources;
mod text;
