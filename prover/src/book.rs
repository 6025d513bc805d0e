//! Books as folders: one TOML file that says whose book it is, and CSV files of records.
//!
//! | file | records | without it |
//! | --- | --- | --- |
//! | `book.toml` | institution, LEI, day, currency, scale, rulebook | refused |
//! | `exposures.csv` | exposures, at least one | refused |
//! | `collateral.csv` | collateral items | an empty list if `book.toml` names it in `empty` |
//! | `capital.csv` | capital components and deductions | the same |
//! | `stated.csv` | stated lines | the same |
//!
//! The files are UTF-8. Amounts are exact decimals in whole units of a currency. Columns are found
//! by name; optional ones may be left out; unknown and repeated ones are refused. `fixtures/schemas`
//! describes each file for other programs, and a test holds the two together.
//!
//! [`load`] reads a folder and checks what can be checked without a rulebook; [`check`] holds the
//! names in the book against a rulebook and a snapshot; [`save`] writes a folder, all of it or none.

mod check;
pub mod columns;
mod error;
mod manifest;
mod read;
mod table;
mod write;

pub use check::check;
pub use error::{BookError, Place, Problem};
pub use read::load;
pub use write::save;
