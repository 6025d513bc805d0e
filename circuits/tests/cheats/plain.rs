//! Cheats on plain exposures.

use plimsoll_circuits::field::power_of_two;
use plimsoll_circuits::statement::RowCircuit;

use crate::catalogue::{Cheat, all_are_refused, cheat, fp};

pub(crate) fn cheats() -> Vec<Cheat> {
    let mut all = of_the_rule();
    all.push(cheat(
        "lookup: the weight is the rulebook's for this class",
        |f| {
            // A class of padding, with an amount.
            let last = f.grid.layout().positions() - 1;
            f.set(last, "amount", 1);
            f.set(last, "class", 0);
            f.set(last, "weight", 0);
        },
    ));
    all
}

/// Those on the rule itself, whoever vouches for the columns.
pub(crate) fn of_the_rule() -> Vec<Cheat> {
    let weight = "lookup: the weight is the rulebook's for this class";
    let factor = "lookup: the factor is that of this currency and kind";
    let top = "range: amount limb 7";
    vec![
        // See `honest` for who stands where.
        cheat(weight, |f| f.set(8, "weight", 0)),
        cheat(weight, |f| f.set(8, "weight", -fp(10_000))),
        cheat(weight, |f| f.set(8, "class", 0)),
        cheat(weight, |f| {
            // (0, 0) is what an instance row reads that nobody supplied (CONDITIONS S4).
            f.set(8, "class", 0);
            f.set(8, "weight", 0);
        }),
        cheat(weight, |f| {
            // (code, factor) is a row of another table.
            let (code, factor) = (f.get(8, "conversion"), f.get(8, "conversion factor"));
            f.set(8, "class", code);
            f.set(8, "weight", factor);
        }),
        cheat(factor, |f| f.set(12, "conversion factor", 0)),
        cheat(factor, |f| {
            f.set(8, "conversion", 0);
            f.set(8, "conversion factor", 0);
        }),
        cheat(factor, |f| {
            // The rate of another currency.
            let other = f.get(8, "conversion factor");
            f.set(12, "conversion factor", other);
        }),
        // 2^64 exactly, a negative amount, and a field element that is neither.
        cheat(top, |f| f.set(8, "amount", power_of_two(64))),
        cheat(top, |f| f.set(0, "amount", -fp(5_000))),
        cheat(top, |f| f.set(4, "amount", power_of_two(200))),
        cheat(top, |f| {
            // A debt absorbs its neighbour: the totals are those of an honest, smaller book.
            f.set(8, "amount", fp(0));
            f.set(9, "amount", -fp(1));
        }),
    ]
}

#[test]
fn cheats_are_refused() {
    all_are_refused(RowCircuit::Plain);
    all_are_refused(RowCircuit::PlainSingle);
}
