//! `plimsoll`: assess a book, prove its capital ratios, publish the attestation.

use std::process::ExitCode;

use clap::Parser;
use plimsoll_circuits::text::visible_lines;
use plimsoll_prover::cli::Cli;

fn main() -> ExitCode {
    if let Err(missing) = plimsoll_circuits::processor::check() {
        eprintln!("error: {missing}");
        return ExitCode::from(2);
    }
    match plimsoll_prover::commands::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", visible_lines(&failure.to_string()));
            if let Some(hint) = failure.hint() {
                eprintln!("hint: {}", visible_lines(&hint));
            }
            ExitCode::from(failure.exit_status())
        }
    }
}
