//! Conversion (CRE20.94, LEV30): net amount × exchange rate × credit conversion factor.

use num_bigint::BigUint;

use super::{Charge, CreditRules, Detail, Shape};
use crate::book::Exposure;
use crate::rule_error::RuleError;

/// An exposure converted to the reporting currency and to a credit equivalent.
pub(super) struct Converted {
    pub(super) conversion: u32,
    pub(super) factor: u32,
    pub(super) currency: u32,
    pub(super) rate: u64,
    pub(super) net: u64,
    /// 10^-12 of the book's unit.
    pub(super) measure: BigUint,
}

impl CreditRules<'_> {
    /// What counts of an exposure before any weight: the leverage exposure measure takes this,
    /// and collateral never lowers it.
    pub(super) fn convert(&self, exposure: &Exposure) -> Result<Converted, RuleError> {
        let place = &exposure.place;
        let (conversion, factor) = self.conversion(&exposure.conversion).ok_or_else(|| {
            RuleError::unknown(place, "conversion", "conversion", &exposure.conversion)
        })?;
        let (currency, rate) = self
            .currency(&exposure.currency)
            .ok_or_else(|| RuleError::unknown(place, "currency", "currency", &exposure.currency))?;
        // The caller has refused provisions above the amount.
        let net = exposure.amount.saturating_sub(exposure.provisions);
        let measure = BigUint::from(net) * rate * factor;
        Ok(Converted {
            conversion,
            factor,
            currency,
            rate,
            net,
            measure,
        })
    }
}

impl Converted {
    pub(super) fn charge(
        self,
        exposure: usize,
        shape: Shape,
        class: u32,
        weight: u32,
        detail: Detail,
        rwa: BigUint,
    ) -> Charge {
        Charge {
            exposure,
            shape,
            class,
            conversion: self.conversion,
            factor: self.factor,
            currency: self.currency,
            rate: self.rate,
            weight,
            net: self.net,
            detail,
            measure: self.measure,
            rwa,
        }
    }
}
