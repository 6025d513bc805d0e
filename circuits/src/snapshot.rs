//! The market snapshot: public prices at a time.
//!
//! Written as TOML for people; the digest is over a canonical binary form of the parsed values.

mod canonical;
mod error;
mod read;

pub use error::{SnapshotError, SnapshotProblem};

/// The snapshots that ship with the library, by name.
pub const BUILTIN: [(&str, &str); 2] = [
    ("usd-only", include_str!("../snapshots/usd-only.toml")),
    (
        "example-2022-12-30",
        include_str!("../snapshots/example-2022-12-30.toml"),
    ),
];

/// Capacity of the table of currencies.
pub const MAX_CURRENCIES: usize = 64;

/// A parsed and checked snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Name.
    pub name: String,
    /// Time it describes, seconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Currency in which the rates are quoted: a book's reporting currency must be this one.
    pub base: String,
    /// (currency, units of `base` for one unit, 10^-8); `base` itself first, at one; then sorted by code.
    pub rates: Vec<(String, u64)>,
}

impl Snapshot {
    /// Units of the base for one unit of a currency, 10^-8; an empty name is the base itself.
    pub fn rate(&self, currency: &str) -> Option<u64> {
        let at = self.currency_index(currency)?;
        let at = usize::try_from(at).ok()?.checked_sub(1)?;
        self.rates.get(at).map(|(_, rate)| *rate)
    }

    /// Number of a currency among all, from 1; an empty name is the base, number 1.
    pub fn currency_index(&self, currency: &str) -> Option<u32> {
        if currency.is_empty() {
            return Some(1);
        }
        (1..)
            .zip(&self.rates)
            .find(|(_, (code, _))| code == currency)
            .map(|(index, _)| index)
    }
}
