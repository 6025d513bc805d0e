//! A signer behind a command: an HSM, a smart card, a machine without a network.

use std::io::{Read, Write};
use std::process::{self, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_circuits::envelope::SIGNATURE_BYTES;

use super::{KeyFailure, Owned};

/// A signature in base64 with white space around it is far shorter.
const MOST_ANSWER: u64 = 4096;

/// A command that signs what it gets on standard input.
#[derive(Clone, Debug)]
pub struct Command {
    line: String,
    pub(super) public: Owned,
}

impl Command {
    /// From a command line, split at white space: no shell looks at it.
    pub fn new(line: &str, public: Owned) -> Command {
        Command {
            line: line.to_owned(),
            public,
        }
    }

    fn failed(&self, what: impl ToString) -> KeyFailure {
        KeyFailure::Signer {
            command: self.line.clone(),
            what: what.to_string(),
        }
    }

    /// Runs it.
    pub(super) fn sign(&self, bytes: &[u8]) -> Result<[u8; SIGNATURE_BYTES], KeyFailure> {
        let mut words = self.line.split_whitespace();
        let program = words
            .next()
            .ok_or_else(|| self.failed("names no program"))?;
        let mut child = process::Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| self.failed(error))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let mut answer = Vec::new();
        let heard = std::thread::scope(|scope| {
            // It may answer before it has read everything, so that both ends are kept moving; one
            // that reads no further says so by its answer.
            scope.spawn(move || input.map(|mut input| input.write_all(bytes)));
            match output {
                Some(output) => output.take(MOST_ANSWER).read_to_end(&mut answer),
                None => Ok(0),
            }
        });
        heard.map_err(|error| self.failed(error))?;
        let status = child.wait().map_err(|error| self.failed(error))?;
        if !status.success() {
            return Err(self.failed(status));
        }
        signature_of(&answer).ok_or_else(|| self.failed("its answer is not a signature"))
    }
}

/// 64 bytes as they are, or base64 with white space around it.
fn signature_of(answer: &[u8]) -> Option<[u8; SIGNATURE_BYTES]> {
    if let Ok(raw) = answer.try_into() {
        return Some(raw);
    }
    let decoded = STANDARD.decode(answer.trim_ascii()).ok()?;
    decoded.try_into().ok()
}
