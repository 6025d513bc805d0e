//! `book.toml`.

use plimsoll_circuits::amount::{MAX_SCALE, MIN_SCALE};
use plimsoll_circuits::book::{Currency, Day, DayError, Lei};
use plimsoll_circuits::text::from_toml;
use serde::{Deserialize, Serialize};

use super::columns::{MANIFEST, MAY_BE_EMPTY};
use super::error::{BookError, Problem};
use super::time::{self, TimeError};
use crate::located::Place;

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) institution: String,
    pub(super) lei: String,
    pub(super) as_of: String,
    pub(super) currency: String,
    pub(super) scale: i8,
    pub(super) rulebook: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) empty: Vec<String>,
}

/// The file, checked.
pub(super) struct Manifest {
    pub(super) institution: String,
    pub(super) lei: Lei,
    pub(super) as_of: Day,
    pub(super) as_of_time: u32,
    pub(super) currency: Currency,
    pub(super) scale: i8,
    pub(super) rulebook: String,
    pub(super) empty: Vec<String>,
}

/// Reads the text of `book.toml`.
pub(super) fn parse(text: &str) -> Result<Manifest, BookError> {
    let written: Written = from_toml(text, |at, message| {
        let line = at.map(|at| at.line as u64);
        let column = at.map(|at| Place::At(at.column as u64));
        BookError::new(MANIFEST, line, column, Problem::Manifest(message))
    })?;
    let at = |key: &str, problem: Problem| {
        BookError::new(
            MANIFEST,
            line_of(text, key),
            Some(Place::Named(key.to_owned())),
            problem,
        )
    };
    for (key, value) in [
        ("institution", &written.institution),
        ("rulebook", &written.rulebook),
    ] {
        if value.trim().is_empty() {
            return Err(at(key, Problem::MissingValue));
        }
        if value.chars().any(char::is_control) {
            return Err(at(key, Problem::ControlCharacter));
        }
    }
    if !(MIN_SCALE..=MAX_SCALE).contains(&written.scale) {
        return Err(at("scale", Problem::Scale));
    }
    if let Some(name) = written
        .empty
        .iter()
        .find(|name| !MAY_BE_EMPTY.contains(&name.as_str()))
    {
        return Err(at("empty", Problem::CannotBeEmpty(name.clone())));
    }
    let (as_of, as_of_time) = time::instant(&written.as_of).map_err(|error| {
        let problem = match error {
            TimeError::NoSuchDay => Problem::Day(DayError::NoSuchDay),
            _ => Problem::Day(DayError::Form),
        };
        at("as_of", problem)
    })?;
    Ok(Manifest {
        lei: Lei::parse(&written.lei).map_err(|error| at("lei", Problem::Lei(error)))?,
        as_of,
        as_of_time,
        currency: Currency::parse(&written.currency)
            .map_err(|_| at("currency", Problem::Currency))?,
        scale: written.scale,
        institution: written.institution,
        rulebook: written.rulebook,
        empty: written.empty,
    })
}

/// The line on which a key is set.
fn line_of(text: &str, key: &str) -> Option<u64> {
    let sets = |line: &str| {
        line.trim_start()
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines().position(sets).map(|index| index as u64 + 1)
}
