//! `plimsoll-verify`.

use std::process::ExitCode;

fn main() -> ExitCode {
    plimsoll_verifier::cli::main()
}
