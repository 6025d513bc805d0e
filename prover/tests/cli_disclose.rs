//! `plimsoll prove --opening`, `plimsoll disclose`, `plimsoll-verify --disclosure`: what is
//! written, who may read it, what is shown and what is refused (ATTACKS 25, CONDITIONS S10).
#![allow(missing_docs)]

#[path = "../../circuits/tests/common/schema.rs"]
mod follows;
mod support;

use std::fs;
use std::sync::{Mutex, OnceLock};

use clap::Parser;
use plimsoll_circuits::disclosure::{
    DISCLOSURE_TYPE, Disclosure, DisclosureError, MAX_RECORDS, Record, RecordError, record_columns,
};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Layout, Size, Standard};
use plimsoll_circuits::protocol::opening::OpeningError;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_verifier::disclosed::{Disclosed, Undisclosed};
use plimsoll_verifier::{Policy, Verifier, cli};
use serde_json::{Value, json};
use support::desk::{Desk, Screen};
use support::params::{params, params_folder};

/// One of each circuit; the third has two items of collateral.
const POSITIONS: [&str; 4] = [
    "maker of pumps",
    "homes at 80 %",
    "gold loan",
    "loan outlasting its pledge",
];

/// A folder with an attestation `a`, its opening file `o` and a disclosure `d`.
fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Desk::new();
        fs::write(desk.path("other"), "battery staple\n").unwrap();
        let book = support::fixture("books/four-shapes");
        let screen = desk.with_params(&[
            "prove",
            book.to_str().unwrap(),
            "--claim",
            "cet1>=4.5%",
            "--out",
            "a",
            "--opening",
            "o",
            "--opening-passphrase-file",
            "phrase",
        ]);
        assert_eq!(screen.status, 0, "{}", screen.err);
        let screen = desk.disclose("d", "o", "phrase", &POSITIONS);
        assert_eq!(screen.status, 0, "{}", screen.err);
        assert!(screen.out.ends_with(": 4 positions\n"), "{}", screen.out);
        desk
    })
}

impl Desk {
    fn disclose(&self, out: &str, opening: &str, phrase: &str, ids: &[&str]) -> Screen {
        let mut args = vec!["disclose", "a", "--opening", opening, "--out", out];
        args.extend(["--passphrase-file", phrase]);
        args.extend(ids.iter().flat_map(|id| ["--position", id]));
        self.with_params(&args)
    }

    fn disclosure(&self) -> Disclosure {
        Disclosure::decode::<Standard>(&fs::read(self.path("d")).unwrap()).unwrap()
    }

    /// What the verifier says of a disclosure.
    fn check(&self, file: &[u8]) -> Disclosed {
        static VERIFIER: OnceLock<Mutex<Verifier<Standard>>> = OnceLock::new();
        let verifier = VERIFIER.get_or_init(|| Mutex::new(Verifier::standard(params()).unwrap()));
        let mut verifier = verifier.lock().unwrap_or_else(|e| e.into_inner());
        let attestation = fs::read(self.path("a")).unwrap();
        verifier.disclosed(&attestation, file, &Policy::UNSIGNED)
    }

    /// Why a changed disclosure is refused.
    fn refused(&self, change: impl FnOnce(&mut Disclosure)) -> Undisclosed {
        let mut changed = self.disclosure();
        change(&mut changed);
        let Disclosure {
            attestation,
            records,
            argument,
            ..
        } = changed;
        let made = Disclosure::unsigned::<Standard>(attestation, records, argument).unwrap();
        let disclosed = self.check(&made.encode());
        let undisclosed = disclosed.records.as_ref().map(|_| ()).unwrap_err().clone();
        let unreadable = matches!(undisclosed, Undisclosed::Unreadable(_));
        assert_eq!(disclosed.exit_status(), if unreadable { 2 } else { 1 });
        undisclosed
    }
}

fn layout(circuit: RowCircuit) -> Layout {
    CircuitKind::Rows(circuit).layout::<Standard>().unwrap()
}

/// The record of an id.
fn of<'a>(disclosure: &'a mut Disclosure, id: &str) -> &'a mut Record {
    let mut records = disclosure.records.iter_mut();
    records.find(|record| record.id == id).unwrap()
}

/// A value of a record, by the name of its column.
fn value<'a>(record: &'a mut Record, row: usize, name: &str) -> &'a mut Fp {
    let layout = layout(record.circuit);
    let index = record_columns(&layout).position(|(_, known)| known == name);
    &mut record.rows[row][index.unwrap()]
}

const INVALID: Undisclosed = Undisclosed::Opening(OpeningError::Invalid);

/// Number of an id's record, from 1: records stand in the order of the proofs.
fn number(id: &str) -> usize {
    let records = desk().disclosure().records;
    let at = records.iter().position(|record| record.id == id);
    at.unwrap() + 1
}

fn record(id: &str, error: RecordError) -> Undisclosed {
    let number = number(id);
    Undisclosed::Record(DisclosureError::Record { number, error })
}

#[test]
fn positions_are_shown_as_the_proof_used_them() {
    let desk = desk();
    let disclosed = desk.check(&fs::read(desk.path("d")).unwrap());
    assert_eq!(disclosed.exit_status(), 0);
    let records = disclosed.records.unwrap();
    let figure = |id: &str, what: &str| {
        let record = records.iter().find(|record| record.id == id).unwrap();
        let found = record.figures.iter().find(|(known, _)| *known == what);
        found.unwrap().1.clone()
    };
    let class = |id: &str| {
        let record = records.iter().find(|record| record.id == id);
        record.unwrap().class.clone()
    };
    // 30 000 000.25 at 75 % (CRE20.43).
    assert_eq!(class("maker of pumps"), "corporate, BBB");
    assert_eq!(figure("maker of pumps", "amount"), "30000000.25 USD");
    assert_eq!(figure("maker of pumps", "risk weight"), "75 %");
    let rwa = "risk-weighted assets";
    assert_eq!(figure("maker of pumps", rwa), "22500000.1875 USD");
    // 80 % loan to value: 30 % (CRE20.71).
    assert_eq!(class("homes at 80 %"), "residential");
    assert_eq!(figure("homes at 80 %", "property value"), "50000000 USD");
    let band = "band, loan to value up to";
    assert_eq!(figure("homes at 80 %", band), "80 %");
    // Two items of gold.
    let gold = records.iter().find(|record| record.id == "gold loan");
    let items: Vec<_> = gold.unwrap().items.iter().collect();
    assert_eq!(
        items.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(),
        ["bars", "coins"]
    );
    assert!(items.iter().all(|item| item.kind == "gold"));
    assert_eq!(items[0].figures[0], ("value", "6500000 USD".to_owned()));
    assert_eq!(class("loan outlasting its pledge"), "corporate, unrated");
}

#[test]
fn attacks_25_a_value_that_is_not_the_one_opened() {
    let desk = desk();
    for (id, row, name) in [
        ("maker of pumps", 0, "amount"),
        ("maker of pumps", 0, "weight"),
        ("maker of pumps", 0, "class"),
        ("homes at 80 %", 0, "property value"),
        ("gold loan", 0, "amount"),
        ("gold loan", 1, "collateral"),
        ("gold loan", 1, "scaled haircut"),
        ("loan outlasting its pledge", 0, "left"),
    ] {
        let forged = |d: &mut Disclosure| *value(of(d, id), row, name) += Fp::one();
        assert_eq!(desk.refused(forged), INVALID, "{id} {name}");
    }
    // The amounts of two items change places.
    let swapped = |d: &mut Disclosure| {
        let gold = of(d, "gold loan");
        let first = *value(gold, 0, "collateral");
        let second = std::mem::replace(value(gold, 1, "collateral"), first);
        assert_ne!(first, second);
        *value(gold, 0, "collateral") = second;
    };
    assert_eq!(desk.refused(swapped), INVALID);
}

#[test]
fn attacks_25_another_place_id_or_attestation() {
    let desk = desk();
    // Few exposures stand one in a row: another position is another row, and a set of rows more
    // than the argument has.
    for on in [1, 5] {
        let moved = |d: &mut Disclosure| of(d, "maker of pumps").position += on;
        let refused = desk.refused(moved);
        assert!(
            matches!(refused, Undisclosed::Opening(OpeningError::Length { .. })),
            "{refused:?}"
        );
    }
    let copy = |d: &mut Disclosure| of(d, "maker of pumps").copy += 1;
    let refused = desk.refused(copy);
    assert!(matches!(refused, Undisclosed::Opening(_)), "{refused:?}");
    let proof = |d: &mut Disclosure| d.records.truncate(1);
    assert_eq!(desk.refused(proof), Undisclosed::Opening(length(desk)));
    let capital = |d: &mut Disclosure| d.records[3].proof = 4;
    assert_eq!(desk.refused(capital), Undisclosed::Circuit(4));
    let beyond = |d: &mut Disclosure| d.records[3].proof = 99;
    assert_eq!(desk.refused(beyond), Undisclosed::Circuit(4));
    let far = |d: &mut Disclosure| of(d, "maker of pumps").position = u32::MAX;
    assert_eq!(
        desk.refused(far),
        record("maker of pumps", RecordError::Positions)
    );

    let renamed = |d: &mut Disclosure| of(d, "maker of pumps").id = "maker of sails".into();
    assert_eq!(
        desk.refused(renamed),
        record("maker of pumps", RecordError::Id)
    );
    let items = |d: &mut Disclosure| of(d, "gold loan").items.swap(0, 1);
    assert_eq!(desk.refused(items), record("gold loan", RecordError::Id));
    let other = |d: &mut Disclosure| d.attestation[0] ^= 1;
    assert_eq!(desk.refused(other), Undisclosed::OtherAttestation);
}

/// The argument's length is that of other cells.
fn length(desk: &Desk) -> OpeningError {
    let one = {
        let mut disclosure = desk.disclosure();
        disclosure.records.truncate(1);
        disclosure.cells::<Standard>().unwrap()
    };
    assert!(one.len() < desk.disclosure().cells::<Standard>().unwrap().len());
    // One set of one row, instead of six: a mask, its value, its evaluation.
    let words = 1 + 1 + 1 + 2 * Standard::K as usize + 1 + 1 + 2;
    OpeningError::Length {
        expected: 32 * words,
        got: desk.disclosure().argument.len(),
    }
}

#[test]
fn a_record_is_whole() {
    let desk = desk();
    // An item left out, and its row with it: the run does not end there.
    let cut = |d: &mut Disclosure| {
        let gold = of(d, "gold loan");
        gold.items.pop();
        gold.rows.pop();
    };
    let refused = desk.refused(cut);
    assert!(matches!(refused, Undisclosed::Opening(_)), "{refused:?}");
    let row = |d: &mut Disclosure| drop(of(d, "gold loan").rows.pop());
    assert_eq!(
        desk.refused(row),
        record("gold loan", RecordError::Positions)
    );
    let head =
        |d: &mut Disclosure| *value(of(d, "gold loan"), 0, "first row of an exposure") = Fp::zero();
    assert_eq!(desk.refused(head), record("gold loan", RecordError::Run));
    let item = |d: &mut Disclosure| of(d, "maker of pumps").items.push("bars".into());
    assert_eq!(
        desk.refused(item),
        record("maker of pumps", RecordError::Positions)
    );
}

/// What form a file has is tested beside its reader.
#[test]
fn what_cannot_be_read_is_not_false() {
    let desk = desk();
    let good = fs::read(desk.path("d")).unwrap();
    let unreadable = desk.check(&good[..good.len() - 1]);
    assert_eq!(unreadable.exit_status(), 2);
    assert!(matches!(
        unreadable.records,
        Err(Undisclosed::Unreadable(_))
    ));
    // Every record once, in order.
    let twice = desk.refused(|d| d.records.push(d.records[3].clone()));
    assert_eq!(twice, Undisclosed::Unreadable(DisclosureError::Order));
    let none = desk.refused(|d| d.records.clear());
    assert_eq!(none, Undisclosed::Unreadable(DisclosureError::Count));
}

#[test]
fn the_screens() {
    let desk = desk();
    let (attestation, file) = (desk.path("a"), desk.path("d"));
    let args = |more: &[&str]| {
        let start = [
            "plimsoll-verify",
            attestation.to_str().unwrap(),
            "--unsigned",
        ];
        let rest = [
            "--params-dir",
            params_folder().to_str().unwrap(),
            "--disclosure",
        ];
        let all = start.iter().chain(&rest).copied();
        let all: Vec<String> = all.chain(more.iter().copied()).map(str::to_owned).collect();
        cli::run(&cli::Cli::try_parse_from(all).unwrap()).unwrap()
    };
    assert_eq!(args(&[file.to_str().unwrap()]), 0);
    assert_eq!(args(&[file.to_str().unwrap(), "--json"]), 0);
    fs::write(desk.path("noise"), "noise").unwrap();
    assert_eq!(args(&[desk.path("noise").to_str().unwrap()]), 2);

    let disclosed = desk.check(&fs::read(&file).unwrap());
    let page = plimsoll_verifier::report::disclosed::page("d", "a", &disclosed);
    assert!(
        page.starts_with("d: shown against a\n\n  position      homes at 80 %\n"),
        "{page}"
    );
    assert!(page.contains("  position      maker of pumps\n"), "{page}");
    assert!(page.contains("  collateral    bars, gold\n"), "{page}");
    let json = plimsoll_verifier::report::disclosed::json("d", "a", &disclosed);
    assert_eq!(
        (&json["outcome"], &json["reason"]),
        (&Value::from("shown"), &Value::Null)
    );
    let gold = &json["records"][number("gold loan") - 1];
    assert_eq!(gold["collateral"][1]["id"], "coins");
    assert_eq!(json["attestation"]["verdict"], "holds");
    // Nothing is shown against an attestation that nobody signed, unless the reader says so.
    let bytes = fs::read(&attestation).unwrap();
    let basel = Rulebook::builtin("basel-2023").unwrap();
    let mut verifier = Verifier::<Standard>::trusting(params(), vec![basel], Vec::new());
    let unsigned = verifier.disclosed(&bytes, &fs::read(&file).unwrap(), &Policy::default());
    assert_eq!(
        (unsigned.exit_status(), unsigned.word()),
        (2, "cannot_tell")
    );
    assert!(matches!(unsigned.records, Err(Undisclosed::Attestation)));
}

#[test]
fn opening_files_are_secret_and_belong_to_one_attestation() {
    let desk = desk();
    #[cfg(unix)]
    for file in ["o", "d"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(desk.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let bytes = fs::read(desk.path("o")).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    let inside = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    assert!(!inside(b"maker of pumps") && !inside(b"plimsoll-opening"));

    let refused = |screen: Screen, status: i32, start: &str| {
        assert_eq!(
            (screen.status, screen.out.as_str()),
            (status, ""),
            "{}",
            screen.err
        );
        assert!(screen.err.starts_with(start), "{}", screen.err);
        assert!(!desk.path("x").exists());
    };
    let one = &POSITIONS[..1];
    let wrong = desk.disclose("x", "o", "other", one);
    refused(wrong, 2, "error: o: the passphrase does not open it");
    let none = desk.disclose("x", "o", "phrase", &["maker of sails"]);
    refused(
        none,
        2,
        "error: a: the attestation has no position `maker of sails`",
    );
    let over = desk.disclose("d", "o", "phrase", one);
    refused(over, 2, "error: d: ");
    let not = desk.disclose("x", "phrase", "phrase", one);
    refused(not, 2, "error: phrase: this is not an opening file");
    fs::write(desk.path("cut"), &bytes[..bytes.len() - 100]).unwrap();
    let cut = desk.disclose("x", "cut", "phrase", one);
    refused(cut, 2, "error: cut: this is not an opening file");

    // The same proofs under another statement are another attestation.
    let document = fs::read(desk.path("a")).unwrap();
    let mut other = Document::decode(&document, Standard::K)
        .unwrap()
        .attestation;
    other.statement.as_of -= 1;
    let other = Document::unsigned(other, Standard::K).encode();
    fs::write(desk.path("b"), other).unwrap();
    let args = [
        "disclose",
        "b",
        "--opening",
        "o",
        "--out",
        "x",
        "--position",
        one[0],
    ];
    let screen = desk.with_params(&[&args[..], &["--passphrase-file", "phrase"]].concat());
    refused(
        screen,
        2,
        "error: b: the opening file is that of another attestation",
    );
}

#[test]
fn no_opening_file_without_an_attestation() {
    let desk = desk();
    let book = support::fixture("books/four-shapes");
    let prove = |claim: &str, opening: &str| {
        let args = ["prove", book.to_str().unwrap(), "--claim", claim];
        let out = ["--out", "y", "--opening", opening];
        let phrase = ["--opening-passphrase-file", "phrase"];
        desk.with_params(&[&args[..], &out, &phrase].concat())
    };
    for (claim, opening, status) in [
        ("cet1>=99%", "z", 1),
        ("cet1>=4.5%", "o", 2),
        ("cet1>=4.5%", "y", 2),
    ] {
        assert_eq!(prove(claim, opening).status, status, "{claim} {opening}");
        assert!(!desk.path("y").exists() && !desk.path("z").exists());
    }
}

#[test]
fn the_schema_is_that_of_the_code() {
    let text = fs::read_to_string(support::fixture("schemas/disclosure.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let payload = desk().disclosure().envelope.payload;
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(follows::problem(&schema, &schema, &payload, ""), None);
    for name in ["_type", "attestation", "records", "argument"] {
        let mut without = payload.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(
            follows::problem(&schema, &schema, &without, "").is_some(),
            "{name}"
        );
    }
    let circuits = RowCircuit::ALL.map(RowCircuit::name);
    let record = &schema["properties"]["records"];
    let circuit = &record["items"]["properties"]["circuit"]["enum"];
    assert_eq!(*circuit, Value::from(circuits));
    assert_eq!(record["maxItems"], Value::from(MAX_RECORDS));
    assert_eq!(schema["properties"]["_type"]["const"], DISCLOSURE_TYPE);
}

/// The schema of `plimsoll-verify --disclosure --json`; that of a verdict is part of it.
fn described() -> Value {
    let text = fs::read_to_string(support::fixture("schemas/verdict.schema.json")).unwrap();
    let verdict: Value = serde_json::from_str(&text).unwrap();
    let mut defs = verdict["$defs"].clone();
    defs.as_object_mut().unwrap().remove("verdicts");
    let figures = json!({
        "description": "By name, as text with unit or currency.",
        "type": "object"
    });
    let item = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "kind", "figures"],
        "properties": { "id": { "type": "string" }, "kind": { "type": "string" }, "figures": figures }
    });
    let record = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "circuit", "class", "figures", "collateral"],
        "properties": {
            "id": { "type": "string" },
            "circuit": { "enum": RowCircuit::ALL.map(RowCircuit::name) },
            "class": { "description": "Class and grade, of a trade class and variant.", "type": "string" },
            "figures": figures,
            "collateral": { "type": "array", "items": item }
        }
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plimsoll-verify --disclosure --json",
        "description": "What a disclosure shows, or why it does not; and the verdict on its attestation.",
        "type": "object",
        "additionalProperties": false,
        "required": ["version", "file", "outcome", "reason", "cause", "message", "records", "attestation"],
        "properties": {
            "version": { "const": 1 },
            "file": { "type": "string" },
            "outcome": { "enum": ["shown", "refused", "cannot_tell"] },
            "reason": {
                "description": "From a closed list; null where it is shown.",
                "enum": [null, "attestation", "unreadable", "other_attestation", "circuit", "record", "opening"]
            },
            "cause": defs["verdict"]["properties"]["cause"].clone(),
            "message": { "description": "The reason for people; null where it is shown." },
            "records": { "type": "array", "items": record },
            "attestation": { "$ref": "#/$defs/verdict" }
        },
        "$defs": defs
    })
}

#[test]
fn the_answer_is_what_its_schema_says() {
    let schema = described();
    let path = support::fixture("schemas/disclosed.schema.json");
    if std::env::var_os("PLIMSOLL_WRITE_SCHEMAS").is_some() {
        fs::write(&path, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
    }
    let stored: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(
        stored == schema,
        "fixtures/schemas/disclosed.schema.json lags behind the code: run this test with PLIMSOLL_WRITE_SCHEMAS=1"
    );
    let desk = desk();
    let good = fs::read(desk.path("d")).unwrap();
    let other = {
        let Disclosure {
            records, argument, ..
        } = desk.disclosure();
        Disclosure::unsigned::<Standard>([7; 32], records, argument).unwrap()
    };
    for (file, outcome) in [
        (good.clone(), "shown"),
        (other.encode(), "refused"),
        (b"noise".to_vec(), "cannot_tell"),
    ] {
        let disclosed = desk.check(&file);
        let json = plimsoll_verifier::report::disclosed::json("d", "a", &disclosed);
        assert_eq!(json["outcome"], outcome);
        assert_eq!(follows::problem(&schema, &schema, &json, ""), None);
        for name in json.as_object().unwrap().keys() {
            let mut without = json.clone();
            without.as_object_mut().unwrap().remove(name);
            assert!(
                follows::problem(&schema, &schema, &without, "").is_some(),
                "{name}"
            );
        }
    }
}
