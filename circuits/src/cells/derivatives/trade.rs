//! A trade: adjusted notional, maturity factor, effective notional (CRE52.30 to CRE52.48).
//!
//! D = ±N · rate · (e^−rS − e^−rE, at least its floor) · δ · MF, exact in 10^-8 · 2^-116; the
//! factor 1/r of the supervisory duration is in the supervisory factor.
//!
//! | word | holds |
//! | --- | --- |
//! | n, v | notional; market value |
//! | d, q, f | discount difference, its remainder, its distance from the floor |
//! | c, b | end date less its bucket's lower edge; upper edge less end date |
//! | p, k | price and strike |
//! | r, s | remainder and slack of the mantissa of price over strike |
//! | η, y, w | the logarithm |
//!
//! | bit | says |
//! | --- | --- |
//! | 0 | bought |
//! | 1 | put |
//! | 2, 3 | option, tranche |
//! | 4 | the price is the snapshot's |
//! | 5 | the price is at least the strike |
//! | 6 | the market value is negative, or zero |
//! | 7 | the discount difference is at least its floor |

use crate::cells::derivatives::columns::Columns;
use crate::cells::derivatives::sequence::sum;
use crate::counterparty_risk::{LOG_AT_ONE, MATURITY_FACTOR_ERROR};
use crate::fixed_point::functions::{Ratio, evaluate, split_ratio};
use crate::fixed_point::{Word, divide_power_floor, maximum};
use crate::protocol::expr::{Expr, not};
use crate::protocol::layout::Declaration;

/// Bits of the largest quantity in a trade's row.
const NOTIONAL_BITS: u32 = 65;
const RATE_BITS: u32 = 47;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    let words = &c.words;
    let registers = &c.registers;
    let on = || c.jobs.trade.here();
    let [
        bought,
        put,
        option,
        tranche,
        quoted,
        above,
        negative,
        above_floor,
    ] = c.bits;
    let [class_error, floor, gross, bucketed, tied, group] = c.lines.values;
    let [low, high, ..] = c.lines.second;
    let [converted, discount, adjusted, factor, sign, larger] = c.steps;

    d.gate(
        "a trade reads the line of its class",
        on() * (c.lines.key.here() - registers.class.here()),
    );
    d.gate(
        "a trade whose class has buckets reads the line of its bucket",
        on() * (c.lines.second_key.here() - bucketed.here() * registers.subset.here()),
    );
    d.gate(
        "the trade ends in its bucket, not before",
        on() * (c.date() - low.here() - words.c26.here()),
    );
    d.gate(
        "the trade ends in its bucket, not after",
        on() * (high.here() - c.date() - words.b31.here()),
    );
    d.gate(
        "a hedging set of rates is the currency of its trades",
        on() * tied.here()
            * (registers.hedging_set.here() - group.here() * (1u64 << 30) - c.currency.here()),
    );

    // Adjusted notional.
    d.gate(
        "the notional is converted at the snapshot's rate",
        on() * (converted.here() - words.n65.here() * c.rate.here()),
    );
    divide_power_floor(
        d,
        "the discount difference is that of start and end",
        on(),
        Word::new((registers.start.here() - c.discount()) * (1u64 << 4), 93),
        52,
        words.word(words.d52),
        words.word(words.q52),
    );
    maximum(
        d,
        [
            "the larger of discount difference and floor is taken",
            "the discount difference is at least its floor",
        ],
        on(),
        words.d52.here(),
        floor.here(),
        discount.here(),
        above_floor.here(),
        words.word(words.f52),
    );
    d.gate(
        "the adjusted notional is the notional by the discount difference",
        on() * (adjusted.here() - converted.here() * discount.here()),
    );

    delta(d, c);
    logarithm(d, c);

    // Effective notional.
    d.gate(
        "a trade charged gross is linear",
        on() * gross.here() * (option.here() + tranche.here()),
    );
    d.gate(
        "a trade charged gross has a maturity factor of one",
        on() * gross.here() * (c.maturity_factor.here() - Expr::from(1u64 << 32)),
    );
    d.gate(
        "delta and maturity factor are multiplied",
        on() * (factor.here() - c.delta.here() * c.maturity_factor.here()),
    );
    d.gate(
        "a bought call and a sold put are long, a sold call and a bought put short",
        on() * (sign.here() + Expr::from(1)
            - (bought.here() + put.here() - bought.here() * put.here() * 2) * 2),
    );
    sum(
        d,
        "effective notionals add up over a subset, with their signs",
        registers.effective,
        c.jobs.subset,
        on() * sign.here() * adjusted.here() * factor.here(),
    );
    sum(
        d,
        "error bounds add up over a subset, without signs",
        registers.error,
        c.jobs.subset,
        on() * (adjusted.here() * c.maturity_factor.here() * c.delta_error.here()
            + converted.here() * factor.here() * class_error.here()
            + adjusted.here() * c.delta.here() * MATURITY_FACTOR_ERROR),
    );
    let jobs = &c.jobs;
    sum(
        d,
        "market values add up over a netting set, with their signs",
        registers.value,
        jobs.netting_set,
        on() * (Expr::from(1) - negative.here() * 2) * words.v65.here() * c.value_rate.here(),
    );
    sum(
        d,
        "every trade of a netting set is counted",
        registers.trades,
        jobs.netting_set,
        on(),
    );
    sum(
        d,
        "every trade charged gross is counted",
        registers.gross,
        jobs.netting_set,
        on() * gross.here(),
    );
    sum(
        d,
        "every trade that cannot lie outside is counted, and every item of margin",
        registers.others,
        jobs.exposure,
        on() * not(option.here() * not(bought.here()) * negative.here()) + jobs.margin.here(),
    );
    d.gate(
        "one is at least the other, or the sign bit is wrong",
        on() * (larger.here()
            - words.k52.here()
            - above.here() * (words.p52.here() - words.k52.here())),
    );
    d.gate(
        "a quoted price is the snapshot's",
        on() * quoted.here() * (words.p52.here() - c.rate.here()),
    );
    let bits = NOTIONAL_BITS + RATE_BITS + 41 + 48 + 33 + 14;
    d.budget("effective notionals of a subset, doubled", bits + 1);
}

/// |δ|: one, or what the row below found out.
fn delta(d: &mut Declaration, c: &Columns) {
    let on = || c.jobs.trade.here();
    let [_, put, option, tranche, ..] = c.bits;
    let below = || option.here() + tranche.here();
    d.gate(
        "only an option is a put",
        on() * put.here() * not(option.here()),
    );
    d.gate(
        "an option is no tranche",
        on() * option.here() * tranche.here(),
    );
    d.gate(
        "delta is one, or that of the option or tranche in the next row",
        on() * (c.delta.here() - not(below()) * (1u64 << 44) - below() * c.delta.next()),
    );
    d.gate(
        "the error of delta is none, or that of the option or tranche",
        on() * (c.delta_error.here() - below() * c.delta_error.next()),
    );
}

/// ln of price over strike, for the option in the next row.
fn logarithm(d: &mut Declaration, c: &Columns) {
    let on = || c.jobs.trade.here();
    let words = &c.words;
    let [_, put, option, _, quoted, above, ..] = c.bits;
    let larger = c.steps[5];
    let smaller = words.p52.here() + words.k52.here() - larger.here();
    split_ratio(
        d,
        [
            "the mantissa is price over strike, or strike over price",
            "the mantissa is rounded down",
        ],
        on(),
        &Ratio {
            a: Word::new(larger.here(), 52),
            b: Word::new(smaller, 53),
            power: c.function.power,
            node: c.function.node,
            eta: words.eta30,
            remainder: words.word(words.r65),
            slack: words.word(words.s65),
        },
    );
    evaluate(
        d,
        "ln(2/m) is the quadratic's value, rounded down",
        on(),
        &c.evaluation(),
    );
    let signed = above.here() * 2 - Expr::from(1);
    d.gate(
        "the option gets the logarithm of its trade",
        on() * option.here()
            * (c.steps[0].next()
                - signed * (c.function.addend.here() - words.y52.here() - Expr::from(LOG_AT_ONE))),
    );
    let now = c.bits[3];
    d.gate(
        "an option is at the money now only if price and strike are equal",
        on() * option.here() * now.next() * (words.p52.here() - words.k52.here()),
    );
    d.gate(
        "the option is a put if its trade is",
        on() * option.here() * (put.next() - put.here()),
    );
    d.gate(
        "the option's price is quoted if its trade's is",
        on() * option.here() * (quoted.next() - quoted.here()),
    );
}
