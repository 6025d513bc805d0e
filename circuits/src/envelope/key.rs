//! Public keys (Ed25519, RFC 8032) and their names.
//!
//! A key is written `ed25519:BASE64`. Its id is BLAKE2b-256 of its 32 bytes, personalised
//! `Plimsoll-key-01`; an id in an envelope says which key to try, and proves nothing.

use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};

use super::{SIGNATURE_BYTES, from_base64, to_base64};
use crate::canonical::digest;

const PERSONAL: &[u8; 16] = b"Plimsoll-key-01\0";
const PREFIX: &str = "ed25519:";

/// Name of a public key: its digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 32]);

impl KeyId {
    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<KeyId> {
        hex_32(text).map(KeyId)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads 32 bytes from 64 lower-case hexadecimal digits.
pub fn hex_32(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// A key that can check signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    id: KeyId,
}

/// Why a text is not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `ed25519:` and base64 of 32 bytes.
    #[error("a key is written `ed25519:` and the base64 of 32 bytes")]
    Form,
    /// No point of the curve, in another than its canonical form, or of small order: anything
    /// would verify with it.
    #[error("these 32 bytes are not a sound Ed25519 key")]
    Point,
}

impl PublicKey {
    /// From its 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Point`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<PublicKey, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Point)?;
        let canonical = key.to_edwards().compress().to_bytes() == *bytes;
        if key.is_weak() || !canonical {
            return Err(KeyError::Point);
        }
        let id = KeyId(digest(PERSONAL, bytes));
        Ok(PublicKey { key, id })
    }

    /// Reads `ed25519:BASE64`.
    ///
    /// # Errors
    /// Another form, or no sound key.
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        let bytes = text
            .strip_prefix(PREFIX)
            .and_then(from_base64)
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        PublicKey::from_bytes(&bytes.ok_or(KeyError::Form)?)
    }

    /// Its 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether this is the key's signature over these bytes. Strict: neither weak keys, nor
    /// points of small order, nor a scalar beyond the group's order.
    pub fn verifies(&self, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.key.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", to_base64(&self.to_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
