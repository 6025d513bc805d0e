//! The part of a rulebook that charges derivatives (CRE52).

use crate::book::Variant;

/// Most derivative classes.
pub const MAX_DERIVATIVE_CLASSES: usize = 64;
/// Most margin periods.
pub const MAX_MARGIN_PERIODS: usize = 32;

/// How the trades of a class offset (CRE52.57 to CRE52.72).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// Fully within a named hedging set: currency pairs, cryptoassets.
    Single,
    /// Over three buckets of end date within a named hedging set: rates, by currency.
    Buckets,
    /// Fully within an entity, partly between the entities of one hedging set.
    Entities,
}

/// One derivative class: a line of the table of supervisory parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivativeClass {
    /// Name, e.g. `equity-single`.
    pub name: String,
    /// Asset class for people, e.g. `equity`.
    pub asset_class: String,
    /// Classes of one group may share a hedging set, e.g. `energy`; index into
    /// [`Derivatives::groups`].
    pub group: u32,
    /// Supervisory factor, 10^-6.
    pub factor: u32,
    /// Correlation with the systematic factor, 10^-4; 0 where there is none.
    pub correlation: u32,
    /// Supervisory option volatility, 10^-4, at most 40 000; 0 where the class has no options.
    pub volatility: u32,
    /// Whether the adjusted notional is multiplied by the supervisory duration.
    pub duration: bool,
    /// Charged gross, trade by trade: no netting, maturity factor and multiplier one (SCO60).
    pub gross: bool,
}

/// A class in one variant, as the circuit's table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassLine<'a> {
    /// The class.
    pub class: &'a DerivativeClass,
    /// The variant.
    pub variant: Variant,
    /// Number of (class, variant), from 3: three times the class's index from 1, plus the variant.
    pub code: u32,
    /// Number of (group, variant), from 3.
    pub group: u32,
    /// How it aggregates.
    pub aggregation: Aggregation,
    /// Whether its hedging sets have names.
    pub named: bool,
    /// Whether the name is the currency of the notional.
    pub tied: bool,
    /// Supervisory factor with the variant's multiple, and with 1/r for a class with duration, 10^-6.
    pub factor: u64,
}

/// A group of classes that share hedging sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivativeGroup {
    /// Name, e.g. `energy`.
    pub name: String,
    /// How its trades offset.
    pub aggregation: Aggregation,
    /// Whether a plain hedging set is the currency of the notional (rates).
    pub by_currency: bool,
}

/// A margin period of risk that occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarginPeriod {
    /// Business days.
    pub days: u32,
    /// Not for more trades than [`Derivatives::large_set`].
    pub limited: bool,
}

/// Parameters of SA-CCR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivatives {
    /// Alpha, 10^-4 (CRE52.1).
    pub alpha: u32,
    /// Floor of the multiplier, 10^-4 (CRE52.23).
    pub multiplier_floor: u32,
    /// 1/r of the supervisory duration: 20 for 5 % (CRE52.34).
    pub duration_inverse_rate: u32,
    /// Quarter days in a year: 1 460 for 365 days.
    pub year_quarter_days: u32,
    /// Business days in a year (CRE52.49).
    pub business_days: u32,
    /// Least supervisory duration and least maturity, business days (CRE52.34, CRE52.48).
    pub floor_days: u32,
    /// Multiple of the root in the margined maturity factor, 10^-4 (CRE52.52).
    pub margined_multiple: u32,
    /// More trades than this lengthen the margin period (CRE52.50).
    pub large_set: u32,
    /// Least margin period: bilateral, bilateral and large or illiquid, cleared; business days.
    pub margin_floors: [u32; 3],
    /// The margin periods that occur, ascending by (limited, days).
    pub margin_periods: Vec<MarginPeriod>,
    /// Whether variation margin counts as collateral in the unmargined cap of a margined set
    /// (CRE52.2 does not say).
    pub cap_counts_variation_margin: bool,
    /// Horizon of haircuts on collateral of unmargined sets, business days.
    pub unmargined_haircut_days: u32,
    /// Upper edges of the first two buckets in quarter days: below the first, up to the second
    /// inclusive.
    pub bucket_edges: [u32; 2],
    /// Correlations of buckets 1–2, 2–3 and 1–3, 10^-4.
    pub bucket_correlations: [u32; 3],
    /// Multiple of the supervisory factor of basis trades, 10^-4.
    pub basis_multiple: u32,
    /// Multiple of the supervisory factor of volatility trades, 10^-4.
    pub volatility_multiple: u32,
    /// Numerator and slope of the delta of a tranche: 15 and 14 (CRE52.41).
    pub tranche: [u32; 2],
    /// Groups.
    pub groups: Vec<DerivativeGroup>,
    /// Classes.
    pub classes: Vec<DerivativeClass>,
}
