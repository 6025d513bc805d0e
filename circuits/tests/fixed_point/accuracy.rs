//! Twins against exact arithmetic: golden vectors, thousands of points, the edges of the domains.

use num_bigint::{BigInt, BigUint};
use num_traits::Signed;
use plimsoll_circuits::fixed_point::functions::{
    ARGUMENT_BITS, DomainError, ETA_BITS, EXP, EXP_DOMAIN_BITS, EXP_ERROR, Evaluated, FACTOR_BITS,
    GROWTH, GROWTH_ERROR, GROWTH_LIMIT, LN, LN_ERROR, NONE, NORMAL, NORMAL_ARGUMENT_BITS,
    NORMAL_DOMAIN_BITS, NORMAL_ERROR, POLY_BITS, VALUE_BITS, exp, exp_neg, exp_neg_cells,
    functions_table, heads_table, ln_ratio, normal, normal_tail, normal_tail_cells,
};
use plimsoll_circuits::fixed_point::root::{ceiling_root, floor_root};

use crate::reference::{self, decimal, distance, one, scaled};

/// Every polynomial falls from at most 2^105 to at least zero, so that no value wraps.
#[test]
fn every_quadratic_is_what_the_gates_assume() {
    let rows = functions_table();
    assert_eq!(rows.len(), 1 + 2048 + 4096 + 4096);
    assert_eq!(rows[0], [NONE, 0, 0, 0, 0]);
    let mut before: Option<(u64, i128)> = None;
    for row in &rows[1..] {
        let [function, node, k0, k1, k2] = row[..] else {
            panic!("five values");
        };
        let poly = |eta: i128| {
            let [k0, k1, k2] = [k0, k1, k2].map(i128::from);
            (k0 << 60) - ((k1 * eta) << 30) + k2 * eta * eta
        };
        let last = (1i128 << ETA_BITS) - 1;
        assert!(poly(0) < 1 << POLY_BITS, "{function} {node}");
        // Falling all along the node: at its end, and by its slope there.
        assert!(poly(last) >= 0, "{function} {node}");
        assert!(k1 >= 2 * k2, "{function} {node}");
        // From node to node the function falls too, but for the error.
        if let Some((same, end)) = before.filter(|(same, _)| *same == function) {
            let slack = 2 * i128::from(if same == NORMAL { NORMAL_ERROR } else { 5 });
            assert!((poly(0) - end) >> 60 <= slack, "{function} {node}");
        }
        before = Some((function, poly(last)));
    }
    let heads = heads_table();
    assert_eq!(heads.len(), 1 + 128 + 9 + 20 + 1);
    assert_eq!(heads[0], [NONE, 0, 0, 0, 0]);
    assert!(heads.iter().all(|row| row[2] >> FACTOR_BITS == 0));
    let growing = heads.iter().filter(|row| row[0] == GROWTH);
    assert!(growing.clone().all(|row| row[2] >> VALUE_BITS > 0));
}

/// What the gates of an evaluation say of its cells.
fn cells_hold(cells: &Evaluated) {
    let [k0, k1, k2] = cells.coefficients;
    let row = vec![cells.function, cells.node, k0, k1, k2];
    assert!(functions_table().contains(&row));
    let head = vec![
        cells.head_function,
        cells.head,
        cells.factor,
        cells.power,
        cells.addend,
    ];
    assert!(heads_table().contains(&head));
    assert!(cells.eta >> ETA_BITS == 0);
    let [k0, k1, k2, eta] = [k0, k1, k2, cells.eta].map(BigInt::from);
    let poly = (k0 << 60) - ((k1 * &eta) << 30) + k2 * &eta * eta;
    assert_eq!(poly, BigInt::from(cells.poly));
    let value = (BigInt::from(cells.y) << 104) + cells.remainder;
    assert_eq!(value, poly * cells.factor);
    assert!(cells.remainder >> 104 == 0);
    let within = (cells.node << ETA_BITS) + cells.eta;
    let argument = match cells.head_function {
        EXP => (cells.head << 41) + within,
        GROWTH => (cells.head << 41) - within,
        LN => (1 << ARGUMENT_BITS) + within,
        _ => within,
    };
    assert_eq!(argument, cells.argument);
}

/// Arguments below 2^bits that are spread over the domain and hit the ends of the nodes.
fn spread(bits: u32, count: u64) -> Vec<u64> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut points: Vec<u64> = (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state >> (64 - bits)
        })
        .collect();
    for node in [1u64, 2, 77, (1 << (bits - ETA_BITS)) - 1] {
        points.extend([(node << ETA_BITS) - 1, node << ETA_BITS]);
    }
    points.extend([0, 1, (1 << bits) - 1]);
    points
}

#[test]
fn falling_exponentials_are_within_their_error() {
    // Half the points where the value is not yet nothing: below 8.
    let points = spread(EXP_DOMAIN_BITS, 1000).into_iter();
    for t in points.chain(spread(EXP_DOMAIN_BITS - 3, 1500)) {
        let cells = exp_neg_cells(u128::from(t));
        assert!(!cells.saturated);
        let exact = reference::exp(&-scaled(t, ARGUMENT_BITS));
        let off = distance(i128::from(cells.y), &exact);
        assert!(off <= EXP_ERROR.into(), "{t}: {off}");
    }
    for t in [0, 5, 1 << 41, (1 << 48) - 1] {
        cells_hold(&exp_neg_cells(t));
    }
    let beyond = exp_neg_cells(1 << EXP_DOMAIN_BITS);
    assert!(beyond.saturated && beyond.y == 0);
    assert_eq!(exp_neg_cells(u128::MAX), beyond);
    cells_hold(&beyond);
}

#[test]
fn growing_exponentials_are_within_their_relative_error() {
    let points = spread(ARGUMENT_BITS + 2, 1500).into_iter();
    for x in points.chain([GROWTH_LIMIT, GROWTH_LIMIT - 1, 1 << 41, (1 << 41) + 1]) {
        let cells = exp(i128::from(x)).expect("in the domain");
        let exact = reference::exp(&scaled(x, ARGUMENT_BITS));
        let off = distance(i128::from(cells.y), &exact) << reference::PRECISION;
        assert!(off <= exact * GROWTH_ERROR + one(), "{x}");
    }
    for x in [1, 1 << 41, (1 << 41) + 1, GROWTH_LIMIT] {
        cells_hold(&exp(i128::from(x)).expect("in the domain"));
    }
    assert_eq!(exp(-7), Ok(exp_neg_cells(7)));
    let beyond = i128::from(GROWTH_LIMIT) + 1;
    assert_eq!(exp(beyond), Err(DomainError::ExponentTooLarge));
    assert_eq!(exp(i128::MAX), Err(DomainError::ExponentTooLarge));
    assert!(exp(i128::MIN).expect("it saturates").saturated);
}

#[test]
fn logarithms_of_ratios_are_within_their_error() {
    let limit = (1u64 << 52) - 1;
    let numerators = spread(52, 700).into_iter();
    let edges = [(1, 1), (limit, limit), (limit, limit - 1), (1 << 20, 2)];
    let ratios = numerators.zip(spread(48, 700)).chain(edges);
    let mut taken = 0;
    for (a, b) in ratios.chain([(1, (1 << 20) - 1), (limit, 1 << 33), (3, 2), (999, 1000)]) {
        let Ok(ln) = ln_ratio(a, b) else {
            continue;
        };
        taken += 1;
        assert_eq!(ln.negative, a < b);
        let signed = i128::from(ln.value) * if ln.negative { -1 } else { 1 };
        let off = distance(signed, &reference::ln(a, b));
        assert!(off <= LN_ERROR.into(), "{a}/{b}: {off}");
        cells_hold(&ln.cells);
        let divisor = u128::from(ln.smaller) * u128::from(ln.cells.power);
        let rebuilt = u128::from(ln.cells.argument) * divisor + ln.remainder;
        assert_eq!(rebuilt, u128::from(ln.larger) << ARGUMENT_BITS);
        assert_eq!(ln.remainder + ln.slack + 1, divisor);
    }
    assert!(taken > 600);
    assert_eq!(ln_ratio(0, 1), Err(DomainError::Zero));
    assert_eq!(ln_ratio(1, 0), Err(DomainError::Zero));
    assert_eq!(ln_ratio(limit + 1, 1 << 40), Err(DomainError::TermTooWide));
    assert_eq!(
        ln_ratio(limit + 1, limit + 1),
        Err(DomainError::TermTooWide)
    );
    assert_eq!(ln_ratio(1 << 20, 1), Err(DomainError::RatioTooLarge));
    assert_eq!(ln_ratio(1, 1 << 20), Err(DomainError::RatioTooLarge));
}

/// No addend is below the value that is taken from it, so that a circuit may range-check the
/// logarithm: the first node is the one to see.
#[test]
fn no_logarithm_of_a_ratio_above_one_is_negative() {
    let heads = heads_table();
    for eta in [0u64, 1, 1000, 1 << 20, (1 << 30) - 1] {
        let ln = ln_ratio((1 << 42) + eta, 1 << 42).expect("in the domain");
        assert!(ln.cells.addend >= ln.cells.y, "{eta}");
    }
    let addends = heads.iter().filter(|row| row[0] == LN).map(|row| row[4]);
    assert!(addends.is_sorted());
}

#[test]
fn normal_tails_are_within_their_error() {
    for x in spread(NORMAL_DOMAIN_BITS, 2500) {
        let exact = reference::tail(&scaled(x, NORMAL_ARGUMENT_BITS));
        let off = distance(i128::from(normal_tail(x)), &exact);
        assert!(off <= NORMAL_ERROR.into(), "{x}: {off}");
    }
    let last = (1u64 << NORMAL_DOMAIN_BITS) - 1;
    assert!(!normal_tail_cells(last).saturated);
    for x in [0, 1, 1 << 39, last] {
        cells_hold(&normal_tail_cells(x));
        assert_eq!(normal(true, x) + normal(false, x), 1 << VALUE_BITS);
    }
    for beyond in [last + 1, u64::MAX] {
        let cells = normal_tail_cells(beyond);
        assert!(cells.saturated);
        assert_eq!(cells.y, normal_tail(last));
        // Φ(−8) is 6.2e-16, a hundredth of a unit.
        assert!(cells.y <= NORMAL_ERROR);
    }
}

/// (id, argument, value) of the golden vectors whose id starts so.
fn golden(prefix: &str) -> Vec<(String, String, String)> {
    let Some(vectors) = crate::shared::golden("functions") else {
        return Vec::new();
    };
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let found: Vec<_> = vectors
        .iter()
        .filter(|v| text(&v["id"]).starts_with(prefix))
        .map(|v| {
            (
                text(&v["id"]),
                text(&v["inputs"]["x"]),
                text(&v["expected"]["y"]),
            )
        })
        .collect();
    assert!(found.len() >= 4, "{prefix}");
    found
}

/// The nearest multiple of 2^-bits.
fn nearest(text: &str, bits: u32) -> BigInt {
    let shift = reference::PRECISION - bits;
    (decimal(text) + (BigInt::from(1) << (shift - 1))) >> shift
}

/// 10^-digits.
fn tolerance(digits: u32) -> BigInt {
    one() / BigInt::from(10).pow(digits)
}

fn error(value: impl Into<BigInt>, expected: &str) -> BigInt {
    (scaled(value, VALUE_BITS) - decimal(expected)).abs()
}

#[test]
fn golden_exponentials() {
    for (id, x, y) in golden("exp_") {
        let x = i128::try_from(nearest(&x, ARGUMENT_BITS)).expect("small");
        let value = exp(x).expect("in the domain").y;
        // Absolute below one, relative above.
        let scale = decimal(&y).max(one());
        let allowed = tolerance(12) * scale / one();
        assert!(error(value, &y) < allowed, "{id}");
    }
}

#[test]
fn golden_logarithms() {
    for (id, x, y) in golden("ln_") {
        let digits = x.split_once('.').map_or(0, |(_, part)| part.len()).min(15) as u32;
        let b = 10u64.pow(digits);
        let a: BigInt = (decimal(&x) * b + (one() >> 1)) >> reference::PRECISION;
        let ln = ln_ratio(u64::try_from(a).expect("small"), b).expect("in the domain");
        let signed = i128::from(ln.value) * if ln.negative { -1 } else { 1 };
        assert!(error(signed, &y) < tolerance(12), "{id}");
    }
}

#[test]
fn golden_normal_distribution() {
    for (id, x, y) in golden("Phi_") {
        let negative = x.starts_with('-');
        let argument = nearest(x.trim_start_matches('-'), NORMAL_ARGUMENT_BITS);
        let value = normal(negative, u64::try_from(argument).expect("small"));
        assert!(error(value, &y) < tolerance(10), "{id}");
    }
}

#[test]
fn golden_roots() {
    for (id, x, y) in golden("sqrt_") {
        // √x at 2^-100 from x at 2^-200: decimals are rounded there.
        let square = nearest(&x, 200).to_biguint().expect("not negative");
        let floor = floor_root(&square, &BigUint::from(1u32)).expect("a scale");
        let (ceiling, _) = ceiling_root(&square, &BigUint::from(1u32)).expect("a scale");
        for root in [floor.root, ceiling] {
            let off = (scaled(root, 100) - decimal(&y)).abs();
            assert!(off < tolerance(27), "{id}");
        }
    }
}

#[test]
fn e_to_the_zero_and_a_half() {
    assert!(exp_neg(0) <= 1 << VALUE_BITS);
    assert!(normal_tail(0).abs_diff(1 << 43) <= NORMAL_ERROR);
}
