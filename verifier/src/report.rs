//! A verdict for people and for machines.

pub mod disclosed;
pub mod html;
pub mod table;

use std::fmt::Write as _;

use plimsoll_circuits::book::Day;
use plimsoll_circuits::proofs::TIES;
use plimsoll_circuits::statement::Prices;
use serde_json::{Value, json};

use crate::verdict::{Facts, Outcome, Verdict, hex};

/// What no attestation of this version proves.
pub const NOT_PROVEN: &[&str] = &[
    "that classes, ratings, maturities and values in the book are right: they are the institution's",
    "that each exposure stands in the circuit it belongs to: that is the institution's declaration \
     that borrowers earn in the loan's currency, that cash was lent, that protection lasts as long \
     as the loan",
    "that trades, netting agreements and terms of margin are as recorded, and that two names are two \
     entities, hedging sets or netting sets",
    "that the book is complete",
    "that nothing is pledged twice outside the book",
    "that stated lines and capital items are right: they are the institution's",
];

/// The page for people.
pub fn page(file: &str, verdict: &Verdict) -> String {
    let mut page = String::new();
    let outcome = &verdict.outcome;
    let _ = writeln!(page, "{file}: {outcome}");
    if let Some(hint) = outcome.hint() {
        let _ = writeln!(page, "hint: {hint}");
    }
    let Some(facts) = &verdict.facts else {
        return page;
    };
    let statement = &facts.statement;
    let day = Day::of_seconds(statement.as_of).map_or_else(String::new, |day| day.to_string());
    let _ = writeln!(page, "\n  institution   {:?}", statement.lei);
    let _ = writeln!(page, "  as of         {day}, number {}", statement.sequence);
    let (rulebook, date) = &facts.rulebook;
    let _ = writeln!(page, "  rulebook      {rulebook} ({date})");
    let _ = writeln!(page, "  snapshot      {}", snapshot(facts));
    for claim in &statement.claims {
        let word = match outcome {
            Outcome::Holds => "holds",
            _ => "not shown",
        };
        let _ = writeln!(
            page,
            "  claim         {:<28} {word}",
            format!("{claim}{}", without(facts))
        );
    }
    let _ = writeln!(page, "  recomputed    {}", list(&facts.recomputed));
    if let Some(prices) = statement.prices {
        let name = prices.name();
        let _ = writeln!(page, "  options       priced by the {name}");
    }
    let _ = writeln!(page, "  stated        capital items{}", stated(facts));
    if !facts.reducing.is_empty() {
        let lines = facts.reducing.join(", ");
        let _ = writeln!(
            page,
            "  stated, reducing risk-weighted assets: {lines}; by how much is not checked"
        );
    }
    let _ = writeln!(page, "  signed by     {}", signed_by(facts));
    let _ = writeln!(page, "\n  not proven");
    for line in NOT_PROVEN {
        let _ = writeln!(page, "  - {line}");
    }
    page
}

/// Who signed, as far as this reader knows their keys.
pub(crate) fn signed_by(facts: &Facts) -> String {
    let name = facts.name.as_deref().unwrap_or("the institution");
    let known = facts
        .signers
        .iter()
        .map(|key| format!("{name} (key {})", short(&key.0)));
    let strangers = facts
        .strangers
        .iter()
        .map(|key| format!("a key that is not trusted here ({})", short(&key.0)));
    let all: Vec<String> = known.chain(strangers).collect();
    if all.is_empty() {
        "nobody".to_owned()
    } else {
        all.join(", ")
    }
}

/// The first bytes of a digest: enough to tell one from another at sight.
pub(crate) fn short(digest: &[u8; 32]) -> String {
    format!("{}…", hex(&digest[..6]))
}

fn without(facts: &Facts) -> String {
    if facts.statement.without.is_empty() {
        String::new()
    } else {
        format!(" without {}", facts.statement.without.join(", "))
    }
}

/// Name of the snapshot and the time of its rates.
fn snapshot(facts: &Facts) -> String {
    let name = &facts.snapshot;
    match facts.snapshot_time {
        None => format!("{name}, the reporting currency alone"),
        Some(seconds) => match moment(seconds) {
            Some(time) => format!("{name}, rates of {time}"),
            None => format!("{name}, rates of no date"),
        },
    }
}

/// `2026-01-31 17:00:00 UTC`.
fn moment(seconds: i64) -> Option<String> {
    let day = Day::of_seconds(seconds)?;
    let rest = seconds.rem_euclid(86_400);
    let (hours, minutes, seconds) = (rest / 3_600, rest / 60 % 60, rest % 60);
    Some(format!("{day} {hours:02}:{minutes:02}:{seconds:02} UTC"))
}

/// The stated lines that have no line of their own.
fn stated(facts: &Facts) -> String {
    facts
        .stated
        .iter()
        .filter(|line| !facts.reducing.contains(line))
        .map(|line| format!(", {line}"))
        .collect()
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

/// The object for machines.
pub fn json(file: &str, verdict: &Verdict) -> Value {
    let outcome = &verdict.outcome;
    let text = match outcome {
        Outcome::Holds => Value::Null,
        Outcome::Refused(refusal) => refusal.to_string().into(),
        Outcome::CannotTell(unknown) => unknown.to_string().into(),
    };
    let mut object = json!({
        "version": 1,
        "file": file,
        "verdict": outcome.word(),
        "reason": outcome.reason(),
        "cause": outcome.cause(),
        "detail": text,
    });
    if let Some(facts) = &verdict.facts {
        let statement = &facts.statement;
        let claims: Vec<Value> = statement
            .claims
            .iter()
            .map(|claim| {
                json!({
                    "claim": claim.to_string(),
                    "ratio": claim.ratio.name(),
                    "without": statement.without,
                    "verdict": outcome.word(),
                })
            })
            .collect();
        let ties: Vec<Value> = TIES
            .iter()
            .map(|(one, other, how)| json!({ "between": [one, other], "tied": how }))
            .collect();
        let more = json!({
            "institution": format!("{:?}", statement.lei),
            "as_of": Day::of_seconds(statement.as_of).map(|day| day.to_string()),
            "sequence": statement.sequence,
            "previous": hex(&statement.previous),
            "statement": hex(&statement.digest()),
            "rulebook": { "name": facts.rulebook.0, "date": facts.rulebook.1, "digest": hex(&statement.rulebook) },
            "snapshot": { "name": facts.snapshot, "time": facts.snapshot_time.and_then(moment), "digest": hex(&statement.snapshot) },
            "currency": statement.currency,
            "claims": claims,
            "recomputed": facts.recomputed,
            "stated": { "capital": "all capital items", "lines": facts.stated, "reducing": facts.reducing },
            "balance_sheet": statement.balance_sheet,
            "option_prices": statement.prices.map(Prices::name),
            "vouched": [],
            "attestation": hex(&facts.digest),
            "signed_by": facts.signers.iter().map(|key| json!({ "key": key.to_string(), "name": facts.name })).collect::<Vec<_>>(),
            "unknown_keys": facts.strangers.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "ties": ties,
            "not_proven": NOT_PROVEN,
        });
        if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
            object.extend(more);
        }
    }
    object
}
