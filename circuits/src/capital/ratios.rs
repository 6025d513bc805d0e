//! Ratios (RBC20.1, LEV20): compared as capital ≥ threshold × base, never by dividing. Where the
//! base is zero the ratio is undefined and the test is capital ≥ 0.

use std::collections::BTreeMap;
use std::fmt;

use num_rational::BigRational;
use num_traits::Zero;

use super::{OwnFunds, buffers};
use crate::amount::THRESHOLD_ONE;
use crate::claim::Ratio;
use crate::rulebook::Rulebook;

/// One ratio of a book.
#[derive(Clone, PartialEq, Eq)]
pub struct RatioAssessment {
    /// The capital, in the book's unit; for [`Ratio::Buffer`] the common equity tier 1 that no
    /// minimum uses up.
    pub capital: BigRational,
    /// Risk-weighted assets or exposure measure, in the book's unit.
    pub base: BigRational,
    /// Minimum, 10^-6.
    pub minimum: u32,
    /// Modules that the ratio needs and that the book neither computes nor states.
    pub missing: Vec<String>,
    /// Whether common equity tier 1 is negative: then no test is passed.
    pub negative_cet1: bool,
}

impl RatioAssessment {
    /// Capital over base, a fraction; `None` where the base is zero.
    pub fn value(&self) -> Option<BigRational> {
        (!self.base.is_zero()).then(|| &self.capital / &self.base)
    }

    /// Whether the ratio is at least `threshold`, 10^-6. Negative CET1 fails every test.
    pub fn holds(&self, threshold: u32) -> bool {
        !self.negative_cet1 && self.headroom(threshold) >= BigRational::zero()
    }

    /// Capital beyond `threshold` (10^-6) of the base, in the book's unit; negative where it falls
    /// short.
    pub fn headroom(&self, threshold: u32) -> BigRational {
        &self.capital - share(threshold) * &self.base
    }
}

/// The ratios that the rulebook has and the book can answer.
pub(super) fn all(
    rulebook: &Rulebook,
    own_funds: &OwnFunds,
    rwa: &BigRational,
    leverage: Option<&BigRational>,
    present: &dyn Fn(Ratio, &str) -> bool,
) -> BTreeMap<Ratio, RatioAssessment> {
    let tier1 = &own_funds.cet1 + &own_funds.additional_tier1;
    let total = &tier1 + &own_funds.tier2;
    let missing = |ratio, needs: &[String]| -> Vec<String> {
        needs
            .iter()
            .filter(|module| !present(ratio, module))
            .cloned()
            .collect()
    };
    let negative_cet1 = own_funds.cet1 < BigRational::zero();
    let mut ratios = BTreeMap::new();
    for (ratio, capital) in [
        (Ratio::Cet1, &own_funds.cet1),
        (Ratio::Tier1, &tier1),
        (Ratio::Total, &total),
        (Ratio::Leverage, &tier1),
    ] {
        let Some(rule) = rulebook.ratios.get(ratio.name()) else {
            continue;
        };
        let base = if ratio == Ratio::Leverage {
            match leverage {
                Some(measure) => measure.clone(),
                None => continue,
            }
        } else {
            rwa.clone()
        };
        ratios.insert(
            ratio,
            RatioAssessment {
                capital: capital.clone(),
                base,
                minimum: rule.minimum,
                missing: missing(ratio, &rule.needs),
                negative_cet1,
            },
        );
    }
    if let Some(free) = buffers::free(&ratios) {
        // A buffer rests on every minimum, and needs what they need.
        let mut needs: Vec<String> = Vec::new();
        for ratio in [Ratio::Cet1, Ratio::Tier1, Ratio::Total] {
            for module in ratios
                .get(&ratio)
                .map(|found| found.missing.clone())
                .unwrap_or_default()
            {
                if !needs.contains(&module) {
                    needs.push(module);
                }
            }
        }
        ratios.insert(
            Ratio::Buffer,
            RatioAssessment {
                capital: free,
                base: rwa.clone(),
                minimum: rulebook.conservation_buffer,
                missing: needs,
                negative_cet1,
            },
        );
    }
    ratios
}

/// 10^-6 as a fraction.
pub(super) fn share(threshold: u32) -> BigRational {
    BigRational::new(threshold.into(), THRESHOLD_ONE.into())
}

impl fmt::Debug for RatioAssessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RatioAssessment(missing: {:?})", self.missing)
    }
}
