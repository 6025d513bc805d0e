//! Signed columns: exposures that a data owner vouches for, and the institution that proves with
//! them (CONDITIONS S3, P2).
//!
//! | room | who |
//! | --- | --- |
//! | [`issue`] | the owner: commits to its own exposures, and makes what it signs and what it hands over |
//! | [`Vouched`] | the institution: holds both, proves with them, and counts |
//! | [`Matched`] | the institution's own book, against what is vouched for |
//!
//! The owner writes two files. The voucher is public. The other one holds the exposures and the
//! keys of their columns, is encrypted with a passphrase, and is the beneficiary's secret: whoever
//! has it can read the owner's exposures.

mod file;
mod issue;
mod matched;

use std::path::PathBuf;

use plimsoll_circuits::protocol::key::KeyError;
use plimsoll_circuits::protocol::layout::BLINDING_ROWS;
use plimsoll_circuits::protocol::tape::{EntropyError, MasterSeed};
use plimsoll_circuits::rule_error::RuleError;
use plimsoll_circuits::voucher::{Unvouched, Voucher, VoucherError};
use zeroize::Zeroizing;

use crate::keys::Passphrase;

pub use file::{SecretError, write};
pub use issue::{Issue, issue};
pub use matched::Matched;

/// Most proofs that a signed column stands in over its life, in all attestations together. Each
/// shows one evaluation of it; nine random rows hide nine (CONDITIONS P2 asks for at most five).
pub const MAX_PROOFS: u8 = 5;

const _: () = assert!((MAX_PROOFS as usize) < BLINDING_ROWS - 1);

/// What the rule asks of an exposure, in names.
#[derive(Clone, PartialEq, Eq)]
pub struct VouchedExposure {
    /// External id.
    pub id: String,
    /// Class.
    pub class: String,
    /// Grade.
    pub grade: String,
    /// Currency; never empty.
    pub currency: String,
    /// Balance-sheet kind.
    pub conversion: String,
    /// Amount, in units of the currency.
    pub amount: u64,
}

impl std::fmt::Debug for VouchedExposure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VouchedExposure(..)")
    }
}

/// The exposures of one proof, in the order of their positions, and what blinds their columns.
#[derive(Debug)]
pub struct SecretBlock {
    /// The keys of the signed columns follow from it, and nothing else does.
    pub seed: MasterSeed,
    /// The exposures.
    pub exposures: Vec<VouchedExposure>,
}

/// What the owner hands to the beneficiary.
#[derive(Debug)]
pub struct Secret {
    /// Digest of the voucher that it belongs to.
    pub voucher: [u8; 32],
    /// What hides the ids in the voucher's digest of them.
    pub salt: Zeroizing<[u8; 32]>,
    /// Its blocks, in the voucher's order.
    pub blocks: Vec<SecretBlock>,
}

/// A voucher with its secret: what an institution proves with.
#[derive(Debug)]
pub struct Vouched {
    /// The voucher.
    pub voucher: Voucher,
    /// What stands in its columns.
    pub secret: Secret,
    /// Where the secret and its count are kept.
    file: PathBuf,
    passphrase: Passphrase,
}

impl Vouched {
    /// Reads a secret and puts it beside its voucher.
    ///
    /// # Errors
    /// A file that cannot be read, another voucher's secret, or one that was used up.
    pub fn open(
        voucher: Voucher,
        file: PathBuf,
        passphrase: Passphrase,
    ) -> Result<Vouched, VouchError> {
        let (vouched, proofs) = Self::look(voucher, file, passphrase)?;
        if proofs >= MAX_PROOFS {
            return Err(SecretError::Spent(vouched.name()).into());
        }
        Ok(vouched)
    }

    /// The same to be looked at and not proven with: how often it was used does not matter.
    ///
    /// # Errors
    /// A file that cannot be read, or another voucher's secret.
    pub fn look(
        voucher: Voucher,
        file: PathBuf,
        passphrase: Passphrase,
    ) -> Result<(Vouched, u8), VouchError> {
        let (secret, proofs) = file::read(&file, &passphrase)?;
        let name = || file.display().to_string();
        if secret.voucher != voucher.digest {
            return Err(VouchError::OtherVoucher(name()));
        }
        if secret.blocks.len() != voucher.terms.blocks.len() {
            return Err(VouchError::Damaged(name()));
        }
        let vouched = Vouched {
            voucher,
            secret,
            file,
            passphrase,
        };
        Ok((vouched, proofs))
    }

    /// Counts one more proof of every column, on disk, before it is made. Whatever becomes of the
    /// proof, it counts.
    ///
    /// # Errors
    /// A count that is used up, or a file that cannot be written.
    pub(crate) fn spend(&self) -> Result<(), VouchError> {
        Ok(file::spend(
            &self.file,
            &self.passphrase,
            &self.voucher.digest,
        )?)
    }

    /// Name of the secret's file, for messages.
    pub(crate) fn name(&self) -> String {
        self.file.display().to_string()
    }
}

/// Why nothing is vouched for, or a voucher cannot be used. No message carries an amount.
#[derive(Debug, thiserror::Error)]
pub enum VouchError {
    /// A record that is not a plain exposure.
    #[error("{file}:{line}: only plain exposures can be vouched for")]
    NotPlain {
        /// File of the record.
        file: String,
        /// Its line.
        line: u64,
    },
    /// The book has other records too.
    #[error("the book has {0}, and only exposures can be vouched for")]
    Other(&'static str),
    /// Nothing to vouch for.
    #[error("the book has no exposures to vouch for")]
    Empty,
    /// More exposures than one voucher takes.
    #[error("the book has more exposures than one voucher takes")]
    TooLarge,
    /// The rules cannot be applied.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A field that no voucher has.
    #[error("the voucher cannot be made: {0}")]
    Form(#[from] VoucherError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The circuit does not fit this size.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The secret file.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Another voucher's secret.
    #[error("{0}: it belongs to another voucher")]
    OtherVoucher(String),
    /// The secret does not open the voucher's commitments.
    #[error("{0}: it does not open the columns that the voucher signs")]
    Damaged(String),
    /// An exposure that the voucher has and the book lacks.
    #[error("the book has no exposure `{0}`, for which the data owner vouches")]
    Missing(String),
    /// An exposure that two vouchers have.
    #[error("two vouchers have the exposure `{0}`")]
    Twice(String),
    /// The book says something else than the voucher.
    #[error("{file}:{line}, column `{column}`: the data owner vouches for something else")]
    Differs {
        /// File of the record.
        file: String,
        /// Its line.
        line: u64,
        /// The column.
        column: &'static str,
    },
    /// The voucher does not fit the statement.
    #[error(transparent)]
    Terms(#[from] Unvouched),
    /// Not a secret for each voucher.
    #[error("there are not as many files of secrets, or of passphrases, as vouchers")]
    Pairs,
}

impl VouchError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        use plimsoll_circuits::voucher::Clause;
        Some(match self {
            Self::NotPlain { .. } => {
                "leave out what has collateral, provisions, a band or another income currency: \
                 the institution proves that without a voucher"
            }
            Self::Other(_) => "name a folder with the exposures alone",
            Self::Empty => "fill exposures.csv",
            Self::TooLarge => "split the portfolio by account, and vouch for each part",
            Self::Rule(error) => return Some(error.hint()),
            Self::Form(_) => "names and accounts have 1 to 120 printable characters",
            Self::Secret(error) => error.hint(),
            Self::OtherVoucher(_) => "name the .vouched file that was written with the voucher",
            Self::Damaged(_) => "ask the data owner for both files again",
            Self::Missing(_) => {
                "add it: the institution proves with all of a voucher's columns or with none"
            }
            Self::Twice(_) => "ask the data owners which of them it belongs to",
            Self::Differs { .. } => {
                "settle it with the data owner: correct the book, or ask for a new voucher"
            }
            Self::Terms(Unvouched { clause, .. }) => match clause {
                Clause::AsOf => "give the book the data owner's as_of, or ask for another voucher",
                Clause::Words => {
                    "name the rulebook and the snapshot that the data owner vouched under"
                }
                Clause::Scale => "give the book the data owner's scale",
                Clause::Parameters | Clause::Circuit => {
                    "use the version of this program that made it"
                }
                _ => "ask the data owner for a voucher that fits",
            },
            Self::Pairs => {
                "name one secret for each voucher: --vouched and --vouched-passphrase-file, in their order"
            }
            Self::Entropy(_) | Self::Key(_) => return None,
        })
    }
}
