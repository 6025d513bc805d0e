//! SA-CCR through the twin: the golden vectors, other people's portfolios, edge cases, and random
//! portfolios against an independent computation in 200-bit arithmetic.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod books;
mod circuit;
mod edges;
mod golden;
mod outside;
mod portfolios;
mod real;
mod reference;
mod refused;
