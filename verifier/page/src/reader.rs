//! Checks what is asked, and answers with an object for the page to show.

use std::fmt;

use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::{ParamsError, PublicParams};
use plimsoll_circuits::text::visible;
use plimsoll_verifier::accept::BuiltinError;
use plimsoll_verifier::chain::Seen;
use plimsoll_verifier::report::{self, Sheet};
use plimsoll_verifier::{Clock, Policy, Step, Verifier, accept};
use serde_json::{Value, json};

use crate::desk::{Desk, DeskError};

/// A page that cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The parameters in the page are not the pinned ones.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// Something built in does not parse.
    #[error(transparent)]
    Builtin(#[from] BuiltinError),
}

/// The files of one question.
#[derive(Debug, Default)]
pub struct Asked {
    /// Attestations: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// What lies beside them: name and bytes.
    pub beside: Vec<(String, Vec<u8>)>,
    /// Whether an attestation that no trusted key signed is looked at: the mathematics alone.
    pub unsigned: bool,
    /// Now, seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
}

/// A verifier whose keys stay from one question to the next.
pub struct Reader(Verifier<Standard>);

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Reader {
    /// Reads the parameters; their digest is checked first.
    ///
    /// # Errors
    /// A page that was built wrongly, or was altered.
    pub fn new(params: &[u8]) -> Result<Reader, StartError> {
        let params = PublicParams::from_bytes(Standard::K, params)?;
        let (rulebooks, snapshots) = (accept::rulebooks(None)?, accept::snapshots(None)?);
        Ok(Reader(Verifier::trusting(
            params.into(),
            rulebooks,
            snapshots,
        )))
    }

    /// The answer: a problem with what lies beside the attestations, or a verdict on each.
    pub fn answer(&mut self, asked: &Asked, say: &mut dyn FnMut(Step)) -> Value {
        let mut desk = Desk::default();
        let mut beside = Vec::new();
        for (name, bytes) in &asked.beside {
            match desk.add(name, bytes) {
                Ok(kind) => beside.push(json!({ "name": visible(name), "kind": kind.name() })),
                Err(error) => return problem(name, &error),
            }
        }
        match desk.accepts() {
            Ok((rulebooks, snapshots)) => self.0.trust(rulebooks, snapshots),
            Err((name, error)) => return problem(&name, &error),
        }
        let policy = Policy {
            unsigned: asked.unsigned,
            clock: Clock::At(asked.now),
            max_age: None,
            trust: desk.trust(),
        };
        let bytes: Vec<&[u8]> = asked.files.iter().map(|(_, bytes)| &bytes[..]).collect();
        let verdicts = self
            .0
            .check_all_with(&bytes, &policy, &Seen::default(), say);
        let shown = asked
            .files
            .iter()
            .zip(&verdicts)
            .map(|((name, _), verdict)| {
                let name = visible(name);
                json!({
                    "name": name,
                    "sheet": Sheet::of(verdict),
                    "hint": verdict.outcome.hint_in_window(),
                    "json": report::json(&name, verdict),
                })
            });
        json!({ "beside": beside, "verdicts": shown.collect::<Vec<_>>() })
    }
}

/// Something is wrong with what the reader gave, not with an attestation.
fn problem(name: &str, error: &DeskError) -> Value {
    json!({ "problem": { "name": visible(name), "text": visible(&error.to_string()), "hint": error.hint() } })
}

/// A step in words, and what part of the work is behind it, in thousandths: measured once, for a
/// bar that moves.
pub fn told(step: Step) -> (String, u32) {
    match step {
        Step::Key(circuit) => (format!("building the key of {}", circuit.name()), 500),
        Step::Proofs(1) => ("verifying one proof".to_owned(), 650),
        Step::Proofs(count) => (format!("verifying {count} proofs"), 650),
    }
}
