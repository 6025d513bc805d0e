//! What can be wrong with a rulebook.

use crate::decimal::DecimalError;
use crate::text::{Position, quiet};

/// A rulebook that was not accepted: where, which key, what, and (see [`RulebookError::hint`])
/// what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulebookError {
    /// Not TOML, or not the fields of a rulebook.
    #[error("rulebook, {at}: {}", quiet(message))]
    Malformed {
        /// Where.
        at: Position,
        /// What the TOML reader says.
        message: String,
    },
    /// A value that breaks a rule of rulebooks.
    #[error("rulebook, {at}: `{}`: {problem}", quiet(key))]
    Invalid {
        /// Where.
        at: Position,
        /// Which key, e.g. `class.retail.weights`.
        key: String,
        /// What is wrong.
        problem: RulebookProblem,
    },
    /// No rulebook of that name is built in.
    #[error("no rulebook named `{}` is built in", quiet(.0))]
    UnknownName(String),
}

/// What is wrong with one value of a rulebook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulebookProblem {
    /// A name with other characters than letters, digits, `-`, `.`, `+`, `%`, or too long.
    #[error("`{}` is not a name", quiet(.0))]
    Name(String),
    /// A number that was not read.
    #[error("`{}` {error}", quiet(text))]
    Number {
        /// The text.
        text: String,
        /// Why.
        error: DecimalError,
    },
    /// A number beyond its bound.
    #[error("`{}` is above {limit}", quiet(text))]
    Bound {
        /// The text.
        text: String,
        /// The bound, for people.
        limit: &'static str,
    },
    /// A word that is not one of those allowed here.
    #[error("`{}` is not one of {allowed}", quiet(text))]
    Word {
        /// The text.
        text: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The same lookup key twice.
    #[error("`{}` stands here a second time", quiet(.0))]
    Duplicate(String),
    /// A list that must have an entry has none.
    #[error("is empty")]
    Empty,
    /// A list longer than the circuits' tables.
    #[error("has {count} entries, and the tables hold {limit}")]
    Capacity {
        /// Entries.
        count: usize,
        /// Capacity.
        limit: usize,
    },
    /// Upper edges of bands, or days, that do not rise.
    #[error("edges or days that are to rise do not rise")]
    Disordered,
    /// A last band with an upper edge, or another band without one.
    #[error("exactly the last band is `open`")]
    OpenEnd,
    /// Weights that fall as the measure rises.
    #[error("the weights fall as the measure rises")]
    WeightsFall,
    /// Haircuts that fall as the maturity rises.
    #[error("the haircuts fall as the maturity rises")]
    HaircutsFall,
    /// Shares of earnings that rise as the buffer fills.
    #[error("the shares to conserve rise as the buffer fills")]
    ConservationRises,
    /// A class with neither or both of two ways to be written.
    #[error("needs exactly one of {0}")]
    OneOf(&'static str),
    /// The weight of the secured part of a split loan is the counterparty's.
    #[error("the secured part of a split loan needs a weight of its own")]
    SplitWeight,
    /// A split loan of which nothing is secured.
    #[error("a split at 0% secures nothing")]
    SplitNothing,
    /// The first conversion is not `on-balance` at 100 %.
    #[error("the first conversion is not `on-balance` at 100%")]
    OnBalance,
    /// Provision coverage split like a loan on property.
    #[error("only a loan-to-value class can be split")]
    SplitMeasure,
    /// A certainty that is not P, S, R or X.
    #[error("`{}` is not P (primary), S (secondary), R (recalled) or X (own)", quiet(.0))]
    Sure(String),
    /// A number without a paragraph.
    #[error("no paragraph is given")]
    Paragraph,
    /// A date that is not a day.
    #[error("`{}` is not a date (year-month-day)", quiet(.0))]
    Date(String),
    /// A ratio that needs a module nobody can supply.
    #[error("no stated line stands for the module `{}`", quiet(.0))]
    Module(String),
    /// A ratio that needs a module whose stated lines do not raise what it divides by.
    #[error("no stated line of the module `{}` adds to what this ratio divides by", quiet(.0))]
    Effect(String),
    /// A stated reduction in the place of a module.
    #[error("a line that reduces risk-weighted assets stands for no module")]
    Reduction,
    /// A threshold item without thresholds, or more than the circuit's three.
    #[error("threshold items need `[thresholds]`, and there are at most {0}")]
    ThresholdItems(usize),
    /// A rate of the supervisory duration that the tables of discount factors cannot hold.
    #[error("`{}` is not one over a whole number that the tables of discount factors hold", quiet(.0))]
    DurationRate(String),
    /// Correlations that no three variables have.
    #[error("no three buckets have these correlations: their matrix has a negative eigenvalue")]
    Correlations,
    /// A margin period that a netting set would need and nobody listed where it is looked for.
    #[error("the margin period of {0} days is not listed here")]
    Period(u32),
    /// A supervisory factor that is not exact with its multiples.
    #[error("the factor times its multiples is not a whole number of millionths")]
    Inexact,
    /// A class of a group that does not stand here.
    #[error("no group `{}` stands in `[[derivatives.group]]`", quiet(.0))]
    Group(String),
    /// A correlation where there is none, or none where there must be one.
    #[error("a class has a correlation exactly where its group aggregates over entities")]
    Correlation,
    /// A volatility so low that the error bound of a delta would not hold.
    #[error("`{}` is below 10%", quiet(.0))]
    LowVolatility(String),
    /// A class charged gross with duration, options, or more than one part.
    #[error("a class that is charged gross has neither duration nor volatility, in a single group")]
    Gross,
    /// Hedging sets by currency in a group without buckets.
    #[error("only the hedging sets of a group with buckets are by currency")]
    ByCurrency,
}

impl RulebookError {
    /// What to do next, in one sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::Malformed { .. } => {
                "compare with circuits/rulebooks/basel-2023.toml: unknown keys are refused".into()
            }
            Self::UnknownName(_) => format!(
                "name one of {}, or a file",
                super::BUILTIN.map(|(name, _)| name).join(", ")
            ),
            Self::Invalid { problem, .. } => problem.hint().into(),
        }
    }
}

impl RulebookProblem {
    fn hint(&self) -> &'static str {
        match self {
            Self::Name(_) => "use 1 to 48 letters, digits, `-`, `.`, `+` or `%`",
            Self::Number { .. } => {
                "write a percentage such as \"37.5%\", or days such as \"365 days\""
            }
            Self::Bound { .. } => "lower the value to its bound",
            Self::Word { .. } => "use one of the words listed",
            Self::Duplicate(_) => "remove one of the two, or rename it",
            Self::Empty => "add at least one entry",
            Self::Capacity { .. } => "merge entries that carry the same number",
            Self::Disordered => "order them, the lowest first",
            Self::OpenEnd => "write \"open\" as the upper edge of the last band, and only there",
            Self::WeightsFall => "order the weights so that a higher measure never weighs less",
            Self::HaircutsFall => {
                "order the haircuts so that a longer maturity never has a lower one"
            }
            Self::ConservationRises => {
                "order the shares so that a fuller buffer never conserves more"
            }
            Self::OneOf(_) => "keep one and remove the other",
            Self::SplitWeight => "write a percentage, or `at most` and a percentage",
            Self::SplitNothing => {
                "write the share of the property's value that is secured, or use bands"
            }
            Self::OnBalance => "put { name = \"on-balance\", factor = \"100%\" } first",
            Self::SplitMeasure => "use bands, or the measure `loan-to-value`",
            Self::Sure(_) => "say how sure the number is with one of the four letters",
            Self::Paragraph => "name the paragraph that the number comes from",
            Self::Date(_) => "write the date as 2023-01-01",
            Self::Module(_) => "add a stated line for the module, or remove the need",
            Self::Effect(_) => {
                "add a line of the module that `adds-to-rwa`, or for `leverage` one that \
                 `adds-to-leverage` or `is-leverage`, or remove the need"
            }
            Self::Reduction => "remove the `module`: a reduction is an adjustment",
            Self::ThresholdItems(_) => "add `[thresholds]`, or lower the number of threshold items",
            Self::DurationRate(_) => {
                "write a rate such as \"5%\", of which a whole number makes 100%"
            }
            Self::Correlations => "correct the correlations of the buckets",
            Self::Period(_) => "add the days to `periods`, or to `limited_periods`",
            Self::Inexact => "write the factor, or the multiple, with fewer decimals",
            Self::Group(_) => "name a group, or add one",
            Self::Correlation => "add or remove the `correlation`, or choose another group",
            Self::LowVolatility(_) => {
                "raise the volatility, or leave it out: the class has no options then"
            }
            Self::Gross => "leave `duration` and `volatility` out, and choose a single group",
            Self::ByCurrency => "remove `by_currency`, or aggregate over buckets",
        }
    }
}
