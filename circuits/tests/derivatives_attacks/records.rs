//! What lies outside, margin, and what is charged gross.

use num_bigint::{BigInt, BigUint};
use plimsoll_circuits::book::{Book, MarginItem, NettingSet, Signed, Trade};

use crate::common::book;
use crate::setup::{assess, cash, charge, option, refused, set, snapshot, trade, witness};

fn doctored_outside(book: &Book) -> Vec<String> {
    let mut figures = assess(book);
    let agreement = &mut figures.agreements[0];
    agreement.outside = true;
    agreement.exposure = BigUint::ZERO;
    agreement.rwa = BigUint::ZERO;
    refused(&mut witness(book, &figures))
}

#[test]
fn nothing_but_sold_options_lies_outside() {
    let wanted = "only sold options whose premium is paid lie outside, and no item of margin";
    // Collateral that the institution has posted is its exposure.
    let mut posted = option(100, 100, 86_400, false);
    posted.margin.push(cash("ns", 500, true));
    assert_eq!(doctored_outside(&posted), [wanted]);
    // So is that of a netting set without a trade.
    let mut empty = posted.clone();
    empty.trades.clear();
    assert_eq!(doctored_outside(&empty), [wanted]);
    assert_eq!(doctored_outside(&option(100, 100, 86_400, true)), [wanted]);
    // A premium that is outstanding.
    let mut unpaid = option(100, 100, 86_400, false);
    unpaid.trades[0].market_value = Signed {
        negative: false,
        magnitude: 7,
    };
    assert_eq!(doctored_outside(&unpaid), [wanted]);
    // Nor does what another option owes make up for it: outside an agreement nothing is netted.
    for owed in [6, 7, 8] {
        let mut netted = unpaid.clone();
        let mut other = option(100, 100, 86_400, false).trades.remove(0);
        other.id = "other".into();
        other.market_value = Signed {
            negative: true,
            magnitude: owed,
        };
        netted.trades.push(other);
        assert_eq!(doctored_outside(&netted), [wanted], "{owed}");
    }
    // The sign of a zero is free, and either is proven or refused here: no third.
    let mut zero = option(100, 100, 86_400, false);
    assert_eq!(zero.trades[0].market_value.magnitude, 0);
    zero.trades[0].market_value.negative = true;
    assert_eq!(doctored_outside(&zero), [""; 0]);
    // Two netting sets under one agreement.
    let mut two = option(100, 100, 86_400, false);
    two.netting_sets[0].agreement = "a".into();
    two.netting_sets.push(NettingSet {
        agreement: "a".into(),
        ..set("other")
    });
    assert_eq!(doctored_outside(&two), ["what lies outside is alone"]);
    // And what does lie outside is proven.
    assert_eq!(doctored_outside(&option(100, 100, 86_400, false)), [""; 0]);
}

/// Without a margin agreement variation margin does not count; what is posted does.
#[test]
fn posted_margin_is_not_called_variation_margin() {
    let mut book = option(100, 100, 86_400, true);
    book.margin.push(cash("ns", 500, true));
    let mut figures = assess(&book);
    let agreement = &mut figures.agreements[0];
    let set = &mut agreement.sets[0];
    set.margin[0].variation = true;
    (set.independent, set.variation) = (BigInt::ZERO, set.independent.clone());
    set.collateral = BigInt::ZERO;
    agreement.replacement_cost = BigUint::ZERO;
    charge(agreement);
    assert!(agreement.rwa < assess(&book).agreements[0].rwa);
    let names = refused(&mut witness(&book, &figures));
    assert_eq!(names, ["what is posted counts whatever it is for"]);
}

/// A coin at the haircut of cash.
#[test]
fn margin_is_in_a_currency() {
    let mut book = option(100, 100, 86_400, true);
    book.margin.push(MarginItem {
        currency: "EUR".into(),
        ..cash("ns", 500, false)
    });
    let mut forgery = witness(&book, &assess(&book));
    assert_eq!(forgery.get(0, "margin"), 1.into());
    let coin = snapshot().currency_index("COIN").expect("known");
    forgery.set(0, "currency", u64::from(coin));
    let wanted = "lookup: the rate is that of the currency or asset";
    assert_eq!(refused(&mut forgery), [wanted]);
}

fn gross() -> Book {
    let mut book = book();
    book.netting_sets.push(set("ns"));
    book.trades.push(Trade {
        hedging_set: "coin".into(),
        currency: "COIN".into(),
        market_value: Signed {
            negative: false,
            magnitude: 300,
        },
        ..trade("coin", "ns", "crypto-2b")
    });
    book
}

#[test]
fn what_is_charged_gross_has_no_collateral() {
    let mut book = gross();
    let mut figures = assess(&book);
    let mut held = book.clone();
    held.trades.clear();
    held.margin.push(cash("ns", 300, false));
    let items = assess(&held).agreements.remove(0).sets.remove(0);
    book.margin = held.margin;
    let agreement = &mut figures.agreements[0];
    let set = &mut agreement.sets[0];
    set.margin = items.margin;
    set.independent = items.independent;
    set.collateral = items.collateral;
    agreement.replacement_cost = BigUint::ZERO;
    charge(agreement);
    let names = refused(&mut witness(&book, &figures));
    assert_eq!(names, ["what is charged gross has no collateral"]);
}

#[test]
fn what_is_charged_gross_is_alone_in_its_agreement() {
    let mut book = gross();
    book.netting_sets.push(set("other"));
    book.margin.push(cash("other", 300, false));
    for reversed in [false, true] {
        let mut figures = assess(&book);
        let other = figures.agreements.remove(1);
        let agreement = &mut figures.agreements[0];
        agreement.sets.extend(other.sets);
        if reversed {
            agreement.sets.reverse();
        }
        agreement.replacement_cost = BigUint::ZERO;
        charge(agreement);
        let place = if reversed { "first" } else { "last" };
        let wanted = format!("what is charged gross is the {place} netting set of its agreement");
        assert_eq!(refused(&mut witness(&book, &figures)), [wanted]);
    }
}
