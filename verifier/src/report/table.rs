//! Several verdicts: a table for people, a list for machines.

use std::fmt::Write as _;

use plimsoll_circuits::book::Day;
use serde_json::{Value, json};

use super::{countersigned_by, json as object, signed_by, snapshot, vouched};
use crate::verdict::{Facts, Outcome, Verdict};

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
        for line in verdict
            .facts
            .iter()
            .flat_map(|facts| beside(verdict, facts))
        {
            let _ = writeln!(page, "  {line}");
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

/// What a claim is not to be read without, below its row: what it leaves out, whose word it rests
/// on, and what lowers the requirement unchecked.
fn beside(verdict: &Verdict, facts: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    if !facts.statement.without.is_empty() {
        lines.push(format!(
            "claimed without {}",
            facts.statement.without.join(", ")
        ));
    }
    if !facts.reducing.is_empty() {
        let reducing = facts.reducing.join(", ");
        lines.push(format!(
            "stated, reducing risk-weighted assets: {reducing}; by how much is not checked"
        ));
    }
    if verdict.outcome == Outcome::Holds {
        if facts.signers.is_empty() {
            lines.push(format!("signed by {}", signed_by(facts)));
        }
        if facts.snapshot_time.is_some() {
            lines.push(format!("snapshot {}", snapshot(facts)));
        }
        let vouched = vouched::lines(verdict).into_iter();
        lines.extend(vouched.map(|line| format!("vouched for {line}")));
    }
    if !facts.auditors.is_empty() {
        lines.push(format!("countersigned {}", countersigned_by(facts)));
    }
    lines
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
