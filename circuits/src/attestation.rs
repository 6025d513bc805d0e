//! The attestation in canonical bytes: the statement and its proofs. Files carry these bytes in a
//! signed [document](crate::document).
//!
//! | bytes | what |
//! | --- | --- |
//! | 8, 2 | `PLIMSOLL`, version 1 |
//! | 4 + n | the statement |
//! | 4 + n each | the proofs: row circuits in the statement's order, shard by shard; then capital |

use crate::canonical::digest;
use crate::statement::{Statement, StatementError};

/// Version of the encoding.
pub const VERSION: u16 = 1;
const MAGIC: &[u8; 8] = b"PLIMSOLL";
/// Most bytes that are read.
pub const MAX_BYTES: usize = 32 << 20;
/// BLAKE2b personalisation of the digest.
const PERSONAL: &[u8; 16] = b"Plimsoll-attn-01";
const MAX_STATEMENT: usize = 16 << 10;

/// An attestation as it was read: nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// What it says.
    pub statement: Statement,
    /// Its proofs, in order.
    pub proofs: Vec<Vec<u8>>,
}

/// Why bytes are not an attestation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// Longer than any attestation.
    #[error("the attestation is larger than any ({MAX_BYTES} bytes)")]
    TooLarge,
    /// It ends too early.
    #[error("the attestation is cut short")]
    Short,
    /// Not an attestation at all.
    #[error("this is not an attestation")]
    Magic,
    /// Another version.
    #[error("attestation version {0} is not known")]
    Version(u16),
    /// The statement cannot be read.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Not as many proofs as the statement says.
    #[error("the statement says {expected} proofs, the attestation holds another number")]
    Proofs {
        /// What the statement says.
        expected: usize,
    },
}

impl Attestation {
    /// Number of proofs that a statement asks for.
    pub fn expected_proofs(statement: &Statement) -> usize {
        statement
            .rows
            .iter()
            .map(|rows| usize::from(rows.shards))
            .sum::<usize>()
            + 1
    }

    /// BLAKE2b-256 of the canonical bytes, every byte of every proof included: what the next
    /// attestation names as its previous, so that no round can be proven anew behind it.
    pub fn digest(&self) -> [u8; 32] {
        Attestation::digest_of(&self.encode())
    }

    /// The same, of bytes that are at hand.
    pub fn digest_of(bytes: &[u8]) -> [u8; 32] {
        digest(PERSONAL, bytes)
    }

    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        let statement = self.statement.encode();
        for part in std::iter::once(&statement).chain(&self.proofs) {
            bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// Reads canonical bytes.
    pub fn decode(bytes: &[u8]) -> Result<Attestation, AttestationError> {
        if bytes.len() > MAX_BYTES {
            return Err(AttestationError::TooLarge);
        }
        let mut rest = bytes;
        if take(&mut rest, MAGIC.len())? != MAGIC {
            return Err(AttestationError::Magic);
        }
        let version = take(&mut rest, 2)?;
        let version = u16::from_le_bytes([version[0], version[1]]);
        if version != VERSION {
            return Err(AttestationError::Version(version));
        }
        let statement = part(&mut rest)?;
        if statement.len() > MAX_STATEMENT {
            return Err(AttestationError::Statement(StatementError::Trailing));
        }
        let statement = Statement::decode(statement)?;
        let expected = Attestation::expected_proofs(&statement);
        let mut proofs = Vec::new();
        for _ in 0..expected {
            if rest.is_empty() {
                return Err(AttestationError::Proofs { expected });
            }
            proofs.push(part(&mut rest)?.to_vec());
        }
        if !rest.is_empty() {
            return Err(AttestationError::Proofs { expected });
        }
        Ok(Attestation { statement, proofs })
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], AttestationError> {
    if rest.len() < count {
        return Err(AttestationError::Short);
    }
    let (taken, left) = rest.split_at(count);
    *rest = left;
    Ok(taken)
}

fn part<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], AttestationError> {
    let length = take(rest, 4)?;
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
    take(rest, length as usize)
}
