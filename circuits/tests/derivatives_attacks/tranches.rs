//! Tranches: their points and their classes.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use plimsoll_circuits::book::{Instrument, Trade, Variant};
use plimsoll_circuits::counterparty_risk::AgreementFigures;
use plimsoll_circuits::fixed_point::root::ceiling_root;

use crate::common::{basel, book};
use crate::setup::{assess, charge, option, refused, set, trade, witness};

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
