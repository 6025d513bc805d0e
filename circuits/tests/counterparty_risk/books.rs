//! Books of derivatives, and the figures of an assessment as fractions.

use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;
use plimsoll_circuits::book::{
    Book, Instrument, Margin, MarginItem, NettingSet, Place, Signed, Trade,
};
use plimsoll_circuits::counterparty_risk::{
    ADDON_SHIFT, AgreementFigures, CounterpartyAssessment, EFFECTIVE_BITS, SetFigures,
    assess_counterparty,
};
use plimsoll_circuits::rule_error::RuleError;
use plimsoll_circuits::snapshot::Snapshot;

use crate::circuit;
use crate::common::{basel, book, decimal};

/// Quarter days of a year of 365 days.
pub(crate) const YEAR: u32 = 1_460;
/// Seconds of the same.
pub(crate) const YEAR_SECONDS: u32 = 31_536_000;

/// US dollars, and others at one so that amounts stay what they are; some assets.
pub(crate) fn snapshot() -> Snapshot {
    Snapshot::parse(
        "name = \"test\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n\
         [rates]\nEUR = \"1\"\nGBP = \"1.25\"\nJPY = \"0.00671234\"\n\
         [prices]\nunderlying = \"98\"\ncoin = \"42123.45678901\"\ncoin-forward = \"43000.5\"\n",
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

/// A linear trade, bought, of a year and more.
pub(crate) fn trade(class: &str, notional: u64) -> Trade {
    Trade {
        class: class.into(),
        netting_set: "n".into(),
        bought: true,
        notional,
        maturity: 2 * YEAR,
        ..Trade::default()
    }
}

pub(crate) fn value(amount: i64) -> Signed {
    Signed {
        negative: amount < 0,
        magnitude: amount.unsigned_abs(),
    }
}

/// An option on a price and a strike in one unit.
pub(crate) fn option(put: bool, price: u64, strike: u64, expiry: u32) -> Instrument {
    Instrument::Option {
        put,
        price,
        strike,
        quoted: false,
        expiry,
    }
}

/// The netting set `n`, without margin.
pub(crate) fn netting_set() -> NettingSet {
    NettingSet {
        id: "n".into(),
        class: "corporate".into(),
        grade: "unrated".into(),
        ..NettingSet::default()
    }
}

/// Daily margin, no threshold.
pub(crate) fn daily() -> Margin {
    Margin {
        remargin_days: 1,
        ..Margin::default()
    }
}

/// Cash in the reporting currency; below zero is posted.
pub(crate) fn cash(amount: i64, variation: bool) -> MarginItem {
    MarginItem {
        netting_set: "n".into(),
        kind: "cash".into(),
        amount: amount.unsigned_abs(),
        posted: amount < 0,
        variation,
        ..MarginItem::default()
    }
}

/// A book; trades and margin are numbered here, and so are all places.
pub(crate) fn derivatives(
    sets: Vec<NettingSet>,
    trades: Vec<Trade>,
    margin: Vec<MarginItem>,
) -> Book {
    let mut book = Book {
        netting_sets: sets,
        trades,
        margin,
        ..book()
    };
    let at = |file: &str, line| Place {
        file: file.into(),
        line,
    };
    for (line, set) in (2..).zip(&mut book.netting_sets) {
        set.place = at("netting_sets.csv", line);
    }
    for (line, trade) in (2..).zip(&mut book.trades) {
        trade.place = at("trades.csv", line);
        if trade.id.is_empty() {
            trade.id = format!("t{line}").into();
        }
    }
    for (line, item) in (2..).zip(&mut book.margin) {
        item.place = at("margin.csv", line);
        item.id = format!("m{line}").into();
    }
    book
}

/// Assesses under Basel, and checks the circuit against it.
pub(crate) fn assess(book: &Book) -> Result<CounterpartyAssessment, RuleError> {
    let figures = assess_alone(book)?;
    circuit::agrees(book, &basel(), &snapshot(), &figures);
    Ok(figures)
}

/// The twin alone.
pub(crate) fn assess_alone(book: &Book) -> Result<CounterpartyAssessment, RuleError> {
    assess_counterparty(book, &basel(), &snapshot())
}

/// Assesses a book of one agreement.
pub(crate) fn charge(book: &Book) -> AgreementFigures {
    let mut assessment = assess(book).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(assessment.agreements.len(), 1);
    assessment.agreements.remove(0)
}

pub(crate) fn ratio(value: impl Into<BigInt>, tens: u32, twos: u32) -> BigRational {
    let below = BigInt::from(10).pow(tens) << twos;
    BigRational::new(value.into(), below)
}

/// D or a sum of them.
pub(crate) fn effective(value: &BigInt) -> BigRational {
    ratio(value.clone(), 8, EFFECTIVE_BITS)
}

/// An error bound of D.
pub(crate) fn error(value: &BigUint) -> BigRational {
    ratio(value.clone(), 8, EFFECTIVE_BITS)
}

pub(crate) fn addon(value: &BigUint) -> BigRational {
    ratio(value.clone() << ADDON_SHIFT, 14, 0)
}

pub(crate) fn multiplier(set: &SetFigures) -> BigRational {
    ratio(set.multiplier, 4, 44)
}

pub(crate) fn pfe(set: &SetFigures) -> BigRational {
    ratio(set.pfe.clone(), 18, 18)
}

pub(crate) fn cost(agreement: &AgreementFigures) -> BigRational {
    ratio(agreement.replacement_cost.clone(), 17, 0)
}

pub(crate) fn exposure(agreement: &AgreementFigures) -> BigRational {
    ratio(agreement.exposure.clone(), 8, 0)
}

/// `found` is at least `expected` and above it by less than `relative` of it, or by `least`.
pub(crate) fn assert_leans(
    found: &BigRational,
    expected: &BigRational,
    relative: &str,
    least: &str,
    what: &str,
) {
    let over = found - expected;
    let allowed = (expected * decimal(relative)).max(decimal(least));
    assert!(
        over >= decimal("0") && over <= allowed,
        "{what}: {} against {}",
        show(found),
        show(expected)
    );
}

/// |found − expected| is at most `epsilon`.
pub(crate) fn assert_near(
    found: &BigRational,
    expected: &BigRational,
    epsilon: &BigRational,
    what: &str,
) {
    let over = found - expected;
    let off = if over < decimal("0") { -over } else { over };
    assert!(
        off <= *epsilon,
        "{what}: {} against {}",
        show(found),
        show(expected)
    );
}

pub(crate) fn show(value: &BigRational) -> String {
    let scaled = value * BigRational::from_integer(BigInt::from(10).pow(18));
    format!("{}e-18", scaled.to_integer())
}
