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
    /// Prove claims about a book and write the attestation.
    Prove(Prove),
    /// Prove and verify the capital ratio of a real bank, from a book that ships with this program.
    Demo(Demo),
    /// Derive, check or show the cached public parameters.
    #[command(subcommand)]
    Params(Params),
    /// Measure this machine on made-up books.
    Bench(Bench),
}

/// Where a book can come from.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// A whole FR Y-9C filing of a US bank holding company.
    #[command(name = "fr-y9c")]
    FrY9c(ImportFrY9c),
    /// Positions in listed options, priced by the exchange's chain, as trades of a book.
    #[command(name = "option-chain")]
    OptionChain(ImportOptionChain),
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

/// `plimsoll import option-chain`.
#[derive(Debug, Args)]
pub struct ImportOptionChain {
    /// The chain: a CSV file with a line for each option, as the exchange publishes it.
    #[arg(long, value_name = "CHAIN")]
    pub file: PathBuf,
    /// The positions: a CSV file with the columns instrument, quantity (below zero where sold) and
    /// netting_set.
    #[arg(long, value_name = "POSITIONS")]
    pub positions: PathBuf,
    /// The book folder that has everything but the trades: netting sets, margin, exposures, capital.
    #[arg(long, value_name = "BOOK")]
    pub book: PathBuf,
    /// The book folder to write; it must not be there yet. The snapshot is written beside it, as
    /// OUT.snapshot.toml.
    #[arg(long, value_name = "OUT")]
    pub out: PathBuf,
    /// Derivative class of the options, by its name in the rulebook.
    #[arg(long, value_name = "CLASS", default_value = crate::import::option_chain::CLASS)]
    pub class: String,
    /// Rulebook: the name of one that is built in, or a file. Without it, the one that the book names.
    #[arg(long, value_name = "NAME|FILE")]
    pub rulebook: Option<String>,
    /// Snapshot whose rates and prices are kept. Without it, the reporting currency alone.
    #[arg(long, value_name = "NAME|FILE")]
    pub snapshot: Option<String>,
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
    /// List every derivative trade; without it, only the trades of a book with 50 or fewer.
    #[arg(long)]
    pub trades: bool,
    /// Print JSON instead of a page for people.
    #[arg(long)]
    pub json: bool,
}

/// `plimsoll prove`.
#[derive(Debug, Args)]
pub struct Prove {
    /// The book.
    #[command(flatten)]
    pub source: Source,
    /// A claim, such as 'cet1>=8.37%'; once for each.
    #[arg(long = "claim", value_name = "CLAIM", required = true)]
    pub claims: Vec<String>,
    /// A module that the claims need and that the book neither computes nor states; the verdict
    /// will carry its name.
    #[arg(long, value_name = "MODULE")]
    pub without: Vec<String>,
    /// The institution's last attestation; without it, this is the first.
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// The attestation to write; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
    /// Print JSON instead of a line for people.
    #[arg(long)]
    pub json: bool,
}

/// `plimsoll demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The attestation to write.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "us-bancorp-2022-12-31.plimsoll"
    )]
    pub out: PathBuf,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
}

/// Where the public parameters are cached.
#[derive(Debug, Args)]
pub struct ParamsDir {
    /// Folder of the cached public parameters, instead of the platform's cache folder.
    #[arg(long = "params-dir", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `plimsoll params`.
#[derive(Debug, Subcommand)]
pub enum Params {
    /// Derive the parameters anew and cache them.
    Derive(ParamsDir),
    /// Check the cached parameters against the digest that this program knows.
    Check(ParamsDir),
    /// Show where they are cached, and their digest.
    Show(ParamsDir),
}

/// `plimsoll bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Number of exposures; once for each size. Without it, 1 000 and 65 536.
    #[arg(long, value_name = "N")]
    pub positions: Vec<usize>,
    /// Rows of the book; without it, both.
    #[arg(long)]
    pub shape: Option<crate::bench::Kind>,
    /// Evaluations per second of each fixed-point gadget, instead of books.
    #[arg(long, conflicts_with_all = ["positions", "shape"])]
    pub gadgets: bool,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
    /// Print one JSON object per measurement.
    #[arg(long)]
    pub json: bool,
}
