//! From the fields of a rulebook to a checked [`Rulebook`].

mod capital;
mod classes;
mod derivatives;
mod haircuts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;

use super::text::{Pair, RulebookText, Word};
use super::{BUILTIN, MAX_BANDED_ROWS, Rulebook, RulebookError, RulebookProblem, Source};
use crate::book::Day;
use crate::cells::tables::scaled_haircut_rows;
use crate::decimal::parse_percent;
use crate::statement::Linked;
use crate::text::{Position, from_toml, is_name};

/// Edges of loan-to-value bands fit 24 bits: a bound of the tables, not of any rule.
const EDGE_LIMIT: Limit = Limit(16_000_000, "1600%");
const ONE_MILLIONTHS: Limit = Limit(1_000_000, "100%");
const ONE_WEIGHT: Limit = Limit(10_000, "100%");
/// Weights fit 17 bits; no weight exceeds the whole of an exposure held as capital at 8 %.
const WEIGHT_LIMIT: Limit = Limit(125_000, "1250%");
const OPEN: &str = "open";

/// A bound and how people write it.
#[derive(Clone, Copy)]
struct Limit(u64, &'static str);

type Checked<T> = Result<T, RulebookError>;

impl Rulebook {
    /// Reads and checks a rulebook written as TOML.
    ///
    /// # Errors
    /// Names line, column and key of the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, RulebookError> {
        let fields: RulebookText = from_toml(text, |at, message| RulebookError::Malformed {
            at: at.unwrap_or_default(),
            message,
        })?;
        Reader {
            text,
            sources: BTreeMap::new(),
        }
        .rulebook(fields)
    }

    /// A rulebook that ships with the library: see [`BUILTIN`].
    ///
    /// # Errors
    /// When no rulebook of that name ships.
    pub fn builtin(name: &str) -> Result<Self, RulebookError> {
        let (_, text) = BUILTIN
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| RulebookError::UnknownName(name.to_owned()))?;
        Self::parse(text)
    }
}

struct Reader<'a> {
    text: &'a str,
    sources: BTreeMap<String, Source>,
}

impl Reader<'_> {
    fn rulebook(mut self, fields: RulebookText) -> Checked<Rulebook> {
        let name = self.name(&fields.name, "name")?;
        let date = self.date(&fields.date)?;
        let classes = self.classes(fields.class)?;
        let (mismatch_multiplier, mismatch_cap) = self.mismatch(fields.mismatch)?;
        let banded = self.banded(fields.banded, &classes)?;
        let conversions = self.conversions(fields.conversion)?;
        let haircuts = fields
            .haircuts
            .map(|haircuts| self.haircuts(haircuts))
            .transpose()?;
        let capital = self.capital(fields.capital, fields.thresholds.is_some())?;
        let thresholds = fields.thresholds.map(|t| self.thresholds(t)).transpose()?;
        let stated = self.stated(fields.stated)?;
        // What a proof can compute under these rules.
        let computed = Linked {
            credit_risk: true,
            counterparty_risk: fields.derivatives.is_some(),
        };
        let ratios = self.ratios(fields.ratios, &stated, computed)?;
        let (conservation_buffer, conservation_steps) = self.conservation(fields.conservation)?;
        let derivatives = fields
            .derivatives
            .map(|derivatives| self.derivatives(derivatives))
            .transpose()?;
        let rulebook = Rulebook {
            name,
            date,
            title: fields.title,
            classes,
            banded,
            mismatch_multiplier,
            mismatch_cap,
            conversions,
            haircuts,
            capital,
            thresholds,
            stated,
            ratios,
            conservation_buffer,
            conservation_steps,
            derivatives,
            sources: self.sources,
        };
        // What lists come to together has no one place.
        let haircuts = rulebook.haircuts.as_ref();
        let margin = haircuts.zip(rulebook.derivatives.as_ref());
        for (key, count, limit) in [
            (
                "banded",
                // No further than to the first that is too many.
                rulebook.each_banded_row().take(MAX_BANDED_ROWS + 1).count(),
                MAX_BANDED_ROWS,
            ),
            (
                "haircuts",
                haircuts.map_or(0, scaled_haircut_rows),
                super::MAX_SCALED_HAIRCUTS,
            ),
            (
                "derivatives.margin",
                margin.map_or(0, |(haircuts, rules)| rules.margin_rows(haircuts)),
                super::MAX_SCALED_HAIRCUTS,
            ),
        ] {
            if count > limit {
                return Err(RulebookError::Invalid {
                    at: Position { line: 1, column: 1 },
                    key: key.into(),
                    problem: RulebookProblem::Capacity { count, limit },
                });
            }
        }
        Ok(rulebook)
    }

    fn fail<T>(&self, span: &Range<usize>, key: &str, problem: RulebookProblem) -> Checked<T> {
        Err(RulebookError::Invalid {
            at: Position::of_span(self.text, span),
            key: key.to_owned(),
            problem,
        })
    }

    fn name(&self, word: &Word, key: &str) -> Checked<String> {
        let text = word.get_ref();
        if !is_name(text) {
            return self.fail(&word.span(), key, RulebookProblem::Name(text.clone()));
        }
        Ok(text.clone())
    }

    /// Reads a name and refuses its second occurrence.
    fn fresh(&self, word: &Word, key: &str, seen: &mut BTreeSet<String>) -> Checked<String> {
        let name = self.name(word, key)?;
        if !seen.insert(name.clone()) {
            return self.fail(&word.span(), key, RulebookProblem::Duplicate(name));
        }
        Ok(name)
    }

    fn date(&self, word: &Word) -> Checked<String> {
        let text = word.get_ref();
        let valid = Day::parse(text).is_ok();
        if !valid {
            return self.fail(&word.span(), "date", RulebookProblem::Date(text.clone()));
        }
        Ok(text.clone())
    }

    /// A percentage in units of 10^-`places`, at most `limit`.
    fn percent(&self, word: &Word, key: &str, places: u32, limit: Limit) -> Checked<u32> {
        let text = word.get_ref();
        let number = |text: &String, error| RulebookProblem::Number {
            text: text.clone(),
            error,
        };
        let value = match parse_percent(text, places) {
            Ok(value) => value,
            Err(error) => return self.fail(&word.span(), key, number(text, error)),
        };
        match u32::try_from(value) {
            Ok(small) if value <= limit.0 => Ok(small),
            _ => self.fail(
                &word.span(),
                key,
                RulebookProblem::Bound {
                    text: text.clone(),
                    limit: limit.1,
                },
            ),
        }
    }

    fn weight(&self, word: &Word, key: &str) -> Checked<u32> {
        self.percent(word, key, 4, WEIGHT_LIMIT)
    }

    /// Upper edges rise strictly and exactly the last is open; `edge` reads one edge.
    fn edges(
        &self,
        bands: &Spanned<Vec<Pair>>,
        key: &str,
        edge: impl Fn(&Word) -> Checked<u32>,
    ) -> Checked<Vec<Option<u32>>> {
        let pairs = bands.get_ref();
        if pairs.is_empty() {
            return self.fail(&bands.span(), key, RulebookProblem::Empty);
        }
        let mut edges: Vec<Option<u32>> = Vec::new();
        for (index, pair) in pairs.iter().enumerate() {
            let word = &pair.get_ref().0;
            let open = word.get_ref() == OPEN;
            if open != (index + 1 == pairs.len()) {
                return self.fail(&word.span(), key, RulebookProblem::OpenEnd);
            }
            let value = if open { None } else { Some(edge(word)?) };
            let before = edges.last().copied().flatten();
            if let (Some(before), Some(value)) = (before, value)
                && before >= value
            {
                return self.fail(&word.span(), key, RulebookProblem::Disordered);
            }
            edges.push(value);
        }
        Ok(edges)
    }

    /// Notes where the numbers under `key` come from.
    fn source(&mut self, key: &str, paragraph: &str, sure: &Word) -> Checked<()> {
        let letter = match sure.get_ref().as_str() {
            "P" => 'P',
            "S" => 'S',
            "R" => 'R',
            "X" => 'X',
            other => return self.fail(&sure.span(), key, RulebookProblem::Sure(other.to_owned())),
        };
        if paragraph.trim().is_empty() {
            return self.fail(&sure.span(), key, RulebookProblem::Paragraph);
        }
        self.sources.insert(
            key.to_owned(),
            Source {
                paragraph: paragraph.to_owned(),
                sure: letter,
            },
        );
        Ok(())
    }
}
