//! The institution's own book, against what is vouched for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use plimsoll_circuits::book::{Book, Exposure};
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::vouched::Vouched as Circuit;
use plimsoll_circuits::credit_risk::{Charge, CreditAssessment, Shape};
use plimsoll_circuits::protocol::key::KeyError;
use plimsoll_circuits::protocol::layout::{Layout, Size};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::tape::MasterSeed;
use plimsoll_circuits::statement::VoucherRef;
use plimsoll_circuits::voucher::{Voucher, commitments, universe_of};

use super::issue::{grid, places};
use super::{VouchError, Vouched, VouchedExposure};

/// Which exposures of a book stand in which proof of vouched ones.
#[derive(Debug, Default)]
pub struct Matched<'a> {
    vouched: &'a [Vouched],
    /// For each proof, the exposures in the owner's order, by their index in the book.
    blocks: Vec<Vec<usize>>,
}

/// The currency of an exposure, written out.
pub(super) fn currency<'a>(book: &'a Book, exposure: &'a Exposure) -> &'a str {
    match exposure.currency.as_str() {
        "" => &book.currency.0,
        code => code,
    }
}

impl<'a> Matched<'a> {
    /// Finds every exposure of the vouchers in the book, where it must be the same.
    ///
    /// # Errors
    /// One that is missing, by its id; one that differs, by its line and column.
    pub fn new(vouched: &'a [Vouched], book: &Book) -> Result<Matched<'a>, VouchError> {
        let index: HashMap<&str, usize> = if vouched.is_empty() {
            HashMap::new()
        } else {
            let ids = book.exposures.iter().map(|exposure| exposure.id.as_str());
            ids.zip(0..).collect()
        };
        let mut taken = HashSet::new();
        let mut blocks = Vec::new();
        for block in vouched.iter().flat_map(|one| &one.secret.blocks) {
            let mut found = Vec::with_capacity(block.exposures.len());
            for wanted in &block.exposures {
                let at = index.get(wanted.id.as_str());
                let at = *at.ok_or_else(|| VouchError::Missing(wanted.id.clone()))?;
                if !taken.insert(at) {
                    return Err(VouchError::Twice(wanted.id.clone()));
                }
                same(book, &book.exposures[at], wanted)?;
                found.push(at);
            }
            blocks.push(found);
        }
        Ok(Matched { vouched, blocks })
    }

    /// Whether nobody vouches for anything.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The exposures that somebody vouches for, by their index in the book.
    pub fn exposures(&self) -> HashSet<usize> {
        self.blocks.iter().flatten().copied().collect()
    }

    /// The charges of the proofs, one after the other, and how many each proof has.
    ///
    /// # Errors
    /// One that is not a plain exposure under the institution's rulebook.
    pub(crate) fn charges<'c>(
        &self,
        book: &Book,
        credit: &'c CreditAssessment,
    ) -> Result<Vec<Vec<&'c Charge>>, VouchError> {
        let all = credit.charges.iter().filter(|_| !self.is_empty());
        let all: HashMap<usize, &Charge> = all.map(|charge| (charge.exposure, charge)).collect();
        let plain = |at: &usize| match all.get(at) {
            Some(charge) if charge.shape == Shape::Plain => Ok(*charge),
            _ => {
                let place = &book.exposures[*at].place;
                Err(VouchError::NotPlain {
                    file: place.file.to_string(),
                    line: place.line,
                })
            }
        };
        let block = |block: &Vec<usize>| block.iter().map(plain).collect();
        self.blocks.iter().map(block).collect()
    }

    /// What the statement says of the vouchers.
    pub(crate) fn references(&self) -> Vec<VoucherRef> {
        let reference = |one: &Vouched| VoucherRef {
            digest: one.voucher.digest,
            rows: one.voucher.terms.blocks.iter().map(|b| b.rows).collect(),
        };
        self.vouched.iter().map(reference).collect()
    }

    /// The vouchers.
    pub(crate) fn vouchers(&self) -> Vec<Voucher> {
        self.vouched.iter().map(|one| one.voucher.clone()).collect()
    }

    /// What blinds the columns of a proof.
    pub(crate) fn seed(&self, shard: usize) -> Option<&'a MasterSeed> {
        let blocks = self.vouched.iter().flat_map(|one| &one.secret.blocks);
        blocks.map(|block| &block.seed).nth(shard)
    }

    /// Whether the columns that will be proven are those that were signed: values, keys, places.
    /// Known before a proof is made, because every proof counts.
    pub(crate) fn opens<S: Size>(
        &self,
        params: &PublicParams,
        rows: &BookRows<'_>,
        book: &Book,
        charges: &[Vec<&Charge>],
    ) -> Result<(), VouchError> {
        let (layout, columns) = Layout::of::<Circuit, S>().map_err(KeyError::from)?;
        let layout = Arc::new(layout);
        let mut charges = charges.iter();
        for one in self.vouched {
            let damaged = || VouchError::Damaged(one.name());
            let mut universe = Vec::new();
            for (secret, block) in one.secret.blocks.iter().zip(&one.voucher.terms.blocks) {
                let charges = charges.next().ok_or_else(damaged)?;
                // A list that does not fit would not be filled.
                let found = places(&layout, rows, book, charges);
                if found.len() != charges.len() || charges.is_empty() {
                    return Err(damaged());
                }
                universe.push(found);
                let (grid, taken) = grid(&layout, &columns, rows, charges);
                if taken != usize::from(block.rows)
                    || commitments(params, &grid, &secret.seed) != block.commitments
                {
                    return Err(damaged());
                }
            }
            if universe_of(&one.secret.salt, &universe) != one.voucher.terms.universe {
                return Err(damaged());
            }
        }
        Ok(())
    }

    /// Counts one more proof of every column, before any is made.
    pub(crate) fn spend(&self) -> Result<(), VouchError> {
        self.vouched.iter().try_for_each(Vouched::spend)
    }
}

/// Whether the book says what the data owner says.
fn same(book: &Book, exposure: &Exposure, wanted: &VouchedExposure) -> Result<(), VouchError> {
    let columns = [
        ("class", exposure.class == wanted.class),
        ("grade", exposure.grade == wanted.grade),
        ("currency", currency(book, exposure) == wanted.currency),
        ("conversion", exposure.conversion == wanted.conversion),
        ("amount", exposure.amount == wanted.amount),
    ];
    match columns.into_iter().find(|(_, same)| !same) {
        None => Ok(()),
        Some((column, _)) => Err(VouchError::Differs {
            file: exposure.place.file.to_string(),
            line: exposure.place.line,
            column,
        }),
    }
}
