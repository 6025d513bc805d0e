//! Counterparty credit risk of derivatives by SA-CCR (CRE52), in the clear: the twin of the
//! derivatives circuit. Bit-identical to it: every figure here is a cell there.
//!
//! Units: `2^-x` is written Qx. Effective notionals are exact products in 10^-8 · 2^-116 of the
//! book's unit; add-ons are in [`ADDON_UNIT`]; exposures at default in 10^-8, rounded up.

mod figures;
mod parameters;

pub use figures::*;
pub use parameters::*;
