//! Books, assessments and proofs: everything that `plimsoll` does, for other programs.

pub mod book;
pub mod import;
mod text;
