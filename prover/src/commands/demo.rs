//! `plimsoll demo`: two quarters of a real bank, and everybody who reads them.
//!
//! A script of real commands, run one after the other in a folder of its own, each printed as it
//! could be typed there. The books are those of `fixtures/books`, from the bank's public filings.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use plimsoll_circuits::protocol::layout::Standard;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_verifier::verdict::hex;
use plimsoll_verifier::{Policy, Trust, Verifier, cli as verify};
use serde_json::Value;

use crate::cli::{Cli, Demo};
use crate::commands::prove::{check_place, params};
use crate::error::Failure;

const LEI: &str = "N1GZ7BBF3NP8GI976H15";
const RULEBOOK: &str = "us-standardised";
/// The position that is shown: what the bank holds at no risk weight, and most of it.
const POSITION: &str = "BHCKG630";

/// The files of a book, as they stand in `fixtures/books`.
macro_rules! book {
    ($folder:literal) => {
        (
            $folder,
            [
                book!($folder, "book.toml"),
                book!($folder, "exposures.csv"),
                book!($folder, "capital.csv"),
                book!($folder, "stated.csv"),
            ],
        )
    };
    ($folder:literal, $name:literal) => {
        (
            $name,
            include_str!(concat!("../../../fixtures/books/", $folder, "/", $name)),
        )
    };
}

type Files = [(&'static str, &'static str); 4];

const BOOKS: [(&str, Files); 2] = [
    book!("us-bancorp-2022-12-31"),
    book!("us-bancorp-2023-03-31"),
];

/// What is written before anything is run, in the words of its readers.
const INTRODUCTION: &str = "\
Two quarters of U.S. Bancorp, from its public filings. The bank proves that its common equity tier 1 \
ratio is at least 8.37 %,\nsigns both proofs and chains them; an auditor countersigns, a counterparty \
gets a receipt, a supervisor is shown a position.\n";

/// `plimsoll demo`.
pub(super) fn demo(args: &Demo) -> Result<(), Failure> {
    check_place(&args.out)?;
    let written = |error| Failure::unwritable(&args.out, error);
    // The folder of parameters is the user's; everything else is in the new folder.
    let params_dir = match &args.params.folder {
        None => None,
        Some(folder) => Some(std::path::absolute(folder).map_err(written)?),
    };
    let params = params(&args.params)?;
    for (name, files) in &BOOKS {
        let folder = args.out.join(name);
        fs::create_dir_all(&folder).map_err(written)?;
        for (name, text) in files {
            fs::write(folder.join(name), text).map_err(written)?;
        }
    }
    fs::write(args.out.join("passphrase"), "a passphrase for a demo\n").map_err(written)?;
    std::env::set_current_dir(&args.out).map_err(written)?;
    let params_dir = params_dir.map(|folder| folder.display().to_string());
    let stage = Stage { params_dir };
    super::print(INTRODUCTION)?;
    stage.institution()?;
    stage.papers()?;
    stage.readers()?;
    in_code(params)?;
    super::print(&format!("\neverything is in {}\n", args.out.display()))
}

struct Stage {
    params_dir: Option<String>,
}

impl Stage {
    /// Keys, two quarters, and a claim that the book does not bear.
    fn institution(&self) -> Result<(), Failure> {
        let phrase = ["--passphrase-file", "passphrase"];
        for (key, owner) in [("bank.key", LEI), ("auditor.key", "Example auditors")] {
            self.run(&[&["keys", "new", "--for", owner, "--out", key], &phrase[..]].concat())?;
        }
        let [(first, _), (second, _)] = BOOKS;
        let claim = ["--claim", "cet1>=8.37%", "--key", "bank.key"];
        let opening = ["--opening-passphrase-file", "passphrase"];
        let signing = [&claim[..], &phrase, &opening].concat();
        let args = [
            "prove",
            first,
            "--out",
            "1.plimsoll",
            "--opening",
            "1.opening",
        ];
        self.prove(&[&args[..], &signing].concat())?;
        let args = [
            "prove",
            second,
            "--previous",
            "1.plimsoll",
            "--out",
            "2.plimsoll",
        ];
        let opening = ["--opening", "2.opening"];
        self.prove(&[&args[..], &opening, &signing].concat())?;
        self.prove_falsely(&[
            "prove",
            first,
            "--claim",
            "cet1>=8.38%",
            "--out",
            "3.plimsoll",
        ])?;
        self.run(&["history", "1.plimsoll", "2.plimsoll"])
    }

    /// What an auditor, a supervisor and a counterparty are given.
    fn papers(&self) -> Result<(), Failure> {
        let [(book, _), _] = BOOKS;
        let phrase = ["--passphrase-file", "passphrase"];
        let args = ["countersign", "1.plimsoll", book, "--opening", "1.opening"];
        let key = [
            "--opening-passphrase-file",
            "passphrase",
            "--key",
            "auditor.key",
        ];
        self.prove(&[&args[..], &key, &phrase].concat())?;
        let args = ["disclose", "1.plimsoll", "--opening", "1.opening"];
        let what = ["--position", POSITION, "--out", "disclosure.json"];
        self.prove(&[&args[..], &what, &phrase].concat())?;
        let args = [
            "receipt",
            book,
            "--position",
            POSITION,
            "--out",
            "receipt.json",
        ];
        self.run(&[&args[..], &["--key", "bank.key"], &phrase].concat())
    }

    /// Those who trust the bank's key, and know the auditor's.
    fn readers(&self) -> Result<(), Failure> {
        let rulebook = Rulebook::builtin(RULEBOOK).map_err(|error| Failure::Rulebook {
            file: RULEBOOK.to_owned(),
            error,
        })?;
        let trust = format!(
            "version = 1\n\n[[institution]]\nlei = \"{LEI}\"\nname = \"U.S. Bancorp\"\n\
             keys = [\"{}\"]\nclaims = [\"cet1>=7%\"]\n\n[[auditor]]\nname = \"Example auditors\"\n\
             key = \"{}\"\n\n[[rulebook]]\nname = \"{RULEBOOK}\"\ndigest = \"{}\"\n",
            public("bank.key.pub")?,
            public("auditor.key.pub")?,
            hex(&rulebook.digest()),
        );
        let path = Path::new("trust.toml");
        fs::write(path, &trust).map_err(|error| Failure::unwritable(path, error))?;
        super::print(&format!("\n$ cat trust.toml\n{trust}"))?;
        let both = ["1.plimsoll", "2.plimsoll"];
        self.verify(&[&both[..], &["--seen", "seen.toml", "--html", "page.html"]].concat())?;
        self.verify(&["1.plimsoll"])?;
        self.verify(&["1.plimsoll", "--disclosure", "disclosure.json"])?;
        let receipt = [
            "--receipt",
            "receipt.json",
            "--disclosure",
            "disclosure.json",
        ];
        self.verify(&[&["1.plimsoll"], &receipt[..]].concat())?;
        let (json, _) = self.answer(&["2.plimsoll", "--json"])?;
        let json: Value = serde_json::from_str(&json).unwrap_or_default();
        super::print("(of the object)\n")?;
        for name in ["verdict", "as_of", "sequence", "previous", "signed_by"] {
            super::print(&format!("  {name}: {}\n", json[name]))?;
        }
        Ok(())
    }

    /// Runs a command of `plimsoll`, printed as it could be typed.
    fn run(&self, args: &[&str]) -> Result<(), Failure> {
        super::print(&typed("plimsoll", args))?;
        super::run(self.command(args)?)
    }

    /// The same, of a command that needs the public parameters.
    fn prove(&self, args: &[&str]) -> Result<(), Failure> {
        super::print(&typed("plimsoll", args))?;
        super::run(self.command(&self.with_params(args))?)
    }

    /// The same, of a command that has to fail because its claim is false.
    fn prove_falsely(&self, args: &[&str]) -> Result<(), Failure> {
        match self.prove(args) {
            Err(failure) if failure.exit_status() == 1 => {
                let hint = failure.hint().unwrap_or_default();
                super::print(&format!("error: {failure}\nhint: {hint}\n"))
            }
            Ok(()) => Err(Failure::Run("a false claim was proven".to_owned())),
            other => other,
        }
    }

    fn with_params<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        let folder = self.params_dir.as_deref().into_iter();
        let folder = folder.flat_map(|folder| ["--params-dir", folder]);
        args.iter().copied().chain(folder).collect()
    }

    fn command(&self, args: &[&str]) -> Result<Cli, Failure> {
        let args = ["plimsoll"].iter().chain(args);
        Cli::try_parse_from(args).map_err(|error| Failure::Run(error.to_string()))
    }

    /// Runs the verifier, which has to answer that everything is as it should be.
    fn verify(&self, args: &[&str]) -> Result<(), Failure> {
        let (text, _) = self.answer(args)?;
        super::print(&text)
    }

    fn answer(&self, args: &[&str]) -> Result<(String, u8), Failure> {
        let args = [args, &["--trust", "trust.toml"]].concat();
        super::print(&typed("plimsoll-verify", &args))?;
        let failed = |text: String| Failure::Run(text);
        let args = self.with_params(&args);
        let all = ["plimsoll-verify"].into_iter().chain(args);
        let cli = verify::Cli::try_parse_from(all).map_err(|error| failed(error.to_string()))?;
        let answer = verify::answer(&cli).map_err(|error| failed(error.to_string()))?;
        match answer {
            (text, 0) => Ok((text, 0)),
            (text, _) => Err(failed(text)),
        }
    }
}

/// A counterparty's own program: loaded once, asked before each trade.
fn in_code(params: Arc<PublicParams>) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Run(error.to_string());
    let path = Path::new("trust.toml");
    let text = fs::read_to_string(path).map_err(|error| Failure::unwritable(path, error))?;
    let policy = Policy {
        trust: Trust::parse(&text).map_err(|error| failed(&error))?,
        ..Policy::default()
    };
    let path = Path::new("2.plimsoll");
    let bytes = fs::read(path).map_err(|error| Failure::unwritable(path, error))?;
    let rulebook = Rulebook::builtin(RULEBOOK).map_err(|error| failed(&error))?;
    let mut verifier = Verifier::<Standard>::trusting(params, vec![rulebook], Vec::new());
    let loaded = verifier.load(&bytes, &policy);
    let loaded = loaded.map_err(|verdict| failed(&verdict.outcome))?;
    let verdict = policy.check(&loaded);
    if verdict.outcome.exit_status() != 0 {
        return Err(failed(&verdict.outcome));
    }
    super::print(&format!(
        "\nin code: policy.check(&attestation) on 2.plimsoll: {}\n",
        verdict.outcome
    ))
}

/// The key of a public key file.
fn public(file: &str) -> Result<String, Failure> {
    Ok(crate::keys::read_public(Path::new(file))?.key.to_string())
}

/// A command as it could be typed.
fn typed(program: &str, args: &[&str]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let quoted = args.iter().map(|arg| match arg.chars().all(plain) {
        true => (*arg).to_owned(),
        false => format!("'{arg}'"),
    });
    let args: Vec<String> = quoted.collect();
    format!("\n$ {program} {}\n", args.join(" "))
}
