//! The functions to 60 digits by other means than the tables': Taylor series at the argument
//! itself, in fractions of 2^-240.

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

pub(crate) const PRECISION: u32 = 240;

pub(crate) fn one() -> BigInt {
    BigInt::one() << PRECISION
}

/// value / 2^bits.
pub(crate) fn scaled(value: impl Into<BigInt>, bits: u32) -> BigInt {
    value.into() << (PRECISION - bits)
}

fn times(a: &BigInt, b: &BigInt) -> BigInt {
    (a * b) >> PRECISION
}

fn series(x: &BigInt) -> BigInt {
    let (mut sum, mut term) = (BigInt::zero(), one());
    let mut k = 1;
    while !term.is_zero() {
        sum += &term;
        term = &term * x / (one() * k);
        k += 1;
    }
    sum
}

/// e^x: the series at x/128, squared seven times.
pub(crate) fn exp(x: &BigInt) -> BigInt {
    let mut value = series(&(x >> 7u32));
    for _ in 0..7 {
        value = times(&value, &value);
    }
    value
}

/// ln of a positive fraction a/b: Newton's steps on e^y = a/b.
pub(crate) fn ln(a: u64, b: u64) -> BigInt {
    let target: BigInt = one() * a / b;
    // Start at the power of two, and double the digits seven times.
    let bits = i64::from(a.ilog2()) - i64::from(b.ilog2());
    let mut y: BigInt = one() * bits * 693_147 / 1_000_000;
    for _ in 0..9 {
        let step = times(&target, &exp(&-y.clone()));
        y = y - one() + step;
    }
    y
}

/// √a.
pub(crate) fn root(a: &BigInt) -> BigInt {
    let shifted: BigInt = a << PRECISION;
    shifted.sqrt()
}

/// Φ(−x): ½ − φ(x) · Σ x^(2k+1)/(2k+1)!!.
pub(crate) fn tail(x: &BigInt) -> BigInt {
    let square = times(x, x);
    let density = times(&exp(&-(square.clone() >> 1u32)), &inverse_root_of_two_pi());
    let (mut sum, mut term) = (BigInt::zero(), x.clone());
    let mut k = 1;
    while !term.is_zero() {
        sum += &term;
        k += 2;
        term = times(&term, &square) / k;
    }
    (one() >> 1u32) - times(&density, &sum)
}

fn inverse_root_of_two_pi() -> BigInt {
    // Euler's series of arctan, π/2 = Σ k!/(2k+1)!!.
    let (mut half_pi, mut term) = (BigInt::zero(), one());
    let mut k = 1;
    while !term.is_zero() {
        half_pi += &term;
        term = term * k / (2 * k + 1);
        k += 1;
    }
    let inverse: BigInt = one() * one() / (half_pi * 4);
    root(&inverse)
}

/// |a − b| in units of 2^-44, rounded up.
pub(crate) fn distance(value: i128, reference: &BigInt) -> BigInt {
    let difference: BigInt = (scaled(value, 44) - reference).abs();
    (difference >> (PRECISION - 44)) + 1
}

/// A decimal number.
pub(crate) fn decimal(text: &str) -> BigInt {
    let (digits, exponent) = match text.split_once('e') {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().expect("an exponent")),
        None => (text, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let integer: BigInt = format!("{whole}{part}").parse().expect("digits");
    let exponent = exponent - part.len() as i32;
    let ten = BigInt::from(10).pow(exponent.unsigned_abs());
    if exponent < 0 {
        one() * integer / ten
    } else {
        one() * integer * ten
    }
}
