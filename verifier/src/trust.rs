//! Whom and what a reader trusts: the trust file.
//!
//! TOML; an example is `fixtures/trust/trust.toml`.
//!
//! | key | what |
//! | --- | --- |
//! | `version` | 1 |
//! | `max-age-days` | oldest that is accepted, in days from the as-of time; any if left out |
//! | `claims` | what must be claimed at least, such as `["cet1>=7%"]` |
//! | `without` | modules that these claims may do without |
//! | `[[institution]]` | `lei`, `name`, `keys` (`ed25519:BASE64` each), `signatures`: how many of them must have signed, 1 if left out; `max-age-days`, `claims`, `without` of its own, which count instead |
//! | … `vouched-by` | names of data owners, each of whom must vouch for part of its exposures |
//! | `[[data-owner]]` | `name`, `key`: whose vouchers the reader believes; several keys of one name are one owner's |
//! | `[[rulebook]]`, `[[snapshot]]` | `name`, `digest`: accepted by digest |
//! | `[[auditor]]` | `name`, `key`: whose countersignatures are shown by name; never a key of an institution |
//! | `[[rulebook-signer]]`, `[[oracle]]` | `name`, `key`: what this key signed is accepted |
//!
//! Unknown keys are refused, errors name line and column. Keys come to the reader by a way of
//! their own: a key that came with an attestation vouches for nothing.

mod read;

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::envelope::{Envelope, KeyId, PublicKey};

pub use read::{TrustError, TrustProblem};

/// Largest trust file that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// An institution whose attestations the reader takes from these keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// Its identifier.
    pub lei: Lei,
    /// Its name, the reader's word.
    pub name: String,
    /// Its keys, each once.
    pub keys: Vec<PublicKey>,
    /// How many of them must have signed; at least one.
    pub signatures: usize,
    /// What it must claim, instead of the claims for all.
    pub claims: Option<Vec<Claim>>,
    /// Modules that its claims may do without, instead of those for all.
    pub without: Option<Vec<String>>,
    /// Largest age in seconds, instead of the one for all.
    pub max_age: Option<u64>,
    /// Names of the data owners each of whom must vouch for part of its exposures.
    pub vouched_by: Vec<String>,
}

/// What is accepted by digest, or by the signature of one of these keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Digests and the names that the reader gives them.
    pub digests: Vec<(String, [u8; 32])>,
    /// Keys and the names that the reader gives them.
    pub signers: Vec<(String, PublicKey)>,
}

impl Accepted {
    const NOTHING: Accepted = Accepted {
        digests: Vec::new(),
        signers: Vec::new(),
    };

    /// Whether these canonical bytes are accepted: by their digest, or by an envelope around
    /// exactly these bytes that one of the keys signed.
    pub fn accepts(&self, canonical: &[u8], digest: [u8; 32], signed: Option<&Envelope>) -> bool {
        let by_signature = |envelope: &Envelope| {
            let mut signers = self.signers.iter();
            envelope.payload == canonical
                && signers.any(|(_, key)| envelope.check(key) == Some(true))
        };
        self.digests.iter().any(|(_, known)| *known == digest) || signed.is_some_and(by_signature)
    }
}

/// Whom and what a reader trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Institutions, each once.
    pub institutions: Vec<Institution>,
    /// Names and keys of data owners: whose word is whose. Each key once.
    pub data_owners: Vec<(String, PublicKey)>,
    /// Auditors: the names that the reader gives them, and their keys, each once.
    pub auditors: Vec<(String, PublicKey)>,
    /// Rulebooks.
    pub rulebooks: Accepted,
    /// Snapshots; the one in which the reporting currency alone has a rate is always accepted.
    pub snapshots: Accepted,
    /// What every institution must claim.
    pub claims: Vec<Claim>,
    /// Modules that these claims may do without.
    pub without: Vec<String>,
    /// Largest age in seconds.
    pub max_age: Option<u64>,
}

impl Trust {
    /// Nobody is trusted, nothing is asked for.
    pub const NOBODY: Trust = Trust {
        institutions: Vec::new(),
        data_owners: Vec::new(),
        auditors: Vec::new(),
        rulebooks: Accepted::NOTHING,
        snapshots: Accepted::NOTHING,
        claims: Vec::new(),
        without: Vec::new(),
        max_age: None,
    };

    /// The institution with this identifier.
    pub fn institution(&self, lei: Lei) -> Option<&Institution> {
        self.institutions.iter().find(|known| known.lei == lei)
    }

    /// The name of the data owner with this key.
    pub fn data_owner(&self, key: KeyId) -> Option<&str> {
        let known = self.data_owners.iter().find(|(_, known)| known.id() == key);
        known.map(|(name, _)| name.as_str())
    }
}
