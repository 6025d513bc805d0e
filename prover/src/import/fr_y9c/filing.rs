//! The file: its items, whose it is, and the day it describes.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use plimsoll_circuits::book::Day;

use super::error::{FilingError, FilingProblem};
use crate::located::Place;

/// The items of a filing.
pub(super) struct Filing {
    file: String,
    /// RSSD number: the identity is inside the file, file names lie.
    pub(super) rssd: String,
    /// Name of the institution.
    pub(super) institution: String,
    /// Report date.
    pub(super) as_of: Day,
    /// Code → (its value, none where that is not a whole number; line).
    items: HashMap<String, (Option<i64>, u64)>,
}

/// Prefixes of the schedules that are read: consolidated, standardised approach, advanced approaches.
const PREFIXES: [&str; 3] = ["BHCK", "BHCA", "BHCW"];

impl Filing {
    /// Reads a filing.
    pub(super) fn read(path: &Path) -> Result<Self, FilingError> {
        let file = path.display().to_string();
        let fail = |line, column, problem| FilingError::new(&file, line, column, problem);
        let bytes =
            fs::read(path).map_err(|error| fail(None, None, FilingProblem::Unreadable(error)))?;
        let text = crate::text::decode(bytes).map_err(|not_text| {
            fail(
                Some(not_text.line),
                Some(Place::At(not_text.column)),
                FilingProblem::Encoding,
            )
        })?;
        let (mut rssd, mut institution, mut dates) = (None, None, Vec::new());
        let mut items: HashMap<String, (Option<i64>, u64)> = HashMap::new();
        let mut header = true;
        let record_error = |line| fail(Some(line), None, FilingProblem::Record);
        crate::text::for_each_record(
            &text,
            |line, record| {
                if std::mem::take(&mut header) {
                    let expected = ["ItemName", "Description", "Value"];
                    let same = record.iter().eq(expected);
                    return if same {
                        Ok(())
                    } else {
                        Err(fail(Some(line), None, FilingProblem::Header))
                    };
                }
                let (Some(code), Some(value), 3) = (record.get(0), record.get(2), record.len())
                else {
                    return Err(record_error(line));
                };
                match code {
                    "ID_RSSD" => rssd = Some(value.to_owned()),
                    "Institution Name" => institution = Some(value.to_owned()),
                    "Report Date" => dates.push(value.to_owned()),
                    // Everything else that is not an item of these schedules is dropped here:
                    // addresses, names and telephone numbers with it. Of an item that is text stays
                    // that it is no number; a blank is no item.
                    _ if PREFIXES.iter().any(|prefix| code.starts_with(prefix))
                        && !value.is_empty() =>
                    {
                        let amount = value.parse().ok();
                        let before = items.insert(code.to_owned(), (amount, line));
                        if before.is_some_and(|(other, _)| other != amount) {
                            return Err(fail(
                                Some(line),
                                None,
                                FilingProblem::Contradiction(code.to_owned()),
                            ));
                        }
                    }
                    _ => {}
                }
                Ok(())
            },
            record_error,
        )?;
        if header {
            return Err(fail(Some(1), None, FilingProblem::Header));
        }
        let missing = |code: &str| fail(None, None, FilingProblem::Missing(code.to_owned()));
        // The date occurs twice, once as YYYYMMDD and once in words.
        let day = dates
            .iter()
            .find(|date| date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()));
        let as_of = day
            .and_then(|d| Day::parse(&format!("{}-{}-{}", &d[..4], &d[4..6], &d[6..])).ok())
            .ok_or_else(|| fail(None, None, FilingProblem::Date))?;
        let institution =
            institution.filter(|name| !name.trim().is_empty() && !name.contains(char::is_control));
        Ok(Self {
            rssd: rssd.ok_or_else(|| missing("ID_RSSD"))?,
            institution: institution
                .ok_or_else(|| missing("Institution Name"))?
                .trim()
                .to_owned(),
            as_of,
            items,
            file,
        })
    }

    /// An error about the filing as a whole.
    pub(super) fn error(&self, problem: FilingProblem) -> FilingError {
        FilingError::file(&self.file, problem)
    }

    /// An item in thousands of dollars; `None` where the filing does not have it.
    pub(super) fn get(&self, code: &str) -> Result<Option<i128>, FilingError> {
        let Some((value, line)) = self.items.get(code) else {
            return Ok(None);
        };
        match value {
            Some(amount) => Ok(Some(i128::from(*amount))),
            None => Err(FilingError::new(
                &self.file,
                Some(*line),
                None,
                FilingProblem::Number(code.to_owned()),
            )),
        }
    }

    /// An item in thousands of dollars; zero where the filing does not have it.
    pub(super) fn or_zero(&self, code: &str) -> Result<i128, FilingError> {
        Ok(self.get(code)?.unwrap_or(0))
    }

    /// The first of these items that the filing has, in thousands of dollars.
    pub(super) fn first(&self, codes: &[&str]) -> Result<i128, FilingError> {
        for code in codes {
            if let Some(amount) = self.get(code)? {
                return Ok(amount);
            }
        }
        Err(self.error(FilingProblem::Missing(
            codes.first().copied().unwrap_or_default().to_owned(),
        )))
    }

    /// The sum of these items, in thousands of dollars.
    pub(super) fn sum(&self, codes: &[&str]) -> Result<i128, FilingError> {
        codes
            .iter()
            .try_fold(0, |sum, code| Ok(sum + self.or_zero(code)?))
    }

    /// A sum as an amount of the book.
    pub(super) fn amount(&self, what: &str, thousands: i128) -> Result<u64, FilingError> {
        u64::try_from(thousands).map_err(|_| self.error(FilingProblem::Negative(what.to_owned())))
    }
}
