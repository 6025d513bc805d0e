//! `plimsoll demo`: two quarters of a real bank, and every reader over them.
#![allow(missing_docs)]

#[path = "../../circuits/tests/common/schema.rs"]
mod follows;
mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use clap::Parser;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_verifier::{Policy, Trust, Verifier, cache, cli};
use serde_json::{Value, json};
use support::params::params_folder;
use tempfile::TempDir;

struct Stage {
    folder: TempDir,
    params: &'static Path,
}

impl Stage {
    fn demo(&self) -> Output {
        Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["demo", "--out", "new", "--params-dir"])
            .arg(self.params)
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    fn path(&self, name: &str) -> String {
        let path = self.folder.path().join("new").join(name);
        path.to_str().unwrap().to_owned()
    }

    /// What a reader with the trust file is told.
    fn verify(&self, args: &[&str]) -> (String, u8) {
        let (trust, params) = (self.path("trust.toml"), self.params.to_str().unwrap());
        let all = ["plimsoll-verify", "--trust", &trust, "--params-dir", params];
        let all = all.iter().chain(args);
        cli::answer(&cli::Cli::try_parse_from(all).unwrap()).unwrap()
    }

    fn verify_json(&self, args: &[&str]) -> (Value, u8) {
        let (text, status) = self.verify(&[args, &["--json"]].concat());
        (serde_json::from_str(&text).unwrap(), status)
    }
}

/// Whether an object is what a definition of a schema says.
fn follows(file: &str, definition: Option<&str>, value: &Value) {
    let text = fs::read_to_string(support::fixture("schemas").join(file)).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let part = definition.map_or(&schema, |name| &schema["$defs"][name]);
    assert_eq!(follows::problem(&schema, part, value, ""), None);
}

#[test]
fn everybody_reads_two_quarters() {
    let stage = Stage {
        folder: tempfile::tempdir().unwrap(),
        params: params_folder(),
    };
    let output = stage.demo();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
    said(&out);
    files(&stage);
    readers(&stage);
    // Nothing is written over.
    let again = stage.demo();
    assert_eq!(again.status.code(), Some(2));
    assert!(again.stdout.is_empty());
    let err = String::from_utf8(again.stderr).unwrap();
    assert!(err.starts_with("error: new: "), "{err}");
}

/// What was run, and what each said.
fn said(out: &str) {
    let mut rest = out;
    for line in [
        "$ plimsoll keys new --for N1GZ7BBF3NP8GI976H15 --out bank.key",
        "$ plimsoll prove us-bancorp-2022-12-31 --out 1.plimsoll --opening 1.opening",
        "wrote 1.plimsoll (",
        "$ plimsoll prove us-bancorp-2023-03-31 --previous 1.plimsoll --out 2.plimsoll",
        "wrote 2.plimsoll (",
        "$ plimsoll prove us-bancorp-2022-12-31 --claim 'cet1>=8.38%' --out 3.plimsoll",
        "error: the book does not bear `cet1>=8.38%`\n",
        "$ plimsoll history 1.plimsoll 2.plimsoll\n",
        "2.plimsoll: newest\n",
        "$ plimsoll countersign 1.plimsoll us-bancorp-2022-12-31 --opening 1.opening",
        "the book fills exactly these columns\n",
        "$ plimsoll disclose 1.plimsoll --opening 1.opening --position BHCKG630",
        "$ plimsoll receipt us-bancorp-2022-12-31 --position BHCKG630",
        "$ plimsoll-verify 1.plimsoll 2.plimsoll --seen seen.toml --html page.html",
        "2 attestations: 2 hold, 0 refused, 0 cannot tell\n",
        "\n1.plimsoll: holds\n",
        "\n  countersigned by Example auditors as auditor (key ",
        "\ndisclosure.json: shown against 1.plimsoll\n",
        "\nreceipt.json: good\n",
        "  verdict: \"holds\"\n",
        "in code: policy.check(&attestation) on 2.plimsoll: holds\n",
        "everything is in new\n",
    ] {
        let at = rest.find(line);
        let at = at.unwrap_or_else(|| panic!("`{line}` is not there, or not in its place:\n{out}"));
        rest = &rest[at + line.len()..];
    }
}

fn files(stage: &Stage) {
    let mut names: Vec<String> = fs::read_dir(stage.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "1.opening",
        "1.plimsoll",
        "1.plimsoll.countersigned",
        "2.opening",
        "2.plimsoll",
        "auditor.key",
        "auditor.key.pub",
        "bank.key",
        "bank.key.pub",
        "disclosure.json",
        "page.html",
        "passphrase",
        "receipt.json",
        "seen.toml",
        "seen.toml.lock",
        "trust.toml",
        "us-bancorp-2022-12-31",
        "us-bancorp-2023-03-31",
    ];
    assert_eq!(names, expected);
    #[cfg(unix)]
    for secret in [
        "1.opening",
        "2.opening",
        "bank.key",
        "disclosure.json",
        "receipt.json",
    ] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(stage.path(secret))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    // The books are those of the fixtures, and the second attestation follows the first.
    for book in ["us-bancorp-2022-12-31", "us-bancorp-2023-03-31"] {
        for entry in fs::read_dir(support::fixture("books").join(book)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let copy = fs::read(stage.path(&format!("{book}/{name}"))).unwrap();
            assert_eq!(copy, fs::read(&path).unwrap(), "{name}");
        }
    }
    let document = |name: &str| {
        let bytes = fs::read(stage.path(name)).unwrap();
        Document::decode(&bytes, Standard::K).unwrap()
    };
    let (one, two) = (document("1.plimsoll"), document("2.plimsoll"));
    assert_eq!(two.attestation.statement.previous, one.digest);
    assert_eq!(two.attestation.statement.sequence, 2);
}

/// Every reader once more, by itself.
fn readers(stage: &Stage) {
    let (one, two) = (stage.path("1.plimsoll"), stage.path("2.plimsoll"));
    let (table, status) = stage.verify(&[&one, &two]);
    assert_eq!(
        (status, table.matches(" holds ").count()),
        (0, 2),
        "{table}"
    );
    let (list, status) = stage.verify_json(&[&one, &two]);
    assert_eq!((status, &list["holds"]), (0, &json!(2)));
    follows("verdict.schema.json", Some("verdicts"), &list);
    let first = &list["attestations"][0];
    assert_eq!(first["countersigned_by"][0]["name"], "Example auditors");
    assert_eq!(list["attestations"][1]["countersigned_by"], json!([]));

    let html = fs::read_to_string(stage.path("page.html")).unwrap();
    assert!(html.contains("U.S. Bancorp") && html.contains("number 2, cet1&gt;=8.37%: holds."));
    assert!(html.contains("countersigned by Example auditors as auditor"));

    let disclosure = stage.path("disclosure.json");
    let (shown, status) = stage.verify_json(&[&one, "--disclosure", &disclosure]);
    assert_eq!((status, &shown["outcome"]), (0, &json!("shown")));
    follows("disclosed.schema.json", None, &shown);
    assert_eq!(shown["records"][0]["figures"]["amount"], "127211000000 USD");
    let receipt = stage.path("receipt.json");
    let papers = ["--receipt", &receipt, "--disclosure", &disclosure];
    let (good, status) = stage.verify_json(&[&[one.as_str()][..], &papers].concat());
    assert_eq!((status, &good["outcome"]), (0, &json!("good")));
    assert_eq!(good["same_as_disclosure"], json!(true));
    follows("received.schema.json", None, &good);
    // Of the other quarter, both are refused.
    let (other, status) = stage.verify_json(&[&two, "--disclosure", &disclosure]);
    assert_eq!((status, &other["reason"]), (1, &json!("other_attestation")));
    let (other, status) = stage.verify_json(&[&two, "--receipt", &receipt]);
    assert_eq!((status, &other["reason"]), (1, &json!("as_of")));
    follows("received.schema.json", None, &other);

    let trust = fs::read_to_string(stage.path("trust.toml")).unwrap();
    let policy = Policy {
        trust: Trust::parse(&trust).unwrap(),
        ..Policy::default()
    };
    let params = cache::load(stage.params, Standard::K, &mut |_| {}).unwrap();
    let mut verifier = Verifier::under(params.into(), &policy.trust).unwrap();
    for file in [&one, &two] {
        let loaded = verifier.load(&fs::read(file).unwrap(), &policy).unwrap();
        assert_eq!(policy.check(&loaded).outcome.exit_status(), 0);
    }
}
