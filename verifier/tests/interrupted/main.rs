//! `plimsoll-verify --seen` and `--html`: killed at any moment, two at once, on a full disk, in a
//! folder that cannot be written.
#![allow(missing_docs, unreachable_pub)]

#[allow(dead_code)]
mod moments;
#[path = "../support/params.rs"]
mod params;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ed25519_dalek::{Signer as _, SigningKey};
use moments::{Disk, FROZEN, FULL, Moment, refuses, run_until, visible};
use params::params_folder;
use plimsoll_circuits::book::Lei;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{PublicKey, Signature};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::rulebook;
use plimsoll_verifier::chain::Seen;
use plimsoll_verifier::verdict::hex;

const LEI: &str = "N1GZ7BBF3NP8GI976H15";
const EXAMPLE: &str = "PLIMSOLL000000000025";

/// Lays a trust file and three attestations: two numbers of one institution, one of another.
fn lay(folder: &Path) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    for (name, stored) in [
        ("one", "us-bancorp-2022-12-31"),
        ("two", "us-bancorp-2023-03-31"),
        ("other", "four-shapes"),
    ] {
        let path = format!("../fixtures/proofs/{stored}.plimsoll");
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let mut envelope = Document::decode(&bytes, Standard::K).unwrap().envelope;
        let bytes = key.sign(&envelope.signed_bytes()).to_bytes();
        let key = public.id();
        envelope.add(Signature { key, bytes }).unwrap();
        fs::write(folder.join(format!("{name}.plimsoll")), envelope.encode()).unwrap();
    }
    let mut trust = "version = 1\n".to_owned();
    for lei in [LEI, EXAMPLE] {
        let entry =
            format!("[[institution]]\nlei = \"{lei}\"\nname = \"A bank\"\nkeys = [\"{public}\"]\n");
        trust.push_str(&entry);
    }
    for (name, _) in rulebook::BUILTIN {
        let digest = rulebook::Rulebook::builtin(name).unwrap().digest();
        trust.push_str(&format!(
            "[[rulebook]]\nname = \"{name}\"\ndigest = \"{}\"\n",
            hex(&digest)
        ));
    }
    fs::write(folder.join("trust.toml"), trust).unwrap();
}

fn verify(desk: &Path, attestation: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll-verify"));
    command
        .current_dir(desk)
        .arg(format!("{attestation}.plimsoll"));
    command.args(["--trust", "trust.toml"]).args(more);
    command.arg("--params-dir").arg(params_folder());
    command
}

/// Last number seen of an institution: the file is whole, or not there.
fn seen(folder: &Path, lei: &str) -> u64 {
    let file = folder.join("seen.toml");
    if !file.exists() {
        return 0;
    }
    let seen = Seen::parse(&fs::read_to_string(file).unwrap()).unwrap();
    seen.of(Lei::parse(lei).unwrap())
        .map_or(0, |link| link.sequence)
}

#[test]
fn killed_at_any_moment_what_was_seen_is_whole() {
    let desk = tempfile::tempdir().unwrap();
    lay(desk.path());
    let seen_by = ["--seen", "seen.toml"];
    let mut last = 0;
    let mut killed = 0;
    let at = |name| Moment::At(desk.path().to_owned(), name);
    let first = [at("seen.toml.lock"), at(".tmp*"), at("seen.toml")];
    let moments = first
        .into_iter()
        .chain(Moment::some(17, 12, Duration::from_millis(700)));
    for (round, moment) in moments.enumerate() {
        // The lock's file stays from round to round; what it shows is that it was let go.
        let attestation = if round < 3 { "one" } else { "two" };
        if round < 3 {
            let _ = fs::remove_file(desk.path().join("seen.toml"));
            last = 0;
        }
        let (_, ended) = run_until(&mut verify(desk.path(), attestation, &seen_by), &moment);
        killed += u32::from(ended);
        let now = seen(desk.path(), LEI);
        assert!(now >= last, "{moment:?}: number {last} is forgotten");
        last = now;
        for name in visible(desk.path()) {
            let known =
                name.ends_with(".plimsoll") || name.ends_with(".toml") || name == "seen.toml.lock";
            assert!(known, "{moment:?} leaves {name}");
        }
    }
    println!("{killed} killed");
    assert!(killed >= 3, "the moments are to come before the end");
    // Whoever comes after is not kept waiting, and forgets nothing.
    let (output, _) = run_until(&mut verify(desk.path(), "two", &seen_by), &Moment::Never);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(seen(desk.path(), LEI), 2);
    let (output, _) = run_until(&mut verify(desk.path(), "one", &seen_by), &Moment::Never);
    assert_eq!(output.status.code(), Some(1), "an older one is refused");
}

/// Both read the same file at the same time; each would write what it alone had seen.
#[test]
fn two_at_once_lose_nothing() {
    for round in 0..3 {
        let desk = tempfile::tempdir().unwrap();
        lay(desk.path());
        let names = [["two", "other"], ["other", "two"], ["two", "other"]][round];
        let running = names.map(|name| {
            let mut command = verify(desk.path(), name, &["--seen", "seen.toml"]);
            command
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null());
            command.spawn().unwrap()
        });
        for mut child in running {
            assert_eq!(child.wait().unwrap().code(), Some(0));
        }
        assert_eq!(seen(desk.path(), LEI), 2, "round {round}");
        assert_eq!(seen(desk.path(), EXAMPLE), 1, "round {round}");
    }
}

/// An older one that is checked beside a newer one holds, or is a replay; it is never what is
/// remembered.
#[test]
fn two_numbers_at_once_remember_the_last() {
    let desk = tempfile::tempdir().unwrap();
    lay(desk.path());
    let running = ["two", "one"].map(|name| {
        let mut command = verify(desk.path(), name, &["--seen", "seen.toml"]);
        command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        command.spawn().unwrap()
    });
    let codes = running.map(|mut child| child.wait().unwrap().code());
    assert_eq!(codes[0], Some(0));
    assert!(matches!(codes[1], Some(0 | 1)), "{codes:?}");
    assert_eq!(seen(desk.path(), LEI), 2);
}

#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let Some(disk) = Disk::of(256) else { return };
    lay(disk.path());
    let (output, _) = run_until(
        &mut verify(disk.path(), "one", &["--seen", "seen.toml"]),
        &Moment::Never,
    );
    assert_eq!(output.status.code(), Some(0));
    let before = fs::read(disk.path().join("seen.toml")).unwrap();
    disk.fill();
    refuses(
        &mut verify(disk.path(), "two", &["--seen", "seen.toml"]),
        FULL.0,
        FULL.1,
    );
    refuses(
        &mut verify(disk.path(), "one", &["--html", "page.html"]),
        FULL.0,
        FULL.1,
    );
    assert_eq!(fs::read(disk.path().join("seen.toml")).unwrap(), before);
    let left: Vec<String> = moments::names(disk.path());
    assert!(
        !left
            .iter()
            .any(|name| name.starts_with(".tmp") || name == "page.html"),
        "{left:?}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let Some(disk) = Disk::of(256) else { return };
    lay(disk.path());
    disk.freeze();
    refuses(
        &mut verify(disk.path(), "one", &["--seen", "seen.toml"]),
        FROZEN.0,
        FROZEN.1,
    );
    refuses(
        &mut verify(disk.path(), "one", &["--html", "page.html"]),
        FROZEN.0,
        FROZEN.1,
    );
    // Reading needs no writing.
    let (output, _) = run_until(&mut verify(disk.path(), "one", &[]), &Moment::Never);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_output_that_takes_nothing_is_said() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        println!("skipped: there is no /dev/full");
        return;
    };
    let desk = tempfile::tempdir().unwrap();
    lay(desk.path());
    let mut command = verify(desk.path(), "one", &[]);
    let output = command
        .stdout(full)
        .stderr(std::process::Stdio::piped())
        .spawn();
    let output = output.unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(
        err.contains("standard output") && err.contains("hint: "),
        "{err}"
    );
}
