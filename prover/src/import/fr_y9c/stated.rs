//! What a filing adds to the buckets and deducts from them, and the leverage exposure.

use plimsoll_circuits::amount::WEIGHT_ONE;
use plimsoll_circuits::book::Line;

use super::error::{FilingError, FilingProblem};
use super::exposures::Buckets;
use super::filing::Filing;

/// Risk-weighted amounts under other risk-weighting approaches (Schedule HC-R Part II, columns R to U).
const OTHER: [&str; 17] = [
    "BHCKH272", "BHCKH274", "BHCKH276", "BHCKH278", "BHCKH280", "BHCKH282", "BHCKH284", "BHCKH286",
    "BHCKH288", "BHCKH292", "BHCKH295", "BHCKH297", "BHCKH299", "BHCKH302", "BHCKH304", "BHCKH308",
    "BHCKH310",
];
/// Securitisation exposures under the simplified supervisory formula approach.
const SSFA: [&str; 5] = ["BHCKS478", "BHCKS483", "BHCKS488", "BHCKS493", "BHCKS498"];
/// Securitisation exposures under the gross-up approach.
const GROSS_UP: [&str; 5] = ["BHCKS479", "BHCKS484", "BHCKS489", "BHCKS494", "BHCKS499"];
const MARKET: &str = "BHCKS581";
const BEFORE_DEDUCTIONS: &str = "BHCKB704";
const TOTAL: [&str; 2] = ["BHCKG641", "BHCAA223"];
/// Under either prefix, by the vintage of the form.
const EXCESS_ALLOWANCE: [&str; 2] = ["BHCKA222", "BHCAA222"];
const TRANSFER_RISK: &str = "BHCK3128";
const LEVERAGE: &str = "BHCAA224";

/// Reads the stated lines, and checks that buckets and lines add up to the total that is filed.
pub(super) fn stated(
    filing: &Filing,
    buckets: &Buckets,
    notes: &mut Vec<String>,
) -> Result<Vec<Line>, FilingError> {
    let market = filing.or_zero(MARKET)?;
    let other = filing.sum(&OTHER)?;
    let ssfa = filing.sum(&SSFA)?;
    let gross_up = filing.sum(&GROSS_UP)?;
    let excess_allowance = filing.first(&EXCESS_ALLOWANCE)?;
    let transfer_risk = filing.or_zero(TRANSFER_RISK)?;
    let before = filing.first(&[BEFORE_DEDUCTIONS])?;
    let close = |holds: bool, sum, total| {
        if holds {
            Ok(())
        } else {
            Err(filing.error(FilingProblem::DoesNotClose { sum, total }))
        }
    };
    close(
        buckets.weighted + other + ssfa + gross_up + market == before,
        "the sum of item 25, other approaches, securitisation and market risk",
        "item BHCKB704",
    )?;
    let total = filing.first(&TOTAL)?;
    close(
        before - excess_allowance - transfer_risk == total,
        "BHCKB704 less deductions",
        "item BHCKG641",
    )?;
    close(
        filing.first(&[TOTAL[1], TOTAL[0]])? == total,
        "item BHCKG641",
        "item BHCAA223",
    )?;

    // Up where it adds, towards zero where it reduces: either way against the bank.
    let unit = i128::from(WEIGHT_ONE);
    let (added, reduced) = match buckets.rounding {
        rounding if rounding >= 0 => ((rounding + unit - 1) / unit, 0),
        rounding => (0, -rounding / unit),
    };
    if added != 0 {
        notes.push(format!(
            "the bank's own rounding of item 25 comes to {}: `rounding` adds {added} thousand dollars",
            thousands(buckets.rounding)
        ));
    }
    if buckets.rounding < 0 {
        notes.push(format!(
            "the bank's own rounding of item 25 comes to -{}: `rounding-reduction` takes off {reduced} thousand dollars",
            thousands(-buckets.rounding)
        ));
    }
    let lines = [
        ("market-risk", market, true),
        ("other-approaches", other, false),
        ("ssfa", ssfa, false),
        ("gross-up", gross_up, false),
        ("rounding", added, false),
        ("rounding-reduction", reduced, false),
        ("excess-allowance-deduction", excess_allowance, false),
        ("transfer-risk-reserve", transfer_risk, false),
        ("leverage-exposure", filing.first(&[LEVERAGE])?, true),
    ];
    let mut stated: Vec<Line> = Vec::new();
    for (name, amount, always) in lines {
        let amount = filing.amount(&format!("`{name}`"), amount)?;
        if amount != 0 || always {
            stated.push(super::line("stated.csv", stated.len(), name, amount));
        }
    }
    Ok(stated)
}

/// 10^-4 of a thousand dollars, not negative, as thousands.
fn thousands(units: i128) -> String {
    let value = num_bigint::BigUint::try_from(units).unwrap_or_default();
    format!(
        "{} thousand dollars",
        plimsoll_circuits::amount::format_scaled(&value, 4)
    )
}
