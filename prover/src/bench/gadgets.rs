//! Evaluations of each gadget of the fixed-point library that are proven in a second: a module for
//! each, with nothing else in it, four to a row.

use std::sync::Arc;
use std::time::Instant;

use num_bigint::BigUint;
use plimsoll_circuits::fixed_point::compare::{larger, sign_and_magnitude, smaller};
use plimsoll_circuits::fixed_point::divide::{floor_division, power_division};
use plimsoll_circuits::fixed_point::functions::{
    ETA_BITS, EXP, EXP_DOMAIN_BITS, Evaluated, Evaluation, FACTOR_BITS, LN, NORMAL,
    NORMAL_DOMAIN_BITS, REMAINDER_BITS, Ratio, TERM_BITS, VALUE_BITS, declare_poly, declare_tables,
    evaluate, exp_neg_cells, ln_ratio, lookup_head, lookup_node, normal_tail_cells,
    split_exponential, split_normal, split_ratio,
};
use plimsoll_circuits::fixed_point::root::{ceiling_root, floor_root};
use plimsoll_circuits::fixed_point::{
    Word, at_least, divide_floor, divide_power_floor, magnitude, maximum, minimum,
    root_ceil_at_least, root_floor,
};
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::circuit::SecondRound;
use plimsoll_circuits::protocol::expr::{Col, Expr};
use plimsoll_circuits::protocol::key::ProvingKey;
use plimsoll_circuits::protocol::layout::{Declaration, Module, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::tape::OsEntropy;
use plimsoll_circuits::protocol::witness::Grid;
use serde_json::{Value, json};

use super::{Seeded, unexpected};
use crate::attest::AttestError;

const DIVIDE: u8 = 0;
const DIVIDE_POWER: u8 = 1;
const ROOT: u8 = 2;
const ROOT_CEILING: u8 = 3;
const AT_LEAST: u8 = 4;
const MAXIMUM: u8 = 5;
const MINIMUM: u8 = 6;
const MAGNITUDE: u8 = 7;
const EXPONENTIAL: u8 = 8;
const LOGARITHM: u8 = 9;
const NORMAL_TAIL: u8 = 10;

/// Bits of a dividend, a square, or a number that is compared.
const WIDE: u32 = 64;
/// Bits of a divisor, a scale or a root.
const NARROW: u32 = 32;

/// One gadget at every position.
#[derive(Clone, Copy, Debug, Default)]
struct Gadget<const KIND: u8>;

impl<const KIND: u8> Module for Gadget<KIND> {
    const NAME: &'static str = name(KIND);
    const VERSION: u32 = 1;
    const LANES: usize = 4;
    type Columns = Vec<Col>;

    fn declare(d: &mut Declaration) -> Vec<Col> {
        match KIND {
            EXPONENTIAL | LOGARITHM | NORMAL_TAIL => function(d, KIND),
            _ => arithmetic(d, KIND),
        }
    }
}

const fn name(kind: u8) -> &'static str {
    match kind {
        DIVIDE => "divide-floor",
        DIVIDE_POWER => "divide-power-floor",
        ROOT => "root-floor",
        ROOT_CEILING => "root-ceil-at-least",
        AT_LEAST => "at-least",
        MAXIMUM => "maximum",
        MINIMUM => "minimum",
        MAGNITUDE => "magnitude",
        EXPONENTIAL => "exponential",
        LOGARITHM => "logarithm",
        _ => "normal",
    }
}

fn always() -> Expr {
    Expr::from(1)
}

/// Columns of these bits; one bit is a bit.
fn columns(d: &mut Declaration, bits: &[u32]) -> (Vec<Col>, Vec<Word>) {
    let column = |bits: &u32| match bits {
        1 => d.bit("bit"),
        bits => d.column("number", *bits),
    };
    let cols: Vec<Col> = bits.iter().map(column).collect();
    let words = cols.iter().zip(bits);
    let words = words.map(|(col, bits)| Word::of(*col, *bits)).collect();
    (cols, words)
}

fn arithmetic(d: &mut Declaration, kind: u8) -> Vec<Col> {
    let bits: &[u32] = match kind {
        DIVIDE => &[WIDE, NARROW, WIDE, NARROW, NARROW],
        DIVIDE_POWER => &[WIDE, NARROW, NARROW],
        ROOT => &[WIDE, NARROW, NARROW, WIDE + 2, WIDE + 2],
        ROOT_CEILING => &[WIDE, NARROW, NARROW + 1, 2 * WIDE - 2],
        AT_LEAST => &[WIDE, WIDE, WIDE],
        MAXIMUM | MINIMUM => &[WIDE, WIDE, WIDE, 1, WIDE],
        _ => &[WIDE, WIDE, 1, WIDE],
    };
    let (cols, words) = columns(d, bits);
    let at = |i: usize| words[i].clone();
    let expr = |i: usize| words[i].expr.clone();
    let names = ["the first equation", "the second equation"];
    match kind {
        DIVIDE => divide_floor(d, names, always(), at(0), at(1), at(2), at(3), at(4)),
        DIVIDE_POWER => {
            divide_power_floor(d, names[0], always(), at(0), NARROW, at(1), at(2));
        }
        ROOT => root_floor(d, names, always(), at(0), at(1), at(2), at(3), at(4)),
        ROOT_CEILING => root_ceil_at_least(d, names[0], always(), at(0), at(1), at(2), at(3)),
        AT_LEAST => at_least(d, names[0], always(), expr(0), expr(1), at(2)),
        MAXIMUM => maximum(
            d,
            names,
            always(),
            expr(0),
            expr(1),
            expr(2),
            expr(3),
            at(4),
        ),
        MINIMUM => minimum(
            d,
            names,
            always(),
            expr(0),
            expr(1),
            expr(2),
            expr(3),
            at(4),
        ),
        _ => {
            let signed = expr(0) - expr(1);
            magnitude(d, names[0], always(), signed, expr(2), at(3));
        }
    }
    cols
}

/// e, A, power, addend, node, η, K0, K1, K2, poly, y, remainder; then the argument's cells.
fn function(d: &mut Declaration, kind: u8) -> Vec<Col> {
    let table = |d: &mut Declaration, name| d.bounded_by(name, "the function's tables");
    let head = ["e", "A", "power", "addend"].map(|name| table(d, name));
    let node = table(d, "node");
    let eta = d.column("η", ETA_BITS);
    let coefficients = ["K0", "K1", "K2"].map(|name| table(d, name));
    let poly = d.bounded_by("poly", "the gate of the quadratic");
    let y = d.column("y", VALUE_BITS + 1);
    let remainder = d.column("remainder", REMAINDER_BITS);

    declare_tables(d);
    let function = match kind {
        EXPONENTIAL => EXP,
        LOGARITHM => LN,
        _ => NORMAL,
    };
    let [e, factor, power, addend] = head.map(Col::here);
    let values = coefficients.map(Col::here);
    lookup_node(d, "node", function.into(), node.here(), values);
    lookup_head(d, "head", function.into(), e, factor, power, addend);
    let [k0, k1, k2] = coefficients;
    declare_poly(d, "quadratic", k0, k1, k2, eta, poly);
    let evaluation = Evaluation {
        head: Word::of(head[1], FACTOR_BITS),
        poly,
        y: Word::of(y, VALUE_BITS + 1),
        remainder: Word::of(remainder, REMAINDER_BITS),
    };
    evaluate(d, "value", always(), &evaluation);
    let mut cols = head.to_vec();
    cols.extend([node, eta, k0, k1, k2, poly, y, remainder]);
    let bits: &[u32] = match kind {
        EXPONENTIAL => &[EXP_DOMAIN_BITS],
        LOGARITHM => &[TERM_BITS, TERM_BITS, TERM_BITS + 1, TERM_BITS + 1],
        _ => &[NORMAL_DOMAIN_BITS],
    };
    let (more, words) = columns(d, bits);
    match words.as_slice() {
        [a, b, remainder, slack] => {
            let ratio = Ratio {
                a: a.clone(),
                b: b.clone(),
                power: head[2],
                node,
                eta,
                remainder: remainder.clone(),
                slack: slack.clone(),
            };
            split_ratio(d, ["ratio", "ratio's rest"], always(), &ratio);
        }
        [t] if kind == EXPONENTIAL => {
            split_exponential(d, "pieces", always(), t.clone(), head[0], node, eta);
        }
        [x] => split_normal(d, "pieces", always(), x.clone(), node, eta),
        _ => {}
    }
    cols.extend(more);
    cols
}

/// The cells of one evaluation, in the order of the columns.
fn cells(kind: u8, random: &mut Seeded) -> Option<Vec<u128>> {
    let (a, b) = (random.next(), random.next());
    let narrow = (b >> (64 - NARROW)) | 1;
    let small = |value: &BigUint| u128::try_from(value).ok();
    let (wide_a, wide_b, wide_narrow) = (u128::from(a), u128::from(b), u128::from(narrow));
    let (signed_a, signed_b) = (i128::from(a), i128::from(b));
    let evaluated = |cells: Evaluated, more: &[u128]| {
        let head = [cells.head, cells.factor, cells.power, cells.addend];
        let mut all: Vec<u128> = head.map(u128::from).to_vec();
        all.extend([cells.node, cells.eta].map(u128::from));
        all.extend(cells.coefficients.map(u128::from));
        all.extend([cells.poly, cells.y.into(), cells.remainder]);
        all.extend(more);
        all
    };
    Some(match kind {
        DIVIDE => {
            let cells = floor_division(&a.into(), &narrow.into())?;
            let rest = [small(&cells.remainder)?, small(&cells.slack)?];
            let quotient = small(&cells.quotient)?;
            vec![wide_a, wide_narrow, quotient, rest[0], rest[1]]
        }
        DIVIDE_POWER => {
            let (quotient, remainder) = power_division(&a.into(), NARROW);
            vec![wide_a, small(&quotient)?, small(&remainder)?]
        }
        ROOT => {
            let cells = floor_root(&a.into(), &narrow.into())?;
            let rest = [small(&cells.remainder)?, small(&cells.slack)?];
            vec![wide_a, wide_narrow, small(&cells.root)?, rest[0], rest[1]]
        }
        ROOT_CEILING => {
            let (root, slack) = ceiling_root(&a.into(), &narrow.into())?;
            vec![wide_a, wide_narrow, small(&root)?, small(&slack)?]
        }
        AT_LEAST => vec![
            wide_a.max(wide_b),
            wide_a.min(wide_b),
            wide_a.abs_diff(wide_b),
        ],
        MAXIMUM | MINIMUM => {
            let extreme = match kind {
                MAXIMUM => larger(signed_a, signed_b),
                _ => smaller(signed_a, signed_b),
            };
            let value = extreme.value.unsigned_abs();
            vec![wide_a, wide_b, value, extreme.choice.into(), extreme.slack]
        }
        MAGNITUDE => {
            let (positive, size) = sign_and_magnitude(signed_a - signed_b);
            vec![wide_a, wide_b, positive.into(), size]
        }
        EXPONENTIAL => {
            let t = a >> (64 - EXP_DOMAIN_BITS + 3);
            evaluated(exp_neg_cells(t.into()), &[t.into()])
        }
        LOGARITHM => {
            // Both terms in 2^50 … 2^51, so that the ratio is below two.
            let [a, b] = [a, b].map(|term| (term >> (64 - TERM_BITS + 1)) | 1 << (TERM_BITS - 2));
            let ln = ln_ratio(a.max(b), a.min(b)).ok()?;
            let terms = [ln.larger.into(), ln.smaller.into(), ln.remainder, ln.slack];
            evaluated(ln.cells, &terms)
        }
        _ => {
            let x = a >> (64 - NORMAL_DOMAIN_BITS);
            evaluated(normal_tail_cells(x), &[x.into()])
        }
    })
}

/// What one gadget measured.
#[derive(Debug)]
pub struct Gauged {
    gadget: &'static str,
    evaluations: usize,
    seconds: f64,
    columns: usize,
    proof_bytes: usize,
    threads: usize,
}

impl Gauged {
    fn rate(&self) -> f64 {
        (self.evaluations as f64 / self.seconds).round()
    }

    /// The object for machines.
    pub fn json(&self) -> Value {
        json!({
            "gadget": self.gadget,
            "evaluations": self.evaluations,
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
            "evaluations_per_second": self.rate(),
            "evaluations_per_row": Gadget::<DIVIDE>::LANES,
            "advice_columns": self.columns,
            "proof_bytes": self.proof_bytes,
            "threads": self.threads,
        })
    }

    /// A line for people.
    pub fn line(&self) -> String {
        format!(
            "{:<20} {:>7} evaluations {:>6.1} s {:>8.0}/s {:>4} columns\n",
            self.gadget,
            self.evaluations,
            self.seconds,
            self.rate(),
            self.columns
        )
    }
}

fn gauge<const KIND: u8>(params: &PublicParams) -> Result<Gauged, AttestError> {
    let key = ProvingKey::<Gadget<KIND>, Standard>::build(params).map_err(unexpected)?;
    let layout = Arc::clone(key.layout());
    let mut random = Seeded(20_221_230);
    let clock = Instant::now();
    let mut grid = Grid::new(Arc::clone(&layout));
    for position in 0..layout.positions() {
        let cells = cells(KIND, &mut random).ok_or_else(|| unexpected("no cells"))?;
        for (col, value) in key.columns.iter().zip(cells) {
            grid.set(position, *col, value);
        }
    }
    let publics = Publics::of_rows(&layout, Arc::default());
    grid.complete(&publics).map_err(unexpected)?;
    let copy = CopyWitness {
        grid,
        publics,
        chosen: Vec::new(),
    };
    let position = ProofPosition {
        module: 0,
        shard: 0,
        shards: 1,
    };
    let proved = prove_shard(
        params,
        &key,
        position,
        [0; 32],
        vec![copy],
        SelfCheck::Verify,
        &mut OsEntropy,
    )
    .map_err(unexpected)?;
    // The prover's own check costs the same for one copy as for eight: it is left out.
    let took = clock.elapsed().saturating_sub(proved.phases.verify);
    Ok(Gauged {
        gadget: name(KIND),
        evaluations: layout.positions(),
        seconds: took.as_secs_f64(),
        columns: layout.first_round() + SecondRound::of(&layout).count,
        proof_bytes: proved.proof.len(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    })
}

type Gauge = fn(&PublicParams) -> Result<Gauged, AttestError>;

/// Every gadget in turn; `tell` hears what each measured.
///
/// # Errors
/// Never, on cells that were made here.
pub fn gauge_all(params: &PublicParams, tell: &mut dyn FnMut(Gauged)) -> Result<(), AttestError> {
    let gauges: [Gauge; 11] = [
        gauge::<DIVIDE>,
        gauge::<DIVIDE_POWER>,
        gauge::<ROOT>,
        gauge::<ROOT_CEILING>,
        gauge::<AT_LEAST>,
        gauge::<MAXIMUM>,
        gauge::<MINIMUM>,
        gauge::<MAGNITUDE>,
        gauge::<EXPONENTIAL>,
        gauge::<LOGARITHM>,
        gauge::<NORMAL_TAIL>,
    ];
    gauges.iter().try_for_each(|gauge| {
        tell(gauge(params)?);
        Ok(())
    })
}
