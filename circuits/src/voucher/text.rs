//! The JSON of a voucher: one form.

use serde::{Deserialize, Serialize};

use super::{Block, Terms, VOUCHER_TYPE, VoucherError};
use crate::book::Lei;
use crate::cells::vouched::SIGNED;
use crate::envelope::{PublicKey, from_base64, from_json, hex_32, to_base64, to_json};
use crate::protocol::prove::WORD;
use crate::text::hex;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Text {
    #[serde(rename = "_type")]
    kind: String,
    owner: String,
    key: String,
    serial: u64,
    beneficiary: String,
    accounts: Vec<String>,
    /// Seconds since 1970-01-01T00:00:00Z.
    as_of: i64,
    schema: String,
    scale: i8,
    words: String,
    universe: String,
    parameters: String,
    rows: u32,
    circuit: String,
    columns: Vec<String>,
    blocks: Vec<BlockText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockText {
    rows: u16,
    /// Base64 of the points, one after the other.
    commitments: String,
}

/// The canonical bytes.
pub(super) fn payload(terms: &Terms) -> Vec<u8> {
    let block = |block: &Block| BlockText {
        rows: block.rows,
        commitments: to_base64(block.commitments.as_flattened()),
    };
    to_json(&Text {
        kind: VOUCHER_TYPE.to_owned(),
        owner: terms.owner.clone(),
        key: terms.key.to_string(),
        serial: terms.serial,
        beneficiary: terms.beneficiary.to_string(),
        accounts: terms.accounts.clone(),
        as_of: terms.as_of,
        schema: terms.schema.clone(),
        scale: terms.scale,
        words: hex(&terms.words),
        universe: hex(&terms.universe),
        parameters: hex(&terms.parameters),
        rows: terms.k,
        circuit: hex(&terms.circuit),
        columns: SIGNED.map(str::to_owned).to_vec(),
        blocks: terms.blocks.iter().map(block).collect(),
    })
}

/// Reads the payload of an envelope.
pub(super) fn read(payload: &[u8]) -> Result<Terms, VoucherError> {
    let (malformed, version) = (VoucherError::Malformed, VoucherError::Version);
    let text: Text = from_json(payload, VOUCHER_TYPE, malformed, version)?;
    let digest = |name, text: &str| hex_32(text).ok_or(VoucherError::Field(name));
    let key = PublicKey::parse(&text.key).map_err(|_| VoucherError::Field("key"))?;
    let beneficiary = Lei::parse(&text.beneficiary);
    let terms = Terms {
        owner: text.owner,
        key,
        serial: text.serial,
        beneficiary: beneficiary.map_err(|_| VoucherError::Field("beneficiary"))?,
        accounts: text.accounts,
        as_of: text.as_of,
        schema: text.schema,
        scale: text.scale,
        words: digest("words", &text.words)?,
        universe: digest("universe", &text.universe)?,
        parameters: digest("parameters", &text.parameters)?,
        k: text.rows,
        circuit: digest("circuit", &text.circuit)?,
        blocks: text.blocks.iter().map(block).collect::<Result<_, _>>()?,
    };
    terms.form()?;
    if self::payload(&terms) != payload {
        return Err(VoucherError::NotCanonical);
    }
    Ok(terms)
}

fn block(text: &BlockText) -> Result<Block, VoucherError> {
    let bytes = from_base64(&text.commitments);
    let (words, rest) = match &bytes {
        Some(bytes) => bytes.as_chunks::<WORD>(),
        None => return Err(VoucherError::Field("commitments")),
    };
    if !rest.is_empty() {
        return Err(VoucherError::Field("commitments"));
    }
    Ok(Block {
        rows: text.rows,
        commitments: words.to_vec(),
    })
}
