//! Cheats on secured exposures with a security lent or a maturity mismatch.

use ff::PrimeField;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::Zero;
use plimsoll_circuits::cells::{tables, tags};
use plimsoll_circuits::field::{Fp, from_bigint};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::statement::RowCircuit;

use crate::catalogue::{Cheat, all_are_refused, cheat, fp, signed};
use crate::secured::{PADDING, number, row, shared, touched};

/// Re-solves what the rules derive.
pub(crate) fn settle(f: &mut Forgery) {
    for at in touched(f) {
        for (gate, column) in [
            (
                "the item matures within its band",
                "days to the end of the band",
            ),
            (
                "the lent security matures within its band",
                "days to the end of its band",
            ),
            (
                "the denominator is the term's, or one",
                "denominator less one",
            ),
            (
                "matched means at least as long, mismatched means at most",
                "days between the two",
            ),
            (
                "a mismatch is recognised from the shortest original life on",
                "original life beyond the shortest",
            ),
            (
                "the exposure rises by its haircut",
                "exposure with its haircut",
            ),
            ("the item falls by its haircut", "item without its haircut"),
            ("collateral adds up over a run", "covered"),
        ] {
            f.derive(at, gate, column);
        }
        round(f, at);
    }
}

/// What is left, and the rounding: a quotient, and what it takes to make it whole.
fn round(f: &mut Forgery, at: usize) {
    let sign = f.get(at, "something is left") * fp(2) - Fp::one();
    let head = f.get(at, "first row of an exposure");
    let denominator = f.get(at, "denominator less one") + Fp::one();
    let unit = signed(denominator * sign) * BigInt::from(10).pow(17);
    if head == Fp::zero() || unit.is_zero() || f.is_pinned(at, "rounding") {
        return;
    }
    let gap = denominator * f.get(at, "exposure with its haircut") - f.get(at, "covered");
    let gap = signed(gap);
    let rounding = if f.is_pinned(at, "left") {
        signed(f.get(at, "left")) * &unit - &gap
    } else {
        (-&gap).mod_floor(&BigInt::from(unit.magnitude().clone()))
    };
    let left = (gap + &rounding) / unit;
    f.follow(at, "left", from_bigint(&left));
    f.follow(at, "rounding", from_bigint(&rounding));
}

fn each(f: &mut Forgery, positions: std::ops::Range<usize>, column: &str, value: i64) {
    positions.for_each(|at| f.set(at, column, fp(value)));
}

fn lookups() -> Vec<Cheat> {
    let lent = "lookup: the lent security's haircut is the rulebook's";
    let lent_scaled = "lookup: the lent security's haircut is scaled to the holding period";
    let rule = "lookup: cap, floor and shortest life are the rulebook's";
    vec![
        cheat(lent, |f| {
            // A bond that counts as cash.
            f.set(3, "its ten-day haircut", tables::LENT);
            f.set(3, "its scaled haircut", 0);
        }),
        cheat(lent, |f| {
            // A bond lent, at the haircut of one received: that stops at all of it.
            let level = number(f.get(3, "its ten-day haircut"));
            f.set(3, "its ten-day haircut", level - tables::LENT);
        }),
        cheat(lent, |f| f.set(3, "security lent", 0)),
        cheat(lent_scaled, |f| f.set(3, "its scaled haircut", 0)),
        cheat(lent_scaled, |f| {
            f.set(3, "its scaled haircut", fp(-1_000_000))
        }),
        cheat(lent_scaled, |f| {
            // The haircut of another holding period.
            let level = number(f.get(3, "its ten-day haircut"));
            let scaled = row(f, tags::SCALED_HAIRCUT, |v| v[..2] == [level, 1])[3];
            f.set(3, "its scaled haircut", scaled);
        }),
        cheat(rule, |f| {
            // A lower cap: the term ends before the protection does.
            f.set(5, "maturity cap", 1_000);
            f.set(5, "term", 1_000);
            f.set(5, "the item lasts as long as the exposure", 1);
        }),
        cheat(rule, |f| each(f, 0..3, "maturity floor", -100)),
        cheat(rule, |f| {
            f.set(2, "shortest original life", 0);
            f.set(2, "the mismatch is recognised", 1);
        }),
        cheat(rule, |f| {
            f.set(5, "maturity cap", 0);
            f.set(5, "maturity floor", 0);
            f.set(5, "shortest original life", 0);
            f.set(5, "term", 0);
            f.set(5, "the item lasts as long as the exposure", 1);
            f.set(5, "something is mismatched", 0);
        }),
    ]
}

fn ranges() -> Vec<Cheat> {
    vec![
        cheat("range: days to the end of its band limb 1", |f| {
            let edge = f.get(3, "longest maturity of its band");
            f.set(3, "its residual maturity", edge + fp(10));
        }),
        cheat("range: denominator less one limb 1", |f| {
            // A term below the floor: the denominator is −1, and rounds the other way.
            f.set(3, "residual maturity of the exposure", 91);
            f.set(3, "term", 91);
            f.set(3, "something is mismatched", 1);
        }),
        cheat("range: residual life of the protection limb 1", |f| {
            f.set(5, "residual life of the protection", 8_192);
            f.set(5, "the item lasts as long as the exposure", 1);
        }),
        // Shorter than the exposure, and matched; longer, and mismatched.
        cheat("range: days between the two limb 1", |f| {
            f.set(0, "the item lasts as long as the exposure", 1);
        }),
        cheat("range: days between the two limb 1", |f| {
            f.set(1, "the item lasts as long as the exposure", 0);
            f.set(1, "the mismatch is recognised", 1);
        }),
        cheat("range: original life beyond the shortest limb 1", |f| {
            f.set(2, "the mismatch is recognised", 1);
        }),
        cheat("range: left limb 7", |f| f.set(0, "something is left", 0)),
        cheat("range: left limb 7", |f| f.set(4, "something is left", 1)),
        cheat("range: rounding limb 8", |f| f.add(0, "left", fp(-1))),
        cheat("range: rounding limb 8", |f| {
            // Rounded up by a million units: to the institution's own harm, and refused.
            f.add(0, "left", fp(1_000_000));
        }),
    ]
}

fn gates() -> Vec<Cheat> {
    let lent = "the lent security matures within its band";
    let term = "the term is the residual maturity or the cap";
    let denominator = "the denominator is the term's, or one";
    let matched = "matched means at least as long, mismatched means at most";
    let recognised = "a mismatch is recognised from the shortest original life on";
    let one_denominator = "a run has one denominator";
    let exposure = "the exposure rises by its haircut";
    let item = "the item falls by its haircut";
    let left = "what is left is the exposure less its collateral, rounded up";
    vec![
        cheat(lent, |f| {
            f.add(3, "days to the end of its band", fp(0));
            f.add(3, "its residual maturity", fp(1));
        }),
        cheat(term, |f| {
            // Two years instead of four: what was mismatched is matched.
            each(f, 0..3, "term", 730);
            each(f, 0..3, "the item lasts as long as the exposure", 1);
            each(f, 0..3, "something is mismatched", 0);
        }),
        cheat(denominator, |f| {
            each(f, 0..3, "denominator less one", 5_000)
        }),
        cheat(denominator, |f| {
            // Numerators of a mismatch over a denominator of one.
            each(f, 0..3, "denominator less one", 0);
            f.set(0, "something is left", 0);
        }),
        cheat(matched, |f| {
            f.set(0, "the item lasts as long as the exposure", 1);
            f.set(0, "days between the two", 0);
        }),
        cheat("a recognised mismatch makes the run mismatched", |f| {
            each(f, 0..3, "something is mismatched", 0);
            f.set(0, "something is left", 0);
        }),
        cheat(recognised, |f| {
            f.set(2, "the mismatch is recognised", 1);
            f.set(2, "original life beyond the shortest", 0);
        }),
        cheat("a run has one term", |f| {
            // The second item of the last run is measured against a shorter term.
            f.set(7, "residual maturity of the exposure", 400);
            f.set(7, "term", 400);
            f.set(7, "the item lasts as long as the exposure", 1);
        }),
        // Term, floor and mismatch say what the denominator is: it cannot differ by itself.
        cheat(one_denominator, |f| {
            f.add(1, "denominator less one", fp(10))
        })
        .and(denominator),
        cheat("a run is mismatched as a whole", |f| {
            f.set(7, "something is mismatched", 1);
        })
        .and(one_denominator),
        cheat("collateral adds up over a run", |f| {
            f.add(0, "covered", fp(1_000))
        }),
        cheat(exposure, |f| {
            f.add(3, "exposure with its haircut", fp(-1_000))
        }),
        cheat(item, |f| f.add(0, "item without its haircut", fp(1_000))),
        cheat(left, |f| {
            f.add(0, "rounding", fp(0));
            f.add(0, "left", fp(-1));
        }),
        cheat(left, |f| f.add(0, "rounding", fp(1))),
        cheat(
            "without the mismatch haircut, item and exposure are in one currency",
            |f| {
                let euros = row(f, tags::RATE, |v| v[0] == 2);
                f.set(0, "item currency", euros[0]);
                f.set(0, "item rate", euros[1]);
            },
        ),
    ]
}

fn bits() -> Vec<Cheat> {
    vec![
        cheat("something is mismatched", |f| {
            f.set(PADDING, "something is mismatched", fp(-1));
        }),
        cheat("the item lasts as long as the exposure", |f| {
            // Neither longer nor shorter.
            f.set(
                PADDING,
                "the item lasts as long as the exposure",
                Fp::TWO_INV,
            );
        }),
        cheat("the mismatch is recognised", |f| {
            f.set(PADDING, "the mismatch is recognised", 2);
        }),
    ]
}

pub(crate) fn cheats() -> Vec<Cheat> {
    let own = lookups().into_iter().chain(ranges()).chain(gates());
    shared(2).into_iter().chain(own).chain(bits()).collect()
}

#[test]
fn cheats_are_refused() {
    all_are_refused(RowCircuit::SecuredGeneral);
}
