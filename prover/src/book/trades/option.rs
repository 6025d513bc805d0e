//! European options: price and strike in one unit, and the time to the latest exercise.

use num_bigint::BigInt;
use num_traits::{Signed as _, ToPrimitive};
use plimsoll_circuits::book::Instrument;

use super::{Context, ahead};
use crate::book::columns::derivatives::OPTIONS;
use crate::book::decimal::Decimal;
use crate::book::error::{BookError, Problem};
use crate::book::table::Row;

/// Price and strike are below this power of two.
const BITS: u64 = 52;
/// Decimals of a price of the snapshot.
const QUOTED_PLACES: u32 = 8;

/// The columns that only an option has.
const COLUMNS: [&str; 5] = ["price", "strike", "lambda", "expiry", "payoff"];

/// The terms of an option.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) put: bool,
    pub(super) price: u64,
    pub(super) strike: u64,
    /// Whether the price is the snapshot's, in 10^-8.
    pub(super) quoted: bool,
    /// Seconds.
    pub(super) expiry: u32,
}

impl Terms {
    /// As the book holds it.
    pub(super) fn instrument(self) -> Instrument {
        Instrument::Option {
            put: self.put,
            price: self.price,
            strike: self.strike,
            quoted: self.quoted,
            expiry: self.expiry,
        }
    }
}

/// Reads the option of a record, if it is one.
pub(super) fn read(row: &Row<'_>, context: &Context<'_>) -> Result<Option<Terms>, BookError> {
    let Some(kind) = row.choice("option", OPTIONS)? else {
        return match COLUMNS.iter().find(|name| row.has(name)) {
            None => Ok(None),
            Some(name) => Err(row.error(
                name,
                Problem::Together("only an option has this, and `option` is empty"),
            )),
        };
    };
    let expiry = ahead(row, "expiry", |text| context.clock.seconds(text))?
        .ok_or_else(|| row.error("expiry", Problem::MissingValue))?;
    let strike = row
        .decimal("strike")?
        .ok_or_else(|| row.error("strike", Problem::MissingValue))?;
    let (price, lambda) = (row.decimal("price")?, row.decimal("lambda")?);
    let (price, strike, quoted) = match price {
        Some(price) => {
            let (price, strike) = match lambda {
                None => (price, strike),
                Some(lambda) => (price.plus(&lambda), strike.plus(&lambda)),
            };
            // The ratio decides, so that any unit in which both are whole will do.
            let places = price.places().max(strike.places());
            (
                positive(row, "price", &price.at(places))?,
                positive(row, "strike", &strike.at(places))?,
                false,
            )
        }
        None if lambda.is_some() => {
            let why = "a price that is shifted stands in the book, not in the snapshot";
            return Err(row.error("lambda", Problem::Together(why)));
        }
        None => (
            snapshot_price(row, context)?,
            positive(row, "strike", &quoted_units(row, &strike)?)?,
            true,
        ),
    };
    Ok(Some(Terms {
        put: kind == "put",
        price,
        strike,
        quoted,
        expiry,
    }))
}

/// The snapshot's price of the trade's currency or asset. The reporting currency has none: an
/// option on it would be one on nothing.
fn snapshot_price(row: &Row<'_>, context: &Context<'_>) -> Result<u64, BookError> {
    let underlying = row.underlying("currency")?;
    let priced = context
        .snapshot
        .filter(|snapshot| !underlying.is_empty() && snapshot.base != underlying);
    priced
        .and_then(|snapshot| snapshot.rate(&underlying))
        .ok_or_else(|| row.error("price", Problem::NoPrice))
}

fn quoted_units(row: &Row<'_>, strike: &Decimal) -> Result<BigInt, BookError> {
    if strike.places() > QUOTED_PLACES {
        return Err(row.error("strike", Problem::TooManyDigits));
    }
    Ok(strike.at(QUOTED_PLACES))
}

/// A price or strike as it is held.
pub(super) fn positive(
    row: &Row<'_>,
    name: &'static str,
    value: &BigInt,
) -> Result<u64, BookError> {
    if !value.is_positive() {
        return Err(row.error(name, Problem::NotPositive(name)));
    }
    match value.to_u64() {
        Some(units) if value.bits() <= BITS => Ok(units),
        _ => Err(row.error(name, Problem::TooManyDigits)),
    }
}
