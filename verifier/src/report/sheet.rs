//! The lines of a verdict, in their order: one place for the words that every reader sees,
//! whatever shows them.

use plimsoll_circuits::book::Day;
use serde::Serialize;

use super::{countersigned_by, list, signed_by, snapshot, stated, vouched, without};
use crate::verdict::{Facts, Outcome, Verdict};

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

/// What a refusal is not.
pub(super) const REFUSAL: &str = "A refusal says that an attestation is not what it claims to be. It is \
no evidence of a shortfall.";

/// A verdict, line by line.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    /// Sign of the outcome, beside its word: colour alone says nothing.
    pub sign: &'static str,
    /// `holds`, `refused`, `cannot tell`.
    pub word: &'static str,
    /// The outcome with its reason.
    pub outcome: String,
    /// What must be said beside it: of a refusal, what it is not.
    pub note: Option<&'static str>,
    /// What the attestation states; empty where it could not be read.
    pub lines: Vec<Line>,
    /// What is not proven; empty where the attestation could not be read.
    pub not_proven: &'static [&'static str],
}

/// A line.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What it is about.
    pub label: &'static str,
    /// What is said.
    pub text: String,
    /// Of a claim: whether it holds, as far as this reader knows.
    pub word: Option<&'static str>,
}

/// Sign and word of an outcome.
pub(super) fn word(outcome: &Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Holds => ("✓", "holds"),
        Outcome::Refused(_) => ("✗", "refused"),
        Outcome::CannotTell(_) => ("?", "cannot tell"),
    }
}

impl Sheet {
    /// Of a verdict.
    pub fn of(verdict: &Verdict) -> Sheet {
        let (sign, word) = word(&verdict.outcome);
        let facts = verdict.facts.as_deref();
        Sheet {
            sign,
            word,
            outcome: verdict.outcome.to_string(),
            note: matches!(verdict.outcome, Outcome::Refused(_)).then_some(REFUSAL),
            lines: facts.map_or_else(Vec::new, |facts| lines(verdict, facts)),
            not_proven: facts.map_or(&[], |_| NOT_PROVEN),
        }
    }
}

fn lines(verdict: &Verdict, facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |label, text, word| lines.push(Line { label, text, word });
    let statement = &facts.statement;
    let day = Day::of_seconds(statement.as_of).map_or_else(String::new, |day| day.to_string());
    line("institution", format!("{:?}", statement.lei), None);
    let number = statement.sequence;
    line("as of", format!("{day}, number {number}"), None);
    let (rulebook, date) = &facts.rulebook;
    line("rulebook", format!("{rulebook} ({date})"), None);
    line("snapshot", snapshot(facts), None);
    let shown = match verdict.outcome {
        Outcome::Holds => "holds",
        _ => "not shown",
    };
    for claim in &statement.claims {
        line("claim", format!("{claim}{}", without(facts)), Some(shown));
    }
    let recomputed = match verdict.outcome {
        Outcome::Holds => list(&facts.recomputed),
        _ => "not shown".to_owned(),
    };
    line("recomputed", recomputed, None);
    if let Some(prices) = statement.prices {
        line("options", format!("priced by the {}", prices.name()), None);
    }
    for voucher in vouched::lines(verdict) {
        line("vouched for", voucher, None);
    }
    if let Some(nobody) = vouched::nobody(verdict) {
        line("by nobody", nobody, None);
    }
    line("stated", format!("capital items{}", stated(facts)), None);
    if !facts.reducing.is_empty() {
        let reducing = facts.reducing.join(", ");
        line(
            "stated, reducing risk-weighted assets",
            format!("{reducing}; by how much is not checked"),
            None,
        );
    }
    line("signed by", signed_by(facts), None);
    line("countersigned", countersigned_by(facts), None);
    lines
}
