//! Trades in the wrong subset, hedging set or netting set.

use plimsoll_circuits::field::{Fp, power_of_two};

use super::places::{code, each, hedging_set, keep, of, remove, subset};
use crate::catalogue::{Cheat, cheat, fp};

pub(super) fn cheats() -> Vec<Cheat> {
    let once = "no hedging set of a netting set stands twice";
    let period = "a netting set has one margin period";
    vec![
        cheat("a trade stays in its subset", |f| {
            // Another entity's number, between two.
            let at = subset(f, "share");
            f.set(at, "subset number", 3);
        }),
        cheat("a subset has one class", |f| {
            // Shares are charged as an index.
            let at = subset(f, "share");
            f.set(at, "class", code("equity-index"));
        }),
        // A trade moved to another hedging set: euros are netted with pounds.
        cheat("a trade stays in its hedging set", |f| {
            let end = hedging_set(f, "euro");
            let pounds = f.get(end + 1, "hedging set number");
            remove(f, end - 1, 2);
            let at = of(f, "pound");
            f.set(at, "hedging set number", pounds);
        }),
        cheat(period, |f| {
            // A maturity factor of the wrong kind: with margin, where the set has none.
            let at = of(f, "full euro");
            f.set(at, "margin period", 1);
            f.set(at + 1, "margin period", 0);
        }),
        cheat(period, |f| {
            let at = of(f, "full");
            f.set(at, "margin period", 1);
        }),
        cheat("a netting set has one currency of settlement", |f| {
            let at = of(f, "handed over");
            f.set(at + 1, "settlement currency", 2);
        }),
        cheat("no subset of a hedging set stands twice", |f| {
            let (first, second) = (subset(f, "share"), subset(f, "saturated"));
            let number = f.get(first, "subset number");
            each(f, first + 1..=second, "subset number", number);
            keep(f, first, &["word y"]);
        }),
        cheat("range: word y limb 3", |f| {
            // The same, with the distance that the gate asks for: it is negative.
            let (first, second) = (subset(f, "share"), subset(f, "saturated"));
            let number = f.get(first, "subset number");
            each(f, first + 1..=second, "subset number", number);
        }),
        cheat(once, |f| {
            let (first, second) = (hedging_set(f, "euro"), hedging_set(f, "pound"));
            let number = f.get(first, "hedging set number");
            each(f, first + 1..=second, "hedging set number", number);
            keep(f, first, &["word y"]);
        }),
        cheat("a start date is handed to the next row alone", |f| {
            let at = of(f, "forward rate");
            let start = f.get(at, "discount factor of the start");
            f.set(at, "discount factor of the start", start - power_of_two(60));
        }),
        cheat("a subset lies in a hedging set of its class's group", |f| {
            // Metals, in the hedging set of agricultural commodities.
            let (at, end) = (of(f, "gold"), hedging_set(f, "gold"));
            keep(f, end - 1, &["word eta"]);
            each(f, at..=end, "hedging set number", power_of_two(30) * fp(24));
        }),
        cheat("a group with one hedging set has no names", |f| {
            let (at, end) = (of(f, "gold"), hedging_set(f, "gold"));
            let number = f.get(at, "hedging set number");
            each(f, at..=end, "hedging set number", number + fp(5));
        }),
        cheat("a hedging set without parts has one subset", |f| {
            let (at, end) = (of(f, "pound"), subset(f, "pound"));
            each(f, at..=end, "subset number", Fp::one());
        }),
        cheat("a hedging set reads the line of its group", |f| {
            let at = hedging_set(f, "gold");
            keep(f, at, &["word eta"]);
            f.set(at, "key of the line", 24);
        }),
    ]
}
