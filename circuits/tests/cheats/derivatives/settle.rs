//! The adversary's solver: what follows from a forged cell is solved again, row by row in the
//! order of the registers, and only what was chosen stays.

mod sets;
mod trades;

use std::collections::BTreeSet;

use ff::Field;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::fixed_point::functions::{EXP, LN, NORMAL};
use plimsoll_circuits::protocol::cheat::Forgery;

use super::tables::{Tables, small};
use super::words::divide;

pub(super) const JOBS: [&str; 10] = [
    "start date",
    "trade",
    "option",
    "tranche",
    "subset",
    "hedging set",
    "margin",
    "netting set",
    "replacement cost",
    "exposure",
];
/// Registers that start at zero, and the gates that carry them.
pub(super) const SUMS: [(&str, &str); 20] = [
    (
        "effective notional",
        "effective notionals add up over a subset, with their signs",
    ),
    (
        "error bounds",
        "error bounds add up over a subset, without signs",
    ),
    ("first sum", "the first sum of a hedging set adds up"),
    ("second sum", "the second sum of a hedging set adds up"),
    ("third sum", "the third sum of a hedging set adds up"),
    (
        "lean",
        "what rounding may have lost adds up over a netting set",
    ),
    (
        "add-on",
        "add-ons of hedging sets add up over a netting set",
    ),
    (
        "market value",
        "market values add up over a netting set, with their signs",
    ),
    ("trades", "every trade of a netting set is counted"),
    ("gross trades", "every trade charged gross is counted"),
    (
        "independent amount",
        "independent amounts add up over a netting set",
    ),
    (
        "variation margin",
        "variation margin adds up over a netting set",
    ),
    (
        "potential future exposure",
        "potential future exposures add up over an agreement",
    ),
    (
        "positive market values",
        "positive market values add up over an agreement",
    ),
    ("net market value", "market values add up over an agreement"),
    ("collateral", "collateral adds up over an agreement"),
    (
        "independent amounts",
        "independent amounts add up over an agreement",
    ),
    ("netting sets", "netting sets of an agreement are counted"),
    (
        "margined netting sets",
        "margined netting sets of an agreement are counted",
    ),
    (
        "trades that cannot lie outside, and margin",
        "every trade that cannot lie outside is counted, and every item of margin",
    ),
];
const KEYS: [(&str, &str); 5] = [
    ("class", "a subset has one class"),
    ("subset number", "a trade stays in its subset"),
    ("hedging set number", "a trade stays in its hedging set"),
    ("margin period", "a netting set has one margin period"),
    (
        "settlement currency",
        "a netting set has one currency of settlement",
    ),
];
const VALUES: [&str; 6] = [
    "value 0 of the line",
    "value 1 of the line",
    "value 2 of the line",
    "value 3 of the line",
    "value 4 of the line",
    "value 5 of the line",
];
const SECOND: [&str; 5] = [
    "value 0 of the second line",
    "value 1 of the second line",
    "value 2 of the second line",
    "value 3 of the second line",
    "value 4 of the second line",
];

/// Rows that do a job or stand beside one, the first and the last.
pub(super) fn touched(f: &Forgery) -> BTreeSet<usize> {
    let end = f.grid.layout().positions();
    let jobs = JOBS.map(|job| f.col(job));
    let busy = (0..=end).filter(|at| jobs.iter().any(|job| f.grid.get(*at, *job) != Fp::ZERO));
    let near = busy.flat_map(|at| at.saturating_sub(1)..=at + 1);
    let all = near.chain([0, end - 1]);
    all.filter(|at| *at < end).collect()
}

/// Re-solves a forgery: rules, limbs of the rows concerned, totals.
pub(crate) fn settle(f: &mut Forgery) {
    let rows = touched(f);
    let end = f.grid.layout().positions();
    let mut carried = false;
    for at in 0..end {
        if rows.contains(&at) || carried {
            row(f, at);
            carried = carry(f, at);
        }
    }
    f.resolve_limbs(rows.iter().copied());
    f.grid.fill_totals();
}

/// The same for some neighbouring rows.
pub(super) fn settle_rows(f: &mut Forgery, rows: std::ops::Range<usize>) {
    for at in rows.clone() {
        row(f, at);
        carry(f, at);
    }
    f.resolve_limbs(rows);
    f.grid.fill_totals();
}

fn does(f: &Forgery, at: usize, job: &str) -> bool {
    f.get(at, job) != Fp::ZERO
}

fn is(f: &Forgery, at: usize, bit: &str) -> bool {
    f.get(at, bit) != Fp::ZERO
}

/// Hands registers and keys to the next row; whether that changed anything.
fn carry(f: &mut Forgery, at: usize) -> bool {
    let mut changed = false;
    for (column, gate) in SUMS.iter().chain(&KEYS) {
        let before = f.get(at + 1, column);
        f.derive_next(at, gate, column);
        changed |= f.get(at + 1, column) != before;
    }
    let (gate, start) = (
        "a start date is handed to the next row alone",
        "discount factor of the start",
    );
    f.derive_next(at, gate, start);
    changed
}

fn row(f: &mut Forgery, at: usize) {
    read(f, at);
    if does(f, at, "trade") {
        trades::trade(f, at);
    }
    if does(f, at, "option") {
        trades::option(f, at);
    }
    if does(f, at, "tranche") {
        trades::tranche(f, at);
    }
    if does(f, at, "subset") {
        sets::subset(f, at);
    }
    if does(f, at, "hedging set") {
        sets::hedging_set(f, at);
    }
    if does(f, at, "margin") {
        sets::margin(f, at);
    }
    if does(f, at, "netting set") {
        sets::netting_set(f, at);
    }
    if does(f, at, "replacement cost") {
        sets::replacement(f, at);
    }
    if does(f, at, "exposure") {
        sets::exposure(f, at);
    }
    function(f, at);
}

/// What every row reads by keys of its own.
fn read(f: &mut Forgery, at: usize) {
    let tables = Tables::of(f);
    let mut look = |key: &str, value: &str, table: &std::collections::HashMap<u64, u64>| {
        if let Some(found) = small(f.get(at, key)).and_then(|key| table.get(&key)) {
            f.follow(at, value, *found);
        }
    };
    look("currency", "rate", &tables.rates);
    look("currency of the value", "rate of the value", &tables.rates);
    look(
        "date, high part",
        "discount factor, high part",
        &tables.high,
    );
    look("date, low part", "discount factor, low part", &tables.low);
    if does(f, at, "margin period") {
        f.follow(at, "maturity", 0);
    }
    let factor = |f: &Forgery| {
        let period = small(f.get(at, "margin period"))?;
        let maturity = small(f.get(at, "maturity"))?;
        tables.factors.get(&(period, maturity))
    };
    if let Some(factor) = factor(f) {
        f.follow(at, "maturity factor", *factor);
    }
}

fn values(f: &mut Forgery, at: usize, columns: &[&str], line: Option<&[u64]>) {
    for (column, value) in columns.iter().zip(line.unwrap_or_default()) {
        f.follow(at, column, *value);
    }
}

/// The values of the line whose key the row has.
fn first_line(f: &mut Forgery, at: usize, number: u64) {
    let key = small(f.get(at, "key of the line"));
    let line = key.and_then(|key| Tables::of(f).line(number, key, &[]));
    values(f, at, &VALUES, line);
}

/// The function's cells, for node, η and head that stand already.
fn function(f: &mut Forgery, at: usize) {
    let which = if does(f, at, "netting set") {
        EXP
    } else if does(f, at, "option") {
        NORMAL
    } else {
        LN
    };
    let tables = Tables::of(f);
    let node = small(f.get(at, "node")).and_then(|node| tables.nodes.get(&(which, node)));
    let columns = ["coefficient 0", "coefficient 1", "coefficient 2"];
    values(f, at, &columns, node.map(Vec::as_slice));
    let head = small(f.get(at, "head")).and_then(|head| tables.heads.get(&(which, head)));
    let columns = [
        "factor of the head",
        "power of the head",
        "addend of the head",
    ];
    values(f, at, &columns, head.map(Vec::as_slice));
    let gate = "the quadratic is evaluated in the node's interval";
    f.derive(at, gate, "quadratic");
}

fn evaluate(f: &mut Forgery, at: usize, gate: &str) {
    function(f, at);
    divide(f, at, gate, &["word y"], &["word w"]);
}

fn gates(f: &mut Forgery, at: usize, list: &[(&str, &str)]) {
    for (gate, column) in list {
        f.derive(at, gate, column);
    }
}
