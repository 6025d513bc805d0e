//! The row circuits of exposures: position by position, and over whole runs of collateral.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use num_bigint::BigInt;
use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::pack::cut;
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::{self, Secured};
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::credit_risk::{Charge, assess_credit};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::public_table;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::{Layout, Module, Small};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::RowCircuit;

use crate::common::books::Maker;
use crate::common::random::Random;
use crate::common::{basel, snapshot};
use crate::solver::{Search, integer};

/// What the record says; everything else is derived.
const PLAIN: [&str; 4] = ["id", "amount", "class", "conversion"];
const BANDED: [&str; 7] = [
    "id",
    "gross amount",
    "specific provisions",
    "property value",
    "kind",
    "conversion",
    "income currency",
];
const SECURED: [&str; 11] = [
    "id",
    "first row of an exposure",
    "row with an item",
    "amount",
    "class",
    "conversion",
    "collateral",
    "item currency",
    "haircut row",
    "residual maturity",
    "holding period",
];
const GENERAL: [&str; 5] = [
    "security lent",
    "its residual maturity",
    "residual maturity of the exposure",
    "residual life of the protection",
    "original life of the protection",
];

/// What was found over the positions of a circuit.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Searches, and witnesses over all of them.
    pub(crate) searches: usize,
    pub(crate) witnesses: usize,
    /// Columns that had more than one value in some search.
    pub(crate) varied: BTreeSet<&'static str>,
    /// Words of which some values were tried, and not all.
    pub(crate) sampled: BTreeSet<&'static str>,
    /// Gates and lookups that said something of an unknown cell.
    pub(crate) used: BTreeSet<&'static str>,
}

fn filled<M: Module>(
    circuit: RowCircuit,
    seed: u64,
    counts: [usize; 3],
    fill: impl Fn(&M::Columns, &BookRows<'_>, &mut Grid, &[&Charge], &mut u64),
) -> (Grid, Publics) {
    let (rulebook, snapshot) = (basel(), snapshot());
    let mut maker = Maker {
        rulebook: &rulebook,
        random: Random::new(seed),
    };
    let book = maker.book(&snapshot, counts);
    let credit = assess_credit(&book, &rulebook, &snapshot).expect("assessed");
    let rows = BookRows::new(&rulebook, &snapshot, &book);
    let all = rows.of(&credit, circuit);
    let (layout, columns) = Layout::of::<M, Small>().expect("a layout");
    let layout = Arc::new(layout);
    let copy = cut(&rows, &layout, &all).expect("they fit").remove(0);
    let table = Arc::new(public_table(circuit, &rulebook, &snapshot, None));
    let publics = if circuit.carries() {
        secured::publics(&layout, table, true)
    } else {
        Publics::of_rows(&layout, table)
    };
    let mut grid = Grid::new(layout);
    fill(&columns, &rows, &mut grid, &all[copy], &mut 0);
    grid.complete(&publics).expect("complete");
    (grid, publics)
}

/// All witnesses of these positions: the honest one is among them, and none has less of the
/// risk-weighted assets or more cover.
fn search(grid: &Grid, publics: &Publics, positions: &[usize], inputs: &[&str], all: &mut Found) {
    let layout = Arc::clone(grid.layout());
    let unknown = Search::all_but(&layout, positions, inputs);
    let search = Search::new(grid, publics, positions, unknown).run();
    let column = |name: &str| layout.columns.iter().position(|c| c.name == name);
    let addend = |solution: &crate::solver::Solution| -> BigInt {
        let total = &layout.totals[0].addend;
        let parts = positions.iter();
        parts
            .map(|at| integer(&search.eval(total, *at, solution)))
            .sum()
    };
    // Cover, and what it is counted in.
    let covered = |solution: &crate::solver::Solution| -> Option<(BigInt, BigInt)> {
        let value = |name: &str| solution.get(&(positions[0], column(name)?)).map(integer);
        let parts = value("denominator less one").map_or(BigInt::from(1), |less| less + 1);
        Some((value("covered")?, parts))
    };
    let honest = search.solutions.iter().position(|solution| {
        solution
            .iter()
            .all(|(cell, value)| search.honest(*cell) == *value)
    });
    let honest = honest.unwrap_or_else(|| panic!("{positions:?}: the twin's is none of them"));
    let honest = &search.solutions[honest];
    for solution in &search.solutions {
        assert!(addend(solution) >= addend(honest), "{positions:?}: less");
        if let (Some(found), Some(twin)) = (covered(solution), covered(honest)) {
            let (found, twin) = (found.0 * twin.1, twin.0 * found.1);
            assert!(found <= twin, "{positions:?}: more cover");
        }
        for (cell, value) in solution {
            if honest[cell] != *value {
                all.varied.insert(layout.columns[cell.1].name);
            }
        }
    }
    for (_, column) in &search.free {
        all.varied.insert(layout.columns[*column].name);
    }
    let sampled = search.sampled.iter();
    all.sampled
        .extend(sampled.map(|(_, column)| layout.columns[*column].name));
    all.searches += 1;
    all.witnesses += search.solutions.len();
    all.used.extend(&search.used);
}

/// The first `count` positions one by one, and the last, which is padding.
fn each(grid: &Grid, publics: &Publics, inputs: &[&str], count: usize) -> Found {
    let mut found = Found::default();
    let last = grid.layout().positions() - 1;
    for position in (0..count).chain([last]) {
        search(grid, publics, &[position], inputs, &mut found);
    }
    found
}

/// Runs of an exposure and its items, while they are short.
fn runs(grid: &Grid, publics: &Publics, inputs: &[&str], count: usize, found: &mut Found) {
    let column = |name: &str| {
        let columns = &grid.layout().columns;
        Col(columns.iter().position(|c| c.name == name).expect("it has"))
    };
    let head = column("first row of an exposure");
    let is_head = |at: &usize| grid.get(*at, head) == Fp::from(1);
    let heads: Vec<usize> = (0..count).filter(is_head).collect();
    for pair in heads.windows(2) {
        let run: Vec<usize> = (pair[0]..pair[1]).collect();
        if run.len() == 2 {
            search(grid, publics, &run, inputs, found);
        }
    }
}

fn search_plain() -> Found {
    let (grid, publics) = filled::<Plain>(RowCircuit::Plain, 1, [300, 0, 0], |c, r, g, x, _| {
        fill::plain(c, r, g, x)
    });
    each(&grid, &publics, &PLAIN, 300)
}

fn filled_banded() -> (Grid, Publics) {
    filled::<Banded>(RowCircuit::Banded, 2, [0, 400, 0], |c, r, g, x, _| {
        fill::banded(c, r, g, x)
    })
}

fn search_banded() -> Found {
    let (grid, publics) = filled_banded();
    each(&grid, &publics, &BANDED, 400)
}

fn filled_secured() -> (Grid, Publics) {
    filled::<Secured>(RowCircuit::Secured, 3, [0, 0, 200], fill::secured)
}

fn search_secured() -> Found {
    let (grid, publics) = filled_secured();
    let mut found = each(&grid, &publics, &SECURED, 150);
    runs(&grid, &publics, &SECURED, 150, &mut found);
    found
}

fn filled_general(seed: u64) -> (Grid, Publics) {
    let fill = fill::secured_general;
    filled::<SecuredGeneral>(RowCircuit::SecuredGeneral, seed, [0, 0, 200], fill)
}

fn search_general() -> Found {
    let (grid, publics) = filled_general(4);
    let inputs = [&SECURED[..], &GENERAL[..]].concat();
    let mut found = each(&grid, &publics, &inputs, 150);
    runs(&grid, &publics, &inputs, 150, &mut found);
    found
}

macro_rules! found {
    ($name:ident, $search:ident) => {
        /// Searched once.
        pub(crate) fn $name() -> &'static Found {
            static FOUND: OnceLock<Found> = OnceLock::new();
            FOUND.get_or_init($search)
        }
    };
}
found!(plain, search_plain);
found!(banded, search_banded);
found!(secured, search_secured);
found!(general, search_general);

/// The freedom that is left, by circuit; none of it comes to less (asserted for each witness). What
/// was sampled is a word that the result is affine in, at its ends, in the middle and about the twin's.
fn varies(found: &Found, named: &[&'static str], sampled: &[&'static str]) {
    let set = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(found.varied, set(named));
    assert_eq!(found.sampled, set(sampled));
    assert!(found.witnesses >= found.searches);
}

#[test]
fn plain_rows_have_one_witness() {
    let found = plain();
    varies(found, &[], &[]);
    assert_eq!(found.searches, found.witnesses);
}

/// A band further up, at its heavier weight; less of a loan in the part that weighs less.
#[test]
fn banded_rows_may_be_heavier() {
    let band = ["edge", "open", "weight", "weight of the rest"];
    let split = ["secured part", "rest", "room under the edge"];
    varies(
        banded(),
        &[&band[..], &split[..]].concat(),
        &["secured part"],
    );
}

/// A longer band or a mismatch that is none, with the larger haircut; the sign of nothing left.
const HAIRCUTS: [&str; 8] = [
    "longest maturity of the band",
    "days to the end of the band",
    "ten-day haircut",
    "currency mismatch",
    "scaled haircut",
    "covered",
    "something is left",
    "left",
];

#[test]
fn secured_rows_may_be_covered_less() {
    varies(secured(), &HAIRCUTS, &[]);
}

/// Besides: a longer band of the security lent, the longer of two terms, a mismatch where there is
/// none or one that is not recognised, and a rest that is rounded up further.
#[test]
fn general_rows_may_be_covered_less() {
    let more = [
        "longest maturity of its band",
        "days to the end of its band",
        "its ten-day haircut",
        "its scaled haircut",
        "exposure with its haircut",
        "item without its haircut",
        "term",
        "days between the two",
        "denominator less one",
        "something is mismatched",
        "the item lasts as long as the exposure",
        "the mismatch is recognised",
        "original life beyond the shortest",
        "rounding",
    ];
    varies(general(), &[&HAIRCUTS[..], &more[..]].concat(), &["left"]);
}

/// The search would see a gate that is missing: without one of these some witness comes to less.
#[test]
fn without_a_gate_there_is_a_lighter_witness() {
    let lighter = |(grid, publics): &(Grid, Publics), inputs: &[&str], gate, count| {
        let layout = Arc::clone(grid.layout());
        let total = &layout.totals[0].addend;
        (0..count).any(|at| {
            let unknown = Search::all_but(&layout, &[at], inputs);
            let search = Search::new(grid, publics, &[at], unknown)
                .without(gate)
                .run();
            let twin = integer(&search.eval(total, at, &Default::default()));
            let mut found = search.solutions.iter();
            found.any(|solution| integer(&search.eval(total, at, solution)) < twin)
        })
    };
    let banded = filled_banded();
    for gate in [
        "the band's edge is not exceeded",
        "secured part and rest are the amount net of provisions",
    ] {
        assert!(lighter(&banded, &BANDED, gate, 100), "{gate}");
    }
    let secured = filled_secured();
    for gate in [
        "the item matures within its band",
        "without the mismatch haircut, item and exposure are in one currency",
    ] {
        assert!(lighter(&secured, &SECURED, gate, 100), "{gate}");
    }
    // Single items that are mismatched, and short of their loan, are rare.
    let general: Vec<_> = (4..10).map(filled_general).collect();
    let inputs = [&SECURED[..], &GENERAL[..]].concat();
    for gate in [
        "the lent security matures within its band",
        "matched means at least as long, mismatched means at most",
        "a mismatch is recognised from the shortest original life on",
        "a recognised mismatch makes the run mismatched",
    ] {
        let mut books = general.iter();
        assert!(
            books.any(|book| lighter(book, &inputs, gate, 250)),
            "{gate}"
        );
    }
}
