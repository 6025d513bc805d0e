//! A trade as its circuit holds it: one row; before it one for the start date, where its period
//! begins later; after it one for an option or a tranche.
//!
//! Registers that add up over other trades are not shown, but for the number of netting sets that
//! stand before it in its agreement. That no start date is left out shows in the register that the
//! row of a start date hands to the next row alone; that no option or tranche is, in the trade's
//! own bits.

use super::record::RecordError;
use crate::cells::rows::id_digest;
use crate::field::{Fp, from_u128, power_of_two};

const START: &str = "start date";
const TRADE: &str = "trade";
const OPTION: &str = "option";
const TRANCHE: &str = "tranche";
/// Bits of a trade's row.
const IS_OPTION: &str = "bit 2";
const IS_TRANCHE: &str = "bit 3";
/// One, Q88, where no start date stands in the row before.
const START_FACTOR: &str = "discount factor of the start";
const ONE_BITS: u32 = 88;

/// Registers that say something of other trades.
pub(super) const RUNNING: [&str; 19] = [
    "effective notional",
    "error bounds",
    "first sum",
    "second sum",
    "third sum",
    "lean",
    "add-on",
    "market value",
    "trades",
    "gross trades",
    "independent amount",
    "variation margin",
    "potential future exposure",
    "positive market values",
    "net market value",
    "collateral",
    "independent amounts",
    "margined netting sets",
    "trades that cannot lie outside, and margin",
];

/// Rows of the trade that begins where `cell` counts rows from; none if a cell is not there.
pub fn trade_rows(cell: impl Fn(usize, &str) -> Option<Fp>) -> Option<usize> {
    let is = |row: usize, name: &str| Some(cell(row, name)? == Fp::one());
    let trade = usize::from(is(0, START)?);
    let below = is(trade, IS_OPTION)? || is(trade, IS_TRANCHE)?;
    Some(trade + 1 + usize::from(below))
}

/// Row of the trade itself among its rows.
pub(super) fn trade_row(cell: impl Fn(usize, &str) -> Option<Fp>) -> usize {
    usize::from(cell(0, START) == Some(Fp::one()))
}

/// Whether rows are those of one whole trade with this id.
pub(super) fn whole(
    id: &str,
    rows: usize,
    cell: impl Fn(usize, &str) -> Option<Fp>,
) -> Result<(), RecordError> {
    if trade_rows(&cell) != Some(rows) {
        return Err(RecordError::Positions);
    }
    let is = |row: usize, name: &str| cell(row, name) == Some(Fp::one());
    let trade = trade_row(&cell);
    let below = [(IS_OPTION, OPTION), (IS_TRANCHE, TRANCHE)];
    let follows = below
        .iter()
        .all(|(bit, job)| !is(trade, bit) || is(trade + 1, job));
    let begins = trade == 1 || cell(trade, START_FACTOR) == Some(power_of_two(ONE_BITS));
    if !is(trade, TRADE) || !follows || !begins {
        return Err(RecordError::Run);
    }
    if cell(trade, "id") != Some(from_u128(id_digest(id))) {
        return Err(RecordError::Id);
    }
    Ok(())
}
