//! The opening file on disk: an age file (scrypt, binary) around
//!
//! ```text
//! "plimsoll-opening 1\n"
//! digest of the attestation (32)
//! list of proofs:  seed (32), list of copies:
//!     list of chosen blindings: column (4), rows and blind (10 × 32)
//!     list of columns: bytes
//! list of records: proof, copy, position (4 each), id: bytes, list of items: bytes
//! ```
//!
//! A list or bytes begin with their number (4), little-endian.

use std::fs;
use std::path::Path;

use ff::PrimeField;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::tape::{ColumnBlinding, MasterSeed};
use zeroize::Zeroizing;

use super::{KeptCopy, KeptProof, KeptRecord, Opening};
use crate::keys::Passphrase;
use crate::sealed::{self, Refused};
use plimsoll_verifier::files::{self, Readers, Replace};

const HEADER: &[u8] = b"plimsoll-opening 1\n";
/// Largest file that is read: more than the largest attestation leaves.
const MOST_BYTES: u64 = 8 << 30;

/// What is wrong with an opening file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("{file}: {error}")]
    Io {
        /// Which.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// Not an opening file.
    #[error("{0}: this is not an opening file of Plimsoll, or is cut short")]
    NotOpening(String),
    /// The passphrase does not open it.
    #[error("{0}: the passphrase does not open it")]
    Passphrase(String),
}

impl FileError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { error, .. } if files::no_room(error) => files::unwritten(error),
            Self::Io { .. } => {
                "check the path and its permissions; a file that is there is not written over"
            }
            Self::NotOpening(_) => "name the file that `plimsoll prove --opening FILE` wrote",
            Self::Passphrase(_) => "type it again, or name a file with it: --passphrase-file",
        }
    }
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> FileError + '_ {
    |error| FileError::Io {
        file: path.display().to_string(),
        error,
    }
}

/// Writes a new opening file: readable by its owner alone, whole or not there, never over another.
///
/// # Errors
/// A file that is there, or a folder that cannot be written.
pub fn write(path: &Path, opening: &Opening, passphrase: &Passphrase) -> Result<(), FileError> {
    let failed = failed(path);
    let plain = encode(opening);
    files::write(path, Replace::Never, Readers::Owner, |file| {
        sealed::seal_into(file, &plain, passphrase)
    })
    .map_err(failed)
}

/// Reads an opening file.
///
/// # Errors
/// Not an opening file, or another passphrase.
pub fn read(path: &Path, passphrase: &Passphrase) -> Result<Opening, FileError> {
    let not_opening = || FileError::NotOpening(path.display().to_string());
    let file = fs::File::open(path).map_err(failed(path))?;
    let size = file.metadata().map_err(failed(path))?.len();
    if size > MOST_BYTES {
        return Err(not_opening());
    }
    let reader = std::io::BufReader::new(file);
    // The text is shorter than its cipher.
    let plain = sealed::open(reader, passphrase, size as usize);
    let plain = plain.map_err(|refused| match refused {
        Refused::NotSealed => not_opening(),
        Refused::Passphrase => FileError::Passphrase(path.display().to_string()),
    })?;
    decode(&plain).ok_or_else(not_opening)
}

/// The plain bytes: counted first, so that the buffer never moves.
fn encode(opening: &Opening) -> Zeroizing<Vec<u8>> {
    let mut length = 0;
    emit(opening, &mut |bytes| length += bytes.len());
    let mut out = Zeroizing::new(Vec::with_capacity(length));
    emit(opening, &mut |bytes| out.extend_from_slice(bytes));
    out
}

fn emit(opening: &Opening, out: &mut dyn FnMut(&[u8])) {
    fn count(out: &mut dyn FnMut(&[u8]), length: usize) {
        out(&(length as u32).to_le_bytes());
    }
    fn text(out: &mut dyn FnMut(&[u8]), bytes: &[u8]) {
        count(out, bytes.len());
        out(bytes);
    }
    out(HEADER);
    out(&opening.attestation);
    count(out, opening.proofs.len());
    for proof in &opening.proofs {
        out(proof.seed.expose());
        count(out, proof.copies.len());
        for copy in &proof.copies {
            count(out, copy.chosen.len());
            for (column, blinding) in &copy.chosen {
                out(&column.to_le_bytes());
                for element in blinding.rows.iter().chain([&blinding.blind]) {
                    out(&element.to_repr());
                }
            }
            count(out, copy.columns.len());
            copy.columns.iter().for_each(|column| text(out, column));
        }
    }
    count(out, opening.records.len());
    for record in &opening.records {
        for number in [record.proof, record.copy, record.position] {
            out(&number.to_le_bytes());
        }
        text(out, record.id.as_bytes());
        count(out, record.items.len());
        record
            .items
            .iter()
            .for_each(|item| text(out, item.as_bytes()));
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    fn text(&mut self) -> Option<String> {
        Some(std::str::from_utf8(self.bytes()?).ok()?.to_owned())
    }

    fn element(&mut self) -> Option<Fp> {
        Fp::from_repr(self.array()?).into()
    }

    /// A list: it grows as its items are there, whatever its number says.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        for _ in 0..self.number()? {
            all.push(item(self)?);
        }
        Some(all)
    }

    fn chosen(&mut self) -> Option<(u32, ColumnBlinding)> {
        let column = self.number()?;
        let mut blinding = ColumnBlinding::zero();
        for row in &mut blinding.rows {
            *row = self.element()?;
        }
        blinding.blind = self.element()?;
        Some((column, blinding))
    }

    fn copy(&mut self) -> Option<KeptCopy> {
        Some(KeptCopy {
            chosen: self.list(Self::chosen)?,
            columns: self.list(|reader| Some(Zeroizing::new(reader.bytes()?.to_vec())))?,
        })
    }

    fn proof(&mut self) -> Option<KeptProof> {
        Some(KeptProof {
            seed: MasterSeed::kept(self.array()?),
            copies: self.list(Self::copy)?,
        })
    }

    fn record(&mut self) -> Option<KeptRecord> {
        Some(KeptRecord {
            proof: self.number()?,
            copy: self.number()?,
            position: self.number()?,
            id: self.text()?,
            items: self.list(Self::text)?,
        })
    }
}

fn decode(plain: &[u8]) -> Option<Opening> {
    let mut reader = Reader(plain.strip_prefix(HEADER)?);
    let opening = Opening {
        attestation: reader.array()?,
        proofs: reader.list(Reader::proof)?,
        records: reader.list(Reader::record)?,
    };
    reader.0.is_empty().then_some(opening)
}
