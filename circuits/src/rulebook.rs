//! The rulebook: every supervisory number, as data.
//!
//! A rulebook is public, named, dated and digested. It is written as TOML for people, parsed and
//! checked here, and digested over a canonical binary form of the parsed values. Each number
//! carries its paragraph and how sure it is. No supervisory number stands in code.

mod canonical;
mod derivatives;
mod error;
mod lookup;
mod read;
mod text;

use std::collections::BTreeMap;

use crate::claim::Ratio;
use crate::protocol::layout::{BLINDING_ROWS, Size, Standard};
use crate::statement::Linked;

pub use derivatives::{
    Aggregation, ClassLine, DerivativeClass, DerivativeGroup, Derivatives, MarginPeriod,
};
pub(crate) use derivatives::{END_BITS, MAX_DERIVATIVE_CLASSES, MAX_MARGIN_PERIODS};
pub use error::{RulebookError, RulebookProblem};
pub use lookup::BandedRow;

/// The rulebooks that ship with the library, by name.
pub const BUILTIN: [(&str, &str); 2] = [
    ("basel-2023", include_str!("../rulebooks/basel-2023.toml")),
    (
        "us-standardised",
        include_str!("../rulebooks/us-standardised.toml"),
    ),
];

/// Name of the balance-sheet kind that every rulebook has first, at 100 %.
pub const ON_BALANCE: &str = "on-balance";
/// Name of the module that computes credit risk from a book's exposures.
pub const CREDIT_RISK: &str = "credit-risk";
/// Name of the module that computes counterparty risk from a book's derivatives.
pub const COUNTERPARTY_RISK: &str = "counterparty-risk";

/// Capacity of the table of classes × grades.
pub(crate) const MAX_CLASS_ROWS: usize = 512;
/// Capacity of the table of banded rows.
pub(crate) const MAX_BANDED_ROWS: usize = 4096;
/// Capacity of the table of haircut rows × maturity bands.
pub(crate) const MAX_HAIRCUT_BANDS: usize = 256;
/// Capacity of the tables of scaled haircuts and of haircuts of margin: the rows of a circuit. What
/// else shares a circuit's table, such as a snapshot's quotes, is counted where the circuit is chosen.
pub(crate) const MAX_SCALED_HAIRCUTS: usize = (1 << Standard::K) - BLINDING_ROWS - 1;
/// Capacity of the list of capital items.
pub(crate) const MAX_CAPITAL_ITEMS: usize = 128;
/// Capacity of the list of stated lines.
pub(crate) const MAX_STATED_LINES: usize = 64;
/// Capacity of the list of conversions.
pub(crate) const MAX_CONVERSIONS: usize = 64;
/// Most threshold items that a capital circuit has rows for.
pub(crate) const MAX_THRESHOLD_ITEMS: usize = 3;

/// A parsed and checked rulebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rulebook {
    /// Name, e.g. `basel-2023`.
    pub name: String,
    /// Date of the text it follows.
    pub date: String,
    /// One sentence for people.
    pub title: String,
    /// Exposure classes with their risk weights, in order.
    pub classes: Vec<ExposureClass>,
    /// Classes whose weight follows a band (loan-to-value, provision coverage), in order.
    pub banded: Vec<BandedClass>,
    /// Factor by which the weight of an unhedged foreign-currency loan to an individual rises, 10^-4.
    pub mismatch_multiplier: u32,
    /// Cap of that raised weight, 10^-4.
    pub mismatch_cap: u32,
    /// Balance-sheet kinds: `on-balance` (100 %) first, then credit conversion factors.
    pub conversions: Vec<Conversion>,
    /// Supervisory haircuts; none where the rulebook does not recognise collateral.
    pub haircuts: Option<Haircuts>,
    /// Capital components and deductions, in order.
    pub capital: Vec<CapitalItem>,
    /// The 10 % and 15 % thresholds, where the rulebook has them.
    pub thresholds: Option<Thresholds>,
    /// Lines an institution may state, in order.
    pub stated: Vec<StatedLine>,
    /// Which modules each ratio needs, and its minimum.
    pub ratios: BTreeMap<String, RatioRule>,
    /// Capital conservation buffer, 10^-6 of RWA; 0 where there is none.
    pub conservation_buffer: u32,
    /// Share of earnings to conserve by how full the buffer is, in order; empty without a buffer.
    pub conservation_steps: Vec<ConservationStep>,
    /// SA-CCR; none where the rulebook does not compute derivatives.
    pub derivatives: Option<Derivatives>,
    /// Where each number comes from: key → (paragraph, how sure).
    pub sources: BTreeMap<String, Source>,
}

/// One step of the conservation of earnings (RBC30.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConservationStep {
    /// Up to this share of the buffer, inclusive, 10^-6; `None` is open: above it.
    pub upto: Option<u32>,
    /// Least share of earnings to conserve, 10^-6.
    pub conserve: u32,
}

/// Paragraph and how sure: `P` primary text read, `S` secondary source, `R` recalled, `X` own convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Paragraph, e.g. `CRE20.7`.
    pub paragraph: String,
    /// `P`, `S`, `R` or `X`.
    pub sure: char,
}

/// An exposure class and the weight of each grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureClass {
    /// Name.
    pub name: String,
    /// Grades and weights (10^-4), in order; a class without grades has one grade named "".
    pub grades: Vec<(String, u32)>,
    /// Whether the currency-mismatch multiplier applies.
    pub mismatch: bool,
}

/// What a band compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Gross amount over property value.
    LoanToValue,
    /// Specific provisions over gross amount. Bands are given as the *uncovered* share
    /// (1 − provisions/gross), so that, as for loan-to-value, weights rise with the measure.
    UncoveredShare,
}

/// How a banded class is weighted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// The whole loan takes the weight of its band.
    Whole(Vec<Band>),
    /// The part up to a share of the property value takes one weight, the rest the counterparty's.
    Split {
        /// Share of the property value, 10^-6.
        upto: u32,
        /// Weight of the secured part.
        weight: BandWeight,
    },
}

/// One band: its upper edge (inclusive, 10^-6; none for the last) and its weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Upper edge, inclusive, 10^-6; `None` is open.
    pub upto: Option<u32>,
    /// Weight.
    pub weight: BandWeight,
}

/// A weight of a band, 10^-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandWeight {
    /// This weight.
    Fixed(u32),
    /// The lower of this weight and the counterparty's.
    AtMost(u32),
    /// The counterparty's.
    Counterparty,
}

/// A class whose weight follows a band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandedClass {
    /// Name.
    pub name: String,
    /// What is compared.
    pub measure: Measure,
    /// How it is weighted.
    pub treatment: Treatment,
    /// Whether the currency-mismatch multiplier applies.
    pub mismatch: bool,
}

impl BandedClass {
    /// Whether a weight of this class depends on the counterparty.
    pub fn needs_counterparty(&self) -> bool {
        let depends = |w: &BandWeight| !matches!(w, BandWeight::Fixed(_));
        match &self.treatment {
            Treatment::Whole(bands) => bands.iter().any(|b| depends(&b.weight)),
            Treatment::Split { .. } => true,
        }
    }
}

/// A balance-sheet kind and its credit conversion factor (10^-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Name; the first is `on-balance`.
    pub name: String,
    /// Factor, 10^-4.
    pub factor: u32,
}

/// The supervisory haircuts of the comprehensive approach, at a ten-day holding period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Haircuts {
    /// Rows, in order.
    pub rows: Vec<HaircutRow>,
    /// Haircut for a currency mismatch, 10^-4.
    pub currency_mismatch: u32,
    /// Holding period the table is written for, business days.
    pub base_holding_days: u32,
    /// Holding periods that occur, business days.
    pub holding_days: Vec<u32>,
    /// Revaluation intervals that occur, business days.
    pub revaluation_days: Vec<u32>,
    /// Maturity of an exposure counts up to here, days (CRE22: five years).
    pub mismatch_cap_days: u32,
    /// Protection shorter than this is not recognised where maturities differ, days × 4 (a quarter year: 365).
    pub mismatch_floor_quarter_days: u32,
    /// Original life below which mismatched protection is not recognised, days.
    pub mismatch_original_days: u32,
}

/// Haircut of one type and rating, by residual maturity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HaircutRow {
    /// Type, e.g. `sovereign`, `other-issuer`, `gold`, `cash`.
    pub kind: String,
    /// Rating band; empty where the type has none.
    pub rating: String,
    /// (upper edge of residual maturity in days, inclusive, none for the last; haircut 10^-4).
    pub bands: Vec<(Option<u32>, u32)>,
}

/// Where a capital item counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Common equity tier 1.
    Cet1,
    /// Additional tier 1.
    AdditionalTier1,
    /// Tier 2.
    Tier2,
}

/// How a capital item counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Adds to its tier.
    Component,
    /// Reduces its tier; what the tier cannot absorb reduces the next higher tier.
    Deduction,
    /// A threshold item (CAP30): deducted above the 10 % and 15 % thresholds, the rest weighs 250 %.
    Threshold,
    /// General provisions in Tier 2 up to a cap, 10^-6 of standardised credit RWA.
    CappedProvisions {
        /// The cap, 10^-6.
        cap: u32,
    },
    /// Balance-sheet assets: with liabilities, must equal the items marked `equity`.
    Assets,
    /// Balance-sheet liabilities.
    Liabilities,
}

/// One line of `capital.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapitalItem {
    /// Name.
    pub name: String,
    /// Tier.
    pub tier: Tier,
    /// Role.
    pub role: Role,
    /// Whether the item is part of balance-sheet equity (for assets − liabilities = equity).
    pub equity: bool,
}

/// Threshold deductions (CAP30.32–34), all 10^-6 except the weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Individual threshold (10 %).
    pub individual: u32,
    /// Aggregate threshold (15 %).
    pub aggregate: u32,
    /// Weight of what stays recognised, 10^-4.
    pub weight: u32,
}

/// What a stated line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedEffect {
    /// Adds to risk-weighted assets.
    AddsToRwa,
    /// Reduces risk-weighted assets: only where the rulebook names it.
    ReducesRwa,
    /// Adds to the leverage exposure measure.
    AddsToLeverage,
    /// Is the whole leverage exposure measure.
    IsLeverage,
}

impl StatedEffect {
    /// Whether a line with this effect, among the lines of its rulebook, can stand for a module that
    /// a ratio needs: whether it raises what the ratio divides by. A reduction stands for none; nor
    /// does an addition to a measure that another line is the whole of.
    pub fn serves(self, ratio: Ratio, among: &[StatedLine]) -> bool {
        let whole = || among.iter().any(|line| line.effect == Self::IsLeverage);
        match self {
            Self::AddsToRwa => ratio != Ratio::Leverage,
            Self::AddsToLeverage => ratio == Ratio::Leverage && !whole(),
            Self::IsLeverage => ratio == Ratio::Leverage,
            Self::ReducesRwa => false,
        }
    }
}

/// Whether what circuits compute of a module enters what a ratio divides by: credit risk enters
/// risk-weighted assets and the leverage measure, counterparty credit risk the former alone.
pub(crate) fn computes(linked: Linked, module: &str, ratio: Ratio) -> bool {
    match module {
        CREDIT_RISK => linked.credit_risk,
        COUNTERPARTY_RISK => linked.counterparty_risk && ratio != Ratio::Leverage,
        _ => false,
    }
}

/// A line that the institution states and nobody computes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedLine {
    /// Name, e.g. `market-risk`.
    pub name: String,
    /// Module that it stands for; empty for an adjustment.
    pub module: String,
    /// What it does.
    pub effect: StatedEffect,
}

/// What a ratio needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatioRule {
    /// Minimum, 10^-6.
    pub minimum: u32,
    /// Modules that must be linked or stated.
    pub needs: Vec<String>,
}
