//! The honest book of the derivatives circuit: every job, every way of aggregating, every bound.

use std::sync::Arc;

use plimsoll_circuits::book::{
    Book, Instrument, Margin, MarginItem, NettingSet, Signed, Trade, Variant,
};
use plimsoll_circuits::cells::derivatives::{Derivatives, Rows, fill, pack};
use plimsoll_circuits::counterparty_risk::assess_counterparty;
use plimsoll_circuits::proofs::public_table;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Prices, RowCircuit};

use crate::common::{basel, book};

const YEAR: u32 = 1_460;
const YEAR_SECONDS: u32 = 31_536_000;

fn snapshot() -> Snapshot {
    Snapshot::parse(
        "name = \"test\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n\
         [rates]\nEUR = \"1.1\"\nGBP = \"1.25\"\n[prices]\nCOIN = \"100\"\n",
    )
    .expect("valid")
}

fn set(id: &str) -> NettingSet {
    NettingSet {
        id: id.into(),
        class: "corporate-other".into(),
        ..NettingSet::default()
    }
}

fn trade(id: &str, class: &str, notional: u64) -> Trade {
    Trade {
        id: id.into(),
        class: class.into(),
        bought: true,
        notional,
        maturity: YEAR,
        ..Trade::default()
    }
}

fn value(size: i64) -> Signed {
    Signed {
        negative: size < 0,
        magnitude: size.unsigned_abs(),
    }
}

fn option(put: bool, price: u64, strike: u64, expiry: u32) -> Instrument {
    Instrument::Option {
        put,
        price,
        strike,
        quoted: false,
        expiry,
    }
}

fn rate(id: &str, currency: &str, start: u32, end: u32) -> Trade {
    Trade {
        currency: currency.into(),
        start,
        end,
        ..trade(id, "interest-rate", 10_000)
    }
}

fn rates() -> Vec<Trade> {
    vec![
        rate("short rate", "USD", 0, 1_000),
        // Shorter than the floor of ten business days.
        rate("shortest rate", "USD", 0, 5),
        Trade {
            bought: false,
            ..rate("forward rate", "USD", 400, 5_000)
        },
        Trade {
            instrument: option(true, 6, 5, YEAR_SECONDS),
            ..rate("swaption", "USD", YEAR, 16_060)
        },
        rate("long rate", "USD", 0, 9_000),
        rate("euro rate", "EUR", 0, 5_000),
        Trade {
            variant: Variant::Basis,
            hedging_set: "3m-6m".into(),
            ..rate("basis", "USD", 0, 3_000)
        },
    ]
}

fn pair(id: &str, name: &str) -> Trade {
    Trade {
        hedging_set: name.into(),
        currency: "EUR".into(),
        ..trade(id, "fx", 1_000)
    }
}

fn currencies() -> Vec<Trade> {
    vec![
        Trade {
            maturity: 365,
            ..pair("euro", "EURUSD")
        },
        Trade {
            bought: false,
            instrument: option(false, 110, 109, 100),
            ..pair("near", "EURUSD")
        },
        pair("pound", "GBPUSD"),
        Trade {
            currency: "COIN".into(),
            value_currency: "COIN".into(),
            market_value: value(2),
            hedging_set: "COIN".into(),
            instrument: Instrument::Option {
                put: false,
                price: 10_000_000_000,
                strike: 12_000_000_000,
                quoted: true,
                expiry: YEAR_SECONDS / 2,
            },
            ..trade("coin", "crypto-2a", 50)
        },
    ]
}

fn credit(id: &str, class: &str, entity: &str) -> Trade {
    Trade {
        entity: entity.into(),
        end: 4_000,
        ..trade(id, class, 1_000)
    }
}

fn entity(id: &str, class: &str, entity: &str) -> Trade {
    Trade {
        entity: entity.into(),
        ..trade(id, class, 1_000)
    }
}

fn entities() -> Vec<Trade> {
    let tranche = Instrument::Tranche {
        attachment: 3,
        detachment: 7,
        of: 100,
    };
    vec![
        credit("protection", "credit-single-BBB", "Acme"),
        Trade {
            bought: false,
            instrument: tranche,
            ..credit("tranche", "credit-index-IG", "Index")
        },
        entity("share", "equity-single", "Beta"),
        Trade {
            instrument: option(false, 110, 100, YEAR_SECONDS),
            ..entity("call", "equity-single", "Beta")
        },
        Trade {
            instrument: option(false, 100, 100, 0),
            ..entity("now", "equity-single", "Beta")
        },
        Trade {
            bought: false,
            instrument: option(true, 10_000, 1, 3_600),
            ..entity("saturated", "equity-index", "Market")
        },
        Trade {
            bought: false,
            ..entity("power", "electricity", "Power")
        },
        entity("oil", "oil-gas", "Oil"),
        entity("gold", "metals", "Gold"),
        Trade {
            variant: Variant::Volatility,
            ..entity("variance", "equity-index", "Market")
        },
    ]
}

fn item(id: &str, of: &str, amount: u64) -> MarginItem {
    MarginItem {
        id: id.into(),
        netting_set: of.into(),
        kind: "cash".into(),
        amount,
        ..MarginItem::default()
    }
}

fn all_margin() -> Vec<MarginItem> {
    vec![
        item("cash", "mixed", 900),
        MarginItem {
            kind: "sovereign".into(),
            rating: "A-BBB".into(),
            maturity_days: 400,
            currency: "EUR".into(),
            ..item("bond", "mixed", 700)
        },
        MarginItem {
            posted: true,
            currency: "GBP".into(),
            ..item("posted pounds", "mixed", 100)
        },
        item("independent", "margined", 40),
        MarginItem {
            variation: true,
            ..item("daily", "margined", 60)
        },
        MarginItem {
            posted: true,
            ..item("handed over", "posted", 100)
        },
    ]
}

/// In the order of the rows; trades of a set in the order of its hedging sets.
fn all() -> Book {
    let daily = Margin {
        threshold: 100,
        minimum_transfer: 50,
        remargin_days: 1,
        ..Margin::default()
    };
    let netting_sets = vec![
        set("gross"),
        set("mixed"),
        NettingSet {
            margin: Some(daily),
            ..set("margined")
        },
        NettingSet {
            agreement: "master".into(),
            ..set("one")
        },
        NettingSet {
            agreement: "master".into(),
            ..set("two")
        },
        NettingSet {
            outside: true,
            ..set("outside")
        },
        set("full"),
        set("posted"),
        NettingSet {
            margin: Some(Margin {
                remargin_days: 1,
                ..Margin::default()
            }),
            ..set("empty")
        },
    ];
    let mixed = rates().into_iter().chain(currencies()).chain(entities());
    let mut trades: Vec<Trade> = vec![Trade {
        hedging_set: "Meme".into(),
        market_value: value(-200),
        netting_set: "gross".into(),
        ..trade("meme", "crypto-2b", 1_000)
    }];
    trades.extend(mixed.map(|trade| Trade {
        netting_set: "mixed".into(),
        ..trade
    }));
    // The book is out of the money, and over-collateralised besides.
    trades[1].market_value = value(-300);
    let of = |netting_set: &str, market_value, trade: Trade| Trade {
        netting_set: netting_set.into(),
        market_value: value(market_value),
        ..trade
    };
    trades.extend([
        of("margined", 130, pair("margined euro", "EURUSD")),
        of("one", 500, pair("one euro", "EURUSD")),
        of("two", -200, entity("two share", "equity-single", "Beta")),
        of(
            "outside",
            -5,
            Trade {
                bought: false,
                instrument: option(true, 90, 100, YEAR_SECONDS),
                ..entity("sold", "equity-single", "Beta")
            },
        ),
        of("full", 70, pair("full euro", "EURUSD")),
        of("posted", -10, pair("posted euro", "EURUSD")),
    ]);
    Book {
        netting_sets,
        trades,
        margin: all_margin(),
        ..book()
    }
}

/// The witness of the book in one copy.
pub(crate) fn witness() -> Forgery {
    let (rulebook, snapshot, book) = (basel(), snapshot(), all());
    let figures =
        assess_counterparty(&book, &rulebook, &snapshot).unwrap_or_else(|error| panic!("{error}"));
    let (layout, columns) = Layout::of::<Derivatives, Standard>().expect("a layout");
    let layout = Arc::new(layout);
    let table = public_table(
        RowCircuit::Derivatives,
        &rulebook,
        &snapshot,
        Some(Prices::Book),
    );
    table.check(&layout).expect("a table that fits");
    let publics = Publics::of_rows(&layout, Arc::new(table));
    let rows = Rows::new(&book, &rulebook, &snapshot, &figures).expect("rows");
    let copies = pack(&rows, layout.positions()).expect("one copy");
    let mut grid = Grid::new(layout);
    fill(&columns, &rows, copies[0].clone(), &mut grid).expect("figures that fit");
    grid.complete(&publics).expect("an honest witness fits");
    Forgery::of(grid, publics)
}
