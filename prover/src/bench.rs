//! Benchmarks: seeded synthetic books, proven and verified, with what each phase took.
//!
//! The books are made up, and say so; every figure is a measurement of this machine.

pub mod chart;
pub mod gadgets;
pub mod probe;
pub mod targets;

mod trades;

use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::{Book, CollateralItem, Currency, Day, Exposure, Lei, Line};
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Layout, Size, Standard};
use plimsoll_circuits::protocol::lookup::{Input, helpers};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{Phases, SelfCheck};
use plimsoll_circuits::rulebook::{CREDIT_RISK, Rulebook, StatedEffect};
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_verifier::{Outcome, Policy, Verifier};
use serde_json::{Value, json};
use smol_str::SmolStr;

use crate::attest::keys::ProvingKeys;
use crate::attest::{AttestError, Progress, Request, attest};

/// Which rows a synthetic book has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Exposures without collateral.
    Plain,
    /// Exposures with one item of collateral each.
    Secured,
    /// Derivative trades, half of them options.
    Trades,
}

impl Kind {
    /// The circuit that proves many of them.
    pub fn wide(self) -> RowCircuit {
        match self {
            Kind::Plain => RowCircuit::Plain,
            Kind::Secured => RowCircuit::Secured,
            Kind::Trades => RowCircuit::Derivatives,
        }
    }

    /// The circuit that proves so many.
    pub fn circuit(self, positions: usize) -> RowCircuit {
        let takes_all = |single: &RowCircuit| {
            let layout = CircuitKind::Rows(*single).layout::<Standard>();
            layout.is_ok_and(|layout| positions <= layout.positions())
        };
        let single = self.wide().single().filter(takes_all);
        single.unwrap_or(self.wide())
    }
}

/// A small generator for books that can be made again (SplitMix64); nothing secret comes from it.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let length = list.len().max(1) as u64;
        &list[(self.next() % length) as usize]
    }
}

/// A book of `count` exposures, the same for the same seed.
pub fn synthetic(
    rulebook: &Rulebook,
    snapshot: &Snapshot,
    kind: Kind,
    count: usize,
    seed: u64,
) -> Book {
    let mut random = Seeded(seed);
    // A lending book: a dozen classes, four currencies, one exposure in eight off the balance sheet.
    let classes: Vec<(&str, &str, u32)> = rulebook
        .class_rows()
        .filter(|(_, _, weight)| (1..=15_000).contains(weight))
        .step_by(5)
        .take(12)
        .collect();
    let currencies: Vec<&str> = snapshot
        .rates
        .iter()
        .map(|(code, _)| code.as_str())
        .take(4)
        .collect();
    let securities: Vec<(&str, &str)> = rulebook
        .haircuts
        .iter()
        .flat_map(|h| &h.rows)
        .map(|row| (row.kind.as_str(), row.rating.as_str()))
        .collect();
    let mut exposures = Vec::with_capacity(count);
    let mut collateral = Vec::new();
    let exposed = if kind == Kind::Trades { 0 } else { count };
    for number in 0..exposed {
        let (class, grade, _) = *random.pick(&classes);
        let amount = random.next() >> 28;
        let conversion = if random.next().is_multiple_of(8) {
            random.pick(&rulebook.conversions).name.as_str().into()
        } else {
            SmolStr::default()
        };
        let mut exposure = Exposure {
            id: format!("E{number}").into(),
            class: class.into(),
            grade: grade.into(),
            currency: (*random.pick(&currencies)).into(),
            conversion,
            amount,
            ..Exposure::default()
        };
        if kind == Kind::Secured {
            exposure.holding_days = 20;
            exposure.revaluation_days = 1;
            let (kind, rating) = *random.pick(&securities);
            collateral.push(CollateralItem {
                id: format!("C{number}").into(),
                exposure: exposure.id.clone(),
                kind: kind.into(),
                rating: rating.into(),
                currency: (*random.pick(&currencies)).into(),
                amount: (amount >> 1) + (random.next() >> 29),
                maturity_days: 1 + (random.next() % 6_000) as u32,
                ..CollateralItem::default()
            });
        }
        exposures.push(exposure);
    }
    let line = |name: &str, amount| Line {
        name: name.into(),
        amount,
        ..Line::default()
    };
    let stated = rulebook
        .stated
        .iter()
        .filter(|l| l.effect == StatedEffect::AddsToRwa);
    let mut book = Book {
        institution: "a made-up institution".to_owned(),
        exposures,
        collateral,
        capital: vec![line("common-shares", u64::MAX >> 1)],
        stated: stated.map(|l| line(&l.name, 1_000)).collect(),
        ..Book::new(
            Lei(*b"PLIMSOLLBENCHMARK080"),
            Day {
                year: 2022,
                month: 12,
                day: 30,
            },
            Currency(snapshot.base.clone()),
            2,
            &rulebook.name,
        )
    };
    if kind == Kind::Trades {
        trades::fill(&mut book, count, &mut random);
    }
    book
}

/// What one run measured.
#[derive(Debug)]
pub struct Measured {
    kind: Kind,
    positions: usize,
    copies: u64,
    proofs: u64,
    params: Duration,
    keys: Duration,
    attest: Duration,
    phases: Phases,
    canonical: usize,
    file: usize,
    verifier_keys: Duration,
    verify: Duration,
    threads: usize,
    peak_kib: Option<u64>,
}

/// Proves and verifies a synthetic book; `tell` hears how far it is.
///
/// # Errors
/// Never, on a book that was made here.
pub fn measure(
    params: (Arc<PublicParams>, Duration),
    kind: Kind,
    positions: usize,
    tell: &mut (dyn FnMut(Progress) -> bool + Send),
) -> Result<Measured, AttestError> {
    let (params, params_took) = params;
    let rulebook = Rulebook::builtin("basel-2023").map_err(unexpected)?;
    let snapshot = Snapshot::builtin("example-2022-12-30").map_err(unexpected)?;
    let claims = [Claim::parse("cet1>=8%").map_err(unexpected)?];
    let book = synthetic(&rulebook, &snapshot, kind, positions, 20_221_230);

    let mut keys = ProvingKeys::<Standard>::default();
    let clock = Instant::now();
    let circuit = CircuitKind::Rows(kind.circuit(positions));
    for circuit in [circuit, CircuitKind::Capital] {
        keys.build(circuit, &params)?;
    }
    let keys_took = clock.elapsed();
    // A dealer's book has trades alone.
    let without = match kind {
        Kind::Trades => vec![CREDIT_RISK.to_owned()],
        _ => Vec::new(),
    };
    let request = Request {
        book: &book,
        rulebook: &rulebook,
        snapshot: &snapshot,
        claims: &claims,
        without: &without,
        sequence: 1,
        previous: [0; 32],
        check: SelfCheck::Verify,
    };
    let clock = Instant::now();
    let attested = attest(&params, &mut keys, &request, tell)?;
    let attest_took = clock.elapsed();
    let canonical = attested.attestation.encode().len();
    let bytes = Document::unsigned(attested.attestation.clone(), Standard::K).encode();

    let mut verifier =
        Verifier::<Standard>::trusting(params, vec![rulebook.clone()], vec![snapshot.clone()]);
    let clock = Instant::now();
    let wanted = CircuitKind::of(&attested.attestation.statement);
    verifier.build_keys(wanted).map_err(unexpected)?;
    let verifier_keys = clock.elapsed();
    let clock = Instant::now();
    let verdict = verifier.check(&bytes, &Policy::UNSIGNED);
    let verify = clock.elapsed();
    if verdict.outcome != Outcome::Holds {
        return Err(unexpected(verdict.outcome));
    }
    let rows = &attested.attestation.statement.rows;
    Ok(Measured {
        kind,
        positions,
        copies: rows
            .iter()
            .map(|r| u64::from(r.copies) * u64::from(r.shards))
            .sum(),
        proofs: Attestation::expected_proofs(&attested.attestation.statement) as u64,
        params: params_took,
        keys: keys_took,
        attest: attest_took,
        phases: attested.phases,
        canonical,
        file: bytes.len(),
        verifier_keys,
        verify,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        peak_kib: peak_kib(),
    })
}

fn unexpected(error: impl std::fmt::Display) -> AttestError {
    AttestError::Contradiction(error.to_string())
}

/// Peak memory of this process, where the system tells (Linux).
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Range-checked 64-bit values that one position is worth: bits of its limbs over 64.
fn values_per_position(layout: &Layout) -> (usize, f64) {
    let inputs = helpers(layout).into_iter().flatten();
    let limbs = inputs
        .filter(|input| matches!(input, Input::Range { .. }))
        .count();
    let bits: u32 = layout
        .range_checks
        .iter()
        .map(|check| layout.limb_bits * check.limbs.len() as u32 + check.top_bits)
        .sum();
    (limbs / layout.lanes, f64::from(bits) / 64.0)
}

impl Measured {
    /// The object for machines.
    pub fn json(&self) -> Value {
        let seconds = |duration: Duration| (duration.as_secs_f64() * 1000.0).round() / 1000.0;
        let circuit = self.kind.circuit(self.positions);
        let layout = CircuitKind::Rows(circuit).layout::<Standard>();
        let (limbs, values) = layout.map_or((0, 0.0), |layout| values_per_position(&layout));
        let rate = self.positions as f64 / self.attest.as_secs_f64();
        json!({
            "shape": circuit.name(),
            "positions": self.positions,
            "copies": self.copies,
            "proofs": self.proofs,
            "threads": self.threads,
            "positions_per_second": rate.round(),
            "range_limbs_per_position": limbs,
            "range_checked_u64_per_second_per_core": (rate * values / self.threads as f64).round(),
            "seconds": {
                "params": seconds(self.params),
                "proving_keys": seconds(self.keys),
                "attest_warm": seconds(self.attest),
                "attest_cold": seconds(self.attest + self.keys + self.params),
                "first_round": seconds(self.phases.first_round),
                "second_round": seconds(self.phases.second_round),
                "commitments": seconds(self.phases.commitments),
                "quotient": seconds(self.phases.quotient),
                "evaluations": seconds(self.phases.evaluations),
                "opening": seconds(self.phases.opening),
                "own_verification": seconds(self.phases.verify),
                "verifying_keys": seconds(self.verifier_keys),
                "verify_warm": seconds(self.verify),
                "verify_cold": seconds(self.verify + self.verifier_keys + self.params),
            },
            "attestation_bytes": self.canonical,
            "file_bytes": self.file,
            "peak_memory_mib": self.peak_kib.map(|kib| kib / 1024),
        })
    }

    /// A line for people.
    pub fn line(&self) -> String {
        format!(
            "{:<22} {:>9} positions {:>8.1} s {:>8.0}/s  verify {:>6.3} s  {:>7} bytes  {:>5} MiB\n",
            self.kind.circuit(self.positions).name(),
            self.positions,
            self.attest.as_secs_f64(),
            self.positions as f64 / self.attest.as_secs_f64(),
            self.verify.as_secs_f64(),
            self.file,
            self.peak_kib.unwrap_or(0) / 1024,
        )
    }
}
