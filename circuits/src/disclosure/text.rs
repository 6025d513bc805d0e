//! The JSON of a disclosure: one form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ff::PrimeField;
use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::{
    DISCLOSURE_TYPE, Disclosure, DisclosureError, Layouts, MAX_RECORDS, Record, RecordError,
    record_columns,
};
use crate::envelope::{Envelope, from_base64, from_json, hex_32, to_base64, to_json};
use crate::field::{Fp, from_biguint};
use crate::protocol::layout::{Layout, Size};
use crate::statement::RowCircuit;
use crate::text::hex;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<'a> {
    #[serde(rename = "_type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    attestation: Cow<'a, str>,
    #[serde(borrow)]
    records: Vec<RecordText<'a>>,
    #[serde(borrow)]
    argument: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordText<'a> {
    #[serde(borrow)]
    circuit: Cow<'a, str>,
    proof: u32,
    copy: u32,
    position: u32,
    #[serde(borrow)]
    id: Cow<'a, str>,
    items: Vec<String>,
    rows: Vec<BTreeMap<String, String>>,
}

fn record_text<'a>(layouts: &Layouts, record: &'a Record) -> RecordText<'a> {
    let named = |row: &Vec<Fp>| {
        let columns = layouts.get(record.circuit).into_iter();
        let columns = columns.flat_map(record_columns).zip(row);
        columns
            .map(|((_, name), value)| (name.to_owned(), decimal(value)))
            .collect()
    };
    RecordText {
        circuit: record.circuit.name().into(),
        proof: record.proof,
        copy: record.copy,
        position: record.position,
        id: record.id.as_str().into(),
        items: record.items.clone(),
        rows: record.rows.iter().map(named).collect(),
    }
}

/// The canonical bytes.
pub(super) fn payload(
    layouts: &Layouts,
    attestation: &[u8; 32],
    records: &[Record],
    argument: &[u8],
) -> Vec<u8> {
    let records = records.iter().map(|record| record_text(layouts, record));
    to_json(&Text {
        kind: DISCLOSURE_TYPE.into(),
        attestation: hex(attestation).into(),
        records: records.collect(),
        argument: to_base64(argument).into(),
    })
}

/// Reads the payload of an envelope.
pub(super) fn read<S: Size>(envelope: Envelope) -> Result<Disclosure, DisclosureError> {
    let text: Text<'_> = from_json(
        &envelope.payload,
        DISCLOSURE_TYPE,
        DisclosureError::Malformed,
        DisclosureError::Version,
    )?;
    let attestation = hex_32(&text.attestation).ok_or(DisclosureError::Form("attestation"))?;
    let argument = from_base64(&text.argument).ok_or(DisclosureError::Form("argument"))?;
    if text.records.is_empty() || text.records.len() > MAX_RECORDS {
        return Err(DisclosureError::Count);
    }
    let mut circuits = Vec::with_capacity(text.records.len());
    for (number, record) in (1..).zip(&text.records) {
        let error = RecordError::Circuit;
        let mut all = RowCircuit::ALL.into_iter();
        let known = all.find(|circuit| circuit.name() == record.circuit);
        circuits.push(known.ok_or(DisclosureError::Record { number, error })?);
    }
    let layouts = Layouts::of::<S>(circuits.iter().copied())?;
    let mut records = Vec::with_capacity(circuits.len());
    for (number, (circuit, text)) in (1..).zip(circuits.into_iter().zip(&text.records)) {
        let failed = |error| DisclosureError::Record { number, error };
        let layout = layouts.get(circuit).ok_or(failed(RecordError::Circuit))?;
        records.push(record(layout, circuit, text).map_err(failed)?);
    }
    let place = |record: &Record| (record.proof, record.copy, record.position);
    if !records.is_sorted_by(|a, b| place(a) < place(b)) {
        return Err(DisclosureError::Order);
    }
    if payload(&layouts, &attestation, &records, &argument) != envelope.payload {
        return Err(DisclosureError::NotCanonical);
    }
    Ok(Disclosure {
        attestation,
        records,
        argument,
        envelope,
    })
}

fn record(
    layout: &Layout,
    circuit: RowCircuit,
    text: &RecordText<'_>,
) -> Result<Record, RecordError> {
    let mut rows = Vec::with_capacity(text.rows.len());
    for named in &text.rows {
        let mut row = Vec::with_capacity(named.len());
        for (_, name) in record_columns(layout) {
            let value = named.get(name).ok_or(RecordError::Columns)?;
            row.push(element(value).ok_or(RecordError::Value(name))?);
        }
        if row.len() != named.len() {
            return Err(RecordError::Columns);
        }
        rows.push(row);
    }
    Ok(Record {
        circuit,
        proof: text.proof,
        copy: text.copy,
        position: text.position,
        id: text.id.clone().into_owned(),
        items: text.items.clone(),
        rows,
    })
}

/// A field element as the integer below p that it is.
fn decimal(value: &Fp) -> String {
    super::words::integer(value).to_string()
}

/// Digits of p, and no more: a longer text is none.
const MOST_DIGITS: usize = 77;

fn element(text: &str) -> Option<Fp> {
    if text.is_empty() || text.len() > MOST_DIGITS || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let integer: BigUint = text.parse().ok()?;
    let value = from_biguint(&integer);
    // Neither p + x nor a zero in front.
    (decimal(&value) == text).then_some(value)
}

const _: () = assert!(Fp::NUM_BITS == 255);
