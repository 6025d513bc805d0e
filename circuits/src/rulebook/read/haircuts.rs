//! Supervisory haircuts.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{Checked, Limit, ONE_WEIGHT, Reader};
use crate::cells::secured::LONGEST_MATURITY;
use crate::decimal::{DecimalError, parse_scaled};
use crate::rulebook::text::{HaircutRowText, HaircutsText, Word};
use crate::rulebook::{HaircutRow, Haircuts, MAX_HAIRCUT_BANDS, RulebookProblem};

/// Bounds of the tables: a holding or revaluation interval fits 10 bits, a floor in quarter days 16.
const INTERVAL_LIMIT: Limit = Limit(1_000, "1000 days");
const FLOOR_LIMIT: Limit = Limit(65_535, "65535 quarter days");
/// The longest maturity that the circuits tell apart: longer ones count as this one.
const MATURITY_LIMIT: Limit = Limit(LONGEST_MATURITY, "8191 days");
/// Below the edge of the open band, which stands in the table at the longest maturity: with two
/// rows at one edge a prover could choose the lower haircut.
const EDGE_LIMIT: Limit = Limit(LONGEST_MATURITY - 1, "8190 days");
/// Most quarter days of protection above the floor.
const MOST_QUARTERS: u64 = LONGEST_MATURITY + 1;
/// Entries of a list of intervals.
const MAX_INTERVALS: usize = 16;

impl Reader<'_> {
    pub(super) fn haircuts(&mut self, text: Spanned<HaircutsText>) -> Checked<Haircuts> {
        let text = text.into_inner();
        let key = "haircuts";
        let currency_mismatch = self.percent(&text.currency_mismatch, key, 4, ONE_WEIGHT)?;
        let base_holding_days = self.days(&text.base_holding_days, key, INTERVAL_LIMIT)?;
        let holding_days = self.intervals(&text.holding_days, "haircuts.holding_days")?;
        let revaluation_days =
            self.intervals(&text.revaluation_days, "haircuts.revaluation_days")?;
        self.source(key, &text.paragraph, &text.sure)?;

        let mismatch = text.maturity_mismatch.into_inner();
        let key = "haircuts.maturity_mismatch";
        let mismatch_cap_days = self.days(&mismatch.cap_days, key, MATURITY_LIMIT)?;
        let mismatch_floor_quarter_days =
            self.days(&mismatch.floor_quarter_days, key, FLOOR_LIMIT)?;
        // What protection is divided by, less one: 13 bits in the circuit.
        if 4 * u64::from(mismatch_cap_days) > u64::from(mismatch_floor_quarter_days) + MOST_QUARTERS
        {
            let problem = RulebookProblem::Bound {
                text: mismatch_cap_days.to_string(),
                limit: "8192 quarter days more than the floor",
            };
            return self.fail(&mismatch.cap_days.span(), key, problem);
        }
        let mismatch_original_days = self.days(&mismatch.original_days, key, MATURITY_LIMIT)?;
        self.source(key, &mismatch.paragraph, &mismatch.sure)?;

        let rows = self.rows(text.row)?;
        Ok(Haircuts {
            rows,
            currency_mismatch,
            base_holding_days,
            holding_days,
            revaluation_days,
            mismatch_cap_days,
            mismatch_floor_quarter_days,
            mismatch_original_days,
        })
    }

    fn rows(&mut self, texts: Vec<Spanned<HaircutRowText>>) -> Checked<Vec<HaircutRow>> {
        let mut rows = Vec::new();
        let (mut seen, mut bands) = (BTreeSet::new(), 0);
        for text in texts {
            let span = text.span();
            let text = text.into_inner();
            let kind = self.name(&text.kind, "haircuts.row.kind")?;
            let rating = match &text.rating {
                Some(rating) => self.name(rating, "haircuts.row.rating")?,
                None => String::new(),
            };
            let key = match rating.as_str() {
                "" => format!("haircuts.row.{kind}"),
                rating => format!("haircuts.row.{kind}.{rating}"),
            };
            if !seen.insert((kind.clone(), rating.clone())) {
                return self.fail(&text.kind.span(), &key, RulebookProblem::Duplicate(kind));
            }
            let edges = self.edges(&text.bands, &key, |word| self.written_days(word, &key))?;
            let mut row: Vec<(Option<u32>, u32)> = Vec::new();
            for (pair, upto) in text.bands.get_ref().iter().zip(edges) {
                let word = &pair.get_ref().1;
                let haircut = self.percent(word, &key, 4, ONE_WEIGHT)?;
                if row.last().is_some_and(|(_, before)| *before > haircut) {
                    return self.fail(&word.span(), &key, RulebookProblem::HaircutsFall);
                }
                row.push((upto, haircut));
            }
            bands += row.len();
            if bands > MAX_HAIRCUT_BANDS {
                let problem = RulebookProblem::Capacity {
                    count: bands,
                    limit: MAX_HAIRCUT_BANDS,
                };
                return self.fail(&span, &key, problem);
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            rows.push(HaircutRow {
                kind,
                rating,
                bands: row,
            });
        }
        if rows.is_empty() {
            return self.fail(&(0..0), "haircuts.row", RulebookProblem::Empty);
        }
        Ok(rows)
    }

    /// Days (or a count) as a TOML integer, from 1 to a bound.
    pub(super) fn days(&self, days: &Spanned<u32>, key: &str, limit: Limit) -> Checked<u32> {
        let value = *days.get_ref();
        let problem = match value {
            0 => RulebookProblem::Word {
                text: "0".into(),
                allowed: "the numbers from 1 upwards",
            },
            _ if u64::from(value) > limit.0 => RulebookProblem::Bound {
                text: value.to_string(),
                limit: limit.1,
            },
            _ => return Ok(value),
        };
        self.fail(&days.span(), key, problem)
    }

    /// Days as people write an edge: `365 days`.
    fn written_days(&self, word: &Word, key: &str) -> Checked<u32> {
        let text = word.get_ref();
        let read = text
            .strip_suffix(" days")
            .ok_or(DecimalError::Malformed)
            .and_then(|number| parse_scaled(number, 0))
            .and_then(|value| u32::try_from(value).map_err(|_| DecimalError::TooLarge));
        match read {
            Ok(value) => self.days(&Spanned::new(word.span(), value), key, EDGE_LIMIT),
            Err(error) => {
                let problem = RulebookProblem::Number {
                    text: text.clone(),
                    error,
                };
                self.fail(&word.span(), key, problem)
            }
        }
    }

    fn intervals(&self, list: &Spanned<Vec<Spanned<u32>>>, key: &str) -> Checked<Vec<u32>> {
        let mut out: Vec<u32> = Vec::new();
        for days in list.get_ref() {
            let value = self.days(days, key, INTERVAL_LIMIT)?;
            match out.last() {
                Some(before) if *before == value => {
                    let problem = RulebookProblem::Duplicate(value.to_string());
                    return self.fail(&days.span(), key, problem);
                }
                Some(before) if *before > value => {
                    return self.fail(&days.span(), key, RulebookProblem::Disordered);
                }
                _ => out.push(value),
            }
        }
        match out.len() {
            0 => self.fail(&list.span(), key, RulebookProblem::Empty),
            count if count > MAX_INTERVALS => self.fail(
                &list.span(),
                key,
                RulebookProblem::Capacity {
                    count,
                    limit: MAX_INTERVALS,
                },
            ),
            _ => Ok(out),
        }
    }
}
