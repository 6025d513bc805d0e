//! Maturity mismatch (CRE22): protection that ends before its exposure counts with
//! (t − 0.25) / (T − 0.25), T = min(5 years, exposure), t = min(T, protection).
//!
//! In days of a year of 365, a quarter year is 365/4: everything is counted in quarter days, so
//! that the share is (4t − 365) / (4T − 365). One denominator serves all items of an exposure.

use crate::rulebook::Haircuts;

/// The maturity shares of an exposure's items: numerators over one denominator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// Denominator, at least 1; 1 where every item is matched.
    pub denominator: u32,
    /// A numerator per item, at most the denominator.
    pub numerators: Vec<u32>,
    /// T in days; 0 where no item states how long it protects.
    pub maturity_days: u32,
}

impl Matching {
    /// Whether every item protects as long as the exposure lasts.
    pub fn is_matched(&self) -> bool {
        self.numerators
            .iter()
            .all(|numerator| *numerator == self.denominator)
    }
}

/// Quarter days beyond the floor, or 0: what counts of a life of `quarter_days` days × 4.
pub fn recognised_quarter_days(haircuts: &Haircuts, quarter_days: u32) -> u32 {
    quarter_days.saturating_sub(haircuts.mismatch_floor_quarter_days)
}

/// The shares of items given as (residual days of protection, original days of protection), for
/// an exposure of this maturity in days. 0 days of protection are "as long as the exposure", 0
/// original days "a year at least".
///
/// Where no unmatched item can be recognised because the exposure itself ends within the floor,
/// the denominator is 1 and such items count nothing.
pub fn matching(haircuts: &Haircuts, maturity_days: u32, items: &[(u32, u32)]) -> Matching {
    let maturity = maturity_days.min(haircuts.mismatch_cap_days);
    let is_matched = |protection: u32| protection == 0 || protection >= maturity;
    let all = items.iter().all(|(protection, _)| is_matched(*protection));
    let denominator = if all {
        1
    } else {
        recognised_quarter_days(haircuts, 4 * maturity).max(1)
    };
    let numerators = items.iter().map(|&(protection, original)| {
        if is_matched(protection) {
            denominator
        } else if original == 0 || original >= haircuts.mismatch_original_days {
            recognised_quarter_days(haircuts, 4 * protection)
        } else {
            0
        }
    });
    Matching {
        denominator,
        numerators: numerators.collect(),
        maturity_days: if items.iter().all(|(protection, _)| *protection == 0) {
            0
        } else {
            maturity
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Rulebook;

    fn shares(maturity: u32, items: &[(u32, u32)]) -> (u32, Vec<u32>) {
        let rulebook = Rulebook::builtin("basel-2023").expect("it ships");
        let haircuts = rulebook.haircuts.expect("it has haircuts");
        let matching = matching(&haircuts, maturity, items);
        assert!(
            matching
                .numerators
                .iter()
                .all(|n| *n <= matching.denominator)
        );
        (matching.denominator, matching.numerators)
    }

    #[test]
    fn protection_as_long_as_the_exposure_counts_in_full() {
        assert_eq!(shares(0, &[(0, 0)]), (1, vec![1]));
        assert_eq!(
            shares(1_095, &[(1_095, 0), (0, 0), (2_000, 30)]),
            (1, vec![1; 3])
        );
        assert_eq!(
            shares(3_650, &[(1_825, 0)]),
            (1, vec![1]),
            "five years are enough"
        );
    }

    #[test]
    fn shorter_protection_counts_in_part() {
        // t = 2 years, T = 5: (8 − 1) / (20 − 1).
        assert_eq!(shares(2_555, &[(730, 0)]), (19 * 365, vec![7 * 365]));
        assert_eq!(shares(2_555, &[(730, 0), (0, 0)]).1, [7 * 365, 19 * 365]);
        assert_eq!(
            shares(2_555, &[(730, 364)]).1,
            [0],
            "original life below a year"
        );
        assert_eq!(shares(2_555, &[(730, 365)]).1, [7 * 365]);
        assert_eq!(shares(2_555, &[(91, 0)]).1, [0], "three months or less");
        assert_eq!(shares(2_555, &[(92, 0)]).1, [3]);
    }

    #[test]
    fn a_short_exposure_recognises_nothing_shorter() {
        assert_eq!(shares(90, &[(60, 0)]), (1, vec![0]));
        assert_eq!(shares(90, &[(60, 0), (0, 0)]), (1, vec![0, 1]));
        assert_eq!(shares(92, &[(91, 0)]), (3, vec![0]));
    }
}
