//! The market snapshot: public prices at a time.
//!
//! Written as TOML for people; the digest is over a canonical binary form of the parsed values.

mod canonical;
mod error;
mod read;

pub use error::{SnapshotError, SnapshotProblem};
pub use read::is_asset;

/// The snapshots that ship with the library, by name.
pub const BUILTIN: [(&str, &str); 2] = [
    ("usd-only", include_str!("../snapshots/usd-only.toml")),
    (
        "example-2022-12-30",
        include_str!("../snapshots/example-2022-12-30.toml"),
    ),
];

/// Capacity of the table of currencies.
const MAX_CURRENCIES: usize = 64;
/// Capacity of the table of asset prices.
const MAX_PRICES: usize = 1024;
/// Longest name of an asset.
const MAX_ASSET_NAME: usize = 32;

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
    /// (asset, units of `base` for one unit, 10^-8), sorted by name: shares, coins, forwards and
    /// whatever else trades are written on. No asset is named as a currency is. Only derivative
    /// trades may be counted in an asset.
    pub prices: Vec<(String, u64)>,
}

impl Snapshot {
    /// Units of the base for one unit of a currency or an asset, 10^-8; an empty name is the base
    /// itself.
    pub fn rate(&self, name: &str) -> Option<u64> {
        let at = usize::try_from(self.currency_index(name)?)
            .ok()?
            .checked_sub(1)?;
        match at.checked_sub(self.rates.len()) {
            None => self.rates.get(at),
            Some(asset) => self.prices.get(asset),
        }
        .map(|(_, rate)| *rate)
    }

    /// Number of a currency or an asset among all, from 1: currencies first, then assets. An empty
    /// name is the base, number 1.
    pub fn currency_index(&self, name: &str) -> Option<u32> {
        if name.is_empty() {
            return Some(1);
        }
        let at = match self.rates.iter().position(|(code, _)| code == name) {
            Some(at) => at,
            None => {
                let asset = |(known, _): &(String, u64)| known.as_str().cmp(name);
                self.rates.len() + self.prices.binary_search_by(asset).ok()?
            }
        };
        u32::try_from(at).ok()?.checked_add(1)
    }

    /// Every (name, rate or price in 10^-8) in the order of their numbers: currencies, then assets.
    pub fn quotes(&self) -> impl Iterator<Item = &(String, u64)> {
        self.rates.iter().chain(&self.prices)
    }

    /// Whether a name is a currency's; an empty one is the base's.
    pub fn is_currency(&self, name: &str) -> bool {
        name.is_empty() || self.rates.iter().any(|(code, _)| code == name)
    }
}
