//! What a book costs and where it stands: the integer twins, run in the clear.

use std::fmt;
use std::path::Path;

use plimsoll_circuits::capital::{CapitalAssessment, CreditTotals, assess_capital};
use plimsoll_circuits::counterparty_risk::{CounterpartyAssessment, assess_counterparty};
use plimsoll_circuits::credit_risk::{CreditAssessment, assess_credit};

use crate::error::Failure;
use crate::sources::Sources;

/// An assessed book.
pub struct Assessment {
    /// Credit risk, exposure by exposure.
    pub credit: CreditAssessment,
    /// Counterparty credit risk, from the agreement down to the trade; empty where the book has no
    /// derivatives.
    pub counterparty: CounterpartyAssessment,
    /// Own funds, risk-weighted assets, leverage, ratios.
    pub capital: CapitalAssessment,
}

impl fmt::Debug for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assessment({} charges)", self.credit.charges.len())
    }
}

/// Assesses a book; `folder` is where it came from, for errors.
///
/// # Errors
/// The first record that the rules do not know or do not allow.
pub fn assess(sources: &Sources, folder: &Path) -> Result<Assessment, Failure> {
    let failed = |error| Failure::Rule {
        folder: folder.to_owned(),
        error,
    };
    let credit =
        assess_credit(&sources.book, &sources.rulebook, &sources.snapshot).map_err(failed)?;
    let counterparty =
        assess_counterparty(&sources.book, &sources.rulebook, &sources.snapshot).map_err(failed)?;
    let mut totals = CreditTotals::from(&credit);
    totals.add_counterparty(&counterparty);
    let capital = assess_capital(&sources.book, &sources.rulebook, &totals).map_err(failed)?;
    Ok(Assessment {
        credit,
        counterparty,
        capital,
    })
}
