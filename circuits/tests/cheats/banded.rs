//! Cheats on banded exposures.

use plimsoll_circuits::field::power_of_two;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::statement::RowCircuit;

use crate::catalogue::{Cheat, all_are_refused, cheat, fp};

const MILLION: i64 = 1_000_000;

/// Copies the band of another position.
fn band_of(f: &mut Forgery, from: usize, to: usize) {
    for column in [
        "kind",
        "mismatch",
        "measure",
        "split",
        "open",
        "edge",
        "weight",
        "weight of the rest",
    ] {
        let value = f.get(from, column);
        f.set(to, column, value);
    }
}

pub(crate) fn cheats() -> Vec<Cheat> {
    let band = "lookup: the weights are the rulebook's for this band";
    let factor = "lookup: the factor is that of this currency and kind";
    let edge = "the band's edge is not exceeded";
    let parts = "secured part and rest are the amount net of provisions";
    let whole = "a whole loan has no rest";
    let currency = "without the mismatch weight, income and loan are in one currency";
    let slack = "range: room under the edge limb 10";
    let secured = "range: secured part limb 10";
    let rest = "range: rest limb 10";
    vec![
        cheat(band, |f| f.set(0, "weight", 0)),
        cheat(band, |f| f.set(2, "weight of the rest", 2_000)),
        cheat(band, |f| {
            // A bit that is none, where nothing else would notice.
            f.set(6, "mismatch", 0);
            f.set(6, "income currency", 1);
        }),
        cheat(band, |f| {
            // The band of unsupplied rows, with an edge that nothing exceeds.
            for column in [
                "kind",
                "weight",
                "weight of the rest",
                "edge",
                "measure",
                "split",
            ] {
                f.set(7, column, 0);
            }
            f.set(7, "open", 1);
        }),
        cheat(band, |f| {
            // A bit that is none: the edge counts tenfold.
            f.set(1, "open", 2);
            f.set(1, "room under the edge", fp(180_000 * MILLION));
            f.set(1, "edge", 0);
        }),
        cheat(factor, |f| f.set(0, "conversion factor", 1)),
        cheat(factor, |f| {
            // Another currency's number, to hide a mismatch.
            f.set(6, "currency", 2);
        }),
        cheat(edge, |f| {
            // A loan at 80 % in the band up to 60 %, with no room to show.
            band_of(f, 8, 0);
            f.set(0, "room under the edge", 0);
        }),
        cheat(edge, |f| f.add(0, "room under the edge", 1)),
        cheat(edge, |f| {
            // One unit above the edge.
            f.add(0, "gross amount", 1);
            f.add(0, "secured part", fp(MILLION));
        }),
        cheat(slack, |f| {
            // The same band, with the room that the gate asks for: it is negative.
            band_of(f, 8, 0);
            f.set(0, "room under the edge", -fp(20_000 * MILLION));
        }),
        cheat(slack, |f| {
            // Provisions one short of a fifth, in the lower band.
            band_of(f, 4, 5);
            f.set(5, "room under the edge", -fp(MILLION));
        }),
        cheat(slack, |f| {
            // More of a split loan is secured than the share of the property.
            f.add(2, "secured part", fp(MILLION));
            f.add(2, "rest", -fp(MILLION));
            f.add(2, "room under the edge", -fp(MILLION));
        }),
        cheat(parts, |f| f.add(2, "rest", -fp(1))),
        cheat(parts, |f| f.set(7, "secured part", 0)),
        cheat(parts, |f| {
            // Provisions are taken off twice.
            f.add(7, "secured part", -fp(1_000 * MILLION));
        }),
        cheat(whole, |f| {
            // A part of a whole loan moves to the rest; both weights are equal, and still.
            f.add(0, "secured part", -fp(5));
            f.add(0, "rest", fp(5));
        }),
        cheat(currency, |f| {
            // Income in pounds, and not a mismatch.
            f.set(0, "income currency", 3);
        }),
        cheat(currency, |f| f.set(0, "income currency", 0)),
        cheat(secured, |f| {
            // A split with a negative secured part would put all in the rest, and more.
            let net = fp(40_000 * MILLION);
            f.set(3, "secured part", -fp(1));
            f.set(3, "rest", net + fp(1));
            f.set(3, "room under the edge", fp(55_000 * MILLION) + fp(1));
        }),
        cheat(secured, |f| {
            // Provisions above the amount: net is negative.
            f.set(7, "specific provisions", 10_000);
            f.set(7, "secured part", -fp(1_000 * MILLION));
        }),
        cheat(rest, |f| {
            // A negative rest lightens the charge; the secured part stays under the edge.
            f.set(3, "secured part", fp(40_000 * MILLION + 7));
            f.set(3, "rest", -fp(7));
            f.add(3, "room under the edge", -fp(7));
        }),
        cheat("range: gross amount limb 7", |f| {
            // 2^64 exactly, and provisions that leave one unit of it.
            f.set(7, "gross amount", power_of_two(64));
            f.set(7, "specific provisions", power_of_two(64) - fp(1));
            f.set(7, "secured part", fp(MILLION));
        }),
        cheat("range: specific provisions limb 7", |f| {
            // Negative provisions raise net: harmless to the bank's ratio, refused all the same.
            f.set(7, "specific provisions", -fp(1));
            f.set(7, "secured part", fp(9_001 * MILLION));
        }),
        cheat("range: property value limb 7", |f| {
            // A property of 2^64, for a loan that its own would not carry.
            band_of(f, 8, 1);
            f.set(1, "property value", power_of_two(64));
            let room = power_of_two(64) * fp(600_000) - fp(180_000 * MILLION);
            f.set(1, "room under the edge", room);
        }),
    ]
}

#[test]
fn cheats_are_refused() {
    all_are_refused(RowCircuit::Banded);
}
