//! A record in words: class, weight and amounts, as the proof used them.
//!
//! Numbers of classes, kinds and currencies are looked up in the rulebook and the snapshot of the
//! attestation. What the record adds to the totals is what the circuit's own expression gives.

mod trade;

use ff::PrimeField;
use num_bigint::BigUint;

use super::{Record, record_columns};
use crate::amount::{EXPOSURE_SCALE, RWA_SCALE, format_scaled};
use crate::field::{Fp, to_u128};
use crate::protocol::expr::Col;
use crate::protocol::layout::Layout;
use crate::rulebook::Rulebook;
use crate::snapshot::Snapshot;
use crate::statement::{RowCircuit, Statement};

/// A record in words.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// External id.
    pub id: String,
    /// The circuit it stands in.
    pub circuit: &'static str,
    /// Class, and grade where there is one.
    pub class: String,
    /// (what, figure), in the order of the rule.
    pub figures: Vec<(&'static str, String)>,
    /// Its collateral.
    pub items: Vec<ShownItem>,
}

/// An item of collateral in words.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownItem {
    /// External id.
    pub id: String,
    /// Type and rating, as the haircut table names them.
    pub kind: String,
    /// (what, figure).
    pub figures: Vec<(&'static str, String)>,
}

crate::silent::silent!(Shown, ShownItem);

/// The integer below p that an element is.
pub(super) fn integer(value: &Fp) -> BigUint {
    BigUint::from_bytes_le(&value.to_repr())
}

struct Reader<'a> {
    record: &'a Record,
    layout: &'a Layout,
    rulebook: &'a Rulebook,
    snapshot: &'a Snapshot,
    scale: i8,
}

/// A verified record in words.
pub fn shown(
    record: &Record,
    layout: &Layout,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
    statement: &Statement,
) -> Shown {
    let reader = Reader {
        record,
        layout,
        rulebook,
        snapshot,
        scale: statement.scale,
    };
    let mut figures = match record.circuit {
        RowCircuit::Banded => reader.banded(),
        RowCircuit::Derivatives => reader.trade(),
        _ => reader.weighted(),
    };
    let totals = [
        ("exposure measure", EXPOSURE_SCALE),
        ("risk-weighted assets", RWA_SCALE),
    ];
    // A trade adds to the totals through its agreement alone.
    let totals = totals
        .iter()
        .filter(|_| record.circuit != RowCircuit::Derivatives);
    for (name, scale) in totals {
        let sum = reader.total(name);
        let text = format_scaled(&sum, *scale as i32 + i32::from(statement.scale));
        figures.push((*name, format!("{text} {}", snapshot.base)));
    }
    let items = (0..).zip(&record.items);
    Shown {
        id: record.id.clone(),
        circuit: record.circuit.name(),
        class: reader.class(),
        figures,
        items: items.map(|(row, id)| reader.item(row, id)).collect(),
    }
}

impl Reader<'_> {
    /// A cell as it is: words of trades are longer than 64 bits.
    fn whole(&self, row: usize, name: &str) -> BigUint {
        let value = self.record.value(self.layout, row, name);
        integer(&value.unwrap_or_default())
    }

    /// A code, a bit or a count. What is none is 0, which no table has.
    fn number(&self, row: usize, name: &str) -> u64 {
        let value = self.record.value(self.layout, row, name);
        let value = value.and_then(|value| to_u128(&value));
        value.and_then(|value| value.try_into().ok()).unwrap_or(0)
    }

    fn is(&self, name: &str) -> bool {
        self.number(0, name) == 1
    }

    fn class(&self) -> String {
        let (class, grade) = match self.record.circuit {
            RowCircuit::Derivatives => return self.trade_class(),
            RowCircuit::Banded => {
                let kind = self.number(0, "kind");
                let mut keys = self.rulebook.banded_keys();
                let key = index(kind).and_then(|at| keys.nth(at));
                key.map_or(("", ""), |key| (key.class, key.grade))
            }
            _ => {
                let mut rows = self.rulebook.class_rows();
                let row = index(self.number(0, "class")).and_then(|at| rows.nth(at));
                row.map_or(("", ""), |(class, grade, _)| (class, grade))
            }
        };
        named(class, grade)
    }

    /// (currency, balance-sheet kind) of the exposure.
    fn conversion(&self) -> (&str, &str) {
        let kinds = &self.rulebook.conversions;
        let code = index(self.number(0, "conversion"));
        let pair = code.and_then(|code| {
            let currency = self.snapshot.rates.get(code / kinds.len().max(1))?;
            let kind = kinds.get(code % kinds.len().max(1))?;
            Some((currency.0.as_str(), kind.name.as_str()))
        });
        pair.unwrap_or(("?", "?"))
    }

    fn amount(&self, row: usize, name: &str, currency: &str) -> String {
        let text = format_scaled(&self.whole(row, name), self.scale.into());
        format!("{text} {currency}")
    }

    fn percent(&self, row: usize, name: &str, places: i32) -> String {
        let text = format_scaled(&self.whole(row, name), places - 2);
        format!("{text} %")
    }

    /// Plain and secured exposures.
    fn weighted(&self) -> Vec<(&'static str, String)> {
        let (currency, kind) = self.conversion();
        vec![
            ("amount", self.amount(0, "amount", currency)),
            ("balance-sheet kind", kind.to_owned()),
            ("risk weight", self.percent(0, "weight", 4)),
        ]
    }

    fn banded(&self) -> Vec<(&'static str, String)> {
        let (currency, kind) = self.conversion();
        let mut figures = vec![
            ("gross amount", self.amount(0, "gross amount", currency)),
            (
                "specific provisions",
                self.amount(0, "specific provisions", currency),
            ),
            ("property value", self.amount(0, "property value", currency)),
            ("balance-sheet kind", kind.to_owned()),
        ];
        if !self.is("open") {
            let edge = match self.is("measure") {
                true => "band, uncovered share up to",
                false => "band, loan to value up to",
            };
            figures.push((edge, self.percent(0, "edge", 6)));
        }
        if self.is("mismatch") {
            figures.push(("currency mismatch", "the weight is raised".to_owned()));
        }
        figures.push(("risk weight", self.percent(0, "weight", 4)));
        if self.is("split") {
            let rest = self.percent(0, "weight of the rest", 4);
            figures.push(("risk weight of the rest", rest));
        }
        figures
    }

    fn item(&self, row: usize, id: &str) -> ShownItem {
        let haircuts = self.rulebook.haircuts.as_ref();
        let at = index(self.number(row, "haircut row"));
        let found = haircuts.zip(at).and_then(|(table, at)| table.rows.get(at));
        let currency = index(self.number(row, "item currency"));
        let currency = currency.and_then(|at| self.snapshot.rates.get(at));
        let currency = currency.map_or("?", |(code, _)| code.as_str());
        ShownItem {
            id: id.to_owned(),
            kind: found.map_or_else(|| "?".to_owned(), |row| named(&row.kind, &row.rating)),
            figures: vec![
                ("value", self.amount(row, "collateral", currency)),
                ("haircut", self.percent(row, "scaled haircut", 9)),
            ],
        }
    }

    /// What the record adds to a total: the circuit's own expression, over its positions.
    fn total(&self, name: &str) -> BigUint {
        let found = self.layout.totals.iter().find(|total| total.name == name);
        let Some(total) = found else {
            return BigUint::ZERO;
        };
        let columns: Vec<Col> = record_columns(self.layout).map(|(col, _)| col).collect();
        let sum = self.record.rows.iter().map(|row| {
            let cell = |col: Col, _| {
                let at = columns.iter().position(|known| *known == col);
                at.and_then(|at| row.get(at)).copied().unwrap_or_default()
            };
            total.addend.eval(&cell)
        });
        integer(&sum.sum())
    }
}

/// Numbers of tables count from 1.
fn index(number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}

fn named(name: &str, grade: &str) -> String {
    match (name, grade) {
        ("", _) => "?".to_owned(),
        (name, "") => name.to_owned(),
        (name, grade) => format!("{name}, {grade}"),
    }
}
