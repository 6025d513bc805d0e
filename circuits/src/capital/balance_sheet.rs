//! The balance sheet: assets less liabilities are equity, where a book gives both.

use std::collections::BTreeMap;

use crate::rule_error::RuleError;
use crate::rulebook::{Role, Rulebook};

/// Checks assets − liabilities = components − deductions among the items marked `equity`.
///
/// Nothing is checked where the book leaves out assets or liabilities, or where the rulebook marks
/// no item.
pub(super) fn check(rulebook: &Rulebook, capital: &BTreeMap<&str, u64>) -> Result<(), RuleError> {
    let (mut net_assets, mut equity) = (0_i128, 0_i128);
    let (mut assets, mut liabilities) = (false, false);
    for item in &rulebook.capital {
        let Some(amount) = capital.get(item.name.as_str()) else {
            continue;
        };
        // At most 128 items below 2^64.
        let amount = i128::from(*amount);
        match item.role {
            Role::Assets => {
                assets = true;
                net_assets += amount;
            }
            Role::Liabilities => {
                liabilities = true;
                net_assets -= amount;
            }
            Role::Deduction if item.equity => equity -= amount,
            _ if item.equity => equity += amount,
            _ => {}
        }
    }
    if assets && liabilities && rulebook.has_balance_sheet() && net_assets != equity {
        return Err(RuleError::BalanceSheet);
    }
    Ok(())
}
