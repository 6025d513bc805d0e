//! The command line of `plimsoll-verify`.

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use plimsoll_circuits::attestation::{Attestation, AttestationError, MAX_BYTES};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::rulebook::{self, Rulebook};
use plimsoll_circuits::snapshot::{self, Snapshot};

use crate::check::{Policy, Verifier};
use crate::verdict::{Outcome, Unknown, Verdict};
use crate::{cache, report};

/// Checks an attestation of regulatory capital, trusting nothing but this program.
#[derive(Debug, Parser)]
#[command(name = "plimsoll-verify", version, after_help = EXIT_STATUS)]
pub struct Cli {
    /// The attestation; `-` is standard input.
    pub file: PathBuf,
    /// Look at an attestation that nobody signed.
    #[arg(long)]
    pub unsigned: bool,
    /// Accept only this rulebook: the name of one that is built in, or a file.
    #[arg(long, value_name = "NAME|FILE")]
    pub rulebook: Option<String>,
    /// Accept this market snapshot: the name of one that is built in, or a file.
    #[arg(long, value_name = "NAME|FILE")]
    pub snapshot: Option<String>,
    /// Folder of the cached public parameters, instead of the platform's cache folder.
    #[arg(long, value_name = "DIR")]
    pub params_dir: Option<PathBuf>,
    /// Print JSON instead of a page for people.
    #[arg(long)]
    pub json: bool,
}

const EXIT_STATUS: &str = "Exit status: 0 every claim holds, 1 refused, 2 cannot tell.\n\
A refusal says that the attestation is not what it claims to be; it is no evidence of a shortfall.";

/// Something is wrong with what the reader gave, not with the attestation.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// A file that cannot be read.
    #[error("{file}: {error}")]
    Io {
        /// Which.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// A rulebook that is refused.
    #[error("{file}: {error}")]
    Rulebook {
        /// Which.
        file: String,
        /// Why.
        error: rulebook::RulebookError,
    },
    /// A snapshot that is refused.
    #[error("{file}: {error}")]
    Snapshot {
        /// Which.
        file: String,
        /// Why.
        error: snapshot::SnapshotError,
    },
    /// No parameters.
    #[error(transparent)]
    Cache(#[from] cache::CacheError),
}

impl UsageError {
    /// The next step, where there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            UsageError::Io { .. } => None,
            UsageError::Rulebook { error, .. } => Some(error.hint()),
            UsageError::Snapshot { error, .. } => Some(error.hint()),
            UsageError::Cache(error) => Some(error.hint().to_owned()),
        }
    }
}

/// Runs the command; prints the verdict and returns the exit status.
///
/// # Errors
/// What the reader gave cannot be used; exit status 2.
pub fn run(cli: &Cli) -> Result<u8, UsageError> {
    let name = cli.file.display().to_string();
    let unreadable = |error| Verdict {
        outcome: Outcome::CannotTell(Unknown::Unreadable(error)),
        facts: None,
    };
    // What is no attestation needs no parameters, which may take long to derive.
    let verdict = match read(&cli.file)? {
        None => unreadable(AttestationError::TooLarge),
        Some(bytes) => match Attestation::decode(&bytes) {
            Err(error) => unreadable(error),
            Ok(_) => verifier(cli)?.check(&bytes, &policy(cli)),
        },
    };
    print(&if cli.json {
        format!("{:#}\n", report::json(&name, &verdict))
    } else {
        report::page(&name, &verdict)
    })?;
    Ok(verdict.outcome.exit_status())
}

/// Writes the verdict to standard output. A reader who has read enough is not an error: the exit
/// status says it all.
fn print(text: &str) -> Result<(), UsageError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(UsageError::Io {
            file: "standard output".to_owned(),
            error,
        }),
        _ => Ok(()),
    }
}

fn policy(cli: &Cli) -> Policy {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Policy {
        unsigned: cli.unsigned,
        now: now.ok().and_then(|now| i64::try_from(now.as_secs()).ok()),
    }
}

/// The bytes of the file, or none if there are more than any attestation has.
fn read(path: &PathBuf) -> Result<Option<Vec<u8>>, UsageError> {
    let failed = |error| UsageError::Io {
        file: path.display().to_string(),
        error,
    };
    let limit = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin()
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    } else {
        let file = fs::File::open(path).map_err(failed)?;
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    Ok((bytes.len() <= MAX_BYTES).then_some(bytes))
}

fn verifier(cli: &Cli) -> Result<Verifier<Standard>, UsageError> {
    let rulebook = cli.rulebook.as_deref().map(load_rulebook).transpose()?;
    let snapshot = cli.snapshot.as_deref().map(load_snapshot).transpose()?;
    let folder = cache::folder(cli.params_dir.as_deref())?;
    let params = cache::load(&folder, Standard::K, &mut |text| eprintln!("{text}"))?;
    let rulebooks = match rulebook {
        Some(rulebook) => vec![rulebook],
        None => {
            let builtin = rulebook::BUILTIN.iter();
            builtin
                .map(|(name, _)| load_rulebook(name))
                .collect::<Result<_, _>>()?
        }
    };
    Ok(Verifier::trusting(
        params.into(),
        rulebooks,
        snapshot.into_iter().collect(),
    ))
}

fn text_of(file: &str) -> Result<String, UsageError> {
    fs::read_to_string(file).map_err(|error| UsageError::Io {
        file: file.to_owned(),
        error,
    })
}

fn load_rulebook(name: &str) -> Result<Rulebook, UsageError> {
    let failed = |error| UsageError::Rulebook {
        file: name.to_owned(),
        error,
    };
    if rulebook::BUILTIN.iter().any(|(known, _)| *known == name) {
        Rulebook::builtin(name).map_err(failed)
    } else {
        Rulebook::parse(&text_of(name)?).map_err(failed)
    }
}

fn load_snapshot(name: &str) -> Result<Snapshot, UsageError> {
    let failed = |error| UsageError::Snapshot {
        file: name.to_owned(),
        error,
    };
    if snapshot::BUILTIN.iter().any(|(known, _)| *known == name) {
        Snapshot::builtin(name).map_err(failed)
    } else {
        Snapshot::parse(&text_of(name)?).map_err(failed)
    }
}
