//! Receipts: an institution's word to one counterparty that a position is in its book.
//!
//! A receipt is a file of its own: a DSSE [`Envelope`] around canonical JSON, media type
//! [`PayloadType::Receipt`], for the counterparty whose position it is. It names institution and
//! time, and the figures as the book has them; no attestation, which may come later. A book that
//! leaves the position out, or a [disclosure](crate::disclosure) with other figures, contradicts
//! it.
//!
//! It carries a random salt, so that neither its digest nor the name of its file says anything to
//! somebody who guesses what is in it. One encoding of each receipt; decoding refuses every other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::book::{Day, Lei};
use crate::canonical::{Bytes, digest};
use crate::document::time;
use crate::envelope::{
    Envelope, EnvelopeError, JsonError, PayloadType, from_json, hex_32, to_json,
};
use crate::text::hex;

/// Type and version of the payload. A name; there is nothing to fetch.
pub const RECEIPT_TYPE: &str = "urn:plimsoll:receipt:1";
/// Largest file that is read.
pub const MAX_BYTES: usize = 64 << 10;
/// What the institution says, word for word: it is part of what it signs.
pub const SAYS: &str = "This position is in our book as of this time, with these figures.";

const PERSONAL: &[u8; 16] = b"Plimsoll-rcpt-01";

/// What kind of position it is, and on which side its holder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// An exposure.
    Exposure,
    /// An item of collateral.
    Collateral,
    /// A trade that the institution bought.
    TradeBought,
    /// A trade that the institution sold.
    TradeSold,
    /// Margin that the institution received.
    MarginReceived,
    /// Margin that the institution posted.
    MarginPosted,
}

impl Position {
    /// All of them.
    pub const ALL: [Position; 6] = [
        Position::Exposure,
        Position::Collateral,
        Position::TradeBought,
        Position::TradeSold,
        Position::MarginReceived,
        Position::MarginPosted,
    ];

    /// The kind of record.
    pub fn kind(self) -> &'static str {
        match self {
            Position::Exposure => "exposure",
            Position::Collateral => "collateral",
            Position::TradeBought | Position::TradeSold => "trade",
            Position::MarginReceived | Position::MarginPosted => "margin",
        }
    }

    /// What it is to the counterparty.
    pub fn view(self) -> &'static str {
        match self {
            Position::Exposure => "you owe it, or it is promised to you",
            Position::Collateral => "you pledged it",
            Position::TradeBought => "you sold it",
            Position::TradeSold => "you bought it",
            Position::MarginReceived => "you posted it",
            Position::MarginPosted => "you hold it",
        }
    }

    /// The figures that its receipt shows, each of them and no other, in the order of the file.
    pub fn figures(self) -> &'static [&'static str] {
        match self {
            Position::Exposure => &["amount", "balance-sheet kind"],
            Position::Collateral => &["value"],
            Position::TradeBought | Position::TradeSold => &["market value", "notional", "side"],
            Position::MarginReceived | Position::MarginPosted => &["amount"],
        }
    }
}

/// Most characters of a figure: an amount with its currency, a kind, a side.
const MOST_FIGURE: usize = 64;

/// Whether a text can be a figure: a verifier shows it in a line of its own.
fn is_figure(text: &str) -> bool {
    let plain = |b: u8| b == b' ' || b.is_ascii_graphic();
    (1..=MOST_FIGURE).contains(&text.len()) && text.bytes().all(plain)
}

/// What a receipt says.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// The institution.
    pub lei: Lei,
    /// As-of time of the book, seconds since 1970-01-01T00:00:00Z.
    pub as_of: i64,
    /// What it is.
    pub position: Position,
    /// External id.
    pub id: String,
    /// External id of what it belongs to: the exposure of collateral, the netting set of trades
    /// and margin.
    pub of: Option<String>,
    /// Figures by name, with currency: named as a disclosure names them.
    pub figures: BTreeMap<String, String>,
    /// 32 random bytes.
    pub salt: [u8; 32],
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Content({})", self.position.kind())
    }
}

/// A receipt as it was read: no signature is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it says.
    pub content: Content,
    /// The envelope, with the institution's signature.
    pub envelope: Envelope,
}

/// Why bytes are not a receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The payload is not JSON, or has other fields than a receipt.
    #[error("the payload is not a receipt: {0}")]
    Malformed(JsonError),
    /// Another type or version.
    #[error("the payload is of another type or version: {RECEIPT_TYPE} is known here")]
    Version,
    /// A field that is not in its one form, or says something else than receipts say.
    #[error("`{0}` is not what a receipt says")]
    Form(&'static str),
    /// The same content in another form.
    #[error("the payload is not in its canonical form")]
    NotCanonical,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Text<'a> {
    #[serde(rename = "_type", borrow)]
    kind_of_file: Cow<'a, str>,
    #[serde(borrow)]
    institution: Cow<'a, str>,
    #[serde(borrow)]
    as_of: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    of: Option<String>,
    #[serde(borrow)]
    your_view: Cow<'a, str>,
    figures: BTreeMap<String, String>,
    #[serde(borrow)]
    salt: Cow<'a, str>,
    #[serde(borrow)]
    says: Cow<'a, str>,
}

impl Content {
    /// A name for its file that says nothing of what is in it.
    pub fn file_name(&self) -> String {
        let mut bytes = Bytes::default();
        bytes.array(&self.salt);
        bytes.text(self.position.kind());
        bytes.text(&self.id);
        let digest = digest(PERSONAL, &bytes.finish());
        format!("{}.receipt", hex(&digest[..16]))
    }

    /// The canonical bytes.
    fn payload(&self) -> Vec<u8> {
        to_json(&Text {
            kind_of_file: RECEIPT_TYPE.into(),
            institution: self.lei.to_string().into(),
            as_of: time(self.as_of).into(),
            kind: self.position.kind().into(),
            id: self.id.as_str().into(),
            of: self.of.clone(),
            your_view: self.position.view().into(),
            figures: self.figures.clone(),
            salt: hex(&self.salt).into(),
            says: SAYS.into(),
        })
    }
}

impl Receipt {
    /// A receipt that nobody has signed yet.
    pub fn unsigned(content: Content) -> Receipt {
        let payload = content.payload();
        Receipt {
            content,
            envelope: Envelope::unsigned(PayloadType::Receipt, payload),
        }
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What keeps it from being read. Who signed it, and what contradicts it, is for its reader to
    /// say.
    pub fn decode(bytes: &[u8]) -> Result<Receipt, ReceiptError> {
        let envelope = Envelope::decode(bytes, PayloadType::Receipt, MAX_BYTES)?;
        let text: Text<'_> = from_json(
            &envelope.payload,
            RECEIPT_TYPE,
            ReceiptError::Malformed,
            ReceiptError::Version,
        )?;
        let form = ReceiptError::Form;
        let kinds = || Position::ALL.into_iter().filter(|p| p.kind() == text.kind);
        let position = kinds().find(|position| position.view() == text.your_view);
        if text.says != SAYS {
            return Err(form("says"));
        }
        kinds().next().ok_or(form("kind"))?;
        let content = Content {
            lei: Lei::parse(&text.institution).map_err(|_| form("institution"))?,
            as_of: seconds(&text.as_of).ok_or(form("asOf"))?,
            position: position.ok_or(form("yourView"))?,
            id: text.id.clone().into_owned(),
            of: text.of.clone(),
            figures: text.figures.clone(),
            salt: hex_32(&text.salt).ok_or(form("salt"))?,
        };
        let names = content.figures.keys().map(String::as_str);
        let whole = names.eq(content.position.figures().iter().copied());
        if !whole || !content.figures.values().all(|text| is_figure(text)) {
            return Err(form("figures"));
        }
        if content.payload() != envelope.payload {
            return Err(ReceiptError::NotCanonical);
        }
        Ok(Receipt { content, envelope })
    }
}

/// `2022-12-31T00:00:00Z` as seconds since 1970.
fn seconds(text: &str) -> Option<i64> {
    let (day, rest) = text.split_once('T')?;
    let day = Day::parse(day).ok()?.seconds();
    let mut parts = rest.strip_suffix('Z')?.split(':');
    let mut next = |most: i64| {
        let part: i64 = parts.next()?.parse().ok()?;
        (0..most).contains(&part).then_some(part)
    };
    let (hours, minutes, seconds) = (next(24)?, next(60)?, next(60)?);
    Some(day + hours * 3_600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::time;

    /// Both ways; the hours, minutes and seconds of four known moments.
    #[test]
    fn times_of_receipts_and_documents() {
        for (text, at) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T23:59:59Z", 86_399),
            ("1969-12-31T23:59:59Z", -1),
            ("2001-09-09T01:46:40Z", 1_000_000_000),
            ("2009-02-13T23:31:30Z", 1_234_567_890),
        ] {
            assert_eq!(seconds(text), Some(at), "{text}");
            assert_eq!(time(at), text);
        }
        assert_eq!(time(i64::MAX), i64::MAX.to_string());
        for text in [
            "2001-09-09",
            "2001-09-09T01:46:40",
            "2001-09-09 01:46:40Z",
            "2001-09-09T24:00:00Z",
            "2001-09-09T01:60:00Z",
            "2001-09-09T01:00:60Z",
            "2001-09-09T-1:00:00Z",
            "2001-09-31T01:46:40Z",
            "2001-09-09T01:46Z",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
