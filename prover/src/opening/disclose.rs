//! From an opening file to a disclosure.

use std::collections::BTreeMap;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::cells::derivatives::Derivatives;
use plimsoll_circuits::disclosure::{
    Disclosure, DisclosureError, Layouts, Record, cells, record_columns, trade_rows,
};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::pinned::pinned_id;
use plimsoll_circuits::proofs::{CircuitKind, circuits_of};
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::key::KeyError;
use plimsoll_circuits::protocol::layout::{Layout, Module, Size};
use plimsoll_circuits::protocol::opening::{OpenError, Secret, Source, open, openable};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::tape::{ColumnBlinding, OsEntropy};

use zeroize::Zeroizing;

use super::{KeptRecord, Opening, pack};

/// Why nothing was disclosed. No message carries an amount.
#[derive(Debug, thiserror::Error)]
pub enum DiscloseError {
    /// The opening file is another attestation's.
    #[error("the opening file is that of another attestation")]
    OtherAttestation,
    /// No such position.
    #[error("the attestation has no position `{0}` that can be disclosed")]
    Position(String),
    /// The opening file does not fit the attestation that it names.
    #[error("the opening file does not fit the attestation")]
    Damaged,
    /// A circuit that this version does not know.
    #[error("the circuits of the attestation are not those of this version")]
    Circuit,
    /// Records that do not make a disclosure.
    #[error(transparent)]
    Record(#[from] DisclosureError),
    /// The opening.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl DiscloseError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::OtherAttestation => "name the file that was written together with it",
            Self::Position(_) => {
                "name the id of an exposure or a trade of the book, as in exposures.csv and trades.csv"
            }
            Self::Damaged | Self::Open(OpenError::Commitment { .. }) => {
                "restore the opening file from a copy"
            }
            Self::Circuit => "use the version of this program that made it",
            Self::Open(OpenError::Refused(_)) => "disclose fewer positions at a time",
            Self::Record(_) | Self::Open(_) => return None,
        })
    }
}

impl From<KeyError> for DiscloseError {
    fn from(_: KeyError) -> DiscloseError {
        DiscloseError::Circuit
    }
}

impl Opening {
    /// Discloses the records with these external ids.
    ///
    /// # Errors
    /// An id that the attestation does not have; an opening file that does not fit.
    pub fn disclose<S: Size>(
        &self,
        params: &PublicParams,
        attestation: &Attestation,
        digest: [u8; 32],
        ids: &[String],
    ) -> Result<Disclosure, DiscloseError> {
        if digest != self.attestation {
            return Err(DiscloseError::OtherAttestation);
        }
        let circuits: Vec<(CircuitKind, u32)> = circuits_of(&attestation.statement).collect();
        let found = self.find(ids)?;
        let kind_of = |proof: u32| match circuits.get(proof as usize) {
            Some((CircuitKind::Rows(circuit), _)) => Ok(*circuit),
            _ => Err(DiscloseError::Damaged),
        };
        let of_records: Result<Vec<_>, _> = found.iter().map(|r| kind_of(r.proof)).collect();
        let layouts = Layouts::of::<S>(of_records?)?;
        let mut records = Vec::with_capacity(found.len());
        let mut unpacked: Option<Unpacked> = None;
        for kept in found {
            let circuit = kind_of(kept.proof)?;
            let layout = layouts.get(circuit).ok_or(DiscloseError::Circuit)?;
            // Records come copy by copy.
            let place = (kept.proof, kept.copy);
            if unpacked.as_ref().is_none_or(|copy| copy.place != place) {
                unpacked = self.unpacked(layout, kept.proof, kept.copy);
            }
            let copy = unpacked.as_ref().ok_or(DiscloseError::Damaged)?;
            records.push(Record {
                circuit,
                proof: kept.proof,
                copy: kept.copy,
                position: kept.position,
                id: kept.id.clone(),
                items: kept.items.clone(),
                rows: copy.rows(layout, kept).ok_or(DiscloseError::Damaged)?,
            });
        }
        let all = cells(&layouts, &records)?;

        // Only the layouts of opened proofs are looked into.
        let first = records.first().ok_or(DisclosureError::Count)?;
        let stand_in = layouts.get(first.circuit).ok_or(DiscloseError::Circuit)?;
        let mut sources = Vec::with_capacity(circuits.len());
        for ((kind, copies), proof) in circuits.iter().zip(&attestation.proofs) {
            let layout = match kind {
                CircuitKind::Rows(circuit) => layouts.get(*circuit),
                CircuitKind::Capital => None,
            };
            sources.push(Source {
                circuit: pinned_id(S::K, *kind).ok_or(DiscloseError::Circuit)?,
                layout: layout.unwrap_or(stand_in),
                copies: *copies,
                proof,
            });
        }
        let mut column = |proof: u32, copy: u32, column: u32| {
            let source = sources.get(proof as usize)?;
            Some(Secret {
                rows: std::mem::take(&mut *self.column(source.layout, proof, copy, column)?),
                blinding: self.blinding(proof, copy, column)?,
            })
        };
        let wanted = all.iter().map(|(cell, _)| *cell);
        let (opened, argument) = open(
            params,
            &digest,
            &sources,
            wanted,
            &mut column,
            &mut OsEntropy,
        )?;
        if opened != all {
            return Err(DiscloseError::Damaged);
        }
        Ok(Disclosure::unsigned::<S>(digest, records, argument)?)
    }

    /// Where the records stand, in their order, each once. An exposure and a trade may have the
    /// same id: then both are meant.
    fn find(&self, ids: &[String]) -> Result<Vec<&KeptRecord>, DiscloseError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let before = found.len();
            found.extend(self.records.iter().filter(|record| record.id == *id));
            if found.len() == before {
                return Err(DiscloseError::Position(id.clone()));
            }
        }
        found.sort_by_key(|record| (record.proof, record.copy, record.position));
        found.dedup_by_key(|record| (record.proof, record.copy, record.position));
        Ok(found)
    }

    /// The columns of a copy, unpacked.
    pub(super) fn unpacked(&self, layout: &Layout, proof: u32, copy: u32) -> Option<Unpacked> {
        let kept = self.proofs.get(proof as usize)?.copies.get(copy as usize)?;
        let columns = openable(layout).into_iter().zip(&kept.columns);
        let columns = columns.map(|(at, bytes)| {
            let column = pack::unpacked(bytes, layout.usable_rows())?;
            Some((at, column))
        });
        Some(Unpacked {
            place: (proof, copy),
            columns: columns.collect::<Option<_>>()?,
        })
    }

    /// What blinds a column: that of a signed one is its owner's.
    fn blinding(&self, proof: u32, copy: u32, column: u32) -> Option<ColumnBlinding> {
        let proof = self.proofs.get(proof as usize)?;
        let mut chosen = proof.copies.get(copy as usize)?.chosen.iter();
        let found = chosen.find(|(at, _)| *at == column);
        Some(match found {
            Some((_, blinding)) => blinding.clone(),
            None => proof.seed.column_key(copy, column).blinding(),
        })
    }

    fn column(
        &self,
        layout: &Layout,
        proof: u32,
        copy: u32,
        column: u32,
    ) -> Option<Zeroizing<Vec<Fp>>> {
        let index = openable(layout).into_iter().position(|at| at == column)?;
        let copy = self.proofs.get(proof as usize)?.copies.get(copy as usize)?;
        pack::unpacked(copy.columns.get(index)?, layout.usable_rows())
    }
}

/// The columns of one copy.
pub(super) struct Unpacked {
    /// Number of the proof, and of the copy.
    pub(super) place: (u32, u32),
    columns: BTreeMap<u32, Zeroizing<Vec<Fp>>>,
}

impl Unpacked {
    /// What stands in the columns of a record's positions.
    pub(super) fn rows(&self, layout: &Layout, record: &KeptRecord) -> Option<Vec<Vec<Fp>>> {
        let cell = |row: usize, col: Col| {
            let position = record.position as usize + row;
            let column = layout.physical(position % layout.lanes, col) as u32;
            let column = self.columns.get(&column)?;
            column.get(position / layout.lanes).copied()
        };
        let named = |row: usize, name: &str| {
            let at = layout.columns.iter().position(|column| column.name == name);
            cell(row, Col(at?))
        };
        let count = match layout.name {
            Derivatives::NAME => trade_rows(named)?,
            _ => record.items.len().max(1),
        };
        let row = |row| {
            record_columns(layout)
                .map(|(col, _)| cell(row, col))
                .collect()
        };
        (0..count).map(row).collect()
    }
}
