//! Doors 1: tables and prices of the prover's own.

use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_verifier::{Outcome, Unknown};

use crate::bank::{basel, light_basel, snapshot, snapshot_at};
use crate::plot::{Draft, Plot, base, exchanged};
use crate::{PLAIN, bank, plot, refuses};

/// The plain proof of a prover who has these rules and prices, and states the verifier's.
fn own(rulebook: &Rulebook, market: &Snapshot) -> Draft {
    let base = &base().plot;
    Plot::of(base.book.clone(), base.statement.clone(), rulebook, market).rows[PLAIN].clone()
}

/// Retail at 1 % instead of 75 %, by a table that reads well: the proof is a valid proof of
/// another rulebook.
#[test]
fn a_row_of_the_rulebook_changed_on_the_provers_side() {
    let attempt = exchanged(PLAIN, own(&light_basel(), snapshot()));
    assert!(attempt.valid);
    refuses(&attempt.verdict, PLAIN);
}

/// Euros at a hundredth.
#[test]
fn a_price_of_the_snapshot_changed_on_the_provers_side() {
    let attempt = exchanged(PLAIN, own(basel(), &snapshot_at("0.01")));
    assert!(attempt.valid);
    refuses(&attempt.verdict, PLAIN);
}

/// The light weight in the rows, the verifier's table beside them.
#[test]
fn a_light_weight_against_the_verifiers_table() {
    let mut draft = own(&light_basel(), snapshot());
    for (copy, honest) in draft.copies.iter_mut().zip(&base().plot.rows[PLAIN].copies) {
        copy.forgery.publics = honest.forgery.publics.clone();
        copy.forgery.settle();
    }
    let (corporate, _) = crate::amounts::corporate(&draft);
    let named = draft.copies[1 - corporate].forgery.refused_by();
    assert_eq!(
        Vec::from_iter(named),
        ["lookup: the weight is the rulebook's for this class"]
    );
    let attempt = exchanged(PLAIN, draft);
    assert!(!attempt.valid);
    refuses(&attempt.verdict, PLAIN);
}

/// Prices of another day, named as they are: they hold, if at all, for a reader who accepts that
/// snapshot. One who does not cannot tell.
#[test]
fn a_stale_snapshot_is_the_readers_to_accept() {
    let book = bank::book();
    let mut stale = bank::statement(&book, bank::shape(), bank::FALSE);
    let market = snapshot_at("0.02");
    stale.snapshot = market.digest();
    let plot = Plot::of(book, stale, basel(), &market);
    let digest = plot.statement.digest();
    let mut proofs: Vec<Vec<u8>> = plot.rows.iter().map(|rows| rows.prove(digest)).collect();
    let capital = plot::capital(&plot.book, &plot.statement, &plot.total());
    proofs.push(capital.unwrap().prove(digest));
    let outcome = bank::read(&plot.statement, &proofs).outcome;
    let unknown = Outcome::CannotTell(Unknown::Snapshot(market.digest()));
    assert_eq!(outcome, unknown);
    // The fresh snapshot's name over the same proofs.
    let mut renamed = plot.statement.clone();
    renamed.snapshot = snapshot().digest();
    refuses(&bank::read(&renamed, &proofs), PLAIN);
}
