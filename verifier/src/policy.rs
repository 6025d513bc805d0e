//! What a reader insists on: signatures, freshness, claims.
//!
//! A [`Policy`] looks at what is already known of an attestation and does no cryptography:
//! signatures are checked when it is read, proofs when it is [loaded](crate::Verifier::load). So
//! the same answer can be asked for again before every trade, with the clock as it is then.

use std::sync::Arc;

use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::statement::Statement;

use crate::trust::Trust;
use crate::verdict::{Facts, Outcome, Refusal, Unknown, Verdict};

const DAY: u64 = 86_400;

/// What the reader takes for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// No clock: no date is refused.
    #[default]
    None,
    /// This moment, seconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// The clock of this machine, read at each check.
    #[cfg(not(target_family = "wasm"))]
    System,
}

impl Clock {
    fn now(self) -> Option<i64> {
        match self {
            Clock::None => None,
            Clock::At(now) => Some(now),
            #[cfg(not(target_family = "wasm"))]
            Clock::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                // A clock before 1970 is wrong: to it every date lies in the future.
                let seconds = since.map_or(0, |since| since.as_secs());
                Some(i64::try_from(seconds).unwrap_or(i64::MAX))
            }
        }
    }
}

/// What the reader insists on.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Whether an attestation that no trusted key signed is looked at.
    pub unsigned: bool,
    /// The reader's clock.
    pub clock: Clock,
    /// Largest age in seconds, from the as-of time; a shorter one of the trust file goes before.
    pub max_age: Option<u64>,
    /// Whom the reader trusts, and what they must claim.
    pub trust: Trust,
}

/// An attestation whose proofs were verified. Whether it is fresh, claims enough, and is signed by
/// enough keys is for [`Policy::check`] to say, each time anew.
#[derive(Clone, Debug)]
pub struct Loaded(pub(crate) Arc<Facts>);

impl Loaded {
    /// What it states.
    pub fn facts(&self) -> &Facts {
        &self.0
    }

    /// Its digest, computed when it was loaded.
    pub fn digest(&self) -> [u8; 32] {
        self.0.digest
    }
}

impl Policy {
    /// The mathematics alone, at any time.
    pub const UNSIGNED: Policy = Policy {
        unsigned: true,
        clock: Clock::None,
        max_age: None,
        trust: Trust::NOBODY,
    };

    /// The answer about an attestation that was verified before. A few comparisons: signatures
    /// were checked against this policy's keys when it was loaded, so that a key which the trust
    /// file has dropped since no longer counts, and one that was added counts from the next load.
    pub fn check(&self, attestation: &Loaded) -> Verdict {
        let facts = &attestation.0;
        let problem = self
            .signed(facts)
            .or_else(|| self.vouched(facts))
            .or_else(|| self.content(facts));
        Verdict {
            outcome: problem.unwrap_or(Outcome::Holds),
            facts: Some(Arc::clone(facts)),
        }
    }

    /// What is wrong with what is said and when.
    pub(crate) fn content(&self, facts: &Facts) -> Option<Outcome> {
        let statement = &facts.statement;
        let refusal = self
            .dated(statement)
            .or_else(|| self.fresh(statement))
            .or_else(|| self.claims(statement));
        refusal.map(Outcome::Refused)
    }

    /// Whether enough trusted keys signed.
    pub(crate) fn signed(&self, facts: &Facts) -> Option<Outcome> {
        if self.unsigned {
            return None;
        }
        self.signatures(facts)
    }

    /// Whether it may speak for its institution: enough of the keys signed that the reader trusts
    /// with it. Of an institution that the reader knows no keys of, anything may.
    pub(crate) fn speaks(&self, facts: &Facts) -> bool {
        let institution = self.trust.institution(facts.statement.lei);
        institution.is_none() || self.signatures(facts).is_none()
    }

    /// What is missing of the signatures that the reader asks for.
    fn signatures(&self, facts: &Facts) -> Option<Outcome> {
        let statement = &facts.statement;
        if facts.signers.is_empty() && facts.strangers.is_empty() {
            return Some(Outcome::CannotTell(Unknown::Unsigned));
        }
        let institution = self.trust.institution(statement.lei);
        let nobody = || Outcome::CannotTell(Unknown::NoTrustedKey(statement.lei.to_string()));
        let Some(institution) = institution else {
            return Some(nobody());
        };
        let known = |id| institution.keys.iter().any(|key| key.id() == id);
        let valid = facts.signers.iter().filter(|id| known(**id)).count();
        let needed = institution.signatures.max(1);
        if valid == 0 {
            return Some(nobody());
        }
        (valid < needed).then_some(Outcome::CannotTell(Unknown::TooFewSignatures {
            valid,
            needed,
        }))
    }

    /// Whether everybody vouches whom the reader asks of this institution. An attestation of the
    /// mathematics alone is asked for nobody's word.
    pub(crate) fn vouched(&self, facts: &Facts) -> Option<Outcome> {
        if self.unsigned {
            return None;
        }
        let institution = self.trust.institution(facts.statement.lei)?;
        let known = |name: &String| {
            let mut keys = facts.vouched.iter().map(|voucher| voucher.key);
            keys.any(|key| self.trust.data_owner(key) == Some(name))
        };
        let missing = institution.vouched_by.iter().find(|name| !known(name))?;
        Some(Outcome::CannotTell(Unknown::NotVouched(missing.clone())))
    }

    /// Whether it lies in the future.
    pub(crate) fn dated(&self, statement: &Statement) -> Option<Refusal> {
        let now = self.clock.now()?;
        (statement.as_of > now).then_some(Refusal::Future)
    }

    /// Whether it is too old.
    pub(crate) fn fresh(&self, statement: &Statement) -> Option<Refusal> {
        let now = self.clock.now()?;
        let institution = self.trust.institution(statement.lei);
        let of_trust = institution
            .and_then(|institution| institution.max_age)
            .or(self.trust.max_age);
        let most = match (self.max_age, of_trust) {
            (Some(one), Some(other)) => one.min(other),
            (one, other) => one.or(other)?,
        };
        // 128 bits: the as-of time may be any number.
        let age = i128::from(now) - i128::from(statement.as_of);
        let days = u64::try_from(age / i128::from(DAY)).unwrap_or(u64::MAX);
        (age > i128::from(most)).then_some(Refusal::TooOld {
            days,
            most: most / DAY,
        })
    }

    /// Whether it claims what the reader asks for.
    pub(crate) fn claims(&self, statement: &Statement) -> Option<Refusal> {
        let institution = self.trust.institution(statement.lei);
        let asked = institution
            .and_then(|institution| institution.claims.as_ref())
            .unwrap_or(&self.trust.claims);
        let claimed = |asked: &Claim| {
            let mut claims = statement.claims.iter();
            claims.any(|made| made.ratio == asked.ratio && made.threshold >= asked.threshold)
        };
        if let Some(missing) = asked.iter().find(|asked| !claimed(asked)) {
            return Some(Refusal::Weaker(*missing));
        }
        // A claim that leaves modules out is weaker than one that does not.
        if asked.is_empty() {
            return None;
        }
        let accepted = institution
            .and_then(|institution| institution.without.as_ref())
            .unwrap_or(&self.trust.without);
        let mut without = statement.without.iter();
        let module = without.find(|module| !accepted.contains(module))?;
        Some(Refusal::Without(module.clone()))
    }
}
