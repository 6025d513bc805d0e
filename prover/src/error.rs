//! Why a command did not do what it was asked to: false, or input that is refused.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_circuits::book::LeiError;
use plimsoll_circuits::claim::ClaimError;
use plimsoll_circuits::document::DocumentError;
use plimsoll_circuits::rule_error::RuleError;
use plimsoll_circuits::rulebook::RulebookError;
use plimsoll_circuits::snapshot::SnapshotError;
use plimsoll_circuits::voucher::VoucherError;
use thiserror::Error;

use plimsoll_verifier::cache::CacheError;
use plimsoll_verifier::files;

use crate::attest::AttestError;
use crate::book::BookError;
use crate::import::fr_y9c::FilingError;
use crate::import::option_chain::ChainError;
use crate::keys::KeyFailure;
use crate::opening::{AuditError, DiscloseError, FileError};
use crate::vouch::VouchError;

/// A command that failed. No message carries an amount.
#[derive(Debug, Error)]
pub enum Failure {
    /// A book that is refused.
    #[error(transparent)]
    Book(#[from] BookError),
    /// A filing that is refused.
    #[error(transparent)]
    Filing(#[from] FilingError),
    /// A chain of options, or positions in it, that are refused.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A book that the rules do not know or do not allow.
    #[error("{}", rule(.folder, .error))]
    Rule {
        /// The book.
        folder: PathBuf,
        /// What is wrong.
        error: RuleError,
    },
    /// A rulebook that is refused.
    #[error("{file}: {error}")]
    Rulebook {
        /// Name or file, as the user gave it.
        file: String,
        /// What is wrong.
        error: RulebookError,
    },
    /// A snapshot that is refused.
    #[error("{file}: {error}")]
    Snapshot {
        /// Name or file, as the user gave it.
        file: String,
        /// What is wrong.
        error: SnapshotError,
    },
    /// A claim that is none.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// `--lei` is not an LEI.
    #[error("--lei: {0}")]
    Lei(#[source] LeiError),
    /// A file that cannot be read.
    #[error("{file}: {error}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        error: io::Error,
    },
    /// A text file that is not UTF-8.
    #[error("{file}:{line}, column {column}: not UTF-8 without a byte order mark")]
    Encoding {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: u64,
        /// Character, counted from 1.
        column: u64,
    },
    /// Results that cannot be written.
    #[error("standard output: {0}")]
    Output(#[source] io::Error),
    /// An attestation that could not be made.
    #[error(transparent)]
    Attest(#[from] AttestError),
    /// The public parameters.
    #[error(transparent)]
    Params(#[from] CacheError),
    /// Cached parameters that are not there or not good.
    #[error("{file}: {what}")]
    CachedParams {
        /// The file.
        file: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A file that is there already, or cannot be written.
    #[error("{file}: {error}")]
    Unwritable {
        /// The file.
        file: String,
        /// What the system says.
        error: io::Error,
    },
    /// A previous attestation that cannot be read or is another institution's.
    #[error("{file}: {why}")]
    Previous {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// A file of signatures beside the one that is signed, which is not of it.
    #[error("{file}: {why}")]
    Beside {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// An attestation that cannot be read.
    #[error("{file}: {error}")]
    Document {
        /// The file.
        file: String,
        /// Why.
        error: DocumentError,
    },
    /// Attestations that do not follow one another.
    #[error("{0} of these attestations do not fit the others of their institution")]
    BrokenChain(usize),
    /// Keys and signers.
    #[error(transparent)]
    Key(#[from] KeyFailure),
    /// Opening files.
    #[error(transparent)]
    Opening(#[from] FileError),
    /// Positions that were not disclosed.
    #[error("{file}: {error}")]
    Disclose {
        /// The attestation.
        file: String,
        /// Why.
        error: DiscloseError,
    },
    /// Exposures that are not vouched for, or a voucher that cannot be used.
    #[error("{}", vouch(.folder, .error))]
    Vouch {
        /// The book.
        folder: PathBuf,
        /// Why.
        error: VouchError,
    },
    /// A voucher that cannot be read.
    #[error("{file}: {error}")]
    Voucher {
        /// The file.
        file: String,
        /// Why.
        error: VoucherError,
    },
    /// `--for` is not an LEI.
    #[error("--for: {0}")]
    Beneficiary(#[source] LeiError),
    /// An attestation that is not countersigned.
    #[error("{file}: {error}")]
    Audit {
        /// The attestation.
        file: String,
        /// Why.
        error: AuditError,
    },
    /// An attestation that an auditor was given and that does not hold.
    #[error("{file}: {why}; nothing was signed")]
    DoesNotHold {
        /// The attestation.
        file: String,
        /// The verdict.
        why: String,
    },
    /// The institution's own key, where an auditor's is wanted.
    #[error("the key is that of {0}, whose attestation this is: no institution is its own auditor")]
    OwnAuditor(String),
    /// An attestation that is not of the book that receipts are given for.
    #[error("{file}: the attestation is of another {what} than the book")]
    OtherBook {
        /// The attestation.
        file: String,
        /// Institution or time.
        what: &'static str,
    },
    /// A position that the book does not have.
    #[error("the book has no position `{0}`")]
    NoPosition(String),
    /// Nothing to sign with.
    #[error("there is nothing to sign with")]
    NoSigner,
    /// Our own attestation does not pass the verifier: never seen.
    #[error("the attestation does not pass the verifier, and was not written: {0}")]
    Unverified(String),
    /// A step of the demo or of a measurement that failed.
    #[error("{0}")]
    Run(String),
}

impl Failure {
    /// Of a file that cannot be written.
    pub fn unwritable(path: &Path, error: io::Error) -> Self {
        Self::Unwritable {
            file: path.display().to_string(),
            error,
        }
    }

    /// 1 where a claim is false, 2 where the input is refused.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Attest(AttestError::False(_)) => 1,
            _ => 2,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Book(error) => Some(error.hint()),
            Self::Filing(error) => Some(error.hint()),
            Self::Chain(error) => Some(error.hint()),
            Self::Rule { error, .. } => Some(error.hint().to_owned()),
            Self::Rulebook { error, .. } => Some(error.hint()),
            Self::Snapshot { error, .. } => Some(error.hint()),
            Self::Claim(error) => Some(error.hint().to_owned()),
            Self::Lei(_) => Some("copy the LEI from the GLEIF register".to_owned()),
            Self::Unreadable { .. } => Some("check the path and its permissions".to_owned()),
            Self::Encoding { .. } => {
                Some("save the file as UTF-8 without a byte order mark".to_owned())
            }
            Self::Beside { .. } => {
                Some("move it away; a new one is written in its place".to_owned())
            }
            Self::Document { .. } => Some(
                "name a .plimsoll file, and a version of this program that knows it".to_owned(),
            ),
            Self::BrokenChain(_) => Some(
                "ask the institution for what is missing, and which of two is its own".to_owned(),
            ),
            Self::Key(failure) => failure.hint().map(str::to_owned),
            Self::Opening(error) => Some(error.hint().to_owned()),
            Self::Disclose { error, .. } => error.hint().map(str::to_owned),
            Self::Vouch { error, .. } => error.hint().map(str::to_owned),
            Self::Voucher { .. } => {
                Some("name the .voucher file that the data owner signed".to_owned())
            }
            Self::Beneficiary(_) => {
                Some("copy the institution's LEI from the GLEIF register".to_owned())
            }
            Self::Audit { error, .. } => error.hint().map(str::to_owned),
            Self::OtherBook { .. } => {
                Some("name the attestation of this book, or leave --attestation out".to_owned())
            }
            Self::NoPosition(_) => Some(
                "name an id of exposures.csv, collateral.csv, trades.csv or margin.csv".to_owned(),
            ),
            Self::DoesNotHold { .. } => {
                Some("ask the institution for the attestation as it was published".to_owned())
            }
            Self::OwnAuditor(_) => Some(
                "name the auditor's key; the institution signs with `plimsoll sign`".to_owned(),
            ),
            Self::NoSigner => Some(
                "name a key, --key FILE, or a command, --signer COMMAND --public FILE".to_owned(),
            ),
            Self::Output(_) => Some("make room where the output goes".to_owned()),
            Self::Unverified(_) | Self::Run(_) => None,
            Self::Attest(AttestError::False(_)) => Some(
                "`plimsoll assess` shows where the book stands; nothing was written".to_owned(),
            ),
            Self::Attest(AttestError::Missing(modules)) => Some(format!(
                "state them in stated.csv, or say that the claim does without: --without {}",
                modules.join(" --without ")
            )),
            Self::Attest(AttestError::TotalTooLarge(_)) => Some(
                "totals up to 2^68 units of the book can be proven: choose a larger unit (`scale` \
                 in book.toml)"
                    .to_owned(),
            ),
            Self::Attest(AttestError::Rule(error)) => Some(error.hint().to_owned()),
            Self::Attest(AttestError::Vouch(error)) => error.hint().map(str::to_owned),
            Self::Attest(AttestError::Superfluous(module)) => {
                Some(format!("leave out --without {module}"))
            }
            Self::Attest(AttestError::Contradiction(_)) => {
                Some("correct the items of capital.csv".to_owned())
            }
            Self::Attest(AttestError::LongRun) => {
                Some("enter items of one kind and rating as one".to_owned())
            }
            Self::Attest(AttestError::TooLarge(_)) => {
                Some("enter small exposures of one class and grade as one".to_owned())
            }
            Self::Attest(AttestError::Interrupted) => Some("run it again".to_owned()),
            Self::Attest(_) => None,
            Self::Params(error) => Some(error.hint().to_owned()),
            Self::CachedParams { .. } => Some("run `plimsoll params derive`".to_owned()),
            Self::Unwritable { error, .. } => Some(files::unwritten(error).to_owned()),
            Self::Previous { .. } => {
                Some("name the institution's last attestation, or leave --previous out".to_owned())
            }
        }
    }
}

/// A record is named by its folder too.
fn vouch(folder: &Path, error: &VouchError) -> String {
    match error {
        VouchError::NotPlain { .. } | VouchError::Differs { .. } => {
            format!("{}/{error}", folder.display())
        }
        VouchError::Rule(error) => rule(folder, error),
        other => other.to_string(),
    }
}

/// A record of a book is named as every other place: folder and file, line, column.
fn rule(folder: &Path, error: &RuleError) -> String {
    match error {
        RuleError::Record {
            place,
            column,
            problem,
        } => {
            let file = folder.join(&place.file);
            format!(
                "{}:{}, column `{column}`: {problem}",
                file.display(),
                place.line
            )
        }
        other => format!("{}: {other}", folder.display()),
    }
}
