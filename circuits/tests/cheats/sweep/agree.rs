//! The sweep's evaluator held against the other two: the one that speaks of every constraint, and
//! the library's own mock prover.

use std::collections::BTreeSet;

use ff::Field;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::cheat::Alteration;
use plimsoll_circuits::protocol::cheat::local::Local;
use plimsoll_circuits::protocol::cheat::second::Solved;
use plimsoll_circuits::statement::RowCircuit;

use super::{physical, restore};
use crate::engine::{challenges, mocked};
use crate::honest::honest;

/// Every column of a circuit, altered in a row that holds something, one of padding, the last
/// active one and the sentinel's: accepted by one evaluator exactly if by the other, and refused by
/// a constraint that the other names, too.
fn agree(circuit: RowCircuit) {
    let honest = honest(circuit);
    let layout = honest.grid.layout();
    let local = Local::of(honest);
    let mut forgery = honest.clone();
    let (mut refused, mut accepted) = (0, 0);
    let end = layout.active_rows();
    for column in 0..layout.range_multiplicity() {
        let at = physical(layout, column);
        for row in [0, 1, 700, end - 1, end] {
            for alteration in [Alteration::Increment, Alteration::Zero, Alteration::Random] {
                alteration.apply(&mut forgery.grid.columns_mut()[column], row);
                if forgery.grid.columns()[column] == honest.grid.columns()[column] {
                    continue;
                }
                if !at.limb {
                    local.resolve_limbs(&mut forgery.grid, at.lane, at.col, row..=row);
                }
                forgery.grid.fill_totals();
                let last = if layout.columns[at.col.0].shared {
                    layout.lanes - 1
                } else {
                    at.lane
                };
                let positions = row * layout.lanes + at.lane..=row * layout.lanes + last;
                let said = local.refusal(&forgery.grid, &[at.col], positions);
                let rows: Vec<usize> = (row.saturating_sub(1)..(row + 2).min(end)).collect();
                let violations = forgery.violations_at(&rows).into_iter();
                let all: BTreeSet<String> = violations.map(|v| v.constraint).collect();
                let place = format!("{circuit:?}: {} in row {row}, {alteration:?}", at.name);
                match said {
                    Some(name) => {
                        assert!(all.contains(&name), "{place}: {name}, and not {all:?}");
                        refused += 1;
                    }
                    None => {
                        assert!(all.is_empty(), "{place}: {all:?}");
                        accepted += 1;
                    }
                }
                restore(&mut forgery.grid, &honest.grid, &at, row..row + 1);
            }
        }
    }
    assert!(
        refused > 20 && accepted > 5,
        "{circuit:?}: {refused}, {accepted}"
    );
}

#[test]
fn rows_are_judged_alike() {
    let small = |circuit: &RowCircuit| *circuit != RowCircuit::Derivatives;
    RowCircuit::ALL.into_iter().filter(small).for_each(agree);
}

/// One cell of each kind of column of the second round, and of the multiplicities, in the library's
/// mock prover: the gate that the sweep names is broken there, and none where it names none.
fn mocked_alike(circuit: RowCircuit) {
    let (honest, at) = (honest(circuit), challenges());
    let layout = honest.grid.layout();
    let mut solved = Solved::of(honest, &at);
    let (first, end) = (layout.first_round(), layout.active_rows());
    let columns = honest.solved(&at);
    let count = solved.columns().len();
    // α, a power of β, the first and last helper, the sides and the sum.
    let helper = 1 + layout.beta_powers();
    let chosen = [
        0,
        1,
        helper,
        helper + 1,
        count - 4,
        count - 3,
        count - 2,
        count - 1,
    ];
    let chosen: BTreeSet<usize> = chosen.into_iter().collect();
    for column in chosen {
        for row in [0, end - 1, end] {
            let value = solved.columns()[column][row] + Fp::ONE;
            let mut altered = columns.clone();
            altered[first + column][row] = value;
            let broken = mocked(honest, altered, &at);
            match solved.refusal(column, row, value) {
                Some(gate) => assert!(broken.contains(gate), "{column}, {row}: {broken:?}"),
                None => assert!(broken.is_empty(), "{column}, {row}: {broken:?}"),
            }
        }
    }
    let tables = [
        Some(layout.range_multiplicity()),
        layout.public_multiplicity(),
    ];
    for column in tables.into_iter().flatten() {
        for row in [0, end - 1, end] {
            let mut forged = honest.clone();
            forged.grid.columns_mut()[column][row] += Fp::ONE;
            let broken = mocked(&forged, forged.solved(&at), &at);
            match solved.refusal_of_multiplicity(column, row, Fp::ONE, &at) {
                Some(gate) => assert_eq!(broken, BTreeSet::from([gate.to_owned()])),
                None => assert!(broken.is_empty(), "{column}, {row}: {broken:?}"),
            }
        }
    }
}

#[test]
fn the_library_judges_the_second_round_alike() {
    mocked_alike(RowCircuit::Plain);
    mocked_alike(RowCircuit::Banded);
    mocked_alike(RowCircuit::SecuredSingle);
}
