//! Twin and circuits agree over whole random books: the rows of every exposure, their totals, the
//! capital rules on these totals, and each claim just below, at and just above its ratio.
//!
//! What the twin bears, the capital circuit takes without a violation. What it does not bear has no
//! honest witness, and that of a prover who solves everything else is refused.
//!
//! `PLIMSOLL_BOOKS` says how many books; `PLIMSOLL_SEED` runs one.

mod common;

use std::sync::{Arc, OnceLock};

use common::books::Maker;
use common::lines::{lines, thresholds};
use common::random::{Random, seeds};
use common::rows::book_agrees;
use common::{basel, snapshot};
use num_bigint::BigUint;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::capital::{CreditTotals, assess_capital};
use plimsoll_circuits::cells::capital::rules::{
    CapitalInputs, CapitalPlan, EXPOSURE_BITS, RWA_BITS, capital_system, cheating_system,
    has_balance_sheet,
};
use plimsoll_circuits::cells::capital::system::{System, SystemError};
use plimsoll_circuits::cells::capital::{CREDIT_RISK, Capital, Columns};
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::credit_risk::assess_credit;
use plimsoll_circuits::field::from_biguint;
use plimsoll_circuits::proofs::capital_publics;
use plimsoll_circuits::protocol::evaluate::violations_at;
use plimsoll_circuits::protocol::layout::{Layout, Small};
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rule_error::RuleError;
use plimsoll_circuits::rulebook::Rulebook;

/// Books, unless `PLIMSOLL_BOOKS` says otherwise.
const BOOKS: u64 = 400;
/// Before the first of these books.
const FIRST: u64 = 50_000_000;

/// A book of a few exposures of each shape, and capital of its own size.
fn random_book(rulebook: &Rulebook, seed: u64) -> Book {
    let mut maker = Maker {
        rulebook,
        random: Random::new(seed),
    };
    let counts = [6, 6, 3].map(|most| maker.random.below(most + 1) as usize);
    let mut book = maker.book(&snapshot(), counts);
    let bits = *maker.random.pick(&[4, 12, 30, 50, 64]);
    lines(&mut book, rulebook, bits, &mut maker.random);
    book
}

/// The capital circuit on the totals of a book.
struct Capitals<'a> {
    rulebook: &'a Rulebook,
    book: &'a Book,
    totals: [BigUint; 3],
    plan: CapitalPlan,
}

impl Capitals<'_> {
    fn layout() -> &'static (Arc<Layout>, Columns) {
        static LAYOUT: OnceLock<(Arc<Layout>, Columns)> = OnceLock::new();
        LAYOUT.get_or_init(|| {
            let (layout, columns) = Layout::of::<Capital, Small>().expect("a layout");
            (Arc::new(layout), columns)
        })
    }

    fn plan(&self, claims: &[Claim]) -> CapitalPlan {
        CapitalPlan {
            claims: claims.to_vec(),
            ..self.plan.clone()
        }
    }

    fn inputs(&self) -> CapitalInputs<'_> {
        CapitalInputs {
            rwa: &self.totals[0],
            exposure: &self.totals[1],
            items: u64::try_from(&self.totals[2]).expect("few"),
            capital: &self.book.capital,
            stated: &self.book.stated,
        }
    }

    /// Whether the circuit takes the words of this system, with the verifier's public values.
    fn takes(&self, plan: &CapitalPlan, system: &System) -> bool {
        let (layout, columns) = Capitals::layout();
        let publics = capital_publics(self.rulebook, plan, layout.positions()).expect("it fits");
        let words = system.witness().expect("the prover's system");
        let mut grid = Grid::new(Arc::clone(layout));
        columns.fill(&mut grid, &words);
        let column = layout.total_column(CREDIT_RISK);
        for (row, total) in self.totals.iter().enumerate() {
            grid.columns_mut()[column][row] = from_biguint(total);
        }
        grid.complete(&publics).expect("words of 64 bits");
        let used: Vec<usize> = (0..words.len().div_ceil(layout.lanes) + 1).collect();
        violations_at(&grid, &publics, &used).is_empty()
    }

    fn bears(&self, claims: &[Claim], holds: bool) {
        let plan = self.plan(claims);
        match capital_system(self.rulebook, &plan, Some(self.inputs())) {
            Ok(system) => {
                assert!(holds, "the circuit bears {claims:?}");
                assert!(self.takes(&plan, &system), "{claims:?}");
            }
            Err(SystemError::False(what)) => {
                assert!(!holds, "the twin bears {claims:?}: {what}");
                let lying = cheating_system(self.rulebook, &plan, self.inputs(), Vec::new());
                let taken = lying.is_ok_and(|system| self.takes(&plan, &system));
                assert!(!taken, "a lie is taken: {claims:?}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// Claims that were looked at: those that hold, those that do not; and books beyond the circuit.
#[derive(Default)]
struct Looked([u64; 3]);

fn agree(rulebook: &Rulebook, seed: u64) -> Looked {
    let book = random_book(rulebook, seed);
    let mut looked = Looked::default();
    let credit = assess_credit(&book, rulebook, &snapshot()).expect("assessed");
    book_agrees(&book, rulebook, &snapshot(), &credit);
    let stated = rulebook.stated.iter();
    let is_stated = |name: &str| book.stated.iter().any(|line| line.name == name);
    let capitals = Capitals {
        rulebook,
        book: &book,
        totals: [
            credit.rwa.clone(),
            credit.measure.clone(),
            book.collateral.len().into(),
        ],
        plan: CapitalPlan {
            claims: Vec::new(),
            stated: stated.map(|line| is_stated(&line.name)).collect(),
            credit_risk: true,
            balance_sheet: has_balance_sheet(rulebook, &book.capital),
        },
    };
    // What no linked total holds is neither true nor false; its rows were looked at.
    let fits = |total: &BigUint, bits| total.bits() <= bits;
    if !fits(&credit.rwa, RWA_BITS) || !fits(&credit.measure, EXPOSURE_BITS) {
        let refused = capital_system(rulebook, &capitals.plan, Some(capitals.inputs()));
        assert!(matches!(refused, Err(SystemError::TooLarge(_))));
        looked.0[2] += 1;
        return looked;
    }
    let twin = match assess_capital(&book, rulebook, &CreditTotals::from(&credit)) {
        Ok(twin) => twin,
        Err(RuleError::BalanceSheet | RuleError::Reductions) => {
            capitals.bears(&[], false);
            return looked;
        }
        Err(other) => panic!("{other}"),
    };
    let random = &mut Random::new(seed ^ u64::MAX);
    for ratio in Ratio::ALL {
        let Ok(found) = twin.ratio(ratio) else {
            continue;
        };
        for threshold in thresholds(&twin, ratio, random) {
            let holds = found.holds(threshold);
            capitals.bears(&[Claim { ratio, threshold }], holds);
            looked.0[usize::from(!holds)] += 1;
        }
    }
    looked
}

#[test]
fn books_agree() {
    let rulebook = basel();
    let books = std::env::var("PLIMSOLL_BOOKS").ok();
    let books = books.map_or(BOOKS, |count| count.parse().expect("a number of books"));
    let all = std::sync::Mutex::new(Looked::default());
    let start = std::time::Instant::now();
    seeds(FIRST, books, |seed| {
        let Looked(one) = agree(&rulebook, seed);
        let mut all = all.lock().expect("no other book failed");
        (0..3).for_each(|i| all.0[i] += one[i]);
    });
    let Looked([hold, fail, beyond]) = all.into_inner().expect("no book failed");
    println!(
        "{books} books, {hold} claims that hold and {fail} that do not, {beyond} books \
         beyond the circuit, {:?}",
        start.elapsed()
    );
    assert!(std::env::var("PLIMSOLL_SEED").is_ok() || hold > books && fail > books);
}
