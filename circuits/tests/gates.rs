//! Pinned: what each circuit is made of. A gate that changes, appears or goes shows in a diff.
//!
//! `PLIMSOLL_PIN=1 cargo test -p plimsoll-circuits --test gates` writes the files anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use halo2_proofs::dev::CircuitGates;
use halo2_proofs::plonk::{Circuit, ConstraintSystem};
use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::capital::Capital;
use plimsoll_circuits::cells::derivatives::Derivatives;
use plimsoll_circuits::cells::plain::{Plain, PlainSingle};
use plimsoll_circuits::cells::secured::{Secured, SecuredSingle};
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::cells::vouched::Vouched;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::circuit::{
    EngineCircuit, InstanceColumns, SecondRound, with_layout,
};
use plimsoll_circuits::protocol::expr::Expr;
use plimsoll_circuits::protocol::key::manifest;
use plimsoll_circuits::protocol::layout::{BLINDING_ROWS, Layout, Module, Standard};
use plimsoll_circuits::protocol::lookup::helpers;
use plimsoll_circuits::protocol::verify::proof_length;

fn layout<M: Module>() -> Arc<Layout> {
    Arc::new(Layout::of::<M, Standard>().expect("a layout").0)
}

fn system<M: Module>() -> ConstraintSystem<Fp> {
    let mut system = ConstraintSystem::default();
    with_layout(&layout::<M>(), || EngineCircuit::configure(&mut system));
    system
}

/// An expression as an author would write it.
fn written(layout: &Layout, expr: &Expr) -> String {
    match expr {
        Expr::Const(value) => number(value),
        Expr::Cell { col, next } => {
            let name = layout.columns[col.0].name;
            if *next {
                format!("[{name}]'")
            } else {
                format!("[{name}]")
            }
        }
        Expr::Sum(a, b) => format!("({} + {})", written(layout, a), written(layout, b)),
        Expr::Product(a, b) => format!("{} · {}", written(layout, a), written(layout, b)),
        Expr::Scaled(a, factor) => format!("{} · {}", number(factor), written(layout, a)),
    }
}

fn number(value: &Fp) -> String {
    let small = |value: &Fp| plimsoll_circuits::field::to_u128(value).map(|n| n.to_string());
    match (small(value), small(&-*value)) {
        (Some(plus), _) => plus,
        (None, Some(minus)) => format!("(−{minus})"),
        (None, None) => format!("{value:?}"),
    }
}

/// What the module states, and then every polynomial that the library makes of it, counted by gate.
fn gates<M: Module>() -> String {
    let layout = layout::<M>();
    let mut text = String::new();
    for gate in &layout.gates {
        let expr = written(&layout, &gate.expr);
        let _ = writeln!(text, "{}, {:?}:\n  {expr} = 0", gate.name, gate.place);
    }
    for lookup in &layout.lookups {
        let values: Vec<String> = lookup.values.iter().map(|v| written(&layout, v)).collect();
        let _ = writeln!(
            text,
            "{}:\n  ({}) in table {}",
            lookup.name,
            values.join(", "),
            lookup.tag
        );
    }
    for range in &layout.range_checks {
        let name = layout.columns[range.col.0].name;
        let bits = layout.limb_bits as usize * range.limbs.len() + range.top_bits as usize;
        let _ = writeln!(
            text,
            "[{name}] < 2^{bits}, in {} limbs",
            range.limbs.len() + 1
        );
    }
    for total in &layout.totals {
        let _ = writeln!(
            text,
            "{}:\n  Σ {}",
            total.name,
            written(&layout, &total.addend)
        );
    }
    let collected = with_layout(&layout, CircuitGates::collect::<Fp, EngineCircuit>).to_string();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut current = String::new();
    for line in collected.lines() {
        if line.starts_with("- ") {
            *names.entry(current.clone()).or_default() += 1;
        } else if !line.starts_with(' ') && line.ends_with(':') {
            current = line.trim_end_matches(':').to_owned();
        }
    }
    let _ = writeln!(text, "\nPolynomials of the library's circuit, by gate:");
    for (name, count) in names {
        let _ = writeln!(text, "{count:4} {name}");
    }
    text
}

fn cost<M: Module>() -> String {
    let (layout, system) = (layout::<M>(), system::<M>());
    let (second, instance) = (SecondRound::of(&layout), InstanceColumns::of(&layout));
    let inputs: usize = helpers(&layout).iter().map(Vec::len).sum();
    let tuples = layout
        .lookups
        .iter()
        .map(|l| if l.shared { 1 } else { layout.lanes });
    let tuples: usize = tuples.sum();
    let mut text = format!(
        "rows 2^{}, positions {}\nadvice columns {}: {} of the first round, {} of the second\n\
         instance columns {}\ndegree {}\nrandom rows {}\nlookups per row {inputs}: {} range limbs, \
         {tuples} tuples, in {} helpers\n",
        layout.k,
        layout.positions(),
        layout.first_round() + second.count,
        layout.first_round(),
        second.count,
        instance.count,
        system.degree(),
        system.blinding_factors() + 1,
        inputs - tuples,
        helpers(&layout).len(),
    );
    for copies in [1, 2, 4, 8] {
        let bytes = proof_length(&layout, copies);
        let _ = writeln!(text, "proof of {copies} copies: {bytes} bytes");
    }
    text
}

fn pinned(name: &str, kind: &str, text: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/circuits");
    let file = folder.join(format!("{name}-v1.{kind}.txt"));
    if std::env::var_os("PLIMSOLL_PIN").is_some() {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&file, text).expect("written");
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    let shown = file.display();
    assert!(
        stored == text,
        "{shown} differs; PLIMSOLL_PIN=1 writes it anew: read the diff"
    );
}

fn all_pinned<M: Module>() {
    assert_eq!(M::VERSION, 1);
    pinned(M::NAME, "manifest", &manifest(&layout::<M>()));
    pinned(M::NAME, "gates", &gates::<M>());
    pinned(M::NAME, "cost", &cost::<M>());
}

#[test]
fn circuits_are_as_pinned() {
    all_pinned::<Plain>();
    all_pinned::<PlainSingle>();
    all_pinned::<Banded>();
    all_pinned::<Secured>();
    all_pinned::<SecuredSingle>();
    all_pinned::<SecuredGeneral>();
    all_pinned::<Derivatives>();
    all_pinned::<Vouched>();
    all_pinned::<Capital>();
}

fn plain_arguments<M: Module>() {
    let system = system::<M>();
    let text = format!("{:?}", system.pinned());
    assert!(
        text.contains("permutation: Argument { columns: [] }"),
        "{}",
        M::NAME
    );
    assert!(text.contains("lookups: []"), "{}", M::NAME);
    assert!(text.contains("num_selectors: 0"), "{}", M::NAME);
    assert_eq!(system.degree(), 5, "{}", M::NAME);
    assert_eq!(system.blinding_factors() + 1, BLINDING_ROWS, "{}", M::NAME);
}

/// Nothing is copied and nothing is switched off: whatever ties two cells is a gate, and every gate
/// holds on every active row, on the first, or on the sentinel.
#[test]
fn there_are_no_copies_no_selectors_and_no_library_lookups() {
    plain_arguments::<Plain>();
    plain_arguments::<PlainSingle>();
    plain_arguments::<Banded>();
    plain_arguments::<Secured>();
    plain_arguments::<SecuredSingle>();
    plain_arguments::<SecuredGeneral>();
    plain_arguments::<Derivatives>();
    plain_arguments::<Vouched>();
    plain_arguments::<Capital>();
}

fn linked_once<M: Module>() {
    let (layout, text) = (layout::<M>(), format!("{:?}", system::<M>().pinned()));
    let queries = |column: usize, rotation: usize| {
        let column = format!("Column {{ index: {column}, column_type: Advice }}");
        text.matches(&format!("({column}, Rotation({rotation}))"))
            .count()
    };
    for index in 0..layout.total_columns.len() {
        let column = layout.total_column(index);
        let found: Vec<usize> = (0..6).map(|rotation| queries(column, rotation)).collect();
        assert_eq!(
            found,
            [1, 0, 0, 0, 0, 0],
            "{}: total column {index}",
            M::NAME
        );
    }
    // Every column of the first round is opened.
    for column in 0..layout.first_round() {
        assert_eq!(queries(column, 0), 1, "{}: column {column}", M::NAME);
    }
}

/// CONDITIONS P2: a linked column is read in its own row only, so that a proof spends one of its
/// nine random rows; and CONDITIONS S8: what is committed is opened.
#[test]
fn linked_columns_are_opened_once() {
    linked_once::<Plain>();
    linked_once::<PlainSingle>();
    linked_once::<Banded>();
    linked_once::<Secured>();
    linked_once::<SecuredSingle>();
    linked_once::<SecuredGeneral>();
    linked_once::<Derivatives>();
    linked_once::<Vouched>();
    linked_once::<Capital>();
}

/// A value that stands in two cells, and the gate that ties them: (column, column, gate).
type Tie = (&'static str, &'static str, &'static str);

const SECURED: &[Tie] = &[
    ("conversion", "conversion", "a run has one currency"),
    (
        "holding period",
        "holding period",
        "a run has one holding period",
    ),
    (
        "item ordinal",
        "item ordinal",
        "items are counted one by one",
    ),
    (
        "item ordinal",
        "row with an item",
        "items are counted one by one",
    ),
    ("covered", "covered", "collateral adds up over a run"),
    (
        "currency",
        "item currency",
        "without the mismatch haircut, item and exposure are in one currency",
    ),
    (
        "residual maturity",
        "longest maturity of the band",
        "the item matures within its band",
    ),
];

const GENERAL: &[Tie] = &[
    ("term", "term", "a run has one term"),
    (
        "denominator less one",
        "denominator less one",
        "a run has one denominator",
    ),
    (
        "something is mismatched",
        "something is mismatched",
        "a run is mismatched as a whole",
    ),
    (
        "term",
        "maturity cap",
        "the term is the residual maturity or the cap",
    ),
    (
        "amount",
        "exposure with its haircut",
        "the exposure rises by its haircut",
    ),
    (
        "collateral",
        "item without its haircut",
        "the item falls by its haircut",
    ),
];

const BANDED: &[Tie] = &[
    (
        "currency",
        "income currency",
        "without the mismatch weight, income and loan are in one currency",
    ),
    (
        "secured part",
        "gross amount",
        "secured part and rest are the amount net of provisions",
    ),
    (
        "rest",
        "specific provisions",
        "secured part and rest are the amount net of provisions",
    ),
];

/// Which job may follow which; and what a trade has of the row below it.
const DERIVATIVE_JOBS: &[Tie] = &[
    (
        "trade",
        "trade",
        "after a trade comes a trade or the end of its subset",
    ),
    (
        "option",
        "option",
        "after a trade comes a trade or the end of its subset",
    ),
    (
        "tranche",
        "tranche",
        "after a trade comes a trade or the end of its subset",
    ),
    (
        "subset",
        "subset",
        "after a subset comes another or the end of its hedging set",
    ),
    (
        "margin",
        "margin",
        "after margin comes more of it, a trade or the end of its netting set",
    ),
    (
        "netting set",
        "netting set",
        "after a netting set comes another or the end of its agreement",
    ),
    (
        "delta",
        "delta",
        "delta is one, or that of the option or tranche in the next row",
    ),
    (
        "error of delta",
        "error of delta",
        "the error of delta is none, or that of the option or tranche",
    ),
    ("bit 1", "bit 1", "the option is a put if its trade is"),
    (
        "bit 4",
        "bit 4",
        "the option's price is quoted if its trade's is",
    ),
];

const DERIVATIVE_KEYS: &[Tie] = &[
    ("class", "class", "a subset has one class"),
    (
        "subset number",
        "subset number",
        "a trade stays in its subset",
    ),
    (
        "hedging set number",
        "hedging set number",
        "a trade stays in its hedging set",
    ),
    (
        "margin period",
        "margin period",
        "a netting set has one margin period",
    ),
    (
        "settlement currency",
        "settlement currency",
        "a netting set has one currency of settlement",
    ),
];

const DERIVATIVE_SUMS: &[Tie] = &[
    (
        "effective notional",
        "effective notional",
        "effective notionals add up over a subset, with their signs",
    ),
    (
        "error bounds",
        "error bounds",
        "error bounds add up over a subset, without signs",
    ),
    (
        "first sum",
        "first sum",
        "the first sum of a hedging set adds up",
    ),
    (
        "second sum",
        "second sum",
        "the second sum of a hedging set adds up",
    ),
    (
        "third sum",
        "third sum",
        "the third sum of a hedging set adds up",
    ),
    (
        "lean",
        "lean",
        "what rounding may have lost adds up over a netting set",
    ),
    (
        "add-on",
        "add-on",
        "add-ons of hedging sets add up over a netting set",
    ),
    (
        "market value",
        "market value",
        "market values add up over a netting set, with their signs",
    ),
    (
        "trades",
        "trades",
        "every trade of a netting set is counted",
    ),
    (
        "gross trades",
        "gross trades",
        "every trade charged gross is counted",
    ),
    (
        "independent amount",
        "independent amount",
        "independent amounts add up over a netting set",
    ),
    (
        "variation margin",
        "variation margin",
        "variation margin adds up over a netting set",
    ),
    (
        "potential future exposure",
        "potential future exposure",
        "potential future exposures add up over an agreement",
    ),
    (
        "positive market values",
        "positive market values",
        "positive market values add up over an agreement",
    ),
    (
        "net market value",
        "net market value",
        "market values add up over an agreement",
    ),
    (
        "collateral",
        "collateral",
        "collateral adds up over an agreement",
    ),
    (
        "independent amounts",
        "independent amounts",
        "independent amounts add up over an agreement",
    ),
    (
        "netting sets",
        "netting sets",
        "netting sets of an agreement are counted",
    ),
    (
        "margined netting sets",
        "margined netting sets",
        "margined netting sets of an agreement are counted",
    ),
    (
        "trades that cannot lie outside, and margin",
        "trades that cannot lie outside, and margin",
        "every trade that cannot lie outside is counted, and every item of margin",
    ),
];

const VOUCHED: &[Tie] = &[(
    "beyond",
    "beyond",
    "rows beyond those vouched for are the last ones",
)];

fn ties<M: Module>(ties: &[&[Tie]]) {
    let layout = layout::<M>();
    let mut tied: BTreeSet<&str> = BTreeSet::new();
    for (one, other, gate) in ties.iter().flat_map(|ties| ties.iter()) {
        let gate = layout
            .gates
            .iter()
            .find(|g| g.name == *gate)
            .expect("a gate");
        let mut read = Vec::new();
        gate.expr
            .for_each_cell(&mut |col, next| read.push((layout.columns[col.0].name, next)));
        let holds = if one == other {
            read.contains(&(one, false)) && read.contains(&(one, true))
        } else {
            [one, other]
                .iter()
                .all(|c| read.iter().any(|(name, _)| name == *c))
        };
        assert!(holds, "`{}` does not tie {one} and {other}", gate.name);
        tied.insert(one);
    }
    // Whatever is read in two neighbouring rows is in the list.
    for gate in &layout.gates {
        let mut ahead = BTreeSet::new();
        let mut here = BTreeSet::new();
        gate.expr.for_each_cell(&mut |col, next| {
            let name = layout.columns[col.0].name;
            if next {
                ahead.insert(name)
            } else {
                here.insert(name)
            };
        });
        for name in ahead.intersection(&here) {
            assert!(
                tied.contains(name),
                "`{name}` goes from row to row by `{}`",
                gate.name
            );
        }
    }
}

#[test]
fn every_repeated_value_is_tied() {
    ties::<Plain>(&[]);
    ties::<PlainSingle>(&[]);
    ties::<Banded>(&[BANDED]);
    ties::<Secured>(&[SECURED]);
    ties::<SecuredSingle>(&[SECURED]);
    ties::<SecuredGeneral>(&[SECURED, GENERAL]);
    ties::<Derivatives>(&[DERIVATIVE_JOBS, DERIVATIVE_KEYS, DERIVATIVE_SUMS]);
    ties::<Vouched>(&[VOUCHED]);
    ties::<Capital>(&[]);
}
