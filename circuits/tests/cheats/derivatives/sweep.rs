//! Every column of every job, altered and everything else solved again: who refuses it, and why
//! some are not refused.

use std::collections::{BTreeMap, BTreeSet};

use ff::Field;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::layout::Bound;
use plimsoll_circuits::statement::RowCircuit;

use super::places::{exposure, hedging_set, last, next, of, replacement, restore, subset};
use super::settle::{JOBS, settle_rows};
use crate::honest::honest;

/// Cells of which an alteration gives another honest witness, and why: (job, columns, reason).
const FREE: &[(&str, &[&str], &str)] = &[];

/// Rows of each job, of more than one kind where there are several.
fn rows(f: &Forgery) -> Vec<usize> {
    vec![
        of(f, "forward rate") - 1,
        of(f, "forward rate"),
        of(f, "share"),
        of(f, "call"),
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

fn job(f: &Forgery, at: usize) -> &'static str {
    let found = JOBS.iter().find(|job| f.get(at, job) == Fp::ONE);
    found.copied().unwrap_or("padding")
}

/// The rows that an alteration can reach: from the row above to the end of the agreement.
fn reach(f: &Forgery, at: usize) -> std::ops::Range<usize> {
    let end = last(f) + 1;
    if at + 1 == end {
        return at - 1..end;
    }
    at.saturating_sub(2)..next(f, at - 1, "exposure") + 2
}

#[test]
fn columns_are_held() {
    let honest = honest(RowCircuit::Derivatives);
    let layout = honest.grid.layout();
    let mut forgery = honest.clone();
    let mut accepted: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut tried = 0;
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
            if forgery.violations_at(&touched).is_empty() {
                *accepted.entry((job(honest, at), column.name)).or_default() += 1;
            }
            restore(&mut forgery, honest);
        }
    }
    println!("{tried} alterations, accepted: {accepted:#?}");
    let free: BTreeSet<(&str, &str)> = FREE
        .iter()
        .flat_map(|(job, columns, _)| columns.iter().map(move |column| (*job, *column)))
        .collect();
    let open: Vec<_> = accepted
        .keys()
        .filter(|cell| !free.contains(cell))
        .collect();
    assert!(open.is_empty(), "these can be altered: {open:#?}");
}
