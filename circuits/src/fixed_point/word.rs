//! Non-negative integers with the bits they are known to have.

use crate::field::{from_u128, power_of_two};
use crate::protocol::expr::{Col, Expr};

/// A non-negative integer below 2^bits, as an expression over range-checked cells.
///
/// That the cells are range-checked, or come out of a table of such numbers, is the author's word.
#[derive(Clone, Debug)]
pub struct Word {
    /// The integer.
    pub expr: Expr,
    /// It is below 2^bits.
    pub bits: u32,
}

impl Word {
    /// An expression that is known to be below 2^bits.
    pub fn new(expr: Expr, bits: u32) -> Word {
        Word { expr, bits }
    }

    /// A column that is known to be below 2^bits.
    pub fn of(col: Col, bits: u32) -> Word {
        Word::new(col.here(), bits)
    }

    /// A constant.
    pub fn constant(value: u128) -> Word {
        Word::new(Expr::Const(from_u128(value)), bits_of(value))
    }

    /// low + 2^low.bits · high: a number too wide for one column.
    pub fn join(low: Word, high: Word) -> Word {
        let bits = low.bits + high.bits;
        Word::new(low.expr + high.expr * power_of_two(low.bits), bits)
    }

    /// The multiple by a constant.
    pub fn times(&self, factor: u128) -> Word {
        // Below 2^bits times at most 2^⌈log₂ factor⌉.
        let more = bits_of(factor.saturating_sub(1));
        Word::new(self.expr.clone() * from_u128(factor), self.bits + more)
    }

    /// The sum.
    pub fn plus(self, other: Word) -> Word {
        let bits = self.bits.max(other.bits) + 1;
        Word::new(self.expr + other.expr, bits)
    }
}

fn bits_of(value: u128) -> u32 {
    u128::BITS - value.leading_zeros()
}

/// Bits of a sum of numbers of these bits.
pub(crate) fn bits_of_sum(bits: &[u32]) -> u32 {
    let more = usize::BITS - bits.len().saturating_sub(1).leading_zeros();
    bits.iter().copied().max().unwrap_or(0) + more
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Fp, to_u128};

    #[test]
    fn a_word_knows_its_bits() {
        assert_eq!(Word::constant(0).bits, 0);
        assert_eq!(Word::constant(1).bits, 1);
        assert_eq!(Word::constant(u128::MAX).bits, 128);
        let (low, high) = (Word::of(Col(0), 8), Word::of(Col(1), 5));
        let eval = |word: &Word, values: [u64; 2]| {
            let value = word.expr.eval(&|col, _| Fp::from(values[col.0]));
            to_u128(&value).expect("small")
        };
        for (low_value, high_value) in [(0, 0), (255, 31), (7, 19)] {
            let values = [low_value, high_value];
            let joined = Word::join(low.clone(), high.clone());
            assert_eq!(joined.bits, 13);
            let expected = u128::from(low_value + 256 * high_value);
            assert_eq!(eval(&joined, values), expected);
            let sum = low.clone().plus(high.clone());
            assert!(eval(&sum, values) < 1 << sum.bits);
            for factor in [0, 1, 2, 3, 4, 5, 1000] {
                let times = low.times(factor);
                assert_eq!(eval(&times, values), factor * u128::from(low_value));
                assert!(eval(&times, values) < 1 << times.bits);
            }
            assert_eq!(low.times(4).bits, 10);
            assert_eq!(low.times(5).bits, 11);
        }
    }

    #[test]
    fn a_sum_has_room_for_its_addends() {
        assert_eq!(bits_of_sum(&[4]), 4);
        assert_eq!(bits_of_sum(&[4, 4]), 5);
        assert_eq!(bits_of_sum(&[4, 3, 1]), 6);
        assert_eq!(bits_of_sum(&[4, 3, 1, 0]), 6);
    }
}
