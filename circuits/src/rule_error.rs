//! What can be wrong with a book when the rules are applied to it.
//!
//! Each names its place and column and never an amount. All of them say that the book is
//! malformed or not supported; none says anything about the institution's capital.

use crate::book::Place;
use crate::claim::Ratio;
use crate::counterparty_risk::DerivativeProblem;

/// A book to which the rules could not be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A record that the rules do not know or do not allow.
    #[error("{file}, line {line}, column `{column}`: {problem}", file = .place.file, line = .place.line)]
    Record {
        /// Where the record stands.
        place: Place,
        /// The column.
        column: &'static str,
        /// What is wrong.
        problem: RecordProblem,
    },
    /// The book's currency is not the one in which the snapshot quotes.
    #[error("book.toml: the book reports in {book}, and the snapshot quotes in {snapshot}")]
    Currency {
        /// The book's.
        book: String,
        /// The snapshot's.
        snapshot: String,
    },
    /// Assets less liabilities are not the equity that the capital lines add up to.
    #[error("capital.csv: assets less liabilities are not the sum of the items of equity")]
    BalanceSheet,
    /// The stated reductions exceed the risk-weighted assets.
    #[error("stated.csv: the stated reductions exceed the risk-weighted assets")]
    Reductions,
    /// The rulebook does not have a ratio.
    #[error("the rulebook has no ratio `{0}`")]
    NoRatio(Ratio),
    /// The book does not state the line that a ratio rests on.
    #[error("stated.csv: the book lacks the line `{1}`, on which the ratio `{0}` rests")]
    NoLine(Ratio, String),
}

/// What is wrong with one record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordProblem {
    /// A name that the rulebook or the snapshot does not have.
    #[error("unknown {what} `{name}`")]
    Unknown {
        /// What kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A value that a rule asks for is empty or zero.
    #[error("is missing: {0}")]
    Missing(&'static str),
    /// Provisions above the amount that they are held against.
    #[error("the provisions exceed the amount")]
    Provisions,
    /// A name a second time.
    #[error("`{0}` stands here a second time")]
    Duplicate(String),
    /// A line for a module that the book has the records of.
    #[error("module `{0}` is computed from the book's own records, and stated as well")]
    AlsoComputed(String),
    /// A split loan whose counterparty weighs less than its secured part.
    #[error("the counterparty weighs less than the secured part of a split loan")]
    SplitCounterparty,
    /// A security lent, and no collateral for it.
    #[error("a security lent against no collateral is an ordinary exposure")]
    Unsecured,
    /// The rulebook has no haircuts.
    #[error("this rulebook does not recognise collateral")]
    NoCollateral,
    /// A combination that no row of a circuit covers.
    #[error("{0} on an exposure with collateral is not supported yet")]
    Combination(&'static str),
    /// A derivative, a netting set or its margin.
    #[error(transparent)]
    Derivative(#[from] DerivativeProblem),
}

impl RuleError {
    pub(crate) fn record(place: &Place, column: &'static str, problem: RecordProblem) -> Self {
        Self::Record {
            place: place.clone(),
            column,
            problem,
        }
    }

    pub(crate) fn unknown(
        place: &Place,
        column: &'static str,
        what: &'static str,
        name: &str,
    ) -> Self {
        Self::record(
            place,
            column,
            RecordProblem::Unknown {
                what,
                name: name.to_owned(),
            },
        )
    }

    pub(crate) fn missing(place: &Place, column: &'static str, why: &'static str) -> Self {
        Self::record(place, column, RecordProblem::Missing(why))
    }

    pub(crate) fn derivative(
        place: &Place,
        column: &'static str,
        problem: DerivativeProblem,
    ) -> Self {
        Self::record(place, column, problem.into())
    }

    /// What to do next, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Record { problem, .. } => match problem {
                RecordProblem::Unknown { .. } => {
                    "use a name of the rulebook (or, for a currency, of the snapshot)"
                }
                RecordProblem::Missing(_) => "fill in the column",
                RecordProblem::Provisions => "lower the provisions to the amount at most",
                RecordProblem::AlsoComputed(_) => {
                    "leave out the line, or the records: what is counted twice is not proven once"
                }
                RecordProblem::Duplicate(_) => "keep one of the two records, or rename one",
                RecordProblem::SplitCounterparty => {
                    "use the class that takes the whole loan into its band"
                }
                RecordProblem::Unsecured => "leave `lent_security` empty",
                RecordProblem::NoCollateral => "leave the collateral out",
                RecordProblem::Derivative(problem) => problem.hint(),
                RecordProblem::Combination(_) => {
                    "leave the collateral of this exposure out: that never lowers the requirement"
                }
            },
            Self::Currency { .. } => "choose a snapshot whose base is the book's currency",
            Self::BalanceSheet => "correct the assets, the liabilities or the items of equity",
            Self::Reductions => "correct the lines that reduce risk-weighted assets",
            Self::NoRatio(_) => "claim a ratio that the rulebook has",
            Self::NoLine(..) => "state the line, or leave out the claim",
        }
    }
}
