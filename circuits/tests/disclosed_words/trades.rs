//! Trades.

use std::sync::Arc;

use plimsoll_circuits::book::{Book, Instrument, Margin, NettingSet, Signed, Trade, Variant};
use plimsoll_circuits::cells::derivatives::{Derivatives, Rows, fill};
use plimsoll_circuits::counterparty_risk::assess_counterparty;
use plimsoll_circuits::disclosure::{Record, RecordError, record_columns, trade_rows};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::RowCircuit;

use crate::common::{basel, book, snapshot, statement};
use crate::{cells, is_whole, screens};

/// Quarter days of a year of 365 days.
const YEAR: u32 = 1_460;

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
    fill(&columns, &rows, all.clone(), &mut grid).unwrap();
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
    records
        .iter()
        .for_each(|record| is_one_trade(&layout, record));
}

/// A trade's row is one, an option or a tranche has its row, and no start date is left out.
fn is_one_trade(layout: &Layout, record: &Record) {
    let one = |row: usize, name: &str| record.value(layout, row, name) == Some(Fp::one());
    let trade = usize::from(one(0, "start date"));
    let said = |row: usize, name: &str| {
        let mut other = record.clone();
        let at = record_columns(layout).position(|(_, known)| known == name);
        let cell = &mut other.rows[row][at.unwrap()];
        *cell = if *cell == Fp::one() {
            Fp::zero()
        } else {
            *cell + Fp::one()
        };
        other.cells(layout).map(|_| ())
    };
    assert_eq!(said(trade, "trade"), Err(RecordError::Run));
    for (bit, job) in [("bit 2", "option"), ("bit 3", "tranche")] {
        if one(trade, bit) {
            assert_eq!(said(trade + 1, job), Err(RecordError::Run));
        }
    }
    let start = "discount factor of the start";
    let other = if trade == 0 {
        Err(RecordError::Run)
    } else {
        Ok(())
    };
    assert_eq!(said(trade, start), other);
}
