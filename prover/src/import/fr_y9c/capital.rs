//! Schedule HC-R Part I item by item, and the balance sheet of Schedule HC.
//!
//! A book has no negative amounts, so that an item which may have either sign has two names: one
//! that adds and one that deducts. Where the items of a tier do not add up to the tier as it is
//! filed, the difference becomes an item of its own (`…-not-itemised-…`) and the import says so:
//! each tier always equals the filing.

use std::cmp::Ordering;

use plimsoll_circuits::book::Line;

use super::error::{FilingError, FilingProblem};
use super::filing::Filing;

/// An item: the name that adds, the name that deducts (each empty where there is none), and how
/// many thousands it adds, negative where it deducts.
type Item = (&'static str, &'static str, i128);

/// Reads capital. Items that are zero are left out.
pub(super) fn capital(filing: &Filing, notes: &mut Vec<String>) -> Result<Vec<Line>, FilingError> {
    let cet1 = filing.first(&["BHCAP859", "BHCWP859"])?;
    let additional = filing.first(&["BHCAP865"])?;
    let tier2 = filing.first(&["BHCA5311"])?;
    let close = |holds: bool, sum, total| {
        if holds {
            Ok(())
        } else {
            Err(filing.error(FilingProblem::DoesNotClose { sum, total }))
        }
    };
    let tier1 = filing.first(&["BHCA8274"])?;
    close(
        cet1 + additional == tier1,
        "CET1 and additional tier 1",
        "item BHCA8274",
    )?;
    close(
        tier1 + tier2 == filing.first(&["BHCA3792"])?,
        "tier 1 and tier 2",
        "item BHCA3792",
    )?;
    let assets = filing.first(&["BHCK2170"])?;
    let liabilities = filing.first(&["BHCK2948"])?;
    let equity = filing.first(&["BHCKG105"])?;
    close(
        assets - liabilities == equity,
        "assets less liabilities",
        "item BHCKG105",
    )?;

    let mut cet1_items = cet1_items(filing)?;
    let mut additional_items = additional_tier1_items(filing)?;
    let mut tier2_items = tier2_items(filing)?;

    // The equity items are those of Schedule HC; what they leave over has a name too.
    let preferred = filing.or_zero("BHCK3283")?;
    let itemised = filing.sum(&EQUITY)? + preferred;
    if itemised != equity {
        notes.push(
            "equity is not the sum of its items: `equity-not-itemised-…` holds the difference"
                .to_owned(),
        );
        let rest = equity - itemised;
        cet1_items.push((
            "equity-not-itemised-added",
            "equity-not-itemised-deducted",
            rest,
        ));
        // It is equity, and no capital.
        cet1_items.push((
            "equity-not-capital-added",
            "equity-not-capital-deducted",
            -rest,
        ));
    }

    // What a tier cannot absorb reduces the next: as the rulebook's cascade does it.
    let (rest, shortfall) = closing(&tier2_items, 0, tier2);
    tier2_items.push((
        "tier2-not-itemised-added",
        "tier2-not-itemised-deducted",
        rest,
    ));
    note(notes, "tier 2", rest);
    let (rest, shortfall) = closing(&additional_items, shortfall, additional);
    additional_items.push(("at1-not-itemised-added", "at1-not-itemised-deducted", rest));
    note(notes, "additional tier 1", rest);
    let rest = cet1 - (sum(&cet1_items) - shortfall);
    cet1_items.push((
        "cet1-not-itemised-added",
        "cet1-not-itemised-deducted",
        rest,
    ));
    note(notes, "CET1", rest);

    let balance_sheet = [
        ("total-assets", "", assets),
        ("total-liabilities", "", liabilities),
    ];
    let mut lines: Vec<Line> = Vec::new();
    for (adds, deducts, thousands) in cet1_items
        .into_iter()
        .chain(additional_items)
        .chain(tier2_items)
        .chain(balance_sheet)
    {
        let name = match thousands.cmp(&0) {
            Ordering::Equal => continue,
            Ordering::Less => deducts,
            Ordering::Greater => adds,
        };
        if name.is_empty() {
            return Err(filing.error(FilingProblem::Negative(format!("`{adds}{deducts}`"))));
        }
        let amount = filing.amount(name, thousands.abs())?;
        lines.push(super::line("capital.csv", lines.len(), name, amount));
    }
    Ok(lines)
}

/// Equity of Schedule HC without preferred stock: common stock, surplus, retained earnings,
/// accumulated other comprehensive income, other components (treasury stock), minority interests.
const EQUITY: [&str; 6] = [
    "BHCK3230", "BHCK3240", "BHCK3247", "BHCKB530", "BHCKA130", "BHCK3000",
];

fn cet1_items(filing: &Filing) -> Result<Vec<Item>, FilingError> {
    let get = |code: &str| filing.or_zero(code);
    let shared = |code: &str| -> Result<i128, FilingError> {
        let advanced = code.replacen("BHCA", "BHCW", 1);
        Ok(filing.get(code)?.or(filing.get(&advanced)?).unwrap_or(0))
    };
    let [stock, surplus, retained, comprehensive, other, minority] = {
        let mut equity = [0; 6];
        for (amount, code) in equity.iter_mut().zip(EQUITY) {
            *amount = get(code)?;
        }
        equity
    };
    // Items 1, 2 and 4 as capital counts them, where they differ from the balance sheet.
    let stock_as_capital =
        filing.get("BHCAP742")?.unwrap_or(stock + surplus + other) - (stock + surplus + other);
    let retained_as_capital = filing.get("BHCAKW00")?.unwrap_or(retained) - retained;
    let minority_as_capital = get("BHCAP839")? - minority;
    Ok(vec![
        ("common-stock", "", stock),
        ("surplus", "surplus-deficit", surplus),
        ("retained-earnings", "accumulated-deficit", retained),
        (
            "other-comprehensive-income",
            "other-comprehensive-loss",
            comprehensive,
        ),
        ("other-equity-components", "treasury-stock", other),
        ("minority-interests", "minority-interests-deficit", minority),
        (
            "common-stock-adjustment-added",
            "common-stock-adjustment-deducted",
            stock_as_capital,
        ),
        (
            "credit-loss-transition-added",
            "credit-loss-transition-deducted",
            retained_as_capital,
        ),
        (
            "minority-interests-added",
            "minority-interests-not-in-cet1",
            minority_as_capital,
        ),
        ("", "goodwill", -get("BHCAP841")?),
        ("", "intangibles", -get("BHCAP842")?),
        ("", "dta-carry-forward", -get("BHCAP843")?),
        (
            "available-for-sale-losses",
            "available-for-sale-gains",
            -get("BHCAP844")?,
        ),
        ("", "equity-security-losses", -get("BHCAP845")?),
        (
            "cash-flow-hedge-losses",
            "cash-flow-hedge-gains",
            -get("BHCAP846")?,
        ),
        (
            "retirement-plan-losses",
            "retirement-plan-gains",
            -get("BHCAP847")?,
        ),
        (
            "held-to-maturity-losses",
            "held-to-maturity-gains",
            -get("BHCAP848")?,
        ),
        (
            "unhedged-cash-flow-hedge-losses",
            "unhedged-cash-flow-hedge-gains",
            -get("BHCAP849")?,
        ),
        ("own-credit-losses", "own-credit-gains", -get("BHCAQ258")?),
        ("other-additions", "other-deductions", -get("BHCAP850")?),
        ("", "non-significant-financials", -shared("BHCAP851")?),
        (
            "",
            "significant-financials",
            -(shared("BHCAP853")? + get("BHCALB58")?),
        ),
        (
            "",
            "mortgage-servicing-rights",
            -(shared("BHCAP854")? + get("BHCALB59")?),
        ),
        (
            "",
            "temporary-difference-dta",
            -(shared("BHCAP855")? + get("BHCALB60")?),
        ),
        ("", "above-aggregate-threshold", -shared("BHCAP856")?),
        // Item 17 (P857), deductions for want of additional tier 1 and tier 2, is the cascade's
        // own result, and item 18 (P858) is the sum of items 13 to 17.
    ])
}

fn additional_tier1_items(filing: &Filing) -> Result<Vec<Item>, FilingError> {
    let preferred = filing.or_zero("BHCK3283")?;
    let instruments = filing.or_zero("BHCAP860")? - preferred;
    Ok(vec![
        ("preferred-stock", "", preferred),
        (
            "other-at1-instruments",
            "preferred-stock-not-in-at1",
            instruments,
        ),
        ("at1-phase-out", "", filing.or_zero("BHCAP861")?),
        ("at1-minority-interests", "", filing.or_zero("BHCAP862")?),
        ("", "at1-deductions", -filing.or_zero("BHCAP864")?),
    ])
}

fn tier2_items(filing: &Filing) -> Result<Vec<Item>, FilingError> {
    Ok(vec![
        ("tier2-instruments", "", filing.or_zero("BHCAP866")?),
        ("tier2-phase-out", "", filing.or_zero("BHCAP867")?),
        ("tier2-minority-interests", "", filing.or_zero("BHCAP868")?),
        ("credit-loss-allowances", "", filing.or_zero("BHCA5310")?),
        ("tier2-unrealised-gains", "", filing.or_zero("BHCAP869")?),
        ("", "tier2-deductions", -filing.or_zero("BHCAP872")?),
    ])
}

fn sum(items: &[Item]) -> i128 {
    items.iter().map(|(_, _, thousands)| thousands).sum()
}

/// What makes a tier equal to the filing, and what it leaves to the next tier.
fn closing(items: &[Item], shortfall: i128, filed: i128) -> (i128, i128) {
    let net = sum(items) - shortfall;
    if filed == 0 && net <= 0 {
        (0, -net)
    } else {
        (filed - net, 0)
    }
}

fn note(notes: &mut Vec<String>, tier: &str, rest: i128) {
    if rest != 0 {
        notes.push(format!(
            "the items of {tier} do not add up to it: a `not-itemised` item holds the difference"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_closes_or_leaves_a_shortfall() {
        let items = |net| [("a", "b", net)];
        assert_eq!(closing(&items(5), 0, 5), (0, 0));
        assert_eq!(closing(&items(5), 0, 7), (2, 0));
        assert_eq!(closing(&items(5), 0, 0), (-5, 0));
        assert_eq!(closing(&items(-5), 0, 0), (0, 5));
        assert_eq!(closing(&items(3), 5, 0), (0, 2));
    }
}
