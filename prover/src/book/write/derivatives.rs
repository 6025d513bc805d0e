//! Netting sets, trades and margin as they are read.

use num_bigint::BigUint;
use plimsoll_circuits::amount::format_scaled;
use plimsoll_circuits::book::{Instrument, MarginItem, NettingSet, Signed, Trade, Variant};

use super::{amount, days, format_amount};
use crate::book::columns::{MARGIN, NETTING_SETS, TRADES};
use crate::book::decimal::format_part;
use crate::book::time::{self, QUARTER_DAY};

/// Decimals of a strike that is compared with a price of the snapshot.
const QUOTED_PLACES: i32 = 8;

pub(super) fn netting_set(set: &NettingSet, scale: i8) -> [String; NETTING_SETS.columns.len()] {
    let terms = set.margin.unwrap_or_default();
    [
        set.id.to_string(),
        set.class.to_string(),
        set.grade.to_string(),
        set.currency.to_string(),
        set.agreement.to_string(),
        days(terms.remargin_days),
        amount(terms.threshold, scale),
        amount(terms.minimum_transfer, scale),
        yes(terms.cleared),
        yes(terms.illiquid),
        yes(terms.disputed),
        yes(set.outside),
    ]
}

/// A trade; `now` is the book's own time in seconds. Price and strike stand in the unit in which
/// they are held, already shifted; a digital option stands as the two that it is held as.
pub(super) fn trade(trade: &Trade, scale: i8, now: i64) -> [String; TRADES.columns.len()] {
    let left = |quarter_days: u32| time::format(now, u64::from(quarter_days) * QUARTER_DAY);
    let later = |quarter_days: u32| match quarter_days {
        0 => String::new(),
        some => left(some),
    };
    let empty = String::new;
    let (option, price, strike, expiry) = match trade.instrument {
        Instrument::Option {
            put,
            price,
            strike,
            quoted,
            expiry,
        } => (
            if put { "put" } else { "call" }.to_owned(),
            if quoted { empty() } else { price.to_string() },
            format_scaled(
                &BigUint::from(strike),
                if quoted { QUOTED_PLACES } else { 0 },
            ),
            time::format(now, u64::from(expiry)),
        ),
        _ => (empty(), empty(), empty(), empty()),
    };
    let (attachment, detachment) = match trade.instrument {
        Instrument::Tranche {
            attachment,
            detachment,
            of,
        } => (format_part(attachment, of), format_part(detachment, of)),
        _ => (empty(), empty()),
    };
    [
        trade.id.to_string(),
        trade.netting_set.to_string(),
        trade.class.to_string(),
        match trade.variant {
            Variant::Plain => "",
            Variant::Basis => "basis",
            Variant::Volatility => "volatility",
        }
        .to_owned(),
        trade.hedging_set.to_string(),
        trade.entity.to_string(),
        if trade.bought { "bought" } else { "sold" }.to_owned(),
        format_amount(trade.notional, scale),
        trade.currency.to_string(),
        signed(trade.market_value, scale),
        trade.value_currency.to_string(),
        later(trade.start),
        later(trade.end),
        left(trade.maturity),
        option,
        price,
        strike,
        empty(),
        expiry,
        empty(),
        attachment,
        detachment,
        empty(),
        empty(),
    ]
}

pub(super) fn margin(item: &MarginItem, scale: i8) -> [String; MARGIN.columns.len()] {
    [
        item.id.to_string(),
        item.netting_set.to_string(),
        item.kind.to_string(),
        item.rating.to_string(),
        item.currency.to_string(),
        format_amount(item.amount, scale),
        days(item.maturity_days),
        if item.posted { "posted" } else { "received" }.to_owned(),
        if item.variation {
            "variation"
        } else {
            "independent"
        }
        .to_owned(),
    ]
}

fn yes(answer: bool) -> String {
    if answer { "yes" } else { "" }.to_owned()
}

fn signed(value: Signed, scale: i8) -> String {
    let size = amount(value.magnitude, scale);
    if value.negative && !size.is_empty() {
        format!("-{size}")
    } else {
        size
    }
}
