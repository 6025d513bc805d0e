//! The rows of random exposures satisfy every gate, lookup and relation, and add up to what the
//! credit-risk twin says, exactly.

mod common;

use std::sync::Arc;

use common::random::{Random, seeds};
use common::{basel, book, snapshot};
use num_bigint::BigUint;
use num_traits::Zero;
use plimsoll_circuits::amount::HAIRCUT_ONE;
use plimsoll_circuits::book::{Book, CollateralItem, Exposure};
use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::pack::{cut, rows_taken};
use plimsoll_circuits::cells::plain::{Plain, PlainSingle};
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::{self, Secured, SecuredSingle};
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::cells::vouched::{self, Vouched};
use plimsoll_circuits::credit_risk::{
    Charge, CreditAssessment, CreditRules, Detail, Shape, assess_credit,
};
use plimsoll_circuits::field::from_biguint;
use plimsoll_circuits::proofs::{CircuitKind, public_table};
use plimsoll_circuits::protocol::evaluate::violations;
use plimsoll_circuits::protocol::layout::{Layout, Module, Small};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::{Grid, WitnessError};
use plimsoll_circuits::rule_error::{RecordProblem, RuleError};
use plimsoll_circuits::rulebook::{Rulebook, Treatment};
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;

/// Random books; each holds some exposures of every shape.
const BOOKS: u64 = 60;
const PLAIN: usize = 900;
const BANDED: usize = 1_500;
const COLLATERAL: usize = 900;

/// At a rate of one.
const AT_ONE: [&str; 3] = ["", "USD", "EUR"];
const CURRENCIES: [&str; 5] = ["", "USD", "EUR", "GBP", "MAX"];

struct Maker<'a> {
    rulebook: &'a Rulebook,
    random: Random,
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

    fn exposure(&mut self) -> Exposure {
        let conversion = &self.random.pick(&self.rulebook.conversions).name;
        let (class, grade) = self.class();
        Exposure {
            class,
            grade,
            conversion: conversion.clone(),
            currency: self.name(&CURRENCIES),
            amount: if self.random.chance(3) {
                u64::MAX
            } else {
                self.random.amount(64)
            },
            ..Exposure::default()
        }
    }

    /// Bands, splits, provisions, incomes in another currency; half of them at an edge.
    fn banded(&mut self) -> Exposure {
        let mut loan = self.exposure();
        match self.random.below(4) {
            0 => loan.provisions = self.random.amount(64).min(loan.amount),
            1 => {
                loan.class = self.name(&["retail", "retail-transactor", "retail-other"]);
                loan.grade.clear();
                loan.income_currency = self.name(&CURRENCIES);
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
                loan.class = class.name;
                (loan.counterparty_class, loan.counterparty_grade) = self.class();
                loan.grade.clear();
                if self.random.chance(40) {
                    loan.income_currency = self.name(&CURRENCIES);
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
    fn collateral(&mut self, id: &str) -> (Exposure, Vec<CollateralItem>) {
        let haircuts = self.rulebook.haircuts.clone().expect("basel has haircuts");
        let extreme = self.random.chance(15);
        let (bits, currencies, most) = if extreme {
            (64, AT_ONE.as_slice(), 1)
        } else {
            (40, CURRENCIES.as_slice(), 4)
        };
        let mut loan = self.exposure();
        loan.currency = self.name(currencies);
        loan.amount = self.random.amount(bits);
        loan.holding_days = *self.random.pick(&haircuts.holding_days);
        loan.revaluation_days = *self.random.pick(&haircuts.revaluation_days);
        let lives = [0, 1, 60, 90, 91, 92, 364, 365, 366, 1_825, 1_826, 9_000];
        let general = self.random.chance(60);
        if general {
            loan.maturity_days = (*self.random.pick(&lives)).max(1);
            if !extreme && self.random.chance(40) {
                let row = self.random.pick(&haircuts.rows);
                (loan.lent_security, loan.lent_rating) = (row.kind.clone(), row.rating.clone());
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
                id: format!("{id}/{number}"),
                exposure: id.to_owned(),
                kind: row.kind,
                rating: row.rating,
                amount,
                currency: self.name(currencies),
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
        loan.id = id.to_owned();
        (loan, items)
    }

    /// At and around the edges of the maturity bands, and beyond the longest that is told apart.
    fn maturity(&mut self) -> u32 {
        let days = [
            1, 364, 365, 366, 1_095, 1_096, 1_825, 1_826, 3_650, 3_651, 8_191, 8_192, 40_000,
        ];
        *self.random.pick(&days)
    }

    fn book(&mut self, snapshot: &Snapshot) -> Book {
        let mut all = book();
        let rules = CreditRules::new(self.rulebook, snapshot);
        while all.exposures.len() < PLAIN + BANDED {
            let mut loan = if all.exposures.len() < PLAIN {
                self.exposure()
            } else {
                self.banded()
            };
            loan.id = format!("e{}", all.exposures.len());
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
        for number in 0..COLLATERAL {
            let (loan, items) = self.collateral(&format!("c{number}"));
            all.exposures.push(loan);
            all.collateral.extend(items);
        }
        all
    }
}

/// One circuit's grid: complete, without a violation, and with the twin's totals.
fn agrees<M: Module>(
    rows: &BookRows<'_>,
    circuit: RowCircuit,
    table: plimsoll_circuits::protocol::publics::PublicTable,
    charges: &[&Charge],
    ordinal: &mut u64,
    fill: impl Fn(&M::Columns, &BookRows<'_>, &mut Grid, &[&Charge], &mut u64),
) {
    let (layout, columns) = Layout::of::<M, Small>().expect("a layout");
    let layout = Arc::new(layout);
    table.check(&layout).expect("the table fits");
    let first = *ordinal == 0;
    let publics = if circuit.carries() {
        secured::publics(&layout, Arc::new(table), first)
    } else if circuit == RowCircuit::Vouched {
        let taken = rows_taken(rows, &layout, charges).expect("they fit");
        vouched::publics(&layout, Arc::new(table), taken)
    } else {
        Publics::of_rows(&layout, Arc::new(table))
    };
    let mut grid = Grid::new(Arc::clone(&layout));
    fill(&columns, rows, &mut grid, charges, ordinal);
    grid.complete(&publics)
        .unwrap_or_else(|error| panic!("{}: {error}", circuit.name()));
    let broken = violations(&grid, &publics);
    let shown = &broken[..broken.len().min(8)];
    assert!(broken.is_empty(), "{}: {shown:?}", circuit.name());
    let totals = &grid.columns()[layout.total_column(0)];
    let sum = |of: fn(&Charge) -> &BigUint| charges.iter().map(|c| of(c)).sum::<BigUint>();
    let (rwa, measure) = (sum(|charge| &charge.rwa), sum(|charge| &charge.measure));
    assert!(
        totals[0] == from_biguint(&rwa),
        "{}: risk-weighted assets",
        circuit.name()
    );
    assert!(
        totals[1] == from_biguint(&measure),
        "{}: exposure measure",
        circuit.name()
    );
    if circuit.carries() {
        let items: usize = charges.iter().map(|charge| BookRows::items(charge)).sum();
        assert!(totals[secured::ITEMS_TOTAL] == from_biguint(&items.into()));
    }
}

fn book_agrees(book: &Book, rulebook: &Rulebook, snapshot: &Snapshot, credit: &CreditAssessment) {
    let rows = BookRows::new(rulebook, snapshot, book);
    let ordinal = &mut 0;
    let exposures = |circuit: &RowCircuit| *circuit != RowCircuit::Derivatives;
    for circuit in RowCircuit::ALL.into_iter().filter(exposures) {
        let table = public_table(circuit, rulebook, snapshot, None);
        let all = rows.of(credit, circuit);
        let layout = CircuitKind::Rows(circuit)
            .layout::<Small>()
            .expect("a layout");
        for copy in cut(&rows, &layout, &all).expect("no run is longer than a copy") {
            let charges = &all[copy];
            let table = table.clone();
            match circuit {
                RowCircuit::Plain => {
                    // The same, as somebody else's word.
                    let (vouched, too) = (RowCircuit::Vouched, table.clone());
                    agrees::<Vouched>(&rows, vouched, too, charges, ordinal, |c, r, g, x, _| {
                        fill::vouched(c, r, g, x);
                    });
                    agrees::<Plain>(&rows, circuit, table, charges, ordinal, |c, r, g, x, _| {
                        fill::plain(c, r, g, x)
                    })
                }
                RowCircuit::Banded => {
                    agrees::<Banded>(&rows, circuit, table, charges, ordinal, |c, r, g, x, _| {
                        fill::banded(c, r, g, x)
                    })
                }
                RowCircuit::Secured => {
                    agrees::<Secured>(&rows, circuit, table, charges, ordinal, fill::secured);
                }
                RowCircuit::PlainSingle => agrees::<PlainSingle>(
                    &rows,
                    circuit,
                    table,
                    charges,
                    ordinal,
                    |c, r, g, x, _| fill::plain(c, r, g, x),
                ),
                // The same items once more.
                RowCircuit::SecuredSingle => {
                    let again = &mut 0;
                    let fill = fill::secured;
                    agrees::<SecuredSingle>(&rows, circuit, table, charges, again, fill);
                }
                RowCircuit::Derivatives | RowCircuit::Vouched => {
                    unreachable!("no exposure has this shape")
                }
                RowCircuit::SecuredGeneral => agrees::<SecuredGeneral>(
                    &rows,
                    circuit,
                    table,
                    charges,
                    ordinal,
                    fill::secured_general,
                ),
            }
        }
    }
    assert_eq!(*ordinal, book.collateral.len() as u64);
}

#[test]
fn rows_of_random_books_add_up() {
    let (rulebook, snapshot) = (basel(), snapshot());
    seeds(0, BOOKS, |seed| {
        let mut maker = Maker {
            rulebook: &rulebook,
            random: Random::new(seed),
        };
        let book = maker.book(&snapshot);
        let credit = assess_credit(&book, &rulebook, &snapshot)
            .unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
        book_agrees(&book, &rulebook, &snapshot, &credit);
    });
}

#[test]
fn us_rows_add_up() {
    let rulebook = Rulebook::builtin("us-standardised").expect("it ships");
    let snapshot = snapshot();
    seeds(1_000, 3, |seed| {
        let mut maker = Maker {
            rulebook: &rulebook,
            random: Random::new(seed),
        };
        let mut all = book();
        for number in 0..3_000 {
            let loan = maker.exposure();
            let id = format!("e{number}");
            all.exposures.push(Exposure { id, ..loan });
        }
        let credit = assess_credit(&all, &rulebook, &snapshot).expect("assessed");
        book_agrees(&all, &rulebook, &snapshot, &credit);
    });
}

/// The random exposures reach what the rules tell apart.
#[test]
fn every_case_is_reached() {
    let (rulebook, snapshot) = (basel(), snapshot());
    let mut maker = Maker {
        rulebook: &rulebook,
        random: Random::new(0),
    };
    let book = maker.book(&snapshot);
    let credit = assess_credit(&book, &rulebook, &snapshot).expect("assessed");
    let mut reached = [false; 14];
    for charge in &credit.charges {
        let loan = &book.exposures[charge.exposure];
        let secured = match &charge.detail {
            Detail::Secured(secured) => Some(secured),
            _ => None,
        };
        let item = |test: &dyn Fn(&plimsoll_circuits::credit_risk::SecuredItem) -> bool| {
            secured.is_some_and(|s| s.items.iter().any(test))
        };
        let general = charge.shape == Shape::SecuredGeneral;
        let left = secured.map(|s| s.exposure_value != BigUint::zero());
        let split =
            matches!(charge.detail, Detail::Banded { secured_part, .. } if secured_part > 0);
        for (reached, is) in reached.iter_mut().zip([
            loan.amount == 0,
            charge.shape == Shape::Plain && loan.amount == u64::MAX,
            charge.shape == Shape::Banded && loan.provisions > 0,
            charge.shape == Shape::Banded && !loan.income_currency.is_empty(),
            split,
            charge.shape == Shape::Secured && left == Some(true),
            charge.shape == Shape::Secured && left == Some(false),
            general && left == Some(true),
            general && left == Some(false),
            item(&|item| u64::from(item.total_haircut) == HAIRCUT_ONE),
            item(&|item| item.currency_haircut > 0),
            general && secured.is_some_and(|s| s.items.iter().all(|item| item.numerator == 0)),
            general && secured.is_some_and(|s| (1..92).contains(&s.maturity_days)),
            general && item(&|item| item.numerator > 1) && !loan.lent_security.is_empty(),
        ]) {
            *reached |= is;
        }
    }
    assert_eq!(reached, [true; 14]);
}

/// What is wider than a column is an error with a position, not a wrong row.
#[test]
fn what_does_not_fit_is_refused() {
    let (rulebook, snapshot) = (basel(), snapshot());
    let mut all = book();
    all.exposures.push(Exposure {
        currency: "MAX".into(),
        ..common::secured("corporate", "A", u64::MAX, 10)
    });
    let mut item = common::item("gold", "", u64::MAX);
    item.currency = "EUR".into();
    all.collateral.push(item);
    let credit = assess_credit(&all, &rulebook, &snapshot).expect("assessed");
    let rows = BookRows::new(&rulebook, &snapshot, &all);
    let (layout, columns) = Layout::of::<Secured, Small>().expect("a layout");
    let layout = Arc::new(layout);
    let table = Arc::new(public_table(
        RowCircuit::Secured,
        &rulebook,
        &snapshot,
        None,
    ));
    let publics = secured::publics(&layout, table, true);
    let mut grid = Grid::new(layout);
    let charges = rows.of(&credit, RowCircuit::Secured);
    fill::secured(&columns, &rows, &mut grid, &charges, &mut 0);
    let refused = grid.complete(&publics);
    assert!(
        matches!(
            refused,
            Err(WitnessError::TooWide {
                column: "left",
                position: 0,
                ..
            })
        ),
        "{refused:?}"
    );
}
