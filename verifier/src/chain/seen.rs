//! What a reader has seen: per institution, the last attestation that held.
//!
//! ```toml
//! version = 1
//! institutions = 1
//! [[seen]]
//! lei = "N1GZ7BBF3NP8GI976H15"
//! sequence = "2"
//! digest = "…"
//! as-of = "1672444800"
//! ```
//!
//! The number of entries stands at the top, and numbers are texts: a file that lost its end is
//! none, wherever it was cut.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::envelope::hex_32;
use plimsoll_circuits::text::{from_toml, quiet};
use serde::Deserialize;

use super::Link;
use crate::verdict::hex;

/// The last attestation seen of an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenLink {
    /// Its number.
    pub sequence: u64,
    /// Its digest.
    pub digest: [u8; 32],
    /// As-of time, seconds since 1970-01-01T00:00:00Z.
    pub as_of: i64,
}

impl SeenLink {
    /// What is kept of a link.
    pub fn of(link: &Link) -> SeenLink {
        SeenLink {
            sequence: link.sequence,
            digest: link.digest,
            as_of: link.as_of,
        }
    }
}

/// The last attestation seen of each institution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<Lei, SeenLink>);

/// A file of what was seen that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeenError {
    /// Not TOML, or not these fields.
    #[error("{}", quiet(.0))]
    Malformed(String),
    /// Another version.
    #[error("version {0} is not known here")]
    Version(u64),
    /// Not as many entries as it says.
    #[error("there are not {expected} entries, as the file says: its end is missing")]
    Cut {
        /// What it says.
        expected: usize,
    },
    /// A value of one entry, from 1.
    #[error("entry {number}: `{key}` is not readable, or stands there twice")]
    Entry {
        /// Number of the entry, from 1.
        number: usize,
        /// Which key.
        key: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    version: u64,
    institutions: usize,
    #[serde(default)]
    seen: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    lei: String,
    sequence: String,
    digest: String,
    as_of: String,
}

/// A sequence number, from 1.
fn sequence(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number| *number > 0)
}

impl Seen {
    /// The last one seen of an institution.
    pub fn of(&self, lei: Lei) -> Option<SeenLink> {
        self.0.get(&lei).copied()
    }

    /// Notes an attestation, if it is later than what was seen.
    pub fn note(&mut self, link: &Link) {
        let later = self
            .of(link.lei)
            .is_none_or(|seen| seen.sequence < link.sequence);
        if later {
            self.0.insert(link.lei, SeenLink::of(link));
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`SeenError`]: nothing of such a file is believed.
    pub fn parse(text: &str) -> Result<Seen, SeenError> {
        let text: Text = from_toml(text, |_, message| SeenError::Malformed(message))?;
        if text.version != 1 {
            return Err(SeenError::Version(text.version));
        }
        let mut seen = Seen::default();
        for (number, entry) in (1..).zip(&text.seen) {
            let wrong = |key| SeenError::Entry { number, key };
            let lei = Lei::parse(&entry.lei).map_err(|_| wrong("lei"))?;
            let link = SeenLink {
                sequence: sequence(&entry.sequence).ok_or(wrong("sequence"))?,
                digest: hex_32(&entry.digest).ok_or(wrong("digest"))?,
                as_of: entry.as_of.parse().map_err(|_| wrong("as-of"))?,
            };
            if seen.0.insert(lei, link).is_some() {
                return Err(wrong("lei"));
            }
        }
        if seen.0.len() != text.institutions {
            return Err(SeenError::Cut {
                expected: text.institutions,
            });
        }
        Ok(seen)
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "# The last attestation of each institution that this reader found to hold.\n\
             version = 1\ninstitutions = {}\n",
            self.0.len()
        );
        for (lei, seen) in &self.0 {
            // Sequence numbers may go beyond what TOML calls an integer: they are texts.
            let _ = write!(
                text,
                "\n[[seen]]\nlei = \"{lei}\"\nsequence = \"{}\"\ndigest = \"{}\"\nas-of = \"{}\"\n",
                seen.sequence,
                hex(&seen.digest),
                seen.as_of
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut seen = Seen::default();
        assert_eq!(Seen::parse(&seen.to_text()), Ok(seen.clone()));
        let lei = Lei::parse("N1GZ7BBF3NP8GI976H15").unwrap();
        let link = |sequence| Link {
            lei,
            sequence,
            digest: [7; 32],
            previous: [0; 32],
            as_of: -1,
        };
        seen.note(&link(u64::MAX));
        seen.note(&link(3));
        assert_eq!(seen.of(lei).unwrap().sequence, u64::MAX);
        // What was seen first under a number stays.
        seen.note(&Link {
            digest: [8; 32],
            ..link(u64::MAX)
        });
        assert_eq!(seen.of(lei).unwrap().digest, [7; 32]);
        assert_eq!(Seen::parse(&seen.to_text()), Ok(seen.clone()));
        // Nothing of a file that is not whole is believed.
        let text = seen.to_text();
        for (from, to) in [
            ("version = 1", "version = 2"),
            ("N1GZ", "N1GY"),
            ("digest = \"07", "digest = \"0"),
            ("as-of", "as_of"),
            ("\"18", "\"-18"),
            ("\"18446744073709551615\"", "\"0\""),
        ] {
            assert!(Seen::parse(&text.replacen(from, to, 1)).is_err(), "{from}");
        }
        // Cut anywhere but before the last line's end.
        for end in 0..text.len() - 1 {
            assert!(Seen::parse(&text[..end]).is_err(), "{end}");
        }
        let twice = format!("{text}{}", &text[text.find("\n[[seen]]").unwrap()..]);
        assert!(Seen::parse(&twice).is_err());
    }
}
