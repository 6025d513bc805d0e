//! Cheats on the delta of options and tranches.

use plimsoll_circuits::protocol::cheat::Forgery;

use super::places::{code, keep, of, off, put};
use crate::catalogue::{Cheat, cheat};

const EQUAL: &str = "an option is at the money now only if price and strike are equal";

fn call(f: &Forgery) -> usize {
    of(f, "call") + 1
}

fn now(f: &Forgery) -> usize {
    of(f, "now") + 1
}

fn saturated(f: &Forgery) -> usize {
    of(f, "saturated") + 1
}

fn tranche(f: &Forgery) -> usize {
    of(f, "tranche") + 1
}

pub(super) fn cheats() -> Vec<Cheat> {
    let mut all = moneyness();
    all.extend(arguments());
    all.extend(values());
    all.extend(tranches());
    all
}

fn moneyness() -> Vec<Cheat> {
    vec![
        cheat(
            "an option reads the volatility of its class, quoted or not",
            |f| {
                let at = call(f);
                f.set(at, "key of the line", code("fx"));
            },
        ),
        off(
            "the variance is the squared volatility over the time left",
            call,
            "step 1",
            -1,
            &[],
        ),
        off(
            "the scale of x is that of the variance",
            call,
            "step 2",
            -4_096,
            &[],
        ),
        off(
            "the moneyness is the logarithm and half the variance",
            call,
            "step 3",
            -1_000_000_000,
            &[],
        ),
        // Delta of the wrong side: the small one for the large.
        put(
            "the sign of x is that of the moneyness",
            call,
            "bit 0",
            1,
            &["word k", "word q", "word c"],
        ),
    ]
}

fn arguments() -> Vec<Cheat> {
    vec![
        off(
            "x is not too large, and saturated only where it exceeds eight",
            call,
            "word n",
            1,
            &["word v", "word p"],
        ),
        off(
            "x is not too small",
            call,
            "word eta",
            -1,
            &["word r", "word s", "word d"],
        ),
        off(
            "a saturated x is just below eight",
            saturated,
            "word eta",
            -1,
            &[],
        ),
        cheat(
            "x is not too large, and saturated only where it exceeds eight",
            |f| {
                // At the money now, and yet deep in it: delta is one.
                let at = now(f);
                keep(f, at, &["word r", "word s", "word d"]);
                f.set(at, "bit 2", 1);
                f.set(at, "bit 3", 0);
                f.set(at, "node", 4_095);
                f.set(at, "word eta", (1u64 << 30) - 1);
            },
        ),
        cheat("no time is left where the trade ends now", |f| {
            // Price and strike for which x is zero with a year to go; equal ones never are.
            let at = call(f);
            f.set(at - 1, "word p", 1_096_068_639_281_538);
            f.set(at - 1, "word k", 1u64 << 51);
            f.set(at, "bit 3", 1);
        })
        .and(EQUAL),
        cheat(EQUAL, |f| {
            // In the money by less than the logarithm sees.
            let at = now(f);
            f.set(at - 1, "word p", (1u64 << 51) + 1);
            f.set(at - 1, "word k", 1u64 << 51);
        }),
        // Delta is anything where neither time nor distance is left.
        put("at the money now, x is zero", now, "word eta", 5, &[]),
        put(
            "the narrow error bound needs its time",
            |f| of(f, "near") + 1,
            "bit 5",
            0,
            &["word f"],
        ),
    ]
}

fn values() -> Vec<Cheat> {
    vec![
        off(
            "the tail is the quadratic's value, rounded down",
            call,
            "word y",
            1,
            &["word w"],
        ),
        off(
            "delta is the tail, or one less the tail",
            call,
            "delta",
            -1_000,
            &[],
        ),
        put(
            "the error of delta is the narrow bound or the wide",
            call,
            "error of delta",
            0,
            &[],
        ),
    ]
}

fn tranches() -> Vec<Cheat> {
    vec![
        cheat(
            "a tranche reads the line of its class, which has tranches",
            |f| {
                let at = tranche(f);
                f.set(at, "key of the line", code("credit-single-BBB"));
            },
        ),
        // It detaches above its pool, which takes its delta away.
        cheat("a tranche detaches within its pool", |f| {
            let at = tranche(f);
            keep(f, at, &["word p"]);
            f.set(at, "word f", 200);
        }),
        put("range: word p limb 3", tranche, "word f", 200, &[]),
        put(
            "a tranche attaches below its detachment",
            tranche,
            "word b",
            50,
            &["word k"],
        ),
        off(
            "the attachment's factor is one and its multiple",
            tranche,
            "step 0",
            1,
            &[],
        ),
        off(
            "the detachment's factor is one and its multiple",
            tranche,
            "step 1",
            1,
            &[],
        ),
        off("both factors are multiplied", tranche, "step 2", 1, &[]),
        off(
            "a tranche's delta is the quotient",
            tranche,
            "word y",
            -1,
            &["word n", "word v"],
        ),
        off(
            "a tranche's delta is rounded down",
            tranche,
            "word y",
            -1,
            &["word r", "word s"],
        ),
        off(
            "a tranche hands on its delta",
            tranche,
            "delta",
            -1_000,
            &[],
        ),
        put(
            "a tranche's delta is out by less than one unit",
            tranche,
            "error of delta",
            0,
            &[],
        ),
    ]
}
