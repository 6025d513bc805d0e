//! The attestation as people keep, sign and publish it: the file `.plimsoll`.
//!
//! An in-toto Statement (<https://in-toto.io/Statement/v1>) in a DSSE [`Envelope`]; media type
//! [`MEDIA_TYPE`]. Its predicate holds the canonical binary attestation (statement and proofs,
//! [`crate::attestation`]) as base64, and beside it the same in readable words. The words are a
//! copy: decoding makes them anew from the binary and refuses any difference, so that nobody can
//! read one thing and verify another. One encoding of each document; decoding refuses every other.
//!
//! | field of the predicate | copy of |
//! | --- | --- |
//! | `institution`, `asOf`, `sequence`, `previous`, `currency`, `scale`, `claims` | the statement |
//! | `computed`, `stated`, `without`, `balanceSheet` | its circuits, the numbers of stated lines in the rulebook, modules left out |
//! | `optionPrices` | where the prices of options come from; null without derivatives |
//! | `rulebook`, `snapshot` | their digests |
//! | `rows`, `circuits` | number of rows of each circuit is 2^`rows`; ids that this code pins, copies, proofs |
//! | `links` | which proofs meet in which columns |
//! | `signedColumns` | the vouchers that the statement names ([`crate::voucher`]), whole, and who, for whom, how many proofs |
//! | `attestation` | the canonical bytes themselves |

mod copy;

pub(crate) use copy::time;

use std::borrow::Cow;

use serde::Deserialize;

use crate::attestation::{Attestation, AttestationError};
use crate::envelope::{Envelope, EnvelopeError, JsonError, PayloadType, from_base64, to_json};
use crate::statement::{MAX_VOUCHERS, Statement};
use crate::voucher::{Voucher, VoucherError};

/// Media type of the file.
pub const MEDIA_TYPE: &str = "application/vnd.plimsoll.attestation+json";
/// Type and version of the predicate. A name; there is nothing to fetch.
pub const PREDICATE_TYPE: &str = "urn:plimsoll:attestation:1";
/// Type and version of the statement around it.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// Largest file that is read: base64 twice around [`crate::attestation::MAX_BYTES`].
pub const MAX_BYTES: usize = 64 << 20;

/// An attestation with its signatures. Nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What is attested.
    pub attestation: Attestation,
    /// The vouchers that it rests on, in order. Whether they are those that the statement names, and
    /// vouch for what it says, is for [`crate::voucher::check`] to say.
    pub vouchers: Vec<Voucher>,
    /// Digest of the attestation: what the next one names as its previous.
    pub digest: [u8; 32],
    /// The signed bytes and their signatures.
    pub envelope: Envelope,
}

/// Why bytes are not a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not JSON, or has other fields than an attestation.
    #[error("the signed payload is not an attestation: {0}")]
    Malformed(JsonError),
    /// Another type or version of statement or predicate.
    #[error("the signed payload is of another type or version: {PREDICATE_TYPE} is known here")]
    Version,
    /// The attestation or a voucher in it is not base64 in its one form.
    #[error("`attestation` or a voucher is not base64 in its one form, with its padding")]
    Base64,
    /// The canonical bytes cannot be read.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// A voucher in it.
    #[error("voucher {number}: {error}")]
    Voucher {
        /// Its number in the file, from 1.
        number: usize,
        /// What is wrong.
        error: VoucherError,
    },
    /// A readable copy differs from the canonical bytes.
    #[error("the readable `{0}` is not what the attestation says")]
    Copy(String),
    /// The same content in another form.
    #[error("the signed payload is not in its canonical form")]
    NotCanonical,
}

/// What tells one version from another, whatever else there is.
#[derive(Deserialize)]
struct Versions<'a> {
    #[serde(rename = "_type", borrow)]
    statement: Cow<'a, str>,
    #[serde(rename = "predicateType", borrow)]
    predicate: Cow<'a, str>,
}

impl Document {
    /// A document that nobody has signed yet, of circuits with 2^k rows.
    pub fn unsigned(attestation: Attestation, k: u32) -> Document {
        Document::with_vouchers(attestation, Vec::new(), k)
    }

    /// The same with the vouchers that its statement names.
    pub fn with_vouchers(attestation: Attestation, vouchers: Vec<Voucher>, k: u32) -> Document {
        let inner = attestation.encode();
        let words = copy::InToto::of(&attestation.statement, &inner, &vouchers, k);
        let payload = to_json(&words);
        Document {
            digest: Attestation::digest_of(&inner),
            attestation,
            vouchers,
            envelope: Envelope::unsigned(PayloadType::InToto, payload),
        }
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode()
    }

    /// Reads a file whose circuits have 2^k rows.
    ///
    /// # Errors
    /// [`DocumentError::Copy`] where the words say something else than the canonical bytes; else
    /// what keeps the file from being read.
    pub fn decode(bytes: &[u8], k: u32) -> Result<Document, DocumentError> {
        let envelope = Envelope::decode(bytes, PayloadType::InToto, MAX_BYTES)?;
        let payload = &envelope.payload;
        let malformed =
            |error: serde_json::Error| DocumentError::Malformed(JsonError::of(payload, &error));
        let versions: Versions<'_> = serde_json::from_slice(payload).map_err(malformed)?;
        if versions.statement != STATEMENT_TYPE || versions.predicate != PREDICATE_TYPE {
            return Err(DocumentError::Version);
        }
        let found: copy::InToto<'_> = serde_json::from_slice(payload).map_err(malformed)?;
        let inner = from_base64(&found.predicate.attestation).ok_or(DocumentError::Base64)?;
        let attestation = Attestation::decode(&inner)?;
        let vouchers = vouchers(&found)?;
        // From here on only what was made anew counts.
        let expected = copy::InToto::of(&attestation.statement, &inner, &vouchers, k);
        if let Some(field) = found.difference(&expected) {
            return Err(DocumentError::Copy(field));
        }
        if to_json(&expected) != *payload {
            return Err(DocumentError::NotCanonical);
        }
        Ok(Document {
            digest: Attestation::digest_of(&inner),
            attestation,
            vouchers,
            envelope,
        })
    }
}

/// The vouchers in a payload, read.
fn vouchers(found: &copy::InToto<'_>) -> Result<Vec<Voucher>, DocumentError> {
    let files = found.predicate.vouchers();
    if files.len() > MAX_VOUCHERS {
        return Err(DocumentError::NotCanonical);
    }
    let read = |(number, file): (usize, &str)| {
        let bytes = from_base64(file).ok_or(DocumentError::Base64)?;
        Voucher::decode(&bytes).map_err(|error| DocumentError::Voucher { number, error })
    };
    (1..).zip(files).map(read).collect()
}

/// The payload of a document without vouchers: the words of a statement beside canonical bytes.
pub fn payload(statement: &Statement, inner: &[u8], k: u32) -> Vec<u8> {
    to_json(&copy::InToto::of(statement, inner, &[], k))
}
