//! Supervisory delta (CRE52.38 to CRE52.42).
//!
//! For an option x = (ln(P/K) + σ²T/2) / (σ√T) is written n / √(…) with n an integer, so that it is
//! the floor of a root of a quotient; Φ(−|x|) comes from the table, and the rest is one less it.

use std::fmt;

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::ToPrimitive;

use super::figures::{DELTA_BITS, OptionFigures};
use super::problem::DerivativeProblem;
use crate::book::{Instrument, Trade};
use crate::fixed_point::functions::{self, DomainError, LnRatio, ln_ratio, normal_tail};
use crate::fixed_point::root::floor_root;
use crate::rule_error::RuleError;
use crate::rulebook::{ClassLine, Derivatives};

/// A delta of one.
pub const DELTA_ONE: u64 = 1 << DELTA_BITS;
/// Error bound of an option's delta, Q44, where σ√T is at least 2^-9.
pub const FAR_ERROR: u64 = 1 << 12;
/// The same where it is not, down to a second and a volatility of 10 %.
pub const NEAR_ERROR: u64 = 1 << 18;
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
            // A mantissa of one: only equal terms may take it where no time is left, since the sign
            // of the logarithm decides there.
            if expiry == 0 && price != strike && log.value == logarithm_of_one() {
                return refuse("strike", DerivativeProblem::TooClose);
            }
            let volatility = line.class.volatility;
            let option = option(derivatives, volatility, &log, expiry);
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

/// What the table has for the logarithm of one, Q44: within its error of zero, and not zero. No
/// ratio has a smaller one.
pub fn logarithm_of_one() -> u64 {
    ln_ratio(1, 1).map_or(0, |log| log.value)
}

/// n and κ of x² = n² / κ, x in units of 2^-39: what a circuit holds of the root.
#[derive(Clone, PartialEq, Eq)]
pub struct OptionTerms {
    /// 2 · ln(P/K) · 10^8 · Y + σ²T, with Y the seconds of a year: below 2^107 in size. Zero at the
    /// money now, where the table's logarithm of one is not.
    pub n: BigInt,
    /// 2^12 · σ²T · 10^8 · Y: zero where no time is left.
    pub kappa: BigUint,
    /// No time is left, and price and strike are equal.
    pub at_the_money_now: bool,
}

impl OptionTerms {
    /// Of a volatility in 10^-4, a logarithm and seconds to expiry.
    pub fn new(derivatives: &Derivatives, volatility: u32, ratio: &LnRatio, expiry: u32) -> Self {
        let year = derivatives.year_seconds();
        let variance = u64::from(volatility) * u64::from(volatility) * u64::from(expiry);
        let at_the_money_now = expiry == 0 && ratio.larger == ratio.smaller;
        let log = if at_the_money_now { 0 } else { ratio.value };
        let moneyness = BigInt::from(log) * VARIANCE_ONE * year * 2u32;
        let moneyness = if ratio.negative {
            -moneyness
        } else {
            moneyness
        };
        Self {
            n: moneyness + (BigInt::from(variance) << DELTA_BITS),
            kappa: (BigUint::from(variance) * VARIANCE_ONE * year) << 12,
            at_the_money_now,
        }
    }
}

impl fmt::Debug for OptionTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OptionTerms(..)")
    }
}

/// The option part; `expiry` is in seconds.
fn option(
    derivatives: &Derivatives,
    volatility: u32,
    ratio: &LnRatio,
    expiry: u32,
) -> OptionFigures {
    let terms = OptionTerms::new(derivatives, volatility, ratio, expiry);
    let (n, at_the_money_now) = (terms.n, terms.at_the_money_now);
    let square = n.magnitude() * n.magnitude();
    // Without time x is infinite, unless price and strike are equal.
    let root = match floor_root(&square, &terms.kappa) {
        _ if at_the_money_now => 0,
        None => X_LIMIT,
        Some(found) => found.root.to_u64().unwrap_or(X_LIMIT),
    };
    let saturated = root >= X_LIMIT;
    let x = root.min(X_LIMIT - 1);
    OptionFigures {
        log_negative: ratio.negative,
        log: ratio.value,
        x_negative: n.sign() == Sign::Minus,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The sign of n decides where no time is left: it must have one, and a larger one than equal
    /// terms have.
    #[test]
    fn the_logarithm_of_one_is_the_least_and_not_zero() {
        let one = logarithm_of_one();
        assert!(one > 0 && one <= functions::LN_ERROR);
        // The next mantissa, and one that is floored to one.
        assert!(ln_ratio((1 << 42) + 1, 1 << 42).is_ok_and(|log| log.value > one));
        assert!(ln_ratio((1 << 51) + 1, 1 << 51).is_ok_and(|log| log.value == one));
        for (price, strike) in [
            (1, 1),
            ((1 << 52) - 1, (1 << 52) - 2),
            (1 << 51, (1 << 51) + 1),
        ] {
            assert!(ln_ratio(price, strike).is_ok_and(|log| log.value >= one));
        }
    }
}
