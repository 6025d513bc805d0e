//! A synthetic dealer's book: half options, in netting sets of five hundred, half of them margined.

use plimsoll_circuits::book::{Book, Instrument, Margin, NettingSet, Signed, Trade};
use plimsoll_circuits::rulebook::COUNTERPARTY_RISK;
use smol_str::SmolStr;

use super::Seeded;

/// Trades of a netting set.
const PER_SET: usize = 500;
/// (class, hedging sets, entities): rates by currency, pairs, names, types, coins.
const KINDS: [(&str, &[&str], &[&str]); 6] = [
    ("interest-rate", &[""], &[""]),
    ("fx", &["EURUSD", "GBPUSD", "JPYUSD"], &[""]),
    (
        "equity-single",
        &[""],
        &["A", "B", "C", "D", "E", "F", "G", "H"],
    ),
    ("oil-gas", &[""], &["crude", "gas"]),
    ("credit-single-BBB", &[""], &["K", "L", "M", "N"]),
    ("crypto-2a", &["BTC", "ETH"], &[""]),
];

/// Adds `count` trades and their netting sets, and states nothing that they compute.
pub(super) fn fill(book: &mut Book, count: usize, random: &mut Seeded) {
    book.stated.retain(|line| line.name != COUNTERPARTY_RISK);
    for number in 0..count.div_ceil(PER_SET) {
        book.netting_sets.push(NettingSet {
            id: format!("N{number}").into(),
            class: "corporate".into(),
            grade: "BBB".into(),
            margin: number.is_multiple_of(2).then_some(Margin {
                threshold: 1_000_000,
                minimum_transfer: 50_000,
                remargin_days: 1,
                ..Margin::default()
            }),
            ..NettingSet::default()
        });
    }
    for number in 0..count {
        book.trades.push(trade(number, random));
    }
}

fn trade(number: usize, random: &mut Seeded) -> Trade {
    let (class, sets, entities) = *random.pick(&KINDS);
    let rates = class == "interest-rate";
    let duration = rates || class.starts_with("credit");
    let instrument = if number.is_multiple_of(2) {
        let strike = 5_000 + random.next() % 10_000;
        Instrument::Option {
            put: random.next().is_multiple_of(2),
            price: 10_000,
            strike,
            quoted: false,
            expiry: 86_400 + (random.next() % 60_000_000) as u32,
        }
    } else {
        Instrument::Linear
    };
    let option = instrument != Instrument::Linear;
    let start = if rates && option { 1_460 } else { 0 };
    Trade {
        id: format!("T{number}").into(),
        netting_set: format!("N{}", number / PER_SET).into(),
        class: class.into(),
        hedging_set: (*random.pick(sets)).into(),
        entity: (*random.pick(entities)).into(),
        bought: random.next().is_multiple_of(2),
        notional: random.next() >> 30,
        currency: if rates {
            (*random.pick(&["USD", "EUR", "GBP"])).into()
        } else {
            SmolStr::default()
        },
        market_value: Signed {
            negative: random.next().is_multiple_of(2),
            magnitude: random.next() >> 38,
        },
        start,
        end: if duration {
            start + 100 + (random.next() % 40_000) as u32
        } else {
            0
        },
        maturity: 10 + (random.next() % 4_000) as u32,
        instrument,
        ..Trade::default()
    }
}
