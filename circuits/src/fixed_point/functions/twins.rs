//! The functions on integers, bit by bit what the circuit proves.

use num_bigint::BigUint;

use super::tables::{first_head, first_node, functions_table, heads_table};
use super::{
    ARGUMENT_BITS, ETA_BITS, EXP, EXP_DOMAIN_BITS, EXP_NODE_BITS, GROWTH, GROWTH_LIMIT, LN, NORMAL,
    NORMAL_DOMAIN_BITS, RATIO_BITS, REMAINDER_BITS, TERM_BITS, VALUE_BITS,
};

/// An evaluation, with every cell that the circuit has of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluated {
    /// The function of the node's lookup.
    pub function: u64,
    /// The function of the head's lookup: the same, but for [`GROWTH`].
    pub head_function: u64,
    /// The argument that was taken: the last of the domain where it was saturated.
    pub argument: u64,
    /// Whether the argument was beyond the domain, and the value is that of its end.
    pub saturated: bool,
    /// e.
    pub head: u64,
    /// A, units of 2^-44.
    pub factor: u64,
    /// Power of two of the head.
    pub power: u64,
    /// Addend of the head, units of 2^-44.
    pub addend: u64,
    /// Node.
    pub node: u64,
    /// Fraction of the node's interval, units of 2^-30.
    pub eta: u64,
    /// K0, K1, K2, units of 2^-44.
    pub coefficients: [u64; 3],
    /// The polynomial, units of 2^-104.
    pub poly: u128,
    /// The value, units of 2^-44, rounded down.
    pub y: u64,
    /// What the floor leaves, units of 2^-148.
    pub remainder: u128,
}

/// An argument that a function does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// A term of a ratio is zero.
    #[error("a logarithm of zero, or of a ratio to zero, was asked for")]
    Zero,
    /// A term of a ratio is too wide.
    #[error("a term of a ratio has more than {TERM_BITS} bits")]
    TermTooWide,
    /// A ratio is too far from one.
    #[error("a ratio or its inverse is at least 2^{RATIO_BITS}")]
    RatioTooLarge,
    /// An exponential would be too large.
    #[error("an exponential of more than 4 was asked for")]
    ExponentTooLarge,
}

/// The evaluation at node and η under a head of `head_function`.
fn at(function: u64, head_function: u64, head: u64, within: u64) -> Evaluated {
    let (node, eta) = (within >> ETA_BITS, within & ((1 << ETA_BITS) - 1));
    let row = &functions_table()[first_node(function) + node as usize];
    let coefficients = [row[2], row[3], row[4]];
    let [k0, k1, k2] = coefficients.map(u128::from);
    let wide = u128::from(eta);
    let poly = ((k0 << (2 * ETA_BITS)) + k2 * wide * wide) - ((k1 * wide) << ETA_BITS);
    let heads = &heads_table()[first_head(head_function) + head as usize];
    let factor = heads[2];
    // factor · poly has at most 155 bits.
    let product = BigUint::from(factor) * poly;
    let y = &product >> REMAINDER_BITS;
    let remainder = product - (&y << REMAINDER_BITS);
    Evaluated {
        function,
        head_function,
        head,
        factor,
        power: heads[3],
        addend: heads[4],
        node,
        eta,
        coefficients,
        poly,
        y: u64::try_from(y).unwrap_or_default(),
        remainder: u128::try_from(remainder).unwrap_or_default(),
        ..Evaluated::default()
    }
}

/// e^−t with its cells, t in units of 2^-42. From 64 on it is saturated: the value at the last
/// argument, which is zero.
pub fn exp_neg_cells(t: u128) -> Evaluated {
    let last = (1u64 << EXP_DOMAIN_BITS) - 1;
    let argument = u64::try_from(t).map_or(last, |t| t.min(last));
    let half = EXP_NODE_BITS + ETA_BITS;
    let within = argument & ((1 << half) - 1);
    Evaluated {
        argument,
        saturated: t > u128::from(last),
        ..at(EXP, EXP, argument >> half, within)
    }
}

/// e^−t in units of 2^-44, t in units of 2^-42: within [`super::EXP_ERROR`].
pub fn exp_neg(t: u128) -> u64 {
    exp_neg_cells(t).y
}

/// e^x with its cells, x in units of 2^-42: [`exp_neg_cells`] up to zero, and above within
/// [`super::GROWTH_ERROR`] of the value.
pub fn exp(x: i128) -> Result<Evaluated, DomainError> {
    if x <= 0 {
        return Ok(exp_neg_cells(x.unsigned_abs()));
    }
    let x = u64::try_from(x).map_err(|_| DomainError::ExponentTooLarge)?;
    if x > GROWTH_LIMIT {
        return Err(DomainError::ExponentTooLarge);
    }
    let half = EXP_NODE_BITS + ETA_BITS;
    let head = x.div_ceil(1 << half);
    Ok(Evaluated {
        argument: x,
        ..at(EXP, GROWTH, head, (head << half) - x)
    })
}

/// ln of a ratio, with its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LnRatio {
    /// Whether the first term is the smaller one, so that the logarithm is negative.
    pub negative: bool,
    /// |ln(a/b)| in units of 2^-44, within [`super::LN_ERROR`].
    pub value: u64,
    /// The larger term.
    pub larger: u64,
    /// The smaller term.
    pub smaller: u64,
    /// larger · 2^42 − m · smaller · 2^e.
    pub remainder: u128,
    /// smaller · 2^e − 1 − remainder.
    pub slack: u128,
    /// ln(2/m); its argument is m in units of 2^-42.
    pub cells: Evaluated,
}

/// ln(a/b) for a and b in 1 … 2^52 and a ratio within 2^20 either way.
pub fn ln_ratio(a: u64, b: u64) -> Result<LnRatio, DomainError> {
    if a == 0 || b == 0 {
        return Err(DomainError::Zero);
    }
    if (a | b) >> TERM_BITS != 0 {
        return Err(DomainError::TermTooWide);
    }
    let (larger, smaller) = (a.max(b), a.min(b));
    let head = (larger / smaller).ilog2();
    if head >= RATIO_BITS {
        return Err(DomainError::RatioTooLarge);
    }
    let divisor = u128::from(smaller) << head;
    let dividend = u128::from(larger) << ARGUMENT_BITS;
    let (m, remainder) = (dividend / divisor, dividend % divisor);
    // larger/divisor is in [1, 2), so that m has 43 bits.
    let argument = u64::try_from(m).unwrap_or_default();
    let within = argument & ((1 << ARGUMENT_BITS) - 1);
    let cells = Evaluated {
        argument,
        ..at(LN, LN, u64::from(head), within)
    };
    Ok(LnRatio {
        negative: a < b,
        // The quadratic of the first node starts below ln 2, so that the difference is never
        // negative; a test walks the nodes.
        value: cells.addend.saturating_sub(cells.y),
        larger,
        smaller,
        remainder,
        slack: divisor - 1 - remainder,
        cells,
    })
}

/// Φ(−x) with its cells, x in units of 2^-39. From 8 on it is saturated: the value at the last
/// argument.
pub fn normal_tail_cells(x: u64) -> Evaluated {
    let last = (1u64 << NORMAL_DOMAIN_BITS) - 1;
    let argument = x.min(last);
    Evaluated {
        argument,
        saturated: x > last,
        ..at(NORMAL, NORMAL, 0, argument)
    }
}

/// Φ(−x) in units of 2^-44, x in units of 2^-39: within [`super::NORMAL_ERROR`].
pub fn normal_tail(x: u64) -> u64 {
    normal_tail_cells(x).y
}

/// Φ(±x) in units of 2^-44: the tail, or one less the tail.
pub fn normal(negative: bool, x: u64) -> u64 {
    let tail = normal_tail(x);
    if negative {
        tail
    } else {
        (1 << VALUE_BITS) - tail
    }
}
