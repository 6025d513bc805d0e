//! Signed bytes: DSSE envelopes (<https://github.com/secure-systems-lab/dsse>), strictly.
//!
//! ```json
//! {"payloadType":"…","payload":"BASE64","signatures":[{"keyid":"HEX","sig":"BASE64"}]}
//! ```
//!
//! What is signed is `PAE(type, payload)`: `DSSEv1 LEN type LEN payload`, with lengths in decimal.
//! The standard leaves much open; here there is one encoding of each envelope, and decoding
//! refuses every other: no white space, these keys in this order, base64 with its padding, key ids
//! of our own ([`KeyId`]), signatures sorted by key id and one per key. An envelope without
//! signatures is one that nobody signed.

mod json;
mod key;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

pub use json::{JsonError, JsonVice};
pub use key::{KeyError, KeyId, PublicKey, hex_32};

/// Most signatures that one envelope carries.
pub const MAX_SIGNATURES: usize = 16;
/// Bytes of a signature (Ed25519, RFC 8032).
pub const SIGNATURE_BYTES: usize = 64;

/// What kind of bytes is signed: part of what is signed, so that a signature over one kind never
/// serves for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadType {
    /// An in-toto statement: an attestation ([`crate::document`]).
    InToto,
    /// The canonical bytes of a rulebook.
    Rulebook,
    /// The canonical bytes of a snapshot.
    Snapshot,
    /// Records of a book, shown against its attestation ([`crate::disclosure`]).
    Disclosure,
    /// What a data owner vouches for ([`crate::voucher`]).
    Voucher,
    /// An auditor's word on an attestation ([`crate::countersignature`]).
    Countersignature,
    /// An institution's word to one counterparty ([`crate::receipt`]).
    Receipt,
}

impl PayloadType {
    /// All of them.
    pub const ALL: [PayloadType; 7] = [
        PayloadType::InToto,
        PayloadType::Rulebook,
        PayloadType::Snapshot,
        PayloadType::Disclosure,
        PayloadType::Voucher,
        PayloadType::Countersignature,
        PayloadType::Receipt,
    ];

    /// The media type in the envelope.
    pub fn name(self) -> &'static str {
        match self {
            PayloadType::InToto => "application/vnd.in-toto+json",
            PayloadType::Rulebook => "application/vnd.plimsoll.rulebook",
            PayloadType::Snapshot => "application/vnd.plimsoll.snapshot",
            PayloadType::Disclosure => "application/vnd.plimsoll.disclosure+json",
            PayloadType::Voucher => "application/vnd.plimsoll.voucher+json",
            PayloadType::Countersignature => "application/vnd.plimsoll.countersignature+json",
            PayloadType::Receipt => "application/vnd.plimsoll.receipt+json",
        }
    }
}

/// A signature and the key that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key. It is the envelope's word until the signature is checked with that key.
    pub key: KeyId,
    /// The signature.
    pub bytes: [u8; SIGNATURE_BYTES],
}

/// An envelope as it was read: no signature is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// What the payload is.
    pub payload_type: PayloadType,
    /// The signed bytes.
    pub payload: Vec<u8>,
    /// Signatures, by key id, one for each key.
    signatures: Vec<Signature>,
}

/// Why bytes are not an envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// More bytes than any envelope of this kind has.
    #[error("the file is larger than {0} bytes, the most that is read")]
    TooLarge(usize),
    /// Not JSON, or not the fields of an envelope.
    #[error("this is not a signed envelope: {0}")]
    Malformed(JsonError),
    /// Another kind of payload than the one that is wanted.
    #[error("the envelope does not hold {wanted}")]
    PayloadType {
        /// The kind that is wanted.
        wanted: &'static str,
    },
    /// A text that is not base64 in its one form, with its padding.
    #[error("`{0}` is not base64 in its one form, with its padding")]
    Base64(&'static str),
    /// A key id that is not 64 lower-case hexadecimal digits.
    #[error("a key id is not 64 lower-case hexadecimal digits")]
    KeyId,
    /// A signature of another length.
    #[error("a signature is not 64 bytes long")]
    SignatureLength,
    /// Two signatures of one key, or signatures not sorted by key id.
    #[error("the signatures are not sorted by key id, one for each key")]
    Order,
    /// More signatures than an envelope carries.
    #[error("there are more than {MAX_SIGNATURES} signatures")]
    TooMany,
    /// The same content in another form: white space, another order, escapes.
    #[error("the envelope is not in its canonical form")]
    NotCanonical,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<'a> {
    #[serde(rename = "payloadType", borrow)]
    payload_type: Cow<'a, str>,
    #[serde(borrow)]
    payload: Cow<'a, str>,
    #[serde(borrow)]
    signatures: Vec<SignatureText<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureText<'a> {
    #[serde(borrow)]
    keyid: Cow<'a, str>,
    #[serde(borrow)]
    sig: Cow<'a, str>,
}

impl Envelope {
    /// Around a payload that nobody has signed yet.
    pub fn unsigned(payload_type: PayloadType, payload: Vec<u8>) -> Envelope {
        Envelope {
            payload_type,
            payload,
            signatures: Vec::new(),
        }
    }

    /// The signatures, by key id.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature in its place; a second one of the same key takes the place of the first.
    /// It is not checked here.
    ///
    /// # Errors
    /// [`EnvelopeError::TooMany`].
    pub fn add(&mut self, signature: Signature) -> Result<(), EnvelopeError> {
        let place = self
            .signatures
            .binary_search_by_key(&signature.key, |known| known.key);
        match place {
            Ok(at) => self.signatures[at] = signature,
            Err(_) if self.signatures.len() == MAX_SIGNATURES => {
                return Err(EnvelopeError::TooMany);
            }
            Err(at) => self.signatures.insert(at, signature),
        }
        Ok(())
    }

    /// The bytes to be signed: DSSE's pre-authentication encoding.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let kind = self.payload_type.name();
        let head = format!("DSSEv1 {} {kind} {} ", kind.len(), self.payload.len());
        [head.as_bytes(), &self.payload].concat()
    }

    /// Whether this key's signature is there and valid; none if the key did not sign.
    pub fn check(&self, key: &PublicKey) -> Option<bool> {
        let id = key.id();
        let signature = self.signatures.iter().find(|known| known.key == id)?;
        Some(key.verifies(&self.signed_bytes(), &signature.bytes))
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let signatures = self.signatures.iter().map(|signature| SignatureText {
            keyid: signature.key.to_string().into(),
            sig: STANDARD.encode(signature.bytes).into(),
        });
        to_json(&Text {
            payload_type: self.payload_type.name().into(),
            payload: STANDARD.encode(&self.payload).into(),
            signatures: signatures.collect(),
        })
    }

    /// Reads an envelope of one kind of payload.
    ///
    /// # Errors
    /// Too large, not an envelope, another kind, or not in its one form.
    pub fn decode(
        bytes: &[u8],
        wanted: PayloadType,
        largest: usize,
    ) -> Result<Envelope, EnvelopeError> {
        if bytes.len() > largest {
            return Err(EnvelopeError::TooLarge(largest));
        }
        let text: Text<'_> = serde_json::from_slice(bytes)
            .map_err(|error| EnvelopeError::Malformed(JsonError::of(bytes, &error)))?;
        let known = PayloadType::ALL
            .into_iter()
            .find(|kind| kind.name() == text.payload_type);
        let payload_type =
            known
                .filter(|kind| *kind == wanted)
                .ok_or(EnvelopeError::PayloadType {
                    wanted: wanted.name(),
                })?;
        if text.signatures.len() > MAX_SIGNATURES {
            return Err(EnvelopeError::TooMany);
        }
        let mut signatures: Vec<Signature> = Vec::with_capacity(text.signatures.len());
        for signature in &text.signatures {
            let key = KeyId::parse(&signature.keyid).ok_or(EnvelopeError::KeyId)?;
            let bytes = from_base64(&signature.sig).ok_or(EnvelopeError::Base64("sig"))?;
            let bytes = bytes
                .try_into()
                .map_err(|_| EnvelopeError::SignatureLength)?;
            if signatures.last().is_some_and(|last| last.key >= key) {
                return Err(EnvelopeError::Order);
            }
            signatures.push(Signature { key, bytes });
        }
        let payload = from_base64(&text.payload).ok_or(EnvelopeError::Base64("payload"))?;
        // Whatever else may be written differently in JSON: there is one form.
        if to_json(&text) != bytes {
            return Err(EnvelopeError::NotCanonical);
        }
        Ok(Envelope {
            payload_type,
            payload,
            signatures,
        })
    }
}

/// Base64 in its one form: standard alphabet, padding, no stray bits, no white space.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads a JSON payload whose `_type` is this one. It is looked at first, whatever else there is:
/// other versions may have other fields.
pub(crate) fn from_json<'a, T: Deserialize<'a>, E>(
    payload: &'a [u8],
    kind: &str,
    malformed: impl Fn(JsonError) -> E,
    version: E,
) -> Result<T, E> {
    let malformed = |error: serde_json::Error| malformed(JsonError::of(payload, &error));
    let found: Version<'_> = serde_json::from_slice(payload).map_err(malformed)?;
    if found.kind != kind {
        return Err(version);
    }
    serde_json::from_slice(payload).map_err(malformed)
}

/// What tells one version from another.
#[derive(Deserialize)]
struct Version<'a> {
    #[serde(rename = "_type", borrow)]
    kind: Cow<'a, str>,
}

/// JSON without white space, keys in the order of the fields. Texts and numbers are all that is
/// written, which cannot fail; if it did, nothing would decode to the empty text.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
