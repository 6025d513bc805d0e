//! Subsets, hedging sets, margin, netting sets and agreements, solved again.

use ff::Field;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use plimsoll_circuits::field::{Fp, from_bigint};
use plimsoll_circuits::fixed_point::functions::exp_neg;
use plimsoll_circuits::protocol::cheat::Forgery;

use super::super::tables::{Tables, line, small};
use super::super::words::{bound, divide, joined, least, solve, split};
use super::{SECOND, VALUES, evaluate, first_line, gates, is, values};
use crate::catalogue::signed;

pub(super) fn subset(f: &mut Forgery, at: usize) {
    f.derive(
        at,
        "a subset reads the line of its class",
        "key of the line",
    );
    first_line(f, at, line::SUBSET);
    let gate = "a subset reads weights of its class";
    f.derive(at, gate, "key of the second line");
    let gate = "a subset reads the weights of its bucket";
    f.derive(at, gate, "value 0 of the second line");
    let bucket = small(f.get(at, "value 0 of the second line"));
    let key = small(f.get(at, "key of the second line"));
    let weights = key.zip(bucket);
    let weights =
        weights.and_then(|(key, bucket)| Tables::of(f).line(line::WEIGHTS, key, &[bucket]));
    values(f, at, &SECOND, weights);
    let gate = "a subset lies in a hedging set of its class's group";
    f.derive(at, gate, "word eta");
    let negative = signed(f.get(at, "effective notional")).is_negative();
    f.follow(at, "bit 0", u64::from(negative));
    let gate = "the effective notional is rounded down to 10^-8, with its sign";
    divide(f, at, gate, &["word n", "word v"], &["word r", "word q"]);
    let gate = "the add-on is the supervisory factor of the effective notional, rounded down";
    divide(f, at, gate, &["word d", "word b"], &["word c"]);
    gates(
        f,
        at,
        &[(
            "the add-on has the sign of the effective notional",
            "step 0",
        )],
    );
    f.derive(at, "no subset of a hedging set stands twice", "word y");
}

pub(super) fn hedging_set(f: &mut Forgery, at: usize) {
    let number = signed(f.get(at, "hedging set number"));
    let key = number.div_floor(&BigInt::from(1u64 << 30));
    f.follow(at, "key of the line", from_bigint(&key));
    let gate = "a hedging set reads the line of its group";
    f.derive(at, gate, "word eta");
    first_line(f, at, line::HEDGING_SET);
    let gate = "the add-on of a hedging set is at least the root of its form";
    let (root, slack) = (["word n", "word b"], ["word r", "word s"]);
    let scale = BigInt::from(100_000_000);
    if !root.iter().any(|col| f.is_pinned(at, col)) {
        split(f, at, &root, Fp::ZERO);
        if let Some((_, form)) = bound(f, at, gate, &root, &slack) {
            let least = form.div_ceil(&scale).max(BigInt::zero());
            let floor = least.sqrt();
            let exact = &floor * &floor == least;
            let value = if exact { floor } else { floor + 1 };
            split(f, at, &root, from_bigint(&value));
        }
    }
    solve(f, at, gate, &slack);
    f.derive(at, "no hedging set of a netting set stands twice", "word y");
}

pub(super) fn margin(f: &mut Forgery, at: usize) {
    gates(
        f,
        at,
        &[
            (
                "the haircut's horizon is the netting set's margin period",
                "value 1 of the line",
            ),
            (
                "the haircut is that of a foreign currency or of the netting set's own",
                "value 2 of the line",
            ),
        ],
    );
    let key = small(f.get(at, "key of the line"));
    let start: Option<Vec<u64>> = VALUES[..3]
        .iter()
        .map(|value| small(f.get(at, value)))
        .collect();
    let line = key.zip(start);
    let line = line.and_then(|(key, start)| Tables::of(f).line(line::MARGIN, key, &start));
    values(f, at, &VALUES, line);
    gates(
        f,
        at,
        &[
            ("margin matures within its band", "word c"),
            (
                "received margin is cut and posted margin raised by the haircut",
                "step 0",
            ),
        ],
    );
}

pub(super) fn netting_set(f: &mut Forgery, at: usize) {
    let gate = "a netting set reads the line of its margin period";
    f.derive(at, gate, "key of the line");
    first_line(f, at, line::NETTING_SET);
    gates(
        f,
        at,
        &[
            (
                "a large netting set does not have a short margin period",
                "small word",
            ),
            (
                "collateral is independent amounts, and variation margin where it counts",
                "step 0",
            ),
            ("the net value is market value less collateral", "step 1"),
        ],
    );
    let addon = ["word n", "word b"];
    let gate = "the aggregate add-on is not below its parts and what rounding lost";
    least(f, at, &addon, &[(gate, &["word v", "word r", "word c"])]);
    multiplier(f, at, signed(joined(f, at, &addon)));
    let negative = signed(f.get(at, "market value")).is_negative();
    f.follow(at, "bit 1", u64::from(negative));
    let gate = "the sign of the market value";
    solve(f, at, gate, &["word d", "word f", "word q"]);
}

fn multiplier(f: &mut Forgery, at: usize, addon: BigInt) {
    let excess = -signed(f.get(at, "step 1"));
    let gross = is(f, at, "gross trades");
    let share = BigInt::from(10_000) - signed(f.get(at, "value 4 of the line"));
    let weighed: BigInt = share * 2 * &addon;
    let exponent = if excess.is_positive() && weighed.is_positive() {
        (excess * (10u64 << 16) / weighed).min(BigInt::from((1u64 << 48) - 1))
    } else {
        BigInt::zero()
    };
    let exponent = u64::try_from(exponent).unwrap_or_default();
    let full = exponent == 0 || gross || exp_neg(exponent.into()) + 16 > 1 << 44;
    f.follow(at, "bit 0", u64::from(full));
    let exponent = if is(f, at, "bit 0") { 0 } else { exponent };
    f.follow(at, "head", exponent >> 41);
    f.follow(at, "node", (exponent >> 30) & 2_047);
    f.follow(at, "word eta", exponent & ((1 << 30) - 1));
    f.derive(at, "the exponent is weighed by the add-on", "step 2");
    let gate = "the exponent does not exceed the excess collateral over the add-on";
    solve(f, at, gate, &["word s", "word p", "word k"]);
    evaluate(
        f,
        at,
        "the exponential is the quadratic's value, rounded down",
    );
    let gate = "the multiplier is its floor and the exponential's share of the rest, or one";
    f.derive(at, gate, "step 3");
}

pub(super) fn replacement(f: &mut Forgery, at: usize) {
    let gate = "replacement cost is margined exactly where the netting set is";
    f.derive(at, gate, "bit 0");
    let received = !signed(f.get(at, "collateral")).is_negative();
    f.follow(at, "bit 1", u64::from(received));
    let second: &[&str] = &["word q", "word f", "word w"];
    least(
        f,
        at,
        &["word r", "word s", "word c"],
        &[
            (
                "replacement cost is not below its first bound",
                &["word p", "word k", "word d"],
            ),
            (
                "replacement cost with margin is not below threshold and transfer less independent amount",
                second,
            ),
            (
                "replacement cost where collateral was posted is not below the net value",
                second,
            ),
        ],
    );
    f.derive_next(at, "the exposure gets the replacement cost", "step 0");
}

pub(super) fn exposure(f: &mut Forgery, at: usize) {
    first_line(f, at, line::EXPOSURE);
    let gate = "exposure at default is not below alpha times replacement cost and PFE";
    least(f, at, &["word n", "word b"], &[(gate, &["word v"])]);
}
