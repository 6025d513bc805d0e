//! Cheats on the engine's own columns, held against the library's mock prover: its gates are those
//! that the evaluator speaks of.

use std::collections::BTreeSet;

use ff::Field;
use halo2_proofs::dev::{MockProver, VerifyFailure};
use plimsoll_circuits::field::{Fp, power_of_two};
use plimsoll_circuits::protocol::challenge::Challenges;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::circuit::{
    CHALLENGE_IS_ANCHORED, HELPER_IS_THE_SUM, PUBLIC_TABLE_SIDE, RANGE_TABLE_SIDE,
    RUNNING_SUM_CLOSES, SecondRound, with_layout,
};
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::statement::RowCircuit;

use crate::capital::Bank;
use crate::catalogue::cheats;
use crate::common::basel;
use crate::honest::honest;

pub(crate) fn challenges() -> Challenges {
    Challenges {
        alpha: Fp::from(0x5eed_0001) * power_of_two(190) + Fp::from(17),
        beta: Fp::from(0x5eed_0002) * power_of_two(180) + Fp::from(23),
    }
}

/// Names of the gates that the library's mock prover sees broken.
pub(crate) fn mocked(
    forgery: &Forgery,
    columns: Vec<Vec<Fp>>,
    at: &Challenges,
) -> BTreeSet<String> {
    let (circuit, instance) = forgery.circuit(columns, at);
    let layout = forgery.grid.layout();
    let run = || MockProver::run(Small::K, &circuit, instance);
    let prover = with_layout(layout, run).expect("it runs");
    let failures = prover.verify().err().unwrap_or_default();
    failures
        .into_iter()
        .map(|failure| match failure {
            VerifyFailure::ConstraintNotSatisfied { constraint, .. } => {
                // Constraint 0 ('name') in gate 3 ('gate'), and both names are the gate's.
                let text = constraint.to_string();
                let gate = text.rsplit_once("(\'").map_or("", |(_, gate)| gate);
                gate.trim_end_matches("\')").to_owned()
            }
            other => format!("{other}"),
        })
        .collect()
}

/// The gate names of the library against those of the evaluator.
fn agree(forgery: &Forgery, gates: &BTreeSet<String>) {
    let at = challenges();
    let found = mocked(forgery, forgery.solved(&at), &at);
    let expected: BTreeSet<String> = forgery
        .refused_by()
        .into_iter()
        .map(|name| {
            // Lookups, ranges, totals and relations are all in the running sum.
            if gates.contains(&name) {
                name
            } else {
                RUNNING_SUM_CLOSES.to_owned()
            }
        })
        .collect();
    assert_eq!(found, expected);
}

fn gates(forgery: &Forgery) -> BTreeSet<String> {
    let named = forgery
        .grid
        .layout()
        .gates
        .iter()
        .map(|g| g.name.to_owned());
    named
        .chain(["a total column is zero outside its rows".to_owned()])
        .collect()
}

fn circuit_agrees(circuit: RowCircuit) {
    let honest = honest(circuit);
    let gates = gates(honest);
    agree(honest, &gates);
    // One cheat for each name, limbs by their column's top one only.
    let mut seen = BTreeSet::new();
    let layout = honest.grid.layout();
    for cheat in cheats(circuit) {
        let lower_limb = layout.range_checks.iter().any(|range| {
            let name = layout.columns[range.col.0].name;
            (0..range.limbs.len()).any(|i| cheat.refuses == format!("range: {name} limb {i}"))
        });
        if !lower_limb && seen.insert(cheat.refuses.clone()) {
            agree(&cheat.on(circuit), &gates);
        }
    }
}

#[test]
fn the_library_refuses_plain_cheats_at_the_same_gates() {
    circuit_agrees(RowCircuit::Plain);
    circuit_agrees(RowCircuit::PlainSingle);
}

#[test]
fn the_library_refuses_vouched_cheats_at_the_same_gates() {
    circuit_agrees(RowCircuit::Vouched);
}

#[test]
fn the_library_refuses_banded_cheats_at_the_same_gates() {
    circuit_agrees(RowCircuit::Banded);
}

#[test]
fn the_library_refuses_secured_cheats_at_the_same_gates() {
    circuit_agrees(RowCircuit::Secured);
    circuit_agrees(RowCircuit::SecuredSingle);
}

#[test]
fn the_library_refuses_general_cheats_at_the_same_gates() {
    circuit_agrees(RowCircuit::SecuredGeneral);
}

#[test]
fn the_library_refuses_capital_cheats_at_the_same_gates() {
    let bank = Bank::new(basel(), true);
    let system = bank.honest();
    let honest = bank.witness(&system);
    let gates = gates(&honest);
    agree(&honest, &gates);
    agree(&bank.witness(&bank.lying(&[(0, 1)])), &gates);
    let mut junk = honest.clone();
    *junk.total(0, 9) = Fp::ONE;
    agree(&junk, &gates);
    let mut wide = honest.clone();
    wide.set(5, "word", power_of_two(64));
    wide.resolve();
    agree(&wide, &gates);
}

/// Columns of the second round, altered row by row; what can be solved again is.
#[test]
fn every_gate_of_the_engine_refuses() {
    let circuit = RowCircuit::Plain;
    let (honest, at) = (honest(circuit), challenges());
    let layout = honest.grid.layout();
    let second = SecondRound::of(layout);
    let (first, last) = (layout.first_round(), layout.active_rows());
    let columns = honest.solved(&at);
    let altered = |alter: &dyn Fn(&mut Vec<Vec<Fp>>)| {
        let mut columns = columns.clone();
        alter(&mut columns);
        mocked(honest, columns, &at)
    };
    let only = |name: &str| BTreeSet::from([name.to_owned()]);
    // Adds to the running sum from a row on what a changed step asks for.
    let push = |columns: &mut Vec<Vec<Fp>>, from: usize, by: Fp| {
        for cell in &mut columns[first + second.sum][from..=last] {
            *cell += by;
        }
    };
    let both = |name: &str| BTreeSet::from([name.to_owned(), RUNNING_SUM_CLOSES.to_owned()]);

    for row in [0, 1, 700, last - 1] {
        // A helper that is none, with the sum following it to its end.
        for helper in [second.helpers, second.range - 1] {
            let found = altered(&|columns| {
                columns[first + helper][row] += Fp::ONE;
                push(columns, row + 1, Fp::ONE);
            });
            assert_eq!(found, both(HELPER_IS_THE_SUM), "row {row}");
            // The same, made good by the table's side in the same row: the sum closes.
            let found = altered(&|columns| {
                columns[first + helper][row] += Fp::ONE;
                columns[first + second.range][row] += Fp::ONE;
            });
            let sides = BTreeSet::from([HELPER_IS_THE_SUM.into(), RANGE_TABLE_SIDE.into()]);
            assert_eq!(found, sides, "row {row}");
        }
        // Two helpers, one up and one down: only their own gate can tell.
        let found = altered(&|columns| {
            columns[first + second.helpers][row] += Fp::ONE;
            columns[first + second.helpers + 1][row] -= Fp::ONE;
        });
        assert_eq!(found, only(HELPER_IS_THE_SUM), "row {row}");
        // Sides: one row's excess, another's want.
        let public = second.public.expect("plain exposures look things up");
        for (side, name) in [
            (second.range, RANGE_TABLE_SIDE),
            (public, PUBLIC_TABLE_SIDE),
        ] {
            let other = if row == 0 { 1 } else { row - 1 };
            let found = altered(&|columns| {
                columns[first + side][row] += Fp::ONE;
                columns[first + side][other] -= Fp::ONE;
                let between = &mut columns[first + second.sum][row.max(other)];
                *between += if row > other { Fp::ONE } else { -Fp::ONE };
            });
            assert_eq!(found, only(name), "row {row}");
        }
        // The running sum alone.
        let found = altered(&|columns| columns[first + second.sum][row] += Fp::ONE);
        assert_eq!(found, only(RUNNING_SUM_CLOSES), "row {row}");
        // A challenge that changes on the way.
        for index in [0, 1, layout.beta_powers()] {
            let found = altered(&|columns| {
                columns[first + index][row] += Fp::ONE;
            });
            assert!(
                found.contains(CHALLENGE_IS_ANCHORED),
                "row {row}: {found:?}"
            );
        }
    }
    // The sum ends elsewhere; starts elsewhere; is cut before its end.
    for from in [0, last] {
        let found = altered(&|columns| push(columns, from, Fp::ONE));
        assert_eq!(found, only(RUNNING_SUM_CLOSES));
    }
    // Challenges of the prover's choice all along the column, everything else solved for them.
    let own = Challenges {
        alpha: at.alpha + Fp::ONE,
        ..at
    };
    let found = mocked(honest, honest.solved(&own), &at);
    assert!(found.contains(CHALLENGE_IS_ANCHORED));
    assert!(!found.contains(HELPER_IS_THE_SUM));
}

/// CONDITIONS S5(b): multiplicities that are chosen after the challenge prove anything. They are
/// first-round columns, so that they are chosen before; here is what that is good for.
#[test]
fn a_multiplicity_chosen_after_the_challenge_would_prove_anything() {
    let (mut forged, at) = (honest(RowCircuit::Plain).clone(), challenges());
    forged.set(0, "amount", power_of_two(200));
    forged.resolve();
    let layout = forged.grid.layout().clone();
    let (first, last) = (layout.first_round(), layout.active_rows());
    let second = SecondRound::of(&layout);
    let columns = forged.solved(&at);
    assert_eq!(
        mocked(&forged, columns.clone(), &at),
        BTreeSet::from([RUNNING_SUM_CLOSES.to_owned()])
    );
    // Solve for the multiplicity of the range table's first row.
    let rest = columns[first + second.sum][last];
    let entry = at.alpha;
    forged.grid.columns_mut()[layout.range_multiplicity()][0] += rest * entry;
    assert!(mocked(&forged, forged.solved(&at), &at).is_empty());
    // Any other challenge, such as the one that covers this very multiplicity, refuses it.
    let other = Challenges {
        alpha: at.alpha + Fp::ONE,
        ..at
    };
    assert_eq!(
        mocked(&forged, forged.solved(&other), &other),
        BTreeSet::from([RUNNING_SUM_CLOSES.to_owned()])
    );
}
