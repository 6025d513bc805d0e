//! Attestations that somebody has touched: every one is refused, for a reason of the closed list,
//! and nothing panics. At a small circuit size, with keys warm.
#![allow(missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod batch;
mod bytes;
mod meaning;
mod privacy;

use std::sync::{Mutex, OnceLock};

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::{self, Document};
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{Request, attest};
use plimsoll_verifier::{Outcome, Policy, Refusal, Verdict, Verifier};
use support::golden;
use support::params::small_params as params;

/// Bytes of a point or a scalar.
const WORD: usize = 32;
/// Whoever reads these attestations does not ask for a signature, and has no clock.
const READER: Policy = Policy::UNSIGNED;

fn basel() -> Rulebook {
    Rulebook::builtin("basel-2023").unwrap()
}

/// The same with one weight changed: a rulebook that the reader trusts as well.
fn other_basel() -> Rulebook {
    let (_, text) = plimsoll_circuits::rulebook::BUILTIN
        .iter()
        .find(|(name, _)| *name == "basel-2023")
        .unwrap();
    let changed = text.replacen("\"75%\"", "\"74%\"", 1);
    assert_ne!(changed, *text);
    Rulebook::parse(&changed).unwrap()
}

/// Euros at a rate.
fn snapshot(rate: &str) -> Snapshot {
    let text = format!(
        "name = \"golden\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n[rates]\nEUR = \"{rate}\"\n"
    );
    Snapshot::parse(&text).unwrap()
}

/// Verifiers that nobody uses at the moment.
static WARM: Mutex<Vec<Verifier<Small>>> = Mutex::new(Vec::new());

/// A verifier on loan.
struct Warm(Option<Verifier<Small>>);

impl Drop for Warm {
    fn drop(&mut self) {
        if let Ok(mut warm) = WARM.lock() {
            warm.extend(self.0.take());
        }
    }
}

impl Warm {
    /// Checks canonical bytes in a file of their own, whose words say what the bytes say.
    fn check(&mut self, bytes: &[u8], policy: &Policy) -> Verdict {
        let file = match Attestation::decode(bytes) {
            Ok(attestation) => Document::unsigned(attestation, Small::K).encode(),
            Err(_) => {
                let payload = document::payload(&plain().statement, bytes, Small::K);
                Envelope::unsigned(PayloadType::InToto, payload).encode()
            }
        };
        self.0.as_mut().unwrap().check(&file, policy)
    }

    /// Checks a file as it is.
    fn check_file(&mut self, file: &[u8], policy: &Policy) -> Verdict {
        self.0.as_mut().unwrap().check(file, policy)
    }
}

/// A verifier with its keys warm, that trusts more than one rulebook and more than one snapshot.
fn verifier() -> Warm {
    if let Some(verifier) = WARM.lock().unwrap().pop() {
        return Warm(Some(verifier));
    }
    let us = Rulebook::builtin("us-standardised").unwrap();
    let rulebooks = vec![us, other_basel(), basel()];
    let snapshots = vec![snapshot("1.1"), snapshot("1")];
    let mut verifier = Verifier::trusting(params(), rulebooks, snapshots);
    // The derivatives circuit does not fit the small size.
    let derivatives = CircuitKind::Rows(RowCircuit::Derivatives);
    let small = CircuitKind::all().filter(|kind| *kind != derivatives);
    verifier.build_keys(small).unwrap();
    Warm(Some(verifier))
}

/// Attests these books in turn.
fn attested(books: &[&Book], claims: &[&str]) -> Vec<Attestation> {
    let (rulebook, snapshot, params) = (basel(), snapshot("1"), params());
    let claims: Vec<Claim> = claims.iter().map(|c| Claim::parse(c).unwrap()).collect();
    let mut keys = ProvingKeys::<Small>::default();
    let attested = |book: &&Book| {
        let stated = |name: &str| book.stated.iter().any(|line| line.name == name);
        let stated: Vec<bool> = rulebook.stated.iter().map(|l| stated(&l.name)).collect();
        let without = plimsoll_circuits::proofs::missing_modules(
            &rulebook,
            &claims,
            &stated,
            plimsoll_circuits::statement::Linked {
                credit_risk: true,
                counterparty_risk: false,
            },
        )
        .unwrap();
        let request = Request {
            book,
            rulebook: &rulebook,
            snapshot: &snapshot,
            claims: &claims,
            without: &without,
            sequence: 7,
            previous: [9; 32],
            check: SelfCheck::Verify,
        };
        let attested = attest(&params, &mut keys, &request, &mut |_| true);
        attested.unwrap_or_else(|e| panic!("{e}")).attestation
    };
    books.iter().map(attested).collect()
}

/// An attestation of two proofs: plain exposures and capital.
fn plain() -> &'static Attestation {
    static PLAIN: OnceLock<Attestation> = OnceLock::new();
    PLAIN.get_or_init(|| attested(&[&golden::leverage_book()], &["leverage>=3%"]).remove(0))
}

/// The golden vectors: every row circuit once, two claims, a stated line, modules left out.
fn book() -> Book {
    let mut book = golden::credit_book();
    book.capital.extend(golden::lines(&[
        ("total-assets", 2_000),
        ("total-liabilities", 1_000),
    ]));
    book.stated = golden::lines(&[("operational-risk", 10)]);
    book
}

/// Two attestations of [`book`] with the same statement.
fn twins() -> &'static [Attestation; 2] {
    static TWINS: OnceLock<[Attestation; 2]> = OnceLock::new();
    TWINS.get_or_init(|| {
        let book = book();
        let claims = ["cet1>=3%", "total>=4.5%"];
        attested(&[&book, &book], &claims).try_into().unwrap()
    })
}

/// Two attestations, with the same statement, of a book that needs two proofs of one circuit.
fn sharded() -> &'static [Attestation; 2] {
    static SHARDED: OnceLock<[Attestation; 2]> = OnceLock::new();
    SHARDED.get_or_init(|| {
        let mut book = book();
        golden::beyond_a_copy(&mut book);
        attested(&[&book, &book], &["cet1>=3%"]).try_into().unwrap()
    })
}

/// The reason for which these bytes do not hold.
fn reason(verdict: &Verdict) -> &'static str {
    let reason = verdict.outcome.reason().expect("it must not hold");
    const CLOSED: [&str; 9] = [
        "statement",
        "proof",
        "link",
        "future",
        "unreadable",
        "unsigned",
        "unknown_rulebook",
        "unknown_snapshot",
        "key",
    ];
    assert!(CLOSED.contains(&reason), "{reason}");
    let status = match verdict.outcome {
        Outcome::Holds => 0,
        Outcome::Refused(_) => 1,
        Outcome::CannotTell(_) => 2,
    };
    assert_eq!(verdict.outcome.exit_status(), status);
    // The words for people and machines exist for every one of them.
    assert!(!plimsoll_verifier::report::page("file", verdict).contains(" holds\n"));
    let json = plimsoll_verifier::report::json("file", verdict);
    assert_eq!(json["verdict"], verdict.outcome.word());
    assert_eq!(json["reason"], reason);
    reason
}

/// Number of the proof that a refusal names, from 1.
fn named(verdict: &Verdict) -> usize {
    match &verdict.outcome {
        Outcome::Refused(Refusal::Proof { number, .. }) => *number,
        other => panic!("{other}"),
    }
}

#[test]
fn untouched_they_hold() {
    let mut verifier = verifier();
    for attestation in twins().iter().chain(sharded()) {
        let verdict = verifier.check(&attestation.encode(), &READER);
        assert_eq!(verdict.outcome, Outcome::Holds);
    }
    let kinds = |attestation: &Attestation| attestation.statement.rows.len();
    assert_eq!((kinds(&twins()[0]), kinds(&sharded()[0])), (4, 4));
    assert!(
        sharded()[0]
            .statement
            .rows
            .iter()
            .any(|rows| rows.shards == 2)
    );
    assert_eq!(twins()[0].statement, twins()[1].statement);
    assert!(twins()[0].statement.balance_sheet);
}
