//! Collateral by the comprehensive approach (CRE22): E* = max(0, E (1 + He) − Σ C (1 − Hc − Hfx)).
//!
//! Hc and Hfx add, and together take at most everything; He has no such bound. The conversion factor
//! applies to E*.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;

use super::haircut::{Instrument, Scale, capped};
use super::maturity_mismatch::matching;
use super::{Charge, CreditRules, Detail, Secured, SecuredItem, Shape};
use crate::amount::HAIRCUT_ONE;
use crate::book::{CollateralItem, Exposure};
use crate::rule_error::{RecordProblem, RuleError};

/// One unit of the book in 10^-17 (rate and haircut).
const UNIT: u64 = 100_000_000_000_000_000;

impl CreditRules<'_> {
    pub(super) fn charge_secured(
        &self,
        index: usize,
        exposure: &Exposure,
        items: &[(usize, &CollateralItem)],
        banded: bool,
        mismatch: bool,
    ) -> Result<Charge, RuleError> {
        let place = &exposure.place;
        if items.is_empty() {
            return Err(RuleError::record(
                place,
                "lent_security",
                RecordProblem::Unsecured,
            ));
        }
        let Some(haircuts) = &self.rulebook.haircuts else {
            let (_, item) = items[0];
            return Err(RuleError::record(
                &item.place,
                "kind",
                RecordProblem::NoCollateral,
            ));
        };
        for (present, column, what) in [
            (banded, "class", "a class whose weight follows a band"),
            (exposure.provisions > 0, "provisions", "specific provisions"),
            (mismatch, "income_currency", "a currency mismatch"),
        ] {
            if present {
                return Err(RuleError::record(
                    place,
                    column,
                    RecordProblem::Combination(what),
                ));
            }
        }
        let (class, weight) = self.class(exposure)?;
        let converted = self.convert(exposure)?;
        let scale = Scale::new(haircuts, exposure)?;
        let lent = if exposure.lent_security.is_empty() {
            (0, 0)
        } else {
            let instrument = Instrument {
                place,
                columns: ["lent_security", "lent_rating", "lent_maturity_days"],
                kind: &exposure.lent_security,
                rating: &exposure.lent_rating,
                maturity_days: exposure.lent_maturity_days,
            };
            self.haircut(&scale, &instrument)?
        };
        if exposure.maturity_days == 0 && items.iter().any(|(_, item)| item.protection_days > 0) {
            let why = "an item of collateral states how long it protects";
            return Err(RuleError::missing(place, "maturity_days", why));
        }
        let lives: Vec<(u32, u32)> = items
            .iter()
            .map(|(_, item)| (item.protection_days, item.original_days))
            .collect();
        let matching = matching(haircuts, exposure.maturity_days, &lives);
        let general = lent.0 > 0 || !matching.is_matched();

        let gross = BigUint::from(exposure.amount) * converted.rate * (HAIRCUT_ONE + lent.1);
        let mut difference = BigInt::from(gross * matching.denominator);
        let mut secured_items = Vec::with_capacity(items.len());
        for (&(number, item), &numerator) in items.iter().zip(&matching.numerators) {
            let secured = self.item(number, item, exposure, &scale, numerator)?;
            let kept = HAIRCUT_ONE - u64::from(secured.total_haircut);
            difference -=
                BigInt::from(BigUint::from(item.amount) * secured.rate * kept * numerator);
            secured_items.push(secured);
        }
        let left = match difference.sign() {
            Sign::Plus => difference.magnitude().clone(),
            Sign::Minus | Sign::NoSign => BigUint::ZERO,
        };
        // In general E* is rounded up to a whole unit: the shares do not divide evenly.
        let exposure_value = if general {
            left.div_ceil(&(BigUint::from(UNIT) * matching.denominator))
        } else {
            left
        };
        let value = if general {
            &exposure_value * UNIT
        } else {
            exposure_value.clone()
        };
        let rwa = value * converted.factor * weight;
        let shape = if general {
            Shape::SecuredGeneral
        } else {
            Shape::Secured
        };
        let detail = Detail::Secured(Box::new(Secured {
            lent,
            items: secured_items,
            denominator: matching.denominator,
            maturity_days: matching.maturity_days,
            difference,
            exposure_value,
        }));
        Ok(converted.charge(index, shape, class, weight, detail, rwa))
    }

    fn item(
        &self,
        number: usize,
        item: &CollateralItem,
        exposure: &Exposure,
        scale: &Scale<'_>,
        numerator: u32,
    ) -> Result<SecuredItem, RuleError> {
        let place = &item.place;
        let (currency, rate) = self
            .currency(&item.currency)
            .ok_or_else(|| RuleError::unknown(place, "currency", "currency", &item.currency))?;
        let instrument = Instrument {
            place,
            columns: ["kind", "rating", "maturity_days"],
            kind: &item.kind,
            rating: &item.rating,
            maturity_days: item.maturity_days,
        };
        let (band, haircut) = self.haircut(scale, &instrument)?;
        let haircut = capped(haircut);
        let currency_haircut = if self.same_currency(&item.currency, &exposure.currency) {
            0
        } else {
            capped(scale.of(scale.haircuts.currency_mismatch))
        };
        let total_haircut = capped(u64::from(haircut) + u64::from(currency_haircut));
        Ok(SecuredItem {
            item: number,
            band,
            haircut,
            currency_haircut,
            total_haircut,
            currency,
            rate,
            numerator,
        })
    }
}
