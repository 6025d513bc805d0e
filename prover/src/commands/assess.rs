//! `plimsoll assess`.

use crate::cli::Assess;
use crate::error::Failure;
use crate::sources;

/// `plimsoll assess`.
pub(super) fn assess(args: &Assess) -> Result<(), Failure> {
    let _sources = sources::load(
        &args.source.book,
        args.source.rulebook.as_deref(),
        args.source.snapshot.as_deref(),
    )?;
    Ok(())
}
