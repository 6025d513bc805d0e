//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::error::Failure;
use crate::sources::{self, Sources};

/// Proves in zero knowledge that a bank's capital ratios hold.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 done, 1 a claim is false, 2 the input is refused or something is missing.\n\
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
    /// Make and show signing keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Show positions of the book, and prove that the attestation holds them.
    Disclose(Disclose),
    /// As a data owner: commit to your exposures, for an institution to prove with, and sign that.
    Vouch(Vouch),
    /// Give counterparties a signed receipt: that their position is in the book.
    Receipt(Receipt),
    /// Sign an attestation, a rulebook or a snapshot; one more signature if it has some.
    Sign(Sign),
    /// As an auditor: hold an attestation against its opening file and the book, show the figures,
    /// and sign that in a file beside it.
    Countersign(Countersign),
    /// Show attestations in sequence, and whether they follow one another.
    History(History),
    /// Show everything with two quarters of a real bank, from books that ship with this program:
    /// proven, signed, chained, disclosed, countersigned, and read by everyone who can read them.
    Demo(Demo),
    /// Derive, check or show the cached public parameters.
    #[command(subcommand)]
    Params(Params),
    /// Measure this machine on made-up books.
    Bench(Bench),
    /// Print what a shell needs to complete the commands of this program or the verifier.
    Completions(Completions),
    /// Write the manual pages of this program and the verifier.
    Man(Man),
}

/// `plimsoll completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    pub shell: clap_complete::Shell,
    /// The program.
    #[arg(long, value_enum, default_value_t = Program::Plimsoll)]
    pub program: Program,
}

/// A program of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Program {
    /// The institution's.
    Plimsoll,
    /// The reader's.
    PlimsollVerify,
}

/// `plimsoll man`.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder to write to, a page for each command.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
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
    /// LEI of the institution, where its RSSD number is not known here.
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
    #[arg(long, value_name = "BASE")]
    pub book: PathBuf,
    /// The book folder to write; it must not be there yet. The snapshot is written beside it, as
    /// BOOK.snapshot.toml.
    #[arg(long, value_name = "BOOK")]
    pub out: PathBuf,
    /// Derivative class of the options, by its name in the rulebook.
    #[arg(long, value_name = "CLASS", default_value = crate::import::option_chain::CLASS)]
    pub class: String,
    /// Rulebook: the name of one that is built in, or a file. Without it, the one that the book names.
    #[arg(long, value_name = "NAME|FILE")]
    pub rulebook: Option<String>,
    /// Snapshot whose rates and prices are kept: the name of one that is built in, or a file. Without
    /// it, the reporting currency alone.
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
    /// Snapshot: the name of one that is built in, or a file. Without it, only the book's
    /// reporting currency has a rate.
    #[arg(long, value_name = "NAME|FILE")]
    pub snapshot: Option<String>,
}

impl Source {
    /// Everything that it names, checked against each other.
    ///
    /// # Errors
    /// As [`sources::load`].
    pub fn load(&self) -> Result<Sources, Failure> {
        let (rulebook, snapshot) = (self.rulebook.as_deref(), self.snapshot.as_deref());
        sources::load(&self.book, rulebook, snapshot)
    }
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
#[command(
    after_help = "Without --key or --signer nobody has signed the attestation yet: `plimsoll sign` does."
)]
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
    /// What signs the attestation; without it, nobody has signed it yet.
    #[command(flatten)]
    pub signing: Signing,
    /// Keep here what opens the attestation, encrypted: `plimsoll disclose` needs it. It must not
    /// be there yet. Without it, no position can ever be shown.
    #[arg(long, value_name = "FILE")]
    pub opening: Option<PathBuf>,
    /// File whose first line is the passphrase of the opening file, or a descriptor such as
    /// /dev/fd/3; without it, it is asked for.
    #[arg(long, value_name = "FILE", requires = "opening")]
    pub opening_passphrase_file: Option<PathBuf>,
    /// A data owner's voucher: its exposures are proven in its own columns. Once for each.
    #[arg(long = "voucher", value_name = "FILE", requires = "vouched")]
    pub vouchers: Vec<PathBuf>,
    /// The secret that the data owner made with the voucher; once for each, in the same order. The
    /// proofs made with it are counted there, at most five.
    #[arg(long, value_name = "FILE", requires = "vouchers")]
    pub vouched: Vec<PathBuf>,
    /// File whose first line is the passphrase of the .vouched file; once for each, or it is asked
    /// for.
    #[arg(long, value_name = "FILE", requires = "vouched")]
    pub vouched_passphrase_file: Vec<PathBuf>,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
    /// Print JSON instead of a line for people.
    #[arg(long)]
    pub json: bool,
}

/// `plimsoll vouch`.
#[derive(Debug, Args)]
#[command(
    after_help = "BOOK is your own: exposures alone, without collateral, provisions or \
bands.\nRulebook and snapshot are those that the institution proves under. The key is yours."
)]
pub struct Vouch {
    /// Your book: exposures alone, without collateral, provisions or bands. Rulebook and snapshot
    /// are those that the institution proves under.
    #[command(flatten)]
    pub source: Source,
    /// The institution that may prove with your columns.
    #[arg(long = "for", value_name = "LEI")]
    pub beneficiary: String,
    /// An account that the exposures are all of, such as a contract of servicing; once for each.
    #[arg(long = "account", value_name = "NAME", required = true)]
    pub accounts: Vec<String>,
    /// Your own number of this voucher, from 1.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub serial: u64,
    /// NAME.voucher is signed and public; NAME.vouched is the secret that the institution needs,
    /// encrypted. Neither may be there yet.
    #[arg(long, value_name = "NAME")]
    pub out: PathBuf,
    /// What signs it.
    #[command(flatten)]
    pub signing: Signing,
    /// File whose first line is the passphrase of the .vouched file, or a descriptor such as
    /// /dev/fd/3; without it, it is asked for.
    #[arg(long, value_name = "FILE")]
    pub vouched_passphrase_file: Option<PathBuf>,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
}

/// `plimsoll disclose`.
#[derive(Debug, Args)]
pub struct Disclose {
    /// The attestation.
    pub attestation: PathBuf,
    /// The opening file that `plimsoll prove --opening` wrote with it.
    #[arg(long, value_name = "FILE")]
    pub opening: PathBuf,
    /// Id of an exposure, which is shown with its collateral, or of a trade; once for each.
    #[arg(long = "position", value_name = "ID", required = true)]
    pub positions: Vec<String>,
    /// The disclosure to write, readable by you alone; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Passphrase of the opening file.
    #[command(flatten)]
    pub passphrase: Passphrases,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
}

/// Where a passphrase comes from.
#[derive(Debug, Args)]
pub struct Passphrases {
    /// File whose first line is the passphrase, or a descriptor such as /dev/fd/3; without it, it
    /// is asked for.
    #[arg(id = "passphrase_file", long = "passphrase-file", value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// What signs.
#[derive(Debug, Args)]
pub struct Signing {
    /// Secret key, as `plimsoll keys new` wrote it.
    #[arg(long, value_name = "FILE", conflicts_with = "signer")]
    pub key: Option<PathBuf>,
    /// Command that gets the bytes to be signed on standard input and answers with the Ed25519
    /// signature, 64 bytes or base64. It is split at white space; no shell looks at it.
    #[arg(long, value_name = "COMMAND", requires = "public")]
    pub signer: Option<String>,
    /// Public key of the signer.
    #[arg(long, value_name = "FILE", requires = "signer")]
    pub public: Option<PathBuf>,
    /// Passphrase of the secret key.
    #[command(flatten)]
    pub passphrase: Passphrases,
}

/// `plimsoll keys`.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key: FILE is the secret half, encrypted; FILE.pub the public one.
    New {
        /// Whose key it is: an LEI, or a name.
        #[arg(long = "for", value_name = "LEI|NAME")]
        owner: String,
        /// The secret key to write; it must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Passphrase to encrypt it with.
        #[command(flatten)]
        passphrase: Passphrases,
    },
    /// Show whose a key is, and its id.
    Show {
        /// A public or a secret key.
        file: PathBuf,
        /// Passphrase of a secret key.
        #[command(flatten)]
        passphrase: Passphrases,
    },
    /// Print the public key, for trust files and signers.
    Public {
        /// A public or a secret key.
        file: PathBuf,
        /// Passphrase of a secret key.
        #[command(flatten)]
        passphrase: Passphrases,
    },
}

/// `plimsoll sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// An attestation, which is signed in its place; or a rulebook or snapshot (TOML), whose
    /// envelope is written beside it as FILE.dsse.
    pub file: PathBuf,
    /// What signs it.
    #[command(flatten)]
    pub signing: Signing,
}

/// `plimsoll receipt`.
#[derive(Debug, Args)]
#[command(after_help = "The key is the institution's.")]
pub struct Receipt {
    /// The book.
    #[command(flatten)]
    pub source: Source,
    /// Id of an exposure, an item of collateral, a trade or an item of margin; once for each.
    #[arg(long = "position", value_name = "ID", required_unless_present = "all")]
    pub positions: Vec<String>,
    /// A receipt for every position of the book.
    #[arg(long, conflicts_with = "positions")]
    pub all: bool,
    /// An attestation that has to be of the same institution and time.
    #[arg(long, value_name = "FILE")]
    pub attestation: Option<PathBuf>,
    /// The receipt to write, readable by you alone; it must not be there yet. With several, a new
    /// folder: their names there say nothing of what is in them, and index.csv says which is whose.
    #[arg(long, value_name = "FILE|DIR")]
    pub out: PathBuf,
    /// The institution's key.
    #[command(flatten)]
    pub signing: Signing,
}

/// `plimsoll countersign`.
#[derive(Debug, Args)]
#[command(
    after_help = "BOOK is the one that the institution showed, with the rulebook and the \
snapshot of the statement.\nThe key is the auditor's."
)]
pub struct Countersign {
    /// The attestation; ATTESTATION.countersigned is written beside it, or gets one more signature.
    pub attestation: PathBuf,
    /// The book that the institution showed, with the rulebook and the snapshot of the statement.
    #[command(flatten)]
    pub source: Source,
    /// The opening file that `plimsoll prove --opening` wrote with the attestation.
    #[arg(long, value_name = "FILE")]
    pub opening: PathBuf,
    /// File whose first line is the passphrase of the opening file, or a descriptor such as
    /// /dev/fd/3; without it, it is asked for.
    #[arg(long, value_name = "FILE")]
    pub opening_passphrase_file: Option<PathBuf>,
    /// The secret that a data owner made with its voucher, where the attestation rests on vouchers;
    /// once for each, in their order. It is only read.
    #[arg(long, value_name = "FILE")]
    pub vouched: Vec<PathBuf>,
    /// File whose first line is the passphrase of the .vouched file; once for each, or it is asked
    /// for.
    #[arg(long, value_name = "FILE", requires = "vouched")]
    pub vouched_passphrase_file: Vec<PathBuf>,
    /// The auditor's key.
    #[command(flatten)]
    pub signing: Signing,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
    /// Print JSON instead of a page for people.
    #[arg(long)]
    pub json: bool,
}

/// `plimsoll history`.
#[derive(Debug, Args)]
pub struct History {
    /// Attestations, and folders of `.plimsoll` files.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub files: Vec<PathBuf>,
    /// Print JSON instead of a table for people.
    #[arg(long)]
    pub json: bool,
}

/// `plimsoll demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder that everything is written into; it must not be there yet.
    #[arg(long, value_name = "DIR", default_value = "plimsoll-demo")]
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
    /// Show where the parameters are cached, and their digest.
    Show(ParamsDir),
}

/// `plimsoll bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Number of exposures or trades; once for each size. Without it, 1 000 and 65 536.
    #[arg(long, value_name = "N")]
    pub positions: Vec<usize>,
    /// Kind of book; without it, plain and secured.
    #[arg(long)]
    pub kind: Option<crate::bench::Kind>,
    /// Evaluations per second of each fixed-point gadget, instead of books.
    #[arg(long, conflicts_with_all = ["positions", "kind"])]
    pub gadgets: bool,
    /// Everything the project aims at, with the target beside it: books from 1 000 to 1 000 000
    /// positions, and what their bare commitments and transforms would take. Many minutes.
    #[arg(long, conflicts_with_all = ["positions", "kind", "gadgets"])]
    pub targets: bool,
    /// Leave out books with more positions than this.
    #[arg(long, value_name = "N", requires = "targets")]
    pub up_to: Option<usize>,
    /// Draw time, memory and size against the size of the book, as SVG.
    #[arg(long, value_name = "FILE", requires = "targets")]
    pub chart: Option<PathBuf>,
    /// Where the public parameters are cached.
    #[command(flatten)]
    pub params: ParamsDir,
    /// Print one JSON object per measurement.
    #[arg(long)]
    pub json: bool,
}
