//! The adversary of the tests: alters cells of an honest witness, then re-solves everything that
//! follows, so that the constraint meant for it has to refuse it and not a stale inverse.
//!
//! What follows from a cell are its limbs, the totals and the multiplicities (here), and the
//! challenges and the whole second round (`prove_shard` with `SelfCheck::Skip`). Cells that a
//! module's rules derive from other cells are the module's to re-solve: see the tests.
//!
//! Behind the feature `cheat`, which no release binary has.

pub mod local;
pub mod second;

use std::collections::BTreeSet;
use std::sync::Arc;

use ff::{Field, PrimeField};

use crate::field::Fp;
use crate::protocol::challenge::Challenges;
use crate::protocol::circuit::EngineCircuit;
use crate::protocol::evaluate::{Violation, violations, violations_at};
use crate::protocol::expr::Col;
use crate::protocol::layout::Layout;
use crate::protocol::publics::Publics;
use crate::protocol::witness::Grid;

/// What is done to a cell, or to a run of cells of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// The value goes up by one.
    Increment,
    /// The value goes down by one; from zero to p − 1.
    Decrement,
    /// Zero.
    Zero,
    /// One.
    One,
    /// p − 1.
    MinusOne,
    /// The value goes up by 2^bits.
    Overflow(u32),
    /// Two neighbouring rows change places.
    Swap,
    /// The run moves down by one row; its first cell is repeated.
    Shift(usize),
    /// One value all along the run.
    Constant(usize),
    /// A number of as many bits as a limb has, by the row's seed.
    RandomLimb(u32),
    /// An element of the field, by the row's seed.
    Random,
}

impl Alteration {
    /// The alterations that are tried on every column.
    pub fn all(layout: &Layout) -> Vec<Alteration> {
        vec![
            Alteration::Increment,
            Alteration::Decrement,
            Alteration::Zero,
            Alteration::One,
            Alteration::MinusOne,
            Alteration::Overflow(layout.limb_bits),
            Alteration::Overflow(64),
            Alteration::Overflow(200),
            Alteration::Swap,
            Alteration::Shift(4),
            Alteration::Constant(4),
            Alteration::RandomLimb(layout.limb_bits),
            Alteration::Random,
        ]
    }

    /// Rows from the altered one on that it can reach.
    pub fn reach(self) -> usize {
        match self {
            Alteration::Swap => 2,
            Alteration::Shift(run) | Alteration::Constant(run) => run,
            _ => 1,
        }
    }

    /// Alters a column from a row on, and nothing beyond its end.
    pub fn apply(self, cells: &mut [Fp], row: usize) {
        let until = |run: usize| (row + run).min(cells.len());
        match self {
            Alteration::Increment => cells[row] += Fp::ONE,
            Alteration::Decrement => cells[row] -= Fp::ONE,
            Alteration::Zero => cells[row] = Fp::ZERO,
            Alteration::One => cells[row] = Fp::ONE,
            Alteration::MinusOne => cells[row] = -Fp::ONE,
            Alteration::Overflow(bits) => cells[row] += crate::field::power_of_two(bits),
            Alteration::Swap => cells.swap(row, (row + 1).min(cells.len() - 1)),
            Alteration::Shift(run) => {
                let end = until(run).saturating_sub(1);
                cells.copy_within(row..end.max(row), (row + 1).min(cells.len()));
            }
            Alteration::Constant(run) => {
                let (value, end) = (cells[row] + Fp::ONE, until(run));
                cells[row..end].fill(value);
            }
            Alteration::RandomLimb(bits) => cells[row] = Fp::from(mixed(row) >> (64 - bits)),
            Alteration::Random => {
                let (low, high) = (Fp::from(mixed(row)), Fp::from(mixed(row + 1)));
                cells[row] = low + high * crate::field::power_of_two(180);
            }
        }
    }
}

/// SplitMix64 of a row: random enough for a cheat, and the same every time.
fn mixed(row: usize) -> u64 {
    let z = (row as u64 + 2_026).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A witness in the adversary's hands.
#[derive(Clone, Debug)]
pub struct Forgery {
    /// First-round columns.
    pub grid: Grid,
    /// Public values; the verifier's, so never altered.
    pub publics: Publics,
    /// Cells that the adversary has chosen and does not re-solve.
    pinned: BTreeSet<(usize, Col)>,
}

impl Forgery {
    /// Starts from a completed witness.
    pub fn of(grid: Grid, publics: Publics) -> Forgery {
        Forgery {
            grid,
            publics,
            pinned: BTreeSet::new(),
        }
    }

    /// A declared column by name.
    ///
    /// # Panics
    /// If there is none: a test that names a column wrongly is wrong.
    pub fn col(&self, name: &str) -> Col {
        let columns = &self.grid.layout().columns;
        let found = columns.iter().position(|column| column.name == name);
        Col(found.unwrap_or_else(|| panic!("there is no column `{name}`")))
    }

    /// The cell of a column.
    pub fn get(&self, position: usize, name: &str) -> Fp {
        self.grid.get(position, self.col(name))
    }

    /// Sets a cell, and keeps it.
    pub fn set(&mut self, position: usize, name: &str, value: impl Into<Fp>) {
        let col = self.col(name);
        self.pinned.insert((position, col));
        self.grid.set_field(position, col, value.into());
    }

    /// Sets a cell that was not chosen before.
    pub fn follow(&mut self, position: usize, name: &str, value: impl Into<Fp>) {
        let col = self.col(name);
        if !self.is_pinned(position, name) {
            self.grid.set_field(position, col, value.into());
        }
    }

    /// Whether the adversary has chosen a cell.
    pub fn is_pinned(&self, position: usize, name: &str) -> bool {
        self.pinned.contains(&(position, self.col(name)))
    }

    /// Lets go of what was chosen, as if it had been solved.
    pub fn release(&mut self) {
        self.pinned.clear();
    }

    /// Re-solves a gate for a column that it is linear in, unless the cell was chosen or does not
    /// matter there.
    ///
    /// # Panics
    /// If there is no such gate.
    pub fn derive(&mut self, position: usize, gate: &str, column: &str) {
        let layout = Arc::clone(self.grid.layout());
        let found = layout.gates.iter().find(|g| g.name == gate);
        let gate = found.unwrap_or_else(|| panic!("there is no gate `{gate}` for `{column}`"));
        let col = self.col(column);
        if self.pinned.contains(&(position, col)) {
            return;
        }
        let (row, lane) = (position / layout.lanes, position % layout.lanes);
        let before = self.grid.get(position, col);
        let mut at = |value| {
            self.grid.set_field(position, col, value);
            self.grid.eval(&gate.expr, row, lane)
        };
        let (zero, one) = (at(Fp::ZERO), at(Fp::ONE));
        let slope: Option<Fp> = (one - zero).invert().into();
        let value = slope.map_or(before, |inverse| -zero * inverse);
        self.grid.set_field(position, col, value);
    }

    /// What a gate comes to at a position: zero where it holds.
    ///
    /// # Panics
    /// If there is no such gate.
    pub fn residue(&self, position: usize, gate: &str) -> Fp {
        let layout = self.grid.layout();
        let found = layout.gates.iter().find(|g| g.name == gate);
        let gate = found.unwrap_or_else(|| panic!("there is no gate `{gate}`"));
        let (row, lane) = (position / layout.lanes, position % layout.lanes);
        self.grid.eval(&gate.expr, row, lane)
    }

    /// Re-solves a gate at a position for a column of the next one that it is linear in, unless
    /// the cell was chosen or does not matter there.
    ///
    /// # Panics
    /// If there is no such gate.
    pub fn derive_next(&mut self, position: usize, gate: &str, column: &str) {
        let col = self.col(column);
        if self.pinned.contains(&(position + 1, col)) {
            return;
        }
        let before = self.grid.get(position + 1, col);
        let mut at = |value| {
            self.grid.set_field(position + 1, col, value);
            self.residue(position, gate)
        };
        let (zero, one) = (at(Fp::ZERO), at(Fp::ONE));
        let slope: Option<Fp> = (one - zero).invert().into();
        let value = slope.map_or(before, |inverse| -zero * inverse);
        self.grid.set_field(position + 1, col, value);
    }

    /// Adds to a cell.
    pub fn add(&mut self, position: usize, name: &str, value: impl Into<Fp>) {
        let sum = self.get(position, name) + value.into();
        self.set(position, name, sum);
    }

    /// Moves whole rows: what is chosen moves along. Rows that nothing moves to keep what they have.
    ///
    /// The rows are those of the declared columns and their limbs, of a module with one position
    /// per row; totals and multiplicities stay.
    pub fn move_rows(&mut self, from: std::ops::Range<usize>, to: usize) {
        let end = self.grid.layout().range_multiplicity();
        for column in &mut self.grid.columns_mut()[..end] {
            column.copy_within(from.clone(), to);
        }
        let moved = |&(row, col): &(usize, Col)| {
            let inside = from.contains(&row);
            inside.then(|| (row - from.start + to, col))
        };
        let there: Vec<_> = self.pinned.iter().filter_map(moved).collect();
        self.pinned.retain(|(row, _)| !from.contains(row));
        self.pinned.extend(there);
    }

    /// The row of a total column.
    pub fn total(&mut self, column: usize, row: usize) -> &mut Fp {
        let column = self.grid.layout().total_column(column);
        &mut self.grid.columns_mut()[column][row]
    }

    /// Alters a physical column from a row on.
    pub fn alter(&mut self, column: usize, row: usize, alteration: Alteration) {
        alteration.apply(&mut self.grid.columns_mut()[column], row);
    }

    /// A committed limb of a range check.
    pub fn limb(&mut self, position: usize, check: usize, limb: usize) -> &mut Fp {
        let layout = Arc::clone(self.grid.layout());
        let (row, lane) = (position / layout.lanes, position % layout.lanes);
        let offset = layout.range_checks[check].limbs[limb];
        &mut self.grid.columns_mut()[lane * layout.lane_width + offset][row]
    }

    /// Cuts values of these rows into limbs, out-of-range ones as well as can be: the lower limbs
    /// fit, and the top one has to carry the rest.
    pub fn resolve_limbs(&mut self, rows: impl Iterator<Item = usize> + Clone) {
        let layout = Arc::clone(self.grid.layout());
        for lane in 0..layout.lanes {
            for range in &layout.range_checks {
                for row in rows.clone() {
                    let value = self.grid.cell(row, lane, range.col, false).to_repr();
                    for (i, offset) in range.limbs.iter().enumerate() {
                        let limb = bits_of(&value, layout.limb_bits * i as u32, layout.limb_bits);
                        self.grid.columns_mut()[lane * layout.lane_width + offset][row] =
                            Fp::from(limb);
                    }
                }
            }
        }
    }

    /// Re-solves what follows from the cells: limbs, totals, multiplicities.
    pub fn resolve(&mut self) {
        let rows = self.grid.layout().active_rows();
        self.resolve_limbs(0..rows);
        self.settle();
    }

    /// Re-solves what follows from cells and limbs: totals and multiplicities.
    pub fn settle(&mut self) {
        self.grid.fill_totals();
        self.recount();
    }

    /// Re-solves the multiplicities alone.
    pub fn recount(&mut self) {
        self.grid.count(&self.publics.table);
    }

    /// What the circuit says to it.
    pub fn violations(&self) -> Vec<Violation> {
        violations(&self.grid, &self.publics)
    }

    /// What it says to some rows.
    pub fn violations_at(&self, rows: &[usize]) -> Vec<Violation> {
        violations_at(&self.grid, &self.publics, rows)
    }

    /// The names of the constraints that refuse it.
    pub fn refused_by(&self) -> BTreeSet<String> {
        let violations = self.violations().into_iter();
        violations.map(|violation| violation.constraint).collect()
    }

    /// All columns, the second round solved for these challenges.
    pub fn solved(&self, challenges: &Challenges) -> Vec<Vec<Fp>> {
        let mut columns = self.grid.columns().to_vec();
        columns.extend(self.grid.second_round(&self.publics, challenges));
        columns
    }

    /// The circuit with these columns, for the library's own mock prover, and its instance.
    pub fn circuit(
        &self,
        columns: Vec<Vec<Fp>>,
        challenges: &Challenges,
    ) -> (EngineCircuit, Vec<Vec<Fp>>) {
        let layout = self.grid.layout();
        let instance = self.publics.instance(layout, challenges);
        (EngineCircuit::with_columns(layout, columns), instance)
    }
}

/// Bits `from … from + count` of a little-endian number; at most 32 of them.
fn bits_of(bytes: &[u8; 32], from: u32, count: u32) -> u64 {
    let mut value = 0;
    for bit in (from..from + count).rev() {
        let byte = bytes.get(bit as usize / 8).copied().unwrap_or(0);
        value = 2 * value + u64::from(byte >> (bit % 8) & 1);
    }
    value
}
