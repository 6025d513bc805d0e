//! `plimsoll-verify`: every reason of the closed list that a file can give, once, with its screen
//! and its exit status. (`key`, a program built wrongly, is no file's doing.)
//!
//! What needs no valid proof is made up here; `holds` and `link` need stored proofs.
#![allow(missing_docs)]

#[path = "support/params.rs"]
mod params;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Parser;
use params::params_folder;
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::Lei;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::{Document, MAX_BYTES};
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::proofs::missing_modules;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{RowCircuit, RowProofs, Statement};
use plimsoll_verifier::cli::{Cli, answer};
use plimsoll_verifier::verdict::hex;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Screen {
    status: i32,
    out: String,
    err: String,
}

/// A folder with one file, `file`.
struct Desk(TempDir);

impl Desk {
    fn with(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), bytes).unwrap();
        Self(folder)
    }

    fn run(&self, args: &[&str], input: &[u8]) -> Screen {
        let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll-verify"))
            .args(args)
            .args(["--params-dir", params_folder().to_str().unwrap()])
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that has read enough closes its end.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Screen {
            status: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Verdict, reason and detail for machines, with the exit status; and the page for people.
    fn says(&self, args: &[&str]) -> (i32, Value, String) {
        let args = [&["file"], args].concat();
        let page = self.run(&args, b"");
        let json = self.run(&[&args[..], &["--json"]].concat(), b"");
        assert_eq!((page.err.as_str(), json.err.as_str()), ("", ""));
        assert_eq!(page.status, json.status);
        let json = serde_json::from_str(&json.out).unwrap();
        (page.status, json, page.out)
    }
}

/// The verdict for machines, without what is read from the statement.
fn short(json: &Value) -> Value {
    json!([json["verdict"], json["reason"], json["detail"]])
}

fn us() -> Rulebook {
    Rulebook::builtin("us-standardised").unwrap()
}

/// A file whose signed words are changed.
fn edited(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let envelope = Envelope::decode(file, PayloadType::InToto, MAX_BYTES).unwrap();
    let payload = String::from_utf8(envelope.payload).unwrap();
    assert!(payload.contains(from), "{from}");
    let payload = payload.replacen(from, to, 1).into_bytes();
    Envelope::unsigned(PayloadType::InToto, payload).encode()
}

/// A statement that its rulebook allows.
fn statement() -> Statement {
    let claims = vec![Claim::parse("cet1>=8.37%").unwrap()];
    let rulebook = us();
    let stated = vec![false; rulebook.stated.len()];
    Statement {
        lei: Lei::parse("N1GZ7BBF3NP8GI976H15").unwrap(),
        as_of: 1_672_444_800,
        sequence: 1,
        previous: [0; 32],
        rulebook: rulebook.digest(),
        snapshot: Snapshot::reporting_only("USD").unwrap().digest(),
        currency: "USD".to_owned(),
        scale: -3,
        without: missing_modules(
            &rulebook,
            &claims,
            &stated,
            plimsoll_circuits::statement::Linked {
                credit_risk: true,
                counterparty_risk: false,
            },
        )
        .unwrap(),
        claims,
        stated: Vec::new(),
        balance_sheet: false,
        prices: None,
        vouchers: Vec::new(),
        rows: vec![RowProofs {
            circuit: RowCircuit::Plain,
            copies: 1,
            shards: 1,
        }],
    }
}

/// The file of an attestation that nobody signed.
fn encoded(attestation: &Attestation) -> Vec<u8> {
    Document::unsigned(attestation.clone(), Standard::K).encode()
}

fn decoded(file: &[u8]) -> Attestation {
    Document::decode(file, Standard::K).unwrap().attestation
}

/// The file of a statement whose proofs are words of zeros.
fn file(statement: Statement) -> Vec<u8> {
    let proofs = vec![vec![0; 64]; Attestation::expected_proofs(&statement)];
    encoded(&Attestation { statement, proofs })
}

#[test]
fn unreadable() {
    let hint = "hint: ask for the file again: it is cut short, or it is not an attestation\n";
    let whole = file(statement());
    let mut trailing = whole.clone();
    trailing.push(b'0');
    let size = whole.len();
    let cut = format!(
        "this is not a signed envelope: EOF while parsing an object at line 1 column {}",
        size - 1
    );
    let after = format!(
        "this is not a signed envelope: trailing characters at line 1 column {}",
        size + 1
    );
    let version = edited(
        &whole,
        "urn:plimsoll:attestation:1",
        "urn:plimsoll:attestation:2",
    );
    let inner = {
        let mut bytes = decoded(&whole).encode();
        bytes[8] = 2;
        let payload = plimsoll_circuits::document::payload(&statement(), &bytes, Standard::K);
        Envelope::unsigned(PayloadType::InToto, payload).encode()
    };
    let noise: Vec<u8> = (0..10u64 << 20)
        .map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
        .collect();
    for (bytes, why) in [
        (
            &b""[..],
            "this is not a signed envelope: EOF while parsing a value at line 1 column 0",
        ),
        (&whole[..whole.len() - 1], &cut),
        (
            &whole[..100],
            "this is not a signed envelope: EOF while parsing a string at line 1 column 100",
        ),
        (&trailing, &after),
        (
            &version,
            "the signed payload is of another type or version: urn:plimsoll:attestation:1 is known \
             here",
        ),
        (&inner, "attestation version 2 is not known"),
        (
            b"id,class,grade,amount\n",
            "this is not a signed envelope: expected value at line 1 column 1",
        ),
        (
            &noise,
            "this is not a signed envelope: expected value at line 1 column 1",
        ),
    ] {
        for unsigned in [&[][..], &["--unsigned"]] {
            let (status, mut json, page) = Desk::with(bytes).says(unsigned);
            assert_eq!(status, 2);
            let cause = json.as_object_mut().unwrap().remove("cause");
            assert!(cause.is_some_and(|cause| cause.is_string()));
            assert_eq!(
                json,
                json!({
                    "version": 1,
                    "file": "file",
                    "verdict": "cannot_tell",
                    "reason": "unreadable",
                    "detail": format!("the file cannot be read: {why}"),
                })
            );
            let hint = match why.contains("version") {
                true => "hint: use a version of this program that knows it\n",
                false => hint,
            };
            assert_eq!(
                page,
                format!("file: cannot tell: the file cannot be read: {why}\n{hint}")
            );
        }
    }
    // More than any attestation has, from a pipe that does not end there.
    let endless = vec![0; MAX_BYTES + 100];
    let screen = Desk::with(b"").run(&["-"], &endless);
    assert_eq!(screen.status, 2);
    let why = "the file is larger than 67108864 bytes, the most that is read";
    assert_eq!(
        screen.out,
        format!("-: cannot tell: the file cannot be read: {why}\n{hint}")
    );
}

/// Files in a folder have names of others' choice.
#[test]
fn a_file_name_turns_no_line_around() {
    let desk = Desk::with(b"");
    let folder = desk.0.path();
    for name in ["a\u{202e}sdloh.plimsoll", "b.plimsoll"] {
        fs::write(folder.join(name), b"noise").unwrap();
    }
    let (folder, html) = (folder.to_str().unwrap(), desk.0.path().join("page.html"));
    let page = html.to_str().unwrap();
    let cli = Cli::parse_from(["plimsoll-verify", folder, "--html", page]);
    let (text, status) = answer(&cli).unwrap();
    assert_eq!(status, 2);
    for page in [text, fs::read_to_string(html).unwrap()] {
        assert!(page.contains("/a\u{fffd}sdloh.plimsoll"), "{page}");
        assert!(!page.contains('\u{202e}'), "{page}");
    }
}

#[test]
fn unsigned() {
    let (status, json, page) = Desk::with(&file(statement())).says(&[]);
    assert_eq!(status, 2);
    assert_eq!(
        short(&json),
        json!(["cannot_tell", "unsigned", "nobody signed this attestation"])
    );
    let start = "file: cannot tell: nobody signed this attestation\n\
                 hint: add --unsigned to check the mathematics alone\n\n  \
                 institution   N1GZ7BBF3NP8GI976H15\n";
    assert!(page.starts_with(start), "{page}");
    assert!(!page.contains(" holds\n"), "{page}");
    assert!(page.contains(" not shown\n"), "{page}");
}

#[test]
fn unknown_rulebooks_and_snapshots() {
    let digest = |digest: &[u8; 32]| hex(digest);
    let of_nobody = Statement {
        rulebook: [7; 32],
        ..statement()
    };
    let (status, json, page) = Desk::with(&file(of_nobody)).says(&["--unsigned"]);
    let detail = format!(
        "the rulebook with digest {} is not known here",
        "07".repeat(32)
    );
    assert_eq!(
        (status, short(&json)),
        (2, json!(["cannot_tell", "unknown_rulebook", detail]))
    );
    let hint = "hint: name the rulebook that you accept: --rulebook FILE\n";
    assert_eq!(page, format!("file: cannot tell: {detail}\n{hint}"));

    // A reader who names one rulebook trusts no other.
    let args = ["--unsigned", "--rulebook", "basel-2023"];
    let (status, json, _) = Desk::with(&file(statement())).says(&args);
    let detail = format!(
        "the rulebook with digest {} is not known here",
        digest(&us().digest())
    );
    assert_eq!(
        (status, short(&json)),
        (2, json!(["cannot_tell", "unknown_rulebook", detail]))
    );

    let example = Snapshot::builtin("example-2022-12-30").unwrap().digest();
    let with_rates = Statement {
        snapshot: example,
        ..statement()
    };
    let desk = Desk::with(&file(with_rates));
    let (status, json, page) = desk.says(&["--unsigned"]);
    let detail = format!(
        "the snapshot with digest {} is not known here",
        digest(&example)
    );
    assert_eq!(
        (status, short(&json)),
        (2, json!(["cannot_tell", "unknown_snapshot", detail]))
    );
    let hint = "hint: name the snapshot that you accept: --snapshot FILE\n";
    assert_eq!(page, format!("file: cannot tell: {detail}\n{hint}"));
    // Named, it is known; and then it is the proofs that are wrong.
    let (status, json, _) = desk.says(&["--unsigned", "--snapshot", "example-2022-12-30"]);
    assert_eq!((status, json["reason"].as_str()), (1, Some("proof")));
}

#[test]
fn refused() {
    let reason = |change: &dyn Fn(&mut Statement)| {
        let mut statement = statement();
        change(&mut statement);
        let (status, json, page) = Desk::with(&file(statement)).says(&["--unsigned"]);
        assert_eq!((status, json["verdict"].as_str()), (1, Some("refused")));
        let detail = json["detail"].as_str().unwrap().to_owned();
        assert!(
            page.starts_with(&format!("file: refused: {detail}\nhint: ")),
            "{page}"
        );
        assert!(!page.contains(" holds\n"), "{page}");
        assert_eq!(json["claims"][0]["verdict"], "refused");
        (json["reason"].as_str().unwrap().to_owned(), detail)
    };
    let (word, detail) = reason(&|_| {});
    assert_eq!(word, "proof");
    let start = "proof 1 (plain exposures) is refused: the proof has 64 bytes, its circuit gives ";
    assert!(detail.starts_with(start), "{detail}");

    let contradicts = |what: &str| {
        let detail = format!("the statement contradicts its rulebook: {what}");
        ("statement".to_owned(), detail)
    };
    assert_eq!(
        reason(&|s| s.without.clear()),
        contradicts("the claims lack other modules than the statement says")
    );
    assert_eq!(
        reason(&|s| s.stated.push(77)),
        contradicts("the rulebook has no stated line number 77")
    );
    assert_eq!(
        reason(&|s| s.claims = vec![Claim::parse("leverage>=3%").unwrap()]),
        contradicts(
            "the claim on `leverage` rests on the line `leverage-exposure`, which is not stated"
        )
    );
    assert_eq!(
        reason(&|s| s.as_of = 7_258_032_000),
        (
            "future".to_owned(),
            "the as-of time lies in the future".to_owned()
        )
    );
    // Beyond the calendar, on either side.
    assert_eq!(reason(&|s| s.as_of = i64::MAX).0, "future");
    assert_eq!(reason(&|s| s.as_of = i64::MIN).0, "proof");
}

#[test]
fn what_the_reader_got_wrong() {
    let desk = Desk::with(&file(statement()));
    for args in [
        &["nothing"][..],
        &["."],
        &["file", "--rulebook", "basel-1988"],
        &["file", "--snapshot", "nowhere.toml"],
        &["file", "--rulebook", "file"],
    ] {
        let screen = desk.run(args, b"");
        assert_eq!((screen.status, screen.out.as_str()), (2, ""), "{args:?}");
        let start = format!("error: {}: ", args.last().unwrap());
        assert!(screen.err.starts_with(&start), "{}", screen.err);
    }
    for args in [&[][..], &["file", "--sgined"], &["--unsigned"]] {
        let screen = desk.run(args, b"");
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        assert!(
            screen.err.contains("Usage: plimsoll-verify"),
            "{}",
            screen.err
        );
    }
}

/// A reader who stops reading is no reason to fail, nor to say that anything holds.
#[cfg(unix)]
#[test]
fn a_closed_pipe() {
    let desk = Desk::with(b"");
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll-verify"))
        .arg("-")
        .current_dir(desk.0.path())
        .args(["--params-dir", params_folder().to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(2));
}

/// The stored attestation of U.S. Bancorp, and another run of the same, if they are there.
fn stored() -> Option<[Vec<u8>; 2]> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/proofs");
    let read = |name: &str| {
        let file = folder.join(name);
        let bytes = fs::read(&file);
        if bytes.is_err() {
            println!("skipped: {} is not here", file.display());
        }
        bytes.ok()
    };
    Some([
        read("us-bancorp-2022-12-31.plimsoll")?,
        read("us-bancorp-2022-12-31-again.plimsoll")?,
    ])
}

#[test]
fn what_holds_and_what_was_altered() {
    let Some([one, again]) = stored() else {
        return;
    };
    let (status, json, page) = Desk::with(&one).says(&["--unsigned"]);
    assert_eq!(short(&json), json!(["holds", null, null]));
    assert_eq!(json["claims"][0]["claim"], "cet1>=8.37%");
    assert_eq!(json["claims"][0]["verdict"], "holds");
    assert_eq!(json["recomputed"], json!(["plain exposures"]));
    assert_eq!(status, 0);
    let claim = "\n  claim         cet1>=8.37%                  holds\n";
    assert!(
        page.starts_with("file: holds\n\n") && page.contains(claim),
        "{page}"
    );
    // From standard input as well.
    let screen = Desk::with(b"").run(&["-", "--unsigned"], &one);
    assert_eq!(screen.status, 0);
    assert!(screen.out.starts_with("-: holds\n"), "{}", screen.out);
    // Without the flag nothing is said.
    let (status, json, _) = Desk::with(&one).says(&[]);
    assert_eq!((status, json["reason"].as_str()), (2, Some("unsigned")));

    let honest = decoded(&one);
    let refused = |attestation: &Attestation| {
        let (status, json, page) = Desk::with(&encoded(attestation)).says(&["--unsigned"]);
        assert_eq!((status, json["verdict"].as_str()), (1, Some("refused")));
        assert!(!page.contains(" holds\n"), "{page}");
        (json["reason"].clone(), json["detail"].clone())
    };
    let mut altered = honest.clone();
    *altered.proofs[1].last_mut().unwrap() ^= 1;
    assert_eq!(
        refused(&altered),
        (
            json!("proof"),
            json!("proof 2 (capital) is refused: the proof does not verify")
        )
    );
    let mut altered = honest.clone();
    altered.statement.claims[0].threshold += 100;
    assert_eq!(refused(&altered).0, "proof");
    let mut altered = honest;
    altered.proofs[1] = decoded(&again).proofs.remove(1);
    assert_eq!(
        refused(&altered),
        (
            json!("link"),
            json!(
                "the proofs do not belong together: the capital proof's credit-risk totals are \
                 not the sum of the credit-risk proofs'"
            )
        )
    );
    // Cut short.
    let (status, json, _) = Desk::with(&one[..one.len() / 2]).says(&["--unsigned"]);
    assert_eq!((status, json["reason"].as_str()), (2, Some("unreadable")));
}
