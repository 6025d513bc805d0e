//! A verdict for people and for machines.

pub mod disclosed;
pub mod html;
pub mod received;
pub mod sheet;
pub mod table;
pub(crate) mod vouched;

use std::fmt::Write as _;

use plimsoll_circuits::book::Day;
use plimsoll_circuits::proofs::TIES;
use plimsoll_circuits::statement::Prices;
use plimsoll_circuits::text::visible;
use serde_json::{Value, json};

use crate::verdict::{Facts, Outcome, Verdict, hex, short};

use sheet::Line;
pub use sheet::{NOT_PROVEN, Sheet};

/// The page for people.
pub fn page(file: &str, verdict: &Verdict) -> String {
    let sheet = Sheet::of(verdict);
    let mut page = format!("{file}: {}\n", sheet.outcome);
    if let Some(hint) = verdict.outcome.hint() {
        let _ = writeln!(page, "hint: {hint}");
    }
    if sheet.lines.is_empty() {
        return page;
    }
    page.push('\n');
    for Line { label, text, word } in &sheet.lines {
        let _ = match word {
            Some(word) => writeln!(page, "  {label:<13} {text:<28} {word}"),
            None if label.len() > 13 => writeln!(page, "  {label}: {text}"),
            None => writeln!(page, "  {label:<13} {text}"),
        };
    }
    let _ = writeln!(page, "\n  not proven");
    for line in sheet.not_proven {
        let _ = writeln!(page, "  - {line}");
    }
    page
}

/// Who signed, as far as this reader knows their keys.
pub(crate) fn signed_by(facts: &Facts) -> String {
    let name = visible(facts.name.as_deref().unwrap_or("the institution"));
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

/// Who countersigned, as far as this reader knows their keys.
pub(crate) fn countersigned_by(facts: &Facts) -> String {
    let auditors = facts.auditors.iter().map(|auditor| {
        let key = short(&auditor.key.0);
        match &auditor.name {
            Some(name) => format!("by {} as auditor (key {key})", visible(name)),
            None => format!("by a key that is not known here ({key})"),
        }
    });
    let all: Vec<String> = auditors.collect();
    match all.is_empty() {
        true => "by nobody".to_owned(),
        false => all.join(", "),
    }
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
            "recomputed": if verdict.outcome == Outcome::Holds { &facts.recomputed[..] } else { &[] },
            "stated": { "capital": "all capital items", "lines": facts.stated, "reducing": facts.reducing },
            "balance_sheet": statement.balance_sheet,
            "option_prices": statement.prices.map(Prices::name),
            "vouched": vouched::json(verdict),
            "not_vouched": vouched::unvouched(facts),
            "attestation": hex(&facts.digest),
            "signed_by": facts.signers.iter().map(|key| json!({ "key": key.to_string(), "name": facts.name })).collect::<Vec<_>>(),
            "unknown_keys": facts.strangers.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "countersigned_by": facts.auditors.iter().filter_map(|auditor| Some(json!({ "key": auditor.key.to_string(), "name": auditor.name.as_ref()? }))).collect::<Vec<_>>(),
            "unknown_countersigners": facts.auditors.iter().filter(|auditor| auditor.name.is_none()).map(|auditor| auditor.key.to_string()).collect::<Vec<_>>(),
            "ties": ties,
            "not_proven": NOT_PROVEN,
        });
        if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
            object.extend(more);
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use plimsoll_circuits::disclosure::{Shown, ShownItem};
    use plimsoll_circuits::document::Document;
    use plimsoll_circuits::envelope::KeyId;
    use plimsoll_circuits::protocol::layout::{Size, Standard};

    use super::*;
    use crate::disclosed::Disclosed;
    use crate::verdict::{Auditor, VouchedFor};

    /// Reads `Bank holds` where a screen turns it around.
    const TURNED: &str = "Bank \u{202e}sdloh\u{2066}";
    const PLAIN: &str = "Bank \u{fffd}sdloh\u{fffd}";

    /// The verdict on a stored attestation, in which every name is a stranger's choice.
    fn verdict() -> Verdict {
        let bytes = include_bytes!("../../fixtures/proofs/us-bancorp-2022-12-31.plimsoll");
        let document = Document::decode(bytes, Standard::K).unwrap();
        let (name, key) = (Some(TURNED.to_owned()), KeyId([7; 32]));
        let vouched = |name| VouchedFor {
            key,
            name,
            owner: TURNED.to_owned(),
            serial: 1,
            accounts: vec![TURNED.to_owned()],
            as_of: 0,
            proofs: 1,
            digest: [0; 32],
        };
        let facts = Facts {
            statement: document.attestation.statement,
            digest: document.digest,
            name: name.clone(),
            signers: vec![key],
            strangers: Vec::new(),
            auditors: vec![Auditor {
                key,
                name: name.clone(),
            }],
            rulebook: ("rulebook".to_owned(), "2023-01-01".to_owned()),
            snapshot: "snapshot".to_owned(),
            snapshot_time: None,
            vouched: vec![vouched(name), vouched(None)],
            recomputed: Vec::new(),
            stated: Vec::new(),
            reducing: Vec::new(),
        };
        Verdict {
            outcome: Outcome::Holds,
            facts: Some(facts.into()),
        }
    }

    fn shows_it_plainly(page: &str, times: usize) {
        assert_eq!(page.matches(PLAIN).count(), times, "{page}");
        assert!(!page.contains(['\u{202e}', '\u{2066}']), "{page}");
    }

    #[test]
    fn no_name_turns_a_line_of_a_verdict_around() {
        let verdict = verdict();
        let text = page("file", &verdict);
        // Signed, countersigned; two vouchers, each with its owner and its account.
        shows_it_plainly(&text, 6);
        let pair = [
            (TURNED.to_owned(), verdict.clone()),
            ("2".to_owned(), verdict),
        ];
        // Both rows have the six, the first its file's name, and the institution has its own.
        shows_it_plainly(&html::page(&pair), 14);
    }

    #[test]
    fn no_id_turns_a_line_of_a_disclosure_around() {
        let record = Shown {
            id: TURNED.to_owned(),
            circuit: "plain exposures",
            class: "class".to_owned(),
            figures: Vec::new(),
            items: vec![ShownItem {
                id: TURNED.to_owned(),
                kind: "cash".to_owned(),
                figures: Vec::new(),
            }],
        };
        let disclosed = Disclosed {
            verdict: verdict(),
            records: Ok(vec![record]),
        };
        shows_it_plainly(&disclosed::page("file", "attestation", &disclosed), 8);
    }
}
