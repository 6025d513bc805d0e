//! Several verdicts: a table for people, a list for machines.

use std::fmt::Write as _;

use plimsoll_circuits::book::Day;
use serde_json::{Value, json};

use super::{countersigned_by, json as object};
use crate::verdict::{Outcome, Verdict};

/// How many of each.
pub(super) struct Counts {
    pub(super) holds: usize,
    pub(super) refused: usize,
    pub(super) cannot_tell: usize,
}

impl Counts {
    pub(super) fn of(checked: &[(String, Verdict)]) -> Counts {
        let count = |wanted: &str| {
            let words = checked.iter().map(|(_, verdict)| verdict.outcome.word());
            words.filter(|word| *word == wanted).count()
        };
        Counts {
            holds: count("holds"),
            refused: count("refused"),
            cannot_tell: count("cannot_tell"),
        }
    }
}

/// The table for people: one line for each file, its reason below.
pub fn page(checked: &[(String, Verdict)]) -> String {
    let mut page = String::new();
    let width = checked.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or(0).max(4);
    let _ = writeln!(
        page,
        "{:<width$}  {:<20}  {:>6}  {:<10}  {:<11}  claims",
        "file", "institution", "number", "as of", "verdict"
    );
    for (name, verdict) in checked {
        let word = match verdict.outcome {
            Outcome::Holds => "holds",
            Outcome::Refused(_) => "refused",
            Outcome::CannotTell(_) => "cannot tell",
        };
        let (mut institution, mut number, mut day, mut claims) = Default::default();
        if let Some(facts) = &verdict.facts {
            let statement = &facts.statement;
            institution = statement.lei.to_string();
            number = statement.sequence.to_string();
            day = Day::of_seconds(statement.as_of).map_or_else(String::new, |day| day.to_string());
            let made: Vec<String> = statement.claims.iter().map(ToString::to_string).collect();
            claims = made.join(", ");
        }
        let line = format!(
            "{name:<width$}  {institution:<20}  {number:>6}  {day:<10}  {word:<11}  {claims}"
        );
        let _ = writeln!(page, "{}", line.trim_end());
        let facts = verdict.facts.as_deref();
        if let Some(facts) = facts.filter(|facts| !facts.auditors.is_empty()) {
            let _ = writeln!(page, "  countersigned {}", countersigned_by(facts));
        }
        if verdict.outcome != Outcome::Holds {
            let _ = writeln!(page, "  {}", verdict.outcome);
            if let Some(hint) = verdict.outcome.hint() {
                let _ = writeln!(page, "  hint: {hint}");
            }
        }
    }
    let counts = Counts::of(checked);
    let _ = writeln!(
        page,
        "\n{} attestations: {} hold, {} refused, {} cannot tell",
        checked.len(),
        counts.holds,
        counts.refused,
        counts.cannot_tell
    );
    page
}

/// The object for machines.
pub fn json(checked: &[(String, Verdict)]) -> Value {
    let counts = Counts::of(checked);
    let list: Vec<Value> = checked
        .iter()
        .map(|(name, verdict)| object(name, verdict))
        .collect();
    json!({
        "version": 1,
        "holds": counts.holds,
        "refused": counts.refused,
        "cannot_tell": counts.cannot_tell,
        "attestations": list,
    })
}
