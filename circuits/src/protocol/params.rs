//! The public parameters: generators from hash-to-curve, no trusted setup.
//!
//! They take seconds to derive and are cached by the binaries; the digest is pinned here and
//! checked before the bytes are parsed.

use std::fmt;

use blake2b_simd::Params as Blake2b;
use halo2_proofs::poly::commitment::Params;

use crate::field::Point;

/// Parameters for one number of rows, with their digest.
pub struct PublicParams {
    params: Params<Point>,
    digest: [u8; 32],
}

impl fmt::Debug for PublicParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicParams(k = {})", self.params.k())
    }
}

/// Bytes that are not the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// No digest is pinned for this k.
    #[error("no parameters are known for k = {0}")]
    Unknown(u32),
    /// The bytes have another digest.
    #[error("these are not the parameters for k = {0}: the digest differs")]
    Digest(u32),
    /// Bytes of the right digest do not parse: never seen.
    #[error("the parameters cannot be read")]
    Unreadable,
}

/// The digest of the parameters for k, as this version knows it.
pub fn pinned_digest(k: u32) -> Option<[u8; 32]> {
    PINNED
        .iter()
        .find(|(pinned, _)| *pinned == k)
        .map(|(_, digest)| *digest)
}

/// Digests of the parameters, by k; `plimsoll params derive` computes them anew.
const PINNED: &[(u32, [u8; 32])] = &[(
    14,
    [
        0x28, 0xdd, 0xf6, 0x17, 0x76, 0x31, 0xa9, 0xf0, 0x88, 0x99, 0x8c, 0x2d, 0xad, 0x5c, 0x40,
        0x10, 0x4f, 0xf7, 0xb9, 0x6e, 0xfd, 0x09, 0x31, 0xa7, 0x46, 0x98, 0xad, 0x3e, 0xb1, 0x48,
        0xac, 0xe8,
    ],
)];

fn digest_of(bytes: &[u8]) -> [u8; 32] {
    let hash = Blake2b::new()
        .hash_length(32)
        .personal(b"Plimsoll-parm-01")
        .hash(bytes);
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.as_bytes());
    digest
}

impl PublicParams {
    /// Derives the parameters by hash-to-curve: seconds to minutes.
    pub fn derive(k: u32) -> PublicParams {
        let params = Params::new(k);
        let digest = digest_of(&write(&params));
        PublicParams { params, digest }
    }

    /// Reads parameters whose digest is pinned.
    pub fn from_bytes(k: u32, bytes: &[u8]) -> Result<PublicParams, ParamsError> {
        let pinned = pinned_digest(k).ok_or(ParamsError::Unknown(k))?;
        let digest = digest_of(bytes);
        if digest != pinned {
            return Err(ParamsError::Digest(k));
        }
        let params = Params::read(&mut &bytes[..]).map_err(|_| ParamsError::Unreadable)?;
        Ok(PublicParams { params, digest })
    }

    /// The bytes to cache.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(&self.params)
    }

    /// The digest.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// log2 of the rows.
    pub fn k(&self) -> u32 {
        self.params.k()
    }

    /// The library's parameters.
    pub fn inner(&self) -> &Params<Point> {
        &self.params
    }
}

fn write(params: &Params<Point>) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to a vector cannot fail; an empty result would not match any digest.
    if params.write(&mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}
