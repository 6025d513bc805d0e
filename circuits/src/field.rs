//! The field of the circuits and the curve of their commitments.
//!
//! Circuits live over the Pallas base field; commitments are points of Vesta, whose scalar field
//! it is. p ≈ 2^254.

pub use pasta_curves::Fp;
pub use pasta_curves::vesta::Affine as Point;

use ff::{Field, PrimeField};

/// An unsigned integer as a field element.
pub fn from_u128(value: u128) -> Fp {
    Fp::from_u128(value)
}

/// 2^exponent.
pub fn power_of_two(exponent: u32) -> Fp {
    if exponent < 128 {
        return Fp::from_u128(1 << exponent);
    }
    Fp::from(2).pow_vartime([u64::from(exponent)])
}

/// 10^exponent.
pub(crate) fn power_of_ten(exponent: u32) -> Fp {
    Fp::from(10).pow_vartime([u64::from(exponent)])
}

/// The element as an integer, if it lies below 2^128.
pub fn to_u128(value: &Fp) -> Option<u128> {
    let bytes = value.to_repr();
    let (low, high) = bytes.split_at(16);
    if high.iter().any(|b| *b != 0) {
        return None;
    }
    let mut buffer = [0u8; 16];
    buffer.copy_from_slice(low);
    Some(u128::from_le_bytes(buffer))
}

/// An integer reduced mod p.
pub fn from_biguint(value: &num_bigint::BigUint) -> Fp {
    let two_64 = power_of_two(64);
    value
        .iter_u64_digits()
        .rev()
        .fold(Fp::ZERO, |sum, digit| sum * two_64 + Fp::from(digit))
}

/// An integer reduced mod p, negative ones included.
pub fn from_bigint(value: &num_bigint::BigInt) -> Fp {
    let magnitude = from_biguint(value.magnitude());
    if value.sign() == num_bigint::Sign::Minus {
        -magnitude
    } else {
        magnitude
    }
}

/// 64 bytes reduced mod p: uniform to within 2^-257.
pub fn from_uniform(bytes: &[u8; 64]) -> Fp {
    <Fp as ff::FromUniformBytes<64>>::from_uniform_bytes(bytes)
}
