//! Witnesses that would cheat the derivatives circuit, and the constraint that refuses each: the
//! figures of an honest assessment are doctored, everything that follows from them is made anew.
#![cfg(feature = "cheat")]
#![allow(missing_docs)]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{basel, book};
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use plimsoll_circuits::book::{Book, Instrument, MarginItem, NettingSet, Signed, Trade, Variant};
use plimsoll_circuits::cells::derivatives::{Derivatives, Rows, fill, public_table};
use plimsoll_circuits::counterparty_risk::{
    AgreementFigures, CounterpartyAssessment, LOG_AT_ONE, assess_counterparty,
};
use plimsoll_circuits::field::{from_biguint, from_u128};
use plimsoll_circuits::fixed_point::functions::ln_ratio;
use plimsoll_circuits::fixed_point::root::ceiling_root;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::layout::{Layout, Standard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Prices;

/// A coin that happens to cost what a euro does.
fn snapshot() -> Snapshot {
    Snapshot::parse(
        "name = \"test\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n\
         [rates]\nEUR = \"1\"\n[prices]\nCOIN = \"1\"\n",
    )
    .expect("valid")
}

fn set(id: &str) -> NettingSet {
    NettingSet {
        id: id.into(),
        class: "retail".into(),
        currency: "USD".into(),
        ..NettingSet::default()
    }
}

fn trade(id: &str, set: &str, class: &str) -> Trade {
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

fn cash(set: &str, amount: u64, posted: bool) -> MarginItem {
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
fn option(price: u64, strike: u64, expiry: u32, bought: bool) -> Book {
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

fn assess(book: &Book) -> CounterpartyAssessment {
    assess_counterparty(book, &basel(), &snapshot()).expect("a good book")
}

/// The witness of figures, honest or not.
fn witness(book: &Book, figures: &CounterpartyAssessment) -> Forgery {
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

fn refused(forgery: &mut Forgery) -> Vec<String> {
    forgery.resolve();
    let names: BTreeSet<String> = forgery.refused_by();
    names.into_iter().collect()
}

/// Alpha · (RC + PFE) and what it weighs, where sets or replacement cost were doctored.
fn charge(agreement: &mut AgreementFigures) {
    let pfe: BigUint = agreement.sets.iter().map(|set| &set.pfe).sum();
    let whole: BigUint = ((&agreement.replacement_cost * 10u32) << 18) + pfe;
    let unit = BigUint::from(10u32).pow(14) << 18;
    let alpha = basel().derivatives.expect("derivatives").alpha;
    let charged: BigUint = whole * alpha;
    agreement.exposure = charged.div_ceil(&unit);
    agreement.rwa = &agreement.exposure * agreement.weight * 10_000_000_000_000u64;
}

/// Everything above a delta of the only trade, of a class with entities and duration.
fn charge_delta(agreement: &mut AgreementFigures, class: &str, notional: u64, delta: u64) {
    let rulebook = basel();
    let line = rulebook
        .derivative_line(class, Variant::Plain)
        .expect("known");
    let set = &mut agreement.sets[0];
    let hedging = &mut set.hedging_sets[0];
    let subset = &mut hedging.subsets[0];
    let trade = &mut subset.trades[0];
    trade.delta = delta;
    let plain = BigUint::from(notional) * trade.rate;
    let adjusted = &plain * trade.discount;
    let size = &adjusted * delta * trade.maturity_factor;
    trade.error = &adjusted * trade.maturity_factor * trade.delta_error
        + &adjusted * delta * 2u32
        + plain * delta * trade.maturity_factor * 2u32;
    trade.effective = BigInt::from_biguint(Sign::Plus, size);
    subset.effective = trade.effective.clone();
    subset.error = trade.error.clone();
    subset.notional = subset.effective.magnitude() >> 116;
    subset.addon = (&subset.notional * line.factor) >> 26;
    let correlation = line.class.correlation;
    let rest = 100_000_000 - u64::from(correlation).pow(2);
    hedging.sums[0] = BigInt::from(&subset.addon * correlation);
    hedging.sums[1] = BigInt::from(&subset.addon * &subset.addon * rest);
    hedging.square = &hedging.sums[0] * &hedging.sums[0] + &hedging.sums[1];
    let (root, _) =
        ceiling_root(hedging.square.magnitude(), &100_000_000u32.into()).expect("a root");
    hedging.addon = root;
    let factor = BigUint::from(line.factor);
    set.lean = &subset.error * &factor + (factor << 116) + (BigUint::from(1u32) << 142);
    set.addon = &hedging.addon + set.lean.div_ceil(&(BigUint::from(1u32) << 142));
    set.pfe = &set.addon * set.multiplier;
    charge(agreement);
}

#[test]
fn options_far_from_their_strike_or_out_of_time_are_proven() {
    let one = 1u64 << 44;
    for (price, strike, expiry, delta) in [
        (150, 100, 0, one),
        (100, 150, 0, 0),
        (150, 100, 3_600, one),
        (16_000, 1, 0, one),
        (1, 16_000, 0, 0),
        (1_500, 100, 259_200, one),
        (100, 1_500, 259_200, 0),
        (100, 100, 0, one / 2),
        (100, 100, 1, one / 2),
    ] {
        let book = option(price, strike, expiry, true);
        let figures = assess(&book);
        let found = figures.agreements[0].sets[0].hedging_sets[0].subsets[0].trades[0].delta;
        assert!(
            found.abs_diff(delta) < 1 << 30,
            "{price}/{strike} in {expiry} s"
        );
        let mut forgery = witness(&book, &figures);
        assert!(
            refused(&mut forgery).is_empty(),
            "{price}/{strike} in {expiry} s"
        );
        assert_eq!(*forgery.total(0, 0), from_biguint(&figures.rwa));
    }
}

/// Without time and at the money delta is one half: neither side may be chosen. An option that ends
/// out of the money, of next to no delta, takes its strike for its price.
#[test]
fn equal_price_and_strike_have_no_side() {
    let book = option(100, 101, 0, true);
    let mut forgery = witness(&book, &assess(&book));
    let (trade, option) = (0, 1);
    assert_eq!(forgery.get(option, "option"), 1.into());
    let log = ln_ratio(101, 101).expect("one");
    let cells = log.cells;
    assert_eq!(cells.addend - cells.y, LOG_AT_ONE);
    for (name, value) in [
        ("word p", 101),
        ("node", cells.node),
        ("word eta", cells.eta),
        ("coefficient 0", cells.coefficients[0]),
        ("coefficient 1", cells.coefficients[1]),
        ("coefficient 2", cells.coefficients[2]),
        ("word y", cells.y),
    ] {
        forgery.set(trade, name, value);
    }
    forgery.set(trade, "word r", from_u128(log.remainder));
    forgery.set(trade, "word s", from_u128(log.slack));
    let quadratic = "the quadratic is evaluated in the node's interval";
    forgery.derive(trade, quadratic, "quadratic");
    let value = "ln(2/m) is the quadratic's value, rounded down";
    forgery.derive(trade, value, "word w");
    for name in ["step 0", "step 3"] {
        forgery.set(option, name, 0);
    }
    for name in ["k", "q", "c", "n", "v", "p", "r"] {
        forgery.set(option, &format!("word {name}"), 0);
    }
    assert_eq!(
        refused(&mut forgery),
        ["x is not too large, and saturated only where it exceeds eight"]
    );
}

/// A tranche of a pool of nothing has a delta of zero.
#[test]
fn a_tranche_lies_within_its_pool() {
    let class = "credit-single-AA";
    let mut book = book();
    book.netting_sets.push(set("ns"));
    book.trades.push(Trade {
        entity: "pool".into(),
        end: 7_300,
        instrument: Instrument::Tranche {
            attachment: 0,
            detachment: 1,
            of: 1,
        },
        ..trade("tranche", "ns", class)
    });
    let honest = assess(&book);
    let mut figures = honest.clone();
    charge_delta(&mut figures.agreements[0], class, 1_000, 0);
    assert!(figures.agreements[0].rwa.clone() * 1_000u32 < honest.agreements[0].rwa);
    // The trade as if it were linear, and the row of the tranche put in below it.
    let mut linear = book.clone();
    linear.trades[0].instrument = Instrument::Linear;
    let mut forgery = witness(&linear, &figures);
    let own = witness(&book, &honest);
    let row = 1;
    for (cells, own) in forgery
        .grid
        .columns_mut()
        .iter_mut()
        .zip(own.grid.columns())
    {
        let last = cells.len() - 1;
        cells.copy_within(row..last, row + 1);
        cells[row] = own[row];
    }
    for name in ["effective notional", "error bounds"] {
        let after = forgery.get(row + 1, name);
        forgery.set(row, name, after);
    }
    forgery.set(0, "bit 3", 1);
    forgery.set(row, "delta", 0);
    assert_eq!(forgery.get(row, "tranche"), 1.into());
    for (name, value) in [
        ("word eta", 0),
        ("word b", 1),
        ("word f", 2),
        ("word k", 0),
        ("step 0", 14),
        ("step 1", 28),
        ("step 2", 14 * 28),
        ("word y", 0),
        ("word n", 0),
        ("word v", 0),
        ("word r", 14 * 28 - 1),
        ("word s", 0),
    ] {
        forgery.set(row, name, value);
    }
    forgery.derive(
        row,
        "the quadratic is evaluated in the node's interval",
        "quadratic",
    );
    assert_eq!(
        refused(&mut forgery),
        ["a tranche detaches within its pool"]
    );

    // Width of nothing, at the top of a pool: allowed by no rule either.
    let mut forgery = witness(&book, &honest);
    forgery.set(row, "word b", 1);
    let names = refused(&mut forgery);
    let wanted = "a tranche attaches below its detachment";
    assert!(names.iter().any(|name| name == wanted), "{names:#?}");
}

/// A share is no tranche.
#[test]
fn only_credit_has_tranches() {
    let book = option(100, 100, 86_400, true);
    let figures = assess(&book);
    let own = witness(&book, &figures);
    let mut credit = book.clone();
    credit.trades[0].class = "credit-single-AA".into();
    credit.trades[0].end = 1_460;
    credit.trades[0].instrument = Instrument::Tranche {
        attachment: 97,
        detachment: 100,
        of: 100,
    };
    let other = witness(&credit, &assess(&credit));
    // The row of an option on a share becomes that of a tranche, but for its class.
    let mut forgery = own;
    let row = 1;
    let class = forgery.get(row, "class");
    for (cells, other) in forgery
        .grid
        .columns_mut()
        .iter_mut()
        .zip(other.grid.columns())
    {
        cells[row] = other[row];
    }
    forgery.set(row, "class", class);
    forgery.set(row, "key of the line", class);
    let names = refused(&mut forgery);
    let wanted = "lookup: the parameters are the rulebook's for this row's job";
    assert!(names.iter().any(|name| name == wanted), "{names:#?}");
}

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
    let items = "only sold options lie outside, and no item of margin";
    // Collateral that the institution has posted is its exposure.
    let mut posted = option(100, 100, 86_400, false);
    posted.margin.push(cash("ns", 500, true));
    assert_eq!(doctored_outside(&posted), [items]);
    // So is that of a netting set without a trade.
    let mut empty = posted.clone();
    empty.trades.clear();
    assert_eq!(doctored_outside(&empty), [items]);
    assert_eq!(doctored_outside(&option(100, 100, 86_400, true)), [items]);
    // A premium that is outstanding.
    let mut unpaid = option(100, 100, 86_400, false);
    unpaid.trades[0].market_value = Signed {
        negative: false,
        magnitude: 7,
    };
    assert_eq!(
        doctored_outside(&unpaid),
        ["what lies outside has no premium outstanding"]
    );
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
