//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Proves in zero knowledge that a bank's regulatory capital holds.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 done, 1 a claim is false, 2 the input is refused.\n\
Results go to standard output, everything else to standard error.";

/// What `plimsoll` does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a book from what an institution publishes.
    #[command(subcommand)]
    Import(Import),
    /// Compute the charges and ratios of a book, in the clear, on this machine.
    Assess(Assess),
    // `demo`, `prove`, `params` and `bench` stand here.
}

/// Where a book can come from.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// A whole FR Y-9C filing of a US bank holding company.
    #[command(name = "fr-y9c")]
    FrY9c(ImportFrY9c),
}

/// `plimsoll import fr-y9c`.
#[derive(Debug, Args)]
pub struct ImportFrY9c {
    /// The filing: a CSV file with the columns ItemName, Description, Value.
    pub file: PathBuf,
    /// The book folder to write; it must not be there yet.
    #[arg(long, value_name = "BOOK")]
    pub out: PathBuf,
    /// Identifier of the institution, where its RSSD number is not known here.
    #[arg(long, value_name = "LEI")]
    pub lei: Option<String>,
}

/// A book and what it is read against.
#[derive(Debug, Args)]
pub struct Source {
    /// The book folder.
    pub book: PathBuf,
    /// Rulebook: the name of one that is built in, or a file. Without it, the one that the book names.
    #[arg(long, value_name = "NAME|FILE")]
    pub rulebook: Option<String>,
    /// Market snapshot: the name of one that is built in, or a file. Without it, only the book's
    /// reporting currency has a rate.
    #[arg(long, value_name = "NAME|FILE")]
    pub snapshot: Option<String>,
}

/// `plimsoll assess`.
#[derive(Debug, Args)]
pub struct Assess {
    /// The book.
    #[command(flatten)]
    pub source: Source,
    /// Print JSON instead of a page for people.
    #[arg(long)]
    pub json: bool,
}
