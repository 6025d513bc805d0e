//! Vices of the signed payload: its JSON, and words that belie the bytes (ATTACKS 35, 45).

use crate::base::{Base, LEI, OTHER, signed};
use crate::make::{Corpus, Make};

pub fn add(base: &Base, corpus: &mut Corpus) {
    json(base, corpus);
    copies(base, corpus);
}

/// The payload with one text changed, and signed by the institution.
fn edited(base: &Base, from: &str, to: &str) -> Vec<u8> {
    let payload = base.payload();
    assert!(payload.contains(from), "{from}");
    signed(payload.replacen(from, to, 1).into_bytes())
}

fn json(base: &Base, corpus: &mut Corpus) {
    let payload = base.payload();
    let mut bad = |name: &str, vice: &str, bytes: Vec<u8>, cause: &str| {
        let name = format!("payload-{name}");
        corpus.add(Make::attestation(&name, vice, bytes).unreadable(cause));
    };
    bad(
        "text",
        "the payload is a sentence",
        signed(b"All is well.".to_vec()),
        "payload.syntax",
    );
    let half = payload.as_bytes()[..payload.len() / 2].to_vec();
    bad("cut", "the payload is cut", signed(half), "payload.cut");
    let trailing = signed(format!("{payload}0").into());
    bad(
        "trailing",
        "a digit after the payload",
        trailing,
        "payload.trailing",
    );
    let mark = signed(format!("\u{feff}{payload}").into());
    bad(
        "byte-order-mark",
        "a byte order mark in the payload",
        mark,
        "payload.byte_order_mark",
    );
    let newer = edited(
        base,
        "urn:plimsoll:attestation:1",
        "urn:plimsoll:attestation:2",
    );
    bad(
        "version",
        "another version of the predicate",
        newer,
        "payload.version",
    );
    let older = edited(base, "Statement/v1", "Statement/v0.1");
    bad(
        "statement-type",
        "another type of statement",
        older,
        "payload.version",
    );
    let more = edited(
        base,
        "\"institution\":",
        "\"audited\":true,\"institution\":",
    );
    bad(
        "unknown-member",
        "a member that says more",
        more,
        "payload.unknown_field",
    );
    let twice = edited(base, "\"sequence\":1,", "\"sequence\":1,\"sequence\":2,");
    bad(
        "member-twice",
        "the number twice, with two values",
        twice,
        "payload.field_twice",
    );
    let less = edited(base, "\"sequence\":1,", "");
    bad(
        "missing-member",
        "the number is left out",
        less,
        "payload.missing_field",
    );
    let text = edited(base, "\"sequence\":1,", "\"sequence\":\"1\",");
    bad(
        "number-as-text",
        "the number as a text",
        text,
        "payload.value",
    );
    let float = edited(base, "\"sequence\":1,", "\"sequence\":1.0,");
    bad(
        "number-with-point",
        "the number with a decimal point",
        float,
        "payload.value",
    );
    let signed_columns = edited(
        base,
        "\"signedColumns\":[]",
        "\"signedColumns\":[\"loans\"]",
    );
    bad(
        "signed-column",
        "a signed column, which this version does not have",
        signed_columns,
        "payload.value",
    );
    let nested = format!(
        "\"x\":{}{},\"_type\":",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    bad(
        "deep",
        "five thousand lists in one another",
        edited(base, "\"_type\":", &nested),
        "payload.unknown_field",
    );
    bad(
        "white-space",
        "a space in the payload",
        edited(base, ",\"claims\"", ", \"claims\""),
        "payload.form",
    );
    let escaped = edited(base, "plain exposures", "pl\\u0061in exposures");
    bad(
        "escape",
        "an escape in the payload that is not needed",
        escaped,
        "payload.form",
    );
    let stray = edited(
        base,
        "\"attestation\":\"UExJTVNPTE",
        "\"attestation\":\"!ExJTVNPTE",
    );
    bad(
        "base64",
        "the canonical bytes are not base64",
        stray,
        "payload.base64",
    );
}

/// Words that are not what the bytes say, with the institution's own signature.
fn copies(base: &Base, corpus: &mut Corpus) {
    let hex = |bytes: &[u8]| plimsoll_verifier::verdict::hex(bytes);
    let statement = &base.one.attestation.statement;
    let digest = hex(&base.one.digest);
    let mut bad = |field: &str, vice: &str, from: &str, to: &str| {
        let file = edited(base, from, to);
        let cause = format!("copy.{field}");
        let name = format!("words-{field}");
        corpus.add(Make::attestation(&name, vice, file).refused("copy", &cause));
    };
    bad(
        "subject",
        "another digest as the subject",
        &digest,
        &hex(&[7; 32]),
    );
    let from = format!("\"institution\":\"{LEI}\"");
    bad(
        "institution",
        "another institution in words",
        &from,
        &format!("\"institution\":\"{OTHER}\""),
    );
    bad(
        "asOf",
        "a later day in words",
        "\"asOf\":\"2022-12-31T",
        "\"asOf\":\"2026-09-30T",
    );
    bad(
        "sequence",
        "another number in words",
        "\"sequence\":1",
        "\"sequence\":9",
    );
    let previous = hex(&statement.previous);
    bad(
        "previous",
        "a predecessor in words",
        &previous,
        &hex(&[7; 32]),
    );
    bad(
        "claims",
        "a higher claim in words",
        "cet1>=8.37%",
        "cet1>=18.37%",
    );
    bad(
        "computed",
        "a circuit more in words",
        "\"computed\":[",
        "\"computed\":[\"derivatives\",",
    );
    bad(
        "without",
        "a module left out in words",
        "\"without\":[]",
        "\"without\":[\"leverage\"]",
    );
    bad(
        "balanceSheet",
        "the other mark of the balance sheet",
        &format!("\"balanceSheet\":{}", statement.balance_sheet),
        &format!("\"balanceSheet\":{}", !statement.balance_sheet),
    );
    bad(
        "optionPrices",
        "prices of options in words",
        "\"optionPrices\":null",
        "\"optionPrices\":\"snapshot\"",
    );
    bad(
        "scale",
        "another unit in words",
        "\"scale\":-3",
        "\"scale\":0",
    );
    let rulebook = hex(&statement.rulebook);
    bad(
        "rulebook",
        "another rulebook in words",
        &rulebook,
        &hex(&[7; 32]),
    );
    bad(
        "rows",
        "the size of tests in words",
        "\"rows\":14",
        "\"rows\":11",
    );
    bad(
        "circuits",
        "another circuit's id in words",
        "\"copies\":1",
        "\"copies\":2",
    );
    bad(
        "links",
        "a link by something else",
        "\"by\":\"totals\"",
        "\"by\":\"trust\"",
    );
}
