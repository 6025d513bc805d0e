//! The canonical binary form of a snapshot, and its digest.
//!
//! Integers are little-endian; `str` is a u32 length and UTF-8; a list is a u32 length and its
//! entries. In order: version u32 · name str · time i64 (seconds since 1970-01-01T00:00:00Z,
//! two's complement) · base str · rates, a list of (currency str · rate u64, 10^-8), base first,
//! then by code. Version 1 ends here; version 2, of a snapshot with prices, goes on with prices, a
//! list of (asset str · price u64, 10^-8), by name, never empty.

use super::Snapshot;
use crate::canonical::{Bytes, digest};

/// Version of the canonical form of a snapshot without prices.
const VERSION: u32 = 1;
/// Version of the canonical form of a snapshot with prices.
const VERSION_WITH_PRICES: u32 = 2;
/// BLAKE2b personalisation of a snapshot's digest.
const PERSONAL: &[u8; 16] = b"Plimsoll-snapsh\0";

impl Snapshot {
    /// The canonical bytes; the layout stands at the top of this file.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Bytes::default();
        out.u32(if self.prices.is_empty() {
            VERSION
        } else {
            VERSION_WITH_PRICES
        });
        out.text(&self.name);
        out.u64(self.at.cast_unsigned());
        out.text(&self.base);
        out.len(self.rates.len());
        for (currency, rate) in &self.rates {
            out.text(currency);
            out.u64(*rate);
        }
        if !self.prices.is_empty() {
            out.len(self.prices.len());
            for (asset, price) in &self.prices {
                out.text(asset);
                out.u64(*price);
            }
        }
        out.finish()
    }

    /// BLAKE2b-256 of the canonical bytes, personalised `Plimsoll-snapsh`.
    pub fn digest(&self) -> [u8; 32] {
        digest(PERSONAL, &self.canonical())
    }
}
