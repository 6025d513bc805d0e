//! The supervisory delta of a tranche (CRE52.41): 15 / ((1 + 14A)(1 + 14D)), with attachment
//! A = a/m and detachment D = d/m, rounded down.
//!
//! | word | holds |
//! | --- | --- |
//! | η, b, f | m, a, d |
//! | p | m − d |
//! | k | d − a − 1 |
//! | y | delta |
//! | n, v; r, s | remainder; slack |
//!
//! A tranche that detaches above its pool, or of a pool of nothing, would have next to no delta, or
//! none.

use crate::cells::derivatives::columns::Columns;
use crate::fixed_point::{Word, divide_floor};
use crate::protocol::expr::Expr;
use crate::protocol::layout::Declaration;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    let words = &c.words;
    let on = || c.jobs.tranche.here();
    let [numerator, slope, ..] = c.lines.values;
    let [attachment, detachment, product, ..] = c.steps;
    d.gate(
        "a tranche reads the line of its class, which has tranches",
        on() * (c.lines.key.here() - c.registers.class.here()),
    );
    let whole = || words.eta30.here();
    d.gate(
        "a tranche detaches within its pool",
        on() * (whole() - words.f52.here() - words.p52.here()),
    );
    d.gate(
        "a tranche attaches below its detachment",
        on() * (words.f52.here() - words.b31.here() - Expr::from(1) - words.k52.here()),
    );
    d.gate(
        "the attachment's factor is one and its multiple",
        on() * (attachment.here() - whole() - slope.here() * words.b31.here()),
    );
    d.gate(
        "the detachment's factor is one and its multiple",
        on() * (detachment.here() - whole() - slope.here() * words.f52.here()),
    );
    d.gate(
        "both factors are multiplied",
        on() * (product.here() - attachment.here() * detachment.here()),
    );
    divide_floor(
        d,
        [
            "a tranche's delta is the quotient",
            "a tranche's delta is rounded down",
        ],
        on(),
        Word::new(
            numerator.here() * whole() * whole() * (1u64 << 44),
            4 + 60 + 44,
        ),
        Word::new(product.here(), 36 + 57),
        words.word(words.y52),
        words.join(&[words.n65, words.v65]),
        words.join(&[words.r65, words.s65]),
    );
    d.gate(
        "a tranche hands on its delta",
        on() * (c.delta.here() - words.y52.here()),
    );
    d.gate(
        "a tranche's delta is out by less than one unit",
        on() * (c.delta_error.here() - Expr::from(1)),
    );
}
