//! The rows of a book's exposures in every circuit, held against the credit-risk twin.

use std::sync::Arc;

use num_bigint::BigUint;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::pack::{cut, rows_taken};
use plimsoll_circuits::cells::plain::{Plain, PlainSingle};
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::{self, Secured, SecuredSingle};
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::cells::vouched::{self, Vouched};
use plimsoll_circuits::credit_risk::{Charge, CreditAssessment};
use plimsoll_circuits::field::from_biguint;
use plimsoll_circuits::proofs::{CircuitKind, public_table};
use plimsoll_circuits::protocol::evaluate::violations_at;
use plimsoll_circuits::protocol::layout::{Layout, Module, Small};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;

/// One circuit's grid: complete, without a violation, and with the twin's totals.
fn agrees<M: Module>(
    rows: &BookRows<'_>,
    circuit: RowCircuit,
    table: plimsoll_circuits::protocol::publics::PublicTable,
    charges: &[&Charge],
    ordinal: &mut u64,
    fill: impl Fn(&M::Columns, &BookRows<'_>, &mut Grid, &[&Charge], &mut u64),
) {
    let (layout, columns) = Layout::of::<M, Small>().expect("a layout");
    let layout = Arc::new(layout);
    table.check(&layout).expect("the table fits");
    let first = *ordinal == 0;
    let publics = if circuit.carries() {
        secured::publics(&layout, Arc::new(table), first)
    } else if circuit == RowCircuit::Vouched {
        let taken = rows_taken(rows, &layout, charges).expect("they fit");
        vouched::publics(&layout, Arc::new(table), taken)
    } else {
        Publics::of_rows(&layout, Arc::new(table))
    };
    let mut grid = Grid::new(Arc::clone(&layout));
    fill(&columns, rows, &mut grid, charges, ordinal);
    grid.complete(&publics)
        .unwrap_or_else(|error| panic!("{}: {error}", circuit.name()));
    // Padding is alike: its first rows and the last stand for all. Lookups and ranges were counted
    // in every row.
    let taken: usize = charges.iter().map(|c| BookRows::positions(c)).sum();
    let last = layout.active_rows() - 1;
    let looked_at: Vec<usize> = (0..last.min(taken + 2)).chain([last]).collect();
    let broken = violations_at(&grid, &publics, &looked_at);
    let shown = &broken[..broken.len().min(8)];
    assert!(broken.is_empty(), "{}: {shown:?}", circuit.name());
    let totals = &grid.columns()[layout.total_column(0)];
    let sum = |of: fn(&Charge) -> &BigUint| charges.iter().map(|c| of(c)).sum::<BigUint>();
    let (rwa, measure) = (sum(|charge| &charge.rwa), sum(|charge| &charge.measure));
    assert!(
        totals[0] == from_biguint(&rwa),
        "{}: risk-weighted assets",
        circuit.name()
    );
    assert!(
        totals[1] == from_biguint(&measure),
        "{}: exposure measure",
        circuit.name()
    );
    if circuit.carries() {
        let items: usize = charges.iter().map(|charge| BookRows::items(charge)).sum();
        assert!(totals[secured::ITEMS_TOTAL] == from_biguint(&items.into()));
    }
}

/// Every copy of every circuit that holds the book's exposures; the sums of their totals.
pub(crate) fn book_agrees(
    book: &Book,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
    credit: &CreditAssessment,
) {
    let rows = BookRows::new(rulebook, snapshot, book);
    let ordinal = &mut 0;
    let exposures = |circuit: &RowCircuit| *circuit != RowCircuit::Derivatives;
    for circuit in RowCircuit::ALL.into_iter().filter(exposures) {
        let table = public_table(circuit, rulebook, snapshot, None);
        let all = rows.of(credit, circuit);
        let layout = CircuitKind::Rows(circuit)
            .layout::<Small>()
            .expect("a layout");
        for copy in cut(&rows, &layout, &all).expect("no run is longer than a copy") {
            let charges = &all[copy];
            let table = table.clone();
            match circuit {
                RowCircuit::Plain => {
                    // The same, as somebody else's word.
                    let (vouched, too) = (RowCircuit::Vouched, table.clone());
                    agrees::<Vouched>(&rows, vouched, too, charges, ordinal, |c, r, g, x, _| {
                        fill::vouched(c, r, g, x);
                    });
                    agrees::<Plain>(&rows, circuit, table, charges, ordinal, |c, r, g, x, _| {
                        fill::plain(c, r, g, x)
                    })
                }
                RowCircuit::Banded => {
                    agrees::<Banded>(&rows, circuit, table, charges, ordinal, |c, r, g, x, _| {
                        fill::banded(c, r, g, x)
                    })
                }
                RowCircuit::Secured => {
                    agrees::<Secured>(&rows, circuit, table, charges, ordinal, fill::secured);
                }
                RowCircuit::PlainSingle => agrees::<PlainSingle>(
                    &rows,
                    circuit,
                    table,
                    charges,
                    ordinal,
                    |c, r, g, x, _| fill::plain(c, r, g, x),
                ),
                // The same items once more.
                RowCircuit::SecuredSingle => {
                    let again = &mut 0;
                    let fill = fill::secured;
                    agrees::<SecuredSingle>(&rows, circuit, table, charges, again, fill);
                }
                RowCircuit::Derivatives | RowCircuit::Vouched => {
                    unreachable!("no exposure has this shape")
                }
                RowCircuit::SecuredGeneral => agrees::<SecuredGeneral>(
                    &rows,
                    circuit,
                    table,
                    charges,
                    ordinal,
                    fill::secured_general,
                ),
            }
        }
    }
    assert_eq!(*ordinal, book.collateral.len() as u64);
}
