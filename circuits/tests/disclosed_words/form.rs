//! The file of a disclosure: one form, every record once and in order, no cell said twice.

use ff::Field as _;
use plimsoll_circuits::cells::rows::id_digest;
use plimsoll_circuits::disclosure::{
    Disclosure, DisclosureError, Layouts, MAX_RECORDS, Record, RecordError, cells as all_cells,
    record_columns,
};
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::field::{Fp, from_u128};
use plimsoll_circuits::protocol::layout::Small;
use plimsoll_circuits::statement::RowCircuit;

const ATTESTATION: [u8; 32] = [9; 32];
/// p − 1, the largest of 77 digits; and p.
const LARGEST: &str =
    "28948022309329048855892746252171976963363056481941560715954676764349967630336";
const MODULUS: &str =
    "28948022309329048855892746252171976963363056481941560715954676764349967630337";

/// A record with the same value in all its cells. Whether they are those of its id nobody asks here.
fn record(circuit: RowCircuit, proof: u32, position: u32, value: Fp) -> Record {
    let layouts = Layouts::of::<Small>([circuit]).unwrap();
    let columns = record_columns(layouts.get(circuit).unwrap()).count();
    Record {
        circuit,
        proof,
        copy: 0,
        position,
        id: "loan".to_owned(),
        items: Vec::new(),
        rows: vec![vec![value; columns]],
    }
}

fn made(records: Vec<Record>) -> Disclosure {
    Disclosure::unsigned::<Small>(ATTESTATION, records, vec![1, 2, 3]).unwrap()
}

fn read(records: Vec<Record>) -> Result<Disclosure, DisclosureError> {
    Disclosure::decode::<Small>(&made(records).encode())
}

/// Of two circuits, plain exposures first.
fn two() -> Vec<Record> {
    vec![
        record(RowCircuit::Plain, 0, 0, Fp::from(25)),
        record(RowCircuit::Banded, 1, 0, -Fp::ONE),
    ]
}

/// What is said of the file of `two` with other words in it.
fn with(from: &str, to: &str) -> Result<(), DisclosureError> {
    let payload = String::from_utf8(made(two()).envelope.payload).unwrap();
    assert!(payload.contains(from), "{from}");
    let changed = payload.replacen(from, to, 1).into_bytes();
    let file = Envelope::unsigned(PayloadType::Disclosure, changed).encode();
    Disclosure::decode::<Small>(&file).map(|_| ())
}

#[test]
fn what_is_written_is_read() {
    let disclosure = made(two());
    let again = Disclosure::decode::<Small>(&disclosure.encode()).unwrap();
    assert_eq!(again, disclosure);
    assert_eq!(
        (again.attestation, again.argument),
        (ATTESTATION, vec![1, 2, 3])
    );
    assert_eq!(again.records, two());
    let payload = String::from_utf8(disclosure.envelope.payload).unwrap();
    assert!(payload.contains(&format!("\"{LARGEST}\"")), "{payload}");
}

#[test]
fn one_form() {
    assert_eq!(
        with("disclosure:1", "disclosure:2"),
        Err(DisclosureError::Version)
    );
    let canonical = Err(DisclosureError::NotCanonical);
    assert_eq!(with("{\"_type\"", "{ \"_type\""), canonical);
    let malformed = with("\"copy\"", "\"kopie\"");
    assert!(matches!(malformed, Err(DisclosureError::Malformed(_))));
    for (from, to, field) in [
        ("\"0909", "\"09", "attestation"),
        ("\"argument\":\"AQID\"", "\"argument\":\"AQI\"", "argument"),
    ] {
        assert_eq!(with(from, to), Err(DisclosureError::Form(field)), "{from}");
    }
    let failed = |number, error| Err(DisclosureError::Record { number, error });
    let amount = "\"amount\":\"25\"";
    let wrong = failed(1, RecordError::Value("amount"));
    let long = "0".repeat(77);
    for value in [
        "",
        "025",
        "-1",
        "+1",
        "1e1",
        "2 5",
        "0x19",
        MODULUS,
        &format!("{long}25"),
        &format!("{LARGEST}0"),
    ] {
        let to = format!("\"amount\":\"{value}\"");
        assert_eq!(with(amount, &to), wrong, "{value}");
    }
    for value in ["0", "1", LARGEST] {
        assert_eq!(with(amount, &format!("\"amount\":\"{value}\"")), Ok(()));
    }
    let columns = failed(1, RecordError::Columns);
    assert_eq!(with(amount, "\"amounts\":\"1\""), columns);
    assert_eq!(with(amount, "\"amount\":\"1\",\"more\":\"1\""), columns);
    assert_eq!(
        with(amount, "\"amount\":\"1\",\"amount\":\"25\""),
        canonical
    );
    let none = failed(2, RecordError::Circuit);
    assert_eq!(with("banded exposures", "banded loans"), none);
    assert_eq!(with("banded exposures", "capital"), none);
    assert_eq!(with("plain exposures", "banded exposures"), columns);
}

#[test]
fn every_record_once_and_in_order() {
    let [first, second] = <[Record; 2]>::try_from(two()).unwrap();
    let order = Err(DisclosureError::Order);
    assert_eq!(read(vec![first.clone(), first.clone()]), order);
    assert_eq!(read(vec![second, first.clone()]), order);
    let moved = |change: fn(&mut Record)| {
        let mut other = first.clone();
        change(&mut other);
        read(vec![first.clone(), other]).map(|_| ())
    };
    assert_eq!(moved(|r| r.position = 1), Ok(()));
    assert_eq!(moved(|r| r.copy = 1), Ok(()));
    assert_eq!(moved(|r| r.proof = 1), Ok(()));
    assert_eq!(read(Vec::new()), Err(DisclosureError::Count));
    let many = |count: usize| {
        let position = |at| record(RowCircuit::Plain, 0, at as u32, Fp::ONE);
        read((0..count).map(position).collect()).map(|_| ())
    };
    assert_eq!(many(MAX_RECORDS), Ok(()));
    for count in [MAX_RECORDS + 1, MAX_RECORDS + 2] {
        assert_eq!(many(count), Err(DisclosureError::Count));
    }
}

/// The cells of all records, each of which says what its ids are made of.
#[test]
fn no_cell_is_said_twice_with_two_values() {
    let circuit = RowCircuit::Plain;
    let layouts = Layouts::of::<Small>([circuit, circuit]).unwrap();
    let layout = layouts.get(circuit).unwrap();
    assert!(layouts.get(RowCircuit::Banded).is_none());
    let columns: Vec<&str> = record_columns(layout).map(|(_, name)| name).collect();
    let with_id = |value| {
        let mut record = record(circuit, 0, 0, value);
        let at = columns.iter().position(|name| *name == "id").unwrap();
        record.rows[0][at] = from_u128(id_digest("loan"));
        record
    };
    let (first, same, other) = (with_id(Fp::ONE), with_id(Fp::ONE), with_id(Fp::ZERO));
    let one = made(vec![first.clone()]).cells::<Small>().unwrap();
    assert_eq!(one.len(), columns.len());
    assert_eq!(all_cells(&layouts, &[first.clone(), same]), Ok(one));
    let (number, error) = (2, RecordError::Contradiction);
    let twice = all_cells(&layouts, &[first, other]);
    assert_eq!(twice, Err(DisclosureError::Record { number, error }));
    assert_eq!(format!("{:?}", made(two())), "Disclosure(2 records)");
}
