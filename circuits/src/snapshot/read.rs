//! From the fields of a snapshot to a checked [`Snapshot`].

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::value::{Datetime, Offset};

use super::{
    BUILTIN, MAX_ASSET_NAME, MAX_CURRENCIES, MAX_PRICES, Snapshot, SnapshotError, SnapshotProblem,
};
use crate::amount::{RATE_BITS, RATE_ONE};
use crate::decimal::parse_scaled;
use crate::text::{Position, from_toml, is_currency, is_name};

/// Decimal places of a rate.
const RATE_PLACES: u32 = 8;
const SECONDS_PER_DAY: i64 = 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SnapshotText {
    name: Spanned<String>,
    at: Spanned<Datetime>,
    base: Spanned<String>,
    #[serde(default)]
    rates: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    prices: BTreeMap<Spanned<String>, Spanned<String>>,
}

impl Snapshot {
    /// Reads and checks a snapshot written as TOML.
    ///
    /// # Errors
    /// Names line, column and key of the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let fields: SnapshotText = from_toml(text, |at, message| SnapshotError::Malformed {
            at: at.unwrap_or_default(),
            message,
        })?;
        let invalid = |span: Range<usize>, key: &str, problem| SnapshotError::Invalid {
            at: Position::of_span(text, &span),
            key: key.to_owned(),
            problem,
        };
        let name = fields.name.get_ref().clone();
        if !is_name(&name) {
            return Err(invalid(
                fields.name.span(),
                "name",
                SnapshotProblem::Name(name),
            ));
        }
        let at = seconds(fields.at.get_ref())
            .ok_or_else(|| invalid(fields.at.span(), "at", SnapshotProblem::Time))?;
        let base = fields.base.get_ref().clone();
        if !is_currency(&base) {
            return Err(invalid(
                fields.base.span(),
                "base",
                SnapshotProblem::Currency(base),
            ));
        }
        let mut rates = vec![(base.clone(), RATE_ONE)];
        // A TOML table holds no key twice, and a BTreeMap is sorted by code.
        for (code, rate) in &fields.rates {
            let (span, code, key) = (
                code.span(),
                code.get_ref(),
                format!("rates.{}", code.get_ref()),
            );
            if !is_currency(code) {
                return Err(invalid(span, &key, SnapshotProblem::Currency(code.clone())));
            }
            if *code == base {
                return Err(invalid(
                    span,
                    &key,
                    SnapshotProblem::Duplicate(code.clone()),
                ));
            }
            let value =
                rate_of(rate.get_ref()).map_err(|problem| invalid(rate.span(), &key, problem))?;
            rates.push((code.clone(), value));
        }
        if rates.len() > MAX_CURRENCIES {
            let problem = SnapshotProblem::Capacity {
                count: rates.len(),
                limit: MAX_CURRENCIES,
            };
            return Err(invalid(0..0, "rates", problem));
        }
        let mut prices = Vec::new();
        for (asset, price) in &fields.prices {
            let (span, asset, key) = (
                asset.span(),
                asset.get_ref(),
                format!("prices.{}", asset.get_ref()),
            );
            if !is_asset(asset) {
                return Err(invalid(span, &key, SnapshotProblem::Asset(asset.clone())));
            }
            if rates.iter().any(|(code, _)| code == asset) {
                let problem = SnapshotProblem::Duplicate(asset.clone());
                return Err(invalid(span, &key, problem));
            }
            let value =
                rate_of(price.get_ref()).map_err(|problem| invalid(price.span(), &key, problem))?;
            prices.push((asset.clone(), value));
        }
        if prices.len() > MAX_PRICES {
            let problem = SnapshotProblem::Capacity {
                count: prices.len(),
                limit: MAX_PRICES,
            };
            return Err(invalid(0..0, "prices", problem));
        }
        Ok(Self {
            name,
            at,
            base,
            rates,
            prices,
        })
    }

    /// The snapshot in which only the reporting currency has a rate: `usd-only`, and the like of it.
    ///
    /// # Errors
    /// Where the text is not a currency.
    pub fn reporting_only(currency: &str) -> Result<Self, SnapshotError> {
        let name = format!("{}-only", currency.to_ascii_lowercase());
        if super::BUILTIN.iter().any(|(known, _)| *known == name) {
            return Self::builtin(&name);
        }
        Self::parse(&format!(
            "name = \"{name}\"\nat = 2020-01-01T00:00:00Z\nbase = \"{currency}\"\n"
        ))
    }

    /// A snapshot that ships with the library: see [`BUILTIN`].
    ///
    /// # Errors
    /// When no snapshot of that name ships.
    pub fn builtin(name: &str) -> Result<Self, SnapshotError> {
        let (_, text) = BUILTIN
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| SnapshotError::UnknownName(name.to_owned()))?;
        Self::parse(text)
    }
}

/// Whether a text can name an asset: 1 to 32 printable ASCII characters, no spaces.
pub fn is_asset(text: &str) -> bool {
    (1..=MAX_ASSET_NAME).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// A rate or a price in 10^-8: above zero, below 2^47.
fn rate_of(text: &str) -> Result<u64, SnapshotProblem> {
    let value = parse_scaled(text, RATE_PLACES).map_err(SnapshotProblem::Rate)?;
    if value == 0 {
        return Err(SnapshotProblem::ZeroRate);
    }
    if value >> RATE_BITS != 0 {
        return Err(SnapshotProblem::LargeRate);
    }
    Ok(value)
}

/// Seconds since 1970-01-01T00:00:00Z; `None` unless date, time and UTC are all given, to the
/// second.
fn seconds(at: &Datetime) -> Option<i64> {
    let (date, time) = (at.date?, at.time?);
    let utc = match at.offset? {
        Offset::Z => true,
        Offset::Custom { minutes } => minutes == 0,
    };
    let fraction = time.nanosecond.unwrap_or(0);
    if !utc || fraction != 0 {
        return None;
    }
    // Days from the civil calendar: years start in March, so that a leap day ends one.
    let (year, month, day) = (
        i64::from(date.year),
        i64::from(date.month),
        i64::from(date.day),
    );
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let second = i64::from(time.second.unwrap_or(0));
    Some(
        days * SECONDS_PER_DAY
            + i64::from(time.hour) * 3_600
            + i64::from(time.minute) * 60
            + second,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_since_1970() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:30:15Z", Some(951_827_415)),
            ("2022-12-30T00:00:00+00:00", Some(1_672_358_400)),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("2022-12-30T00:00:00+01:00", None),
            ("2022-12-30T00:00:00", None),
            ("2022-12-30", None),
            ("2022-12-30T00:00:00.5Z", None),
        ] {
            let at: Datetime = text.parse().expect("a TOML time");
            assert_eq!(seconds(&at), expected, "{text}");
        }
    }
}
