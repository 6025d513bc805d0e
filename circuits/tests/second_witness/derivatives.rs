//! The derivatives circuit: each job's row, and what it hands to the next.

use std::cmp::Ordering::{self, Greater, Less};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

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
            "trades that are not sold options, and margin",
        ],
        leans: &[],
        // Which of two equal prices is the larger; which of two equal differences.
        varies: &["bit 5", "bit 7"],
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
        varies: &["word n", "word b", "word r", "word s"],
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
            "value 2 of the line",
            "value 3 of the line",
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
        varies: &[],
    },
    Job {
        name: "replacement cost",
        here: &[
            "bit 1", "word r", "word s", "word c", "word p", "word k", "word d", "word q",
            "word f", "word w",
        ],
        next: &["step 0"],
        leans: &[("step 0", Greater)],
        varies: &[],
    },
    Job {
        name: "exposure",
        here: &["word n", "word b", "word v"],
        next: &[],
        leans: &[],
        varies: &["word n", "word b", "word v"],
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
    let first = job.here.iter().map(|name| (at, column(layout, name)));
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
    all.searches += 1;
    all.witnesses += search.solutions.len();
    all.used.extend(&search.used);
}

pub(crate) fn all() -> Found {
    let mut all = Found::default();
    let mut by_job: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for job in JOBS.iter().skip(5) {
        let varied = by_job.entry(job.name).or_default();
        for at in positions(job.name).into_iter().take(24) {
            look(job, at, &mut all, varied);
        }
        println!(
            "{}: {varied:?}; {} {}",
            job.name, all.searches, all.witnesses
        );
    }
    all
}

#[test]
fn print() {
    println!("{:?}", all());
}
