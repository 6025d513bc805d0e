//! Every column of every job, altered and everything else solved again: what is not refused is
//! another book, or to the prover's disadvantage, or nothing depends on it.

use std::collections::{BTreeMap, BTreeSet};

use ff::Field;
use num_bigint::BigInt;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::layout::Bound;
use plimsoll_circuits::statement::RowCircuit;

use super::places::{exposure, hedging_set, job, last, next, of, replacement, restore, subset};
use super::settle::{SUMS, settle_rows};
use crate::catalogue::signed;
use crate::honest::honest;

/// Cells of which an alteration gives another honest book: (job, columns, what they are).
const BOOK: &[(&str, &[&str], &str)] = &[
    (
        "start date",
        &["date, high part", "date, low part"],
        "another start",
    ),
    (
        "trade",
        &["bit 0", "bit 6", "word n", "word v"],
        "the other side, another notional or market value",
    ),
    (
        "trade",
        &["bit 1", "word p", "word k"],
        "a put for a call, another price or strike",
    ),
    ("trade", &["currency"], "another currency, at its own rate"),
    (
        "trade",
        &["date, high part", "date, low part"],
        "another end",
    ),
    ("option", &["word b"], "another time to exercise"),
    (
        "tranche",
        &["word b", "word f", "word eta"],
        "other points of the tranche",
    ),
    (
        "margin",
        &["bit 0", "bit 1", "currency", "word n"],
        "another item: posted, variation margin, foreign, larger",
    ),
    (
        "replacement cost",
        &["word v", "word y"],
        "another threshold or minimum transfer amount",
    ),
    ("exposure", &["key of the line"], "another counterparty"),
];

/// Cells that a prover may choose, to his disadvantage alone: (job, columns, what that means).
const WORSE: &[(&str, &[&str], &str)] = &[
    (
        "option",
        &["bit 0", "bit 5"],
        "the sign of zero, within the error bound; the wide bound for the narrow",
    ),
    ("hedging set", &["word n"], "a larger root"),
    (
        "netting set",
        &["bit 0", "word n"],
        "a multiplier of one; a larger add-on",
    ),
    (
        "replacement cost",
        &["bit 1", "word s"],
        "the bound of the other sign of C; a larger cost",
    ),
];

fn named(list: &[(&'static str, &[&'static str], &str)]) -> BTreeSet<(&'static str, &'static str)> {
    let cells = list.iter().flat_map(|(job, columns, _)| {
        let columns = columns.iter();
        columns.map(move |column| (*job, *column))
    });
    cells.collect()
}

/// Rows of each job, of more than one kind where there are several.
fn rows(f: &Forgery) -> Vec<usize> {
    vec![
        of(f, "forward rate") - 1,
        of(f, "forward rate"),
        of(f, "share"),
        of(f, "call"),
        of(f, "coin"),
        of(f, "call") + 1,
        of(f, "now") + 1,
        of(f, "saturated") + 1,
        of(f, "tranche") + 1,
        subset(f, "share"),
        subset(f, "long rate"),
        hedging_set(f, "pound"),
        hedging_set(f, "long rate"),
        of(f, "bond"),
        of(f, "mixed"),
        of(f, "margined"),
        replacement(f, "margined"),
        replacement(f, "posted"),
        exposure(f, "full"),
        last(f),
    ]
}

/// The rows that an alteration can reach: from the row above to the end of the agreement.
fn reach(f: &Forgery, at: usize) -> std::ops::Range<usize> {
    let end = last(f) + 1;
    if at + 1 == end {
        return at - 1..end;
    }
    at.saturating_sub(2)..next(f, at - 1, "exposure") + 2
}

/// Whether anything that is added up differs.
fn moves(f: &Forgery, honest: &Forgery, rows: &[usize]) -> bool {
    let mut registers = SUMS.iter().map(|(register, _)| f.col(register));
    registers.any(|col| {
        let mut rows = rows.iter();
        rows.any(|at| f.grid.get(*at, col) != honest.grid.get(*at, col))
    })
}

fn total(f: &Forgery) -> BigInt {
    signed(f.grid.columns()[f.grid.layout().total_column(0)][0])
}

#[test]
fn columns_are_held() {
    let honest = honest(RowCircuit::Derivatives);
    let layout = honest.grid.layout();
    let mut forgery = honest.clone();
    let (mut tried, mut idle) = (0, 0);
    let mut accepted: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (book, worse) = (named(BOOK), named(WORSE));
    let mut open = Vec::new();
    for at in rows(honest) {
        let reach = reach(honest, at);
        let touched: Vec<usize> = reach.clone().collect();
        for column in &layout.columns {
            let value = honest.get(at, column.name);
            let altered = match column.bound {
                Bound::Bit => Fp::ONE - value,
                _ => value + Fp::ONE,
            };
            tried += 1;
            forgery.set(at, column.name, altered);
            settle_rows(&mut forgery, reach.clone());
            let cell = (job(&honest.grid, at), column.name);
            if forgery.violations_at(&touched).is_empty() {
                let less = total(&forgery) < total(honest);
                if !moves(&forgery, honest, &touched) && total(&forgery) == total(honest) {
                    idle += 1;
                } else if book.contains(&cell) || worse.contains(&cell) && !less {
                    *accepted.entry(cell).or_default() += 1;
                } else {
                    open.push((at, cell, less));
                }
            }
            restore(&mut forgery, honest);
        }
    }
    println!("{tried} alterations; {idle} of what nothing depends on; accepted: {accepted:?}");
    assert!(open.is_empty(), "these can be altered: {open:#?}");
    let unused: Vec<_> = book
        .union(&worse)
        .filter(|cell| !accepted.contains_key(*cell))
        .collect();
    assert!(unused.is_empty(), "these cannot be altered: {unused:?}");
}
