//! The public and fixed tables, indexed: what the adversary reads for a key of his choice.

use std::collections::HashMap;
use std::sync::OnceLock;

use plimsoll_circuits::cells::tags;
use plimsoll_circuits::field::{Fp, to_u128};
use plimsoll_circuits::fixed_point::functions::{FUNCTION, HEAD};
use plimsoll_circuits::protocol::cheat::Forgery;

/// Numbers of the lines, by the job that reads them.
pub(super) mod line {
    pub(crate) const TRADE: u64 = 1;
    pub(crate) const OPTION: u64 = 2;
    pub(crate) const SUBSET: u64 = 3;
    pub(crate) const HEDGING_SET: u64 = 4;
    pub(crate) const NETTING_SET: u64 = 5;
    pub(crate) const EXPOSURE: u64 = 6;
    pub(crate) const TRANCHE: u64 = 7;
    pub(crate) const MARGIN: u64 = 8;
    pub(crate) const BUCKET: u64 = 9;
    pub(crate) const WEIGHTS: u64 = 10;
}

/// Rows by what a position reads them with.
#[derive(Default)]
pub(super) struct Tables {
    lines: HashMap<(u64, u64), Vec<Vec<u64>>>,
    pub(super) rates: HashMap<u64, u64>,
    pub(super) factors: HashMap<(u64, u64), u64>,
    pub(super) high: HashMap<u64, u64>,
    pub(super) low: HashMap<u64, u64>,
    pub(super) nodes: HashMap<(u64, u64), Vec<u64>>,
    pub(super) heads: HashMap<(u64, u64), Vec<u64>>,
}

impl Tables {
    /// The tables; they are the same in every forgery.
    pub(super) fn of(f: &Forgery) -> &'static Tables {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(|| {
            let mut tables = Tables::default();
            for (tag, values) in f.publics.table.rows() {
                match (*tag, values.as_slice()) {
                    (tags::DERIVATIVE_LINE, [number, key, rest @ ..]) => {
                        let lines = tables.lines.entry((*number, *key)).or_default();
                        lines.push(rest.to_vec());
                    }
                    (tags::RATE, [currency, rate, _]) => {
                        tables.rates.insert(*currency, *rate);
                    }
                    (tags::MATURITY_FACTOR, [period, maturity, factor]) => {
                        tables.factors.insert((*period, *maturity), *factor);
                    }
                    (tags::DISCOUNT_HIGH, [date, factor]) => {
                        tables.high.insert(*date, *factor);
                    }
                    (tags::DISCOUNT_LOW, [date, factor]) => {
                        tables.low.insert(*date, *factor);
                    }
                    other => panic!("a row of no table: {other:?}"),
                }
            }
            for (tag, values) in f.grid.layout().fixed_rows() {
                let (key, rest) = ((values[0], values[1]), values[2..].to_vec());
                match tag {
                    FUNCTION => tables.nodes.insert(key, rest),
                    HEAD => tables.heads.insert(key, rest),
                    _ => panic!("a fixed table of another kind"),
                };
            }
            tables
        })
    }

    /// The first line of a number and key whose values start with these.
    pub(super) fn line(&self, number: u64, key: u64, start: &[u64]) -> Option<&[u64]> {
        let lines = self.lines.get(&(number, key))?.iter();
        let mut lines = lines.filter(|line| line.starts_with(start));
        lines.next().map(Vec::as_slice)
    }
}

/// A cell's value as a table has it.
pub(super) fn small(value: Fp) -> Option<u64> {
    u64::try_from(to_u128(&value)?).ok()
}
