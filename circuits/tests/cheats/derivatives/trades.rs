//! Cheats on single trades.

use ff::PrimeField;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::cheat::Forgery;

use super::places::{code, insert_copy, keep, of, off, put, rest};
use crate::catalogue::{Cheat, cheat, fp};

fn share(f: &Forgery) -> usize {
    of(f, "share")
}

fn call(f: &Forgery) -> usize {
    of(f, "call")
}

fn forward(f: &Forgery) -> usize {
    of(f, "forward rate")
}

fn meme(f: &Forgery) -> usize {
    of(f, "meme")
}

/// Quarter days.
pub(super) fn set_date(f: &mut Forgery, at: usize, date: u64) {
    f.set(at, "date, high part", date / 512);
    f.set(at, "date, low part", date % 512);
}

pub(super) fn cheats() -> Vec<Cheat> {
    let mut all = lines();
    all.extend(notionals());
    all.extend(deltas());
    all.extend(sums());
    all
}

fn lines() -> Vec<Cheat> {
    let sign = "a bought call and a sold put are long, a sold call and a bought put short";
    vec![
        cheat("a trade reads the line of its class", |f| {
            let at = share(f);
            f.set(at, "key of the line", code("equity-index"));
        }),
        put(
            "a trade whose class has buckets reads the line of its bucket",
            |f| of(f, "long rate"),
            "key of the second line",
            0,
            &[],
        ),
        cheat("the trade ends in its bucket, not before", |f| {
            let at = of(f, "long rate");
            keep(f, at, &["word c"]);
            set_date(f, at, 5_000);
        }),
        cheat("range: word c limb 1", |f| {
            let at = of(f, "long rate");
            set_date(f, at, 5_000);
        }),
        cheat("the trade ends in its bucket, not after", |f| {
            let at = of(f, "short rate");
            keep(f, at, &["word b"]);
            set_date(f, at, 5_000);
        }),
        cheat("range: word b limb 2", |f| {
            let at = of(f, "short rate");
            set_date(f, at, 5_000);
        }),
        put(
            "a hedging set of rates is the currency of its trades",
            |f| of(f, "euro rate"),
            "currency",
            3,
            &[],
        ),
        // Delta of the wrong sign.
        put(sign, share, "step 4", -1, &[]),
        cheat("bit 0", |f| {
            // Neither bought nor sold: half of each.
            let at = share(f);
            f.set(at, "bit 0", Fp::TWO_INV);
        }),
        put("only an option is a put", share, "bit 1", 1, &[]),
        cheat("an option is no tranche", |f| {
            let at = call(f);
            f.set(at, "bit 3", 1);
        })
        .and("a tranche's delta follows its trade, and nothing else"),
        // In the rulebooks that ship nothing that is charged gross has options or tranches.
        cheat("a trade charged gross is linear", |f| {
            let at = meme(f);
            let like = of(f, "tranche") + 1;
            insert_copy(f, at + 1, like);
            f.set(at, "bit 3", 1);
        })
        .and("lookup: the parameters are the rulebook's for this row's job"),
        put(
            "a trade charged gross has a maturity factor of one",
            meme,
            "maturity",
            365,
            &[],
        ),
        cheat("what is charged gross is a netting set of its own", |f| {
            let at = meme(f);
            insert_copy(f, at + 1, at);
        }),
        cheat("what is charged gross has no collateral", |f| {
            let (at, like) = (meme(f), of(f, "cash"));
            insert_copy(f, at, like);
        }),
        cheat(
            "what is charged gross is the first netting set of its agreement",
            |f| {
                let (at, like) = (meme(f), of(f, "full"));
                insert_copy(f, at, like);
                rest(f, at);
            },
        ),
        cheat(
            "what is charged gross is the last netting set of its agreement",
            |f| {
                let (at, like) = (of(f, "gross"), of(f, "full"));
                insert_copy(f, at + 1, like);
            },
        ),
        put("range: word n limb 4", share, "word n", -1, &[]),
        put("range: word v limb 4", share, "word v", -1, &[]),
    ]
}

fn notionals() -> Vec<Cheat> {
    vec![
        off(
            "the notional is converted at the snapshot's rate",
            share,
            "step 0",
            -1,
            &[],
        ),
        off(
            "the discount difference is that of start and end",
            forward,
            "word d",
            -1,
            &["word q"],
        ),
        off(
            "the larger of discount difference and floor is taken",
            forward,
            "step 1",
            -1,
            &[],
        ),
        put(
            "the discount difference is at least its floor",
            |f| of(f, "shortest rate"),
            "bit 7",
            1,
            &["word f"],
        ),
        put(
            "range: word f limb 3",
            |f| of(f, "shortest rate"),
            "bit 7",
            1,
            &[],
        ),
        off(
            "the adjusted notional is the notional by the discount difference",
            share,
            "step 2",
            -1,
            &[],
        ),
    ]
}

fn deltas() -> Vec<Cheat> {
    let delta = "delta is one, or that of the option or tranche in the next row";
    let error = "the error of delta is none, or that of the option or tranche";
    vec![
        off(delta, share, "delta", -1_000, &[]),
        off(delta, call, "delta", -1_000, &[]),
        // A rounding leaned the wrong way.
        put(error, call, "error of delta", 0, &[]),
        off(error, share, "error of delta", -1, &[]),
        off(
            "delta and maturity factor are multiplied",
            share,
            "step 3",
            -1,
            &[],
        ),
        off(
            "one is at least the other, or the sign bit is wrong",
            call,
            "step 5",
            -1,
            &[],
        ),
        off(
            "a quoted price is the snapshot's",
            |f| of(f, "coin"),
            "word p",
            -100_000_000,
            &[],
        ),
        off(
            "the option gets the logarithm of its trade",
            |f| call(f) + 1,
            "step 0",
            -1_000_000,
            &[],
        ),
        // Delta of the wrong sign: a call is valued as a put.
        put(
            "the option is a put if its trade is",
            |f| call(f) + 1,
            "bit 1",
            1,
            &[],
        ),
        put(
            "the option's price is quoted if its trade's is",
            |f| call(f) + 1,
            "bit 4",
            1,
            &[],
        ),
        off(
            "the mantissa is price over strike, or strike over price",
            call,
            "word r",
            -1,
            &[],
        ),
        off(
            "the mantissa is rounded down",
            call,
            "word eta",
            -1,
            &["word s"],
        ),
        off(
            "ln(2/m) is the quadratic's value, rounded down",
            call,
            "word y",
            -1,
            &["word w"],
        ),
        off(
            "the quadratic is evaluated in the node's interval",
            call,
            "quadratic",
            -1,
            &[],
        ),
    ]
}

fn sums() -> Vec<Cheat> {
    let after = |refuses: &str, id: &'static str, column: &'static str, by: i64| {
        off(refuses, move |f| of(f, id) + 1, column, by, &[])
    };
    vec![
        cheat(
            "effective notionals add up over a subset, with their signs",
            |f| {
                // The trade is left out.
                let at = of(f, "pound");
                f.set(at + 1, "effective notional", fp(0));
            },
        ),
        // A rounding leaned the wrong way.
        after(
            "error bounds add up over a subset, without signs",
            "call",
            "error bounds",
            -1,
        ),
        after(
            "market values add up over a netting set, with their signs",
            "full euro",
            "market value",
            -100_000_000,
        ),
        after(
            "every trade of a netting set is counted",
            "share",
            "trades",
            -1,
        ),
        // Charged with netting, and its multiplier below one.
        after(
            "every trade charged gross is counted",
            "meme",
            "gross trades",
            -1,
        ),
        after(
            "every trade that cannot lie outside is counted, and every item of margin",
            "full euro",
            "trades that cannot lie outside, and margin",
            -1,
        ),
    ]
}
