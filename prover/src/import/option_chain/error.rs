//! What can be wrong with a chain of options or the positions in it. Never a quantity or an amount.

use std::io;

use plimsoll_circuits::book::Day;
use thiserror::Error;

use crate::located::{Located, Place};

/// A chain, or positions, that are refused.
pub type ChainError = Located<ChainProblem>;

/// Where something is.
#[derive(Clone)]
pub(super) struct At<'a> {
    file: &'a str,
    line: Option<u64>,
    column: Option<&'a str>,
}

impl<'a> At<'a> {
    pub(super) fn file(file: &'a str) -> Self {
        Self {
            file,
            line: None,
            column: None,
        }
    }

    pub(super) fn line(file: &'a str, line: u64) -> Self {
        Self {
            line: Some(line),
            ..Self::file(file)
        }
    }

    pub(super) fn column(&self, column: &'a str) -> Self {
        Self {
            column: Some(column),
            ..self.clone()
        }
    }

    pub(super) fn error(&self, problem: ChainProblem) -> ChainError {
        let column = self.column.map(|name| Place::Named(name.to_owned()));
        Located::new(self.file, self.line, column, problem)
    }
}

impl ChainError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match &*self.problem {
            ChainProblem::Unreadable(_) => "check the path and its permissions".to_owned(),
            ChainProblem::Encoding => "save the file as UTF-8 without a byte order mark".to_owned(),
            ChainProblem::Header | ChainProblem::Record => {
                "separate values by commas; the first line names the columns".to_owned()
            }
            ChainProblem::Empty => "download the chain again: it is cut short".to_owned(),
            ChainProblem::Missing => {
                "a chain names its options, their underlying and mark price, expiry, strike and type; \
                 positions are instrument, quantity, netting_set"
                    .to_owned()
            }
            ChainProblem::Blank => {
                "there is a position in this option: download the chain again, or leave the position out"
                    .to_owned()
            }
            ChainProblem::Number => "write digits with at most one point".to_owned(),
            ChainProblem::Rate => {
                "a price lies between 0.00000001 and 1.4 million dollars".to_owned()
            }
            ChainProblem::Asset => {
                "an index is named by 1 to 32 ASCII characters without spaces".to_owned()
            }
            ChainProblem::Date => "an expiry is written 26JAN24 or 9JAN24".to_owned(),
            ChainProblem::Type => "write C for a call, P for a put".to_owned(),
            ChainProblem::Expired => {
                "leave the position out: its option has been settled".to_owned()
            }
            ChainProblem::Name => {
                "an option is named coin-expiry-strike-type: correct the row".to_owned()
            }
            ChainProblem::Timestamp => {
                "the time is in milliseconds since 1970, and the rows are of one minute".to_owned()
            }
            ChainProblem::Contradiction(_) => "keep the one that the chain means".to_owned(),
            ChainProblem::Duplicate { .. } => "keep one of the two".to_owned(),
            ChainProblem::NotListed(_) => "take the chain of the same exchange and day".to_owned(),
            ChainProblem::NettingSet(_) => {
                "name the id of a netting set in the book's netting_sets.csv".to_owned()
            }
            ChainProblem::Scale(_) => {
                "raise `scale` in book.toml: 8 holds marks with six decimals and quantities with two"
                    .to_owned()
            }
            ChainProblem::Day { chain, .. } => {
                format!("set `as_of` in book.toml to {chain}, or take the chain of the book's day")
            }
            ChainProblem::Currency => {
                "import into a book that reports in dollars, with a snapshot that quotes in them"
                    .to_owned()
            }
            ChainProblem::Trades => "name trades.csv in `empty` in book.toml".to_owned(),
        }
    }
}

/// What is wrong with a chain or with positions.
#[derive(Debug, Error)]
pub enum ChainProblem {
    /// The file system says no.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// Not UTF-8, or with a byte order mark.
    #[error("not UTF-8 without a byte order mark")]
    Encoding,
    /// No header.
    #[error("there is no header")]
    Header,
    /// A header, and no option below it.
    #[error("there is no option in the chain")]
    Empty,
    /// Not a CSV record, or too few or too many values.
    #[error("the record does not have as many values as the header")]
    Record,
    /// A column that is not there.
    #[error("the column is missing")]
    Missing,
    /// A value that a position needs.
    #[error("the value is blank")]
    Blank,
    /// Not a number.
    #[error("not a decimal number")]
    Number,
    /// Not a rate.
    #[error("not a price above zero that fits 47 bits in units of 10^-8")]
    Rate,
    /// Not a name of an asset.
    #[error("not a name of an asset or a coin")]
    Asset,
    /// Not a day.
    #[error("not a day of the calendar")]
    Date,
    /// Neither call nor put.
    #[error("neither C nor P")]
    Type,
    /// Expired before the chain's own time.
    #[error("the option expired before the chain was taken")]
    Expired,
    /// A name that contradicts the other columns.
    #[error("the name contradicts the expiry, the strike or the type")]
    Name,
    /// Not a time, or rows of different times.
    #[error("not a time, or more than a minute from the first row's")]
    Timestamp,
    /// Two values of one thing.
    #[error("two different prices of `{0}`")]
    Contradiction(String),
    /// A row that occurs twice.
    #[error("`{name}` occurs twice: first on line {first}")]
    Duplicate {
        /// The name.
        name: String,
        /// Where it stands first.
        first: u64,
    },
    /// A position in an option that the chain does not have.
    #[error("the chain has no option `{0}`")]
    NotListed(String),
    /// A position in a netting set that the book does not have.
    #[error("the book has no netting set `{0}`")]
    NettingSet(String),
    /// An amount that is not whole in the book's unit.
    #[error(
        "the position or its value has more decimals than the book's scale, {0}, or is too large"
    )]
    Scale(i8),
    /// A book of another day.
    #[error("the book describes {book}, the chain {chain}")]
    Day {
        /// The book's day.
        book: Day,
        /// The chain's.
        chain: Day,
    },
    /// A book or a snapshot in another currency.
    #[error("the chain quotes in dollars, the book or its snapshot does not")]
    Currency,
    /// A book that has trades already.
    #[error("the book has trades already")]
    Trades,
}
