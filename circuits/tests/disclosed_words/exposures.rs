//! Exposures, of every circuit that they stand in.

use std::sync::Arc;

use plimsoll_circuits::book::{Book, CollateralItem, Exposure};
use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::pack::Packer;
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::Secured;
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::credit_risk::{Charge, assess_credit};
use plimsoll_circuits::disclosure::{ITEM, Record, RecordError, record_columns};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::{Layout, Module, Small};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::RowCircuit;

use crate::common::{basel, book, exposure, item, mortgage, secured, snapshot, statement};
use crate::{cells, is_whole, screens};

/// Column of the first rows of runs.
const HEAD: &str = "first row of an exposure";

/// The records of all exposures of one circuit.
fn records<M: Module>(
    book: &Book,
    circuit: RowCircuit,
    fill: impl Fn(&M::Columns, &BookRows<'_>, &mut Grid, &[&Charge]),
) -> (Grid, Vec<Record>) {
    let (rulebook, snapshot) = (basel(), snapshot());
    let (layout, columns) = Layout::of::<M, Small>().unwrap();
    let layout = Arc::new(layout);
    let credit = assess_credit(book, &rulebook, &snapshot).unwrap();
    let rows = BookRows::new(&rulebook, &snapshot, book);
    let charges = rows.of(&credit, circuit);
    let mut grid = Grid::new(Arc::clone(&layout));
    fill(&columns, &rows, &mut grid, &charges);
    let mut packer = Packer::new(&layout);
    let record = |charge: &&Charge| {
        let id = book.exposures[charge.exposure].id.to_string();
        let items = book.collateral.iter().filter(|item| item.exposure == id);
        let positions = BookRows::positions(charge);
        let position = packer.place(rows.sort(charge), positions).unwrap();
        Record {
            circuit,
            proof: 0,
            copy: 0,
            position: position as u32,
            items: items.map(|item| item.id.to_string()).collect(),
            rows: cells(&grid, position, positions),
            id,
        }
    };
    let records = charges.iter().map(record).collect();
    (grid, records)
}

fn of(exposures: Vec<(&str, Exposure)>, collateral: Vec<(&str, &str, CollateralItem)>) -> Book {
    Book {
        exposures: exposures
            .into_iter()
            .map(|(id, exposure)| Exposure {
                id: id.into(),
                ..exposure
            })
            .collect(),
        collateral: collateral
            .into_iter()
            .map(|(id, exposure, item)| CollateralItem {
                id: id.into(),
                exposure: exposure.into(),
                ..item
            })
            .collect(),
        ..book()
    }
}

/// 123.45 at 30 %; 10 pounds at 1.25, of which 40 % count.
const PLAIN: &str = r"
loan (plain exposures): bank-ecra, A
  amount: 123.45 USD
  balance-sheet kind: on-balance
  risk weight: 30 %
  exposure measure: 123.45 USD
  risk-weighted assets: 37.035 USD
line (plain exposures): corporate-other
  amount: 10 GBP
  balance-sheet kind: commitment
  risk weight: 100 %
  exposure measure: 5 USD
  risk-weighted assets: 5 USD
";

/// The split loan: 550 at 20 %, 340 at 75 %. The defaulted one has provisions below a fifth.
const BANDED: &str = r"
at 80 % (banded exposures): residential
  gross amount: 800 USD
  specific provisions: 0 USD
  property value: 1000 USD
  balance-sheet kind: on-balance
  band, loan to value up to: 80 %
  risk weight: 30 %
  exposure measure: 800 USD
  risk-weighted assets: 240 USD
open (banded exposures): residential
  gross amount: 1800 USD
  specific provisions: 0 USD
  property value: 1000 USD
  balance-sheet kind: on-balance
  risk weight: 70 %
  exposure measure: 1800 USD
  risk-weighted assets: 1260 USD
split (banded exposures): residential-split
  gross amount: 900 USD
  specific provisions: 10 USD
  property value: 1000 USD
  balance-sheet kind: on-balance
  band, loan to value up to: 55 %
  risk weight: 20 %
  risk weight of the rest: 75 %
  exposure measure: 890 USD
  risk-weighted assets: 365 USD
foreign (banded exposures): retail
  gross amount: 30 USD
  specific provisions: 0 USD
  property value: 0 USD
  balance-sheet kind: on-balance
  currency mismatch: the weight is raised
  risk weight: 112.5 %
  exposure measure: 30 USD
  risk-weighted assets: 33.75 USD
defaulted (banded exposures): defaulted
  gross amount: 10 USD
  specific provisions: 1.99 USD
  property value: 0 USD
  balance-sheet kind: on-balance
  risk weight: 150 %
  exposure measure: 8.01 USD
  risk-weighted assets: 12.015 USD
";

/// 10 less 3, less 2.50 of which 8 % are cut, less 1 of which 3 % are; gold at 20 % · √2.
const SECURED: &str = r"
loan (secured exposures): corporate-other
  amount: 10 USD
  balance-sheet kind: on-balance
  risk weight: 100 %
  exposure measure: 10 USD
  risk-weighted assets: 3.73 USD
  cash: cash
    value: 3 USD
    haircut: 0 %
  pounds: cash
    value: 2 GBP
    haircut: 8 %
  bond: sovereign, A-BBB
    value: 1 USD
    haircut: 3 %
covered (secured exposures): retail
  amount: 10 USD
  balance-sheet kind: on-balance
  risk weight: 75 %
  exposure measure: 10 USD
  risk-weighted assets: 0 USD
  gold: gold
    value: 20 USD
    haircut: 28.2842713 %
";

/// Of the 5 count (400 − 91.25) / (800 − 91.25); what is left is rounded up.
const GENERAL: &str = r"
mismatched (secured exposures, general): corporate-other
  amount: 10 USD
  balance-sheet kind: on-balance
  risk weight: 100 %
  exposure measure: 10 USD
  risk-weighted assets: 7.83 USD
  short: cash
    value: 5 USD
    haircut: 0 %
";

#[test]
fn exposures_of_one_weight() {
    let mut line = exposure("corporate-other", "", 1_000);
    line.conversion = "commitment".into();
    line.currency = "GBP".into();
    let loan = exposure("bank-ecra", "A", 12_345);
    let book = of(vec![("loan", loan), ("line", line)], Vec::new());
    let circuit = RowCircuit::Plain;
    let (grid, records) = records::<Plain>(&book, circuit, fill::plain);
    let statement = statement(&basel(), &[circuit], &[]);
    assert_eq!(screens(&grid, &records, &statement), PLAIN[1..]);
    records.iter().for_each(|record| is_whole(&grid, record));
}

#[test]
fn exposures_in_bands() {
    let mut provided = mortgage("residential-split", 90_000, 100_000, "retail");
    provided.provisions = 1_000;
    let mut foreign = exposure("retail", "", 3_000);
    foreign.income_currency = "EUR".into();
    let mut defaulted = exposure("defaulted", "", 1_000);
    defaulted.provisions = 199;
    let exposures = vec![
        ("at 80 %", mortgage("residential", 80_000, 100_000, "")),
        ("open", mortgage("residential", 180_000, 100_000, "")),
        ("split", provided),
        ("foreign", foreign),
        ("defaulted", defaulted),
    ];
    let book = of(exposures, Vec::new());
    let circuit = RowCircuit::Banded;
    let (grid, records) = records::<Banded>(&book, circuit, fill::banded);
    let statement = statement(&basel(), &[circuit], &[]);
    assert_eq!(screens(&grid, &records, &statement), BANDED[1..]);
    records.iter().for_each(|record| is_whole(&grid, record));
}

fn pledged() -> Book {
    let mut pounds = item("cash", "", 200);
    pounds.currency = "GBP".into();
    let mut bond = item("sovereign", "A-BBB", 100);
    bond.maturity_days = 400;
    let mut short = item("cash", "", 500);
    (short.protection_days, short.original_days) = (400, 500);
    let mut long = secured("corporate-other", "", 1_000, 10);
    long.maturity_days = 800;
    let exposures = vec![
        ("loan", secured("corporate-other", "", 1_000, 10)),
        ("covered", secured("retail", "", 1_000, 20)),
        ("mismatched", long),
    ];
    let collateral = vec![
        ("cash", "loan", item("cash", "", 300)),
        ("pounds", "loan", pounds),
        ("bond", "loan", bond),
        ("gold", "covered", item("gold", "", 2_000)),
        ("short", "mismatched", short),
    ];
    of(exposures, collateral)
}

#[test]
fn secured_exposures() {
    let circuit = RowCircuit::Secured;
    let (grid, records) = records::<Secured>(&pledged(), circuit, |c, r, g, x| {
        fill::secured(c, r, g, x, &mut 0);
    });
    let statement = statement(&basel(), &[circuit], &[]);
    assert_eq!(screens(&grid, &records, &statement), SECURED[1..]);
    records.iter().for_each(|record| is_whole(&grid, record));
}

/// Rows of one run: the first and no other begins it, and each has its item.
#[test]
fn a_run_is_neither_cut_nor_joined() {
    let circuit = RowCircuit::Secured;
    let (grid, records) = records::<Secured>(&pledged(), circuit, |c, r, g, x| {
        fill::secured(c, r, g, x, &mut 0);
    });
    let layout = grid.layout();
    let record = records.iter().find(|record| record.items.len() == 3);
    let record = record.unwrap();
    for name in [HEAD, ITEM] {
        let at = record_columns(layout).position(|(_, known)| known == name);
        for row in 0..3 {
            let mut other = record.clone();
            let bit = &mut other.rows[row][at.unwrap()];
            *bit = Fp::one() - *bit;
            assert_eq!(other.cells(layout), Err(RecordError::Run), "{name}, {row}");
        }
    }
    // What comes after it begins another one.
    let (cell, value) = *record.cells(layout).unwrap().last().unwrap();
    let next = record.position as usize + 3;
    assert_eq!(value, Fp::one());
    let head = layout.columns.iter().position(|column| column.name == HEAD);
    let column = layout.physical(next % layout.lanes, Col(head.unwrap()));
    assert_eq!(
        (cell.column as usize, cell.row as usize),
        (column, next / layout.lanes)
    );
    // Items of another, in another order, or where there are none.
    let mut other = record.clone();
    other.items.swap(0, 1);
    assert_eq!(other.cells(layout), Err(RecordError::Id));
    let plain = of(vec![("loan", exposure("retail", "", 1))], Vec::new());
    let (grid, mut records) = self::records::<Plain>(&plain, RowCircuit::Plain, fill::plain);
    records[0].items.push("item".to_owned());
    assert_eq!(records[0].cells(grid.layout()), Err(RecordError::Positions));
}

#[test]
fn secured_exposures_in_general() {
    let circuit = RowCircuit::SecuredGeneral;
    let (grid, records) = records::<SecuredGeneral>(&pledged(), circuit, |c, r, g, x| {
        fill::secured_general(c, r, g, x, &mut 0);
    });
    let statement = statement(&basel(), &[circuit], &[]);
    assert_eq!(screens(&grid, &records, &statement), GENERAL[1..]);
    records.iter().for_each(|record| is_whole(&grid, record));
}
