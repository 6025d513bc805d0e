//! `plimsoll keys`.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_circuits::text::visible;

use crate::cli::{Keys, Passphrases, Signing};
use crate::commands::prove::{Replace, write};
use crate::error::Failure;
use crate::keys::{
    self, Command, KeyFailure, Owned, Passphrase, SecretKey, Signer, read_public, read_secret,
    write_secret,
};

/// `plimsoll keys`.
pub(super) fn keys(command: &Keys) -> Result<(), Failure> {
    match command {
        Keys::New {
            owner,
            out,
            passphrase,
        } => {
            let public = with_extension(out);
            if public.exists() {
                return Err(Failure::Unwritable {
                    file: public.display().to_string(),
                    error: std::io::ErrorKind::AlreadyExists.into(),
                });
            }
            let key = SecretKey::generate(owner)?;
            let phrase = match &passphrase.file {
                Some(file) => keys::from_file(file)?,
                None => keys::ask_twice()?,
            };
            write_secret(out, &key, &phrase)?;
            let line = format!("{}\n", key.public());
            write(&public, line.as_bytes(), Replace::Never).inspect_err(|_| {
                // Nobody has seen its public half: the key is good for nothing.
                let _ = fs::remove_file(out);
            })?;
            super::print(&line)
        }
        Keys::Show { file, passphrase } => {
            let (owned, kind) = either(file, passphrase)?;
            super::print(&format!(
                "owner   {}\nkey     {}\nid      {}\nfile    {kind}\n",
                visible(&owned.owner),
                owned.key,
                owned.key.id()
            ))
        }
        Keys::Public { file, passphrase } => {
            let (owned, _) = either(file, passphrase)?;
            super::print(&format!("{owned}\n"))
        }
    }
}

/// `bank.key` and `bank.key.pub`.
fn with_extension(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// A public key file as it is; of a secret one its public half.
fn either(file: &Path, passphrase: &Passphrases) -> Result<(Owned, &'static str), Failure> {
    let start = fs::read(file).map_err(|error| KeyFailure::Io {
        file: file.display().to_string(),
        error,
    })?;
    if start.starts_with(b"ed25519:") {
        return Ok((read_public(file)?, "public"));
    }
    let key = read_secret(file, &phrase(passphrase)?)?;
    Ok((key.public().clone(), "secret, encrypted"))
}

pub(super) fn phrase(passphrase: &Passphrases) -> Result<Passphrase, KeyFailure> {
    match &passphrase.file {
        Some(file) => keys::from_file(file),
        None => keys::ask(),
    }
}

/// The signer that the command line names, if it names one.
pub(super) fn signer(signing: &Signing) -> Result<Option<Signer>, Failure> {
    if let Some(file) = &signing.key {
        let key = read_secret(file, &phrase(&signing.passphrase)?)?;
        return Ok(Some(Signer::Key(Box::new(key))));
    }
    match (&signing.signer, &signing.public) {
        (Some(line), Some(public)) => {
            let public = read_public(public)?;
            Ok(Some(Signer::Command(Box::new(Command::new(line, public)))))
        }
        _ => Ok(None),
    }
}
