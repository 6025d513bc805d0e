//! Exact integers and fractions as decimal text. No floating point.

use num_bigint::{BigInt, BigUint, Sign};
use num_rational::BigRational;
use plimsoll_circuits::amount::format_scaled;

/// `value`·10^(−`scale`), exactly.
pub(crate) fn exact(value: &BigInt, scale: i32) -> String {
    let sign = if value.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}{}", format_scaled(value.magnitude(), scale))
}

/// A fraction with this many decimals, rounded down, trailing zeros kept.
pub(crate) fn rounded_down(value: &BigRational, decimals: u32) -> String {
    fixed(&(value * ten_to(decimals)).floor().to_integer(), decimals)
}

/// A fraction with this many decimals, rounded up, trailing zeros kept.
pub(crate) fn rounded_up(value: &BigRational, decimals: u32) -> String {
    fixed(&(value * ten_to(decimals)).ceil().to_integer(), decimals)
}

/// A fraction whose denominator divides a power of ten up to 10^`most`, exactly; what is finer is
/// rounded down.
pub(crate) fn terminating(value: &BigRational, most: u32) -> String {
    let places = i32::try_from(most).unwrap_or(i32::MAX);
    exact(&(value * ten_to(most)).floor().to_integer(), places)
}

/// An integer in 10^(−`scale`) as a fraction; negative scales are units of a power of ten.
pub(crate) fn fraction(value: impl Into<BigInt>, scale: i32) -> BigRational {
    let power = ten_to(scale.unsigned_abs());
    let value = BigRational::from_integer(value.into());
    if scale < 0 {
        value * power
    } else {
        value / power
    }
}

/// Thousands in groups: `496 499 835`.
pub(crate) fn grouped(text: &str) -> String {
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text), |digits| ("-", digits));
    let (whole, rest) = digits
        .find('.')
        .map_or((digits, ""), |point| digits.split_at(point));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out + rest
}

fn ten_to(power: u32) -> BigRational {
    BigRational::from_integer(BigUint::from(10u32).pow(power).into())
}

fn fixed(value: &BigInt, decimals: u32) -> String {
    let places = decimals as usize;
    let mut digits = value.magnitude().to_string();
    if digits.len() <= places {
        digits.insert_str(0, &"0".repeat(places + 1 - digits.len()));
    }
    if places > 0 {
        digits.insert(digits.len() - places, '.');
    }
    if value.sign() == Sign::Minus {
        format!("-{digits}")
    } else {
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numerator: i64, denominator: i64) -> BigRational {
        BigRational::new(numerator.into(), denominator.into())
    }

    #[test]
    fn directions() {
        assert_eq!(rounded_down(&ratio(2, 3), 4), "0.6666");
        assert_eq!(rounded_up(&ratio(2, 3), 4), "0.6667");
        assert_eq!(rounded_down(&ratio(-2, 3), 4), "-0.6667");
        assert_eq!(rounded_up(&ratio(-2, 3), 4), "-0.6666");
        assert_eq!(rounded_down(&ratio(1, 1), 12), "1.000000000000");
        assert_eq!(rounded_up(&ratio(5, 1), 0), "5");
        assert_eq!(rounded_down(&ratio(0, 1), 2), "0.00");
    }

    #[test]
    fn exact_text() {
        assert_eq!(exact(&BigInt::from(-1250), 2), "-12.5");
        assert_eq!(exact(&BigInt::from(4), -3), "4000");
        assert_eq!(terminating(&ratio(-5, 4), 31), "-1.25");
        assert_eq!(terminating(&fraction(4, -3), 31), "4000");
        assert_eq!(grouped("496499835000"), "496 499 835 000");
        assert_eq!(grouped("-12345.6789"), "-12 345.6789");
        assert_eq!(grouped("123"), "123");
    }
}
