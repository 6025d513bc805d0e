//! `plimsoll disclose`.

use plimsoll_circuits::protocol::layout::Standard;

use crate::cli::Disclose;
use crate::commands::keys::phrase;
use crate::commands::prove::{check_place, params, write_private};
use crate::error::Failure;
use crate::opening;

/// `plimsoll disclose`.
pub(super) fn disclose(args: &Disclose) -> Result<(), Failure> {
    check_place(&args.out)?;
    let file = args.attestation.display().to_string();
    let document = super::attestation(&args.attestation)?;
    let opening = opening::read(&args.opening, &phrase(&args.passphrase)?)?;
    let params = params(&args.params)?;
    let disclosure = opening
        .disclose::<Standard>(
            &params,
            &document.attestation,
            document.digest,
            &args.positions,
        )
        .map_err(|error| Failure::Disclose { file, error })?;
    let bytes = disclosure.encode();
    write_private(&args.out, &bytes)?;
    let shown = super::counted(disclosure.records.len(), "position");
    super::print(&format!(
        "wrote {} ({} bytes): {shown}\n",
        args.out.display(),
        bytes.len()
    ))
}
