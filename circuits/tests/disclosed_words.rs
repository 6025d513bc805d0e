//! A disclosed record in words says what its book says and what its proof used: cells that an honest
//! book fills, read back. That cells are those that were committed to is another matter
//! (`openings.rs`).
#![allow(missing_docs)]

mod common;

use std::fmt::Write as _;
use std::sync::Arc;

use plimsoll_circuits::book::{
    Book, CollateralItem, Exposure, Instrument, Margin, NettingSet, Signed, Trade, Variant,
};
use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::derivatives::{Derivatives, Rows, fill as fill_derivatives};
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::pack::Packer;
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::Secured;
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::counterparty_risk::assess_counterparty;
use plimsoll_circuits::credit_risk::{Charge, assess_credit};
use plimsoll_circuits::disclosure::{ITEM, Record, RecordError, record_columns, shown, trade_rows};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::{Layout, Module, Small, Standard};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::{RowCircuit, Statement};

use common::{basel, book, exposure, item, mortgage, secured, snapshot, statement};

/// Column of the first rows of runs.
const HEAD: &str = "first row of an exposure";
/// Quarter days of a year of 365 days.
const YEAR: u32 = 1_460;

/// What stands in the columns of a record's positions.
fn cells(grid: &Grid, position: usize, rows: usize) -> Vec<Vec<Fp>> {
    let row = |row| {
        let columns = record_columns(grid.layout());
        columns
            .map(|(col, _)| grid.get(position + row, col))
            .collect()
    };
    (0..rows).map(row).collect()
}

/// As on a screen: a line for each figure.
fn screen(record: &Record, layout: &Layout, statement: &Statement) -> String {
    let shown = shown(record, layout, &basel(), &snapshot(), statement);
    let mut text = format!("{} ({}): {}\n", shown.id, shown.circuit, shown.class);
    for (what, figure) in &shown.figures {
        writeln!(text, "  {what}: {figure}").unwrap();
    }
    for item in &shown.items {
        writeln!(text, "  {}: {}", item.id, item.kind).unwrap();
        for (what, figure) in &item.figures {
            writeln!(text, "    {what}: {figure}").unwrap();
        }
    }
    text
}

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

/// All records, each of which says what stands in its cells.
fn screens(grid: &Grid, records: &[Record], statement: &Statement) -> String {
    let layout = grid.layout();
    let one = |record: &Record| {
        let said = record.cells(layout).unwrap();
        assert!(said.len() >= record.rows.len() * record_columns(layout).count());
        for (cell, value) in said {
            assert_eq!((cell.proof, cell.copy), (record.proof, record.copy));
            assert_eq!(
                grid.columns()[cell.column as usize][cell.row as usize],
                value
            );
        }
        screen(record, layout, statement)
    };
    records.iter().map(one).collect()
}

/// Neither less nor more than the record, nor other ids, nor a place that there is not.
fn is_whole(grid: &Grid, record: &Record) {
    let layout = grid.layout();
    let refused = |change: &dyn Fn(&mut Record)| {
        let mut other = record.clone();
        change(&mut other);
        other.cells(layout).map(|_| ()).unwrap_err()
    };
    let (positions, columns) = (RecordError::Positions, RecordError::Columns);
    assert_eq!(refused(&|r| drop(r.rows.pop())), positions);
    assert_eq!(refused(&|r| r.rows.push(r.rows[0].clone())), positions);
    assert_eq!(
        refused(&|r| r.position = layout.positions() as u32),
        positions
    );
    assert_eq!(refused(&|r| drop(r.rows[0].pop())), columns);
    assert_eq!(refused(&|r| r.rows[0].push(Fp::one())), columns);
    assert_eq!(refused(&|r| r.id.push('x')), RecordError::Id);
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

/// Durations 1.90325, 7.48559 and 4.42398 (CRE52.34); deltas by CRE52.40 and CRE52.41; maturity
/// factors √0.5, 1.5 √(10/250) and 1.5 √(5/250) (CRE52.48, CRE52.52).
const TRADES: &str = r"
swap (derivatives): interest-rate
  side: bought
  notional: 100 USD
  market value: -0.3 USD
  end of the period: in 730 days
  adjusted notional: 190.3251639269 USD
  supervisory delta: 1
  maturity factor: 1
  effective notional: 190.3251639269 USD
  hedging set: interest-rate, USD
  netting set: number 1 of its agreement, charged without margin
swaption (derivatives): interest-rate
  side: bought, put
  notional: 50 EUR
  market value: 0.07 GBP
  start of the period: in 365 days
  end of the period: in 4015 days
  price of the underlying: the book's
  price over strike: 1.2
  time to exercise: 31536000 s
  adjusted notional: 374.2796141195 USD
  supervisory delta: -0.269395217
  maturity factor: 1
  effective notional: -100.8291381334 USD
  hedging set: interest-rate, EUR
  netting set: number 1 of its agreement, charged without margin
tranche (derivatives): credit-index-IG
  side: bought
  notional: 20 USD
  market value: 0 USD
  end of the period: in 1825 days
  attachment: 3 of 100
  detachment: 7 of 100
  adjusted notional: 88.479686771 USD
  supervisory delta: 5.335040546
  maturity factor: 1
  effective notional: 472.0427164484 USD
  hedging set: credit
  netting set: number 1 of its agreement, charged without margin
basis (derivatives): fx, basis
  side: bought
  notional: 4 USD
  market value: 0 USD
  adjusted notional: 4 USD
  supervisory delta: 1
  maturity factor: 0.3
  effective notional: 1.2000000001 USD
  hedging set: fx, number 2
  netting set: number 1 of its agreement, margin period of 10 business days
call (derivatives): equity-single
  side: sold, call
  notional: 10 USD
  market value: 0 USD
  price of the underlying: the book's
  price over strike: 0.9
  time to exercise: 15768000 s
  adjusted notional: 10 USD
  supervisory delta: -0.617947848
  maturity factor: 0.707106781
  effective notional: -4.369551138 USD
  hedging set: equity
  netting set: number 1 of its agreement, charged without margin
volatility (derivatives): equity-single, volatility
  side: bought
  notional: 3 USD
  market value: 0 USD
  adjusted notional: 3 USD
  supervisory delta: 1
  maturity factor: 1
  effective notional: 3 USD
  hedging set: equity
  netting set: number 2 of its agreement, charged without margin
quoted (derivatives): fx
  side: sold, put
  notional: 8 GBP
  market value: 0 USD
  price of the underlying: the snapshot's
  price over strike: 1.25
  time to exercise: 31536000 s
  adjusted notional: 10 USD
  supervisory delta: 0.059070568
  maturity factor: 0.212132034
  effective notional: 0.1253075978 USD
  hedging set: fx, number 1
  netting set: number 1 of its agreement, margin period of 5 business days, as cleared
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

/// A dealer's book: a netting set without margin, one with it, two of one agreement, one cleared.
fn dealer() -> Book {
    let trade = |class: &str, notional| Trade {
        class: class.into(),
        netting_set: "alone".into(),
        bought: true,
        notional,
        maturity: 2 * YEAR,
        ..Trade::default()
    };
    let value = |amount: i64| Signed {
        negative: amount < 0,
        magnitude: amount.unsigned_abs(),
    };
    let named = |id: &str, trade: Trade| Trade {
        id: id.into(),
        ..trade
    };
    let swap = Trade {
        end: 2 * YEAR,
        market_value: value(-30),
        ..trade("interest-rate", 10_000)
    };
    let swaption = Trade {
        currency: "EUR".into(),
        value_currency: "GBP".into(),
        market_value: value(7),
        start: YEAR,
        end: 11 * YEAR,
        maturity: YEAR,
        instrument: Instrument::Option {
            put: true,
            price: 6,
            strike: 5,
            quoted: false,
            expiry: 31_536_000,
        },
        ..trade("interest-rate", 5_000)
    };
    let call = Trade {
        entity: "Acme".into(),
        netting_set: "first".into(),
        bought: false,
        maturity: YEAR / 2,
        instrument: Instrument::Option {
            put: false,
            price: 9,
            strike: 10,
            quoted: false,
            expiry: 15_768_000,
        },
        ..trade("equity-single", 1_000)
    };
    let tranche = Trade {
        entity: "index".into(),
        end: 5 * YEAR,
        maturity: 5 * YEAR,
        instrument: Instrument::Tranche {
            attachment: 3,
            detachment: 7,
            of: 100,
        },
        ..trade("credit-index-IG", 2_000)
    };
    let basis = Trade {
        variant: Variant::Basis,
        hedging_set: "USD/EUR".into(),
        netting_set: "margined".into(),
        ..trade("fx", 400)
    };
    let volatility = Trade {
        variant: Variant::Volatility,
        entity: "Acme".into(),
        netting_set: "second".into(),
        ..trade("equity-single", 300)
    };
    let quoted = Trade {
        hedging_set: "GBP/USD".into(),
        netting_set: "cleared".into(),
        currency: "GBP".into(),
        bought: false,
        maturity: YEAR,
        instrument: Instrument::Option {
            put: true,
            price: 125_000_000,
            strike: 100_000_000,
            quoted: true,
            expiry: 31_536_000,
        },
        ..trade("fx", 800)
    };
    let set = |id: &str, agreement: &str, margin| NettingSet {
        id: id.into(),
        agreement: agreement.into(),
        class: "corporate".into(),
        grade: "unrated".into(),
        margin,
        ..NettingSet::default()
    };
    let margin = Margin {
        remargin_days: 1,
        ..Margin::default()
    };
    let cleared = Margin {
        cleared: true,
        ..margin
    };
    Book {
        netting_sets: vec![
            set("alone", "", None),
            set("margined", "", Some(margin)),
            set("first", "csa", Some(margin)),
            set("second", "csa", Some(margin)),
            set("cleared", "", Some(cleared)),
        ],
        trades: vec![
            named("swap", swap),
            named("swaption", swaption),
            named("call", call),
            named("tranche", tranche),
            named("basis", basis),
            named("volatility", volatility),
            named("quoted", quoted),
        ],
        ..book()
    }
}

#[test]
fn trades() {
    let (book, rulebook, snapshot) = (dealer(), basel(), snapshot());
    let (layout, columns) = Layout::of::<Derivatives, Standard>().unwrap();
    let layout = Arc::new(layout);
    let figures =
        assess_counterparty(&book, &rulebook, &snapshot).unwrap_or_else(|error| panic!("{error}"));
    let rows = Rows::new(&book, &rulebook, &snapshot, &figures).unwrap();
    let mut grid = Grid::new(Arc::clone(&layout));
    let all = 0..figures.agreements.len();
    fill_derivatives(&columns, &rows, all.clone(), &mut grid).unwrap();
    let column = |name: &str| layout.columns.iter().position(|column| column.name == name);
    let records: Vec<Record> = rows
        .places(all)
        .into_iter()
        .map(|(position, id)| {
            let cell = |row: usize, name: &str| Some(grid.get(position + row, Col(column(name)?)));
            let count = trade_rows(cell).unwrap();
            Record {
                circuit: RowCircuit::Derivatives,
                proof: 0,
                copy: 0,
                position: position as u32,
                id: id.to_owned(),
                items: Vec::new(),
                rows: cells(&grid, position, count),
            }
        })
        .collect();
    let statement = statement(&basel(), &[RowCircuit::Derivatives], &[]);
    assert_eq!(screens(&grid, &records, &statement), TRADES[1..]);
    records.iter().for_each(|record| is_whole(&grid, record));
}
