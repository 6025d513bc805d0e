//! Doors 5: proofs of somebody else, of another place, of another size; words flipped after
//! proving and before.

use std::sync::OnceLock;

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::protocol::key::{ProvingKey, VerifyingKey};
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::tape::OsEntropy;
use plimsoll_circuits::protocol::verify::{ProofError, proof_length};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::Statement;
use plimsoll_verifier::{Outcome, Refusal, Verdict};

use crate::bank::{OTHER, basel, book, read, snapshot};
use crate::plot::{Plot, base};
use crate::{CAPITAL, PLAIN, SECURED, refuses};

/// A book of another institution with nothing but small loans; its rows.
fn others() -> &'static (Plot, Vec<Vec<u8>>) {
    static OTHERS: OnceLock<(Plot, Vec<Vec<u8>>)> = OnceLock::new();
    OTHERS.get_or_init(|| {
        let mut other = book();
        other.lei = Lei::parse(OTHER).unwrap();
        for exposure in &mut other.exposures {
            exposure.amount /= 10;
        }
        let mut statement = base().plot.statement.clone();
        statement.lei = other.lei;
        let plot = Plot::of(other, statement, basel(), snapshot());
        let digest = plot.statement.digest();
        let proofs = plot.rows.iter().map(|rows| rows.prove(digest)).collect();
        (plot, proofs)
    })
}

/// The healthy rows of another institution under the bank's name: one of them, and all with the
/// bank's own capital proof, which is valid and links.
#[test]
fn rows_of_another_institution() {
    let base = base();
    let digest = base.plot.statement.digest();
    let (others, theirs) = others();
    let mut plot = base.plot.clone();
    for proof in [PLAIN, SECURED[0], SECURED[1]] {
        let mut proofs = base.proofs.clone();
        proofs[proof] = theirs[proof].clone();
        plot.rows.clone_from(&base.plot.rows);
        plot.rows[proof] = others.rows[proof].clone();
        proofs.push(plot.capital(&plot.total()).prove(digest));
        refuses(&read(&plot.statement, &proofs), proof);
    }
    let mut proofs = theirs.clone();
    proofs.push(base.plot.capital(&others.total()).prove(digest));
    refuses(&read(&plot.statement, &proofs), PLAIN);
}

/// Words that are flipped before the capital proof is made, so that it alone is of the new
/// statement: the row proofs are of the old one.
#[test]
fn a_statement_changed_between_two_proofs() {
    let base = base();
    let changes: [fn(&mut Statement); 6] = [
        |s| s.as_of += 86_400,
        |s| s.sequence += 1,
        |s| s.previous = [1; 32],
        |s| s.scale += 1,
        |s| s.lei = Lei::parse(OTHER).unwrap(),
        |s| s.claims[0].threshold -= 1,
    ];
    for change in changes {
        let mut plot = base.plot.clone();
        change(&mut plot.statement);
        let digest = plot.statement.digest();
        let light = &others().0.total();
        let mut proofs = base.proofs.clone();
        let capital = plot.capital(light);
        proofs.push(capital.prove(digest));
        assert!(capital.is_valid(digest, &proofs[CAPITAL]));
        refuses(&read(&plot.statement, &proofs), PLAIN);
    }
}

/// k = 12: a circuit of the adversary's size.
#[derive(Clone, Copy, Debug, Default)]
struct Twelve;

impl Size for Twelve {
    const K: u32 = 12;
    const LIMB_BITS: u32 = 8;
}

fn length(verdict: &Verdict) -> (usize, usize, usize) {
    match verdict.outcome {
        Outcome::Refused(Refusal::Proof {
            number,
            error: ProofError::Length { expected, got },
            ..
        }) => (number, expected, got),
        ref other => panic!("{other}"),
    }
}

/// A proof of twice as many rows, at its own length and cut to the verifier's.
#[test]
fn a_proof_of_another_k() {
    let params = PublicParams::derive(Twelve::K);
    let key = ProvingKey::<Plain, Twelve>::build(&params).unwrap();
    let draft = &base().plot.rows[PLAIN];
    let digest = base().plot.statement.digest();
    // Padding: nothing but rows without an amount, of the first row of each table.
    let table = &draft.copies[0].forgery.publics.table;
    let mut grid = Grid::new(std::sync::Arc::clone(key.layout()));
    let honest = &draft.copies[0].forgery;
    for at in 0..key.layout().positions() {
        for name in ["class", "weight", "conversion", "conversion factor"] {
            grid.set_field(at, honest.col(name), honest.get(0, name));
        }
    }
    let publics = Publics::of_rows(key.layout(), std::sync::Arc::clone(table));
    grid.complete(&publics).unwrap();
    let copies = [0, 1].map(|_| CopyWitness {
        grid: grid.clone(),
        publics: publics.clone(),
        chosen: Vec::new(),
    });
    let check = SelfCheck::Verify;
    let entropy = &mut OsEntropy;
    let proved = prove_shard(
        &params,
        &key,
        draft.position,
        digest,
        copies.into(),
        check,
        entropy,
    );
    let proof = proved.unwrap().proof;
    let own: &VerifyingKey = key.verifying();
    let expected = proof_length(crate::plot::plain_key().layout(), 2);
    assert_eq!(proof.len(), proof_length(own.layout(), 2));
    let mut proofs = base().proofs.clone();
    proofs.push(vec![
        0;
        proof_length(crate::plot::capital_key().layout(), 1)
    ]);
    proofs[PLAIN] = proof.clone();
    let statement = &base().plot.statement;
    let found = length(&read(statement, &proofs));
    assert_eq!(found, (1, expected, proof.len()));
    proofs[PLAIN] = proof[..expected].to_vec();
    proofs[CAPITAL] = base().plot.capital(&others().0.total()).prove(digest);
    refuses(&read(statement, &proofs), PLAIN);
}
