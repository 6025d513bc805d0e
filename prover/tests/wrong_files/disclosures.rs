//! Vices of disclosures, against an attestation that holds (ATTACKS 25; CONDITIONS S10).

use std::fs;

use plimsoll_circuits::disclosure::Disclosure;
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::layout::Standard;

use crate::base::path;
use crate::make::{Corpus, Made, Make};

fn make(name: &str, vice: &str, bytes: impl Into<Vec<u8>>) -> Make {
    Make::new("disclosure", name, vice, "disclosure.json", bytes)
        .like("file.plimsoll", "wrong/base/opened.plimsoll")
        .like("trust.toml", "wrong/base/trust.toml")
        .command(
            "plimsoll-verify file.plimsoll --disclosure disclosure.json --trust trust.toml --json",
        )
}

pub fn add(corpus: &mut Corpus) {
    let file = fs::read(path("opened.disclosure.json")).unwrap();
    let good = Disclosure::decode::<Standard>(&file).unwrap();
    let payload = String::from_utf8(good.envelope.payload.clone()).unwrap();
    let edited = |from: &str, to: &str| {
        assert!(payload.contains(from), "{from}");
        let payload = payload.replacen(from, to, 1).into_bytes();
        Envelope::unsigned(PayloadType::Disclosure, payload).encode()
    };
    let rebuilt = |change: &dyn Fn(&mut Disclosure)| {
        let mut d = good.clone();
        change(&mut d);
        let made = Disclosure::unsigned::<Standard>(d.attestation, d.records, d.argument);
        made.unwrap().encode()
    };
    let mut add = |made: Made| corpus.add(made);
    let cut = make("cut", "cut in the middle", &file[..file.len() / 2]);
    add(cut.unreadable("envelope.cut"));
    let kind = Envelope::unsigned(PayloadType::InToto, good.envelope.payload.clone()).encode();
    add(make("payload-type", "an attestation's payload type", kind)
        .unreadable("envelope.payload_type"));
    let newer = edited("urn:plimsoll:disclosure:1", "urn:plimsoll:disclosure:2");
    add(make("version", "another version", newer).unreadable("disclosure.version"));
    let more = edited("\"records\":", "\"verified\":true,\"records\":");
    add(make(
        "unknown-member",
        "a member that disclosures do not have",
        more,
    )
    .unreadable("disclosure.unknown_field"));
    let space = edited(",\"records\"", ", \"records\"");
    add(make("white-space", "a space between two members", space).unreadable("disclosure.form"));
    let list =
        &payload[payload.find("\"records\":").unwrap()..payload.find(",\"argument\"").unwrap()];
    add(make(
        "no-record",
        "nothing is disclosed",
        edited(list, "\"records\":[]"),
    )
    .unreadable("disclosure.count"));
    let zero = edited("\"amount\":\"", "\"amount\":\"0");
    add(make("leading-zero", "a zero before an amount", zero).unreadable("record.value"));
    let circuit = edited("plain exposures", "plain promises");
    add(make("circuit-name", "a circuit that there is not", circuit).unreadable("record.circuit"));
    let less = edited("\"amount\":", "\"amounts\":");
    add(make("column", "a column of another name", less).unreadable("record.columns"));
    let turned = rebuilt(&|d| d.records.swap(0, 1));
    add(make("order", "its records do not ascend", turned).unreadable("disclosure.order"));
    let other = rebuilt(&|d| d.attestation = [7; 32]);
    add(
        make("other-attestation", "one of another attestation", other)
            .refused("other_attestation", ""),
    );
    let value = rebuilt(&|d| d.records[0].rows[0][at(&payload, "amount")] += Fp::from(1));
    add(make("amount", "an amount with one more unit", value).refused("opening", "opening.invalid"));
    let id = rebuilt(&|d| d.records[0].id.push('x'));
    add(make("id", "another id than was committed to", id).refused("record", "record.id"));
    let position = rebuilt(&|d| d.records[1].position += 1);
    add(make("position", "a position further on", position).refused("opening", "opening.length"));
    let proof = rebuilt(&|d| d.records[1].proof = 1);
    add(make("proof", "in the capital proof", proof).refused("circuit", ""));
    let copy = rebuilt(&|d| d.records[1].copy = 7);
    add(make("copy", "in a copy that there is not", copy).refused("opening", "opening.place"));
    let longer = rebuilt(&|d| d.argument.extend([0; 32]));
    add(make("trailing", "a word after the argument", longer).refused("opening", "opening.length"));
    let shorter = rebuilt(&|d| {
        d.argument.pop();
    });
    add(
        make("argument-cut", "a byte of the argument is missing", shorter)
            .refused("opening", "opening.length"),
    );
    let bit = rebuilt(&|d| *d.argument.last_mut().unwrap() ^= 1);
    add(make("argument-bit", "one bit of the argument", bit).refused("opening", "opening.invalid"));
    let points = rebuilt(&|d| d.argument[..32].fill(0xff));
    add(
        make("argument-point", "a commitment that is no point", points)
            .refused("opening", "opening.invalid"),
    );
    let kept = rebuilt(&|d| drop(d.records.pop()));
    add(
        make("record-kept-back", "one of two records is taken out", kept)
            .refused("opening", "opening.length"),
    );
}

/// Place of a column among the columns of the first record: the words are in order of their names,
/// the values in order of the circuit.
fn at(payload: &str, name: &str) -> usize {
    use plimsoll_circuits::disclosure::record_columns;
    use plimsoll_circuits::proofs::CircuitKind;
    use plimsoll_circuits::statement::RowCircuit;
    assert!(payload.contains(&format!("\"{name}\":")));
    let layout = CircuitKind::Rows(RowCircuit::Plain)
        .layout::<Standard>()
        .unwrap();
    let mut columns = record_columns(&layout).map(|(_, known)| known);
    columns.position(|known| known == name).unwrap()
}
