//! Vices of the canonical bytes and of the statement in them (ATTACKS 26, 28, 35, 42, 43).

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::statement::{Prices, RowCircuit, RowProofs};

use crate::base::{Base, OTHER};
use crate::make::{Corpus, Make};

/// Where the fields of the statement begin.
const LEI_AT: usize = 6;
const SEQUENCE: usize = 34;
const PREVIOUS: usize = 42;
const CURRENCY: usize = 138;
const SCALE: usize = 142;
const CLAIMS: usize = 143;
const STATED: usize = 149;

pub fn add(base: &Base, corpus: &mut Corpus) {
    frame(base, corpus);
    fields(base, corpus);
    rules(base, corpus);
    meaning(base, corpus);
}

fn frame(base: &Base, corpus: &mut Corpus) {
    let good = base.one.attestation.encode();
    let mut bad = |name: &str, vice: &str, bytes: &[u8], cause: &str| {
        let name = format!("bytes-{name}");
        corpus.add(Make::attestation(&name, vice, base.around(bytes)).unreadable(cause));
    };
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    bad(
        "none",
        "there are no canonical bytes",
        &[],
        "attestation.cut",
    );
    bad(
        "magic",
        "they begin with another word",
        &with(0, b'p'),
        "attestation.magic",
    );
    bad("version", "version 2", &with(8, 2), "attestation.version");
    bad(
        "trailing",
        "a byte after the last proof",
        &[&good[..], &[0]].concat(),
        "attestation.number_of_proofs",
    );
    bad(
        "cut",
        "the last proof is a byte short",
        &good[..good.len() - 1],
        "attestation.cut",
    );
    bad(
        "statement-length",
        "a statement of four thousand million bytes",
        &with(13, 0xff),
        "attestation.cut",
    );
    let one = &base.one.attestation.proofs;
    let fewer = &good[..good.len() - one[1].len() - 4];
    bad(
        "proof-missing",
        "the capital proof is left out",
        fewer,
        "attestation.number_of_proofs",
    );
    let again = [&(one[1].len() as u32).to_le_bytes()[..], &one[1]].concat();
    let more = [&good[..], &again].concat();
    bad(
        "proof-twice",
        "the capital proof is there twice",
        &more,
        "attestation.number_of_proofs",
    );
}

fn fields(base: &Base, corpus: &mut Corpus) {
    let attestation = &base.one.attestation;
    let good = attestation.statement.encode();
    // The same proofs around a statement that may be none.
    let around = |statement: &[u8]| {
        let mut inner = attestation.encode()[..10].to_vec();
        for part in std::iter::once(statement).chain(attestation.proofs.iter().map(Vec::as_slice)) {
            inner.extend((part.len() as u32).to_le_bytes());
            inner.extend(part);
        }
        base.around(&inner)
    };
    let mut bad = |name: &str, vice: &str, statement: &[u8], cause: &str| {
        let name = format!("statement-{name}");
        let cause = format!("statement.{cause}");
        corpus.add(Make::attestation(&name, vice, around(statement)).unreadable(&cause));
    };
    let with = |at: usize, bytes: &[u8]| {
        let mut statement = good.clone();
        statement[at..at + bytes.len()].copy_from_slice(bytes);
        statement
    };
    let insert = |at: usize, bytes: &[u8]| [&good[..at], bytes, &good[at..]].concat();
    bad("empty", "the statement is empty", &[], "cut");
    bad("magic", "it is none", &with(0, b"X"), "magic");
    bad(
        "version",
        "a statement of version 2",
        &with(4, &[2]),
        "version",
    );
    bad(
        "trailing",
        "a byte after the statement",
        &insert(good.len(), &[0]),
        "trailing",
    );
    bad(
        "cut",
        "the statement is cut",
        &good[..good.len() - 1],
        "cut",
    );
    let last = with(
        LEI_AT + 19,
        &[if good[LEI_AT + 19] == b'0' {
            b'1'
        } else {
            b'0'
        }],
    );
    bad("lei", "check digits that do not hold", &last, "lei");
    bad(
        "sequence-zero",
        "number 0",
        &with(SEQUENCE, &[0]),
        "sequence",
    );
    bad(
        "first-with-previous",
        "number 1 with a predecessor",
        &with(PREVIOUS, &[7]),
        "sequence",
    );
    bad(
        "second-without-previous",
        "number 2 without one",
        &with(SEQUENCE, &[2]),
        "sequence",
    );
    bad(
        "currency",
        "a currency in small letters",
        &with(CURRENCY + 1, b"usd"),
        "currency",
    );
    bad(
        "scale",
        "a unit of a hundred decimal places",
        &with(SCALE, &[100]),
        "scale",
    );
    bad(
        "no-claim",
        "nothing is claimed",
        &[&good[..CLAIMS], &[0], &good[STATED..]].concat(),
        "claim",
    );
    bad(
        "ratio",
        "a claim on a ratio that there is not",
        &with(CLAIMS + 1, &[9]),
        "claim",
    );
    bad(
        "threshold",
        "a claim of more than a thousand percent",
        &with(CLAIMS + 2, &[0xff; 4]),
        "claim",
    );
    let twice = [
        &good[..CLAIMS],
        &[2],
        &good[CLAIMS + 1..STATED],
        &good[CLAIMS + 1..],
    ]
    .concat();
    bad("claim-twice", "two claims on one ratio", &twice, "claim");
    let lines = usize::from(good[STATED]);
    assert!(lines >= 2, "two stated lines at least");
    let turned = with(STATED + 1, &[good[STATED + 2], good[STATED + 1]]);
    bad(
        "stated-order",
        "stated lines that do not ascend",
        &turned,
        "stated_lines",
    );
    // Behind the lines: modules left out, the mark, prices, row circuits, signed columns.
    let rest = STATED + 1 + lines;
    assert_eq!(good[rest], 0, "no module is left out");
    bad(
        "without-name",
        "a module left out that has no name",
        &[&good[..rest], &[1, 0], &good[rest + 1..]].concat(),
        "list_of_modules_left_out",
    );
    bad(
        "balance-sheet",
        "a mark that is neither yes nor no",
        &with(rest + 1, &[2]),
        "balance_sheet_mark",
    );
    bad(
        "prices",
        "prices of options without derivatives",
        &with(rest + 2, &[1]),
        "source_of_prices",
    );
    let rows = rest + 3;
    bad(
        "circuit",
        "a row circuit that there is not",
        &with(rows + 1, &[9]),
        "list_of_proofs",
    );
    bad(
        "no-copies",
        "proofs of no copies",
        &with(rows + 2, &[0, 0]),
        "list_of_proofs",
    );
    bad(
        "three-copies",
        "three copies: no power of two",
        &with(rows + 2, &[3, 0]),
        "list_of_proofs",
    );
    bad(
        "many-copies",
        "sixty-five thousand proofs",
        &with(rows + 4, &[0, 0x80]),
        "list_of_proofs",
    );
    bad(
        "signed-columns",
        "a signed column",
        &with(good.len() - 2, &[1]),
        "cut",
    );
}

/// Statements that contradict their rulebook.
fn rules(base: &Base, corpus: &mut Corpus) {
    let us = Rulebook::builtin("us-standardised").unwrap();
    let line = |name: &str| us.stated.iter().position(|line| line.name == name).unwrap() as u8;
    let mut bad = |name: &str, vice: &str, file: Vec<u8>, cause: &str| {
        let name = format!("rules-{name}");
        corpus.add(Make::attestation(&name, vice, file).refused("statement", cause));
    };
    let file = base.altered(|a| a.statement.stated.push(200));
    bad(
        "stated-line",
        "a stated line that the rulebook does not have",
        file,
        "rules.stated_line",
    );
    let file = base.altered(|a| a.statement.without = vec!["market-risk".to_owned()]);
    bad(
        "without",
        "a module is left out that the book has",
        file,
        "rules.without",
    );
    let file = base.altered(|a| {
        let measure = line("leverage-exposure");
        a.statement.stated.retain(|stated| *stated != measure);
        a.statement.claims = vec![Claim::parse("leverage>=4%").unwrap()];
    });
    bad(
        "measure",
        "a leverage ratio whose measure nobody states",
        file,
        "rules.line",
    );
    let file = base.altered(|a| {
        let circuit = RowCircuit::Derivatives;
        let (copies, shards) = (1, 1);
        a.statement.rows.push(RowProofs {
            circuit,
            copies,
            shards,
        });
        a.statement.prices = Some(Prices::Snapshot);
        let capital = a.proofs[1].clone();
        a.proofs.insert(1, capital);
    });
    bad(
        "derivatives",
        "derivatives under a rulebook that does not charge them",
        file,
        "rules.derivatives",
    );
}

/// Statements that say something else than was proven, with words to match and the signature of
/// the institution: only the proofs know.
fn meaning(base: &Base, corpus: &mut Corpus) {
    let mut unknown = |name: &str, vice: &str, file: Vec<u8>, reason: &str| {
        let name = format!("meaning-{name}");
        corpus.add(Make::attestation(&name, vice, file).cannot_tell(reason, ""));
    };
    let file = base.altered(|a| a.statement.rulebook = [7; 32]);
    unknown(
        "rulebook",
        "a rulebook that the reader does not know",
        file,
        "unknown_rulebook",
    );
    let file = base.altered(|a| a.statement.snapshot = [7; 32]);
    unknown(
        "snapshot",
        "a snapshot that the reader does not know",
        file,
        "unknown_snapshot",
    );
    let file = base.altered(|a| a.statement.currency = "EUR".to_owned());
    unknown(
        "currency",
        "euros, for which there is no snapshot",
        file,
        "unknown_snapshot",
    );
    let mut bad = |name: &str, vice: &str, file: Vec<u8>, trusted: bool| {
        let name = format!("meaning-{name}");
        let make = Make::attestation(&name, vice, file);
        corpus.add(if trusted {
            make.refused("proof", "proof.invalid")
        } else {
            make.cannot_tell("no_trusted_key", "")
        });
    };
    let file = base.altered(|a| a.statement.claims[0].threshold += 1);
    bad(
        "claim",
        "the claim is a millionth higher than what was proven",
        file,
        true,
    );
    let file = base.altered(|a| a.statement.claims[0].threshold -= 1);
    bad(
        "lower-claim",
        "the claim is a millionth lower than what was proven",
        file,
        true,
    );
    let file = base.altered(|a| a.statement.as_of += 86_400);
    bad("date", "a day later than what was proven", file, true);
    let file =
        base.altered(|a| (a.statement.sequence, a.statement.previous) = (2, base.one.digest));
    bad(
        "sequence",
        "the next number without a new proof",
        file,
        true,
    );
    let file = base.altered(|a| a.statement.scale = 0);
    bad("scale", "thousands of dollars as dollars", file, true);
    let file = base.altered(|a| {
        a.statement.stated.pop();
    });
    bad("stated", "one stated line is kept back", file, true);
    let file = base.altered(|a| a.statement.balance_sheet = !a.statement.balance_sheet);
    bad(
        "balance-sheet",
        "the other mark of the balance sheet",
        file,
        true,
    );
    let file = base.altered(|a| a.statement.lei = Lei::parse(OTHER).unwrap());
    bad(
        "institution",
        "the proof of one institution as another's, signed by the first",
        file,
        false,
    );
}
