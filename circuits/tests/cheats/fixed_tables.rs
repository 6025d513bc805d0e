//! Tables that are part of a circuit's key: proven, verified, and refused where a tuple is in none.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use ff::Field;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::circuit::{FIXED_TABLE_SIDE, RUNNING_SUM_CLOSES, SecondRound};
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::key::{ProvingKey, manifest};
use plimsoll_circuits::protocol::layout::{
    Declaration, FIRST_FIXED_TAG, FIRST_PUBLIC_TAG, Layout, LayoutError, MAX_BUDGET, Module, Size,
    Small,
};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, ProveError, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::publics::{PublicTable, Publics, TableError};
use plimsoll_circuits::protocol::tape::OsEntropy;
use plimsoll_circuits::protocol::verify::{ProofError, proof_length, verify_one};
use plimsoll_circuits::protocol::witness::{Grid, WitnessError};

use crate::engine::{challenges, mocked};

const SQUARE: u64 = FIRST_FIXED_TAG;
const CUBE: u64 = FIRST_FIXED_TAG + 1;
const PRICE: u64 = FIRST_PUBLIC_TAG;

/// (n, n², n² + 1) for n below 40.
fn squares() -> Vec<Vec<u64>> {
    (0..40u64).map(|n| vec![n, n * n, n * n + 1]).collect()
}

/// Squares and cubes from fixed tables; with `PUBLIC`, a price from a public one besides.
#[derive(Clone, Copy, Debug, Default)]
struct Powers<const PUBLIC: bool>;

#[derive(Clone, Debug)]
struct PowerColumns {
    base: Col,
    square: Col,
    cube: Col,
}

impl<const PUBLIC: bool> Module for Powers<PUBLIC> {
    const NAME: &'static str = "powers";
    const VERSION: u32 = 1;
    const LANES: usize = 2;
    type Columns = PowerColumns;

    fn declare(d: &mut Declaration) -> PowerColumns {
        let columns = PowerColumns {
            base: d.column("base", 8),
            square: d.bounded_by("square", "table"),
            cube: d.bounded_by("cube", "table"),
        };
        let PowerColumns { base, square, cube } = columns;
        d.fixed_table(SQUARE, squares());
        d.fixed_table(
            CUBE,
            (0..40u64).map(|n| vec![n, n * n * n]).collect::<Vec<_>>(),
        );
        let above = square.here() + 1.into();
        d.lookup(
            "the square is the base's",
            SQUARE,
            vec![base.here(), square.here(), above],
        );
        d.lookup(
            "the cube is the base's",
            CUBE,
            vec![base.here(), cube.here()],
        );
        if PUBLIC {
            d.lookup("the base has a price", PRICE, vec![base.here()]);
        }
        d.total("cubes", cube.here());
        columns
    }
}

fn layout<const PUBLIC: bool>() -> (Arc<Layout>, PowerColumns) {
    let (layout, columns) = Layout::of::<Powers<PUBLIC>, Small>().expect("a layout");
    (Arc::new(layout), columns)
}

fn publics(layout: &Layout) -> Publics {
    let mut table = PublicTable::default();
    if layout.table_width > 0 {
        (0..40).for_each(|n| table.push(PRICE, &[n]));
    }
    Publics::of_rows(layout, Arc::new(table))
}

fn honest<const PUBLIC: bool>() -> Forgery {
    let (layout, columns) = layout::<PUBLIC>();
    let mut grid = Grid::new(Arc::clone(&layout));
    for position in 0..layout.positions() {
        let n = position as u128 % 40;
        grid.set(position, columns.base, n);
        grid.set(position, columns.square, n * n);
        grid.set(position, columns.cube, n * n * n);
    }
    let publics = publics(&layout);
    grid.complete(&publics).expect("an honest witness");
    Forgery::of(grid, publics)
}

fn params() -> &'static PublicParams {
    static PARAMS: OnceLock<PublicParams> = OnceLock::new();
    PARAMS.get_or_init(|| PublicParams::derive(Small::K))
}

const POSITION: ProofPosition = ProofPosition {
    module: 0,
    shard: 0,
    shards: 1,
};

fn prove<M: Module>(
    key: &ProvingKey<M, Small>,
    forgeries: &[&Forgery],
    check: SelfCheck,
) -> Result<Vec<u8>, ProveError> {
    let copies = forgeries.iter().map(|f| CopyWitness {
        grid: f.grid.clone(),
        publics: f.publics.clone(),
        chosen: Vec::new(),
    });
    let copies = copies.collect();
    prove_shard(
        params(),
        key,
        POSITION,
        [7; 32],
        copies,
        check,
        &mut OsEntropy,
    )
    .map(|p| p.proof)
}

fn proven<const PUBLIC: bool>() {
    let key = ProvingKey::<Powers<PUBLIC>, Small>::build(params()).expect("a key");
    let honest = honest::<PUBLIC>();
    let verify = |publics: &[Publics], proof: &[u8]| {
        verify_one(params(), key.verifying(), POSITION, [7; 32], publics, proof).map(|_| ())
    };
    let proof = prove(&key, &[&honest, &honest], SelfCheck::Verify).expect("a proof");
    assert_eq!(proof.len(), proof_length(key.layout(), 2));
    let both = [honest.publics.clone(), honest.publics.clone()];
    assert_eq!(verify(&both, &proof), Ok(()));

    // A square that is another's; a square where the cube belongs; what is below every base.
    for (name, value) in [("square", 16), ("cube", 25), ("cube", 1 << 40)] {
        let mut forged = honest.clone();
        forged.set(5, name, Fp::from(value));
        forged.resolve();
        let refused = BTreeSet::from([format!("lookup: the {name} is the base's")]);
        assert_eq!(forged.refused_by(), refused);
        let proof = prove(&key, &[&forged], SelfCheck::Skip).expect("a proof");
        let verdict = verify(&both[..1], &proof);
        assert_eq!(verdict, Err(ProofError::Invalid));
        assert!(prove(&key, &[&forged], SelfCheck::Verify).is_err());
    }
}

#[test]
fn fixed_tables_are_proven_and_verified() {
    proven::<false>();
}

#[test]
fn fixed_and_public_tables_stand_side_by_side() {
    proven::<true>();
}

#[test]
fn the_side_is_bound_to_table_and_multiplicity() {
    let (honest, at) = (honest::<true>(), challenges());
    let layout = honest.grid.layout();
    let second = SecondRound::of(layout);
    let first = layout.first_round();
    let columns = honest.solved(&at);
    assert!(mocked(&honest, columns.clone(), &at).is_empty());
    let side = second.fixed.expect("there are fixed tables");
    // One row's excess is another's want: only the side's own gate can tell.
    for row in [1, 70, 90, layout.active_rows() - 1] {
        let mut columns = columns.clone();
        columns[first + side][row] += Fp::ONE;
        columns[first + side][row - 1] -= Fp::ONE;
        columns[first + second.sum][row] += Fp::ONE;
        let found = mocked(&honest, columns, &at);
        assert_eq!(found, BTreeSet::from([FIXED_TABLE_SIDE.to_owned()]));
    }
    // A multiplicity too many, solved as far as can be.
    let mut forged = honest.clone();
    let multiplicity = layout.fixed_multiplicity().expect("a column");
    forged.grid.columns_mut()[multiplicity][3] += Fp::ONE;
    let found = mocked(&forged, forged.solved(&at), &at);
    assert_eq!(found, BTreeSet::from([RUNNING_SUM_CLOSES.to_owned()]));
}

/// Rows of zeros would be entries of their own; the rest repeats the first row.
#[test]
fn what_is_left_of_the_columns_repeats_the_first_row() {
    let (layout, columns) = layout::<false>();
    let rows = layout.fixed_rows();
    assert_eq!(rows.len(), layout.active_rows());
    assert_eq!(rows[39], (SQUARE, &[39, 1521, 1522][..]));
    assert_eq!(rows[40], (CUBE, &[0, 0][..]));
    assert!(rows[80..].iter().all(|row| *row == (SQUARE, &[0, 0, 1])));

    let mut grid = Grid::new(Arc::clone(&layout));
    assert_eq!(grid.complete(&publics(&layout)), Ok(()));
    grid.set(9, columns.base, 41);
    let missing = WitnessError::NotInTable {
        lookup: "the square is the base's",
        position: 9,
    };
    assert_eq!(grid.complete(&publics(&layout)), Err(missing));
}

#[test]
fn a_statement_adds_no_row_to_a_fixed_table() {
    let (layout, _) = layout::<true>();
    let mut table = PublicTable::default();
    table.push(SQUARE, &[5]);
    assert_eq!(table.check(&layout), Err(TableError::Tag(SQUARE)));
    // The evaluator does not look there either.
    let mut forged = honest::<true>();
    let mut table = PublicTable::clone(&forged.publics.table);
    table.push(SQUARE, &[5, 16, 17]);
    forged.publics.table = Arc::new(table);
    forged.set(5, "square", Fp::from(16));
    forged.resolve();
    let refused = BTreeSet::from(["lookup: the square is the base's".to_owned()]);
    assert_eq!(forged.refused_by(), refused);
}

/// The key's text names each table by its digest, so that another table is another circuit.
#[test]
fn the_manifest_pins_the_tables() {
    let (layout, _) = layout::<false>();
    let text = manifest(&layout);
    let lines: Vec<&str> = text.lines().filter(|l| l.starts_with("fixed")).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("fixed table tag 65536 rows 40 width 3 digest "));
    let other = Layout::of::<Other, Small>().expect("a layout").0;
    let other = manifest(&other);
    let other = other.lines().find(|l| l.starts_with("fixed"));
    assert_ne!(Some(lines[0]), other);
}

macro_rules! module {
    ($name:ident, |$d:ident, $a:ident| $body:block) => {
        #[derive(Clone, Copy, Debug, Default)]
        struct $name;

        impl Module for $name {
            const NAME: &'static str = "test";
            const VERSION: u32 = 1;
            const LANES: usize = 1;
            type Columns = ();
            fn declare($d: &mut Declaration) {
                let $a = $d.column("a", 8);
                $body
            }
        }
    };
}

module!(Other, |d, a| {
    let mut rows = squares();
    rows[7][1] += 1;
    d.fixed_table(SQUARE, rows);
    d.lookup("a", SQUARE, vec![a.here(), a.here(), a.here()]);
});
module!(Missing, |d, a| {
    d.lookup("in no table", SQUARE, vec![a.here()]);
});
module!(Narrow, |d, a| {
    d.fixed_table(SQUARE, squares());
    d.lookup("too short", SQUARE, vec![a.here(), a.here()]);
});
module!(Low, |d, a| {
    d.fixed_table(PRICE, squares());
    d.lookup("low", PRICE, vec![a.here(), a.here(), a.here()]);
});
module!(Twice, |d, a| {
    d.fixed_table(SQUARE, vec![vec![1]]);
    d.fixed_table(SQUARE, vec![vec![2]]);
    d.lookup("twice", SQUARE, vec![a.here()]);
});
module!(Ragged, |d, a| {
    d.fixed_table(SQUARE, vec![vec![1], vec![1, 2]]);
    d.lookup("ragged", SQUARE, vec![a.here()]);
});
module!(Empty, |d, a| {
    d.fixed_table(SQUARE, Vec::new());
    d.lookup("empty", SQUARE, vec![a.here()]);
});
module!(Idle, |d, a| {
    d.fixed_table(SQUARE, squares());
    d.gate("a is zero", a.here());
});
module!(Long, |d, a| {
    let row = |n: u64| vec![n];
    d.fixed_table(SQUARE, (0..3000).map(row).collect::<Vec<_>>());
    d.lookup("long", SQUARE, vec![a.here()]);
});
module!(Wide, |d, a| {
    d.gate("a is zero", a.here());
    d.budget("as wide as can be", MAX_BUDGET);
    d.budget("too wide", MAX_BUDGET + 1);
});

#[test]
fn tables_that_would_not_hold_are_refused() {
    fn refused<M: Module>() -> LayoutError {
        Layout::of::<M, Small>().expect_err("a mistake")
    }
    let table = |tag, why| LayoutError::FixedTable { tag, why };
    assert_eq!(refused::<Missing>(), LayoutError::Tag("in no table"));
    assert_eq!(refused::<Narrow>(), LayoutError::Tag("too short"));
    let low = table(PRICE, "the tag belongs to the range or public tables");
    assert_eq!(refused::<Low>(), low);
    assert_eq!(refused::<Twice>(), table(SQUARE, "the tag is taken"));
    assert_eq!(refused::<Ragged>(), table(SQUARE, "rows of unequal width"));
    let empty = table(SQUARE, "a row takes one to eight values");
    assert_eq!(refused::<Empty>(), empty);
    assert_eq!(refused::<Idle>(), table(SQUARE, "nothing looks it up"));
    let (rows, capacity) = (3000, (1 << Small::K) - 10);
    assert_eq!(refused::<Long>(), LayoutError::FixedRows { rows, capacity });
    let (name, bits) = ("too wide", MAX_BUDGET + 1);
    assert_eq!(refused::<Wide>(), LayoutError::Budget { name, bits });
}
