//! Floors of quotients.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::Zero;

use crate::field::power_of_two;
use crate::fixed_point::Word;
use crate::fixed_point::word::bits_of_sum;
use crate::protocol::expr::Expr;
use crate::protocol::layout::Declaration;

/// quotient = ⌊dividend / divisor⌋, exactly, and divisor ≥ 1.
///
/// - `names[0]`: dividend = divisor · quotient + remainder. Without it the quotient is anything.
/// - `names[1]`: remainder + slack + 1 = divisor. Without it a prover moves whole divisors from the
///   quotient to the remainder, and divides by zero as he likes. One quotient, one remainder and
///   one slack satisfy both.
///
/// The quotient is rounded down; a ceiling is the floor of (dividend + divisor − 1), or the floor
/// plus one where a result that is too high by one does no harm.
#[allow(
    clippy::too_many_arguments,
    reason = "the equation's terms, in its order"
)]
pub fn divide_floor(
    d: &mut Declaration,
    names: [&'static str; 2],
    when: Expr,
    dividend: Word,
    divisor: Word,
    quotient: Word,
    remainder: Word,
    slack: Word,
) {
    let product = divisor.bits + quotient.bits;
    let right = bits_of_sum(&[product, remainder.bits]);
    d.budget(names[0], dividend.bits.max(right));
    d.gate(
        names[0],
        when.clone()
            * (dividend.expr - divisor.expr.clone() * quotient.expr - remainder.expr.clone()),
    );
    below(d, names[1], when, remainder, divisor, slack);
}

/// value < bound: value + slack + 1 = bound.
pub(crate) fn below(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    value: Word,
    bound: Word,
    slack: Word,
) {
    let left = bits_of_sum(&[value.bits, slack.bits, 1]);
    d.budget(name, bound.bits.max(left));
    d.gate(
        name,
        when * (value.expr + slack.expr + Expr::from(1) - bound.expr),
    );
}

/// quotient = ⌊dividend / 2^power⌋, exactly: dividend = 2^power · quotient + remainder.
///
/// Without it the quotient is anything. That the remainder is below 2^power is its range check, so
/// its bits must be `power`: with more, quotients too low pass; with fewer, honest ones do not.
pub fn divide_power_floor(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    dividend: Word,
    power: u32,
    quotient: Word,
    remainder: Word,
) {
    d.require(
        name,
        remainder.bits == power,
        "the remainder has as many bits as the power of two",
    );
    let right = bits_of_sum(&[quotient.bits + power, remainder.bits]);
    d.budget(name, dividend.bits.max(right));
    let rebuilt = quotient.expr * power_of_two(power) + remainder.expr;
    d.gate(name, when * (dividend.expr - rebuilt));
}

/// The cells of [`divide_floor`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// ⌊dividend / divisor⌋.
    pub quotient: BigUint,
    /// dividend − divisor · quotient.
    pub remainder: BigUint,
    /// divisor − 1 − remainder.
    pub slack: BigUint,
}

/// The twin of [`divide_floor`]; none for a divisor of zero.
pub fn floor_division(dividend: &BigUint, divisor: &BigUint) -> Option<Division> {
    if divisor.is_zero() {
        return None;
    }
    let (quotient, remainder) = dividend.div_rem(divisor);
    let slack = divisor - &remainder - 1u32;
    Some(Division {
        quotient,
        remainder,
        slack,
    })
}

/// The twin of [`divide_power_floor`]: quotient and remainder.
pub fn power_division(dividend: &BigUint, power: u32) -> (BigUint, BigUint) {
    let quotient = dividend >> power;
    let remainder = dividend - (&quotient << power);
    (quotient, remainder)
}
