//! The columns that the engine solves: totals, multiplicities, challenges, helpers, sides, the sum.

use ff::Field;
use plimsoll_circuits::field::{Fp, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::cheat::local::Local;
use plimsoll_circuits::protocol::cheat::second::Solved;

use super::AFTER;
use super::report::Report;
use crate::engine::challenges;

pub(super) fn swept(honest: &Forgery, rows: &[usize]) -> Report {
    let layout = honest.grid.layout();
    let at = challenges();
    let mut report = Report::default();
    let local = Local::of(honest);
    for column in 0..layout.total_columns.len() {
        for &row in rows {
            let name = format!("total column `{}`", layout.total_columns[column]);
            report.asked(&name, local.refusal_of_total(column, row));
        }
    }
    let mut solved = Solved::of(honest, &at);
    let step = [
        Fp::ONE,
        -Fp::ONE,
        power_of_two(layout.limb_bits),
        power_of_two(200),
    ];
    let (public, fixed) = (layout.public_multiplicity(), layout.fixed_multiplicity());
    let tables = [Some(layout.range_multiplicity()), public, fixed];
    for column in tables.into_iter().flatten() {
        for &row in rows {
            for by in step {
                let refusal = solved.refusal_of_multiplicity(column, row, by, &at);
                report.asked(AFTER, refusal);
            }
        }
    }
    for column in 0..solved.columns().len() {
        for &row in rows {
            let was = solved.columns()[column][row];
            let zero_one = [Fp::ZERO, Fp::ONE];
            for value in step.iter().map(|by| was + by).chain(zero_one) {
                if value == was {
                    report.idle();
                } else {
                    let refusal = solved.refusal(column, row, value);
                    report.asked(AFTER, refusal);
                }
            }
        }
    }
    report
}
