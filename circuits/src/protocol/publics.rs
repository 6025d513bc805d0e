//! Public values of a copy: what the verifier builds by itself from statement and rulebook.

use std::sync::Arc;

use blake2b_simd::Params as Blake2b;
use ff::{Field, PrimeField};

use crate::field::Fp;
use crate::protocol::challenge::Challenges;
use crate::protocol::circuit::InstanceColumns;
use crate::protocol::layout::{FIRST_FIXED_TAG, FIRST_PUBLIC_TAG, Layout};

/// A public table: rows of (tag, values). Several tables share it, told apart by the tag.
///
/// Instance rows that nobody supplied read as zero, so a real row has a tag of at least
/// [`FIRST_PUBLIC_TAG`] and no lookup has the tag zero (CONDITIONS S4). It is below
/// [`FIRST_FIXED_TAG`], or a statement could add rows to a circuit's fixed table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicTable {
    rows: Vec<(u64, Vec<u64>)>,
}

/// A public table that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// More rows than the circuit has.
    #[error("the public table has {rows} rows and the circuit takes {capacity}")]
    TooLong {
        /// Rows wanted.
        rows: usize,
        /// Rows there are.
        capacity: usize,
    },
    /// A tag that belongs to the range tables or to fixed ones, or none.
    #[error("a public table has the reserved tag {0}")]
    Tag(u64),
    /// A row with more values than the circuit folds.
    #[error("a public table row has {0} values, more than the circuit folds")]
    Width(usize),
}

impl PublicTable {
    /// Adds a row.
    pub fn push(&mut self, tag: u64, values: &[u64]) {
        self.rows.push((tag, values.to_vec()));
    }

    /// The rows.
    pub fn rows(&self) -> &[(u64, Vec<u64>)] {
        &self.rows
    }

    /// Whether the table fits the layout.
    pub fn check(&self, layout: &Layout) -> Result<(), TableError> {
        let capacity = layout.active_rows();
        if self.rows.len() > capacity {
            return Err(TableError::TooLong {
                rows: self.rows.len(),
                capacity,
            });
        }
        for (tag, values) in &self.rows {
            if !(FIRST_PUBLIC_TAG..FIRST_FIXED_TAG).contains(tag) {
                return Err(TableError::Tag(*tag));
            }
            if values.len() > layout.table_width || values.is_empty() {
                return Err(TableError::Width(values.len()));
            }
        }
        Ok(())
    }
}

/// A cell that a public relation weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// Row of a total column.
    Total {
        /// Which total column.
        column: usize,
        /// Row.
        row: usize,
    },
    /// Row of a weighed data column.
    Data {
        /// Which weighed column.
        column: usize,
        /// Row.
        row: usize,
    },
}

/// A public linear relation between private cells: Σ coefficient · cell + constant = 0.
///
/// Relation j enters the running sum with the weight β^j; a cell's weight in the instance is
/// the sum over all relations, so that any number of relations costs nothing in the circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// A sentence.
    pub name: String,
    /// (cell, coefficient).
    pub terms: Vec<(Weighed, Fp)>,
    /// Constant.
    pub constant: Fp,
}

/// The public values of one copy that are not challenges.
#[derive(Clone, Debug, Default)]
pub struct Publics {
    /// The public table.
    pub table: Arc<PublicTable>,
    /// For each total column: how many of its rows may hold a total.
    pub allowed: Vec<usize>,
    /// Relations beyond those of the module's own totals, which come first.
    pub relations: Arc<Vec<Relation>>,
}

impl Publics {
    /// The publics of a row module: its table, and its own totals.
    pub fn of_rows(layout: &Layout, table: Arc<PublicTable>) -> Publics {
        Publics {
            table,
            allowed: vec![layout.totals.len()],
            relations: Arc::default(),
        }
    }

    /// Digest of everything here, length-prefixed, for the challenge.
    pub fn absorb(&self, state: &mut blake2b_simd::State) {
        let number = |state: &mut blake2b_simd::State, n: usize| {
            state.update(&(n as u64).to_le_bytes());
        };
        number(state, self.table.rows.len());
        for (tag, values) in &self.table.rows {
            state.update(&tag.to_le_bytes());
            number(state, values.len());
            values.iter().for_each(|v| {
                state.update(&v.to_le_bytes());
            });
        }
        number(state, self.allowed.len());
        self.allowed.iter().for_each(|rows| number(state, *rows));
        number(state, self.relations.len());
        for relation in self.relations.iter() {
            number(state, relation.terms.len());
            for (cell, coefficient) in &relation.terms {
                let (kind, column, row) = match *cell {
                    Weighed::Total { column, row } => (0, column, row),
                    Weighed::Data { column, row } => (1, column, row),
                };
                [kind, column, row].iter().for_each(|n| number(state, *n));
                state.update(&coefficient.to_repr());
            }
            state.update(&relation.constant.to_repr());
        }
    }

    /// Digest over all copies of a proof.
    pub fn digest(copies: &[Publics]) -> [u8; 64] {
        let mut state = Blake2b::new()
            .hash_length(64)
            .personal(b"Plimsoll-publ-01")
            .to_state();
        state.update(&(copies.len() as u64).to_le_bytes());
        copies.iter().for_each(|publics| publics.absorb(&mut state));
        *state.finalize().as_array()
    }

    /// All relations in their order: the module's totals, then the others.
    pub fn all_relations(&self, layout: &Layout) -> Vec<Relation> {
        let own = layout
            .totals
            .iter()
            .enumerate()
            .map(|(row, total)| Relation {
                name: total.name.to_owned(),
                terms: vec![(Weighed::Total { column: 0, row }, -Fp::ONE)],
                constant: Fp::ZERO,
            });
        own.chain(self.relations.iter().cloned()).collect()
    }

    /// The instance columns of the copy, exactly as long as they are.
    pub fn instance(&self, layout: &Layout, challenges: &Challenges) -> Vec<Vec<Fp>> {
        let columns = InstanceColumns::of(layout);
        let mut instance = vec![Vec::new(); columns.count];
        let relations = self.all_relations(layout);
        let powers = challenges.beta_powers(relations.len().max(layout.beta_powers() + 1));

        let mut set = |column: usize, row: usize, add: Fp| {
            let column: &mut Vec<Fp> = &mut instance[column];
            if column.len() <= row {
                column.resize(row + 1, Fp::ZERO);
            }
            column[row] += add;
        };
        let mut start = Fp::ZERO;
        for (relation, power) in relations.iter().zip(&powers) {
            start += relation.constant * power;
            for (cell, coefficient) in &relation.terms {
                let (column, row) = match *cell {
                    Weighed::Total { column, row } => (columns.totals + 2 * column + 1, row),
                    Weighed::Data { column, row } => (columns.weighed + column, row),
                };
                set(column, row, power * coefficient);
            }
        }
        set(0, 0, start);
        set(0, 1, challenges.alpha);
        let carried = powers.iter().enumerate().skip(1);
        for (i, power) in carried.take(layout.beta_powers()) {
            set(0, 1 + i, *power);
        }
        if let Some(tag) = columns.table {
            for (row, (table_tag, values)) in self.table.rows.iter().enumerate() {
                set(tag, row, Fp::from(*table_tag));
                for i in 0..layout.table_width {
                    set(
                        tag + 1 + i,
                        row,
                        Fp::from(values.get(i).copied().unwrap_or(0)),
                    );
                }
            }
        }
        for (i, rows) in self.allowed.iter().enumerate() {
            for row in 0..*rows {
                set(columns.totals + 2 * i, row, Fp::ONE);
            }
        }
        instance
    }
}
