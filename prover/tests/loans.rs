//! Ten thousand real consumer loans as a retail book.
#![allow(missing_docs)]

mod support;

use std::sync::Arc;

use num_bigint::BigUint;
use plimsoll_circuits::amount::RWA_SCALE;
use plimsoll_circuits::book::{Line, Place};
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::credit_risk::assess_credit;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{AttestError, Request, attest};
use plimsoll_prover::book::{check, load, save};
use plimsoll_verifier::{Outcome, Policy, Verifier};

#[test]
fn the_loans_are_a_book() {
    let Some(book) = support::loans() else { return };
    assert_eq!(book.exposures.len(), 10_000);
    assert_eq!(book.exposures.iter().filter(|e| e.amount == 0).count(), 455);
    // $144 589 166.10 outstanding, at 75 %: $108 441 874.575.
    let total: u64 = book.exposures.iter().map(|e| e.amount).sum();
    assert_eq!(total, 14_458_916_610);
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let weight = rulebook.class_rows().find(|row| row.0 == "retail");
    let weight = u64::from(weight.unwrap().2);
    assert_eq!(total * weight, 108_441_874_575 * 1_000);
    check(&book, &rulebook, &Snapshot::builtin("usd-only").unwrap()).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("loans");
    save(&book, &out).unwrap();
    assert!(load(&out).unwrap() == book);
}

/// The loans have no owner and no capital: these lines are made up, to have something to claim.
const MADE_UP_CAPITAL: u64 = 1_000_000_000;

#[test]
fn the_loans_prove() {
    let Some(mut book) = support::loans() else {
        return;
    };
    book.capital = vec![Line {
        name: "common-shares".into(),
        amount: MADE_UP_CAPITAL,
        place: Place::default(),
    }];
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let snapshot = Snapshot::builtin("usd-only").unwrap();
    let credit = assess_credit(&book, &rulebook, &snapshot).unwrap();
    let units = BigUint::from(10_u32).pow(RWA_SCALE - 1);
    assert_eq!(credit.rwa, BigUint::from(108_441_874_575_u64) * units);
    // 10 000 000 / 108 441 874.575 = 9.221529…%
    let mut needs = rulebook.ratios["cet1"].needs.clone();
    needs.retain(|module| module != "credit-risk");
    needs.sort();
    let params = Arc::new(PublicParams::derive(Standard::K));
    let mut keys = ProvingKeys::<Standard>::default();
    let mut attest_claim = |claim: &str| {
        let claims = [Claim::parse(claim).unwrap()];
        let request = Request {
            book: &book,
            rulebook: &rulebook,
            snapshot: &snapshot,
            claims: &claims,
            without: &needs,
            sequence: 1,
            previous: [0; 32],
            check: SelfCheck::Verify,
        };
        attest(&params, &mut keys, &request, &mut |_| true)
    };
    let attested = attest_claim("cet1>=9.2215%").unwrap();
    assert!(matches!(
        attest_claim("cet1>=9.2216%"),
        Err(AttestError::False(_))
    ));
    let bytes = Document::unsigned(attested.attestation, Standard::K).encode();
    let mut verifier = Verifier::<Standard>::trusting(
        Arc::clone(&params),
        vec![rulebook.clone()],
        vec![snapshot.clone()],
    );
    assert_eq!(
        verifier.check(&bytes, &Policy::UNSIGNED).outcome,
        Outcome::Holds
    );
}
