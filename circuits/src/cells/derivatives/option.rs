//! The supervisory delta of an option (CRE52.40): Φ of the trade's moneyness.
//!
//! x = (ln(P/K) + σ²T/2) / (σ√T), squared to spare a root: with n = 2·L·Y·10^8 + σ²T·2^44 and
//! κ = 2^12 · σ²T · Y · 10^8, x is the largest number of 2^-39 with x² · κ ≤ n².
//!
//! | word | holds |
//! | --- | --- |
//! | b | time to exercise, seconds |
//! | k, q, c | the size of n |
//! | n, v, p | n² − x²·κ; where x is saturated one less, and r above it |
//! | r, s, d | (x + 1)²·κ − 1 − n², unless x is saturated |
//! | f | time beyond the least for the narrow error bound |
//! | η, y, w | Φ(−x) |
//!
//! | bit | says |
//! | --- | --- |
//! | 0 | x is negative |
//! | 1 | put, as the trade says |
//! | 2 | x is eight or more, and taken as just below |
//! | 3 | no time is left, and price and strike are equal |
//! | 4 | the price is the snapshot's, as the trade says |
//! | 5 | so little time is left that the wide error bound applies |

use crate::cells::derivatives::columns::Columns;
use crate::counterparty_risk::{FAR_ERROR, NEAR_ERROR};
use crate::field::power_of_two;
use crate::fixed_point::functions::evaluate;
use crate::fixed_point::magnitude;
use crate::protocol::expr::{Expr, not};
use crate::protocol::layout::Declaration;

/// The largest x, 2^-39: just below eight.
pub(super) const SATURATED: u64 = (1u64 << 42) - 1;
/// Above the key of the line: whether the price is quoted.
pub(super) const QUOTED_SHIFT: u32 = 20;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    let words = &c.words;
    let on = || c.jobs.option.here();
    let [negative, put, saturated, now, quoted, near, ..] = c.bits;
    let [variance_rate, least_time, year, ..] = c.lines.values;
    let [log, variance, scale, moneyness, ..] = c.steps;
    d.gate(
        "an option reads the volatility of its class, quoted or not",
        on() * (c.lines.key.here()
            - c.registers.class.here()
            - quoted.here() * (1u64 << QUOTED_SHIFT)),
    );
    d.gate(
        "the variance is the squared volatility over the time left",
        on() * (variance.here() - variance_rate.here() * words.b31.here()),
    );
    d.gate(
        "the scale of x is that of the variance",
        on() * (scale.here() - variance.here() * year.here() * (1u64 << 12)),
    );
    d.gate(
        "the moneyness is the logarithm and half the variance",
        on() * (moneyness.here() - log.here() * year.here() * 2 - variance.here() * (1u64 << 44)),
    );
    magnitude(
        d,
        "the sign of x is that of the moneyness",
        on(),
        moneyness.here(),
        not(negative.here()),
        words.join(&[words.k52, words.q52, words.c26]),
    );
    let x = || c.argument();
    let rest = words.join(&[words.n65, words.v65, words.p52]);
    let spare = words.join(&[words.r65, words.s65, words.d52]);
    // Without time left n² has no bound but its own: the word of the spare is above the rest.
    let beyond = words.r65.here() * power_of_two(rest.bits) + Expr::from(1);
    d.gate(
        "x is not too large, and saturated only where it exceeds eight",
        on() * (moneyness.here() * moneyness.here()
            - x() * x() * scale.here()
            - rest.expr.clone()
            - saturated.here() * beyond),
    );
    d.gate(
        "x is not too small",
        on() * not(saturated.here())
            * ((x() * 2 + Expr::from(1)) * (scale.here() + now.here())
                - Expr::from(1)
                - rest.expr
                - spare.expr),
    );
    d.gate(
        "a saturated x is just below eight",
        on() * saturated.here() * (x() - Expr::from(SATURATED)),
    );
    d.gate(
        "no time is left where the trade ends now",
        on() * now.here() * words.b31.here(),
    );
    d.gate("at the money now, x is zero", on() * now.here() * x());
    d.gate(
        "the narrow error bound needs its time",
        on() * not(near.here()) * (words.b31.here() - least_time.here() - words.f52.here()),
    );
    evaluate(
        d,
        "the tail is the quadratic's value, rounded down",
        on(),
        &c.evaluation(),
    );
    // A call with x ≥ 0 and a put with x < 0 have the large side.
    let small = put.here() + negative.here() - put.here() * negative.here() * 2;
    let one = Expr::from(1u64 << 44);
    d.gate(
        "delta is the tail, or one less the tail",
        on() * (c.delta.here() - one.clone() + words.y52.here()
            - small * (words.y52.here() * 2 - one)),
    );
    d.gate(
        "the error of delta is the narrow bound or the wide",
        on() * (c.delta_error.here()
            - Expr::from(FAR_ERROR)
            - near.here() * (NEAR_ERROR - FAR_ERROR)),
    );
    // Variance below 2^62; 2L·y is less: L below 2^49 and y = Y · 10^8 below 2^52.
    d.budget("the square of the moneyness", 2 * (62 + 44 + 1));
    d.budget("the square of x by its scale", 2 * 43 + 12 + 62 + 52);
    d.budget("what the square leaves where x is saturated", 182 + 65 + 1);
}
