//! Trades, from `trades.csv`: one record is one trade, and a digital option two.

mod digital;
mod option;
mod tranche;

use plimsoll_circuits::amount::AmountError;
use plimsoll_circuits::book::{Instrument, QuarterDays, Trade, Variant};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;

pub(super) use digital::capped;

use super::columns::derivatives::{SIDES, VARIANTS};
use super::error::{BookError, Problem};
use super::table::Row;
use super::time::{Clock, QUARTER_DAY, TimeError, Towards};

/// What trades are read against.
pub(super) struct Context<'a> {
    /// Scale of the book.
    pub(super) scale: i8,
    /// The book's own day and time.
    pub(super) clock: Clock,
    /// For the caps of digital options: without it, and without a snapshot, they have none.
    pub(super) rulebook: Option<&'a Rulebook>,
    /// For prices that a record leaves to it.
    pub(super) snapshot: Option<&'a Snapshot>,
}

/// Reads the trades of a record.
pub(super) fn trades(row: &Row<'_>, context: &Context<'_>) -> Result<Vec<Trade>, BookError> {
    let (clock, scale) = (context.clock, context.scale);
    let start = row.time("start", |text| clock.quarter_days(text, Towards::Earlier))?;
    // A period that has begun starts now.
    let start = start.flatten().unwrap_or(0);
    let end = ahead(row, "end", |text| clock.quarter_days(text, Towards::Later))?;
    if end.is_none() && start > 0 {
        let why = "a period that starts needs its end";
        return Err(row.error("end", Problem::Together(why)));
    }
    let end = end.unwrap_or(0);
    let (option, tranche) = (option::read(row, context)?, tranche::read(row)?);
    let maturity = ahead(row, "maturity", |text| {
        clock.quarter_days(text, Towards::Later)
    })?;
    let maturity = match (maturity, &option) {
        (Some(maturity), _) => maturity,
        (None, Some(terms)) => quarter_days(terms.expiry),
        (None, None) if end > 0 => end,
        (None, None) => return Err(row.error("maturity", Problem::MissingValue)),
    };
    let trade = Trade {
        id: row.text("id")?,
        netting_set: row.text("netting_set")?,
        class: row.text("class")?,
        variant: match row.choice("variant", VARIANTS)? {
            Some("basis") => Variant::Basis,
            Some("volatility") => Variant::Volatility,
            _ => Variant::Plain,
        },
        hedging_set: row.text("hedging_set")?,
        entity: row.text("entity")?,
        bought: row.choice("side", SIDES)? == Some("bought"),
        notional: row.amount("notional", scale)?,
        currency: row.underlying("currency")?,
        market_value: row.signed("market_value", scale)?,
        value_currency: row.underlying("value_currency")?,
        start,
        end,
        maturity,
        instrument: Instrument::Linear,
        place: row.place(),
    };
    let payoff = row.has("payoff");
    if payoff == row.has("notional") {
        return Err(if payoff {
            let why = "a digital option has a payoff and no notional";
            row.error("payoff", Problem::Together(why))
        } else {
            row.error("notional", Problem::Amount(AmountError::Missing))
        });
    }
    let instrument = match (option, tranche) {
        (Some(_), Some(_)) => {
            let why = "an option is not a tranche";
            return Err(row.error("option", Problem::Together(why)));
        }
        (Some(terms), None) if payoff => return digital::trades(row, context, &trade, &terms),
        (Some(terms), None) => terms.instrument(),
        (None, Some(tranche)) => tranche,
        (None, None) => Instrument::Linear,
    };
    Ok(vec![Trade {
        instrument,
        ..trade
    }])
}

/// A time that must not be past.
fn ahead<T>(
    row: &Row<'_>,
    name: &str,
    read: impl FnOnce(&str) -> Result<Option<T>, TimeError>,
) -> Result<Option<T>, BookError> {
    row.time(name, |text| read(text)?.ok_or(TimeError::Past))
}

/// Seconds as quarter days, rounded up.
fn quarter_days(seconds: u32) -> QuarterDays {
    // A quarter day has far fewer seconds than 2^32.
    seconds.div_ceil(QUARTER_DAY as u32)
}
