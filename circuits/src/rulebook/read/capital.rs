//! Capital items, thresholds, stated lines, ratios and the conservation buffer.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{Checked, ONE_MILLIONTHS, Reader};
use crate::claim::Ratio;
use crate::rulebook::text::{
    CapitalText, ConservationText, RatioText, StatedText, ThresholdsText, Word,
};
use crate::rulebook::{
    CapitalItem, ConservationStep, MAX_CAPITAL_ITEMS, MAX_STATED_LINES, MAX_THRESHOLD_ITEMS,
    RatioRule, Role, RulebookProblem, StatedEffect, StatedLine, Thresholds, Tier, computes,
};
use crate::statement::Linked;

/// The ratios that a rulebook has.
const RATIOS: [Ratio; 4] = [Ratio::Cet1, Ratio::Tier1, Ratio::Total, Ratio::Leverage];
/// One below 100 %: the aggregate threshold divides by what it leaves.
const BELOW_ONE: super::Limit = super::Limit(999_999, "99.9999%");

impl Reader<'_> {
    pub(super) fn capital(
        &mut self,
        texts: Vec<Spanned<CapitalText>>,
        has_thresholds: bool,
    ) -> Checked<Vec<CapitalItem>> {
        let mut items = Vec::new();
        let (mut seen, mut threshold_items, mut capped) = (BTreeSet::new(), 0, false);
        for text in texts {
            let span = text.span();
            let text = text.into_inner();
            let name = self.fresh(&text.name, "capital.name", &mut seen)?;
            let key = format!("capital.{name}");
            let role = self.role(&text, &key)?;
            let tier = match role {
                Role::Assets | Role::Liabilities => Tier::Cet1,
                _ => self.tier(&text, &span, &key)?,
            };
            if role == Role::Threshold {
                threshold_items += 1;
                if !has_thresholds || threshold_items > MAX_THRESHOLD_ITEMS || tier != Tier::Cet1 {
                    let problem = RulebookProblem::ThresholdItems(MAX_THRESHOLD_ITEMS);
                    return self.fail(&span, &key, problem);
                }
            }
            if matches!(role, Role::CappedProvisions { .. }) {
                // Two items would each be cut at the cap, and together exceed it.
                if capped {
                    let problem = RulebookProblem::Duplicate("capped-provisions".into());
                    return self.fail(&text.role.span(), &key, problem);
                }
                capped = true;
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            items.push(CapitalItem {
                name,
                tier,
                role,
                equity: text.equity,
            });
            if items.len() > MAX_CAPITAL_ITEMS {
                let problem = RulebookProblem::Capacity {
                    count: items.len(),
                    limit: MAX_CAPITAL_ITEMS,
                };
                return self.fail(&span, &key, problem);
            }
        }
        if items.is_empty() {
            return self.fail(&(0..0), "capital", RulebookProblem::Empty);
        }
        Ok(items)
    }

    fn role(&self, text: &CapitalText, key: &str) -> Checked<Role> {
        let role = match text.role.get_ref().as_str() {
            "component" => Role::Component,
            "deduction" => Role::Deduction,
            "threshold" => Role::Threshold,
            "assets" => Role::Assets,
            "liabilities" => Role::Liabilities,
            "capped-provisions" => {
                let Some(cap) = &text.cap else {
                    let problem = RulebookProblem::OneOf("`cap`");
                    return self.fail(&text.role.span(), key, problem);
                };
                return Ok(Role::CappedProvisions {
                    cap: self.percent(cap, key, 6, ONE_MILLIONTHS)?,
                });
            }
            _ => {
                return self.word(
                    &text.role,
                    key,
                    "`component`, `deduction`, `threshold`, `capped-provisions`, `assets`, `liabilities`",
                );
            }
        };
        if let Some(cap) = &text.cap {
            let problem = RulebookProblem::OneOf("`role = \"capped-provisions\"`, or no `cap`");
            return self.fail(&cap.span(), key, problem);
        }
        Ok(role)
    }

    fn tier(&self, text: &CapitalText, span: &std::ops::Range<usize>, key: &str) -> Checked<Tier> {
        let Some(tier) = &text.tier else {
            return self.fail(span, key, RulebookProblem::OneOf("`tier`"));
        };
        match tier.get_ref().as_str() {
            "cet1" => Ok(Tier::Cet1),
            "additional-tier1" => Ok(Tier::AdditionalTier1),
            "tier2" => Ok(Tier::Tier2),
            _ => self.word(tier, key, "`cet1`, `additional-tier1`, `tier2`"),
        }
    }

    fn word<T>(&self, word: &Word, key: &str, allowed: &'static str) -> Checked<T> {
        let text = word.get_ref().clone();
        self.fail(&word.span(), key, RulebookProblem::Word { text, allowed })
    }

    pub(super) fn thresholds(&mut self, text: Spanned<ThresholdsText>) -> Checked<Thresholds> {
        let text = text.into_inner();
        let key = "thresholds";
        self.source(key, &text.paragraph, &text.sure)?;
        Ok(Thresholds {
            individual: self.percent(&text.individual, key, 6, ONE_MILLIONTHS)?,
            aggregate: self.percent(&text.aggregate, key, 6, BELOW_ONE)?,
            weight: self.weight(&text.weight, key)?,
        })
    }

    pub(super) fn stated(&mut self, texts: Vec<Spanned<StatedText>>) -> Checked<Vec<StatedLine>> {
        let mut lines = Vec::new();
        let mut seen = BTreeSet::new();
        for text in texts {
            let span = text.span();
            let text = text.into_inner();
            let name = self.fresh(&text.name, "stated.name", &mut seen)?;
            let key = format!("stated.{name}");
            let module = match &text.module {
                Some(module) if module.get_ref().is_empty() => String::new(),
                Some(module) => self.name(module, &key)?,
                None => String::new(),
            };
            let effect = match text.effect.get_ref().as_str() {
                "adds-to-rwa" => StatedEffect::AddsToRwa,
                "reduces-rwa" => StatedEffect::ReducesRwa,
                "adds-to-leverage" => StatedEffect::AddsToLeverage,
                "is-leverage" => StatedEffect::IsLeverage,
                _ => {
                    return self.word(
                        &text.effect,
                        &key,
                        "`adds-to-rwa`, `reduces-rwa`, `adds-to-leverage`, `is-leverage`",
                    );
                }
            };
            // Whoever states a reduction has not stated what the module adds.
            if let Some(word) = &text.module
                && effect == StatedEffect::ReducesRwa
                && !module.is_empty()
            {
                return self.fail(&word.span(), &key, RulebookProblem::Reduction);
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            lines.push(StatedLine {
                name,
                module,
                effect,
            });
            if lines.len() > MAX_STATED_LINES {
                let problem = RulebookProblem::Capacity {
                    count: lines.len(),
                    limit: MAX_STATED_LINES,
                };
                return self.fail(&span, &key, problem);
            }
        }
        Ok(lines)
    }

    pub(super) fn ratios(
        &mut self,
        texts: BTreeMap<String, Spanned<RatioText>>,
        stated: &[StatedLine],
        computed: Linked,
    ) -> Checked<BTreeMap<String, RatioRule>> {
        let mut ratios = BTreeMap::new();
        for (name, text) in texts {
            let span = text.span();
            let text = text.into_inner();
            let key = format!("ratios.{name}");
            let Some(ratio) = RATIOS.into_iter().find(|ratio| ratio.name() == name) else {
                let allowed = "`cet1`, `tier1`, `total`, `leverage`";
                return self.fail(
                    &span,
                    &key,
                    RulebookProblem::Word {
                        text: name,
                        allowed,
                    },
                );
            };
            let minimum = self.percent(&text.minimum, &key, 6, ONE_MILLIONTHS)?;
            let mut seen = BTreeSet::new();
            let mut needs = Vec::new();
            for need in &text.needs {
                let module = self.fresh(need, &key, &mut seen)?;
                if !computes(computed, &module, ratio) {
                    let mut lines = stated
                        .iter()
                        .filter(|line| line.module == module)
                        .peekable();
                    if lines.peek().is_none() {
                        return self.fail(&need.span(), &key, RulebookProblem::Module(module));
                    }
                    if !lines.any(|line| line.effect.serves(ratio, stated)) {
                        return self.fail(&need.span(), &key, RulebookProblem::Effect(module));
                    }
                }
                needs.push(module);
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            ratios.insert(name, RatioRule { minimum, needs });
        }
        Ok(ratios)
    }

    pub(super) fn conservation(
        &mut self,
        text: Option<Spanned<ConservationText>>,
    ) -> Checked<(u32, Vec<ConservationStep>)> {
        let Some(text) = text else {
            return Ok((0, Vec::new()));
        };
        let text = text.into_inner();
        let key = "conservation";
        let buffer = self.percent(&text.buffer, key, 6, ONE_MILLIONTHS)?;
        let edges = self.edges(&text.steps, key, |word| {
            self.percent(word, key, 6, ONE_MILLIONTHS)
        })?;
        let mut steps: Vec<ConservationStep> = Vec::new();
        for (pair, upto) in text.steps.get_ref().iter().zip(edges) {
            let word = &pair.get_ref().1;
            let conserve = self.percent(word, key, 6, ONE_MILLIONTHS)?;
            if steps
                .last()
                .is_some_and(|before| before.conserve < conserve)
            {
                return self.fail(&word.span(), key, RulebookProblem::ConservationRises);
            }
            steps.push(ConservationStep { upto, conserve });
        }
        self.source(key, &text.paragraph, &text.sure)?;
        Ok((buffer, steps))
    }
}
