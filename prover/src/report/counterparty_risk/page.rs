//! The hierarchy for people: amounts are rounded away from zero to whole units of the currency.

use std::fmt::{Result, Write};

use num_rational::BigRational;
use plimsoll_circuits::counterparty_risk::{AgreementFigures, SetFigures, SubsetFigures};

use super::{View, asset_classes, delta, maturity_factor, outward};
use crate::assessment::Assessment;
use crate::figures::grouped;
use crate::sources::Sources;

/// Width of the names on the left.
const NAMES: usize = 44;
/// Decimals of deltas, maturity factors and multipliers.
const DECIMALS: u32 = 6;

/// Writes the section, if the book has netting sets.
pub(in crate::report) fn write_page(
    page: &mut String,
    sources: &Sources,
    assessment: &Assessment,
    trades: bool,
) -> Result {
    if assessment.counterparty.agreements.is_empty() {
        return Ok(());
    }
    let view = View::new(sources, assessment, trades);
    writeln!(
        page,
        "\n{:<34}{:>10}{:>24}{:>24}",
        "counterparty credit risk", "trades", "exposure at default", "risk-weighted"
    )?;
    for agreement in &assessment.counterparty.agreements {
        view.write_agreement(page, agreement)?;
    }
    if view.trades {
        writeln!(
            page,
            "  of a trade: effective notional, delta x maturity factor"
        )
    } else {
        writeln!(page, "  trades are listed with --trades")
    }
}

impl View<'_> {
    fn write_agreement(&self, page: &mut String, agreement: &AgreementFigures) -> Result {
        let trades: u64 = agreement.sets.iter().map(|set| u64::from(set.trades)).sum();
        writeln!(
            page,
            "  {:<32}{trades:>10}{:>24}{:>24}",
            cut(self.agreement(agreement), 32),
            whole(&self.exposure(agreement)),
            whole(&self.units.rwa(&agreement.rwa)),
        )?;
        if agreement.outside {
            return writeln!(page, "    sold options outside every agreement");
        }
        let cost = self.replacement_cost(agreement);
        line(page, 4, "replacement cost", "", &whole(&cost))?;
        let several = agreement.sets.len() > 1;
        for set in &agreement.sets {
            if several {
                writeln!(page, "    {}", cut(self.netting_set(set), NAMES))?;
            }
            self.write_set(page, set, if several { 6 } else { 4 })?;
        }
        Ok(())
    }

    fn write_set(&self, page: &mut String, set: &SetFigures, indent: usize) -> Result {
        let margined = match self.margin_days(set) {
            Some(days) => format!("margined, {days} business days"),
            None => "without a margin period".to_owned(),
        };
        line(
            page,
            indent,
            "potential future exposure",
            &margined,
            &whole(&self.pfe(set)),
        )?;
        let multiplier = outward(&self.multiplier(set), DECIMALS);
        line(page, indent, "multiplier", "", &multiplier)?;
        line(
            page,
            indent,
            "market value",
            "",
            &whole(&self.value(&set.value)),
        )?;
        let collateral = self.collateral(&set.collateral);
        line(
            page,
            indent,
            "collateral after haircuts",
            "",
            &whole(&collateral),
        )?;
        line(
            page,
            indent,
            "add-on",
            "effective notional",
            &whole(&self.addon(&set.addon)),
        )?;
        for (class, hedging_sets) in asset_classes(set) {
            let sum = hedging_sets.iter().map(|hedging| &hedging.addon).sum();
            line(page, indent + 2, class, "", &whole(&self.addon(&sum)))?;
            for hedging in hedging_sets {
                let name = self.hedging_set(hedging);
                line(
                    page,
                    indent + 4,
                    &name,
                    "",
                    &whole(&self.addon(&hedging.addon)),
                )?;
                for subset in &hedging.subsets {
                    self.write_subset(page, subset, indent + 6)?;
                }
            }
        }
        Ok(())
    }

    fn write_subset(&self, page: &mut String, subset: &SubsetFigures, indent: usize) -> Result {
        let name = match subset.name.as_str() {
            "" if self.buckets(subset) => format!("bucket {}", subset.key),
            "" => self.class(subset).to_owned(),
            name => name.to_owned(),
        };
        let effective = self.effective(subset, &subset.effective);
        let addon = self.subset_addon(subset);
        line(page, indent, &name, &whole(&effective), &whole(&addon))?;
        for trade in subset.trades.iter().filter(|_| self.trades) {
            let width = NAMES.saturating_sub(indent + 2);
            writeln!(
                page,
                "{:indent$}  {:<width$}{:>24}{:>24}",
                "",
                cut(self.trade(trade), width),
                whole(&self.effective(subset, &trade.effective)),
                format!(
                    "{} x {}",
                    outward(&delta(trade), DECIMALS),
                    outward(&maturity_factor(trade), DECIMALS)
                ),
            )?;
        }
        Ok(())
    }
}

/// A line: a name, something in the middle, something on the right.
fn line(page: &mut String, indent: usize, name: &str, middle: &str, right: &str) -> Result {
    let width = NAMES.saturating_sub(indent);
    writeln!(
        page,
        "{:indent$}{:<width$}{middle:>24}{right:>24}",
        "",
        cut(name, width)
    )
}

fn whole(value: &BigRational) -> String {
    grouped(&outward(value, 0))
}

/// A name that fits, with a space behind it.
fn cut(name: &str, width: usize) -> String {
    if name.chars().count() < width {
        return name.to_owned();
    }
    let kept: String = name.chars().take(width.saturating_sub(2)).collect();
    format!("{kept}~")
}
