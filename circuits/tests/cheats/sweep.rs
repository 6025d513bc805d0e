//! Every column, every alteration: who refuses it, and why some are not refused.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_circuits::protocol::cheat::Alteration;
use plimsoll_circuits::protocol::layout::Layout;
use plimsoll_circuits::statement::RowCircuit;

use crate::honest::honest;

/// Columns of which an alteration alone gives another honest witness, and why.
const FREE: &[(&str, &str)] = &[
    ("id", "committed, and read by no rule"),
    ("amount", "another book: the totals follow"),
    (
        "gross amount",
        "another book, where the band's edge leaves room",
    ),
    (
        "collateral",
        "another book, where nothing of the run is derived from it",
    ),
    ("class", "another class of the same weight"),
    (
        "conversion",
        "another balance-sheet kind of the same factor",
    ),
    ("kind", "another class with the same band and weights"),
    ("haircut row", "another type with the same band and haircut"),
    (
        "holding period",
        "another period, where haircuts are zero or whole anyway",
    ),
    (
        "currency mismatch",
        "a mismatch haircut on what has no mismatch, where nothing is left of the value",
    ),
    ("income currency", "read only without the mismatch weight"),
    (
        "item currency",
        "another currency at the same rate, with the mismatch haircut",
    ),
    ("something is left", "where nothing is left, and nothing is"),
    (
        "property value",
        "another book, where the band has room or no edge",
    ),
    (
        "first row of an exposure",
        "padding may belong to the exposure before it",
    ),
    ("left", "read in the first row of an exposure only"),
    ("rounding", "read in the first row of an exposure only"),
    ("residual maturity of the exposure", "the term is the cap"),
    (
        "original life of the protection",
        "read where a mismatch counts",
    ),
    (
        "original life beyond the shortest",
        "read where a mismatch counts",
    ),
    (
        "the mismatch is recognised",
        "read where the item is mismatched",
    ),
    (
        "something is mismatched",
        "where the denominator is one either way",
    ),
    (
        "the item lasts as long as the exposure",
        "where both last equally long",
    ),
    (
        "security lent",
        "another type with the same band and haircut",
    ),
];

fn column_of(layout: &Layout, physical: usize) -> String {
    let lanes = layout.lanes * layout.lane_width;
    let (offset, shared) = if physical < lanes {
        (physical % layout.lane_width, false)
    } else {
        (physical - lanes, true)
    };
    let owners = layout.columns.iter().zip(&layout.offsets).enumerate();
    let owner = owners.filter(|(_, (column, at))| column.shared == shared && **at <= offset);
    let owner = owner
        .max_by_key(|(index, _)| *index)
        .expect("the first column starts at zero")
        .0;
    let name = layout.columns[owner].name;
    if layout.offsets[owner] == offset {
        name.to_owned()
    } else {
        format!("limb of {name}")
    }
}

/// (alterations tried, those that change nothing, accepted by column).
fn sweep(circuit: RowCircuit) -> (usize, usize, BTreeMap<String, usize>) {
    let honest = honest(circuit);
    let layout = honest.grid.layout();
    let columns = layout.range_multiplicity();
    let (mut tried, mut idle) = (0, 0);
    let mut accepted: BTreeMap<String, usize> = BTreeMap::new();
    let end = layout.active_rows();
    let mut forgery = honest.clone();
    for physical in 0..columns {
        let limb = column_of(layout, physical).starts_with("limb of");
        for row in [0, 2, 3, 60, end - 6] {
            for alteration in Alteration::all(layout) {
                let rows: Vec<usize> = (row.saturating_sub(1)..row + 6).collect();
                tried += 1;
                forgery.alter(physical, row, alteration);
                if forgery.grid.columns()[physical] == honest.grid.columns()[physical] {
                    idle += 1;
                    continue;
                }
                // A limb is left as it was altered; a value gets limbs of its own.
                if !limb {
                    forgery.resolve_limbs(rows.iter().copied());
                }
                forgery.grid.fill_totals();
                if forgery.violations_at(&rows).is_empty() {
                    *accepted.entry(column_of(layout, physical)).or_default() += 1;
                }
                // Back to honest; the totals are summed again every time.
                for column in 0..columns {
                    for &row in &rows {
                        let cell = honest.grid.columns()[column][row];
                        forgery.grid.columns_mut()[column][row] = cell;
                    }
                }
            }
        }
    }
    (tried, idle, accepted)
}

fn explained(circuit: RowCircuit) {
    let (tried, idle, accepted) = sweep(circuit);
    let total: usize = accepted.values().sum();
    println!(
        "{circuit:?}: {tried} alterations, {idle} of them none, {} refused, {total} accepted: \
         {accepted:?}",
        tried - idle - total
    );
    let free: BTreeSet<&str> = FREE.iter().map(|(name, _)| *name).collect();
    for column in accepted.keys() {
        assert!(
            free.contains(column.as_str()),
            "{circuit:?}: `{column}` can be altered"
        );
    }
}

#[test]
fn plain_columns_are_held() {
    explained(RowCircuit::Plain);
    explained(RowCircuit::PlainSingle);
}

#[test]
fn banded_columns_are_held() {
    explained(RowCircuit::Banded);
}

#[test]
fn secured_columns_are_held() {
    explained(RowCircuit::Secured);
    explained(RowCircuit::SecuredSingle);
}

#[test]
fn vouched_columns_are_held() {
    explained(RowCircuit::Vouched);
}

#[test]
fn general_columns_are_held() {
    explained(RowCircuit::SecuredGeneral);
}
