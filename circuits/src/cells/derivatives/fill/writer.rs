//! One row after the other: padding, registers, and the cells of the row's job.

use std::collections::BTreeMap;

use ff::Field;
use num_bigint::BigUint;

use super::{FillError, Rows};
use crate::cells::derivatives::columns::{Columns, DISCOUNT_ONE_BITS};
use crate::counterparty_risk::{margined_factor, unmargined_factor};
use crate::field::{Fp, from_biguint, from_u128, power_of_two};
use crate::fixed_point::functions::{ETA_BITS, Evaluated, ln_ratio};
use crate::protocol::expr::Col;
use crate::protocol::witness::Grid;

/// A row being written: cells that differ from the padding's.
#[derive(Default)]
pub(super) struct Cells(Vec<(Col, Fp)>);

impl Cells {
    pub(super) fn set(&mut self, col: Col, value: impl Into<Cell>) {
        self.0.push((col, value.into().0));
    }

    /// The value of a function and how it came about, without the words that hold the value.
    pub(super) fn function(&mut self, c: &Columns, f: &Evaluated) {
        let columns = &c.function;
        self.set(columns.node, f.node);
        for (col, k) in columns.coefficients.into_iter().zip(f.coefficients) {
            self.set(col, k);
        }
        self.set(columns.head, f.head);
        self.set(columns.factor, f.factor);
        self.set(columns.power, f.power);
        self.set(columns.addend, f.addend);
        self.set(c.words.eta30, f.eta);
    }

    /// The same, with the words of its value and remainder.
    pub(super) fn evaluated(&mut self, c: &Columns, f: &Evaluated) {
        self.function(c, f);
        self.set(c.words.y52, f.y);
        self.set(c.words.w104, f.remainder);
    }
}

/// A value of a cell.
pub(super) struct Cell(Fp);

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Cell(Fp::from(value))
    }
}

impl From<u32> for Cell {
    fn from(value: u32) -> Self {
        Cell(Fp::from(u64::from(value)))
    }
}

impl From<u128> for Cell {
    fn from(value: u128) -> Self {
        Cell(from_u128(value))
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Cell(Fp::from(u64::from(value)))
    }
}

impl From<Fp> for Cell {
    fn from(value: Fp) -> Self {
        Cell(value)
    }
}

pub(super) struct Writer<'a, 'b> {
    pub(super) c: &'a Columns,
    pub(super) rows: &'a Rows<'a>,
    grid: &'b mut Grid,
    at: usize,
    pub(super) set: String,
    /// The margin period of the netting set.
    pub(super) period: u32,
    registers: BTreeMap<Col, Fp>,
    /// The cells of a row that does nothing.
    padding: Vec<(Col, Fp)>,
}

impl<'a, 'b> Writer<'a, 'b> {
    pub(super) fn new(c: &'a Columns, rows: &'a Rows<'a>, grid: &'b mut Grid) -> Self {
        let mut cells = Cells::default();
        let one = rows.snapshot.quotes().next().map_or(0, |(_, rate)| *rate);
        for (currency, rate) in [(c.currency, c.rate), (c.value_currency, c.value_rate)] {
            cells.set(currency, 1u64);
            cells.set(rate, one);
        }
        cells.set(c.discount_high, rows.discounts.coarse[0]);
        cells.set(c.discount_low, rows.discounts.fine[0]);
        if let Ok(log) = ln_ratio(1, 1) {
            cells.function(c, &log.cells);
        }
        let mut registers: BTreeMap<Col, Fp> = c
            .registers
            .sums()
            .into_iter()
            .map(|col| (col, Fp::ZERO))
            .collect();
        let r = &c.registers;
        for col in [r.class, r.subset, r.hedging_set, r.period, r.currency] {
            registers.insert(col, Fp::ZERO);
        }
        registers.insert(r.start, power_of_two(DISCOUNT_ONE_BITS));
        Writer {
            c,
            rows,
            grid,
            at: 0,
            set: String::new(),
            period: 0,
            registers,
            padding: cells.0,
        }
    }

    pub(super) fn wide(&self, what: &'static str) -> FillError {
        FillError::TooWide {
            set: self.set.clone(),
            what,
        }
    }

    /// Cuts a number into words, the lowest first.
    pub(super) fn words(
        &self,
        cells: &mut Cells,
        cols: &[Col],
        value: &BigUint,
        what: &'static str,
    ) -> Result<(), FillError> {
        let mut rest = value.clone();
        for col in cols {
            let bits = self.c.words.word(*col).bits;
            let low = &rest % (BigUint::from(1u32) << bits);
            rest >>= bits;
            cells.set(*col, from_biguint(&low));
        }
        if rest == BigUint::ZERO {
            Ok(())
        } else {
            Err(self.wide(what))
        }
    }

    /// Writes a row: padding, registers, and what is given.
    pub(super) fn row(&mut self, job: Option<Col>, cells: &Cells) {
        let given = job.map(|job| (job, Fp::ONE));
        let registers = self.registers.iter().map(|(col, value)| (*col, *value));
        let maturity = self.maturity();
        for (col, value) in (self.padding.iter().copied())
            .chain(maturity)
            .chain(registers)
            .chain(given)
            .chain(cells.0.iter().copied())
        {
            self.grid.set_field(self.at, col, value);
        }
        self.quadratic();
        self.at += 1;
    }

    /// The quadratic holds on every row, also where the job uses its word for something else.
    fn quadratic(&mut self) {
        let f = &self.c.function;
        let cell = |col| self.grid.get(self.at, col);
        let [k0, k1, k2] = f.coefficients.map(cell);
        let eta = cell(self.c.words.eta30);
        let poly =
            k0 * power_of_two(2 * ETA_BITS) - k1 * eta * power_of_two(ETA_BITS) + k2 * eta.square();
        self.grid.set_field(self.at, f.poly, poly);
    }

    /// The maturity factor of a row that is no trade.
    pub(super) fn maturity(&self) -> [(Col, Fp); 2] {
        let rules = self.rows.rules;
        let period = self.period.checked_sub(1).map(|index| index as usize);
        let factor = match period.and_then(|index| rules.margin_periods.get(index)) {
            Some(period) => margined_factor(rules, period.days),
            None => unmargined_factor(rules, 0),
        };
        [
            (self.c.maturity, Fp::ZERO),
            (self.c.maturity_factor, Fp::from(factor)),
        ]
    }

    pub(super) fn add(&mut self, col: Col, value: Fp) {
        *self.registers.entry(col).or_insert(Fp::ZERO) += value;
    }

    pub(super) fn put(&mut self, col: Col, value: impl Into<Cell>) {
        self.registers.insert(col, value.into().0);
    }

    pub(super) fn clear(&mut self, cols: &[Col]) {
        for col in cols {
            self.registers.insert(*col, Fp::ZERO);
        }
    }

    /// Pads to the end.
    pub(super) fn padding(&mut self) {
        self.period = 0;
        let r = &self.c.registers;
        self.clear(&[r.class, r.subset, r.hedging_set, r.period, r.currency]);
        let (first, end) = (self.at, self.grid.layout().positions());
        if first < end {
            self.row(None, &Cells::default());
            for column in self.grid.columns_mut() {
                let value = column[first];
                column[first + 1..end].fill(value);
            }
        }
        self.at = end;
        // The sentinel receives the registers, all at rest.
        let registers: Vec<(Col, Fp)> = self.registers.iter().map(|(c, v)| (*c, *v)).collect();
        for (col, value) in registers {
            self.grid.set_field(self.at, col, value);
        }
    }
}
