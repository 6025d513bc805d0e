//! Witnesses that cheat, and the constraint that refuses each.
#![allow(missing_docs)]

mod common;

use std::sync::Arc;

use common::{basel, book};
use plimsoll_circuits::book::{Book, Instrument, NettingSet, Signed, Trade};
use plimsoll_circuits::cells::derivatives::{Columns, Derivatives, Rows, fill, public_table};
use plimsoll_circuits::counterparty_risk::{CounterpartyAssessment, assess_counterparty};
use plimsoll_circuits::protocol::evaluate::violations;
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Prices;

fn snapshot() -> Snapshot {
    Snapshot::parse(
        "name = \"test\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n\
         [rates]\nEUR = \"1\"\n[prices]\nBTC = \"40000\"\n",
    )
    .expect("valid")
}

#[test]
fn probe() {
    let log = plimsoll_circuits::fixed_point::functions::ln_ratio(1, 1).unwrap();
    println!("ln 1 = {} ", log.value);
    let log = plimsoll_circuits::fixed_point::functions::ln_ratio((1 << 51) + 1, 1 << 51).unwrap();
    println!("ln 1+ = {} ", log.value);
    for (price, strike, expiry) in [(150, 100, 0), (150, 100, 3600), (1500, 100, 86400*3), (100,100,0), (1<<51, (1<<51)-1, 0)] {
        let mut book = book();
        book.netting_sets.push(NettingSet {
            id: "ns".into(),
            class: "retail".into(),
            ..NettingSet::default()
        });
        book.trades.push(Trade {
            id: "t".into(),
            netting_set: "ns".into(),
            class: "equity-single".into(),
            entity: "e".into(),
            bought: true,
            notional: 1000,
            maturity: 1460,
            market_value: Signed::default(),
            instrument: Instrument::Option { put: false, price, strike, quoted: false, expiry },
            ..Trade::default()
        });
        let (rulebook, snapshot) = (basel(), snapshot());
        let figures = match assess_counterparty(&book, &rulebook, &snapshot) { Ok(f) => f, Err(e) => { println!("assess {e}"); continue } };
        let (layout, columns) = Layout::of::<Derivatives, Standard>().unwrap();
        let layout = Arc::new(layout);
        let publics = Publics::of_rows(&layout, Arc::new(public_table(&rulebook, &snapshot, Prices::Book)));
        let rows = Rows::new(&book, &rulebook, &snapshot, &figures).unwrap();
        let mut grid = Grid::new(Arc::clone(&layout));
        match fill(&columns, &rows, 0..1, &mut grid) {
            Err(e) => println!("{price}/{strike} {expiry}: {e}"),
            Ok(()) => {
                let c = grid.complete(&publics);
                println!("{price}/{strike} {expiry} delta {}: {c:?} {:?}", figures.agreements[0].sets[0].hedging_sets[0].subsets[0].trades[0].delta, violations(&grid, &publics).iter().take(4).collect::<Vec<_>>());
            }
        }
    }
}
