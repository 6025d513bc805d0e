//! Haircuts (CRE22.49, CRE22.59): supervisory values at ten days, scaled by the root of
//! (revaluation days + holding days − 1) / 10 and rounded up.

use super::CreditRules;
use crate::amount::HAIRCUT_ONE;
use crate::book::{Exposure, Place};
use crate::rule_error::RuleError;
use crate::rulebook::Haircuts;

/// 10^-4 to 10^-9.
const TABLE_TO_SCALED: u128 = 100_000;

/// The scaled haircut, 10^-9: the smallest r with r² · `base` ≥ (`haircut` · 10^5)² · `days`, where
/// `days` = revaluation days + holding days − 1 and `base` is the holding period that the table is
/// written for. `haircut` is in 10^-4. Rounded up: the error is below 10^-9 and leans against the
/// institution.
///
/// Over a long period it passes one. A security lent counts for more by all of it (CRE22.40 has no
/// cap); what is received covers nothing from one on, see [`capped`].
pub fn scaled_haircut(haircut: u32, days: u32, base: u32) -> u64 {
    let root = u128::from(haircut) * TABLE_TO_SCALED;
    // Haircuts to 100 % and days to 1 999, which rulebooks are held to, stay below 2^36.
    let wanted = (root * root).saturating_mul(u128::from(days));
    let base = u128::from(base.max(1));
    // The smallest r with r² ≥ ceil(wanted / base).
    let square = wanted.div_ceil(base);
    let floor = square.isqrt();
    let ceiling = if floor * floor == square {
        floor
    } else {
        floor + 1
    };
    u64::try_from(ceiling).unwrap_or(u64::MAX)
}

/// A haircut on what is received, 10^-9: at most all of it.
pub fn capped(haircut: u64) -> u32 {
    u32::try_from(haircut.min(HAIRCUT_ONE)).unwrap_or(HAIRCUT_ONE as u32)
}

/// The haircuts that apply to one exposure and its collateral.
pub(super) struct Scale<'a> {
    pub(super) haircuts: &'a Haircuts,
    /// Revaluation days + holding days − 1.
    days: u32,
}

impl<'a> Scale<'a> {
    /// Checks the transaction's holding period and revaluation interval against those that occur.
    pub(super) fn new(haircuts: &'a Haircuts, exposure: &Exposure) -> Result<Self, RuleError> {
        let place = &exposure.place;
        let known = |column, what, list: &[u32], days: u32| match days {
            0 => Err(RuleError::missing(
                place,
                column,
                "the exposure has collateral",
            )),
            _ if list.contains(&days) => Ok(()),
            _ => Err(RuleError::unknown(place, column, what, &days.to_string())),
        };
        let (holding, revaluation) = (exposure.holding_days, exposure.revaluation_days);
        known(
            "holding_days",
            "holding period",
            &haircuts.holding_days,
            holding,
        )?;
        known(
            "revaluation_days",
            "revaluation interval",
            &haircuts.revaluation_days,
            revaluation,
        )?;
        Ok(Self {
            haircuts,
            days: revaluation + holding - 1,
        })
    }

    /// A table haircut (10^-4) scaled to the transaction, 10^-9.
    pub(super) fn of(&self, haircut: u32) -> u64 {
        scaled_haircut(haircut, self.days, self.haircuts.base_holding_days)
    }
}

/// An instrument as the haircut table knows it.
pub(super) struct Instrument<'a> {
    pub(super) place: &'a Place,
    /// Columns of type, rating and residual maturity.
    pub(super) columns: [&'static str; 3],
    pub(super) kind: &'a str,
    pub(super) rating: &'a str,
    pub(super) maturity_days: u32,
}

impl CreditRules<'_> {
    /// Haircut band and scaled haircut of an instrument.
    pub(super) fn haircut(
        &self,
        scale: &Scale<'_>,
        instrument: &Instrument<'_>,
    ) -> Result<(u32, u64), RuleError> {
        let &Instrument {
            place,
            columns: [kind_column, rating_column, maturity_column],
            ..
        } = instrument;
        let (kind, rating) = (instrument.kind, instrument.rating);
        let Some(row) = self.haircut_rows.get(&(kind, rating)) else {
            let known = scale.haircuts.rows.iter().any(|row| row.kind == kind);
            return Err(if !known {
                RuleError::unknown(place, kind_column, "type of collateral", kind)
            } else if rating.is_empty() {
                RuleError::missing(place, rating_column, "the haircut depends on the rating")
            } else {
                RuleError::unknown(place, rating_column, "rating band", rating)
            });
        };
        let absent = || RuleError::unknown(place, kind_column, "type of collateral", kind);
        let bands = scale
            .haircuts
            .rows
            .get(*row as usize - 1)
            .ok_or_else(absent)?
            .bands
            .len();
        if bands > 1 && instrument.maturity_days == 0 {
            let why = "the haircut depends on the residual maturity";
            return Err(RuleError::missing(place, maturity_column, why));
        }
        let (band, haircut) = scale
            .haircuts
            .band(*row, instrument.maturity_days)
            .ok_or_else(absent)?;
        Ok((band, scale.of(haircut)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_smallest_that_covers() {
        for haircut in [1, 50, 75, 200, 800, 1_200, 2_000, 3_000, 9_999, 10_000] {
            for days in [1, 2, 5, 9, 10, 14, 20, 29, 64, 250, 309, 1_999] {
                let scaled = u128::from(scaled_haircut(haircut, days, 10));
                let wanted = (u128::from(haircut) * 100_000).pow(2) * u128::from(days);
                let covers = |r: u128| r * r * 10 >= wanted;
                assert!(covers(scaled), "{haircut} {days}");
                assert!(!covers(scaled - 1), "{haircut} {days}");
            }
        }
        assert_eq!(scaled_haircut(0, 250, 10), 0);
        assert_eq!(
            scaled_haircut(800, 10, 10),
            80_000_000,
            "no scaling at ten days"
        );
        assert_eq!(scaled_haircut(2_000, 250, 10), 1_000_000_000);
        assert_eq!(scaled_haircut(3_000, 250, 10), 1_500_000_000);
        assert_eq!(scaled_haircut(10_000, 1_999, 1), 44_710_177_813);
        assert_eq!(scaled_haircut(u32::MAX, u32::MAX, 0), u64::MAX);
        for (haircut, wanted) in [
            (0, 0),
            (999_999_999, 999_999_999),
            (1_000_000_001, 1_000_000_000),
        ] {
            assert_eq!(capped(haircut), wanted);
        }
        assert_eq!(capped(u64::MAX), 1_000_000_000);
    }
}
