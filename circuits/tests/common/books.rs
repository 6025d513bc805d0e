//! Random exposures of every shape, at the edges of what the rules tell apart.

use plimsoll_circuits::book::{Book, CollateralItem, Exposure};
use plimsoll_circuits::credit_risk::CreditRules;
use plimsoll_circuits::rule_error::{RecordProblem, RuleError};
use plimsoll_circuits::rulebook::{Rulebook, Treatment};
use plimsoll_circuits::snapshot::Snapshot;

use super::book;
use super::random::Random;

/// At a rate of one.
const AT_ONE: [&str; 3] = ["", "USD", "EUR"];
const CURRENCIES: [&str; 5] = ["", "USD", "EUR", "GBP", "MAX"];

/// Makes exposures of every shape.
pub(crate) struct Maker<'a> {
    pub(crate) rulebook: &'a Rulebook,
    pub(crate) random: Random,
}

impl Maker<'_> {
    fn class(&mut self) -> (String, String) {
        let classes: Vec<_> = self.rulebook.class_rows().collect();
        let (class, grade, _) = *self.random.pick(&classes);
        (class.to_owned(), grade.to_owned())
    }

    fn name(&mut self, of: &[&str]) -> String {
        (*self.random.pick(of)).to_owned()
    }

    pub(crate) fn exposure(&mut self) -> Exposure {
        let conversion = &self.random.pick(&self.rulebook.conversions).name;
        let (class, grade) = self.class();
        Exposure {
            class: class.into(),
            grade: grade.into(),
            conversion: conversion.clone().into(),
            currency: self.name(&CURRENCIES).into(),
            amount: if self.random.chance(3) {
                u64::MAX
            } else {
                self.random.amount(64)
            },
            ..Exposure::default()
        }
    }

    /// Bands, splits, provisions, incomes in another currency; half of them at an edge.
    pub(crate) fn banded(&mut self) -> Exposure {
        let mut loan = self.exposure();
        match self.random.below(4) {
            0 => loan.provisions = self.random.amount(64).min(loan.amount),
            1 => {
                loan.class = self
                    .name(&["retail", "retail-transactor", "retail-other"])
                    .into();
                loan.grade = "".into();
                loan.income_currency = self.name(&CURRENCIES).into();
            }
            _ => {
                let class = self.random.pick(&self.rulebook.banded).clone();
                let edges: Vec<u64> = match &class.treatment {
                    Treatment::Split { upto, .. } => vec![(*upto).into()],
                    Treatment::Whole(bands) => bands
                        .iter()
                        .filter_map(|band| band.upto.map(u64::from))
                        .collect(),
                };
                loan.class = class.name.into();
                let (class, grade) = self.class();
                (loan.counterparty_class, loan.counterparty_grade) = (class.into(), grade.into());
                loan.grade = "".into();
                if self.random.chance(40) {
                    loan.income_currency = self.name(&CURRENCIES).into();
                }
                let edge = *self.random.pick(&edges);
                self.at_edge(&mut loan, edge);
            }
        }
        loan
    }

    /// Loan-to-value, or the uncovered share, at an edge, one unit beside it, or anywhere.
    fn at_edge(&mut self, loan: &mut Exposure, edge: u64) {
        let millions = self.random.amount(43);
        let (whole, part) = (millions * 1_000_000, millions * edge);
        let off = self.random.below(3);
        let part = (part + off).saturating_sub(1);
        if loan.class == "defaulted" {
            loan.amount = whole;
            loan.provisions = whole.saturating_sub(part);
            if self.random.chance(20) {
                loan.provisions = self.random.amount(64).min(whole);
            }
            return;
        }
        (loan.amount, loan.property_value) = (part, whole.max(1));
        if self.random.chance(40) {
            loan.property_value = self.random.amount(64).max(1);
            loan.amount = self.random.amount(64);
        }
        if self.random.chance(40) {
            loan.provisions = self.random.amount(64).min(loan.amount);
        }
    }

    /// An exposure with collateral. Values stay within what the columns hold: 10^17 · 2^64.
    pub(crate) fn collateral(&mut self, id: &str) -> (Exposure, Vec<CollateralItem>) {
        let haircuts = self.rulebook.haircuts.clone().expect("basel has haircuts");
        let extreme = self.random.chance(15);
        let (bits, currencies, most) = if extreme {
            (64, AT_ONE.as_slice(), 1)
        } else {
            (40, CURRENCIES.as_slice(), 4)
        };
        let mut loan = self.exposure();
        loan.currency = self.name(currencies).into();
        loan.amount = self.random.amount(bits);
        loan.holding_days = *self.random.pick(&haircuts.holding_days);
        loan.revaluation_days = *self.random.pick(&haircuts.revaluation_days);
        let lives = [0, 1, 60, 90, 91, 92, 364, 365, 366, 1_825, 1_826, 9_000];
        let general = self.random.chance(60);
        if general {
            loan.maturity_days = (*self.random.pick(&lives)).max(1);
            if !extreme && self.random.chance(40) {
                let row = self.random.pick(&haircuts.rows);
                (loan.lent_security, loan.lent_rating) =
                    (row.kind.as_str().into(), row.rating.as_str().into());
                loan.lent_maturity_days = self.maturity();
            }
        }
        let count = 1 + self.random.below(most);
        let items = (0..count).map(|number| {
            let row = self.random.pick(&haircuts.rows).clone();
            let amount = if self.random.chance(10) {
                loan.amount
            } else {
                self.random.amount(bits)
            };
            let mut item = CollateralItem {
                id: format!("{id}/{number}").into(),
                exposure: id.into(),
                kind: row.kind.into(),
                rating: row.rating.into(),
                amount,
                currency: self.name(currencies).into(),
                maturity_days: self.maturity(),
                ..CollateralItem::default()
            };
            if general {
                item.protection_days = *self.random.pick(&lives);
                item.original_days = *self.random.pick(&lives);
            }
            item
        });
        let items = items.collect();
        loan.id = id.into();
        (loan, items)
    }

    /// At and around the edges of the maturity bands, and beyond the longest that is told apart.
    fn maturity(&mut self) -> u32 {
        let days = [
            1, 364, 365, 366, 1_095, 1_096, 1_825, 1_826, 3_650, 3_651, 8_191, 8_192, 40_000,
        ];
        *self.random.pick(&days)
    }

    pub(crate) fn book(&mut self, snapshot: &Snapshot, counts: [usize; 3]) -> Book {
        let [plain, banded, collateral] = counts;
        let mut all = book();
        let rules = CreditRules::new(self.rulebook, snapshot);
        while all.exposures.len() < plain + banded {
            let mut loan = if all.exposures.len() < plain {
                self.exposure()
            } else {
                self.banded()
            };
            loan.id = format!("e{}", all.exposures.len()).into();
            match rules.charge(0, &loan, &[]) {
                Ok(_) => all.exposures.push(loan),
                // Such a loan is not split: not a record that a book may have.
                Err(RuleError::Record {
                    problem: RecordProblem::SplitCounterparty,
                    ..
                }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        for number in 0..collateral {
            let (loan, items) = self.collateral(&format!("c{number}"));
            all.exposures.push(loan);
            all.collateral.extend(items);
        }
        all
    }
}
