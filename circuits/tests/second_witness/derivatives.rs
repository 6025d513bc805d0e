//! The derivatives circuit: each job's row, and what it hands to the next.

use std::cmp::Ordering::{self, Greater, Less};
use std::collections::BTreeSet;
use std::sync::OnceLock;

use num_bigint::BigInt;
use num_traits::Signed;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::Layout;

use crate::rows::Found;
use crate::solver::{Cell, Search, Solution, integer};

/// What a job derives: here, and in the next row. What of it may differ, and upwards only.
struct Job {
    name: &'static str,
    here: &'static [&'static str],
    next: &'static [&'static str],
    /// What of that may differ from the twin's, and to which side; nothing else may.
    leans: &'static [(&'static str, Ordering)],
    /// Cells of the row that may have more than one value.
    varies: &'static [&'static str],
}

const LINES: [&str; 13] = [
    "key of the line",
    "value 0 of the line",
    "value 1 of the line",
    "value 2 of the line",
    "value 3 of the line",
    "value 4 of the line",
    "value 5 of the line",
    "key of the second line",
    "value 0 of the second line",
    "value 1 of the second line",
    "value 2 of the second line",
    "value 3 of the second line",
    "value 4 of the second line",
];
const FUNCTION: [&str; 9] = [
    "node",
    "coefficient 0",
    "coefficient 1",
    "coefficient 2",
    "quadratic",
    "head",
    "factor of the head",
    "power of the head",
    "addend of the head",
];

const JOBS: [Job; 8] = [
    Job {
        name: "trade",
        here: &[
            "bit 5",
            "bit 7",
            "step 0",
            "step 1",
            "step 2",
            "step 3",
            "step 4",
            "step 5",
            "word d",
            "word q",
            "word f",
            "word r",
            "word s",
            "word y",
            "word w",
            "word eta",
            "word b",
            "word c",
            "delta",
            "error of delta",
            "rate",
            "rate of the value",
            "maturity factor",
            "discount factor, high part",
            "discount factor, low part",
        ],
        next: &[
            "effective notional",
            "error bounds",
            "market value",
            "trades",
            "gross trades",
            "trades that cannot lie outside, and margin",
        ],
        leans: &[],
        // Which of two equal prices is the larger; which of two equal differences.
        varies: &["bit 5"],
    },
    Job {
        name: "tranche",
        here: &[
            "step 0",
            "step 1",
            "step 2",
            "word y",
            "word n",
            "word v",
            "word r",
            "word s",
            "word p",
            "word k",
            "delta",
            "error of delta",
        ],
        next: &[],
        leans: &[],
        varies: &[],
    },
    Job {
        name: "subset",
        here: &[
            "bit 0",
            "word n",
            "word v",
            "word r",
            "word q",
            "word d",
            "word b",
            "word c",
            "word eta",
            "quadratic",
            "step 0",
        ],
        next: &["first sum", "second sum", "third sum", "lean"],
        leans: &[],
        // The sign of zero.
        varies: &["bit 0"],
    },
    Job {
        name: "hedging set",
        here: &["word n", "word b", "word r", "word s"],
        next: &["add-on"],
        leans: &[("add-on", Greater)],
        varies: &["word n", "word r"],
    },
    Job {
        name: "margin",
        here: &["bit 2", "word c", "step 0", "rate"],
        next: &["independent amount", "variation margin"],
        leans: &[("independent amount", Less), ("variation margin", Less)],
        // The haircut of a foreign currency taken for the own.
        varies: &[
            "bit 2",
            "step 0",
            "value 0 of the line",
            "value 2 of the line",
            "value 3 of the line",
            "word c",
        ],
    },
    Job {
        name: "netting set",
        here: &[
            "word n",
            "word b",
            "bit 0",
            "bit 1",
            "word v",
            "word r",
            "word c",
            "word s",
            "word p",
            "word k",
            "word y",
            "word w",
            "word eta",
            "word d",
            "word f",
            "word q",
            "small word",
            "step 0",
            "step 1",
            "step 2",
            "step 3",
        ],
        next: &[
            "potential future exposure",
            "positive market values",
            "net market value",
            "collateral",
            "independent amounts",
            "netting sets",
            "margined netting sets",
        ],
        leans: &[("potential future exposure", Greater)],
        varies: &[
            "bit 0",
            "bit 1",
            "coefficient 0",
            "coefficient 1",
            "coefficient 2",
            "factor of the head",
            "head",
            "node",
            "quadratic",
            "small word",
            "step 2",
            "step 3",
            "word c",
            "word eta",
            "word k",
            "word n",
            "word p",
            "word s",
            "word w",
            "word y",
        ],
    },
    Job {
        name: "replacement cost",
        here: &[
            "bit 1", "word r", "word s", "word c", "word p", "word k", "word d", "word q",
            "word f", "word w",
        ],
        next: &["step 0"],
        leans: &[("step 0", Greater)],
        varies: &[
            "bit 1", "word c", "word d", "word f", "word k", "word p", "word q", "word r",
            "word s", "word w",
        ],
    },
    Job {
        name: "exposure",
        here: &["word n", "word b", "word v"],
        next: &[],
        leans: &[],
        varies: &["word n", "word v"],
    },
];

fn witness() -> &'static Forgery {
    static WITNESS: OnceLock<Forgery> = OnceLock::new();
    WITNESS.get_or_init(crate::book::witness)
}

fn column(layout: &Layout, name: &str) -> usize {
    let found = layout.columns.iter().position(|c| c.name == name);
    found.unwrap_or_else(|| panic!("no column `{name}`"))
}

/// The rows that do a job.
fn positions(job: &str) -> Vec<usize> {
    let grid = &witness().grid;
    let column = Col(column(grid.layout(), job));
    let all = 0..grid.layout().positions();
    all.filter(|at| grid.get(*at, column) == Fp::from(1))
        .collect()
}

fn look(job: &Job, at: usize, all: &mut Found, varied: &mut BTreeSet<&'static str>) {
    let Forgery { grid, publics, .. } = witness();
    let layout = grid.layout();
    let uses_function = job.here.contains(&"word eta") && job.name != "subset";
    let function = FUNCTION.iter().filter(|_| uses_function);
    // The kind of margin and the class of the counterparty are the record's.
    let chosen = ["margin", "exposure"].contains(&job.name);
    let lines = LINES.iter().skip(usize::from(chosen));
    let here = job.here.iter().chain(lines).chain(function);
    let mut unknown: BTreeSet<Cell> = here.map(|name| (at, column(layout, name))).collect();
    unknown.extend(job.next.iter().map(|name| (at + 1, column(layout, name))));
    // A bound first, then the argument of its function, then what follows from them.
    let argument = ["head", "node", "word eta"]
        .iter()
        .filter(|_| uses_function);
    let (bound, rest) = job.here.split_at(2);
    let first = bound.iter().chain(argument).chain(rest);
    let first = first.map(|name| (at, column(layout, name)));
    let search = Search::new(grid, publics, &[at], unknown);
    let search = search.trying(first.collect()).run();
    let is_honest = |solution: &Solution| {
        let mut cells = solution.iter();
        cells.all(|(cell, value)| search.honest(*cell) == *value)
    };
    let found = search.solutions.iter().any(is_honest);
    assert!(found, "{} at {at}: the twin's is none of them", job.name);
    let total = &layout.totals[0].addend;
    let honest = integer(&search.eval(total, at, &Solution::new()));
    for solution in &search.solutions {
        assert!(integer(&search.eval(total, at, solution)) >= honest);
        for (cell, value) in solution {
            let (twin, name) = (search.honest(*cell), layout.columns[cell.1].name);
            if twin == *value {
                continue;
            }
            if cell.0 == at {
                varied.insert(name);
            } else {
                let lean = job.leans.iter().find(|(lean, _)| *lean == name);
                let side = integer(value).cmp(&integer(&twin));
                assert_eq!(Some(&(name, side)), lean, "{} at {at}", job.name);
            }
        }
    }
    varied.extend(
        search
            .free
            .iter()
            .map(|(_, column)| layout.columns[*column].name),
    );
    // Nothing was only tried where nothing may lean upwards: the search was of everything.
    let sampled = !search.sampled.is_empty();
    let upwards = job.leans.iter().any(|(_, side)| *side == Greater);
    assert!(
        !sampled || upwards || job.name == "exposure",
        "{}",
        job.name
    );
    all.searches += 1;
    all.witnesses += search.solutions.len();
    all.used.extend(&search.used);
}

/// What an option's row derives, but for x.
const OPTION: [&str; 24] = [
    "bit 0",
    "bit 2",
    "bit 5",
    "step 1",
    "step 2",
    "step 3",
    "word n",
    "word v",
    "word p",
    "word r",
    "word s",
    "word d",
    "word k",
    "word q",
    "word c",
    "word f",
    "word y",
    "word w",
    "quadratic",
    "coefficient 0",
    "coefficient 1",
    "coefficient 2",
    "delta",
    "error of delta",
];

/// x is a floor of a root, in two gates that are monotone in it from either side: where neither
/// neighbour of the twin's x has a witness, no other x has. With its x, delta is the twin's.
fn option(at: usize, all: &mut Found) {
    let Forgery { grid, publics, .. } = witness();
    let layout = grid.layout();
    let at_name = |name: &str| Col(column(layout, name));
    let (node, eta) = (at_name("node"), at_name("word eta"));
    let honest = integer(&grid.get(at, node)) * (1u64 << 30) + integer(&grid.get(at, eta));
    let honest = u64::try_from(honest).expect("43 bits");
    for x in [honest.checked_sub(1), Some(honest), Some(honest + 1)] {
        let Some(x) = x else { continue };
        let mut grid = grid.clone();
        grid.set_field(at, node, Fp::from(x >> 30));
        grid.set_field(at, eta, Fp::from(x & ((1 << 30) - 1)));
        let function = FUNCTION[5..].iter();
        let here = OPTION.iter().chain(LINES.iter().skip(1)).chain(function);
        let unknown = here.map(|name| (at, column(layout, name))).collect();
        let search = Search::new(&grid, publics, &[at], unknown).run();
        assert!(search.sampled.is_empty(), "an option's row at {at}");
        let delta = (at, column(layout, "delta"));
        assert_eq!(
            search.solutions.is_empty(),
            x != honest,
            "x of an option at {at}"
        );
        for solution in &search.solutions {
            let moneyness = search.eval(&at_name("step 3").here(), at, solution);
            let error = integer(&solution[&(at, column(layout, "error of delta"))]);
            let found = integer(&solution[&delta]);
            if moneyness == Fp::from(0) {
                // The sign of zero is free: a half from below or from above, within its error.
                let half = BigInt::from(1u64 << 43);
                assert!((found - half).abs() <= error, "delta at {at}");
            } else {
                let twin = integer(&grid.get(at, Col(delta.1)));
                assert_eq!(found, twin, "delta at {at}");
            }
        }
        all.searches += 1;
        all.witnesses += search.solutions.len();
        all.used.extend(&search.used);
    }
}

/// Rows of each job that are looked at.
const ROWS: usize = 12;

/// Searched once.
pub(crate) fn all() -> &'static Found {
    static FOUND: OnceLock<Found> = OnceLock::new();
    FOUND.get_or_init(search)
}

fn search() -> Found {
    let mut all = Found::default();
    for job in &JOBS {
        let mut varied = BTreeSet::new();
        for at in positions(job.name).into_iter().take(ROWS) {
            look(job, at, &mut all, &mut varied);
        }
        let named: BTreeSet<&str> = job.varies.iter().copied().collect();
        assert_eq!(varied, named, "{}", job.name);
    }
    for at in positions("option") {
        option(at, &mut all);
    }
    all
}

/// What each job may leave open is asserted row by row.
#[test]
fn jobs_lean_to_one_side_or_not_at_all() {
    let found = all();
    assert!(found.searches > 80 && found.witnesses > found.searches);
}
