//! The proofs that an attestation consists of: which, over which public values, and how their
//! totals meet.
//!
//! Prover and verifier take this from the statement, the rulebook and the snapshot alone. What
//! modules a claim needs, which circuits there are and how they are linked is code and rulebook,
//! never a list in a file.

use std::iter::repeat;
use std::sync::Arc;

use group::Curve;
use group::Group;
use pasta_curves::arithmetic::CurveAffine;

use crate::cells::banded::Banded;
use crate::cells::capital::rules::{CapitalPlan, capital_system};
use crate::cells::capital::{CREDIT_RISK, Capital};
use crate::cells::derivatives::{self, Derivatives};
use crate::cells::plain::{Plain, PlainSingle};
use crate::cells::secured::{self, CARRY_IN, CARRY_OUT, Secured, SecuredSingle};
use crate::cells::secured_general::SecuredGeneral;
use crate::cells::tables;
use crate::cells::vouched::{self, Vouched};
use crate::claim::{Claim, Ratio};
use crate::field::Point;
use crate::protocol::challenge::ProofPosition;
use crate::protocol::key::{KeyError, VerifyingKey};
use crate::protocol::layout::{Layout, LayoutError, Size};
use crate::protocol::params::PublicParams;
use crate::protocol::publics::{PublicTable, Publics};
use crate::rulebook::{COUNTERPARTY_RISK, Rulebook, StatedEffect, StatedLine, computes};
use crate::snapshot::Snapshot;
use crate::statement::{CAPITAL_MODULE, Linked, Prices, RowCircuit, Statement};

/// Rows of the capital circuit's credit-risk column that hold totals.
const CREDIT_TOTALS: usize = 3;

/// The pairs of modules and what ties them to one book (CONDITIONS S7). Printed by verifiers.
pub const TIES: &[(&str, &str, &str)] = &[
    (
        "credit risk",
        "capital",
        "linked: equal commitments of totals",
    ),
    (
        "credit risk",
        "leverage exposure measure",
        "the same rows: one total each",
    ),
    (
        "secured exposures",
        "secured exposures, general",
        "one count of collateral items, by carry columns",
    ),
    (
        "vouched exposures",
        "data owners' columns",
        "the commitments that were signed, each at its place and nowhere else",
    ),
    (
        "counterparty risk",
        "capital",
        "linked: equal commitments of totals",
    ),
    (
        "counterparty risk",
        "leverage exposure measure",
        "not tied: stated by the institution",
    ),
    (
        "counterparty risk",
        "credit risk",
        "not tied: trades and exposures are different records",
    ),
    (
        "credit risk",
        "stated lines",
        "not tied: stated by the institution",
    ),
    (
        "credit risk",
        "balance sheet",
        "not tied: stated by the institution",
    ),
];

/// A circuit of an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CircuitKind {
    /// Row circuit.
    Rows(RowCircuit),
    /// The capital circuit.
    Capital,
}

impl CircuitKind {
    /// All circuits.
    pub fn all() -> impl Iterator<Item = CircuitKind> {
        RowCircuit::ALL
            .into_iter()
            .map(CircuitKind::Rows)
            .chain([CircuitKind::Capital])
    }

    /// Number in the challenge.
    pub fn number(self) -> u32 {
        match self {
            CircuitKind::Rows(rows) => u32::from(rows.code()),
            CircuitKind::Capital => CAPITAL_MODULE,
        }
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            CircuitKind::Rows(rows) => rows.name(),
            CircuitKind::Capital => "capital",
        }
    }

    /// Its layout.
    pub fn layout<S: Size>(self) -> Result<Layout, LayoutError> {
        match self {
            CircuitKind::Rows(RowCircuit::Plain) => Layout::of::<Plain, S>().map(|l| l.0),
            CircuitKind::Rows(RowCircuit::Banded) => Layout::of::<Banded, S>().map(|l| l.0),
            CircuitKind::Rows(RowCircuit::Secured) => Layout::of::<Secured, S>().map(|l| l.0),
            CircuitKind::Rows(RowCircuit::SecuredGeneral) => {
                Layout::of::<SecuredGeneral, S>().map(|l| l.0)
            }
            CircuitKind::Rows(RowCircuit::Derivatives) => {
                Layout::of::<Derivatives, S>().map(|l| l.0)
            }
            CircuitKind::Rows(RowCircuit::Vouched) => Layout::of::<Vouched, S>().map(|l| l.0),
            CircuitKind::Rows(RowCircuit::PlainSingle) => {
                Layout::of::<PlainSingle, S>().map(|l| l.0)
            }
            CircuitKind::Rows(RowCircuit::SecuredSingle) => {
                Layout::of::<SecuredSingle, S>().map(|l| l.0)
            }
            CircuitKind::Capital => Layout::of::<Capital, S>().map(|l| l.0),
        }
    }

    /// Builds its verifying key.
    pub fn verifying_key<S: Size>(self, params: &PublicParams) -> Result<VerifyingKey, KeyError> {
        match self {
            CircuitKind::Rows(RowCircuit::Plain) => VerifyingKey::build::<Plain, S>(params),
            CircuitKind::Rows(RowCircuit::Banded) => VerifyingKey::build::<Banded, S>(params),
            CircuitKind::Rows(RowCircuit::Secured) => VerifyingKey::build::<Secured, S>(params),
            CircuitKind::Rows(RowCircuit::SecuredGeneral) => {
                VerifyingKey::build::<SecuredGeneral, S>(params)
            }
            CircuitKind::Rows(RowCircuit::Derivatives) => {
                VerifyingKey::build::<Derivatives, S>(params)
            }
            CircuitKind::Rows(RowCircuit::Vouched) => VerifyingKey::build::<Vouched, S>(params),
            CircuitKind::Rows(RowCircuit::PlainSingle) => {
                VerifyingKey::build::<PlainSingle, S>(params)
            }
            CircuitKind::Rows(RowCircuit::SecuredSingle) => {
                VerifyingKey::build::<SecuredSingle, S>(params)
            }
            CircuitKind::Capital => VerifyingKey::build::<Capital, S>(params),
        }
    }

    /// The circuits that a statement uses.
    pub fn of(statement: &Statement) -> Vec<CircuitKind> {
        let rows = statement
            .rows
            .iter()
            .map(|rows| CircuitKind::Rows(rows.circuit));
        rows.chain([CircuitKind::Capital]).collect()
    }
}

/// Circuit and number of copies of each proof of an attestation, in the file's order.
pub fn circuits_of(statement: &Statement) -> impl Iterator<Item = (CircuitKind, u32)> {
    let rows = statement.rows.iter().flat_map(|rows| {
        let circuit = CircuitKind::Rows(rows.circuit);
        std::iter::repeat_n((circuit, rows.copies.into()), rows.shards.into())
    });
    rows.chain([(CircuitKind::Capital, 1)])
}

/// One proof of an attestation.
#[derive(Clone, Debug)]
pub struct ProofPlan {
    /// Its circuit.
    pub circuit: CircuitKind,
    /// Which proof it is.
    pub position: ProofPosition,
    /// Public values of each copy.
    pub publics: Vec<Publics>,
}

/// A statement that its rulebook does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A ratio that the rulebook does not have.
    #[error("the rulebook has no ratio `{0}`")]
    Ratio(&'static str),
    /// The line that is the leverage exposure measure is not stated: nothing bounds the ratio.
    #[error("the claim on `leverage` rests on the line `{0}`, which is not stated")]
    Line(String),
    /// A stated line that the rulebook does not have.
    #[error("the rulebook has no stated line number {0}")]
    StatedLine(u8),
    /// A module that is computed and stated.
    #[error("the module `{0}` is computed and stated: it would count twice")]
    Twice(&'static str),
    /// Derivatives under a rulebook that does not charge them.
    #[error("the rulebook does not charge derivatives")]
    Derivatives,
    /// A balance sheet that agrees, under a rulebook that has none to compare.
    #[error("the rulebook has no assets, liabilities and equity to compare")]
    BalanceSheet,
    /// The modules left out are not those that the claims lack.
    #[error("the claims lack other modules than the statement says")]
    Without,
    /// The reporting currency is not the snapshot's.
    #[error("the reporting currency is not the snapshot's")]
    Currency,
    /// More rows vouched for than a copy has.
    #[error("a voucher counts more rows than a proof has")]
    VouchedRows,
    /// The rules do not fit the circuit.
    #[error("the rulebook does not fit the circuits: {0}")]
    Rulebook(String),
}

/// Modules that the claims need and that are neither linked nor stated, ascending.
///
/// # Errors
/// A ratio that the rulebook does not have; a leverage ratio whose measure is one stated line, and
/// that line is not stated: a measure of zero would bear any claim.
pub fn missing_modules(
    rulebook: &Rulebook,
    claims: &[Claim],
    stated: &[bool],
    linked: Linked,
) -> Result<Vec<String>, PlanError> {
    let mut missing = Vec::new();
    if claims.iter().any(|claim| claim.ratio == Ratio::Leverage) {
        let lines = || {
            rulebook
                .stated
                .iter()
                .zip(stated.iter().chain(repeat(&false)))
        };
        let mut whole = lines().filter(|(line, _)| line.effect == StatedEffect::IsLeverage);
        let is_stated = whole.clone().any(|(_, on)| *on);
        if let Some((line, _)) = whole.next().filter(|_| !is_stated) {
            return Err(PlanError::Line(line.name.clone()));
        }
    }
    for claim in claims {
        let ratios: &[Ratio] = match claim.ratio {
            Ratio::Buffer => &[Ratio::Cet1, Ratio::Tier1, Ratio::Total],
            _ => std::slice::from_ref(&claim.ratio),
        };
        for ratio in ratios {
            let rule = rulebook
                .ratios
                .get(ratio.name())
                .ok_or(PlanError::Ratio(ratio.name()))?;
            missing.extend(rule.needs.iter().filter(|module| {
                let lines = &rulebook.stated;
                let is_stated = lines.iter().zip(stated).any(|(line, on)| {
                    *on && line.module == **module && line.effect.serves(*ratio, lines)
                });
                !(is_stated || computes(linked, module, *ratio))
            }));
        }
    }
    missing.sort();
    missing.dedup();
    Ok(missing.into_iter().cloned().collect())
}

/// The capital plan of a statement.
pub fn capital_plan(rulebook: &Rulebook, statement: &Statement) -> Result<CapitalPlan, PlanError> {
    let mut stated = vec![false; rulebook.stated.len()];
    for line in &statement.stated {
        *stated
            .get_mut(usize::from(*line))
            .ok_or(PlanError::StatedLine(*line))? = true;
    }
    let linked = statement.linked();
    // Of risk-weighted assets: what a line of that module adds to the leverage measure nobody computes.
    let twice = |module: &str| {
        let mut lines = rulebook.stated.iter().zip(&stated);
        let adds = |line: &StatedLine| line.effect == StatedEffect::AddsToRwa;
        lines.any(|(line, on)| *on && line.module == module && adds(line))
    };
    if linked.counterparty_risk && twice(COUNTERPARTY_RISK) {
        return Err(PlanError::Twice(COUNTERPARTY_RISK));
    }
    if linked.counterparty_risk && rulebook.derivatives.is_none() {
        return Err(PlanError::Derivatives);
    }
    if statement.balance_sheet && !rulebook.has_balance_sheet() {
        return Err(PlanError::BalanceSheet);
    }
    if missing_modules(rulebook, &statement.claims, &stated, linked)? != statement.without {
        return Err(PlanError::Without);
    }
    Ok(CapitalPlan {
        claims: statement.claims.clone(),
        stated,
        credit_risk: linked.any(),
        balance_sheet: statement.balance_sheet,
    })
}

/// The public values of the capital proof, whose circuit has room for `capacity` words.
pub fn capital_publics(
    rulebook: &Rulebook,
    plan: &CapitalPlan,
    capacity: usize,
) -> Result<Publics, PlanError> {
    let system =
        capital_system(rulebook, plan, None).map_err(|e| PlanError::Rulebook(e.to_string()))?;
    if system.words() > capacity {
        return Err(PlanError::Rulebook(
            "its capital rules need more words than the capital circuit has rows".to_owned(),
        ));
    }
    Ok(Publics {
        table: Arc::default(),
        allowed: vec![if plan.credit_risk { CREDIT_TOTALS } else { 0 }],
        relations: Arc::new(system.relations().to_vec()),
    })
}

/// The public table of a row circuit.
pub fn public_table(
    circuit: RowCircuit,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
    prices: Option<Prices>,
) -> PublicTable {
    match circuit {
        RowCircuit::Plain | RowCircuit::PlainSingle | RowCircuit::Vouched => {
            tables::plain(rulebook, snapshot)
        }
        RowCircuit::Banded => tables::banded(rulebook, snapshot),
        RowCircuit::Secured | RowCircuit::SecuredSingle => tables::secured(rulebook, snapshot),
        RowCircuit::SecuredGeneral => tables::secured_general(rulebook, snapshot),
        RowCircuit::Derivatives => {
            derivatives::public_table(rulebook, snapshot, prices.unwrap_or(Prices::Snapshot))
        }
    }
}

/// Every proof of an attestation, in the file's order.
pub fn proofs_of<S: Size>(
    statement: &Statement,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
) -> Result<Vec<ProofPlan>, PlanError> {
    if statement.currency != snapshot.base {
        return Err(PlanError::Currency);
    }
    let layout = CircuitKind::Capital.layout::<S>();
    let capacity = layout
        .map_err(|e| PlanError::Rulebook(e.to_string()))?
        .positions();
    let capital = capital_publics(rulebook, &capital_plan(rulebook, statement)?, capacity)?;
    let mut plans = Vec::new();
    let vouchers = statement.vouchers.iter();
    let vouched_rows: Vec<u16> = vouchers.flat_map(|v| v.rows.iter().copied()).collect();
    // Copies that count collateral hand the count on; the very first starts at none.
    let mut first_carrier = true;
    for rows in &statement.rows {
        let kind = CircuitKind::Rows(rows.circuit);
        let layout = kind
            .layout::<S>()
            .map_err(|e| PlanError::Rulebook(e.to_string()))?;
        let table = Arc::new(public_table(
            rows.circuit,
            rulebook,
            snapshot,
            statement.prices,
        ));
        table
            .check(&layout)
            .map_err(|e| PlanError::Rulebook(e.to_string()))?;
        let mut of_shard = vouched_rows.iter().copied();
        for shard in 0..rows.shards {
            let vouched_for = match rows.circuit {
                RowCircuit::Vouched => usize::from(of_shard.next().unwrap_or(0)),
                _ => 0,
            };
            if vouched_for > layout.active_rows() {
                return Err(PlanError::VouchedRows);
            }
            let copy = |_| {
                if rows.circuit == RowCircuit::Vouched {
                    vouched::publics(&layout, Arc::clone(&table), vouched_for)
                } else if rows.circuit.carries() {
                    let first = std::mem::take(&mut first_carrier);
                    secured::publics(&layout, Arc::clone(&table), first)
                } else {
                    Publics::of_rows(&layout, Arc::clone(&table))
                }
            };
            plans.push(ProofPlan {
                circuit: kind,
                position: ProofPosition {
                    module: kind.number(),
                    shard: shard.into(),
                    shards: rows.shards.into(),
                },
                publics: (0..rows.copies).map(copy).collect(),
            });
        }
    }
    plans.push(ProofPlan {
        circuit: CircuitKind::Capital,
        position: ProofPosition {
            module: CAPITAL_MODULE,
            shard: 0,
            shards: 1,
        },
        publics: vec![capital],
    });
    Ok(plans)
}

/// A link that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The capital proof's column is not the sum of the row circuits' totals.
    #[error("the capital proof's credit-risk totals are not the sum of the credit-risk proofs'")]
    Totals,
    /// The count of collateral items is not handed on.
    #[error("a copy does not take up the count of collateral items where the one before left it")]
    Carry,
    /// There is not exactly one capital proof.
    #[error("there is not exactly one capital proof")]
    Capital,
}

/// Compares the commitments of linked columns; `totals` holds, per proof and copy, the commitments
/// of its total columns.
pub fn check_links(plans: &[ProofPlan], totals: &[Vec<Vec<Point>>]) -> Result<(), LinkError> {
    let mut sum = <Point as CurveAffine>::CurveExt::identity();
    let mut capital = Vec::new();
    let mut carried: Option<Point> = None;
    for (plan, proof) in plans.iter().zip(totals) {
        for copy in proof {
            match plan.circuit {
                CircuitKind::Capital => capital.push(copy.get(CREDIT_RISK).copied()),
                CircuitKind::Rows(rows) => {
                    sum += copy.first().copied().ok_or(LinkError::Totals)?;
                    if rows.carries() {
                        let carry =
                            |column: usize| copy.get(column).copied().ok_or(LinkError::Carry);
                        let taken_up = carry(CARRY_IN)?;
                        if carried.is_some_and(|left| left != taken_up) {
                            return Err(LinkError::Carry);
                        }
                        carried = Some(carry(CARRY_OUT)?);
                    }
                }
            }
        }
    }
    let [Some(capital)] = capital.as_slice() else {
        return Err(LinkError::Capital);
    };
    let linked = plans.len() > 1;
    if plans.len() != totals.len() || linked && sum.to_affine() != *capital {
        return Err(LinkError::Totals);
    }
    Ok(())
}
