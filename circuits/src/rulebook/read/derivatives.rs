//! Derivatives: parameters, groups and classes of SA-CCR.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{Checked, Limit, ONE_MILLIONTHS, ONE_WEIGHT, Reader, WEIGHT_LIMIT};
use crate::rulebook::derivatives::{
    END_BITS, LONGEST_EXPONENT, MAX_LINE_FACTOR, MAX_VOLATILITY, MIN_VOLATILITY,
};
use crate::rulebook::text::{
    DerivativeClassText, DerivativeGroupText, DerivativesText, MarginText, Word,
};
use crate::rulebook::{
    Aggregation, DerivativeClass, DerivativeGroup, Derivatives, MAX_DERIVATIVE_CLASSES,
    MAX_MARGIN_PERIODS, MarginPeriod, RulebookProblem,
};

/// The multiplier divides by what the floor leaves.
const BELOW_ONE: Limit = Limit(9_999, "99.99%");
const MULTIPLE_LIMIT: Limit = Limit(100_000, "1000%");
const VOLATILITY_LIMIT: Limit = Limit(MAX_VOLATILITY as u64, "400%");
const DAYS_LIMIT: Limit = Limit(1_000, "1000 days");
const YEAR_LIMIT: Limit = Limit(1_464, "1464 quarter days");
const EDGE_LIMIT: Limit = Limit((1 << END_BITS) - 1, "131071 quarter days");
/// What the circuit has words for: thirteen bits.
const LARGE_SET_LIMIT: Limit = Limit(8_191, "8191 trades");
const TRANCHE_LIMIT: Limit = Limit(15, "15");
/// 10^6 and 10^4.
const MILLION: u32 = 1_000_000;
const WHOLE: u64 = 10_000;

impl Reader<'_> {
    pub(super) fn derivatives(&mut self, text: DerivativesText) -> Checked<Derivatives> {
        let alpha = self.percent(
            &text.exposure.alpha,
            "derivatives.exposure",
            4,
            WEIGHT_LIMIT,
        )?;
        let floor = &text.multiplier.floor;
        let multiplier_floor = self.percent(floor, "derivatives.multiplier", 4, BELOW_ONE)?;
        let year = &text.calendar.year_quarter_days;
        let year_quarter_days = self.days(year, "derivatives.calendar", YEAR_LIMIT)?;
        let duration_inverse_rate = self.inverse_rate(&text.duration.rate, year_quarter_days)?;
        let key = "derivatives.business_days";
        let business_days = self.days(&text.business_days.year, key, DAYS_LIMIT)?;
        let floor_days = self.days(&text.business_days.floor, key, DAYS_LIMIT)?;
        if floor_days > business_days {
            let problem = RulebookProblem::Bound {
                text: floor_days.to_string(),
                limit: "the business days of a year",
            };
            return self.fail(&text.business_days.floor.span(), key, problem);
        }
        let multiple = &text.margin.multiple;
        let margined_multiple = self.percent(multiple, "derivatives.margin", 4, MULTIPLE_LIMIT)?;
        let (large_set, margin_floors) = self.margin_floors(&text.margin)?;
        let margin_periods = self.margin_periods(
            &text.margin,
            margin_floors,
            margined_multiple,
            business_days,
        )?;
        let unmargined = &text.collateral.unmargined_days;
        let unmargined_haircut_days =
            self.days(unmargined, "derivatives.collateral", DAYS_LIMIT)?;

        let key = "derivatives.buckets";
        let [low, high] = text.buckets.edge_quarter_days.get_ref();
        let bucket_edges = [
            self.days(low, key, EDGE_LIMIT)?,
            self.days(high, key, EDGE_LIMIT)?,
        ];
        if bucket_edges[0] >= bucket_edges[1] {
            return self.fail(&high.span(), key, RulebookProblem::Disordered);
        }
        let mut bucket_correlations = [0; 3];
        for (out, word) in bucket_correlations
            .iter_mut()
            .zip(text.buckets.correlations.get_ref())
        {
            *out = self.percent(word, key, 4, ONE_WEIGHT)?;
        }
        if !is_correlation_matrix(bucket_correlations) {
            let span = text.buckets.correlations.span();
            return self.fail(&span, key, RulebookProblem::Correlations);
        }

        let basis = &text.basis.multiple;
        let basis_multiple = self.percent(basis, "derivatives.basis", 4, MULTIPLE_LIMIT)?;
        let volatility = &text.volatility.multiple;
        let volatility_multiple =
            self.percent(volatility, "derivatives.volatility", 4, MULTIPLE_LIMIT)?;
        let key = "derivatives.tranche";
        let tranche = [
            self.days(&text.tranche.numerator, key, TRANCHE_LIMIT)?,
            self.days(&text.tranche.slope, key, TRANCHE_LIMIT)?,
        ];
        for (key, paragraph, sure) in [
            ("exposure", &text.exposure.paragraph, &text.exposure.sure),
            (
                "multiplier",
                &text.multiplier.paragraph,
                &text.multiplier.sure,
            ),
            ("duration", &text.duration.paragraph, &text.duration.sure),
            ("calendar", &text.calendar.paragraph, &text.calendar.sure),
            (
                "business_days",
                &text.business_days.paragraph,
                &text.business_days.sure,
            ),
            ("margin", &text.margin.paragraph, &text.margin.sure),
            (
                "margin_cap",
                &text.margin_cap.paragraph,
                &text.margin_cap.sure,
            ),
            (
                "collateral",
                &text.collateral.paragraph,
                &text.collateral.sure,
            ),
            ("buckets", &text.buckets.paragraph, &text.buckets.sure),
            ("basis", &text.basis.paragraph, &text.basis.sure),
            (
                "volatility",
                &text.volatility.paragraph,
                &text.volatility.sure,
            ),
            ("tranche", &text.tranche.paragraph, &text.tranche.sure),
        ] {
            self.source(&format!("derivatives.{key}"), paragraph, sure)?;
        }
        let groups = self.derivative_groups(text.group)?;
        let mut derivatives = Derivatives {
            alpha,
            multiplier_floor,
            duration_inverse_rate,
            year_quarter_days,
            business_days,
            floor_days,
            margined_multiple,
            large_set,
            margin_floors,
            margin_periods,
            cap_counts_variation_margin: text.margin_cap.counts_variation_margin,
            unmargined_haircut_days,
            bucket_edges,
            bucket_correlations,
            basis_multiple,
            volatility_multiple,
            tranche,
            groups,
            classes: Vec::new(),
        };
        self.derivative_classes(text.class, &mut derivatives)?;
        Ok(derivatives)
    }

    /// 1/r, which must be whole; and the longest end date must not be discounted to nothing.
    fn inverse_rate(&self, rate: &Word, year_quarter_days: u32) -> Checked<u32> {
        let key = "derivatives.duration";
        let value = self.percent(rate, key, 6, ONE_MILLIONTHS)?;
        let inverse = MILLION.checked_div(value).unwrap_or_default();
        let longest = u64::from(inverse) * u64::from(year_quarter_days) * LONGEST_EXPONENT;
        if value < MILLION / 1_000 || inverse * value != MILLION || longest >> END_BITS == 0 {
            let text = rate.get_ref().clone();
            return self.fail(&rate.span(), key, RulebookProblem::DurationRate(text));
        }
        Ok(inverse)
    }

    fn margin_floors(&self, text: &MarginText) -> Checked<(u32, [u32; 3])> {
        let key = "derivatives.margin";
        let large_set = self.days(&text.large_set, key, LARGE_SET_LIMIT)?;
        let bilateral = self.days(&text.bilateral, key, DAYS_LIMIT)?;
        let large = self.days(&text.large, key, DAYS_LIMIT)?;
        let cleared = self.days(&text.cleared, key, DAYS_LIMIT)?;
        if large < bilateral {
            return self.fail(&text.large.span(), key, RulebookProblem::Disordered);
        }
        Ok((large_set, [bilateral, large, cleared]))
    }

    fn margin_periods(
        &self,
        text: &MarginText,
        floors: [u32; 3],
        multiple: u32,
        business_days: u32,
    ) -> Checked<Vec<MarginPeriod>> {
        let [bilateral, large, cleared] = floors;
        let mut periods: Vec<MarginPeriod> = Vec::new();
        for (limited, key, list) in [
            (false, "derivatives.margin.periods", &text.periods),
            (
                true,
                "derivatives.margin.limited_periods",
                &text.limited_periods,
            ),
        ] {
            for entry in list.get_ref() {
                let days = self.days(entry, key, DAYS_LIMIT)?;
                if let Some(before) = periods.last().filter(|last| last.limited == limited) {
                    if before.days == days {
                        let problem = RulebookProblem::Duplicate(days.to_string());
                        return self.fail(&entry.span(), key, problem);
                    }
                    if before.days > days {
                        return self.fail(&entry.span(), key, RulebookProblem::Disordered);
                    }
                }
                // Maturity factors fit 33 fractional and whole bits: at most two.
                let square = u64::from(multiple) * u64::from(multiple) * u64::from(days);
                let bound = 4 * WHOLE * WHOLE * u64::from(business_days);
                let problem = if square > bound {
                    Some(RulebookProblem::Bound {
                        text: days.to_string(),
                        limit: "what gives a maturity factor of two",
                    })
                } else if limited && days >= large {
                    Some(RulebookProblem::Bound {
                        text: days.to_string(),
                        limit: "the days below the period of a large set",
                    })
                } else {
                    None
                };
                if let Some(problem) = problem {
                    return self.fail(&entry.span(), key, problem);
                }
                periods.push(MarginPeriod { days, limited });
            }
        }
        let count = periods.len();
        if count > MAX_MARGIN_PERIODS {
            let problem = RulebookProblem::Capacity {
                count,
                limit: MAX_MARGIN_PERIODS,
            };
            return self.fail(&text.periods.span(), "derivatives.margin.periods", problem);
        }
        for (days, limited) in [
            (bilateral, bilateral < large),
            (large, false),
            (cleared, false),
        ] {
            if !periods.contains(&MarginPeriod { days, limited }) {
                let span = if limited {
                    &text.limited_periods
                } else {
                    &text.periods
                }
                .span();
                let problem = RulebookProblem::Period(days);
                return self.fail(&span, "derivatives.margin", problem);
            }
        }
        Ok(periods)
    }

    fn derivative_groups(
        &mut self,
        texts: Vec<Spanned<DerivativeGroupText>>,
    ) -> Checked<Vec<DerivativeGroup>> {
        let mut groups = Vec::new();
        let mut seen = BTreeSet::new();
        for text in texts {
            let span = text.span();
            let text = text.into_inner();
            let name = self.fresh(&text.name, "derivatives.group.name", &mut seen)?;
            let key = format!("derivatives.group.{name}");
            let aggregation = match text.aggregation.get_ref().as_str() {
                "single" => Aggregation::Single,
                "buckets" => Aggregation::Buckets,
                "entities" => Aggregation::Entities,
                other => {
                    let problem = RulebookProblem::Word {
                        text: other.to_owned(),
                        allowed: "`single`, `buckets`, `entities`",
                    };
                    return self.fail(&text.aggregation.span(), &key, problem);
                }
            };
            if text.by_currency && aggregation != Aggregation::Buckets {
                return self.fail(&span, &key, RulebookProblem::ByCurrency);
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            groups.push(DerivativeGroup {
                name,
                aggregation,
                by_currency: text.by_currency,
            });
        }
        if groups.is_empty() {
            return self.fail(&(0..0), "derivatives.group", RulebookProblem::Empty);
        }
        Ok(groups)
    }

    fn derivative_classes(
        &mut self,
        texts: Vec<Spanned<DerivativeClassText>>,
        derivatives: &mut Derivatives,
    ) -> Checked<()> {
        let mut seen = BTreeSet::new();
        for text in texts {
            let span = text.span();
            let text = text.into_inner();
            let name = self.fresh(&text.name, "derivatives.class.name", &mut seen)?;
            let key = format!("derivatives.class.{name}");
            let class = self.derivative_class(&text, name, &key, derivatives)?;
            if derivatives.classes.len() == MAX_DERIVATIVE_CLASSES {
                let problem = RulebookProblem::Capacity {
                    count: MAX_DERIVATIVE_CLASSES + 1,
                    limit: MAX_DERIVATIVE_CLASSES,
                };
                return self.fail(&span, &key, problem);
            }
            for multiple in derivatives.variant_multiples(&class) {
                let whole = u64::from(class.factor) * u64::from(multiple);
                let scale = if class.duration {
                    u64::from(derivatives.duration_inverse_rate)
                } else {
                    1
                };
                // At most 10^6 · 10^5 · 10^3.
                let factor = whole / WHOLE * scale;
                let problem = if !whole.is_multiple_of(WHOLE) {
                    Some(RulebookProblem::Inexact)
                } else if factor > MAX_LINE_FACTOR {
                    Some(RulebookProblem::Bound {
                        text: text.factor.get_ref().clone(),
                        limit: "what the tables hold with its multiples",
                    })
                } else {
                    None
                };
                if let Some(problem) = problem {
                    return self.fail(&text.factor.span(), &key, problem);
                }
            }
            self.source(&key, &text.paragraph, &text.sure)?;
            derivatives.classes.push(class);
        }
        if derivatives.classes.is_empty() {
            return self.fail(&(0..0), "derivatives.class", RulebookProblem::Empty);
        }
        Ok(())
    }

    fn derivative_class(
        &self,
        text: &DerivativeClassText,
        name: String,
        key: &str,
        derivatives: &Derivatives,
    ) -> Checked<DerivativeClass> {
        let wanted = text.group.get_ref();
        let found = (0..)
            .zip(&derivatives.groups)
            .find(|(_, group)| group.name == *wanted);
        let Some((index, group)) = found else {
            let problem = RulebookProblem::Group(wanted.clone());
            return self.fail(&text.group.span(), key, problem);
        };
        let correlation = match (&text.correlation, group.aggregation) {
            (Some(word), Aggregation::Entities) => self.percent(word, key, 4, ONE_WEIGHT)?,
            (None, Aggregation::Entities) => {
                return self.fail(&text.group.span(), key, RulebookProblem::Correlation);
            }
            (Some(word), _) => return self.fail(&word.span(), key, RulebookProblem::Correlation),
            (None, _) => 0,
        };
        let volatility = match &text.volatility {
            None => 0,
            Some(word) => {
                let value = self.percent(word, key, 4, VOLATILITY_LIMIT)?;
                if value < MIN_VOLATILITY {
                    let text = word.get_ref().clone();
                    return self.fail(&word.span(), key, RulebookProblem::LowVolatility(text));
                }
                value
            }
        };
        let single = group.aggregation == Aggregation::Single;
        if text.gross && (text.duration || volatility > 0 || !single) {
            return self.fail(&text.name.span(), key, RulebookProblem::Gross);
        }
        Ok(DerivativeClass {
            name,
            asset_class: self.name(&text.asset_class, key)?,
            group: index,
            factor: self.percent(&text.factor, key, 6, ONE_MILLIONTHS)?,
            correlation,
            volatility,
            duration: text.duration,
            gross: text.gross,
        })
    }
}

/// Whether a 3×3 matrix with ones on its diagonal and these correlations (12, 23, 13; 10^-4, from
/// 0 to 1) has no negative eigenvalue: its minors of order two do not, so its determinant decides.
fn is_correlation_matrix(correlations: [u32; 3]) -> bool {
    let [a, b, c] = correlations.map(i128::from);
    let one = i128::from(WHOLE);
    one * one * one + 2 * a * b * c - one * (a * a + b * b + c * c) >= 0
}
