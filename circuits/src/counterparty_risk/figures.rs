//! The figures of an assessment, from the trade up to the agreement.

use num_bigint::{BigInt, BigUint};

use crate::book::Variant;

/// Fractional bits of a discount difference: Q40.
pub(crate) const DISCOUNT_BITS: u32 = 40;
/// Fractional bits of a supervisory delta: Q44.
pub const DELTA_BITS: u32 = 44;
/// Fractional bits of a maturity factor: Q32.
pub const MATURITY_FACTOR_BITS: u32 = 32;
/// Fractional bits of an effective notional beyond the 10^-8 of the exchange rate.
pub const EFFECTIVE_BITS: u32 = DISCOUNT_BITS + DELTA_BITS + MATURITY_FACTOR_BITS;
/// Add-ons are in units of 2^26 · 10^-14 of the book's unit: this is the power of two.
pub const ADDON_SHIFT: u32 = 26;

/// The option part of a trade (CRE52.40), with everything the circuit holds of it.
#[derive(Clone, PartialEq, Eq)]
pub struct OptionFigures {
    /// ln(P/K) = −1^`log_negative` · `log`, Q44; the row's parts are those of `fixed_point::ln_ratio`,
    /// less [`super::LOG_AT_ONE`].
    pub log_negative: bool,
    /// See `log_negative`.
    pub log: u64,
    /// x of Φ(±x) = −1^`x_negative` · `x`, Q39, floored; 2^42 − 1 where saturated.
    pub x_negative: bool,
    /// See `x_negative`.
    pub x: u64,
    /// |x| ≥ 8: taken as 8 less one unit.
    pub saturated: bool,
    /// No time is left and price and strike are equal: x is zero.
    pub at_the_money_now: bool,
    /// Φ(−|x|), Q44.
    pub tail: u64,
    /// So little time is left that ln's error weighs: the wider error bound applies.
    pub near: bool,
}

/// A trade.
#[derive(Clone, PartialEq, Eq)]
pub struct TradeFigures {
    /// Index in `book.trades`.
    pub trade: usize,
    /// Exchange rate (or price) of the notional, 10^-8.
    pub rate: u64,
    /// Exchange rate of the market value, 10^-8.
    pub value_rate: u64,
    /// Index of the notional's currency or asset, from 1.
    pub currency: u32,
    /// Index of the value's currency or asset, from 1.
    pub value_currency: u32,
    /// e^{−rS} − e^{−rE}, Q40, floored, before its floor; one for a class without duration.
    pub discount_raw: u64,
    /// The same, at least the floor.
    pub discount: u64,
    /// |δ|, Q44.
    pub delta: u64,
    /// Whether δ is below zero.
    pub delta_negative: bool,
    /// Error bound of |δ|, Q44.
    pub delta_error: u64,
    /// Maturity factor, Q32, rounded up; the margin period's where margined.
    pub maturity_factor: u64,
    /// D = δ · d · MF, 10^-8 · 2^-116.
    pub effective: BigInt,
    /// Error bound of D, same unit.
    pub error: BigUint,
    /// Where it is an option.
    pub option: Option<OptionFigures>,
}

/// A bucket, an entity, a commodity type, or the whole of a hedging set that has no parts.
#[derive(Clone, PartialEq, Eq)]
pub struct SubsetFigures {
    /// Bucket 1 to 3; the entity's number from 1; 0 where the hedging set has no parts.
    pub key: u32,
    /// Name for people: entity, commodity type, bucket; may be empty.
    pub name: String,
    /// Code of (class, variant): [`crate::rulebook::ClassLine::code`].
    pub class: u32,
    /// Sum of the trades' D.
    pub effective: BigInt,
    /// Sum of the trades' error bounds.
    pub error: BigUint,
    /// H = ⌊2·|ΣD| / 2^117⌋: |ΣD| in 10^-8.
    pub notional: BigUint,
    /// A = ⌊H · SF / 2^26⌋: the size of the entity's add-on.
    pub addon: BigUint,
    /// Its trades.
    pub trades: Vec<TradeFigures>,
}

/// A hedging set.
#[derive(Clone, PartialEq, Eq)]
pub struct HedgingSetFigures {
    /// Code of (group, variant).
    pub group: u32,
    /// Variant.
    pub variant: Variant,
    /// Number of its name; 0 where it has none.
    pub number: u32,
    /// Name for people.
    pub name: String,
    /// Asset class for people.
    pub asset_class: String,
    /// Its parts, keys ascending. All three buckets are not required.
    pub subsets: Vec<SubsetFigures>,
    /// Sums a1, a2, a3 (see the spec), in units of the add-on times 10^4 (a1), or 10^2 (buckets).
    pub sums: [BigInt; 3],
    /// 10^8 · (add-on)², before the root.
    pub square: BigInt,
    /// Add-on, root rounded up.
    pub addon: BigUint,
}

/// An item of margin after its haircut.
#[derive(Clone, PartialEq, Eq)]
pub struct MarginFigures {
    /// Index in `book.margin`.
    pub item: usize,
    /// Index of its currency.
    pub currency: u32,
    /// Rate, 10^-8.
    pub rate: u64,
    /// Row in the haircut table.
    pub haircut_row: u32,
    /// Longest maturity of its band, days.
    pub edge: u64,
    /// Whether its currency is not the set's.
    pub mismatch: bool,
    /// Whether it adds to the variation margin, else to the independent amounts: what is posted does
    /// so where variation margin does not count.
    pub variation: bool,
    /// Scaled haircut, 10^-9.
    pub haircut: u64,
    /// What it counts, 10^-17 of the book's unit; negative where posted.
    pub value: BigInt,
}

/// A netting set.
#[derive(Clone, PartialEq, Eq)]
pub struct SetFigures {
    /// Index in `book.netting_sets`.
    pub set: usize,
    /// 0: charged without margin. Else the number of the margin period, from 1.
    pub period: u32,
    /// Margin, in the order of the book.
    pub margin: Vec<MarginFigures>,
    /// Hedging sets, by (group, number).
    pub hedging_sets: Vec<HedgingSetFigures>,
    /// Number of trades.
    pub trades: u32,
    /// V, 10^-8 of the book's unit.
    pub value: BigInt,
    /// Independent amounts, 10^-17.
    pub independent: BigInt,
    /// Variation margin, 10^-17.
    pub variation: BigInt,
    /// C as it counts here, 10^-17.
    pub collateral: BigInt,
    /// Σ SF · error bounds and the units lost to rounding, 10^-14 · 2^-116.
    pub lean: BigUint,
    /// Aggregate add-on, rounded up with everything that leans.
    pub addon: BigUint,
    /// Whether the multiplier is one.
    pub full: bool,
    /// Exponent of the multiplier, Q42, floored; 0 where it is one.
    pub exponent: u64,
    /// e^−exponent, Q44; the circuit adds its error bound.
    pub exponential: u64,
    /// Multiplier in 10^-4 · 2^-44.
    pub multiplier: u128,
    /// PFE, 10^-18 · 2^-18 of the book's unit.
    pub pfe: BigUint,
}

/// One or more netting sets under one margin agreement: where an exposure at default is charged.
#[derive(Clone, PartialEq, Eq)]
pub struct AgreementFigures {
    /// Its netting sets.
    pub sets: Vec<SetFigures>,
    /// Threshold and minimum transfer amount; zeros without margin.
    pub threshold: u64,
    /// See `threshold`.
    pub minimum_transfer: u64,
    /// Replacement cost, 10^-17.
    pub replacement_cost: BigUint,
    /// Whether C is taken as received (not negative) in the formula over several sets.
    pub received: bool,
    /// Sold options outside every set: exposure zero.
    pub outside: bool,
    /// Exposure at default, 10^-8, rounded up.
    pub exposure: BigUint,
    /// Class index of the counterparty.
    pub class: u32,
    /// Risk weight, 10^-4.
    pub weight: u32,
    /// Risk-weighted assets, 10^-25.
    pub rwa: BigUint,
}

/// The derivatives of a book.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CounterpartyAssessment {
    /// Agreements, in the order of the book's netting sets.
    pub agreements: Vec<AgreementFigures>,
    /// Risk-weighted assets, 10^-25 of the book's unit.
    pub rwa: BigUint,
}

crate::silent::silent!(
    OptionFigures,
    TradeFigures,
    SubsetFigures,
    HedgingSetFigures,
    MarginFigures,
    SetFigures,
    AgreementFigures,
    CounterpartyAssessment
);
