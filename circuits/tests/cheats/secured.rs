//! Cheats on secured exposures, and those that both secured circuits refuse by the same name.
//!
//! What the rules derive — days to the end of the band, cover, what is left — is re-solved by
//! [`settle`], unless the cheat has chosen it.

use ff::PrimeField;
use plimsoll_circuits::cells::tags;
use plimsoll_circuits::field::{Fp, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::statement::RowCircuit;

use crate::catalogue::{Cheat, all_are_refused, cheat, fp};

/// A position of padding.
pub(crate) const PADDING: usize = 100;

/// Positions where cheats happen, last first.
pub(crate) fn touched(f: &Forgery) -> Vec<usize> {
    let last = f.grid.layout().positions() - 1;
    [last, PADDING].into_iter().chain((0..13).rev()).collect()
}

/// Re-solves what the rules derive.
pub(crate) fn settle(f: &mut Forgery) {
    for at in touched(f) {
        for (gate, column) in [
            (
                "the item matures within its band",
                "days to the end of the band",
            ),
            ("collateral adds up over a run", "covered"),
            ("what is left is the exposure less its collateral", "left"),
        ] {
            f.derive(at, gate, column);
        }
    }
}

/// The first row of a public table that fits.
pub(crate) fn row(f: &Forgery, tag: u64, fits: impl Fn(&[u64]) -> bool) -> Vec<u64> {
    let mut rows = f.publics.table.rows().iter();
    let found = rows.find(|(of, values)| *of == tag && fits(values));
    found.expect("the table has such a row").1.clone()
}

pub(crate) fn number(value: Fp) -> u64 {
    u64::try_from(crate::catalogue::signed(value)).expect("a small number")
}

/// Sets the currency-mismatch bit of an item, and the scaled haircut that goes with it.
fn set_mismatch(f: &mut Forgery, at: usize, bit: u64) {
    let (haircut, period) = (
        number(f.get(at, "ten-day haircut")),
        number(f.get(at, "holding period")),
    );
    let scaled = row(f, tags::SCALED_HAIRCUT, |v| {
        v[..3] == [haircut, period, bit]
    })[3];
    f.set(at, "currency mismatch", bit);
    f.set(at, "scaled haircut", scaled);
}

/// Re-solves the ordinals, and what is handed on.
fn recount(f: &mut Forgery) {
    let end = f.grid.layout().positions();
    for at in 1..=end {
        let ordinal = f.get(at - 1, "item ordinal") + f.get(at, "row with an item");
        f.set(at, "item ordinal", ordinal);
    }
    let items: Fp = (0..end).map(|at| f.get(at, "row with an item")).sum();
    *f.total(2, 0) = *f.total(1, 0) + items;
}

fn shift_ordinals(f: &mut Forgery, from: usize, by: i64) {
    for at in from..=f.grid.layout().positions() {
        f.add(at, "item ordinal", fp(by));
    }
}

fn lookups() -> Vec<Cheat> {
    let weight = "lookup: the weight is the rulebook's for this class";
    let rate = "lookup: rate and factor are those of this currency and kind";
    let item_rate = "lookup: the item's rate is that of its currency";
    let haircut = "lookup: the haircut is the rulebook's for type, rating and maturity band";
    let scaled = "lookup: the haircut is scaled to the holding period";
    vec![
        cheat(weight, |f| f.set(0, "weight", 0)),
        cheat(weight, |f| {
            f.set(0, "class", 0);
            f.set(0, "weight", 0);
        }),
        cheat(rate, |f| f.set(0, "rate", fp(90_000_000))),
        cheat(rate, |f| f.set(0, "conversion factor", 0)),
        cheat(rate, |f| f.set(0, "conversion factor", fp(-1))),
        cheat(item_rate, |f| f.add(1, "item rate", fp(1_000))),
        cheat(item_rate, |f| {
            // What unsupplied rows read, and with it a currency that is none.
            set_mismatch(f, 1, 1);
            f.set(1, "item currency", 0);
            f.set(1, "item rate", 0);
        }),
        cheat(haircut, |f| f.set(0, "haircut row", 1)),
        cheat(haircut, |f| f.set(0, "haircut row", 0)),
        cheat(haircut, |f| {
            f.add(0, "longest maturity of the band", fp(-1))
        }),
        cheat(haircut, |f| {
            // The haircut of another type, scaled as that one is.
            let level = 3_000;
            f.set(0, "ten-day haircut", level);
            let bit = number(f.get(0, "currency mismatch"));
            set_mismatch(f, 0, bit);
        }),
        cheat(scaled, |f| f.add(0, "scaled haircut", fp(-5))),
        cheat(scaled, |f| f.set(0, "currency mismatch", 2)),
    ]
}

fn runs() -> Vec<Cheat> {
    let maturity = "the item matures within its band";
    let head = "first row of an exposure";
    vec![
        cheat(maturity, |f| {
            f.add(0, "days to the end of the band", fp(0));
            f.add(0, "residual maturity", fp(1));
        }),
        cheat("range: days to the end of the band limb 1", |f| {
            let edge = f.get(0, "longest maturity of the band");
            f.set(0, "residual maturity", edge + fp(10));
        }),
        cheat("range: amount limb 7", |f| {
            f.set(0, "amount", power_of_two(64))
        }),
        cheat("range: collateral limb 7", |f| {
            f.set(1, "collateral", fp(-1))
        }),
        cheat("only a head has an amount", |f| f.set(1, "amount", 5)),
        cheat("only a head is charged", |f| {
            f.set(1, "something is left", 1);
            f.set(1, "left", 77);
        }),
        cheat("only an item has a value", |f| {
            // Collateral that no ordinal counts.
            f.set(1, "row with an item", 0);
            recount(f);
        }),
        cheat("items are counted one by one", |f| shift_ordinals(f, 1, -1)),
        cheat("items are counted one by one", |f| {
            shift_ordinals(f, PADDING, 1)
        }),
        cheat("ordinals start from the carry", |f| {
            shift_ordinals(f, 0, -1)
        }),
        cheat("ordinals start from the carry", |f| {
            // One item more is taken up than was handed on, and handed on again.
            *f.total(1, 0) += Fp::one();
            *f.total(2, 0) += Fp::one();
        }),
        cheat("the carry grows by the items", |f| {
            *f.total(2, 0) -= Fp::one()
        }),
        cheat("the last run ends with the copy", |f| {
            // Collateral from beyond the end.
            let end = f.grid.layout().positions();
            for column in f.grid.layout().columns.clone() {
                let value = f.get(end - 1, column.name);
                if !["item ordinal", "row with an item"].contains(&column.name) {
                    f.set(end, column.name, value);
                }
            }
            f.set(end, "first row of an exposure", 0);
            f.set(end, "covered", 5);
        }),
        cheat(head, |f| f.set(1, "first row of an exposure", 2)),
        cheat("row with an item", |f| {
            f.set(PADDING, "row with an item", 2);
            recount(f);
        }),
        cheat("row with an item", |f| {
            // An item that is counted down: its number is the last one's again.
            f.set(PADDING, "row with an item", fp(-1));
            recount(f);
        }),
        cheat("something is left", |f| {
            // Neither above nor below: what is left is free.
            f.set(PADDING, "something is left", Fp::TWO_INV);
            f.set(PADDING, "left", 12_345);
        }),
    ]
}

/// What a run shares is not what its item at `at`, the first of another row, says.
fn apart(at: usize) -> Vec<Cheat> {
    vec![
        cheat("a run has one currency", move |f| {
            // Another balance-sheet kind; its factor is the same, and still.
            f.set(at, "conversion", 2);
        }),
        cheat("a run has one holding period", move |f| {
            let period = number(f.get(at, "holding period"));
            f.set(at, "holding period", if period == 1 { 2 } else { 1 });
            let row_end = at.next_multiple_of(f.grid.layout().lanes);
            for position in at..row_end.max(at + 1) {
                let bit = number(f.get(position, "currency mismatch"));
                set_mismatch(f, position, bit);
            }
        }),
    ]
}

/// Cheats that both secured circuits refuse by the same name: in both, the first run has three
/// items, and something is left of it.
pub(crate) fn shared(second_row: usize) -> Vec<Cheat> {
    let apart = apart(second_row);
    lookups().into_iter().chain(runs()).chain(apart).collect()
}

pub(crate) fn cheats() -> Vec<Cheat> {
    let currency = "without the mismatch haircut, item and exposure are in one currency";
    let left = "what is left is the exposure less its collateral";
    let mut cheats = shared(10);
    cheats.extend([
        cheat("collateral adds up over a run", |f| {
            f.add(0, "covered", fp(1_000))
        }),
        cheat("collateral adds up over a run", |f| {
            // The items of the next exposure as well.
            let next = f.get(3, "covered");
            f.add(2, "covered", next);
            f.set(0, "something is left", 0);
        }),
        cheat("lookup: the haircut is scaled to the holding period", |f| {
            let period = f.get(0, "holding period") + fp(1_000);
            (0..3).for_each(|at| f.set(at, "holding period", period));
        }),
        cheat(currency, |f| set_mismatch(f, 1, 0)),
        cheat("a run has one currency", |f| {
            // The row of an item in pounds says that the exposure is in pounds, too.
            let pounds = number(f.get(10, "item currency"));
            let found = row(f, tags::RATE_AND_CONVERSION, |v| {
                v[1] == pounds && v[3] == 10_000
            });
            for (column, value) in ["conversion", "currency", "rate", "conversion factor"]
                .into_iter()
                .zip(found)
            {
                f.set(10, column, value);
            }
            set_mismatch(f, 10, 0);
            // The padding beside it stands in with items in dollars: they are in another currency.
            let rate = f.get(10, "rate");
            for at in 11..11usize.next_multiple_of(f.grid.layout().lanes) {
                f.set(at, "item currency", pounds);
                f.set(at, "item rate", rate);
            }
        }),
        cheat(left, |f| f.add(0, "left", fp(-1))),
        cheat(left, |f| {
            // Nothing is left, it says, and it has nothing to show for it.
            f.set(0, "something is left", 0);
            f.set(0, "left", 0);
        }),
        // The exposure exceeds its collateral, and says that it does not; and the other way round.
        cheat("range: left limb 15", |f| f.set(0, "something is left", 0)),
        cheat("range: left limb 15", |f| f.set(3, "something is left", 1)),
    ]);
    cheats
}

#[test]
fn cheats_are_refused() {
    all_are_refused(RowCircuit::Secured);
    all_are_refused(RowCircuit::SecuredSingle);
}
