//! The rows of random exposures satisfy every gate, lookup and relation, and add up to what the
//! credit-risk twin says, exactly.

mod common;

use std::sync::Arc;

use common::books::Maker;
use common::random::{Random, seeds};
use common::rows::book_agrees;
use common::{basel, book, snapshot};
use num_bigint::BigUint;
use num_traits::Zero;
use plimsoll_circuits::amount::HAIRCUT_ONE;
use plimsoll_circuits::book::Exposure;
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::{self, Secured};
use plimsoll_circuits::credit_risk::{Detail, Shape, assess_credit};
use plimsoll_circuits::proofs::public_table;
use plimsoll_circuits::protocol::layout::{Layout, Small};
use plimsoll_circuits::protocol::witness::{Grid, WitnessError};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::statement::RowCircuit;

/// Random books; each holds some exposures of every shape.
const BOOKS: u64 = 60;
/// Plain, banded, with collateral.
const COUNTS: [usize; 3] = [900, 1_500, 900];

#[test]
fn rows_of_random_books_add_up() {
    let (rulebook, snapshot) = (basel(), snapshot());
    seeds(0, BOOKS, |seed| {
        let mut maker = Maker {
            rulebook: &rulebook,
            random: Random::new(seed),
        };
        let book = maker.book(&snapshot, COUNTS);
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
            all.exposures.push(Exposure {
                id: id.into(),
                ..loan
            });
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
    let book = maker.book(&snapshot, COUNTS);
    let credit = assess_credit(&book, &rulebook, &snapshot).expect("assessed");
    let mut reached = [false; 15];
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
            general && secured.is_some_and(|s| s.lent.1 > HAIRCUT_ONE),
        ]) {
            *reached |= is;
        }
    }
    assert_eq!(reached, [true; 15]);
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
