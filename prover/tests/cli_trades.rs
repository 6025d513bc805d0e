//! A book of derivatives: its trades are disclosed as the proof used them (ATTACKS 25), and an
//! auditor recomputes their columns as well.
#![allow(missing_docs)]

#[path = "../../circuits/tests/common/schema.rs"]
mod follows;
mod support;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use plimsoll_circuits::cells::derivatives::Derivatives;
use plimsoll_circuits::disclosure::{
    Disclosure, DisclosureError, Record, RecordError, record_columns, shown,
};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::{Layout, Size, Standard};
use plimsoll_circuits::protocol::opening::{OpeningError, openable};
use plimsoll_circuits::receipt::{Content, Position, Receipt};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{RowCircuit, Statement};
use plimsoll_prover::keys::{SecretKey, Signer};
use plimsoll_verifier::disclosed::{Disclosed, Undisclosed};
use plimsoll_verifier::received::{Unreceived, received};
use plimsoll_verifier::{Policy, Trust, Verifier};
use serde_json::Value;
use support::desk::{Desk, Screen};
use support::params::params;

/// A linear trade, an option that begins later, a tranche, a trade in a margined set.
const TRADES: [&str; 4] = [
    "1: swap 10 years",
    "1: put swaption",
    "6: mezzanine",
    "5: WTI",
];

fn snapshot() -> String {
    let path = support::fixture("snapshots/bcbs-examples.toml");
    path.to_str().unwrap().to_owned()
}

/// The worked examples, and one trade more: a tranche.
fn write_book(folder: &Path, change: impl Fn(&str, String) -> String) {
    fs::create_dir(folder).unwrap();
    for entry in fs::read_dir(support::fixture("books/derivatives-bcbs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut text = fs::read_to_string(&path).unwrap();
        if name == "trades.csv" {
            let lines = text.lines().map(|line| match line.starts_with("id,") {
                true => format!("{line},attachment,detachment\n"),
                false => format!("{line},,\n"),
            });
            text = lines.collect();
            text.push_str(
                "6: mezzanine,credit,credit-index-IG,Tranched pool,sold,1000000,,-5000,,,5,,,,,,0.03,0.07\n",
            );
        }
        fs::write(folder.join(&name), change(&name, text)).unwrap();
    }
}

/// A folder with the book `book`, its attestation `a`, the opening file `o`, a disclosure `d` and
/// an auditor's key `auditor`.
fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Desk::new();
        write_book(&desk.path("book"), |_, text| text);
        let snapshot = snapshot();
        let args = [
            "prove",
            "book",
            "--snapshot",
            &snapshot,
            "--claim",
            "cet1>=8%",
        ];
        let out = [
            "--out",
            "a",
            "--opening",
            "o",
            "--opening-passphrase-file",
            "phrase",
        ];
        let screen = desk.with_params(&[&args[..], &out].concat());
        assert_eq!(screen.status, 0, "{}", screen.err);
        let screen = desk.disclose("d", &TRADES);
        assert_eq!(screen.status, 0, "{}", screen.err);
        assert!(screen.out.ends_with(": 4 positions\n"), "{}", screen.out);
        desk.key("auditor", "Example auditors");
        desk
    })
}

impl Desk {
    fn disclose(&self, out: &str, ids: &[&str]) -> Screen {
        let mut args = vec!["disclose", "a", "--opening", "o", "--out", out];
        args.extend(["--passphrase-file", "phrase"]);
        args.extend(ids.iter().flat_map(|id| ["--position", id]));
        self.with_params(&args)
    }

    fn countersign(&self, book: &str) -> Screen {
        let snapshot = snapshot();
        let args = [
            "countersign",
            "a",
            book,
            "--snapshot",
            &snapshot,
            "--opening",
            "o",
        ];
        let more = ["--opening-passphrase-file", "phrase", "--key", "auditor"];
        let phrase = ["--passphrase-file", "phrase"];
        self.with_params(&[&args[..], &more, &phrase].concat())
    }

    fn disclosure(&self) -> Disclosure {
        Disclosure::decode::<Standard>(&fs::read(self.path("d")).unwrap()).unwrap()
    }

    fn statement(&self) -> Statement {
        let attestation = fs::read(self.path("a")).unwrap();
        let document = Document::decode(&attestation, Standard::K).unwrap();
        document.attestation.statement
    }

    fn check(&self, file: &[u8]) -> Disclosed {
        static VERIFIER: OnceLock<Mutex<Verifier<Standard>>> = OnceLock::new();
        let verifier = VERIFIER.get_or_init(|| {
            let basel = Rulebook::builtin("basel-2023").unwrap();
            let snapshot = Snapshot::parse(&fs::read_to_string(snapshot()).unwrap()).unwrap();
            Mutex::new(Verifier::trusting(params(), vec![basel], vec![snapshot]))
        });
        let mut verifier = verifier.lock().unwrap_or_else(|e| e.into_inner());
        let attestation = fs::read(self.path("a")).unwrap();
        verifier.disclosed(&attestation, file, &Policy::UNSIGNED)
    }

    fn refused(&self, change: impl FnOnce(&mut Record), id: &str) -> Undisclosed {
        let mut changed = self.disclosure();
        change(of(&mut changed, id));
        let (attestation, records) = (changed.attestation, changed.records);
        let made = Disclosure::unsigned::<Standard>(attestation, records, changed.argument);
        let disclosed = self.check(&made.unwrap().encode());
        assert_eq!(disclosed.exit_status(), 1);
        disclosed.records.unwrap_err()
    }
}

fn layout() -> Layout {
    let (layout, _) = Layout::of::<Derivatives, Standard>().unwrap();
    layout
}

fn of<'a>(disclosure: &'a mut Disclosure, id: &str) -> &'a mut Record {
    let mut records = disclosure.records.iter_mut();
    records.find(|record| record.id == id).unwrap()
}

fn value<'a>(record: &'a mut Record, row: usize, name: &str) -> &'a mut Fp {
    let index = record_columns(&layout()).position(|(_, known)| known == name);
    &mut record.rows[row][index.unwrap()]
}

/// No register that adds up over other trades is shown, and everything else is.
#[test]
fn a_trade_says_nothing_of_other_trades() {
    let (layout, columns) = Layout::of::<Derivatives, Standard>().unwrap();
    let shown: Vec<_> = record_columns(&layout).map(|(col, _)| col).collect();
    let sums = columns.registers.sums();
    for col in sums {
        assert_eq!(shown.contains(&col), col == columns.registers.sets);
    }
    assert_eq!(shown.len() + sums.len() - 1, layout.columns.len());
    let open = openable(&layout);
    assert!(
        shown
            .iter()
            .all(|col| open.contains(&(layout.physical(0, *col) as u32)))
    );
}

/// Figures of BCBS 279: effective notionals to the dollar, delta and maturity factor to 10^-6.
#[test]
fn trades_are_shown_as_the_proof_used_them() {
    let desk = desk();
    let disclosed = desk.check(&fs::read(desk.path("d")).unwrap());
    assert_eq!(disclosed.exit_status(), 0);
    let records = disclosed.records.as_ref().unwrap();
    let shown = |id: &str| records.iter().find(|record| record.id == id).unwrap();
    let figure = |id: &str, what: &str| {
        let mut figures = shown(id).figures.iter();
        let found = figures.find(|(known, _)| *known == what);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let swap = "1: swap 10 years";
    assert_eq!(shown(swap).circuit, "derivatives");
    assert_eq!(shown(swap).class, "interest-rate");
    assert_eq!(figure(swap, "side"), "bought");
    assert_eq!(figure(swap, "notional"), "10000000 USD");
    assert_eq!(figure(swap, "market value"), "30000 USD");
    assert_eq!(figure(swap, "end of the period"), "in 3650 days");
    assert_eq!(figure(swap, "start of the period"), "");
    assert_eq!(figure(swap, "supervisory delta"), "1");
    assert_eq!(figure(swap, "maturity factor"), "1");
    assert_eq!(figure(swap, "hedging set"), "interest-rate, USD");
    let set = "number 1 of its agreement, charged without margin";
    assert_eq!(figure(swap, "netting set"), set);
    for what in ["adjusted notional", "effective notional"] {
        assert!(
            figure(swap, what).starts_with("78693868."),
            "{}",
            figure(swap, what)
        );
    }
    let option = "1: put swaption";
    assert_eq!(figure(option, "side"), "bought, put");
    assert_eq!(figure(option, "notional"), "5000000 EUR");
    assert_eq!(figure(option, "start of the period"), "in 365 days");
    assert_eq!(figure(option, "price of the underlying"), "the book's");
    assert_eq!(figure(option, "price over strike"), "1.2");
    assert_eq!(figure(option, "time to exercise"), "31536000 s");
    assert!(figure(option, "supervisory delta").starts_with("-0.26939"));
    assert!(figure(option, "effective notional").starts_with("-1008291"));
    let tranche = "6: mezzanine";
    assert_eq!(shown(tranche).class, "credit-index-IG");
    assert_eq!(figure(tranche, "market value"), "-5000 USD");
    assert!(
        figure(tranche, "attachment").starts_with("3 of 100"),
        "{}",
        figure(tranche, "attachment")
    );
    // 15 / ((1 + 14 · 0.03) (1 + 14 · 0.07)), sold (CRE52.41).
    assert!(figure(tranche, "supervisory delta").starts_with("-5.33504"));
    let oil = "5: WTI";
    assert_eq!(shown(oil).class, "oil-gas");
    assert!(figure(oil, "maturity factor").starts_with("0.35496"));
    let set = "number 1 of its agreement, margin period of 14 business days";
    assert_eq!(figure(oil, "netting set"), set);
    assert_eq!(figure(oil, "end of the period"), "");

    let page = plimsoll_verifier::report::disclosed::page("d", "a", &disclosed);
    assert!(page.contains("  position      1: put swaption\n  circuit       derivatives\n"));
    let json = plimsoll_verifier::report::disclosed::json("d", "a", &disclosed);
    let text = fs::read_to_string(support::fixture("schemas/disclosed.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(follows::problem(&schema, &schema, &json, ""), None);
}

/// The words of a trade have 65 bits; what is shown is never cut.
#[test]
fn no_amount_is_too_large_to_be_shown() {
    let mut disclosure = desk().disclosure();
    let record = of(&mut disclosure, "5: WTI");
    let mut rows = 0..record.rows.len();
    let row = rows.find(|row| *value(record, *row, "trade") == Fp::one());
    let row = row.unwrap();
    let large = Fp::from(u64::MAX) + Fp::one();
    for name in ["word n", "word v"] {
        *value(record, row, name) = large;
    }
    *value(record, row, "bit 6") = Fp::one();
    let snapshot = Snapshot::parse(&fs::read_to_string(snapshot()).unwrap()).unwrap();
    let basel = Rulebook::builtin("basel-2023").unwrap();
    let mut statement = desk().statement();
    statement.scale = 0;
    let shown = shown(record, &layout(), &basel, &snapshot, &statement);
    let figure = |what: &str| {
        let mut all = shown.figures.iter();
        all.find(|(name, _)| *name == what)
            .map(|(_, text)| &text[..])
    };
    assert_eq!(figure("notional"), Some("18446744073709551616 USD"));
    assert_eq!(figure("market value"), Some("-18446744073709551616 USD"));
}

/// A receipt says the side in its sentence, and an id may stand in two records.
#[test]
fn a_receipt_is_held_against_all_that_was_disclosed() {
    let desk = desk();
    let mut disclosed = desk.check(&fs::read(desk.path("d")).unwrap());
    let key = SecretKey::from_seed(&[5; 32], "Nobody").unwrap();
    let trust = format!(
        "version = 1\n[[institution]]\nlei = \"{}\"\nname = \"Nobody\"\nkeys = [\"{}\"]\n",
        support::NOBODY,
        key.public().key
    );
    let policy = Policy {
        unsigned: true,
        trust: Trust::parse(&trust).unwrap(),
        ..Policy::default()
    };
    let signer = Signer::Key(Box::new(key));
    let statement = desk.statement();
    let found = |position: Position, disclosed: &Disclosed| {
        let records = disclosed.records.as_ref().unwrap();
        let record = records.iter().find(|record| record.id == TRADES[0]);
        let figures = record.unwrap().figures.iter();
        let told = figures.filter(|(name, _)| position.figures().contains(name));
        let content = Content {
            lei: statement.lei,
            as_of: statement.as_of,
            position,
            id: TRADES[0].to_owned(),
            of: Some("1".to_owned()),
            salt: [1; 32],
            figures: told
                .map(|(name, text)| ((*name).to_owned(), text.clone()))
                .collect(),
        };
        let mut receipt = Receipt::unsigned(content);
        signer.sign(&mut receipt.envelope).unwrap();
        let file = receipt.encode();
        received(&file, &policy, Some(&disclosed.verdict), Some(disclosed)).problem
    };
    assert_eq!(found(Position::TradeBought, &disclosed), None);
    let side = Some(Unreceived::Contradiction("side".to_owned()));
    assert_eq!(found(Position::TradeSold, &disclosed), side);
    let records = disclosed.records.as_mut().unwrap();
    let record = records.iter().find(|record| record.id == TRADES[0]);
    let mut second = record.unwrap().clone();
    for (name, text) in &mut second.figures {
        if *name == "notional" {
            *text = "1 USD".to_owned();
        }
    }
    records.push(second);
    let notional = Some(Unreceived::Contradiction("notional".to_owned()));
    assert_eq!(found(Position::TradeBought, &disclosed), notional);
}

/// A counterparty's receipt for a trade, held against the disclosure of it.
#[test]
fn receipts_of_trades_agree_with_disclosures() {
    let desk = desk();
    let key = ["keys", "new", "--for", support::NOBODY, "--out", "bank"];
    let screen = desk.run(&[&key[..], &["--passphrase-file", "phrase"]].concat());
    assert_eq!(screen.status, 0, "{}", screen.err);
    let line = fs::read_to_string(desk.path("bank.pub")).unwrap();
    let (key, lei) = line.trim().split_once(' ').unwrap();
    let trust = format!(
        "version = 1\n[[institution]]\nlei = \"{lei}\"\nname = \"Nobody\"\nkeys = [\"{key}\"]\n"
    );
    let policy = Policy {
        unsigned: true,
        trust: Trust::parse(&trust).unwrap(),
        ..Policy::default()
    };
    let disclosed = desk.check(&fs::read(desk.path("d")).unwrap());
    let snapshot = snapshot();
    let held = |book: &str, id: &str, out: &str| {
        let args = [
            "receipt",
            book,
            "--snapshot",
            &snapshot,
            "--position",
            id,
            "--out",
            out,
        ];
        let key = ["--key", "bank", "--passphrase-file", "phrase"];
        let screen = desk.run(&[&args[..], &key].concat());
        assert_eq!(screen.status, 0, "{}", screen.err);
        let file = fs::read(desk.path(out)).unwrap();
        received(&file, &policy, Some(&disclosed.verdict), Some(&disclosed)).problem
    };
    for (number, id) in TRADES.iter().enumerate() {
        assert_eq!(held("book", id, &format!("r{number}")), None, "{id}");
    }
    let receipt = Receipt::decode(&fs::read(desk.path("r1")).unwrap()).unwrap();
    assert_eq!(receipt.content.position, Position::TradeBought);
    assert_eq!(receipt.content.position.view(), "you sold it");
    // Margin stands in no record: nothing of it can be compared.
    let margin = held("book", "variation margin", "m");
    assert_eq!(margin, Some(Unreceived::NotDisclosed));
    write_book(&desk.path("sold"), |name, text| match name {
        "trades.csv" => text.replacen(
            "interest-rate,,bought,10000000",
            "interest-rate,,sold,10000000",
            1,
        ),
        _ => text,
    });
    let other = held("sold", TRADES[0], "s");
    assert_eq!(other, Some(Unreceived::Contradiction("side".to_owned())));
}

#[test]
fn attacks_25_a_trade_that_is_not_the_one_opened() {
    let desk = desk();
    let invalid = Undisclosed::Opening(OpeningError::Invalid);
    for (id, row, name) in [
        ("1: swap 10 years", 0, "word n"),
        ("1: swap 10 years", 0, "bit 0"),
        ("1: swap 10 years", 0, "netting sets"),
        ("1: put swaption", 0, "date, low part"),
        ("1: put swaption", 1, "word k"),
        ("1: put swaption", 2, "delta"),
        ("6: mezzanine", 1, "word f"),
        ("5: WTI", 0, "maturity factor"),
    ] {
        let forged = |record: &mut Record| *value(record, row, name) += Fp::one();
        assert_eq!(desk.refused(forged, id), invalid, "{id} {name}");
    }
    let number = |id: &str| {
        let records = desk.disclosure().records;
        1 + records.iter().position(|record| record.id == id).unwrap()
    };
    let record = |id: &str, error| {
        let number = number(id);
        Undisclosed::Record(DisclosureError::Record { number, error })
    };
    // A trade is whole: its start date, its option, its tranche belong to it.
    let option = "1: put swaption";
    let unstarted = |record: &mut Record| {
        record.rows.remove(0);
        record.position += 1;
    };
    assert_eq!(
        desk.refused(unstarted, option),
        record(option, RecordError::Run)
    );
    let linear = |record: &mut Record| drop(record.rows.pop());
    assert_eq!(
        desk.refused(linear, option),
        record(option, RecordError::Positions)
    );
    let tranche = "6: mezzanine";
    assert_eq!(
        desk.refused(linear, tranche),
        record(tranche, RecordError::Positions)
    );
    let more = |record: &mut Record| record.rows.push(record.rows[0].clone());
    let swap = "1: swap 10 years";
    assert_eq!(
        desk.refused(more, swap),
        record(swap, RecordError::Positions)
    );
    // An option that calls itself linear would have to change its own bit.
    let bare = |record: &mut Record| {
        *value(record, 1, "bit 2") = Fp::zero();
        record.rows.pop();
    };
    assert!(matches!(
        desk.refused(bare, option),
        Undisclosed::Opening(_)
    ));
    let renamed = |record: &mut Record| record.id = "1: swap 11 years".into();
    assert_eq!(desk.refused(renamed, swap), record(swap, RecordError::Id));
    let items = |record: &mut Record| record.items.push("pledge".into());
    assert_eq!(
        desk.refused(items, swap),
        record(swap, RecordError::Positions)
    );
    // The last of them, so that they stay in order: the next proof is that of capital.
    let moved = |record: &mut Record| record.proof += 1;
    let refused = desk.refused(moved, "5: WTI");
    assert!(matches!(refused, Undisclosed::Circuit(_)), "{refused:?}");
    let screen = desk.disclose("x", &["7: nothing"]);
    assert!(
        screen
            .err
            .starts_with("error: a: the attestation has no position `7: nothing`")
    );
    let layout = CircuitKind::Rows(RowCircuit::Derivatives)
        .layout::<Standard>()
        .unwrap();
    assert_eq!(layout.name, self::layout().name);
}

#[test]
fn an_auditor_recomputes_the_columns_of_derivatives() {
    let desk = desk();
    let screen = desk.countersign("book");
    assert_eq!(
        (screen.status, screen.err.as_str()),
        (0, ""),
        "{}",
        screen.out
    );
    assert!(
        screen.out.contains("\ncounterparty credit risk "),
        "{}",
        screen.out
    );
    assert!(
        screen
            .out
            .contains("\nthe book fills exactly these columns\n")
    );
    let good = fs::read(desk.path("a.countersigned")).unwrap();
    for (name, file, from, to, said) in [
        (
            "amount",
            "trades.csv",
            "3: WTI,commodities,oil-gas,crude oil,bought,10000000",
            "3: WTI,commodities,oil-gas,crude oil,bought,10000001",
            "trade `3: WTI` was proven with another `word n`",
        ),
        (
            "id",
            "trades.csv",
            "3: WTI,",
            "3: another,",
            "trade `3: another` of the book is not in the attestation",
        ),
        (
            "class",
            "trades.csv",
            "3: silver,commodities,metals",
            "3: silver,commodities,agricultural",
            "trade `3: silver` was proven with another `",
        ),
        (
            "more",
            "trades.csv",
            "3: WTI,",
            "7: one more,credit,credit-index-IG,CDX.IG,bought,1,,0,,,5,,,,,,,\n3: WTI,",
            "trade `7: one more` of the book is not in the attestation",
        ),
        (
            "margin",
            "margin.csv",
            "150000",
            "150001",
            "derivatives: the book does not fill `word n` as it was proven",
        ),
        (
            "set",
            "netting_sets.csv",
            "\ncredit,corporate,BBB",
            "\ncredit,corporate,A",
            "derivatives: the book does not fill `key of the line` as it was proven",
        ),
    ] {
        write_book(&desk.path(name), |known, text| {
            let found = text.contains(from);
            assert!(known != file || found, "{from}");
            match known == file {
                true => text.replacen(from, to, 1),
                false => text,
            }
        });
        let screen = desk.countersign(name);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""), "{name}");
        let start = format!("error: a: {said}");
        assert!(screen.err.starts_with(&start), "{name}: {}", screen.err);
        assert_eq!(fs::read(desk.path("a.countersigned")).unwrap(), good);
    }
}
