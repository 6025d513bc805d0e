//! The halo2 circuit of a layout.
//!
//! Columns, in order: first round (lanes, multiplicities, totals), then second round (α, the
//! powers of β, helpers, the table sides, the running sum). The challenge covers the commitments
//! of the first round; the second round is a function of it.
//!
//! | fixed column | value |
//! | --- | --- |
//! | active | 1 on rows 0 … N−1 |
//! | first | 1 on row 0 |
//! | last | 1 on row N, the sentinel |
//! | range tag, range value | the range tables |
//! | fixed tag, fixed values | the fixed tables, in module circuits that have any |
//!
//! | instance column | rows |
//! | --- | --- |
//! | scalars | start of the running sum, α, β, β², … |
//! | table tag, table values | the public table, in module circuits that look something up |
//! | allow, weights | for each total column |
//! | weights | for each weighed column |
//!
//! There is no permutation and no library lookup: a verifier's key is five small commitments,
//! and one for each column of the fixed tables.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::plonk::{
    Advice, Circuit, Column, ConstraintSystem, Error, Expression, Fixed, Instance, VirtualCells,
};
use halo2_proofs::poly::Rotation;
use zeroize::Zeroize;

use crate::field::{Fp, power_of_two};
use crate::protocol::expr::Expr;
use crate::protocol::layout::{Layout, Place};
use crate::protocol::lookup::{Input, helpers};

/// Name of the gate that queries every first-round column.
pub const EVERY_COLUMN_IS_OPENED: &str = "every column is opened";
/// Name of the gates of α and the powers of β.
pub const CHALLENGE_IS_ANCHORED: &str = "the challenge is the statement's, in every row";
/// Name of the gates of the helper columns.
pub const HELPER_IS_THE_SUM: &str = "a helper is the sum of its inputs' reciprocals";
/// Name of the gate of the range table's side.
pub const RANGE_TABLE_SIDE: &str = "the range table's side";
/// Name of the gate of the public table's side.
pub const PUBLIC_TABLE_SIDE: &str = "the public table's side";
/// Name of the gate of the fixed tables' side.
pub const FIXED_TABLE_SIDE: &str = "the fixed tables' side";
/// Name of the gate of the total columns.
pub const TOTALS_ARE_ZERO: &str = "a total column is zero outside its rows";
/// Name of the gates of the running sum.
pub const RUNNING_SUM_CLOSES: &str = "the running sum closes";

/// Rotations at which the running sum is queried: they set the number of random rows of every
/// column (`blinding_factors() + 1` = rotations + 3).
pub const SUM_ROTATIONS: usize = 6;

/// Index of the columns of the second round, counted from its first.
#[derive(Clone, Debug)]
pub struct SecondRound {
    /// First helper.
    pub helpers: usize,
    /// Range table side.
    pub range: usize,
    /// Public table side.
    pub public: Option<usize>,
    /// Fixed tables' side.
    pub fixed: Option<usize>,
    /// Running sum.
    pub sum: usize,
    /// Number of columns.
    pub count: usize,
}

impl SecondRound {
    /// The second round of a layout. Column 0 is α, column i is β^i.
    pub fn of(layout: &Layout) -> SecondRound {
        let first_helper = 1 + layout.beta_powers();
        let range = first_helper + helpers(layout).len();
        let public = (layout.table_width > 0).then_some(range + 1);
        let after = range + 1 + usize::from(public.is_some());
        let fixed = (!layout.fixed.is_empty()).then_some(after);
        let sum = after + usize::from(fixed.is_some());
        SecondRound {
            helpers: first_helper,
            range,
            public,
            fixed,
            sum,
            count: sum + 1,
        }
    }
}

/// Index of the instance columns.
#[derive(Clone, Debug)]
pub struct InstanceColumns {
    /// Tag of the public table; its values follow.
    pub table: Option<usize>,
    /// For each total column: the rows that may hold a total; its weights follow.
    pub totals: usize,
    /// For each weighed column: its weights.
    pub weighed: usize,
    /// Number of columns.
    pub count: usize,
}

impl InstanceColumns {
    /// The instance columns of a layout. Column 0 holds the scalars.
    pub fn of(layout: &Layout) -> InstanceColumns {
        let table = (layout.table_width > 0).then_some(1);
        let totals = 1 + table.map_or(0, |_| 1 + layout.table_width);
        let weighed = totals + 2 * layout.total_columns.len();
        InstanceColumns {
            table,
            totals,
            weighed,
            count: weighed + layout.weighed.len(),
        }
    }
}

/// Columns of the circuit.
#[derive(Clone, Debug)]
pub struct Config {
    layout: Arc<Layout>,
    advice: Vec<Column<Advice>>,
    active: Column<Fixed>,
    first: Column<Fixed>,
    last: Column<Fixed>,
    range_tag: Column<Fixed>,
    range_value: Column<Fixed>,
    /// Tag, then values, of the fixed tables; none without them.
    fixed_tables: Vec<Column<Fixed>>,
}

thread_local! {
    static CONFIGURED: RefCell<Option<Arc<Layout>>> = const { RefCell::new(None) };
}

/// Calls the library with circuits of this layout.
///
/// The library asks a circuit's *type* for its columns and gates; ours follow from a layout, which
/// is a value. With a type for each module all of the library's prover would be compiled for each.
/// It asks on the thread that called it, before it does anything else, so that calls may nest.
pub fn with_layout<T>(layout: &Arc<Layout>, call: impl FnOnce() -> T) -> T {
    struct Before(Option<Arc<Layout>>);
    impl Drop for Before {
        fn drop(&mut self) {
            CONFIGURED.set(self.0.take());
        }
    }
    let _before = Before(CONFIGURED.replace(Some(Arc::clone(layout))));
    call()
}

/// The circuit of a layout, with or without a witness. What the library is given it for stands
/// inside [`with_layout`].
pub struct EngineCircuit {
    layout: Arc<Layout>,
    witness: RefCell<Witness>,
}

/// What there is to assign.
enum Witness {
    /// Nothing: keys are being made.
    None,
    /// All advice columns, `usable_rows()` long.
    Columns(Vec<Vec<Fp>>),
    /// Nothing any more. The library asks once and keeps a copy of its own; ours would stand
    /// beside it while it needs most memory.
    Assigned,
}

impl fmt::Debug for EngineCircuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EngineCircuit({})", self.layout.name)
    }
}

impl EngineCircuit {
    /// The circuit without a witness.
    pub fn empty(layout: &Arc<Layout>) -> Self {
        EngineCircuit {
            layout: Arc::clone(layout),
            witness: RefCell::new(Witness::None),
        }
    }

    /// The circuit with all its columns, which are wiped when they are assigned.
    pub fn with_columns(layout: &Arc<Layout>, columns: Vec<Vec<Fp>>) -> Self {
        EngineCircuit {
            layout: Arc::clone(layout),
            witness: RefCell::new(Witness::Columns(columns)),
        }
    }
}

/// The cells of a row, as halo2 queries them.
struct Row<'a, 'b> {
    meta: &'a mut VirtualCells<'b, Fp>,
    config: &'a Config,
    instance: &'a [Column<Instance>],
}

impl Row<'_, '_> {
    fn advice(&mut self, index: usize, next: bool) -> Expression<Fp> {
        let rotation = if next {
            Rotation::next()
        } else {
            Rotation::cur()
        };
        self.meta.query_advice(self.config.advice[index], rotation)
    }

    fn second(&mut self, index: usize, next: bool) -> Expression<Fp> {
        self.advice(self.config.layout.first_round() + index, next)
    }

    fn fixed(&mut self, column: Column<Fixed>) -> Expression<Fp> {
        self.meta.query_fixed(column)
    }

    fn public(&mut self, index: usize) -> Expression<Fp> {
        self.meta
            .query_instance(self.instance[index], Rotation::cur())
    }

    fn scalar(&mut self, row: i32) -> Expression<Fp> {
        self.meta.query_instance(self.instance[0], Rotation(row))
    }

    fn module(&mut self, expr: &Expr, lane: usize) -> Expression<Fp> {
        let config = self.config;
        expr.lower(
            &mut |col, next| {
                let (column, next) = config.layout.locate(lane, col, next);
                self.advice(column, next)
            },
            &|c| Expression::Constant(c),
        )
    }

    /// α + fold of an input.
    fn input(&mut self, input: Input) -> Expression<Fp> {
        let layout = Arc::clone(&self.config.layout);
        let alpha = self.second(0, false);
        match input {
            Input::Range { lane, check, limb } => {
                let range = &layout.range_checks[check];
                let lane_start = lane * layout.lane_width;
                let (value, tag) = match range.limbs.get(limb) {
                    Some(offset) => (self.advice(lane_start + offset, false), layout.limb_bits),
                    None => {
                        let value = self.advice(layout.physical(lane, range.col), false);
                        let mut rest = value;
                        for (i, offset) in range.limbs.iter().enumerate() {
                            let weight = power_of_two(layout.limb_bits * i as u32);
                            rest = rest - self.advice(lane_start + offset, false) * weight;
                        }
                        let shift = power_of_two(layout.limb_bits * range.limbs.len() as u32);
                        let inverse = shift.invert().unwrap_or(Fp::ONE);
                        let top = if range.limbs.is_empty() {
                            rest
                        } else {
                            rest * inverse
                        };
                        (top, range.top_bits)
                    }
                };
                match layout.range_tag(tag) {
                    0 => alpha + value,
                    tag => alpha + value + self.second(1, false) * Fp::from(tag),
                }
            }
            Input::Tuple { lane, lookup } => {
                let lookup = &layout.lookups[lookup];
                let mut fold = alpha + self.second(1, false) * Fp::from(lookup.tag);
                for (i, value) in lookup.values.iter().enumerate() {
                    let value = self.module(value, lane);
                    fold = if i == 0 {
                        fold + value
                    } else {
                        fold + self.second(i + 1, false) * value
                    };
                }
                fold
            }
        }
    }
}

/// helper · Π terms − Σ Π (terms without one): zero exactly if the helper is Σ 1/term.
fn reciprocals(helper: Expression<Fp>, terms: &[Expression<Fp>]) -> Expression<Fp> {
    let one = Expression::Constant(Fp::ONE);
    match terms {
        [a] => a.clone() * helper - one,
        [a, b] => a.clone() * (b.clone() * helper - one) - b.clone(),
        [a, b, c] => {
            let both = a.clone() * b.clone();
            both * (c.clone() * helper - one) - c.clone() * (a.clone() + b.clone())
        }
        _ => helper,
    }
}

impl Config {
    fn configure(meta: &mut ConstraintSystem<Fp>, layout: Arc<Layout>) -> Config {
        let second = SecondRound::of(&layout);
        let instances = InstanceColumns::of(&layout);
        let advice = (0..layout.first_round() + second.count)
            .map(|_| meta.advice_column())
            .collect();
        let fixed_columns = match layout.fixed.width() {
            0 => 0,
            width => 1 + width,
        };
        let config = Config {
            layout,
            advice,
            active: meta.fixed_column(),
            first: meta.fixed_column(),
            last: meta.fixed_column(),
            range_tag: meta.fixed_column(),
            range_value: meta.fixed_column(),
            fixed_tables: (0..fixed_columns).map(|_| meta.fixed_column()).collect(),
        };
        let instance: Vec<_> = (0..instances.count)
            .map(|_| meta.instance_column())
            .collect();
        config.module_gates(meta, &instance);
        config.challenge_gates(meta, &instance);
        config.lookup_gates(meta, &instance, &second, &instances);
        config.sum_gates(meta, &instance, &second, &instances);
        config
    }

    /// Opens a gate with the row's cells at hand.
    fn gate(
        &self,
        meta: &mut ConstraintSystem<Fp>,
        instance: &[Column<Instance>],
        name: &'static str,
        build: impl FnOnce(&mut Row<'_, '_>) -> Vec<Expression<Fp>>,
    ) {
        meta.create_gate(name, |meta| {
            let mut row = Row {
                meta,
                config: self,
                instance,
            };
            build(&mut row)
                .into_iter()
                .map(|poly| (name, poly))
                .collect::<Vec<_>>()
        });
    }

    fn module_gates(&self, meta: &mut ConstraintSystem<Fp>, instance: &[Column<Instance>]) {
        let layout = Arc::clone(&self.layout);
        for gate in &layout.gates {
            self.gate(meta, instance, gate.name, |row| {
                let (selector, lanes) = match gate.place {
                    Place::Every => (self.active, layout.lanes),
                    Place::First => (self.first, 1),
                    Place::Sentinel => (self.last, 1),
                };
                let on = row.fixed(selector);
                (0..lanes)
                    .map(|lane| on.clone() * row.module(&gate.expr, lane))
                    .collect()
            });
        }
        // Every column is queried, so that the proof opens it: an unread commitment binds nothing.
        self.gate(meta, instance, EVERY_COLUMN_IS_OPENED, |row| {
            for column in 0..layout.first_round() {
                row.advice(column, false);
            }
            vec![Expression::Constant(Fp::ZERO)]
        });
    }

    fn challenge_gates(&self, meta: &mut ConstraintSystem<Fp>, instance: &[Column<Instance>]) {
        for index in 0..=self.layout.beta_powers() {
            self.gate(meta, instance, CHALLENGE_IS_ANCHORED, |row| {
                let (here, next) = (row.second(index, false), row.second(index, true));
                let anchor = row.scalar(1 + index as i32);
                let (active, first) = (row.fixed(self.active), row.fixed(self.first));
                vec![active * (next - here.clone()), first * (here - anchor)]
            });
        }
    }

    fn lookup_gates(
        &self,
        meta: &mut ConstraintSystem<Fp>,
        instance: &[Column<Instance>],
        second: &SecondRound,
        instances: &InstanceColumns,
    ) {
        for (i, inputs) in helpers(&self.layout).into_iter().enumerate() {
            self.gate(meta, instance, HELPER_IS_THE_SUM, |row| {
                let terms: Vec<_> = inputs.iter().map(|input| row.input(*input)).collect();
                let helper = row.second(second.helpers + i, false);
                vec![row.fixed(self.active) * reciprocals(helper, &terms)]
            });
        }
        self.gate(meta, instance, RANGE_TABLE_SIDE, |row| {
            let entry = row.second(0, false)
                + row.fixed(self.range_value)
                + row.second(1, false) * row.fixed(self.range_tag);
            let side = row.second(second.range, false);
            let multiplicity = row.advice(self.layout.range_multiplicity(), false);
            vec![row.fixed(self.active) * (entry * side - multiplicity)]
        });
        let table = second
            .public
            .zip(instances.table)
            .zip(self.layout.public_multiplicity());
        if let Some(((side, table), multiplicity)) = table {
            self.gate(meta, instance, PUBLIC_TABLE_SIDE, |row| {
                let mut entry = row.second(0, false) + row.second(1, false) * row.public(table);
                for i in 0..self.layout.table_width {
                    let value = row.public(table + 1 + i);
                    entry = if i == 0 {
                        entry + value
                    } else {
                        entry + row.second(i + 1, false) * value
                    };
                }
                let side = row.second(side, false);
                let multiplicity = row.advice(multiplicity, false);
                vec![row.fixed(self.active) * (entry * side - multiplicity)]
            });
        }
        let table = second.fixed.zip(self.layout.fixed_multiplicity());
        if let Some(((side, multiplicity), (tag, values))) =
            table.zip(self.fixed_tables.split_first())
        {
            self.gate(meta, instance, FIXED_TABLE_SIDE, |row| {
                let mut entry = row.second(0, false) + row.second(1, false) * row.fixed(*tag);
                for (i, value) in values.iter().enumerate() {
                    let value = row.fixed(*value);
                    entry = if i == 0 {
                        entry + value
                    } else {
                        entry + row.second(i + 1, false) * value
                    };
                }
                let side = row.second(side, false);
                let multiplicity = row.advice(multiplicity, false);
                vec![row.fixed(self.active) * (entry * side - multiplicity)]
            });
        }
    }

    fn sum_gates(
        &self,
        meta: &mut ConstraintSystem<Fp>,
        instance: &[Column<Instance>],
        second: &SecondRound,
        instances: &InstanceColumns,
    ) {
        let layout = &self.layout;
        if !layout.total_columns.is_empty() {
            self.gate(meta, instance, TOTALS_ARE_ZERO, |row| {
                let on = row.fixed(self.active) + row.fixed(self.last);
                (0..layout.total_columns.len())
                    .map(|i| {
                        let allowed = row.public(instances.totals + 2 * i);
                        let total = row.advice(layout.total_column(i), false);
                        on.clone() * total * (Expression::Constant(Fp::ONE) - allowed)
                    })
                    .collect()
            });
        }
        self.gate(meta, instance, RUNNING_SUM_CLOSES, |row| {
            let mut step = -row.second(second.range, false);
            if let Some(public) = second.public {
                step = step - row.second(public, false);
            }
            if let Some(fixed) = second.fixed {
                step = step - row.second(fixed, false);
            }
            for helper in second.helpers..second.range {
                step = step + row.second(helper, false);
            }
            for (i, total) in layout.totals.iter().enumerate() {
                for lane in 0..layout.lanes {
                    let addend = row.module(&total.addend, lane);
                    step = step
                        + if i == 0 {
                            addend
                        } else {
                            row.second(i, false) * addend
                        };
                }
            }
            for i in 0..layout.total_columns.len() {
                let weight = row.public(instances.totals + 2 * i + 1);
                step = step + weight * row.advice(layout.total_column(i), false);
            }
            for (i, col) in layout.weighed.iter().enumerate() {
                let weight = row.public(instances.weighed + i);
                step = step + weight * row.advice(layout.physical(0, *col), false);
            }
            let (here, next) = (row.second(second.sum, false), row.second(second.sum, true));
            let start = row.scalar(0);
            // Four more rotations of a column that is never linked, signed or opened raise the
            // random rows of every column to nine (CONDITIONS P2).
            let sum = self.advice[layout.first_round() + second.sum];
            for rotation in 2..SUM_ROTATIONS as i32 {
                row.meta.query_advice(sum, Rotation(rotation));
            }
            vec![
                row.fixed(self.active) * (next - here.clone() - step),
                row.fixed(self.first) * (here.clone() - start),
                row.fixed(self.last) * here,
            ]
        });
    }
}

impl Circuit<Fp> for EngineCircuit {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;

    fn without_witnesses(&self) -> Self {
        EngineCircuit::empty(&self.layout)
    }

    fn configure(meta: &mut ConstraintSystem<Fp>) -> Config {
        // The library's interface has no error here, and a call outside `with_layout` is a mistake in
        // this code that no input leads to.
        #[allow(clippy::expect_used)]
        let layout = CONFIGURED
            .with_borrow(Clone::clone)
            .expect("the library is called inside `with_layout`");
        Config::configure(meta, layout)
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fp>) -> Result<(), Error> {
        // The columns of one layout are not to be filled with those of another.
        if !Arc::ptr_eq(&config.layout, &self.layout) {
            return Err(Error::Synthesis);
        }
        let mut columns = match self.witness.replace(Witness::Assigned) {
            Witness::None => {
                self.witness.replace(Witness::None);
                None
            }
            Witness::Columns(columns) => Some(columns),
            Witness::Assigned => return Err(Error::Synthesis),
        };
        let active = self.layout.active_rows();
        let table = self.layout.range_table();
        let fixed_rows = self.layout.fixed_rows();
        // The planner runs the closure twice: once for the region's shape, for which the first
        // and the last row are enough, and once to assign.
        let mut pass = 0;
        layouter.assign_region(
            || "rows",
            |mut region| {
                pass += 1;
                let rows: Vec<usize> = if pass == 1 {
                    vec![0, active]
                } else {
                    (0..=active).collect()
                };
                let mut fixed = |column, row: usize, value: u64| {
                    region
                        .assign_fixed(|| "", column, row, || Value::known(Fp::from(value)))
                        .map(|_| ())
                };
                for &row in &rows {
                    fixed(config.active, row, u64::from(row < active))?;
                    fixed(config.first, row, u64::from(row == 0))?;
                    fixed(config.last, row, u64::from(row == active))?;
                    let (tag, value) = table.get(row).copied().unwrap_or((0, 0));
                    fixed(config.range_tag, row, tag)?;
                    fixed(config.range_value, row, value)?;
                    let (tag, values) = fixed_rows.get(row).copied().unwrap_or((0, &[]));
                    for (i, column) in config.fixed_tables.iter().enumerate() {
                        let value = match i {
                            0 => tag,
                            _ => values.get(i - 1).copied().unwrap_or(0),
                        };
                        fixed(*column, row, value)?;
                    }
                }
                for (index, column) in config.advice.iter().enumerate() {
                    for &row in &rows {
                        let value = match &columns {
                            Some(columns) => Value::known(columns[index][row]),
                            None => Value::unknown(),
                        };
                        region.assign_advice(|| "", *column, row, || value)?;
                    }
                }
                Ok(())
            },
        )?;
        columns.zeroize();
        Ok(())
    }
}
