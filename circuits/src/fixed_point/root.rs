//! Square roots.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::Zero;

use crate::fixed_point::Word;
use crate::fixed_point::divide::below;
use crate::fixed_point::word::bits_of_sum;
use crate::protocol::expr::Expr;
use crate::protocol::layout::Declaration;

/// root = ⌊√(square_of / scale)⌋, exactly, and scale ≥ 1:
/// scale · root² ≤ square_of < scale · (root + 1)².
///
/// - `names[0]`: square_of = scale · root² + remainder. Without it the root is anything.
/// - `names[1]`: remainder + slack + 1 = scale · (2 · root + 1). Without it every smaller root
///   passes, down to zero. One root, one remainder and one slack satisfy both.
///
/// The root is rounded down.
#[allow(
    clippy::too_many_arguments,
    reason = "the equation's terms, in its order"
)]
pub fn root_floor(
    d: &mut Declaration,
    names: [&'static str; 2],
    when: Expr,
    square_of: Word,
    scale: Word,
    root: Word,
    remainder: Word,
    slack: Word,
) {
    let square = scale.bits + 2 * root.bits;
    let right = bits_of_sum(&[square, remainder.bits]);
    d.budget(names[0], square_of.bits.max(right));
    let squared = scale.expr.clone() * root.expr.clone() * root.expr.clone();
    d.gate(
        names[0],
        when.clone() * (square_of.expr - squared - remainder.expr.clone()),
    );
    let step = Word::new(
        scale.expr * (root.expr * 2 + Expr::from(1)),
        scale.bits + root.bits + 1,
    );
    below(d, names[1], when, remainder, step, slack);
}

/// root ≥ √(square_of / scale): scale · root² = square_of + slack. One-sided: any larger root
/// passes too, as far as the slack's bits allow.
///
/// For results that a larger root can only make worse for the prover. Without it a root that is too
/// small passes. With a scale of zero it says that square_of is zero, and nothing of the root.
pub fn root_ceil_at_least(
    d: &mut Declaration,
    name: &'static str,
    when: Expr,
    square_of: Word,
    scale: Word,
    root: Word,
    slack: Word,
) {
    let square = scale.bits + 2 * root.bits;
    d.budget(name, square.max(bits_of_sum(&[square_of.bits, slack.bits])));
    let squared = scale.expr * root.expr.clone() * root.expr;
    d.gate(name, when * (squared - square_of.expr - slack.expr));
}

/// The cells of [`root_floor`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// ⌊√(square_of / scale)⌋.
    pub root: BigUint,
    /// square_of − scale · root².
    pub remainder: BigUint,
    /// scale · (2 · root + 1) − 1 − remainder.
    pub slack: BigUint,
}

/// The twin of [`root_floor`]; none for a scale of zero.
pub fn floor_root(square_of: &BigUint, scale: &BigUint) -> Option<Root> {
    if scale.is_zero() {
        return None;
    }
    // ⌊√⌊a⌋⌋ = ⌊√a⌋.
    let root = (square_of / scale).sqrt();
    let remainder = square_of - scale * &root * &root;
    let slack = scale * (&root * 2u32 + 1u32) - &remainder - 1u32;
    Some(Root {
        root,
        remainder,
        slack,
    })
}

/// The twin of [`root_ceil_at_least`]: the least root that passes, and its slack; none for a scale
/// of zero.
pub fn ceiling_root(square_of: &BigUint, scale: &BigUint) -> Option<(BigUint, BigUint)> {
    if scale.is_zero() {
        return None;
    }
    // root² ≥ square_of / scale exactly if root² ≥ its ceiling.
    let least = square_of.div_ceil(scale);
    let mut root = least.sqrt();
    if &root * &root < least {
        root += 1u32;
    }
    let slack = scale * &root * &root - square_of;
    Some((root, slack))
}
