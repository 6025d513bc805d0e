//! The corpora of the fuzzer (`verifier/fuzz/corpus`), through the same functions, without a
//! fuzzer: what it once found stays found.
//!
//! `PLIMSOLL_WRITE_SEEDS=1 cargo test --release -p plimsoll-prover --test fuzz_corpus` adds the
//! seeds (`seed-*`): fixtures, and small proofs made for it. A run of the fuzzer starts from them;
//! `cargo fuzz cmin` keeps what is worth keeping.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../../verifier/fuzz/src/lib.rs"]
#[allow(unreachable_pub)]
mod properties;
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::{self, Rulebook};
use plimsoll_circuits::snapshot::{self, Snapshot};
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{Request, attest};
use plimsoll_prover::keys::{SecretKey, Signer};
use plimsoll_verifier::chain::{Link, Seen};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier/fuzz/corpus")
}

/// What is kept of one target.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_entry_of_every_corpus() {
    if std::env::var_os("PLIMSOLL_WRITE_SEEDS").is_some() {
        seed();
    }
    let mut bytes_in_all = 0;
    for (name, check) in properties::ALL {
        let files = entries(&corpus().join(name));
        assert!(!files.is_empty(), "{name}: the corpus is missing");
        for file in files {
            // A property that does not hold panics: this line says of what.
            println!("{}", file.display());
            let bytes = fs::read(&file).unwrap();
            bytes_in_all += bytes.len();
            check(&bytes);
        }
    }
    assert!(bytes_in_all < 320 << 10, "corpora are to be small: cmin");
}

/// The properties can fail: what breaks one of them is caught.
#[test]
fn a_property_that_does_not_hold_is_noticed() {
    let caught = |text: String| {
        let check = std::panic::catch_unwind(|| properties::message(&text));
        assert!(check.is_err(), "{text:?}");
    };
    caught("x".repeat(2_001));
    caught("two\nlines".to_owned());
    let book = "=== exposures.csv\nid,amount\na,2345678\nb,7654321\n";
    let parts = properties::book::parts(book.as_bytes());
    properties::book::tells_nothing("exposures.csv:2: not an amount", &parts);
    let told = || properties::book::tells_nothing("2345678 is not an amount", &parts);
    assert!(std::panic::catch_unwind(told).is_err());
}

fn write(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = corpus().join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("seed-{name}")), bytes).unwrap();
}

fn seed() {
    for (name, text) in rulebook::BUILTIN {
        write("rulebook", name, text);
    }
    for (name, text) in snapshot::BUILTIN {
        write("snapshot", name, text);
    }
    let example = support::fixture("snapshots/bcbs-examples.toml");
    write("snapshot", "bcbs-examples", fs::read(example).unwrap());
    let trust = fs::read(support::fixture("trust/trust.toml")).unwrap();
    write("trust", "example", trust);
    for book in entries(&support::fixture("books")) {
        let mut text = Vec::new();
        for file in entries(&book) {
            let name = file.file_name().unwrap().to_str().unwrap();
            text.extend(format!("=== {name}\n").bytes());
            text.extend(fs::read(&file).unwrap());
        }
        write("book", book.file_name().unwrap().to_str().unwrap(), text);
    }
    let key = SecretKey::from_seed(&[7; 32], "nobody").unwrap();
    let signer = Signer::Key(Box::new(key));
    let mut envelope = Envelope::unsigned(PayloadType::Rulebook, b"a rulebook".to_vec());
    write("envelope", "unsigned", envelope.encode());
    signer.sign(&mut envelope).unwrap();
    write("envelope", "signed", envelope.encode());
    proofs(&signer);
    // Made with the corpus of wrong files.
    let disclosure = fs::read(support::fixture("wrong/base/opened.disclosure.json")).unwrap();
    write("disclosure", "file", &disclosure);
    let envelope = Envelope::decode(&disclosure, PayloadType::Disclosure, 1 << 20).unwrap();
    write("disclosure", "payload", envelope.payload);
}

/// A small attestation of plain exposures, and what a reader has seen who saw it.
fn proofs(signer: &Signer) {
    let params = PublicParams::derive(Small::K);
    let mut keys = ProvingKeys::<Small>::default();
    let rules = Rulebook::builtin("basel-2023").unwrap();
    let snapshot = Snapshot::reporting_only("USD").unwrap();
    let claims = Claim::parse_list(["leverage>=3%"]).unwrap();
    let request = Request {
        book: &support::golden::leverage_book(),
        rulebook: &rules,
        snapshot: &snapshot,
        claims: &claims,
        without: &[],
        sequence: 1,
        previous: [0; 32],
        check: SelfCheck::Verify,
    };
    let attested = attest(&params, &mut keys, &request, &mut |_| true);
    let attested = attested.unwrap_or_else(|error| panic!("{error}"));
    write("attestation", "plain", attested.attestation.encode());
    let mut document = Document::unsigned(attested.attestation, Small::K);
    write("document", "payload", &document.envelope.payload);
    signer.sign(&mut document.envelope).unwrap();
    write("document", "signed", document.encode());
    let statement = &document.attestation.statement;
    let mut seen = Seen::default();
    seen.note(&Link {
        lei: statement.lei,
        sequence: statement.sequence,
        digest: document.digest,
        previous: statement.previous,
        as_of: statement.as_of,
    });
    write("seen", "one", seen.to_text());
}
