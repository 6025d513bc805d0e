//! Papers that are held against one attestation: disclosures and receipts.

use std::path::Path;

use super::sources::{self, Given};
use super::{Cli, UsageError, policy};
use crate::disclosed::{Disclosed, Undisclosed};
use crate::policy::Policy;
use crate::received::received;
use crate::report;
use crate::trust::Trust;
use crate::verdict::{Outcome, Verdict};

/// An attestation, its name, and its countersignature.
type One<'a> = (&'a str, &'a [u8], Option<&'a [u8]>);

/// The one that is named.
fn one(given: &Given) -> Result<One<'_>, UsageError> {
    let (names, files) = (&given.names[..], &given.files[..]);
    match (names, files, &given.countersignatures[..]) {
        ([name], [file], [beside]) => Ok((name, file, beside.as_deref())),
        _ => Err(UsageError::OneAttestation),
    }
}

/// What a disclosure shows of the one attestation that is named.
fn disclosed(
    cli: &Cli,
    path: &Path,
    policy: &Policy,
    given: &Given,
) -> Result<(String, Disclosed), UsageError> {
    let (_, attestation, beside) = one(given)?;
    let (file, bytes) = sources::disclosure(path)?;
    let mut verifier = sources::verifier(cli, cli.trust.as_ref().map(|_| &policy.trust))?;
    let mut disclosed = verifier.disclosed(attestation, &bytes, policy);
    if let Some(beside) = beside {
        disclosed.verdict = verifier.countersigned(disclosed.verdict, attestation, beside, policy);
        if disclosed.verdict.outcome != Outcome::Holds && disclosed.records.is_ok() {
            disclosed.records = Err(Undisclosed::Attestation);
        }
    }
    Ok((file, disclosed))
}

/// A disclosure, against the one attestation that is named.
pub(super) fn disclosure(
    cli: &Cli,
    path: &Path,
    trust: Option<Trust>,
    given: &Given,
) -> Result<(String, u8), UsageError> {
    let policy = policy(cli, trust);
    let (name, ..) = one(given)?;
    let (file, disclosed) = disclosed(cli, path, &policy, given)?;
    let text = match cli.json {
        true => format!("{:#}\n", report::disclosed::json(&file, name, &disclosed)),
        false => report::disclosed::page(&file, name, &disclosed),
    };
    Ok((text, disclosed.exit_status()))
}

/// A receipt; against the attestation and the disclosure that are named, if any.
pub(super) fn receipt(
    cli: &Cli,
    path: &Path,
    trust: Option<Trust>,
    given: &Given,
) -> Result<(String, u8), UsageError> {
    let (name, bytes) = sources::receipt(path)?;
    let policy = policy(cli, trust);
    let shown = match &cli.disclosure {
        Some(path) => Some(disclosed(cli, path, &policy, given)?.1),
        None => None,
    };
    let checked: Option<Verdict> = match &shown {
        Some(shown) => Some(shown.verdict.clone()),
        None if given.files.is_empty() => None,
        None => {
            let (_, attestation, beside) = one(given)?;
            let trust = cli.trust.as_ref().map(|_| &policy.trust);
            let mut verifier = sources::verifier(cli, trust)?;
            let verdict = verifier.check(attestation, &policy);
            Some(match beside {
                Some(beside) => verifier.countersigned(verdict, attestation, beside, &policy),
                None => verdict,
            })
        }
    };
    let received = received(&bytes, &policy, checked.as_ref(), shown.as_ref());
    let text = match cli.json {
        true => format!("{:#}\n", report::received::json(&name, &received)),
        false => report::received::page(&name, &received),
    };
    Ok((text, received.exit_status()))
}
