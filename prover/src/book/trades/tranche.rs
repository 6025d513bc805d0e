//! Tranches of securitised credit, and baskets that pay on the n-th default.

use plimsoll_circuits::book::Instrument;

use crate::book::error::{BookError, Problem};
use crate::book::table::Row;

/// Largest common denominator: 2^30.
const MAX_OF: u64 = 1 << 30;

/// Reads the tranche of a record, if it is one.
pub(super) fn read(row: &Row<'_>) -> Result<Option<Instrument>, BookError> {
    let points = (row.fraction("attachment")?, row.fraction("detachment")?);
    let basket = (row.count("nth")?, row.count("names")?);
    let together = |column: &str, why| Err(row.error(column, Problem::Together(why)));
    match (points, basket) {
        ((None, None), (None, None)) => Ok(None),
        ((Some((attachment, a)), Some((detachment, d))), (None, None)) => {
            let Some(of) = common(a, d) else {
                let why = "the two parts have no common denominator up to 2^30";
                return together("detachment", why);
            };
            // Both are at most `of`, which divides evenly.
            let (attachment, detachment) = (attachment * (of / a), detachment * (of / d));
            if attachment >= detachment {
                return together("detachment", "a tranche detaches above where it attaches");
            }
            Ok(Some(Instrument::Tranche {
                attachment,
                detachment,
                of,
            }))
        }
        ((None, None), (Some(nth), Some(names))) => {
            if nth > names {
                return together("nth", "the basket has fewer names");
            }
            Ok(Some(Instrument::Tranche {
                attachment: nth - 1,
                detachment: nth,
                of: names,
            }))
        }
        ((Some(_), None) | (None, Some(_)), _) => together(
            "detachment",
            "a tranche has two ends: attachment and detachment",
        ),
        (_, (Some(_), None) | (None, Some(_))) => together(
            "names",
            "a basket needs both: which default, and of how many names",
        ),
        _ => together(
            "nth",
            "a basket's points of attachment follow from `nth` and `names`",
        ),
    }
}

/// The least common multiple, up to 2^30.
fn common(a: u32, b: u32) -> Option<u32> {
    let (mut x, mut y) = (u64::from(a), u64::from(b));
    while y > 0 {
        (x, y) = (y, x % y);
    }
    let multiple = u64::from(a) / x.max(1) * u64::from(b);
    (multiple <= MAX_OF)
        .then(|| u32::try_from(multiple).ok())
        .flatten()
}
