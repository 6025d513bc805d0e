//! The assessment for other programs: amounts are decimal strings in whole units of the reporting
//! currency, exact; ratios are fractions with twelve decimals, rounded down.

use num_rational::BigRational;
use plimsoll_circuits::claim::Ratio;
use serde_json::{Map, Value, json};

use super::{Units, by_grade, counterparty_risk, effect, hex};
use crate::assessment::Assessment;
use crate::figures::{rounded_down, terminating};
use crate::sources::Sources;

/// Decimals of a ratio.
const RATIO_DECIMALS: u32 = 12;
/// Risk-weighted assets have 25 decimals of the book's unit, a threshold six, a unit up to 18.
pub(super) const MOST_DECIMALS: u32 = 49;

/// The assessment as JSON; `trades` lists every derivative trade, however many there are.
pub fn json(sources: &Sources, assessment: &Assessment, trades: bool) -> Value {
    let units = Units::of(sources);
    let (book, rulebook, snapshot) = (&sources.book, &sources.rulebook, &sources.snapshot);
    let capital = &assessment.capital;
    let own = &capital.own_funds;
    let tier1 = &own.cet1 + &own.additional_tier1;
    let derivatives = units.rwa(&assessment.counterparty.rwa);
    let exact = |value: BigRational| Value::from(terminating(&value, MOST_DECIMALS));

    let grades = by_grade(sources, assessment);
    let charges = assessment.credit.classes.iter().map(|class| {
        let of_class = grades
            .iter()
            .filter(|grade| grade.class == class.class && !grade.grade.is_empty());
        json!({
            "class": class.class,
            "exposures": class.exposures,
            "exposure": exact(units.measure(&class.measure)),
            "rwa": exact(units.rwa(&class.rwa)),
            "grades": of_class.map(|grade| json!({
                "grade": grade.grade,
                "exposures": grade.exposures,
                "exposure": exact(units.measure(&grade.measure)),
                "rwa": exact(units.rwa(&grade.rwa)),
            })).collect::<Vec<_>>(),
        })
    });
    let stated = book.stated.iter().map(|line| {
        let rule = rulebook.stated.iter().find(|known| known.name == line.name);
        json!({
            "name": line.name.as_str(),
            "module": rule.map_or("", |rule| rule.module.as_str()),
            "effect": rule.map_or("", |rule| effect(rule.effect)),
            "amount": exact(units.amount(line.amount)),
        })
    });
    let (mut ratios, mut minima) = (Map::new(), Map::new());
    for ratio in Ratio::ALL {
        let found = capital.ratios.get(&ratio);
        let value = found.and_then(|found| found.value());
        ratios.insert(
            ratio.name().to_owned(),
            value.map_or(Value::Null, |value| {
                rounded_down(&value, RATIO_DECIMALS).into()
            }),
        );
        if let Some(found) = found {
            let minimum = BigRational::new(found.minimum.into(), 1_000_000.into());
            minima.insert(
                ratio.name().to_owned(),
                json!({
                    "minimum": exact(minimum),
                    "holds": found.holds(found.minimum),
                    "headroom": exact(units.book(&found.headroom(found.minimum))),
                    "without": found.missing,
                }),
            );
        }
    }
    json!({
        "institution": book.institution,
        "lei": book.lei.to_string(),
        "as_of": book.as_of.to_string(),
        "currency": book.currency.0,
        "rulebook": { "name": rulebook.name, "digest": hex(&rulebook.digest()) },
        "snapshot": { "name": snapshot.name, "digest": hex(&snapshot.digest()) },
        "charges": charges.collect::<Vec<_>>(),
        "counterparty": counterparty_risk::json(sources, assessment, trades),
        "stated": stated.collect::<Vec<_>>(),
        "rwa": {
            "credit": exact(units.book(&capital.rwa.credit) - &derivatives),
            "counterparty": exact(derivatives),
            "thresholds": exact(units.book(&capital.rwa.thresholds)),
            "stated": exact(units.book(&capital.rwa.added)),
            "reductions": exact(units.book(&capital.rwa.reduced)),
            "total": exact(units.book(&capital.rwa.total)),
        },
        "capital": {
            "cet1": exact(units.book(&own.cet1)),
            "additional_tier1": exact(units.book(&own.additional_tier1)),
            "tier1": exact(units.book(&tier1)),
            "tier2": exact(units.book(&own.tier2)),
            "total": exact(units.book(&(tier1 + &own.tier2))),
        },
        "leverage_exposure": capital.leverage.as_ref().map(|measure| exact(units.book(measure))),
        "ratios": ratios,
        "minima": minima,
    })
}
