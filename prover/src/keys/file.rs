//! Keys in files.
//!
//! Secret: an age file (armoured, scrypt) whose text is
//!
//! ```text
//! plimsoll-secret-key 1
//! OWNER
//! BASE64 of 32 bytes
//! ```
//!
//! Public: one line, `ed25519:BASE64 OWNER`.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_circuits::envelope::{KeyError, PublicKey};
use zeroize::Zeroizing;

use super::{KeyFailure, Owned, Passphrase, SecretKey, owner};
use crate::sealed::{self, Refused};
use plimsoll_verifier::files::{self, Readers, Replace};

const HEADER: &str = "plimsoll-secret-key 1";
/// A key file is far smaller.
const MOST_BYTES: u64 = 16 << 10;

fn failed(path: &Path) -> impl Fn(std::io::Error) -> KeyFailure + '_ {
    |error| KeyFailure::Io {
        file: path.display().to_string(),
        error,
    }
}

/// The encrypted text of a secret key.
///
/// # Errors
/// What the cipher or its randomness says.
fn secret_text(key: &SecretKey, passphrase: &Passphrase) -> std::io::Result<Vec<u8>> {
    let seed = key.seed();
    // Long enough from the start, so that it never moves and leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(512));
    text.push_str(HEADER);
    text.push('\n');
    text.push_str(&key.public().owner);
    text.push('\n');
    STANDARD.encode_string(*seed, &mut text);
    text.push('\n');
    let mut out = Vec::new();
    let armour = ArmoredWriter::wrap_output(&mut out, Format::AsciiArmor)?;
    let mut writer = sealed::seal(armour, passphrase)?;
    writer.write_all(text.as_bytes())?;
    writer.finish()?.finish()?;
    Ok(out)
}

/// Writes a new secret key: readable by its owner alone, whole or not there, never over another.
///
/// # Errors
/// A file that is there, or a folder that cannot be written.
pub fn write_secret(
    path: &Path,
    key: &SecretKey,
    passphrase: &Passphrase,
) -> Result<(), KeyFailure> {
    let failed = failed(path);
    if path.exists() {
        return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
    }
    let text = secret_text(key, passphrase).map_err(&failed)?;
    files::write(path, Replace::Never, Readers::Owner, |file| {
        file.write_all(&text)
    })
    .map_err(&failed)
}

fn read(path: &Path) -> Result<Vec<u8>, KeyFailure> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed(path))?;
    let taken = file.take(MOST_BYTES).read_to_end(&mut bytes);
    taken.map_err(failed(path))?;
    Ok(bytes)
}

/// Reads a secret key.
///
/// # Errors
/// Not a key file, or another passphrase.
pub fn read_secret(path: &Path, passphrase: &Passphrase) -> Result<SecretKey, KeyFailure> {
    let not_secret = || KeyFailure::NotSecret(path.display().to_string());
    let bytes = read(path)?;
    let armoured = BufReader::new(ArmoredReader::new(&bytes[..]));
    let text = sealed::open(armoured, passphrase, MOST_BYTES as usize);
    let text = text.map_err(|refused| match refused {
        Refused::NotSealed => not_secret(),
        Refused::Passphrase => KeyFailure::Passphrase(path.display().to_string()),
    })?;
    let text = std::str::from_utf8(&text).map_err(|_| not_secret())?;
    let mut lines = text.lines();
    let (header, owner, seed) = (lines.next(), lines.next(), lines.next());
    let (Some(HEADER), Some(owner), Some(seed), None) = (header, owner, seed, lines.next()) else {
        return Err(not_secret());
    };
    let mut bytes = Zeroizing::new([0u8; 33]);
    let length = STANDARD.decode_slice(seed, &mut *bytes);
    if length != Ok(32) {
        return Err(not_secret());
    }
    let mut seed = Zeroizing::new([0u8; 32]);
    seed.copy_from_slice(&bytes[..32]);
    SecretKey::from_seed(&seed, owner)
}

/// Reads a public key.
///
/// # Errors
/// Not one line of a sound key and its owner.
pub fn read_public(path: &Path) -> Result<Owned, KeyFailure> {
    let not_public = |error| KeyFailure::NotPublic {
        file: path.display().to_string(),
        error,
    };
    let bytes = read(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| not_public(KeyError::Form))?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let (key, name) = line.split_once(' ').ok_or(not_public(KeyError::Form))?;
    let key = PublicKey::parse(key).map_err(not_public)?;
    let owner = owner(name)?;
    Ok(Owned { key, owner })
}
