//! `plimsoll demo`: a real bank's capital ratio, proven and verified.

use std::fs;
use std::path::Path;
use std::time::Instant;

use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_verifier::report as verdict_report;

use crate::assessment;
use crate::attest::keys::ProvingKeys;
use crate::attest::{AttestError, Options, Request};
use crate::cli::Demo;
use crate::commands::prove::{Replace, params, proven, short, verify, write};
use crate::error::Failure;
use crate::{report, sources};

/// The files of the book, as they stand in `fixtures/books/us-bancorp-2022-12-31`.
macro_rules! file {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!(
                "../../../fixtures/books/us-bancorp-2022-12-31/",
                $name
            )),
        )
    };
}

const BOOK: [(&str, &str); 4] = [
    file!("book.toml"),
    file!("exposures.csv"),
    file!("capital.csv"),
    file!("stated.csv"),
];

/// `plimsoll demo`.
pub(super) fn demo(args: &Demo) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(|error| unwritable("a temporary folder", error))?;
    for (name, text) in BOOK {
        fs::write(folder.path().join(name), text).map_err(|error| unwritable(name, error))?;
    }
    let params = params(&args.params)?;
    let sources = sources::load(folder.path(), None, None)?;
    let assessment = assessment::assess(&sources, Path::new("us-bancorp-2022-12-31"))?;
    super::print(&report::page(&sources, &assessment, false))?;

    let mut keys = ProvingKeys::default();
    let mut prove = |claim: &str| {
        let claims = Claim::parse_list([claim])?;
        let request = Request {
            book: &sources.book,
            rulebook: &sources.rulebook,
            snapshot: &sources.snapshot,
            claims: &claims,
            without: &[],
            sequence: 1,
            previous: [0; 32],
            check: SelfCheck::Verify,
        };
        proven(&params, &mut keys, &request, Options::default()).map(|(document, _)| document)
    };

    super::print("\n$ plimsoll prove us-bancorp-2022-12-31 --claim 'cet1>=8.37%'\n")?;
    let clock = Instant::now();
    let bytes = prove("cet1>=8.37%")?.encode();
    let seconds = clock.elapsed().as_secs_f32();
    write(&args.out, &bytes, Replace::Always)?;
    let out = args.out.display();
    super::print(&format!(
        "wrote {out} ({} bytes) in {seconds:.1} s\n\n$ plimsoll-verify {out} --unsigned\n",
        bytes.len()
    ))?;
    let verdict = verify(&params, &sources, &bytes)?;
    super::print(&verdict_report::page(&out.to_string(), &verdict))?;

    super::print("\n$ plimsoll prove us-bancorp-2022-12-31 --claim 'cet1>=8.38%'\n")?;
    match prove("cet1>=8.38%") {
        Err(Failure::Attest(error @ AttestError::False(_))) => {
            super::print(&format!("{error}\nnothing was written\n"))?;
        }
        Ok(_) => return Err(Failure::Unverified("a false claim was proven".to_owned())),
        Err(other) => return Err(other),
    }
    let digest = verdict.facts.map(|facts| facts.digest);
    let digest = digest.map_or_else(String::new, |digest| short(&digest));
    super::print(&format!("\nthe attestation {digest} is in {out}\n"))
}

fn unwritable(file: &str, error: std::io::Error) -> Failure {
    Failure::Unwritable {
        file: file.to_owned(),
        error,
    }
}
