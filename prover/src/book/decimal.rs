//! Signed decimals and fractions as they stand in a file, exactly.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use plimsoll_circuits::amount::format_scaled;

/// Most characters of a decimal.
const MAX_LENGTH: usize = 40;
/// Decimals of a part of one.
const PART_PLACES: u32 = 9;
/// Largest denominator of a part of one: 2^30.
const MAX_OF: u32 = 1 << 30;

/// `value` · 10^(−`places`).
#[derive(Clone)]
pub(crate) struct Decimal {
    value: BigInt,
    places: u32,
}

impl Decimal {
    /// Reads digits with at most one point between them, after a minus sign or none. Zeros at the
    /// end say nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if text.len() > MAX_LENGTH || !plain(whole) || !plain(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let magnitude: BigInt = format!("{whole}{fraction}").parse().ok()?;
        Some(Self {
            value: if digits.len() < text.len() {
                -magnitude
            } else {
                magnitude
            },
            places: u32::try_from(fraction.len()).ok()?,
        })
    }

    /// The same, and with an exponent of ten as programs write it: `9e-06`.
    pub(crate) fn scientific(text: &str) -> Option<Self> {
        let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
            return Self::parse(text);
        };
        let exponent: i32 = exponent.parse().ok()?;
        let mantissa = Self::parse(mantissa)?;
        let size = usize::try_from(exponent.unsigned_abs()).ok()?;
        if size > MAX_LENGTH {
            return None;
        }
        if exponent < 0 {
            return Some(Self {
                places: mantissa.places + exponent.unsigned_abs(),
                ..mantissa
            });
        }
        Some(Self {
            value: mantissa.value * BigInt::from(10u32).pow(exponent.unsigned_abs()),
            places: mantissa.places,
        })
    }

    /// Whether it is below zero.
    pub(crate) fn is_negative(&self) -> bool {
        self.value.is_negative()
    }

    /// Whether it is zero.
    pub(crate) fn is_zero(&self) -> bool {
        self.value.is_zero()
    }

    /// The same without its sign.
    pub(crate) fn magnitude(&self) -> Self {
        Self {
            value: self.value.abs(),
            places: self.places,
        }
    }

    /// The product of two.
    pub(crate) fn times(&self, other: &Self) -> Self {
        Self {
            value: &self.value * &other.value,
            places: self.places + other.places,
        }
    }

    /// The same in units of 10^(−`places`), if it is whole in them and fits.
    pub(crate) fn exactly(&self, places: u32) -> Option<u64> {
        let (units, rest) = self.divided(places);
        rest.is_zero().then(|| units.to_u64()).flatten()
    }

    /// The same in units of 10^(−`places`), to the nearest, if it fits.
    pub(crate) fn nearest(&self, places: u32) -> Option<u64> {
        let half = Self {
            value: BigInt::from(5),
            places: places + 1,
        };
        self.plus(&half).divided(places).0.to_u64()
    }

    fn divided(&self, places: u32) -> (BigInt, BigInt) {
        let power = BigInt::from(10u32).pow(self.places.saturating_sub(places));
        self.at(places).div_mod_floor(&power)
    }

    /// Decimal places that it needs.
    pub(crate) fn places(&self) -> u32 {
        self.places
    }

    /// The same in units of 10^(−`places`), which are not fewer than its own.
    pub(crate) fn at(&self, places: u32) -> BigInt {
        &self.value * BigInt::from(10u32).pow(places.saturating_sub(self.places))
    }

    /// The sum of two.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let places = self.places.max(other.places);
        Self {
            value: self.at(places) + other.at(places),
            places,
        }
    }
}

/// A part of one: `0.03` is (3, 100), `1/7` is (1, 7). At most one, of at most 2^30.
pub(crate) fn fraction(text: &str) -> Option<(u32, u32)> {
    let whole = |text: &str| -> Option<u32> {
        (text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
    };
    let (part, of) = if let Some((part, of)) = text.split_once('/') {
        (whole(part)?, whole(of)?)
    } else {
        let decimal = Decimal::parse(text)?;
        let part = u32::try_from(decimal.value).ok()?;
        // Ten to the tenth does not fit.
        (part, 10u32.checked_pow(decimal.places)?)
    };
    (part <= of && (1..=MAX_OF).contains(&of)).then_some((part, of))
}

/// Writes a part of one as [`fraction`] reads it.
pub(crate) fn format_part(part: u32, of: u32) -> String {
    let places = (0..=PART_PLACES).find(|places| 10u32.checked_pow(*places) == Some(of));
    match places {
        // At most nine.
        Some(places) => format_scaled(&BigUint::from(part), places as i32),
        None => format!("{part}/{of}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        let at = |text: &str, places| Decimal::parse(text).map(|d| d.at(places));
        assert_eq!(at("0.0600", 2), Some(6.into()));
        assert_eq!(at("-0.5", 1), Some((-5).into()));
        assert_eq!(at("2241.65", 8), Some(224_165_000_000u64.into()));
        let sum = Decimal::parse("-0.002").and_then(|d| Some(d.plus(&Decimal::parse("0.03")?)));
        assert_eq!(sum.map(|d| d.at(3)), Some(28.into()));
        for text in ["", "-", ".5", "5.", "1e3", "+1", "1,5", "--1", "- 1"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
        // Forty characters, and no more.
        let nines = |count| Decimal::parse(&"9".repeat(count));
        assert_eq!(
            nines(40).map(|d| d.at(0) + 1),
            Some(BigInt::from(10).pow(40))
        );
        assert!(nines(41).is_none() && nines(42).is_none());
    }

    #[test]
    fn products_and_units() {
        let of = |text: &str| Decimal::scientific(text).expect("a decimal");
        assert_eq!(of("9e-06").exactly(6), Some(9));
        assert_eq!(of("9e-06").exactly(5), None);
        assert_eq!(of("1.5E3").exactly(0), Some(1500));
        assert_eq!(of("1.5e0").exactly(1), Some(15));
        assert_eq!(of("1e40").at(0), BigInt::from(10).pow(40));
        assert_eq!(of("0.000853").times(&of("965.0")).exactly(6), Some(823_145));
        assert_eq!(of("2224.200483367427").nearest(8), Some(222_420_048_337));
        assert_eq!(of("0.000000005").nearest(8), Some(1));
        assert_eq!(of("0.0000000049").nearest(8), Some(0));
        assert_eq!(of("-1").exactly(0), None);
        assert_eq!(of("-2.5").magnitude().exactly(1), Some(25));
        assert!(of("-2.5").is_negative() && of("0.0").is_zero());
        for text in ["e5", "1e", "1e5.0", "1e99999999999", "1e41", "--1e5"] {
            assert!(Decimal::scientific(text).is_none(), "{text}");
        }
    }

    #[test]
    fn parts() {
        for (text, part) in [
            ("0", (0, 1)),
            ("0.03", (3, 100)),
            ("0.070", (7, 100)),
            ("1", (1, 1)),
            ("1/7", (1, 7)),
            ("0.000000001", (1, 1_000_000_000)),
        ] {
            assert_eq!(fraction(text), Some(part), "{text}");
        }
        for text in [
            "",
            "1.1",
            "-0.1",
            "8/7",
            "1/0",
            "0.0000000001",
            "3%",
            "1/2/3",
            "a/b",
            "1/1073741825",
            "+1/7",
            "00000000001/7",
        ] {
            assert_eq!(fraction(text), None, "{text}");
        }
        for text in ["0.03", "1/7", "0", "1", "0.5"] {
            let (part, of) = fraction(text).expect("a part");
            assert_eq!(format_part(part, of), text);
        }
    }
}
