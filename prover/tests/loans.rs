//! Ten thousand real consumer loans as a retail book.
#![allow(missing_docs)]

mod support;

use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::book::{check, load, save};

#[test]
fn the_loans_are_a_book() {
    let Some(book) = support::loans() else { return };
    assert_eq!(book.exposures.len(), 10_000);
    assert_eq!(book.exposures.iter().filter(|e| e.amount == 0).count(), 455);
    // $144 589 166.10 outstanding, at 75 %: $108 441 874.575.
    let total: u64 = book.exposures.iter().map(|e| e.amount).sum();
    assert_eq!(total, 14_458_916_610);
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let weight = u64::from(rulebook.weight_of("retail", "").unwrap());
    assert_eq!(total * weight, 108_441_874_575 * 1_000);
    check(&book, &rulebook, &Snapshot::builtin("usd-only").unwrap()).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("loans");
    save(&book, &out).unwrap();
    assert!(load(&out).unwrap() == book);
}
