//! Derivatives by SA-CCR (CRE52): from the trade to the exposure at default, in one circuit.
//!
//! A position is a row, and a row does one job. The jobs stand in the order in which the rule
//! reads, and what a row finds out is carried down in *registers* until the job that ends its
//! scope takes it and clears it:
//!
//! ```text
//! margin items of a netting set                     ┐
//!   [start] trade [option | tranche]   ┐            │
//!   …                                  │ hedging    │ netting
//!   subset (bucket, entity, pair)      │ set, once  │ set, once
//!   …                                  │ or more    │ or more
//!   hedging set                        ┘            │
//! multiplier                                        ┘
//! replacement cost
//! exposure
//! ```
//!
//! A scope is never open at the end of a copy, so that every trade lies in exactly one subset, one
//! hedging set, one netting set and one agreement. All rows draw on the same range-checked words;
//! what a word holds depends on the job. Each job reads one line, a trade and a subset two, of one
//! public table that holds the rulebook's parameters.
//!
//! Row 0 of the total column holds risk-weighted assets, 10^-25, as credit risk's does, so that both
//! add up in the capital circuit.

mod agreement;
mod columns;
mod fill;
mod hedging_set;
mod margin;
mod netting_set;
mod option;
mod sequence;
mod subset;
mod tables;
mod trade;
mod tranche;

pub use columns::Columns;
pub use fill::{FillError, Rows, fill, pack};
pub use tables::public_table;

use crate::protocol::layout::{Declaration, Module};

/// The module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Derivatives;

impl Module for Derivatives {
    const NAME: &'static str = "derivatives";
    const VERSION: u32 = 1;
    const LANES: usize = 1;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let columns = Columns::declare(d);
        sequence::declare(d, &columns);
        trade::declare(d, &columns);
        option::declare(d, &columns);
        tranche::declare(d, &columns);
        subset::declare(d, &columns);
        hedging_set::declare(d, &columns);
        margin::declare(d, &columns);
        netting_set::declare(d, &columns);
        agreement::declare(d, &columns);
        columns
    }
}
