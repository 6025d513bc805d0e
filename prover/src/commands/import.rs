//! `plimsoll import`.

use plimsoll_circuits::book::Lei;

use crate::book;
use crate::cli::ImportFrY9c;
use crate::error::Failure;
use crate::import::fr_y9c;
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
