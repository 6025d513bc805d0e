//! Risk weights (CRE20.7–68): an exposure's amount times the weight of its class and grade.

use super::{Charge, CreditRules, Detail, Shape};
use crate::book::{Exposure, Place};
use crate::rule_error::{RecordProblem, RuleError};

/// 10^-16 (rate, factor, weight) to 10^-25.
const PLAIN_TO_RWA: u64 = 1_000_000_000;

impl CreditRules<'_> {
    /// Amount × rate × factor × weight.
    pub(super) fn charge_plain(
        &self,
        index: usize,
        exposure: &Exposure,
    ) -> Result<Charge, RuleError> {
        let (class, weight) = self.class(exposure)?;
        let converted = self.convert(exposure)?;
        let rwa = &converted.measure * weight * PLAIN_TO_RWA;
        Ok(converted.charge(index, Shape::Plain, class, weight, Detail::Plain, rwa))
    }

    /// Index and weight of the exposure's class and grade.
    pub(super) fn class(&self, exposure: &Exposure) -> Result<(u32, u32), RuleError> {
        let columns = ["class", "grade"];
        self.class_of(&exposure.place, columns, &exposure.class, &exposure.grade)
    }

    pub(super) fn class_of(
        &self,
        place: &Place,
        [class_column, grade_column]: [&'static str; 2],
        class: &str,
        grade: &str,
    ) -> Result<(u32, u32), RuleError> {
        if let Some(found) = self.class_row(class, grade) {
            return Ok(found);
        }
        let known = self.mismatch.contains_key(class) && !self.banded.contains_key(class);
        Err(if !known {
            RuleError::unknown(place, class_column, "exposure class", class)
        } else if grade.is_empty() {
            RuleError::missing(place, grade_column, "the class has grades")
        } else {
            RuleError::unknown(place, grade_column, "grade", grade)
        })
    }

    /// Whether the borrower earns in another currency and the class minds (CRE20.93).
    pub(super) fn is_mismatched(&self, exposure: &Exposure) -> Result<bool, RuleError> {
        if exposure.income_currency.is_empty() {
            return Ok(false);
        }
        let (place, income) = (&exposure.place, exposure.income_currency.as_str());
        if self.currency(income).is_none() {
            return Err(RuleError::unknown(
                place,
                "income_currency",
                "currency",
                income,
            ));
        }
        let minds = self
            .mismatch
            .get(exposure.class.as_str())
            .copied()
            .unwrap_or(false);
        Ok(minds && !self.same_currency(income, &exposure.currency))
    }

    /// Index of the counterparty's class, where the exposure's class asks for it; else 0.
    pub(super) fn counterparty(&self, exposure: &Exposure) -> Result<u32, RuleError> {
        let place = &exposure.place;
        let columns = ["counterparty_class", "counterparty_grade"];
        let (class, grade) = (&exposure.counterparty_class, &exposure.counterparty_grade);
        let asks = self
            .banded
            .get(exposure.class.as_str())
            .copied()
            .unwrap_or(false);
        match (asks, class.is_empty()) {
            (true, true) => {
                let why = "the weight depends on the class of the counterparty";
                Err(RuleError::missing(place, "counterparty_class", why))
            }
            // Given although nothing depends on it: still no name that the rulebook does not know.
            (false, true) => Ok(0),
            (asks, false) => {
                let (index, _) = self.class_of(place, columns, class, grade)?;
                Ok(if asks { index } else { 0 })
            }
        }
    }

    /// Key of the banded table.
    pub(super) fn key(&self, exposure: &Exposure, mismatch: bool) -> Result<u32, RuleError> {
        let place = &exposure.place;
        let (class, grade) = (exposure.class.as_str(), exposure.grade.as_str());
        let counterparty = if self.banded.contains_key(class) {
            if !grade.is_empty() {
                return Err(RuleError::unknown(place, "grade", "grade", grade));
            }
            self.counterparty(exposure)?
        } else {
            self.class(exposure)?;
            0
        };
        let key = self.banded_key(class, grade, counterparty, mismatch);
        // Every other combination has a key.
        let absent = || {
            RuleError::record(
                place,
                "counterparty_class",
                RecordProblem::SplitCounterparty,
            )
        };
        key.ok_or_else(absent)
    }
}
