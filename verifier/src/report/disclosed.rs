//! A disclosure for people and for machines.

use std::fmt::Write as _;

use plimsoll_circuits::disclosure::Shown;
use plimsoll_circuits::text::visible;
use serde_json::{Map, Value, json};

use crate::disclosed::Disclosed;
use crate::report;

/// What no disclosure shows.
const NOT_SHOWN: &str = "An opened position is one that the proof used, as it used it. That \
its class, ratings and values are right, and that no other position is the same loan, is not \
shown.";

/// The page for people.
pub fn page(file: &str, attestation: &str, disclosed: &Disclosed) -> String {
    let mut page = String::new();
    let records = match &disclosed.records {
        Err(error) => {
            let word = match disclosed.exit_status() {
                1 => "refused",
                _ => "cannot tell",
            };
            let _ = writeln!(page, "{file}: {word}: {error}");
            if let Some(hint) = error.hint() {
                let _ = writeln!(page, "hint: {hint}");
            }
            let _ = write!(page, "\n{}", report::page(attestation, &disclosed.verdict));
            return page;
        }
        Ok(records) => records,
    };
    let _ = writeln!(page, "{file}: shown against {attestation}");
    for record in records {
        let _ = writeln!(page, "\n  position      {}", visible(&record.id));
        let _ = writeln!(page, "  circuit       {}", record.circuit);
        let _ = writeln!(page, "  class         {}", record.class);
        lines(&mut page, "  ", &record.figures);
        for item in &record.items {
            let _ = writeln!(page, "  collateral    {}, {}", visible(&item.id), item.kind);
            lines(&mut page, "    ", &item.figures);
        }
    }
    let _ = writeln!(page, "\n  {NOT_SHOWN}");
    let _ = write!(page, "\n{}", report::page(attestation, &disclosed.verdict));
    page
}

fn lines(page: &mut String, indent: &str, figures: &[(&'static str, String)]) {
    for (what, figure) in figures {
        let _ = writeln!(page, "{indent}{what:<28} {figure}");
    }
}

fn figures(figures: &[(&'static str, String)]) -> Value {
    let all = figures.iter();
    let all = all.map(|(what, figure)| ((*what).to_owned(), json!(figure)));
    Value::Object(all.collect::<Map<_, _>>())
}

fn record(record: &Shown) -> Value {
    let items = record
        .items
        .iter()
        .map(|item| json!({ "id": item.id, "kind": item.kind, "figures": figures(&item.figures) }));
    json!({
        "id": record.id,
        "circuit": record.circuit,
        "class": record.class,
        "figures": figures(&record.figures),
        "collateral": items.collect::<Vec<_>>(),
    })
}

/// The object for machines.
pub fn json(file: &str, attestation: &str, disclosed: &Disclosed) -> Value {
    let (records, error) = match &disclosed.records {
        Ok(records) => (records.iter().map(record).collect(), None),
        Err(error) => (Vec::new(), Some(error)),
    };
    json!({
        "version": 1,
        "file": file,
        "outcome": disclosed.word(),
        "reason": error.map(|error| error.reason()),
        "cause": error.and_then(|error| error.cause()),
        "message": error.map(ToString::to_string),
        "records": records,
        "attestation": report::json(attestation, &disclosed.verdict),
    })
}
