//! Options at and far from the money, with little time left or none.

use plimsoll_circuits::counterparty_risk::LOG_AT_ONE;
use plimsoll_circuits::field::{from_biguint, from_u128};
use plimsoll_circuits::fixed_point::functions::ln_ratio;

use crate::setup::{assess, option, refused, witness};

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

/// Nor are prices equal that the table's logarithm does not tell apart, which the twin refuses.
#[test]
fn only_equal_prices_are_at_the_money_now() {
    let strike = 1u64 << 51;
    assert!(ln_ratio(strike + 1, strike).is_ok_and(|log| log.value == LOG_AT_ONE));
    assert!(ln_ratio((1 << 42) + 1, 1 << 42).is_ok_and(|log| log.value > LOG_AT_ONE));
    let book = option(strike, strike, 0, true);
    let mut forgery = witness(&book, &assess(&book));
    let trade = 0;
    forgery.set(trade, "word p", strike + 1);
    forgery.set(trade, "step 5", strike + 1);
    forgery.set(trade, "word r", 1 << 42);
    forgery.set(trade, "word s", strike - 1 - (1 << 42));
    assert_eq!(
        refused(&mut forgery),
        ["an option is at the money now only if price and strike are equal"]
    );
}
