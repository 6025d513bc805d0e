//! From a book to an attestation.
//!
//! The twins assess the book; a false claim stops here, before anything is proven. The charges
//! become rows, the rows copies and shards ([`shape`]), each shard is filled, proven and forgotten
//! ([`rows`]), its totals are added up and handed to the capital proof ([`capital`]). Two proofs
//! are in the making at a time ([`line`]). At last the finished attestation goes through the
//! verifier, as a stranger's would.

pub mod capital;
pub(crate) mod filled;
pub mod keys;
mod line;
pub mod rows;
pub mod shape;

use num_bigint::BigUint;
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::{Book, Instrument, Trade};
use plimsoll_circuits::capital::{CreditTotals, assess_capital};
use plimsoll_circuits::cells::capital::rules::{CapitalInputs, capital_system, has_balance_sheet};
use plimsoll_circuits::cells::capital::system::SystemError;
use plimsoll_circuits::cells::derivatives::{self, FillError};
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::counterparty_risk::{CounterpartyAssessment, assess_counterparty};
use plimsoll_circuits::credit_risk::{CreditAssessment, assess_credit};
use plimsoll_circuits::proofs::{
    self, CircuitKind, LinkError, PlanError, ProofPlan, capital_plan, missing_modules, proofs_of,
};
use plimsoll_circuits::protocol::key::KeyError;
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{Phases, ProveError, SelfCheck, TotalOpening};
use plimsoll_circuits::protocol::witness::WitnessError;
use plimsoll_circuits::rule_error::RuleError;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{Linked, Prices, Statement};
use plimsoll_circuits::voucher::{self, Voucher};

use crate::attest::keys::ProvingKeys;
use crate::attest::line::Line;
use crate::attest::shape::{Shapes, shapes_of};
use crate::opening::Opening;
use crate::vouch::{Matched, VouchError, Vouched};

/// What is to be attested.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The book.
    pub book: &'a Book,
    /// Its rulebook.
    pub rulebook: &'a Rulebook,
    /// Market data.
    pub snapshot: &'a Snapshot,
    /// The claims.
    pub claims: &'a [Claim],
    /// Modules that the claims may do without.
    pub without: &'a [String],
    /// Sequence number, from 1.
    pub sequence: u64,
    /// Digest of the previous attestation, proofs included; zeros for the first.
    pub previous: [u8; 32],
    /// Whether each proof is verified before the next.
    pub check: SelfCheck,
}

/// Where a long run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The work is known: this many steps.
    Steps(u64),
    /// Keys of a circuit are being built.
    Key(CircuitKind),
    /// A proof is being made: circuit, shard, number of shards.
    Proof(CircuitKind, u32, u32),
    /// Steps done.
    Done(u64),
}

/// Why there is no attestation.
#[derive(Debug, thiserror::Error)]
pub enum AttestError {
    /// The book or the rulebook does not allow it.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// Claims that are false. By how much is nobody's business.
    #[error("the book does not bear {}", .0.iter().map(|claim| format!("`{claim}`")).collect::<Vec<_>>().join(", "))]
    False(Vec<Claim>),
    /// The capital rules cannot be met whatever is claimed.
    #[error("the capital of the book contradicts itself: {0}")]
    Contradiction(String),
    /// The claims need modules that the book neither computes nor states.
    #[error("the claims need modules that the book neither computes nor states: {}", .0.join(", "))]
    Missing(Vec<String>),
    /// A module was left out that nothing needs, or that is there.
    #[error("the claims do not need to do without `{0}`")]
    Superfluous(String),
    /// The statement does not fit the rulebook.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The book is too large for one attestation.
    #[error("the book needs {0} copies of its circuits, one attestation takes {max}", max = plimsoll_circuits::protocol::layout::MAX_COPIES)]
    TooLarge(usize),
    /// A total that is wider than the capital circuit holds.
    #[error(
        "a total of the book is too large for the capital circuit: the relation `{0}` does not hold it"
    )]
    TotalTooLarge(String),
    /// An exposure with more items of collateral than a copy has rows.
    #[error("an exposure has more items of collateral than a circuit has rows")]
    LongRun,
    /// The book's derivatives do not fit their circuit.
    #[error(transparent)]
    Derivatives(#[from] FillError),
    /// A figure of the book does not fit its column.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// A voucher that does not fit the book, or is used up.
    #[error(transparent)]
    Vouch(#[from] VouchError),
    /// Keys could not be built.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A proof could not be made.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The proofs do not link: never seen.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] plimsoll_circuits::protocol::tape::EntropyError),
    /// The run was stopped from outside.
    #[error("interrupted; nothing was written")]
    Interrupted,
}

/// A finished attestation and what it took.
#[derive(Debug)]
pub struct Attested {
    /// The attestation.
    pub attestation: Attestation,
    /// The vouchers that it rests on; its document carries them.
    pub vouchers: Vec<Voucher>,
    /// Time by phase, over all proofs.
    pub phases: Phases,
    /// What opens it, where that was to be kept. Secret.
    pub opening: Option<Opening>,
}

/// What the twins say, and what follows for the statement.
struct Prepared<'a> {
    request: &'a Request<'a>,
    credit: CreditAssessment,
    counterparty: CounterpartyAssessment,
    shapes: Shapes,
    statement: Statement,
    vouched: Matched<'a>,
}

impl Prepared<'_> {
    /// The capital proof's witness, once all totals are known.
    fn capital<S: Size>(
        &self,
        keys: &ProvingKeys<S>,
        plan: &ProofPlan,
        total: TotalOpening,
        keep: bool,
    ) -> Result<capital::FilledCapital, AttestError> {
        let Request {
            book,
            rulebook,
            check,
            ..
        } = *self.request;
        let sums = CreditSums::of(&self.credit, &self.counterparty);
        let rules = capital_plan(rulebook, &self.statement)?;
        let inputs = sums.inputs(book);
        capital::fill(keys, plan, rulebook, &rules, inputs, total, check, keep)
    }
}

/// Sums of the credit-risk totals.
pub(crate) struct CreditSums {
    pub(crate) rwa: BigUint,
    pub(crate) exposure: BigUint,
    pub(crate) items: u64,
}

impl CreditSums {
    fn of(credit: &CreditAssessment, counterparty: &CounterpartyAssessment) -> CreditSums {
        let items = credit
            .charges
            .iter()
            .map(plimsoll_circuits::cells::rows::BookRows::items);
        CreditSums {
            rwa: &credit.rwa + &counterparty.rwa,
            exposure: credit.measure.clone(),
            items: items.sum::<usize>() as u64,
        }
    }

    pub(crate) fn inputs<'a>(&'a self, book: &'a Book) -> CapitalInputs<'a> {
        CapitalInputs {
            rwa: &self.rwa,
            exposure: &self.exposure,
            items: self.items,
            capital: &book.capital,
            stated: &book.stated,
        }
    }
}

/// Attests: assesses, checks the claims, proves, links, and verifies.
///
/// # Errors
/// [`AttestError::False`] names the claim that the book does not support, not by how much.
pub fn attest<S: Size>(
    params: &PublicParams,
    keys: &mut ProvingKeys<S>,
    request: &Request<'_>,
    progress: &mut (dyn FnMut(Progress) -> bool + Send),
) -> Result<Attested, AttestError> {
    attest_with(params, keys, request, Options::default(), progress)
}

/// What a run may have beyond its request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Whether what opens the attestation is kept.
    pub keep: bool,
    /// Exposures in columns that data owners signed. Each proof of them is counted on disk before
    /// it is made.
    pub vouched: &'a [Vouched],
}

/// Attests, with options.
///
/// # Errors
/// As [`attest`]; and [`AttestError::Vouch`] where a voucher does not fit.
pub fn attest_with<S: Size>(
    params: &PublicParams,
    keys: &mut ProvingKeys<S>,
    request: &Request<'_>,
    options: Options<'_>,
    progress: &mut (dyn FnMut(Progress) -> bool + Send),
) -> Result<Attested, AttestError> {
    let prepared = prepare::<S>(request, options.vouched)?;
    prove(params, keys, &prepared, options.keep, progress)
}

/// Steps of a run: one per proof and copy, and one per key.
fn steps(prepared: &Prepared<'_>) -> u64 {
    let rows = &prepared.statement.rows;
    let copies: u64 = rows
        .iter()
        .map(|r| u64::from(r.copies) * u64::from(r.shards))
        .sum();
    let proofs: u64 = rows.iter().map(|r| u64::from(r.shards)).sum();
    copies + 3 * (proofs + 1)
}

fn prepare<'a, S: Size>(
    request: &'a Request<'a>,
    vouched: &'a [Vouched],
) -> Result<Prepared<'a>, AttestError> {
    let (credit, counterparty) = assessed(request)?;
    check_capital(request, &credit, &counterparty)?;
    let prepared = lay_out::<S>(request, vouched, credit, counterparty)?;
    check_claims(&prepared)?;
    Ok(prepared)
}

/// What the twins say of the book.
fn assessed(
    request: &Request<'_>,
) -> Result<(CreditAssessment, CounterpartyAssessment), AttestError> {
    let Request {
        book,
        rulebook,
        snapshot,
        ..
    } = *request;
    let credit = assess_credit(book, rulebook, snapshot)?;
    let counterparty = match book.netting_sets.is_empty() {
        true => CounterpartyAssessment::default(),
        false => assess_counterparty(book, rulebook, snapshot)?,
    };
    Ok((credit, counterparty))
}

/// Copies, shards, and the statement of an assessed book, whatever it claims.
fn lay_out<'a, S: Size>(
    request: &'a Request<'a>,
    vouched: &'a [Vouched],
    credit: CreditAssessment,
    counterparty: CounterpartyAssessment,
) -> Result<Prepared<'a>, AttestError> {
    let Request {
        book,
        rulebook,
        snapshot,
        ..
    } = *request;
    let derivatives = derivative_rows(request, &counterparty)?;
    let vouched = Matched::new(vouched, book)?;
    let rows = BookRows::new(rulebook, snapshot, book).vouched_for(vouched.exposures());
    let blocks = vouched.charges(book, &credit)?;
    let shapes = shapes_of::<S>(&rows, &credit, derivatives.as_ref(), &blocks)?;
    let is_stated = |name: &str| book.stated.iter().any(|line| line.name == name);
    let stated: Vec<bool> = rulebook
        .stated
        .iter()
        .map(|line| is_stated(&line.name))
        .collect();
    let row_proofs = shapes.row_proofs();
    let linked = Linked::of(&row_proofs);
    let missing = missing_modules(rulebook, request.claims, &stated, linked)?;
    let allowed = |module: &String| request.without.contains(module);
    if !missing.iter().all(allowed) {
        return Err(AttestError::Missing(
            missing.into_iter().filter(|m| !allowed(m)).collect(),
        ));
    }
    if let Some(superfluous) = request
        .without
        .iter()
        .find(|module| !missing.contains(module))
    {
        return Err(AttestError::Superfluous(superfluous.clone()));
    }
    let mut claims = request.claims.to_vec();
    claims.sort_by_key(|claim| claim.ratio);
    let statement = Statement {
        lei: book.lei,
        as_of: book.as_of.seconds() + i64::from(book.as_of_time),
        sequence: request.sequence,
        previous: request.previous,
        rulebook: rulebook.digest(),
        snapshot: snapshot.digest(),
        currency: book.currency.0.clone(),
        scale: book.scale,
        claims,
        stated: (0u8..)
            .zip(&stated)
            .filter(|(_, on)| **on)
            .map(|(index, _)| index)
            .collect(),
        without: missing,
        balance_sheet: has_balance_sheet(rulebook, &book.capital),
        prices: linked.counterparty_risk.then(|| prices_of(book)),
        rows: row_proofs,
        vouchers: vouched.references(),
    };
    Ok(Prepared {
        request,
        credit,
        counterparty,
        shapes,
        statement,
        vouched,
    })
}

/// The rows of the book's derivatives, where it has any.
fn derivative_rows<'a>(
    request: &Request<'a>,
    counterparty: &'a CounterpartyAssessment,
) -> Result<Option<derivatives::Rows<'a>>, AttestError> {
    if counterparty.agreements.is_empty() {
        return Ok(None);
    }
    let Request {
        book,
        rulebook,
        snapshot,
        ..
    } = *request;
    let rows = derivatives::Rows::new(book, rulebook, snapshot, counterparty)?;
    Ok(Some(rows))
}

/// Whether some option rests on a price of the book's own.
fn prices_of(book: &Book) -> Prices {
    let own = |trade: &Trade| matches!(trade.instrument, Instrument::Option { quoted: false, .. });
    if book.trades.iter().any(own) {
        Prices::Book
    } else {
        Prices::Snapshot
    }
}

/// What is wrong with the capital lines, and whether the claimed ratios can be formed at all.
fn check_capital(
    request: &Request<'_>,
    credit: &CreditAssessment,
    counterparty: &CounterpartyAssessment,
) -> Result<(), AttestError> {
    #[cfg(feature = "cheat")]
    if request.check == SelfCheck::Skip {
        return Ok(());
    }
    let mut totals = CreditTotals::from(credit);
    totals.rwa += &counterparty.rwa;
    let capital = assess_capital(request.book, request.rulebook, &totals)?;
    for claim in request.claims {
        capital.ratio(claim.ratio)?;
    }
    Ok(())
}

/// The claims, in the clear: the system that the capital circuit will hold.
fn check_claims(prepared: &Prepared<'_>) -> Result<(), AttestError> {
    #[cfg(feature = "cheat")]
    if prepared.request.check == SelfCheck::Skip {
        return Ok(());
    }
    let mut plan = capital_plan(prepared.request.rulebook, &prepared.statement)?;
    let sums = CreditSums::of(&prepared.credit, &prepared.counterparty);
    let mut solve = |claims: &[Claim]| {
        plan.claims = claims.to_vec();
        let inputs = sums.inputs(prepared.request.book);
        capital_system(prepared.request.rulebook, &plan, Some(inputs)).map(|_| ())
    };
    solve(&[]).map_err(unsolved)?;
    let mut refused = Vec::new();
    for claim in &prepared.statement.claims {
        match solve(&[*claim]) {
            Ok(()) => {}
            Err(SystemError::False(_)) => refused.push(*claim),
            Err(error) => return Err(unsolved(error)),
        }
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(AttestError::False(refused))
    }
}

/// A system without a solution, whatever is claimed.
pub(crate) fn unsolved(error: SystemError) -> AttestError {
    match error {
        SystemError::False(what) => AttestError::Contradiction(what),
        SystemError::TooLarge(what) => AttestError::TotalTooLarge(what),
        budget => AttestError::Plan(PlanError::Rulebook(budget.to_string())),
    }
}

fn prove<S: Size>(
    params: &PublicParams,
    keys: &mut ProvingKeys<S>,
    prepared: &Prepared<'_>,
    keep: bool,
    progress: &mut (dyn FnMut(Progress) -> bool + Send),
) -> Result<Attested, AttestError> {
    let Request {
        rulebook,
        snapshot,
        check,
        ..
    } = *prepared.request;
    let plans = proofs_of::<S>(&prepared.statement, rulebook, snapshot)?;
    let mut tell = |event| {
        if progress(event) {
            Ok(())
        } else {
            Err(AttestError::Interrupted)
        }
    };
    tell(Progress::Steps(steps(prepared)))?;
    for plan in &plans {
        if !keys.has(plan.circuit) {
            tell(Progress::Key(plan.circuit))?;
            keys.build(plan.circuit, params)?;
        }
    }
    use_vouchers::<S>(params, keys, prepared)?;
    let derivatives = derivative_rows(prepared.request, &prepared.counterparty)?;
    let rows = rows::RowProver::new(
        prepared.request,
        &prepared.credit,
        derivatives.as_ref(),
        &prepared.shapes,
        &prepared.vouched,
        keep,
    )?;
    let made = Line::new(params, keys, prepared, &plans, rows, keep, progress).run()?;
    let attestation = Attestation {
        statement: prepared.statement.clone(),
        proofs: made.proofs,
    };
    let vouchers = prepared.vouched.vouchers();
    if check == SelfCheck::Verify {
        check_links::<S>(&plans, &attestation)?;
    }
    let digest = || Attestation::digest_of(&attestation.encode());
    let opening = made.keeper.and_then(|keeper| keeper.opening(digest()));
    Ok(Attested {
        attestation,
        vouchers,
        phases: made.phases,
        opening,
    })
}

/// Checks everything about the vouchers that a verifier will, and that their columns are those that
/// will be proven; and counts one more proof of each. Nothing is proven before that.
fn use_vouchers<S: Size>(
    params: &PublicParams,
    keys: &ProvingKeys<S>,
    prepared: &Prepared<'_>,
) -> Result<(), AttestError> {
    let (request, vouched) = (prepared.request, &prepared.vouched);
    if vouched.is_empty() {
        return Ok(());
    }
    #[cfg(feature = "cheat")]
    if request.check == SelfCheck::Skip {
        return Ok(vouched.spend()?);
    }
    let Request {
        book,
        rulebook,
        snapshot,
        ..
    } = *request;
    let circuit = keys::built(keys.vouched.as_ref())?.verifying().id();
    let vouchers = vouched.vouchers();
    let statement = &prepared.statement;
    voucher::check_terms::<S>(&vouchers, statement, params, circuit, rulebook, snapshot)
        .map_err(VouchError::from)?;
    let rows = BookRows::new(rulebook, snapshot, book).vouched_for(vouched.exposures());
    let blocks = vouched.charges(book, &prepared.credit)?;
    vouched.opens::<S>(params, &rows, book, &blocks)?;
    Ok(vouched.spend()?)
}

/// The commitments of the total columns, as they stand in the proofs, must meet.
fn check_links<S: Size>(plans: &[ProofPlan], attestation: &Attestation) -> Result<(), AttestError> {
    let totals = plans
        .iter()
        .zip(&attestation.proofs)
        .map(|(plan, proof)| {
            let layout = plan.circuit.layout::<S>().map_err(KeyError::from)?;
            Ok(plimsoll_circuits::protocol::verify::total_commitments(
                &layout,
                plan.publics.len(),
                proof,
            ))
        })
        .collect::<Result<Vec<_>, AttestError>>()?;
    Ok(proofs::check_links(plans, &totals)?)
}
