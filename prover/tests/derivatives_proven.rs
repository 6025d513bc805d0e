//! Derivative books proven and verified: the worked examples of SA-CCR, and a whole chain of listed
//! options beside exposures with collateral, each in one attestation.
#![allow(missing_docs)]

mod support;

use std::path::Path;
use std::sync::Arc;

use num_bigint::{BigInt, BigUint};
use plimsoll_circuits::book::Book;
use plimsoll_circuits::capital::{CreditTotals, assess_capital};
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::counterparty_risk::{CounterpartyAssessment, assess_counterparty};
use plimsoll_circuits::credit_risk::assess_credit;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Prices, RowCircuit, Statement};
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{AttestError, Request, attest};
use plimsoll_prover::book::open;
use plimsoll_verifier::{Outcome, Policy, Verifier};

/// The rules and everything that is built once.
struct Bench {
    params: Arc<PublicParams>,
    rulebook: Rulebook,
    keys: ProvingKeys<Standard>,
}

impl Bench {
    fn new() -> Self {
        Bench {
            params: Arc::new(PublicParams::derive(Standard::K)),
            rulebook: Rulebook::builtin("basel-2023").unwrap(),
            keys: ProvingKeys::default(),
        }
    }

    fn book(&self, folder: &Path, snapshot: &Snapshot) -> Book {
        let opened = open(folder).unwrap();
        opened.read(Some(&self.rulebook), Some(snapshot)).unwrap()
    }

    /// The CET1 ratio in the clear, cut to 10^-6.
    fn ratio(
        &self,
        book: &Book,
        snapshot: &Snapshot,
        counterparty: &CounterpartyAssessment,
    ) -> u32 {
        let credit = assess_credit(book, &self.rulebook, snapshot).unwrap();
        let mut totals = CreditTotals::from(&credit);
        totals.add_counterparty(counterparty);
        let capital = assess_capital(book, &self.rulebook, &totals).unwrap();
        let ratio = capital.ratio(Ratio::Cet1).unwrap().value().unwrap();
        u32::try_from((ratio * BigInt::from(1_000_000)).floor().to_integer()).unwrap()
    }

    /// What the book bears proves and verifies, to the millionth; a millionth more does not prove.
    fn proves(&mut self, book: &Book, snapshot: &Snapshot) -> (Statement, CounterpartyAssessment) {
        let counterparty = assess_counterparty(book, &self.rulebook, snapshot).unwrap();
        let threshold = self.ratio(book, snapshot, &counterparty);
        let mut run = |threshold| {
            let claims = [Claim {
                ratio: Ratio::Cet1,
                threshold,
            }];
            let request = Request {
                book,
                rulebook: &self.rulebook,
                snapshot,
                claims: &claims,
                without: &[],
                sequence: 1,
                previous: [0; 32],
                check: SelfCheck::Verify,
            };
            attest(&self.params, &mut self.keys, &request, &mut |_| true)
        };
        assert!(matches!(run(threshold + 1), Err(AttestError::False(_))));
        let attested = run(threshold).unwrap();
        let statement = attested.attestation.statement.clone();
        let file = Document::unsigned(attested.attestation, Standard::K).encode();
        let (rulebooks, snapshots) = (vec![self.rulebook.clone()], vec![snapshot.clone()]);
        let params = Arc::clone(&self.params);
        let mut verifier = Verifier::<Standard>::trusting(params, rulebooks, snapshots);
        let verdict = verifier.check(&file, &Policy::UNSIGNED);
        assert_eq!(verdict.outcome, Outcome::Holds);
        (statement, counterparty)
    }
}

fn kinds(statement: &Statement) -> Vec<RowCircuit> {
    statement.rows.iter().map(|rows| rows.circuit).collect()
}

#[test]
fn derivative_books_prove_and_verify() {
    let mut bench = Bench::new();
    worked_examples(&mut bench);
    a_whole_chain(&mut bench);
}

/// BCBS 279, annex 4a: 569, 381, 5406, 936 and 1879 thousand.
fn worked_examples(bench: &mut Bench) {
    let text = std::fs::read_to_string(support::fixture("snapshots/bcbs-examples.toml")).unwrap();
    let snapshot = Snapshot::parse(&text).unwrap();
    let book = bench.book(&support::fixture("books/derivatives-bcbs"), &snapshot);
    let (statement, counterparty) = bench.proves(&book, &snapshot);
    assert!(kinds(&statement).contains(&RowCircuit::Derivatives));
    assert_eq!(statement.prices, Some(Prices::Book));
    assert!(!statement.without.contains(&"counterparty-risk".to_owned()));
    // Exposures are in 10^-8 of the unit, the unit is a thousandth.
    let thousand = BigUint::from(10u32).pow(8 + 3 + 3);
    let thousands = |exposure: &BigUint| (exposure + &thousand / 2u32) / &thousand;
    let exposures = counterparty
        .agreements
        .iter()
        .map(|a| thousands(&a.exposure));
    let published = [569u32, 381, 5_406, 936, 1_879].map(BigUint::from);
    assert_eq!(exposures.collect::<Vec<_>>(), published);
}

/// 684 options in three margined netting sets; positions, sides and margin are made up.
fn a_whole_chain(bench: &mut Bench) {
    let Some(folder) = support::chain::imported() else {
        return;
    };
    let path = folder.path();
    let text = std::fs::read_to_string(path.join("out.snapshot.toml")).unwrap();
    let snapshot = Snapshot::parse(&text).unwrap();
    let book = bench.book(&path.join("out"), &snapshot);
    assert_eq!(book.trades.len(), 684);
    let (statement, counterparty) = bench.proves(&book, &snapshot);
    assert_eq!(
        kinds(&statement),
        [
            RowCircuit::Derivatives,
            RowCircuit::PlainSingle,
            RowCircuit::SecuredSingle,
        ]
    );
    assert_eq!(statement.prices, Some(Prices::Snapshot));
    assert_eq!(counterparty.agreements.len(), 3);
}
