//! Cheats on tables, on bits that are none, and on words that are too wide.

use plimsoll_circuits::field::{Fp, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::statement::RowCircuit;

use super::order::as_next;
use super::places::{code, exposure, last, of, off, put, subset};
use super::settle::JOBS;
use super::tables::{Tables, line};
use super::trades::set_date;
use super::words::bits;
use crate::catalogue::{Cheat, cheat};
use crate::honest::honest;

const LINE: &str = "lookup: the parameters are the rulebook's for this row's job";
const SECOND: &str = "lookup: bucket or weights are the rulebook's";

pub(super) fn cheats() -> Vec<Cheat> {
    let mut all = lines();
    all.extend(tables());
    all.extend(bit_cheats());
    all.extend(words());
    all
}

fn lines() -> Vec<Cheat> {
    let charge = |f: &Forgery| exposure(f, "full");
    let share = |f: &Forgery| of(f, "share");
    vec![
        put(LINE, charge, "value 0 of the line", 0, &[]),
        put(LINE, charge, "value 1 of the line", 1, &[]),
        cheat(LINE, |f| {
            // The line of rows that do nothing.
            let at = exposure(f, "full");
            for column in ["key of the line", "value 0 of the line"] {
                f.set(at, column, 0);
            }
        }),
        // The factor of another class, under this one's key.
        put(
            LINE,
            |f| subset(f, "share"),
            "value 2 of the line",
            40_000,
            &[],
        ),
        // Netted, although it is charged gross.
        put(LINE, |f| of(f, "meme"), "value 2 of the line", 0, &[]),
        // A multiplier without a floor.
        put(LINE, |f| of(f, "mixed"), "value 4 of the line", 0, &[]),
        put(LINE, share, "value 0 of the line", -1, &[]),
        cheat(LINE, |f| {
            // The haircut of another type of collateral.
            let at = of(f, "bond");
            f.set(at, "value 3 of the line", 0);
        }),
        cheat(LINE, |f| {
            // A tranche of what has none.
            let at = of(f, "tranche") + 1;
            f.set(at, "key of the line", code("equity-index"));
        })
        .and("a tranche reads the line of its class, which has tranches"),
        cheat(LINE, |f| {
            // An option on what has no options in the rulebook.
            let at = of(f, "call") + 1;
            f.set(at, "key of the line", code("crypto-2b"));
        })
        .and("an option reads the volatility of its class, quoted or not"),
        cheat(SECOND, |f| {
            let at = subset(f, "share");
            f.set(at, "value 1 of the second line", 0);
        }),
        cheat(SECOND, |f| {
            // Bucket 1 reaches further, for this trade.
            let at = of(f, "short rate");
            set_date(f, at, 5_000);
            f.set(at, "value 1 of the second line", 5_000);
        }),
    ]
}

fn tables() -> Vec<Cheat> {
    let date = |part: &str| format!("lookup: the date's {part} part has this discount factor");
    let (call, forward) = (
        |f: &Forgery| of(f, "call"),
        |f: &Forgery| of(f, "forward rate"),
    );
    vec![
        off(
            "lookup: the rate is that of the currency or asset",
            |f| of(f, "pound"),
            "rate",
            -1,
            &[],
        ),
        off(
            "lookup: the rate is that of the currency or asset",
            |f| of(f, "bond"),
            "rate",
            1,
            &[],
        ),
        cheat("lookup: the rate is that of the currency or asset", |f| {
            // An asset passes as cash.
            let at = of(f, "bond");
            f.set(at, "currency", 4);
        }),
        off(
            "lookup: the value's rate is that of its currency or asset",
            |f| of(f, "coin"),
            "rate of the value",
            -1,
            &[],
        ),
        cheat(
            "lookup: the maturity factor is the margin period's, or the maturity's without margin",
            |f| {
                // A maturity factor of the wrong kind.
                let at = of(f, "share");
                let factor = Tables::of(f).factors[&(1, 0)];
                f.set(at, "maturity factor", factor);
            },
        ),
        off(&date("high"), forward, "discount factor, high part", 1, &[]),
        off(&date("low"), forward, "discount factor, low part", 1, &[]),
        off(
            "lookup: the coefficients are those of the function at the node",
            call,
            "coefficient 0",
            1,
            &[],
        ),
        off(
            "lookup: the head is the function's",
            call,
            "addend of the head",
            -1_000_000,
            &[],
        ),
    ]
}

/// A two in a row of padding. A job that is done twice is two jobs, and much besides.
fn bit_cheats() -> Vec<Cheat> {
    let mut cheats: Vec<Cheat> = [
        "bit 1", "bit 2", "bit 3", "bit 4", "bit 5", "bit 6", "bit 7",
    ]
    .into_iter()
    .map(|bit| put(bit, last, bit, 2, &[]))
    .collect();
    cheats.push(cheat("start date", |f| {
        // One job less, and one more.
        let at = of(f, "handed over");
        as_next(f, at);
        f.set(at, "start date", -Fp::one());
        f.set(at + 1, "discount factor of the start", power_of_two(88));
    }));
    for job in &JOBS[1..] {
        cheats.push(put(job, last, job, 2, &[]).among_others());
    }
    cheats
}

/// The top limbs: a number of one bit too many, in a row of padding, whatever the word is for.
fn words() -> Vec<Cheat> {
    let honest = honest(RowCircuit::Derivatives);
    let layout = honest.grid.layout();
    let checks = layout.range_checks.iter();
    checks
        .map(|check| {
            let column = layout.columns[check.col.0].name;
            let name = format!("range: {column} limb {}", check.limbs.len());
            cheat(&name, move |f| {
                let (at, width) = (last(f), bits(f, column));
                let value: Fp = power_of_two(width);
                f.set(at, column, value);
            })
        })
        .collect()
}

/// The lines that the cheats speak of are there.
#[test]
fn lines_are_found() {
    let honest = honest(RowCircuit::Derivatives);
    let tables = Tables::of(honest);
    for number in [line::TRADE, line::OPTION, line::SUBSET, line::WEIGHTS] {
        assert!(tables.line(number, code("equity-single"), &[]).is_some());
    }
    let tranche = |class| tables.line(line::TRANCHE, code(class), &[]);
    assert!(tranche("credit-index-IG").is_some());
    assert!(tranche("equity-index").is_none());
}
