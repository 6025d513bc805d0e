//! `plimsoll sign`: one more signature over an attestation, a rulebook or a snapshot.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_circuits::document::{Document, MAX_BYTES};
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;

use crate::cli::Sign;
use crate::commands::keys::signer;
use crate::commands::prove::{Replace, write};
use crate::error::Failure;
use crate::keys::Signer;

/// `plimsoll sign`.
pub(super) fn sign(args: &Sign) -> Result<(), Failure> {
    let file = &args.file;
    let bytes = fs::read(file).map_err(|error| Failure::Unreadable {
        file: file.display().to_string(),
        error,
    })?;
    // The key is asked for once the file is known to be one that can be signed.
    let with = || signer(&args.signing)?.ok_or(Failure::NoSigner);
    if bytes.first() == Some(&b'{') {
        attestation(file, &bytes, with)
    } else {
        detached(file, bytes, with)
    }
}

/// In its place: the payload is as it was.
fn attestation(
    file: &Path,
    bytes: &[u8],
    with: impl Fn() -> Result<Signer, Failure>,
) -> Result<(), Failure> {
    let document = Document::decode(bytes, Standard::K).map_err(|error| Failure::Document {
        file: file.display().to_string(),
        error,
    })?;
    let statement = &document.attestation.statement;
    let signer = with()?;
    signer.may_sign_for(statement.lei)?;
    let mut envelope = document.envelope.clone();
    signer.sign(&mut envelope)?;
    write(file, &envelope.encode(), Replace::Always)?;
    let claims: Vec<String> = statement.claims.iter().map(ToString::to_string).collect();
    super::print(&format!(
        "signed {}: {}, number {}, {}; {}\n",
        file.display(),
        statement.lei,
        statement.sequence,
        claims.join(", "),
        super::counted(envelope.signatures().len(), "signature")
    ))
}

/// Beside it, as `FILE.dsse`: around the canonical bytes of what it says.
fn detached(
    file: &Path,
    bytes: Vec<u8>,
    with: impl Fn() -> Result<Signer, Failure>,
) -> Result<(), Failure> {
    let name = file.display().to_string();
    let text = crate::text::decode(bytes).map_err(|not_text| Failure::Encoding {
        file: name.clone(),
        line: not_text.line,
        column: not_text.column,
    })?;
    let (kind, what, canonical) = canonical(&text, &name)?;
    let beside = beside(file);
    let failed = |why: String| Failure::Beside {
        file: beside.display().to_string(),
        why,
    };
    let mut envelope = if beside.exists() {
        let bytes = fs::read(&beside).map_err(|error| failed(error.to_string()))?;
        let envelope = Envelope::decode(&bytes, kind, MAX_BYTES);
        let envelope = envelope.map_err(|error| failed(error.to_string()))?;
        if envelope.payload != canonical {
            return Err(failed("it is around another one".to_owned()));
        }
        envelope
    } else {
        Envelope::unsigned(kind, canonical)
    };
    with()?.sign(&mut envelope)?;
    write(&beside, &envelope.encode(), Replace::Always)?;
    super::print(&format!(
        "signed {what}: {}; {}\n",
        beside.display(),
        super::counted(envelope.signatures().len(), "signature")
    ))
}

/// Kind, name and canonical bytes. A snapshot says in which currency its rates are quoted, and a
/// rulebook has no such line.
fn canonical(text: &str, file: &str) -> Result<(PayloadType, String, Vec<u8>), Failure> {
    let is_snapshot = text.lines().any(|line| {
        line.split('=')
            .next()
            .is_some_and(|key| key.trim() == "base")
    });
    if is_snapshot {
        let snapshot = Snapshot::parse(text).map_err(|error| Failure::Snapshot {
            file: file.to_owned(),
            error,
        })?;
        let what = format!("snapshot {}", snapshot.name);
        return Ok((PayloadType::Snapshot, what, snapshot.canonical()));
    }
    let rulebook = Rulebook::parse(text).map_err(|error| Failure::Rulebook {
        file: file.to_owned(),
        error,
    })?;
    let what = format!("rulebook {}", rulebook.name);
    Ok((PayloadType::Rulebook, what, rulebook.canonical()))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".dsse");
    PathBuf::from(name)
}
