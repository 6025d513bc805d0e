//! A chain of listed options and the positions held in it, as trades of a book.
//!
//! The chain is a CSV file with a line for each option, in the layout of an exchange's book
//! summary (Deribit's): among others `instrument_name`, `underlying_index`, `underlying_price` (the
//! forward, in dollars), `mark_price` (in coins), `estimated_delivery_price` (the coin, in dollars),
//! `creation_timestamp` (milliseconds), `base_currency`, `expire_date` (9JAN24), `strike_price`,
//! `option_type` (C or P). Other columns are not read, and blanks in them mean nothing. The
//! positions are a CSV file with `instrument`, `quantity` (coins, below zero where sold) and
//! `netting_set`.
//!
//! What comes of it:
//!
//! - **trades**: one for each position, in the hedging set of its coin, with the quantity as the
//!   number of units of the option's own forward, and quantity × mark in coins as market value;
//! - **a snapshot** with the coin as a currency and **every** forward of the chain as an asset,
//!   held or not, so that it says nothing about the positions. A forward is named after its index;
//!   where two rows of one index were quoted at different prices, the higher is `….2`;
//! - **the rest of the book** is that of a book that has everything but trades: institution,
//!   exposures, capital, netting sets, margin. Its day must be the chain's, whose time it takes.

mod chain;
mod error;
mod positions;
mod table;

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_circuits::amount::{RATE_ONE, format_amount};
use plimsoll_circuits::book::{Book, Day, Instrument, Place, Signed, Trade};
use plimsoll_circuits::snapshot::Snapshot;

pub use error::{ChainError, ChainProblem};

use chain::{Chain, Listed};
use error::At;
use positions::Position;

/// The class of the trades, by its name in the rulebook, unless another is named.
pub const CLASS: &str = "crypto-2a";
/// Chains are quoted in dollars.
const CURRENCY: &str = "USD";
/// Decimals of a rate or a price.
const RATE_PLACES: u32 = 8;
const SECONDS_PER_QUARTER_DAY: u32 = 21_600;
const SECONDS_PER_DAY: i64 = 86_400;

/// An imported chain.
#[derive(Debug)]
pub struct Imported {
    /// The book.
    pub book: Book,
    /// The snapshot that its trades are priced by.
    pub snapshot: Snapshot,
    /// What the reader of the import should know.
    pub notes: Vec<String>,
}

/// Adds the positions in `positions`, priced by the chain in `file`, to `book` as trades of
/// `class`. Rates and prices of `known` are kept.
///
/// # Errors
/// A file cannot be read, a row that a position needs is not complete, or the two contradict each
/// other or the book.
pub fn import(
    file: &Path,
    positions: &Path,
    book: &Book,
    known: &Snapshot,
    class: &str,
) -> Result<Imported, ChainError> {
    let chain = Chain::read(file)?;
    let whole = |problem| At::file(&chain.file).error(problem);
    let day = Day::of_seconds(chain.at).ok_or_else(|| whole(ChainProblem::Timestamp))?;
    if book.currency.0 != CURRENCY || known.base != CURRENCY {
        return Err(whole(ChainProblem::Currency));
    }
    if book.as_of != day {
        return Err(whole(ChainProblem::Day {
            book: book.as_of,
            chain: day,
        }));
    }
    if !book.trades.is_empty() {
        return Err(whole(ChainProblem::Trades));
    }
    let mut notes = Vec::new();
    let snapshot = snapshot(&chain, known, &mut notes)?;
    let held = positions::read(positions)?;
    let trades = held.iter().enumerate().map(|(index, position)| {
        let listed = chain
            .listed
            .get(position.instrument.as_str())
            .ok_or_else(|| {
                let at = At::line(&position.file, position.line);
                at.column("instrument")
                    .error(ChainProblem::NotListed(position.instrument.clone()))
            })?;
        let trade = trade(&chain, listed, position, book, &snapshot)?;
        Ok(Trade {
            class: class.into(),
            place: Place {
                file: crate::book::columns::TRADES.name.into(),
                line: index as u64 + 2,
            },
            ..trade
        })
    });
    let trades = trades.collect::<Result<_, ChainError>>()?;
    let synthetic = chain.listed.values().filter(|listed| listed.synthetic);
    match synthetic.count() {
        0 => {}
        count => notes.push(format!(
            "{count} options are priced by a synthetic forward (SYN.): no future expires with them"
        )),
    }
    Ok(Imported {
        book: Book {
            as_of_time: u32::try_from(chain.at.rem_euclid(SECONDS_PER_DAY)).unwrap_or(0),
            trades,
            ..book.clone()
        },
        snapshot,
        notes,
    })
}

/// The trade of a position; class and place come later.
fn trade(
    chain: &Chain,
    listed: &Listed,
    position: &Position,
    book: &Book,
    snapshot: &Snapshot,
) -> Result<Trade, ChainError> {
    let row = At::line(&chain.file, listed.line);
    let here = At::line(&position.file, position.line);
    let set = &position.netting_set;
    if !book.netting_sets.iter().any(|known| known.id == *set) {
        let problem = ChainProblem::NettingSet(set.clone());
        return Err(here.column("netting_set").error(problem));
    }
    let blank = |name: &'static str| row.column(name).error(ChainProblem::Blank);
    let forward = listed.forward.as_ref();
    let forward = forward.ok_or_else(|| blank("underlying_price"))?;
    let mark = listed.mark.as_ref().ok_or_else(|| blank("mark_price"))?;
    let price = snapshot
        .rate(forward)
        .ok_or_else(|| blank("underlying_price"))?;
    let expiry = u32::try_from(listed.expiry - chain.at)
        .map_err(|_| row.column("expire_date").error(ChainProblem::Expired))?;
    // Exact: what the book's unit cannot hold is refused.
    let places = u32::try_from(book.scale).unwrap_or(0);
    let fine = |value: Option<u64>| {
        value.ok_or_else(|| {
            here.column("quantity")
                .error(ChainProblem::Scale(book.scale))
        })
    };
    let quantity = &position.quantity;
    let negative = quantity.is_negative();
    let size = quantity.magnitude();
    Ok(Trade {
        id: if position.alone {
            position.instrument.as_str().into()
        } else {
            format!("{} in {set}", position.instrument).into()
        },
        netting_set: set.as_str().into(),
        hedging_set: listed.coin.as_str().into(),
        bought: !negative,
        notional: fine(size.exactly(places))?,
        currency: forward.as_str().into(),
        market_value: Signed {
            negative: negative && !mark.is_zero() && !size.is_zero(),
            magnitude: fine(size.times(mark).exactly(places))?,
        },
        value_currency: listed.coin.as_str().into(),
        maturity: expiry.div_ceil(SECONDS_PER_QUARTER_DAY),
        instrument: Instrument::Option {
            put: listed.put,
            price,
            strike: listed.strike,
            quoted: true,
            expiry,
        },
        ..Trade::default()
    })
}

/// The snapshot of a chain, on top of what is known.
fn snapshot(
    chain: &Chain,
    known: &Snapshot,
    notes: &mut Vec<String>,
) -> Result<Snapshot, ChainError> {
    let mut rates: BTreeMap<String, u64> = known.rates.iter().cloned().collect();
    let mut prices: BTreeMap<String, u64> = known.prices.iter().cloned().collect();
    rates.remove(&known.base);
    let contradiction = |name: &String, column| {
        let problem = ChainProblem::Contradiction(name.clone());
        At::file(&chain.file).column(column).error(problem)
    };
    for (name, rate) in &chain.coins {
        let before = rates.insert(name.clone(), *rate);
        if before.is_some_and(|other| other != *rate) {
            return Err(contradiction(name, "estimated_delivery_price"));
        }
    }
    for (name, price) in &chain.forwards {
        let before = prices.insert(name.clone(), *price);
        if before.is_some_and(|other| other != *price) || rates.contains_key(name) {
            return Err(contradiction(name, "underlying_index"));
        }
    }
    if chain.rounded > 0 {
        notes.push(format!(
            "{} forwards have more than 8 decimals and are rounded to the nearest",
            chain.rounded
        ));
    }
    let day = Day::of_seconds(chain.at).map_or_else(String::new, |day| day.to_string());
    let coins: Vec<String> = chain.coins.keys().map(|c| c.to_ascii_lowercase()).collect();
    let mut all = vec![(known.base.clone(), RATE_ONE)];
    all.extend(rates);
    Ok(Snapshot {
        name: format!("{}-options-{day}", coins.join("-")),
        at: chain.at,
        base: known.base.clone(),
        rates: all,
        prices: prices.into_iter().collect(),
    })
}

/// A snapshot as [`Snapshot::parse`] reads it.
pub fn snapshot_text(snapshot: &Snapshot) -> String {
    let day = Day::of_seconds(snapshot.at).map_or_else(String::new, |day| day.to_string());
    let left = snapshot.at.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (left / 3600, left / 60 % 60, left % 60);
    let mut text = format!(
        "# Prices of a chain of listed options, as the exchange published them.\n\
         name = \"{}\"\nat = {day}T{hour:02}:{minute:02}:{second:02}Z\nbase = \"{}\"\n",
        snapshot.name, snapshot.base
    );
    let rates = snapshot.rates.get(1..).unwrap_or_default();
    for (title, entries) in [("rates", rates), ("prices", &snapshot.prices)] {
        if entries.is_empty() {
            continue;
        }
        text += &format!("\n[{title}]\n");
        for (name, rate) in entries {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            let rate = format_amount(*rate, RATE_PLACES as i8);
            text += &format!("\"{name}\" = \"{rate}\"\n");
        }
    }
    text
}
