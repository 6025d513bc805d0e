//! Rows of the book by what they are, and moving them.

use ff::Field;
use plimsoll_circuits::book::Variant;
use plimsoll_circuits::cells::rows::id_digest;
use plimsoll_circuits::field::{Fp, from_u128, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::witness::Grid;

use super::settle::{JOBS, SUMS};
use crate::catalogue::{Cheat, cheat, fp};
use crate::common::basel;

/// Beyond the book; a row of padding.
const BOOK_END: usize = 300;
const PADDING: usize = 1_000;

/// The row of a trade, an item of margin or a netting set.
pub(super) fn of(f: &Forgery, id: &str) -> usize {
    let digest = from_u128(id_digest(id));
    let named = |at: &usize| {
        let jobs = ["trade", "margin", "netting set"];
        f.get(*at, "id") == digest && jobs.iter().any(|job| f.get(*at, job) == Fp::ONE)
    };
    let found = (0..BOOK_END).find(named);
    found.unwrap_or_else(|| panic!("there is no `{id}`"))
}

/// Rows up to the last one with a job, and one of padding.
pub(crate) fn filled(f: &Forgery) -> usize {
    let works = |at: &usize| JOBS.iter().any(|job| f.get(*at, job) == Fp::ONE);
    (0..BOOK_END).rev().find(works).map_or(0, |at| at + 2)
}

/// What a row does.
pub(crate) fn job(grid: &Grid, row: usize) -> &'static str {
    let layout = grid.layout();
    let does = |job: &&&str| {
        let column = layout
            .columns
            .iter()
            .position(|column| column.name == **job);
        column.is_some_and(|at| grid.get(row, Col(at)) == Fp::ONE)
    };
    JOBS.iter().find(does).copied().unwrap_or("padding")
}

/// The next row after one that does a job.
pub(super) fn next(f: &Forgery, at: usize, job: &str) -> usize {
    let found = (at + 1..BOOK_END).find(|at| f.get(*at, job) == Fp::ONE);
    found.unwrap_or_else(|| panic!("no {job} follows"))
}

/// The end of a trade's subset.
pub(super) fn subset(f: &Forgery, id: &str) -> usize {
    next(f, of(f, id), "subset")
}

/// The end of a trade's hedging set.
pub(super) fn hedging_set(f: &Forgery, id: &str) -> usize {
    next(f, of(f, id), "hedging set")
}

/// The replacement cost of a netting set's agreement.
pub(super) fn replacement(f: &Forgery, id: &str) -> usize {
    next(f, of(f, id), "replacement cost")
}

/// The exposure of a netting set's agreement.
pub(super) fn exposure(f: &Forgery, id: &str) -> usize {
    next(f, of(f, id), "exposure")
}

/// The last active row, which is padding.
pub(super) fn last(f: &Forgery) -> usize {
    f.grid.layout().positions() - 1
}

/// The number of a class in the rulebook's lines.
pub(super) fn code(class: &str) -> u64 {
    let rulebook = basel();
    let line = rulebook.derivative_line(class, Variant::Plain);
    line.expect("a class").code.into()
}

/// A row of padding between two rows.
pub(super) fn insert(f: &mut Forgery, at: usize) {
    f.move_rows(at..BOOK_END, at + 1);
    f.move_rows(PADDING..PADDING + 1, at);
}

/// A row like another, between two.
pub(super) fn insert_copy(f: &mut Forgery, at: usize, like: usize) {
    f.move_rows(at..BOOK_END, at + 1);
    let like = like + usize::from(like >= at);
    f.move_rows(like..like + 1, at);
}

/// Rows go.
pub(super) fn remove(f: &mut Forgery, at: usize, rows: usize) {
    f.move_rows(at + rows..BOOK_END + rows, at);
}

/// The book starts at one of its rows, with registers at rest.
pub(super) fn start_at(f: &mut Forgery, at: usize) {
    remove(f, 0, at);
    rest(f, 0);
    f.set(0, "discount factor of the start", power_of_two(88));
}

/// Registers are at rest.
pub(super) fn rest(f: &mut Forgery, at: usize) {
    for (register, _) in SUMS {
        f.set(at, register, 0);
    }
}

/// The book stands at the end of the copy, and is cut before one of its rows.
pub(super) fn cut_before(f: &mut Forgery, at: usize) {
    let end = f.grid.layout().positions();
    f.move_rows(0..at + 1, end - at);
    f.move_rows(PADDING..PADDING + BOOK_END, 0);
}

/// Back to an honest witness: the rows that cheats reach, and the total column.
pub(super) fn restore(f: &mut Forgery, honest: &Forgery) {
    f.release();
    let layout = honest.grid.layout();
    let (end, totals) = (layout.positions(), layout.range_multiplicity());
    let parts = [
        0..2 * BOOK_END,
        PADDING..PADDING + 1,
        end - 2 * BOOK_END..end + 1,
    ];
    let pairs = f.grid.columns_mut().iter_mut().zip(honest.grid.columns());
    for (index, (to, from)) in pairs.enumerate() {
        if index >= totals {
            to.copy_from_slice(from);
            continue;
        }
        for part in &parts {
            to[part.clone()].copy_from_slice(&from[part.clone()]);
        }
    }
}

/// Chooses cells as they stand.
pub(super) fn keep(f: &mut Forgery, at: usize, columns: &[&str]) {
    for column in columns {
        let value = f.get(at, column);
        f.set(at, column, value);
    }
}

/// Sets a column in several rows.
pub(super) fn each(
    f: &mut Forgery,
    rows: std::ops::RangeInclusive<usize>,
    column: &str,
    value: Fp,
) {
    for at in rows {
        f.set(at, column, value);
    }
}

/// A cell that is off by a little, what it was made of staying as it is.
pub(super) fn off(
    refuses: &str,
    place: impl Fn(&Forgery) -> usize + Sync + 'static,
    column: &'static str,
    by: i64,
    kept: &'static [&'static str],
) -> Cheat {
    cheat(refuses, move |f| {
        let at = place(f);
        keep(f, at, kept);
        f.add(at, column, fp(by));
    })
}

/// A cell of a lie's choice, and nothing else.
pub(super) fn put(
    refuses: &str,
    place: impl Fn(&Forgery) -> usize + Sync + 'static,
    column: &'static str,
    value: i64,
    kept: &'static [&'static str],
) -> Cheat {
    cheat(refuses, move |f| {
        let at = place(f);
        keep(f, at, kept);
        f.set(at, column, fp(value));
    })
}
