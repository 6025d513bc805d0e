//! What a circuit states, evaluated in the clear: which constraint a witness breaks, and where.
//!
//! The first round is what a prover commits to; everything a circuit says about it is here, by
//! name: gates, lookups, range limbs, totals, public relations. Membership in a table is decided
//! by looking, not by the log-derivative argument, so that the two can be held against each other.
//!
//! Names: a gate's, total's or relation's own; `lookup: <its name>`; `range: <column> limb <i>`,
//! where the last limb is the top one.

use ff::Field;

use crate::field::{Fp, to_u128};
use crate::parallel;
use crate::protocol::circuit::TOTALS_ARE_ZERO;
use crate::protocol::layout::{Layout, Place};
use crate::protocol::lookup::{Input, helpers};
use crate::protocol::publics::{Publics, Relation, Weighed};
use crate::protocol::witness::{Grid, TableIndex};

/// A constraint that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Its name.
    pub constraint: String,
    /// Position of the copy; for a total column its row; for a total or a relation its number.
    pub position: usize,
}

/// A thing that is checked at many positions.
enum Check {
    Gate(usize),
    Input(Input),
    TotalColumn(usize),
    Relation(usize),
}

/// Name of the constraint that an input of the lookup argument stands for.
pub fn input_name(layout: &Layout, input: Input) -> String {
    match input {
        Input::Range { check, limb, .. } => {
            let column = layout.range_checks[check].col;
            format!("range: {} limb {limb}", layout.columns[column.0].name)
        }
        Input::Tuple { lookup, .. } => format!("lookup: {}", layout.lookups[lookup].name),
    }
}

/// Every name that [`violations`] can give, each once, in order of declaration.
pub fn constraint_names(layout: &Layout, publics: &Publics) -> Vec<String> {
    let gates = layout.gates.iter().map(|gate| gate.name.to_owned());
    let inputs = helpers(layout).into_iter().flatten();
    let inputs = inputs.map(|input| input_name(layout, input));
    let zero = (!layout.total_columns.is_empty()).then(|| TOTALS_ARE_ZERO.to_owned());
    let relations = publics.all_relations(layout);
    let relations = relations.into_iter().map(|relation| relation.name);
    let mut names: Vec<String> = Vec::new();
    for name in gates.chain(inputs).chain(zero).chain(relations) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The constraints that the first round breaks, by name and position; empty for an honest one.
pub fn violations(grid: &Grid, publics: &Publics) -> Vec<Violation> {
    let rows: Vec<usize> = (0..grid.layout().active_rows()).collect();
    violations_at(grid, publics, &rows)
}

/// The same for gates and lookups of some rows only; totals and relations see every row.
pub fn violations_at(grid: &Grid, publics: &Publics, rows: &[usize]) -> Vec<Violation> {
    let layout = grid.layout();
    let relations = publics.all_relations(layout);
    let index = TableIndex::of(&publics.table, &layout.fixed);
    let gates = (0..layout.gates.len()).map(Check::Gate);
    let inputs = helpers(layout).into_iter().flatten().map(Check::Input);
    let totals = (0..layout.total_columns.len()).map(Check::TotalColumn);
    let linear = (0..relations.len()).map(Check::Relation);
    let checks: Vec<Check> = gates.chain(inputs).chain(totals).chain(linear).collect();
    let found = parallel::map(&checks, |check| match *check {
        Check::Gate(gate) => gate_fails(grid, gate, rows),
        Check::Input(input) => input_fails(grid, input, &index, rows),
        Check::TotalColumn(column) => {
            let allowed = publics.allowed.get(column).copied().unwrap_or(0);
            total_column_fails(grid, column, allowed)
        }
        Check::Relation(number) => relation_fails(grid, &relations[number], number),
    });
    found.into_iter().flatten().collect()
}

fn at(constraint: &str, positions: impl IntoIterator<Item = usize>) -> Vec<Violation> {
    let violation = |position| Violation {
        constraint: constraint.to_owned(),
        position,
    };
    positions.into_iter().map(violation).collect()
}

fn is_zero(value: &Fp) -> bool {
    value.is_zero().into()
}

fn gate_fails(grid: &Grid, gate: usize, rows: &[usize]) -> Vec<Violation> {
    let layout = grid.layout();
    let gate = &layout.gates[gate];
    let every = |row: &usize| row * layout.lanes..(row + 1) * layout.lanes;
    let positions: Vec<usize> = match gate.place {
        Place::Every => rows.iter().flat_map(every).collect(),
        Place::First => vec![0],
        Place::Sentinel => vec![layout.positions()],
    };
    let holds = |position: &usize| {
        let (row, lane) = (position / layout.lanes, position % layout.lanes);
        is_zero(&grid.eval(&gate.expr, row, lane))
    };
    at(gate.name, positions.into_iter().filter(|p| !holds(p)))
}

fn input_fails(grid: &Grid, input: Input, index: &TableIndex, rows: &[usize]) -> Vec<Violation> {
    let layout = grid.layout();
    let rows = rows.iter().copied();
    let (lane, missing): (usize, Vec<usize>) = match input {
        Input::Range { lane, check, limb } => {
            let range = &layout.range_checks[check];
            let bits = if limb < range.limbs.len() {
                layout.limb_bits
            } else {
                range.top_bits
            };
            let inverse = grid.top_inverse(check);
            let fits = |row: &usize| {
                to_u128(&grid.range_value(lane, check, limb, *row, &inverse))
                    .is_some_and(|value| value >> bits == 0)
            };
            (lane, rows.filter(|row| !fits(row)).collect())
        }
        Input::Tuple { lane, lookup } => {
            let lookup = &layout.lookups[lookup];
            let found = |row: &usize| {
                let values = lookup.values.iter().map(|v| grid.eval(v, *row, lane));
                index.find(lookup.tag, values).is_some()
            };
            (lane, rows.filter(|row| !found(row)).collect())
        }
    };
    let positions = missing.into_iter().map(|row| row * layout.lanes + lane);
    at(&input_name(layout, input), positions)
}

/// Rows outside the allowed ones, the sentinel's included.
fn total_column_fails(grid: &Grid, column: usize, allowed: usize) -> Vec<Violation> {
    let layout = grid.layout();
    let cells = &grid.columns()[layout.total_column(column)];
    let outside = allowed..layout.usable_rows();
    at(
        TOTALS_ARE_ZERO,
        outside.filter(|row| !is_zero(&cells[*row])),
    )
}

fn relation_fails(grid: &Grid, relation: &Relation, number: usize) -> Vec<Violation> {
    let layout = grid.layout();
    let mut sum = relation.constant;
    if let Some(total) = layout.totals.get(number) {
        sum += grid.sum_of(&total.addend);
    }
    for (cell, coefficient) in &relation.terms {
        let (column, row) = match *cell {
            Weighed::Total { column, row } => (layout.total_column(column), row),
            Weighed::Data { column, row } => (layout.physical(0, layout.weighed[column]), row),
        };
        // The running sum passes the active rows, and no other.
        if row < layout.active_rows() {
            sum += grid.columns()[column][row] * coefficient;
        }
    }
    at(&relation.name, (!is_zero(&sum)).then_some(number))
}
