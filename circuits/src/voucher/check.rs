//! A voucher against the attestation that rests on it, clause by clause.
//!
//! Bytes are compared, and one signature is checked; that the proofs are valid is for others to
//! say. Whether the owner's key is anybody's is the reader's knowledge, and not asked here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{SCHEMA, Voucher, words_of};
use crate::attestation::Attestation;
use crate::cells::vouched::signed_columns;
use crate::proofs::{CircuitKind, circuits_of};
use crate::protocol::circuit::SecondRound;
use crate::protocol::layout::{Layout, Size};
use crate::protocol::params::PublicParams;
use crate::protocol::prove::WORD;
use crate::rulebook::Rulebook;
use crate::snapshot::Snapshot;
use crate::statement::{RowCircuit, Statement};

/// What a voucher does not have in common with its attestation: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Clause {
    /// The statement names it, and the file does not hold it.
    #[error("the statement names it, and the file does not hold it")]
    Missing,
    /// The file holds it, and the statement does not name it.
    #[error("it is not the one that the statement names in this place")]
    Unnamed,
    /// It is not signed by the key that it names, and by that key alone.
    #[error("it is not signed by the key that it names")]
    Signature,
    /// Another kind of data.
    #[error("it is of another schema than plain exposures")]
    Schema,
    /// Another unit.
    #[error("its amounts are in another unit than the statement's")]
    Scale,
    /// Other public parameters, or circuits with another number of rows.
    #[error("its commitments are made with other parameters, or for another number of rows")]
    Parameters,
    /// Columns of another circuit.
    #[error("its columns are those of another circuit")]
    Circuit,
    /// Numbers that stand for something else.
    #[error("its classes, currencies or balance-sheet kinds are others, or in another order")]
    Words,
    /// Made out to another institution.
    #[error("it is made out to another institution")]
    Beneficiary,
    /// Of another time.
    #[error("it is of another time than the statement")]
    AsOf,
    /// An account that its owner vouched for twice.
    #[error("an account of its owner stands in another voucher too")]
    Account,
    /// More or fewer proofs, or rows in them.
    #[error("its number of proofs, or of rows in them, is not the statement's")]
    Rows,
    /// The proof holds another column.
    #[error("a proof does not hold the column that was signed, in its place")]
    Position,
    /// The signed column stands somewhere else as well.
    #[error("a column that was signed stands in more than one place")]
    Twice,
}

impl Clause {
    /// Every clause.
    pub const ALL: [Clause; 14] = [
        Clause::Missing,
        Clause::Unnamed,
        Clause::Signature,
        Clause::Schema,
        Clause::Scale,
        Clause::Parameters,
        Clause::Circuit,
        Clause::Words,
        Clause::Beneficiary,
        Clause::AsOf,
        Clause::Account,
        Clause::Rows,
        Clause::Position,
        Clause::Twice,
    ];
}

/// A voucher that does not vouch for what the attestation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("voucher {number}: {clause}")]
pub struct Unvouched {
    /// Its number in the statement, from 1.
    pub number: usize,
    /// What is wrong.
    pub clause: Clause,
}

/// Checks the vouchers of an attestation. `circuit` is the id of the circuit of vouched exposures,
/// by the verifier's own key; rulebook and snapshot are those of the statement.
///
/// # Errors
/// The first clause of the first voucher that does not hold.
pub fn check<S: Size>(
    vouchers: &[Voucher],
    attestation: &Attestation,
    params: &PublicParams,
    circuit: [u8; 32],
    rulebook: &Rulebook,
    snapshot: &Snapshot,
) -> Result<(), Unvouched> {
    let statement = &attestation.statement;
    if vouchers.is_empty() && statement.vouchers.is_empty() {
        return Ok(());
    }
    check_terms::<S>(vouchers, statement, params, circuit, rulebook, snapshot)?;
    places::<S>(vouchers, attestation)
}

/// The same before there are proofs: all but where the commitments stand.
///
/// # Errors
/// The first clause of the first voucher that does not hold.
pub fn check_terms<S: Size>(
    vouchers: &[Voucher],
    statement: &Statement,
    params: &PublicParams,
    circuit: [u8; 32],
    rulebook: &Rulebook,
    snapshot: &Snapshot,
) -> Result<(), Unvouched> {
    named(vouchers, statement)?;
    let words = words_of(rulebook, snapshot);
    let mut owned = Vec::new();
    for (number, (voucher, reference)) in (1..).zip(vouchers.iter().zip(&statement.vouchers)) {
        let terms = &voucher.terms;
        let blocks = terms.blocks.iter().map(|block| block.rows);
        let account = |account: &String| owned.contains(&(terms.key.id(), account.clone()));
        let clauses = [
            (Clause::Signature, voucher.is_signed()),
            (Clause::Schema, terms.schema == SCHEMA),
            (Clause::Scale, terms.scale == statement.scale),
            (
                Clause::Parameters,
                terms.parameters == params.digest() && terms.k == params.k() && terms.k == S::K,
            ),
            (Clause::Circuit, terms.circuit == circuit),
            (Clause::Words, terms.words == words),
            (Clause::Beneficiary, terms.beneficiary == statement.lei),
            (Clause::AsOf, terms.as_of == statement.as_of),
            (Clause::Account, !terms.accounts.iter().any(account)),
            (Clause::Rows, blocks.eq(reference.rows.iter().copied())),
        ];
        if let Some((clause, _)) = clauses.into_iter().find(|(_, holds)| !holds) {
            return Err(Unvouched { number, clause });
        }
        let accounts = terms.accounts.iter();
        owned.extend(accounts.map(|account| (terms.key.id(), account.clone())));
    }
    Ok(())
}

/// One voucher for each that the statement names, in order.
fn named(vouchers: &[Voucher], statement: &Statement) -> Result<(), Unvouched> {
    let most = vouchers.len().max(statement.vouchers.len());
    for at in 0..most {
        let clause = match (vouchers.get(at), statement.vouchers.get(at)) {
            (None, _) => Clause::Missing,
            (Some(voucher), Some(wanted)) if voucher.digest == wanted.digest => continue,
            (Some(_), _) => Clause::Unnamed,
        };
        let number = at + 1;
        return Err(Unvouched { number, clause });
    }
    Ok(())
}

/// The commitments of the first round, as they stand in a proof: copy by copy, column by column.
fn first_round<'p>(
    layout: &Layout,
    copies: u32,
    proof: &'p [u8],
) -> impl Iterator<Item = &'p [u8; WORD]> {
    let advice = layout.first_round() + SecondRound::of(layout).count;
    let (words, _) = proof.as_chunks::<WORD>();
    let first = layout.first_round();
    let copies = words.chunks_exact(advice).take(copies as usize);
    copies.flat_map(move |copy| &copy[..first])
}

/// Every signed commitment stands in its place, and nowhere else among all first-round columns.
fn places<S: Size>(vouchers: &[Voucher], attestation: &Attestation) -> Result<(), Unvouched> {
    let failed = |number, clause| Unvouched { number, clause };
    let circuits = circuits_of(&attestation.statement).zip(&attestation.proofs);
    let mut layouts: HashMap<CircuitKind, Layout> = HashMap::new();
    let mut count: HashMap<&[u8; WORD], usize> = HashMap::new();
    let mut proofs = Vec::new();
    for ((kind, copies), proof) in circuits {
        let layout = match layouts.entry(kind) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                // A circuit that this size does not have has no proof that holds.
                let layout = kind.layout::<S>();
                new.insert(layout.map_err(|_| failed(1, Clause::Circuit))?)
            }
        };
        for commitment in first_round(layout, copies, proof) {
            *count.entry(commitment).or_default() += 1;
        }
        if kind == CircuitKind::Rows(RowCircuit::Vouched) {
            proofs.push((signed_columns(layout), proof));
        }
    }
    let mut proofs = proofs.into_iter();
    for (number, voucher) in (1..).zip(vouchers) {
        for block in &voucher.terms.blocks {
            let (columns, proof) = proofs.next().ok_or(failed(number, Clause::Rows))?;
            let (words, _) = proof.as_chunks::<WORD>();
            let found = columns.iter().map(|column| words.get(*column));
            if !found.eq(block.commitments.iter().map(Some)) {
                return Err(failed(number, Clause::Position));
            }
            let mut commitments = block.commitments.iter();
            if commitments.any(|signed| count.get(signed) != Some(&1)) {
                return Err(failed(number, Clause::Twice));
            }
        }
    }
    Ok(())
}
