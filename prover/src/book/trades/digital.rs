//! Digital options (CRE52.42(3)): a collar of two European options around the strike.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed as _, ToPrimitive};
use plimsoll_circuits::amount::AmountError;
use plimsoll_circuits::book::{Book, Currency, Day, Instrument, Lei, NettingSet, Signed, Trade};
use plimsoll_circuits::counterparty_risk::{EFFECTIVE_BITS, assess_counterparty};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;

use super::Context;
use super::option::{Terms, positive};
use crate::book::error::{BookError, Problem};
use crate::book::table::Row;

/// The collar's strikes, in twentieths of the strike: 0.95 and 1.05.
const COLLAR: [u64; 2] = [19, 21];
/// What the ids of the two options end with.
const NAMES: [&str; 2] = ["/0.95K", "/1.05K"];
/// Units of a supervisory factor.
const FACTOR_ONE: u64 = 1_000_000;
/// The unit of [`COLLAR`].
const TWENTIETHS: u64 = 20;
/// One over the collar's width, 0.1.
const INVERSE_WIDTH: u64 = 10;
/// Units of a price of the snapshot.
const QUOTED_ONE: u64 = 100_000_000;

/// The two options that a digital option is held as. `trade` is the record without its notional.
///
/// A digital call that is bought is a call bought at 0.95 K and one sold at 1.05 K; a digital put
/// is a put bought at 1.05 K and one sold at 0.95 K. There are payoff / (0.1 K) units of each. The
/// market value stays with the option that has the record's own side.
pub(super) fn trades(
    row: &Row<'_>,
    context: &Context<'_>,
    trade: &Trade,
    terms: &Terms,
) -> Result<Vec<Trade>, BookError> {
    let payoff = row.amount("payoff", context.scale)?;
    let (price, strikes, notional) = if terms.quoted {
        let mut strikes = [0; 2];
        for (held, part) in strikes.iter_mut().zip(COLLAR) {
            let parts = u128::from(terms.strike) * u128::from(part);
            if !parts.is_multiple_of(u128::from(TWENTIETHS)) {
                return Err(row.error("strike", Problem::TooManyDigits));
            }
            let strike = BigInt::from(parts / u128::from(TWENTIETHS));
            *held = positive(row, "strike", &strike)?;
        }
        let units = BigUint::from(payoff) * INVERSE_WIDTH * QUOTED_ONE;
        (terms.price, strikes, units)
    } else {
        let asset = context
            .snapshot
            .is_some_and(|snapshot| !snapshot.is_currency(&trade.currency));
        if asset {
            let why = "a digital option on an asset takes its price from the snapshot";
            return Err(row.error("price", Problem::Together(why)));
        }
        let scaled = |name, value: u64, by: u64| positive(row, name, &(BigInt::from(value) * by));
        let price = scaled("price", terms.price, TWENTIETHS)?;
        let strikes = [
            scaled("strike", terms.strike, COLLAR[0])?,
            scaled("strike", terms.strike, COLLAR[1])?,
        ];
        let units = BigUint::from(payoff) * INVERSE_WIDTH * terms.price;
        (price, strikes, units)
    };
    let strike = BigUint::from(terms.strike);
    let notional = (notional + &strike - 1u32) / strike;
    let notional = notional
        .to_u64()
        .ok_or_else(|| row.error("payoff", Problem::Amount(AmountError::TooLarge)))?;
    // The option that pays first: the lower call, the higher put.
    let own = usize::from(terms.put);
    let options = [own, 1 - own].into_iter().map(|at| Trade {
        id: format!("{}{}", trade.id, NAMES[at]).into(),
        bought: trade.bought == (at == own),
        notional,
        market_value: if at == own {
            trade.market_value
        } else {
            Signed::default()
        },
        instrument: Instrument::Option {
            put: terms.put,
            price,
            strike: strikes[at],
            quoted: terms.quoted,
            expiry: terms.expiry,
        },
        ..trade.clone()
    });
    Ok(options.collect())
}

/// The linear trade that stands for a digital option where its collar counts for more than
/// payoff / SF, which is the most that it may (CRE52.42(3)); none where it does not.
///
/// The cap is one of the effective notional, after the maturity factor: the trade that stands for
/// it has that as its notional, and a year to run. A class with supervisory duration has no such
/// trade, as duration would multiply its notional: the collar stays, and counts for more where the
/// cap would bind (a short option of a long trade of poor credit).
pub(in crate::book) fn capped(legs: &[Trade], payoff: u64, context: &Context<'_>) -> Option<Trade> {
    let (rulebook, snapshot) = (context.rulebook?, context.snapshot?);
    let first = legs.first()?;
    let line = rulebook.derivative_line(&first.class, first.variant)?;
    if line.class.duration {
        return None;
    }
    let quoted = matches!(first.instrument, Instrument::Option { quoted: true, .. });
    // What a digital option on an asset pays, it pays in the currency of the asset's price.
    let currency = if quoted { "" } else { &first.currency };
    let rate = snapshot.rate(currency)?;
    let effective = effective(legs, rulebook, snapshot)?;
    let charge = effective.magnitude() * line.factor;
    let most = (BigUint::from(payoff) * rate * FACTOR_ONE) << EFFECTIVE_BITS;
    if charge <= most {
        return None;
    }
    let notional = (BigUint::from(payoff) * FACTOR_ONE).div_ceil(&BigUint::from(line.factor));
    Some(Trade {
        id: NAMES
            .iter()
            .find_map(|name| first.id.strip_suffix(name))?
            .into(),
        bought: effective.is_positive(),
        notional: notional.to_u64()?,
        currency: currency.into(),
        maturity: rulebook.derivatives.as_ref()?.year_quarter_days,
        instrument: Instrument::Linear,
        ..first.clone()
    })
}

/// The sum of the legs' effective notionals, in a netting set of their own; none where the rules do
/// not allow them, which the assessment of the book will say.
fn effective(legs: &[Trade], rulebook: &Rulebook, snapshot: &Snapshot) -> Option<BigInt> {
    let class = rulebook.classes.first()?;
    let book = Book {
        netting_sets: vec![NettingSet {
            id: legs.first()?.netting_set.clone(),
            class: class.name.as_str().into(),
            grade: class.grades.first()?.0.as_str().into(),
            ..NettingSet::default()
        }],
        trades: legs.to_vec(),
        ..Book::new(
            Lei([b'0'; 20]),
            Day::new(2000, 1, 1).ok()?,
            Currency(snapshot.base.clone()),
            0,
            &rulebook.name,
        )
    };
    let assessed = assess_counterparty(&book, rulebook, snapshot).ok()?;
    let set = assessed.agreements.first()?.sets.first()?;
    let subset = set.hedging_sets.first()?.subsets.first()?;
    Some(subset.effective.clone())
}
