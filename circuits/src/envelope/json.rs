//! Why a text is not the JSON that is wanted, from a closed list.

use std::fmt;

use crate::text::is_hidden;

/// What the JSON reader says, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub vice: JsonVice,
    /// For people. It is cut: the reader may echo what it read.
    said: String,
}

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonVice {
    /// It begins with a byte order mark.
    ByteOrderMark,
    /// It ends too early.
    Cut,
    /// Not JSON.
    Syntax,
    /// Something follows.
    Trailing,
    /// A field that is not known.
    Unknown,
    /// A field that stands there twice.
    Twice,
    /// A field that is not there.
    Missing,
    /// A value of another type, or out of range.
    Type,
}

impl JsonVice {
    /// Its word, for machines.
    pub fn word(self) -> &'static str {
        match self {
            JsonVice::ByteOrderMark => "byte_order_mark",
            JsonVice::Cut => "cut",
            JsonVice::Syntax => "syntax",
            JsonVice::Trailing => "trailing",
            JsonVice::Unknown => "unknown_field",
            JsonVice::Twice => "field_twice",
            JsonVice::Missing => "missing_field",
            JsonVice::Type => "value",
        }
    }
}

impl JsonError {
    /// Of what the reader said of these bytes.
    pub(crate) fn of(bytes: &[u8], error: &serde_json::Error) -> JsonError {
        let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
        let text = error.to_string();
        // The library has classes for the first two, and only words for the others.
        let says = |word: &str| text.starts_with(word);
        let vice = if marks.iter().any(|mark| bytes.starts_with(mark)) {
            JsonVice::ByteOrderMark
        } else if error.is_eof() {
            JsonVice::Cut
        } else if says("trailing characters") {
            JsonVice::Trailing
        } else if error.is_syntax() {
            JsonVice::Syntax
        } else if says("unknown field") {
            JsonVice::Unknown
        } else if says("duplicate field") {
            JsonVice::Twice
        } else if says("missing field") {
            JsonVice::Missing
        } else {
            JsonVice::Type
        };
        let said = text.chars().filter(|c| !is_hidden(*c)).take(120).collect();
        JsonError { vice, said }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}
