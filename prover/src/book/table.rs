//! One CSV file: its text, its header, its records.

use std::fs;
use std::io;
use std::path::Path;

use plimsoll_circuits::amount::parse_amount;
use plimsoll_circuits::book::{Currency, Signed};
use plimsoll_circuits::snapshot::is_asset;
use plimsoll_circuits::text::is_hidden;
use smol_str::SmolStr;

use super::columns::derivatives::ANSWERS;
use super::columns::{CsvFile, Kind, MAX_COUNT, MAX_DAYS, MAX_TEXT, MAY_BE_EMPTY};
use super::decimal::Decimal;
use super::error::{BookError, Problem};
use super::time::TimeError;
use crate::located::Place;

/// Reads a file of the book as UTF-8. `Ok(None)` if it is not there.
pub(super) fn read_text(folder: &Path, name: &str) -> Result<Option<String>, BookError> {
    let bytes = match fs::read(folder.join(name)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BookError::file(name, Problem::Unreadable(error))),
    };
    crate::text::decode(bytes).map(Some).map_err(|not_text| {
        let problem = if not_text.mark {
            Problem::ByteOrderMark
        } else {
            Problem::NotUtf8
        };
        BookError::new(
            name,
            Some(not_text.line),
            Some(Place::At(not_text.column)),
            problem,
        )
    })
}

/// A CSV file whose header has been checked.
pub(super) struct Table {
    description: CsvFile,
    text: String,
    /// For each column of the description, its place in the record.
    places: Vec<Option<usize>>,
    width: usize,
}

impl Table {
    /// Opens a file and checks its header. `Ok(None)` if the manifest says that it is empty and it is not there.
    pub(super) fn open(
        folder: &Path,
        description: CsvFile,
        empty: &[String],
    ) -> Result<Option<Self>, BookError> {
        let declared_empty = empty.iter().any(|name| name == description.name);
        let fail = |problem| Err(BookError::file(description.name, problem));
        let text = match (read_text(folder, description.name)?, declared_empty) {
            (None, true) => return Ok(None),
            (None, false) => {
                return fail(Problem::Absent {
                    may_be_empty: MAY_BE_EMPTY.contains(&description.name),
                });
            }
            (Some(_), true) => return fail(Problem::NotEmpty),
            (Some(text), false) => text,
        };
        let in_header =
            |column, problem| BookError::new(description.name, Some(1), column, problem);
        let named = |name: &str| Some(Place::Named(shown(name)));
        let mut header = None;
        // Stops after the first record.
        let _ = crate::text::for_each_record(
            &text,
            |line, record| {
                header = Some(record.clone()).filter(|_| line == 1);
                Err(())
            },
            |_| (),
        );
        let Some(header) = header else {
            return Err(in_header(None, Problem::NoHeader));
        };
        let mut places = vec![None; description.columns.len()];
        for (index, name) in header.iter().enumerate() {
            let Some(column) = description
                .columns
                .iter()
                .position(|column| column.name == name || column.is_alias(name))
            else {
                let known = description
                    .columns
                    .iter()
                    .map(|column| column.name)
                    .collect();
                return Err(in_header(named(name), Problem::UnknownColumn { known }));
            };
            if places[column].replace(index).is_some() {
                return Err(in_header(named(name), Problem::DuplicateColumn));
            }
        }
        for (column, place) in description.columns.iter().zip(&places) {
            if column.required && place.is_none() {
                return Err(in_header(named(column.name), Problem::MissingColumn));
            }
        }
        Ok(Some(Self {
            description,
            width: header.len(),
            text,
            places,
        }))
    }

    /// Gives each record to `each`, in file order.
    pub(super) fn for_each(
        &self,
        mut each: impl FnMut(Row<'_>) -> Result<(), BookError>,
    ) -> Result<(), BookError> {
        let at = |line, problem| BookError::new(self.description.name, Some(line), None, problem);
        let mut header = true;
        crate::text::for_each_record(
            &self.text,
            |line, record| {
                if std::mem::take(&mut header) {
                    return Ok(());
                }
                if record.len() != self.width {
                    return Err(at(
                        line,
                        Problem::FieldCount {
                            expected: self.width,
                            found: record.len(),
                        },
                    ));
                }
                each(Row {
                    table: self,
                    record,
                    line,
                })
            },
            |line| at(line, Problem::NotCsv),
        )
    }
}

/// A name as it may be echoed: short, and all of it to be seen.
pub(super) fn shown(name: &str) -> String {
    name.chars()
        .filter(|c| !is_hidden(*c))
        .take(MAX_TEXT)
        .collect()
}

/// One record.
pub(super) struct Row<'a> {
    table: &'a Table,
    record: &'a csv::StringRecord,
    /// Line, counted from 1.
    pub(super) line: u64,
}

impl Row<'_> {
    /// An error at a column of this record.
    pub(super) fn error(&self, column: &str, problem: Problem) -> BookError {
        BookError::cell(self.table.description.name, self.line, column, problem)
    }

    /// Where the record stands.
    pub(super) fn place(&self) -> plimsoll_circuits::book::Place {
        plimsoll_circuits::book::Place {
            file: self.table.description.name.into(),
            line: self.line,
        }
    }

    /// The value as it stands, after the checks that every value passes; empty if the column is not there.
    fn value(&self, name: &str, kind: Kind) -> Result<&str, BookError> {
        let index = self
            .table
            .description
            .columns
            .iter()
            .position(|column| column.name == name);
        debug_assert_eq!(
            index.map(|i| self.table.description.columns[i].kind),
            Some(kind),
            "{name}"
        );
        let value = index
            .and_then(|i| self.table.places[i])
            .and_then(|place| self.record.get(place))
            .unwrap_or("");
        let problem = if value.is_empty() {
            let required = index.is_some_and(|i| self.table.description.columns[i].required);
            match (required, kind) {
                (true, Kind::Amount) => {
                    Problem::Amount(plimsoll_circuits::amount::AmountError::Missing)
                }
                (true, _) => Problem::MissingValue,
                (false, _) => return Ok(""),
            }
        } else if value.chars().any(char::is_control) {
            Problem::ControlCharacter
        } else if value.trim() != value {
            Problem::Spaces
        } else if value.chars().count() > MAX_TEXT {
            Problem::TooLong(MAX_TEXT)
        } else {
            return Ok(value);
        };
        Err(self.error(name, problem))
    }

    /// A name or id.
    pub(super) fn text(&self, name: &str) -> Result<SmolStr, BookError> {
        self.value(name, Kind::Text).map(SmolStr::from)
    }

    /// A currency code; empty if there is none.
    pub(super) fn currency(&self, name: &str) -> Result<SmolStr, BookError> {
        match self.value(name, Kind::Currency)? {
            "" => Ok(SmolStr::default()),
            code => Currency::parse(code)
                .map(|c| c.0.into())
                .map_err(|_| self.error(name, Problem::Currency)),
        }
    }

    /// An amount in units of 10^(−scale); zero if it is optional and not there.
    pub(super) fn amount(&self, name: &str, scale: i8) -> Result<u64, BookError> {
        match self.value(name, Kind::Amount)? {
            "" => Ok(0),
            text => {
                parse_amount(text, scale).map_err(|error| self.error(name, Problem::Amount(error)))
            }
        }
    }

    /// Whether something stands in a column.
    pub(super) fn has(&self, name: &str) -> bool {
        let columns = self.table.description.columns;
        columns
            .iter()
            .position(|column| column.name == name)
            .and_then(|index| self.table.places[index])
            .and_then(|place| self.record.get(place))
            .is_some_and(|value| !value.is_empty())
    }

    /// A currency code or the name of an asset; empty if there is none.
    pub(super) fn underlying(&self, name: &str) -> Result<SmolStr, BookError> {
        let text = self.value(name, Kind::Underlying)?;
        if text.is_empty() || is_asset(text) {
            return Ok(text.into());
        }
        Err(self.error(name, Problem::Underlying))
    }

    /// One of the words of a column; none if it is empty.
    pub(super) fn choice(
        &self,
        name: &str,
        words: &'static [&'static str],
    ) -> Result<Option<&'static str>, BookError> {
        let text = self.value(name, Kind::Choice(words))?;
        if text.is_empty() {
            return Ok(None);
        }
        match words.iter().find(|word| **word == text) {
            Some(word) => Ok(Some(word)),
            None => Err(self.error(name, Problem::Choice(words))),
        }
    }

    /// The answer to a question; no if there is none.
    pub(super) fn yes(&self, name: &str) -> Result<bool, BookError> {
        self.choice(name, ANSWERS).map(|word| word == Some("yes"))
    }

    /// An amount that may be negative, in units of 10^(−scale); zero if it is not there.
    pub(super) fn signed(&self, name: &str, scale: i8) -> Result<Signed, BookError> {
        let text = self.value(name, Kind::Signed)?;
        if text.is_empty() {
            return Ok(Signed::default());
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let magnitude = parse_amount(digits, scale)
            .map_err(|error| self.error(name, Problem::Amount(error)))?;
        Ok(Signed {
            negative: digits.len() < text.len() && magnitude > 0,
            magnitude,
        })
    }

    /// A decimal as it stands; none if it is not there.
    pub(super) fn decimal(&self, name: &str) -> Result<Option<Decimal>, BookError> {
        match self.value(name, Kind::Decimal)? {
            "" => Ok(None),
            text => match Decimal::parse(text) {
                Some(decimal) => Ok(Some(decimal)),
                None => Err(self.error(name, Problem::Decimal)),
            },
        }
    }

    /// A time as it stands, read by `read`; none if it is not there.
    pub(super) fn time<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, TimeError>,
    ) -> Result<Option<T>, BookError> {
        match self.value(name, Kind::Time)? {
            "" => Ok(None),
            text => match read(text) {
                Ok(time) => Ok(Some(time)),
                Err(error) => Err(self.error(name, Problem::Time(error))),
            },
        }
    }

    /// A part of one as numerator and denominator; none if it is not there.
    pub(super) fn fraction(&self, name: &str) -> Result<Option<(u32, u32)>, BookError> {
        match self.value(name, Kind::Fraction)? {
            "" => Ok(None),
            text => match super::decimal::fraction(text) {
                Some(fraction) => Ok(Some(fraction)),
                None => Err(self.error(name, Problem::Fraction)),
            },
        }
    }

    /// A whole number from 1; none if it is not there.
    pub(super) fn count(&self, name: &str) -> Result<Option<u32>, BookError> {
        let text = self.value(name, Kind::Count)?;
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(count) if digits && (1..=MAX_COUNT).contains(&count) => Ok(Some(count)),
            _ => Err(self.error(name, Problem::Count(MAX_COUNT))),
        }
    }

    /// A number of days; zero if it is not there.
    pub(super) fn days(&self, name: &str) -> Result<u32, BookError> {
        let text = self.value(name, Kind::Days)?;
        if text.is_empty() {
            return Ok(0);
        }
        let digits = text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(days) if digits && days <= MAX_DAYS => Ok(days),
            _ => Err(self.error(name, Problem::Days(MAX_DAYS))),
        }
    }
}
