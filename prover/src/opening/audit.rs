//! An auditor's look: the opening file against the attestation, and the book against both.
//!
//! First every commitment is made anew from the opening file alone ([`recompute`]). Then the book
//! is laid out as for proving, and must fill the very same cells: the same ids in the same places,
//! the same values in every declared column. What differs is named by id and column; no message
//! carries an amount.
//!
//! [`recompute`]: super::recompute

use std::collections::BTreeMap;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::countersignature::Commitments;
use plimsoll_circuits::disclosure::record_columns;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::{CircuitKind, PlanError, circuits_of, proofs_of};
use plimsoll_circuits::protocol::layout::{Layout, Size};
use plimsoll_circuits::protocol::opening::openable;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::protocol::tape::MasterSeed;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{RowCircuit, Statement};

use super::disclose::Unpacked;
use super::recompute::column_name;
use super::{Kept, KeptProof, KeptRecord, Opening, pack};
use crate::attest::filled::LaidOut;
use crate::attest::keys::ProvingKeys;
use crate::attest::{AttestError, Request};
use crate::vouch::Vouched;

/// Why an auditor does not countersign. No message carries an amount.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The opening file is another attestation's.
    #[error("the opening file is that of another attestation")]
    OtherAttestation,
    /// Another rulebook than the statement's.
    #[error("the statement names another rulebook than this one")]
    Rulebook,
    /// Another snapshot than the statement's.
    #[error("the statement names another snapshot than this one")]
    Snapshot,
    /// A circuit that this version does not know.
    #[error("the circuits of the attestation are not those of this version")]
    Circuit,
    /// A statement that its rulebook does not allow.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The opening file does not fit the attestation that it names.
    #[error("the opening file does not fit the attestation that it names")]
    Damaged,
    /// A commitment that the opening file does not give.
    #[error(
        "proof {proof} ({circuit}), copy {copy}: the opening file does not give the commitment of \
         `{column}`"
    )]
    Commitment {
        /// Its circuit.
        circuit: &'static str,
        /// Number of the proof, from 1.
        proof: u32,
        /// Number of the copy, from 1.
        copy: u32,
        /// The column.
        column: &'static str,
    },
    /// A record of the book that was not proven.
    #[error("{kind} `{id}` of the book is not in the attestation")]
    NotProven {
        /// What kind of record.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// A proven record that the book does not have.
    #[error("the book has no {kind} `{id}`, which the attestation has")]
    NotInBook {
        /// What kind of record.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// An exposure whose collateral is another one.
    #[error("exposure `{0}` has other items of collateral than were proven")]
    Items(String),
    /// The book gives another statement.
    #[error("the book gives another `{0}` than the statement of the attestation")]
    Statement(&'static str),
    /// A record that was proven with other values.
    #[error("{kind} `{id}` was proven with another `{column}` than the book gives")]
    Value {
        /// What kind of record.
        kind: &'static str,
        /// Its id.
        id: String,
        /// The column.
        column: &'static str,
    },
    /// Capital items or stated lines that were proven with other values.
    #[error("the capital items or stated lines of the book are not those that were proven")]
    Capital,
    /// Something that belongs to no record by itself.
    #[error("{circuit}: the book does not fill `{column}` as it was proven")]
    Column {
        /// The circuit.
        circuit: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A book that cannot be laid out.
    #[error("the book cannot be laid out as it was for the attestation: {0}")]
    Book(#[from] AttestError),
}

impl AuditError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::OtherAttestation => "name the file that was written together with it",
            Self::Rulebook => "name the rulebook of the statement: --rulebook FILE",
            Self::Snapshot => "name the snapshot of the statement: --snapshot FILE",
            Self::Circuit => "use the version of this program that made it",
            Self::Damaged | Self::Commitment { .. } => {
                "ask the institution for the opening file as it was written; nothing was signed"
            }
            Self::NotProven { .. }
            | Self::NotInBook { .. }
            | Self::Items(_)
            | Self::Statement(_)
            | Self::Value { .. }
            | Self::Capital
            | Self::Column { .. } => {
                "ask the institution for the book that it proved; nothing was signed"
            }
            Self::Plan(_) | Self::Book(_) => return None,
        })
    }
}

/// What an attestation is held against.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The book.
    pub book: &'a Book,
    /// The rulebook of the statement.
    pub rulebook: &'a Rulebook,
    /// The snapshot of the statement.
    pub snapshot: &'a Snapshot,
    /// The vouchers of the attestation, in order, with what data owners handed over.
    pub vouched: &'a [Vouched],
}

impl Opening {
    /// Whether this is the opening file of an attestation, and rulebook and snapshot are those of
    /// its statement: what is known before anything is computed.
    ///
    /// # Errors
    /// Which of the three is another one.
    pub fn belongs(
        &self,
        attestation: &Attestation,
        digest: [u8; 32],
        shown: Shown<'_>,
    ) -> Result<(), AuditError> {
        let statement = &attestation.statement;
        if digest != self.attestation {
            return Err(AuditError::OtherAttestation);
        }
        if statement.rulebook != shown.rulebook.digest() {
            return Err(AuditError::Rulebook);
        }
        if statement.snapshot != shown.snapshot.digest() {
            return Err(AuditError::Snapshot);
        }
        Ok(())
    }

    /// Holds the attestation with this digest, whose proofs are valid, against the book that was
    /// shown: every commitment, every cell. Returns what was recomputed.
    ///
    /// # Errors
    /// The first thing that is not as it was proven.
    pub fn audit<S: Size>(
        &self,
        params: &PublicParams,
        keys: &mut ProvingKeys<S>,
        (attestation, digest): (&Attestation, [u8; 32]),
        shown: Shown<'_>,
    ) -> Result<Commitments, AuditError> {
        let statement = &attestation.statement;
        self.belongs(attestation, digest, shown)?;
        let plans = proofs_of::<S>(statement, shown.rulebook, shown.snapshot)?;
        self.recompute::<S>(params, attestation, &plans)?;
        self.same_book(params, keys, statement, shown)?;
        Commitments::of::<S>(attestation).ok_or(AuditError::Damaged)
    }

    /// Whether a book fills the columns that this file opens.
    fn same_book<S: Size>(
        &self,
        params: &PublicParams,
        keys: &mut ProvingKeys<S>,
        statement: &Statement,
        shown: Shown<'_>,
    ) -> Result<(), AuditError> {
        self.same_ids(statement, shown.book)?;
        let request = Request {
            book: shown.book,
            rulebook: shown.rulebook,
            snapshot: shown.snapshot,
            claims: &statement.claims,
            without: &statement.without,
            sequence: statement.sequence,
            previous: statement.previous,
            check: SelfCheck::Verify,
        };
        let laid_out = LaidOut::of::<S>(&request, shown.vouched)?;
        if let Some(field) = difference(laid_out.statement(), statement) {
            return Err(AuditError::Statement(field));
        }
        let filled = Opening::of_book(laid_out.fill(params, keys)?);
        let circuits: Vec<CircuitKind> = circuits_of(statement).map(|(kind, _)| kind).collect();
        let mut layouts = BTreeMap::new();
        for kind in &circuits {
            let layout = kind.layout::<S>().map_err(|_| AuditError::Circuit)?;
            layouts.entry(kind.number()).or_insert(layout);
        }
        let layout =
            |proof: usize| -> Option<&Layout> { layouts.get(&circuits.get(proof)?.number()) };
        let Some((proof, column)) = self.first_difference(&filled, &layout) else {
            return Ok(());
        };
        let kind = circuits.get(proof).ok_or(AuditError::Damaged)?;
        let named = self.record_that_differs(&filled, &circuits, &layout);
        Err(match kind {
            _ if named.is_some() => named.unwrap_or(AuditError::Damaged),
            CircuitKind::Capital => AuditError::Capital,
            CircuitKind::Rows(circuit) => AuditError::Column {
                circuit: circuit.name(),
                column,
            },
        })
    }

    /// The records of book and attestation, by id.
    fn same_ids(&self, statement: &Statement, book: &Book) -> Result<(), AuditError> {
        let circuits: Vec<CircuitKind> = circuits_of(statement).map(|(kind, _)| kind).collect();
        let mut proven = BTreeMap::new();
        for record in &self.records {
            proven.insert((kind_of(&circuits, record), record.id.as_str()), record);
        }
        let mut items: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for item in &book.collateral {
            let of = items.entry(item.exposure.as_str()).or_default();
            of.push(item.id.as_str());
        }
        let exposures = book.exposures.iter().map(|e| (EXPOSURE, e.id.as_str()));
        let trades = book.trades.iter().map(|t| (TRADE, t.id.as_str()));
        for (kind, id) in exposures.chain(trades) {
            let Some(record) = proven.remove(&(kind, id)) else {
                let id = id.to_owned();
                return Err(AuditError::NotProven { kind, id });
            };
            let mut held: Vec<&str> = record.items.iter().map(String::as_str).collect();
            let mut of_book = match kind {
                EXPOSURE => items.remove(id).unwrap_or_default(),
                _ => Vec::new(),
            };
            held.sort_unstable();
            of_book.sort_unstable();
            if held != of_book {
                return Err(AuditError::Items(id.to_owned()));
            }
        }
        match proven.into_keys().next() {
            None => Ok(()),
            Some((kind, id)) => {
                let id = id.to_owned();
                Err(AuditError::NotInBook { kind, id })
            }
        }
    }

    /// What a book leaves, in the form of an opening file that opens nothing.
    fn of_book(left: Vec<Kept>) -> Opening {
        let mut records = Vec::new();
        let mut proofs = Vec::with_capacity(left.len());
        for (number, kept) in (0..).zip(left) {
            let placed = kept.records.into_iter();
            records.extend(placed.map(|record| KeptRecord {
                proof: number,
                ..record
            }));
            proofs.push(KeptProof {
                seed: MasterSeed::kept([0; 32]),
                copies: kept.copies,
            });
        }
        records.sort_by_key(|record| (record.proof, record.copy, record.position));
        Opening {
            attestation: [0; 32],
            proofs,
            records,
        }
    }

    /// The first column in which two openings of one shape differ: its proof and its name.
    fn first_difference<'l>(
        &self,
        other: &Opening,
        layout: &impl Fn(usize) -> Option<&'l Layout>,
    ) -> Option<(usize, &'static str)> {
        if self.proofs.len() != other.proofs.len() {
            return Some((0, "the proofs"));
        }
        for (number, (one, two)) in self.proofs.iter().zip(&other.proofs).enumerate() {
            let layout = layout(number)?;
            if one.copies.len() != two.copies.len() {
                return Some((number, "the copies"));
            }
            for (one, two) in one.copies.iter().zip(&two.copies) {
                for (at, column) in openable(layout).into_iter().enumerate() {
                    let unpacked = |columns: &[zeroize::Zeroizing<Vec<u8>>]| {
                        pack::unpacked(columns.get(at)?, layout.usable_rows())
                    };
                    let (one, two) = (unpacked(&one.columns), unpacked(&two.columns));
                    if one.is_none() || one != two {
                        return Some((number, column_name(layout, column as usize)));
                    }
                }
            }
        }
        None
    }

    /// The first record whose values differ, wherever it stands.
    fn record_that_differs<'l>(
        &self,
        other: &Opening,
        circuits: &[CircuitKind],
        layout: &impl Fn(usize) -> Option<&'l Layout>,
    ) -> Option<AuditError> {
        let mut others = BTreeMap::new();
        for record in &other.records {
            others.insert((kind_of(circuits, record), record.id.as_str()), record);
        }
        let (mut one, mut two): (Option<Unpacked>, Option<Unpacked>) = (None, None);
        for record in &self.records {
            let kind = kind_of(circuits, record);
            let value = |column| AuditError::Value {
                kind,
                id: record.id.clone(),
                column,
            };
            let found = others.get(&(kind, record.id.as_str()))?;
            let circuit = |record: &KeptRecord| circuits.get(record.proof as usize);
            if circuit(record) != circuit(found) {
                return Some(value("circuit"));
            }
            let layout = layout(record.proof as usize)?;
            let rows = |opening: &Opening, copy: &mut Option<Unpacked>, record: &KeptRecord| {
                let place = (record.proof, record.copy);
                if copy.as_ref().is_none_or(|copy| copy.place != place) {
                    *copy = opening.unpacked(layout, place.0, place.1);
                }
                copy.as_ref()?.rows(layout, record)
            };
            let mine = rows(self, &mut one, record)?;
            let theirs = rows(other, &mut two, found)?;
            for (name, at) in record_columns(layout).map(|(_, name)| name).zip(0_usize..) {
                let cells = |rows: &[Vec<Fp>]| -> Vec<Option<Fp>> {
                    rows.iter().map(|row| row.get(at).copied()).collect()
                };
                if cells(&mine) != cells(&theirs) {
                    return Some(value(name));
                }
            }
        }
        None
    }
}

const EXPOSURE: &str = "exposure";
const TRADE: &str = "trade";

fn kind_of(circuits: &[CircuitKind], record: &KeptRecord) -> &'static str {
    match circuits.get(record.proof as usize) {
        Some(CircuitKind::Rows(RowCircuit::Derivatives)) => TRADE,
        _ => EXPOSURE,
    }
}

/// The first field in which two statements differ.
fn difference(one: &Statement, other: &Statement) -> Option<&'static str> {
    let fields = [
        ("institution", one.lei == other.lei),
        ("as of", one.as_of == other.as_of),
        ("currency", one.currency == other.currency),
        ("scale", one.scale == other.scale),
        ("stated lines", one.stated == other.stated),
        ("balance sheet", one.balance_sheet == other.balance_sheet),
        ("prices of options", one.prices == other.prices),
        ("circuits and copies", one.rows == other.rows),
        ("statement", one == other),
    ];
    let (name, _) = fields.into_iter().find(|(_, same)| !same)?;
    Some(name)
}
