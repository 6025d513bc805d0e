//! `plimsoll countersign`: what an auditor is shown, what is signed, and when nothing is signed.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::sync::OnceLock;

use plimsoll_circuits::countersignature::Countersignature;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_prover::keys::read_public;
use plimsoll_verifier::{Policy, Trust, Verifier};
use serde_json::Value;
use support::desk::{Desk, Screen};
use support::params::params;

const LEI: &str = "N1GZ7BBF3NP8GI976H15";
const BOOK: &str = "us-bancorp-2022-12-31";

/// A folder with keys `bank`, `auditor`, `second`, a book `book`, its attestation `a` and its
/// opening file `o`.
fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Desk::new();
        for (out, owner) in [
            ("bank", LEI),
            ("auditor", "Example auditors"),
            ("second", "Second auditors"),
        ] {
            desk.key(out, owner);
        }
        desk.book(BOOK, "book", |_, text| text);
        let args = [
            "prove",
            "book",
            "--claim",
            "cet1>=8.37%",
            "--out",
            "a",
            "--key",
            "bank",
        ];
        let keep = [
            "--opening",
            "o",
            "--opening-passphrase-file",
            "phrase",
            "--json",
        ];
        let phrase = ["--passphrase-file", "phrase"];
        let screen = desk.with_params(&[&args[..], &keep, &phrase].concat());
        assert_eq!(screen.status, 0, "{}", screen.err);
        // What it wrote, it names.
        let json: Value = serde_json::from_str(&screen.out).unwrap();
        assert_eq!(
            (&json["attestation"], &json["opening"]),
            (&"a".into(), &"o".into())
        );
        desk
    })
}

impl Desk {
    /// With the book, the opening file and whatever else is said.
    fn countersign(&self, attestation: &str, book: &str, more: &[&str]) -> Screen {
        let args = ["countersign", attestation, book, "--opening", "o"];
        let phrase = ["--opening-passphrase-file", "phrase"];
        self.with_params(&[&args[..], &phrase, more].concat())
    }
}

fn key(name: &str) -> [&str; 4] {
    ["--key", name, "--passphrase-file", "phrase"]
}

/// Everything that a single proof of the book can show, one after the other.
#[test]
fn an_auditors_day() {
    let desk = desk();
    refusals(desk);

    // Two auditors, one of them behind a command; both sign the same bytes.
    let screen = desk.countersign("a", "book", &key("auditor"));
    assert_eq!(
        (screen.status, screen.err.as_str()),
        (0, ""),
        "{}",
        screen.out
    );
    // The figures in the clear, as `assess` prints them.
    let assessed = desk.run(&["assess", "book"]).out;
    assert!(screen.out.starts_with(&assessed), "{}", screen.out);
    let rest = &screen.out[assessed.len()..];
    assert!(rest.starts_with("\nrecomputed "), "{rest}");
    assert!(rest.contains(" commitments of 2 proofs from the opening file: all are those of a\n"));
    assert!(rest.contains("wrote a.countersigned: countersigned by Example auditors (key "));
    let first = fs::read(desk.path("a.countersigned")).unwrap();
    let envelope = Countersignature::decode(&first).unwrap().envelope;

    let screen = desk.countersign("a", "book", &[&key("second")[..], &["--json"]].concat());
    assert_eq!(screen.status, 0, "{}", screen.err);
    let json: Value = serde_json::from_str(&screen.out).unwrap();
    assert_eq!(json["countersignature"], "a.countersigned");
    assert_eq!(json["signatures"], 2);
    let assessed = desk.run(&["assess", "book", "--json"]).out;
    assert_eq!(
        json["assessment"],
        serde_json::from_str::<Value>(&assessed).unwrap()
    );
    let both = fs::read(desk.path("a.countersigned")).unwrap();
    let read = Countersignature::decode(&both).unwrap();
    assert_eq!(read.envelope.payload, envelope.payload);
    let digest = plimsoll_verifier::verdict::hex(&read.attestation);
    assert_eq!(json["digest"], Value::from(digest));

    // The same by a command, which gets what is signed on its standard input.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let second = read_public(&desk.path("second.pub")).unwrap().key;
        let mut signatures = read.envelope.signatures().iter();
        let signature = signatures.find(|known| known.key == second.id()).unwrap();
        fs::write(desk.path("raw"), signature.bytes).unwrap();
        fs::write(desk.path("hsm"), "#!/bin/sh\ncat > given\ncat raw\n").unwrap();
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(desk.path("hsm"), mode).unwrap();
        fs::write(desk.path("a.countersigned"), &first).unwrap();
        let signer = ["--signer", "./hsm", "--public", "second.pub"];
        let screen = desk.countersign("a", "book", &signer);
        assert_eq!(screen.status, 0, "{}", screen.err);
        assert_eq!(fs::read(desk.path("a.countersigned")).unwrap(), both);
        let given = fs::read(desk.path("given")).unwrap();
        assert_eq!(given, envelope.signed_bytes());
        // One that answers something else has signed nothing.
        fs::write(desk.path("raw"), [7; 64]).unwrap();
        let screen = desk.countersign("a", "book", &signer);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        assert!(
            screen
                .err
                .starts_with("error: the signature is not that of key ")
        );
        assert_eq!(fs::read(desk.path("a.countersigned")).unwrap(), both);
    }

    // A stranger who knows one of them.
    let public = |name: &str| {
        let line = fs::read_to_string(desk.path(name)).unwrap();
        line.split(' ').next().unwrap().to_owned()
    };
    let trust = format!(
        "version = 1\n[[institution]]\nlei = \"{LEI}\"\nname = \"U.S. Bancorp\"\nkeys = [\"{}\"]\n\
         [[auditor]]\nname = \"Example auditors\"\nkey = \"{}\"\n",
        public("bank.pub"),
        public("auditor.pub"),
    );
    let policy = Policy {
        trust: Trust::parse(&trust).unwrap(),
        ..Policy::default()
    };
    let mut verifier = Verifier::standard(params()).unwrap();
    let bytes = fs::read(desk.path("a")).unwrap();
    let verdict = verifier.check(&bytes, &policy);
    let verdict = verifier.countersigned(verdict, &bytes, &both, &policy);
    let page = plimsoll_verifier::report::page("a", &verdict);
    assert!(page.starts_with("a: holds\n"), "{page}");
    assert!(
        page.contains("by Example auditors as auditor (key "),
        "{page}"
    );
    assert!(page.contains("by a key that is not known here ("), "{page}");

    // Another attestation is not countersigned by it, and no other countersignature is signed.
    let stored = support::fixture("proofs").join(format!("{BOOK}.plimsoll"));
    let stored = fs::read(stored).unwrap();
    let verdict = verifier.check(&stored, &Policy::UNSIGNED);
    let moved = verifier.countersigned(verdict, &stored, &both, &Policy::UNSIGNED);
    assert_eq!(moved.outcome.reason(), Some("countersignature"));
    let other = Countersignature::unsigned([7; 32], read.commitments).encode();
    fs::write(desk.path("a.countersigned"), &other).unwrap();
    let screen = desk.countersign("a", "book", &key("auditor"));
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    let said = "error: a.countersigned: it countersigns another attestation\nhint: move it away";
    assert!(screen.err.starts_with(said), "{}", screen.err);
    assert_eq!(fs::read(desk.path("a.countersigned")).unwrap(), other);
}

/// Nothing is signed where something is not as it was proven.
fn refusals(desk: &Desk) {
    let refused = |screen: Screen, said: &str| {
        screen.refused(said);
        assert!(!desk.path("a.countersigned").exists());
        assert!(!desk.path("b.countersigned").exists());
    };
    let auditor = key("auditor");
    refused(
        desk.countersign("a", "book", &key("bank")),
        "the key is that of N1GZ7BBF3NP8GI976H15, whose attestation this is: no institution is its own auditor",
    );
    refused(
        desk.countersign("a", "book", &[]),
        "there is nothing to sign with",
    );
    let other = [&auditor[..], &["--rulebook", "basel-2023"]].concat();
    let screen = desk.countersign("a", "book", &other);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    // The book's classes are those of its own rulebook; a copy of it with another number is read.
    let (_, text) = plimsoll_circuits::rulebook::BUILTIN
        .iter()
        .find(|(name, _)| *name == "us-standardised")
        .unwrap();
    let changed = text.replacen("minimum = \"4.5%\"", "minimum = \"4.6%\"", 1);
    assert_ne!(changed, *text);
    fs::write(desk.path("other.toml"), changed).unwrap();
    let other = [&auditor[..], &["--rulebook", "other.toml"]].concat();
    refused(
        desk.countersign("a", "book", &other),
        "a: the statement names another rulebook than this one",
    );
    let stored = support::fixture("proofs").join(format!("{BOOK}.plimsoll"));
    fs::copy(stored, desk.path("b")).unwrap();
    refused(
        desk.countersign("b", "book", &auditor),
        "b: the opening file is that of another attestation",
    );
    // An attestation that does not hold, with the opening file that names it: the digest is that
    // of the bytes, so that only the institution could make one.
    let mut bad = Document::decode(&fs::read(desk.path("a")).unwrap(), Standard::K).unwrap();
    bad.attestation.proofs[0][90] ^= 1;
    let bad = Document::unsigned(bad.attestation, Standard::K).encode();
    fs::write(desk.path("bad"), bad).unwrap();
    refused(
        desk.countersign("bad", "book", &auditor),
        "bad: the opening file is that of another attestation",
    );
    // Books. The amounts of two lines change places: every total is as it was.
    for (name, file, from, to, said) in [
        (
            "amount",
            "exposures.csv",
            "127211000000",
            "127211001000",
            "a: exposure `BHCKG630` was proven with another `amount` than the book gives",
        ),
        (
            "id",
            "exposures.csv",
            "BHCKG630,",
            "BHCKG6300,",
            "a: exposure `BHCKG6300` of the book is not in the attestation",
        ),
        (
            "class",
            "exposures.csv",
            "BHCKG630,bucket,0%",
            "BHCKG630,bucket,20%",
            "a: exposure `BHCKG630` was proven with another `class` than the book gives",
        ),
        (
            "more",
            "exposures.csv",
            "BHCKG630,",
            "one more,bucket,0%,1000\nBHCKG630,",
            "a: exposure `one more` of the book is not in the attestation",
        ),
        (
            "day",
            "book.toml",
            "2022-12-31",
            "2022-12-30",
            "a: the book gives another `as of` than the statement of the attestation",
        ),
    ] {
        desk.book(BOOK, name, |known, text| {
            assert!(known != file || text.contains(from), "{from}");
            match known == file {
                true => text.replacen(from, to, 1),
                false => text,
            }
        });
        refused(desk.countersign("a", name, &auditor), said);
    }
}
