//! The secret on disk: an age file (scrypt, binary) around
//!
//! ```text
//! "plimsoll-vouched 1\n"
//! proofs made with it (1)
//! digest of the voucher (32)
//! salt of the digest of ids (32)
//! list of blocks: seed (32), list of exposures:
//!     id, class, grade, currency, conversion: bytes, amount (8)
//! ```
//!
//! A list or bytes begin with their number (4), little-endian.
//!
//! The count is inside: it cannot be deleted without what it counts. It is written before a proof
//! is made, whole or not at all, under a lock; a run that is stopped afterwards has spent one. A
//! copy of the file that is put back puts the count back: the file is to be kept once.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use plimsoll_circuits::protocol::tape::MasterSeed;
use zeroize::{Zeroize, Zeroizing};

use super::{MAX_PROOFS, Secret, SecretBlock, VouchedExposure};
use crate::keys::Passphrase;
use crate::sealed::{self, Refused};
use plimsoll_verifier::files::{self, Readers, Replace};

const HEADER: &[u8] = b"plimsoll-vouched 1\n";
/// Largest file that is read: more than the largest voucher needs.
const MOST_BYTES: u64 = 8 << 30;

/// What is wrong with the file of a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It cannot be read or written.
    #[error("{file}: {error}")]
    Io {
        /// Which.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// Not such a file.
    #[error("{0}: this is not a file of vouched exposures, or is cut short")]
    NotSecret(String),
    /// The passphrase does not open it.
    #[error("{0}: the passphrase does not open it")]
    Passphrase(String),
    /// Its columns stand in as many proofs as they may.
    #[error(
        "{0}: its columns stand in {MAX_PROOFS} proofs already, and another would show of them"
    )]
    Spent(String),
    /// It was changed while it was in use.
    #[error("{0}: the file was changed while it was in use")]
    Changed(String),
}

impl SecretError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => {
                "check the path and its permissions: the count of proofs is written to it; a file \
                 that is there is not written over"
            }
            Self::NotSecret(_) => "name the .vouched file that the data owner wrote",
            Self::Passphrase(_) => "ask the data owner, or name a file with it",
            Self::Spent(_) => "ask the data owner for a new voucher, with columns of its own",
            Self::Changed(_) => "try again when nobody else uses it",
        }
    }
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> SecretError + '_ {
    |error| SecretError::Io {
        file: path.display().to_string(),
        error,
    }
}

/// Writes a new secret: readable by its owner alone, whole or not there, never over another.
///
/// # Errors
/// A file that is there, or a folder that cannot be written.
pub fn write(path: &Path, secret: &Secret, passphrase: &Passphrase) -> Result<(), SecretError> {
    put(path, Replace::Never, secret, 0, passphrase)
}

/// The secret, and how many proofs were made with it.
pub(super) fn read(path: &Path, passphrase: &Passphrase) -> Result<(Secret, u8), SecretError> {
    let file = File::open(path).map_err(failed(path))?;
    opened(path, &file, passphrase)
}

/// Counts one proof more.
pub(super) fn spend(
    path: &Path,
    passphrase: &Passphrase,
    voucher: &[u8; 32],
) -> Result<(), SecretError> {
    let file = locked(path)?;
    let (secret, proofs) = opened(path, &file, passphrase)?;
    let name = || path.display().to_string();
    if secret.voucher != *voucher {
        return Err(SecretError::Changed(name()));
    }
    if proofs >= MAX_PROOFS {
        return Err(SecretError::Spent(name()));
    }
    put(path, Replace::Always, &secret, proofs + 1, passphrase)?;
    // The new name is on disk before the proof is.
    #[cfg(unix)]
    File::open(files::folder_of(path))
        .and_then(|folder| folder.sync_all())
        .map_err(failed(path))?;
    Ok(())
}

/// The file, for as long as nobody else counts: who waited for a file that was replaced meanwhile
/// waits again, for the new one.
fn locked(path: &Path) -> Result<File, SecretError> {
    loop {
        let file = File::open(path).map_err(failed(path))?;
        file.lock().map_err(failed(path))?;
        if is_there(path, &file).map_err(failed(path))? {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_there(path: &Path, file: &File) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (there, held) = (std::fs::metadata(path)?, file.metadata()?);
    Ok((there.dev(), there.ino()) == (held.dev(), held.ino()))
}

#[cfg(not(unix))]
fn is_there(_: &Path, _: &File) -> std::io::Result<bool> {
    Ok(true)
}

/// On disk when it has its name: whole, and its owner's alone.
fn put(
    path: &Path,
    replace: Replace,
    secret: &Secret,
    proofs: u8,
    passphrase: &Passphrase,
) -> Result<(), SecretError> {
    let plain = encode(secret, proofs);
    files::write(path, replace, Readers::Owner, |file| {
        sealed::seal_into(file, &plain, passphrase)
    })
    .map_err(failed(path))
}

fn opened(path: &Path, file: &File, passphrase: &Passphrase) -> Result<(Secret, u8), SecretError> {
    let not_secret = || SecretError::NotSecret(path.display().to_string());
    let size = file.metadata().map_err(failed(path))?.len();
    if size > MOST_BYTES {
        return Err(not_secret());
    }
    // The text is shorter than its cipher.
    let plain = sealed::open(BufReader::new(file), passphrase, size as usize);
    let plain = plain.map_err(|refused| match refused {
        Refused::NotSealed => not_secret(),
        Refused::Passphrase => SecretError::Passphrase(path.display().to_string()),
    })?;
    decode(&plain).ok_or_else(not_secret)
}

/// The plain bytes: counted first, so that the buffer never moves.
fn encode(secret: &Secret, proofs: u8) -> Zeroizing<Vec<u8>> {
    let mut length = 0;
    emit(secret, proofs, &mut |bytes| length += bytes.len());
    let mut out = Zeroizing::new(Vec::with_capacity(length));
    emit(secret, proofs, &mut |bytes| out.extend_from_slice(bytes));
    out
}

fn emit(secret: &Secret, proofs: u8, out: &mut dyn FnMut(&[u8])) {
    fn text(out: &mut dyn FnMut(&[u8]), text: &str) {
        out(&(text.len() as u32).to_le_bytes());
        out(text.as_bytes());
    }
    out(HEADER);
    out(&[proofs]);
    out(&secret.voucher);
    out(&*secret.salt);
    out(&(secret.blocks.len() as u32).to_le_bytes());
    for block in &secret.blocks {
        out(block.seed.expose());
        out(&(block.exposures.len() as u32).to_le_bytes());
        for exposure in &block.exposures {
            for name in [
                &exposure.id,
                &exposure.class,
                &exposure.grade,
                &exposure.currency,
                &exposure.conversion,
            ] {
                text(out, name);
            }
            out(&exposure.amount.to_le_bytes());
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.number()? as usize;
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(std::str::from_utf8(taken).ok()?.to_owned())
    }

    /// A list: it grows as its items are there, whatever its number says.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        for _ in 0..self.number()? {
            all.push(item(self)?);
        }
        Some(all)
    }

    fn exposure(&mut self) -> Option<VouchedExposure> {
        Some(VouchedExposure {
            id: self.text()?,
            class: self.text()?,
            grade: self.text()?,
            currency: self.text()?,
            conversion: self.text()?,
            amount: self.array().map(u64::from_le_bytes)?,
        })
    }

    fn block(&mut self) -> Option<SecretBlock> {
        let mut seed = self.array()?;
        let block = SecretBlock {
            seed: MasterSeed::kept(seed),
            exposures: self.list(Self::exposure)?,
        };
        seed.zeroize();
        Some(block)
    }
}

fn decode(plain: &[u8]) -> Option<(Secret, u8)> {
    let mut reader = Reader(plain.strip_prefix(HEADER)?);
    let [proofs] = reader.array()?;
    let secret = Secret {
        voucher: reader.array()?,
        salt: Zeroizing::new(reader.array()?),
        blocks: reader.list(Reader::block)?,
    };
    reader.0.is_empty().then_some((secret, proofs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        let exposure = |id: &str, amount| VouchedExposure {
            id: id.to_owned(),
            class: "retail".to_owned(),
            grade: String::new(),
            currency: "USD".to_owned(),
            conversion: "on-balance".to_owned(),
            amount,
        };
        let block = |seed, exposures| SecretBlock {
            seed: MasterSeed::kept([seed; 32]),
            exposures,
        };
        Secret {
            voucher: [9; 32],
            salt: Zeroizing::new([4; 32]),
            blocks: vec![
                block(1, vec![exposure("a", 0), exposure("ü", u64::MAX)]),
                block(2, vec![exposure("c", 7)]),
            ],
        }
    }

    #[test]
    fn secrets_come_back() {
        let plain = encode(&secret(), 3);
        let (back, proofs) = decode(&plain).expect("a secret");
        assert_eq!((back.voucher, proofs), ([9; 32], 3));
        assert!(encode(&back, 3) == plain);
        for end in 0..plain.len() {
            assert!(decode(&plain[..end]).is_none(), "{end}");
        }
        let more = [&plain[..], &[0]].concat();
        assert!(decode(&more).is_none());
    }

    /// CONDITIONS P2: whoever counts at the same time counts after the other.
    #[test]
    fn conditions_p2_nobody_counts_past_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        let phrase = Passphrase::from("correct horse".to_owned());
        write(&path, &secret(), &phrase).expect("a file");
        let other = spend(&path, &phrase, &[8; 32]);
        assert!(matches!(other, Err(SecretError::Changed(_))));
        let attempts: Vec<_> = std::thread::scope(|scope| {
            let one = || scope.spawn(|| spend(&path, &phrase, &[9; 32]));
            let running: Vec<_> = (0..MAX_PROOFS + 2).map(|_| one()).collect();
            let joined = running.into_iter().map(|thread| thread.join());
            joined.map(|result| result.expect("no panic")).collect()
        });
        let counted = attempts.iter().filter(|result| result.is_ok()).count();
        assert_eq!(counted, usize::from(MAX_PROOFS), "{attempts:?}");
        let spent = |result: &&Result<_, _>| matches!(result, Err(SecretError::Spent(_)));
        assert_eq!(attempts.iter().filter(spent).count(), 2, "{attempts:?}");
        assert_eq!(read(&path, &phrase).expect("a file").1, MAX_PROOFS);
        // Nothing is left beside it.
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            1
        );
    }
}
