//! Passphrases: typed, or read from a file or a descriptor (`/dev/fd/3`). Never an argument, which
//! every process of the machine can read.

use std::fs;
use std::io::Read;
use std::path::Path;

use age::secrecy::SecretString;
use zeroize::{Zeroize, Zeroizing};

use super::KeyFailure;

/// A passphrase; wiped when dropped, and never printed.
pub type Passphrase = SecretString;

const MOST_BYTES: u64 = 4096;

/// Asks on the terminal.
///
/// # Errors
/// No terminal, or nothing typed.
pub fn ask() -> Result<Passphrase, KeyFailure> {
    prompted("passphrase: ")
}

/// Asks twice.
///
/// # Errors
/// No terminal, nothing typed, or not the same.
pub fn ask_twice() -> Result<Passphrase, KeyFailure> {
    use age::secrecy::ExposeSecret;
    let (one, other) = (prompted("passphrase: ")?, prompted("the same again: ")?);
    if one.expose_secret() == other.expose_secret() {
        Ok(one)
    } else {
        Err(KeyFailure::NoPassphrase)
    }
}

fn prompted(prompt: &str) -> Result<Passphrase, KeyFailure> {
    let typed = rpassword::prompt_password(prompt).map_err(|error| KeyFailure::Io {
        file: "the terminal".to_owned(),
        error,
    })?;
    secret(typed)
}

/// The first line of a file.
///
/// # Errors
/// A file that cannot be read, or whose first line is empty.
pub fn from_file(path: &Path) -> Result<Passphrase, KeyFailure> {
    let failed = |error| KeyFailure::Io {
        file: path.display().to_string(),
        error,
    };
    // All at once, so that no half-grown buffer is left behind unwiped.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES as usize + 1));
    let file = fs::File::open(path).map_err(failed)?;
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| KeyFailure::NoPassphrase)?;
    secret(text.to_owned())
}

fn secret(mut text: String) -> Result<Passphrase, KeyFailure> {
    if text.is_empty() {
        text.zeroize();
        return Err(KeyFailure::NoPassphrase);
    }
    Ok(SecretString::from(text))
}
