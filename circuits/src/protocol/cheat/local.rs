//! What a circuit says to a few altered cells, for a sweep that asks millions of times: only the
//! constraints that read the altered columns, and only where.
//!
//! Totals follow from the cells, and the relations are asked with the totals that follow. The names
//! are those of [`evaluate`](crate::protocol::evaluate).

use std::collections::HashMap;
use std::ops::RangeInclusive;

use ff::{Field, PrimeField};

use super::{Alteration, Forgery, bits_of};
use crate::field::{Fp, to_u128};
use crate::protocol::circuit::TOTALS_ARE_ZERO;
use crate::protocol::evaluate::input_name;
use crate::protocol::expr::{Col, Expr};
use crate::protocol::layout::{Layout, Place};
use crate::protocol::lookup::Input;
use crate::protocol::publics::Weighed;
use crate::protocol::witness::{Grid, TableIndex};

/// What reads a declared column.
#[derive(Clone, Debug, Default)]
struct Readers {
    gates: Vec<usize>,
    lookups: Vec<usize>,
    check: Option<usize>,
    totals: Vec<usize>,
}

/// The constraints around an honest witness.
#[derive(Debug)]
pub struct Local<'a> {
    honest: &'a Forgery,
    readers: Vec<Readers>,
    index: TableIndex,
    inverses: Vec<Fp>,
    /// Names of the relations beyond the module's own totals.
    relations: Vec<String>,
    /// (relation, coefficient) by weighed cell: (physical column, row).
    weights: HashMap<(usize, usize), Vec<(usize, Fp)>>,
}

impl<'a> Local<'a> {
    /// Sorts the constraints by what they read.
    pub fn of(honest: &'a Forgery) -> Local<'a> {
        let layout = honest.grid.layout();
        let mut readers = vec![Readers::default(); layout.columns.len()];
        let mut mark = |expr: &Expr, add: &dyn Fn(&mut Readers)| {
            let mut seen = Vec::new();
            expr.for_each_cell(&mut |col, _| {
                if !seen.contains(&col) {
                    seen.push(col);
                    add(&mut readers[col.0]);
                }
            });
        };
        for (index, gate) in layout.gates.iter().enumerate() {
            mark(&gate.expr, &|r| r.gates.push(index));
        }
        for (index, lookup) in layout.lookups.iter().enumerate() {
            let values = lookup.values.iter();
            values.for_each(|value| mark(value, &|r| r.lookups.push(index)));
        }
        for (index, total) in layout.totals.iter().enumerate() {
            mark(&total.addend, &|r| r.totals.push(index));
        }
        for (index, check) in layout.range_checks.iter().enumerate() {
            readers[check.col.0].check = Some(index);
        }
        let relations = honest.publics.all_relations(layout);
        let beyond = relations.iter().skip(layout.totals.len());
        let mut weights: HashMap<_, Vec<_>> = HashMap::new();
        for (index, relation) in beyond.clone().enumerate() {
            for (cell, coefficient) in &relation.terms {
                let cell = match *cell {
                    Weighed::Total { column, row } => (layout.total_column(column), row),
                    Weighed::Data { column, row } => {
                        (layout.physical(0, layout.weighed[column]), row)
                    }
                };
                weights.entry(cell).or_default().push((index, *coefficient));
            }
        }
        Local {
            readers,
            index: TableIndex::of(&honest.publics.table, &layout.fixed),
            inverses: (0..layout.range_checks.len())
                .map(|check| honest.grid.top_inverse(check))
                .collect(),
            relations: beyond.map(|relation| relation.name.clone()).collect(),
            weights,
            honest,
        }
    }

    fn layout(&self) -> &'a Layout {
        self.honest.grid.layout()
    }

    /// Cuts a column's values in some rows into limbs, out-of-range ones as well as can be.
    pub fn resolve_limbs(
        &self,
        grid: &mut Grid,
        lane: usize,
        col: Col,
        rows: RangeInclusive<usize>,
    ) {
        let layout = self.layout();
        let Some(check) = self.readers[col.0].check else {
            return;
        };
        for row in rows {
            let value = grid.cell(row, lane, col, false).to_repr();
            let limbs = layout.range_checks[check].limbs.iter();
            for (i, offset) in (0u32..).zip(limbs) {
                let limb = bits_of(&value, layout.limb_bits * i, layout.limb_bits);
                grid.columns_mut()[lane * layout.lane_width + offset][row] = Fp::from(limb);
            }
        }
    }

    /// The first constraint that refuses a witness that differs from the honest one in these
    /// columns and positions alone.
    pub fn refusal(
        &self,
        grid: &Grid,
        columns: &[Col],
        positions: RangeInclusive<usize>,
    ) -> Option<String> {
        let of_column = |col: &Col| self.refusal_by(grid, &self.readers[col.0], positions.clone());
        let refused = columns.iter().find_map(of_column);
        refused.or_else(|| self.broken_relation(grid, columns, positions.clone()))
    }

    /// The first of these constraints that refuses.
    fn refusal_by(
        &self,
        grid: &Grid,
        readers: &Readers,
        positions: RangeInclusive<usize>,
    ) -> Option<String> {
        let layout = self.layout();
        let (first, last) = positions.into_inner();
        let end = layout.positions();
        for &gate in &readers.gates {
            let gate = &layout.gates[gate];
            let mut places = match gate.place {
                Place::Every => first.saturating_sub(1)..(last + 1).min(end),
                Place::First => 0..usize::from(first <= 1),
                Place::Sentinel => end.max(first)..end + usize::from(last >= end),
            };
            let broken = |at: usize| !is_zero(&eval(grid, &gate.expr, at));
            if places.any(broken) {
                return Some(gate.name.to_owned());
            }
        }
        for position in first..(last + 1).min(end) {
            let (row, lane) = (position / layout.lanes, position % layout.lanes);
            if let Some(check) = readers.check {
                for limb in 0..=layout.range_checks[check].limbs.len() {
                    if !self.in_range(grid, row, lane, check, limb) {
                        return Some(input_name(layout, Input::Range { lane, check, limb }));
                    }
                }
            }
            for &lookup in &readers.lookups {
                let of = &layout.lookups[lookup];
                let values = of.values.iter().map(|value| grid.eval(value, row, lane));
                if self.index.find(of.tag, values).is_none() {
                    return Some(input_name(layout, Input::Tuple { lane, lookup }));
                }
            }
        }
        None
    }

    /// Whether no gate, lookup, total or relation reads the cells of a column in these rows, so that
    /// only its own bound has anything to say: they may hold anything. The grid is put back.
    pub fn is_unread(&self, grid: &mut Grid, lane: usize, col: Col, rows: &[usize]) -> bool {
        let layout = self.layout();
        let column = layout.physical(lane, col);
        let last_lane = if layout.columns[col.0].shared {
            layout.lanes - 1
        } else {
            lane
        };
        let mut readers = self.readers[col.0].clone();
        readers.check = None;
        // Nor the gate that says that a bit is one.
        let bit = |gate: &usize| layout.gates[*gate].name == layout.columns[col.0].name;
        readers.gates.retain(|gate| !bit(gate));
        rows.iter().all(|&row| {
            let was = grid.columns()[column][row];
            Alteration::Random.apply(&mut grid.columns_mut()[column], row);
            let positions = row * layout.lanes + lane..=row * layout.lanes + last_lane;
            let unread = self.refusal_by(grid, &readers, positions.clone()).is_none()
                && self
                    .moved(grid, &readers.totals, positions.clone())
                    .is_empty()
                && self.broken_relation(grid, &[col], positions).is_none();
            grid.columns_mut()[column][row] = was;
            unread
        })
    }

    /// Whether a limb of a check is one: the committed ones and the top one.
    fn in_range(&self, grid: &Grid, row: usize, lane: usize, check: usize, limb: usize) -> bool {
        let layout = self.layout();
        let range = &layout.range_checks[check];
        let bits = if limb < range.limbs.len() {
            layout.limb_bits
        } else {
            range.top_bits
        };
        let value = grid.range_value(lane, check, limb, row, &self.inverses[check]);
        to_u128(&value).is_some_and(|value| value >> bits == 0)
    }

    /// The first relation that the differences break, totals included.
    fn broken_relation(
        &self,
        grid: &Grid,
        columns: &[Col],
        positions: RangeInclusive<usize>,
    ) -> Option<String> {
        if self.relations.is_empty() {
            return None;
        }
        let layout = self.layout();
        let (first, last) = positions.into_inner();
        let mut off = vec![Fp::ZERO; self.relations.len()];
        let mut add = |cell: (usize, usize), by: Fp| {
            for (relation, coefficient) in self.weights.get(&cell).into_iter().flatten() {
                off[*relation] += by * coefficient;
            }
        };
        let mut totals: Vec<usize> = Vec::new();
        for col in columns {
            totals.extend(&self.readers[col.0].totals);
            let physical = layout.physical(0, *col);
            if layout.weighed.contains(col) {
                let (now, then) = (grid.columns(), self.honest.grid.columns());
                // The running sum passes the active rows, and no other.
                for row in
                    first / layout.lanes..=(last / layout.lanes).min(layout.active_rows() - 1)
                {
                    add((physical, row), now[physical][row] - then[physical][row]);
                }
            }
        }
        totals.sort_unstable();
        totals.dedup();
        for (total, by) in self.moved(grid, &totals, first..=last) {
            add((layout.total_column(0), total), by);
        }
        let broken = off.iter().position(|by| !is_zero(by))?;
        Some(self.relations[broken].clone())
    }

    /// Those of the totals that differ, and by how much.
    fn moved(
        &self,
        grid: &Grid,
        totals: &[usize],
        positions: RangeInclusive<usize>,
    ) -> Vec<(usize, Fp)> {
        let layout = self.layout();
        let (first, last) = positions.into_inner();
        let differs = |total: &usize| {
            let addend = &layout.totals[*total].addend;
            let by = |at| eval(grid, addend, at) - eval(&self.honest.grid, addend, at);
            let by: Fp = (first..(last + 1).min(layout.positions())).map(by).sum();
            (!is_zero(&by)).then_some((*total, by))
        };
        totals.iter().filter_map(differs).collect()
    }

    /// The constraint that refuses a cell of a total column, altered by itself.
    pub fn refusal_of_total(&self, column: usize, row: usize) -> Option<String> {
        let layout = self.layout();
        if row
            >= self
                .honest
                .publics
                .allowed
                .get(column)
                .copied()
                .unwrap_or(0)
        {
            return Some(TOTALS_ARE_ZERO.to_owned());
        }
        if column == 0
            && let Some(total) = layout.totals.get(row)
        {
            return Some(total.name.to_owned());
        }
        let cell = (layout.total_column(column), row);
        let mut weighing = self.weights.get(&cell)?.iter();
        let (relation, _) = weighing.find(|(_, coefficient)| !is_zero(coefficient))?;
        Some(self.relations[*relation].clone())
    }
}

fn eval(grid: &Grid, expr: &Expr, position: usize) -> Fp {
    let lanes = grid.layout().lanes;
    grid.eval(expr, position / lanes, position % lanes)
}

fn is_zero(value: &Fp) -> bool {
    value.is_zero().into()
}
