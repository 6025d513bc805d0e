//! Attestations in `fixtures/proofs`, each of which must hold for ever.
//!
//! `PLIMSOLL_REGENERATE=1 cargo test --release -p plimsoll-prover --test stored_proofs` makes them
//! anew: only where a circuit has changed, and its old id is no longer to be verified.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{Request, attest};
use plimsoll_prover::sources;
use plimsoll_verifier::{Outcome, Policy, Unknown, Verifier, cache};

/// File, book, claims. `again` is a second run of the same.
const STORED: [(&str, &str, &[&str]); 5] = [
    (
        "us-bancorp-2022-12-31",
        "us-bancorp-2022-12-31",
        &["cet1>=8.37%"],
    ),
    (
        "us-bancorp-2022-12-31-again",
        "us-bancorp-2022-12-31",
        &["cet1>=8.37%"],
    ),
    (
        "us-bancorp-2023-03-31",
        "us-bancorp-2023-03-31",
        &["cet1>=8.37%"],
    ),
    (
        "four-shapes",
        "four-shapes",
        &["cet1>=4.5%", "tier1>=6%", "total>=8%", "leverage>=3%"],
    ),
    (QUOTED.0, "derivatives-bcbs", &["cet1>=8%"]),
];

/// The one whose trades are in other currencies, and the snapshot that its readers must trust.
const QUOTED: (&str, &str) = ("with-snapshot/derivatives-bcbs", "example-2022-12-30");

/// The one that follows another: file, and the one before it.
const FOLLOWS: (&str, &str) = ("us-bancorp-2023-03-31", "us-bancorp-2022-12-31");

fn file(name: &str) -> PathBuf {
    support::fixture("proofs").join(format!("{name}.plimsoll"))
}

fn params() -> Arc<PublicParams> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("params");
    cache::load(&folder, Standard::K, &mut |_| {})
        .unwrap()
        .into()
}

fn regenerate(params: &PublicParams) {
    fs::create_dir_all(support::fixture("proofs/with-snapshot")).unwrap();
    let mut keys = ProvingKeys::<Standard>::default();
    for (name, book, claims) in STORED {
        let book = support::fixture("books").join(book);
        let snapshot = (name == QUOTED.0).then_some(QUOTED.1);
        let sources = sources::load(&book, None, snapshot).unwrap_or_else(|e| panic!("{e}"));
        let claims = Claim::parse_list(claims.iter().copied()).unwrap();
        let (sequence, previous) = if name == FOLLOWS.0 {
            let before = fs::read(file(FOLLOWS.1)).unwrap();
            (2, Document::decode(&before, Standard::K).unwrap().digest)
        } else {
            (1, [0; 32])
        };
        let request = Request {
            book: &sources.book,
            rulebook: &sources.rulebook,
            snapshot: &sources.snapshot,
            claims: &claims,
            without: &[],
            sequence,
            previous,
            check: SelfCheck::Verify,
        };
        let attested = attest(params, &mut keys, &request, &mut |_| true);
        let attested = attested.unwrap_or_else(|e| panic!("{name}: {e}"));
        fs::write(
            file(name),
            Document::unsigned(attested.attestation, Standard::K).encode(),
        )
        .unwrap();
    }
}

#[test]
fn stored_proofs_hold() {
    let again = std::env::var_os("PLIMSOLL_REGENERATE").is_some();
    if again {
        regenerate(&params());
    }
    let entries = fs::read_dir(support::fixture("proofs"));
    let mut files: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "plimsoll"))
        .collect();
    files.sort();
    if files.is_empty() {
        println!("skipped: there is no proof in fixtures/proofs");
        return;
    }
    let mut verifier = Verifier::standard(params()).unwrap();
    let policy = Policy::UNSIGNED;
    for path in &files {
        let verdict = verifier.check(&fs::read(path).unwrap(), &policy);
        assert_eq!(verdict.outcome, Outcome::Holds, "{}", path.display());
    }
    // None of those that belong there is missing, and every row circuit has its turn.
    for (name, ..) in STORED {
        assert!(file(name).exists(), "{name} is missing");
    }
    let bytes = fs::read(file(QUOTED.0)).unwrap();
    let cannot_tell = verifier.check(&bytes, &policy).outcome;
    assert!(matches!(
        cannot_tell,
        Outcome::CannotTell(Unknown::Snapshot(_))
    ));
    let quotes = Snapshot::builtin(QUOTED.1).unwrap();
    let rules = Rulebook::builtin("basel-2023").unwrap();
    let mut trusting = Verifier::<Standard>::trusting(params(), vec![rules], vec![quotes]);
    let quoted = trusting.check(&bytes, &policy);
    assert_eq!(quoted.outcome, Outcome::Holds);
    let shapes = verifier.check(&fs::read(file("four-shapes")).unwrap(), &policy);
    let facts = [shapes, quoted].map(|verdict| verdict.facts.unwrap());
    let recomputed: Vec<_> = facts.iter().flat_map(|facts| &facts.recomputed).collect();
    let missing = |circuit: &RowCircuit| !recomputed.contains(&&circuit.name());
    let missing: Vec<_> = RowCircuit::ALL.into_iter().filter(missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // The two runs of one book are links' test: one statement, different proofs.
    let run = |name: &str| {
        let bytes = fs::read(file(name)).unwrap();
        Document::decode(&bytes, Standard::K).unwrap().attestation
    };
    let (one, other) = (run(STORED[0].0), run(STORED[1].0));
    assert_eq!(one.statement, other.statement);
    assert!(one.proofs.iter().zip(&other.proofs).all(|(a, b)| a != b));
}
