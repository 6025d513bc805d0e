//! `plimsoll import`.

use std::io::Write;
use std::path::Path;

use plimsoll_circuits::book::Lei;

use crate::book;
use crate::cli::{ImportFrY9c, ImportOptionChain};
use crate::error::Failure;
use crate::import::{fr_y9c, option_chain};
use crate::sources;

/// `plimsoll import fr-y9c`.
pub(super) fn fr_y9c(args: &ImportFrY9c) -> Result<(), Failure> {
    let lei = args
        .lei
        .as_deref()
        .map(Lei::parse)
        .transpose()
        .map_err(Failure::Lei)?;
    let rulebook = sources::rulebook(fr_y9c::RULEBOOK)?;
    let imported = fr_y9c::import(&args.file, lei, &rulebook)?;
    book::save(&imported.book, &args.out)?;
    for note in &imported.notes {
        eprintln!("note: {note}");
    }
    let book = &imported.book;
    super::print(&format!(
        "{}\n{} (RSSD {}, LEI {}), {}: {} exposures, {} capital items, {} stated lines\n",
        args.out.display(),
        book.institution,
        imported.rssd,
        book.lei,
        book.as_of,
        book.exposures.len(),
        book.capital.len(),
        book.stated.len(),
    ))
}

/// `plimsoll import option-chain`.
pub(super) fn option_chain(args: &ImportOptionChain) -> Result<(), Failure> {
    let sources = sources::load(
        &args.book,
        args.rulebook.as_deref(),
        args.snapshot.as_deref(),
    )?;
    let (file, positions) = (&args.file, &args.positions);
    let imported = option_chain::import(
        file,
        positions,
        &sources.book,
        &sources.snapshot,
        &args.class,
    )?;
    book::check(&imported.book, &sources.rulebook, &imported.snapshot)?;
    let mut beside = args.out.clone().into_os_string();
    beside.push(".snapshot.toml");
    let beside = Path::new(&beside);
    let text = option_chain::snapshot_text(&imported.snapshot);
    let prepared = prepare(beside, &text)?;
    book::save(&imported.book, &args.out)?;
    prepared.persist_noclobber(beside).map_err(|failed| {
        // The two belong together: without the snapshot the book cannot be read.
        let _ = std::fs::remove_dir_all(&args.out);
        unwritable(beside, failed.error)
    })?;
    for note in &imported.notes {
        eprintln!("note: {note}");
    }
    let book = &imported.book;
    super::print(&format!(
        "{}\n{}\n{} (LEI {}), {}: {} netting sets, {} trades, {} items of margin\n",
        args.out.display(),
        beside.display(),
        book.institution,
        book.lei,
        book.as_of,
        book.netting_sets.len(),
        book.trades.len(),
        book.margin.len(),
    ))
}

/// A file that is written and has no name yet; it must not be there.
fn prepare(path: &Path, text: &str) -> Result<tempfile::NamedTempFile, Failure> {
    if path.exists() {
        let error = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(unwritable(path, error));
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let written = std::fs::create_dir_all(parent).and_then(|()| {
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(text.as_bytes())?;
        Ok(file)
    });
    written.map_err(|error| unwritable(path, error))
}

fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::Unwritable {
        file: path.display().to_string(),
        error,
    }
}
