//! What a module's author declares, and the layout that follows from it.
//!
//! An author states columns with a width, lookups of tuples in public tables, gates whose names
//! are sentences, totals. Limbs, multiplicities, challenges, running sums, padding and instances
//! follow and appear in no module.
//!
//! A circuit row holds `LANES` positions side by side. Lane columns repeat per lane; everything
//! else is shared by the row.

use std::sync::Arc;

use crate::protocol::expr::{Col, Expr};
use crate::protocol::fixed::{FixedTable, FixedTables};

/// Number of random rows of every column of every circuit: `blinding_factors() + 1`.
///
/// Fixed for all circuits, because linked columns must have their random rows in the same places,
/// and because each proof that uses a commitment spends one of them.
pub const BLINDING_ROWS: usize = 9;

/// Rows of a total column that may hold a total.
pub const TOTAL_ROWS: usize = 64;

/// Largest number of copies × shards of one module in one attestation: a factor of every bit budget.
pub const MAX_COPIES: usize = 1 << 10;

/// Tags of public tables start here; below are the range tables ([`Layout::range_tag`]).
pub const FIRST_PUBLIC_TAG: u64 = 32;

/// Tags of fixed tables start here; below are the public ones.
pub const FIRST_FIXED_TAG: u64 = 1 << 16;

/// Bits that neither side of an equation between integers may exceed: a difference of two such
/// numbers is zero in the field only if they are equal.
pub const MAX_BUDGET: u32 = 253;

/// Highest degree of a gate, its selector included: the extended domain stays at 4n.
pub const MAX_DEGREE: usize = 5;

/// The size of a circuit.
pub trait Size: 'static + Clone + Copy + Default + std::fmt::Debug + Send + Sync {
    /// log2 of the number of rows.
    const K: u32;
    /// Bits of a range limb.
    const LIMB_BITS: u32;
}

/// The size that attestations use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

impl Size for Standard {
    const K: u32 = 14;
    const LIMB_BITS: u32 = 13;
}

/// A small size for tests of circuits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Small;

impl Size for Small {
    const K: u32 = 11;
    const LIMB_BITS: u32 = 8;
}

/// A module: one row circuit and the meaning of its columns.
pub trait Module: 'static + Clone + Copy + Default + std::fmt::Debug + Send + Sync {
    /// Name, part of the circuit id.
    const NAME: &'static str;
    /// Version, part of the circuit id.
    const VERSION: u32;
    /// Positions per row.
    const LANES: usize;
    /// Handles of the columns.
    type Columns: Clone + std::fmt::Debug + Send + Sync;
    /// States columns, lookups, gates and totals.
    fn declare(d: &mut Declaration) -> Self::Columns;
}

/// How the values of a column are bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The engine checks that the value lies below 2^bits.
    Bits(u32),
    /// A gate of the engine: the value is 0 or 1.
    Bit,
    /// Not by the engine: `why` says what bounds it.
    By(&'static str),
}

/// A declared column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name.
    pub name: &'static str,
    /// Bound.
    pub bound: Bound,
    /// Whether all positions of a row share the cell.
    pub shared: bool,
}

/// A lookup: the tuple must be a row of the public or fixed table with this tag.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// A sentence.
    pub name: &'static str,
    /// The table.
    pub tag: u64,
    /// The tuple.
    pub values: Vec<Expr>,
    /// Whether it is made once per row, because all its columns are shared.
    pub shared: bool,
}

/// Where a gate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At every active position.
    Every,
    /// At the first position of a copy.
    First,
    /// At the sentinel: the position after the last active one.
    Sentinel,
}

/// A gate: the expression is zero.
#[derive(Clone, Debug)]
pub struct Gate {
    /// A sentence.
    pub name: &'static str,
    /// Where it holds.
    pub place: Place,
    /// What is zero.
    pub expr: Expr,
}

/// A total: the sum of the expression over all active positions.
#[derive(Clone, Debug)]
pub struct Total {
    /// A sentence.
    pub name: &'static str,
    /// The addend: a product of range-checked non-negative factors, or a range-checked difference.
    pub addend: Expr,
}

/// What an author states.
#[derive(Clone, Debug, Default)]
pub struct Declaration {
    pub(crate) columns: Vec<Column>,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) totals: Vec<Total>,
    pub(crate) total_columns: Vec<&'static str>,
    pub(crate) weighed: Vec<Col>,
    pub(crate) fixed: FixedTables,
    pub(crate) budgets: Vec<(&'static str, u32)>,
    pub(crate) mistakes: Vec<LayoutError>,
}

impl Declaration {
    /// A column of values below 2^bits.
    pub fn column(&mut self, name: &'static str, bits: u32) -> Col {
        self.push(name, Bound::Bits(bits))
    }

    /// A column of zeros and ones.
    pub fn bit(&mut self, name: &'static str) -> Col {
        self.push(name, Bound::Bit)
    }

    /// A column that the engine does not bound; `why` says what does.
    pub fn bounded_by(&mut self, name: &'static str, why: &'static str) -> Col {
        self.push(name, Bound::By(why))
    }

    /// A column that all positions of a row share: rows are grouped by it. A lookup of shared
    /// columns alone is made once per row. The engine does not bound it; `why` says what does.
    pub fn shared_by(&mut self, name: &'static str, why: &'static str) -> Col {
        let col = self.push(name, Bound::By(why));
        self.columns[col.0].shared = true;
        col
    }

    fn push(&mut self, name: &'static str, bound: Bound) -> Col {
        self.columns.push(Column {
            name,
            bound,
            shared: false,
        });
        Col(self.columns.len() - 1)
    }

    /// A table that is part of the circuit's key, looked up like a public one; its tag is at least
    /// [`FIRST_FIXED_TAG`], its rows have one width and all its values are public for ever.
    pub fn fixed_table(&mut self, tag: u64, rows: impl Into<Arc<Vec<Vec<u64>>>>) {
        let rows = rows.into();
        self.fixed.0.push(FixedTable { tag, rows });
    }

    /// States that both sides of an equation stay below 2^bits as integers. The layout is refused
    /// where that leaves no room in the field: above [`MAX_BUDGET`].
    pub fn budget(&mut self, name: &'static str, bits: u32) {
        self.budgets.push((name, bits));
    }

    /// Refuses the layout unless a gadget is used as it is meant to be; `why` says how.
    pub fn require(&mut self, name: &'static str, holds: bool, why: &'static str) {
        if !holds {
            self.mistakes.push(LayoutError::Gadget { name, why });
        }
    }

    /// The tuple is a row of the public or fixed table `tag`.
    pub fn lookup(&mut self, name: &'static str, tag: u64, values: Vec<Expr>) {
        let mut shared = true;
        for value in &values {
            value.for_each_cell(&mut |col, _| shared &= self.columns[col.0].shared);
        }
        self.lookups.push(Lookup {
            name,
            tag,
            values,
            shared,
        });
    }

    /// At every position the expression is zero.
    pub fn gate(&mut self, name: &'static str, expr: Expr) {
        self.gates.push(Gate {
            name,
            place: Place::Every,
            expr,
        });
    }

    /// At the first position the expression is zero.
    pub fn gate_first(&mut self, name: &'static str, expr: Expr) {
        self.gates.push(Gate {
            name,
            place: Place::First,
            expr,
        });
    }

    /// At the sentinel position the expression is zero.
    pub fn gate_sentinel(&mut self, name: &'static str, expr: Expr) {
        self.gates.push(Gate {
            name,
            place: Place::Sentinel,
            expr,
        });
    }

    /// Adds a total; row i of the module's total column holds total i.
    pub fn total(&mut self, name: &'static str, addend: Expr) {
        self.totals.push(Total { name, addend });
    }

    /// A column that is linked by its commitment; cells outside the rows that the verifier
    /// allows are zero.
    pub fn total_column(&mut self, name: &'static str) -> usize {
        self.total_columns.push(name);
        self.total_columns.len() - 1
    }

    /// The gates stated so far; those of bit columns come with the layout.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// Lets public linear relations weigh this column, in the first lane of each row.
    pub fn weigh(&mut self, col: Col) {
        self.weighed.push(col);
    }
}

/// The pieces that a range check takes apart.
#[derive(Clone, Debug)]
pub struct RangeCheck {
    /// The checked column.
    pub col: Col,
    /// Offsets, within a lane, of the columns of its lower limbs.
    pub limbs: Vec<usize>,
    /// Bits of the top limb, which is an expression and not a column.
    pub top_bits: u32,
}

/// A mistake in a declaration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// A gate would exceed the degree that the extended domain allows.
    #[error("{name}: degree {degree} exceeds {MAX_DEGREE}")]
    Degree {
        /// Gate, lookup or total.
        name: &'static str,
        /// Its degree with selector and challenges.
        degree: usize,
    },
    /// A column that nothing reads is not opened by the proof.
    #[error("column {0} is read by no gate, lookup or total and has no range check")]
    Unread(&'static str),
    /// A lookup with a tag of the range tables, or of a fixed table that there is not or that has
    /// rows of another width.
    #[error("{0}: the tag belongs to no table that the tuple could be in")]
    Tag(&'static str),
    /// A fixed table that is not one.
    #[error("fixed table {tag}: {why}")]
    FixedTable {
        /// Its tag.
        tag: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// The fixed tables do not fit.
    #[error("the fixed tables have {rows} rows and the circuit takes {capacity}")]
    FixedRows {
        /// Rows wanted.
        rows: usize,
        /// Rows there are.
        capacity: usize,
    },
    /// A gadget that is not used as it is meant to be.
    #[error("{name}: {why}")]
    Gadget {
        /// Its gate.
        name: &'static str,
        /// What it asks for.
        why: &'static str,
    },
    /// An equation between integers that could hold in the field alone.
    #[error("{name}: {bits} bits exceed the {MAX_BUDGET} that an equation has room for")]
    Budget {
        /// The equation.
        name: &'static str,
        /// Bits of its wider side.
        bits: u32,
    },
    /// A lookup that reads the next position.
    #[error("{0}: lookups and totals read their own position only")]
    LooksAhead(&'static str),
    /// The range tables do not fit.
    #[error("the range tables need {0} rows")]
    Rows(usize),
    /// More totals than a total column holds.
    #[error("too many totals")]
    Totals,
}

/// A checked layout.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Module name.
    pub name: &'static str,
    /// Module version.
    pub version: u32,
    /// log2 of the rows.
    pub k: u32,
    /// Bits of a limb.
    pub limb_bits: u32,
    /// Positions per row.
    pub lanes: usize,
    /// Declared columns.
    pub columns: Vec<Column>,
    /// Lookups in public and fixed tables.
    pub lookups: Vec<Lookup>,
    /// Gates, those of bit columns included.
    pub gates: Vec<Gate>,
    /// Totals.
    pub totals: Vec<Total>,
    /// Names of the total columns; the module's own is the first if it has totals.
    pub total_columns: Vec<&'static str>,
    /// Columns that public relations weigh.
    pub weighed: Vec<Col>,
    /// Range checks.
    pub range_checks: Vec<RangeCheck>,
    /// Offset of each declared column within a lane, or among the shared columns.
    pub offsets: Vec<usize>,
    /// Physical columns per lane.
    pub lane_width: usize,
    /// Physical columns that a row's positions share; they follow the lanes.
    pub shared: usize,
    /// Range tables (bits of each), in the order of the fixed column.
    pub range_tables: Vec<u32>,
    /// Number of tuple values of the widest public lookup; 0 without public tables.
    pub table_width: usize,
    /// Fixed tables.
    pub fixed: FixedTables,
}

impl Layout {
    /// The layout of a module at a size.
    pub fn of<M: Module, S: Size>() -> Result<(Layout, M::Columns), LayoutError> {
        let mut declaration = Declaration::default();
        let columns = M::declare(&mut declaration);
        let layout = Layout::build(
            M::NAME,
            M::VERSION,
            M::LANES,
            S::K,
            S::LIMB_BITS,
            declaration,
        )?;
        Ok((layout, columns))
    }

    fn build(
        name: &'static str,
        version: u32,
        lanes: usize,
        k: u32,
        limb_bits: u32,
        mut d: Declaration,
    ) -> Result<Layout, LayoutError> {
        let mut offsets = Vec::new();
        let mut range_checks = Vec::new();
        let (mut width, mut shared) = (0, 0);
        let mut range_tables = vec![limb_bits];
        for (index, column) in d.columns.iter().enumerate() {
            if column.shared {
                offsets.push(shared);
                shared += 1;
                continue;
            }
            offsets.push(width);
            width += 1;
            match column.bound {
                Bound::Bits(bits) => {
                    let limbs = bits.div_ceil(limb_bits).max(1) - 1;
                    let top_bits = bits - limbs * limb_bits;
                    let first = width;
                    width += limbs as usize;
                    if !range_tables.contains(&top_bits) {
                        range_tables.push(top_bits);
                    }
                    let limbs = (first..width).collect();
                    range_checks.push(RangeCheck {
                        col: Col(index),
                        limbs,
                        top_bits,
                    });
                }
                Bound::Bit => {
                    let bit = Col(index);
                    let expr = bit.here() * (bit.here() - Expr::from(1));
                    d.gates.push(Gate {
                        name: column.name,
                        place: Place::Every,
                        expr,
                    });
                }
                Bound::By(_) => {}
            }
        }
        if !d.totals.is_empty() {
            d.total_columns.insert(0, "totals");
        }
        if let Some(mistake) = d.mistakes.into_iter().next() {
            return Err(mistake);
        }
        if let Some((name, bits)) = d.budgets.iter().find(|(_, bits)| *bits > MAX_BUDGET) {
            return Err(LayoutError::Budget { name, bits: *bits });
        }
        let public = d.lookups.iter().filter(|l| l.tag < FIRST_FIXED_TAG);
        let table_width = public.map(|l| l.values.len()).max().unwrap_or(0);
        let layout = Layout {
            name,
            version,
            k,
            limb_bits,
            lanes,
            columns: d.columns,
            lookups: d.lookups,
            gates: d.gates,
            totals: d.totals,
            total_columns: d.total_columns,
            weighed: d.weighed,
            range_checks,
            offsets,
            lane_width: width,
            shared,
            range_tables,
            table_width,
            fixed: d.fixed,
        };
        layout.check()?;
        Ok(layout)
    }

    fn check(&self) -> Result<(), LayoutError> {
        let degree = |name, degree| {
            if degree > MAX_DEGREE {
                Err(LayoutError::Degree { name, degree })
            } else {
                Ok(())
            }
        };
        for gate in &self.gates {
            degree(gate.name, gate.expr.degree() + 1)?;
        }
        for lookup in &self.lookups {
            if lookup.tag < FIRST_PUBLIC_TAG {
                return Err(LayoutError::Tag(lookup.name));
            }
            for (i, value) in lookup.values.iter().enumerate() {
                // helper · fold · (a second, linear input) · active
                let fold = value.degree() + usize::from(i > 0);
                degree(lookup.name, fold + 3)?;
                if value.looks_ahead() {
                    return Err(LayoutError::LooksAhead(lookup.name));
                }
            }
        }
        for (i, total) in self.totals.iter().enumerate() {
            degree(total.name, total.addend.degree() + 1 + usize::from(i > 0))?;
            if total.addend.looks_ahead() {
                return Err(LayoutError::LooksAhead(total.name));
            }
        }
        if self.totals.len() > TOTAL_ROWS {
            return Err(LayoutError::Totals);
        }
        let rows: usize = self.range_tables.iter().map(|bits| 1usize << bits).sum();
        if rows > self.active_rows() {
            return Err(LayoutError::Rows(rows));
        }
        self.fixed.check(&self.lookups, self.active_rows())?;
        self.check_read()
    }

    /// Every column is read by something: a column that is not queried is not opened, and nothing
    /// could be extracted from its commitment. Ids are read by a gate without a condition.
    fn check_read(&self) -> Result<(), LayoutError> {
        let mut read = vec![false; self.columns.len()];
        let mut mark = |expr: &Expr| expr.for_each_cell(&mut |c: Col, _| read[c.0] = true);
        self.gates.iter().for_each(|g| mark(&g.expr));
        self.lookups
            .iter()
            .flat_map(|l| &l.values)
            .for_each(&mut mark);
        self.totals.iter().for_each(|t| mark(&t.addend));
        self.weighed.iter().for_each(|c| mark(&c.here()));
        self.range_checks.iter().for_each(|r| mark(&r.col.here()));
        for (column, read) in self.columns.iter().zip(&read) {
            let committed_only = column.bound == Bound::By(COMMITTED_ONLY);
            if !read && !committed_only {
                return Err(LayoutError::Unread(column.name));
            }
        }
        Ok(())
    }

    /// Rows of a circuit.
    pub fn rows(&self) -> usize {
        1 << self.k
    }

    /// Rows that the prover fills: all but the random ones.
    pub fn usable_rows(&self) -> usize {
        self.rows() - BLINDING_ROWS
    }

    /// Rows on which gates, lookups and totals hold; the row after them is the sentinel.
    pub fn active_rows(&self) -> usize {
        self.usable_rows() - 1
    }

    /// Positions of one copy.
    pub fn positions(&self) -> usize {
        self.active_rows() * self.lanes
    }

    /// The public powers of β that are carried as columns: those that tuples and totals need.
    pub fn beta_powers(&self) -> usize {
        let tuples = self.table_width.max(self.fixed.width()).max(1);
        tuples.max(self.totals.len().saturating_sub(1))
    }

    /// Index of the multiplicity column of the range tables.
    pub fn range_multiplicity(&self) -> usize {
        self.lanes * self.lane_width + self.shared
    }

    /// Index of the multiplicity column of the public table, if there is one.
    pub fn public_multiplicity(&self) -> Option<usize> {
        (self.table_width > 0).then(|| self.range_multiplicity() + 1)
    }

    /// Index of the multiplicity column of the fixed tables, if there are any.
    pub fn fixed_multiplicity(&self) -> Option<usize> {
        let before = 1 + usize::from(self.table_width > 0);
        (!self.fixed.is_empty()).then(|| self.range_multiplicity() + before)
    }

    /// Index of a total column.
    pub fn total_column(&self, index: usize) -> usize {
        let tables = usize::from(self.table_width > 0) + usize::from(!self.fixed.is_empty());
        self.range_multiplicity() + 1 + tables + index
    }

    /// Number of first-round columns, A1.
    pub fn first_round(&self) -> usize {
        self.total_column(self.total_columns.len())
    }

    /// Physical column of a declared column in a lane.
    pub fn physical(&self, lane: usize, col: Col) -> usize {
        let lane = if self.columns[col.0].shared {
            self.lanes
        } else {
            lane
        };
        lane * self.lane_width + self.offsets[col.0]
    }

    /// Where a cell lies: (physical column, whether in the next row).
    pub fn locate(&self, lane: usize, col: Col, next: bool) -> (usize, bool) {
        match (next, lane + 1 < self.lanes) {
            (false, _) => (self.physical(lane, col), false),
            (true, true) => (self.physical(lane + 1, col), false),
            (true, false) => (self.physical(0, col), true),
        }
    }

    /// First row of a range table in the fixed column.
    pub fn range_table_start(&self, bits: u32) -> usize {
        self.range_tables
            .iter()
            .take_while(|b| **b != bits)
            .map(|b| 1usize << b)
            .sum()
    }

    /// The range tables: (tag, value) for each active row; the rest repeats the first row.
    pub fn range_table(&self) -> Vec<(u64, u64)> {
        let mut table = Vec::with_capacity(self.active_rows());
        for bits in &self.range_tables {
            let tag = self.range_tag(*bits);
            table.extend((0..1u64 << bits).map(|value| (tag, value)));
        }
        table.resize(self.active_rows(), (0, 0));
        table
    }

    /// The fixed tables: (tag, values) for each active row; the rest repeats the first row, so
    /// that no row of zeros is an entry. Empty without fixed tables.
    pub fn fixed_rows(&self) -> Vec<(u64, &[u64])> {
        let mut rows: Vec<_> = self.fixed.rows().collect();
        if let Some(first) = rows.first().copied() {
            rows.resize(self.active_rows(), first);
        }
        rows
    }

    /// Tag of a range table: its width, but 0 for whole limbs, which are most of all inputs: then
    /// their fold is α + value. The zeros of a public table's padding are an entry of that table
    /// too, and a legal one: 0 is in range.
    pub fn range_tag(&self, bits: u32) -> u64 {
        if bits == self.limb_bits {
            0
        } else {
            u64::from(bits)
        }
    }
}

/// The reason of a column that is committed to and may be opened, and that no rule reads: the
/// proof opens it, so that the commitment binds, and constrains nothing.
pub const COMMITTED_ONLY: &str = "committed and openable; no rule reads it";
