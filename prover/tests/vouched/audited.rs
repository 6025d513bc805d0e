//! An auditor, an attestation that rests on a voucher, and what the data owner handed over.

use plimsoll_circuits::countersignature::Commitments;
use plimsoll_circuits::protocol::layout::Small;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_prover::attest::Options;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::opening::{AuditError, Shown};
use plimsoll_prover::vouch::Vouched;

use crate::*;

#[test]
fn an_auditor_holds_the_book_against_vouched_columns() {
    let (voucher, secret) = made(&servicer(), &["contract A"]);
    let vouched = [opened("audited", &voucher, &secret)];
    let options = Options {
        keep: true,
        vouched: &vouched,
    };
    let attested = attested_with(&bank(), "cet1>=40%", SelfCheck::Verify, options).unwrap();
    let opening = attested.opening.unwrap();
    let attestation = attested.attestation;
    let digest = attestation.digest();
    let (rulebook, snapshot) = (basel(), snapshot());
    let mut keys = ProvingKeys::<Small>::default();
    let mut audit = |book: &Book, vouched: &[Vouched]| {
        let shown = Shown {
            book,
            rulebook: &rulebook,
            snapshot: &snapshot,
            vouched,
        };
        opening.audit(&params(), &mut keys, (&attestation, digest), shown)
    };
    let found = audit(&bank(), &vouched).unwrap();
    assert_eq!(Some(found), Commitments::of::<Small>(&attestation));
    // Looked at as often as anybody likes: that spends no proof.
    for _ in 0..2 {
        let file = folder().join("audited");
        let (_, proofs) = Vouched::look(voucher.clone(), file, phrase()).unwrap();
        assert_eq!(proofs, 1);
    }
    // Without the voucher its exposures would be plain ones.
    let error = audit(&bank(), &[]).unwrap_err();
    assert!(matches!(error, AuditError::Statement(_)), "{error}");
    // A book that says something else than its data owner.
    let mut other = bank();
    let at = other.exposures.iter().position(|e| e.id == "s3").unwrap();
    other.exposures[at].amount += 1;
    let error = audit(&other, &vouched).unwrap_err();
    assert!(matches!(error, AuditError::Book(_)), "{error}");
    assert!(
        error.to_string().contains("vouches for something else"),
        "{error}"
    );
    // And one that differs where nobody vouches.
    let mut other = bank();
    let at = other
        .exposures
        .iter()
        .position(|e| e.id == "own 1")
        .unwrap();
    other.exposures[at].amount += 1;
    let error = audit(&other, &vouched).unwrap_err().to_string();
    assert_eq!(
        error,
        "exposure `own 1` was proven with another `amount` than the book gives"
    );
}
