//! The file of an attestation: one form of each, and no word in it that its bytes do not say.
#![allow(missing_docs)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use plimsoll_circuits::attestation::{Attestation, AttestationError};
use plimsoll_circuits::book::Lei;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::{self, Document, DocumentError, MAX_BYTES};
use plimsoll_circuits::envelope::{
    Envelope, EnvelopeError, KeyError, KeyId, MAX_SIGNATURES, PayloadType, PublicKey, Signature,
};
use plimsoll_circuits::statement::{RowCircuit, RowProofs, Statement};
use serde_json::{Value, json};

const K: u32 = 14;

fn statement() -> Statement {
    let rows = |circuit| RowProofs {
        circuit,
        copies: 1,
        shards: 1,
    };
    Statement {
        lei: Lei::parse("N1GZ7BBF3NP8GI976H15").unwrap(),
        as_of: 1_672_444_800,
        sequence: 2,
        previous: [3; 32],
        rulebook: [4; 32],
        snapshot: [5; 32],
        currency: "USD".to_owned(),
        scale: -3,
        claims: vec![Claim::parse("cet1>=8.37%").unwrap()],
        stated: vec![1],
        without: vec!["cva".to_owned()],
        balance_sheet: false,
        prices: None,
        vouchers: Vec::new(),
        rows: [RowCircuit::Secured, RowCircuit::SecuredGeneral]
            .map(rows)
            .to_vec(),
    }
}

fn attestation() -> Attestation {
    let statement = statement();
    let proofs = vec![vec![7; 64]; Attestation::expected_proofs(&statement)];
    Attestation { statement, proofs }
}

fn key(number: u8) -> (SigningKey, PublicKey) {
    let key = SigningKey::from_bytes(&[number; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    (key, public)
}

fn signed(envelope: &mut Envelope, number: u8) {
    let (key, public) = key(number);
    let bytes = key.sign(&envelope.signed_bytes()).to_bytes();
    let key = public.id();
    envelope.add(Signature { key, bytes }).unwrap();
}

/// Signed by two.
fn file() -> Vec<u8> {
    let mut document = Document::unsigned(attestation(), K);
    signed(&mut document.envelope, 1);
    signed(&mut document.envelope, 2);
    document.encode()
}

fn decode(bytes: &[u8]) -> Result<Document, DocumentError> {
    Document::decode(bytes, K)
}

fn payload_of(file: &[u8]) -> String {
    let envelope = Envelope::decode(file, PayloadType::InToto, MAX_BYTES).unwrap();
    String::from_utf8(envelope.payload).unwrap()
}

/// What is said of a file with this payload.
fn with_payload(payload: &str) -> Result<Document, DocumentError> {
    let envelope = Envelope::unsigned(PayloadType::InToto, payload.as_bytes().to_vec());
    decode(&envelope.encode())
}

#[test]
fn what_is_written_is_read() {
    let file = file();
    let document = decode(&file).unwrap();
    assert_eq!(document.attestation, attestation());
    assert_eq!(document.digest, attestation().digest());
    assert_eq!(document.encode(), file);
    assert_eq!(document.envelope.signatures().len(), 2);
    for number in [1, 2] {
        assert_eq!(document.envelope.check(&key(number).1), Some(true));
    }
    assert_eq!(document.envelope.check(&key(3).1), None);
}

/// DSSE's own example of what is signed.
#[test]
fn signed_bytes_are_those_of_the_standard() {
    let envelope = Envelope::unsigned(PayloadType::Rulebook, b"hello world".to_vec());
    let bytes = envelope.signed_bytes();
    let expected = "DSSEv1 33 application/vnd.plimsoll.rulebook 11 hello world";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

/// RFC 8032, 7.1, test 2; and the order of the group added to its scalar.
#[test]
fn attacks_41_signatures_are_checked_strictly() {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len() / 2)
            .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    };
    let public = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    let public = PublicKey::from_bytes(&public.try_into().unwrap()).unwrap();
    let signature: [u8; 64] = hex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    )
    .try_into()
    .unwrap();
    assert!(public.verifies(&[0x72], &signature));
    assert!(!public.verifies(&[0x73], &signature));
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut larger = signature;
    let mut carry = 0u16;
    for (byte, more) in larger[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(more);
        *byte = carry as u8;
        carry >>= 8;
    }
    assert!(!public.verifies(&[0x72], &larger));

    // Keys of small order, with which anything verifies; points that are not canonical.
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut beyond = [0xff; 32];
    beyond[0] = 0xee;
    beyond[31] = 0x7f;
    for bytes in [[0; 32], identity, beyond, [0xff; 32]] {
        assert_eq!(PublicKey::from_bytes(&bytes), Err(KeyError::Point));
    }
    let text = public.to_string();
    assert_eq!(PublicKey::parse(&text), Ok(public));
    for wrong in [
        text.replace("ed25519:", "ed448:"),
        text.replace("ed25519:", ""),
        format!("{text} "),
        text.replace('=', ""),
        text.replacen("=", "==", 1),
    ] {
        assert_eq!(PublicKey::parse(&wrong), Err(KeyError::Form), "{wrong}");
    }
}

/// One byte of payload, type or signature: the signature does not hold.
#[test]
fn attacks_27_a_signature_is_over_every_byte() {
    let mut envelope = Document::unsigned(attestation(), K).envelope;
    signed(&mut envelope, 1);
    let (_, public) = key(1);
    let honest = envelope.signatures()[0].clone();
    for at in (0..envelope.payload.len()).step_by(7) {
        let mut altered = envelope.clone();
        altered.payload[at] ^= 1;
        assert_eq!(altered.check(&public), Some(false), "byte {at}");
    }
    for kind in [PayloadType::Rulebook, PayloadType::Snapshot] {
        let mut altered = Envelope::unsigned(kind, envelope.payload.clone());
        altered.add(honest.clone()).unwrap();
        assert_eq!(altered.check(&public), Some(false), "{kind:?}");
    }
    for at in 0..64 {
        let mut altered = envelope.clone();
        let mut bytes = honest.bytes;
        bytes[at] ^= 1;
        let key = honest.key;
        altered.add(Signature { key, bytes }).unwrap();
        assert_eq!(altered.signatures().len(), 1, "one for each key");
        assert_eq!(altered.check(&public), Some(false), "byte {at}");
    }
    // Another's signature under this key's name.
    let (other, _) = key(2);
    let bytes = other.sign(&envelope.signed_bytes()).to_bytes();
    let key = honest.key;
    envelope.add(Signature { key, bytes }).unwrap();
    assert_eq!(envelope.check(&public), Some(false));
}

/// Every field of the words, changed by itself: named, and refused.
#[test]
fn attacks_35_every_readable_word_is_that_of_the_bytes() {
    let payload = payload_of(&file());
    let honest: Value = serde_json::from_str(&payload).unwrap();
    let changes: [(&str, Value); 21] = [
        ("/subject/0/name", json!("N1GZ7BBF3NP8GI976H15#3")),
        (
            "/subject/0/digest/plimsollAttestation",
            json!("00".repeat(32)),
        ),
        (
            "/subject/0/digest/plimsollStatement",
            json!("00".repeat(32)),
        ),
        ("/predicate/institution", json!("8I5DZWZKVSZI1NUHU748")),
        ("/predicate/asOf", json!("2023-01-01T00:00:00Z")),
        ("/predicate/sequence", json!(3)),
        ("/predicate/previous", json!("00".repeat(32))),
        ("/predicate/currency", json!("EUR")),
        ("/predicate/scale", json!(0)),
        ("/predicate/claims", json!(["cet1>=9%"])),
        ("/predicate/computed", json!([])),
        ("/predicate/stated", json!([])),
        ("/predicate/without", json!([])),
        ("/predicate/balanceSheet", json!(true)),
        ("/predicate/optionPrices", json!("snapshot")),
        ("/predicate/rulebook", json!("00".repeat(32))),
        ("/predicate/snapshot", json!("00".repeat(32))),
        ("/predicate/rows", json!(15)),
        ("/predicate/circuits/0/id", json!("00".repeat(32))),
        ("/predicate/circuits/0/proofs", json!(2)),
        ("/predicate/links/2/to", json!("capital")),
    ];
    let mut fields: Vec<&str> = changes.iter().map(|(path, _)| *path).collect();
    for (path, value) in &changes {
        let mut altered = honest.clone();
        let place = altered.pointer_mut(path).unwrap();
        assert_ne!(place, value);
        *place = value.clone();
        let expected = path
            .split('/')
            .find(|part| !matches!(*part, "" | "predicate"));
        let said = with_payload(&ordered(&altered, &payload));
        assert_eq!(
            said,
            Err(DocumentError::Copy(expected.unwrap().to_owned())),
            "{path}"
        );
    }
    // None is forgotten: each field of the predicate is in the list.
    fields.retain(|path| path.starts_with("/predicate/"));
    for name in honest["predicate"].as_object().unwrap().keys() {
        let named = fields
            .iter()
            .any(|path| path.split('/').nth(2) == Some(name));
        assert!(
            named || name == "attestation" || name == "signedColumns",
            "{name}"
        );
    }
}

/// JSON with the keys in the order in which the original has them.
fn ordered(value: &Value, like: &str) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by_key(|key| like.find(&format!("\"{key}\":")));
            let fields = keys
                .iter()
                .map(|key| format!("\"{key}\":{}", ordered(&map[*key], like)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => {
            let items = list.iter().map(|item| ordered(item, like));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// White space, order, escapes, numbers in other forms, a field twice, one more, one less.
#[test]
fn attacks_45_one_form_of_each_payload() {
    let payload = payload_of(&file());
    assert!(with_payload(&payload).is_ok());
    let edited = |from: &str, to: &str| {
        assert!(payload.contains(from), "{from}");
        with_payload(&payload.replacen(from, to, 1))
    };
    for (from, to) in [
        (",\"sequence\"", ", \"sequence\""),
        ("{\"_type\"", "\n{\"_type\""),
        ("\"USD\"", "\"\\u0055SD\""),
        (
            "\"currency\":\"USD\",\"scale\":-3",
            "\"scale\":-3,\"currency\":\"USD\"",
        ),
    ] {
        assert_eq!(edited(from, to), Err(DocumentError::NotCanonical), "{to}");
    }
    for (from, to) in [
        ("\"scale\":-3", "\"scale\":-3.0"),
        ("\"scale\":-3", "\"scale\":-300"),
        ("\"scale\":-3", "\"scale\":null"),
        ("\"sequence\":2", "\"sequence\":2e0"),
        ("\"sequence\":2", "\"sequence\":-2"),
        ("\"sequence\":2", "\"sequence\":18446744073709551616"),
        ("\"sequence\":2", "\"sequence\":2,\"sequence\":2"),
        ("\"sequence\":2", "\"sequence\":2,\"colour\":\"red\""),
        ("\"sequence\":2,", ""),
        ("\"signedColumns\":[]", "\"signedColumns\":[1]"),
        ("\"_type\"", "\"predicate\":{},\"_type\""),
    ] {
        let said = edited(from, to);
        assert!(
            matches!(said, Err(DocumentError::Malformed(_))),
            "{to}: {said:?}"
        );
    }
    for (from, to) in [
        ("Statement/v1", "Statement/v2"),
        ("urn:plimsoll:attestation:1", "urn:plimsoll:attestation:2"),
        (
            "urn:plimsoll:attestation:1",
            "https://slsa.dev/provenance/v1",
        ),
    ] {
        assert_eq!(edited(from, to), Err(DocumentError::Version), "{to}");
    }
    // A byte order mark, Latin-1, and depth.
    assert!(with_payload(&format!("\u{feff}{payload}")).is_err());
    let latin = [
        &payload.as_bytes()[..20],
        &[0xe9],
        &payload.as_bytes()[20..],
    ]
    .concat();
    assert!(decode(&Envelope::unsigned(PayloadType::InToto, latin).encode()).is_err());
    for deep in ["[".repeat(1 << 20), "{\"a\":".repeat(1 << 20)] {
        assert!(matches!(
            decode(deep.as_bytes()),
            Err(DocumentError::Envelope(_))
        ));
        assert!(matches!(
            with_payload(&deep),
            Err(DocumentError::Malformed(_))
        ));
        let inside = payload.replacen("\"USD\"", &deep, 1);
        assert!(matches!(
            with_payload(&inside),
            Err(DocumentError::Malformed(_))
        ));
    }
}

#[test]
fn attacks_45_one_form_of_each_envelope() {
    let text = String::from_utf8(file()).unwrap();
    let edited = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        match decode(text.replacen(from, to, 1).as_bytes()) {
            Err(DocumentError::Envelope(error)) => error,
            other => panic!("{to}: {other:?}"),
        }
    };
    for (from, to) in [
        (",\"payload\"", ", \"payload\""),
        ("}]}", "}]}\n"),
        ("\"payload\":\"e", "\"payload\":\"\\u0065"),
        ("vnd.in-toto", "vnd\\u002ein-toto"),
    ] {
        assert_eq!(edited(from, to), EnvelopeError::NotCanonical, "{to}");
    }
    let keyid = key(1).1.id().to_string();
    for (from, to) in [
        ("\"signatures\"", "\"signature\""),
        ("\"signatures\":", "\"colour\":1,\"signatures\":"),
        ("\"keyid\"", "\"cert\":\"\",\"keyid\""),
        ("\"payloadType\"", "\"payload\":\"\",\"payloadType\""),
    ] {
        let error = edited(from, to);
        assert!(
            matches!(error, EnvelopeError::Malformed(_)),
            "{to}: {error:?}"
        );
    }
    for (from, to) in [
        (keyid.as_str(), keyid.to_uppercase()),
        (&keyid, keyid[1..].to_owned()),
        (&keyid, format!("{keyid}0")),
    ] {
        assert_eq!(edited(from, &to), EnvelopeError::KeyId);
    }
    let other = EnvelopeError::PayloadType {
        wanted: "application/vnd.in-toto+json",
    };
    assert_eq!(edited("in-toto", "plimsoll.rulebook"), other);
    assert_eq!(edited("in-toto+json", "plimsoll.rulebook"), other);
    // Base64: white space, padding, its other alphabet, stray bits.
    let payload = text.split('"').nth(7).unwrap().to_owned();
    assert!(
        payload.ends_with('='),
        "the fixture's length has to leave padding"
    );
    let stray = {
        let body = payload.trim_end_matches('=');
        let last = body.chars().last().unwrap();
        let next = char::from(last as u8 + 1);
        format!(
            "{}{next}{}",
            &body[..body.len() - 1],
            &payload[body.len()..]
        )
    };
    for wrong in [
        format!("{}\\n", payload),
        format!("{} {}", &payload[..8], &payload[8..]),
        payload.trim_end_matches('=').to_owned(),
        format!("{payload}="),
        payload.replacen(&payload[..1], "-", 1),
        stray,
    ] {
        assert_eq!(edited(&payload, &wrong), EnvelopeError::Base64("payload"));
    }
    let sig = text.split("\"sig\":\"").nth(1).unwrap()[..88].to_owned();
    assert_eq!(edited(&sig, &sig[..86]), EnvelopeError::Base64("sig"));
    let short = STANDARD.encode([0; 63]);
    assert_eq!(edited(&sig, &short), EnvelopeError::SignatureLength);
    let long = STANDARD.encode([0; 65]);
    assert_eq!(edited(&sig, &long), EnvelopeError::SignatureLength);

    // A key that signs twice, two out of order, and more than there may be.
    let (before, list) = text.split_once("\"signatures\":[").unwrap();
    let list = list.strip_suffix("]}").unwrap();
    let (one, two) = list.split_once("},{").unwrap();
    let (one, two) = (format!("{one}}}"), format!("{{{two}"));
    let with = |list: &[&str]| {
        let file = format!("{before}\"signatures\":[{}]}}", list.join(","));
        decode(file.as_bytes()).map(|_| ())
    };
    assert_eq!(with(&[&one, &two]), Ok(()));
    assert_eq!(with(&[]), Ok(()));
    let order = Err(DocumentError::Envelope(EnvelopeError::Order));
    assert_eq!(with(&[&one, &one]), order);
    assert_eq!(with(&[&two, &one]), order);
    let many = vec![one.as_str(); MAX_SIGNATURES + 1];
    assert_eq!(
        with(&many),
        Err(DocumentError::Envelope(EnvelopeError::TooMany))
    );
    let mut full = decode(&file()).unwrap().envelope;
    for number in 3..=MAX_SIGNATURES as u8 {
        signed(&mut full, number);
    }
    let more = Signature {
        key: KeyId([0; 32]),
        bytes: [0; 64],
    };
    assert_eq!(full.add(more), Err(EnvelopeError::TooMany));
    assert!(decode(&full.encode()).is_ok());
}

#[test]
fn attacks_46_limits_come_first() {
    let large = vec![b'['; MAX_BYTES + 1];
    let refused = DocumentError::Envelope(EnvelopeError::TooLarge(MAX_BYTES));
    assert_eq!(decode(&large), Err(refused));
    let largest = decode(&large[1..]);
    let malformed = matches!(
        largest,
        Err(DocumentError::Envelope(EnvelopeError::Malformed(_)))
    );
    assert!(malformed, "{largest:?}");
    let inner = vec![0; plimsoll_circuits::attestation::MAX_BYTES + 1];
    let payload = document::payload(&statement(), &inner, K);
    let file = Envelope::unsigned(PayloadType::InToto, payload).encode();
    assert!(
        file.len() <= MAX_BYTES,
        "the inner limit is within the outer one"
    );
    let refused = DocumentError::Attestation(AttestationError::TooLarge);
    assert_eq!(decode(&file), Err(refused));
}

/// The canonical bytes in the words: cut, grown, of another version, in another base64.
#[test]
fn the_bytes_in_the_words() {
    let with = |inner: &[u8]| {
        let payload = document::payload(&statement(), inner, K);
        decode(&Envelope::unsigned(PayloadType::InToto, payload).encode())
    };
    let inner = attestation().encode();
    assert!(with(&inner).is_ok());
    let error = |error| Err(DocumentError::Attestation(error));
    assert_eq!(
        with(&inner[..inner.len() - 1]),
        error(AttestationError::Short)
    );
    let longer = [&inner[..], &[0]].concat();
    let proofs = AttestationError::Proofs { expected: 3 };
    assert_eq!(with(&longer), error(proofs));
    let mut version = inner.clone();
    version[8] = 2;
    assert_eq!(with(&version), error(AttestationError::Version(2)));
    // Another's statement, in these words.
    let mut other = attestation();
    other.statement.sequence = 3;
    let said = with(&other.encode());
    assert_eq!(said, Err(DocumentError::Copy("subject".to_owned())));
    let payload = payload_of(&file());
    let text = STANDARD.encode(&inner);
    let spaced = payload.replacen(&text, &format!("{} {}", &text[..4], &text[4..]), 1);
    assert_eq!(with_payload(&spaced), Err(DocumentError::Base64));
}

/// Proofs of other circuits sizes are told apart by the words alone.
#[test]
fn attacks_42_the_size_of_circuits_is_the_readers() {
    let small = Document::unsigned(attestation(), 11);
    assert!(Document::decode(&small.encode(), 11).is_ok());
    assert_eq!(
        decode(&small.encode()),
        Err(DocumentError::Copy("rows".to_owned()))
    );
}

/// Every byte of statement and proofs is in the digest that the next one names.
#[test]
fn attacks_22_every_byte_changes_the_digest() {
    let inner = attestation().encode();
    let digest = Attestation::digest_of(&inner);
    for at in 0..inner.len() {
        let mut altered = inner.clone();
        altered[at] ^= 1;
        assert_ne!(Attestation::digest_of(&altered), digest, "byte {at}");
    }
}
