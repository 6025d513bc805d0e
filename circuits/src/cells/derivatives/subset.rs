//! The end of a subset: a bucket, an entity, a commodity type, or a whole hedging set (CRE52.57 to
//! CRE52.72). Its effective notional becomes an add-on and enters the sums of its hedging set.
//!
//! | word | holds |
//! | --- | --- |
//! | n, v | \|ΣD\|, 10^-8 |
//! | r, q | its remainder |
//! | d, b | the add-on, 2^26 · 10^-14 |
//! | c | its remainder |
//! | η | number of the hedging set's name |
//! | y | how far the next subset's number lies above |
//!
//! Bit 0: ΣD is negative.

use crate::cells::derivatives::columns::Columns;
use crate::cells::derivatives::sequence::sum;
use crate::counterparty_risk::{ADDON_SHIFT, EFFECTIVE_BITS};
use crate::field::power_of_two;
use crate::fixed_point::{Word, divide_power_floor};
use crate::protocol::expr::{Expr, not};
use crate::protocol::layout::Declaration;

/// The share of a subset's lean that rounding of its add-on costs: one unit of the add-on.
pub(super) const LEAN_PER_ADDON_BITS: u32 = EFFECTIVE_BITS + ADDON_SHIFT;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    let (words, registers) = (&c.words, &c.registers);
    let on = || c.jobs.subset.here();
    let negative = c.bits[0];
    let [group, named, factor, bucketed, single, _] = c.lines.values;
    let [bucket, first, second, third, square] = c.lines.second;
    let addon = c.steps[0];
    let sign = || Expr::from(1) - negative.here() * 2;

    d.gate(
        "a subset reads the line of its class",
        on() * (c.lines.key.here() - registers.class.here()),
    );
    d.gate(
        "a subset reads weights of its class",
        on() * (c.lines.second_key.here() - registers.class.here()),
    );
    d.gate(
        "a subset reads the weights of its bucket",
        on() * (bucket.here() - bucketed.here() * registers.subset.here()),
    );
    d.gate(
        "a hedging set without parts has one subset",
        on() * single.here() * registers.subset.here(),
    );
    d.gate(
        "a subset lies in a hedging set of its class's group",
        on() * (registers.hedging_set.here() - group.here() * (1u64 << 30) - words.eta30.here()),
    );
    d.gate(
        "a group with one hedging set has no names",
        on() * not(named.here()) * words.eta30.here(),
    );
    divide_power_floor(
        d,
        "the effective notional is rounded down to 10^-8, with its sign",
        on(),
        Word::new(sign() * registers.effective.here() * 2, 249),
        EFFECTIVE_BITS + 1,
        words.join(&[words.n65, words.v65]),
        words.join(&[words.r65, words.q52]),
    );
    divide_power_floor(
        d,
        "the add-on is the supervisory factor of the effective notional, rounded down",
        on(),
        Word::new(
            words.join(&[words.n65, words.v65]).expr * factor.here(),
            130 + 27,
        ),
        ADDON_SHIFT,
        words.join(&[words.d52, words.b31]),
        words.word(words.c26),
    );
    d.gate(
        "the add-on has the sign of the effective notional",
        on() * (addon.here() - sign() * words.join(&[words.d52, words.b31]).expr),
    );
    let clears = c.jobs.hedging_set;
    sum(
        d,
        "the first sum of a hedging set adds up",
        registers.sums[0],
        clears,
        on() * first.here() * addon.here(),
    );
    sum(
        d,
        "the second sum of a hedging set adds up",
        registers.sums[1],
        clears,
        on() * (second.here() * addon.here() + square.here() * addon.here() * addon.here()),
    );
    sum(
        d,
        "the third sum of a hedging set adds up",
        registers.sums[2],
        clears,
        on() * third.here() * addon.here(),
    );
    // Any error of an effective notional moves the hedging set's add-on by at most the factor
    // of it: the add-on is a norm, and none of its unit vectors is longer than one.
    let lost = factor.here() * power_of_two(EFFECTIVE_BITS)
        + Expr::Const(power_of_two(LEAN_PER_ADDON_BITS));
    sum(
        d,
        "what rounding may have lost adds up over a netting set",
        registers.lean,
        c.jobs.netting_set,
        on() * (registers.error.here() * factor.here() + lost),
    );
    // ρ below 2^14, 2^14 subsets, add-ons below 2^83.
    d.budget("the square of the sums", 2 * (14 + 14 + 83) + 27);
    d.budget("errors by their factor", 205 + 14 + 27);
}
