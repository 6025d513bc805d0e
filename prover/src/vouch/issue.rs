//! The data owner's side.

use std::sync::Arc;

use plimsoll_circuits::book::{Book, Lei};
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::pack::{Packer, cut};
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::vouched::{self, Vouched};
use plimsoll_circuits::credit_risk::{Charge, Shape, assess_credit};
use plimsoll_circuits::envelope::PublicKey;
use plimsoll_circuits::protocol::key::KeyError;
use plimsoll_circuits::protocol::layout::{Layout, Size};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::tape::{Entropy, MasterSeed, OsEntropy};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_circuits::voucher::{
    Block, MAX_BLOCKS, SCHEMA, Terms, Voucher, commitments, universe_of, words_of,
};

use zeroize::Zeroizing;

use super::{Secret, SecretBlock, VouchError, VouchedExposure};

/// What is to be vouched for.
#[derive(Clone, Debug)]
pub struct Issue<'a> {
    /// The owner's book; its capital is nobody's business.
    pub book: &'a Book,
    /// The rulebook that the beneficiary proves under, for the order of its classes.
    pub rulebook: &'a Rulebook,
    /// The snapshot that the beneficiary proves under, for the order of its currencies.
    pub snapshot: &'a Snapshot,
    /// The owner's name.
    pub owner: &'a str,
    /// The owner's key.
    pub key: PublicKey,
    /// Who may prove with the columns.
    pub beneficiary: Lei,
    /// The accounts that the exposures are all of; order and repetition do not matter.
    pub accounts: &'a [String],
    /// The owner's number of this voucher, from 1.
    pub serial: u64,
    /// Id of the circuit of vouched exposures.
    pub circuit: [u8; 32],
}

/// The columns of a block, the identity of its exposures apart.
pub(super) fn grid(
    layout: &Arc<Layout>,
    columns: &vouched::Columns,
    rows: &BookRows<'_>,
    charges: &[&Charge],
) -> (Grid, usize) {
    let mut grid = Grid::new(Arc::clone(layout));
    let taken = fill::vouched(columns, rows, &mut grid, charges);
    (grid, taken)
}

/// Where the exposures of a block stand, with their ids.
pub(super) fn places<'b>(
    layout: &Layout,
    rows: &BookRows<'_>,
    book: &'b Book,
    charges: &[&Charge],
) -> Vec<(u32, &'b str)> {
    let mut packer = Packer::new(layout);
    let place = |charge: &&Charge| {
        let position = packer.place(rows.sort(charge), 1)?;
        Some((position as u32, book.exposures[charge.exposure].id.as_str()))
    };
    charges.iter().map_while(place).collect()
}

/// Commits to the exposures of a book: what the owner signs, and what it hands over.
///
/// # Errors
/// A record that is not a plain exposure, by its line; a name that no voucher carries.
pub fn issue<S: Size>(
    params: &PublicParams,
    issue: &Issue<'_>,
) -> Result<(Voucher, Secret), VouchError> {
    let Issue {
        book,
        rulebook,
        snapshot,
        ..
    } = *issue;
    alone(book)?;
    let credit = assess_credit(book, rulebook, snapshot)?;
    if let Some(other) = credit.charges.iter().find(|c| c.shape != Shape::Plain) {
        let place = &book.exposures[other.exposure].place;
        return Err(VouchError::NotPlain {
            file: place.file.to_string(),
            line: place.line,
        });
    }
    let (layout, columns) = Layout::of::<Vouched, S>().map_err(KeyError::from)?;
    let layout = Arc::new(layout);
    let rows = BookRows::new(rulebook, snapshot, book);
    let charges = rows.of(&credit, RowCircuit::Plain);
    let ranges = cut(&rows, &layout, &charges).ok_or(VouchError::TooLarge)?;
    if ranges.len() > MAX_BLOCKS {
        return Err(VouchError::TooLarge);
    }
    let mut salt = Zeroizing::new([0; 32]);
    OsEntropy.fill(&mut *salt)?;
    let (mut blocks, mut secrets, mut universe) = (Vec::new(), Vec::new(), Vec::new());
    for range in ranges {
        let charges = &charges[range];
        let (grid, taken) = grid(&layout, &columns, &rows, charges);
        let seed = MasterSeed::fresh(&mut OsEntropy)?;
        blocks.push(Block {
            rows: u16::try_from(taken).map_err(|_| VouchError::TooLarge)?,
            commitments: commitments(params, &grid, &seed),
        });
        universe.push(places(&layout, &rows, book, charges));
        let exposures = charges.iter().map(|charge| vouched_exposure(book, charge));
        secrets.push(SecretBlock {
            seed,
            exposures: exposures.collect(),
        });
    }
    let mut accounts = issue.accounts.to_vec();
    accounts.sort();
    accounts.dedup();
    let voucher = Voucher::unsigned(Terms {
        owner: issue.owner.to_owned(),
        key: issue.key.clone(),
        serial: issue.serial,
        beneficiary: issue.beneficiary,
        accounts,
        as_of: book.as_of.seconds() + i64::from(book.as_of_time),
        schema: SCHEMA.to_owned(),
        scale: book.scale,
        words: words_of(rulebook, snapshot),
        universe: universe_of(&salt, &universe),
        parameters: params.digest(),
        k: S::K,
        circuit: issue.circuit,
        blocks,
    })?;
    let secret = Secret {
        voucher: voucher.digest,
        salt,
        blocks: secrets,
    };
    Ok((voucher, secret))
}

/// Nothing but exposures: whatever else there is would be left out in silence.
fn alone(book: &Book) -> Result<(), VouchError> {
    let others = [
        ("collateral", book.collateral.is_empty()),
        ("netting sets", book.netting_sets.is_empty()),
        ("trades", book.trades.is_empty()),
        ("margin", book.margin.is_empty()),
    ];
    if let Some((what, _)) = others.into_iter().find(|(_, none)| !none) {
        return Err(VouchError::Other(what));
    }
    if book.exposures.is_empty() {
        return Err(VouchError::Empty);
    }
    Ok(())
}

fn vouched_exposure(book: &Book, charge: &Charge) -> VouchedExposure {
    let exposure = &book.exposures[charge.exposure];
    VouchedExposure {
        id: exposure.id.to_string(),
        class: exposure.class.to_string(),
        grade: exposure.grade.to_string(),
        currency: super::matched::currency(book, exposure).to_owned(),
        conversion: exposure.conversion.to_string(),
        amount: exposure.amount,
    }
}
