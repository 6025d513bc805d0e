//! `plimsoll completions` and `plimsoll man`: both come out of the definition of the command line.

use std::fs;
use std::io;

use clap::CommandFactory;

use crate::cli::{Cli, Completions, Man, Program};
use crate::error::Failure;

fn definition(program: Program) -> clap::Command {
    match program {
        Program::Plimsoll => Cli::command(),
        Program::PlimsollVerify => plimsoll_verifier::cli::Cli::command(),
    }
}

/// `plimsoll completions`.
pub(super) fn completions(args: &Completions) -> Result<(), Failure> {
    let mut command = definition(args.program);
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    super::print(&String::from_utf8_lossy(&script))
}

/// `plimsoll man`.
pub(super) fn pages(args: &Man) -> Result<(), Failure> {
    let unwritable = |error: io::Error| Failure::Unwritable {
        file: args.out.display().to_string(),
        error,
    };
    fs::create_dir_all(&args.out).map_err(unwritable)?;
    for program in [Program::Plimsoll, Program::PlimsollVerify] {
        clap_mangen::generate_to(definition(program), &args.out).map_err(unwritable)?;
    }
    Ok(())
}
