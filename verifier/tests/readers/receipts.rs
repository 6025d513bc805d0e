//! Receipts: whose word they are, and what they contradict.

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::receipt::{Content, Position, RECEIPT_TYPE, Receipt, ReceiptError, SAYS};
use plimsoll_verifier::disclosed::{Disclosed, Undisclosed};
use plimsoll_verifier::received::{Compared, Received, Unreceived, received};
use plimsoll_verifier::report;
use serde_json::{Value, json};

use crate::screens::{Desk, trust as trusted};
use crate::*;

fn content() -> Content {
    let figures = [
        ("amount", "1000000 USD"),
        ("balance-sheet kind", "on-balance"),
    ];
    Content {
        lei: Lei::parse(LEI).unwrap(),
        as_of: FIRST,
        position: Position::Exposure,
        id: "a loan".to_owned(),
        of: None,
        figures: figures
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into(),
        salt: [9; 32],
    }
}

/// Of this content, signed by these keys.
fn receipt(content: Content, keys: &[u8]) -> Vec<u8> {
    let mut receipt = Receipt::unsigned(content);
    for key in keys {
        sign(&mut receipt.envelope, *key);
    }
    receipt.encode()
}

fn policy() -> Policy {
    reader(&trust_text(LEI, &[1, 2], ""), SECOND)
}

/// Alone, or with the verdict on an attestation.
fn check(file: &[u8], attestation: Option<&[u8]>) -> Received {
    let verdict = attestation.map(|bytes| verifier().check(bytes, &policy()));
    let answer = received(file, &policy(), verdict.as_ref(), None);
    follows(&answer);
    answer
}

/// The words for people and machines exist for every answer.
fn follows(answer: &Received) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/schemas/received.schema.json"
    );
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let json = report::received::json("file", answer);
    assert_eq!(crate::follows::problem(&schema, &schema, &json, ""), None);
    for name in ["receipt", "attestation"] {
        if !json[name].is_null() {
            let part = &schema["$defs"][name];
            let problem = crate::follows::problem(&schema, part, &json[name], "");
            assert_eq!(problem, None, "{name}");
        }
    }
    for name in json.as_object().unwrap().keys() {
        let mut without = json.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(crate::follows::problem(&schema, &schema, &without, "").is_some());
    }
    let page = report::received::page("file", answer);
    let word = match answer.exit_status() {
        0 => "file: good\n",
        1 => "file: refused: ",
        _ => "file: cannot tell: ",
    };
    assert!(page.starts_with(word), "{page}");
}

#[test]
fn a_receipt_is_the_word_of_the_institution() {
    let good = check(&receipt(content(), &[1]), None);
    assert_eq!((good.problem.clone(), good.exit_status()), (None, 0));
    assert_eq!(good.compared, Compared::default());
    let (name, keys) = good.signed_by.as_ref().unwrap();
    assert_eq!(
        (name.as_str(), &keys[..]),
        ("U.S. Bancorp", &[key(1).1.id()][..])
    );
    let page = report::received::page("file", &good);
    assert!(page.contains("\n  to you        you owe it, or it is promised to you\n"));
    assert!(page.contains("It does not show that an attestation counts it"));
    // Nobody, somebody, and somebody else's institution.
    let problem = |file: &[u8]| check(file, None).problem.unwrap();
    assert_eq!(problem(&receipt(content(), &[])), Unreceived::Unsigned);
    let nobody = Unreceived::NoTrustedKey(LEI.to_owned());
    assert_eq!(problem(&receipt(content(), &[7])), nobody);
    let others = Content {
        lei: Lei::parse(OTHER).unwrap(),
        ..content()
    };
    let nobody = Unreceived::NoTrustedKey(OTHER.to_owned());
    assert_eq!(problem(&receipt(others, &[1])), nobody);
    // Strangers beside the institution do not matter; a forged signature in its name does.
    assert_eq!(check(&receipt(content(), &[1, 7]), None).problem, None);
    let mut forged = Receipt::unsigned(content());
    sign(&mut forged.envelope, 1);
    let mut other = Receipt::unsigned(Content {
        figures: [("amount".to_owned(), "1 USD".to_owned())].into(),
        ..content()
    });
    sign(&mut other.envelope, 2);
    forged
        .envelope
        .add(other.envelope.signatures()[0].clone())
        .unwrap();
    let refused = check(&forged.encode(), None);
    assert_eq!(refused.problem, Some(Unreceived::Signature(key(2).1.id())));
    assert_eq!(refused.exit_status(), 1);
}

/// An altered amount, another id, another time: the signature is none over them.
#[test]
fn attacks_27_every_word_is_signed() {
    let good = Receipt::decode(&receipt(content(), &[1])).unwrap();
    let signature = good.envelope.signatures()[0].clone();
    let with = |change: &dyn Fn(&mut Content)| {
        let mut changed = content();
        change(&mut changed);
        let mut made = Receipt::unsigned(changed);
        made.envelope.add(signature.clone()).unwrap();
        check(&made.encode(), None).problem.unwrap()
    };
    let forged = Unreceived::Signature(key(1).1.id());
    for change in [
        &(|c: &mut Content| drop(c.figures.insert("amount".into(), "1000001 USD".into())))
            as &dyn Fn(&mut Content),
        &|c| c.id = "another loan".into(),
        &|c| c.as_of += 1,
        &|c| {
            c.position = Position::Collateral;
            c.figures = [("value".to_owned(), "1000000 USD".to_owned())].into();
        },
        &|c| c.of = Some("a loan".into()),
        &|c| c.salt[0] ^= 1,
    ] {
        assert_eq!(with(change), forged);
    }
    // A signature over an attestation is none over a receipt.
    let mut envelope = good.envelope.clone();
    let of_attestation = document(&signed(&one(), &[1])).envelope;
    envelope
        .add(of_attestation.signatures()[0].clone())
        .unwrap();
    assert_eq!(check(&envelope.encode(), None).problem, Some(forged));
}

#[test]
fn it_is_of_the_same_institution_and_time_as_the_attestation() {
    let (one, two) = (signed(&one(), &[1]), signed(&two(), &[1]));
    let file = receipt(content(), &[1]);
    let same = check(&file, Some(&one));
    assert_eq!((same.problem, same.compared.attestation), (None, true));
    let other = check(&file, Some(&two));
    assert_eq!(
        (other.exit_status(), other.problem),
        (1, Some(Unreceived::AsOf))
    );
    // Both trusted, and another's attestation.
    let others = Content {
        lei: Lei::parse(OTHER).unwrap(),
        ..content()
    };
    let text =
        trust_text(LEI, &[1], "") + trust_text(OTHER, &[3], "").trim_start_matches("version = 1\n");
    let both = reader(&text, SECOND);
    let verdict = verifier().check(&one, &both);
    let answer = received(&receipt(others, &[3]), &both, Some(&verdict), None);
    assert_eq!(
        (answer.exit_status(), answer.problem),
        (1, Some(Unreceived::Institution))
    );
    // An attestation that does not hold carries nothing.
    let bad = altered(&one, |a| a.proofs[0][90] ^= 1, &[1]);
    let answer = check(&file, Some(&bad));
    assert_eq!(
        (answer.exit_status(), answer.problem),
        (1, Some(Unreceived::Attestation(1)))
    );
    let unsigned = check(&file, Some(&crate::one()));
    assert_eq!(
        (unsigned.exit_status(), unsigned.problem),
        (2, Some(Unreceived::Attestation(2)))
    );
    // Nor does a disclosure that is refused.
    let verdict = verifier().check(&one, &policy());
    let disclosed = Disclosed {
        verdict: verdict.clone(),
        records: Err(Undisclosed::OtherAttestation),
    };
    let answer = received(&file, &policy(), Some(&verdict), Some(&disclosed));
    assert_eq!(
        (answer.exit_status(), answer.problem),
        (1, Some(Unreceived::Disclosure(1)))
    );
}

#[test]
fn one_form() {
    let good = Receipt::unsigned(content());
    let text = String::from_utf8(good.envelope.payload.clone()).unwrap();
    let rewritten = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let payload = text.replacen(from, to, 1).into_bytes();
        let changed = Envelope::unsigned(PayloadType::Receipt, payload);
        Receipt::decode(&changed.encode()).unwrap_err()
    };
    let form = ReceiptError::Form;
    assert_eq!(rewritten("receipt:1", "receipt:2"), ReceiptError::Version);
    assert_eq!(rewritten("\"exposure\"", "\"loan\""), form("kind"));
    assert_eq!(rewritten("you owe it", "you got it"), form("yourView"));
    let view = Position::Exposure.view();
    assert_eq!(
        rewritten(view, Position::TradeSold.view()),
        form("yourView")
    );
    assert_eq!(rewritten("in our book", "in a book"), form("says"));
    assert_eq!(rewritten(LEI, "N1GZ7BBF3NP8GI976H16"), form("institution"));
    for (from, to) in [
        ("2022-12-31T00:00:00Z", "2022-12-32T00:00:00Z"),
        ("2022-12-31T00:00:00Z", "2022-12-31T24:00:00Z"),
        ("2022-12-31T00:00:00Z", "2022-12-31"),
    ] {
        assert_eq!(rewritten(from, to), form("asOf"));
    }
    let not_canonical = ReceiptError::NotCanonical;
    assert_eq!(rewritten("T00:00:00Z", "T0:00:00Z"), not_canonical);
    assert_eq!(rewritten("{\"_type\"", "{ \"_type\""), not_canonical);
    let figures = "{\"amount\":\"1000000 USD\",\"balance-sheet kind\":\"on-balance\"}";
    assert_eq!(rewritten(figures, "{}"), form("figures"));
    let turned = "{\"balance-sheet kind\":\"on-balance\",\"amount\":\"1000000 USD\"}";
    assert_eq!(rewritten(figures, turned), not_canonical);
    // The figures of its kind, each of them and no other: a reader shows them beside his own lines.
    let longest = format!(
        "{{\"amount\":\"{}\",\"balance-sheet kind\":\"x\"}}",
        "1".repeat(65)
    );
    for other in [
        "{\"amount\":\"1000000 USD\"}",
        "{\"amount\":\"1000000 USD\",\"balance-sheet kind\":\"\"}",
        "{\"amount\":\"1000000 USD\",\"balance-sheet kind\":\"on\\nsigned by\"}",
        "{\"amount\":\"1000000 USD\",\"balance-sheet kind\":\"on\",\"signed by\":\"U.S. Bancorp\"}",
        "{\"amount\":\"1000000 USD\",\"signed by\":\"U.S. Bancorp\"}",
        "{\"value\":\"1000000 USD\"}",
        &longest,
    ] {
        assert_eq!(rewritten(figures, other), form("figures"), "{other}");
    }
    for position in Position::ALL {
        let figures = position.figures();
        assert!(figures.is_sorted(), "the file's order");
        let figures = figures
            .iter()
            .map(|name| ((*name).to_owned(), "1".to_owned()));
        let content = Content {
            position,
            figures: figures.collect(),
            ..content()
        };
        let receipt = Receipt::unsigned(content);
        assert_eq!(Receipt::decode(&receipt.encode()), Ok(receipt));
    }
    assert!(matches!(
        rewritten("\"id\"", "\"ids\""),
        ReceiptError::Malformed(_)
    ));
    // The salt decides the name of the file, and nothing else is told by it.
    let name = |salt| Content { salt, ..content() }.file_name();
    assert_ne!(name([1; 32]), name([2; 32]));
    assert_eq!(name([1; 32]).len(), 32 + ".receipt".len());
    // The published schema says the same.
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/schemas/receipt.schema.json"
    );
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let payload: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        crate::follows::problem(&schema, &schema, &payload, ""),
        None
    );
    for name in payload.as_object().unwrap().keys() {
        let mut without = payload.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(
            crate::follows::problem(&schema, &schema, &without, "").is_some(),
            "{name}"
        );
    }
    let properties = &schema["properties"];
    assert_eq!(properties["_type"]["const"], RECEIPT_TYPE);
    assert_eq!(properties["says"]["const"], SAYS);
    let views = Position::ALL.map(Position::view);
    assert_eq!(properties["yourView"]["enum"], json!(views));
    for position in Position::ALL {
        let kinds = properties["kind"]["enum"].as_array().unwrap();
        assert!(kinds.contains(&json!(position.kind())));
    }
}

#[test]
fn the_screens() {
    let file = receipt(content(), &[1]);
    let desk = Desk::with(&[
        ("a", &signed(&one(), &[1])),
        ("b", &signed(&two(), &[1])),
        ("r", &file),
        ("noise", b"noise"),
        ("trust.toml", trusted("").as_bytes()),
    ]);
    let alone = desk.run(&["--receipt", "r", "--trust", "trust.toml"]);
    assert_eq!((alone.status, alone.err.as_str()), (0, ""), "{}", alone.out);
    assert!(
        alone
            .out
            .starts_with("r: good\n\n  institution   N1GZ7BBF3NP8GI976H15\n")
    );
    assert!(
        alone
            .out
            .contains("\n  amount                       1000000 USD\n")
    );
    let (status, json) = desk.json(&["a", "--receipt", "r", "--trust", "trust.toml"]);
    assert_eq!((status, &json["same_as_attestation"]), (0, &json!(true)));
    // Whose attestation it is stands beside it.
    assert_eq!(
        json["attestation"]["signed_by"],
        json!([key(1).1.id().to_string()])
    );
    desk.write("unsigned", &one());
    let args = [
        "unsigned",
        "--receipt",
        "r",
        "--trust",
        "trust.toml",
        "--unsigned",
    ];
    let unsigned = desk.run(&args);
    let line = "\n  attestation   same institution, same time; number 1, ";
    assert!(unsigned.out.contains(line), "{}", unsigned.out);
    assert!(
        unsigned.out.contains(", signed by nobody\n"),
        "{}",
        unsigned.out
    );
    let (status, json) = desk.json(&["b", "--receipt", "r", "--trust", "trust.toml"]);
    assert_eq!((status, &json["reason"]), (1, &json!("as_of")));
    assert_eq!(
        (&json["outcome"], &json["attestation"]),
        (&json!("refused"), &Value::Null)
    );
    let (status, json) = desk.json(&["--receipt", "r"]);
    assert_eq!((status, &json["reason"]), (2, &json!("no_trusted_key")));
    let nobody = desk.run(&["--receipt", "r"]);
    let hint = "\nhint: name the keys that you trust, from a source that you trust: --trust FILE; a \
                receipt is worth what its signature is\n";
    assert!(nobody.out.contains(hint), "{}", nobody.out);
    let (status, json) = desk.json(&["--receipt", "noise", "--trust", "trust.toml"]);
    assert_eq!((status, &json["reason"]), (2, &json!("unreadable")));
    // Several attestations, none at all, a disclosure of nothing.
    let two = desk.run(&["a", "b", "--receipt", "r", "--trust", "trust.toml"]);
    assert_eq!((two.status, two.out.as_str()), (2, ""));
    assert_ne!(desk.run(&["--trust", "trust.toml"]).status, 0);
    let none = desk.run(&[
        "--receipt",
        "r",
        "--disclosure",
        "noise",
        "--trust",
        "trust.toml",
    ]);
    assert_eq!((none.status, none.out.as_str()), (2, ""));
}
