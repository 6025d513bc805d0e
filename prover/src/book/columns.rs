//! The columns of the CSV files of a book: the one list that reader, writer and schema follow.

pub mod derivatives;

pub use derivatives::{MARGIN, NETTING_SETS, TRADES};

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or id: up to 120 characters, no control characters, no space at either end.
    Text,
    /// A currency code; empty is the reporting currency.
    Currency,
    /// A decimal amount in whole units of the record's currency; empty is zero where optional.
    Amount,
    /// A whole number of days up to [`MAX_DAYS`]; empty is zero.
    Days,
    /// A currency code or the name of an asset in the snapshot; empty is the reporting currency.
    Underlying,
    /// A decimal amount that may be below zero; empty is zero.
    Signed,
    /// A decimal that may be below zero.
    Decimal,
    /// A day (YYYY-MM-DD, its first moment UTC), a time (YYYY-MM-DDThh:mm:ssZ), or a number of
    /// years from the book's own day and time, such as 10 or 0.75.
    Time,
    /// One of these words; empty is the usual one.
    Choice(&'static [&'static str]),
    /// A decimal from 0 to 1 with at most nine places, or a fraction of two whole numbers.
    Fraction,
    /// A whole number from 1.
    Count,
}

/// Longest name or id, in characters.
pub(crate) const MAX_TEXT: usize = 120;
/// Largest count: the names of a basket.
pub(crate) const MAX_COUNT: u32 = 1 << 20;
/// Largest number of days: a thousand years.
pub const MAX_DAYS: u32 = 365_000;

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in the header.
    pub name: &'static str,
    /// Another name under which a header may have it; empty where it has none.
    pub alias: &'static str,
    /// Whether the header must have it, and each record a value in it.
    pub required: bool,
    /// What stands in it.
    pub kind: Kind,
    /// One sentence for people.
    pub about: &'static str,
}

impl Column {
    /// Whether this is its other name.
    pub(super) fn is_alias(&self, name: &str) -> bool {
        !self.alias.is_empty() && self.alias == name
    }
}

/// One CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvFile {
    /// File name.
    pub name: &'static str,
    /// Columns, in the order in which they are written.
    pub columns: &'static [Column],
    /// Column that is unique in the file.
    pub key: &'static str,
}

const fn must(name: &'static str, kind: Kind, about: &'static str) -> Column {
    Column {
        name,
        alias: "",
        required: true,
        kind,
        about,
    }
}

const fn may(name: &'static str, kind: Kind, about: &'static str) -> Column {
    Column {
        name,
        alias: "",
        required: false,
        kind,
        about,
    }
}

/// `exposures.csv`.
pub const EXPOSURES: CsvFile = CsvFile {
    name: "exposures.csv",
    key: "id",
    columns: &[
        must("id", Kind::Text, "Id of the exposure, unique in the book."),
        must(
            "class",
            Kind::Text,
            "Exposure class, by its name in the rulebook.",
        ),
        may(
            "grade",
            Kind::Text,
            "Rating grade within the class; empty where the class has none.",
        ),
        may(
            "counterparty_class",
            Kind::Text,
            "For real estate: class of the counterparty.",
        ),
        may(
            "counterparty_grade",
            Kind::Text,
            "For real estate: grade of the counterparty.",
        ),
        may(
            "currency",
            Kind::Currency,
            "Currency of the amounts; empty is the reporting currency.",
        ),
        may(
            "conversion",
            Kind::Text,
            "`on-balance` (also if empty) or a credit conversion factor of the rulebook.",
        ),
        must(
            "amount",
            Kind::Amount,
            "Outstanding amount or notional, gross of specific provisions.",
        ),
        may(
            "provisions",
            Kind::Amount,
            "Specific provisions, at most the amount.",
        ),
        may(
            "property_value",
            Kind::Amount,
            "For real estate: value of the property at origination.",
        ),
        may(
            "income_currency",
            Kind::Currency,
            "Currency of the borrower's income; empty is the exposure's own.",
        ),
        may(
            "maturity_days",
            Kind::Days,
            "Residual maturity in days, 365 a year.",
        ),
        may(
            "lent_security",
            Kind::Text,
            "For a security lent: its type in the haircut table.",
        ),
        may(
            "lent_rating",
            Kind::Text,
            "For a security lent: its rating band in the haircut table.",
        ),
        may(
            "lent_maturity_days",
            Kind::Days,
            "For a security lent: its own residual maturity in days.",
        ),
        may(
            "holding_days",
            Kind::Days,
            "Holding period of a collateralised transaction, business days.",
        ),
        may(
            "revaluation_days",
            Kind::Days,
            "Business days between revaluations of the collateral; 1 is daily.",
        ),
    ],
};

/// `collateral.csv`.
pub const COLLATERAL: CsvFile = CsvFile {
    name: "collateral.csv",
    key: "id",
    columns: &[
        must(
            "id",
            Kind::Text,
            "Id of the collateral item, unique in the book.",
        ),
        must("exposure", Kind::Text, "Id of the one exposure it secures."),
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
        may(
            "protection_days",
            Kind::Days,
            "Residual life of the protection in days; 0 is at least the exposure's.",
        ),
        may(
            "original_days",
            Kind::Days,
            "Original life of the protection in days; 0 is at least a year.",
        ),
    ],
};

/// `capital.csv`.
pub const CAPITAL: CsvFile = CsvFile {
    name: "capital.csv",
    key: "name",
    columns: &[
        must(
            "name",
            Kind::Text,
            "Capital item, by its name in the rulebook, which also gives it its sign.",
        ),
        must("amount", Kind::Amount, "Amount."),
    ],
};

/// `stated.csv`.
pub const STATED: CsvFile = CsvFile {
    name: "stated.csv",
    key: "name",
    columns: &[
        must(
            "name",
            Kind::Text,
            "Stated line, by its name in the rulebook, which also gives it its sign.",
        ),
        must(
            "amount",
            Kind::Amount,
            "Amount: risk-weighted assets, or exposure measure.",
        ),
    ],
};

/// All CSV files of a book.
pub const FILES: [CsvFile; 7] = [
    EXPOSURES,
    COLLATERAL,
    CAPITAL,
    STATED,
    NETTING_SETS,
    TRADES,
    MARGIN,
];
/// The files of derivatives: a book has none of them, or has each or declares it empty.
pub(crate) const DERIVATIVES: [&str; 3] = [NETTING_SETS.name, TRADES.name, MARGIN.name];
/// The files that `book.toml` may declare empty.
pub const MAY_BE_EMPTY: [&str; 6] = [
    COLLATERAL.name,
    CAPITAL.name,
    STATED.name,
    NETTING_SETS.name,
    TRADES.name,
    MARGIN.name,
];
/// The file that says whose book it is.
pub const MANIFEST: &str = "book.toml";

/// The description of the files for other programs: a CSVW table group.
pub fn csvw() -> serde_json::Value {
    let tables = FILES.iter().map(|file| {
        let columns = file.columns.iter().map(|column| {
            let datatype = match column.kind {
                Kind::Text | Kind::Time => {
                    serde_json::json!({ "base": "string", "maxLength": MAX_TEXT })
                }
                Kind::Currency => {
                    serde_json::json!({ "base": "string", "format": "[A-Z0-9]{2,8}" })
                }
                Kind::Amount => {
                    serde_json::json!({ "base": "decimal", "format": "[0-9]+([.][0-9]+)?" })
                }
                Kind::Underlying => {
                    serde_json::json!({ "base": "string", "format": "[!-~]{1,32}" })
                }
                Kind::Signed | Kind::Decimal => {
                    serde_json::json!({ "base": "decimal", "format": "-?[0-9]+([.][0-9]+)?" })
                }
                Kind::Choice(words) => {
                    serde_json::json!({ "base": "string", "format": words.join("|") })
                }
                Kind::Fraction => serde_json::json!({
                    "base": "string",
                    "format": "[0-9]+([.][0-9]{1,9})?|[0-9]+/[0-9]+",
                }),
                Kind::Count => serde_json::json!({ "base": "integer", "minimum": 1 }),
                Kind::Days => {
                    serde_json::json!({ "base": "integer", "minimum": 0, "maximum": MAX_DAYS })
                }
            };
            serde_json::json!({
                "name": column.name,
                "titles": titles(column),
                "required": column.required,
                "datatype": datatype,
                "dc:description": column.about,
            })
        });
        serde_json::json!({
            "url": file.name,
            "tableSchema": { "primaryKey": file.key, "columns": columns.collect::<Vec<_>>() },
        })
    });
    serde_json::json!({
        "@context": "http://www.w3.org/ns/csvw",
        "dialect": { "encoding": "utf-8", "header": true, "delimiter": "," },
        "tables": tables.collect::<Vec<_>>(),
    })
}

/// The names under which a header may have a column.
fn titles(column: &Column) -> serde_json::Value {
    if column.alias.is_empty() {
        column.name.into()
    } else {
        serde_json::json!([column.name, column.alias])
    }
}
