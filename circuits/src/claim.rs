//! Claims: what an attestation says in public.

use std::fmt;

use thiserror::Error;

use crate::text::{is_hidden, quiet};

/// A ratio that can be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ratio {
    /// Common equity tier 1 over risk-weighted assets.
    Cet1,
    /// Tier 1 over risk-weighted assets.
    Tier1,
    /// Total capital over risk-weighted assets.
    Total,
    /// Tier 1 over the leverage exposure measure.
    Leverage,
    /// Capital conservation buffer: common equity tier 1 left above the minima, over risk-weighted assets.
    Buffer,
}

impl Ratio {
    /// All ratios, in the order of their slots.
    pub const ALL: [Self; 5] = [
        Self::Cet1,
        Self::Tier1,
        Self::Total,
        Self::Leverage,
        Self::Buffer,
    ];

    /// The word in a claim.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cet1 => "cet1",
            Self::Tier1 => "tier1",
            Self::Total => "total",
            Self::Leverage => "leverage",
            Self::Buffer => "buffer",
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `ratio >= threshold`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// The ratio.
    pub ratio: Ratio,
    /// The threshold, 10^-6, below 2^24.
    pub threshold: u32,
}

/// Largest threshold of a claim, 10^-6: 1 000 %.
pub const MAX_THRESHOLD: u32 = 10_000_000;

/// Why a text is not a claim, or a list of claims is not one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClaimError {
    /// No `>=`.
    #[error("claim `{}`: there is no `>=`", quiet(.0))]
    NoComparison(String),
    /// An unknown ratio.
    #[error("claim `{}`: unknown ratio", quiet(.0))]
    UnknownRatio(String),
    /// No percent sign at the end.
    #[error("claim `{}`: the threshold has no percent sign", quiet(.0))]
    NoPercent(String),
    /// Not digits with at most one point between them.
    #[error("claim `{}`: the threshold is not a decimal number", quiet(.0))]
    NotDecimal(String),
    /// More than four decimals of a percent.
    #[error("claim `{}`: the threshold has more than four decimals", quiet(.0))]
    TooFine(String),
    /// Above [`MAX_THRESHOLD`].
    #[error("claim `{}`: the threshold is above 1000 %", quiet(.0))]
    TooLarge(String),
    /// Two claims on one ratio.
    #[error("two claims on `{0}`")]
    Duplicate(Ratio),
    /// No claim at all.
    #[error("there is no claim")]
    None,
}

impl ClaimError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownRatio(_) => "the ratios are cet1, tier1, total, leverage and buffer",
            Self::Duplicate(_) => "keep the higher of the two: it implies the other",
            Self::TooFine(_) => "write at most four decimals, such as 8.3705%",
            Self::TooLarge(_) => "write a percentage, such as 8.37%",
            _ => "write a claim as 'cet1>=8.37%', in quotes",
        }
    }
}

impl Claim {
    /// Reads `cet1>=8.37%`: a ratio, `>=`, a percentage with up to four decimals.
    pub fn parse(text: &str) -> Result<Self, ClaimError> {
        // What is echoed back is cut: a claim is short.
        let shown = || {
            text.chars()
                .filter(|c| !is_hidden(*c))
                .take(40)
                .collect::<String>()
        };
        let (name, percentage) = text
            .split_once(">=")
            .ok_or_else(|| ClaimError::NoComparison(shown()))?;
        let name = name.trim();
        let ratio = Ratio::ALL
            .into_iter()
            .find(|r| r.name() == name)
            .ok_or_else(|| ClaimError::UnknownRatio(shown()))?;
        let number = percentage
            .trim()
            .strip_suffix('%')
            .ok_or_else(|| ClaimError::NoPercent(shown()))?
            .trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(ClaimError::NotDecimal(shown()));
        }
        if fraction.len() > 4 {
            return Err(ClaimError::TooFine(shown()));
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > 4 {
            return Err(ClaimError::TooLarge(shown()));
        }
        let padding = std::iter::repeat_n(b'0', 4 - fraction.len());
        let threshold = whole
            .bytes()
            .chain(fraction.bytes())
            .chain(padding)
            .fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
        if threshold > MAX_THRESHOLD {
            return Err(ClaimError::TooLarge(shown()));
        }
        Ok(Self { ratio, threshold })
    }

    /// Reads a list of claims, orders it by ratio, and refuses an empty list and two claims on one ratio.
    pub fn parse_list<'a>(
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Self>, ClaimError> {
        let mut claims = texts
            .into_iter()
            .map(Self::parse)
            .collect::<Result<Vec<_>, _>>()?;
        claims.sort();
        if claims.is_empty() {
            return Err(ClaimError::None);
        }
        match claims
            .windows(2)
            .find(|pair| pair[0].ratio == pair[1].ratio)
        {
            Some(pair) => Err(ClaimError::Duplicate(pair[0].ratio)),
            None => Ok(claims),
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.threshold / 10_000, self.threshold % 10_000);
        write!(f, "{}>={whole}", self.ratio)?;
        if fraction != 0 {
            let digits = format!("{fraction:04}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("%")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn claims_are_read() {
        for (text, ratio, threshold, written) in [
            ("cet1>=8.37%", Ratio::Cet1, 83_700, "cet1>=8.37%"),
            ("tier1 >= 6 %", Ratio::Tier1, 60_000, "tier1>=6%"),
            ("total>=10.5000%", Ratio::Total, 105_000, "total>=10.5%"),
            ("leverage>=0.0001%", Ratio::Leverage, 1, "leverage>=0.0001%"),
            ("buffer>=2.5%", Ratio::Buffer, 25_000, "buffer>=2.5%"),
            ("cet1>=0%", Ratio::Cet1, 0, "cet1>=0%"),
            ("cet1>=1000%", Ratio::Cet1, 10_000_000, "cet1>=1000%"),
        ] {
            let claim = Claim::parse(text);
            assert_eq!(claim, Ok(Claim { ratio, threshold }), "{text}");
            assert_eq!(claim.map(|c| c.to_string()), Ok(written.to_owned()));
        }
    }

    #[test]
    fn claims_are_refused() {
        let refused = |text: &str| Claim::parse(text).unwrap_err();
        assert!(matches!(refused("cet1>8%"), ClaimError::NoComparison(_)));
        assert!(matches!(refused("CET1>=8%"), ClaimError::UnknownRatio(_)));
        assert!(matches!(refused("lcr>=100%"), ClaimError::UnknownRatio(_)));
        assert!(matches!(refused("cet1>=0.08"), ClaimError::NoPercent(_)));
        for bad in [
            "cet1>=%",
            "cet1>=-1%",
            "cet1>=1e1%",
            "cet1>=8,37%",
            "cet1>=.5%",
            "cet1>=5.%",
            "cet1>=NaN%",
        ] {
            assert!(matches!(refused(bad), ClaimError::NotDecimal(_)), "{bad}");
        }
        assert!(matches!(refused("cet1>=8.37001%"), ClaimError::TooFine(_)));
        assert!(matches!(
            refused("cet1>=1000.0001%"),
            ClaimError::TooLarge(_)
        ));
        // 2^32 %, in 10^-4 % a multiple of 2^32.
        assert!(matches!(
            refused("cet1>=4294967296%"),
            ClaimError::TooLarge(_)
        ));
        assert!(matches!(
            refused("cet1>=99999999999999999999%"),
            ClaimError::TooLarge(_)
        ));
    }

    #[test]
    fn lists() {
        let list = |texts: &[&str]| Claim::parse_list(texts.iter().copied());
        assert_eq!(list(&[]), Err(ClaimError::None));
        assert_eq!(
            list(&["cet1>=8%", "cet1>=7%"]),
            Err(ClaimError::Duplicate(Ratio::Cet1))
        );
        let both = list(&["leverage>=3%", "cet1>=8%"])
            .map(|l| l.iter().map(Claim::to_string).collect::<Vec<_>>());
        assert_eq!(
            both,
            Ok(vec!["cet1>=8%".to_owned(), "leverage>=3%".to_owned()])
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(threshold in 0..=MAX_THRESHOLD, slot in 0usize..5) {
            let claim = Claim { ratio: Ratio::ALL[slot], threshold };
            prop_assert_eq!(Claim::parse(&claim.to_string()), Ok(claim));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = Claim::parse(&text);
        }
    }
}
