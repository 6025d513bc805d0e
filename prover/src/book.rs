//! Books as folders: one TOML file that says whose book it is, and CSV files of records.
//!
//! | file | records | without it |
//! | --- | --- | --- |
//! | `book.toml` | institution, LEI, day, currency, scale, rulebook | refused |
//! | `exposures.csv` | exposures, at least one | refused |
//! | `collateral.csv` | collateral items | an empty list if `book.toml` names it in `empty` |
//! | `capital.csv` | capital components and deductions | the same |
//! | `stated.csv` | stated lines | the same |
//! | `netting_sets.csv` | netting sets, with their terms of margin | no derivatives, if none of these three is there; else the same |
//! | `trades.csv` | derivative trades | the same |
//! | `margin.csv` | margin received and posted, variation and independent | the same |
//!
//! The files are UTF-8. Amounts are exact decimals in whole units of a currency. Columns are found
//! by name; optional ones may be left out; unknown and repeated ones are refused. `fixtures/schemas`
//! describes each file for other programs, and a test holds the two together.
//!
//! Times of trades are days, times or numbers of years, counted from the book's `as_of`: a day is
//! its first moment in UTC, and `as_of` may carry a time. They are held in quarter days (ends and
//! maturities rounded up, starts down) and, for options, in seconds.
//!
//! [`open`] and [`Opened::read`] read a folder against a rulebook and a snapshot, [`load`] reads
//! one that needs neither; [`check`] holds the
//! names in the book against a rulebook and a snapshot; [`save`] writes a folder, all of it or none.

mod check;
pub mod columns;
pub(crate) mod decimal;
mod error;
mod manifest;
mod netting;
mod read;
mod table;
mod time;
mod trades;
mod write;

pub use check::check;
pub use error::{BookError, Problem};
pub use read::{Opened, load, open};
pub use time::TimeError;
pub use write::save;

pub use crate::located::Place;
