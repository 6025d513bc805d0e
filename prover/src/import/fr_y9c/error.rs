//! What can be wrong with a filing. Never an amount.

use std::io;

use thiserror::Error;

use crate::located::Located;

/// A filing that is refused.
pub type FilingError = Located<FilingProblem>;

impl FilingError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match &*self.problem {
            FilingProblem::Unreadable(_) => "check the path and its permissions",
            FilingProblem::Encoding => "save the file as UTF-8 without a byte order mark",
            FilingProblem::Header | FilingProblem::Record => {
                "a filing has the columns ItemName, Description, Value: download it again"
            }
            FilingProblem::Missing(_) => {
                "download it again: it is cut short, or it is another report than an FR Y-9C"
            }
            FilingProblem::Number(_) => "an item is a whole number of thousands of dollars",
            FilingProblem::Contradiction(_) => "keep the line that the filing means",
            FilingProblem::Date => "the report date is written YYYYMMDD",
            FilingProblem::Negative(_) => {
                "a book has no negative amounts: this filing cannot be imported"
            }
            FilingProblem::Rounding { .. } => {
                "the item differs from its bucket by more than rounding explains: check both"
            }
            FilingProblem::DoesNotClose { .. } => "compare the items with the published filing",
            FilingProblem::NoLei(_) => "name it with --lei",
            FilingProblem::Rulebook(_) => "import under the rulebook us-standardised",
        }
        .to_owned()
    }
}

/// What is wrong with a filing.
#[derive(Debug, Error)]
pub enum FilingProblem {
    /// The file system says no.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// Not UTF-8, or with a byte order mark.
    #[error("not UTF-8 without a byte order mark")]
    Encoding,
    /// Not the header of a filing.
    #[error("the header is not that of an FR Y-9C filing")]
    Header,
    /// A record that does not have three values.
    #[error("the record does not have three values")]
    Record,
    /// An item that is not there.
    #[error("item {0} is missing")]
    Missing(String),
    /// An item that is not a number.
    #[error("item {0} is not a whole number")]
    Number(String),
    /// An item that occurs twice with two values.
    #[error("item {0} occurs twice with different values")]
    Contradiction(String),
    /// No report date.
    #[error("the report date is not a day")]
    Date,
    /// An amount that cannot be negative.
    #[error("{0} is negative")]
    Negative(String),
    /// A risk-weighted amount too far from its bucket.
    #[error(
        "item {weighted} is not item {amount} at {grade}, even if both are rounded to the million"
    )]
    Rounding {
        /// Code of item 25.
        weighted: String,
        /// Code of item 23.
        amount: String,
        /// The weight.
        grade: &'static str,
    },
    /// A sum that is not what the filing says.
    #[error("{sum} does not equal {total}")]
    DoesNotClose {
        /// What was added up.
        sum: &'static str,
        /// What it should equal.
        total: &'static str,
    },
    /// An institution whose LEI is not known here.
    #[error("no LEI is known for RSSD number {0}")]
    NoLei(String),
    /// A rulebook without a bucket.
    #[error("the rulebook has no bucket {0}")]
    Rulebook(&'static str),
}
