//! Fixed-point numbers in circuits: division, roots, comparisons, and three functions.
//!
//! A gadget adds named gates to a declaration, under a condition `when` of degree one. It takes
//! [`Word`]s, which are expressions over range-checked cells with their bits, and refuses the
//! layout where its equation could hold in the field without holding between integers. Each has a
//! *twin*, the same computation on integers, bit by bit, that fills the cells.
//!
//! | room | what for |
//! | --- | --- |
//! | [`divide`] | floors of quotients, by a word and by a power of two |
//! | [`root`] | floors and upper bounds of square roots |
//! | [`compare`] | at least, maximum, minimum, sign and magnitude |
//! | [`functions`] | e^−t, ln, Φ from tables, with error bounds |
//!
//! See `circuits/spec/fixed-point.md` for what each buys and what a prover could do without it.

pub mod compare;
pub mod divide;
pub mod functions;
pub mod root;
mod word;

pub use compare::{at_least, magnitude, maximum, minimum};
pub use divide::{divide_floor, divide_power_floor};
pub use root::{root_ceil_at_least, root_floor};
pub use word::Word;
