//! Doors 4: the capital proof, and what it is linked to.

use std::sync::Arc;

use plimsoll_circuits::cells::capital::CREDIT_RISK;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::LinkError;
use plimsoll_circuits::protocol::prove::TotalOpening;
use plimsoll_circuits::protocol::publics::Weighed;

use crate::bank::{TRUE, book, read, shape, statement};
use crate::plot::{Draft, base, blinding, capital};
use crate::{CAPITAL, refuses, unlinked};

fn with_capital(draft: &Draft, digest: [u8; 32]) -> plimsoll_verifier::Verdict {
    let base = base();
    let mut proofs = base.proofs.clone();
    proofs.push(draft.prove(digest));
    read(&base.plot.statement, &proofs)
}

/// Totals of a lighter book, under blinding of their own, and under the sum's.
#[test]
fn linked_to_another_books_totals() {
    let plot = &base().plot;
    let digest = plot.statement.digest();
    let other = TotalOpening {
        values: vec![Fp::from(1_000_000), Fp::from(1_000_000), Fp::from(2)],
        blinding: blinding(),
    };
    let same = TotalOpening {
        blinding: plot.total().blinding,
        ..other.clone()
    };
    for total in [other, same] {
        let draft = plot.capital(&total);
        assert!(draft.is_valid(digest, &draft.prove(digest)));
        unlinked(&with_capital(&draft, digest), LinkError::Totals);
    }
}

/// The claim that is true, proven, and shown as the one that is not: by the proof of another
/// statement, and by another statement's relations under the digest of this one.
#[test]
fn a_capital_proof_of_another_statement() {
    let plot = &base().plot;
    let book = book();
    let weaker = statement(&book, shape(), TRUE);
    let draft = capital(&book, &weaker, &plot.total()).unwrap();
    for digest in [weaker.digest(), plot.statement.digest()] {
        assert!(draft.is_valid(digest, &draft.prove(digest)));
        refuses(&with_capital(&draft, digest), CAPITAL);
    }
}

/// The relations are the verifier's; the adversary has others. Each is a slot of the public
/// matrix that he would like to be otherwise.
fn bent(bend: impl FnOnce(&mut Draft)) {
    let plot = &base().plot;
    let digest = plot.statement.digest();
    let weaker = statement(&plot.book, shape(), TRUE);
    let mut draft = capital(&plot.book, &weaker, &plot.total()).unwrap();
    bend(&mut draft);
    let proof = draft.prove(digest);
    assert!(draft.is_valid(digest, &proof));
    refuses(&with_capital(&draft, digest), CAPITAL);
}

/// A claim's relation emptied; all of them left out.
#[test]
fn relations_left_out() {
    bent(|draft| {
        let publics = &mut draft.copies[0].forgery.publics;
        publics.relations = Arc::default();
    });
    bent(|draft| {
        let relations = &mut draft.copies[0].forgery.publics.relations;
        let kept = |name: &str| !name.starts_with("claim");
        let less = relations.iter().filter(|r| kept(&r.name)).cloned();
        *relations = Arc::new(less.collect());
    });
}

/// The linked total read from a row where nothing stands, which the adversary allows himself to
/// fill: risk-weighted assets of one unit in slot 7.
#[test]
fn a_total_read_from_another_slot() {
    let plot = &base().plot;
    let honest = plot.total();
    let mut light = honest.clone();
    light.values[0] = Fp::from(1_000_000);
    let mut draft = plot.capital(&light);
    let copy = &mut draft.copies[0].forgery;
    *copy.total(CREDIT_RISK, 0) = honest.values[0];
    *copy.total(CREDIT_RISK, 7) = light.values[0];
    let relations = Arc::make_mut(&mut copy.publics.relations);
    let terms = relations
        .iter_mut()
        .flat_map(|relation| &mut relation.terms);
    for (cell, _) in terms {
        if let Weighed::Total { row: row @ 0, .. } = cell {
            *row = 7;
        }
    }
    copy.publics.allowed = vec![8];
    let digest = plot.statement.digest();
    let proof = draft.prove(digest);
    assert!(draft.is_valid(digest, &proof));
    refuses(&with_capital(&draft, digest), CAPITAL);
}
