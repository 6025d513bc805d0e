//! What a statement may say under its rulebook and snapshot, and what follows for its proofs.
#![allow(missing_docs)]

mod common;

use plimsoll_circuits::cells::derivatives::public_table;
use plimsoll_circuits::cells::tags;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::proofs::{PlanError, capital_plan, proofs_of};
use plimsoll_circuits::protocol::layout::Standard;
use plimsoll_circuits::rulebook::{COUNTERPARTY_RISK, Role, Rulebook};
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Prices, RowCircuit, Statement, StatementError};

use common::statement;

fn rules(name: &str) -> Rulebook {
    Rulebook::builtin(name).unwrap()
}

#[test]
fn the_source_of_prices_goes_with_derivatives() {
    let basel = rules("basel-2023");
    let refused = Err(StatementError::Field("source of prices"));
    for circuits in [&[RowCircuit::Plain][..], &[RowCircuit::Derivatives]] {
        let right = statement(&basel, circuits, &[]);
        assert_eq!(Statement::decode(&right.encode()), Ok(right.clone()));
        let wrong = Statement {
            prices: match right.prices {
                None => Some(Prices::Snapshot),
                Some(_) => None,
            },
            ..right
        };
        assert_eq!(Statement::decode(&wrong.encode()), refused);
    }
    // No third source.
    let derivatives = statement(&basel, &[RowCircuit::Derivatives], &[]);
    let (book, snapshot) = (derivatives.encode(), {
        let prices = Some(Prices::Snapshot);
        Statement {
            prices,
            ..derivatives
        }
        .encode()
    });
    let at = book
        .iter()
        .zip(&snapshot)
        .position(|(a, b)| a != b)
        .unwrap();
    let mut other = book;
    other[at] = 3;
    assert_eq!(Statement::decode(&other), refused);
}

#[test]
fn what_is_computed_is_neither_missing_nor_stated() {
    let basel = rules("basel-2023");
    let lacks = |circuits: &[RowCircuit]| {
        let without = statement(&basel, circuits, &[]).without;
        ["credit-risk", COUNTERPARTY_RISK].map(|name| without.iter().any(|w| w == name))
    };
    assert_eq!(lacks(&[RowCircuit::Plain]), [false, true]);
    assert_eq!(lacks(&[RowCircuit::Derivatives]), [true, false]);
    assert_eq!(
        lacks(&[RowCircuit::Plain, RowCircuit::Derivatives]),
        [false; 2]
    );

    let right = statement(&basel, &[RowCircuit::Derivatives], &[]);
    assert!(capital_plan(&basel, &right).is_ok());
    let twice = statement(&basel, &[RowCircuit::Derivatives], &[COUNTERPARTY_RISK]);
    let plan = capital_plan(&basel, &twice).map(|_| ());
    assert_eq!(plan, Err(PlanError::Twice(COUNTERPARTY_RISK)));

    // A line of the same module that adds to the leverage measure is something else.
    let mut other = basel.clone();
    for line in &mut other.stated {
        if line.name == "leverage-derivatives" {
            line.module = COUNTERPARTY_RISK.to_owned();
        }
    }
    let both = statement(
        &other,
        &[RowCircuit::Derivatives],
        &["leverage-derivatives"],
    );
    assert!(capital_plan(&other, &both).is_ok());

    let us = rules("us-standardised");
    let unknown = statement(&us, &[RowCircuit::Derivatives], &[]);
    let plan = capital_plan(&us, &unknown).map(|_| ());
    assert_eq!(plan, Err(PlanError::Derivatives));
}

/// A line that the rulebook has no place for is nothing that can be stated; a ratio that it lacks
/// is nothing that can be claimed.
#[test]
fn lines_and_ratios_are_the_rulebooks() {
    let basel = rules("basel-2023");
    let right = statement(&basel, &[RowCircuit::Plain], &[]);
    let plan = |statement: &Statement, rulebook| capital_plan(rulebook, statement).map(|_| ());
    assert_eq!(plan(&right, &basel), Ok(()));
    let beyond = u8::try_from(basel.stated.len()).unwrap();
    let wrong = Statement {
        stated: vec![beyond],
        ..right.clone()
    };
    assert_eq!(plan(&wrong, &basel), Err(PlanError::StatedLine(beyond)));
    let mut lacking = basel.clone();
    lacking.ratios.remove("cet1");
    assert_eq!(plan(&right, &lacking), Err(PlanError::Ratio("cet1")));
    // A claim on the buffer is one on all three.
    let buffer = Statement {
        claims: vec![Claim::parse("buffer>=1%").unwrap()],
        ..right
    };
    assert_eq!(plan(&buffer, &lacking), Err(PlanError::Ratio("cet1")));
}

/// Amounts are in the statement's currency, rates in the snapshot's: they are one.
#[test]
fn the_snapshot_quotes_in_the_statements_currency() {
    let basel = rules("basel-2023");
    let of = |currency: &str, quotes: &str| {
        let statement = Statement {
            currency: currency.to_owned(),
            ..statement(&basel, &[RowCircuit::Plain], &[])
        };
        let snapshot = Snapshot::reporting_only(quotes).unwrap();
        proofs_of::<Standard>(&statement, &basel, &snapshot).map(|plans| plans.len())
    };
    assert_eq!(of("USD", "USD"), Ok(2));
    assert_eq!(of("USD", "EUR"), Err(PlanError::Currency));
    assert_eq!(of("EUR", "USD"), Err(PlanError::Currency));
}

/// "It is in the book and agrees" says nothing where there is nothing to agree.
#[test]
fn a_balance_sheet_needs_what_it_compares() {
    let plan = |rulebook: &Rulebook, balance_sheet| {
        let statement = Statement {
            balance_sheet,
            ..statement(rulebook, &[], &[])
        };
        capital_plan(rulebook, &statement)
    };
    let refused = Err(PlanError::BalanceSheet);
    for name in ["basel-2023", "us-standardised"] {
        let whole = Rulebook::builtin(name).unwrap();
        assert!(plan(&whole, true).is_ok(), "{name}");
        let without = |strip: &dyn Fn(&mut Rulebook)| {
            let mut rulebook = whole.clone();
            strip(&mut rulebook);
            assert!(plan(&rulebook, false).is_ok(), "{name}");
            assert_eq!(plan(&rulebook, true).map(|_| ()), refused, "{name}");
        };
        for role in [Role::Assets, Role::Liabilities] {
            without(&|rulebook| rulebook.capital.retain(|item| item.role != role));
        }
        without(&|rulebook| {
            rulebook
                .capital
                .iter_mut()
                .for_each(|item| item.equity = false)
        });
        // Assets are compared with equity, and are none.
        without(&|rulebook| {
            let items = rulebook.capital.iter_mut();
            items.for_each(|item| item.equity = item.role == Role::Assets);
        });
    }
}

/// Where the statement says "snapshot", an option that is not quoted has no line to read.
#[test]
fn the_snapshots_prices_alone_leave_no_line_for_others() {
    let basel = rules("basel-2023");
    let snapshot = Snapshot::reporting_only("USD").unwrap();
    // (job of the line, key, …): options are the second job; quoted ones have bit 20 of the key.
    let options = |prices| -> Vec<bool> {
        let table = public_table(&basel, &snapshot, prices);
        let lines = table.rows().iter();
        lines
            .filter(|(tag, values)| *tag == tags::DERIVATIVE_LINE && values[0] == 2)
            .map(|(_, values)| values[1] >> 20 == 1)
            .collect()
    };
    let (own, quoted) = (options(Prices::Book), options(Prices::Snapshot));
    assert!(!quoted.is_empty() && quoted.iter().all(|quoted| *quoted));
    assert_eq!(own.len(), 2 * quoted.len());
}
