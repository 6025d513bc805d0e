//! Vouchers: a data owner's signature over columns that an institution proves with.
//!
//! A loan servicer commits to its exposures as columns of the circuit of
//! [vouched exposures](crate::cells::vouched), and signs the commitments together with everything
//! that gives them meaning ([`Terms`]; CONDITIONS S3): a commitment alone could be shown for
//! another institution, another day, another order of classes, or by the size of another circuit.
//! The institution proves with these very columns; [`check`](fn@check) compares.
//!
//! A voucher is an [`Envelope`] around one form of JSON. Its digest, BLAKE2b-256 personalised
//! `Plimsoll-vchr-01` of the signed bytes, stands in the statement, so that every challenge of the
//! attestation depends on it; the voucher itself travels in the attestation's
//! [document](crate::document).

mod check;
mod columns;
mod text;

use crate::book::Lei;
use crate::canonical::{Bytes, digest};
use crate::envelope::{Envelope, EnvelopeError, JsonError, PayloadType, PublicKey};
use crate::rulebook::Rulebook;
use crate::snapshot::Snapshot;

pub use check::{Clause, Unvouched, check, check_terms};
pub use columns::{blindings, commitments};

/// Type and version of the payload. A name; there is nothing to fetch.
pub const VOUCHER_TYPE: &str = "urn:plimsoll:voucher:1";
/// The only schema of this version: plain exposures, with the columns
/// [`SIGNED`](crate::cells::vouched::SIGNED). An amount is what is outstanding (on the balance
/// sheet) or the notional (off it), without provisions: an unsigned integer below 2^64, in
/// 10^-scale of the exposure's own currency.
pub const SCHEMA: &str = "urn:plimsoll:schema:plain-exposures:1";
/// Largest file that is read.
pub const MAX_BYTES: usize = 2 << 20;
/// Most accounts of one voucher.
pub const MAX_ACCOUNTS: usize = 64;
/// Most characters of a name or an account.
const MAX_NAME: usize = 120;
/// Most blocks of one voucher: proofs that one attestation takes.
pub const MAX_BLOCKS: usize = crate::protocol::layout::MAX_COPIES;

/// The columns of one proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Rows that are vouched for, from the first; nothing stands beyond them.
    pub rows: u16,
    /// Commitments of the signed columns, in the order of
    /// [`signed_columns`](crate::cells::vouched::signed_columns).
    pub commitments: Vec<[u8; 32]>,
}

/// What a data owner signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The owner's name, its own word.
    pub owner: String,
    /// The key that signs.
    pub key: PublicKey,
    /// The owner's number of this voucher, from 1.
    pub serial: u64,
    /// The institution that may prove with these columns.
    pub beneficiary: Lei,
    /// The accounts that the columns are all of, ascending, each once.
    pub accounts: Vec<String>,
    /// What time they describe, seconds since 1970-01-01T00:00:00Z.
    pub as_of: i64,
    /// What the columns are: [`SCHEMA`].
    pub schema: String,
    /// Decimal places of the amounts.
    pub scale: i8,
    /// Digest of the names that the numbers in the columns stand for ([`words_of`]).
    pub words: [u8; 32],
    /// Salted digest of the external ids, in their places ([`universe_of`]).
    pub universe: [u8; 32],
    /// Digest of the public parameters.
    pub parameters: [u8; 32],
    /// log2 of the rows.
    pub k: u32,
    /// Id of the circuit.
    pub circuit: [u8; 32],
    /// The columns, proof by proof.
    pub blocks: Vec<Block>,
}

/// A voucher as it was read: nothing about it is checked but its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// What is signed.
    pub terms: Terms,
    /// Its digest: what a statement names.
    pub digest: [u8; 32],
    /// The signed bytes and their signature.
    pub envelope: Envelope,
}

/// Why bytes are not a voucher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoucherError {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not JSON, or has other fields than a voucher.
    #[error("the payload is not a voucher: {0}")]
    Malformed(JsonError),
    /// Another type or version.
    #[error("the payload is of another type or version: {VOUCHER_TYPE} is known here")]
    Version,
    /// A field that holds what no voucher has.
    #[error("`{0}` is not in its one form")]
    Field(&'static str),
    /// The same content in another form.
    #[error("the payload is not in its canonical form")]
    NotCanonical,
}

impl Voucher {
    /// A voucher that nobody has signed yet.
    ///
    /// # Errors
    /// A field that no voucher has.
    pub fn unsigned(terms: Terms) -> Result<Voucher, VoucherError> {
        terms.form()?;
        let payload = text::payload(&terms);
        Ok(Voucher {
            digest: digest_of(&payload),
            terms,
            envelope: Envelope::unsigned(PayloadType::Voucher, payload),
        })
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode()
    }

    /// Reads a file. Whether it is signed is for [`is_signed`](Voucher::is_signed) to say.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub fn decode(bytes: &[u8]) -> Result<Voucher, VoucherError> {
        let envelope = Envelope::decode(bytes, PayloadType::Voucher, MAX_BYTES)?;
        let terms = text::read(&envelope.payload)?;
        Ok(Voucher {
            digest: digest_of(&envelope.payload),
            terms,
            envelope,
        })
    }

    /// Whether the key that it names signed it, and nobody else.
    pub fn is_signed(&self) -> bool {
        self.envelope.signatures().len() == 1 && self.envelope.check(&self.terms.key) == Some(true)
    }
}

fn digest_of(payload: &[u8]) -> [u8; 32] {
    digest(b"Plimsoll-vchr-01", payload)
}

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

impl Terms {
    fn form(&self) -> Result<(), VoucherError> {
        let accounts = &self.accounts;
        let fields = [
            ("owner", is_name(&self.owner)),
            ("serial", self.serial > 0),
            (
                "accounts",
                (1..=MAX_ACCOUNTS).contains(&accounts.len())
                    && accounts.iter().all(|account| is_name(account))
                    && accounts.is_sorted_by(|a, b| a < b),
            ),
            ("schema", is_name(&self.schema)),
            (
                "blocks",
                (1..=MAX_BLOCKS).contains(&self.blocks.len())
                    && self.blocks.iter().all(|block| block.rows > 0),
            ),
        ];
        match fields.iter().find(|(_, good)| !good) {
            None => Ok(()),
            Some((field, _)) => Err(VoucherError::Field(field)),
        }
    }
}

/// Digest of what the numbers in the columns stand for: the ordered (class, grade) list of the
/// rulebook, and the ordered currencies and balance-sheet kinds. It depends on no weight and no
/// rate, so that a voucher outlives both.
pub fn words_of(rulebook: &Rulebook, snapshot: &Snapshot) -> [u8; 32] {
    let mut bytes = Bytes::default();
    let classes: Vec<_> = rulebook.class_rows().collect();
    bytes.len(classes.len());
    for (class, grade, _) in classes {
        bytes.text(class);
        bytes.text(grade);
    }
    bytes.len(snapshot.rates.len());
    snapshot.rates.iter().for_each(|(code, _)| bytes.text(code));
    bytes.len(rulebook.conversions.len());
    rulebook
        .conversions
        .iter()
        .for_each(|kind| bytes.text(&kind.name));
    digest(b"Plimsoll-word-01", &bytes.finish())
}

/// Digest of the ordered universe: for each block, the positions that hold an exposure, with its
/// external id. The salt is random and the owner's and the beneficiary's secret: ids are often
/// numbers in a row, and without it whoever guesses them all would know that they did.
pub fn universe_of(salt: &[u8; 32], blocks: &[Vec<(u32, &str)>]) -> [u8; 32] {
    let mut bytes = Bytes::default();
    salt.iter().for_each(|byte| bytes.u8(*byte));
    bytes.len(blocks.len());
    for block in blocks {
        bytes.len(block.len());
        for (position, id) in block {
            bytes.u32(*position);
            bytes.text(id);
        }
    }
    digest(b"Plimsoll-univ-01", &bytes.finish())
}
