//! Supervisory delta (CRE52.38 to CRE52.42).
//!
//! For an option x = (ln(P/K) + σ²T/2) / (σ√T) is written n / √(…) with n an integer, so that it is
//! the floor of a root of a quotient; Φ(−|x|) comes from the table, and the rest is one less it.

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;

use super::figures::{DELTA_BITS, OptionFigures};
use super::problem::DerivativeProblem;
use crate::book::{Instrument, Trade};
use crate::fixed_point::functions::{self, DomainError, ln_ratio, normal_tail};
use crate::fixed_point::root::floor_root;
use crate::rule_error::RuleError;
use crate::rulebook::{ClassLine, Derivatives};

/// A delta of one.
const DELTA_ONE: u64 = 1 << DELTA_BITS;
/// Error bound of an option's delta, Q44, where σ√T is at least 2^-9.
pub const FAR_ERROR: u64 = 1 << 12;
/// The same where it is not, down to a second and a volatility of 10 %.
///
/// The logarithm is within `LN_ERROR` + [`LOG_AT_ONE`] = 13 units of 2^-44, the density at most
/// 0.399 and σ√T at least 1.778e-5 (a year of 366 days): 2.92e5 units, and less than 3e2 for Φ, its
/// argument's floor and its own.
pub const NEAR_ERROR: u64 = 1 << 19;
/// What the table's logarithm makes of one, Q44: it is taken off every logarithm, so that price and
/// strike that are equal have none. Else a delta would have a side without time left, and the
/// prover the choice of it.
pub const LOG_AT_ONE: u64 = 3;
/// Error bound of a tranche's delta, Q44: its floor.
const TRANCHE_ERROR: u64 = 1;
/// |x| stays below 8: this many units of 2^-39.
const X_LIMIT: u64 = 1 << 42;
/// Volatilities are in 10^-4: the unit of a variance.
const VARIANCE_ONE: u64 = 100_000_000;
/// Largest denominator of a tranche's points: 30 bits.
const MAX_TRANCHE: u32 = (1 << 30) - 1;

/// A supervisory delta.
pub(super) struct Delta {
    /// |δ|, Q44.
    pub(super) size: u64,
    /// Whether it is below zero.
    pub(super) negative: bool,
    /// Error bound, Q44.
    pub(super) error: u64,
    /// Where it is an option.
    pub(super) option: Option<OptionFigures>,
}

/// The delta of a trade; `rate` is the snapshot's price of its underlying.
pub(super) fn delta(
    derivatives: &Derivatives,
    line: &ClassLine<'_>,
    trade: &Trade,
    rate: u64,
) -> Result<Delta, RuleError> {
    let refuse = |column, problem| Err(RuleError::derivative(&trade.place, column, problem));
    if line.class.gross && trade.instrument != Instrument::Linear {
        return refuse("class", DerivativeProblem::Gross);
    }
    match trade.instrument {
        Instrument::Linear => Ok(Delta {
            size: DELTA_ONE,
            negative: !trade.bought,
            error: 0,
            option: None,
        }),
        Instrument::Option { expiry, .. } if expiry >> 31 != 0 => {
            refuse("expiry", DerivativeProblem::Expiry)
        }
        Instrument::Option { .. } if line.class.volatility == 0 => {
            refuse("class", DerivativeProblem::OptionClass)
        }
        Instrument::Option {
            put,
            price,
            strike,
            quoted,
            expiry,
        } => {
            if quoted && price != rate {
                return refuse("price", DerivativeProblem::Quoted);
            }
            for (column, term) in [("price", price), ("strike", strike)] {
                if term == 0 || term >> functions::TERM_BITS != 0 {
                    return refuse(column, DerivativeProblem::OptionTerm);
                }
            }
            let log = match ln_ratio(price, strike) {
                Ok(log) => log,
                Err(DomainError::RatioTooLarge) => {
                    return refuse("strike", DerivativeProblem::OptionRatio);
                }
                Err(_) => return refuse("strike", DerivativeProblem::OptionTerm),
            };
            let volatility = line.class.volatility;
            let size = log.value.saturating_sub(LOG_AT_ONE);
            // Terms that differ by less than the logarithm sees: without time left its sign decides.
            if expiry == 0 && price != strike && size == 0 {
                return refuse("strike", DerivativeProblem::TooClose);
            }
            let option = option(derivatives, volatility, log.negative, size, expiry);
            Ok(Delta {
                size: if put == option.x_negative {
                    DELTA_ONE - option.tail
                } else {
                    option.tail
                },
                negative: trade.bought == put,
                error: if option.near { NEAR_ERROR } else { FAR_ERROR },
                option: Some(option),
            })
        }
        Instrument::Tranche {
            attachment,
            detachment,
            of,
        } => {
            if !line.has_tranches() {
                return refuse("attachment", DerivativeProblem::TrancheClass);
            }
            if of > MAX_TRANCHE || attachment >= detachment || detachment > of {
                return refuse("detachment", DerivativeProblem::Tranche);
            }
            Ok(Delta {
                size: tranche(derivatives, attachment, detachment, of),
                negative: !trade.bought,
                error: TRANCHE_ERROR,
                option: None,
            })
        }
    }
}

/// The option part; `log` is |ln(P/K)|, Q44, and `expiry` seconds.
fn option(
    derivatives: &Derivatives,
    volatility: u32,
    log_negative: bool,
    log: u64,
    expiry: u32,
) -> OptionFigures {
    let year = derivatives.year_seconds();
    let variance = u64::from(volatility) * u64::from(volatility) * u64::from(expiry);
    // n = 2 · ln · 10^8 · Y + σ²T, in units of 2^-44 · 10^-8 / Y.
    let moneyness = BigInt::from(log) * VARIANCE_ONE * year * 2u32;
    let moneyness = if log_negative { -moneyness } else { moneyness };
    let n: BigInt = moneyness + (BigInt::from(variance) << DELTA_BITS);
    let square = n.magnitude() * n.magnitude();
    // κ = 4 · 2^10 · σ²T · 10^8 · Y: x² = n² / κ in units of 2^-78.
    let kappa: BigUint = (BigUint::from(variance) * VARIANCE_ONE * year) << 12;
    let at_the_money_now = expiry == 0 && log == 0;
    // Without time x is infinite, unless price and strike are equal.
    let root = match floor_root(&square, &kappa) {
        _ if at_the_money_now => 0,
        None => X_LIMIT,
        Some(found) => found.root.to_u64().unwrap_or(X_LIMIT),
    };
    let saturated = root >= X_LIMIT;
    let x = root.min(X_LIMIT - 1);
    OptionFigures {
        log_negative,
        log,
        x_negative: n.sign() == num_bigint::Sign::Minus,
        x,
        saturated,
        at_the_money_now,
        tail: normal_tail(x),
        near: u64::from(expiry) < derivatives.least_far_expiry(volatility),
    }
}

/// 15 / ((1 + 14A)(1 + 14D)), Q44, floored.
fn tranche(derivatives: &Derivatives, attachment: u32, detachment: u32, of: u32) -> u64 {
    let [numerator, slope] = derivatives.tranche.map(u128::from);
    let whole = u128::from(of);
    let above = BigUint::from(numerator * whole * whole) << DELTA_BITS;
    let below = BigUint::from(whole + slope * u128::from(attachment))
        * (whole + slope * u128::from(detachment));
    // At most 15 · 2^44; the divisor is at least `of`², which is not zero.
    (above / below).to_u64().unwrap_or(u64::MAX)
}
