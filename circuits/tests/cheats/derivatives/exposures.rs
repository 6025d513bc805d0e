//! Cheats on replacement cost and exposure.

use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::cheat::Forgery;

use super::places::{each, exposure, insert_copy, of, off, put, replacement};
use crate::catalogue::{Cheat, cheat, fp};

fn full(f: &Forgery) -> usize {
    replacement(f, "full")
}

fn margined(f: &Forgery) -> usize {
    replacement(f, "margined")
}

pub(super) fn cheats() -> Vec<Cheat> {
    let mut all = replacements();
    all.extend(exposures());
    all
}

fn replacements() -> Vec<Cheat> {
    let threshold =
        "replacement cost with margin is not below threshold and transfer less independent amount";
    vec![
        put(
            "replacement cost is margined exactly where the netting set is",
            margined,
            "bit 0",
            0,
            &[],
        ),
        cheat(
            "a margined replacement cost is that of one netting set",
            |f| {
                // One of two sets is charged as if it had a margin agreement to itself.
                let (at, end) = (of(f, "one euro"), of(f, "one"));
                each(f, at..=end, "margin period", Fp::one());
            },
        ),
        off(
            "replacement cost is not below its first bound",
            full,
            "word r",
            -1,
            &["word s", "word c", "word p", "word k", "word d"],
        ),
        off(
            "range: word d limb 3",
            full,
            "word r",
            -1,
            &["word s", "word c"],
        ),
        off(
            threshold,
            margined,
            "word r",
            -1,
            &["word s", "word c", "word q", "word f", "word w"],
        ),
        off(
            "range: word w limb 7",
            margined,
            "word r",
            -1,
            &["word s", "word c"],
        ),
        off(
            "replacement cost where collateral was posted is not below the net value",
            |f| replacement(f, "posted"),
            "word r",
            -1,
            &["word s", "word c", "word q", "word f", "word w"],
        ),
        off(
            "the exposure gets the replacement cost",
            |f| exposure(f, "full"),
            "step 0",
            -1,
            &[],
        ),
    ]
}

fn exposures() -> Vec<Cheat> {
    let charge = |f: &Forgery| exposure(f, "full");
    let outside = |refuses: &str, id: &'static str| {
        cheat(refuses, move |f| {
            let at = exposure(f, id);
            f.set(at, "bit 0", 1);
            f.set(at, "word n", 0);
            f.set(at, "word b", 0);
        })
    };
    vec![
        // A rounding leaned the wrong way.
        off(
            "exposure at default is not below alpha times replacement cost and PFE",
            charge,
            "word n",
            -1,
            &["word b", "word v"],
        ),
        off("range: word v limb 4", charge, "word n", -1, &["word b"]),
        outside(
            "only sold options whose premium is paid lie outside, and no item of margin",
            "gross",
        ),
        outside("what lies outside has no margin", "empty"),
        cheat("what lies outside is alone", |f| {
            let at = of(f, "outside");
            insert_copy(f, at + 1, at);
        }),
        // The premium is still to come.
        put(
            "only sold options whose premium is paid lie outside, and no item of margin",
            |f| of(f, "sold"),
            "bit 6",
            0,
            &[],
        ),
        cheat("what lies outside has no exposure", |f| {
            let at = exposure(f, "outside");
            f.set(at, "word n", fp(5));
        }),
    ]
}
