//! Doors 7: what the challenge covers, read from what the verifier does with the bytes of a proof.

use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::challenge::{Challenges, ProofPosition};
use plimsoll_circuits::protocol::circuit::SecondRound;
use plimsoll_circuits::protocol::layout::{Layout, Size, Standard};
use plimsoll_circuits::protocol::prove::WORD;
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::verify::{challenges_of, proof_length};

use crate::bank::params;

const POSITION: ProofPosition = ProofPosition {
    module: 3,
    shard: 1,
    shards: 4,
};

/// CONDITIONS S5: every first-round column of every copy of every circuit is in the challenge, and
/// nothing that comes after is.
#[test]
fn every_first_round_column_of_every_circuit_is_covered() {
    for kind in CircuitKind::all() {
        let layout = kind.layout::<Standard>().unwrap();
        let advice = layout.first_round() + SecondRound::of(&layout).count;
        let copies = 2;
        let publics = vec![Publics::default(); copies];
        let mut proof: Vec<u8> = (0..proof_length(&layout, copies))
            .map(|byte| (byte % 251) as u8)
            .collect();
        let of = |layout: &Layout, proof: &[u8]| -> Challenges {
            challenges_of(
                params(),
                (layout, [5; 32]),
                POSITION,
                [7; 32],
                &publics,
                proof,
            )
        };
        let honest = of(&layout, &proof);
        let mut seen = vec![honest.alpha, honest.beta];
        for word in 0..proof.len() / WORD {
            let covered = word < copies * advice && word % advice < layout.first_round();
            let at = WORD * word + word % WORD;
            proof[at] ^= 1;
            let found = of(&layout, &proof);
            proof[at] ^= 1;
            if covered {
                assert!(found.alpha != honest.alpha && found.beta != honest.beta);
                seen.extend([found.alpha, found.beta]);
            } else {
                assert_eq!(found, honest, "{kind:?}: word {word}");
            }
        }
        assert_eq!(seen.len(), 2 + 2 * copies * layout.first_round());
        seen.sort();
        seen.dedup();
        assert_eq!(
            seen.len(),
            2 + 2 * copies * layout.first_round(),
            "{kind:?}"
        );
        assert_eq!(layout.k, Standard::K);
    }
}

/// And so is all that surrounds the columns.
#[test]
fn all_that_surrounds_the_columns_is_covered() {
    for kind in CircuitKind::all() {
        let layout = kind.layout::<Standard>().unwrap();
        let proof = vec![3; proof_length(&layout, 1)];
        let publics = |allowed: usize| Publics {
            allowed: vec![allowed],
            ..Publics::default()
        };
        let of = |circuit, position, statement, publics: Publics| {
            let publics = [publics];
            let circuit = (&layout, circuit);
            challenges_of(params(), circuit, position, statement, &publics, &proof)
        };
        let moved = |module, shard, shards| ProofPosition {
            module,
            shard,
            shards,
        };
        let all = [
            of([5; 32], POSITION, [7; 32], publics(1)),
            of([6; 32], POSITION, [7; 32], publics(1)),
            of([5; 32], moved(2, 1, 4), [7; 32], publics(1)),
            of([5; 32], moved(3, 2, 4), [7; 32], publics(1)),
            of([5; 32], moved(3, 1, 2), [7; 32], publics(1)),
            of([5; 32], POSITION, [8; 32], publics(1)),
            of([5; 32], POSITION, [7; 32], publics(2)),
        ];
        for (number, one) in all.iter().enumerate() {
            assert!(!all[..number].contains(one), "{kind:?}: {number}");
        }
    }
}
