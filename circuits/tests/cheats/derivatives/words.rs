//! Solving a gate for the words that hold a number.

use ff::{Field, PrimeField};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed, Zero};
use plimsoll_circuits::field::{Fp, from_bigint, from_biguint, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::layout::Bound;

use crate::catalogue::signed;

pub(super) fn bits(f: &Forgery, column: &str) -> u32 {
    match f.grid.layout().columns[f.col(column).0].bound {
        Bound::Bits(bits) => bits,
        _ => panic!("`{column}` is no word"),
    }
}

fn pinned(f: &Forgery, at: usize, cols: &[&str]) -> bool {
    cols.iter().any(|col| f.is_pinned(at, col))
}

/// The number that words hold, the lowest first.
pub(super) fn joined(f: &Forgery, at: usize, cols: &[&str]) -> Fp {
    let (mut sum, mut from) = (Fp::ZERO, 0);
    for col in cols {
        sum += f.get(at, col) * power_of_two(from);
        from += bits(f, col);
    }
    sum
}

/// Cuts a number into words: the lower ones fit, and the last has to carry the rest.
pub(super) fn split(f: &mut Forgery, at: usize, cols: &[&str], value: Fp) {
    let (mut rest, mut low) = (value, BigUint::from_bytes_le(&value.to_repr()));
    for (index, col) in cols.iter().enumerate() {
        let width = bits(f, col);
        if index + 1 == cols.len() {
            f.follow(at, col, rest);
            break;
        }
        let word = &low % (BigUint::from(1u32) << width);
        low >>= width;
        let word = from_biguint(&word);
        f.follow(at, col, word);
        let inverse: Option<Fp> = power_of_two(width).invert().into();
        rest = (rest - word) * inverse.unwrap_or(Fp::ONE);
    }
}

/// How much a gate rises with a column.
fn slope(f: &mut Forgery, at: usize, gate: &str, column: &str) -> Fp {
    let col = f.col(column);
    let (before, value) = (f.residue(at, gate), f.grid.get(at, col));
    f.grid.set_field(at, col, value + Fp::ONE);
    let after = f.residue(at, gate);
    f.grid.set_field(at, col, value);
    after - before
}

fn inverse(value: Fp) -> Option<Fp> {
    value.invert().into()
}

/// Solves a gate for a number that it is linear in.
pub(super) fn solve(f: &mut Forgery, at: usize, gate: &str, cols: &[&str]) {
    let slope = slope(f, at, gate, cols[0]);
    if let (false, Some(inverse)) = (pinned(f, at, cols), inverse(slope)) {
        let value = joined(f, at, cols) - f.residue(at, gate) * inverse;
        split(f, at, cols, value);
    }
}

/// dividend = divisor · quotient + remainder.
pub(super) fn divide(
    f: &mut Forgery,
    at: usize,
    gate: &str,
    quotient: &[&str],
    remainder: &[&str],
) {
    if pinned(f, at, quotient) {
        return solve(f, at, gate, remainder);
    }
    if pinned(f, at, remainder) {
        return solve(f, at, gate, quotient);
    }
    let Some(unit) = inverse(slope(f, at, gate, remainder[0])) else {
        return;
    };
    let divisor = slope(f, at, gate, quotient[0]) * unit;
    let dividend =
        divisor * joined(f, at, quotient) + joined(f, at, remainder) - f.residue(at, gate) * unit;
    if divisor == Fp::ZERO {
        return split(f, at, remainder, dividend);
    }
    let (floor, rest) = signed(dividend).div_mod_floor(&signed(divisor));
    split(f, at, quotient, from_bigint(&floor));
    split(f, at, remainder, from_bigint(&rest));
}

/// value · unit = bound + slack: (unit, bound), where the gate says so here.
pub(super) fn bound(
    f: &mut Forgery,
    at: usize,
    gate: &str,
    value: &[&str],
    slack: &[&str],
) -> Option<(BigInt, BigInt)> {
    let inverse = inverse(slope(f, at, gate, slack[0]))?;
    let unit = -slope(f, at, gate, value[0]) * inverse;
    let bound = f.residue(at, gate) * inverse - joined(f, at, slack) + unit * joined(f, at, value);
    Some((signed(unit), signed(bound)))
}

/// The least number, not below zero, that is at least its bounds; and the slack of each.
pub(super) fn least(f: &mut Forgery, at: usize, value: &[&str], bounds: &[(&str, &[&str])]) {
    if !pinned(f, at, value) {
        let mut least = BigInt::zero();
        for (gate, slack) in bounds {
            if let Some((unit, bound)) = bound(f, at, gate, value, slack)
                && unit.is_positive()
            {
                least = least.max(bound.div_ceil(&unit));
            }
        }
        split(f, at, value, from_bigint(&least));
    }
    for (gate, slack) in bounds {
        solve(f, at, gate, slack);
    }
}
