//! Every command that writes, killed at many moments, on a full disk and in a folder that cannot
//! be written: no half-written file, no attestation without its opening file, no broken chain.
//!
//! What is killed may leave hidden files (`.tmp…`, `.plimsoll-…`); no command reads one.
#![allow(missing_docs, unreachable_pub)]

#[path = "../../../verifier/tests/interrupted/moments.rs"]
mod moments;
#[path = "../support/mod.rs"]
mod support;

mod disks;
mod proofs;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use moments::{Moment, run_until, visible};
use plimsoll_circuits::document::{Document, MAX_BYTES};
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_prover::book;
use plimsoll_prover::keys::{Passphrase, read_public, read_secret};
use plimsoll_verifier::cache::{self, State};
use support::params::params_folder;
use tempfile::TempDir;

const LEI: &str = "N1GZ7BBF3NP8GI976H15";
const PHRASE: &str = "correct horse";

fn phrase() -> Passphrase {
    Passphrase::from(PHRASE.to_owned())
}

/// `plimsoll`, in a folder.
fn plimsoll(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.current_dir(folder).args(args);
    command
}

/// A folder with a passphrase.
fn desk() -> TempDir {
    let desk = tempfile::tempdir().unwrap();
    fs::write(desk.path().join("phrase"), format!("{PHRASE}\n")).unwrap();
    desk
}

fn done(mut command: Command) {
    let (output, _) = run_until(&mut command, &Moment::Never);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{command:?}: {err}");
}

fn new_key(folder: &Path) -> Command {
    let args = [
        "keys",
        "new",
        "--for",
        LEI,
        "--out",
        "k",
        "--passphrase-file",
        "phrase",
    ];
    plimsoll(folder, &args)
}

fn signing(folder: &Path, file: &str) -> Command {
    plimsoll(
        folder,
        &["sign", file, "--key", "k", "--passphrase-file", "phrase"],
    )
}

#[test]
fn keys_new() {
    let probe = desk();
    let since = std::time::Instant::now();
    done(new_key(probe.path()));
    let takes = since.elapsed();
    let desks: Vec<TempDir> = (0..9).map(|_| desk()).collect();
    let names = [".tmp*", "k", "k.pub"].into_iter().zip(&desks);
    let named = names.map(|(name, desk)| Moment::At(desk.path().to_owned(), name));
    let moments = named.chain(Moment::some(5, 6, takes));
    let mut killed = 0;
    for (desk, moment) in desks.iter().zip(moments) {
        let folder = desk.path();
        killed += u32::from(run_until(&mut new_key(folder), &moment).1);
        let secret = folder.join("k").exists();
        if secret {
            let key = read_secret(&folder.join("k"), &phrase()).unwrap();
            assert_eq!(key.public().owner, LEI);
        }
        if folder.join("k.pub").exists() {
            assert!(secret, "{moment:?}: a public key whose secret is lost");
            let key = read_secret(&folder.join("k"), &phrase()).unwrap();
            assert_eq!(read_public(&folder.join("k.pub")).unwrap(), *key.public());
        }
        if !secret {
            done(new_key(folder));
        }
    }
    assert!(killed >= 2, "{killed} killed");
}

#[test]
fn sign_leaves_the_file_with_its_signature_or_without() {
    let desk = desk();
    let folder = desk.path();
    done(new_key(folder));
    let stored = fs::read(support::fixture("proofs/us-bancorp-2022-12-31.plimsoll")).unwrap();
    let before = Document::decode(&stored, Standard::K).unwrap().envelope;
    let rules = fs::read_to_string(support::fixture(
        "../circuits/rulebooks/us-standardised.toml",
    ));
    fs::write(folder.join("rules.toml"), rules.unwrap()).unwrap();
    let named = |name| Moment::At(folder.to_owned(), name);
    let moments = [named(".tmp*"), named("rules.toml.dsse")].into_iter();
    let mut killed = 0;
    for moment in moments.chain(Moment::some(11, 8, Duration::from_millis(1_500))) {
        fs::write(folder.join("a.plimsoll"), &stored).unwrap();
        killed += u32::from(run_until(&mut signing(folder, "a.plimsoll"), &moment).1);
        let now = fs::read(folder.join("a.plimsoll")).unwrap();
        let now = Document::decode(&now, Standard::K).unwrap().envelope;
        assert_eq!(now.payload, before.payload);
        assert!(now.signatures().len() <= 1);
        killed += u32::from(run_until(&mut signing(folder, "rules.toml"), &moment).1);
        if let Ok(bytes) = fs::read(folder.join("rules.toml.dsse")) {
            let envelope = Envelope::decode(&bytes, PayloadType::Rulebook, MAX_BYTES).unwrap();
            assert_eq!(envelope.signatures().len(), 1);
        }
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with(".tmp") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }
    assert!(killed >= 2, "{killed} killed");
    let known = [
        "a.plimsoll",
        "k",
        "k.pub",
        "phrase",
        "rules.toml",
        "rules.toml.dsse",
    ];
    assert!(
        visible(folder)
            .iter()
            .all(|name| known.contains(&name.as_str()))
    );
}

#[test]
fn import_leaves_a_book_or_none() {
    let Some(filing) = support::filings().into_iter().next() else {
        return;
    };
    let desk = desk();
    let folder = desk.path();
    let import = |out: &str| {
        let mut command = plimsoll(folder, &["import", "fr-y9c"]);
        command.arg(&filing).args(["--lei", LEI, "--out", out]);
        command
    };
    let since = std::time::Instant::now();
    done(import("whole"));
    let takes = since.elapsed();
    let whole = book::load(&folder.join("whole")).unwrap();
    let named = |name| Moment::At(folder.to_owned(), name);
    let moments = [named(".plimsoll-*"), named("out")].into_iter();
    let mut killed = 0;
    for moment in moments.chain(Moment::some(23, 30, takes)) {
        let _ = fs::remove_dir_all(folder.join("out"));
        killed += u32::from(run_until(&mut import("out"), &moment).1);
        if folder.join("out").exists() {
            let book =
                book::load(&folder.join("out")).unwrap_or_else(|e| panic!("{moment:?}: {e}"));
            assert!(book == whole, "{moment:?}: another book");
        } else {
            // Nothing stands in the way of the next.
            done(import("out"));
        }
        for name in moments::names(folder) {
            if name.starts_with(".plimsoll-") {
                fs::remove_dir_all(folder.join(name)).unwrap();
            }
        }
    }
    assert!(killed >= 2, "{killed} killed");
    assert_eq!(visible(folder), ["out", "phrase", "whole"]);
}

/// Two outputs, of which one cannot be read without the other.
#[test]
fn import_of_a_chain_leaves_no_book_without_its_snapshot() {
    let Some(desk) = support::chain::imported() else {
        return;
    };
    let folder = desk.path();
    let chain = support::shared("data/options/deribit_eth_2024-01-08.csv").unwrap();
    let import = || {
        let args = [
            "import",
            "option-chain",
            "--positions",
            "positions.csv",
            "--book",
            "book",
        ];
        let mut command = plimsoll(folder, &args);
        command.args(["--out", "next", "--file"]).arg(&chain);
        command
    };
    let since = std::time::Instant::now();
    done(import());
    let takes = since.elapsed();
    let snapshot = fs::read(folder.join("next.snapshot.toml")).unwrap();
    let named = |name| Moment::At(folder.to_owned(), name);
    let moments = ["next.snapshot.toml", ".plimsoll-*", "next", ".tmp*"]
        .map(named)
        .into_iter();
    let mut killed = 0;
    for moment in moments.chain(Moment::some(29, 6, takes)) {
        let _ = fs::remove_dir_all(folder.join("next"));
        let _ = fs::remove_file(folder.join("next.snapshot.toml"));
        for name in moments::names(folder) {
            if name.starts_with(".plimsoll-") {
                fs::remove_dir_all(folder.join(name)).unwrap();
            } else if name.starts_with(".tmp") {
                fs::remove_file(folder.join(name)).unwrap();
            }
        }
        killed += u32::from(run_until(&mut import(), &moment).1);
        let beside = fs::read(folder.join("next.snapshot.toml"));
        if let Ok(beside) = &beside {
            assert_eq!(*beside, snapshot, "{moment:?}");
        }
        if folder.join("next").exists() {
            assert!(beside.is_ok(), "{moment:?}: a book without its snapshot");
        } else {
            // A snapshot that is there already serves.
            done(import());
        }
    }
    assert!(killed >= 2, "{killed} killed");
    // One of other bytes does not.
    fs::remove_dir_all(folder.join("next")).unwrap();
    fs::write(folder.join("next.snapshot.toml"), "name = \"another\"\n").unwrap();
    moments::refuses(&mut import(), "next.snapshot.toml", "not written over");
    assert!(!folder.join("next").exists());
}

#[test]
fn params_are_good_or_not_there() {
    let desk = desk();
    let folder = desk.path().join("params");
    let derive = || {
        let mut command = plimsoll(desk.path(), &["params", "derive", "--params-dir"]);
        command.arg(&folder);
        command
    };
    let growing = Moment::Growing(folder.clone(), ".tmp*");
    for moment in [Moment::After(Duration::from_millis(300)), growing] {
        let (_, killed) = run_until(&mut derive(), &moment);
        assert!(killed, "{moment:?}");
        let state = cache::state(&folder, Standard::K).unwrap();
        assert!(
            matches!(state, State::Absent | State::Good),
            "{moment:?}: {state:?}"
        );
    }
}
