//! The adversary's solver: what follows from a forged cell is solved again, row by row in the
//! order of the registers, and only what was chosen stays.

use std::collections::BTreeSet;

use ff::Field;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};
use plimsoll_circuits::field::{Fp, from_bigint};
use plimsoll_circuits::fixed_point::functions::{EXP, LN, NORMAL, exp_neg, ln_ratio};
use plimsoll_circuits::protocol::cheat::Forgery;

use super::tables::{Tables, line, small};
use super::words::{bound, divide, joined, least, solve, split};
use crate::catalogue::signed;

pub(super) const JOBS: [&str; 10] = [
    "start date",
    "trade",
    "option",
    "tranche",
    "subset",
    "hedging set",
    "margin",
    "netting set",
    "replacement cost",
    "exposure",
];
/// Registers that start at zero, and the gates that carry them.
pub(super) const SUMS: [(&str, &str); 20] = [
    (
        "effective notional",
        "effective notionals add up over a subset, with their signs",
    ),
    (
        "error bounds",
        "error bounds add up over a subset, without signs",
    ),
    ("first sum", "the first sum of a hedging set adds up"),
    ("second sum", "the second sum of a hedging set adds up"),
    ("third sum", "the third sum of a hedging set adds up"),
    (
        "lean",
        "what rounding may have lost adds up over a netting set",
    ),
    (
        "add-on",
        "add-ons of hedging sets add up over a netting set",
    ),
    (
        "market value",
        "market values add up over a netting set, with their signs",
    ),
    ("trades", "every trade of a netting set is counted"),
    ("gross trades", "every trade charged gross is counted"),
    (
        "independent amount",
        "independent amounts add up over a netting set",
    ),
    (
        "variation margin",
        "variation margin adds up over a netting set",
    ),
    (
        "potential future exposure",
        "potential future exposures add up over an agreement",
    ),
    (
        "positive market values",
        "positive market values add up over an agreement",
    ),
    ("net market value", "market values add up over an agreement"),
    ("collateral", "collateral adds up over an agreement"),
    (
        "independent amounts",
        "independent amounts add up over an agreement",
    ),
    ("netting sets", "netting sets of an agreement are counted"),
    (
        "margined netting sets",
        "margined netting sets of an agreement are counted",
    ),
    (
        "trades that are not sold options, and margin",
        "every trade that is not a sold option is counted, and every item of margin",
    ),
];
const KEYS: [(&str, &str); 5] = [
    ("class", "a subset has one class"),
    ("subset number", "a trade stays in its subset"),
    ("hedging set number", "a trade stays in its hedging set"),
    ("margin period", "a netting set has one margin period"),
    (
        "settlement currency",
        "a netting set has one currency of settlement",
    ),
];
const VALUES: [&str; 6] = [
    "value 0 of the line",
    "value 1 of the line",
    "value 2 of the line",
    "value 3 of the line",
    "value 4 of the line",
    "value 5 of the line",
];
const SECOND: [&str; 5] = [
    "value 0 of the second line",
    "value 1 of the second line",
    "value 2 of the second line",
    "value 3 of the second line",
    "value 4 of the second line",
];

/// Rows that do a job or stand beside one, the first and the last.
pub(super) fn touched(f: &Forgery) -> BTreeSet<usize> {
    let end = f.grid.layout().positions();
    let jobs = JOBS.map(|job| f.col(job));
    let busy = (0..=end).filter(|at| jobs.iter().any(|job| f.grid.get(*at, *job) != Fp::ZERO));
    let near = busy.flat_map(|at| at.saturating_sub(1)..=at + 1);
    let all = near.chain([0, end - 1]);
    all.filter(|at| *at < end).collect()
}

/// Re-solves a forgery: rules, limbs of the rows concerned, totals.
pub(crate) fn settle(f: &mut Forgery) {
    let rows = touched(f);
    let end = f.grid.layout().positions();
    let mut carried = false;
    for at in 0..end {
        if rows.contains(&at) || carried {
            row(f, at);
            carried = carry(f, at);
        }
    }
    f.resolve_limbs(rows.iter().copied());
    f.grid.fill_totals();
}

/// The same for some neighbouring rows.
pub(super) fn settle_rows(f: &mut Forgery, rows: std::ops::Range<usize>) {
    for at in rows.clone() {
        row(f, at);
        carry(f, at);
    }
    f.resolve_limbs(rows);
    f.grid.fill_totals();
}

fn does(f: &Forgery, at: usize, job: &str) -> bool {
    f.get(at, job) != Fp::ZERO
}

fn is(f: &Forgery, at: usize, bit: &str) -> bool {
    f.get(at, bit) != Fp::ZERO
}

/// Hands registers and keys to the next row; whether that changed anything.
fn carry(f: &mut Forgery, at: usize) -> bool {
    let mut changed = false;
    for (column, gate) in SUMS.iter().chain(&KEYS) {
        let before = f.get(at + 1, column);
        f.derive_next(at, gate, column);
        changed |= f.get(at + 1, column) != before;
    }
    let (gate, start) = (
        "a start date is handed to the next row alone",
        "discount factor of the start",
    );
    f.derive_next(at, gate, start);
    changed
}

fn row(f: &mut Forgery, at: usize) {
    read(f, at);
    if does(f, at, "trade") {
        trade(f, at);
    }
    if does(f, at, "option") {
        option(f, at);
    }
    if does(f, at, "tranche") {
        tranche(f, at);
    }
    if does(f, at, "subset") {
        subset(f, at);
    }
    if does(f, at, "hedging set") {
        hedging_set(f, at);
    }
    if does(f, at, "margin") {
        margin(f, at);
    }
    if does(f, at, "netting set") {
        netting_set(f, at);
    }
    if does(f, at, "replacement cost") {
        replacement(f, at);
    }
    if does(f, at, "exposure") {
        exposure(f, at);
    }
    function(f, at);
}

/// What every row reads by keys of its own.
fn read(f: &mut Forgery, at: usize) {
    let tables = Tables::of(f);
    let mut look = |key: &str, value: &str, table: &std::collections::HashMap<u64, u64>| {
        if let Some(found) = small(f.get(at, key)).and_then(|key| table.get(&key)) {
            f.follow(at, value, *found);
        }
    };
    look("currency", "rate", &tables.rates);
    look("currency of the value", "rate of the value", &tables.rates);
    look(
        "date, high part",
        "discount factor, high part",
        &tables.high,
    );
    look("date, low part", "discount factor, low part", &tables.low);
    if does(f, at, "margin period") {
        f.follow(at, "maturity", 0);
    }
    let factor = |f: &Forgery| {
        let period = small(f.get(at, "margin period"))?;
        let maturity = small(f.get(at, "maturity"))?;
        tables.factors.get(&(period, maturity))
    };
    if let Some(factor) = factor(f) {
        f.follow(at, "maturity factor", *factor);
    }
}

fn values(f: &mut Forgery, at: usize, columns: &[&str], line: Option<&[u64]>) {
    for (column, value) in columns.iter().zip(line.unwrap_or_default()) {
        f.follow(at, column, *value);
    }
}

/// The values of the line whose key the row has.
fn first_line(f: &mut Forgery, at: usize, number: u64) {
    let key = small(f.get(at, "key of the line"));
    let line = key.and_then(|key| Tables::of(f).line(number, key, &[]));
    values(f, at, &VALUES, line);
}

/// The function's cells, for node, η and head that stand already.
fn function(f: &mut Forgery, at: usize) {
    let which = if does(f, at, "netting set") {
        EXP
    } else if does(f, at, "option") {
        NORMAL
    } else {
        LN
    };
    let tables = Tables::of(f);
    let node = small(f.get(at, "node")).and_then(|node| tables.nodes.get(&(which, node)));
    let columns = ["coefficient 0", "coefficient 1", "coefficient 2"];
    values(f, at, &columns, node.map(Vec::as_slice));
    let head = small(f.get(at, "head")).and_then(|head| tables.heads.get(&(which, head)));
    let columns = [
        "factor of the head",
        "power of the head",
        "addend of the head",
    ];
    values(f, at, &columns, head.map(Vec::as_slice));
    let gate = "the quadratic is evaluated in the node's interval";
    f.derive(at, gate, "quadratic");
}

fn evaluate(f: &mut Forgery, at: usize, gate: &str) {
    function(f, at);
    divide(f, at, gate, &["word y"], &["word w"]);
}

fn gates(f: &mut Forgery, at: usize, list: &[(&str, &str)]) {
    for (gate, column) in list {
        f.derive(at, gate, column);
    }
}

fn trade(f: &mut Forgery, at: usize) {
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

fn option(f: &mut Forgery, at: usize) {
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

fn tranche(f: &mut Forgery, at: usize) {
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

fn subset(f: &mut Forgery, at: usize) {
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

fn hedging_set(f: &mut Forgery, at: usize) {
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

fn margin(f: &mut Forgery, at: usize) {
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

fn netting_set(f: &mut Forgery, at: usize) {
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

fn replacement(f: &mut Forgery, at: usize) {
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

fn exposure(f: &mut Forgery, at: usize) {
    first_line(f, at, line::EXPOSURE);
    let gate = "exposure at default is not below alpha times replacement cost and PFE";
    least(f, at, &["word n", "word b"], &[(gate, &["word v"])]);
}
