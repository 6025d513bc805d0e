//! What can be wrong with a snapshot.

use crate::decimal::DecimalError;
use crate::text::{Position, quiet};

/// A snapshot that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Not TOML, or not the fields of a snapshot.
    #[error("snapshot, {at}: {}", quiet(message))]
    Malformed {
        /// Where.
        at: Position,
        /// What the TOML reader says.
        message: String,
    },
    /// A value that breaks a rule of snapshots.
    #[error("snapshot, {at}: `{}`: {problem}", quiet(key))]
    Invalid {
        /// Where.
        at: Position,
        /// Which key.
        key: String,
        /// What is wrong.
        problem: SnapshotProblem,
    },
    /// No snapshot of that name is built in.
    #[error("no snapshot named `{}` is built in", quiet(.0))]
    UnknownName(String),
}

/// What is wrong with one value of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotProblem {
    /// A name with other characters than letters, digits, `-`, `.`, `+`, `%`, or too long.
    #[error("`{}` is not a name", quiet(.0))]
    Name(String),
    /// Not 2 to 8 upper-case letters or digits.
    #[error("`{}` is not a currency code", quiet(.0))]
    Currency(String),
    /// Not 1 to 32 printable ASCII characters without spaces.
    #[error("`{}` is not a name of an asset", quiet(.0))]
    Asset(String),
    /// The base among the rates, a currency twice, or an asset named as a currency is.
    #[error("`{}` stands here a second time", quiet(.0))]
    Duplicate(String),
    /// A rate or a price that was not read.
    #[error("the rate {0}")]
    Rate(DecimalError),
    /// A rate of zero.
    #[error("the rate is zero")]
    ZeroRate,
    /// A rate of 2^47 units of 10^-8 or more.
    #[error("the rate does not fit 47 bits in units of 10^-8")]
    LargeRate,
    /// A time that is not of the form 2022-12-30T00:00:00Z.
    #[error("the time is not a date and a time in UTC")]
    Time,
    /// More currencies or assets than the table holds.
    #[error("has {count} entries, and the table holds {limit}")]
    Capacity {
        /// Currencies, base included, or assets.
        count: usize,
        /// Capacity.
        limit: usize,
    },
}

impl SnapshotError {
    /// What to do next, in one sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::Malformed { .. } => {
                "compare with circuits/snapshots/usd-only.toml: unknown keys are refused".into()
            }
            Self::UnknownName(_) => format!(
                "name one of {}, or a file",
                super::BUILTIN.map(|(name, _)| name).join(", ")
            ),
            Self::Invalid { problem, .. } => match problem {
                SnapshotProblem::Name(_) => {
                    "use 1 to 48 letters, digits, `-`, `.`, `+` or `%`".into()
                }
                SnapshotProblem::Currency(_) => "use the ISO 4217 code, in capitals".into(),
                SnapshotProblem::Asset(_) => {
                    "use 1 to 32 printable ASCII characters, no spaces, such as ETH-26JAN24".into()
                }
                SnapshotProblem::Duplicate(_) => {
                    "remove it: the base is at one by itself, and every other name stands once".into()
                }
                SnapshotProblem::Rate(_) => {
                    "write units of the base for one unit, with at most 8 decimals, as text: \"1.05\"".into()
                }
                SnapshotProblem::ZeroRate | SnapshotProblem::LargeRate => {
                    "quote it in a unit whose rate lies between 0.00000001 and 1.4 million".into()
                }
                SnapshotProblem::Time => "write the time as 2022-12-30T00:00:00Z".into(),
                SnapshotProblem::Capacity { .. } => "leave out what no book holds".into(),
            },
        }
    }
}
