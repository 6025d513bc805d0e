//! What proving leaves for its institution: the opening file.
//!
//! It holds what the published commitments commit to, so that single records can be shown later
//! ([`Opening::disclose`]) and an auditor can recompute every commitment: of each proof the seed
//! of its attempt, which all column keys follow from, the blinding that was chosen for linked
//! columns, and the values of the columns that the module declares. Limbs and multiplicities
//! follow from those. Values are kept, not the book: a later version of this program may fill a
//! grid in another order.
//!
//! Whoever has the file can read the book. It is encrypted with a passphrase by age, readable by
//! its owner alone, and belongs to one attestation by its digest. An opening masks everything but
//! its cells, so that there is nothing to count and the file is never written again.

mod audit;
mod disclose;
mod file;
mod pack;
mod recompute;

use std::ops::Range;

use plimsoll_circuits::book::Book;
use plimsoll_circuits::cells::derivatives;
use plimsoll_circuits::cells::pack::Packer;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::credit_risk::{Charge, Detail};
use plimsoll_circuits::protocol::layout::Layout;
use plimsoll_circuits::protocol::opening::openable;
use plimsoll_circuits::protocol::prove::CopyWitness;
use plimsoll_circuits::protocol::tape::{ColumnBlinding, MasterSeed};
use zeroize::Zeroizing;

pub use audit::{AuditError, Shown};
pub use disclose::DiscloseError;
pub use file::{FileError, read, write};

/// Everything that the commitments of one attestation commit to.
#[derive(Debug)]
pub struct Opening {
    /// Digest of the attestation, proofs included.
    pub attestation: [u8; 32],
    /// Its proofs, in order.
    proofs: Vec<KeptProof>,
    /// Where the records stand.
    records: Vec<KeptRecord>,
}

/// One proof.
struct KeptProof {
    seed: MasterSeed,
    copies: Vec<KeptCopy>,
}

impl std::fmt::Debug for KeptProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptProof({} copies)", self.copies.len())
    }
}

/// The first-round columns of one copy.
pub(crate) struct KeptCopy {
    /// Columns whose blinding was chosen.
    chosen: Vec<(u32, ColumnBlinding)>,
    /// The openable columns, ascending, packed.
    columns: Vec<Zeroizing<Vec<u8>>>,
}

impl std::fmt::Debug for KeptCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptCopy({} columns)", self.columns.len())
    }
}

/// Where a record stands, and what its external ids are.
#[derive(Clone)]
pub(crate) struct KeptRecord {
    proof: u32,
    copy: u32,
    position: u32,
    id: String,
    items: Vec<String>,
}

impl std::fmt::Debug for KeptRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptRecord(..)")
    }
}

impl KeptCopy {
    /// Of a completed witness.
    pub(crate) fn of(witness: &CopyWitness) -> KeptCopy {
        let chosen = witness.chosen.iter();
        let columns = witness.grid.columns();
        let open = openable(witness.grid.layout()).into_iter();
        KeptCopy {
            chosen: chosen.map(|(at, b)| (*at as u32, b.clone())).collect(),
            columns: open.map(|at| pack::packed(&columns[at as usize])).collect(),
        }
    }
}

/// The records of the charges that one copy holds; the proof's number is not known yet.
pub(crate) fn records(
    book: &Book,
    rows: &BookRows<'_>,
    layout: &Layout,
    copy: u32,
    charges: &[&Charge],
) -> Vec<KeptRecord> {
    let mut packer = Packer::new(layout);
    let mut records = Vec::with_capacity(charges.len());
    for charge in charges {
        let place = packer.place(rows.sort(charge), BookRows::positions(charge));
        // The grid was filled by the same packer, which had room.
        let Some(position) = place else { break };
        let items = match &charge.detail {
            Detail::Secured(secured) => &secured.items[..],
            _ => &[],
        };
        let ids = items
            .iter()
            .map(|item| book.collateral[item.item].id.to_string());
        records.push(KeptRecord {
            proof: 0,
            copy,
            position: position as u32,
            id: book.exposures[charge.exposure].id.to_string(),
            items: ids.collect(),
        });
    }
    records
}

/// The trades of the agreements that one copy holds.
pub(crate) fn trades(
    rows: &derivatives::Rows<'_>,
    copy: u32,
    agreements: Range<usize>,
) -> Vec<KeptRecord> {
    let places = rows.places(agreements).into_iter();
    let record = |(position, id): (usize, &str)| KeptRecord {
        proof: 0,
        copy,
        position: position as u32,
        id: id.to_owned(),
        items: Vec::new(),
    };
    places.map(record).collect()
}

/// What a run leaves, proof by proof, as they finish.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    proofs: Vec<Option<KeptProof>>,
    records: Vec<KeptRecord>,
}

impl Keeper {
    pub(crate) fn new(proofs: usize) -> Keeper {
        Keeper {
            proofs: (0..proofs).map(|_| None).collect(),
            records: Vec::new(),
        }
    }

    /// Keeps a finished proof.
    pub(crate) fn keep(&mut self, number: usize, seed: MasterSeed, kept: Kept) {
        let copies = kept.copies;
        if let Some(slot) = self.proofs.get_mut(number) {
            *slot = Some(KeptProof { seed, copies });
        }
        self.records
            .extend(kept.records.into_iter().map(|record| KeptRecord {
                proof: number as u32,
                ..record
            }));
    }

    /// The opening of the finished attestation; none if a proof is missing.
    pub(crate) fn opening(mut self, attestation: [u8; 32]) -> Option<Opening> {
        self.records
            .sort_by_key(|record| (record.proof, record.copy, record.position));
        Some(Opening {
            attestation,
            proofs: self.proofs.into_iter().collect::<Option<_>>()?,
            records: self.records,
        })
    }
}

/// What a shard leaves before it is proven.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) copies: Vec<KeptCopy>,
    pub(crate) records: Vec<KeptRecord>,
}
