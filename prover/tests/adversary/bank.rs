//! The bank, its claim, and the verifier that reads it.

use std::sync::{Arc, Mutex, OnceLock};

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::{Book, CollateralItem, Currency, Day, Exposure, Lei, Line, Place};
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::proofs::{CircuitKind, missing_modules};
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Linked, RowCircuit, RowProofs, Statement};
use plimsoll_verifier::{Policy, Verdict, Verifier};

/// What it claims, and what it could claim.
pub(crate) const FALSE: &str = "cet1>=8%";
pub(crate) const TRUE: &str = "cet1>=6%";

pub(crate) const BANK: &str = "N1GZ7BBF3NP8GI976H15";
pub(crate) const OTHER: &str = "8I5DZWZKVSZI1NUHU748";

pub(crate) fn basel() -> &'static Rulebook {
    static BASEL: OnceLock<Rulebook> = OnceLock::new();
    BASEL.get_or_init(|| Rulebook::builtin("basel-2023").unwrap())
}

/// The same with retail at 1 % instead of 75 %.
pub(crate) fn light_basel() -> Rulebook {
    let (_, text) = plimsoll_circuits::rulebook::BUILTIN
        .iter()
        .find(|(name, _)| *name == "basel-2023")
        .unwrap();
    let retail = |weight: &str| format!("name = \"retail\"\nweight = \"{weight}\"");
    let changed = text.replacen(&retail("75%"), &retail("1%"), 1);
    assert_ne!(changed, *text);
    Rulebook::parse(&changed).unwrap()
}

/// Euros at a rate.
pub(crate) fn snapshot_at(rate: &str) -> Snapshot {
    let text = format!(
        "name = \"close\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n[rates]\nEUR = \"{rate}\"\n"
    );
    Snapshot::parse(&text).unwrap()
}

pub(crate) fn snapshot() -> &'static Snapshot {
    static SNAPSHOT: OnceLock<Snapshot> = OnceLock::new();
    SNAPSHOT.get_or_init(|| snapshot_at("1.1"))
}

pub(crate) fn params() -> &'static Arc<PublicParams> {
    static PARAMS: OnceLock<Arc<PublicParams>> = OnceLock::new();
    PARAMS.get_or_init(|| Arc::new(PublicParams::derive(Small::K)))
}

pub(crate) fn exposure(id: &str, class: &str, currency: &str, amount: u64) -> Exposure {
    Exposure {
        id: id.into(),
        class: class.into(),
        currency: currency.into(),
        conversion: "on-balance".into(),
        amount,
        ..Exposure::default()
    }
}

fn secured(id: &str) -> Exposure {
    Exposure {
        holding_days: 20,
        revaluation_days: 1,
        ..exposure(id, "retail", "", 7_000)
    }
}

fn cash(id: &str, exposure: &str) -> CollateralItem {
    CollateralItem {
        id: id.into(),
        exposure: exposure.into(),
        kind: "cash".into(),
        amount: 600,
        ..CollateralItem::default()
    }
}

/// Two plain exposures of size, one in euros, and two loans with cash: 24 550 of
/// risk-weighted assets, on 1 590 of capital.
pub(crate) fn book() -> Book {
    Book {
        institution: "Somebody".to_owned(),
        exposures: vec![
            exposure("retail", "retail", "EUR", 6_000),
            exposure("corporate", "corporate-other", "", 10_000),
            secured("loan 1"),
            secured("loan 2"),
        ],
        collateral: vec![cash("cash 1", "loan 1"), cash("cash 2", "loan 2")],
        capital: vec![Line {
            name: "common-shares".into(),
            amount: 1_590,
            place: Place::default(),
        }],
        ..Book::new(
            Lei::parse(BANK).unwrap(),
            Day::new(2023, 12, 31).unwrap(),
            Currency("USD".to_owned()),
            2,
            "basel-2023",
        )
    }
}

/// Plain exposures in two copies of one proof, secured ones in two proofs.
pub(crate) fn shape() -> Vec<RowProofs> {
    let rows = |circuit, copies, shards| RowProofs {
        circuit,
        copies,
        shards,
    };
    vec![
        rows(RowCircuit::Plain, 2, 1),
        rows(RowCircuit::Secured, 1, 2),
    ]
}

/// The statement of a book whose capital proof links these row circuits.
pub(crate) fn statement(book: &Book, rows: Vec<RowProofs>, claim: &str) -> Statement {
    let claims = vec![Claim::parse(claim).unwrap()];
    let lines = &basel().stated;
    let is_stated = |name: &str| book.stated.iter().any(|line| line.name == name);
    let stated: Vec<bool> = lines.iter().map(|line| is_stated(&line.name)).collect();
    let linked = Linked::of(&rows);
    let numbers = (0..).zip(&stated).filter(|(_, on)| **on);
    Statement {
        lei: book.lei,
        as_of: book.as_of.seconds(),
        sequence: 7,
        previous: [9; 32],
        rulebook: basel().digest(),
        snapshot: snapshot().digest(),
        currency: "USD".to_owned(),
        scale: book.scale,
        without: missing_modules(basel(), &claims, &stated, linked).unwrap(),
        claims,
        stated: numbers.map(|(number, _)| number).collect(),
        balance_sheet: false,
        prices: None,
        rows,
        vouchers: Vec::new(),
    }
}

/// The verifier of a reader who trusts two rulebooks and two snapshots, among them the bank's.
pub(crate) fn verifier() -> std::sync::MutexGuard<'static, Verifier<Small>> {
    static VERIFIER: OnceLock<Mutex<Verifier<Small>>> = OnceLock::new();
    let new = || {
        let rulebooks = vec![
            basel().clone(),
            Rulebook::builtin("us-standardised").unwrap(),
        ];
        let snapshots = vec![snapshot().clone(), snapshot_at("0.01")];
        let mut verifier = Verifier::trusting(Arc::clone(params()), rulebooks, snapshots);
        let rows = [RowCircuit::Plain, RowCircuit::Secured].map(CircuitKind::Rows);
        let kinds = rows.into_iter().chain([CircuitKind::Capital]);
        verifier.build_keys(kinds).unwrap();
        Mutex::new(verifier)
    };
    let verifier = VERIFIER.get_or_init(new).lock();
    verifier.unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What the reader is shown, in a file as the bank would write it.
pub(crate) fn read(statement: &Statement, proofs: &[Vec<u8>]) -> Verdict {
    let attestation = Attestation {
        statement: statement.clone(),
        proofs: proofs.to_vec(),
    };
    let file = Document::unsigned(attestation, Small::K).encode();
    verifier().check(&file, &Policy::UNSIGNED)
}
