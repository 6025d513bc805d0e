//! The page of an attestation: every field of the schemas and of the statement, and no other; a
//! stored file taken apart byte by byte; every cause of a refusal.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use plimsoll_circuits::amount::{MAX_SCALE, MIN_SCALE};
use plimsoll_circuits::attestation;
use plimsoll_circuits::claim::MAX_THRESHOLD;
use plimsoll_circuits::document::{self, Document};
use plimsoll_circuits::envelope::MAX_SIGNATURES;
use plimsoll_circuits::protocol::layout::{MAX_COPIES, Size, Standard};
use plimsoll_circuits::statement::{MAX_COPIES_PER_PROOF, MAX_VOUCHERS, RowCircuit, Statement};
use plimsoll_verifier::verdict::hex;
use serde_json::Value;

const MARK: &str = "<!-- generated -->\n";
const EXAMPLE: &str = "proofs/with-servicer.plimsoll";
/// Causes for which no wrong file is stored: two would be large, and the third needs a voucher.
const NOT_STORED: [&str; 3] = [
    "envelope.too_large",
    "attestation.too_large",
    "statement.list_of_signed_columns",
];

fn page() -> String {
    fs::read_to_string(crate::support::fixture("formats/attestation.md")).unwrap()
}

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(crate::support::fixture("schemas").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// First cells of the table below a heading, in order.
fn listed(page: &str, heading: &str) -> Vec<String> {
    let (_, below) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let below = below.split("\n## ").next().unwrap();
    let rows = below.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (name, rest) = row.split_once("` |").unwrap();
        assert!(rest.len() > 4, "{heading}: {name} is not explained");
        name.to_owned()
    })
    .collect()
}

/// Paths of all fields of a schema, with what they say, in the order of the file.
fn fields(schema: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    let Some(properties) = schema["properties"].as_object() else {
        return;
    };
    // The file's own order is that of `required`.
    for name in schema["required"].as_array().unwrap() {
        let name = name.as_str().unwrap();
        let field = &properties[name];
        let path = format!("{path}{name}");
        found.push((path.clone(), field.clone()));
        fields(field, &format!("{path}."), found);
        fields(&field["items"], &format!("{path}[]."), found);
    }
    assert_eq!(
        properties.len(),
        schema["required"].as_array().unwrap().len()
    );
}

/// A field of the statement: name, bytes, what they say.
type Field = (&'static str, usize, String);

/// The statement's fields with the widths that the page gives, from the values alone. A field more
/// or less does not compile.
fn statement(statement: &Statement) -> Vec<Field> {
    let Statement {
        lei,
        as_of,
        sequence,
        previous,
        rulebook,
        snapshot,
        currency,
        scale,
        claims,
        stated,
        without,
        balance_sheet,
        prices,
        rows,
        vouchers,
    } = statement;
    let names = without.iter().map(|name| 1 + name.len());
    let vouched = vouchers.iter().map(|voucher| 34 + 2 * voucher.rows.len());
    let claimed: Vec<String> = claims.iter().map(ToString::to_string).collect();
    let circuits: Vec<String> = rows
        .iter()
        .map(|rows| {
            format!(
                "{}: {} in each of {}",
                rows.circuit.name(),
                rows.copies,
                rows.shards
            )
        })
        .collect();
    let owners: Vec<String> = vouchers
        .iter()
        .map(|voucher| format!("{}…: rows {:?}", &hex(&voucher.digest)[..8], voucher.rows))
        .collect();
    let prices = prices.map_or("none", |prices| prices.name());
    vec![
        ("magic", 4, "PLMS".into()),
        ("version", 2, "1".into()),
        ("lei", 20, lei.to_string()),
        ("as_of", 8, as_of.to_string()),
        ("sequence", 8, sequence.to_string()),
        ("previous", 32, digest(previous)),
        ("rulebook", 32, digest(rulebook)),
        ("snapshot", 32, digest(snapshot)),
        ("currency", 1 + currency.len(), currency.clone()),
        ("scale", 1, scale.to_string()),
        ("claims", 1 + 5 * claims.len(), claimed.join(", ")),
        ("stated", 1 + stated.len(), format!("{stated:?}")),
        ("without", 1 + names.sum::<usize>(), format!("{without:?}")),
        ("balance_sheet", 1, balance_sheet.to_string()),
        ("prices", 1, prices.into()),
        ("rows", 1 + 5 * rows.len(), circuits.join("; ")),
        ("vouchers", 2 + vouched.sum::<usize>(), owners.join("; ")),
    ]
}

fn digest(bytes: &[u8; 32]) -> String {
    match bytes {
        [0, ..] if bytes.iter().all(|byte| *byte == 0) => "none".into(),
        _ => format!("{}…", &hex(bytes)[..8]),
    }
}

/// Bytes in hexadecimal, the beginning where they are many.
fn shown(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().take(12).map(|b| format!("{b:02x}")).collect();
    let more = if bytes.len() > 12 { "…" } else { "" };
    format!("{digits}{more}")
}

/// The tables that follow from schema and file.
fn generated() -> String {
    let schema = schema("attestation.schema.json");
    let mut text = String::from(
        "\n## Payload\n\nAn [in-toto Statement v1](https://in-toto.io/Statement/v1): JSON without \
         white space, keys in this order.\n\n| field | what |\n| --- | --- |\n",
    );
    let mut all = Vec::new();
    fields(&schema, "", &mut all);
    for (path, field) in all {
        let constant = field["const"].as_str().map(|value| format!("`{value}`."));
        let said = field["description"].as_str().map(str::to_owned);
        let what: Vec<String> = said.into_iter().chain(constant).collect();
        assert!(!what.is_empty(), "{path} is not explained");
        let what = what.join(" ");
        let _ = writeln!(text, "| `{path}` | {what} |");
    }
    let bytes = fs::read(crate::support::fixture(EXAMPLE)).unwrap();
    let document = Document::decode(&bytes, Standard::K).unwrap();
    let attestation = &document.attestation;
    let encoded = attestation.statement.encode();
    let (whole, size) = (attestation.encode(), encoded.len());
    let _ = write!(
        text,
        "\n## Example\n\n[`{name}`](../{EXAMPLE}): a file of {file} bytes, {all} canonical bytes. The \
         statement's {size} begin at offset 14 of these; {proofs} proofs follow, of {lengths} \
         bytes.\n\n| field | offset | width | bytes | which is |\n| --- | --- | --- | --- | --- |\n",
        name = EXAMPLE.split('/').next_back().unwrap(),
        file = bytes.len(),
        all = whole.len(),
        proofs = attestation.proofs.len(),
        lengths = attestation
            .proofs
            .iter()
            .map(|proof| proof.len().to_string())
            .collect::<Vec<_>>()
            .join(", "),
    );
    let mut offset = 0;
    for (name, width, value) in statement(&attestation.statement) {
        let part = &encoded[offset..offset + width];
        let _ = writeln!(
            text,
            "| `{name}` | {offset} | {width} | `{}` | {value} |",
            shown(part)
        );
        offset += width;
    }
    assert_eq!(offset, size, "the widths do not add up");
    assert_eq!(whole[14..14 + size], encoded);
    let proofs: usize = attestation.proofs.iter().map(|proof| 4 + proof.len()).sum();
    assert_eq!(whole.len(), 14 + size + proofs);
    text
}

#[test]
fn the_tables_are_those_of_schema_and_file() {
    let page = page();
    let (prose, tables) = page.split_once(MARK).unwrap();
    let expected = generated();
    if std::env::var_os("PLIMSOLL_WRITE_REFERENCE").is_some() {
        let text = format!("{prose}{MARK}{expected}");
        // In one go: other tests read it.
        let path = crate::support::fixture("formats/attestation.md");
        fs::write(path.with_extension("new"), text).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
        return;
    }
    assert!(
        tables == expected,
        "fixtures/formats/attestation.md lags behind: run this test with PLIMSOLL_WRITE_REFERENCE=1"
    );
}

#[test]
fn the_fields_are_those_of_the_code() {
    let page = page();
    let document = fs::read(crate::support::fixture(EXAMPLE)).unwrap();
    let document = Document::decode(&document, Standard::K).unwrap();
    let fields_of_the_statement: Vec<&str> = statement(&document.attestation.statement)
        .iter()
        .map(|(name, _, _)| *name)
        .collect();
    assert_eq!(listed(&page, "Statement"), fields_of_the_statement);

    let mut envelope = Vec::new();
    fields(&schema("envelope.schema.json"), "", &mut envelope);
    let last = |path: &str| path.rsplit('.').next().unwrap().to_owned();
    let envelope: Vec<String> = envelope.iter().map(|(path, _)| last(path)).collect();
    assert_eq!(listed(&page, "Envelope"), envelope);
}

#[test]
fn the_limits_are_those_of_the_code() {
    let page = page();
    let canonical = attestation::MAX_BYTES >> 20;
    assert!(page.contains(document::MEDIA_TYPE));
    let kinds = RowCircuit::ALL.map(|kind| format!("{} {}", kind.code(), kind.name()));
    let kinds = format!("The kinds of row circuits: {}.", kinds.join("; "));
    let one_line = page.replace('\n', " ");
    assert!(one_line.contains(&kinds), "{kinds}");
    for limit in [
        format!("0 to {MAX_SIGNATURES} of them"),
        format!("at most {} MiB.", document::MAX_BYTES >> 20),
        format!("At most {canonical} MiB, and nothing follows"),
        format!("{MIN_SCALE} to {MAX_SCALE}, signed"),
        format!("at most {MAX_COPIES_PER_PROOF} copies in a proof"),
        format!("count, at most {MAX_VOUCHERS},"),
        format!("at most {} %", grouped(MAX_THRESHOLD / 10_000)),
        format!("{} in all", grouped(MAX_COPIES as u32)),
    ] {
        assert!(page.contains(&limit), "{limit}");
    }
}

fn grouped(number: u32) -> String {
    format!("{} {:03}", number / 1_000, number % 1_000)
}

/// Every other stored attestation has the widths that the page gives.
#[test]
fn every_stored_statement_is_as_wide_as_the_page_says() {
    for entry in fs::read_dir(crate::support::fixture("proofs")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let document = Document::decode(&fs::read(&path).unwrap(), Standard::K).unwrap();
        let found = &document.attestation.statement;
        let width: usize = statement(found).iter().map(|(_, width, _)| width).sum();
        assert_eq!(width, found.encode().len(), "{}", path.display());
    }
}

#[test]
fn every_cause_is_listed() {
    let index = fs::read_to_string(crate::support::fixture("wrong/index.json")).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    let rooms = [
        "envelope.",
        "payload.",
        "attestation.",
        "statement.",
        "copy.",
    ];
    let mut expected: BTreeSet<String> = NOT_STORED.map(str::to_owned).into();
    for file in index["wrong"].as_array().unwrap() {
        let cause = file["cause"].as_str().unwrap_or_default();
        if file["kind"] != "attestation" || !rooms.iter().any(|room| cause.starts_with(room)) {
            continue;
        }
        assert!(!NOT_STORED.contains(&cause), "{cause} is stored");
        expected.insert(match cause.strip_prefix("copy.") {
            Some(_) => "copy.NAME".to_owned(),
            None => cause.to_owned(),
        });
    }
    let listed = listed(&page(), "Refused");
    let once: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), once.len(), "a cause stands twice");
    assert_eq!(once, expected);
}
