//! Secrets at rest: age files that a passphrase opens.
//!
//! The work that a passphrase costs is fixed here. Left to itself the library measures the machine
//! that seals, and refuses to open what costs sixteen times what it measures where it opens: a
//! file sealed on an idle machine could not be opened on a busy one.

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Read, Write};

use age::scrypt::{Identity, Recipient};
use zeroize::Zeroizing;

use crate::keys::Passphrase;

/// log2 of the work to seal (scrypt's N): 256 MiB, about a second.
const WORK: u8 = 18;
/// log2 of the most work that opens: a file cannot ask for hours.
const MOST_WORK: u8 = 22;

/// Why a file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not sealed by a passphrase, or is not whole.
    NotSealed,
    /// Another passphrase.
    Passphrase,
}

/// Seals what is written to the writer that comes back; it must be finished.
///
/// # Errors
/// What the cipher, its randomness or the file says.
pub(crate) fn seal<W: Write>(
    to: W,
    passphrase: &Passphrase,
) -> io::Result<age::stream::StreamWriter<W>> {
    let mut recipient = Recipient::new(passphrase.clone());
    recipient.set_work_factor(WORK);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    encryptor.wrap_output(to)
}

/// Seals a plain text into a file.
///
/// # Errors
/// As [`seal`].
pub(crate) fn seal_into(file: &mut File, plain: &[u8], passphrase: &Passphrase) -> io::Result<()> {
    // The library says of a header that it cannot write only that: it is written with the rest.
    let mut writer = seal(BufWriter::new(file), passphrase)?;
    writer.write_all(plain)?;
    writer.finish()?.flush()
}

/// Opens a file whose plain text is at most `most` bytes long.
///
/// # Errors
/// [`Refused`].
pub(crate) fn open(
    from: impl BufRead,
    passphrase: &Passphrase,
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let decryptor = age::Decryptor::new_buffered(from).map_err(|_| Refused::NotSealed)?;
    let mut identity = Identity::new(passphrase.clone());
    identity.set_max_work_factor(MOST_WORK);
    let opened = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity));
    let opened = opened.map_err(|error| match error {
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => {
            Refused::Passphrase
        }
        _ => Refused::NotSealed,
    })?;
    // Long enough from the start, so that it never moves and leaves no copy behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(most + 1));
    let read = opened.take(most as u64 + 1).read_to_end(&mut plain);
    match read {
        Ok(length) if length <= most => Ok(plain),
        _ => Err(Refused::NotSealed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(work: u8) -> Vec<u8> {
        let mut recipient = Recipient::new(Passphrase::from("phrase".to_owned()));
        recipient.set_work_factor(work);
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).unwrap();
        let mut out = Vec::new();
        let mut writer = encryptor.wrap_output(&mut out).unwrap();
        writer.write_all(b"text").unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn what_is_not_sealed_is_told_from_what_another_passphrase_seals() {
        let right = Passphrase::from("phrase".to_owned());
        let wrong = Passphrase::from("another".to_owned());
        let bytes = sealed(4);
        assert_eq!(open(&bytes[..], &right, 4).unwrap().as_slice(), b"text");
        assert_eq!(open(&bytes[..], &right, 3), Err(Refused::NotSealed));
        assert_eq!(open(&bytes[..], &wrong, 4), Err(Refused::Passphrase));
        assert_eq!(
            open(&bytes[..bytes.len() - 1], &right, 4),
            Err(Refused::NotSealed)
        );
        assert_eq!(open(&b"text"[..], &right, 4), Err(Refused::NotSealed));
    }

    #[test]
    fn work_is_as_stated_and_bounded() {
        let mut out = Vec::new();
        let phrase = Passphrase::from("phrase".to_owned());
        let mut writer = seal(&mut out, &phrase).unwrap();
        writer.write_all(b"text").unwrap();
        writer.finish().unwrap();
        let header = String::from_utf8_lossy(&out).into_owned();
        let stanza = header
            .lines()
            .find(|line| line.starts_with("-> scrypt "))
            .unwrap();
        assert!(stanza.ends_with(&format!(" {WORK}")), "{stanza}");
        // A file that asks for more work than is ever done: refused before it is done.
        let more = format!(" {}", MOST_WORK + 1);
        let cut = header.find(stanza).unwrap() + stanza.len();
        let asking = [&out[..cut - 3], more.as_bytes(), &out[cut..]].concat();
        assert_eq!(open(&asking[..], &phrase, 4), Err(Refused::NotSealed));
    }
}
