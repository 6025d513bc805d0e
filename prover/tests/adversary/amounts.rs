//! Doors 2: amounts that are none, sums that do not go to the end, rows that nobody counts.

use ff::Field;
use plimsoll_circuits::field::{Fp, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::circuit::TOTALS_ARE_ZERO;

use crate::bank::read;
use crate::plot::{Draft, base, exchanged};
use crate::{PLAIN, SECURED, refuses};

/// The amount that has to go.
pub(crate) const CORPORATE: u64 = 10_000;

fn plain() -> Draft {
    base().plot.rows[PLAIN].clone()
}

/// Which copy holds the corporate loan, and where.
pub(crate) fn corporate(draft: &Draft) -> (usize, usize) {
    let held = |forgery: &Forgery, at: usize| forgery.get(at, "amount") == Fp::from(CORPORATE);
    let found = draft.copies.iter().enumerate().find_map(|(number, copy)| {
        let forgery = &copy.forgery;
        let mut positions = 0..forgery.grid.layout().positions();
        Some((number, positions.find(|at| held(forgery, *at))?))
    });
    found.expect("it stands somewhere")
}

/// Refused at this constraint and at no other; the proof by its number.
fn refused(proof: usize, draft: Draft, copy: usize, constraint: &str) {
    let named = draft.copies[copy].forgery.refused_by();
    assert_eq!(Vec::from_iter(named), [constraint]);
    let attempt = exchanged(proof, draft);
    assert!(!attempt.valid);
    refuses(&attempt.verdict, proof);
}

/// The corporate loan, and as much again below zero in the last row of padding.
#[test]
fn padding_with_a_negative_amount() {
    let mut draft = plain();
    let (copy, at) = corporate(&draft);
    let forgery = &mut draft.copies[copy].forgery;
    let last = forgery.grid.layout().positions() - 1;
    assert_ne!(at, last);
    forgery.set(last, "amount", -Fp::from(CORPORATE));
    forgery.resolve();
    refused(PLAIN, draft, copy, "range: amount limb 7");
}

/// A row of padding whose amount, times its weight, makes the total p + 1: as an integer far
/// beyond the budget, in the field a single unit.
#[test]
fn a_total_that_wraps() {
    let mut draft = plain();
    let (copy, _) = corporate(&draft);
    let forgery = &mut draft.copies[copy].forgery;
    let last = forgery.grid.layout().positions() - 1;
    let before = *forgery.total(0, 0);
    forgery.set(last, "amount", 1);
    forgery.resolve();
    let unit = *forgery.total(0, 0) - before;
    forgery.set(last, "amount", (Fp::ONE - before) * unit.invert().unwrap());
    forgery.resolve();
    assert_eq!(*forgery.total(0, 0), Fp::ONE);
    let named = draft.copies[copy].forgery.refused_by();
    assert_eq!(Vec::from_iter(named), ["range: amount limb 7"]);
    // Its exposure measure is none that the capital circuit could take over, so that the capital
    // proof is of other totals; before links are looked at, the plain proof has to be valid.
    let base = base();
    let mut plot = base.plot.clone();
    plot.rows[PLAIN] = draft;
    assert!(crate::plot::capital(&plot.book, &plot.statement, &plot.total()).is_none());
    let mut light = plot.total();
    light.values[1] = light.values[0];
    let digest = plot.statement.digest();
    let mut proofs = base.proofs.clone();
    proofs[PLAIN] = plot.rows[PLAIN].prove(digest);
    proofs.push(plot.capital(&light).prove(digest));
    refuses(&read(&plot.statement, &proofs), PLAIN);
}

/// 2^64 of cash: one more than a value can be, and enough for any loan.
#[test]
fn an_amount_of_two_to_the_64() {
    let mut draft = base().plot.rows[SECURED[1]].clone();
    let forgery = &mut draft.copies[0].forgery;
    let mut positions = 0..forgery.grid.layout().positions();
    let at = positions.find(|at| forgery.get(*at, "collateral") == Fp::from(600));
    let at = at.unwrap();
    forgery.set(at, "collateral", power_of_two(64));
    forgery.set(at, "something is left", 0);
    for (gate, column) in [
        ("collateral adds up over a run", "covered"),
        ("what is left is the exposure less its collateral", "left"),
    ] {
        forgery.derive(at, gate, column);
    }
    forgery.resolve();
    refused(SECURED[1], draft, 0, "range: collateral limb 7");
}

/// The total stops before the corporate loan.
#[test]
fn a_total_that_stops_early() {
    let mut draft = plain();
    let (copy, at) = corporate(&draft);
    let forgery = &mut draft.copies[copy].forgery;
    let amount = forgery.get(at, "amount");
    forgery.set(at, "amount", 0);
    forgery.resolve();
    let [rwa, measure] = [0, 1].map(|row| *forgery.total(0, row));
    forgery.set(at, "amount", amount);
    forgery.resolve();
    *forgery.total(0, 0) = rwa;
    assert_ne!(*forgery.total(0, 1), measure);
    refused(PLAIN, draft, copy, "risk-weighted assets");
}

/// What the total lacks stands on the sentinel, where the running sum has to be zero and has
/// passed no row.
#[test]
fn the_rest_of_a_total_on_the_sentinel() {
    let mut draft = plain();
    let (copy, _) = corporate(&draft);
    let forgery = &mut draft.copies[copy].forgery;
    let sentinel = forgery.grid.layout().active_rows();
    let rwa = *forgery.total(0, 0);
    *forgery.total(0, 0) = Fp::ZERO;
    *forgery.total(0, sentinel) = rwa;
    let named = draft.copies[copy].forgery.refused_by();
    assert_eq!(
        Vec::from_iter(named),
        [TOTALS_ARE_ZERO, "risk-weighted assets"]
    );
    let attempt = exchanged(PLAIN, draft);
    refuses(&attempt.verdict, PLAIN);
}

/// The corporate loan in the random rows, which are committed to and which no gate reads; the
/// total without it is the total of the other rows, and that much is not the book. With the loan
/// where it was, and the rest of the total in the random rows of the total's column, which the link
/// adds up like any other: the running sum does not pass there.
#[test]
fn random_rows_used_as_rows() {
    let mut draft = plain();
    let (copy, _) = corporate(&draft);
    let rwa = *draft.copies[copy].forgery.total(0, 0);
    *draft.copies[copy].forgery.total(0, 0) = Fp::ZERO;
    let column = draft.copies[copy].forgery.grid.layout().total_column(0);
    let mut chosen = draft.copies[copy].chosen.iter_mut();
    let (_, blinding) = chosen.find(|(chosen, _)| *chosen == column).unwrap();
    blinding.rows[0] = rwa;
    refused(PLAIN, draft, copy, "risk-weighted assets");
}
