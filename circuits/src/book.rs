//! The book: what an institution holds, in the clear, on its own machine.
//!
//! A book is private. Its types have no `Debug` that prints an amount.
//!
//! Names and ids are short and many: up to 23 bytes of them stand in the record itself.

mod currency;
mod day;
mod derivatives;
mod lei;

use std::fmt;

pub use currency::CurrencyError;
pub use day::DayError;
pub use derivatives::{
    Instrument, Margin, MarginItem, NettingSet, QuarterDays, Signed, Trade, Variant,
};
pub use lei::LeiError;
use smol_str::SmolStr;

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Year, 1900 to 9999.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
}

/// A currency or coin: 2 to 8 upper-case letters or digits (ISO 4217 where there is a code).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Currency(pub String);

/// A legal entity identifier (ISO 17442): 20 characters whose check digits hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lei(pub [u8; 20]);

/// Where a record stands in the files it came from, for errors and reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// File name, relative to the book's folder.
    pub file: SmolStr,
    /// Line, counted from 1, header included.
    pub line: u64,
}

/// One exposure.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Exposure {
    /// External id, unique in the book.
    pub id: SmolStr,
    /// Exposure class, by its name in the rulebook.
    pub class: SmolStr,
    /// Rating grade within the class, by its name in the rulebook; empty where the class has none.
    pub grade: SmolStr,
    /// For real estate: class of the counterparty. Empty otherwise.
    pub counterparty_class: SmolStr,
    /// For real estate: grade of the counterparty. Empty otherwise.
    pub counterparty_grade: SmolStr,
    /// Currency of the amounts; empty means the reporting currency.
    pub currency: SmolStr,
    /// `on-balance`, or the name of a credit conversion factor of the rulebook.
    pub conversion: SmolStr,
    /// Outstanding amount (on-balance) or notional (off-balance), gross of specific provisions.
    pub amount: u64,
    /// Specific provisions, at most `amount`.
    pub provisions: u64,
    /// Value of the property at origination, for real estate. Zero means none.
    pub property_value: u64,
    /// Currency of the borrower's income, where known; empty means the exposure's own.
    pub income_currency: SmolStr,
    /// Residual maturity in days (365 a year); 0 where no rule asks for it.
    pub maturity_days: u32,
    /// For a security lent or sold under repo: its type in the haircut table; empty for a cash loan.
    pub lent_security: SmolStr,
    /// For a security lent: its rating band in the haircut table.
    pub lent_rating: SmolStr,
    /// For a security lent: its own residual maturity in days.
    pub lent_maturity_days: u32,
    /// Holding period of the transaction in business days (5, 10 or 20); 0 without collateral.
    pub holding_days: u32,
    /// Days between revaluations (1 is daily); 0 without collateral.
    pub revaluation_days: u32,
    /// Where the record stands.
    pub place: Place,
}

/// One item of collateral, pledged to one exposure.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CollateralItem {
    /// External id, unique in the book.
    pub id: SmolStr,
    /// Id of the exposure it secures.
    pub exposure: SmolStr,
    /// Type in the rulebook's haircut table.
    pub kind: SmolStr,
    /// Rating band in the haircut table; empty where the type has none.
    pub rating: SmolStr,
    /// Currency; empty means the reporting currency.
    pub currency: SmolStr,
    /// Market value.
    pub amount: u64,
    /// Residual maturity of the instrument in days (365 a year); 0 where the type has none.
    pub maturity_days: u32,
    /// Residual life of the protection in days; 0 means at least as long as the exposure.
    pub protection_days: u32,
    /// Original life of the protection in days; 0 means at least a year.
    pub original_days: u32,
    /// Where the record stands.
    pub place: Place,
}

/// A named private amount: a capital item of the rulebook, or a stated line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Name in the rulebook.
    pub name: SmolStr,
    /// Amount, in the book's unit; never negative: the rulebook gives each line its sign.
    pub amount: u64,
    /// Where the record stands.
    pub place: Place,
}

/// A whole book.
#[derive(Clone, PartialEq, Eq)]
pub struct Book {
    /// Name of the institution, for people; never part of a proof.
    pub institution: String,
    /// Its identifier.
    pub lei: Lei,
    /// The day the book describes.
    pub as_of: Day,
    /// Time of that day from which trades are counted, in seconds after midnight UTC.
    pub as_of_time: u32,
    /// Reporting currency.
    pub currency: Currency,
    /// Decimal places of the unit: 2 for cents, −3 for thousands.
    pub scale: i8,
    /// Name of the rulebook that the book was written for.
    pub rulebook: String,
    /// Exposures in canonical order (file order).
    pub exposures: Vec<Exposure>,
    /// Collateral in canonical order: by exposure, then file order.
    pub collateral: Vec<CollateralItem>,
    /// Capital components and deductions; each name at most once.
    pub capital: Vec<Line>,
    /// Stated lines; each name at most once.
    pub stated: Vec<Line>,
    /// Netting sets, in file order.
    pub netting_sets: Vec<NettingSet>,
    /// Derivative trades, in file order.
    pub trades: Vec<Trade>,
    /// Margin held and posted against netting sets, in file order.
    pub margin: Vec<MarginItem>,
}

impl Book {
    /// A book without a record, of nobody by name, counted from midnight: what a book begins with.
    pub fn new(lei: Lei, as_of: Day, currency: Currency, scale: i8, rulebook: &str) -> Self {
        Self {
            institution: String::new(),
            lei,
            as_of,
            as_of_time: 0,
            currency,
            scale,
            rulebook: rulebook.to_owned(),
            exposures: Vec::new(),
            collateral: Vec::new(),
            capital: Vec::new(),
            stated: Vec::new(),
            netting_sets: Vec::new(),
            trades: Vec::new(),
            margin: Vec::new(),
        }
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Book({} exposures, {} collateral items)",
            self.exposures.len(),
            self.collateral.len()
        )
    }
}

impl fmt::Debug for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exposure({}:{})", self.place.file, self.place.line)
    }
}

impl fmt::Debug for CollateralItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CollateralItem({}:{})", self.place.file, self.place.line)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Line({}, {}:{})",
            self.name, self.place.file, self.place.line
        )
    }
}

impl fmt::Debug for Lei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}
