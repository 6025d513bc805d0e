//! Honest witnesses of the row circuits, with positions that the cheats know.

use std::sync::{Arc, OnceLock};

use plimsoll_circuits::book::{Book, CollateralItem, Exposure};
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::{banded, fill, plain, secured, secured_general, vouched};
use plimsoll_circuits::credit_risk::assess_credit;
use plimsoll_circuits::proofs::public_table;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::layout::{Layout, Module, Small};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::statement::RowCircuit;

use crate::common::{basel, book, exposure, item, mortgage, secured as loan, snapshot};

/// Items that were counted before the copy: as many as the secured book has.
pub(crate) const CARRIED: u64 = 10;
/// Rows of the vouched witness that hold something: one for each sort of exposure.
pub(crate) const VOUCHED_ROWS: usize = 5;

fn numbered(mut exposures: Vec<Exposure>, collateral: Vec<(usize, CollateralItem)>) -> Book {
    for (number, exposure) in exposures.iter_mut().enumerate() {
        exposure.id = format!("e{number}").into();
    }
    let mut items = Vec::new();
    for (number, (of, mut item)) in collateral.into_iter().enumerate() {
        item.id = format!("c{number}").into();
        item.exposure = format!("e{of}").into();
        items.push(item);
    }
    Book {
        exposures,
        collateral: items,
        ..book()
    }
}

/// | position | what |
/// | --- | --- |
/// | 0 | a sovereign at 0 % |
/// | 4 | a commitment to a bank |
/// | 8 | a corporate at 100 % |
/// | 12 | a corporate in pounds |
/// | 16 | retail, of the largest amount |
fn plain_book() -> Book {
    let mut pounds = exposure("corporate-sme", "", 70_000);
    pounds.currency = "GBP".into();
    let mut commitment = exposure("bank-ecra", "BBB", 12_345);
    commitment.conversion = "commitment".into();
    let exposures = vec![
        exposure("corporate-other", "", 1_000_000),
        pounds,
        exposure("sovereign", "AAA-AA", 5_000),
        exposure("retail", "", u64::MAX),
        commitment,
    ];
    numbered(exposures, Vec::new())
}

/// | position | what |
/// | --- | --- |
/// | 0 | whole loan at 80 % of the property |
/// | 1 | whole loan in the open band |
/// | 2 | split loan, with a rest |
/// | 3 | split loan, all secured |
/// | 4 | defaulted, provisions a fifth |
/// | 5 | defaulted, provisions below a fifth |
/// | 6 | retail in another currency than the income |
/// | 7 | plain class with provisions |
/// | 8 | whole loan at 60 % |
fn banded_book() -> Book {
    let with = |mut exposure: Exposure, provisions| {
        exposure.provisions = provisions;
        exposure
    };
    let mut foreign = exposure("retail", "", 3_000);
    foreign.income_currency = "EUR".into();
    let exposures = vec![
        mortgage("residential", 80_000, 100_000, ""),
        mortgage("residential", 180_000, 100_000, ""),
        mortgage("residential-split", 90_000, 100_000, "retail"),
        mortgage("residential-split", 40_000, 100_000, "retail"),
        with(exposure("defaulted", "", 1_000), 200),
        with(exposure("defaulted", "", 1_000), 199),
        foreign,
        with(exposure("corporate-other", "", 9_000), 1_000),
        mortgage("residential", 60_000, 100_000, ""),
    ];
    numbered(exposures, Vec::new())
}

fn bond(amount: u64, maturity_days: u32) -> CollateralItem {
    CollateralItem {
        maturity_days,
        ..item("sovereign", "A-BBB", amount)
    }
}

/// | positions | what |
/// | --- | --- |
/// | 0, 1, 2 | a loan of 1 000 against 300 in cash, 200 in pounds, a bond of 100 |
/// | 3 | a loan of 1 000 against 2 000 in gold: nothing is left |
/// | 4 | padding: the next loan has another holding period |
/// | 5 … 10 | a loan against six items, the last of them in pounds, in the next row |
/// | 11 … | padding |
fn secured_book() -> Book {
    let class = "corporate-other";
    let mut pounds = item("cash", "", 200);
    pounds.currency = "GBP".into();
    let exposures = vec![
        loan(class, "", 1_000, 20),
        loan(class, "", 1_000, 20),
        loan(class, "", 1_000, 250),
    ];
    let items = vec![
        (0, item("cash", "", 300)),
        (0, pounds.clone()),
        (0, bond(100, 400)),
        (1, item("gold", "", 2_000)),
        (2, item("cash", "", 100)),
        (2, bond(100, 400)),
        (2, bond(100, 1_000)),
        (2, item("gold", "", 100)),
        (2, item("cash", "", 50)),
        (2, pounds.clone()),
    ];
    numbered(exposures, items)
}

/// | positions | what |
/// | --- | --- |
/// | 0, 1, 2 | four years, against cash for two, cash for longer, and cash for two of half a year |
/// | 3 | a bond lent against another |
/// | 4 | two years against too much cash for one year: nothing is left |
/// | 5 | seven years against cash for less than the cap of five |
/// | 6, 7 | cash that outlasts the loan, and some that does not and is not recognised |
fn general_book() -> Book {
    let class = "corporate-other";
    let for_days = |amount, protection_days, original_days| CollateralItem {
        protection_days,
        original_days,
        ..item("cash", "", amount)
    };
    let term = |days| Exposure {
        maturity_days: days,
        ..loan(class, "", 1_000, 20)
    };
    let lent = Exposure {
        lent_security: "sovereign".into(),
        lent_rating: "A-BBB".into(),
        lent_maturity_days: 400,
        ..loan(class, "", 1_000, 20)
    };
    let exposures = vec![term(1_460), lent, term(730), term(2_555), term(1_000)];
    let items = vec![
        (0, for_days(190, 730, 0)),
        (0, for_days(110, 1_500, 0)),
        (0, for_days(130, 730, 180)),
        (1, bond(500, 400)),
        (2, for_days(9_000, 365, 400)),
        (3, for_days(100, 1_700, 0)),
        (4, for_days(100, 1_000, 0)),
        (4, for_days(100, 500, 364)),
    ];
    numbered(exposures, items)
}

fn start<M: Module>() -> (Grid, M::Columns) {
    let (layout, columns) = Layout::of::<M, Small>().expect("a layout");
    (Grid::new(Arc::new(layout)), columns)
}

fn finish(mut grid: Grid, circuit: RowCircuit, carried: Option<u64>) -> Forgery {
    let table = Arc::new(public_table(circuit, &basel(), &snapshot(), None));
    let layout = Arc::clone(grid.layout());
    let publics = match carried {
        None => Publics::of_rows(&layout, table),
        Some(before) => secured::publics(&layout, table, before == 0),
    };
    grid.complete(&publics).expect("an honest witness fits");
    Forgery::of(grid, publics)
}

macro_rules! of_book {
    ($book:expr, $circuit:expr, |$rows:ident, $charges:ident| $body:block) => {{
        let (rulebook, snapshot, book) = (basel(), snapshot(), $book);
        let credit = assess_credit(&book, &rulebook, &snapshot).expect("an assessed book");
        let $rows = BookRows::new(&rulebook, &snapshot, &book);
        let $charges = $rows.of(&credit, $circuit);
        assert_eq!($charges.len(), book.exposures.len(), "all of one shape");
        $body
    }};
}

fn make_plain() -> Forgery {
    of_book!(plain_book(), RowCircuit::Plain, |rows, charges| {
        let (mut grid, columns) = start::<plain::Plain>();
        fill::plain(&columns, &rows, &mut grid, &charges);
        finish(grid, RowCircuit::Plain, None)
    })
}

fn make_vouched() -> Forgery {
    let circuit = RowCircuit::Vouched;
    of_book!(plain_book(), RowCircuit::Plain, |rows, charges| {
        let (mut grid, columns) = start::<vouched::Vouched>();
        let used = fill::vouched(&columns, &rows, &mut grid, &charges);
        assert_eq!(used, VOUCHED_ROWS);
        let table = Arc::new(public_table(circuit, &basel(), &snapshot(), None));
        let publics = vouched::publics(&Arc::clone(grid.layout()), table, used);
        grid.complete(&publics).expect("an honest witness fits");
        Forgery::of(grid, publics)
    })
}

fn make_banded() -> Forgery {
    of_book!(banded_book(), RowCircuit::Banded, |rows, charges| {
        let (mut grid, columns) = start::<banded::Banded>();
        fill::banded(&columns, &rows, &mut grid, &charges);
        finish(grid, RowCircuit::Banded, None)
    })
}

/// The secured circuit's witness, as a copy that takes up a count.
pub(crate) fn make_secured(carried: u64) -> Forgery {
    of_book!(secured_book(), RowCircuit::Secured, |rows, charges| {
        let (mut grid, columns) = start::<secured::Secured>();
        let mut ordinal = carried;
        fill::secured(&columns, &rows, &mut grid, &charges, &mut ordinal);
        finish(grid, RowCircuit::Secured, Some(carried))
    })
}

/// The witness of a circuit with one position a row: position by position that of the circuit with
/// several, so that a cheat means the same in both.
fn make_single<M: Module>(circuit: RowCircuit) -> Forgery {
    let wide = honest(circuit.wide());
    let (mut grid, _) = start::<M>();
    let layout = Arc::clone(grid.layout());
    let from = wide.grid.layout();
    for col in (0..layout.columns.len()).map(Col) {
        for position in 0..layout.positions() {
            grid.set_field(position, col, wide.grid.get(position, col));
        }
        // The sentinels correspond to each other, and the rest of a row has nothing to say.
        let sentinel = wide.grid.get(from.positions(), col);
        grid.set_field(layout.positions(), col, sentinel);
    }
    for column in 1..layout.total_columns.len() {
        let carry = wide.grid.columns()[from.total_column(column)].clone();
        grid.columns_mut()[layout.total_column(column)].copy_from_slice(&carry);
    }
    finish(grid, circuit, circuit.carries().then_some(CARRIED))
}

fn make_general() -> Forgery {
    let circuit = RowCircuit::SecuredGeneral;
    of_book!(general_book(), circuit, |rows, charges| {
        let (mut grid, columns) = start::<secured_general::SecuredGeneral>();
        let mut ordinal = CARRIED;
        fill::secured_general(&columns, &rows, &mut grid, &charges, &mut ordinal);
        finish(grid, circuit, Some(CARRIED))
    })
}

/// The honest witness of a row circuit, made once.
pub(crate) fn honest(circuit: RowCircuit) -> &'static Forgery {
    static MADE: [OnceLock<Forgery>; 8] = [const { OnceLock::new() }; 8];
    MADE[usize::from(circuit.code())].get_or_init(|| match circuit {
        RowCircuit::Plain => make_plain(),
        RowCircuit::Banded => make_banded(),
        RowCircuit::Secured => make_secured(CARRIED),
        RowCircuit::SecuredGeneral => make_general(),
        RowCircuit::Derivatives => crate::derivatives::book::witness(),
        RowCircuit::Vouched => make_vouched(),
        RowCircuit::PlainSingle => make_single::<plain::PlainSingle>(circuit),
        RowCircuit::SecuredSingle => make_single::<secured::SecuredSingle>(circuit),
    })
}

#[test]
fn honest_witnesses_break_nothing() {
    for circuit in RowCircuit::ALL {
        assert_eq!(honest(circuit).violations(), [], "{circuit:?}");
    }
}
