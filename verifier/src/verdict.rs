//! The answer.
//!
//! Three outcomes, never mixed: a *refusal* says that this attestation is not what it claims to
//! be, *cannot tell* says that this verifier does not know enough. Neither says anything about
//! the institution's capital: an invalid proof is no evidence of a shortfall.

pub(crate) mod cause;

use std::sync::Arc;
use std::{fmt, io};

use plimsoll_circuits::attestation::AttestationError;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::DocumentError;
use plimsoll_circuits::envelope::KeyId;
use plimsoll_circuits::proofs::{CircuitKind, LinkError, PlanError};
use plimsoll_circuits::protocol::verify::ProofError;
use plimsoll_circuits::statement::{Statement, StatementError};
pub use plimsoll_circuits::text::hex;
use plimsoll_circuits::voucher::Unvouched;

use crate::countersigned::CounterError;

/// The first bytes of a digest: enough to tell one from another at sight.
pub fn short(digest: &[u8; 32]) -> String {
    format!("{}…", hex(&digest[..6]))
}

/// What a verifier says.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The answer.
    pub outcome: Outcome,
    /// What the attestation states, as far as it could be read and its rulebook is known.
    pub facts: Option<Arc<Facts>>,
}

impl Verdict {
    pub(crate) fn bare(outcome: Outcome) -> Verdict {
        Verdict {
            outcome,
            facts: None,
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every claim holds of the book that was committed to.
    Holds,
    /// The attestation is not what it claims to be.
    Refused(Refusal),
    /// This verifier cannot answer.
    CannotTell(Unknown),
}

/// Why an attestation is refused: a closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The statement contradicts its rulebook.
    #[error("the statement contradicts its rulebook: {0}")]
    Statement(#[from] PlanError),
    /// A proof is invalid.
    #[error("proof {number} ({circuit}) is refused: {error}")]
    Proof {
        /// Its number in the file, from 1.
        number: usize,
        /// Its circuit.
        circuit: &'static str,
        /// Why.
        error: ProofError,
    },
    /// A voucher does not vouch for what the attestation says.
    #[error(transparent)]
    Voucher(#[from] Unvouched),
    /// The proofs do not belong together.
    #[error("the proofs do not belong together: {0}")]
    Link(#[from] LinkError),
    /// The readable words are not what the canonical bytes say.
    #[error("the readable `{0}` is not what the attestation says")]
    Copy(String),
    /// A signature that names a trusted key, and is not that key's.
    #[error("the signature that names key {0} is not that key's over this attestation")]
    Signature(KeyId),
    /// The as-of time lies in the future.
    #[error("the as-of time lies in the future")]
    Future,
    /// Older than the reader accepts.
    #[error("it is {days} days old, and the reader accepts {most}")]
    TooOld {
        /// Whole days since the as-of time.
        days: u64,
        /// Whole days that the reader accepts.
        most: u64,
    },
    /// A claim that the reader asks for is not made, or a weaker one is.
    #[error("it does not claim `{0}`, which the reader asks for")]
    Weaker(Claim),
    /// The claims do without a module that the reader asks for.
    #[error("its claims do without `{0}`, which the reader does not accept")]
    Without(String),
    /// The countersignature beside it does not match.
    #[error("the countersignature beside it is refused: {0}")]
    Countersignature(#[from] CounterError),
    /// It does not fit the institution's other attestations.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// How an attestation does not fit the others of its institution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Numbers are missing before it.
    #[error("number {missing} is missing before it")]
    Gap {
        /// The first number that is missing.
        missing: u64,
    },
    /// Two different attestations have this number.
    #[error("there are two different attestations with number {0}")]
    Fork(u64),
    /// A later one was seen.
    #[error("number {seen} of this institution was seen already: this is an older one")]
    Replay {
        /// The highest number seen.
        seen: u64,
    },
    /// The one before is not the one that it names.
    #[error("the attestation before it is not the one that it follows: a round was overwritten")]
    Overwritten,
    /// It is dated before the one before it.
    #[error("its as-of time lies before that of the attestation before it")]
    DateBack,
}

/// Why a verifier cannot answer: a closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The file cannot be read as an attestation.
    #[error("the file cannot be read: {0}")]
    Unreadable(DocumentError),
    /// The system does not give its bytes.
    #[error("the file cannot be read: {0}")]
    File(io::ErrorKind),
    /// Nobody signed it.
    #[error("nobody signed this attestation")]
    Unsigned,
    /// It is signed, by no key that the reader trusts for this institution.
    #[error("no key that signed this attestation is trusted here for {0}")]
    NoTrustedKey(String),
    /// Fewer trusted keys signed than the reader asks for.
    #[error("{valid} trusted keys signed this attestation, the reader asks for {needed}")]
    TooFewSignatures {
        /// Trusted keys that signed.
        valid: usize,
        /// What the reader asks for.
        needed: usize,
    },
    /// The rulebook is not one that this verifier trusts.
    #[error("the rulebook with digest {} is not known here", hex(.0))]
    Rulebook([u8; 32]),
    /// The snapshot is not one that this verifier trusts.
    #[error("the snapshot with digest {} is not known here", hex(.0))]
    Snapshot([u8; 32]),
    /// Nobody vouches for its exposures whom the reader asks for.
    #[error("{0} does not vouch for any of it, and the reader asks for that")]
    NotVouched(String),
    /// The verifier's own keys are not the pinned ones.
    #[error("this verifier's key for {0} is not the pinned one: it was built wrongly")]
    Key(&'static str),
}

/// What an attestation states, in words.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The statement.
    pub statement: Statement,
    /// Digest of the attestation, proofs included.
    pub digest: [u8; 32],
    /// The institution's name in the reader's trust file.
    pub name: Option<String>,
    /// Keys that signed, trusted for this institution, with a valid signature; by id.
    pub signers: Vec<KeyId>,
    /// Keys named by signatures that nobody here can check.
    pub strangers: Vec<KeyId>,
    /// Who countersigned as an auditor; by key id.
    pub auditors: Vec<Auditor>,
    /// Name and date of the rulebook.
    pub rulebook: (String, String),
    /// Name of the snapshot.
    pub snapshot: String,
    /// Time of the snapshot, seconds since 1970-01-01T00:00:00Z; none where the reporting currency
    /// alone has a rate, which is of no time. Nothing compares it with the as-of time: that is for
    /// the reader.
    pub snapshot_time: Option<i64>,
    /// Vouchers, as their files say: they are checked with the proofs, so that only the facts of an
    /// attestation that holds speak of anybody's word.
    pub vouched: Vec<VouchedFor>,
    /// Row circuits that were recomputed here.
    pub recomputed: Vec<&'static str>,
    /// Names of the lines that the institution states.
    pub stated: Vec<String>,
    /// Those of them that reduce risk-weighted assets: each raises every risk-based ratio, by as
    /// much as the institution says.
    pub reducing: Vec<String>,
}

/// What a data owner vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VouchedFor {
    /// The key that signed.
    pub key: KeyId,
    /// Its name in the reader's trust file; none where the reader does not know the key.
    pub name: Option<String>,
    /// What the key calls itself: nobody's word but its own.
    pub owner: String,
    /// The owner's number of the voucher.
    pub serial: u64,
    /// The accounts that the columns are all of.
    pub accounts: Vec<String>,
    /// What time they describe, seconds since 1970-01-01T00:00:00Z.
    pub as_of: i64,
    /// How many proofs hold the columns.
    pub proofs: usize,
    /// Digest of the voucher.
    pub digest: [u8; 32],
}

/// A signature over an attestation's commitments, as an auditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auditor {
    /// The key.
    pub key: KeyId,
    /// Its owner in the reader's trust file, whose signature is valid; none for a key that is not
    /// known there, whose signature nobody here can check.
    pub name: Option<String>,
}

impl Outcome {
    /// The word for `--json`.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Holds => "holds",
            Outcome::Refused(_) => "refused",
            Outcome::CannotTell(_) => "cannot_tell",
        }
    }

    /// Whether it holds, or is refused for no more than what this reader asks for: as an attestation
    /// of its institution, in its place among the others, it is good.
    pub fn is_sound(&self) -> bool {
        use Refusal::{TooOld, Weaker, Without};
        let wanted = matches!(
            self,
            Outcome::Refused(TooOld { .. } | Weaker(_) | Without(_))
        );
        *self == Outcome::Holds || wanted
    }

    /// The reason's word, from a closed list.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Outcome::Holds => None,
            Outcome::Refused(refusal) => Some(match refusal {
                Refusal::Statement(_) => "statement",
                Refusal::Proof { .. } => "proof",
                Refusal::Voucher(_) => "voucher",
                Refusal::Link(_) => "link",
                Refusal::Copy(_) => "copy",
                Refusal::Signature(_) => "signature",
                Refusal::Future => "future",
                Refusal::TooOld { .. } => "too_old",
                Refusal::Weaker(_) => "weaker_claim",
                Refusal::Without(_) => "without",
                Refusal::Countersignature(_) => "countersignature",
                Refusal::Chain(ChainError::Gap { .. }) => "gap",
                Refusal::Chain(ChainError::Fork(_)) => "fork",
                Refusal::Chain(ChainError::Replay { .. }) => "replay",
                Refusal::Chain(ChainError::Overwritten) => "overwritten",
                Refusal::Chain(ChainError::DateBack) => "date_back",
            }),
            Outcome::CannotTell(unknown) => Some(match unknown {
                Unknown::Unreadable(_) | Unknown::File(_) => "unreadable",
                Unknown::Unsigned => "unsigned",
                Unknown::NoTrustedKey(_) => "no_trusted_key",
                Unknown::TooFewSignatures { .. } => "too_few_signatures",
                Unknown::Rulebook(_) => "unknown_rulebook",
                Unknown::Snapshot(_) => "unknown_snapshot",
                Unknown::NotVouched(_) => "not_vouched",
                Unknown::Key(_) => "key",
            }),
        }
    }

    /// Which check gave it, where the reason's word does not say: `room.vice`, from a closed list
    /// (`verdict/cause.rs`).
    pub fn cause(&self) -> Option<String> {
        cause::of(self)
    }

    /// The next step, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Outcome::CannotTell(Unknown::Unsigned) => {
                Some("add --unsigned to check the mathematics alone")
            }
            Outcome::CannotTell(Unknown::NoTrustedKey(_)) => Some(
                "name the keys that you trust, from a source that you trust: --trust FILE; or add \
                 --unsigned to check the mathematics alone",
            ),
            Outcome::CannotTell(Unknown::TooFewSignatures { .. }) => {
                Some("ask the institution for its other signatures")
            }
            Outcome::Refused(Refusal::Chain(ChainError::Gap { .. })) => {
                Some("ask the institution for the attestation that is missing")
            }
            Outcome::Refused(Refusal::Chain(ChainError::Fork(_))) => {
                Some("keep both files: two attestations with one number, both signed, are evidence")
            }
            Outcome::CannotTell(Unknown::NotVouched(_)) => {
                Some("ask the institution for an attestation that rests on their voucher")
            }
            Outcome::Refused(Refusal::Countersignature(_)) => {
                Some("ask the auditor for it; without that file, the attestation is read by itself")
            }
            Outcome::CannotTell(Unknown::Rulebook(_)) => {
                Some("name the rulebook that you accept: --rulebook FILE")
            }
            Outcome::CannotTell(Unknown::Snapshot(_)) => {
                Some("name the snapshot that you accept: --snapshot FILE")
            }
            Outcome::CannotTell(Unknown::Unreadable(
                DocumentError::Version
                | DocumentError::Attestation(
                    AttestationError::Version(_)
                    | AttestationError::Statement(StatementError::Version(_)),
                ),
            )) => Some("use a version of this program that knows it"),
            Outcome::CannotTell(Unknown::Unreadable(_)) => {
                Some("ask for the file again: it is cut short, or it is not an attestation")
            }
            Outcome::CannotTell(Unknown::File(_)) => {
                Some("let this user read it, or take it out of the folder")
            }
            Outcome::CannotTell(Unknown::Key(_)) => {
                Some("build this program again from a clean checkout")
            }
            Outcome::Refused(
                Refusal::Statement(_)
                | Refusal::Proof { .. }
                | Refusal::Voucher(_)
                | Refusal::Link(_)
                | Refusal::Copy(_),
            ) => Some("ask the institution for the file as it was published"),
            Outcome::Refused(Refusal::Signature(_)) => {
                Some("ask the institution itself for the file: somebody changed or forged this one")
            }
            Outcome::Refused(Refusal::Future) => Some("check the clock of this machine"),
            Outcome::Refused(
                Refusal::TooOld { .. } | Refusal::Chain(ChainError::Replay { .. }),
            ) => Some("ask the institution for its newest attestation"),
            Outcome::Refused(Refusal::Weaker(_)) => {
                Some("ask the institution for an attestation that claims it")
            }
            Outcome::Refused(Refusal::Without(_)) => Some(
                "ask the institution for one that does not, or list the module under `without` in \
                 the trust file",
            ),
            Outcome::Refused(Refusal::Chain(ChainError::Overwritten)) => {
                Some("keep both files: a round that was proven twice, both signed, is evidence")
            }
            Outcome::Refused(Refusal::Chain(ChainError::DateBack)) => {
                Some("ask the institution which of the two times is right")
            }
            Outcome::Holds => None,
        }
    }

    /// The next step in a window, where what the reader names is chosen and not typed.
    pub fn hint_in_window(&self) -> Option<&'static str> {
        match self {
            Outcome::CannotTell(Unknown::Unsigned) => {
                Some("tick “mathematics alone” to check it without a signature")
            }
            Outcome::CannotTell(Unknown::NoTrustedKey(_)) => Some(
                "add a trust file that names the keys that you trust, from a source that you \
                 trust; or tick “mathematics alone”",
            ),
            Outcome::CannotTell(Unknown::Rulebook(_)) => Some("add the rulebook that you accept"),
            Outcome::CannotTell(Unknown::Snapshot(_)) => Some("add the snapshot that you accept"),
            other => other.hint(),
        }
    }

    /// Exit status: 0 holds, 1 refused, 2 cannot tell.
    pub fn exit_status(&self) -> u8 {
        match self {
            Outcome::Holds => 0,
            Outcome::Refused(_) => 1,
            Outcome::CannotTell(_) => 2,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Holds => f.write_str("holds"),
            Outcome::Refused(refusal) => write!(f, "refused: {refusal}"),
            Outcome::CannotTell(unknown) => write!(f, "cannot tell: {unknown}"),
        }
    }
}

/// A file that cannot be read, or whose words belie its bytes.
pub(crate) fn unreadable(error: DocumentError) -> Verdict {
    Verdict::bare(match error {
        DocumentError::Copy(field) => Outcome::Refused(Refusal::Copy(field)),
        error => Outcome::CannotTell(Unknown::Unreadable(error)),
    })
}

pub(crate) fn refused_proof(index: usize, circuit: CircuitKind, error: ProofError) -> Refusal {
    Refusal::Proof {
        number: index + 1,
        circuit: circuit.name(),
        error,
    }
}
