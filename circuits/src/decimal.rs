//! Decimals and percentages of rulebooks and snapshots: what a person writes becomes an integer in a
//! declared unit, or an error. Amounts of a book have a room of their own, [`crate::amount`].
//!
//! No float is ever parsed. A decimal is digits with at most one point between digits: no sign,
//! no exponent, no separator, no space.

use crate::amount::{AmountError, parse_amount};

/// Why a decimal was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not digits with at most one point between them.
    #[error("is not a plain decimal")]
    Malformed,
    /// A percentage without its sign.
    #[error("is not a percentage")]
    NotPercent,
    /// More decimal places than the unit has.
    #[error("has more decimal places than its unit")]
    TooFine,
    /// Does not fit.
    #[error("is too large")]
    TooLarge,
}

/// Reads a plain decimal as an integer in units of 10^-`places`, exactly.
///
/// # Errors
/// When the text is no plain decimal, has more than `places` decimals, or exceeds 64 bits.
pub(crate) fn parse_scaled(text: &str, places: u32) -> Result<u64, DecimalError> {
    // Zeros at the end say nothing: 5.00 is 5.
    let trimmed = match text.split_once('.') {
        Some((_, fraction)) if !fraction.is_empty() => {
            text.trim_end_matches('0').trim_end_matches('.')
        }
        _ => text,
    };
    let places = i8::try_from(places).map_err(|_| DecimalError::TooLarge)?;
    parse_amount(trimmed, places).map_err(|error| match error {
        AmountError::TooFine => DecimalError::TooFine,
        AmountError::TooLarge => DecimalError::TooLarge,
        _ => DecimalError::Malformed,
    })
}

/// Reads a percentage such as `37.5%` as an integer in units of 10^-`places` of one: at four
/// places, `37.5%` is 3 750.
///
/// # Errors
/// As [`parse_scaled`], and when the sign is missing or `places` is below 2.
pub(crate) fn parse_percent(text: &str, places: u32) -> Result<u64, DecimalError> {
    let number = text.strip_suffix('%').ok_or(DecimalError::NotPercent)?;
    let places = places.checked_sub(2).ok_or(DecimalError::TooFine)?;
    parse_scaled(number, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact() {
        assert_eq!(parse_percent("937.5%", 4), Ok(93_750));
        assert_eq!(parse_percent("37.50%", 4), Ok(3_750));
        assert_eq!(parse_percent("0%", 4), Ok(0));
        assert_eq!(parse_percent("1.25%", 6), Ok(12_500));
        assert_eq!(parse_percent("8.3705%", 6), Ok(83_705));
        assert_eq!(parse_percent("0.125%", 4), Err(DecimalError::TooFine));
        assert_eq!(parse_percent("20", 4), Err(DecimalError::NotPercent));
    }

    #[test]
    fn decimals_are_plain() {
        assert_eq!(parse_scaled("1.05", 8), Ok(105_000_000));
        assert_eq!(parse_scaled("100", 0), Ok(100));
        assert_eq!(parse_scaled("5.0000000", 4), Ok(50_000));
        assert_eq!(parse_scaled("5.0000", 0), Ok(5));
        assert_eq!(parse_scaled("0.00000001", 8), Ok(1));
        assert_eq!(parse_scaled("18446744073709551615", 0), Ok(u64::MAX));
        for bad in [
            "", ".", "1.", ".5", "-1", "+1", "1e3", "NaN", "1_000", "1,5", " 1", "١",
        ] {
            assert_eq!(parse_scaled(bad, 8), Err(DecimalError::Malformed), "{bad}");
        }
        for large in [
            "18446744073709551616",
            "99999999999999999999999999999999999999999999",
        ] {
            assert_eq!(
                parse_scaled(large, 0),
                Err(DecimalError::TooLarge),
                "{large}"
            );
        }
        assert_eq!(parse_scaled("0.000000001", 8), Err(DecimalError::TooFine));
    }
}
