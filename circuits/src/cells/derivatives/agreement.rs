//! The end of an agreement: replacement cost, then exposure at default and its risk weight
//! (CRE52.1, CRE52.10, CRE52.18, CRE52.75).
//!
//! Without margin, over any number of netting sets:
//! RC = max(ΣV⁺ − max(C, 0), 0) + max(ΣV⁻ − min(C, 0), 0), which is max(ΣV⁺ − C, 0) where C is
//! not negative and max(ΣV⁺, ΣV − C) where it is. Either is at least the right one where the sign
//! of C is mistaken, so that its sign needs no proof. With margin, of one netting set:
//! RC = max(V − C, TH + MTA − NICA, 0). Everything is checked from below alone.
//!
//! The row of the replacement cost:
//!
//! | word | holds |
//! | --- | --- |
//! | r, s, c | RC, 10^-17 |
//! | p, k, d | RC less its first bound |
//! | q, f, w | RC less its second bound |
//! | v, y | threshold, minimum transfer amount |
//!
//! Bit 0: with margin. Bit 1: C is taken as received.
//!
//! The row of the exposure: word n, b the exposure at default in 10^-8; v how much it was rounded
//! up. Bit 0: sold options outside every netting set, whose exposure is zero: nothing but them, no
//! margin in any form, and none with a value above zero, which would be a premium outstanding. That
//! is asked of each of them, for outside a netting set one's value does not make up for another's.

use crate::cells::derivatives::columns::Columns;
use crate::cells::derivatives::netting_set::RATE_TO_MARGIN;
use crate::field::power_of_ten;
use crate::field::power_of_two;
use crate::fixed_point::at_least;
use crate::protocol::expr::{Expr, not};
use crate::protocol::layout::Declaration;

/// From the book's unit to 10^-17.
const UNIT_TO_MARGIN: u64 = 100_000_000_000_000_000;
/// Exposures at default are in 10^-8 and weights in 10^-4: to 10^-25.
const EXPOSURE_TO_RWA: u64 = 10_000_000_000_000;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    replacement(d, c);
    exposure(d, c);
}

fn replacement(d: &mut Declaration, c: &Columns) {
    let (words, registers) = (&c.words, &c.registers);
    let on = || c.jobs.replacement.here();
    let [margined, received, ..] = c.bits;
    let cost = words.join(&[words.r65, words.s65, words.c26]).expr;
    d.gate(
        "replacement cost is margined exactly where the netting set is",
        on() * (margined.here() - registers.margined.here()),
    );
    d.gate(
        "a margined replacement cost is that of one netting set",
        on() * margined.here() * (registers.sets.here() - Expr::from(1)),
    );
    let net = || registers.net.here() * RATE_TO_MARGIN - registers.collateral.here();
    let positive = || registers.positive.here() * RATE_TO_MARGIN;
    let first = words.join(&[words.p52, words.k52, words.d52]);
    let second = words.join(&[words.q52, words.f52, words.w104]);
    let without = || not(margined.here());
    // One slack serves whichever bound applies.
    let bound = margined.here() * net()
        + without() * (positive() - received.here() * registers.collateral.here());
    at_least(
        d,
        "replacement cost is not below its first bound",
        on(),
        cost.clone(),
        bound,
        first,
    );
    let threshold =
        (words.v65.here() + words.y52.here()) * UNIT_TO_MARGIN - registers.independent_all.here();
    d.gate(
        "replacement cost with margin is not below threshold and transfer less independent amount",
        on() * margined.here() * (cost.clone() - threshold - second.expr.clone()),
    );
    d.gate(
        "replacement cost where collateral was posted is not below the net value",
        on() * without() * not(received.here()) * (cost.clone() - net() - second.expr),
    );
    d.gate(
        "the exposure gets the replacement cost",
        on() * (c.steps[0].next() - cost),
    );
}

fn exposure(d: &mut Declaration, c: &Columns) {
    let (words, registers) = (&c.words, &c.registers);
    let on = || c.jobs.exposure.here();
    let outside = c.bits[0];
    let [weight, alpha, ..] = c.lines.values;
    let exposure = words.join(&[words.n65, words.b31]);
    let charge = alpha.here() * (c.steps[0].here() * (10u64 << 18) + registers.pfe.here());
    let unit = power_of_ten(14) * power_of_two(18);
    at_least(
        d,
        "exposure at default is not below alpha times replacement cost and PFE",
        on() * not(outside.here()),
        exposure.expr.clone() * unit,
        charge,
        words.word(words.v65),
    );
    d.gate(
        "only sold options whose premium is paid lie outside, and no item of margin",
        on() * outside.here() * registers.others.here(),
    );
    d.gate(
        "what lies outside is alone",
        on() * outside.here() * (registers.sets.here() - Expr::from(1)),
    );
    d.gate(
        "what lies outside has no margin",
        on() * outside.here() * registers.margined.here(),
    );
    d.gate(
        "what lies outside has no exposure",
        on() * outside.here() * exposure.expr.clone(),
    );
    d.total(
        "risk-weighted assets",
        on() * exposure.expr * weight.here() * EXPOSURE_TO_RWA,
    );
}
