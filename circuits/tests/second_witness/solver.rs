//! All witnesses of a few positions of a circuit, for given inputs.
//!
//! Nothing is sampled and nothing is small: cells that a gate determines are solved for, tables and
//! bits are branched over, and words are narrowed to the integers that the equations leave them,
//! which is what makes a quotient unique. A gate that is zero modulo p is taken for an equation of
//! integers only where its terms cannot reach p.

use std::collections::{BTreeMap, BTreeSet};

use ff::{Field, PrimeField};
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, Zero};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::expr::{Col, Expr};
use plimsoll_circuits::protocol::layout::{Bound, Layout, Place};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;

/// Rows of a table that are all tried before words are.
const FEW: usize = 64;
/// Branches that one search may take.
const MOST: usize = 200_000;

/// A cell: position and column.
pub(crate) type Cell = (usize, usize);

/// The least residue by absolute value.
pub(crate) fn integer(value: &Fp) -> BigInt {
    let natural = |value: &Fp| BigInt::from_bytes_le(Sign::Plus, &value.to_repr());
    let (plus, minus) = (natural(value), natural(&-*value));
    if plus <= minus { plus } else { -minus }
}

fn modulus() -> BigInt {
    BigInt::from_bytes_le(Sign::Plus, &(-Fp::ONE).to_repr()) + 1
}

fn element(value: &BigInt) -> Fp {
    let natural = |value: &BigUint| plimsoll_circuits::field::from_biguint(value);
    let size = natural(value.magnitude());
    if value.is_negative() { -size } else { size }
}

/// What is known of the unknown cells.
#[derive(Clone)]
struct State {
    values: BTreeMap<Cell, Fp>,
    /// Of cells that the engine bounds.
    ranges: BTreeMap<Cell, (BigInt, BigInt)>,
}

/// constant + Σ coefficient · cell.
struct Affine {
    constant: Fp,
    terms: BTreeMap<Cell, Fp>,
}

/// One way to fill the unknown cells.
pub(crate) type Solution = BTreeMap<Cell, Fp>;

pub(crate) struct Search<'a> {
    layout: &'a Layout,
    grid: &'a Grid,
    unknown: BTreeSet<Cell>,
    positions: Vec<usize>,
    /// Rows of the public and fixed tables, by tag.
    tables: BTreeMap<u64, Vec<Vec<Fp>>>,
    /// A gate that is taken away.
    without: Option<&'static str>,
    /// Words that others follow from: they are tried first.
    first: Vec<Cell>,
    modulus: BigInt,
    branches: usize,
    pub(crate) solutions: Vec<Solution>,
    /// Gates and lookups that said something about an unknown cell.
    pub(crate) used: BTreeSet<&'static str>,
    /// Cells that nothing determines.
    pub(crate) free: BTreeSet<Cell>,
    /// Words of which the ends, the middle, the honest value and its neighbours were tried.
    pub(crate) sampled: BTreeSet<Cell>,
}

/// A step that cannot be taken: the branch has no witness.
struct Contradiction;

impl<'a> Search<'a> {
    /// Gates and lookups of these positions, with these cells unknown.
    pub(crate) fn new(
        grid: &'a Grid,
        publics: &Publics,
        positions: &[usize],
        unknown: BTreeSet<Cell>,
    ) -> Search<'a> {
        let layout: &Layout = grid.layout();
        let mut tables: BTreeMap<u64, Vec<Vec<Fp>>> = BTreeMap::new();
        for (tag, values) in publics.table.rows() {
            let row = values.iter().map(|value| Fp::from(*value)).collect();
            tables.entry(*tag).or_default().push(row);
        }
        for (tag, values) in layout.fixed_rows() {
            let row = values.iter().map(|value| Fp::from(*value)).collect();
            tables.entry(tag).or_default().push(row);
        }
        Search {
            layout,
            grid,
            unknown,
            positions: positions.to_vec(),
            tables,
            without: None,
            first: Vec::new(),
            modulus: modulus(),
            branches: 0,
            solutions: Vec::new(),
            used: BTreeSet::new(),
            free: BTreeSet::new(),
            sampled: BTreeSet::new(),
        }
    }

    /// Everything at these positions but the inputs.
    pub(crate) fn all_but(layout: &Layout, positions: &[usize], inputs: &[&str]) -> BTreeSet<Cell> {
        let names = layout.columns.iter().enumerate();
        let hidden = names.filter(|(_, column)| !inputs.contains(&column.name));
        let hidden: Vec<usize> = hidden.map(|(index, _)| index).collect();
        let cells = |position: &usize| {
            let position = *position;
            hidden.iter().map(move |column| (position, *column))
        };
        positions.iter().flat_map(cells).collect()
    }

    /// What the tables leave to cells that are looked up as they are.
    fn table_ranges(&self) -> BTreeMap<Cell, (BigInt, BigInt)> {
        let mut ranges = BTreeMap::new();
        for position in &self.positions {
            for lookup in &self.layout.lookups {
                let Some(rows) = self.tables.get(&lookup.tag) else {
                    continue;
                };
                for (index, value) in lookup.values.iter().enumerate() {
                    let Expr::Cell { col, next: false } = value else {
                        continue;
                    };
                    let entries = rows
                        .iter()
                        .map(|row| row.get(index).map_or(BigInt::zero(), integer));
                    let (low, high) = (entries.clone().min(), entries.max());
                    if let (Some(low), Some(high)) = (low, high) {
                        ranges.insert((*position, col.0), (low, high));
                    }
                }
            }
        }
        ranges
    }

    /// As if this gate were not there.
    pub(crate) fn without(mut self, gate: &'static str) -> Search<'a> {
        self.without = Some(gate);
        self
    }

    /// Tries these words before others.
    pub(crate) fn trying(mut self, first: Vec<Cell>) -> Search<'a> {
        self.first = first;
        self
    }

    pub(crate) fn run(mut self) -> Search<'a> {
        let range = |cell: &Cell| {
            let most = match self.layout.columns[cell.1].bound {
                Bound::Bits(bits) => (BigInt::one() << bits) - 1,
                Bound::Bit => BigInt::one(),
                Bound::By(_) => return None,
            };
            Some((*cell, (BigInt::zero(), most)))
        };
        let mut ranges = self.table_ranges();
        ranges.retain(|cell, _| self.unknown.contains(cell));
        ranges.extend(self.unknown.iter().filter_map(range));
        let state = State {
            values: BTreeMap::new(),
            ranges,
        };
        self.branch(state);
        self
    }

    /// The honest value of a cell.
    pub(crate) fn honest(&self, cell: Cell) -> Fp {
        self.grid.get(cell.0, Col(cell.1))
    }

    /// An expression at a position, under a solution.
    pub(crate) fn eval(&self, expr: &Expr, position: usize, solution: &Solution) -> Fp {
        expr.eval(&|col, next| {
            let cell = (position + usize::from(next), col.0);
            let found = solution.get(&cell).copied();
            found.unwrap_or_else(|| self.honest(cell))
        })
    }

    fn affine(&self, expr: &Expr, position: usize, state: &State) -> Option<Affine> {
        let constant = |constant| Affine {
            constant,
            terms: BTreeMap::new(),
        };
        let scaled = |mut a: Affine, by: Fp| {
            a.constant *= by;
            a.terms.values_mut().for_each(|c| *c *= by);
            a.terms.retain(|_, c| *c != Fp::ZERO);
            a
        };
        Some(match expr {
            Expr::Const(c) => constant(*c),
            Expr::Cell { col, next } => {
                let cell = (position + usize::from(*next), col.0);
                if !self.unknown.contains(&cell) {
                    constant(self.honest(cell))
                } else if let Some(value) = state.values.get(&cell) {
                    constant(*value)
                } else {
                    Affine {
                        constant: Fp::ZERO,
                        terms: BTreeMap::from([(cell, Fp::ONE)]),
                    }
                }
            }
            Expr::Sum(a, b) => {
                let mut sum = self.affine(a, position, state)?;
                let other = self.affine(b, position, state)?;
                sum.constant += other.constant;
                for (cell, c) in other.terms {
                    *sum.terms.entry(cell).or_insert(Fp::ZERO) += c;
                }
                sum.terms.retain(|_, c| *c != Fp::ZERO);
                sum
            }
            Expr::Product(a, b) => {
                let (a, b) = (
                    self.affine(a, position, state),
                    self.affine(b, position, state),
                );
                let zero = |a: &Option<Affine>| {
                    let known = a.as_ref().filter(|a| a.terms.is_empty());
                    known.is_some_and(|a| a.constant == Fp::ZERO)
                };
                if zero(&a) || zero(&b) {
                    constant(Fp::ZERO)
                } else {
                    match (a?, b?) {
                        (a, b) if a.terms.is_empty() => scaled(b, a.constant),
                        (a, b) if b.terms.is_empty() => scaled(a, b.constant),
                        _ => return None,
                    }
                }
            }
            Expr::Scaled(a, by) => scaled(self.affine(a, position, state)?, *by),
        })
    }

    fn assign(&self, state: &mut State, cell: Cell, value: Fp) -> Result<(), Contradiction> {
        if let Some((low, high)) = state.ranges.get(&cell) {
            let found = integer(&value);
            if found < *low || found > *high {
                return Err(Contradiction);
            }
        }
        state.ranges.remove(&cell);
        state.values.insert(cell, value);
        Ok(())
    }

    /// What one equation says; whether it said something new.
    fn narrow(&self, state: &mut State, equation: &Affine) -> Result<bool, Contradiction> {
        let Affine { constant, terms } = equation;
        if terms.is_empty() {
            return if *constant == Fp::ZERO {
                Ok(false)
            } else {
                Err(Contradiction)
            };
        }
        if let [(cell, c)] = terms.iter().collect::<Vec<_>>()[..] {
            let inverse = Option::<Fp>::from(c.invert()).ok_or(Contradiction)?;
            self.assign(state, *cell, -*constant * inverse)?;
            return Ok(true);
        }
        // Σ coefficient · cell = −constant, as integers.
        let mut spans = Vec::new();
        for (cell, c) in terms {
            let Some((low, high)) = state.ranges.get(cell) else {
                return Ok(false);
            };
            let c = integer(c);
            let ends = (&c * low, &c * high);
            let (least, most) = if c.is_negative() {
                (ends.1, ends.0)
            } else {
                ends
            };
            spans.push((*cell, c, least, most));
        }
        let constant = integer(constant);
        let least: BigInt = &constant + spans.iter().map(|s| &s.2).sum::<BigInt>();
        let most: BigInt = &constant + spans.iter().map(|s| &s.3).sum::<BigInt>();
        if least <= -&self.modulus || most >= self.modulus {
            return Ok(false);
        }
        if least.is_positive() || most.is_negative() {
            return Err(Contradiction);
        }
        let mut news = false;
        for (cell, c, low, high) in spans {
            // c · cell lies between −(most − high) and −(least − low).
            let (from, to) = (-(&most - &high), -(&least - &low));
            let (from, to) = if c.is_negative() {
                (to.div_ceil(&c), from.div_floor(&c))
            } else {
                (from.div_ceil(&c), to.div_floor(&c))
            };
            let Some(range) = state.ranges.get_mut(&cell) else {
                continue;
            };
            let (from, to) = (from.max(range.0.clone()), to.min(range.1.clone()));
            if from > to {
                return Err(Contradiction);
            }
            if (&from, &to) != (&range.0, &range.1) {
                news = true;
            }
            *range = (from.clone(), to.clone());
            if from == to {
                self.assign(state, cell, element(&from))?;
            }
        }
        Ok(news)
    }

    fn gates_at(
        &self,
        position: usize,
    ) -> impl Iterator<Item = (&'static str, &'a Expr)> + use<'a> {
        let layout = self.layout;
        let sentinel = layout.positions();
        let without = self.without;
        let kept = layout.gates.iter().filter(move |g| Some(g.name) != without);
        let gates = kept.filter(move |gate| match gate.place {
            Place::Every => position < sentinel,
            Place::First => position == 0,
            Place::Sentinel => position == sentinel,
        });
        gates.map(|gate| (gate.name, &gate.expr))
    }

    /// For each lookup at each position that is not decided: the rows that fit.
    fn lookups(
        &mut self,
        state: &mut State,
    ) -> Result<(bool, Option<Vec<Solution>>), Contradiction> {
        let mut news = false;
        let mut fewest: Option<Vec<Solution>> = None;
        for position in self.positions.clone() {
            for lookup in &self.layout.lookups {
                let values: Option<Vec<Affine>> = lookup
                    .values
                    .iter()
                    .map(|value| self.affine(value, position, state))
                    .collect();
                let Some(values) = values else { continue };
                if values.iter().any(|value| !value.terms.is_empty()) {
                    self.used.insert(lookup.name);
                }
                let inverses: Vec<Option<Fp>> = values
                    .iter()
                    .map(|value| match value.terms.values().collect::<Vec<_>>()[..] {
                        [c] => c.invert().into(),
                        _ => None,
                    })
                    .collect();
                let none = Vec::new();
                let rows = self.tables.get(&lookup.tag).unwrap_or(&none);
                let mut fitting: BTreeSet<Vec<(Cell, Vec<u8>)>> = BTreeSet::new();
                let mut fits = Vec::new();
                for row in rows {
                    let mut one = Solution::new();
                    let padded = row.iter().copied().chain(std::iter::repeat(Fp::ZERO));
                    let known = values.iter().zip(&inverses).zip(padded);
                    let agree = known.into_iter().all(|((value, inverse), entry)| {
                        match (value.terms.keys().next(), inverse) {
                            (None, _) => value.constant == entry,
                            (Some(cell), Some(inverse)) => {
                                let wanted = (entry - value.constant) * inverse;
                                let range = state.ranges.get(cell);
                                let fits = range.is_none_or(|(low, high)| {
                                    let wanted = integer(&wanted);
                                    wanted >= *low && wanted <= *high
                                });
                                fits && *one.entry(*cell).or_insert(wanted) == wanted
                            }
                            _ => true,
                        }
                    });
                    let key = one.iter().map(|(cell, v)| (*cell, v.to_repr().to_vec()));
                    if agree && fitting.insert(key.collect()) {
                        fits.push(one);
                    }
                }
                match fits.len() {
                    0 => return Err(Contradiction),
                    1 => {
                        for (cell, value) in fits.remove(0) {
                            self.assign(state, cell, value)?;
                            news = true;
                        }
                    }
                    count => {
                        if fewest.as_ref().is_none_or(|found| count < found.len()) {
                            fewest = Some(fits);
                        }
                    }
                }
            }
        }
        Ok((news, fewest))
    }

    /// Everything that follows without a choice; the choices that are left.
    fn propagate(&mut self, state: &mut State) -> Result<Vec<Solution>, Contradiction> {
        loop {
            let mut news = false;
            for position in self.positions.clone() {
                let gates: Vec<_> = self.gates_at(position).collect();
                for (name, expr) in gates {
                    let Some(equation) = self.affine(expr, position, state) else {
                        self.used.insert(name);
                        continue;
                    };
                    if !equation.terms.is_empty() {
                        self.used.insert(name);
                    }
                    news |= self.narrow(state, &equation)?;
                }
            }
            let (found, fewest) = self.lookups(state)?;
            if !(news || found) {
                let open = self.mentioned(state);
                return Ok(self.choices(state, fewest, &open));
            }
        }
    }

    /// The cells that some equation still speaks of; that a bit is a bit is no such equation.
    fn mentioned(&self, state: &State) -> BTreeSet<Cell> {
        let mut mentioned = BTreeSet::new();
        for position in &self.positions {
            for (_, expr) in self.gates_at(*position) {
                let cells = match self.affine(expr, *position, state) {
                    Some(equation) => equation.terms.into_keys().collect(),
                    None => {
                        let mut cells = BTreeSet::new();
                        expr.for_each_cell(&mut |col, next| {
                            let cell = (position + usize::from(next), col.0);
                            if self.unknown.contains(&cell) && !state.values.contains_key(&cell) {
                                cells.insert(cell);
                            }
                        });
                        cells
                    }
                };
                if cells.len() > 1 {
                    mentioned.extend(cells);
                }
            }
        }
        mentioned
    }

    /// Where a gate is a product of two differences in one cell: its two roots.
    fn roots(&self, state: &State) -> Option<Vec<Solution>> {
        let root = |expr: &Expr, position: usize| {
            let affine = self.affine(expr, position, state)?;
            let (cell, c) = affine.terms.first_key_value()?;
            let inverse = Option::<Fp>::from(c.invert())?;
            (affine.terms.len() == 1).then(|| Solution::from([(*cell, -affine.constant * inverse)]))
        };
        self.positions.iter().find_map(|position| {
            self.gates_at(*position).find_map(|(_, expr)| match expr {
                Expr::Product(a, b) => {
                    let roots = [root(a, *position)?, root(b, *position)?];
                    let of_one_cell = roots[0].keys().eq(roots[1].keys());
                    let is_bit = |cell| {
                        let range: Option<&(BigInt, BigInt)> = state.ranges.get(cell);
                        range.is_some_and(|(_, high)| high.is_one())
                    };
                    let bit = roots[0].keys().any(is_bit);
                    (of_one_cell && !bit).then(|| roots.to_vec())
                }
                _ => None,
            })
        })
    }

    /// Bits first, then rows of tables, then roots, then the ends of what a word may be.
    fn choices(
        &mut self,
        state: &State,
        fewest: Option<Vec<Solution>>,
        mentioned: &BTreeSet<Cell>,
    ) -> Vec<Solution> {
        let one = BigInt::one();
        let open = state.ranges.iter();
        let open = open.filter(|(cell, _)| mentioned.contains(cell));
        let bit = open.clone().find(|(_, (low, high))| high - low == one);
        if let Some((cell, (low, high))) = bit {
            let values = [low, high].map(|v| Solution::from([(*cell, element(v))]));
            return values.into();
        }
        match fewest {
            Some(rows) if rows.len() <= FEW => return rows,
            _ => {}
        }
        if let Some(roots) = self.roots(state) {
            return roots;
        }
        // What follows from a word is affine in it, or grows with it: its ends bound it. What
        // lies between is tried in the middle, where it is honest, and beside.
        let mut first = self.first.iter().filter_map(|cell| {
            let open = mentioned.contains(cell);
            state.ranges.get_key_value(cell).filter(|_| open)
        });
        let Some((cell, (low, high))) = first.next().or_else(|| open.clone().next()) else {
            return fewest.unwrap_or_default();
        };
        let honest = integer(&self.honest(*cell));
        let middle: BigInt = (low + high) / 2;
        let beside = [&honest - 1, &honest + 1];
        let tried = BTreeSet::from([low.clone(), middle, honest, high.clone()]);
        let tried: BTreeSet<BigInt> = tried.into_iter().chain(beside).collect();
        let inside = tried.iter().filter(|v| *v >= low && *v <= high);
        let tried: Vec<Solution> = inside
            .map(|value| Solution::from([(*cell, element(value))]))
            .collect();
        self.sampled.insert(*cell);
        tried
    }

    fn branch(&mut self, mut state: State) {
        self.branches += 1;
        assert!(self.branches < MOST, "too many branches");
        let Ok(choices) = self.propagate(&mut state) else {
            return;
        };
        if choices.is_empty() {
            let open = self
                .unknown
                .iter()
                .filter(|c| !state.values.contains_key(c));
            let open: Vec<Cell> = open.copied().collect();
            for cell in open {
                self.free.insert(cell);
                let honest = self.honest(cell);
                state.values.insert(cell, honest);
            }
            if self.holds(&state.values) {
                self.solutions.push(state.values);
            }
            return;
        }
        for choice in choices {
            let mut next = state.clone();
            let mut cells = choice.into_iter();
            if cells.all(|(cell, value)| self.assign(&mut next, cell, value).is_ok()) {
                self.branch(next);
            }
        }
    }

    fn holds(&self, solution: &Solution) -> bool {
        self.positions.iter().all(|position| {
            self.gates_at(*position)
                .all(|(_, expr)| self.eval(expr, *position, solution) == Fp::ZERO)
        })
    }
}
