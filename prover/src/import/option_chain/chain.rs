//! The chain: its options, their forwards, the coins.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use plimsoll_circuits::amount::RATE_BITS;
use plimsoll_circuits::book::{Currency, Day};
use plimsoll_circuits::snapshot::is_asset;

use super::RATE_PLACES;
use super::error::{At, ChainError, ChainProblem};
use super::table::{Record, Table};
use crate::book::decimal::Decimal;

/// Options of the exchange expire at this hour UTC, in seconds.
const EXPIRY_SECONDS: i64 = 8 * 3600;
/// How far apart the rows of one chain are taken, milliseconds.
const SPREAD: i64 = 60_000;
/// What the index of a forward without a future begins with.
const SYNTHETIC: &str = "SYN.";
/// Years of expiries are written with two digits.
const CENTURY: u16 = 2000;
/// Strikes are below 2^52 units of 10^-8.
const STRIKE_BITS: u32 = 52;
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// One listed option.
pub(super) struct Listed {
    pub(super) line: u64,
    pub(super) coin: String,
    /// Name of its forward in the snapshot; none where its price is blank.
    pub(super) forward: Option<String>,
    /// Whether no future expires with it.
    pub(super) synthetic: bool,
    /// Price of one option in coins; none where it is blank.
    pub(super) mark: Option<Decimal>,
    /// 10^-8 dollars.
    pub(super) strike: u64,
    pub(super) put: bool,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(super) expiry: i64,
}

/// See the top of the file.
pub(super) struct Chain {
    pub(super) file: String,
    /// When it was taken, seconds since 1970-01-01T00:00:00Z.
    pub(super) at: i64,
    /// By name of the instrument.
    pub(super) listed: HashMap<String, Listed>,
    /// Coin → dollars, 10^-8.
    pub(super) coins: BTreeMap<String, u64>,
    /// Name → dollars, 10^-8.
    pub(super) forwards: BTreeMap<String, u64>,
    /// Forwards that had more decimals than a snapshot has.
    pub(super) rounded: usize,
}

impl Chain {
    /// Reads a chain.
    pub(super) fn read(path: &Path) -> Result<Self, ChainError> {
        let table = Table::read(path)?;
        let mut chain = Self {
            file: table.file.clone(),
            at: 0,
            listed: HashMap::new(),
            coins: BTreeMap::new(),
            forwards: BTreeMap::new(),
            rounded: 0,
        };
        // Index → the prices at which it is quoted → the options that are.
        let mut quotes: BTreeMap<String, BTreeMap<u64, Vec<String>>> = BTreeMap::new();
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        let mut rounded = BTreeMap::new();
        table.for_each(|record| {
            let taken = milliseconds(&record)?;
            (first, last) = (first.min(taken), last.max(taken));
            if last - first > SPREAD {
                return Err(record.error("creation_timestamp", ChainProblem::Timestamp));
            }
            let (name, listed) = option(&record)?;
            let coin = rate(&record, "estimated_delivery_price")?
                .ok_or_else(|| record.error("estimated_delivery_price", ChainProblem::Blank))?;
            let before = chain.coins.insert(listed.coin.clone(), coin.0);
            if before.is_some_and(|other| other != coin.0) {
                let problem = ChainProblem::Contradiction(listed.coin);
                return Err(record.error("estimated_delivery_price", problem));
            }
            if let Some((price, exact)) = rate(&record, "underlying_price")? {
                let index = record.value("underlying_index")?;
                if !is_asset(index) {
                    return Err(record.error("underlying_index", ChainProblem::Asset));
                }
                if !exact {
                    rounded.insert((index.to_owned(), price), ());
                }
                let prices = quotes.entry(index.to_owned()).or_default();
                prices.entry(price).or_default().push(name.clone());
            }
            let line = listed.line;
            if let Some(before) = chain.listed.insert(name.clone(), listed) {
                let first = before.line;
                let at = At::line(record.file(), line);
                let problem = ChainProblem::Duplicate { name, first };
                return Err(at.column("instrument_name").error(problem));
            }
            Ok(())
        })?;
        if chain.listed.is_empty() {
            return Err(At::file(&chain.file).error(ChainProblem::Empty));
        }
        chain.at = first.div_euclid(1000);
        chain.rounded = rounded.len();
        for (index, prices) in quotes {
            for (number, (price, names)) in (1..).zip(prices) {
                let forward = if number == 1 {
                    index.clone()
                } else {
                    format!("{index}.{number}")
                };
                for name in names {
                    if let Some(listed) = chain.listed.get_mut(&name) {
                        listed.forward = Some(forward.clone());
                    }
                }
                chain.forwards.insert(forward, price);
            }
        }
        Ok(chain)
    }
}

/// Name and terms of the option of a record; its forward comes later.
fn option(record: &Record<'_>) -> Result<(String, Listed), ChainError> {
    let coin = Currency::parse(record.value("base_currency")?)
        .map_err(|_| record.error("base_currency", ChainProblem::Asset))?;
    let expiry_text = record.value("expire_date")?;
    let expiry = day(expiry_text).ok_or_else(|| record.error("expire_date", ChainProblem::Date))?;
    let strike_text = record.value("strike_price")?;
    let strike = Decimal::parse(strike_text)
        .and_then(|strike| strike.exactly(RATE_PLACES))
        .filter(|strike| *strike > 0 && strike >> STRIKE_BITS == 0)
        .ok_or_else(|| record.error("strike_price", ChainProblem::Number))?;
    let kind = record.value("option_type")?;
    let put = match kind {
        "C" => false,
        "P" => true,
        _ => return Err(record.error("option_type", ChainProblem::Type)),
    };
    // The name says the same once more: rows whose cells have moved are found here.
    let name = record.value("instrument_name")?;
    let said = name.strip_suffix(&format!("-{expiry_text}-{strike_text}-{kind}"));
    if !said.is_some_and(|said| said == coin.0 || said.starts_with(&format!("{}_", coin.0))) {
        return Err(record.error("instrument_name", ChainProblem::Name));
    }
    let mark = match record.optional("mark_price")? {
        "" => None,
        text => Some(
            Decimal::scientific(text)
                .filter(|mark| !mark.is_negative())
                .ok_or_else(|| record.error("mark_price", ChainProblem::Number))?,
        ),
    };
    let listed = Listed {
        line: record.line,
        coin: coin.0,
        forward: None,
        synthetic: record.optional("underlying_index")?.starts_with(SYNTHETIC),
        mark,
        strike,
        put,
        expiry: expiry.seconds() + EXPIRY_SECONDS,
    };
    Ok((name.to_owned(), listed))
}

/// A price in 10^-8 dollars, to the nearest, and whether that is exact; none where it is blank.
fn rate(record: &Record<'_>, name: &'static str) -> Result<Option<(u64, bool)>, ChainError> {
    let text = record.optional(name)?;
    if text.is_empty() {
        return Ok(None);
    }
    let price =
        Decimal::scientific(text).ok_or_else(|| record.error(name, ChainProblem::Number))?;
    match price.nearest(RATE_PLACES) {
        Some(rate) if rate > 0 && rate >> RATE_BITS == 0 => {
            Ok(Some((rate, price.exactly(RATE_PLACES).is_some())))
        }
        _ => Err(record.error(name, ChainProblem::Rate)),
    }
}

fn milliseconds(record: &Record<'_>) -> Result<i64, ChainError> {
    let text = record.value("creation_timestamp")?;
    let digits = text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(time) if digits => Ok(time),
        _ => Err(record.error("creation_timestamp", ChainProblem::Timestamp)),
    }
}

/// Reads `26JAN24` or `9JAN24`.
fn day(text: &str) -> Option<Day> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (day, rest) = text.split_at(split);
    let (month, year) = (rest.get(..3)?, rest.get(3..)?);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !(1..=2).contains(&day.len()) || year.len() != 2 || !digits(year) {
        return None;
    }
    let month = (1..).zip(MONTHS).find(|(_, name)| *name == month)?.0;
    Day::new(
        CENTURY + year.parse::<u16>().ok()?,
        month,
        day.parse().ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiries() {
        let of = |text| day(text).map(|day| day.to_string());
        assert_eq!(of("26JAN24").as_deref(), Some("2024-01-26"));
        assert_eq!(of("9JAN24").as_deref(), Some("2024-01-09"));
        assert_eq!(of("09JAN24").as_deref(), Some("2024-01-09"));
        assert_eq!(of("29FEB24").as_deref(), Some("2024-02-29"));
        for text in [
            "",
            "JAN24",
            "31FEB24",
            "0JAN24",
            "009JAN24",
            "9Jan24",
            "9JAN2024",
            "9JAN4",
            "2024-01-09",
            "9JÄN24",
            "9JAN24 ",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
