//! Signed columns, end to end at a small size: a data owner vouches, an institution proves, a
//! verifier compares (CONDITIONS S3, P2).
#![allow(missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod audited;
mod clauses;
mod counted;
mod readers;

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use age::secrecy::SecretString;
use ed25519_dalek::{Signer as _, SigningKey};
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::{Book, Currency, Day, Exposure, Lei, Line, Place};
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::{Envelope, PublicKey, Signature};
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_circuits::voucher::{Terms, Voucher};
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{AttestError, Attested, Options, Request, attest_with};
use plimsoll_prover::vouch::{self, Issue, Secret, Vouched, issue};
use plimsoll_verifier::{Outcome, Policy, Verdict, Verifier};
use support::params::small_params as params;
use tempfile::TempDir;

/// The institution, and one that is not meant.
const BANK: &str = "N1GZ7BBF3NP8GI976H15";
const OTHER: &str = "8I5DZWZKVSZI1NUHU748";
/// The owner's key, and a stranger's.
const OWNER: u8 = 7;
const STRANGER: u8 = 8;

pub fn basel() -> Rulebook {
    Rulebook::builtin("basel-2023").unwrap()
}

/// Euros and pounds, in this order.
pub fn snapshot() -> Snapshot {
    let text = "name = \"two\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n[rates]\nEUR = \"1.1\"\n\
                GBP = \"1.3\"\n";
    Snapshot::parse(text).unwrap()
}

pub fn circuit() -> [u8; 32] {
    static ID: OnceLock<[u8; 32]> = OnceLock::new();
    let kind = CircuitKind::Rows(RowCircuit::Vouched);
    *ID.get_or_init(|| kind.verifying_key::<Small>(&params()).unwrap().id())
}

pub fn key(number: u8) -> (SigningKey, PublicKey) {
    let key = SigningKey::from_bytes(&[number; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    (key, public)
}

pub fn sign(envelope: &mut Envelope, number: u8) {
    let (key, public) = key(number);
    let bytes = key.sign(&envelope.signed_bytes()).to_bytes();
    let key = public.id();
    envelope.add(Signature { key, bytes }).unwrap();
}

fn exposure(id: &str, class: &str, currency: &str, amount: u64, line: u64) -> Exposure {
    Exposure {
        id: id.into(),
        class: class.into(),
        currency: currency.into(),
        conversion: "on-balance".into(),
        amount,
        place: Place {
            file: "exposures.csv".into(),
            line,
        },
        ..Exposure::default()
    }
}

fn book(lei: &str, exposures: Vec<Exposure>) -> Book {
    Book {
        institution: "Somebody".to_owned(),
        exposures,
        ..Book::new(
            Lei::parse(lei).unwrap(),
            Day::new(2023, 12, 31).unwrap(),
            Currency("USD".to_owned()),
            2,
            "basel-2023",
        )
    }
}

/// The data owner's book: seven loans of three sorts, so that some rows have holes.
pub fn servicer() -> Book {
    let loans = [
        ("s1", "retail", "", 1_000),
        ("s2", "retail", "EUR", 2_000),
        ("s3", "retail", "", 3_000),
        ("s4", "corporate-other", "", 4_000),
        ("s5", "retail", "", 0),
        ("s6", "retail", "", 6_000),
        ("s7", "retail", "EUR", 7_000),
    ];
    let loans = loans.into_iter().zip(2..);
    let loans = loans.map(|((id, class, code, amount), at)| exposure(id, class, code, amount, at));
    book(support::NOBODY, loans.collect())
}

/// The institution's: the servicer's loans among its own, in another order.
pub fn bank() -> Book {
    let mut exposures = servicer().exposures;
    exposures.reverse();
    exposures.insert(2, exposure("own 1", "corporate-other", "", 50_000, 20));
    exposures.push(exposure("own 2", "retail", "GBP", 9_000, 21));
    for (exposure, line) in exposures.iter_mut().zip(2..) {
        exposure.place.line = line;
    }
    Book {
        capital: vec![Line {
            name: "common-shares".into(),
            amount: 40_000,
            place: Place::default(),
        }],
        ..book(BANK, exposures)
    }
}

/// What a data owner makes of a book.
pub fn made(book: &Book, accounts: &[&str]) -> (Voucher, Secret) {
    let accounts: Vec<String> = accounts.iter().map(|&a| a.to_owned()).collect();
    let (mut voucher, secret) = issue::<Small>(
        &params(),
        &Issue {
            book,
            rulebook: &basel(),
            snapshot: &snapshot(),
            owner: "Example servicer",
            key: key(OWNER).1,
            beneficiary: Lei::parse(BANK).unwrap(),
            accounts: &accounts,
            serial: 3,
            circuit: circuit(),
        },
    )
    .unwrap();
    sign(&mut voucher.envelope, OWNER);
    (voucher, secret)
}

/// A folder that lasts as long as the tests.
pub fn folder() -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| tempfile::tempdir().unwrap())
        .path()
        .to_owned()
}

pub fn phrase() -> SecretString {
    SecretString::from("correct horse".to_owned())
}

/// A voucher and its secret on disk, as the institution opens them.
pub fn opened(name: &str, voucher: &Voucher, secret: &Secret) -> Vouched {
    let file = folder().join(name);
    vouch::write(&file, secret, &phrase()).unwrap();
    Vouched::open(voucher.clone(), file, phrase()).unwrap()
}

/// Modules that the claim does without.
fn without() -> Vec<String> {
    let mut needs = basel().ratios["cet1"].needs.clone();
    needs.retain(|module| module != "credit-risk");
    needs.sort();
    needs
}

pub fn attested(
    book: &Book,
    vouched: &[Vouched],
    claim: &str,
    check: SelfCheck,
) -> Result<Attested, AttestError> {
    attested_with(
        book,
        claim,
        check,
        Options {
            keep: false,
            vouched,
        },
    )
}

pub fn attested_with(
    book: &Book,
    claim: &str,
    check: SelfCheck,
    options: Options<'_>,
) -> Result<Attested, AttestError> {
    static KEYS: Mutex<Option<ProvingKeys<Small>>> = Mutex::new(None);
    let mut keys = KEYS.lock().unwrap_or_else(|e| e.into_inner());
    let request = Request {
        book,
        rulebook: &basel(),
        snapshot: &snapshot(),
        claims: &[Claim::parse(claim).unwrap()],
        without: &without(),
        sequence: 1,
        previous: [0; 32],
        check,
    };
    let keys = keys.get_or_insert_with(ProvingKeys::default);
    attest_with(&params(), keys, &request, options, &mut |_| true)
}

/// An honest attestation with one voucher.
pub fn honest() -> (Attestation, Voucher) {
    static MADE: OnceLock<(Attestation, Voucher)> = OnceLock::new();
    let make = || {
        let (voucher, secret) = made(&servicer(), &["contract A"]);
        let vouched = opened("honest", &voucher, &secret);
        let attested = attested(&bank(), &[vouched], "cet1>=40%", SelfCheck::Verify).unwrap();
        assert_eq!(attested.vouchers, std::slice::from_ref(&voucher));
        (attested.attestation, voucher)
    };
    MADE.get_or_init(make).clone()
}

pub fn file(attestation: &Attestation, vouchers: &[Voucher]) -> Vec<u8> {
    Document::with_vouchers(attestation.clone(), vouchers.to_vec(), Small::K).encode()
}

/// What a verifier with warm keys says.
pub fn checked(file: &[u8], policy: &Policy) -> Verdict {
    static VERIFIER: OnceLock<Mutex<Verifier<Small>>> = OnceLock::new();
    let new = || {
        Mutex::new(Verifier::trusting(
            params(),
            vec![basel()],
            vec![snapshot()],
        ))
    };
    let mut verifier = VERIFIER.get_or_init(new).lock();
    let verifier = verifier.as_mut().unwrap();
    let alone = verifier.check(file, policy);
    // Among many it is the same.
    let seen = Default::default();
    let among = verifier.check_all(&[file], policy, &seen);
    assert_eq!(among[0].outcome, alone.outcome);
    alone
}

/// Other terms, signed by their owner; and the statement that names them.
pub fn retold(change: impl FnOnce(&mut Terms)) -> (Attestation, Voucher) {
    let (mut attestation, voucher) = honest();
    let mut terms = voucher.terms;
    change(&mut terms);
    let mut voucher = Voucher::unsigned(terms).unwrap();
    sign(&mut voucher.envelope, OWNER);
    attestation.statement.vouchers[0].digest = voucher.digest;
    (attestation, voucher)
}

#[test]
fn vouched_exposures_are_proven() {
    let (attestation, voucher) = honest();
    let statement = &attestation.statement;
    let kinds: Vec<_> = statement.rows.iter().map(|r| r.circuit).collect();
    assert_eq!(kinds, [RowCircuit::Vouched, RowCircuit::PlainSingle]);
    // One row of each sort: retail in dollars, in euros, a corporate.
    assert_eq!(statement.vouchers[0].rows, [3]);
    let bytes = file(&attestation, &[voucher]);
    assert_eq!(checked(&bytes, &Policy::UNSIGNED).outcome, Outcome::Holds);
    // The file is one form, and the same when it is read and written again.
    let document = Document::decode(&bytes, Small::K).unwrap();
    assert_eq!(document.encode(), bytes);
    assert_eq!(document.digest, attestation.digest());
}
