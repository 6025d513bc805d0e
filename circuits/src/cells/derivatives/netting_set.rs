//! The end of a netting set: aggregate add-on, multiplier, PFE (CRE52.20 to CRE52.23).
//!
//! With AddOn rounded up by what rounding may have lost, x ≤ −(V − C) / (2(1 − F)·AddOn) rounded
//! down and e^−x taken with its error bound, PFE = AddOn · (F + (1 − F)·e^−x) is never below the
//! exact one. A multiplier of one is always allowed: it charges the most.
//!
//! | word | holds |
//! | --- | --- |
//! | n, b | AddOn, 2^26 · 10^-14 |
//! | v, r, c | how much it was rounded up |
//! | s, p, k | what −(V − C) leaves beyond the exponent |
//! | d, f, q | \|V\| |
//! | η, y, w | e^−x |
//! | small | large set less number of trades |
//!
//! | bit | says |
//! | --- | --- |
//! | 0 | the multiplier is one |
//! | 1 | V is negative |

use crate::cells::derivatives::columns::Columns;
use crate::cells::derivatives::sequence::sum;
use crate::cells::derivatives::subset::LEAN_PER_ADDON_BITS;
use crate::counterparty_risk::EXPONENTIAL_LEAN;
use crate::field::power_of_two;
use crate::fixed_point::functions::evaluate;
use crate::fixed_point::{at_least, magnitude};
use crate::protocol::expr::{Expr, not};
use crate::protocol::layout::Declaration;

/// 10^-4 to one.
pub(super) const SHARE_ONE: u64 = 10_000;
/// From 10^-8 to 10^-17.
pub(super) const RATE_TO_MARGIN: u64 = 1_000_000_000;
/// Bits of e^−x and of the multiplier.
pub(super) const EXPONENTIAL_BITS: u32 = 44;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    let (words, registers) = (&c.words, &c.registers);
    let on = || c.jobs.netting_set.here();
    let [full, negative, ..] = c.bits;
    let [margined, limited, large, counts, floor, _] = c.lines.values;
    let [collateral, net, product, multiplier, ..] = c.steps;
    let addon = words.join(&[words.n65, words.b31]);

    d.gate(
        "a netting set reads the line of its margin period",
        on() * (c.lines.key.here() - registers.period.here()),
    );
    d.gate(
        "a large netting set does not have a short margin period",
        on() * limited.here() * (large.here() - registers.trades.here() - words.d13.here()),
    );
    d.gate(
        "collateral is independent amounts, and variation margin where it counts",
        on() * (collateral.here()
            - registers.independent.here()
            - counts.here() * registers.variation.here()),
    );
    d.gate(
        "the net value is market value less collateral",
        on() * (net.here() - registers.value.here() * RATE_TO_MARGIN + collateral.here()),
    );
    let unit = power_of_two(LEAN_PER_ADDON_BITS);
    at_least(
        d,
        "the aggregate add-on is not below its parts and what rounding lost",
        on(),
        addon.expr.clone() * unit,
        registers.addon.here() * unit + registers.lean.here(),
        words.join(&[words.v65, words.r65, words.c26]),
    );
    d.gate(
        "the exponent is weighed by the add-on",
        on() * (product.here()
            - (c.function.head.here() * (1u64 << 41) + c.argument()) * addon.expr.clone()),
    );
    let weighed = (Expr::from(SHARE_ONE) - floor.here()) * product.here() * 2;
    at_least(
        d,
        "the exponent does not exceed the excess collateral over the add-on",
        on() * not(full.here()),
        -(net.here() * (10u64 << 16)),
        weighed,
        words.join(&[words.s65, words.p52, words.k52]),
    );
    evaluate(
        d,
        "the exponential is the quadratic's value, rounded down",
        on(),
        &c.evaluation(),
    );
    let one = Expr::from(SHARE_ONE) * (1u64 << EXPONENTIAL_BITS);
    let reduced = floor.here() * (1u64 << EXPONENTIAL_BITS)
        + (Expr::from(SHARE_ONE) - floor.here())
            * (words.y52.here() + Expr::from(EXPONENTIAL_LEAN));
    d.gate(
        "the multiplier is its floor and the exponential's share of the rest, or one",
        on() * (multiplier.here() - full.here() * one - not(full.here()) * reduced),
    );
    d.gate(
        "what is charged gross has a multiplier of one",
        on() * registers.gross.here() * not(full.here()),
    );
    d.gate(
        "what is charged gross is a netting set of its own",
        on() * registers.gross.here() * (registers.trades.here() - Expr::from(1)),
    );
    let gross = || registers.gross.here();
    d.gate(
        "what is charged gross has no collateral",
        on() * gross() * collateral.here(),
    );
    d.gate(
        "what is charged gross is the first netting set of its agreement",
        on() * gross() * registers.sets.here(),
    );
    d.gate(
        "what is charged gross is the last netting set of its agreement",
        on() * gross() * not(c.jobs.replacement.next()),
    );
    magnitude(
        d,
        "the sign of the market value",
        on(),
        registers.value.here(),
        not(negative.here()),
        words.join(&[words.d52, words.f52, words.q52]),
    );
    let clears = c.jobs.exposure;
    let mut add = |name, col, addend: Expr| sum(d, name, col, clears, addend);
    add(
        "potential future exposures add up over an agreement",
        registers.pfe,
        on() * multiplier.here() * addon.expr,
    );
    add(
        "positive market values add up over an agreement",
        registers.positive,
        on() * not(negative.here()) * registers.value.here(),
    );
    add(
        "market values add up over an agreement",
        registers.net,
        on() * registers.value.here(),
    );
    add(
        "collateral adds up over an agreement",
        registers.collateral,
        on() * collateral.here(),
    );
    add(
        "independent amounts add up over an agreement",
        registers.independent_all,
        on() * registers.independent.here(),
    );
    add(
        "netting sets of an agreement are counted",
        registers.sets,
        on(),
    );
    add(
        "margined netting sets of an agreement are counted",
        registers.margined,
        on() * margined.here(),
    );
}
