//! The order of the jobs and the scopes that they open and close.

use crate::cells::derivatives::columns::{Columns, DISCOUNT_ONE_BITS};
use crate::field::power_of_two;
use crate::protocol::expr::{Col, Expr, not};
use crate::protocol::layout::Declaration;

fn any(cols: &[Col], next: bool) -> Expr {
    cols.iter().fold(Expr::from(0), |sum, col| {
        sum + if next { col.next() } else { col.here() }
    })
}

/// Declares order, keys and the registers that merely pass through.
pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    order(d, c);
    keys(d, c);
    start_and_end(d, c);
}

/// Which job may follow which.
fn order(d: &mut Declaration, c: &Columns) {
    let jobs = &c.jobs;
    let all = any(&jobs.all(), false);
    d.gate("a row does one job at most", all.clone() * not(all));

    let [_, _, option, tranche, ..] = c.bits;
    let trade = || jobs.trade.here();
    d.gate(
        "an option's normal distribution follows its trade, and nothing else",
        jobs.option.next() - trade() * option.here(),
    );
    d.gate(
        "a tranche's delta follows its trade, and nothing else",
        jobs.tranche.next() - trade() * tranche.here(),
    );
    d.gate(
        "a start date belongs to the trade in the next row",
        jobs.start.here() * not(jobs.trade.next()),
    );
    d.gate(
        "replacement cost and exposure stand together",
        jobs.exposure.next() - jobs.replacement.here(),
    );
    d.gate(
        "replacement cost follows a netting set",
        jobs.replacement.next() * not(jobs.netting_set.here()),
    );
    d.gate(
        "a hedging set ends after a subset",
        jobs.hedging_set.next() * not(jobs.subset.here()),
    );
    let trades = [jobs.start, jobs.trade];
    let follows = |d: &mut Declaration, name, from: &[Col], to: &[Col]| {
        d.gate(name, any(from, false) * not(any(to, true)));
    };
    follows(
        d,
        "after a trade comes a trade or the end of its subset",
        &[jobs.trade, jobs.option, jobs.tranche],
        &[
            jobs.start,
            jobs.trade,
            jobs.option,
            jobs.tranche,
            jobs.subset,
        ],
    );
    follows(
        d,
        "after a subset comes another or the end of its hedging set",
        &[jobs.subset],
        &[trades[0], trades[1], jobs.subset, jobs.hedging_set],
    );
    follows(
        d,
        "after a hedging set comes another or the end of its netting set",
        &[jobs.hedging_set],
        &[trades[0], trades[1], jobs.subset, jobs.netting_set],
    );
    follows(
        d,
        "after margin comes more of it, a trade or the end of its netting set",
        &[jobs.margin],
        &[
            jobs.margin,
            trades[0],
            trades[1],
            jobs.subset,
            jobs.netting_set,
        ],
    );
    follows(
        d,
        "after a netting set comes another or the end of its agreement",
        &[jobs.netting_set],
        &[
            jobs.margin,
            trades[0],
            trades[1],
            jobs.subset,
            jobs.netting_set,
            jobs.replacement,
        ],
    );
}

/// Keys stay within their scope and rise from scope to scope.
fn keys(d: &mut Declaration, c: &Columns) {
    let (jobs, registers) = (&c.jobs, &c.registers);
    let trade = [jobs.start, jobs.trade, jobs.option, jobs.tranche];
    let constant = |d: &mut Declaration, name, within: &[Col], col: Col| {
        d.gate(name, any(within, false) * (col.next() - col.here()));
    };
    constant(d, "a trade stays in its subset", &trade, registers.subset);
    constant(d, "a subset has one class", &trade, registers.class);
    let mut within = trade.to_vec();
    within.push(jobs.subset);
    constant(
        d,
        "a trade stays in its hedging set",
        &within,
        registers.hedging_set,
    );
    within.extend([jobs.hedging_set, jobs.margin]);
    constant(
        d,
        "a netting set has one margin period",
        &within,
        registers.period,
    );
    constant(
        d,
        "a netting set has one currency of settlement",
        &within,
        registers.currency,
    );
    let rise = |col: Col| col.next() - col.here() - Expr::from(1) - c.words.y52.here();
    d.gate(
        "no subset of a hedging set stands twice",
        jobs.subset.here() * not(jobs.hedging_set.next()) * rise(registers.subset),
    );
    d.gate(
        "no hedging set of a netting set stands twice",
        jobs.hedging_set.here() * not(jobs.netting_set.next()) * rise(registers.hedging_set),
    );
}

/// Nothing is open at the first row and after the last.
fn start_and_end(d: &mut Declaration, c: &Columns) {
    let (jobs, registers) = (&c.jobs, &c.registers);
    let one = power_of_two(DISCOUNT_ONE_BITS);
    d.gate_first(
        "no start date is pending at the first row",
        registers.start.here() - Expr::Const(one),
    );
    d.gate(
        "a start date is handed to the next row alone",
        registers.start.next()
            - Expr::Const(one)
            - jobs.start.here() * (c.discount() - Expr::Const(one)),
    );
    let sums = registers.sums().into_iter().zip(EMPTY);
    for (col, name) in sums {
        d.gate_first(name, col.here());
    }
    for (job, name) in [
        (
            jobs.option,
            "the first row is no option: no trade stands above it",
        ),
        (
            jobs.tranche,
            "the first row is no tranche: no trade stands above it",
        ),
        (jobs.hedging_set, "the first row ends no hedging set"),
        (jobs.replacement, "the first row is no replacement cost"),
        (jobs.exposure, "the first row ends no agreement"),
    ] {
        d.gate_first(name, job.here());
    }
    for (job, name) in jobs.all().into_iter().zip(CLOSED) {
        d.gate_sentinel(name, job.here());
    }
}

/// One per register of [`Registers::sums`](super::columns::Registers::sums).
const EMPTY: [&str; 20] = [
    "no effective notional stands before the first row",
    "no error bound stands before the first row",
    "no first sum stands before the first row",
    "no second sum stands before the first row",
    "no third sum stands before the first row",
    "no lean stands before the first row",
    "no add-on stands before the first row",
    "no market value stands before the first row",
    "no trade is counted before the first row",
    "no gross trade is counted before the first row",
    "no independent amount stands before the first row",
    "no variation margin stands before the first row",
    "no potential exposure stands before the first row",
    "no positive market value stands before the first row",
    "no net market value stands before the first row",
    "no collateral stands before the first row",
    "no independent amounts stand before the first row",
    "no netting set is counted before the first row",
    "no margined set is counted before the first row",
    "no other trade is counted before the first row",
];

/// One per job of [`Jobs::all`](super::columns::Jobs::all).
const CLOSED: [&str; 10] = [
    "no start date is pending after the last row",
    "no trade is open after the last row",
    "no option is open after the last row",
    "no tranche is open after the last row",
    "no subset is open after the last row",
    "no hedging set is open after the last row",
    "no margin is open after the last row",
    "no netting set is open after the last row",
    "no replacement cost is open after the last row",
    "no exposure is open after the last row",
];

/// A register that `job` clears and `addend` raises.
pub(super) fn sum(d: &mut Declaration, name: &'static str, col: Col, clears: Col, addend: Expr) {
    d.gate(name, col.next() - not(clears.here()) * col.here() - addend);
}
