//! Digital options (CRE52.42(3)): a collar of two European options around the strike.

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;
use plimsoll_circuits::amount::AmountError;
use plimsoll_circuits::book::{Instrument, Signed, Trade};

use super::Context;
use super::option::{Terms, positive};
use crate::book::error::{BookError, Problem};
use crate::book::table::Row;

/// The collar's strikes, in twentieths of the strike: 0.95 and 1.05.
const COLLAR: [u64; 2] = [19, 21];
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
    let names = ["0.95K", "1.05K"];
    let options = [own, 1 - own].into_iter().map(|at| Trade {
        id: format!("{}/{}", trade.id, names[at]),
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
