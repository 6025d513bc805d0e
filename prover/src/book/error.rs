//! What can be wrong with a book: where, what, and what to do. Never an amount.

use std::io;

use plimsoll_circuits::amount::AmountError;
use plimsoll_circuits::book::{DayError, LeiError};
use plimsoll_circuits::text::quiet;
use thiserror::Error;

use super::time::TimeError;
use crate::located::{Located, masked};

/// A book that is refused.
pub type BookError = Located<Problem>;

impl BookError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        self.problem.hint()
    }
}

/// What is wrong with a book.
#[derive(Debug, Error)]
pub enum Problem {
    /// The file system says no.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The folder or a file of it cannot be written.
    #[error("cannot be written: {0}")]
    Unwritable(#[source] io::Error),
    /// The folder to write to is there and not empty.
    #[error("is there already")]
    Exists,
    /// The file is not there.
    #[error("there is no such file")]
    Absent {
        /// Whether `book.toml` could say that it is empty.
        may_be_empty: bool,
    },
    /// The file is there although `book.toml` says that it is not.
    #[error("`book.toml` says that this file is empty, but it is there")]
    NotEmpty,
    /// A byte order mark.
    #[error("the file begins with a byte order mark")]
    ByteOrderMark,
    /// Not UTF-8.
    #[error("not UTF-8: probably Latin-1 or Windows-1252")]
    NotUtf8,
    /// A control character, or a line break within a value.
    #[error("a control character or a line break within a value")]
    ControlCharacter,
    /// A value that begins or ends with a space.
    #[error("the value begins or ends with a space")]
    Spaces,
    /// A value that is too long.
    #[error("the value is longer than {0} characters")]
    TooLong(usize),
    /// Not CSV.
    #[error("not a CSV record")]
    NotCsv,
    /// No header.
    #[error("there is no header")]
    NoHeader,
    /// A column that no rule reads.
    #[error("unknown column")]
    UnknownColumn {
        /// The columns there are.
        known: Vec<&'static str>,
    },
    /// A column that occurs twice.
    #[error("the column occurs twice")]
    DuplicateColumn,
    /// A column that must be there.
    #[error("the column is missing")]
    MissingColumn,
    /// Too few or too many values.
    #[error("the header has {expected} columns, this record has {found}")]
    FieldCount {
        /// Columns of the header.
        expected: usize,
        /// Values of the record.
        found: usize,
    },
    /// A required value that is empty.
    #[error("the value is missing")]
    MissingValue,
    /// An amount that is not one.
    #[error(transparent)]
    Amount(AmountError),
    /// A number of days that is not one.
    #[error("not a whole number of days from 0 to {0}")]
    Days(u32),
    /// A code that is not a currency's.
    #[error("not a currency code")]
    Currency,
    /// Neither a currency's code nor an asset's name.
    #[error("neither a currency code nor a name of an asset")]
    Underlying,
    /// A word that is none of those that a column knows.
    #[error("not one of the words of this column")]
    Choice(&'static [&'static str]),
    /// A decimal that is not one.
    #[error("not a decimal number")]
    Decimal,
    /// A whole number that is not one.
    #[error("not a whole number from 1 to {0}")]
    Count(u32),
    /// A part of a tranche that is not one.
    #[error("not a part of one")]
    Fraction,
    /// A time that is not one.
    #[error(transparent)]
    Time(TimeError),
    /// A value that needs, or rules out, another.
    #[error("{0}")]
    Together(&'static str),
    /// Price and strike that are not above zero.
    #[error("the {0} is not above zero")]
    NotPositive(&'static str),
    /// Price and strike that no common unit holds.
    #[error("price and strike have too many digits between them")]
    TooManyDigits,
    /// No price.
    #[error("there is no price: the snapshot has none for the trade's currency or asset")]
    NoPrice,
    /// A netting set that is not in the book.
    #[error("there is no netting set `{}`", masked(.0))]
    UnknownNettingSet(String),
    /// Derivatives under a rulebook that does not compute them.
    #[error("rulebook `{0}` has no rules for derivatives")]
    NoDerivatives(String),
    /// An id that occurs twice.
    #[error("`{}` occurs twice: first on line {first}", masked(id))]
    Duplicate {
        /// The id.
        id: String,
        /// Where it stands first.
        first: u64,
    },
    /// Collateral for an exposure that is not in the book.
    #[error("there is no exposure `{}`", masked(.0))]
    UnknownExposure(String),
    /// Specific provisions above the amount.
    #[error("the provisions exceed the amount")]
    Provisions,
    /// No exposure.
    #[error("the book has no exposure")]
    EmptyBook,
    /// `book.toml` is not as it should be.
    #[error("{}", quiet(.0))]
    Manifest(String),
    /// Not an LEI.
    #[error(transparent)]
    Lei(LeiError),
    /// Not a day.
    #[error(transparent)]
    Day(DayError),
    /// A scale out of range.
    #[error("the scale is not between {min} and {max}", min = plimsoll_circuits::amount::MIN_SCALE,
        max = plimsoll_circuits::amount::MAX_SCALE)]
    Scale,
    /// A file that cannot be declared empty.
    #[error("`{}` cannot be declared empty", masked(.0))]
    CannotBeEmpty(String),
    /// A name that the rulebook or the snapshot does not have.
    #[error("unknown {what} `{}`", masked(name))]
    Unknown {
        /// What it should be the name of.
        what: &'static str,
        /// The name.
        name: String,
        /// Names that there are, or where to find them.
        known: String,
    },
    /// The reporting currency is not the one in which the snapshot quotes.
    #[error("the book reports in {book}, the snapshot quotes in {snapshot}")]
    Base {
        /// Reporting currency of the book.
        book: String,
        /// Base currency of the snapshot.
        snapshot: String,
    },
    /// A number of days that the rulebook's haircuts do not have.
    #[error("the rulebook has no such {0}")]
    HaircutDays(&'static str),
    /// Assets without liabilities, or liabilities without assets.
    #[error("`{there}` is there, `{absent}` is not")]
    HalfBalanceSheet {
        /// The item that is there.
        there: String,
        /// The item that is not.
        absent: String,
    },
    /// Assets − liabilities ≠ equity.
    #[error("assets less liabilities do not equal equity")]
    BalanceSheet {
        /// Names of the items that make up equity.
        equity: Vec<String>,
    },
}

impl Problem {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let fixed = match self {
            Self::Unreadable(_) => "check the path and its permissions",
            Self::Unwritable(_) => "check the folder, its permissions and the space left",
            Self::Exists => "name another folder, or remove this one",
            Self::Absent { may_be_empty: true } => "add it, or name it in `empty` in book.toml",
            Self::Absent {
                may_be_empty: false,
            } => "add it: every book has one",
            Self::NotEmpty => "take it out of `empty` in book.toml, or remove the file",
            Self::ByteOrderMark | Self::NotUtf8 => {
                "save the file as UTF-8 without a byte order mark"
            }
            Self::ControlCharacter => {
                "look for a quotation mark that is not closed, and remove the character"
            }
            Self::Spaces => "remove the space",
            Self::TooLong(_) => "shorten it",
            Self::NotCsv => "separate values by commas and quote those that contain one",
            Self::NoHeader => "the first line names the columns",
            Self::UnknownColumn { known } => {
                return format!("the columns are {}", known.join(", "));
            }
            Self::DuplicateColumn => "keep one of the two",
            Self::MissingColumn => "add the column to the header and a value to each record",
            Self::FieldCount { .. } => {
                "check the commas of this line, and quote values that contain one"
            }
            Self::MissingValue => "every record needs a value in this column",
            Self::Amount(error) => error.hint(),
            Self::Days(_) => "write digits alone, 365 days to the year",
            Self::Currency => "write 2 to 8 upper-case letters or digits, such as USD",
            Self::Underlying => "an asset is named by 1 to 32 ASCII characters without spaces",
            Self::Choice(words) => return format!("write {}", words.join(" or ")),
            Self::Decimal => "write digits and at most one point, such as 0.0325",
            Self::Count(_) => "write digits alone",
            Self::Fraction => "write a decimal from 0 to 1 with at most 9 places, or 3/7",
            Self::Time(error) => error.hint(),
            Self::Together(_) => "fill in what goes together, or leave all of it empty",
            Self::NotPositive(_) => "shift both by `lambda`, as the supervisor's table says",
            Self::TooManyDigits => "round both to 15 digits, counted from the larger one",
            Self::NoPrice => "fill in `price`, or name a snapshot that has one with --snapshot",
            Self::UnknownNettingSet(_) => "name the id of a netting set in netting_sets.csv",
            Self::NoDerivatives(_) => {
                "name a rulebook that has with --rulebook, or state counterparty risk in stated.csv"
            }
            Self::Duplicate { .. } => "give each record its own",
            Self::UnknownExposure(_) => "name the id of an exposure in exposures.csv",
            Self::Provisions => "specific provisions are at most the gross amount",
            Self::EmptyBook => "add a record to exposures.csv",
            Self::Manifest(_) => {
                "it has institution, lei, as_of, currency, scale and rulebook, and `empty` for files \
                 without records"
            }
            Self::Lei(_) => "copy the LEI from the GLEIF register",
            Self::Day(_) => "write the day as YYYY-MM-DD, or with its time as YYYY-MM-DDThh:mm:ssZ",
            Self::Scale => "2 is cents, 0 whole units, -3 thousands",
            Self::CannotBeEmpty(_) => "every file but exposures.csv and book.toml may be empty",
            Self::Unknown { known, .. } => return known.clone(),
            Self::Base { book, .. } => {
                return format!("take a snapshot with --snapshot that quotes in {book}");
            }
            Self::HaircutDays(_) => {
                "the rulebook lists the holding periods and revaluation intervals that occur"
            }
            Self::HalfBalanceSheet { .. } => "give both, or neither",
            Self::BalanceSheet { equity } => {
                return format!("equity is made up of {}", equity.join(", "));
            }
        };
        fixed.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ATTACKS 52: a comma too few puts an amount where a name should be.
    #[test]
    fn attacks_52_an_amount_in_a_column_of_names_is_not_shown() {
        for (text, shown) in [
            ("25000000.00", "########.##"),
            ("25,000,000", "##,###,###"),
            ("250.00", "###.##"),
            ("amount10001000sh", "amount########sh"),
            // Weights, years and short ids are names.
            ("937.5%", "937.5%"),
            ("loan 2024", "loan 2024"),
            ("a1b2c3d4e5", "a1b2c3d4e5"),
            ("a\u{1b}[2J", "a\u{fffd}[2J"),
        ] {
            assert_eq!(masked(text), shown);
        }
        let unknown = Problem::Unknown {
            what: "class",
            name: "25000000.00".to_owned(),
            known: String::new(),
        };
        assert_eq!(unknown.to_string(), "unknown class `########.##`");
    }
}
