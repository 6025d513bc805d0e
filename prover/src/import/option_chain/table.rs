//! A CSV file with more columns than are read.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use csv::StringRecord;

use super::error::{At, ChainError, ChainProblem};

/// The file, whole.
pub(super) struct Table {
    pub(super) file: String,
    text: String,
}

/// One record.
pub(super) struct Record<'a> {
    file: &'a str,
    pub(super) line: u64,
    columns: &'a HashMap<String, usize>,
    values: &'a StringRecord,
}

impl Table {
    pub(super) fn read(path: &Path) -> Result<Self, ChainError> {
        let file = path.display().to_string();
        let bytes = fs::read(path)
            .map_err(|error| At::file(&file).error(ChainProblem::Unreadable(error)))?;
        match crate::text::decode(bytes) {
            Ok(text) => Ok(Self { file, text }),
            Err(not_text) => Err(At::line(&file, not_text.line).error(ChainProblem::Encoding)),
        }
    }

    /// Gives each record to `each`, in file order.
    pub(super) fn for_each(
        &self,
        mut each: impl FnMut(Record<'_>) -> Result<(), ChainError>,
    ) -> Result<(), ChainError> {
        let file = self.file.as_str();
        let mut columns: Option<HashMap<String, usize>> = None;
        crate::text::for_each_record(
            &self.text,
            |line, values| match &columns {
                None => {
                    let names = values.iter().enumerate();
                    columns = Some(names.map(|(at, name)| (name.to_owned(), at)).collect());
                    Ok(())
                }
                // Of two columns of one name the last would be read: a chain has none such but the
                // first one of row numbers, which has no name at all.
                Some(_) if values.iter().all(|value| value.is_empty()) => Ok(()),
                Some(columns) => each(Record {
                    file,
                    line,
                    columns,
                    values,
                }),
            },
            |line| At::line(file, line).error(ChainProblem::Record),
        )?;
        match columns {
            Some(_) => Ok(()),
            None => Err(At::file(file).error(ChainProblem::Header)),
        }
    }
}

impl Record<'_> {
    pub(super) fn file(&self) -> &str {
        self.file
    }

    /// An error at a column of this record.
    pub(super) fn error(&self, column: &str, problem: ChainProblem) -> ChainError {
        At::line(self.file, self.line).column(column).error(problem)
    }

    /// A value that may be blank, but whose column is there.
    pub(super) fn optional(&self, name: &str) -> Result<&str, ChainError> {
        let Some(at) = self.columns.get(name) else {
            return Err(At::line(self.file, 1)
                .column(name)
                .error(ChainProblem::Missing));
        };
        if self.values.len() != self.columns.len() {
            return Err(At::line(self.file, self.line).error(ChainProblem::Record));
        }
        Ok(self.values.get(*at).unwrap_or_default())
    }

    /// A value that is not blank.
    pub(super) fn value(&self, name: &str) -> Result<&str, ChainError> {
        match self.optional(name)? {
            "" => Err(self.error(name, ChainProblem::Blank)),
            text => Ok(text),
        }
    }
}
