//! Codes of currencies and coins.

use std::fmt;

use thiserror::Error;

use super::Currency;

/// Why a text is not a currency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a currency is 2 to 8 upper-case letters or digits, such as USD")]
pub struct CurrencyError;

impl Currency {
    /// Reads a code: 2 to 8 upper-case ASCII letters or digits.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if (2..=8).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CurrencyError)
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for good in ["USD", "EUR", "BTC", "USDC", "1INCH"] {
            assert!(Currency::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "U", "usd", "US D", "TOOLONGCODE", "€UR", "USD "] {
            assert_eq!(Currency::parse(bad), Err(CurrencyError), "{bad}");
        }
    }
}
