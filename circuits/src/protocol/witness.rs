//! The witness: first-round columns from a module's values, second-round columns from challenges.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use ff::{BatchInvert, Field};

use crate::field::{Fp, from_u128, power_of_two, to_u128};
use crate::parallel;
use crate::protocol::challenge::Challenges;
use crate::protocol::circuit::{InstanceColumns, SecondRound};
use crate::protocol::expr::{Col, Expr};
use crate::protocol::fixed::{FixedTables, MAX_TUPLE};
use crate::protocol::layout::{FIRST_FIXED_TAG, Layout};
use crate::protocol::lookup::{Input, helpers};
use crate::protocol::publics::{PublicTable, Publics};

/// The first-round columns of one copy.
#[derive(Clone)]
pub struct Grid {
    layout: Arc<Layout>,
    columns: Vec<Vec<Fp>>,
}

impl fmt::Debug for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Grid({}, {} columns)",
            self.layout.name,
            self.columns.len()
        )
    }
}

impl Drop for Grid {
    fn drop(&mut self) {
        for column in &mut self.columns {
            zeroize::Zeroize::zeroize(column);
        }
    }
}

/// An honest witness that does not fit its columns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// A value exceeds the width of its column.
    #[error("position {position}: a value does not fit the {bits} bits of `{column}`")]
    TooWide {
        /// Column.
        column: &'static str,
        /// Its width.
        bits: u32,
        /// Position in the copy.
        position: usize,
    },
    /// A tuple is not in its table.
    #[error("position {position}: {lookup}: not in the table")]
    NotInTable {
        /// Lookup.
        lookup: &'static str,
        /// Position in the copy.
        position: usize,
    },
}

/// An input that is in no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmatched {
    /// Which input.
    pub input: Input,
    /// Row.
    pub row: usize,
}

impl Grid {
    /// All zeros.
    pub fn new(layout: Arc<Layout>) -> Grid {
        let columns = vec![vec![Fp::ZERO; layout.usable_rows()]; layout.first_round()];
        Grid { layout, columns }
    }

    /// The layout.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// The columns.
    pub fn columns(&self) -> &[Vec<Fp>] {
        &self.columns
    }

    /// The columns, for whoever wipes them.
    pub(crate) fn into_columns(mut self) -> Vec<Vec<Fp>> {
        std::mem::take(&mut self.columns)
    }

    /// The columns, to alter them.
    pub fn columns_mut(&mut self) -> &mut [Vec<Fp>] {
        &mut self.columns
    }

    /// Sets a cell; the position after the last is the sentinel.
    pub fn set(&mut self, position: usize, col: Col, value: u128) {
        self.set_field(position, col, from_u128(value));
    }

    /// Sets a cell to a field element.
    pub fn set_field(&mut self, position: usize, col: Col, value: Fp) {
        let (row, lane) = (position / self.layout.lanes, position % self.layout.lanes);
        let column = self.layout.physical(lane, col);
        self.columns[column][row] = value;
    }

    /// A cell.
    pub fn get(&self, position: usize, col: Col) -> Fp {
        let (row, lane) = (position / self.layout.lanes, position % self.layout.lanes);
        self.columns[self.layout.physical(lane, col)][row]
    }

    /// A cell seen from a lane of a row.
    pub fn cell(&self, row: usize, lane: usize, col: Col, next: bool) -> Fp {
        let (column, next) = self.layout.locate(lane, col, next);
        self.columns[column][row + usize::from(next)]
    }

    pub(crate) fn eval(&self, expr: &Expr, row: usize, lane: usize) -> Fp {
        expr.eval(&|col, next| self.cell(row, lane, col, next))
    }

    /// Derives everything that follows from the module's values: limbs, totals, multiplicities.
    pub fn complete(&mut self, publics: &Publics) -> Result<(), WitnessError> {
        self.fill_limbs()?;
        self.fill_totals();
        let unmatched = self.count(&publics.table);
        match unmatched.first() {
            None => Ok(()),
            Some(Unmatched { input, row }) => Err(self.not_in_table(*input, *row)),
        }
    }

    fn not_in_table(&self, input: Input, row: usize) -> WitnessError {
        match input {
            Input::Tuple { lane, lookup } => WitnessError::NotInTable {
                lookup: self.layout.lookups[lookup].name,
                position: row * self.layout.lanes + lane,
            },
            Input::Range { lane, check, .. } => {
                let range = &self.layout.range_checks[check];
                WitnessError::TooWide {
                    column: self.layout.columns[range.col.0].name,
                    bits: self.bits(check),
                    position: row * self.layout.lanes + lane,
                }
            }
        }
    }

    fn bits(&self, check: usize) -> u32 {
        let range = &self.layout.range_checks[check];
        self.layout.limb_bits * range.limbs.len() as u32 + range.top_bits
    }

    /// Cuts every range-checked value into its limbs.
    pub fn fill_limbs(&mut self) -> Result<(), WitnessError> {
        let layout = Arc::clone(&self.layout);
        let mask = (1u128 << layout.limb_bits) - 1;
        for lane in 0..layout.lanes {
            for (check, range) in layout.range_checks.iter().enumerate() {
                let value_column = layout.physical(lane, range.col);
                let bits = self.bits(check);
                for row in 0..layout.active_rows() {
                    let value = to_u128(&self.columns[value_column][row]);
                    let Some(value) = value.filter(|v| bits >= 128 || v >> bits == 0) else {
                        return Err(WitnessError::TooWide {
                            column: layout.columns[range.col.0].name,
                            bits,
                            position: row * layout.lanes + lane,
                        });
                    };
                    if value == 0 {
                        continue;
                    }
                    for (i, offset) in range.limbs.iter().enumerate() {
                        let limb = (value >> (layout.limb_bits * i as u32)) & mask;
                        self.columns[lane * layout.lane_width + offset][row] = from_u128(limb);
                    }
                }
            }
        }
        Ok(())
    }

    /// Sums the module's totals into its total column.
    pub fn fill_totals(&mut self) {
        let layout = Arc::clone(&self.layout);
        for (index, total) in layout.totals.iter().enumerate() {
            self.columns[layout.total_column(0)][index] = self.sum_of(&total.addend);
        }
    }

    /// The sum of an expression over all active positions.
    pub fn sum_of(&self, addend: &Expr) -> Fp {
        let rows: Vec<usize> = (0..self.layout.active_rows()).collect();
        let chunks: Vec<&[usize]> = rows.chunks(1024).collect();
        parallel::map(&chunks, |rows| {
            let mut sum = Fp::ZERO;
            for &row in *rows {
                for lane in 0..self.layout.lanes {
                    sum += self.eval(addend, row, lane);
                }
            }
            sum
        })
        .into_iter()
        .sum()
    }

    /// The value of a range input, tables apart.
    pub(crate) fn range_value(
        &self,
        lane: usize,
        check: usize,
        limb: usize,
        row: usize,
        inverse: &Fp,
    ) -> Fp {
        let range = &self.layout.range_checks[check];
        let start = lane * self.layout.lane_width;
        match range.limbs.get(limb) {
            Some(offset) => self.columns[start + offset][row],
            None => {
                let mut rest = self.columns[self.layout.physical(lane, range.col)][row];
                for (i, offset) in range.limbs.iter().enumerate() {
                    let limb = self.columns[start + offset][row];
                    if !bool::from(limb.is_zero()) {
                        rest -= limb * power_of_two(self.layout.limb_bits * i as u32);
                    }
                }
                if range.limbs.is_empty() {
                    rest
                } else {
                    rest * inverse
                }
            }
        }
    }

    /// Counts how often each table row is looked up, and returns the inputs that are in no table.
    pub fn count(&mut self, table: &PublicTable) -> Vec<Unmatched> {
        let layout = Arc::clone(&self.layout);
        let index = TableIndex::of(table, &layout.fixed);
        let inputs: Vec<Input> = helpers(&layout).into_iter().flatten().collect();
        let counted = parallel::map(&inputs, |input| self.count_input(*input, &index));
        let mut range = vec![0u64; layout.active_rows()];
        let mut public = vec![0u64; layout.active_rows()];
        let mut fixed = vec![0u64; layout.active_rows()];
        let mut unmatched = Vec::new();
        for (input, (counts, misses)) in inputs.iter().zip(counted) {
            let target = match input {
                Input::Range { .. } => &mut range,
                Input::Tuple { lookup, .. } if layout.lookups[*lookup].tag >= FIRST_FIXED_TAG => {
                    &mut fixed
                }
                Input::Tuple { .. } => &mut public,
            };
            for (row, count) in counts {
                target[row] += count;
            }
            unmatched.extend(
                misses
                    .into_iter()
                    .map(|row| Unmatched { input: *input, row }),
            );
        }
        let fill = |column: &mut Vec<Fp>, counts: &[u64]| {
            for (cell, count) in column.iter_mut().zip(counts) {
                *cell = Fp::from(*count);
            }
        };
        fill(&mut self.columns[layout.range_multiplicity()], &range);
        if let Some(column) = layout.public_multiplicity() {
            fill(&mut self.columns[column], &public);
        }
        if let Some(column) = layout.fixed_multiplicity() {
            fill(&mut self.columns[column], &fixed);
        }
        unmatched
    }

    /// (table row, count) pairs and rows without a match.
    fn count_input(&self, input: Input, index: &TableIndex) -> (Vec<(usize, u64)>, Vec<usize>) {
        let layout = &self.layout;
        let mut counts: Vec<u64> = Vec::new();
        let mut add = |row: usize| {
            if counts.len() <= row {
                counts.resize(row + 1, 0);
            }
            counts[row] += 1;
        };
        let mut misses = Vec::new();
        match input {
            Input::Range { lane, check, limb } => {
                let range = &layout.range_checks[check];
                let bits = if limb < range.limbs.len() {
                    layout.limb_bits
                } else {
                    range.top_bits
                };
                let start = layout.range_table_start(bits);
                let inverse = self.top_inverse(check);
                for row in 0..layout.active_rows() {
                    let value = self.range_value(lane, check, limb, row, &inverse);
                    match to_u128(&value) {
                        Some(v) if v >> bits == 0 => add(start + v as usize),
                        _ => misses.push(row),
                    }
                }
            }
            Input::Tuple { lane, lookup } => {
                let lookup = &layout.lookups[lookup];
                for row in 0..layout.active_rows() {
                    let values = lookup.values.iter().map(|v| self.eval(v, row, lane));
                    match index.find(lookup.tag, values) {
                        Some(table_row) => add(table_row),
                        None => misses.push(row),
                    }
                }
            }
        }
        let counts = counts
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
            .collect();
        (counts, misses)
    }

    pub(crate) fn top_inverse(&self, check: usize) -> Fp {
        let limbs = self.layout.range_checks[check].limbs.len() as u32;
        power_of_two(self.layout.limb_bits * limbs)
            .invert()
            .unwrap_or(Fp::ONE)
    }

    /// α + fold of an input, on all active rows.
    pub(crate) fn folded(&self, input: Input, challenges: &Challenges, powers: &[Fp]) -> Vec<Fp> {
        let layout = &self.layout;
        let rows = 0..layout.active_rows();
        match input {
            Input::Range { lane, check, limb } => {
                let range = &layout.range_checks[check];
                let bits = if limb < range.limbs.len() {
                    layout.limb_bits
                } else {
                    range.top_bits
                };
                let base = challenges.alpha + challenges.beta * Fp::from(layout.range_tag(bits));
                let inverse = self.top_inverse(check);
                rows.map(|row| base + self.range_value(lane, check, limb, row, &inverse))
                    .collect()
            }
            Input::Tuple { lane, lookup } => {
                let lookup = &layout.lookups[lookup];
                let base = challenges.alpha + challenges.beta * Fp::from(lookup.tag);
                rows.map(|row| {
                    let mut fold = base;
                    for (i, value) in lookup.values.iter().enumerate() {
                        let value = self.eval(value, row, lane);
                        fold += if i == 0 { value } else { powers[i + 1] * value };
                    }
                    fold
                })
                .collect()
            }
        }
    }

    fn helper(&self, inputs: &[Input], challenges: &Challenges, powers: &[Fp]) -> Vec<Fp> {
        let terms: Vec<Vec<Fp>> = inputs
            .iter()
            .map(|i| self.folded(*i, challenges, powers))
            .collect();
        let rows = self.layout.active_rows();
        let mut inverse: Vec<Fp> = (0..rows)
            .map(|row| terms.iter().map(|t| t[row]).fold(Fp::ONE, |a, b| a * b))
            .collect();
        inverse.iter_mut().batch_invert();
        for (row, cell) in inverse.iter_mut().enumerate() {
            *cell *= match terms.as_slice() {
                [a, b] => a[row] + b[row],
                [a, b, c] => a[row] * b[row] + c[row] * (a[row] + b[row]),
                _ => Fp::ONE,
            };
        }
        inverse.resize(self.layout.usable_rows(), Fp::ZERO);
        inverse
    }

    /// The columns of the second round.
    pub fn second_round(&self, publics: &Publics, challenges: &Challenges) -> Vec<Vec<Fp>> {
        let layout = &self.layout;
        let (usable, active) = (layout.usable_rows(), layout.active_rows());
        let second = SecondRound::of(layout);
        let powers = challenges.beta_powers(layout.beta_powers() + 1);

        let mut columns = vec![vec![challenges.alpha; usable]];
        columns.extend(powers[1..].iter().map(|power| vec![*power; usable]));
        columns.extend(parallel::map(&helpers(layout), |h| {
            self.helper(h, challenges, &powers)
        }));

        let fold = |tag: u64, values: &[u64]| {
            let mut fold = challenges.beta * Fp::from(tag);
            for (i, value) in values.iter().enumerate() {
                fold += if i == 0 {
                    Fp::from(*value)
                } else {
                    powers[i + 1] * Fp::from(*value)
                };
            }
            fold
        };
        let mut side = |entries: Vec<Fp>, multiplicity: usize| {
            let mut side = entries;
            side.iter_mut().batch_invert();
            for (cell, m) in side.iter_mut().zip(&self.columns[multiplicity]) {
                *cell *= m;
            }
            side.resize(usable, Fp::ZERO);
            columns.push(side);
        };
        let range = layout.range_table();
        let entry = |(tag, value): &(u64, u64)| {
            challenges.alpha + Fp::from(*value) + challenges.beta * Fp::from(*tag)
        };
        side(
            range.iter().map(entry).collect(),
            layout.range_multiplicity(),
        );
        if let Some(multiplicity) = layout.public_multiplicity() {
            let mut entries = vec![challenges.alpha; active];
            for (entry, (tag, values)) in entries.iter_mut().zip(publics.table.rows()) {
                *entry += fold(*tag, values);
            }
            side(entries, multiplicity);
        }
        if let Some(multiplicity) = layout.fixed_multiplicity() {
            let rows = layout.fixed_rows().into_iter();
            let entries = rows.map(|(tag, values)| challenges.alpha + fold(tag, values));
            side(entries.collect(), multiplicity);
        }
        let sum = self.running_sum(publics, challenges, &powers, &columns, &second);
        columns.push(sum);
        columns
    }

    fn running_sum(
        &self,
        publics: &Publics,
        challenges: &Challenges,
        powers: &[Fp],
        columns: &[Vec<Fp>],
        second: &SecondRound,
    ) -> Vec<Fp> {
        let layout = &self.layout;
        let instance = publics.instance(layout, challenges);
        let at = InstanceColumns::of(layout);
        let public =
            |column: usize, row: usize| instance[column].get(row).copied().unwrap_or(Fp::ZERO);
        let rows: Vec<usize> = (0..layout.active_rows()).collect();
        let chunks: Vec<&[usize]> = rows.chunks(1024).collect();
        let steps = parallel::map(&chunks, |rows| {
            let step = |row: usize| {
                let mut step = -columns[second.range][row];
                if let Some(side) = second.public {
                    step -= columns[side][row];
                }
                if let Some(side) = second.fixed {
                    step -= columns[side][row];
                }
                for helper in &columns[second.helpers..second.range] {
                    step += helper[row];
                }
                for (i, total) in layout.totals.iter().enumerate() {
                    for lane in 0..layout.lanes {
                        step += powers[i] * self.eval(&total.addend, row, lane);
                    }
                }
                for i in 0..layout.total_columns.len() {
                    let weight = public(at.totals + 2 * i + 1, row);
                    step += weight * self.columns[layout.total_column(i)][row];
                }
                for (i, col) in layout.weighed.iter().enumerate() {
                    step +=
                        public(at.weighed + i, row) * self.columns[layout.physical(0, *col)][row];
                }
                step
            };
            rows.iter().map(|row| step(*row)).collect::<Vec<_>>()
        });
        let mut sum = Vec::with_capacity(layout.usable_rows());
        let mut value = public(0, 0);
        sum.push(value);
        for step in steps.into_iter().flatten() {
            value += step;
            sum.push(value);
        }
        sum
    }
}

/// Rows of a public table, and of the fixed ones, by their tuple.
#[derive(Debug)]
pub(crate) struct TableIndex(HashMap<(u64, [u64; MAX_TUPLE]), usize>);

impl TableIndex {
    /// The row that a tuple is found in.
    pub(crate) fn find(&self, tag: u64, values: impl Iterator<Item = Fp>) -> Option<usize> {
        let mut key = (tag, [0u64; MAX_TUPLE]);
        for (slot, value) in key.1.iter_mut().zip(values) {
            *slot = u64::try_from(to_u128(&value)?).ok()?;
        }
        self.0.get(&key).copied()
    }

    pub(crate) fn of(table: &PublicTable, fixed: &FixedTables) -> TableIndex {
        let entry = |(row, (tag, values)): (usize, (u64, &[u64]))| {
            let mut key = [0u64; MAX_TUPLE];
            key.iter_mut()
                .zip(values)
                .for_each(|(slot, value)| *slot = *value);
            ((tag, key), row)
        };
        let public = table.rows().iter();
        let public = public.map(|(tag, values)| (*tag, values.as_slice()));
        let public = public
            .enumerate()
            .filter(|(_, (tag, _))| *tag < FIRST_FIXED_TAG);
        let fixed = fixed.rows().enumerate();
        TableIndex(public.chain(fixed).map(entry).collect())
    }
}
