//! The gates of an evaluation: the argument cut up, the polynomial, the product.
//!
//! An evaluation is two lookups, [`declare_poly`], [`evaluate`], and the cut of its argument. Only
//! together do they say that y is the function's value: the cut ties node, η and head to the
//! argument, and the lookups bound node and head.

use super::{
    ARGUMENT_BITS, ETA_BITS, EXP_NODE_BITS, FUNCTION, HEAD, POLY_BITS, POWER_BITS, REMAINDER_BITS,
};
use crate::field::power_of_two;
use crate::fixed_point::Word;
use crate::fixed_point::divide::{below, divide_power_floor};
use crate::fixed_point::word::bits_of_sum;
use crate::protocol::expr::{Col, Expr};
use crate::protocol::layout::{Bound, Declaration};

/// The cells of an evaluation beside the polynomial's.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// A, out of the head's lookup: [`super::FACTOR_BITS`], or 45 without [`super::GROWTH`].
    pub head: Word,
    /// The polynomial, of [`declare_poly`].
    pub poly: Col,
    /// The value, units of 2^-44.
    pub y: Word,
    /// What the floor leaves: [`REMAINDER_BITS`] bits, of a column or joined.
    pub remainder: Word,
}

/// (function, node, K0, K1, K2) is a row of the table of coefficients. Without it the prover has a
/// function of his own.
pub fn lookup_node(
    d: &mut Declaration,
    name: &'static str,
    function: Expr,
    node: Expr,
    coefficients: [Expr; 3],
) {
    let mut values = vec![function, node];
    values.extend(coefficients);
    d.lookup(name, FUNCTION, values);
}

/// (function, e, A, power, addend) is a row of the table of heads. Without it the prover scales the
/// value as he likes. The function is that of [`lookup_node`], but for [`super::GROWTH`].
pub fn lookup_head(
    d: &mut Declaration,
    name: &'static str,
    function: Expr,
    e: Expr,
    factor: Expr,
    power: Expr,
    addend: Expr,
) {
    d.lookup(name, HEAD, vec![function, e, factor, power, addend]);
}

/// poly = K0 · 2^60 − K1 · η · 2^30 + K2 · η², at every position. Without it the polynomial is
/// anything.
///
/// η must be a column of exactly 30 bits: a wider one goes on past its node, where the quadratic is
/// no function's. The polynomial is then in 0 … 2^105, because the table's quadratics are.
pub fn declare_poly(
    d: &mut Declaration,
    name: &'static str,
    k0: Col,
    k1: Col,
    k2: Col,
    eta: Col,
    poly: Col,
) {
    d.require(
        name,
        d.columns[eta.0].bound == Bound::Bits(ETA_BITS),
        "η is a column of 30 bits",
    );
    let eta = eta.here();
    let sum = k0.here() * power_of_two(2 * ETA_BITS)
        - k1.here() * eta.clone() * power_of_two(ETA_BITS)
        + k2.here() * eta.clone() * eta;
    d.gate(name, sum - poly.here());
}

/// y = ⌊A · poly / 2^104⌋, exactly. Without it the value is anything.
pub fn evaluate(d: &mut Declaration, name: &'static str, when: Expr, cells: &Evaluation) {
    let product = Word::new(
        cells.head.expr.clone() * cells.poly.here(),
        cells.head.bits + POLY_BITS,
    );
    let (y, remainder) = (cells.y.clone(), cells.remainder.clone());
    divide_power_floor(d, name, when, product, REMAINDER_BITS, y, remainder);
}

fn cut(d: &mut Declaration, name: &'static str, when: Expr, argument: Word, pieces: Expr) {
    d.budget(name, argument.bits);
    d.gate(name, when * (argument.expr - pieces));
}

fn within_half(node: Expr, eta: Expr) -> Expr {
    node * power_of_two(ETA_BITS) + eta
}

/// t = e · 2^41 + node · 2^30 + η, t in units of 2^-42 for e^−t. Without it the value is that of
/// another argument. One head, node and η satisfy it.
pub fn split_exponential(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    t: Word,
    e: Col,
    node: Col,
    eta: Col,
) {
    let half = power_of_two(EXP_NODE_BITS + ETA_BITS);
    let pieces = e.here() * half + within_half(node.here(), eta.here());
    cut(d, name, when, t, pieces);
}

/// x = e · 2^41 − node · 2^30 − η, x in units of 2^-42 for e^x, the head's function being
/// [`super::GROWTH`] and the node's [`super::EXP`]. Without it the value is that of another
/// argument. One head, node and η satisfy it.
pub fn split_growth(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    x: Word,
    e: Col,
    node: Col,
    eta: Col,
) {
    let half = power_of_two(EXP_NODE_BITS + ETA_BITS);
    let pieces = e.here() * half - within_half(node.here(), eta.here());
    cut(d, name, when, x, pieces);
}

/// x = node · 2^30 + η, x in units of 2^-39 for Φ(−x). Without it the value is that of another
/// argument. One node and η satisfy it.
pub fn split_normal(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    x: Word,
    node: Col,
    eta: Col,
) {
    cut(d, name, when, x, within_half(node.here(), eta.here()));
}

/// The cells that tie a ratio to the argument of ln.
#[derive(Clone, Debug)]
pub struct Ratio {
    /// The larger term.
    pub a: Word,
    /// The smaller term.
    pub b: Word,
    /// 2^e, out of the head's lookup.
    pub power: Col,
    /// Node, out of its lookup.
    pub node: Col,
    /// η.
    pub eta: Col,
    /// a · 2^42 − m · b · 2^e.
    pub remainder: Word,
    /// b · 2^e − 1 − remainder.
    pub slack: Word,
}

/// m = ⌊a · 2^42 / (b · 2^e)⌋ with m = 2^42 + node · 2^30 + η, so that a/b = m · 2^(e − 42), and
/// ln(a/b) is the head's addend less y.
///
/// - `names[0]`: a · 2^42 = m · b · 2^e + remainder. Without it m is anything.
/// - `names[1]`: remainder + slack + 1 = b · 2^e. Without it every smaller m passes.
///
/// Holds for b ≥ 1 and a/b in [1, 2^20) only; as m is in [1, 2), one e, node and η satisfy it.
pub fn split_ratio(d: &mut Declaration, names: [&'static str; 2], when: Expr, cells: &Ratio) {
    let divisor = Word::new(
        cells.b.expr.clone() * cells.power.here(),
        cells.b.bits + POWER_BITS,
    );
    let m =
        within_half(cells.node.here(), cells.eta.here()) + Expr::Const(power_of_two(ARGUMENT_BITS));
    let dividend = cells.a.times(1 << ARGUMENT_BITS);
    let product = divisor.bits + ARGUMENT_BITS + 1;
    let right = bits_of_sum(&[product, cells.remainder.bits]);
    d.budget(names[0], dividend.bits.max(right));
    let rebuilt = divisor.expr.clone() * m + cells.remainder.expr.clone();
    d.gate(names[0], when.clone() * (dividend.expr - rebuilt));
    let (remainder, slack) = (cells.remainder.clone(), cells.slack.clone());
    below(d, names[1], when, remainder, divisor, slack);
}
