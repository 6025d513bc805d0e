//! A first module, whole: a rule, its integer twin, its cells, and a cheat for each constraint.
//! `fixtures/journeys/engineer.md` walks through it.
//!
//! Failed trades, delivery versus payment (CRE70.9): what a trade is worth more than was agreed,
//! times a multiplier that rises with the days it is late. It is part of no attestation; the
//! multipliers are the text's as it is recalled, and a module would read them from a rulebook.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::sync::Arc;

use plimsoll_circuits::field::{Fp, from_u128};
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::evaluate::constraint_names;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::key::ProvingKey;
use plimsoll_circuits::protocol::layout::{
    Declaration, FIRST_PUBLIC_TAG, Layout, Module, Size, Small,
};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::publics::{PublicTable, Publics};
use plimsoll_circuits::protocol::tape::OsEntropy;
use plimsoll_circuits::protocol::verify::verify_one;
use plimsoll_circuits::protocol::witness::Grid;

/// (days late, multiplier): the public table. Tags of the real ones stand in `cells/tags.rs`.
const MULTIPLIER: u64 = FIRST_PUBLIC_TAG;
/// First day of each band, and its multiplier, 10^-4.
const BANDS: [(u64, u64); 5] = [(0, 0), (5, 800), (16, 5_000), (31, 7_500), (46, 10_000)];
const MOST_DAYS: u64 = 60;

/// A trade that was not settled.
#[derive(Clone, Copy)]
struct Trade {
    agreed: u64,
    worth: u64,
    days: u64,
}

const TRADES: [Trade; 3] = [
    Trade {
        agreed: 1_000,
        worth: 1_200,
        days: 4,
    },
    Trade {
        agreed: 1_000,
        worth: 1_200,
        days: 16,
    },
    Trade {
        agreed: 1_000,
        worth: 900,
        days: 50,
    },
];

fn multiplier(days: u64) -> u64 {
    let reached = BANDS.iter().rev().find(|(first, _)| days >= *first);
    reached.map_or(0, |(_, multiplier)| *multiplier)
}

/// The twin: capital in 10^-4 of a unit, exactly.
fn twin(trades: &[Trade]) -> u128 {
    let charge =
        |t: &Trade| u128::from(t.worth.saturating_sub(t.agreed)) * u128::from(multiplier(t.days));
    trades.iter().map(charge).sum()
}

#[derive(Clone, Copy, Debug, Default)]
struct FailedTrades;

#[derive(Clone, Debug)]
struct Columns {
    agreed: Col,
    worth: Col,
    gain: Col,
    loss: Col,
    days: Col,
    multiplier: Col,
}

impl Module for FailedTrades {
    const NAME: &'static str = "failed-trades";
    const VERSION: u32 = 1;
    const LANES: usize = 2;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let c = Columns {
            agreed: d.column("agreed", 64),
            worth: d.column("worth", 64),
            gain: d.column("gain", 64),
            loss: d.column("loss", 64),
            days: d.bounded_by("days", "the multiplier lookup"),
            multiplier: d.bounded_by("multiplier", "the multiplier lookup"),
        };
        d.lookup(
            "the multiplier is that of these days",
            MULTIPLIER,
            vec![c.days.here(), c.multiplier.here()],
        );
        let moved = c.worth.here() - c.agreed.here();
        d.gate(
            "gain less loss is the change in value",
            moved - (c.gain.here() - c.loss.here()),
        );
        d.gate("gain or loss, not both", c.gain.here() * c.loss.here());
        d.total("capital", c.gain.here() * c.multiplier.here());
        c
    }
}

/// An honest witness; trades beyond the last are zeros, which the table has at no multiplier.
fn honest() -> Forgery {
    let (layout, columns) = Layout::of::<FailedTrades, Small>().unwrap();
    let layout = Arc::new(layout);
    let mut table = PublicTable::default();
    (0..=MOST_DAYS).for_each(|days| table.push(MULTIPLIER, &[days, multiplier(days)]));
    let publics = Publics::of_rows(&layout, Arc::new(table));
    let mut grid = Grid::new(layout);
    for (position, trade) in TRADES.iter().enumerate() {
        let mut set = |col, value: u64| grid.set(position, col, value.into());
        set(columns.agreed, trade.agreed);
        set(columns.worth, trade.worth);
        set(columns.gain, trade.worth.saturating_sub(trade.agreed));
        set(columns.loss, trade.agreed.saturating_sub(trade.worth));
        set(columns.days, trade.days);
        set(columns.multiplier, multiplier(trade.days));
    }
    grid.complete(&publics).unwrap();
    Forgery::of(grid, publics)
}

#[test]
fn the_cells_say_what_the_twin_says() {
    let mut honest = honest();
    assert_eq!(honest.refused_by(), BTreeSet::new());
    assert_eq!(*honest.total(0, 0), from_u128(twin(&TRADES)));
}

/// Each cheat is wrong in one respect; `resolve` makes good whatever follows from it.
#[test]
fn every_constraint_refuses_its_cheat() {
    type Cheat = fn(&mut Forgery);
    let cheats: [(&str, Cheat); 3] = [
        ("lookup: the multiplier is that of these days", |f| {
            f.set(1, "multiplier", Fp::from(800));
        }),
        ("gain less loss is the change in value", |f| {
            f.set(1, "gain", Fp::from(100));
        }),
        ("gain or loss, not both", |f| {
            f.add(1, "gain", Fp::from(5));
            f.add(1, "loss", Fp::from(5));
        }),
    ];
    let mut tried = BTreeSet::new();
    for (constraint, cheat) in cheats {
        let mut forged = honest();
        cheat(&mut forged);
        forged.resolve();
        assert_eq!(forged.refused_by(), BTreeSet::from([constraint.to_owned()]));
        tried.insert(constraint.to_owned());
    }
    // No gate and no lookup is without its cheat; ranges and totals are the engine's own.
    let honest = honest();
    let layout = honest.grid.layout();
    let own = layout.gates.iter().map(|gate| gate.name.to_owned());
    let lookups = layout
        .lookups
        .iter()
        .map(|lookup| format!("lookup: {}", lookup.name));
    assert_eq!(tried, own.chain(lookups).collect());
    assert!(
        tried.is_subset(
            &constraint_names(layout, &honest.publics)
                .into_iter()
                .collect()
        )
    );
}

#[test]
fn it_is_proven_and_a_cheat_is_not() {
    let params = PublicParams::derive(Small::K);
    let key = ProvingKey::<FailedTrades, Small>::build(&params).unwrap();
    let position = ProofPosition {
        module: 0,
        shard: 0,
        shards: 1,
    };
    let statement = [7; 32];
    let accepted = |forgery: &Forgery| {
        let publics = forgery.publics.clone();
        let copy = CopyWitness {
            grid: forgery.grid.clone(),
            publics: publics.clone(),
            chosen: Vec::new(),
        };
        let (check, entropy) = (SelfCheck::Skip, &mut OsEntropy);
        let proved = prove_shard(
            &params,
            &key,
            position,
            statement,
            vec![copy],
            check,
            entropy,
        );
        let proof = proved.unwrap().proof;
        verify_one(
            &params,
            key.verifying(),
            position,
            statement,
            &[publics],
            &proof,
        )
        .is_ok()
    };
    let mut forged = honest();
    assert!(accepted(&forged));
    forged.set(1, "gain", Fp::from(100));
    forged.resolve();
    assert!(!accepted(&forged));
}
