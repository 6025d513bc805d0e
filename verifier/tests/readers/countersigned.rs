//! Countersignatures: whom a reader hears, as whom, and what does not match.

use plimsoll_circuits::countersignature::{
    COUNTERSIGNATURE_TYPE, Commitments, Countersignature, CountersignatureError, SAYS,
};
use plimsoll_circuits::envelope::{Envelope, EnvelopeError, PayloadType};
use plimsoll_verifier::Outcome;
use plimsoll_verifier::countersigned::CounterError;
use plimsoll_verifier::trust::{TrustError, TrustProblem};
use plimsoll_verifier::verdict::{Auditor, Refusal};
use serde_json::{Value, json};

use crate::screens::{Desk, follows, trust as trusted};
use crate::*;

/// What an honest auditor signs of a file.
fn honest(file: &[u8]) -> Countersignature {
    let document = document(file);
    let commitments = Commitments::of::<Standard>(&document.attestation).unwrap();
    Countersignature::unsigned(document.digest, commitments)
}

/// Signed by these keys.
fn by(mut countersignature: Countersignature, keys: &[u8]) -> Vec<u8> {
    for key in keys {
        sign(&mut countersignature.envelope, *key);
    }
    countersignature.encode()
}

fn auditor(number: u8, name: &str) -> String {
    format!(
        "\n[[auditor]]\nname = \"{name}\"\nkey = \"{}\"\n",
        key(number).1
    )
}

/// The institution has key 1, the auditor key 4.
fn reader_with_auditor() -> Policy {
    let text = trust_text(LEI, &[1], "") + &auditor(4, "Example auditors");
    reader(&text, SECOND)
}

/// The verdict on a file with a countersignature beside it.
fn verdict(file: &[u8], beside: &[u8], policy: &Policy) -> Verdict {
    let mut verifier = verifier();
    let verdict = verifier.check(file, policy);
    verifier.countersigned(verdict, file, beside, policy)
}

/// Why it is refused.
fn refusal(file: &[u8], beside: &[u8]) -> CounterError {
    match verdict(file, beside, &reader_with_auditor()).outcome {
        Outcome::Refused(Refusal::Countersignature(error)) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn auditors_are_named_as_auditors() {
    let policy = reader_with_auditor();
    let file = signed(&one(), &[1]);
    let beside = by(honest(&file), &[4, 5]);
    let verdict = verdict(&file, &beside, &policy);
    assert_eq!(verdict.outcome, Outcome::Holds);
    let facts = verdict.facts.as_ref().unwrap();
    let named = |number: u8, name: Option<&str>| Auditor {
        key: key(number).1.id(),
        name: name.map(str::to_owned),
    };
    let mut expected = vec![named(4, Some("Example auditors")), named(5, None)];
    expected.sort_by_key(|auditor| auditor.key);
    assert_eq!(facts.auditors, expected);
    // The institution's signatures are as they were.
    assert_eq!(facts.signers, [key(1).1.id()]);
    assert!(facts.strangers.is_empty());
}

/// An auditor's signature never counts as the institution's, and the institution's not as his.
#[test]
fn attacks_27_roles_are_not_confused() {
    let policy = reader_with_auditor();
    // Countersigned, and not signed: nobody has said that it is the institution's.
    let bare = one();
    let unsigned = verdict(&bare, &by(honest(&bare), &[4]), &policy);
    assert_eq!(says(&unsigned), "unsigned");
    // The auditor's signature moved into the attestation's envelope is a stranger's, and under
    // his name as the institution's key it would be a wrong one.
    let countersigned = by(honest(&bare), &[4]);
    let read = Countersignature::decode(&countersigned).unwrap();
    let mut moved = document(&bare).envelope;
    moved.add(read.envelope.signatures()[0].clone()).unwrap();
    let mut verifier = verifier();
    assert_eq!(
        says(&verifier.check(&moved.encode(), &policy)),
        "no_trusted_key"
    );
    let as_his = reader(&trust_text(LEI, &[4], ""), SECOND);
    assert_eq!(says(&verifier.check(&moved.encode(), &as_his)), "signature");
    drop(verifier);
    // The institution does not countersign itself.
    let file = signed(&one(), &[1]);
    let own = refusal(&file, &by(honest(&file), &[1, 4]));
    assert_eq!(own, CounterError::Own(key(1).1.id()));
    // One key, one role.
    for text in [
        trust_text(LEI, &[1], "") + &auditor(1, "Example auditors"),
        trust_text(LEI, &[1], "") + &auditor(4, "one") + &auditor(4, "two"),
    ] {
        let error = Trust::parse(&text).unwrap_err();
        let TrustError::Invalid { key, problem, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((key, problem), ("key", TrustProblem::Duplicate));
    }
}

#[test]
fn what_does_not_match_is_refused() {
    let file = signed(&one(), &[1]);
    let good = honest(&file);
    // Of the same statement proven again, and of the next quarter.
    for other in [again(), two()] {
        let error = refusal(&file, &by(honest(&other), &[4]));
        assert_eq!(error, CounterError::OtherAttestation);
    }
    // The digest of this attestation beside the commitments of another, signed by the auditor.
    let others = honest(&again()).commitments;
    assert_ne!(others, good.commitments);
    let fewer = Commitments {
        columns: good.commitments.columns - 1,
        ..good.commitments
    };
    for commitments in [others, fewer] {
        let made = Countersignature::unsigned(good.attestation, commitments);
        assert_eq!(refusal(&file, &by(made, &[4])), CounterError::Commitments);
    }
    // A signature over something else in the auditor's name; nobody's.
    let mut forged = good.clone();
    let mut other = honest(&two());
    sign(&mut other.envelope, 4);
    let signature = other.envelope.signatures()[0].clone();
    forged.envelope.add(signature).unwrap();
    let error = refusal(&file, &forged.encode());
    assert_eq!(error, CounterError::Signature(key(4).1.id()));
    assert_eq!(refusal(&file, &good.encode()), CounterError::Unsigned);
    // The signature of the attestation itself is none over this.
    let mut kind = good.clone();
    let mut envelope = document(&file).envelope;
    sign(&mut envelope, 4);
    let mut signatures = envelope.signatures().iter();
    let of_auditor = signatures.find(|signature| signature.key == key(4).1.id());
    kind.envelope.add(of_auditor.unwrap().clone()).unwrap();
    let error = refusal(&file, &kind.encode());
    assert_eq!(error, CounterError::Signature(key(4).1.id()));
    // What is refused by itself keeps its own reason.
    let bad = altered(&file, |a| a.proofs[0][90] ^= 1, &[1]);
    let policy = reader_with_auditor();
    assert_eq!(says(&verdict(&bad, &by(good, &[4]), &policy)), "proof");
}

#[test]
fn one_form() {
    let file = one();
    let good = honest(&file);
    let text = String::from_utf8(good.envelope.payload.clone()).unwrap();
    let rewritten = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let payload = text.replacen(from, to, 1).into_bytes();
        let changed = Envelope::unsigned(PayloadType::Countersignature, payload);
        Countersignature::decode(&changed.encode()).unwrap_err()
    };
    let form = CountersignatureError::Form;
    assert_eq!(
        rewritten("signature:1", "signature:2"),
        CountersignatureError::Version
    );
    assert_eq!(rewritten("\"auditor\"", "\"institution\""), form("role"));
    assert_eq!(
        rewritten("read the figures", "saw the figures"),
        form("says")
    );
    assert_eq!(
        rewritten("{\"_type\"", "{ \"_type\""),
        CountersignatureError::NotCanonical
    );
    let digest = plimsoll_verifier::verdict::hex(&good.attestation);
    assert_eq!(
        rewritten(&digest, &digest.to_uppercase()),
        form("attestation")
    );
    assert!(matches!(
        rewritten("\"columns\"", "\"columnes\""),
        CountersignatureError::Malformed(_)
    ));
    let kind = EnvelopeError::PayloadType {
        wanted: PayloadType::Countersignature.name(),
    };
    assert_eq!(
        Countersignature::decode(&file),
        Err(CountersignatureError::Envelope(kind))
    );
    // The published schema says the same.
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/schemas/countersignature.schema.json"
    );
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let payload: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        crate::follows::problem(&schema, &schema, &payload, ""),
        None
    );
    assert_eq!(schema["properties"]["says"]["const"], SAYS);
    assert_eq!(
        schema["properties"]["_type"]["const"],
        COUNTERSIGNATURE_TYPE
    );
    for name in payload.as_object().unwrap().keys() {
        let mut without = payload.clone();
        without.as_object_mut().unwrap().remove(name);
        let problem = crate::follows::problem(&schema, &schema, &without, "");
        assert!(problem.is_some(), "{name}");
    }
}

#[test]
fn the_screens_show_it() {
    let file = signed(&one(), &[1]);
    let moved = by(honest(&two()), &[4]);
    let text = trusted("") + &auditor(4, "Example auditors");
    let desk = Desk::with(&[
        ("in/a.plimsoll", &file),
        ("in/b.plimsoll", &signed(&two(), &[1])),
        ("in/a.plimsoll.countersigned", &by(honest(&file), &[4, 5])),
        ("moved", &moved),
        ("noise", b"noise"),
        ("trust.toml", text.as_bytes()),
    ]);
    let id = |number: u8| key(number).1.id().to_string();
    let page = desk.run(&["in/a.plimsoll", "--trust", "trust.toml"]);
    assert_eq!((page.status, page.err.as_str()), (0, ""));
    let known = format!("by Example auditors as auditor (key {}…)", &id(4)[..12]);
    let unknown = format!("by a key that is not known here ({}…)", &id(5)[..12]);
    let lines: Vec<&str> = page.out.lines().collect();
    let line = lines
        .iter()
        .find(|line| line.starts_with("  countersigned by "));
    let line = line.unwrap();
    assert!(line.contains(&known) && line.contains(&unknown), "{line}");
    let (status, one) = desk.json(&["in/a.plimsoll", "--trust", "trust.toml"]);
    assert_eq!(status, 0);
    follows("verdict", &one);
    let expected = json!([{ "key": id(4), "name": "Example auditors" }]);
    assert_eq!(one["countersigned_by"], expected);
    assert_eq!(one["unknown_countersigners"], json!([id(5)]));
    // In the table, on the page, and not where there is none.
    let table = desk.run(&["in", "--trust", "trust.toml", "--html", "page.html"]);
    assert_eq!(table.status, 0);
    assert_eq!(table.out.matches("  countersigned by ").count(), 1);
    let html = desk.read("page.html");
    assert!(html.contains("countersigned by Example auditors as auditor"));
    assert!(html.contains("; countersigned by nobody"));
    // Named by the reader; moved to another attestation, and what is none.
    let args = [
        "in/a.plimsoll",
        "--trust",
        "trust.toml",
        "--countersignature",
    ];
    let (status, one) = desk.json(&[&args[..], &["moved"]].concat());
    assert_eq!((status, &one["reason"]), (1, &json!("countersignature")));
    assert_eq!(one["cause"], "countersignature.other_attestation");
    follows("verdict", &one);
    let (status, one) = desk.json(&[&args[..], &["noise"]].concat());
    assert_eq!((status, &one["reason"]), (1, &json!("countersignature")));
    let cause = one["cause"].as_str().unwrap();
    assert!(cause.starts_with("envelope."), "{cause}");
    let mut later = Envelope::decode(&moved, PayloadType::Countersignature, 1 << 20).unwrap();
    let text = String::from_utf8(later.payload).unwrap();
    assert!(text.contains("countersignature:1"), "{text}");
    later.payload = text
        .replacen("countersignature:1", "countersignature:2", 1)
        .into_bytes();
    desk.write("later", &later.encode());
    let (_, one) = desk.json(&[&args[..], &["later"]].concat());
    assert_eq!(one["cause"], "countersignature.version");
    let both = desk.run(&["in", "--trust", "trust.toml", "--countersignature", "moved"]);
    assert_eq!((both.status, both.out.as_str()), (2, ""));
    // It refuses its own attestation, and nobody lays one beside it to more effect: what is signed is
    // remembered, and goes on being what the next one follows and the one before it is history to.
    desk.write("in/b.plimsoll.countersigned", &by(honest(&file), &[4]));
    let args = ["in", "--trust", "trust.toml", "--seen", "seen.toml"];
    let (status, list) = desk.json(&args);
    assert_eq!(
        (status, &list["holds"], &list["refused"]),
        (1, &json!(1), &json!(1))
    );
    assert!(desk.read("seen.toml").contains("sequence = \"2\""));
    desk.write("in/again.plimsoll", &signed(&again(), &[1]));
    desk.write("in/again.plimsoll.countersigned", b"noise");
    let (_, list) = desk.json(&["in", "--trust", "trust.toml"]);
    let reasons = [0, 1, 2].map(|at| list["attestations"][at]["reason"].clone());
    assert_eq!(reasons, ["fork", "fork", "countersignature"]);
}
