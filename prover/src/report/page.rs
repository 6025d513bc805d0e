//! The assessment for people. Charges are rounded up to whole units of the currency, capital and
//! ratios are rounded down.

use std::fmt::Write;

use num_rational::BigRational;
use num_traits::Zero;
use plimsoll_circuits::claim::Ratio;
use plimsoll_circuits::rulebook::StatedEffect;
use plimsoll_circuits::text::visible_lines;
use plimsoll_verifier::verdict::short;

use super::{Units, by_grade, counterparty_risk};
use crate::assessment::Assessment;
use crate::figures::{grouped, rounded_down, rounded_up, terminating};
use crate::sources::Sources;

const HUNDRED: u32 = 100;

/// The assessment as a page; `trades` lists every derivative trade, however many there are.
pub fn page(sources: &Sources, assessment: &Assessment, trades: bool) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut page, sources, assessment, trades);
    // Names in books come from wherever the book comes from.
    visible_lines(&page)
}

fn write_page(
    page: &mut String,
    sources: &Sources,
    assessment: &Assessment,
    trades: bool,
) -> std::fmt::Result {
    let units = Units::of(sources);
    let (book, rulebook, snapshot) = (&sources.book, &sources.rulebook, &sources.snapshot);
    let capital = &assessment.capital;
    let up = |value: BigRational| grouped(&rounded_up(&value, 0));
    let down = |value: BigRational| grouped(&rounded_down(&value, 0));

    writeln!(
        page,
        "{}, {}, on {}",
        book.institution, book.lei, book.as_of
    )?;
    writeln!(
        page,
        "rulebook {}, {}",
        rulebook.name,
        short(&rulebook.digest())
    )?;
    writeln!(
        page,
        "snapshot {}, {}",
        snapshot.name,
        short(&snapshot.digest())
    )?;
    writeln!(page, "amounts in {}", book.currency)?;

    writeln!(
        page,
        "\n{:<34}{:>10}{:>24}{:>24}",
        "credit risk", "exposures", "amount", "risk-weighted"
    )?;
    let grades = by_grade(sources, assessment);
    for class in &assessment.credit.classes {
        let (amount, charge) = (up(units.measure(&class.measure)), up(units.rwa(&class.rwa)));
        writeln!(
            page,
            "  {:<32}{:>10}{amount:>24}{charge:>24}",
            class.class, class.exposures
        )?;
        for grade in grades
            .iter()
            .filter(|grade| grade.class == class.class && !grade.grade.is_empty())
        {
            let (amount, charge) = (up(units.measure(&grade.measure)), up(units.rwa(&grade.rwa)));
            writeln!(
                page,
                "    {:<30}{:>10}{amount:>24}{charge:>24}",
                grade.grade, grade.exposures
            )?;
        }
    }

    counterparty_risk::write_page(page, sources, assessment, trades)?;

    let of_rwa = |effect| matches!(effect, StatedEffect::AddsToRwa | StatedEffect::ReducesRwa);
    let mut heading = false;
    for line in &book.stated {
        let Some(rule) = rulebook
            .stated
            .iter()
            .find(|rule| rule.name == line.name && of_rwa(rule.effect))
        else {
            continue;
        };
        if !std::mem::replace(&mut heading, true) {
            writeln!(page, "\nstated by the institution, not computed")?;
        }
        let sign = if rule.effect == StatedEffect::ReducesRwa && line.amount > 0 {
            "-"
        } else {
            ""
        };
        let amount = format!("{sign}{}", up(units.amount(line.amount)));
        writeln!(page, "  {:<66}{amount:>24}", line.name)?;
    }
    let thresholds = units.book(&capital.rwa.thresholds);
    if !capital.rwa.thresholds.is_zero() {
        writeln!(page, "\n{:<68}{:>24}", "threshold items", up(thresholds))?;
    }
    writeln!(
        page,
        "\n{:<68}{:>24}",
        "risk-weighted assets",
        up(units.book(&capital.rwa.total))
    )?;
    if let Some(measure) = &capital.leverage {
        writeln!(
            page,
            "{:<68}{:>24}",
            "leverage exposure",
            up(units.book(measure))
        )?;
    }

    let own = &capital.own_funds;
    let tier1 = &own.cet1 + &own.additional_tier1;
    let total = &tier1 + &own.tier2;
    writeln!(page, "\ncapital")?;
    for (name, amount) in [
        ("common equity tier 1", &own.cet1),
        ("additional tier 1", &own.additional_tier1),
        ("tier 1", &tier1),
        ("tier 2", &own.tier2),
        ("total", &total),
    ] {
        writeln!(page, "  {name:<66}{:>24}", down(units.book(amount)))?;
    }

    writeln!(
        page,
        "\n{:<12}{:>16}{:>12}{:>28}",
        "ratio", "%", "minimum", "headroom"
    )?;
    for ratio in Ratio::ALL {
        let Some(found) = capital.ratios.get(&ratio) else {
            continue;
        };
        let value = found.value().map_or("-".to_owned(), |value| {
            rounded_down(&(value * percent()), 8)
        });
        let minimum = terminating(&BigRational::new(found.minimum.into(), 10_000.into()), 4);
        let headroom = down(units.book(&found.headroom(found.minimum)));
        writeln!(
            page,
            "{:<12}{value:>16}{minimum:>12}{headroom:>28}",
            ratio.name()
        )?;
    }
    for (missing, ratios) in without(assessment) {
        writeln!(page, "{} without {}", ratios.join(", "), missing.join(", "))?;
    }
    if let Some(conserve) = capital.conservation {
        let share = terminating(&BigRational::new(conserve.into(), 10_000.into()), 4);
        writeln!(page, "earnings to conserve, at least: {share} %")?;
    }
    Ok(())
}

/// Modules that ratios need and that the book neither computes nor states, each list once, with the
/// ratios that stand without them.
fn without(assessment: &Assessment) -> Vec<(&[String], Vec<&'static str>)> {
    let mut lists: Vec<(&[String], Vec<&'static str>)> = Vec::new();
    for (ratio, found) in assessment
        .capital
        .ratios
        .iter()
        .filter(|(_, found)| !found.missing.is_empty())
    {
        match lists
            .iter_mut()
            .find(|(missing, _)| *missing == found.missing)
        {
            Some((_, ratios)) => ratios.push(ratio.name()),
            None => lists.push((&found.missing, vec![ratio.name()])),
        }
    }
    lists
}

fn percent() -> BigRational {
    BigRational::from_integer(HUNDRED.into())
}
