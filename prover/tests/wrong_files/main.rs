//! The corpus of wrong files (`fixtures/wrong`): one vice in each, and what everyone is to say of
//! it. Here they are made, and held against the library and against `plimsoll`; the file
//! `verifier/tests/wrong_files.rs` holds them against `plimsoll-verify`.
//!
//! `PLIMSOLL_WRITE_WRONG_FILES=1 cargo test --release -p plimsoll-prover --test wrong_files` makes them
//! anew, from the other fixtures. What is random is made once and kept in `fixtures/wrong/base`.
#![allow(missing_docs, unreachable_pub)]

#[path = "../../../verifier/tests/support/wrong_file.rs"]
#[allow(unreachable_pub)]
mod file;
#[path = "../support/mod.rs"]
mod support;

mod base;
mod books;
mod chains;
mod disclosures;
mod envelopes;
mod keys;
mod library;
mod make;
mod payloads;
mod proofs;
mod rules;
mod signatures;
mod statements;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::Once;

use file::Wrong;
use serde_json::json;

fn corpus() -> Vec<Wrong> {
    static WRITTEN: Once = Once::new();
    WRITTEN.call_once(|| {
        if std::env::var_os("PLIMSOLL_WRITE_WRONG_FILES").is_some() {
            base::prove_what_is_missing();
            keys::make_what_is_missing();
            base::write_trust();
            base::write_good(&base::Base::load());
            make::corpus().write();
            fs::write(file::folder().join("index.json"), index(&file::all())).unwrap();
        }
    });
    file::all()
}

/// For programs that read no TOML: every header, and where its bytes begin.
fn index(all: &[Wrong]) -> String {
    let entries = all.iter().map(|wrong| {
        let header = &wrong.header;
        let files = header
            .file
            .iter()
            .map(|part| json!({ "name": part.name, "bytes": part.bytes, "same_as": part.same_as }));
        json!({
            "file": format!("{}.wrong", wrong.name),
            "offset": wrong.offset,
            "kind": header.kind,
            "vice": header.vice,
            "command": header.command,
            "outcome": header.outcome,
            "reason": header.reason,
            "cause": header.cause,
            "says": header.says,
            "status": header.status,
            "files": files.collect::<Vec<_>>(),
        })
    });
    format!(
        "{:#}\n",
        json!({ "version": 1, "wrong": entries.collect::<Vec<_>>() })
    )
}

#[test]
fn the_library_names_the_reason() {
    let mut differ = Vec::new();
    for wrong in corpus() {
        let folder = tempfile::tempdir().unwrap();
        wrong.lay(folder.path());
        let header = &wrong.header;
        let Some(said) = library::says(&wrong, folder.path()) else {
            differ.push(format!("{}: it is taken", wrong.name));
            continue;
        };
        let expected = (&header.outcome, &header.reason, &header.cause);
        let names = header
            .says
            .iter()
            .all(|says| said.message.contains(says.as_str()));
        if (&said.outcome, &said.reason, &said.cause) != expected || !names {
            differ.push(format!("{}: {said:?}", wrong.name));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// Exit status, error and hint of `plimsoll`, which changes nothing.
#[test]
fn the_command_line_names_the_reason() {
    let mut differ = Vec::new();
    let mut tried = 0;
    for wrong in corpus().iter().filter(|wrong| wrong.is_for("plimsoll")) {
        tried += 1;
        let folder = tempfile::tempdir().unwrap();
        wrong.lay(folder.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command
            .args(&wrong.header.command[1..])
            .current_dir(folder.path());
        let output = command.output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let header = &wrong.header;
        let lines: Vec<&str> = err.lines().collect();
        let in_form = matches!(lines[..], [first, last]
            if first.starts_with("error: ") && last.starts_with("hint: "));
        let names = header.says.iter().all(|says| err.contains(says.as_str()));
        if output.status.code() != Some(header.status)
            || !output.stdout.is_empty()
            || !in_form
            || !names
        {
            differ.push(format!("{}: {} {err}", wrong.name, output.status));
        }
        for (name, bytes) in &wrong.files {
            assert_eq!(
                &fs::read(folder.path().join(name)).unwrap(),
                bytes,
                "{name}"
            );
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(tried >= 30, "{tried} files");
}

/// Most fail for a reason of their own: no cause is shared by many, and most files are not merely
/// text that does not parse.
#[test]
fn reasons_are_fine_enough() {
    let corpus = corpus();
    assert!(corpus.len() >= 80, "{} files", corpus.len());
    let mut shared: BTreeMap<(&str, &str, Option<&str>), Vec<&str>> = BTreeMap::new();
    for wrong in &corpus {
        let header = &wrong.header;
        let key = (
            header.kind.as_str(),
            header.reason.as_str(),
            header.cause.as_deref(),
        );
        shared.entry(key).or_default().push(&wrong.name);
    }
    for (reason, files) in &shared {
        assert!(files.len() * 10 <= corpus.len(), "{reason:?}: {files:?}");
    }
    assert!(
        shared.len() * 5 >= corpus.len() * 3,
        "{} reasons for {} files",
        shared.len(),
        corpus.len()
    );
    let text = |wrong: &&Wrong| {
        let word = wrong
            .header
            .cause
            .as_deref()
            .unwrap_or(&wrong.header.reason);
        ["syntax", "cut", "Malformed"]
            .iter()
            .any(|coarse| word.ends_with(coarse))
    };
    let coarse = corpus.iter().filter(text).count();
    assert!(coarse * 6 <= corpus.len(), "{coarse} of {}", corpus.len());
}

#[test]
fn the_index_is_that_of_the_files() {
    let all = corpus();
    let there = fs::read_to_string(file::folder().join("index.json")).unwrap();
    assert_eq!(
        there,
        index(&all),
        "PLIMSOLL_WRITE_WRONG_FILES=1 writes it anew"
    );
    // The corpus stays small.
    let bytes: usize = all.iter().map(|wrong| wrong.files[0].1.len()).sum();
    assert!(bytes < 4 << 20, "{bytes} bytes");
}
