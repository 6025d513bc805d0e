//! Comparisons: at least, maximum, minimum, sign and magnitude.
//!
//! The numbers compared may be negative. They are bounded by the columns that they are made of, as
//! far as the engine bounds these; where a table or a gate does, the author answers for
//! |number| < 2^252.

use crate::field::{Fp, to_u128};
use crate::fixed_point::Word;
use crate::fixed_point::word::bits_of_sum;
use crate::protocol::expr::Expr;
use crate::protocol::layout::{Bound, Declaration};

/// Bits of the magnitude of an expression, if the engine bounds every column in it.
fn bits_of(d: &Declaration, expr: &Expr) -> Option<u32> {
    let constant = |c: &Fp| {
        let bits = |v: u128| u128::BITS - v.leading_zeros();
        to_u128(c).or_else(|| to_u128(&-*c)).map(bits)
    };
    match expr {
        Expr::Const(c) => constant(c),
        Expr::Cell { col, .. } => match d.columns[col.0].bound {
            Bound::Bits(bits) => Some(bits),
            Bound::Bit => Some(1),
            Bound::By(_) => None,
        },
        Expr::Sum(a, b) => Some(bits_of(d, a)?.max(bits_of(d, b)?) + 1),
        Expr::Product(a, b) => Some(bits_of(d, a)? + bits_of(d, b)?),
        // A factor of one, or of minus one, adds no bit.
        Expr::Scaled(a, c) if *c == Fp::from(1) || *c == -Fp::from(1) => bits_of(d, a),
        Expr::Scaled(a, c) => Some(bits_of(d, a)? + constant(c)?),
    }
}

fn budget(d: &mut Declaration, name: &'static str, left: &[&Expr], right: u32) {
    let bits: Vec<u32> = left.iter().filter_map(|e| bits_of(d, e)).collect();
    d.budget(name, bits_of_sum(&bits).max(right));
}

/// value ≥ bound: value = bound + slack. Without it the value is below its bound.
///
/// One value of the slack satisfies it. A maximum that only must not be too low is two of these.
pub fn at_least(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    value: Expr,
    bound: Expr,
    slack: Word,
) {
    budget(d, name, &[&value, &bound], slack.bits);
    d.gate(name, when * (value - bound - slack.expr));
}

/// max = the larger of a and b, exactly; `choice` is a bit, 1 where it is a.
///
/// - `names[0]`: max = choice · a + (1 − choice) · b. Without it the maximum is a number larger
///   than both.
/// - `names[1]`: 2 · max = a + b + slack. Without it the smaller passes.
///
/// The maximum and the slack are unique; so is the choice, but where a = b.
#[allow(
    clippy::too_many_arguments,
    reason = "the equation's terms, in its order"
)]
pub fn maximum(
    d: &mut Declaration,
    names: [&'static str; 2],
    when: Expr,
    a: Expr,
    b: Expr,
    max: Expr,
    choice: Expr,
    slack: Word,
) {
    one_of(d, names[0], when.clone(), &a, &b, &max, choice);
    budget(d, names[1], &[&a, &b, &max, &max], slack.bits);
    d.gate(names[1], when * (max * 2 - a - b - slack.expr));
}

/// min = the smaller of a and b, exactly; `choice` is a bit, 1 where it is a.
///
/// - `names[0]`: min = choice · a + (1 − choice) · b. Without it the minimum is a number smaller
///   than both.
/// - `names[1]`: a + b = 2 · min + slack. Without it the larger passes.
///
/// The minimum and the slack are unique; so is the choice, but where a = b.
#[allow(
    clippy::too_many_arguments,
    reason = "the equation's terms, in its order"
)]
pub fn minimum(
    d: &mut Declaration,
    names: [&'static str; 2],
    when: Expr,
    a: Expr,
    b: Expr,
    min: Expr,
    choice: Expr,
    slack: Word,
) {
    one_of(d, names[0], when.clone(), &a, &b, &min, choice);
    budget(d, names[1], &[&a, &b, &min, &min], slack.bits);
    d.gate(names[1], when * (a + b - min * 2 - slack.expr));
}

fn one_of(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    a: &Expr,
    b: &Expr,
    one: &Expr,
    choice: Expr,
) {
    let is_bit = match &choice {
        Expr::Cell { col, .. } => d.columns[col.0].bound == Bound::Bit,
        // A bit that is made of others is the author's word.
        _ => true,
    };
    d.require(name, is_bit, "the choice is a column of bits");
    let chosen = choice * (a.clone() - b.clone()) + b.clone();
    d.gate(name, when * (one.clone() - chosen));
}

/// signed = (2 · positive − 1) · magnitude: the absolute value, exactly, and the sign; `positive`
/// is a bit.
///
/// Without it the magnitude is anything. The magnitude is unique, and the sign but at zero, where
/// both pass: no rule may tell 0 from −0.
pub fn magnitude(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    signed: Expr,
    positive: Expr,
    magnitude: Word,
) {
    let is_bit = match &positive {
        Expr::Cell { col, .. } => d.columns[col.0].bound == Bound::Bit,
        _ => true,
    };
    d.require(name, is_bit, "the sign is a column of bits");
    // ±magnitude must be told apart: a number below p/2 has no other.
    budget(d, name, &[&signed], magnitude.bits);
    let sign = positive * 2 - Expr::from(1);
    d.gate(name, when * (signed - sign * magnitude.expr));
}

/// The cells of [`maximum`] and [`minimum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extreme {
    /// The maximum or minimum.
    pub value: i128,
    /// Whether it is a.
    pub choice: bool,
    /// |a − b|.
    pub slack: u128,
}

/// The twin of [`maximum`].
pub fn larger(a: i128, b: i128) -> Extreme {
    Extreme {
        value: a.max(b),
        choice: a >= b,
        slack: a.abs_diff(b),
    }
}

/// The twin of [`minimum`].
pub fn smaller(a: i128, b: i128) -> Extreme {
    Extreme {
        value: a.min(b),
        choice: a <= b,
        slack: a.abs_diff(b),
    }
}

/// The twin of [`magnitude`]: whether it is not negative, and its absolute value.
pub fn sign_and_magnitude(signed: i128) -> (bool, u128) {
    (signed >= 0, signed.unsigned_abs())
}
