//! Cheats on subsets, hedging sets, margin and netting sets.

use plimsoll_circuits::protocol::cheat::Forgery;

use super::places::{code, hedging_set, keep, of, off, put, subset};
use crate::catalogue::{Cheat, cheat, fp};

fn shares(f: &Forgery) -> usize {
    subset(f, "share")
}

fn bond(f: &Forgery) -> usize {
    of(f, "bond")
}

fn mixed(f: &Forgery) -> usize {
    of(f, "mixed")
}

fn full(f: &Forgery) -> usize {
    of(f, "full")
}

pub(super) fn cheats() -> Vec<Cheat> {
    let mut all = subsets();
    all.extend(hedging_sets());
    all.extend(margin());
    all.extend(netting_sets());
    all.extend(multipliers());
    all.extend(agreements());
    all
}

fn subsets() -> Vec<Cheat> {
    let sign = "the effective notional is rounded down to 10^-8, with its sign";
    vec![
        cheat("a subset reads the line of its class", |f| {
            let at = shares(f);
            f.set(at, "key of the line", code("equity-index"));
        }),
        cheat("a subset reads weights of its class", |f| {
            let at = shares(f);
            f.set(at, "key of the second line", code("equity-index"));
        }),
        put(
            "a subset reads the weights of its bucket",
            |f| subset(f, "long rate"),
            "value 0 of the second line",
            1,
            &[],
        ),
        off(sign, shares, "word n", -1, &["word v", "word r", "word q"]),
        put(
            sign,
            shares,
            "bit 0",
            1,
            &["word n", "word v", "word r", "word q"],
        ),
        off(
            "the add-on is the supervisory factor of the effective notional, rounded down",
            shares,
            "word d",
            -1,
            &["word b", "word c"],
        ),
        cheat("the add-on has the sign of the effective notional", |f| {
            let at = shares(f);
            let addon = f.get(at, "step 0");
            f.set(at, "step 0", -addon);
        }),
        off(
            "the first sum of a hedging set adds up",
            |f| shares(f) + 1,
            "first sum",
            -1,
            &[],
        ),
        off(
            "the second sum of a hedging set adds up",
            |f| subset(f, "pound") + 1,
            "second sum",
            -100_000_000,
            &[],
        ),
        off(
            "the third sum of a hedging set adds up",
            |f| subset(f, "long rate") + 1,
            "third sum",
            -100,
            &[],
        ),
        // A rounding leaned the wrong way.
        cheat(
            "what rounding may have lost adds up over a netting set",
            |f| {
                let at = shares(f) + 1;
                f.set(at, "lean", fp(0));
            },
        ),
    ]
}

fn hedging_sets() -> Vec<Cheat> {
    let pound = |f: &Forgery| hedging_set(f, "pound");
    vec![
        // A rounding leaned the wrong way.
        off(
            "the add-on of a hedging set is at least the root of its form",
            pound,
            "word n",
            -1,
            &["word b", "word r", "word s"],
        ),
        off("range: word s limb 4", pound, "word n", -1, &["word b"]),
        off(
            "add-ons of hedging sets add up over a netting set",
            move |f| pound(f) + 1,
            "add-on",
            -1,
            &[],
        ),
    ]
}

fn margin() -> Vec<Cheat> {
    let independent = "independent amounts add up over a netting set";
    vec![
        off(
            "margin matures within its band",
            bond,
            "word b",
            -1,
            &["word c"],
        ),
        put(
            "the haircut's horizon is the netting set's margin period",
            bond,
            "value 1 of the line",
            2,
            &[],
        ),
        put(
            "the haircut is that of a foreign currency or of the netting set's own",
            bond,
            "value 2 of the line",
            0,
            &[],
        ),
        put(
            "without the mismatch haircut, margin and netting set are in one currency",
            bond,
            "bit 2",
            0,
            &[],
        ),
        put(
            "what is posted counts whatever it is for",
            |f| of(f, "handed over"),
            "bit 1",
            1,
            &[],
        ),
        off(
            "received margin is cut and posted margin raised by the haircut",
            bond,
            "step 0",
            1_000,
            &[],
        ),
        // Collateral counted in two netting sets: it stays for the next one.
        cheat(independent, |f| {
            let at = mixed(f);
            let taken = f.get(at, "independent amount");
            f.set(at + 1, "independent amount", taken);
        }),
        off(
            independent,
            |f| bond(f) + 1,
            "independent amount",
            1_000,
            &[],
        ),
        off(
            "variation margin adds up over a netting set",
            |f| of(f, "daily") + 1,
            "variation margin",
            1_000,
            &[],
        ),
    ]
}

fn netting_sets() -> Vec<Cheat> {
    vec![
        put(
            "a netting set reads the line of its margin period",
            full,
            "key of the line",
            1,
            &[],
        ),
        off(
            "a large netting set does not have a short margin period",
            |f| of(f, "margined"),
            "small word",
            1,
            &[],
        ),
        off(
            "collateral is independent amounts, and variation margin where it counts",
            mixed,
            "step 0",
            1_000,
            &[],
        ),
        off(
            "the net value is market value less collateral",
            mixed,
            "step 1",
            -1_000,
            &[],
        ),
        // A rounding leaned the wrong way.
        off(
            "the aggregate add-on is not below its parts and what rounding lost",
            mixed,
            "word n",
            -1,
            &["word b", "word v", "word r", "word c"],
        ),
        put(
            "the sign of the market value",
            full,
            "bit 1",
            1,
            &["word d", "word f", "word q"],
        ),
        put("range: word q limb 3", full, "bit 1", 1, &[]),
    ]
}

fn multipliers() -> Vec<Cheat> {
    let exponent = "the exponent does not exceed the excess collateral over the add-on";
    vec![
        off(
            "the exponent is weighed by the add-on",
            mixed,
            "step 2",
            -1,
            &[],
        ),
        off(
            exponent,
            mixed,
            "word eta",
            1,
            &["word s", "word p", "word k"],
        ),
        cheat("range: word k limb 3", |f| {
            // A larger exponent, and what it leaves is negative.
            let at = mixed(f);
            f.add(at, "head", fp(1));
        }),
        off(
            "the exponential is the quadratic's value, rounded down",
            mixed,
            "word y",
            -1,
            &["word w"],
        ),
        cheat(
            "the multiplier is its floor and the exponential's share of the rest, or one",
            |f| {
                // A multiplier below its floor.
                let at = mixed(f);
                f.set(at, "step 3", 499u64 << 44);
            },
        ),
        put(
            "what is charged gross has a multiplier of one",
            |f| of(f, "gross"),
            "bit 0",
            0,
            &[],
        ),
    ]
}

fn agreements() -> Vec<Cheat> {
    let after = |refuses: &str, column: &'static str, by: i64| {
        off(refuses, |f| full(f) + 1, column, by, &[])
    };
    vec![
        after(
            "potential future exposures add up over an agreement",
            "potential future exposure",
            -1_000,
        ),
        after(
            "positive market values add up over an agreement",
            "positive market values",
            -1_000,
        ),
        after(
            "market values add up over an agreement",
            "net market value",
            -1_000,
        ),
        after("collateral adds up over an agreement", "collateral", 1_000),
        after(
            "independent amounts add up over an agreement",
            "independent amounts",
            1_000,
        ),
        after(
            "netting sets of an agreement are counted",
            "netting sets",
            -1,
        ),
        after(
            "margined netting sets of an agreement are counted",
            "margined netting sets",
            1,
        ),
        cheat("collateral adds up over an agreement", |f| {
            // Collateral counted in two agreements.
            let at = next_exposure(f);
            let taken = f.get(at, "collateral");
            f.set(at + 1, "collateral", taken);
            keep(f, at, &["collateral"]);
        }),
    ]
}

fn next_exposure(f: &Forgery) -> usize {
    super::places::exposure(f, "mixed")
}
