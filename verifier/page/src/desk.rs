//! What a reader lays beside an attestation: a trust file, rulebooks and snapshots that they
//! accept, and the envelopes in which those were signed. Which is which is told by its contents;
//! an envelope `FILE.dsse` is that of `FILE`, as on the command line.

use plimsoll_circuits::envelope::{Envelope, EnvelopeError, PayloadType};
use plimsoll_circuits::rulebook::{Rulebook, RulebookError};
use plimsoll_circuits::snapshot::{Snapshot, SnapshotError};
use plimsoll_verifier::accept::{self, BuiltinError};
use plimsoll_verifier::trust::{Accepted, Trust, TrustError};

/// Largest file beside an attestation, in bytes.
pub const MOST_BYTES: usize = 8 << 20;

const ENVELOPE: &str = ".dsse";

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whom and what the reader trusts.
    Trust,
    /// A rulebook.
    Rulebook,
    /// A market snapshot.
    Snapshot,
    /// The signatures over a rulebook or a snapshot.
    Envelope,
}

impl Kind {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Trust => "trust file",
            Kind::Rulebook => "rulebook",
            Kind::Snapshot => "snapshot",
            Kind::Envelope => "signatures",
        }
    }
}

/// A file that the reader laid on the desk and that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Larger than any file of its kind.
    #[error("larger than any file of its kind ({MOST_BYTES} bytes)")]
    TooLarge,
    /// Not text.
    #[error("not UTF-8")]
    NotText,
    /// Not TOML.
    #[error("neither a trust file nor a rulebook nor a snapshot: {0}")]
    NotToml(String),
    /// A second trust file.
    #[error("there is a trust file already")]
    SecondTrust,
    /// A trust file that is refused.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A rulebook that is refused.
    #[error(transparent)]
    Rulebook(#[from] RulebookError),
    /// A snapshot that is refused.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// An envelope that is none.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// An envelope of nothing on the desk.
    #[error("the file that it signs is not here")]
    Alone,
    /// What the trust file does not accept.
    #[error("the trust file accepts neither its digest nor a signature over it")]
    NotAccepted,
    /// The page was built wrongly.
    #[error(transparent)]
    Builtin(#[from] BuiltinError),
}

impl DeskError {
    /// The next step.
    pub fn hint(&self) -> String {
        let hint = match self {
            DeskError::TooLarge | DeskError::NotText | DeskError::NotToml(_) => {
                "an attestation has a name that ends in .plimsoll; the others are TOML"
            }
            DeskError::SecondTrust => "remove one of the two",
            DeskError::Trust(error) => error.hint(),
            DeskError::Rulebook(error) => return error.hint(),
            DeskError::Snapshot(error) => return error.hint(),
            DeskError::Envelope(_) => {
                "it is what `plimsoll sign` writes: ask its signer for it again"
            }
            DeskError::Alone => "FILE.dsse goes with FILE: add both",
            DeskError::NotAccepted => {
                "list its digest under [[rulebook]] or [[snapshot]], or add the envelope of a \
                 signer whom you trust, as FILE.dsse"
            }
            DeskError::Builtin(_) => "build the page again from a clean checkout",
        };
        hint.to_owned()
    }
}

/// The desk.
#[derive(Debug, Default)]
pub struct Desk {
    trust: Option<Trust>,
    rulebooks: Vec<(String, Rulebook)>,
    snapshots: Vec<(String, Snapshot)>,
    envelopes: Vec<(String, Vec<u8>)>,
}

/// Rulebooks and snapshots that the reader accepts.
pub type Accepts = (Vec<Rulebook>, Vec<Snapshot>);

/// The name of a file that cannot be used, and why.
pub type Unusable = (String, Box<DeskError>);

impl Desk {
    /// Lays a file on the desk.
    ///
    /// # Errors
    /// A file that is none of its kind; then nothing is checked, since a reader who believes to
    /// trust less than they do would be misled.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<Kind, DeskError> {
        if bytes.len() > MOST_BYTES {
            return Err(DeskError::TooLarge);
        }
        if let Some(signed) = name.strip_suffix(ENVELOPE) {
            self.envelopes.push((signed.to_owned(), bytes.to_vec()));
            return Ok(Kind::Envelope);
        }
        let text = str::from_utf8(bytes).map_err(|_| DeskError::NotText)?;
        let kind = kind(text)?;
        match kind {
            Kind::Trust if self.trust.is_some() => return Err(DeskError::SecondTrust),
            Kind::Trust => self.trust = Some(Trust::parse(text)?),
            Kind::Snapshot => {
                let snapshot = Snapshot::parse(text)?;
                self.snapshots.push((name.to_owned(), snapshot));
            }
            _ => {
                let rulebook = Rulebook::parse(text)?;
                self.rulebooks.push((name.to_owned(), rulebook));
            }
        }
        Ok(kind)
    }

    /// The trust file; nobody is trusted without one.
    pub fn trust(&self) -> Trust {
        self.trust.clone().unwrap_or_default()
    }

    /// What is accepted: of what is built in as much as the trust file lists, or every rulebook
    /// where nothing is named; and what lies here, as far as the trust file accepts it.
    ///
    /// # Errors
    /// The name of a file that cannot be used, and why.
    pub fn accepts(&self) -> Result<Accepts, Unusable> {
        let trust = self.trust.as_ref();
        let nameless = |error: BuiltinError| (String::new(), Box::new(error.into()));
        let mut rulebooks = Vec::new();
        if trust.is_some() || self.rulebooks.is_empty() {
            rulebooks = accept::rulebooks(trust).map_err(nameless)?;
        }
        let mut snapshots = accept::snapshots(trust).map_err(nameless)?;
        let by = trust.map(|trust| &trust.rulebooks);
        for (name, one) in &self.rulebooks {
            self.accepted(
                name,
                by,
                PayloadType::Rulebook,
                &one.canonical(),
                one.digest(),
            )?;
            rulebooks.push(one.clone());
        }
        let by = trust.map(|trust| &trust.snapshots);
        for (name, one) in &self.snapshots {
            self.accepted(
                name,
                by,
                PayloadType::Snapshot,
                &one.canonical(),
                one.digest(),
            )?;
            snapshots.push(one.clone());
        }
        let named = |signed: &String| {
            let mut names = self.rulebooks.iter().map(|(name, _)| name);
            let mut others = self.snapshots.iter().map(|(name, _)| name);
            names.any(|name| name == signed) || others.any(|name| name == signed)
        };
        match self.envelopes.iter().find(|(signed, _)| !named(signed)) {
            Some((signed, _)) => Err((format!("{signed}{ENVELOPE}"), Box::new(DeskError::Alone))),
            None => Ok((rulebooks, snapshots)),
        }
    }

    fn accepted(
        &self,
        name: &str,
        by: Option<&Accepted>,
        kind: PayloadType,
        canonical: &[u8],
        digest: [u8; 32],
    ) -> Result<(), Unusable> {
        let mut envelopes = self.envelopes.iter();
        let envelope = envelopes.find(|(signed, _)| signed == name);
        let envelope = envelope
            .map(|(_, bytes)| Envelope::decode(bytes, kind, MOST_BYTES))
            .transpose()
            .map_err(|error| (format!("{name}{ENVELOPE}"), Box::new(error.into())))?;
        match by {
            Some(by) if !by.accepts(canonical, digest, envelope.as_ref()) => {
                Err((name.to_owned(), Box::new(DeskError::NotAccepted)))
            }
            _ => Ok(()),
        }
    }
}

/// Told by the keys that only one of the three has. Where the file is cut short, its lines are
/// looked at instead, so that whoever has to mend it is told by the one who reads it.
fn kind(text: &str) -> Result<Kind, DeskError> {
    let table = toml::from_str::<toml::Table>(text);
    let has = |key: &str| match &table {
        Ok(table) => table.contains_key(key),
        Err(_) => text.lines().any(|line| {
            let line = line.trim_start_matches('[');
            let rest = line.strip_prefix(key);
            rest.is_some_and(|rest| rest.trim_start().starts_with(['=', ']']))
        }),
    };
    let kinds = [
        (Kind::Trust, ["version", "institution"]),
        (Kind::Snapshot, ["base", "rates"]),
        (Kind::Rulebook, ["title", "class"]),
    ];
    let found = kinds
        .iter()
        .find(|(_, keys)| keys.iter().any(|key| has(key)));
    match (found, &table) {
        (Some((kind, _)), _) => Ok(*kind),
        // Some file of ours with its keys misspelt: the strictest reader says which.
        (None, Ok(_)) => Ok(Kind::Rulebook),
        (None, Err(error)) => Err(DeskError::NotToml(error.message().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_what_is_in_it() {
        for (text, expected) in [
            ("version = 1", Kind::Trust),
            ("[[institution]]\nlei = \"x", Kind::Trust),
            ("base = \"USD\"\n[rates]", Kind::Snapshot),
            ("at = 1\n[rates]\nEUR", Kind::Snapshot),
            ("name = \"x\"\n[[class]]", Kind::Rulebook),
            ("# version = 1\ntitle = \"x\"", Kind::Rulebook),
        ] {
            assert_eq!(kind(text).ok(), Some(expected), "{text}");
        }
        assert!(matches!(kind("nothing at all"), Err(DeskError::NotToml(_))));
    }

    #[test]
    fn an_envelope_needs_what_it_signs() {
        let mut desk = Desk::default();
        assert_eq!(
            desk.add("prices.toml.dsse", b"{}").ok(),
            Some(Kind::Envelope)
        );
        let (name, error) = desk.accepts().unwrap_err();
        assert_eq!(name, "prices.toml.dsse");
        assert!(matches!(*error, DeskError::Alone));
    }

    #[test]
    fn there_is_one_trust_file() {
        let mut desk = Desk::default();
        assert_eq!(desk.add("a.toml", b"version = 1").ok(), Some(Kind::Trust));
        let second = desk.add("b.toml", b"version = 1");
        assert!(matches!(second, Err(DeskError::SecondTrust)));
    }
}
