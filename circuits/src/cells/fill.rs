//! A copy's grid from the charges it holds: their rows, then padding to the end.
//!
//! `ordinal` counts the collateral items of the book before the copy, and after it when it is
//! filled.
//!
//! # Panics
//! All of them panic if the copy is full before the charges end. [`cut`](crate::cells::pack::cut)
//! hands out no more than a copy holds, by the same [`Packer`]; a charge left out in silence would
//! be a proof of another book, so there is nothing to go on with.

use crate::cells::pack::{Packer, rows_taken};
use crate::cells::rows::BookRows;
use crate::cells::secured::Padding;
use crate::cells::secured_general::Lent;
use crate::cells::{banded, plain, secured, secured_general, vouched};
use crate::credit_risk::Charge;
use crate::protocol::witness::Grid;

/// First position of a charge. A full copy ends the run: see the module.
fn place(packer: &mut Packer, rows: &BookRows<'_>, charge: &Charge) -> usize {
    let position = packer.place(rows.sort(charge), BookRows::positions(charge));
    assert!(position.is_some(), "a copy was given more than it holds");
    position.unwrap_or_default()
}

/// Plain exposures; they fit by [`pack`](crate::cells::pack).
pub fn plain(columns: &plain::Columns, rows: &BookRows<'_>, grid: &mut Grid, charges: &[&Charge]) {
    let mut packer = Packer::new(grid.layout());
    let mut padding = rows.plain_padding();
    let mut next = 0;
    for charge in charges {
        let position = place(&mut packer, rows, charge);
        // The rest of a row is padded with what the row shares.
        (next..position).for_each(|at| columns.fill(grid, at, &padding));
        let row = rows.plain(charge);
        columns.fill(grid, position, &row);
        padding = row.without_amount();
        next = position + 1;
    }
    (next..grid.layout().positions()).for_each(|at| columns.fill(grid, at, &padding));
}

/// Vouched exposures, which are plain ones; the order of the charges is the data owner's. Returns
/// the rows that they take.
pub fn vouched(
    columns: &vouched::Columns,
    rows: &BookRows<'_>,
    grid: &mut Grid,
    charges: &[&Charge],
) -> usize {
    plain(&columns.plain, rows, grid, charges);
    // They fitted a moment ago.
    let taken = rows_taken(rows, grid.layout(), charges).unwrap_or_default();
    columns.close(grid, taken);
    taken
}

/// Banded exposures; at most as many as the grid has positions.
pub fn banded(
    columns: &banded::Columns,
    rows: &BookRows<'_>,
    grid: &mut Grid,
    charges: &[&Charge],
) {
    let padding = rows.banded_padding();
    assert!(
        charges.len() <= grid.layout().positions(),
        "a copy was given more than it holds"
    );
    for position in 0..grid.layout().positions() {
        let row = charges
            .get(position)
            .map_or(padding, |charge| rows.banded(charge));
        columns.fill(grid, position, &row);
    }
}

/// Exposures with collateral; they fit by [`pack`](crate::cells::pack).
pub fn secured(
    columns: &secured::Columns,
    rows: &BookRows<'_>,
    grid: &mut Grid,
    charges: &[&Charge],
    ordinal: &mut u64,
) {
    let mut packer = Packer::new(grid.layout());
    let mut padding = rows.secured_padding();
    let carried = *ordinal;
    let mut next = 0;
    let pad = |grid: &mut Grid, from: usize, to: usize, padding: &Padding, ordinal: &mut u64| {
        for position in from..to {
            columns.fill(grid, position, &padding.exposure, &[], padding, ordinal);
        }
    };
    for charge in charges {
        let position = place(&mut packer, rows, charge);
        // The rest of a row is padded with what the row shares.
        pad(grid, next, position, &padding, ordinal);
        let exposure = rows.secured_exposure(charge);
        let items = rows.secured_items(charge);
        next = columns.fill(grid, position, &exposure, &items, &padding, ordinal);
        padding.exposure = exposure.without_amount();
    }
    pad(grid, next, grid.layout().positions(), &padding, ordinal);
    columns.close(grid, *ordinal);
    secured::fill_carry(grid, carried, *ordinal);
}

/// The same in general: securities lent, maturity mismatches.
pub fn secured_general(
    columns: &secured_general::Columns,
    rows: &BookRows<'_>,
    grid: &mut Grid,
    charges: &[&Charge],
    ordinal: &mut u64,
) {
    let padding = rows.secured_padding();
    let rule = rows.mismatch_rule();
    let carried = *ordinal;
    let taken: usize = charges.iter().map(|c| BookRows::positions(c)).sum();
    assert!(
        taken <= grid.layout().positions(),
        "a copy was given more than it holds"
    );
    let mut position = 0;
    for charge in charges {
        let exposure = rows.secured_exposure(charge);
        let lent = rows.lent(charge);
        let items = rows.secured_items(charge).into_iter();
        let items: Vec<_> = items.zip(rows.protections(charge)).collect();
        position = columns.fill(
            grid, position, &exposure, &lent, &items, &rule, &padding, ordinal,
        );
    }
    let cash = Lent {
        edge: secured::LONGEST_MATURITY,
        ..Lent::default()
    };
    while position < grid.layout().positions() {
        position = columns.fill(
            grid,
            position,
            &padding.exposure,
            &cash,
            &[],
            &rule,
            &padding,
            ordinal,
        );
    }
    columns.close(grid, *ordinal);
    secured::fill_carry(grid, carried, *ordinal);
}
