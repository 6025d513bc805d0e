//! What the reader names: attestations, trust, rulebooks and snapshots, what was seen.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use plimsoll_circuits::document::MAX_BYTES;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::rulebook::{self, Rulebook};
use plimsoll_circuits::snapshot::{self, Snapshot};
use plimsoll_circuits::text::visible;

use super::{Cli, UsageError};
use crate::accept;
use crate::cache;
use crate::chain::Seen;
use crate::check::Verifier;
use crate::countersigned;
use crate::files::attestations_in;
use crate::trust::{self, Accepted, Trust};

/// Most bytes of attestations in one run.
const MOST_BYTES: u64 = 1 << 30;
/// Largest rulebook, snapshot, envelope of one, or file of what was seen.
const MOST_TEXT: u64 = 8 << 20;

/// Reads at most `limit` bytes and one more.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, UsageError> {
    let failed = |error| UsageError::Io {
        file: path.display().to_string(),
        error,
    };
    let mut bytes = Vec::new();
    let mut from: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(fs::File::open(path).map_err(failed)?)
    };
    let taken = from.by_ref().take(limit + 1).read_to_end(&mut bytes);
    taken.map_err(failed)?;
    Ok(bytes)
}

fn text(path: &Path, limit: u64) -> Result<String, UsageError> {
    let failed = |what: &str| UsageError::Io {
        file: path.display().to_string(),
        error: io::Error::new(io::ErrorKind::InvalidData, what),
    };
    let bytes = read(path, limit)?;
    if bytes.len() as u64 > limit {
        return Err(failed("larger than any file of its kind"));
    }
    String::from_utf8(bytes).map_err(|_| failed("not UTF-8"))
}

/// Attestations as they were given.
pub(super) struct Given {
    /// Names, fit for a terminal.
    pub(super) names: Vec<String>,
    /// Bytes; none of a file that cannot be read.
    pub(super) files: Vec<Vec<u8>>,
    /// Why a file that was found in a folder cannot be read.
    pub(super) unread: Vec<Option<io::ErrorKind>>,
    /// The countersignatures beside them.
    pub(super) countersignatures: Vec<Option<Vec<u8>>>,
}

/// The attestations: files as they are, folders by their `.plimsoll` files. Anybody may have put
/// those there: one that cannot be read keeps no other from being looked at. The countersignature
/// of each is looked for beside it, unless the reader names it.
pub(super) fn files(named: &[PathBuf], beside: bool) -> Result<Given, UsageError> {
    let mut paths = Vec::new();
    for path in named {
        if path.is_dir() {
            let found = attestations_in(path).map_err(|error| UsageError::Io {
                file: path.display().to_string(),
                error,
            })?;
            if found.is_empty() {
                return Err(UsageError::Empty(path.display().to_string()));
            }
            paths.extend(found.into_iter().map(|path| (path, true)));
        } else {
            paths.push((path.clone(), false));
        }
    }
    let mut together = 0;
    let mut files = Vec::with_capacity(paths.len());
    let mut unread = Vec::with_capacity(paths.len());
    let mut countersignatures = Vec::with_capacity(paths.len());
    for (path, found) in &paths {
        // One byte more than any attestation has is refused as too large, by name.
        let (bytes, error) = match read(path, MAX_BYTES as u64) {
            Ok(bytes) => (bytes, None),
            Err(UsageError::Io { error, .. }) if *found => (Vec::new(), Some(error.kind())),
            Err(error) => return Err(error),
        };
        together += bytes.len() as u64;
        if together > MOST_BYTES {
            return Err(UsageError::TooMuch(MOST_BYTES));
        }
        files.push(bytes);
        unread.push(error);
        let there = Some(countersigned::beside(path)).filter(|path| beside && path.is_file());
        // What cannot be read countersigns nothing: it is none.
        countersignatures.push(there.map(|path| countersignature(&path).unwrap_or_default()));
    }
    // Files that others put into a folder have names of their choice: none speaks to the terminal.
    let names = paths
        .iter()
        .map(|(path, _)| visible(&path.display().to_string()));
    Ok(Given {
        names: names.collect(),
        files,
        unread,
        countersignatures,
    })
}

/// Bytes of a countersignature; one byte more than any has is refused as too large, by name.
pub(super) fn countersignature(path: &Path) -> Result<Vec<u8>, UsageError> {
    read(path, plimsoll_circuits::countersignature::MAX_BYTES as u64)
}

/// Name and bytes of a receipt.
pub(super) fn receipt(path: &Path) -> Result<(String, Vec<u8>), UsageError> {
    named(path, plimsoll_circuits::receipt::MAX_BYTES as u64)
}

/// Name and bytes of a disclosure.
pub(super) fn disclosure(path: &Path) -> Result<(String, Vec<u8>), UsageError> {
    named(path, plimsoll_circuits::disclosure::MAX_BYTES as u64)
}

/// Name and bytes; one byte more than any such file has is refused as too large, by name.
fn named(path: &Path, most: u64) -> Result<(String, Vec<u8>), UsageError> {
    Ok((visible(&path.display().to_string()), read(path, most)?))
}

/// The trust file.
pub(super) fn trust(path: &Path) -> Result<Trust, UsageError> {
    let text = text(path, trust::MAX_BYTES as u64)?;
    Trust::parse(&text).map_err(|error| UsageError::Trust {
        file: path.display().to_string(),
        error,
    })
}

/// The file of what was seen, where a link to it is named: a link would be replaced by the file,
/// and what it stood for be forgotten. One that leads nowhere is an error.
pub(super) fn seen_file(path: &Path) -> Result<PathBuf, UsageError> {
    match path.is_symlink() {
        true => fs::canonicalize(path).map_err(|error| UsageError::Io {
            file: path.display().to_string(),
            error,
        }),
        false => Ok(path.to_owned()),
    }
}

/// What was seen: nothing, where there is no file yet.
pub(super) fn seen(path: &Path) -> Result<Seen, UsageError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Seen::default()),
        _ => {}
    }
    Seen::parse(&text(path, MOST_TEXT)?).map_err(|error| UsageError::Seen {
        file: path.display().to_string(),
        error,
    })
}

/// A verifier with the rulebooks and snapshots that the reader accepts.
pub(super) fn verifier(cli: &Cli, trust: Option<&Trust>) -> Result<Verifier<Standard>, UsageError> {
    let mut rulebooks = Vec::new();
    for name in &cli.rulebooks {
        rulebooks.push(load_rulebook(name, trust.map(|trust| &trust.rulebooks))?);
    }
    let mut snapshots = Vec::new();
    for name in &cli.snapshots {
        snapshots.push(load_snapshot(name, trust.map(|trust| &trust.snapshots))?);
    }
    // Those that are built in count where no other is named, and where the trust file lists them.
    if trust.is_some() || cli.rulebooks.is_empty() {
        rulebooks.extend(accept::rulebooks(trust)?);
    }
    snapshots.extend(accept::snapshots(trust)?);
    let folder = cache::folder(cli.params_dir.as_deref())?;
    let params = cache::load(&folder, Standard::K, &mut |text| eprintln!("{text}"))?;
    Ok(Verifier::trusting(params.into(), rulebooks, snapshots))
}

/// The envelope beside a file, if there is one.
fn envelope(file: &str, kind: PayloadType) -> Result<Option<Envelope>, UsageError> {
    let file = format!("{file}.dsse");
    if !Path::new(&file).exists() {
        return Ok(None);
    }
    let bytes = read(Path::new(&file), MOST_TEXT)?;
    Envelope::decode(&bytes, kind, MOST_TEXT as usize)
        .map(Some)
        .map_err(|error| UsageError::Envelope { file, error })
}

fn accepted(
    accepted: Option<&Accepted>,
    (name, canonical, digest): (&str, &[u8], [u8; 32]),
    signed: impl FnOnce() -> Result<Option<Envelope>, UsageError>,
) -> Result<(), UsageError> {
    let Some(accepted) = accepted else {
        return Ok(());
    };
    if accepted.accepts(canonical, digest, None)
        || accepted.accepts(canonical, digest, signed()?.as_ref())
    {
        return Ok(());
    }
    Err(UsageError::NotAccepted {
        file: name.to_owned(),
    })
}

fn load_rulebook(name: &str, by: Option<&Accepted>) -> Result<Rulebook, UsageError> {
    let failed = |error| UsageError::Rulebook {
        file: name.to_owned(),
        error,
    };
    let builtin = rulebook::BUILTIN.iter().any(|(known, _)| *known == name);
    let rulebook = if builtin {
        Rulebook::builtin(name).map_err(failed)?
    } else {
        Rulebook::parse(&text(Path::new(name), MOST_TEXT)?).map_err(failed)?
    };
    let what = (name, &rulebook.canonical()[..], rulebook.digest());
    accepted(by, what, || match builtin {
        true => Ok(None),
        false => envelope(name, PayloadType::Rulebook),
    })?;
    Ok(rulebook)
}

fn load_snapshot(name: &str, by: Option<&Accepted>) -> Result<Snapshot, UsageError> {
    let failed = |error| UsageError::Snapshot {
        file: name.to_owned(),
        error,
    };
    let builtin = snapshot::BUILTIN.iter().any(|(known, _)| *known == name);
    let snapshot = if builtin {
        Snapshot::builtin(name).map_err(failed)?
    } else {
        Snapshot::parse(&text(Path::new(name), MOST_TEXT)?).map_err(failed)?
    };
    let what = (name, &snapshot.canonical()[..], snapshot.digest());
    accepted(by, what, || match builtin {
        true => Ok(None),
        false => envelope(name, PayloadType::Snapshot),
    })?;
    Ok(snapshot)
}
