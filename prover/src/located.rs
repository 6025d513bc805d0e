//! A file that is refused: where in it, and why. Never an amount.

use std::error::Error;
use std::fmt;

use plimsoll_circuits::text::quiet;

/// Where in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A column or key, by name.
    Named(String),
    /// A character, counted from 1.
    At(u64),
}

/// A file that is refused.
#[derive(Debug, thiserror::Error)]
pub struct Located<P: Error + 'static> {
    /// File, as the user would name it.
    pub file: String,
    /// Line, counted from 1, header included.
    pub line: Option<u64>,
    /// Column of that line.
    pub column: Option<Place>,
    /// What is wrong.
    #[source]
    pub problem: Box<P>,
}

impl<P: Error> fmt::Display for Located<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        match &self.column {
            Some(Place::Named(name)) => write!(f, ", column `{}`", masked(name))?,
            Some(Place::At(number)) => write!(f, ", column {number}")?,
            None => {}
        }
        write!(f, ": {}", self.problem)
    }
}

impl<P: Error> Located<P> {
    /// An error somewhere in a file.
    pub fn new(
        file: impl Into<String>,
        line: Option<u64>,
        column: Option<Place>,
        problem: P,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            column,
            problem: Box::new(problem),
        }
    }

    /// An error about a whole file.
    pub fn file(file: impl Into<String>, problem: P) -> Self {
        Self::new(file, None, None, problem)
    }

    /// An error at a named column of a line.
    pub fn cell(file: impl Into<String>, line: u64, column: impl Into<String>, problem: P) -> Self {
        Self::new(file, Some(line), Some(Place::Named(column.into())), problem)
    }
}

/// Digits of a number that may be an amount, where a comma too few or too many has put it into a
/// column of names, or a header is missing and a record stands in its place.
const TELLING: usize = 5;

/// A value as it may be echoed: where it has so many digits in a row, none of them is shown.
pub(crate) fn masked(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit() && c != ',' && c != '.');
    let digits = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
    let telling = runs.map(digits).any(|count| count >= TELLING);
    let mask = |c: char| {
        if telling && c.is_ascii_digit() {
            '#'
        } else {
            c
        }
    };
    quiet(text).chars().map(mask).collect()
}
