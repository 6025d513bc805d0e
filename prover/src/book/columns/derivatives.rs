//! Columns of the files of derivatives.
//!
//! Where an export in the CRIF layout calls a column by another name, that name is read as well:
//! `TradeID` is `id`, `PortfolioID` is `netting_set`, `Qualifier` is `entity`, `AmountCurrency` is
//! `currency`, `EndDate` is `end`. The values are ours all the same: a CRIF risk type is no class
//! of a rulebook.

use super::{Column, CsvFile, Kind, may, must};

/// Words of `trades.csv`, column `variant`.
pub(crate) const VARIANTS: &[&str] = &["plain", "basis", "volatility"];
/// Words of `trades.csv`, column `side`.
pub(crate) const SIDES: &[&str] = &["bought", "sold"];
/// Words of `trades.csv`, column `option`.
pub(crate) const OPTIONS: &[&str] = &["call", "put"];
/// Words of a column that asks a question.
pub(crate) const ANSWERS: &[&str] = &["yes", "no"];
/// Words of `margin.csv`, column `side`.
pub(crate) const MARGIN_SIDES: &[&str] = &["received", "posted"];
/// Words of `margin.csv`, column `purpose`.
pub(crate) const PURPOSES: &[&str] = &["variation", "independent"];

const fn crif(column: Column, alias: &'static str) -> Column {
    Column { alias, ..column }
}

/// `netting_sets.csv`.
pub const NETTING_SETS: CsvFile = CsvFile {
    name: "netting_sets.csv",
    key: "id",
    columns: &[
        crif(
            must(
                "id",
                Kind::Text,
                "Id of the netting set, unique in the book.",
            ),
            "PortfolioID",
        ),
        must(
            "class",
            Kind::Text,
            "Exposure class of the counterparty, by its name in the rulebook.",
        ),
        may(
            "grade",
            Kind::Text,
            "Grade of the counterparty within the class; empty where the class has none.",
        ),
        may(
            "currency",
            Kind::Currency,
            "Currency of settlement, against which collateral mismatches; empty is the reporting \
             currency.",
        ),
        may(
            "agreement",
            Kind::Text,
            "Margin agreement that several netting sets share; empty where this one shares none.",
        ),
        may(
            "remargin_days",
            Kind::Days,
            "Business days between exchanges of variation margin; 1 is daily, empty or 0 is a \
             netting set without two-way margin.",
        ),
        may(
            "threshold",
            Kind::Amount,
            "Margined: threshold, in the reporting currency.",
        ),
        may(
            "minimum_transfer",
            Kind::Amount,
            "Margined: minimum transfer amount, in the reporting currency.",
        ),
        may(
            "cleared",
            Kind::Choice(ANSWERS),
            "Margined: cleared by a clearing member for a client, or by a central counterparty.",
        ),
        may(
            "illiquid",
            Kind::Choice(ANSWERS),
            "Margined: holds trades or collateral that are hard to replace.",
        ),
        may(
            "disputed",
            Kind::Choice(ANSWERS),
            "Margined: more than two disputes over margin in the last two quarters.",
        ),
        may(
            "outside",
            Kind::Choice(ANSWERS),
            "Sold options whose premium is paid, outside any netting or margin agreement.",
        ),
    ],
};

/// `trades.csv`.
pub const TRADES: CsvFile = CsvFile {
    name: "trades.csv",
    key: "id",
    columns: &[
        crif(
            must("id", Kind::Text, "Id of the trade, unique in the book."),
            "TradeID",
        ),
        crif(
            must("netting_set", Kind::Text, "Id of its netting set."),
            "PortfolioID",
        ),
        must(
            "class",
            Kind::Text,
            "Derivative class, by its name in the rulebook.",
        ),
        may(
            "variant",
            Kind::Choice(VARIANTS),
            "`plain` (also if empty), on a difference of two risk factors, or on a volatility.",
        ),
        may(
            "hedging_set",
            Kind::Text,
            "Hedging set where the class has several: currency pair, cryptoasset; of a basis trade \
             the pair of risk factors. Empty for plain rates, whose hedging set is the currency.",
        ),
        crif(
            may(
                "entity",
                Kind::Text,
                "Reference entity, index or commodity type; empty where the class has none.",
            ),
            "Qualifier",
        ),
        must(
            "side",
            Kind::Choice(SIDES),
            "`bought`: long in the risk factor, the option or the protection; else `sold`.",
        ),
        may(
            "notional",
            Kind::Amount,
            "Notional, or number of units where `currency` names an asset. Amortising: its average \
             over the remaining life, weighted by time. Empty where there is a `payoff`.",
        ),
        crif(
            may(
                "currency",
                Kind::Underlying,
                "Currency of the notional, or the asset, by its name in the snapshot; empty is the \
                 reporting currency.",
            ),
            "AmountCurrency",
        ),
        may(
            "market_value",
            Kind::Signed,
            "Market value, below zero where the institution owes it.",
        ),
        may(
            "value_currency",
            Kind::Underlying,
            "Currency or asset of the market value; empty is the reporting currency.",
        ),
        may(
            "start",
            Kind::Time,
            "Rates and credit: when the underlying period starts; empty or past once it has.",
        ),
        crif(
            may("end", Kind::Time, "Rates and credit: when it ends."),
            "EndDate",
        ),
        may(
            "maturity",
            Kind::Time,
            "When the trade itself matures; empty is `expiry` of an option, else `end`.",
        ),
        may(
            "option",
            Kind::Choice(OPTIONS),
            "European option: a right to buy or to sell; empty for all other trades.",
        ),
        may(
            "price",
            Kind::Decimal,
            "Option: price of the underlying, spot or forward; empty is the snapshot's price of \
             `currency`.",
        ),
        may(
            "strike",
            Kind::Decimal,
            "Option: strike, in the unit of the price.",
        ),
        may(
            "lambda",
            Kind::Decimal,
            "Option on a rate that can be negative: what is added to price and strike.",
        ),
        may("expiry", Kind::Time, "Option: latest exercise."),
        may(
            "payoff",
            Kind::Amount,
            "Digital option: what it pays. It is held as two options, struck 5 % below and above, or, \
             where those count for more than its payoff allows, as a linear trade.",
        ),
        may(
            "attachment",
            Kind::Fraction,
            "Tranche: attachment point, a decimal or a fraction such as 1/7.",
        ),
        may("detachment", Kind::Fraction, "Tranche: detachment point."),
        may(
            "nth",
            Kind::Count,
            "Default basket: which default it pays on, from 1.",
        ),
        may("names", Kind::Count, "Default basket: number of names."),
    ],
};

/// `margin.csv`.
pub const MARGIN: CsvFile = CsvFile {
    name: "margin.csv",
    key: "id",
    columns: &[
        must(
            "id",
            Kind::Text,
            "Id of the item of margin, unique in the book.",
        ),
        must("netting_set", Kind::Text, "Id of the netting set."),
        must("kind", Kind::Text, "Type in the rulebook's haircut table."),
        may(
            "rating",
            Kind::Text,
            "Rating band in the haircut table; empty where the type has none.",
        ),
        may(
            "currency",
            Kind::Currency,
            "Currency; empty is the reporting currency.",
        ),
        must("amount", Kind::Amount, "Market value."),
        may(
            "maturity_days",
            Kind::Days,
            "Residual maturity of the instrument in days.",
        ),
        must(
            "side",
            Kind::Choice(MARGIN_SIDES),
            "`received` from the counterparty, or `posted` to it where it is not bankruptcy-remote.",
        ),
        must(
            "purpose",
            Kind::Choice(PURPOSES),
            "`variation` margin, or `independent` amount.",
        ),
    ],
};
