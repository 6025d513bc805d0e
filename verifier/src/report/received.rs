//! A receipt for people and for machines.

use std::fmt::Write as _;

use plimsoll_circuits::book::Day;
use plimsoll_circuits::envelope::KeyId;
use plimsoll_circuits::text::visible;
use serde_json::{Value, json};

use super::{moment, signed_by};
use crate::received::Received;
use crate::verdict::{hex, short};

/// What a receipt shows and does not show.
const SHOWS: &str = "A receipt shows that whoever holds the key said that this position is in \
the book. It does not show that an attestation counts it: a disclosure of the position does. A book \
that leaves it out, or a disclosure with other figures, contradicts the receipt.";

/// The page for people.
pub fn page(file: &str, received: &Received) -> String {
    let mut page = String::new();
    match &received.problem {
        None => {
            let _ = writeln!(page, "{file}: good");
        }
        Some(problem) => {
            let word = match problem.exit_status() {
                1 => "refused",
                _ => "cannot tell",
            };
            let _ = writeln!(page, "{file}: {word}: {problem}");
            if let Some(hint) = problem.hint() {
                let _ = writeln!(page, "hint: {hint}");
            }
        }
    }
    let Some(content) = &received.content else {
        return page;
    };
    let _ = writeln!(page, "\n  institution   {}", content.lei);
    let time = moment(content.as_of).unwrap_or_else(|| "no date".to_owned());
    let _ = writeln!(page, "  as of         {time}");
    let _ = writeln!(
        page,
        "  position      {} {}",
        content.position.kind(),
        visible(&content.id)
    );
    if let Some(of) = &content.of {
        let _ = writeln!(page, "  of            {}", visible(of));
    }
    let _ = writeln!(page, "  to you        {}", content.position.view());
    for (name, figure) in &content.figures {
        let _ = writeln!(page, "  {:<28} {}", visible(name), visible(figure));
    }
    let signers = match &received.signed_by {
        None => "nobody that is trusted here".to_owned(),
        Some((name, keys)) => {
            let keys = keys
                .iter()
                .map(|key| format!("{} (key {})", visible(name), short(&key.0)));
            keys.collect::<Vec<_>>().join(", ")
        }
    };
    let _ = writeln!(page, "  signed by     {signers}");
    let said = |yes: bool, what: &'static str| match (yes, &received.problem) {
        (true, _) => what,
        (false, None) => "none was given",
        (false, Some(_)) => "not compared, or not the same: see above",
    };
    let compared = received.compared;
    let same = said(compared.attestation, "same institution, same time");
    let _ = writeln!(page, "  attestation   {same}{}", which(received));
    let same = said(compared.disclosure, "same figures");
    let _ = writeln!(page, "  disclosure    {same}");
    let _ = writeln!(page, "\n  {SHOWS}");
    page
}

/// Which attestation says the same, and whose it is.
fn which(received: &Received) -> String {
    received
        .attestation
        .as_ref()
        .map_or_else(String::new, |facts| {
            let (number, digest) = (facts.statement.sequence, short(&facts.digest));
            format!(
                "; number {number}, {digest}, signed by {}",
                signed_by(facts)
            )
        })
}

/// The object for machines.
pub fn json(file: &str, received: &Received) -> Value {
    let problem = received.problem.as_ref();
    let receipt = received.content.as_ref().map(|content| {
        json!({
            "institution": content.lei.to_string(),
            "as_of": Day::of_seconds(content.as_of).map(|day| day.to_string()),
            "time": moment(content.as_of),
            "kind": content.position.kind(),
            "id": content.id,
            "of": content.of,
            "your_view": content.position.view(),
            "figures": content.figures,
        })
    });
    let signed_by = received.signed_by.iter().flat_map(|(name, keys)| {
        let key = |key: &KeyId| json!({ "key": key.to_string(), "name": name });
        keys.iter().map(key).collect::<Vec<_>>()
    });
    json!({
        "version": 1,
        "file": file,
        "outcome": received.word(),
        "reason": problem.map(|problem| problem.reason()),
        "message": problem.map(ToString::to_string),
        "receipt": receipt,
        "signed_by": signed_by.collect::<Vec<_>>(),
        "same_as_attestation": received.compared.attestation,
        "attestation": received.attestation.as_ref().map(|facts| {
            let keys = |list: &[KeyId]| list.iter().map(KeyId::to_string).collect::<Vec<_>>();
            json!({
                "digest": hex(&facts.digest),
                "number": facts.statement.sequence,
                "signed_by": keys(&facts.signers),
                "unknown_signers": keys(&facts.strangers),
            })
        }),
        "same_as_disclosure": received.compared.disclosure,
    })
}
