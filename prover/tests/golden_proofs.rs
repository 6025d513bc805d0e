//! Golden vectors through real proofs, at a small circuit size: a true claim at the ratio rounded
//! down to the grid of 10^-6, and a false one a step above it.
#![allow(missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use ff::Field;
use num_bigint::BigInt;
use num_rational::BigRational;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::capital::{CapitalAssessment, assess_capital};
use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::fill;
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::cells::secured::Secured;
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::credit_risk::{Charge, CreditAssessment, assess_credit};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::missing_modules;
use plimsoll_circuits::protocol::expr::Expr;
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::layout::{Layout, Module, Place, Small};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Linked, RowCircuit};
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{AttestError, Request, attest};
use plimsoll_verifier::{Outcome, Policy, Verifier};
use support::golden;

fn basel() -> Rulebook {
    Rulebook::builtin("basel-2023").unwrap()
}

/// Euros at one.
fn snapshot() -> Snapshot {
    let text =
        "name = \"golden\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n[rates]\nEUR = \"1\"\n";
    Snapshot::parse(text).unwrap()
}

fn assessed(book: &Book) -> (CreditAssessment, CapitalAssessment) {
    let credit = assess_credit(book, &basel(), &snapshot()).unwrap_or_else(|e| panic!("{e}"));
    let capital = assess_capital(book, &basel(), &(&credit).into()).unwrap();
    (credit, capital)
}

fn decimal(text: &str) -> BigRational {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
    BigRational::new(digits, BigInt::from(10).pow(fraction.len() as u32))
}

/// The ratio on the grid of claims, rounded down.
fn floor(capital: &CapitalAssessment, ratio: Ratio) -> Claim {
    let value = capital.ratio(ratio).unwrap().value().unwrap();
    let grid = BigRational::from_integer(1_000_000.into());
    let threshold = (value * grid).floor().to_integer().try_into().unwrap();
    Claim { ratio, threshold }
}

#[test]
fn vectors_come_to_what_they_say() {
    let mut book = golden::book();
    let ranges: Vec<_> = golden::credit()
        .into_iter()
        .map(|vector| {
            let (id, rwa, above) = (vector.id, vector.rwa, vector.above);
            (id, rwa, above, golden::add(&mut book, vector))
        })
        .collect();
    let (credit, _) = assessed(&book);
    let unit = BigInt::from(10).pow(25) * golden::UNIT;
    for (id, rwa, above, range) in ranges {
        let found: BigInt = credit.charges[range]
            .iter()
            .map(|c| BigInt::from(c.rwa.clone()))
            .sum();
        let over = BigRational::new(found, unit.clone()) - decimal(rwa);
        assert!(
            over >= decimal("0") && over <= decimal(above),
            "{id}: {over}"
        );
    }
    let found = assessed(&golden::credit_book()).1;
    let thousandth = decimal("1000000000");
    // threshold_1: 870.588235… = 1000 − 260 + (1000 − 260)·15/85.
    let cet1 = BigRational::new(14_800.into(), 17.into());
    assert_eq!(found.own_funds.cet1 / decimal("1000000"), cet1);
    let rwa_250 = BigRational::new(5_550.into(), 17.into());
    assert_eq!(found.rwa.thresholds / decimal("1000000"), rwa_250);
    let ratios = assessed(&golden::ratios_book()).1;
    for (ratio, value) in [
        (Ratio::Cet1, "0.1125"),
        (Ratio::Tier1, "0.13125"),
        (Ratio::Total, "0.15625"),
        (Ratio::Buffer, "0.0675"),
    ] {
        assert_eq!(ratios.ratio(ratio).unwrap().value(), Some(decimal(value)));
    }
    let leverage = assessed(&golden::leverage_book()).1;
    assert_eq!(leverage.leverage, Some(decimal("23.9") * thousandth));
}

/// The ids are those of the reference data.
#[test]
fn the_list_is_of_the_reference_data() {
    let Some(file) = support::shared("rules/golden.json") else {
        return;
    };
    let golden: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let ids: Vec<&str> = ["m01_capital", "m02_credit_sa", "m04_collateral"]
        .iter()
        .flat_map(|module| golden["modules"][module].as_array().unwrap())
        .map(|vector| vector["id"].as_str().unwrap())
        .collect();
    let listed: Vec<&str> = golden::credit().iter().map(|vector| vector.id).collect();
    for id in listed
        .iter()
        .chain(&["threshold_1", "ratios_1", "leverage_1"])
    {
        assert!(ids.contains(id), "{id}");
    }
}

struct Bench {
    params: Arc<PublicParams>,
    keys: ProvingKeys<Small>,
    verifier: Verifier<Small>,
}

impl Bench {
    fn new() -> Self {
        let params = Arc::new(PublicParams::derive(Small::K));
        let verifier = Verifier::trusting(Arc::clone(&params), vec![basel()], vec![snapshot()]);
        Self {
            params,
            keys: ProvingKeys::default(),
            verifier,
        }
    }

    fn attest(&mut self, book: &Book, claims: &[Claim]) -> Result<Vec<u8>, AttestError> {
        let (rulebook, snapshot) = (basel(), snapshot());
        let stated = rulebook.stated.iter();
        let stated: Vec<bool> = stated
            .map(|known| book.stated.iter().any(|line| line.name == known.name))
            .collect();
        let linked = Linked {
            credit_risk: !book.exposures.is_empty(),
            counterparty_risk: !book.netting_sets.is_empty(),
        };
        let without = missing_modules(&rulebook, claims, &stated, linked).unwrap();
        let request = Request {
            book,
            rulebook: &rulebook,
            snapshot: &snapshot,
            claims,
            without: &without,
            sequence: 1,
            previous: [0; 32],
            check: SelfCheck::Verify,
        };
        let attested = attest(&self.params, &mut self.keys, &request, &mut |_| true)?;
        Ok(Document::unsigned(attested.attestation, Small::K).encode())
    }

    /// The claims at the ratios prove and verify; each of them a step higher does not prove.
    fn proves(&mut self, book: &Book, ratios: &[Ratio]) {
        let (_, capital) = assessed(book);
        let claims: Vec<Claim> = ratios.iter().map(|ratio| floor(&capital, *ratio)).collect();
        let bytes = self
            .attest(book, &claims)
            .unwrap_or_else(|e| panic!("{} exposures: {e} {e:?}", book.exposures.len()));
        let verdict = self.verifier.check(&bytes, &Policy::UNSIGNED);
        assert_eq!(verdict.outcome, Outcome::Holds);
        for number in 0..claims.len() {
            let mut claims = claims.clone();
            claims[number].threshold += 1;
            match self.attest(book, &claims) {
                Err(AttestError::False(refused)) => assert_eq!(refused, [claims[number]]),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn vectors_prove_at_their_ratio_and_not_above() {
    let mut bench = Bench::new();
    let risk_based = [Ratio::Cet1, Ratio::Tier1, Ratio::Total];
    bench.proves(&golden::credit_book(), &risk_based);
    let with_buffer = [Ratio::Cet1, Ratio::Tier1, Ratio::Total, Ratio::Buffer];
    bench.proves(&golden::ratios_book(), &with_buffer);
    bench.proves(&golden::leverage_book(), &[Ratio::Leverage]);
}

/// Which factors of a gate are other than zero somewhere: operands of products, and cells.
struct Factors<'a> {
    grid: &'a Grid,
    positions: std::ops::Range<usize>,
    silent: Vec<String>,
}

impl Factors<'_> {
    fn visit(&mut self, expr: &Expr) {
        match expr {
            Expr::Const(_) => {}
            Expr::Cell { .. } => self.is_seen(expr),
            Expr::Sum(a, b) => {
                self.visit(a);
                self.visit(b);
            }
            Expr::Product(a, b) => {
                self.is_seen(a);
                self.is_seen(b);
                self.visit(a);
                self.visit(b);
            }
            Expr::Scaled(a, _) => self.visit(a),
        }
    }

    fn is_seen(&mut self, factor: &Expr) {
        let lanes = self.grid.layout().lanes;
        let value = |position: usize| {
            factor.eval(&|col, next| {
                self.grid
                    .cell(position / lanes, position % lanes, col, next)
            })
        };
        if !self
            .positions
            .clone()
            .any(|position| value(position) != Fp::ZERO)
        {
            self.silent.push(format!("{factor:?}"));
        }
    }
}

/// Factors that are zero everywhere, by gate.
fn silent<M: Module>(
    charges: &[&Charge],
    fill: impl Fn(&M::Columns, &mut Grid, &[&Charge]),
) -> BTreeMap<&'static str, Vec<String>> {
    let (layout, columns) = Layout::of::<M, Small>().unwrap();
    let layout = Arc::new(layout);
    let mut grid = Grid::new(Arc::clone(&layout));
    fill(&columns, &mut grid, charges);
    let mut found = BTreeMap::new();
    for gate in &layout.gates {
        let positions = match gate.place {
            Place::Every => 0..layout.positions(),
            Place::First => 0..1,
            // What holds at the sentinel alone is a constant there.
            Place::Sentinel => continue,
        };
        let mut factors = Factors {
            grid: &grid,
            positions,
            silent: Vec::new(),
        };
        factors.visit(&gate.expr);
        if !factors.silent.is_empty() {
            found.insert(gate.name, factors.silent);
        }
    }
    found
}

/// Together the vectors make every gate of every row circuit say something.
#[test]
fn the_vectors_touch_every_gate() {
    let (rulebook, snapshot, book) = (basel(), snapshot(), golden::credit_book());
    let (credit, _) = assessed(&book);
    let rows = BookRows::new(&rulebook, &snapshot, &book);
    let of = |circuit| rows.of(&credit, circuit);
    let nothing = BTreeMap::new();
    let plain = of(RowCircuit::Plain);
    assert_eq!(
        silent::<Plain>(&plain, |c, g, x| fill::plain(c, &rows, g, x)),
        nothing
    );
    let banded = of(RowCircuit::Banded);
    assert_eq!(
        silent::<Banded>(&banded, |c, g, x| fill::banded(c, &rows, g, x)),
        nothing
    );
    let secured = of(RowCircuit::Secured);
    let found = silent::<Secured>(&secured, |c, g, x| fill::secured(c, &rows, g, x, &mut 0));
    assert_eq!(found, nothing);
    let general = of(RowCircuit::SecuredGeneral);
    let found = silent::<SecuredGeneral>(&general, |c, g, x| {
        fill::secured_general(c, &rows, g, x, &mut 0);
    });
    assert_eq!(found, nothing);
}
