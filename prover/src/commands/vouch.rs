//! `plimsoll vouch`: a data owner commits to its exposures and signs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::pinned::pinned_id;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::statement::RowCircuit;

use crate::cli::Vouch;
use crate::commands::keys::signer;
use crate::commands::prove::{Replace, check_place, params, write};
use crate::error::Failure;
use crate::keys::{self, Passphrase};
use crate::vouch::{self, Issue, VouchError, issue};

/// `plimsoll vouch`.
pub(super) fn vouch(args: &Vouch) -> Result<(), Failure> {
    let (public, secret) = (beside(&args.out, ".voucher"), beside(&args.out, ".vouched"));
    check_place(&public)?;
    check_place(&secret)?;
    let beneficiary = Lei::parse(&args.beneficiary).map_err(Failure::Beneficiary)?;
    let source = &args.source;
    let sources = source.load()?;
    let signer = signer(&args.signing)?.ok_or(Failure::NoSigner)?;
    let phrase = secret_phrase(args.vouched_passphrase_file.as_deref())?;
    let params = params(&args.params)?;
    let failed = |error: VouchError| Failure::Vouch {
        folder: source.book.clone(),
        error,
    };
    let circuit = CircuitKind::Rows(RowCircuit::Vouched);
    let made = issue::<Standard>(
        &params,
        &Issue {
            book: &sources.book,
            rulebook: &sources.rulebook,
            snapshot: &sources.snapshot,
            owner: &signer.public().owner,
            key: signer.public().key.clone(),
            beneficiary,
            accounts: &args.accounts,
            serial: args.serial,
            circuit: pinned_id(Standard::K, circuit).unwrap_or_default(),
        },
    );
    let (mut voucher, columns) = made.map_err(failed)?;
    signer.sign(&mut voucher.envelope)?;
    // First what opens it: a voucher without its secret could not be used.
    vouch::write(&secret, &columns, &phrase).map_err(|error| failed(error.into()))?;
    if let Err(failure) = write(&public, &voucher.encode(), Replace::Never) {
        // It opens nothing that anyone has.
        let _ = fs::remove_file(&secret);
        return Err(failure);
    }
    let exposures = super::counted(sources.book.exposures.len(), "exposure");
    super::print(&format!(
        "wrote {} and {}: {exposures} for {beneficiary}, number {}\n",
        public.display(),
        secret.display(),
        args.serial
    ))
}

/// The passphrase of a new secret.
fn secret_phrase(file: Option<&Path>) -> Result<Passphrase, Failure> {
    Ok(match file {
        Some(file) => keys::from_file(file)?,
        None => {
            eprintln!("a passphrase for the exposures, which the institution needs too");
            keys::ask_twice()?
        }
    })
}

/// `NAME.voucher` of `NAME`.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(extension);
    PathBuf::from(name)
}
