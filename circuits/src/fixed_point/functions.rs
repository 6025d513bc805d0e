//! e^−t, ln and Φ by tables of quadratics.
//!
//! All three functions fall and are convex, so one gate with three non-negative coefficients serves
//! them. The argument is cut into a *node*, which the table knows, and a fraction η of the node's
//! interval, u = η · 2^-30:
//!
//! f ≈ K0 − K1 · u + K2 · u², in units of 2^-44.
//!
//! A second, small table takes what is left of the argument, the *head*: a factor A in units of
//! 2^-44, a power of two and an addend. The value is y = ⌊A · f⌋ in units of 2^-44.
//!
//! | function | argument | node | A | error |
//! | --- | --- | --- | --- | --- |
//! | [`EXP`] e^−t | t in [0, 64), 2^-42 | 2^-12 of the last ½ | e^(−e/2) | [`EXP_ERROR`] |
//! | [`GROWTH`] e^x | x in [0, 4], 2^-42 | those of [`EXP`], of e/2 − x | e^(e/2) | [`GROWTH_ERROR`] |
//! | [`LN`] ln(2/m) | m in [1, 2), 2^-42 | 2^-12 of m − 1 | 1 | [`LN_ERROR`] |
//! | [`NORMAL`] Φ(−x) | x in [0, 8), 2^-39 | 2^-9 of x | 1 | [`NORMAL_ERROR`] |

mod coefficients;
mod gates;
mod tables;
mod twins;

pub use gates::{
    Evaluation, Ratio, declare_poly, evaluate, lookup_head, lookup_node, split_exponential,
    split_growth, split_normal, split_ratio,
};
pub use tables::{declare_tables, functions_table, heads_table};
pub use twins::{
    DomainError, Evaluated, LnRatio, exp, exp_neg, exp_neg_cells, ln_ratio, normal, normal_tail,
    normal_tail_cells,
};

use crate::protocol::layout::FIRST_FIXED_TAG;

/// Tag of the fixed table of (function, node, K0, K1, K2).
pub const FUNCTION: u64 = FIRST_FIXED_TAG;
/// Tag of the fixed table of (function, e, A, power, addend).
pub const HEAD: u64 = FIRST_FIXED_TAG + 1;

/// No function: one row of zeros in each table, for positions that evaluate nothing.
pub const NONE: u64 = 0;
/// e^−t for t in [0, 64).
pub const EXP: u64 = 1;
/// ln(2/m) for m in [1, 2).
pub const LN: u64 = 2;
/// Φ(−x) for x in [0, 8).
pub const NORMAL: u64 = 3;
/// e^x for x in [0, 4]: heads only, with the nodes of [`EXP`].
pub const GROWTH: u64 = 4;

/// Bits of the fraction η of a node's interval.
pub const ETA_BITS: u32 = 30;
/// Bits of a value's fraction: values are in units of 2^-44.
pub const VALUE_BITS: u32 = 44;
/// Bits below a value that the product of A and polynomial has: those of its remainder.
pub const REMAINDER_BITS: u32 = VALUE_BITS + 2 * ETA_BITS;
/// Bits of the polynomial: it stays below 2^105.
pub const POLY_BITS: u32 = REMAINDER_BITS + 1;
/// Bits of the factor A: at most 2^44 but for [`GROWTH`], which has at most e^4 · 2^44.
pub const FACTOR_BITS: u32 = 50;
/// Bits of the power of [`LN`]'s heads: at most 2^19.
pub(crate) const POWER_BITS: u32 = 20;

/// Fraction bits of the arguments t, x and m of [`EXP`], [`GROWTH`] and [`LN`].
pub const ARGUMENT_BITS: u32 = 42;
/// Fraction bits of the argument of [`NORMAL`].
pub const NORMAL_ARGUMENT_BITS: u32 = 39;
/// log2 of the nodes of [`EXP`].
pub(crate) const EXP_NODE_BITS: u32 = 11;
/// log2 of the nodes of [`LN`] and of [`NORMAL`].
pub(crate) const NODE_BITS: u32 = 12;

/// Bits of the argument of [`EXP`]: t < 64 in units of 2^-42. Beyond, the value saturates.
pub const EXP_DOMAIN_BITS: u32 = 6 + ARGUMENT_BITS;
/// Bits of the argument of [`NORMAL`]: x < 8 in units of 2^-39. Beyond, the value saturates.
pub const NORMAL_DOMAIN_BITS: u32 = 3 + NORMAL_ARGUMENT_BITS;
/// Largest argument of [`GROWTH`], 4, in units of 2^-42.
pub const GROWTH_LIMIT: u64 = 4 << ARGUMENT_BITS;
/// log2 of the ratios that [`LN`] takes: a/b below 2^20.
pub(crate) const RATIO_BITS: u32 = 20;
/// Bits of the two terms of a ratio.
pub const TERM_BITS: u32 = 52;

/// |y − e^−t| in units of 2^-44 (2.9e-13), for every t in the domain:
/// 4/3 by interpolation (h³ · max|f‴| / 192 with h = 2^-12) and 3/2 by rounding K0, K1, K2, both
/// times A ≤ 1; 1/2 by rounding A; 1 by the floor.
pub const EXP_ERROR: u64 = 5;

/// |y − e^x| / e^x in units of 2^-44 (4.0e-13): the 17/6 of the polynomial against a value of at
/// least e^-½, 1/2 by rounding A ≥ 2^44, 1 by the floor.
pub const GROWTH_ERROR: u64 = 7;

/// |addend − y − ln(a/b)| in units of 2^-44 (5.7e-13): 8/3 by interpolation, 3/2 by rounding K0,
/// K1, K2, 1 by the floor, 1/2 by rounding the addend, 4 by the floor of m to 2^-42.
pub const LN_ERROR: u64 = 10;

/// |y − Φ(−x)| in units of 2^-44 (1.57e-11): 272.4 by interpolation (h³ · φ(0) / 192 with
/// h = 2^-9), 3/2 by rounding K0, K1, K2, 1 by the floor.
pub const NORMAL_ERROR: u64 = 276;
