//! Second witnesses, searched for among all values of small columns, and the layouts that gadgets
//! refuse.
//!
//! For every input the cells that satisfy a gadget's gates are counted. Where it says "exactly"
//! there is one choice of them, the twin's, or none where the input is outside its domain.

use std::collections::BTreeMap;

use num_bigint::BigUint;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::fixed_point::compare::{larger, sign_and_magnitude, smaller};
use plimsoll_circuits::fixed_point::divide::{floor_division, power_division};
use plimsoll_circuits::fixed_point::functions::{
    self, Evaluation, Ratio, declare_poly, evaluate, functions_table, heads_table,
    split_exponential, split_growth, split_normal, split_ratio,
};
use plimsoll_circuits::fixed_point::root::{ceiling_root, floor_root};
use plimsoll_circuits::fixed_point::{
    Word, at_least, divide_floor, divide_power_floor, magnitude, maximum, minimum,
    root_ceil_at_least, root_floor,
};
use plimsoll_circuits::protocol::expr::{Col, Expr};
use plimsoll_circuits::protocol::layout::{Declaration, Gate, Layout, LayoutError, Module, Small};

/// A gadget over small columns: (name, bits), inputs first.
type Declare = fn(&mut Declaration, &[Col]);

struct Search {
    gates: Vec<Gate>,
    inputs: Vec<u32>,
    cells: Vec<u32>,
}

impl Search {
    fn of(inputs: &[u32], cells: &[u32], declare: Declare) -> Search {
        let mut d = Declaration::default();
        let bits = inputs.iter().chain(cells);
        let cols: Vec<Col> = bits
            .map(|bits| match bits {
                1 => d.bit("bit"),
                bits => d.column("cell", *bits),
            })
            .collect();
        declare(&mut d, &cols);
        let gates = d.gates().to_vec();
        assert!(!gates.is_empty());
        for gate in &gates {
            // Four, so that the engine's own selector makes five.
            assert!(gate.expr.degree() <= 4, "{}", gate.name);
        }
        Search {
            gates,
            inputs: inputs.to_vec(),
            cells: cells.to_vec(),
        }
    }

    /// For every input, the cells that satisfy it.
    fn found(&self) -> BTreeMap<Vec<u64>, Vec<Vec<u64>>> {
        let mut found = BTreeMap::new();
        for input in all(&self.inputs) {
            let cells = all(&self.cells).into_iter();
            let holding = cells.filter(|cells| self.holds(&input, cells)).collect();
            found.insert(input, holding);
        }
        found
    }

    fn holds(&self, input: &[u64], cells: &[u64]) -> bool {
        let value = |col: Col, _: bool| {
            let at = |i: usize| {
                if i < input.len() {
                    input[i]
                } else {
                    cells[i - input.len()]
                }
            };
            Fp::from(at(col.0))
        };
        let zero = Fp::from(0);
        self.gates.iter().all(|gate| gate.expr.eval(&value) == zero)
    }
}

/// All tuples of numbers of these bits.
fn all(bits: &[u32]) -> Vec<Vec<u64>> {
    bits.iter().fold(vec![Vec::new()], |tuples, bits| {
        let more = |tuple: Vec<u64>| {
            (0..1u64 << bits).map(move |last| tuple.iter().copied().chain([last]).collect())
        };
        tuples.into_iter().flat_map(more).collect()
    })
}

fn always() -> Expr {
    Expr::from(1)
}

fn word(col: Col, bits: u32) -> Word {
    Word::of(col, bits)
}

fn small(value: &BigUint) -> u64 {
    u64::try_from(value).expect("small")
}

#[test]
fn a_quotient_has_one_witness() {
    let search = Search::of(&[4, 2], &[4, 2, 2], |d, c| {
        let [dividend, divisor, quotient, remainder, slack] =
            [(0, 4), (1, 2), (2, 4), (3, 2), (4, 2)].map(|(i, bits)| word(c[i], bits));
        divide_floor(
            d,
            ["product", "below"],
            always(),
            dividend,
            divisor,
            quotient,
            remainder,
            slack,
        );
    });
    for (input, found) in search.found() {
        let twin = floor_division(&input[0].into(), &input[1].into());
        let expected = twin.map(|t| vec![small(&t.quotient), small(&t.remainder), small(&t.slack)]);
        assert_eq!(found, Vec::from_iter(expected), "{input:?}");
    }
}

#[test]
fn a_quotient_by_a_power_has_one_witness() {
    let search = Search::of(&[6], &[4, 2], |d, c| {
        divide_power_floor(
            d,
            "power",
            always(),
            word(c[0], 6),
            2,
            word(c[1], 4),
            word(c[2], 2),
        );
    });
    for (input, found) in search.found() {
        let (quotient, remainder) = power_division(&input[0].into(), 2);
        assert_eq!(found, [vec![small(&quotient), small(&remainder)]]);
    }
}

#[test]
fn a_root_has_one_witness() {
    let search = Search::of(&[5, 2], &[3, 5, 5], |d, c| {
        let [square_of, scale, root, remainder, slack] =
            [(0, 5), (1, 2), (2, 3), (3, 5), (4, 5)].map(|(i, bits)| word(c[i], bits));
        root_floor(
            d,
            ["square", "below"],
            always(),
            square_of,
            scale,
            root,
            remainder,
            slack,
        );
    });
    for (input, found) in search.found() {
        let twin = floor_root(&input[0].into(), &input[1].into());
        let expected = twin.map(|t| vec![small(&t.root), small(&t.remainder), small(&t.slack)]);
        assert_eq!(found, Vec::from_iter(expected), "{input:?}");
    }
}

/// One-sided: larger roots pass, smaller ones never.
#[test]
fn an_upper_root_is_never_too_small() {
    let search = Search::of(&[5, 2], &[3, 8], |d, c| {
        let [square_of, scale, root, slack] =
            [(0, 5), (1, 2), (2, 3), (3, 8)].map(|(i, bits)| word(c[i], bits));
        root_ceil_at_least(d, "root", always(), square_of, scale, root, slack);
    });
    for (input, found) in search.found() {
        let Some((root, slack)) = ceiling_root(&input[0].into(), &input[1].into()) else {
            // A scale of zero: of zero only.
            assert_eq!(found.is_empty(), input[0] > 0);
            continue;
        };
        let (root, slack) = (small(&root), small(&slack));
        // The least root is the twin's; every larger one has a witness too.
        assert_eq!(found.first(), (root < 8).then_some(&vec![root, slack]));
        assert_eq!(found.len() as u64, 8u64.saturating_sub(root));
    }
}

#[test]
fn a_bound_has_one_slack() {
    let search = Search::of(&[3, 3], &[4], |d, c| {
        at_least(
            d,
            "bound",
            always(),
            c[0].here(),
            c[1].here(),
            word(c[2], 4),
        );
    });
    for (input, found) in search.found() {
        let expected = input[0].checked_sub(input[1]).map(|slack| vec![slack]);
        assert_eq!(found, Vec::from_iter(expected));
    }
}

/// Signed numbers: three bits less four.
fn signed(col: Col) -> Expr {
    col.here() - Expr::from(4)
}

#[test]
fn extremes_have_one_value() {
    let highest = Search::of(&[3, 3], &[3, 1, 4], |d, c| {
        let [a, b, max] = [c[0], c[1], c[2]].map(signed);
        let (choice, slack) = (c[3].here(), word(c[4], 4));
        maximum(d, ["one", "not less"], always(), a, b, max, choice, slack);
    });
    let lowest = Search::of(&[3, 3], &[3, 1, 4], |d, c| {
        let [a, b, min] = [c[0], c[1], c[2]].map(signed);
        let (choice, slack) = (c[3].here(), word(c[4], 4));
        minimum(d, ["one", "not more"], always(), a, b, min, choice, slack);
    });
    for (search, twin) in [(highest, larger as fn(i128, i128) -> _), (lowest, smaller)] {
        for (input, found) in search.found() {
            let [a, b] = [input[0], input[1]].map(|v| i128::from(v) - 4);
            let extreme = twin(a, b);
            let cells = vec![
                (extreme.value + 4) as u64,
                u64::from(extreme.choice),
                extreme.slack as u64,
            ];
            assert!(found.contains(&cells), "{input:?}");
            // Where both are the same it does not matter which is chosen.
            assert_eq!(found.len(), if a == b { 2 } else { 1 });
            assert!(found.iter().all(|c| (c[0], c[2]) == (cells[0], cells[2])));
        }
    }
}

#[test]
fn a_magnitude_has_one_value_and_zero_two_signs() {
    let search = Search::of(&[3], &[1, 3], |d, c| {
        magnitude(
            d,
            "sign",
            always(),
            signed(c[0]),
            c[1].here(),
            word(c[2], 3),
        );
    });
    for (input, found) in search.found() {
        let value = i128::from(input[0]) - 4;
        let (positive, size) = sign_and_magnitude(value);
        assert!(found.contains(&vec![u64::from(positive), size as u64]));
        assert_eq!(found.len(), if value == 0 { 2 } else { 1 });
    }
}

/// m in [1, 2) in fractions of 2^-42 is too wide to search; one exponent and one node are not.
#[test]
fn a_ratio_has_one_exponent_and_one_node() {
    // a, b; then e (as its power), node, and for each the only η, remainder and slack there can be.
    let mut d = Declaration::default();
    let [a, b, power, node, eta, remainder, slack] =
        [5, 5, 20, 12, 30, 66, 66].map(|bits| d.column("cell", bits));
    let cells = Ratio {
        a: word(a, 5),
        b: word(b, 5),
        power,
        node,
        eta,
        remainder: word(remainder, 66),
        slack: word(slack, 66),
    };
    split_ratio(&mut d, ["m", "below"], always(), &cells);
    for (a, b) in (1..32u128).flat_map(|a| (1..=a).map(move |b| (a, b))) {
        let mut found = 0;
        for (e, node) in (0..5u32).flat_map(|e| (0..4096u128).map(move |node| (e, node))) {
            let divisor = b << e;
            let m = (a << 42) / divisor;
            let Some(eta) = m
                .checked_sub((1 << 42) + (node << 30))
                .filter(|eta| eta >> 30 == 0)
            else {
                continue;
            };
            let remainder = (a << 42) % divisor;
            let values = [a, b, 1 << e, node, eta, remainder, divisor - 1 - remainder];
            let value = |col: Col, _: bool| plimsoll_circuits::field::from_u128(values[col.0]);
            let holds = d
                .gates()
                .iter()
                .all(|gate| gate.expr.eval(&value) == Fp::from(0));
            assert!(holds, "{a}/{b}");
            found += 1;
        }
        assert_eq!(found, 1, "{a}/{b}");
    }
}

/// Arguments of a function, cut into head, node and η: for each there is one of each, out of the
/// heads and nodes that the tables have.
#[test]
fn an_argument_has_one_head_and_one_node() {
    type Split = fn(&mut Declaration, Word, [Col; 3]);
    let exponential: Split = |d, t, [e, node, eta]| {
        split_exponential(d, "pieces", always(), t, e, node, eta);
    };
    let growth: Split = |d, x, [e, node, eta]| {
        split_growth(d, "pieces", always(), x, e, node, eta);
    };
    let normal: Split = |d, x, [_, node, eta]| {
        split_normal(d, "pieces", always(), x, node, eta);
    };
    let listed = |table: &[Vec<u64>], function: u64| -> Vec<u64> {
        let rows = table.iter().filter(|row| row[0] == function);
        rows.map(|row| row[1]).collect()
    };
    let edges = |end: u64| {
        let near = [
            0,
            1,
            (1 << 30) - 1,
            1 << 30,
            (1 << 41) - 1,
            1 << 41,
            3 << 40,
        ];
        near.into_iter().chain([end - 1]).filter(move |x| *x < end)
    };
    for (name, split, heads, nodes) in [
        ("e^-t", exponential, functions::EXP, functions::EXP),
        ("e^x", growth, functions::GROWTH, functions::EXP),
        (
            "the normal tail",
            normal,
            functions::NORMAL,
            functions::NORMAL,
        ),
    ] {
        let mut d = Declaration::default();
        let [x, e, node, eta] = [62, 20, 20, 30].map(|bits| d.column("cell", bits));
        split(&mut d, word(x, 62), [e, node, eta]);
        let heads = listed(heads_table(), heads);
        let nodes = listed(functions_table(), nodes);
        assert!(!heads.is_empty() && nodes.len() > 1_000, "{name}");
        for argument in edges(1 << 42) {
            let mut found = 0;
            for (head, at) in heads.iter().flat_map(|h| nodes.iter().map(move |n| (h, n))) {
                // The gate is affine in η: what it comes to at zero and at one says which fits.
                let residue = |eta: u64| {
                    let values = [argument, *head, *at, eta].map(Fp::from);
                    let cell = |col: Col, _: bool| values[col.0];
                    d.gates()[0].expr.eval(&cell)
                };
                let (zero, one) = (residue(0), residue(1));
                let eta = if one - zero == Fp::from(1) {
                    -zero
                } else {
                    zero
                };
                assert!(zero + (one - zero) * eta == Fp::from(0));
                let fits = plimsoll_circuits::field::to_u128(&eta).is_some_and(|v| v >> 30 == 0);
                found += u32::from(fits);
            }
            assert_eq!(found, 1, "{name} of {argument}");
        }
    }
}

macro_rules! module {
    ($name:ident, |$d:ident| $body:block) => {
        #[derive(Clone, Copy, Debug, Default)]
        struct $name;

        impl Module for $name {
            const NAME: &'static str = "test";
            const VERSION: u32 = 1;
            const LANES: usize = 1;
            type Columns = ();
            fn declare($d: &mut Declaration) $body
        }
    };
}

module!(WideQuotient, |d| {
    let [a, b] = [100, 127].map(|bits| d.column("a", bits));
    let wide = Word::join(word(b, 127), word(a, 100));
    let (b, a) = (word(b, 127), word(a, 100));
    divide_floor(
        d,
        ["too wide", "below"],
        always(),
        b.clone(),
        wide,
        a.clone(),
        a.clone(),
        a,
    );
});
module!(WideRoot, |d| {
    let a = word(d.column("a", 127), 127);
    let all = [a.clone(), a.clone(), a.clone(), a.clone()];
    let [square, scale, root, slack] = all;
    root_ceil_at_least(d, "too wide a root", always(), square, scale, root, slack);
});
module!(WideSlack, |d| {
    let a = d.column("a", 100);
    let slack = Word::join(word(a, 127), word(a, 127));
    at_least(
        d,
        "too wide a slack",
        always(),
        a.here(),
        Expr::from(3),
        slack,
    );
});
module!(WideValue, |d| {
    let [a, b] = [127, 126].map(|bits| d.column("a", bits));
    let product = a.here() * b.here();
    at_least(
        d,
        "too wide a value",
        always(),
        product,
        Expr::from(3),
        word(b, 126),
    );
});
module!(ShortRemainder, |d| {
    let a = word(d.column("a", 8), 8);
    divide_power_floor(d, "short", always(), a.clone(), 9, a.clone(), a);
});
module!(WideEta, |d| {
    let [k, eta] = [44, 31].map(|bits| d.column("a", bits));
    declare_poly(d, "poly", k, k, k, eta, k);
});
module!(FreeChoice, |d| {
    let a = d.column("a", 8);
    let slack = word(a, 8);
    maximum(
        d,
        ["choice", "b"],
        always(),
        a.here(),
        a.here(),
        a.here(),
        a.here(),
        slack,
    );
});
module!(FreeSign, |d| {
    let a = d.column("a", 8);
    magnitude(d, "sign", always(), a.here(), a.here(), word(a, 8));
});
module!(ShortFloor, |d| {
    let a = d.column("a", 44);
    let evaluation = Evaluation {
        head: word(a, 44),
        poly: a,
        y: word(a, 44),
        remainder: word(a, 103),
    };
    evaluate(d, "value", always(), &evaluation);
});

#[test]
fn gadgets_refuse_what_they_could_not_hold() {
    fn refused<M: Module>() -> LayoutError {
        Layout::of::<M, Small>().expect_err("a mistake")
    }
    let budget = |name, bits| LayoutError::Budget { name, bits };
    assert_eq!(refused::<WideQuotient>(), budget("too wide", 328));
    assert_eq!(refused::<WideRoot>(), budget("too wide a root", 381));
    assert_eq!(refused::<WideSlack>(), budget("too wide a slack", 254));
    assert_eq!(refused::<WideValue>(), budget("too wide a value", 254));
    let asks = |error: LayoutError| match error {
        LayoutError::Gadget { name, .. } => name,
        other => panic!("{other}"),
    };
    assert_eq!(asks(refused::<ShortRemainder>()), "short");
    assert_eq!(asks(refused::<WideEta>()), "poly");
    assert_eq!(asks(refused::<FreeChoice>()), "choice");
    assert_eq!(asks(refused::<FreeSign>()), "sign");
    assert_eq!(asks(refused::<ShortFloor>()), "value");
}

/// Every function of the library that declares gates is searched here, or row by row where the
/// derivatives circuit uses it (`second_witness/derivatives.rs`).
#[test]
fn every_gadget_is_searched() {
    let in_rows = ["evaluate", "declare_poly"];
    // Lookups, whose tables are the key's.
    let tables = ["lookup_node", "lookup_head", "declare_tables"];
    let here = include_str!("witnesses.rs");
    let (searches, _) = here
        .split_once("macro_rules! module")
        .expect("layouts follow");
    let mut gadgets = 0;
    for source in [
        include_str!("../../src/fixed_point/compare.rs"),
        include_str!("../../src/fixed_point/divide.rs"),
        include_str!("../../src/fixed_point/root.rs"),
        include_str!("../../src/fixed_point/functions/gates.rs"),
        include_str!("../../src/fixed_point/functions/tables.rs"),
    ] {
        for function in source.split("\npub fn ").skip(1) {
            let (name, rest) = function.split_once('(').expect("a function");
            if !rest.trim_start().starts_with("d: &mut Declaration") {
                continue;
            }
            gadgets += 1;
            let elsewhere = in_rows.contains(&name) || tables.contains(&name);
            assert!(
                elsewhere || searches.contains(&format!("{name}(")),
                "{name}"
            );
        }
    }
    assert_eq!(gadgets, 17);
}
