//! The command line of `plimsoll-verify`.

mod papers;
mod sources;
mod store;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::EnvelopeError;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::text::visible_lines;
use plimsoll_circuits::{rulebook, snapshot};

use self::store::Store;
use crate::chain::SeenError;
use crate::cli::sources::Given;
use crate::files::{self, Readers, Replace};
use crate::policy::{Clock, Policy};
use crate::trust::{Trust, TrustError};
use crate::verdict::{Outcome, Unknown, Verdict, unreadable};
use crate::{accept, cache, report};

/// Checks attestations of regulatory capital, trusting nothing but this program.
#[derive(Debug, Parser)]
#[command(name = "plimsoll-verify", version, after_help = EXIT_STATUS)]
pub struct Cli {
    /// Attestations, and folders of `.plimsoll` files; `-` is standard input.
    #[arg(required_unless_present = "receipt", value_name = "FILE|DIR")]
    pub files: Vec<PathBuf>,
    /// Whom you trust, and what they must claim: a trust file.
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// Look at attestations that no trusted key signed.
    #[arg(long)]
    pub unsigned: bool,
    /// Accept this rulebook: the name of one that is built in, or a file; once for each. Under a
    /// trust file it must be accepted there as well, by its digest or by the signature in
    /// FILE.dsse; without one, no other is accepted.
    #[arg(long = "rulebook", value_name = "NAME|FILE")]
    pub rulebooks: Vec<String>,
    /// Accept this snapshot, in the same way.
    #[arg(long = "snapshot", value_name = "NAME|FILE")]
    pub snapshots: Vec<String>,
    /// Refuse the newest attestation of an institution if it is older than this.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=36_525))]
    pub max_age: Option<u64>,
    /// Remember here the last attestation of each institution that held, and refuse older ones.
    #[arg(long, value_name = "FILE", conflicts_with = "unsigned")]
    pub seen: Option<PathBuf>,
    /// Show the positions that this file discloses, and whether the attestation holds them.
    #[arg(long, value_name = "FILE", requires = "files", conflicts_with_all = ["seen", "html"])]
    pub disclosure: Option<PathBuf>,
    /// Check this receipt, against the attestation and the disclosure that are named, if any.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seen", "html"])]
    pub receipt: Option<PathBuf>,
    /// An auditor's countersignature of the one attestation; without it, FILE.countersigned beside
    /// each attestation is looked at where it is there.
    #[arg(long, value_name = "FILE", requires = "files")]
    pub countersignature: Option<PathBuf>,
    /// Folder of the cached public parameters, instead of the platform's cache folder.
    #[arg(long, value_name = "DIR")]
    pub params_dir: Option<PathBuf>,
    /// Print JSON instead of a page for people.
    #[arg(long)]
    pub json: bool,
    /// Write a page for people, in one file that needs no other.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
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
    /// A file that cannot be written; it is as it was.
    #[error("{file}: {error}")]
    Unwritable {
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
    /// A trust file that is refused.
    #[error("{file}: {error}")]
    Trust {
        /// Which.
        file: String,
        /// Why.
        error: TrustError,
    },
    /// A rulebook or a snapshot that the trust file does not accept.
    #[error("{file}: the trust file accepts neither its digest nor a signature over it")]
    NotAccepted {
        /// Which.
        file: String,
    },
    /// An envelope beside a rulebook or a snapshot that is none.
    #[error("{file}: {error}")]
    Envelope {
        /// Which.
        file: String,
        /// Why.
        error: EnvelopeError,
    },
    /// A file of what was seen that is refused.
    #[error("{file}: {error}")]
    Seen {
        /// Which.
        file: String,
        /// Why.
        error: SeenError,
    },
    /// A folder without attestations.
    #[error("{0}: there is no .plimsoll file in this folder")]
    Empty(String),
    /// The verdict cannot be written to standard output.
    #[error("standard output: {0}")]
    Output(#[source] io::Error),
    /// A disclosure, a receipt or a countersignature beside several attestations.
    #[error("a disclosure, a receipt or a countersignature is held against one attestation")]
    OneAttestation,
    /// More than is read at once.
    #[error("the files are larger than {0} bytes together")]
    TooMuch(u64),
    /// Something built in is refused.
    #[error(transparent)]
    Builtin(#[from] accept::BuiltinError),
    /// No parameters.
    #[error(transparent)]
    Cache(#[from] cache::CacheError),
}

impl UsageError {
    fn unwritable(path: &Path, error: io::Error) -> UsageError {
        UsageError::Unwritable {
            file: path.display().to_string(),
            error,
        }
    }

    /// The next step, where there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            UsageError::Io { .. } => Some("check the path and its permissions".to_owned()),
            UsageError::Unwritable { error, .. } => Some(files::unwritten(error).to_owned()),
            UsageError::Trust { error, .. } => Some(error.hint().to_owned()),
            UsageError::NotAccepted { .. } => Some(
                "list its digest under [[rulebook]] or [[snapshot]], or put the envelope of a \
                 signer whom you trust beside it, as FILE.dsse"
                    .to_owned(),
            ),
            UsageError::Envelope { .. } => {
                Some("it is what `plimsoll sign` writes: ask its signer for it again".to_owned())
            }
            UsageError::Seen { .. } => Some(
                "restore it from a copy: without it an older attestation can pass for the newest"
                    .to_owned(),
            ),
            UsageError::Empty(_) => Some("name the folder that holds them".to_owned()),
            UsageError::Output(_) => Some("make room where the output goes".to_owned()),
            UsageError::OneAttestation => Some("name the one that it was made for".to_owned()),
            UsageError::TooMuch(_) => Some("check them in several runs".to_owned()),
            UsageError::Rulebook { error, .. } => Some(error.hint()),
            UsageError::Snapshot { error, .. } => Some(error.hint()),
            UsageError::Builtin(_) => Some("build it again from a clean checkout".to_owned()),
            UsageError::Cache(error) => Some(error.hint().to_owned()),
        }
    }
}

/// The program `plimsoll-verify`.
pub fn main() -> ExitCode {
    if let Err(missing) = plimsoll_circuits::processor::check() {
        eprintln!("error: {missing}");
        return ExitCode::from(2);
    }
    match run(&Cli::parse()) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {}", visible_lines(&error.to_string()));
            if let Some(hint) = error.hint() {
                eprintln!("hint: {}", visible_lines(&hint));
            }
            ExitCode::from(2)
        }
    }
}

/// Runs the command; prints the verdicts and returns the exit status.
///
/// # Errors
/// What the reader gave cannot be used; exit status 2.
pub fn run(cli: &Cli) -> Result<u8, UsageError> {
    let (text, status) = answer(cli)?;
    print(&text)?;
    Ok(status)
}

/// What [`run`] prints, and its status; files that the reader asks for are written.
///
/// # Errors
/// As [`run`].
pub fn answer(cli: &Cli) -> Result<(String, u8), UsageError> {
    let trust = cli.trust.as_deref().map(sources::trust).transpose()?;
    let store = cli.seen.as_deref().map(Store::open).transpose()?;
    let mut given = sources::files(&cli.files, cli.countersignature.is_none())?;
    if let Some(path) = &cli.countersignature {
        let [beside] = &mut given.countersignatures[..] else {
            return Err(UsageError::OneAttestation);
        };
        *beside = Some(sources::countersignature(path)?);
    }
    if let Some(path) = &cli.receipt {
        return papers::receipt(cli, path, trust, &given);
    }
    if let Some(path) = &cli.disclosure {
        return papers::disclosure(cli, path, trust, &given);
    }
    let Given {
        names,
        files,
        unread,
        countersignatures,
    } = given;
    let policy = policy(cli, trust.clone());
    // What is no attestation needs no parameters, which may take long to derive.
    let decoded = files.iter().map(|file| Document::decode(file, Standard::K));
    let errors: Result<Vec<_>, ()> = decoded.map(|d| d.err().ok_or(())).collect();
    let (mut verdicts, verifier): (Vec<Verdict>, _) = match errors {
        Ok(errors) => (errors.into_iter().map(unreadable).collect(), None),
        Err(()) => {
            let mut verifier = sources::verifier(cli, trust.as_ref())?;
            let seen = store.as_ref().map(Store::seen).cloned();
            let seen = seen.unwrap_or_default();
            (verifier.check_all(&files, &policy, &seen), Some(verifier))
        }
    };
    if let Some(store) = store {
        store.remember(&verdicts)?;
    }
    // A countersignature that does not match is a matter of its own attestation: anybody can lay one
    // beside it, and neither the others nor what was seen are any worse for it.
    if let Some(verifier) = &verifier {
        for ((verdict, file), beside) in verdicts.iter_mut().zip(&files).zip(&countersignatures) {
            if let Some(beside) = beside {
                *verdict = verifier.countersigned(verdict.clone(), file, beside, &policy);
            }
        }
    }
    for (verdict, error) in verdicts.iter_mut().zip(unread) {
        if let Some(error) = error {
            *verdict = Verdict::bare(Outcome::CannotTell(Unknown::File(error)));
        }
    }
    let checked: Vec<(String, Verdict)> = names.into_iter().zip(verdicts).collect();
    if let Some(path) = &cli.html {
        let page = report::html::page(&checked);
        let fill = |file: &mut fs::File| file.write_all(page.as_bytes());
        files::write(path, Replace::Always, Readers::All, fill)
            .map_err(|error| UsageError::unwritable(path, error))?;
    }
    Ok((text(cli, &checked), status(&checked)))
}

/// One file by itself has its own page; several share a table.
fn text(cli: &Cli, checked: &[(String, Verdict)]) -> String {
    match (checked, cli.json) {
        ([(name, verdict)], true) => format!("{:#}\n", report::json(name, verdict)),
        ([(name, verdict)], false) => report::page(name, verdict),
        (_, true) => format!("{:#}\n", report::table::json(checked)),
        (_, false) => report::table::page(checked),
    }
}

/// Of several: refused if one is, else cannot tell if one cannot.
fn status(checked: &[(String, Verdict)]) -> u8 {
    let outcomes = || checked.iter().map(|(_, verdict)| &verdict.outcome);
    if outcomes().any(|outcome| matches!(outcome, Outcome::Refused(_))) {
        1
    } else if outcomes().all(|outcome| *outcome == Outcome::Holds) {
        0
    } else {
        2
    }
}

/// Writes the verdict to standard output. A reader who has read enough is not an error: the exit
/// status says it all.
fn print(text: &str) -> Result<(), UsageError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(UsageError::Output(error)),
        _ => Ok(()),
    }
}

fn policy(cli: &Cli, trust: Option<Trust>) -> Policy {
    Policy {
        unsigned: cli.unsigned,
        clock: Clock::System,
        max_age: cli.max_age.map(|days| days * 86_400),
        trust: trust.unwrap_or_default(),
    }
}
