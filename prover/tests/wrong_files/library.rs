//! What the library says of a wrong file, by its kind.

use std::fmt::Debug;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use clap::Parser;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::Standard;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::cli::{Cli as Tool, Command};
use plimsoll_prover::error::Failure;
use plimsoll_verifier::chain::Seen;
use plimsoll_verifier::cli::Cli;
use plimsoll_verifier::{Clock, Policy, Trust, Verifier};

use crate::file::Wrong;
use crate::support::params::params;

/// Outcome, reason, cause and message.
#[derive(Debug, PartialEq)]
pub struct Said {
    pub outcome: String,
    pub reason: String,
    pub cause: Option<String>,
    pub message: String,
}

impl Said {
    /// An error: the names of its variants, without what they carry.
    fn malformed(error: &dyn Debug, message: String) -> Said {
        Said {
            outcome: "malformed".to_owned(),
            reason: variants(&format!("{error:?}")),
            cause: None,
            message,
        }
    }
}

/// `Invalid { at: …, key: "keys", problem: Duplicate }` is `Invalid.Duplicate`.
pub fn variants(debug: &str) -> String {
    const STRUCTS: [&str; 9] = [
        "Some",
        "None",
        "Position",
        "Located",
        "Named",
        "At",
        "JsonError",
        "Syntax",
        "Box",
    ];
    // Texts between quotation marks are the file's.
    let mut outside = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in debug.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if !quoted => outside.push(c),
            _ => {}
        }
    }
    let words = outside.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = |word: &&str| word.starts_with(|c: char| c.is_ascii_uppercase());
    let words: Vec<&str> = words
        .filter(named)
        .filter(|word| !STRUCTS.contains(word))
        .collect();
    words.join(".")
}

fn text(wrong: &Wrong) -> &str {
    std::str::from_utf8(wrong.bytes()).unwrap()
}

/// What the library says; none where it takes the file.
pub fn says(wrong: &Wrong, folder: &Path) -> Option<Said> {
    let display = |error: &dyn std::error::Error| error.to_string();
    match wrong.header.kind.as_str() {
        "attestation" | "disclosure" => verdict(wrong),
        "trust" => Trust::parse(text(wrong))
            .err()
            .map(|e| Said::malformed(&e, display(&e))),
        "seen" => Seen::parse(text(wrong))
            .err()
            .map(|e| Said::malformed(&e, display(&e))),
        "rulebook" => Rulebook::parse(text(wrong))
            .err()
            .map(|e| Said::malformed(&e, display(&e))),
        "snapshot" => Snapshot::parse(text(wrong))
            .err()
            .map(|e| Said::malformed(&e, display(&e))),
        "signed" => signed(wrong),
        "book" | "key" | "opening" => {
            let failure = run(wrong, folder).err()?;
            Some(Said::malformed(&failure, failure.to_string()))
        }
        kind => panic!("no reader of {kind}"),
    }
}

fn file<'a>(wrong: &'a Wrong, name: &Path) -> &'a [u8] {
    let mut files = wrong.files.iter();
    let (_, bytes) = files.find(|(known, _)| Path::new(known) == name).unwrap();
    bytes
}

fn of_text<'a>(wrong: &'a Wrong, name: &Path) -> &'a str {
    std::str::from_utf8(file(wrong, name)).unwrap()
}

fn verdict(wrong: &Wrong) -> Option<Said> {
    static VERIFIER: OnceLock<Mutex<Verifier<Standard>>> = OnceLock::new();
    let new = || Mutex::new(Verifier::standard(params()).unwrap());
    let mut verifier = VERIFIER.get_or_init(new).lock().unwrap();
    let cli = Cli::try_parse_from(&wrong.header.command).unwrap();
    let trust = cli
        .trust
        .as_ref()
        .map(|name| Trust::parse(of_text(wrong, name)).unwrap());
    let policy = Policy {
        unsigned: cli.unsigned,
        clock: Clock::System,
        trust: trust.unwrap_or_default(),
        ..Policy::default()
    };
    let files: Vec<&[u8]> = cli.files.iter().map(|name| file(wrong, name)).collect();
    if cli.disclosure.is_some() {
        let disclosed = verifier.disclosed(files[0], wrong.bytes(), &policy);
        let error = disclosed.records.as_ref().err()?;
        assert_eq!(i32::from(disclosed.exit_status()), wrong.header.status);
        return Some(Said {
            outcome: disclosed.word().to_owned(),
            reason: error.reason().to_owned(),
            cause: error.cause(),
            message: error.to_string(),
        });
    }
    let seen = cli
        .seen
        .as_ref()
        .map(|name| Seen::parse(of_text(wrong, name)).unwrap());
    let verdicts = verifier.check_all(&files, &policy, &seen.unwrap_or_default());
    let outcome = &verdicts[0].outcome;
    assert_eq!(i32::from(outcome.exit_status()), wrong.header.status);
    Some(Said {
        outcome: outcome.word().to_owned(),
        reason: outcome.reason()?.to_owned(),
        cause: outcome.cause(),
        message: outcome.to_string(),
    })
}

/// A rulebook or a snapshot, and the envelope beside it, if there is one.
fn signed(wrong: &Wrong) -> Option<Said> {
    let cli = Cli::try_parse_from(&wrong.header.command).unwrap();
    let trust = Trust::parse(of_text(wrong, &cli.trust.unwrap())).unwrap();
    let (kind, accepted, canonical, digest) = match (cli.rulebooks.first(), cli.snapshots.first()) {
        (Some(name), _) => {
            let rules = Rulebook::parse(of_text(wrong, Path::new(name))).unwrap();
            (
                PayloadType::Rulebook,
                trust.rulebooks,
                rules.canonical(),
                rules.digest(),
            )
        }
        (_, Some(name)) => {
            let prices = Snapshot::parse(of_text(wrong, Path::new(name))).unwrap();
            (
                PayloadType::Snapshot,
                trust.snapshots,
                prices.canonical(),
                prices.digest(),
            )
        }
        _ => panic!("neither a rulebook nor a snapshot"),
    };
    let beside = wrong.files.iter().find(|(name, _)| name.ends_with(".dsse"));
    let envelope = match beside.map(|(_, bytes)| Envelope::decode(bytes, kind, 1 << 20)) {
        None => None,
        Some(Ok(envelope)) => Some(envelope),
        Some(Err(error)) => {
            let said = Said::malformed(&error, error.to_string());
            let reason = said.reason.split('.').next().unwrap().to_owned();
            return Some(Said { reason, ..said });
        }
    };
    if accepted.accepts(&canonical, digest, envelope.as_ref()) {
        return None;
    }
    let error = plimsoll_verifier::cli::UsageError::NotAccepted {
        file: String::new(),
    };
    Some(Said::malformed(&error, error.to_string()))
}

/// The tool's commands, as a library.
fn run(wrong: &Wrong, folder: &Path) -> Result<(), Failure> {
    let in_folder = |name: &Path| folder.join(name);
    let mut cli = Tool::try_parse_from(&wrong.header.command).unwrap();
    match &mut cli.command {
        Command::Assess(assess) => assess.source.book = in_folder(&assess.source.book),
        Command::Keys(plimsoll_prover::cli::Keys::Show { file, passphrase }) => {
            *file = in_folder(file);
            passphrase.file = passphrase.file.as_deref().map(in_folder);
        }
        Command::Sign(sign) => {
            sign.file = in_folder(&sign.file);
            sign.signing.key = sign.signing.key.as_deref().map(in_folder);
            let phrase = &mut sign.signing.passphrase.file;
            *phrase = phrase.as_deref().map(in_folder);
        }
        Command::Disclose(disclose) => {
            disclose.attestation = in_folder(&disclose.attestation);
            disclose.opening = in_folder(&disclose.opening);
            disclose.out = in_folder(&disclose.out);
            let phrase = &mut disclose.passphrase.file;
            *phrase = phrase.as_deref().map(in_folder);
        }
        other => panic!("{other:?}"),
    }
    plimsoll_prover::commands::run(cli)
}
