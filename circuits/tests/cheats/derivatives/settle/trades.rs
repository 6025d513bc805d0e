//! Trades, options and tranches, solved again.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use plimsoll_circuits::fixed_point::functions::ln_ratio;
use plimsoll_circuits::protocol::cheat::Forgery;

use super::super::tables::{Tables, line, small};
use super::super::words::{divide, solve};
use super::{SECOND, carry, does, evaluate, first_line, function, gates, is, row, values};
use crate::catalogue::signed;

pub(super) fn trade(f: &mut Forgery, at: usize) {
    f.derive(at, "a trade reads the line of its class", "key of the line");
    first_line(f, at, line::TRADE);
    let gate = "a trade whose class has buckets reads the line of its bucket";
    f.derive(at, gate, "key of the second line");
    let bucket = small(f.get(at, "key of the second line"));
    let bucket = bucket.and_then(|key| Tables::of(f).line(line::BUCKET, key, &[]));
    values(f, at, &SECOND, bucket);
    gates(
        f,
        at,
        &[
            ("the trade ends in its bucket, not before", "word c"),
            ("the trade ends in its bucket, not after", "word b"),
            ("the notional is converted at the snapshot's rate", "step 0"),
        ],
    );
    let gate = "the discount difference is that of start and end";
    divide(f, at, gate, &["word d"], &["word q"]);
    let above = signed(f.get(at, "word d")) >= signed(f.get(at, "value 1 of the line"));
    f.follow(at, "bit 7", u64::from(above));
    gates(
        f,
        at,
        &[
            (
                "the larger of discount difference and floor is taken",
                "step 1",
            ),
            ("the discount difference is at least its floor", "word f"),
            (
                "the adjusted notional is the notional by the discount difference",
                "step 2",
            ),
        ],
    );
    logarithm(f, at);
    if does(f, at + 1, "option") || does(f, at + 1, "tranche") {
        carry(f, at);
        for (gate, column) in [
            ("the option gets the logarithm of its trade", "step 0"),
            ("the option is a put if its trade is", "bit 1"),
            ("the option's price is quoted if its trade's is", "bit 4"),
        ] {
            f.derive_next(at, gate, column);
        }
        row(f, at + 1);
    }
    gates(
        f,
        at,
        &[
            (
                "delta is one, or that of the option or tranche in the next row",
                "delta",
            ),
            (
                "the error of delta is none, or that of the option or tranche",
                "error of delta",
            ),
            ("delta and maturity factor are multiplied", "step 3"),
            (
                "a bought call and a sold put are long, a sold call and a bought put short",
                "step 4",
            ),
        ],
    );
}

fn logarithm(f: &mut Forgery, at: usize) {
    let (price, strike) = (f.get(at, "word p"), f.get(at, "word k"));
    f.follow(at, "bit 5", u64::from(signed(price) >= signed(strike)));
    let gate = "one is at least the other, or the sign bit is wrong";
    f.derive(at, gate, "step 5");
    let larger = f.get(at, "step 5");
    let terms = small(larger).zip(small(price + strike - larger));
    if let Some(Ok(log)) = terms.map(|(larger, smaller)| ln_ratio(larger, smaller)) {
        f.follow(at, "node", log.cells.node);
        f.follow(at, "word eta", log.cells.eta);
        f.follow(at, "head", log.cells.head);
    }
    function(f, at);
    gates(
        f,
        at,
        &[
            (
                "the mantissa is price over strike, or strike over price",
                "word r",
            ),
            ("the mantissa is rounded down", "word s"),
        ],
    );
    let gate = "ln(2/m) is the quadratic's value, rounded down";
    divide(f, at, gate, &["word y"], &["word w"]);
}

const X_NOT_TOO_LARGE: &str = "x is not too large, and saturated only where it exceeds eight";

pub(super) fn option(f: &mut Forgery, at: usize) {
    let gate = "an option reads the volatility of its class, quoted or not";
    f.derive(at, gate, "key of the line");
    first_line(f, at, line::OPTION);
    gates(
        f,
        at,
        &[
            (
                "the variance is the squared volatility over the time left",
                "step 1",
            ),
            ("the scale of x is that of the variance", "step 2"),
            (
                "the moneyness is the logarithm and half the variance",
                "step 3",
            ),
        ],
    );
    let moneyness = signed(f.get(at, "step 3"));
    f.follow(at, "bit 0", u64::from(moneyness.is_negative()));
    let gate = "the sign of x is that of the moneyness";
    solve(f, at, gate, &["word k", "word q", "word c"]);
    let scale = signed(f.get(at, "step 2"));
    let last = (1u64 << 42) - 1;
    let x = if scale.is_positive() {
        (&moneyness * &moneyness / &scale).sqrt()
    } else if moneyness.is_zero() {
        BigInt::zero()
    } else {
        BigInt::from(last) + 1
    };
    let saturated = x > BigInt::from(last);
    f.follow(at, "bit 2", u64::from(saturated));
    let now = scale.is_zero() && moneyness.is_zero();
    f.follow(at, "bit 3", u64::from(now));
    let x = u64::try_from(x).unwrap_or(last).min(last);
    f.follow(at, "node", x >> 30);
    f.follow(at, "word eta", x & ((1 << 30) - 1));
    f.follow(at, "head", 0);
    let rest = ["word n", "word v", "word p", "word r"];
    if is(f, at, "bit 2") {
        solve(f, at, X_NOT_TOO_LARGE, &rest);
    } else {
        solve(f, at, X_NOT_TOO_LARGE, &rest[..3]);
        let spare = ["word r", "word s", "word d"];
        solve(f, at, "x is not too small", &spare);
    }
    let least = signed(f.get(at, "value 1 of the line"));
    let near = signed(f.get(at, "word b")) < least;
    f.follow(at, "bit 5", u64::from(near));
    f.derive(at, "the narrow error bound needs its time", "word f");
    evaluate(f, at, "the tail is the quadratic's value, rounded down");
    gates(
        f,
        at,
        &[
            ("delta is the tail, or one less the tail", "delta"),
            (
                "the error of delta is the narrow bound or the wide",
                "error of delta",
            ),
        ],
    );
}

pub(super) fn tranche(f: &mut Forgery, at: usize) {
    let gate = "a tranche reads the line of its class, which has tranches";
    f.derive(at, gate, "key of the line");
    first_line(f, at, line::TRANCHE);
    gates(
        f,
        at,
        &[
            ("a tranche detaches within its pool", "word p"),
            ("a tranche attaches below its detachment", "word k"),
            ("the attachment's factor is one and its multiple", "step 0"),
            ("the detachment's factor is one and its multiple", "step 1"),
            ("both factors are multiplied", "step 2"),
        ],
    );
    let gate = "a tranche's delta is the quotient";
    divide(f, at, gate, &["word y"], &["word n", "word v"]);
    solve(
        f,
        at,
        "a tranche's delta is rounded down",
        &["word r", "word s"],
    );
    gates(
        f,
        at,
        &[
            ("a tranche hands on its delta", "delta"),
            (
                "a tranche's delta is out by less than one unit",
                "error of delta",
            ),
        ],
    );
}
