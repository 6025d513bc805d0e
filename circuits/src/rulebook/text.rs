//! The fields of a rulebook as people write them: TOML, percentages as text.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

mod derivatives;

pub(super) use derivatives::{
    DerivativeClassText, DerivativeGroupText, DerivativesText, MarginText,
};

pub(super) type Word = Spanned<String>;
pub(super) type Pair = Spanned<(Word, Word)>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulebookText {
    pub(super) name: Word,
    pub(super) date: Word,
    pub(super) title: String,
    pub(super) class: Vec<Spanned<ClassText>>,
    #[serde(default)]
    pub(super) banded: Vec<Spanned<BandedText>>,
    pub(super) mismatch: Option<Spanned<MismatchText>>,
    pub(super) conversion: Spanned<Vec<Spanned<ConversionText>>>,
    pub(super) haircuts: Option<Spanned<HaircutsText>>,
    pub(super) capital: Vec<Spanned<CapitalText>>,
    pub(super) thresholds: Option<Spanned<ThresholdsText>>,
    #[serde(default)]
    pub(super) stated: Vec<Spanned<StatedText>>,
    pub(super) ratios: BTreeMap<String, Spanned<RatioText>>,
    pub(super) conservation: Option<Spanned<ConservationText>>,
    pub(super) derivatives: Option<DerivativesText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassText {
    pub(super) name: Word,
    pub(super) weight: Option<Word>,
    pub(super) weights: Option<Spanned<Vec<Pair>>>,
    #[serde(default)]
    pub(super) mismatch: bool,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BandedText {
    pub(super) name: Word,
    pub(super) measure: Word,
    pub(super) bands: Option<Spanned<Vec<Pair>>>,
    pub(super) split: Option<Pair>,
    #[serde(default)]
    pub(super) mismatch: bool,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MismatchText {
    pub(super) multiplier: Word,
    pub(super) cap: Word,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConversionText {
    pub(super) name: Word,
    pub(super) factor: Word,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HaircutsText {
    pub(super) currency_mismatch: Word,
    pub(super) base_holding_days: Spanned<u32>,
    pub(super) holding_days: Spanned<Vec<Spanned<u32>>>,
    pub(super) revaluation_days: Spanned<Vec<Spanned<u32>>>,
    pub(super) maturity_mismatch: Spanned<MaturityMismatchText>,
    pub(super) row: Vec<Spanned<HaircutRowText>>,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MaturityMismatchText {
    pub(super) cap_days: Spanned<u32>,
    pub(super) floor_quarter_days: Spanned<u32>,
    pub(super) original_days: Spanned<u32>,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HaircutRowText {
    pub(super) kind: Word,
    pub(super) rating: Option<Word>,
    pub(super) bands: Spanned<Vec<Pair>>,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CapitalText {
    pub(super) name: Word,
    pub(super) tier: Option<Word>,
    pub(super) role: Word,
    pub(super) cap: Option<Word>,
    #[serde(default)]
    pub(super) equity: bool,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThresholdsText {
    pub(super) individual: Word,
    pub(super) aggregate: Word,
    pub(super) weight: Word,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedText {
    pub(super) name: Word,
    #[serde(default)]
    pub(super) module: Option<Word>,
    pub(super) effect: Word,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RatioText {
    pub(super) minimum: Word,
    pub(super) needs: Vec<Word>,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConservationText {
    pub(super) buffer: Word,
    pub(super) steps: Spanned<Vec<Pair>>,
    pub(super) paragraph: String,
    pub(super) sure: Word,
}
