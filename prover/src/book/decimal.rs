//! Signed decimals and fractions as they stand in a file, exactly.

use num_bigint::{BigInt, BigUint};
use plimsoll_circuits::amount::format_scaled;

/// Most characters of a decimal.
const MAX_LENGTH: usize = 40;
/// Decimals of a part of one.
const PART_PLACES: usize = 9;
/// Largest denominator of a part of one: 2^30.
const MAX_OF: u32 = 1 << 30;

/// `value` · 10^(−`places`).
#[derive(Clone)]
pub(super) struct Decimal {
    value: BigInt,
    places: u32,
}

impl Decimal {
    /// Reads digits with at most one point between them, after a minus sign or none. Zeros at the
    /// end say nothing.
    pub(super) fn parse(text: &str) -> Option<Self> {
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

    /// Decimal places that it needs.
    pub(super) fn places(&self) -> u32 {
        self.places
    }

    /// The same in units of 10^(−`places`), which are not fewer than its own.
    pub(super) fn at(&self, places: u32) -> BigInt {
        &self.value * BigInt::from(10u32).pow(places.saturating_sub(self.places))
    }

    /// The sum of two.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let places = self.places.max(other.places);
        Self {
            value: self.at(places) + other.at(places),
            places,
        }
    }
}

/// A part of one: `0.03` is (3, 100), `1/7` is (1, 7). At most one, of at most 2^30.
pub(super) fn fraction(text: &str) -> Option<(u32, u32)> {
    let whole = |text: &str| -> Option<u32> {
        (text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
    };
    let (part, of) = if let Some((part, of)) = text.split_once('/') {
        (whole(part)?, whole(of)?)
    } else {
        let decimal = Decimal::parse(text)?;
        if decimal.places as usize > PART_PLACES {
            return None;
        }
        let part = u32::try_from(decimal.value).ok()?;
        (part, 10u32.checked_pow(decimal.places)?)
    };
    (part <= of && (1..=MAX_OF).contains(&of)).then_some((part, of))
}

/// Writes a part of one as [`fraction`] reads it.
pub(super) fn format_part(part: u32, of: u32) -> String {
    let places = (0..=PART_PLACES as u32).find(|places| 10u32.checked_pow(*places) == Some(of));
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
        ] {
            assert_eq!(fraction(text), None, "{text}");
        }
        for text in ["0.03", "1/7", "0", "1", "0.5"] {
            let (part, of) = fraction(text).expect("a part");
            assert_eq!(format_part(part, of), text);
        }
    }
}
