//! The section `[derivatives]` as people write it.

use serde::Deserialize;
use toml::Spanned;

use super::Word;

type Days = Spanned<u32>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct DerivativesText {
    pub(in crate::rulebook) exposure: ExposureText,
    pub(in crate::rulebook) multiplier: MultiplierText,
    pub(in crate::rulebook) duration: DurationText,
    pub(in crate::rulebook) calendar: CalendarText,
    pub(in crate::rulebook) business_days: BusinessDaysText,
    pub(in crate::rulebook) margin: MarginText,
    pub(in crate::rulebook) margin_cap: MarginCapText,
    pub(in crate::rulebook) collateral: CollateralText,
    pub(in crate::rulebook) buckets: BucketsText,
    pub(in crate::rulebook) basis: MultipleText,
    pub(in crate::rulebook) volatility: MultipleText,
    pub(in crate::rulebook) tranche: TrancheText,
    pub(in crate::rulebook) group: Vec<Spanned<DerivativeGroupText>>,
    pub(in crate::rulebook) class: Vec<Spanned<DerivativeClassText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct ExposureText {
    pub(in crate::rulebook) alpha: Word,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct MultiplierText {
    pub(in crate::rulebook) floor: Word,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct DurationText {
    pub(in crate::rulebook) rate: Word,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct CalendarText {
    pub(in crate::rulebook) year_quarter_days: Days,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct BusinessDaysText {
    pub(in crate::rulebook) year: Days,
    pub(in crate::rulebook) floor: Days,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct MarginText {
    pub(in crate::rulebook) multiple: Word,
    pub(in crate::rulebook) large_set: Days,
    pub(in crate::rulebook) bilateral: Days,
    pub(in crate::rulebook) large: Days,
    pub(in crate::rulebook) cleared: Days,
    pub(in crate::rulebook) periods: Spanned<Vec<Days>>,
    pub(in crate::rulebook) limited_periods: Spanned<Vec<Days>>,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct MarginCapText {
    pub(in crate::rulebook) counts_variation_margin: bool,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct CollateralText {
    pub(in crate::rulebook) unmargined_days: Days,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct BucketsText {
    pub(in crate::rulebook) edge_quarter_days: Spanned<[Days; 2]>,
    pub(in crate::rulebook) correlations: Spanned<[Word; 3]>,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct MultipleText {
    pub(in crate::rulebook) multiple: Word,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct TrancheText {
    pub(in crate::rulebook) numerator: Days,
    pub(in crate::rulebook) slope: Days,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct DerivativeGroupText {
    pub(in crate::rulebook) name: Word,
    pub(in crate::rulebook) aggregation: Word,
    #[serde(default)]
    pub(in crate::rulebook) by_currency: bool,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rulebook) struct DerivativeClassText {
    pub(in crate::rulebook) name: Word,
    pub(in crate::rulebook) asset_class: Word,
    pub(in crate::rulebook) group: Word,
    pub(in crate::rulebook) factor: Word,
    pub(in crate::rulebook) correlation: Option<Word>,
    pub(in crate::rulebook) volatility: Option<Word>,
    #[serde(default)]
    pub(in crate::rulebook) duration: bool,
    #[serde(default)]
    pub(in crate::rulebook) gross: bool,
    pub(in crate::rulebook) paragraph: String,
    pub(in crate::rulebook) sure: Word,
}
