//! Countersignatures: an auditor's word that an attestation opens to the book he was shown.
//!
//! A countersignature is a file of its own, beside the attestation: a DSSE [`Envelope`] around
//! canonical JSON, media type [`PayloadType::Countersignature`]. The role is part of what is
//! signed: an auditor's signature never counts as the institution's, nor the other way round. It
//! names the attestation by its digest and all its first-round commitments by theirs. Every
//! auditor of one attestation signs the same bytes, so that one envelope holds them all.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::attestation::Attestation;
use crate::canonical::{Bytes, digest};
use crate::envelope::{
    Envelope, EnvelopeError, JsonError, PayloadType, from_json, hex_32, to_json,
};
use crate::proofs::circuits_of;
use crate::protocol::layout::Size;
use crate::protocol::opening::first_round_commitments;
use crate::text::hex;

/// Type and version of the payload. A name; there is nothing to fetch.
pub const COUNTERSIGNATURE_TYPE: &str = "urn:plimsoll:countersignature:1";
/// Largest file that is read.
pub const MAX_BYTES: usize = 64 << 10;
/// What its signers say, word for word: it is part of what they sign.
pub const SAYS: &str = "As an auditor, not as the institution: we were given the book and its \
opening file, recomputed every one of these commitments from it, found that the book fills exactly \
these columns, and read the figures.";

const ROLE: &str = "auditor";
const PERSONAL: &[u8; 16] = b"Plimsoll-cmmt-01";

/// A countersignature as it was read: no signature is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countersignature {
    /// Digest of the attestation, proofs included.
    pub attestation: [u8; 32],
    /// Its first-round commitments.
    pub commitments: Commitments,
    /// The envelope, with the auditors' signatures.
    pub envelope: Envelope,
}

/// The first-round commitments of an attestation: how many, and what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitments {
    /// Number of columns.
    pub columns: u32,
    /// Digest of their commitments, as they stand in the proofs: for each proof its number,
    /// circuit, copies and columns of a copy (4 bytes each), then the commitments, copy by copy.
    pub digest: [u8; 32],
}

/// Why bytes are not a countersignature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountersignatureError {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not JSON, or has other fields than a countersignature.
    #[error("the payload is not a countersignature: {0}")]
    Malformed(JsonError),
    /// Another type or version.
    #[error("the payload is of another type or version: {COUNTERSIGNATURE_TYPE} is known here")]
    Version,
    /// A field that is not in its one form, or says something else than countersignatures say.
    #[error("`{0}` is not what a countersignature says")]
    Form(&'static str),
    /// The same content in another form.
    #[error("the payload is not in its canonical form")]
    NotCanonical,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<'a> {
    #[serde(rename = "_type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    attestation: Cow<'a, str>,
    columns: u32,
    #[serde(borrow)]
    commitments: Cow<'a, str>,
    #[serde(borrow)]
    says: Cow<'a, str>,
}

impl Commitments {
    /// Those of an attestation; none if a proof is shorter than its circuit's.
    pub fn of<S: Size>(attestation: &Attestation) -> Option<Commitments> {
        let mut bytes = Bytes::default();
        let mut columns = 0;
        let circuits = circuits_of(&attestation.statement);
        for ((number, proof), (circuit, copies)) in (0..).zip(&attestation.proofs).zip(circuits) {
            let layout = circuit.layout::<S>().ok()?;
            for part in [
                number,
                circuit.number(),
                copies,
                layout.first_round() as u32,
            ] {
                bytes.u32(part);
            }
            for copy in 0..copies {
                for commitment in first_round_commitments(&layout, copy, proof)? {
                    bytes.array(commitment);
                    columns += 1;
                }
            }
        }
        let digest = digest(PERSONAL, &bytes.finish());
        Some(Commitments { columns, digest })
    }
}

impl Countersignature {
    /// A countersignature that nobody has signed yet.
    pub fn unsigned(attestation: [u8; 32], commitments: Commitments) -> Countersignature {
        let payload = payload(&attestation, commitments);
        Countersignature {
            attestation,
            commitments,
            envelope: Envelope::unsigned(PayloadType::Countersignature, payload),
        }
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What keeps it from being read. Whether it belongs to an attestation, and who signed it, is
    /// for its reader to say.
    pub fn decode(bytes: &[u8]) -> Result<Countersignature, CountersignatureError> {
        let envelope = Envelope::decode(bytes, PayloadType::Countersignature, MAX_BYTES)?;
        let text: Text<'_> = from_json(
            &envelope.payload,
            COUNTERSIGNATURE_TYPE,
            CountersignatureError::Malformed,
            CountersignatureError::Version,
        )?;
        let form = CountersignatureError::Form;
        if text.role != ROLE {
            return Err(form("role"));
        }
        if text.says != SAYS {
            return Err(form("says"));
        }
        let attestation = hex_32(&text.attestation).ok_or(form("attestation"))?;
        let commitments = Commitments {
            columns: text.columns,
            digest: hex_32(&text.commitments).ok_or(form("commitments"))?,
        };
        if payload(&attestation, commitments) != envelope.payload {
            return Err(CountersignatureError::NotCanonical);
        }
        Ok(Countersignature {
            attestation,
            commitments,
            envelope,
        })
    }
}

/// The canonical bytes.
fn payload(attestation: &[u8; 32], commitments: Commitments) -> Vec<u8> {
    to_json(&Text {
        kind: COUNTERSIGNATURE_TYPE.into(),
        role: ROLE.into(),
        attestation: hex(attestation).into(),
        columns: commitments.columns,
        commitments: hex(&commitments.digest).into(),
        says: SAYS.into(),
    })
}
