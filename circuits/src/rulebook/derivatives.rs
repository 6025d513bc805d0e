//! The part of a rulebook that charges derivatives (CRE52).

use super::{Haircuts, Rulebook};
use crate::amount::WEIGHT_ONE;
use crate::book::Variant;

/// Bits of an end date in quarter days.
pub(crate) const END_BITS: u32 = 17;
/// Greatest volatility of a class with options, 10^-4.
pub(crate) const MAX_VOLATILITY: u32 = 40_000;
/// Least volatility of a class with options, 10^-4: the error bound of a delta rests on it.
pub(crate) const MIN_VOLATILITY: u32 = 1_000;
/// Greatest factor of a [`ClassLine`], 10^-6: 27 bits.
pub(crate) const MAX_LINE_FACTOR: u64 = (1 << 27) - 1;
/// The end date of [`END_BITS`] bits is discounted by at most e to minus this: beyond it the tables
/// of discount factors would not fall from one quarter day to the next.
pub(super) const LONGEST_EXPONENT: u64 = 20;
/// Seconds in a quarter day.
const QUARTER_DAY_SECONDS: u64 = 21_600;

/// Most derivative classes.
pub(crate) const MAX_DERIVATIVE_CLASSES: usize = 64;
/// Most margin periods.
pub(crate) const MAX_MARGIN_PERIODS: usize = 32;

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

impl ClassLine<'_> {
    /// Whether the class has tranches: it is credit, by duration and by reference entity (CRE52.41).
    pub(crate) fn has_tranches(&self) -> bool {
        self.class.duration && self.aggregation == Aggregation::Entities
    }
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

impl Derivatives {
    /// Multiples of the supervisory factor of a class, by variant, 10^-4: plain, basis, volatility;
    /// a class that is charged gross has the plain one only.
    pub(super) fn variant_multiples(&self, class: &DerivativeClass) -> Vec<u32> {
        let mut multiples = vec![WEIGHT_ONE as u32];
        if !class.gross {
            multiples.extend([self.basis_multiple, self.volatility_multiple]);
        }
        multiples
    }

    /// Seconds in a year.
    pub fn year_seconds(&self) -> u64 {
        u64::from(self.year_quarter_days) * QUARTER_DAY_SECONDS
    }

    /// Least time to expiry, seconds, at which σ·√T is at least 2^-9: below it the wider error
    /// bound of the delta applies. 0 for a class without options. `volatility` is in 10^-4.
    pub fn least_far_expiry(&self, volatility: u32) -> u64 {
        let square = u64::from(volatility).pow(2) << 18;
        if square == 0 {
            return 0;
        }
        let wanted = self.year_seconds() * 100_000_000;
        wanted.div_ceil(square)
    }

    /// Number of a margin period, from 1, and its days; `None` where it does not occur.
    pub fn margin_period(&self, days: u32, limited: bool) -> Option<u32> {
        (1..)
            .zip(&self.margin_periods)
            .find(|(_, period)| period.days == days && period.limited == limited)
            .map(|(number, _)| number)
    }

    /// Whether a netting set has this period as a cleared one alone: others that are so short have a
    /// limited one (CRE52.50). That a set is cleared is its institution's word.
    pub fn is_cleared(&self, period: &MarginPeriod) -> bool {
        let [_, large, _] = self.margin_floors;
        !period.limited && period.days < large
    }

    fn lines(&self) -> impl Iterator<Item = ClassLine<'_>> {
        const VARIANTS: [Variant; 3] = [Variant::Plain, Variant::Basis, Variant::Volatility];
        (1..).zip(&self.classes).flat_map(move |(index, class)| {
            let scale = if class.duration {
                u64::from(self.duration_inverse_rate)
            } else {
                1
            };
            let group = self.groups.get(class.group as usize);
            (0..)
                .zip(VARIANTS)
                .zip(self.variant_multiples(class))
                .filter_map(move |((number, variant), multiple)| {
                    let group = group?;
                    let aggregation = group.aggregation;
                    Some(ClassLine {
                        class,
                        variant,
                        code: 3 * index + number,
                        group: 3 * (class.group + 1) + number,
                        aggregation,
                        named: aggregation != Aggregation::Entities || variant == Variant::Basis,
                        tied: group.by_currency && variant == Variant::Plain,
                        factor: u64::from(class.factor) * u64::from(multiple) / WEIGHT_ONE * scale,
                    })
                })
        })
    }
}

impl Derivatives {
    /// Rows of the table of margin: every band of the haircuts at every margin period and without
    /// one, with and without a currency mismatch.
    pub(crate) fn margin_rows(&self, haircuts: &Haircuts) -> usize {
        let bands: usize = haircuts.rows.iter().map(|row| row.bands.len()).sum();
        2 * bands * (1 + self.margin_periods.len())
    }
}

impl Rulebook {
    /// Every derivative class in each of its variants: by class, then plain, basis, volatility. A
    /// class that is charged gross has its plain line only. Empty without derivatives.
    pub fn derivative_lines(&self) -> Vec<ClassLine<'_>> {
        self.derivatives
            .iter()
            .flat_map(Derivatives::lines)
            .collect()
    }

    /// The line of a class in a variant.
    pub fn derivative_line(&self, class: &str, variant: Variant) -> Option<ClassLine<'_>> {
        self.derivatives
            .as_ref()?
            .lines()
            .find(|line| line.class.name == class && line.variant == variant)
    }
}
