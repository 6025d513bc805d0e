//! Countersignatures: an auditor's word beside an attestation.
//!
//! It is looked at after the attestation, and says nothing in its place: whoever signed as the
//! institution is asked for all the same. It has to name this attestation and these commitments;
//! then each of its signatures is one of an auditor that the reader knows, or of a key that he does
//! not. A file that does not match is refused: somebody put it there to be believed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll_circuits::countersignature::{Commitments, Countersignature, CountersignatureError};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::envelope::KeyId;
use plimsoll_circuits::protocol::layout::Size;

use crate::check::Verifier;
use crate::policy::Policy;
use crate::verdict::{Auditor, Facts, Outcome, Refusal, Verdict};

/// What is added to the name of an attestation's file.
const EXTENSION: &str = ".countersigned";

/// Why a countersignature is refused: a closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CounterError {
    /// The file cannot be read as a countersignature.
    #[error("it cannot be read: {0}")]
    Unreadable(CountersignatureError),
    /// It is another attestation's.
    #[error("it belongs to another attestation")]
    OtherAttestation,
    /// It names other commitments than those of the proofs.
    #[error("the commitments that it names are not those of the proofs")]
    Commitments,
    /// Nobody signed it.
    #[error("nobody signed it")]
    Unsigned,
    /// A signature that names an auditor's key, and is not that key's.
    #[error("the signature that names key {0} is not that key's over it")]
    Signature(KeyId),
    /// A key of the institution itself.
    #[error("key {0} is the institution's own")]
    Own(KeyId),
}

/// Where the countersignature of an attestation is looked for.
pub fn beside(attestation: &Path) -> PathBuf {
    let mut name = attestation.as_os_str().to_owned();
    name.push(EXTENSION);
    PathBuf::from(name)
}

impl<S: Size> Verifier<S> {
    /// Adds to the verdict on an attestation who countersigned it as an auditor. A verdict that
    /// refuses stays as it is; one that holds, or cannot tell, is refused where the
    /// countersignature does not match.
    pub fn countersigned(
        &self,
        verdict: Verdict,
        attestation: &[u8],
        file: &[u8],
        policy: &Policy,
    ) -> Verdict {
        let Some(facts) = &verdict.facts else {
            return verdict;
        };
        if matches!(verdict.outcome, Outcome::Refused(_)) {
            return verdict;
        }
        match auditors::<S>(facts, attestation, file, policy) {
            Ok(auditors) => Verdict {
                facts: Some(Arc::new(Facts {
                    auditors,
                    ..Facts::clone(facts)
                })),
                ..verdict
            },
            Err(error) => Verdict {
                outcome: Outcome::Refused(Refusal::Countersignature(error)),
                ..verdict
            },
        }
    }
}

/// Who countersigned.
fn auditors<S: Size>(
    facts: &Facts,
    attestation: &[u8],
    file: &[u8],
    policy: &Policy,
) -> Result<Vec<Auditor>, CounterError> {
    let countersignature = Countersignature::decode(file).map_err(CounterError::Unreadable)?;
    if countersignature.attestation != facts.digest {
        return Err(CounterError::OtherAttestation);
    }
    let document = Document::decode(attestation, S::K).ok();
    let document = document.filter(|document| document.digest == facts.digest);
    let document = document.ok_or(CounterError::OtherAttestation)?;
    if Commitments::of::<S>(&document.attestation) != Some(countersignature.commitments) {
        return Err(CounterError::Commitments);
    }
    let envelope = &countersignature.envelope;
    let message = envelope.signed_bytes();
    let institution = policy.trust.institution(facts.statement.lei);
    let mut auditors = Vec::new();
    for signature in envelope.signatures() {
        let mut own = institution.into_iter().flat_map(|known| &known.keys);
        if own.any(|key| key.id() == signature.key) {
            return Err(CounterError::Own(signature.key));
        }
        let mut known = policy.trust.auditors.iter();
        let name = match known.find(|(_, key)| key.id() == signature.key) {
            None => None,
            Some((name, key)) if key.verifies(&message, &signature.bytes) => Some(name.clone()),
            Some(_) => return Err(CounterError::Signature(signature.key)),
        };
        let key = signature.key;
        auditors.push(Auditor { key, name });
    }
    if auditors.is_empty() {
        return Err(CounterError::Unsigned);
    }
    Ok(auditors)
}
