//! Amounts of a book, exactly: from text to integers in a unit of 10^(−s), and back. No floating point.

use num_bigint::BigUint;
use thiserror::Error;

/// Smallest scale of a book: units of 10^12.
pub const MIN_SCALE: i8 = -12;
/// Largest scale of a book: units of 10^-18.
pub const MAX_SCALE: i8 = 18;

/// Why a text is not an amount. None of these carries the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Nothing there.
    #[error("the amount is missing")]
    Missing,
    /// A minus sign.
    #[error("the amount is negative")]
    Negative,
    /// A plus sign.
    #[error("the amount has a plus sign")]
    PlusSign,
    /// Scientific notation.
    #[error("the amount has an exponent")]
    Exponent,
    /// `NaN`, `inf` and the like.
    #[error("the amount is not a finite number")]
    NotFinite,
    /// A comma, an apostrophe, a space or an underscore between digits.
    #[error("the amount has a thousands separator or a decimal comma")]
    Separator,
    /// Anything else that is not digits with at most one point between them.
    #[error("the amount is not a decimal number")]
    NotDecimal,
    /// Finer than the unit of the book.
    #[error("the amount has more decimals than the book's scale allows")]
    TooFine,
    /// 2^64 units or more.
    #[error("the amount is too large: 2^64 units of the book or more")]
    TooLarge,
}

impl AmountError {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Missing => "write 0 where there is nothing",
            Self::Negative => "amounts are never negative: the name of the line gives the sign",
            Self::PlusSign => "write the digits alone",
            Self::Exponent => "write all the digits, such as 1500000 for 1.5e6",
            Self::NotFinite => "write 0 where there is nothing, or leave the record out",
            Self::Separator => "write digits and at most one point, such as 1234567.89",
            Self::NotDecimal => "write digits and at most one point, such as 1234567.89",
            Self::TooFine => "round the amount yourself, or raise `scale` in book.toml",
            Self::TooLarge => "lower `scale` in book.toml, or split the record",
        }
    }
}

/// Reads an amount in whole units of a currency as an integer in units of 10^(−`scale`).
///
/// `"27015.86"` at scale 2 is 2 701 586; `"4000"` at scale −3 is 4. The text is digits with at most
/// one point between digits. Decimals beyond the scale are refused even where they are zeros, and
/// nothing is ever rounded.
pub fn parse_amount(text: &str, scale: i8) -> Result<u64, AmountError> {
    let (whole, fraction) = match text.split_once('.') {
        None => (text, None),
        Some((whole, fraction)) => (whole, Some(fraction)),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) {
        return Err(diagnose(text));
    }
    let fraction = fraction.unwrap_or("");
    let places = usize::try_from(scale).unwrap_or(0);
    if fraction.len() > places {
        return Err(AmountError::TooFine);
    }
    let mut units = 0u64;
    let padding = std::iter::repeat_n(b'0', places - fraction.len());
    let cut = usize::from(scale.min(0).unsigned_abs());
    let kept = whole.len().saturating_sub(cut);
    if whole.bytes().skip(kept).any(|b| b != b'0') {
        return Err(AmountError::TooFine);
    }
    for byte in whole
        .bytes()
        .take(kept)
        .chain(fraction.bytes())
        .chain(padding)
    {
        units = units
            .checked_mul(10)
            .and_then(|n| n.checked_add(u64::from(byte - b'0')))
            .ok_or(AmountError::TooLarge)?;
    }
    Ok(units)
}

/// The nearest reason why a text that is no decimal is none.
fn diagnose(text: &str) -> AmountError {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_start_matches(['-', '+']);
    if text.is_empty() {
        return AmountError::Missing;
    }
    if ["nan", "inf", "infinity", "null", "na", "n/a"].contains(&bare) {
        return AmountError::NotFinite;
    }
    let numeric = |c: char| c.is_ascii_digit() || ".,_'’ \u{a0}\u{202f}eE+-−()".contains(c);
    if !text.chars().all(numeric) || !text.contains(|c: char| c.is_ascii_digit()) {
        return AmountError::NotDecimal;
    }
    if text.starts_with(['-', '−', '(']) {
        AmountError::Negative
    } else if text.starts_with('+') {
        AmountError::PlusSign
    } else if lower.contains('e') {
        AmountError::Exponent
    } else if text.contains([',', '_', '\'', '’', ' ', '\u{a0}', '\u{202f}']) {
        AmountError::Separator
    } else {
        AmountError::NotDecimal
    }
}

/// Writes an amount of a book in whole units of its currency, exactly: the inverse of [`parse_amount`].
pub fn format_amount(units: u64, scale: i8) -> String {
    format_scaled(&BigUint::from(units), i32::from(scale))
}

/// Writes `value`·10^(−`scale`) exactly, without trailing zeros after the point.
pub fn format_scaled(value: &BigUint, scale: i32) -> String {
    let mut digits = value.to_string();
    if digits == "0" {
        return digits;
    }
    let places = scale.unsigned_abs() as usize;
    if scale <= 0 {
        digits.extend(std::iter::repeat_n('0', places));
        return digits;
    }
    if digits.len() <= places {
        digits.insert_str(0, &"0".repeat(places + 1 - digits.len()));
    }
    let fraction = digits.split_off(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        digits.push('.');
        digits.push_str(fraction);
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn exact_decimals() {
        assert_eq!(parse_amount("27015.86", 2), Ok(2_701_586));
        assert_eq!(parse_amount("27015.8", 2), Ok(2_701_580));
        assert_eq!(parse_amount("0", 2), Ok(0));
        assert_eq!(parse_amount("0.01", 2), Ok(1));
        assert_eq!(parse_amount("4000", -3), Ok(4));
        assert_eq!(parse_amount("0", -3), Ok(0));
        assert_eq!(parse_amount("000", -3), Ok(0));
        assert_eq!(parse_amount("18446744073709551615", 0), Ok(u64::MAX));
    }

    #[test]
    fn refused() {
        for (text, why) in [
            ("", AmountError::Missing),
            ("-1", AmountError::Negative),
            ("−1", AmountError::Negative),
            ("(1)", AmountError::Negative),
            ("-0", AmountError::Negative),
            ("+1", AmountError::PlusSign),
            ("1e6", AmountError::Exponent),
            ("1E-2", AmountError::Exponent),
            ("NaN", AmountError::NotFinite),
            ("-inf", AmountError::NotFinite),
            ("1,000", AmountError::Separator),
            ("1 000", AmountError::Separator),
            ("1'000.00", AmountError::Separator),
            ("1,5", AmountError::Separator),
            (".5", AmountError::NotDecimal),
            ("5.", AmountError::NotDecimal),
            ("1.2.3", AmountError::NotDecimal),
            ("USD 5", AmountError::NotDecimal),
            ("0x10", AmountError::NotDecimal),
            ("٣", AmountError::NotDecimal),
            ("1.001", AmountError::TooFine),
            ("1.000", AmountError::TooFine),
            ("184467440737095516.16", AmountError::TooLarge),
        ] {
            assert_eq!(parse_amount(text, 2), Err(why), "{text:?}");
        }
        assert_eq!(parse_amount("4001", -3), Err(AmountError::TooFine));
        assert_eq!(parse_amount("1", -3), Err(AmountError::TooFine));
        assert_eq!(parse_amount("4000.0", -3), Err(AmountError::TooFine));
        assert_eq!(
            parse_amount("18446744073709551616", 0),
            Err(AmountError::TooLarge)
        );
    }

    #[test]
    fn written_exactly() {
        assert_eq!(format_amount(2_701_586, 2), "27015.86");
        assert_eq!(format_amount(2_701_580, 2), "27015.8");
        assert_eq!(format_amount(100, 2), "1");
        assert_eq!(format_amount(1, 2), "0.01");
        assert_eq!(format_amount(4, -3), "4000");
        assert_eq!(format_amount(0, -3), "0");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(units: u64, scale in MIN_SCALE..=MAX_SCALE) {
            prop_assert_eq!(parse_amount(&format_amount(units, scale), scale), Ok(units));
        }

        #[test]
        fn what_is_read_is_written(whole in 0u64..1_000_000_000, cents in 0u64..100) {
            let text = format!("{whole}.{cents:02}");
            prop_assert_eq!(parse_amount(&text, 2), Ok(whole * 100 + cents));
        }

        #[test]
        fn no_text_panics(text: String, scale in MIN_SCALE..=MAX_SCALE) {
            let _ = parse_amount(&text, scale);
        }
    }
}
