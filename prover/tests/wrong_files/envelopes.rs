//! Vices of the envelope: JSON, base64, key ids, order (ATTACKS 26, 45; DSSE).

use plimsoll_circuits::envelope::PayloadType;

use crate::base::{Base, OURS, SECOND, public, sign};
use crate::make::{Corpus, Make};

pub fn add(base: &Base, corpus: &mut Corpus) {
    json(base, corpus);
    texts(base, corpus);
    signatures(base, corpus);
}

fn json(base: &Base, corpus: &mut Corpus) {
    let good = String::from_utf8(base.good()).unwrap();
    let mut bad = |name: &str, vice: &str, bytes: Vec<u8>, cause: &str| {
        corpus.add(Make::attestation(name, vice, bytes).unreadable(cause));
    };
    let edit = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1).into_bytes()
    };
    bad(
        "empty",
        "there is nothing in it",
        Vec::new(),
        "envelope.cut",
    );
    let noise = (0..999u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
    bad(
        "noise",
        "bytes of no meaning",
        noise.collect(),
        "envelope.syntax",
    );
    let mark = [b"\xef\xbb\xbf", good.as_bytes()].concat();
    bad(
        "byte-order-mark",
        "a byte order mark before it",
        mark,
        "envelope.byte_order_mark",
    );
    let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bad(
        "utf-16",
        "in UTF-16 without a mark",
        wide[..2_000].to_vec(),
        "envelope.syntax",
    );
    let half = good.as_bytes()[..good.len() / 2].to_vec();
    bad("cut", "cut in the middle", half, "envelope.cut");
    let line = format!("{good}\n").into_bytes();
    bad("line-end", "a line end after it", line, "envelope.form");
    bad(
        "trailing",
        "a second object after it",
        format!("{good}{{}}").into(),
        "envelope.trailing",
    );
    bad(
        "white-space",
        "a space between two members",
        edit(",\"payload\":", ", \"payload\":"),
        "envelope.form",
    );
    let twice = edit(",\"signatures\":", ",\"payload\":\"\",\"signatures\":");
    bad(
        "member-twice",
        "the payload twice, once empty",
        twice,
        "envelope.field_twice",
    );
    let more = edit("{\"payloadType\"", "{\"version\":1,\"payloadType\"");
    bad(
        "unknown-member",
        "a member that envelopes do not have",
        more,
        "envelope.unknown_field",
    );
    let less = good.split_once(",\"signatures\"").unwrap().0;
    bad(
        "no-signatures",
        "the list of signatures is left out",
        format!("{less}}}").into(),
        "envelope.missing_field",
    );
    let null = format!("{less},\"signatures\":null}}");
    bad(
        "null",
        "null instead of a list",
        null.into(),
        "envelope.value",
    );
    let kind = "{\"payloadType\":\"application/vnd.in-toto+json\",";
    let last = format!("{{{}", good.strip_prefix(kind).unwrap());
    let last = format!(
        "{},{}",
        last.strip_suffix('}').unwrap(),
        &kind[1..kind.len() - 1]
    );
    bad(
        "member-order",
        "the members in another order",
        format!("{last}}}").into(),
        "envelope.form",
    );
    let list: Vec<&str> = good.split('"').collect();
    let array = format!("[\"{}\",\"{}\",[]]", list[3], list[7]);
    bad(
        "array",
        "a list of values instead of named members",
        array.into(),
        "envelope.form",
    );
    let deep = [vec![b'['; 20_000], vec![b']'; 20_000]].concat();
    bad(
        "deep",
        "twenty thousand lists in one another",
        deep,
        "envelope.value",
    );
    let escaped = edit("application/vnd", "\\u0061pplication/vnd");
    bad(
        "escape",
        "an escape that is not needed",
        escaped,
        "envelope.form",
    );
    let mut rulebook = base.one.envelope.clone();
    rulebook.payload_type = PayloadType::Rulebook;
    sign(&mut rulebook, OURS);
    bad(
        "other-payload-type",
        "signed as a rulebook",
        rulebook.encode(),
        "envelope.payload_type",
    );
    let case = edit("in-toto+json", "in-toto+JSON");
    bad(
        "payload-type-case",
        "the payload type in other letters",
        case,
        "envelope.payload_type",
    );
}

/// Other forms of the same base64.
fn texts(base: &Base, corpus: &mut Corpus) {
    let good = String::from_utf8(base.good()).unwrap();
    let payload = good.split('"').nth(7).unwrap();
    let mut bad = |name: &str, vice: &str, text: String| {
        let bytes = good.replacen(payload, &text, 1);
        corpus.add(Make::attestation(name, vice, bytes).unreadable("envelope.base64.payload"));
    };
    // Whatever the length, one that needs padding and one with bits to spare.
    let bare = payload.trim_end_matches('=');
    let padded = if bare.len() < payload.len() {
        bare.to_owned()
    } else {
        format!("{payload}=")
    };
    bad("base64-padding", "base64 with other padding", padded);
    bad(
        "base64-line",
        "base64 with a line break in it",
        format!("{}\\n{}", &payload[..76], &payload[76..]),
    );
    bad(
        "base64-alphabet",
        "a character of the other alphabet",
        format!("-{}", &payload[1..]),
    );
    let cut = payload[..payload.len() / 4 * 4 - 4].to_owned();
    bad(
        "base64-stray-bits",
        "bits behind the last byte that are not zero",
        format!("{cut}QR=="),
    );
}

fn signatures(base: &Base, corpus: &mut Corpus) {
    let good = String::from_utf8(base.good()).unwrap();
    let signature = good.rsplit('"').nth(1).unwrap();
    let id = public(OURS).key.id().to_string();
    let mut bad = |name: &str, vice: &str, bytes: String, cause: &str| {
        corpus.add(Make::attestation(name, vice, bytes).unreadable(cause));
    };
    let broken = good.replacen(signature, "!", 1);
    bad(
        "signature-base64",
        "a signature that is not base64",
        broken,
        "envelope.base64.sig",
    );
    let short = good.replacen(signature, "AAAA", 1);
    bad(
        "signature-short",
        "a signature of three bytes",
        short,
        "envelope.signature_length",
    );
    let upper = good.replacen(&id, &id.to_uppercase(), 1);
    bad(
        "key-id-upper",
        "a key id in capital letters",
        upper,
        "envelope.key_id",
    );
    let entry = format!("{{\"keyid\":\"{id}\",\"sig\":\"{signature}\"}}");
    let twice = good.replacen(&entry, &format!("{entry},{entry}"), 1);
    bad(
        "signed-twice",
        "two signatures of one key",
        twice,
        "envelope.signature_order",
    );
    let mut both = base.one.envelope.clone();
    [OURS, SECOND].iter().for_each(|key| sign(&mut both, *key));
    let both = String::from_utf8(both.encode()).unwrap();
    let (head, list) = both.split_once("\"signatures\":[").unwrap();
    let list = list.strip_suffix("]}").unwrap();
    let (first, second) = list.split_once("},").unwrap();
    let turned = format!("{head}\"signatures\":[{second},{first}}}]}}");
    bad(
        "signature-order",
        "two signatures in the other order",
        turned,
        "envelope.signature_order",
    );
    let entry = |n: u8| {
        format!(
            "{{\"keyid\":\"{}\",\"sig\":\"{signature}\"}}",
            format!("{n:02x}").repeat(32)
        )
    };
    let many: Vec<String> = (0..17).map(entry).collect();
    let many = format!("{head}\"signatures\":[{}]}}", many.join(","));
    bad(
        "signatures-17",
        "seventeen signatures",
        many,
        "envelope.too_many_signatures",
    );
}
