//! `plimsoll receipt`: the institution's word to its counterparties that their positions are in
//! its book.

use std::fs;
use std::io;
use std::path::Path;

use plimsoll_circuits::book::Book;
use plimsoll_circuits::receipt::Receipt;

use crate::cli::Receipt as Args;
use crate::commands::keys::signer;
use crate::commands::prove::{check_place, write_private};
use crate::error::Failure;
use crate::receipts::{Told, positions};
use plimsoll_verifier::files;
use plimsoll_verifier::verdict::short;

/// Which receipt is whose, in the folder of all of them.
const INDEX: &str = "index.csv";

/// `plimsoll receipt`.
pub(super) fn receipt(args: &Args) -> Result<(), Failure> {
    check_place(&args.out)?;
    let source = &args.source;
    let sources = source.load()?;
    let book = &sources.book;
    if let Some(file) = &args.attestation {
        of_this_book(file, book)?;
    }
    let told = match args.all {
        true => positions(book),
        false => named(&args.positions, positions(book))?,
    };
    let signer = signer(&args.signing)?.ok_or(Failure::NoSigner)?;
    signer.may_sign_for(book.lei)?;
    let mut receipts = Vec::with_capacity(told.len());
    for told in &told {
        let content = told
            .content(book)
            .map_err(crate::attest::AttestError::from)?;
        let mut receipt = Receipt::unsigned(content);
        signer.sign(&mut receipt.envelope)?;
        receipts.push(receipt);
    }
    match &receipts[..] {
        [only] if !args.all => write_private(&args.out, &only.encode())?,
        all => write_folder(&args.out, all)?,
    }
    let count = super::counted(receipts.len(), "receipt");
    super::print(&format!(
        "wrote {}: {count}, signed by key {}\n",
        args.out.display(),
        short(&signer.public().key.id().0)
    ))
}

/// Whether an attestation is of the same institution and time.
fn of_this_book(file: &Path, book: &Book) -> Result<(), Failure> {
    let document = super::attestation(file)?;
    let statement = &document.attestation.statement;
    let as_of = book.as_of.seconds() + i64::from(book.as_of_time);
    let what = match (statement.lei == book.lei, statement.as_of == as_of) {
        (true, true) => return Ok(()),
        (false, _) => "institution",
        (true, false) => "time",
    };
    Err(Failure::OtherBook {
        file: file.display().to_string(),
        what,
    })
}

/// The positions with these ids; those that share an id are all meant.
fn named(ids: &[String], all: Vec<Told>) -> Result<Vec<Told>, Failure> {
    for id in ids {
        if !all.iter().any(|told| told.id() == id) {
            return Err(Failure::NoPosition(id.clone()));
        }
    }
    let wanted = |told: &Told| ids.iter().any(|id| told.id() == id);
    Ok(all.into_iter().filter(wanted).collect())
}

/// A new folder with one file for each receipt, whole or not there; names say nothing, an index
/// for the institution says which is whose.
fn write_folder(path: &Path, receipts: &[Receipt]) -> Result<(), Failure> {
    let failed = |error| Failure::Unwritable {
        file: path.display().to_string(),
        error,
    };
    let folder = private_folder(files::folder_of(path)).map_err(failed)?;
    let mut index = csv::Writer::from_writer(Vec::new());
    let row = |index: &mut csv::Writer<Vec<u8>>, row: [&str; 3]| {
        index
            .write_record(row)
            .map_err(|error| failed(error.into()))
    };
    row(&mut index, ["kind", "id", "file"])?;
    for receipt in receipts {
        let name = receipt.content.file_name();
        write_private(&folder.path().join(&name), &receipt.encode())?;
        let content = &receipt.content;
        row(&mut index, [content.position.kind(), &content.id, &name])?;
    }
    let index = index
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    write_private(&folder.path().join(INDEX), &index)?;
    // Never over another: a folder that is there, and not empty, is not replaced by the system.
    fs::rename(folder.path(), path).map_err(failed)?;
    // It has another name now, and is kept.
    let _ = folder.keep();
    Ok(())
}

/// A new folder that its owner alone may look into.
fn private_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir_in(parent)
}
