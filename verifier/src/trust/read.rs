//! Reading a trust file.

use std::ops::Range;

use plimsoll_circuits::book::{Lei, LeiError};
use plimsoll_circuits::claim::{Claim, ClaimError};
use plimsoll_circuits::envelope::{KeyError, PublicKey, hex_32};
use plimsoll_circuits::text::{Position, from_toml, quiet};
use serde::Deserialize;
use toml::Spanned;

use super::{Accepted, Institution, MAX_BYTES, Trust};

const SECONDS_PER_DAY: u64 = 86_400;
/// Most days of an age: a hundred years.
const MOST_DAYS: u64 = 36_525;

/// A trust file that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Not TOML, or not the fields of a trust file.
    #[error("trust file, {at}: {}", quiet(message))]
    Malformed {
        /// Where.
        at: Position,
        /// What the TOML reader says.
        message: String,
    },
    /// A value that breaks a rule of trust files.
    #[error("trust file, {at}: `{key}`: {problem}")]
    Invalid {
        /// Where.
        at: Position,
        /// Which key.
        key: &'static str,
        /// What is wrong.
        problem: TrustProblem,
    },
    /// Larger than any.
    #[error("the trust file is larger than {MAX_BYTES} bytes")]
    TooLarge,
}

/// What is wrong with one value of a trust file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustProblem {
    /// Another version.
    #[error("version 1 is known here")]
    Version,
    /// Not an identifier.
    #[error(transparent)]
    Lei(#[from] LeiError),
    /// Not a key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Not a claim, or two on one ratio.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// Not a digest.
    #[error("a digest is written as 64 lower-case hexadecimal digits")]
    Digest,
    /// It stands there twice.
    #[error("stands here a second time")]
    Duplicate,
    /// More signatures than keys, or none.
    #[error("has to be at least 1, and at most the number of keys")]
    Signatures,
    /// A name that no data owner of the file has.
    #[error("is not the name of a `[[data-owner]]` of this file")]
    DataOwner,
    /// No key.
    #[error("needs at least one key")]
    NoKey,
    /// An age out of range.
    #[error("has to be a number of days from 1 to {MOST_DAYS}")]
    Age,
    /// A name that is empty, too long, or has control characters.
    #[error("has to be 1 to 120 printable characters")]
    Name,
}

impl TrustError {
    /// What to do next, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            TrustError::TooLarge => "split it",
            TrustError::Malformed { .. } => {
                "unknown keys are refused: [[institution]] has lei, name and keys, [[auditor]] and \
                 [[data-owner]] name and key, [[rulebook]] and [[snapshot]] name and digest"
            }
            TrustError::Invalid { problem, .. } => match problem {
                TrustProblem::Version => "write version = 1, or use a program that knows this one",
                TrustProblem::Lei(_) => "copy the LEI from the GLEIF register",
                TrustProblem::Key(_) => {
                    "copy the line that `plimsoll keys public` prints, without the name behind it"
                }
                TrustProblem::Claim(error) => error.hint(),
                TrustProblem::Digest => "copy the digest from `plimsoll-verify --json`",
                TrustProblem::Duplicate => "remove one of the two",
                TrustProblem::Signatures | TrustProblem::NoKey => {
                    "name the institution's keys, and how many of them must have signed"
                }
                TrustProblem::DataOwner => "add the data owner, with its key",
                TrustProblem::Age => "write a whole number of days, such as 120",
                TrustProblem::Name => "shorten the name",
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TrustText {
    version: Spanned<u64>,
    max_age_days: Option<Spanned<u64>>,
    #[serde(default)]
    claims: Vec<Spanned<String>>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    institution: Vec<InstitutionText>,
    #[serde(default)]
    data_owner: Vec<SignerText>,
    #[serde(default)]
    auditor: Vec<SignerText>,
    #[serde(default)]
    rulebook: Vec<DigestText>,
    #[serde(default)]
    rulebook_signer: Vec<SignerText>,
    #[serde(default)]
    snapshot: Vec<DigestText>,
    #[serde(default)]
    oracle: Vec<SignerText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct InstitutionText {
    lei: Spanned<String>,
    name: Spanned<String>,
    keys: Spanned<Vec<Spanned<String>>>,
    signatures: Option<Spanned<u64>>,
    claims: Option<Vec<Spanned<String>>>,
    without: Option<Vec<String>>,
    max_age_days: Option<Spanned<u64>>,
    #[serde(default)]
    vouched_by: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DigestText {
    name: Spanned<String>,
    digest: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignerText {
    name: Spanned<String>,
    key: Spanned<String>,
}

impl Trust {
    /// Reads and checks a trust file; its form stands in [`crate::trust`].
    ///
    /// # Errors
    /// Names line, column and key of the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Trust, TrustError> {
        if text.len() > MAX_BYTES {
            return Err(TrustError::TooLarge);
        }
        let fields: TrustText = from_toml(text, |at, message| TrustError::Malformed {
            at: at.unwrap_or_default(),
            message,
        })?;
        Reader(text).trust(fields)
    }
}

struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn wrong(
        &self,
        span: Range<usize>,
        key: &'static str,
        problem: impl Into<TrustProblem>,
    ) -> TrustError {
        TrustError::Invalid {
            at: Position::of(self.0, span.start),
            key,
            problem: problem.into(),
        }
    }

    fn trust(&self, fields: TrustText) -> Result<Trust, TrustError> {
        if *fields.version.get_ref() != 1 {
            return Err(self.wrong(fields.version.span(), "version", TrustProblem::Version));
        }
        let data_owners = self.named(&fields.data_owner, &[])?;
        let mut institutions: Vec<Institution> = Vec::with_capacity(fields.institution.len());
        for text in &fields.institution {
            let institution = self.institution(text, &data_owners)?;
            if institutions
                .iter()
                .any(|known| known.lei == institution.lei)
            {
                return Err(self.wrong(text.lei.span(), "lei", TrustProblem::Duplicate));
            }
            institutions.push(institution);
        }
        let auditors = self.named(&fields.auditor, &institutions)?;
        Ok(Trust {
            institutions,
            data_owners,
            auditors,
            rulebooks: self.accepted(&fields.rulebook, &fields.rulebook_signer)?,
            snapshots: self.accepted(&fields.snapshot, &fields.oracle)?,
            claims: self.claims(&fields.claims)?,
            without: fields.without,
            max_age: self.age(fields.max_age_days.as_ref())?,
        })
    }

    /// Names and their keys, each key once: with two names it would be whoever was asked for. None
    /// is in a list of `taken` ones: a signature counts in one role.
    fn named(
        &self,
        texts: &[SignerText],
        taken: &[Institution],
    ) -> Result<Vec<(String, PublicKey)>, TrustError> {
        let mut all: Vec<(String, PublicKey)> = Vec::with_capacity(texts.len());
        for text in texts {
            let key = self.key(&text.key)?;
            let mut owned = taken.iter().flat_map(|known| &known.keys);
            if all.iter().any(|(_, known)| *known == key) || owned.any(|known| *known == key) {
                return Err(self.wrong(text.key.span(), "key", TrustProblem::Duplicate));
            }
            all.push((self.name(&text.name)?, key));
        }
        Ok(all)
    }

    fn institution(
        &self,
        text: &InstitutionText,
        data_owners: &[(String, PublicKey)],
    ) -> Result<Institution, TrustError> {
        let lei = Lei::parse(text.lei.get_ref())
            .map_err(|error| self.wrong(text.lei.span(), "lei", error))?;
        let mut keys: Vec<PublicKey> = Vec::new();
        for key in text.keys.get_ref() {
            let parsed = self.key(key)?;
            // The same key twice would count as two signatures.
            if keys.contains(&parsed) {
                return Err(self.wrong(key.span(), "keys", TrustProblem::Duplicate));
            }
            keys.push(parsed);
        }
        if keys.is_empty() {
            return Err(self.wrong(text.keys.span(), "keys", TrustProblem::NoKey));
        }
        let signatures = match &text.signatures {
            None => 1,
            Some(number) => usize::try_from(*number.get_ref())
                .ok()
                .filter(|n| (1..=keys.len()).contains(n))
                .ok_or_else(|| self.wrong(number.span(), "signatures", TrustProblem::Signatures))?,
        };
        let mut vouched_by = Vec::with_capacity(text.vouched_by.len());
        for name in &text.vouched_by {
            if data_owners.iter().all(|(known, _)| known != name.get_ref()) {
                let problem = TrustProblem::DataOwner;
                return Err(self.wrong(name.span(), "vouched-by", problem));
            }
            vouched_by.push(name.get_ref().clone());
        }
        let claims = text.claims.as_deref().map(|claims| self.claims(claims));
        Ok(Institution {
            lei,
            name: self.name(&text.name)?,
            keys,
            signatures,
            claims: claims.transpose()?,
            without: text.without.clone(),
            max_age: self.age(text.max_age_days.as_ref())?,
            vouched_by,
        })
    }

    fn accepted(
        &self,
        digests: &[DigestText],
        signers: &[SignerText],
    ) -> Result<Accepted, TrustError> {
        let mut accepted = Accepted::default();
        for text in digests {
            let digest = hex_32(text.digest.get_ref())
                .ok_or_else(|| self.wrong(text.digest.span(), "digest", TrustProblem::Digest))?;
            accepted.digests.push((self.name(&text.name)?, digest));
        }
        for text in signers {
            let key = self.key(&text.key)?;
            accepted.signers.push((self.name(&text.name)?, key));
        }
        Ok(accepted)
    }

    fn key(&self, text: &Spanned<String>) -> Result<PublicKey, TrustError> {
        PublicKey::parse(text.get_ref()).map_err(|error| self.wrong(text.span(), "key", error))
    }

    fn claims(&self, texts: &[Spanned<String>]) -> Result<Vec<Claim>, TrustError> {
        let mut claims: Vec<Claim> = Vec::new();
        for text in texts {
            let wrong = |error: ClaimError| self.wrong(text.span(), "claims", error);
            let claim = Claim::parse(text.get_ref()).map_err(wrong)?;
            if claims.iter().any(|known| known.ratio == claim.ratio) {
                return Err(wrong(ClaimError::Duplicate(claim.ratio)));
            }
            claims.push(claim);
        }
        Ok(claims)
    }

    fn age(&self, days: Option<&Spanned<u64>>) -> Result<Option<u64>, TrustError> {
        let Some(days) = days else {
            return Ok(None);
        };
        if !(1..=MOST_DAYS).contains(days.get_ref()) {
            return Err(self.wrong(days.span(), "max-age-days", TrustProblem::Age));
        }
        Ok(Some(days.get_ref() * SECONDS_PER_DAY))
    }

    fn name(&self, text: &Spanned<String>) -> Result<String, TrustError> {
        let name = text.get_ref();
        let good = (1..=120).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if !good {
            return Err(self.wrong(text.span(), "name", TrustProblem::Name));
        }
        Ok(name.clone())
    }
}
