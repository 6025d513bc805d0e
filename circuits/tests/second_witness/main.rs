//! Second witnesses: for given records, every way to fill the cells that the rules derive.
//!
//! Either there is one, or the freedom is named here, and none of the ways that it leaves comes to
//! less than the twin says.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

#[path = "../cheats/derivatives/book.rs"]
mod book;
mod capital;
mod coverage;
mod derivatives;
mod rows;
mod simplex;
mod solver;
