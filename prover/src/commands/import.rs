//! `plimsoll import`.

use std::fs;
use std::io::Write;
use std::path::Path;

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::text::visible;
use plimsoll_verifier::files;

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
        eprintln!("note: {}", visible(note));
    }
    let book = &imported.book;
    super::print(&format!(
        "{}\n{} (RSSD {}, LEI {}), {}: {} exposures, {} capital items, {} stated lines\n",
        args.out.display(),
        visible(&book.institution),
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
    // First the snapshot: without it the book cannot be read, whenever this is interrupted.
    let ours = publish(beside, &text)?;
    book::save(&imported.book, &args.out).inspect_err(|_| {
        if ours {
            let _ = fs::remove_file(beside);
        }
    })?;
    for note in &imported.notes {
        eprintln!("note: {}", visible(note));
    }
    let book = &imported.book;
    super::print(&format!(
        "{}\n{}\n{} (LEI {}), {}: {} netting sets, {} trades, {} items of margin\n",
        args.out.display(),
        beside.display(),
        visible(&book.institution),
        book.lei,
        book.as_of,
        book.netting_sets.len(),
        book.trades.len(),
        book.margin.len(),
    ))
}

/// Writes a snapshot where none is, and says whether it did: one with these very bytes is there
/// where an import was interrupted, and serves.
fn publish(path: &Path, text: &str) -> Result<bool, Failure> {
    if path.exists() {
        if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(false);
        }
        let error = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(Failure::unwritable(path, error));
    }
    let parent = files::folder_of(path);
    let written = fs::create_dir_all(parent).and_then(|()| {
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|failed| failed.error)
    });
    written.map_err(|error| Failure::unwritable(path, error))?;
    files::settle(path);
    Ok(true)
}
