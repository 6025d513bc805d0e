//! `plimsoll-verify`.

use std::process::ExitCode;

use clap::Parser;
use plimsoll_verifier::cli::{Cli, run};

fn main() -> ExitCode {
    if let Err(missing) = plimsoll_circuits::processor::check() {
        eprintln!("error: {missing}");
        return ExitCode::from(2);
    }
    match run(&Cli::parse()) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(hint) = error.hint() {
                eprintln!("hint: {hint}");
            }
            ExitCode::from(2)
        }
    }
}
