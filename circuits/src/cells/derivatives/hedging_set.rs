//! The end of a hedging set: its add-on is the root of a quadratic form, rounded up.
//!
//! Rates: √(A1² + A2² + A3² + 2ρ12·A1·A2 + 2ρ23·A2·A3 + 2ρ13·A1·A3) over the buckets (CRE52.57).
//! Entities: √((Σ ρA)² + Σ (1 − ρ²)A²) (CRE52.61, CRE52.66, CRE52.70). Where a hedging set has no
//! parts, the size of its one add-on.
//!
//! | word | holds |
//! | --- | --- |
//! | n, b | the add-on |
//! | r, s | its square less the form |
//! | η | number of its name |
//! | y | how far the next hedging set's number lies above |
//!
//! The root is checked from below alone: a larger one charges the institution more, through every
//! later step.

use crate::cells::derivatives::columns::Columns;
use crate::cells::derivatives::sequence::sum;
use crate::fixed_point::{Word, root_ceil_at_least};
use crate::protocol::expr::not;
use crate::protocol::layout::Declaration;

/// Scale of the squares: correlations are in 10^-4.
pub(super) const SQUARE_SCALE: u64 = 100_000_000;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    let (words, registers) = (&c.words, &c.registers);
    let on = || c.jobs.hedging_set.here();
    let [bucketed, one_two, two_three, one_three, ..] = c.lines.values;
    let [a, b, e] = registers.sums;
    d.gate(
        "a hedging set reads the line of its group",
        on() * (registers.hedging_set.here()
            - c.lines.key.here() * (1u64 << 30)
            - words.eta30.here()),
    );
    let square = |col: crate::protocol::expr::Col| col.here() * col.here();
    let entities = square(a) + b.here();
    let buckets = (square(a) + square(b) + square(e)) * 10_000u64;
    // The lines of groups without buckets have no correlations.
    let cross = one_two.here() * a.here() * b.here()
        + two_three.here() * b.here() * e.here()
        + one_three.here() * a.here() * e.here();
    let form = not(bucketed.here()) * entities + bucketed.here() * buckets + cross;
    let addon = words.join(&[words.n65, words.b31]);
    root_ceil_at_least(
        d,
        "the add-on of a hedging set is at least the root of its form",
        on(),
        Word::new(form, 250),
        Word::constant(u128::from(SQUARE_SCALE)),
        addon.clone(),
        words.join(&[words.r65, words.s65]),
    );
    sum(
        d,
        "add-ons of hedging sets add up over a netting set",
        registers.addon,
        c.jobs.netting_set,
        on() * addon.expr,
    );
}
