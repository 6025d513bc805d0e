//! Fixed tables: rows that a module's circuit carries in its key.
//!
//! A public table is the verifier's, built for each statement; a fixed table is the circuit's. It
//! serves what no rulebook changes, the values of a function for one. Both are looked up in the
//! same way and told apart by their tags; all are sides of the same running sum.

use std::collections::BTreeSet;
use std::sync::Arc;

use blake2b_simd::Params as Blake2b;

use crate::protocol::layout::{FIRST_FIXED_TAG, LayoutError, Lookup};

/// Most values of a tuple of a table, public or fixed.
pub const MAX_TUPLE: usize = 8;

/// A fixed table.
#[derive(Clone, Debug)]
pub struct FixedTable {
    /// Its tag, at least [`FIRST_FIXED_TAG`].
    pub tag: u64,
    /// Its rows, all of one width.
    pub rows: Arc<Vec<Vec<u64>>>,
}

impl FixedTable {
    fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    fn digest(&self) -> [u8; 32] {
        let mut state = Blake2b::new()
            .hash_length(32)
            .personal(b"Plimsoll-fixt-01")
            .to_state();
        state.update(&self.tag.to_le_bytes());
        state.update(&(self.rows.len() as u64).to_le_bytes());
        for row in self.rows.iter() {
            state.update(&(row.len() as u64).to_le_bytes());
            row.iter().for_each(|value| {
                state.update(&value.to_le_bytes());
            });
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(state.finalize().as_bytes());
        digest
    }
}

/// The fixed tables of a module, one after the other in the same columns.
#[derive(Clone, Debug, Default)]
pub struct FixedTables(pub(crate) Vec<FixedTable>);

impl FixedTables {
    /// Values of the widest tuple; 0 without fixed tables.
    pub fn width(&self) -> usize {
        self.0.iter().map(FixedTable::width).max().unwrap_or(0)
    }

    /// Rows of all tables.
    pub fn len(&self) -> usize {
        self.0.iter().map(|table| table.rows.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// (tag, values) of each row, in the order of the columns.
    pub fn rows(&self) -> impl Iterator<Item = (u64, &[u64])> {
        self.0
            .iter()
            .flat_map(|table| table.rows.iter().map(|row| (table.tag, row.as_slice())))
    }

    /// A line for each table, with its digest, for the manifest of a key.
    pub(crate) fn manifest(&self) -> Vec<String> {
        let line = |table: &FixedTable| {
            let digest = table.digest();
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            let (rows, width) = (table.rows.len(), table.width());
            format!(
                "fixed table tag {} rows {rows} width {width} digest {hex}",
                table.tag
            )
        };
        self.0.iter().map(line).collect()
    }

    /// Whether the tables are well formed, and whether the lookups find theirs.
    pub(crate) fn check(&self, lookups: &[Lookup], capacity: usize) -> Result<(), LayoutError> {
        let mut tags = BTreeSet::new();
        for table in &self.0 {
            let tag = table.tag;
            let wrong = |why| Err(LayoutError::FixedTable { tag, why });
            let width = table.width();
            if tag < FIRST_FIXED_TAG {
                return wrong("the tag belongs to the range or public tables");
            }
            if !tags.insert(tag) {
                return wrong("the tag is taken");
            }
            // An empty row would be an entry of the tag alone.
            if width == 0 || width > MAX_TUPLE {
                return wrong("a row takes one to eight values");
            }
            if table.rows.iter().any(|row| row.len() != width) {
                return wrong("rows of unequal width");
            }
            if !lookups.iter().any(|lookup| lookup.tag == tag) {
                return wrong("nothing looks it up");
            }
        }
        for lookup in lookups.iter().filter(|l| l.tag >= FIRST_FIXED_TAG) {
            // A shorter tuple would be one that ends in zeros.
            let table = self.0.iter().find(|table| table.tag == lookup.tag);
            if table.map(FixedTable::width) != Some(lookup.values.len()) {
                return Err(LayoutError::Tag(lookup.name));
            }
        }
        if self.len() > capacity {
            return Err(LayoutError::FixedRows {
                rows: self.len(),
                capacity,
            });
        }
        Ok(())
    }
}
