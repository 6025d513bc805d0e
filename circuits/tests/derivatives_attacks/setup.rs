//! Small books, their figures, and witnesses of both.

use std::collections::BTreeSet;
use std::sync::Arc;

use num_bigint::BigUint;
use num_integer::Integer;
use plimsoll_circuits::book::{Book, Instrument, MarginItem, NettingSet, Trade};
use plimsoll_circuits::cells::derivatives::{Derivatives, Rows, fill, public_table};
use plimsoll_circuits::counterparty_risk::{
    AgreementFigures, CounterpartyAssessment, assess_counterparty,
};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Prices;

use crate::common::{basel, book};

/// A coin that happens to cost what a euro does.
pub(crate) fn snapshot() -> Snapshot {
    Snapshot::parse(
        "name = \"test\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n\
         [rates]\nEUR = \"1\"\n[prices]\nCOIN = \"1\"\n",
    )
    .expect("valid")
}

pub(crate) fn set(id: &str) -> NettingSet {
    NettingSet {
        id: id.into(),
        class: "retail".into(),
        currency: "USD".into(),
        ..NettingSet::default()
    }
}

pub(crate) fn trade(id: &str, set: &str, class: &str) -> Trade {
    Trade {
        id: id.into(),
        netting_set: set.into(),
        class: class.into(),
        bought: true,
        notional: 1_000,
        currency: "USD".into(),
        value_currency: "USD".into(),
        maturity: 1_460,
        ..Trade::default()
    }
}

pub(crate) fn cash(set: &str, amount: u64, posted: bool) -> MarginItem {
    MarginItem {
        id: "cash".into(),
        netting_set: set.into(),
        kind: "cash".into(),
        currency: "USD".into(),
        amount,
        posted,
        ..MarginItem::default()
    }
}

/// An option on a share.
pub(crate) fn option(price: u64, strike: u64, expiry: u32, bought: bool) -> Book {
    let mut book = book();
    book.netting_sets.push(set("ns"));
    book.trades.push(Trade {
        entity: "share".into(),
        bought,
        instrument: Instrument::Option {
            put: false,
            price,
            strike,
            quoted: false,
            expiry,
        },
        ..trade("option", "ns", "equity-single")
    });
    book
}

pub(crate) fn assess(book: &Book) -> CounterpartyAssessment {
    assess_counterparty(book, &basel(), &snapshot()).expect("a good book")
}

/// The witness of figures, honest or not.
pub(crate) fn witness(book: &Book, figures: &CounterpartyAssessment) -> Forgery {
    let (rulebook, snapshot) = (basel(), snapshot());
    let (layout, columns) = Layout::of::<Derivatives, Standard>().expect("a layout");
    let layout = Arc::new(layout);
    let table = Arc::new(public_table(&rulebook, &snapshot, Prices::Book));
    let publics = Publics::of_rows(&layout, table);
    let rows = Rows::new(book, &rulebook, &snapshot, figures).expect("derivatives are charged");
    let mut grid = Grid::new(layout);
    let all = 0..figures.agreements.len();
    fill(&columns, &rows, all, &mut grid).expect("the figures fit their words");
    let mut forgery = Forgery::of(grid, publics);
    forgery.resolve();
    forgery
}

pub(crate) fn refused(forgery: &mut Forgery) -> Vec<String> {
    forgery.resolve();
    let names: BTreeSet<String> = forgery.refused_by();
    names.into_iter().collect()
}

/// Alpha · (RC + PFE) and what it weighs, where sets or replacement cost were doctored.
pub(crate) fn charge(agreement: &mut AgreementFigures) {
    let pfe: BigUint = agreement.sets.iter().map(|set| &set.pfe).sum();
    let whole: BigUint = ((&agreement.replacement_cost * 10u32) << 18) + pfe;
    let unit = BigUint::from(10u32).pow(14) << 18;
    let alpha = basel().derivatives.expect("derivatives").alpha;
    let charged: BigUint = whole * alpha;
    agreement.exposure = charged.div_ceil(&unit);
    agreement.rwa = &agreement.exposure * agreement.weight * 10_000_000_000_000u64;
}
