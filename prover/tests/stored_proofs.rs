//! Attestations in `fixtures/proofs`, each of which must hold for ever.
//!
//! `PLIMSOLL_WRITE_PROOFS=NAME cargo test --release -p plimsoll-prover --test stored_proofs` makes
//! the one of that name anew, and `all` all of them: only where a circuit or its table has changed,
//! and the old ones are no longer to be verified. Those of `us-bancorp` are older than the circuits
//! with one position a row, and hold the wide one: made anew from so small a book they would not.
//! `four-shapes` gets exposures of nothing until it needs the wide circuits.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use plimsoll_circuits::book::{Book, CollateralItem, Exposure, Lei};
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::pinned::pinned_id;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{Options, Request, attest_with};
use plimsoll_prover::keys::{SecretKey, Signer};
use plimsoll_prover::sources;
use plimsoll_prover::vouch::{self, Issue, Vouched, issue};
use plimsoll_verifier::{Outcome, Policy, Unknown, Verifier};
use support::params::params;

/// File, book, claims. `again` is a second run of the same.
const STORED: [(&str, &str, &[&str]); 7] = [
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
        WIDE,
        "four-shapes",
        &["cet1>=4.5%", "tier1>=6%", "total>=8%", "leverage>=3%"],
    ),
    (
        "four-shapes-few",
        "four-shapes",
        &["cet1>=4.5%", "tier1>=6%", "total>=8%", "leverage>=3%"],
    ),
    (QUOTED.0, "derivatives-bcbs", &["cet1>=8%"]),
    (VOUCHED.0, "with-servicer", &["cet1>=7%"]),
];

/// The one with wide rows of every kind.
const WIDE: &str = "four-shapes";

/// The one with exposures that somebody else vouches for, and whose book they are.
const VOUCHED: (&str, &str) = ("with-servicer", "servicer");
/// The servicer's key.
const SERVICER: [u8; 32] = [7; 32];

/// What the servicer vouches for; its secret file stands in `folder`.
fn vouched(params: &PublicParams, folder: &Path) -> Vouched {
    let book = support::fixture("books").join(VOUCHED.1);
    let sources = sources::load(&book, None, None).unwrap_or_else(|e| panic!("{e}"));
    let key = SecretKey::from_seed(&SERVICER, "Servicer of Examples").unwrap();
    let issued = issue::<Standard>(
        params,
        &Issue {
            book: &sources.book,
            rulebook: &sources.rulebook,
            snapshot: &sources.snapshot,
            owner: &key.public().owner,
            key: key.public().key.clone(),
            beneficiary: Lei::parse(support::NOBODY).unwrap(),
            accounts: &["contract 12".to_owned()],
            serial: 1,
            circuit: pinned_id(Standard::K, CircuitKind::Rows(RowCircuit::Vouched)).unwrap(),
        },
    );
    let (mut voucher, secret) = issued.unwrap();
    Signer::Key(Box::new(key))
        .sign(&mut voucher.envelope)
        .unwrap();
    let (file, phrase) = (
        folder.join("vouched"),
        SecretString::from("stored".to_owned()),
    );
    vouch::write(&file, &secret, &phrase).unwrap();
    Vouched::open(voucher, file, phrase).unwrap()
}

/// The one whose trades are in other currencies, and the snapshot that its readers must trust.
const QUOTED: (&str, &str) = ("with-snapshot/derivatives-bcbs", "example-2022-12-30");

/// The one that follows another: file, and the one before it.
const FOLLOWS: (&str, &str) = ("us-bancorp-2023-03-31", "us-bancorp-2022-12-31");

fn file(name: &str) -> PathBuf {
    support::fixture("proofs").join(format!("{name}.plimsoll"))
}

/// So many exposures of nothing, plain and with collateral, that both need wide rows.
fn widen(book: &mut Book) {
    let like = |id: &str| book.exposures.iter().find(|e| e.id == id).unwrap().clone();
    let (card, loan) = (like("card lines"), like("gold loan"));
    let items = &mut book.collateral;
    let bars = items.iter().find(|item| item.id == "bars").unwrap().clone();
    let rows = 1u32 << Standard::K;
    for number in 0..rows {
        for like in [&card, &loan] {
            book.exposures.push(Exposure {
                id: format!("{} {number}", like.id).into(),
                amount: 0,
                ..like.clone()
            });
        }
        items.push(CollateralItem {
            exposure: format!("{} {number}", loan.id).into(),
            amount: 0,
            ..bars.clone()
        });
    }
}

/// Makes the one of this name anew, or `all`.
fn write(wanted: &str, params: &PublicParams) {
    let wanted = |name: &str| wanted == "all" || wanted == name;
    assert!(
        STORED.iter().any(|(name, ..)| wanted(name)),
        "no such proof"
    );
    fs::create_dir_all(support::fixture("proofs/with-snapshot")).unwrap();
    let mut keys = ProvingKeys::<Standard>::default();
    let folder = tempfile::tempdir().unwrap();
    for (name, book, claims) in STORED.into_iter().filter(|(name, ..)| wanted(name)) {
        let vouched = (name == VOUCHED.0).then(|| vouched(params, folder.path()));
        let book = support::fixture("books").join(book);
        let snapshot = (name == QUOTED.0).then_some(QUOTED.1);
        let mut sources = sources::load(&book, None, snapshot).unwrap_or_else(|e| panic!("{e}"));
        if name == WIDE {
            widen(&mut sources.book);
        }
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
        let options = Options {
            keep: false,
            vouched: vouched.as_slice(),
        };
        let attested = attest_with(params, &mut keys, &request, options, &mut |_| true);
        let attested = attested.unwrap_or_else(|e| panic!("{name}: {e}"));
        fs::write(
            file(name),
            Document::with_vouchers(attested.attestation, attested.vouchers, Standard::K).encode(),
        )
        .unwrap();
    }
}

#[test]
fn stored_proofs_hold() {
    if let Ok(wanted) = std::env::var("PLIMSOLL_WRITE_PROOFS") {
        write(&wanted, &params());
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
    let shapes = verifier.check(&fs::read(file(WIDE)).unwrap(), &policy);
    let vouched = verifier.check(&fs::read(file(VOUCHED.0)).unwrap(), &policy);
    let few = verifier.check(&fs::read(file("four-shapes-few")).unwrap(), &policy);
    let facts = [&shapes, &few, &quoted, &vouched].map(|verdict| verdict.facts.as_ref().unwrap());
    let rows = facts.iter().flat_map(|facts| &facts.statement.rows);
    let proven: Vec<RowCircuit> = rows.map(|rows| rows.circuit).collect();
    let missing = |circuit: &RowCircuit| !proven.contains(circuit);
    let missing: Vec<_> = RowCircuit::ALL.into_iter().filter(missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // Of few exposures and of many the same is said.
    assert_eq!(facts[0].recomputed.len(), 4);
    let sorted = |at: usize| {
        let mut names = facts[at].recomputed.clone();
        names.sort_unstable();
        names
    };
    assert_eq!(sorted(0), sorted(1));
    // The two runs of one book are links' test: one statement, different proofs.
    let run = |name: &str| {
        let bytes = fs::read(file(name)).unwrap();
        Document::decode(&bytes, Standard::K).unwrap().attestation
    };
    let (one, other) = (run(STORED[0].0), run(STORED[1].0));
    assert_eq!(one.statement, other.statement);
    assert!(one.proofs.iter().zip(&other.proofs).all(|(a, b)| a != b));
}
