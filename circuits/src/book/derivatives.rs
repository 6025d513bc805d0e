//! Derivative trades, the netting sets they belong to, and the margin held against them.

use std::fmt;

use smol_str::SmolStr;

use super::Place;

/// Quarter days: the unit of dates in trades. A year of 365 days has 1 460 of them, so that
/// quarters, months of 365/12 days and business weeks of most conventions are whole or close.
pub type QuarterDays = u32;

/// How a trade depends on its risk factor (CRE52.46, CRE52.47).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// On the price or rate itself.
    #[default]
    Plain,
    /// On the difference of two risk factors of one asset class: a hedging set of its own.
    Basis,
    /// On the volatility: a hedging set of its own.
    Volatility,
}

/// An amount with a sign.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Signed {
    /// Whether it is below zero.
    pub negative: bool,
    /// Its size.
    pub magnitude: u64,
}

impl Signed {
    /// Whether it is above zero.
    pub fn is_positive(self) -> bool {
        !self.negative && self.magnitude > 0
    }
}

/// What decides the supervisory delta (CRE52.38 to CRE52.42).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Instrument {
    /// Neither an option nor a tranche: ±1.
    #[default]
    Linear,
    /// A European option.
    Option {
        /// A put, else a call.
        put: bool,
        /// Price of the underlying, spot or forward, and `strike`, in one and the same unit; below
        /// 2^52. Where rates can be negative, both already shifted by λ.
        price: u64,
        /// Strike.
        strike: u64,
        /// Whether `price` is the snapshot's price of the trade's currency or asset, in 10^-8.
        quoted: bool,
        /// Time to the latest exercise, seconds, below 2^31.
        expiry: u32,
    },
    /// A tranche of securitised credit: attachment and detachment as fractions of `of`. The n-th
    /// of m to default attaches at n − 1 and detaches at n, of m.
    Tranche {
        /// Attachment point.
        attachment: u32,
        /// Detachment point, above it.
        detachment: u32,
        /// Common denominator, below 2^30.
        of: u32,
    },
}

/// One derivative trade.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Trade {
    /// External id, unique in the book.
    pub id: SmolStr,
    /// Id of its netting set.
    pub netting_set: SmolStr,
    /// Derivative class, by its name in the rulebook.
    pub class: SmolStr,
    /// Plain, basis or volatility.
    pub variant: Variant,
    /// Name of the hedging set where the class has several: currency pair, cryptoasset; for a
    /// basis trade the pair of risk factors. Empty where the class has one, and for plain rates,
    /// whose hedging set is the currency.
    pub hedging_set: SmolStr,
    /// Reference entity, index or commodity type; empty where the class has none.
    pub entity: SmolStr,
    /// Bought, long, receiving, or protection bought; else sold.
    pub bought: bool,
    /// Notional, or number of units where `currency` names an asset with a price in the snapshot.
    pub notional: u64,
    /// Currency or asset of `notional`; empty means the reporting currency.
    pub currency: SmolStr,
    /// Market value.
    pub market_value: Signed,
    /// Currency or asset of `market_value`; empty means the reporting currency.
    pub value_currency: SmolStr,
    /// Time until the underlying period starts; 0 once it has.
    pub start: QuarterDays,
    /// Time until it ends; 0 where the class has no supervisory duration. Below 2^17.
    pub end: QuarterDays,
    /// Residual maturity of the trade.
    pub maturity: QuarterDays,
    /// Linear, option or tranche.
    pub instrument: Instrument,
    /// Where the record stands.
    pub place: Place,
}

/// Terms of a two-way margin agreement (CRE52.50 to CRE52.52).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Margin {
    /// Threshold, in the book's unit.
    pub threshold: u64,
    /// Minimum transfer amount, in the book's unit.
    pub minimum_transfer: u64,
    /// Business days between exchanges of margin; 1 is daily.
    pub remargin_days: u32,
    /// Cleared by a clearing member for a client, or by a central counterparty.
    pub cleared: bool,
    /// Whether it holds trades or collateral that are hard to replace.
    pub illiquid: bool,
    /// Whether there were more than two disputes in the last two quarters.
    pub disputed: bool,
}

/// One netting set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NettingSet {
    /// External id, unique in the book.
    pub id: SmolStr,
    /// Name of the margin agreement that it shares with other netting sets (CRE52.75); empty where
    /// it shares none.
    pub agreement: SmolStr,
    /// Exposure class of the counterparty, by its name in the rulebook.
    pub class: SmolStr,
    /// Grade within the class; empty where it has none.
    pub grade: SmolStr,
    /// Currency of settlement, against which collateral mismatches; empty means the reporting one.
    pub currency: SmolStr,
    /// The margin agreement, where variation margin is exchanged both ways.
    pub margin: Option<Margin>,
    /// Sold options whose premium is paid, outside any netting or margin agreement:
    /// their exposure is zero.
    pub outside: bool,
    /// Where the record stands.
    pub place: Place,
}

/// One item of margin, held or posted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MarginItem {
    /// External id, unique in the book.
    pub id: SmolStr,
    /// Id of the netting set.
    pub netting_set: SmolStr,
    /// Type in the rulebook's haircut table.
    pub kind: SmolStr,
    /// Rating band; empty where the type has none.
    pub rating: SmolStr,
    /// Currency; empty means the reporting currency.
    pub currency: SmolStr,
    /// Market value.
    pub amount: u64,
    /// Residual maturity of the instrument in days; 0 where the type has none.
    pub maturity_days: u32,
    /// Posted by the institution, else received.
    pub posted: bool,
    /// Variation margin, else independent amount.
    pub variation: bool,
    /// Where the record stands.
    pub place: Place,
}

impl fmt::Debug for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linear => "Linear",
            Self::Option { .. } => "Option(..)",
            Self::Tranche { .. } => "Tranche(..)",
        })
    }
}

macro_rules! placed {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({}:{})"), self.place.file, self.place.line)
            }
        }
    )*};
}
placed!(Trade, NettingSet, MarginItem);

crate::silent::silent!(Signed, Margin);
