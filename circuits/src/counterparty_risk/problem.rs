//! What can be wrong with a derivative, a netting set or its margin.

/// What is wrong with one record of derivatives. No amount is ever printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DerivativeProblem {
    /// The rulebook has no derivatives.
    #[error("this rulebook does not charge derivatives")]
    NoDerivatives,
    /// Something is given where the class has nothing of the kind.
    #[error("is not empty: {0}")]
    Surplus(&'static str),
    /// The period of a rate or credit derivative does not end after its start, or too late.
    #[error("the period does not end after its start, within {0} quarter days")]
    Interval(u32),
    /// The rulebook has no volatility for options of the class.
    #[error("the class has no options")]
    OptionClass,
    /// A price or strike outside its range.
    #[error("is not above zero and below 2^52")]
    OptionTerm,
    /// Price and strike too far apart.
    #[error("price and strike are more than a factor of 2^20 apart")]
    OptionRatio,
    /// Too far an expiry.
    #[error("is 2^31 seconds or more ahead")]
    Expiry,
    /// Without time, price and strike that differ by less than the logarithm resolves.
    #[error("no time is left, and price and strike are too close to tell which is larger")]
    TooClose,
    /// The price is said to be the snapshot's, and is another.
    #[error("is not the snapshot's price of the underlying")]
    Quoted,
    /// A tranche of something else than credit.
    #[error("only credit has tranches")]
    TrancheClass,
    /// Attachment and detachment that are no tranche.
    #[error("the tranche does not attach below its detachment, within the whole")]
    Tranche,
    /// One entity, or one hedging set, in two classes.
    #[error("`{0}` stands here in a second class")]
    TwoClasses(String),
    /// A margin period that the rulebook does not list.
    #[error("the margin period comes to {0} business days, which the rulebook does not list")]
    Period(u64),
    /// Variation margin, and no margin period.
    #[error("is variation margin of a set that is charged without a margin period")]
    Variation,
    /// Counterparties of two classes under one margin agreement.
    #[error("the sets of one margin agreement have counterparties of two classes")]
    AgreementClass,
    /// Not a sold option, or with margin, outside every netting set.
    #[error("only sold options without margin stand outside netting and margin agreements")]
    Outside,
    /// Something that nets in a set that is charged gross.
    #[error("a class that is charged gross stands alone: one linear trade in a set without margin")]
    Gross,
    /// A sum beyond the circuits' cells.
    #[error("is beyond what the circuits hold")]
    Magnitude,
}

impl DerivativeProblem {
    /// What to do next, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoDerivatives => "choose a rulebook with `[derivatives]`, or leave them out",
            Self::Surplus(_) => "leave the column empty",
            Self::Interval(_) => "correct `start` and `end`",
            Self::OptionClass => "choose a class with options, or enter the trade as linear",
            Self::OptionTerm => {
                "write price and strike in another unit; shift both by `lambda` where rates are negative"
            }
            Self::OptionRatio => "correct the price or the strike",
            Self::Expiry => "correct the time of expiry",
            Self::TooClose => "enter equal prices, or leave the expired option out",
            Self::Quoted => "leave the price empty, or take the snapshot's",
            Self::TrancheClass => "enter the trade as linear or as an option",
            Self::Tranche => "correct the attachment and the detachment",
            Self::TwoClasses(_) => "give every trade on one entity (or name) the same class",
            Self::Period(_) => "correct the terms of the margin agreement, or add the period",
            Self::Variation => {
                "enter it as an independent amount: without a margin period all collateral counts alike"
            }
            Self::AgreementClass => "give the sets of the agreement one class and grade",
            Self::Outside => "give the trade a netting set",
            Self::Gross => "give the trade a netting set of its own, without margin",
            Self::Magnitude => "report in a coarser unit: a lower `scale`",
        }
    }
}
