//! Weights that follow a band: real estate by loan-to-value (CRE20.69–91), default by provision
//! coverage (CRE20.104–106), and provisions or a currency mismatch on any class.
//!
//! Edges belong to the band below them. The measure is compared by cross-multiplication: gross
//! amount × 10^6 against edge × property value, or net × 10^6 against edge × gross.

use num_bigint::BigUint;

use super::{Charge, CreditRules, Detail, Shape};
use crate::amount::THRESHOLD_ONE;
use crate::book::Exposure;
use crate::rule_error::RuleError;
use crate::rulebook::{BandedRow, Measure};

/// 10^-22 (10^-6 of the amount, rate, factor, weight) to 10^-25.
const BANDED_TO_RWA: u64 = 1_000;

impl CreditRules<'_> {
    pub(super) fn charge_banded(
        &self,
        index: usize,
        exposure: &Exposure,
        mismatch: bool,
    ) -> Result<Charge, RuleError> {
        let key = self.key(exposure, mismatch)?;
        let (number, row) = self.band(exposure, key)?;
        let converted = self.convert(exposure)?;
        let net = u128::from(converted.net) * u128::from(THRESHOLD_ONE);
        let secured_part = net.min(u128::from(row.share) * u128::from(exposure.property_value));
        let weighted = BigUint::from(secured_part) * row.secured
            + BigUint::from(net - secured_part) * row.rest;
        let rwa = weighted * converted.rate * converted.factor * BANDED_TO_RWA;
        let detail = Detail::Banded {
            row: number,
            secured_part,
            secured_weight: row.secured,
        };
        Ok(converted.charge(index, Shape::Banded, key, row.rest, detail, rwa))
    }

    /// Number (from 1) and row of the band that the exposure falls into.
    fn band(&self, exposure: &Exposure, key: u32) -> Result<(u32, &BandedRow), RuleError> {
        let absent =
            || RuleError::unknown(&exposure.place, "class", "exposure class", &exposure.class);
        let range = self.rows_of.get(key as usize - 1).ok_or_else(absent)?;
        let rows = (1..).zip(&self.rows).skip(range.start).take(range.len());
        for (number, row) in rows {
            if row.share > 0 || row.measure == Some(Measure::LoanToValue) {
                property_value(exposure)?;
            }
            if row.holds(exposure) {
                return Ok((number, row));
            }
        }
        Err(absent())
    }
}

fn property_value(exposure: &Exposure) -> Result<(), RuleError> {
    if exposure.property_value == 0 {
        let why = "the weight depends on the value of the property";
        return Err(RuleError::missing(&exposure.place, "property_value", why));
    }
    Ok(())
}

impl BandedRow {
    /// Whether the measure is at most the row's upper edge. Rows are asked lowest first, so the
    /// lower edge needs no question here; a circuit asks both.
    fn holds(&self, exposure: &Exposure) -> bool {
        let (Some(measure), Some(upto)) = (self.measure, self.upto) else {
            return true;
        };
        let net = exposure.amount.saturating_sub(exposure.provisions);
        let (part, whole) = match measure {
            Measure::LoanToValue => (exposure.amount, exposure.property_value),
            Measure::UncoveredShare => (net, exposure.amount),
        };
        u128::from(part) * u128::from(THRESHOLD_ONE) <= u128::from(upto) * u128::from(whole)
    }
}
