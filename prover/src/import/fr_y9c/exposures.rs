//! Schedule HC-R Part II: the risk-weight buckets.

use plimsoll_circuits::book::{Exposure, Place};
use plimsoll_circuits::rulebook::Rulebook;

use super::error::{FilingError, FilingProblem};
use super::filing::Filing;

/// Class of a bucket in the rulebook.
const CLASS: &str = "bucket";

/// (item 23, item 25, grade in the rulebook).
const BUCKETS: [(&str, &str, &str); 15] = [
    ("BHCKG630", "BHCKG634", "0%"),
    ("BHCKS558", "BHCKS569", "2%"),
    ("BHCKS559", "BHCKS570", "4%"),
    ("BHCKS560", "BHCKS571", "10%"),
    ("BHCKG631", "BHCKG635", "20%"),
    ("BHCKG632", "BHCKG636", "50%"),
    ("BHCKG633", "BHCKG637", "100%"),
    ("BHCKS561", "BHCKS572", "150%"),
    ("BHCKS562", "BHCKS573", "250%"),
    ("BHCKS563", "BHCKS574", "300%"),
    ("BHCKS564", "BHCKS575", "400%"),
    ("BHCKS565", "BHCKS576", "600%"),
    ("BHCKS566", "BHCKS577", "625%"),
    ("BHCKS567", "BHCKS578", "937.5%"),
    ("BHCKS568", "BHCKS579", "1250%"),
];

/// Units of a weight in one.
const WEIGHT_ONE: i128 = plimsoll_circuits::amount::WEIGHT_ONE as i128;
/// Half a million dollars: what rounding to the million can move an item by, in thousands.
const HALF_A_MILLION: i128 = 500;

/// The buckets as exposures.
pub(super) struct Buckets {
    /// One exposure for each bucket that is not zero.
    pub(super) exposures: Vec<Exposure>,
    /// Σ item 25, thousands.
    pub(super) weighted: i128,
    /// Σ (item 25 − item 23 · weight), 10^-4 of a thousand: the bank's own rounding.
    pub(super) rounding: i128,
}

/// Reads the buckets.
pub(super) fn exposures(filing: &Filing, rulebook: &Rulebook) -> Result<Buckets, FilingError> {
    let class = rulebook.classes.iter().find(|class| class.name == CLASS);
    let mut buckets = Buckets {
        exposures: Vec::new(),
        weighted: 0,
        rounding: 0,
    };
    for (code, weighted_code, grade) in BUCKETS {
        let weight = class
            .and_then(|class| class.grades.iter().find(|(name, _)| name == grade))
            .map(|(_, weight)| i128::from(*weight))
            .ok_or_else(|| filing.error(FilingProblem::Rulebook(grade)))?;
        let amount = filing.or_zero(code)?;
        let weighted = filing.or_zero(weighted_code)?;
        let difference = weighted * WEIGHT_ONE - amount * weight;
        if difference.abs() > HALF_A_MILLION * (weight + WEIGHT_ONE) {
            let (weighted, amount) = (weighted_code.to_owned(), code.to_owned());
            return Err(filing.error(FilingProblem::Rounding {
                weighted,
                amount,
                grade,
            }));
        }
        buckets.weighted += weighted;
        buckets.rounding += difference;
        let amount = filing.amount(&format!("item {code}"), amount)?;
        if amount == 0 {
            continue;
        }
        buckets.exposures.push(Exposure {
            id: code.into(),
            class: CLASS.into(),
            grade: grade.into(),
            conversion: "on-balance".into(),
            amount,
            place: Place {
                file: "exposures.csv".into(),
                line: buckets.exposures.len() as u64 + 2,
            },
            ..Exposure::default()
        });
    }
    if buckets.exposures.is_empty() {
        return Err(filing.error(FilingProblem::Missing("BHCKG633".to_owned())));
    }
    Ok(buckets)
}
