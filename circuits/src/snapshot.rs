//! The market snapshot: public prices at a time.
//!
//! Written as TOML for people; the digest is over a canonical binary form of the parsed values.

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
