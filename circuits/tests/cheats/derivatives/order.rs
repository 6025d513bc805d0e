//! Jobs in the wrong order, scopes that stay open, registers that do not start at rest.

use plimsoll_circuits::field::{Fp, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;

use super::places::{
    cut_before, exposure, hedging_set, insert, insert_copy, keep, last, next, of, remove,
    replacement, start_at, subset,
};
use crate::catalogue::{Cheat, cheat, fp};

pub(super) fn cheats() -> Vec<Cheat> {
    let mut all = jobs();
    all.extend(follows());
    all.extend(first_rows());
    all.extend(registers());
    all.extend(last_rows());
    all
}

/// Rows of registers as those of the next row.
pub(super) fn as_next(f: &mut Forgery, at: usize) {
    for key in ["class", "subset number", "hedging set number"] {
        let value = f.get(at + 1, key);
        f.set(at, key, value);
    }
}

fn jobs() -> Vec<Cheat> {
    let option = "an option's normal distribution follows its trade, and nothing else";
    let tranche = "a tranche's delta follows its trade, and nothing else";
    vec![
        cheat("a row does one job at most", |f| {
            // An item of margin is a start date besides: that of now.
            let at = of(f, "handed over");
            as_next(f, at);
            f.set(at, "start date", 1);
        }),
        // An option declared linear: its delta would be one.
        cheat(option, |f| {
            let at = of(f, "call");
            f.set(at, "bit 2", 0);
        }),
        cheat(tranche, |f| {
            let at = of(f, "tranche");
            f.set(at, "bit 3", 0);
        }),
        cheat("a start date belongs to the trade in the next row", |f| {
            let at = last(f);
            f.set(at, "start date", 1);
        }),
        cheat("replacement cost and exposure stand together", |f| {
            let (at, from) = (last(f), exposure(f, "full"));
            let key = f.get(from, "key of the line");
            f.set(at, "exposure", 1);
            f.set(at, "key of the line", key);
        }),
        cheat("replacement cost follows a netting set", |f| {
            let (at, from) = (last(f), exposure(f, "full"));
            let key = f.get(from, "key of the line");
            f.set(at - 1, "replacement cost", 1);
            f.set(at, "exposure", 1);
            f.set(at, "key of the line", key);
        }),
        cheat("a hedging set ends after a subset", |f| {
            let at = of(f, "empty");
            insert(f, at);
            f.set(at, "hedging set", 1);
            f.set(at, "hedging set number", 21u64 << 30);
            for key in ["margin period", "settlement currency"] {
                let value = f.get(at + 1, key);
                f.set(at, key, value);
            }
        }),
    ]
}

fn follows() -> Vec<Cheat> {
    vec![
        cheat(
            "after a trade comes a trade or the end of its subset",
            |f| {
                let at = of(f, "pound");
                let like = of(f, "cash");
                insert_copy(f, at + 1, like);
            },
        ),
        cheat(
            "after a subset comes another or the end of its hedging set",
            |f| {
                // The hedging set's add-on is left out; its sums go to the next netting set.
                let at = hedging_set(f, "full euro");
                remove(f, at, 1);
                let number = f.get(at - 1, "subset number");
                f.set(at, "subset number", number + Fp::one());
            },
        ),
        cheat(
            "after a hedging set comes another or the end of its netting set",
            |f| {
                let at = hedging_set(f, "full euro");
                let like = of(f, "cash");
                insert_copy(f, at + 1, like);
                let number = f.get(at, "hedging set number");
                f.set(at + 1, "hedging set number", number + Fp::one());
            },
        ),
        cheat(
            "after margin comes more of it, a trade or the end of its netting set",
            |f| {
                let at = of(f, "handed over");
                insert(f, at + 1);
            },
        ),
        cheat(
            "after a netting set comes another or the end of its agreement",
            |f| {
                let at = of(f, "one");
                insert(f, at + 1);
            },
        ),
    ]
}

/// Jobs that need a row above them, and have none.
fn first_rows() -> Vec<Cheat> {
    let starts = |refuses: &str, place: fn(&Forgery) -> usize| {
        cheat(refuses, move |f| {
            let at = place(f);
            start_at(f, at);
        })
    };
    vec![
        starts(
            "the first row is no option: no trade stands above it",
            |f| of(f, "call") + 1,
        ),
        starts(
            "the first row is no tranche: no trade stands above it",
            |f| of(f, "tranche") + 1,
        ),
        starts("the first row ends no hedging set", |f| {
            hedging_set(f, "gold")
        }),
        starts("the first row is no replacement cost", |f| {
            replacement(f, "full")
        }),
        starts("the first row ends no agreement", |f| exposure(f, "full")),
        cheat("no start date is pending at the first row", |f| {
            let at = of(f, "full euro");
            start_at(f, at);
            f.set(
                0,
                "discount factor of the start",
                power_of_two(88) + power_of_two(60),
            );
        }),
    ]
}

/// Something stands in a register before the first row, to the institution's advantage mostly.
fn registers() -> Vec<Cheat> {
    let stands = |refuses: &str, register: &'static str, value: Fp| {
        cheat(refuses, move |f| {
            let at = of(f, "full euro");
            start_at(f, at);
            f.set(0, register, value);
        })
    };
    vec![
        stands(
            "no effective notional stands before the first row",
            "effective notional",
            -power_of_two(140),
        ),
        stands(
            "no error bound stands before the first row",
            "error bounds",
            -fp(1),
        ),
        stands(
            "no first sum stands before the first row",
            "first sum",
            fp(1_000),
        ),
        stands(
            "no second sum stands before the first row",
            "second sum",
            -fp(1_000_000),
        ),
        stands(
            "no third sum stands before the first row",
            "third sum",
            fp(5),
        ),
        stands(
            "no lean stands before the first row",
            "lean",
            -power_of_two(143),
        ),
        stands("no add-on stands before the first row", "add-on", -fp(1)),
        stands(
            "no market value stands before the first row",
            "market value",
            -fp(100_000_000),
        ),
        stands("no trade is counted before the first row", "trades", fp(-1)),
        stands(
            "no gross trade is counted before the first row",
            "gross trades",
            fp(1),
        ),
        stands(
            "no independent amount stands before the first row",
            "independent amount",
            fp(1_000_000),
        ),
        stands(
            "no variation margin stands before the first row",
            "variation margin",
            fp(1_000_000),
        ),
        stands(
            "no potential exposure stands before the first row",
            "potential future exposure",
            -fp(1_000_000),
        ),
        stands(
            "no positive market value stands before the first row",
            "positive market values",
            -fp(1_000_000),
        ),
        stands(
            "no net market value stands before the first row",
            "net market value",
            -fp(1_000_000),
        ),
        stands(
            "no collateral stands before the first row",
            "collateral",
            fp(1_000_000),
        ),
        stands(
            "no independent amounts stand before the first row",
            "independent amounts",
            fp(1_000_000),
        ),
        stands(
            "no netting set is counted before the first row",
            "netting sets",
            fp(-1),
        ),
        stands(
            "no margined set is counted before the first row",
            "margined netting sets",
            fp(1),
        ),
        stands(
            "no other trade is counted before the first row",
            "trades that cannot lie outside, and margin",
            -fp(1),
        ),
    ]
}

/// The copy ends where a scope is open.
fn last_rows() -> Vec<Cheat> {
    let cut = |refuses: &str, place: fn(&Forgery) -> usize| {
        cheat(refuses, move |f| {
            let at = place(f);
            cut_before(f, at);
            let end = last(f) + 1;
            keep(f, end, &["word eta"]);
        })
    };
    vec![
        cut("no start date is pending after the last row", |f| {
            of(f, "forward rate") - 1
        }),
        cut("no trade is open after the last row", |f| {
            of(f, "full euro")
        }),
        cut("no option is open after the last row", |f| {
            of(f, "call") + 1
        }),
        cut("no tranche is open after the last row", |f| {
            of(f, "tranche") + 1
        }),
        cut("no subset is open after the last row", |f| {
            subset(f, "full euro")
        }),
        cut("no hedging set is open after the last row", |f| {
            hedging_set(f, "full euro")
        }),
        cut("no margin is open after the last row", |f| of(f, "cash")),
        cut("no netting set is open after the last row", |f| {
            of(f, "full")
        }),
        cut("no replacement cost is open after the last row", |f| {
            replacement(f, "full")
        }),
        cut("no exposure is open after the last row", |f| {
            let at = of(f, "full");
            next(f, at, "exposure")
        }),
    ]
}
