//! What each subcommand does. Results go to standard output, everything else to standard error.

mod assess;
mod bench;
mod countersign;
mod demo;
mod disclose;
mod history;
mod import;
mod keys;
mod manual;
mod params;
mod prove;
mod receipt;
mod sign;
mod vouch;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};

use crate::cli::{Cli, Command, Import};
use crate::error::Failure;

/// Runs one command.
///
/// # Errors
/// Why it failed; [`Failure::exit_status`] is the status to leave with.
pub fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Import(Import::FrY9c(args)) => import::fr_y9c(&args),
        Command::Import(Import::OptionChain(args)) => import::option_chain(&args),
        Command::Assess(args) => assess::assess(&args),
        Command::Prove(args) => prove::prove(&args),
        Command::Keys(command) => keys::keys(&command),
        Command::Disclose(args) => disclose::disclose(&args),
        Command::Vouch(args) => vouch::vouch(&args),
        Command::Countersign(args) => countersign::countersign(&args),
        Command::Receipt(args) => receipt::receipt(&args),
        Command::Sign(args) => sign::sign(&args),
        Command::History(args) => history::history(&args),
        Command::Demo(args) => demo::demo(&args),
        Command::Params(args) => params::params(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::pages(&args),
    }
}

/// Writes a result to standard output. A reader who has read enough is not an error.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(()),
    }
}

/// Reads an attestation.
fn attestation(file: &Path) -> Result<Document, Failure> {
    let name = || file.display().to_string();
    let bytes = fs::read(file).map_err(|error| Failure::Unreadable {
        file: name(),
        error,
    })?;
    Document::decode(&bytes, Standard::K).map_err(|error| Failure::Document {
        file: name(),
        error,
    })
}

/// A number of things: `1 receipt`, `2 receipts`.
fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// Shows on a terminal that something takes its time, until it is dropped.
struct Busy(ProgressBar);

impl Busy {
    fn with(message: &'static str) -> Self {
        let bar = ProgressBar::new_spinner().with_message(message);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
