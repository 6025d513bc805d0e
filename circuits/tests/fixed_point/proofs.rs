//! A module that evaluates every function, divides and takes a root, at the size of attestations:
//! proven and verified in one proof, and cheating witnesses refused by name.

use std::collections::BTreeSet;
use std::sync::Arc;

use num_bigint::BigUint;
use plimsoll_circuits::field::{Fp, from_u128, power_of_two};
use plimsoll_circuits::fixed_point::divide::floor_division;
use plimsoll_circuits::fixed_point::functions::{
    ETA_BITS, EXP, EXP_DOMAIN_BITS, Evaluated, Evaluation, FACTOR_BITS, GROWTH, LN, NORMAL,
    REMAINDER_BITS, Ratio, TERM_BITS, declare_poly, declare_tables, evaluate, exp, exp_neg_cells,
    functions_table, ln_ratio, lookup_head, lookup_node, normal_tail_cells, split_exponential,
    split_growth, split_normal, split_ratio,
};
use plimsoll_circuits::fixed_point::root::floor_root;
use plimsoll_circuits::fixed_point::{Word, divide_floor, root_floor};
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::expr::{Col, Expr};
use plimsoll_circuits::protocol::key::{ProvingKey, manifest};
use plimsoll_circuits::protocol::layout::{Declaration, Layout, Module, Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::tape::OsEntropy;
use plimsoll_circuits::protocol::verify::verify_one;
use plimsoll_circuits::protocol::witness::Grid;

/// One evaluation, one quotient or one root at each position.
#[derive(Clone, Copy, Debug, Default)]
struct Gadgets;

#[derive(Clone, Debug)]
struct Columns {
    /// Which of the six; none at padding.
    kinds: [Col; 6],
    argument: Col,
    head: [Col; 4],
    node: Col,
    eta: Col,
    coefficients: [Col; 3],
    poly: Col,
    y: Col,
    remainder: Col,
    terms: [Col; 2],
    rest: Col,
    slack: Col,
}

const VALUE: u32 = 51;
const REST: u32 = 72;

impl Module for Gadgets {
    const NAME: &'static str = "gadgets";
    const VERSION: u32 = 1;
    const LANES: usize = 1;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let table = "a lookup of the function's tables";
        let c = Columns {
            kinds: ["e^-t", "e^x", "ln", "normal", "quotient", "root"].map(|name| d.bit(name)),
            argument: d.column("argument", EXP_DOMAIN_BITS),
            head: ["e", "factor", "power", "addend"].map(|name| d.bounded_by(name, table)),
            node: d.bounded_by("node", table),
            eta: d.column("eta", ETA_BITS),
            coefficients: ["K0", "K1", "K2"].map(|name| d.bounded_by(name, table)),
            poly: d.bounded_by("poly", "the gate of the quadratic"),
            y: d.column("y", VALUE),
            remainder: d.column("remainder", REMAINDER_BITS),
            terms: ["a", "b"].map(|name| d.column(name, TERM_BITS)),
            rest: d.column("rest", REST),
            slack: d.column("slack", REST),
        };
        let [falls, grows, ln, normal, quotient, root] = c.kinds.map(Col::here);
        let kinds = c.kinds.map(Col::here).into_iter();
        let sum = kinds.reduce(|a, b| a + b).unwrap_or(Expr::from(0));
        d.gate("one kind at most", sum.clone() * (sum - Expr::from(1)));

        declare_tables(d);
        let of_node = falls.clone() * EXP + grows.clone() * EXP + ln.clone() * LN;
        let of_node = of_node + normal.clone() * NORMAL;
        let of_head = of_node.clone() + grows.clone() * (GROWTH - EXP);
        let coefficients = c.coefficients.map(Col::here);
        let [e, factor, power, addend] = c.head.map(Col::here);
        lookup_node(
            d,
            "the function's node",
            of_node,
            c.node.here(),
            coefficients,
        );
        lookup_head(d, "the function's head", of_head, e, factor, power, addend);
        let [k0, k1, k2] = c.coefficients;
        declare_poly(d, "the quadratic", k0, k1, k2, c.eta, c.poly);
        let evaluation = Evaluation {
            head: Word::of(c.head[1], FACTOR_BITS),
            poly: c.poly,
            y: Word::of(c.y, VALUE),
            remainder: Word::of(c.remainder, REMAINDER_BITS),
        };
        let function = falls.clone() + grows.clone() + ln.clone() + normal.clone();
        evaluate(d, "the value", function, &evaluation);
        let argument = || Word::of(c.argument, EXP_DOMAIN_BITS);
        split_exponential(
            d,
            "t in pieces",
            falls,
            argument(),
            c.head[0],
            c.node,
            c.eta,
        );
        split_growth(
            d,
            "x in pieces",
            grows,
            argument(),
            c.head[0],
            c.node,
            c.eta,
        );
        split_normal(d, "deviations in pieces", normal, argument(), c.node, c.eta);
        let [a, b] = c.terms.map(|term| Word::of(term, TERM_BITS));
        let rest = || Word::of(c.rest, REST);
        let slack = || Word::of(c.slack, REST);
        let ratio = Ratio {
            a: a.clone(),
            b: b.clone(),
            power: c.head[2],
            node: c.node,
            eta: c.eta,
            remainder: rest(),
            slack: slack(),
        };
        split_ratio(
            d,
            ["the ratio in pieces", "the ratio's rest is below"],
            ln,
            &ratio,
        );
        let y = || Word::of(c.y, VALUE);
        let names = ["dividend and divisor", "the quotient's rest is below"];
        divide_floor(
            d,
            names,
            quotient,
            a.clone(),
            b.clone(),
            y(),
            rest(),
            slack(),
        );
        let names = ["the root's square", "the root's rest is below"];
        root_floor(d, names, root, a, b, y(), rest(), slack());
        c
    }
}

/// The gadget at a position: each kind with arguments of its own.
fn fill(grid: &mut Grid, c: &Columns, position: usize) {
    let number = (position as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8;
    let kind = position % 7;
    let (a, b) = (number >> 8 | 1 << 40, (number & 0xff_ffff) << 10 | 1 << 33);
    let mut set = |col: Col, value: u128| grid.set(position, col, value);
    let mut rest_of = |rest: u128, slack: u128| {
        set(c.rest, rest);
        set(c.slack, slack);
    };
    let small = |value: &BigUint| u128::try_from(value).expect("small");
    let mut value = 0;
    let cells = match kind {
        0 => exp_neg_cells(u128::from(number >> 11)),
        1 => exp(i128::from(number >> 12)).expect("in the domain"),
        2 => {
            let ln = ln_ratio(a, b).expect("in the domain");
            rest_of(ln.remainder, ln.slack);
            ln.cells
        }
        3 => normal_tail_cells(number >> 14),
        4 => {
            let division = floor_division(&a.into(), &b.into()).expect("a divisor");
            rest_of(small(&division.remainder), small(&division.slack));
            value = small(&division.quotient);
            Evaluated::default()
        }
        5 => {
            let root = floor_root(&a.into(), &7u32.into()).expect("a scale");
            rest_of(small(&root.remainder), small(&root.slack));
            value = small(&root.root);
            Evaluated::default()
        }
        _ => Evaluated::default(),
    };
    if let Some(kind) = c.kinds.get(kind) {
        set(*kind, 1);
    }
    let is_ratio = kind == 2 || kind == 4 || kind == 5;
    set(c.terms[0], if is_ratio { u128::from(a) } else { 0 });
    set(c.terms[1], if kind == 5 { 7 } else { u128::from(b) });
    set(
        c.argument,
        if kind == 2 { 0 } else { cells.argument.into() },
    );
    let head = [cells.head, cells.factor, cells.power, cells.addend];
    for (col, value) in c.head.iter().zip(head) {
        set(*col, value.into());
    }
    for (col, value) in c.coefficients.iter().zip(cells.coefficients) {
        set(*col, value.into());
    }
    set(c.node, cells.node.into());
    set(c.eta, cells.eta.into());
    set(c.poly, cells.poly);
    set(c.y, value + u128::from(cells.y));
    set(c.remainder, cells.remainder);
}

/// All positions but the last hundred, which stay zero.
fn honest() -> (Forgery, Columns) {
    let (layout, columns) = Layout::of::<Gadgets, Standard>().expect("a layout");
    let layout = Arc::new(layout);
    let mut grid = Grid::new(Arc::clone(&layout));
    for position in 0..layout.positions() - 100 {
        fill(&mut grid, &columns, position);
    }
    let publics = Publics::of_rows(&layout, Arc::default());
    grid.complete(&publics).expect("an honest witness");
    (Forgery::of(grid, publics), columns)
}

#[test]
fn every_gadget_in_one_proof() {
    let params = PublicParams::derive(Standard::K);
    let key = ProvingKey::<Gadgets, Standard>::build(&params).expect("a key");
    let (honest, _) = honest();
    let position = ProofPosition {
        module: 0,
        shard: 0,
        shards: 1,
    };
    let prove = |forgery: &Forgery, check| {
        let copy = CopyWitness {
            grid: forgery.grid.clone(),
            publics: forgery.publics.clone(),
            chosen: Vec::new(),
        };
        prove_shard(
            &params,
            &key,
            position,
            [7; 32],
            vec![copy],
            check,
            &mut OsEntropy,
        )
    };
    let verify = |proof: &[u8]| {
        let publics = std::slice::from_ref(&honest.publics);
        verify_one(&params, key.verifying(), position, [7; 32], publics, proof)
    };
    let proof = prove(&honest, SelfCheck::Verify).expect("a proof").proof;
    assert!(verify(&proof).is_ok());

    // A value that is one too high, with everything that can follow it.
    let mut forged = honest.clone();
    forged.add(0, "y", 1);
    forged.derive(0, "the value", "remainder");
    forged.resolve();
    let proof = prove(&forged, SelfCheck::Skip).expect("a proof").proof;
    assert!(verify(&proof).is_err());
}

/// Another evaluation's cells at a position, whole but for its argument.
fn with_cells(forgery: &mut Forgery, position: usize, node: u64, eta: Fp, function: u64) {
    let rows = functions_table();
    let row = rows.iter().find(|row| row[..2] == [function, node]);
    let row = row.expect("a node");
    forgery.set(position, "node", Fp::from(node));
    forgery.set(position, "eta", eta);
    for (name, value) in ["K0", "K1", "K2"].iter().zip(&row[2..]) {
        forgery.set(position, name, Fp::from(*value));
    }
    forgery.derive(position, "the quadratic", "poly");
    floor(forgery, position);
}

/// The floor of the product as it now stands, where the product is small enough to have one.
fn floor(forgery: &mut Forgery, position: usize) {
    let number = |forgery: &Forgery, name| {
        let value = forgery.get(position, name);
        plimsoll_circuits::field::to_u128(&value).map(BigUint::from)
    };
    let cells = number(forgery, "factor").zip(number(forgery, "poly"));
    let Some((factor, poly)) = cells else {
        return;
    };
    let product = factor * poly;
    let y = &product >> REMAINDER_BITS;
    let remainder: BigUint = product - (&y << REMAINDER_BITS);
    let field = |value: &BigUint| plimsoll_circuits::field::from_biguint(value);
    forgery.follow(position, "y", field(&y));
    forgery.follow(position, "remainder", field(&remainder));
}

/// What refuses a forgery of one position, once limbs follow.
fn refused_by(honest: &Forgery, at: usize, forge: impl Fn(&mut Forgery)) -> BTreeSet<String> {
    let mut forged = honest.clone();
    forge(&mut forged);
    forged.resolve_limbs(at..at + 1);
    let violations = forged.violations_at(&[at]);
    violations.into_iter().map(|v| v.constraint).collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn cheats_are_refused_by_name() {
    let (honest, _) = honest();
    let node = |f: &Forgery, at| {
        let node = plimsoll_circuits::field::to_u128(&f.get(at, "node")).expect("small");
        u64::try_from(node).expect("small")
    };
    // Positions 7n + kind.
    let splits = [
        (7, EXP, "t in pieces"),
        (8, EXP, "x in pieces"),
        (9, LN, "the ratio in pieces"),
        (10, NORMAL, "deviations in pieces"),
    ];
    for (at, function, split) in splits {
        let (middle, eta) = (node(&honest, at), honest.get(at, "eta"));
        assert!(middle > 0, "{split}");
        // The neighbour's value.
        let found = refused_by(&honest, at, |f| {
            with_cells(f, at, middle - 1, eta, function)
        });
        assert_eq!(found, names(&[split]));
        // The neighbour's quadratic, gone on beyond its end: the argument fits, η does not.
        let (beyond, other) = (eta + power_of_two(ETA_BITS), middle - 1);
        let found = refused_by(&honest, at, |f| with_cells(f, at, other, beyond, function));
        assert_eq!(found, names(&["range: eta limb 2"]), "{split}");
        // Coefficients of the prover's choice.
        let found = refused_by(&honest, at, |f| {
            f.add(at, "K0", 1);
            f.derive(at, "the quadratic", "poly");
            floor(f, at);
        });
        assert_eq!(found, names(&["lookup: the function's node"]));
        // A polynomial that is none.
        let found = refused_by(&honest, at, |f| {
            f.add(at, "poly", 1);
            floor(f, at);
        });
        assert_eq!(found, names(&["the quadratic"]));
        // A factor that is no head's.
        let found = refused_by(&honest, at, |f| {
            f.add(at, "factor", 1);
            floor(f, at);
        });
        assert_eq!(found, names(&["lookup: the function's head"]));
        // One more, with a remainder that is less than nothing; one less, with one too wide.
        let found = refused_by(&honest, at, |f| {
            f.add(at, "y", 1);
            f.derive(at, "the value", "remainder");
        });
        assert_eq!(found, names(&["range: remainder limb 7"]));
        let found = refused_by(&honest, at, |f| {
            f.add(at, "y", -Fp::from(1));
            f.derive(at, "the value", "remainder");
        });
        assert_eq!(found, names(&["range: remainder limb 7"]));
        let found = refused_by(&honest, at, |f| f.add(at, "y", 1));
        assert_eq!(found, names(&["the value"]));
    }
}

#[test]
fn cheats_on_heads_ratios_quotients_and_roots() {
    let (honest, _) = honest();
    // A head that is another half's: e^-t by e^½ too high.
    let at = 14;
    let e = honest.get(at, "e");
    let head = plimsoll_circuits::field::to_u128(&e).expect("small") as usize;
    let heads = plimsoll_circuits::fixed_point::functions::heads_table();
    let found = refused_by(&honest, at, |f| {
        let row = heads.iter().find(|row| row[..2] == [EXP, head as u64 - 1]);
        f.set(at, "e", e - Fp::from(1));
        f.set(at, "factor", Fp::from(row.expect("a head")[2]));
        floor(f, at);
    });
    assert_eq!(found, names(&["t in pieces"]));
    // A growing head where the exponential falls.
    let found = refused_by(&honest, at, |f| {
        f.set(at, "factor", Fp::from(1 << 45));
        floor(f, at);
    });
    assert_eq!(found, names(&["lookup: the function's head"]));
    // m of the next node, the remainder less than nothing.
    let at = 16;
    let found = refused_by(&honest, at, |f| {
        f.add(at, "eta", 1);
        f.derive(at, "the quadratic", "poly");
        floor(f, at);
        f.derive(at, "the ratio in pieces", "rest");
        f.derive(at, "the ratio's rest is below", "slack");
    });
    assert_eq!(found, names(&["range: rest limb 5"]));
    let found = refused_by(&honest, at, |f| {
        f.add(at, "eta", -Fp::from(1));
        f.derive(at, "the quadratic", "poly");
        floor(f, at);
        f.derive(at, "the ratio in pieces", "rest");
        f.derive(at, "the ratio's rest is below", "slack");
    });
    assert_eq!(found, names(&["range: slack limb 5"]));
    // A second quotient and a second root, on either side.
    for (at, first, second) in [
        (18, "dividend and divisor", "the quotient's rest is below"),
        (19, "the root's square", "the root's rest is below"),
    ] {
        for (by, refused) in [
            (Fp::from(1), "range: rest limb 5"),
            (-Fp::from(1), "range: slack limb 5"),
        ] {
            let found = refused_by(&honest, at, |f| {
                f.add(at, "y", by);
                f.derive(at, first, "rest");
                f.derive(at, second, "slack");
            });
            assert_eq!(found, names(&[refused]));
        }
        let found = refused_by(&honest, at, |f| {
            f.add(at, "y", 1);
            f.derive(at, second, "slack");
        });
        assert_eq!(found, names(&[first]));
        let found = refused_by(&honest, at, |f| f.set(at, "slack", from_u128(5)));
        assert_eq!(found, names(&[second]));
    }
    // A divisor of zero.
    let found = refused_by(&honest, 18, |f| {
        f.set(18, "b", Fp::from(0));
        f.derive(18, "dividend and divisor", "rest");
        f.derive(18, "the quotient's rest is below", "slack");
    });
    assert_eq!(found, names(&["range: slack limb 5"]));
}

/// The tables are the same on every machine and for ever: another digest is another circuit.
#[test]
fn the_tables_are_as_pinned() {
    let layout = Layout::of::<Gadgets, Standard>().expect("a layout").0;
    let text = manifest(&layout);
    let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("fixed")).collect();
    assert_eq!(
        lines,
        [
            "fixed table tag 65536 rows 10241 width 5 digest \
             85cdd89c7e006b7fb1e2e0e5ad146350947649d4e23d6168f26a77a0c3bcc042",
            "fixed table tag 65537 rows 159 width 5 digest \
             fb1ea7bf3f318245371704daae03c3fe26a71d5f51f23af29b095b7af3deca4b",
        ]
    );
}
