//! Exposure classes, bands and conversions.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{Checked, EDGE_LIMIT, ONE_MILLIONTHS, ONE_WEIGHT, Reader, WEIGHT_LIMIT};
use crate::amount::WEIGHT_ONE;
use crate::rulebook::text::{BandedText, ClassText, ConversionText, MismatchText, Pair, Word};
use crate::rulebook::{
    Band, BandWeight, BandedClass, Conversion, ExposureClass, MAX_CLASS_ROWS, MAX_CONVERSIONS,
    Measure, ON_BALANCE, RulebookProblem, Treatment,
};

impl Reader<'_> {
    pub(super) fn classes(
        &mut self,
        texts: Vec<Spanned<ClassText>>,
    ) -> Checked<Vec<ExposureClass>> {
        let mut classes = Vec::new();
        let (mut seen, mut rows) = (BTreeSet::new(), 0);
        for text in texts {
            let span = text.span();
            let text = text.into_inner();
            let name = self.fresh(&text.name, "class.name", &mut seen)?;
            let key = format!("class.{name}");
            let grades = match (&text.weight, &text.weights) {
                (Some(weight), None) => vec![(String::new(), self.weight(weight, &key)?)],
                (None, Some(weights)) => self.grades(weights, &key)?,
                _ => {
                    let problem = RulebookProblem::OneOf("`weight` and `weights`");
                    return self.fail(&span, &key, problem);
                }
            };
            rows += grades.len();
            if rows > MAX_CLASS_ROWS {
                let problem = RulebookProblem::Capacity {
                    count: rows,
                    limit: MAX_CLASS_ROWS,
                };
                return self.fail(&span, &key, problem);
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            classes.push(ExposureClass {
                name,
                grades,
                mismatch: text.mismatch,
            });
        }
        if classes.is_empty() {
            return self.fail(&(0..0), "class", RulebookProblem::Empty);
        }
        Ok(classes)
    }

    fn grades(&self, weights: &Spanned<Vec<Pair>>, key: &str) -> Checked<Vec<(String, u32)>> {
        let mut seen = BTreeSet::new();
        let mut grades = Vec::new();
        for pair in weights.get_ref() {
            let (grade, weight) = pair.get_ref();
            let grade = self.fresh(grade, key, &mut seen)?;
            grades.push((grade, self.weight(weight, key)?));
        }
        if grades.is_empty() {
            return self.fail(&weights.span(), key, RulebookProblem::Empty);
        }
        Ok(grades)
    }

    /// Without the section nothing rises: a multiplier of one.
    pub(super) fn mismatch(&mut self, text: Option<Spanned<MismatchText>>) -> Checked<(u32, u32)> {
        let Some(text) = text else {
            return Ok((WEIGHT_ONE as u32, WEIGHT_LIMIT.0 as u32));
        };
        let text = text.into_inner();
        let key = "mismatch";
        let multiplier = self.weight(&text.multiplier, key)?;
        let cap = self.weight(&text.cap, key)?;
        self.source(key, &text.paragraph, &text.sure)?;
        Ok((multiplier, cap))
    }

    pub(super) fn banded(
        &mut self,
        texts: Vec<Spanned<BandedText>>,
        classes: &[ExposureClass],
    ) -> Checked<Vec<BandedClass>> {
        let mut banded = Vec::new();
        let mut seen: BTreeSet<String> = classes.iter().map(|class| class.name.clone()).collect();
        for text in texts {
            let span = text.span();
            let text = text.into_inner();
            let name = self.fresh(&text.name, "banded.name", &mut seen)?;
            let key = format!("banded.{name}");
            let measure = match text.measure.get_ref().as_str() {
                "loan-to-value" => Measure::LoanToValue,
                "uncovered-share" => Measure::UncoveredShare,
                other => {
                    let problem = RulebookProblem::Word {
                        text: other.to_owned(),
                        allowed: "`loan-to-value`, `uncovered-share`",
                    };
                    return self.fail(&text.measure.span(), &key, problem);
                }
            };
            let treatment = match (&text.bands, &text.split) {
                (Some(bands), None) => Treatment::Whole(self.bands(bands, &key, classes)?),
                (None, Some(split)) if measure == Measure::LoanToValue => {
                    self.split(split, &key)?
                }
                (None, Some(split)) => {
                    return self.fail(&split.span(), &key, RulebookProblem::SplitMeasure);
                }
                _ => {
                    let problem = RulebookProblem::OneOf("`bands` and `split`");
                    return self.fail(&span, &key, problem);
                }
            };
            self.source(&key, &text.paragraph, &text.sure)?;
            banded.push(BandedClass {
                name,
                measure,
                treatment,
                mismatch: text.mismatch,
            });
        }
        Ok(banded)
    }

    fn bands(
        &self,
        bands: &Spanned<Vec<Pair>>,
        key: &str,
        classes: &[ExposureClass],
    ) -> Checked<Vec<Band>> {
        let edges = self.edges(bands, key, |word| self.percent(word, key, 6, EDGE_LIMIT))?;
        let mut out: Vec<Band> = Vec::new();
        for (pair, upto) in bands.get_ref().iter().zip(edges) {
            let word = &pair.get_ref().1;
            let weight = self.band_weight(word, key)?;
            // Whatever the counterparty, a higher measure must not weigh less.
            let falls = |before: BandWeight| {
                classes
                    .iter()
                    .flat_map(|class| &class.grades)
                    .any(|(_, counterparty)| {
                        weight.with(*counterparty) < before.with(*counterparty)
                    })
            };
            if out.last().is_some_and(|before| falls(before.weight)) {
                return self.fail(&word.span(), key, RulebookProblem::WeightsFall);
            }
            out.push(Band { upto, weight });
        }
        Ok(out)
    }

    fn split(&self, split: &Pair, key: &str) -> Checked<Treatment> {
        let (upto, word) = split.get_ref();
        let share = self.percent(upto, key, 6, ONE_MILLIONTHS)?;
        if share == 0 {
            // In the table of bands a share of zero reads as a whole loan at the secured weight.
            return self.fail(&upto.span(), key, RulebookProblem::SplitNothing);
        }
        let weight = self.band_weight(word, key)?;
        if weight == BandWeight::Counterparty {
            return self.fail(&word.span(), key, RulebookProblem::SplitWeight);
        }
        Ok(Treatment::Split {
            upto: share,
            weight,
        })
    }

    fn band_weight(&self, word: &Word, key: &str) -> Checked<BandWeight> {
        let text = word.get_ref();
        if text == "counterparty" {
            return Ok(BandWeight::Counterparty);
        }
        if let Some(rest) = text.strip_prefix("at most ") {
            let inner = Spanned::new(word.span(), rest.to_owned());
            return Ok(BandWeight::AtMost(self.weight(&inner, key)?));
        }
        Ok(BandWeight::Fixed(self.weight(word, key)?))
    }

    pub(super) fn conversions(
        &mut self,
        texts: Spanned<Vec<Spanned<ConversionText>>>,
    ) -> Checked<Vec<Conversion>> {
        let span = texts.span();
        let mut conversions = Vec::new();
        let mut seen = BTreeSet::new();
        for text in texts.into_inner() {
            let text = text.into_inner();
            let name = self.fresh(&text.name, "conversion.name", &mut seen)?;
            let key = format!("conversion.{name}");
            let factor = self.percent(&text.factor, &key, 4, ONE_WEIGHT)?;
            let first = conversions.is_empty();
            if first && (name != ON_BALANCE || u64::from(factor) != WEIGHT_ONE) {
                return self.fail(&text.name.span(), &key, RulebookProblem::OnBalance);
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            conversions.push(Conversion { name, factor });
        }
        match conversions.len() {
            0 => self.fail(&span, "conversion", RulebookProblem::OnBalance),
            count if count > MAX_CONVERSIONS => self.fail(
                &span,
                "conversion",
                RulebookProblem::Capacity {
                    count,
                    limit: MAX_CONVERSIONS,
                },
            ),
            _ => Ok(conversions),
        }
    }
}
