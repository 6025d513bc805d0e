//! Coefficients of the quadratics, and the heads, in exact integer arithmetic.
//!
//! Every verifier makes them anew, so that they are the same on every machine: fractions of 2^-128
//! in big integers, recurrences from node to node, no floating point. A recurrence of n steps is
//! off by less than n · 2^-125, far below the half unit of 2^-44 that rounding costs.

use num_bigint::BigInt;
use num_traits::{One, Zero};

use super::{EXP_NODE_BITS, NODE_BITS, RATIO_BITS, VALUE_BITS};

/// Fraction bits of the computation.
const PRECISION: u32 = 128;

fn one() -> BigInt {
    BigInt::one() << PRECISION
}

fn half_to(power: u32) -> BigInt {
    one() >> power
}

fn times(a: &BigInt, b: &BigInt) -> BigInt {
    (a * b) >> PRECISION
}

/// To units of 2^-44, half up. Every number here is in 0 … 2^64.
fn rounded(value: &BigInt) -> u64 {
    let shift = PRECISION - VALUE_BITS;
    let half = BigInt::one() << (shift - 1);
    u64::try_from((value + half) >> shift).unwrap_or_default()
}

/// e^x by its series, |x| < 1.
fn exponential(x: &BigInt) -> BigInt {
    let (mut sum, mut term) = (BigInt::zero(), one());
    let mut k = 1;
    while !term.is_zero() {
        sum += &term;
        // Towards zero, so that the terms of a negative number end too.
        term = &term * x / (one() * k);
        k += 1;
    }
    sum
}

/// 2 · artanh(1/n) = ln((n + 1)/(n − 1)).
fn twice_artanh_of_inverse(n: u32) -> BigInt {
    let (mut power, mut sum) = (one() / n, BigInt::zero());
    let mut k = 1;
    while !power.is_zero() {
        sum += &power / k;
        power /= u64::from(n) * u64::from(n);
        k += 2;
    }
    sum * 2
}

/// arctan(1/n).
fn arctan_of_inverse(n: u32) -> BigInt {
    let (mut power, mut sum) = (one() / n, BigInt::zero());
    let mut k = 1;
    while !power.is_zero() {
        sum += &power / k;
        power /= -i64::from(n * n);
        k += 2;
    }
    sum
}

/// √(1/(2π)), with π = 16 arctan(1/5) − 4 arctan(1/239).
fn density_at_zero() -> BigInt {
    let pi = arctan_of_inverse(5) * 16 - arctan_of_inverse(239) * 4;
    let square: BigInt = (one() * one()) / (pi * 2);
    // The root of a fraction of 2^-128 has 64 bits: give it as many more.
    let square: BigInt = square << PRECISION;
    square.sqrt()
}

/// The quadratic on an interval of length 2d, d = 2^-half, given the function and its first four
/// derivatives at its middle.
///
/// With v in [−1, 1] the Taylor series is cut after v⁴, and v³ and v⁴ are replaced by what
/// Chebyshev's polynomials leave of them: v³ → ¾v, v⁴ → v² − ⅛. That is the quadratic of least
/// error but for terms in d⁴. Then v = 2u − 1.
fn quadratic(f: &[BigInt; 5], half: u32) -> [u64; 3] {
    let d = |n: u32, value: &BigInt| -> BigInt { value >> (n * half) };
    let c0: BigInt = &f[0] - d(4, &f[4]) / 192;
    let c1: BigInt = d(1, &f[1]) + d(3, &f[3]) / 8;
    let c2: BigInt = d(2, &f[2]) / 2 + d(4, &f[4]) / 24;
    [
        rounded(&(&c0 - &c1 + &c2)),
        rounded(&(&c2 * 4 - &c1 * 2)),
        rounded(&(&c2 * 4)),
    ]
}

/// K0, K1, K2 of e^−r, r = (node + u) · 2^-12 in [0, ½).
pub(super) fn exponential_nodes() -> Vec<[u64; 3]> {
    let half = EXP_NODE_BITS + 2;
    let step = exponential(&-half_to(half - 1));
    let mut value = exponential(&-half_to(half));
    (0..1 << EXP_NODE_BITS)
        .map(|_| {
            let (plus, minus) = (value.clone(), -&value);
            let derivatives = [plus.clone(), minus.clone(), plus.clone(), minus, plus];
            value = times(&value, &step);
            quadratic(&derivatives, half)
        })
        .collect()
}

/// K0, K1, K2 of ln(2/m), m = 1 + (node + u) · 2^-12.
pub(super) fn logarithm_nodes() -> Vec<[u64; 3]> {
    let half = NODE_BITS + 1;
    let nodes = 1u32 << NODE_BITS;
    // The middle of node j is (2n + 2j + 1)/2n for n nodes; from 1 to the first, and from one to
    // the next, the logarithm grows by 2 artanh of the reciprocal of an integer.
    let mut value = two_logarithm() - twice_artanh_of_inverse(4 * nodes + 1);
    (0..nodes)
        .map(|node| {
            let inverse = one() * (2 * nodes) / (2 * nodes + 2 * node + 1);
            let square = times(&inverse, &inverse);
            let cube = times(&square, &inverse);
            let fourth = times(&square, &square);
            let derivatives = [value.clone(), -inverse, square, cube * -2, fourth * 6];
            value -= twice_artanh_of_inverse(2 * nodes + 2 * node + 2);
            quadratic(&derivatives, half)
        })
        .collect()
}

/// K0, K1, K2 of Φ(−x), x = (node + u) · 2^-9.
///
/// The density is walked in half nodes; the tail loses the density's integral over the interval
/// between two middles, which is the series h · (φ + h²/24 · φ″ + h⁴/1920 · φ⁗ + h⁶/322560 · φ⁽⁶⁾)
/// at the edge between them, to within 2^-100.
pub(super) fn normal_nodes() -> Vec<[u64; 3]> {
    let half = NODE_BITS - 3 + 1;
    let ratio_step = exponential(&-half_to(2 * half));
    let mut ratio = exponential(&-half_to(2 * half + 1));
    let mut density = density_at_zero();
    let mut walk = |density: &mut BigInt| {
        *density = times(density, &ratio);
        ratio = times(&ratio, &ratio_step);
    };
    let mut tail: BigInt = (one() - between(0, half, &density)) >> 1;
    walk(&mut density);
    (0..1u32 << NODE_BITS)
        .map(|node| {
            let x = BigInt::from(2 * node + 1) << (PRECISION - half);
            let square = times(&x, &x);
            let slope = times(&x, &density);
            let derivatives = [
                tail.clone(),
                -&density,
                slope.clone(),
                &density - times(&square, &density),
                times(&square, &slope) - slope * 3,
            ];
            walk(&mut density);
            tail -= between(2 * node + 2, half, &density);
            walk(&mut density);
            quadratic(&derivatives, half)
        })
        .collect()
}

/// Integral of the density from d below x = at · d to d above it, d = 2^-half.
fn between(at: u32, half: u32, density: &BigInt) -> BigInt {
    let x = BigInt::from(at) << (PRECISION - half);
    let (a, i) = (times(&x, &x), one());
    let b = times(&a, &a);
    let c = times(&a, &b);
    let second = &a - &i;
    let fourth = &b - &a * 6 + &i * 3;
    let sixth = c - b * 15 + a * 45 - &i * 15;
    // h = 2d.
    let h = |n: u32, value: BigInt| -> BigInt { value >> (n * (half - 1)) };
    let series = i + h(2, second) / 24 + h(4, fourth) / 1920 + h(6, sixth) / 322_560;
    h(1, times(&series, density))
}

fn two_logarithm() -> BigInt {
    twice_artanh_of_inverse(3)
}

/// round(2^44 · e^(−e/2)) for e below `count`.
pub(super) fn falling_factors(count: usize) -> Vec<u64> {
    powers(&exponential(&-half_to(1)), count)
}

/// round(2^44 · e^(e/2)) for e below `count`.
pub(super) fn growing_factors(count: usize) -> Vec<u64> {
    powers(&exponential(&half_to(1)), count)
}

fn powers(base: &BigInt, count: usize) -> Vec<u64> {
    let mut value = one();
    (0..count)
        .map(|_| {
            let factor = rounded(&value);
            value = times(&value, base);
            factor
        })
        .collect()
}

/// round(2^44 · (e + 1) · ln 2) for e below [`RATIO_BITS`].
pub(super) fn logarithm_addends() -> Vec<u64> {
    let two = two_logarithm();
    (1..=RATIO_BITS).map(|n| rounded(&(&two * n))).collect()
}
