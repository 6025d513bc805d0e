//! Eight banks, each at the floor of its CET1 ratio: what is true proves and verifies, what is
//! 0.01 % higher is refused — by the prover, by the claim's own relation when everything else is
//! solved again, and by the verifier when it is handed the proof of a prover who does not care.
//! Afterwards it says how long the eight took.
#![allow(missing_docs)]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use num_bigint::BigInt;
use plimsoll_circuits::book::Book;
use plimsoll_circuits::capital::{CreditTotals, assess_capital};
use plimsoll_circuits::cells::capital::CREDIT_RISK;
use plimsoll_circuits::cells::capital::Capital;
use plimsoll_circuits::cells::capital::rules::{CapitalInputs, cheating_system};
use plimsoll_circuits::claim::{Claim, Ratio};
use plimsoll_circuits::credit_risk::assess_credit;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::field::from_biguint;
use plimsoll_circuits::proofs::{capital_plan, capital_publics};
use plimsoll_circuits::protocol::evaluate::violations;
use plimsoll_circuits::protocol::layout::{Layout, Size, Standard};
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::protocol::witness::Grid;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Statement;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{AttestError, Attested, Request, attest};
use plimsoll_prover::import::fr_y9c;
use plimsoll_verifier::{Outcome, Policy, Refusal, Verifier};
use support::params::params;

struct Bench {
    rulebook: Rulebook,
    snapshot: Snapshot,
    keys: ProvingKeys<Standard>,
    verifier: Verifier<Standard>,
}

impl Bench {
    fn attest(
        &mut self,
        book: &Book,
        claim: Claim,
        check: SelfCheck,
    ) -> Result<Attested, AttestError> {
        let request = Request {
            book,
            rulebook: &self.rulebook,
            snapshot: &self.snapshot,
            claims: &[claim],
            without: &[],
            sequence: 1,
            previous: [0; 32],
            check,
        };
        attest(&params(), &mut self.keys, &request, &mut |_| true)
    }

    fn verdict(&mut self, attested: &Attested) -> Outcome {
        let file = Document::unsigned(attested.attestation.clone(), Standard::K).encode();
        self.verifier.check(&file, &Policy::UNSIGNED).outcome
    }

    /// The CET1 ratio cut down to two decimals of a percent, 10^-6.
    fn floor(&self, book: &Book) -> u32 {
        let credit = assess_credit(book, &self.rulebook, &self.snapshot).expect("assessed");
        let capital = assess_capital(book, &self.rulebook, &CreditTotals::from(&credit));
        let capital = capital.expect("assessed");
        let ratio = capital.ratio(Ratio::Cet1).expect("it has it").value();
        let hundredths = ratio.expect("it has RWA") * BigInt::from(10_000);
        u32::try_from(hundredths.floor().to_integer()).expect("a ratio") * 100
    }

    /// The constraints that a false claim breaks when every free word is solved again.
    fn broken(&self, book: &Book, statement: &Statement) -> Vec<String> {
        let plan = capital_plan(&self.rulebook, statement).expect("a plan");
        let credit = assess_credit(book, &self.rulebook, &self.snapshot).expect("assessed");
        let inputs = CapitalInputs {
            rwa: &credit.rwa,
            exposure: &credit.measure,
            items: 0,
            capital: &book.capital,
            stated: &book.stated,
        };
        let system = cheating_system(&self.rulebook, &plan, inputs, Vec::new()).expect("lenient");
        let (layout, columns) = Layout::of::<Capital, Standard>().expect("a layout");
        let layout = Arc::new(layout);
        let publics = capital_publics(&self.rulebook, &plan, layout.positions()).expect("publics");
        let mut grid = Grid::new(Arc::clone(&layout));
        columns.fill(&mut grid, &system.witness().expect("values"));
        let totals = layout.total_column(CREDIT_RISK);
        for (row, value) in [&credit.rwa, &credit.measure].into_iter().enumerate() {
            grid.columns_mut()[totals][row] = from_biguint(value);
        }
        grid.complete(&publics).expect("every word is in range");
        let broken = violations(&grid, &publics);
        broken.into_iter().map(|v| v.constraint).collect()
    }
}

fn proven_and_refused(bench: &mut Bench, file: &Path) -> String {
    let book = fr_y9c::import(file, None, &bench.rulebook)
        .expect("imported")
        .book;
    let name = format!("{} {}", book.institution, book.as_of);
    let claim = |threshold| Claim {
        ratio: Ratio::Cet1,
        threshold,
    };
    let floor = bench.floor(&book);

    let honest = bench
        .attest(&book, claim(floor), SelfCheck::Verify)
        .expect("a true claim proves");
    assert_eq!(bench.verdict(&honest), Outcome::Holds, "{name}");

    let higher = claim(floor + 100);
    match bench.attest(&book, higher, SelfCheck::Verify) {
        Err(AttestError::False(claims)) => assert_eq!(claims, [higher], "{name}"),
        other => panic!("{name}: {other:?}"),
    }

    let forged = bench
        .attest(&book, higher, SelfCheck::Skip)
        .expect("an adversary writes what he likes");
    let broken = bench.broken(&book, &forged.attestation.statement);
    assert_eq!(broken, [format!("claim {higher}")], "{name}");
    match bench.verdict(&forged) {
        Outcome::Refused(Refusal::Proof { circuit, .. }) => assert_eq!(circuit, "capital"),
        other => panic!("{name}: {other:?}"),
    }
    format!("{name}: {} holds, {higher} is refused", claim(floor))
}

#[test]
fn every_filing_is_proven_at_its_floor_and_refused_above_it() {
    let filings = support::filings();
    if filings.is_empty() {
        println!("skipped: no filings beside the checkout");
        return;
    }
    let rulebook = Rulebook::builtin(fr_y9c::RULEBOOK).expect("it ships");
    let snapshot = Snapshot::reporting_only("USD").expect("dollars");
    let mut bench = Bench {
        verifier: Verifier::trusting(params(), vec![rulebook.clone()], vec![snapshot.clone()]),
        rulebook,
        snapshot,
        keys: ProvingKeys::default(),
    };
    let clock = Instant::now();
    for file in &filings {
        println!("{}", proven_and_refused(&mut bench, file));
    }
    let seconds = clock.elapsed().as_secs();
    println!("{} filings, true and forged, in {seconds} s", filings.len());
}
