//! Disclosures: whole records of a book, shown against its published attestation.
//!
//! A disclosure is a file of its own: a DSSE [`Envelope`] around canonical JSON, media type
//! [`PayloadType::Disclosure`]. It names the attestation by its digest, and holds for each record
//! where it stands, its external id, every column of its positions, and one argument for all
//! ([`crate::protocol::opening`]). Commitments are not in it: they are taken from the attestation.
//! One encoding of each disclosure; decoding refuses every other.
//!
//! A record is an exposure with all its collateral, or a derivative trade: [`Record::cells`] says
//! which cells that are, and that nothing of it is left out. The external ids are in the clear beside the digests
//! that were committed to, and are compared with them.

mod record;
mod text;
mod trade;
mod words;

use std::collections::BTreeMap;

use crate::envelope::{Envelope, EnvelopeError, JsonError, PayloadType};
use crate::field::Fp;
use crate::proofs::CircuitKind;
use crate::protocol::layout::{Layout, Size};
use crate::protocol::opening::{Cell, Cells};
use crate::statement::RowCircuit;

pub use record::{ITEM, Record, RecordError, record_columns};
pub use trade::trade_rows;
pub use words::{Shown, ShownItem, shown};

/// Type and version of the payload. A name; there is nothing to fetch.
pub const DISCLOSURE_TYPE: &str = "urn:plimsoll:disclosure:1";
/// Largest file that is read.
pub const MAX_BYTES: usize = 16 << 20;
/// Most records in one disclosure.
pub const MAX_RECORDS: usize = 4096;

/// A disclosure. Nothing is verified yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// Digest of the attestation that is opened.
    pub attestation: [u8; 32],
    /// The records, by proof, copy and position.
    pub records: Vec<Record>,
    /// The opening's argument.
    pub argument: Vec<u8>,
    /// The envelope, with whatever signatures it carries.
    pub envelope: Envelope,
}

impl std::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Disclosure({} records)", self.records.len())
    }
}

/// Why bytes are not a disclosure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not JSON, or has other fields than a disclosure.
    #[error("the payload is not a disclosure: {0}")]
    Malformed(JsonError),
    /// Another type or version.
    #[error("the payload is of another type or version: {DISCLOSURE_TYPE} is known here")]
    Version,
    /// A digest or an argument that is not in its one form.
    #[error("`{0}` is not in its one form")]
    Form(&'static str),
    /// No record, or more than a disclosure holds.
    #[error("a disclosure holds 1 to {MAX_RECORDS} records")]
    Count,
    /// Records out of order, or one twice.
    #[error("the records are not in order, each once")]
    Order,
    /// A record that is none.
    #[error("record {number}: {error}")]
    Record {
        /// Its number in the file, from 1.
        number: usize,
        /// What is wrong.
        error: RecordError,
    },
    /// The same content in another form.
    #[error("the payload is not in its canonical form")]
    NotCanonical,
}

impl Disclosure {
    /// A disclosure that nobody has signed.
    pub fn unsigned<S: Size>(
        attestation: [u8; 32],
        records: Vec<Record>,
        argument: Vec<u8>,
    ) -> Result<Disclosure, DisclosureError> {
        let layouts = Layouts::of::<S>(records.iter().map(|record| record.circuit))?;
        let payload = text::payload(&layouts, &attestation, &records, &argument);
        Ok(Disclosure {
            attestation,
            records,
            argument,
            envelope: Envelope::unsigned(PayloadType::Disclosure, payload),
        })
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What keeps it from being read. That its cells hold what it says is for
    /// [`opening::check`](crate::protocol::opening::check) to say.
    pub fn decode<S: Size>(bytes: &[u8]) -> Result<Disclosure, DisclosureError> {
        let envelope = Envelope::decode(bytes, PayloadType::Disclosure, MAX_BYTES)?;
        text::read::<S>(envelope)
    }

    /// Every cell that its records say something about.
    ///
    /// # Errors
    /// A record that contradicts its ids, that is not whole, or that another one contradicts.
    pub fn cells<S: Size>(&self) -> Result<Cells, DisclosureError> {
        let layouts = Layouts::of::<S>(self.records.iter().map(|record| record.circuit))?;
        cells(&layouts, &self.records)
    }
}

/// The cells of records, each once.
///
/// # Errors
/// As [`Disclosure::cells`].
pub fn cells(layouts: &Layouts, records: &[Record]) -> Result<Cells, DisclosureError> {
    let mut all: BTreeMap<Cell, Fp> = BTreeMap::new();
    for (number, record) in (1..).zip(records) {
        let failed = |error| DisclosureError::Record { number, error };
        let layout = layouts.get(record.circuit);
        let layout = layout.ok_or(failed(RecordError::Circuit))?;
        for (cell, value) in record.cells(layout).map_err(failed)? {
            if *all.entry(cell).or_insert(value) != value {
                return Err(failed(RecordError::Contradiction));
            }
        }
    }
    Ok(all.into_iter().collect())
}

/// The layouts of the circuits of some records.
#[derive(Debug)]
pub struct Layouts(Vec<(RowCircuit, Layout)>);

impl Layouts {
    /// Those of these circuits.
    ///
    /// # Errors
    /// [`RecordError::Circuit`] of the first circuit whose records are not disclosed.
    pub fn of<S: Size>(
        circuits: impl IntoIterator<Item = RowCircuit>,
    ) -> Result<Layouts, DisclosureError> {
        let mut layouts: Vec<(RowCircuit, Layout)> = Vec::new();
        for (number, circuit) in (1..).zip(circuits) {
            if layouts.iter().any(|(known, _)| *known == circuit) {
                continue;
            }
            let error = RecordError::Circuit;
            let failed = DisclosureError::Record { number, error };
            let layout = CircuitKind::Rows(circuit).layout::<S>();
            layouts.push((circuit, layout.map_err(|_| failed)?));
        }
        Ok(Layouts(layouts))
    }

    /// The layout of a circuit.
    pub fn get(&self, circuit: RowCircuit) -> Option<&Layout> {
        let found = self.0.iter().find(|(known, _)| *known == circuit);
        found.map(|(_, layout)| layout)
    }
}
