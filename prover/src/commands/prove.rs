//! `plimsoll prove`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use plimsoll_circuits::book::Book;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::voucher::Voucher;
use plimsoll_verifier::verdict::{hex, short};
use plimsoll_verifier::{Outcome, Policy, Verdict, Verifier, cache};
use serde_json::json;

use crate::attest::keys::ProvingKeys;
use crate::attest::{Options, Progress, Request, attest_with};
use crate::cli::{ParamsDir, Prove};
use crate::commands::keys::signer;
use crate::error::Failure;
use crate::keys::{self, Passphrase};
use crate::opening::{self, Opening};
use crate::sources::Sources;
use crate::vouch::{VouchError, Vouched};
pub(super) use plimsoll_verifier::files::Replace;
use plimsoll_verifier::files::{self, Readers};

/// `plimsoll prove`.
pub(super) fn prove(args: &Prove) -> Result<(), Failure> {
    let claims = Claim::parse_list(args.claims.iter().map(String::as_str))?;
    check_place(&args.out)?;
    if let Some(opening) = &args.opening {
        check_place(opening)?;
        if *opening == args.out {
            return Err(Failure::unwritable(
                opening,
                io::ErrorKind::AlreadyExists.into(),
            ));
        }
    }
    let source = &args.source;
    let sources = source.load()?;
    let (sequence, previous) = match &args.previous {
        None => (1, [0; 32]),
        Some(file) => after(file, &sources.book)?,
    };
    // A passphrase is asked for before the work, not after it.
    let signer = signer(&args.signing)?;
    if let Some(signer) = &signer {
        signer.may_sign_for(sources.book.lei)?;
    }
    let opens = match &args.opening {
        None => None,
        Some(file) => Some((
            file,
            opening_phrase(args.opening_passphrase_file.as_deref())?,
        )),
    };
    let vouched = vouched(args)?;
    let params = params(&args.params)?;
    let request = Request {
        book: &sources.book,
        rulebook: &sources.rulebook,
        snapshot: &sources.snapshot,
        claims: &claims,
        without: &args.without,
        sequence,
        previous,
        check: SelfCheck::Verify,
    };
    let mut proving = ProvingKeys::default();
    let options = Options {
        keep: opens.is_some(),
        vouched: &vouched,
    };
    let proved = proven(&params, &mut proving, &request, options);
    let (mut document, kept) = proved.map_err(|failure| match failure {
        Failure::Attest(crate::attest::AttestError::Rule(error)) => Failure::Rule {
            folder: source.book.clone(),
            error,
        },
        Failure::Attest(crate::attest::AttestError::Vouch(error)) => Failure::Vouch {
            folder: source.book.clone(),
            error,
        },
        other => other,
    })?;
    verify(&params, &sources, &document.encode())?;
    if let Some(signer) = &signer {
        signer.sign(&mut document.envelope)?;
    }
    let bytes = document.encode();
    // First what opens it: an attestation without its opening file could not be made good again.
    if let (Some((file, phrase)), Some(kept)) = (&opens, &kept) {
        opening::write(file, kept, phrase)?;
    }
    if let Err(failure) = write(&args.out, &bytes, Replace::Never) {
        if let Some((file, _)) = &opens {
            // It opens nothing that anyone has.
            let _ = fs::remove_file(file);
        }
        return Err(failure);
    }
    super::print(&if args.json {
        let claims: Vec<String> = claims.iter().map(ToString::to_string).collect();
        let object = json!({
            "version": 1,
            "attestation": args.out.display().to_string(),
            "opening": args.opening.as_ref().map(|file| file.display().to_string()),
            "bytes": bytes.len(),
            "claims": claims,
            "sequence": sequence,
            "digest": hex(&document.digest),
            "signed_by": signer.as_ref().map(|signer| signer.public().key.id().to_string()),
        });
        format!("{object:#}\n")
    } else {
        let size = bytes.len();
        let signed = signer.map_or_else(String::new, |signer| {
            format!(", signed by key {}", short(&signer.public().key.id().0))
        });
        format!(
            "wrote {} ({size} bytes), verified{signed}\n",
            args.out.display()
        )
    })
}

/// The vouchers with their secrets, in the order of the command line.
fn vouched(args: &Prove) -> Result<Vec<Vouched>, Failure> {
    let failed = |error| Failure::Vouch {
        folder: args.source.book.clone(),
        error,
    };
    let phrases = &args.vouched_passphrase_file;
    let count = args.vouchers.len();
    if args.vouched.len() != count || !(phrases.is_empty() || phrases.len() == count) {
        return Err(failed(VouchError::Pairs));
    }
    let mut all = Vec::with_capacity(count);
    for (at, (file, secret)) in args.vouchers.iter().zip(&args.vouched).enumerate() {
        let name = file.display().to_string();
        let bytes = fs::read(file).map_err(|error| Failure::Unreadable {
            file: name.clone(),
            error,
        })?;
        let voucher =
            Voucher::decode(&bytes).map_err(|error| Failure::Voucher { file: name, error })?;
        let phrase = vouched_phrase(secret, phrases.get(at))?;
        all.push(Vouched::open(voucher, secret.clone(), phrase).map_err(failed)?);
    }
    Ok(all)
}

/// The passphrase of a data owner's secret.
pub(super) fn vouched_phrase(secret: &Path, file: Option<&PathBuf>) -> Result<Passphrase, Failure> {
    Ok(match file {
        Some(file) => keys::from_file(file)?,
        None => {
            eprintln!("{}", secret.display());
            keys::ask()?
        }
    })
}

/// The passphrase of a new opening file.
fn opening_phrase(file: Option<&Path>) -> Result<Passphrase, Failure> {
    Ok(match file {
        Some(file) => keys::from_file(file)?,
        None => {
            eprintln!("a passphrase for the opening file");
            keys::ask_twice()?
        }
    })
}

/// Sequence number and digest that follow an attestation of the same institution.
fn after(file: &Path, book: &Book) -> Result<(u64, [u8; 32]), Failure> {
    let refused = |why: String| Failure::Previous {
        file: file.display().to_string(),
        why,
    };
    let bytes = fs::read(file).map_err(|error| refused(error.to_string()))?;
    let last = Document::decode(&bytes, Standard::K).map_err(|error| refused(error.to_string()))?;
    let statement = &last.attestation.statement;
    if statement.lei != book.lei {
        return Err(refused(
            "the attestation is another institution's".to_owned(),
        ));
    }
    if statement.as_of > book.as_of.seconds() + i64::from(book.as_of_time) {
        return Err(refused("the attestation is of a later time".to_owned()));
    }
    let next = statement.sequence.checked_add(1);
    let next = next.ok_or_else(|| refused("the attestation has no successor".to_owned()))?;
    Ok((next, last.digest))
}

/// The public parameters, from the cache or derived.
pub(super) fn params(dir: &ParamsDir) -> Result<Arc<PublicParams>, Failure> {
    let folder = cache::folder(dir.folder.as_deref())?;
    let params = cache::load(&folder, Standard::K, &mut |text| eprintln!("{text}"))?;
    Ok(Arc::new(params))
}

/// Proves, with a progress bar on a terminal; keeps what opens the attestation if that is asked.
pub(super) fn proven(
    params: &PublicParams,
    keys: &mut ProvingKeys<Standard>,
    request: &Request<'_>,
    options: Options<'_>,
) -> Result<(Document, Option<Opening>), Failure> {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg:<34} {bar:24} {percent:>3}% {elapsed} {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut progress = |event| {
        match event {
            Progress::Steps(steps) => bar.set_length(steps),
            Progress::Key(circuit) => bar.set_message(format!("keys: {}", circuit.name())),
            Progress::Proof(circuit, shard, shards) => {
                bar.set_message(format!("{} {} of {shards}", circuit.name(), shard + 1));
                bar.tick();
            }
            Progress::Done(steps) => bar.set_position(steps),
        }
        true
    };
    let attested = attest_with(params, keys, request, options, &mut progress);
    bar.finish_and_clear();
    let attested = attested?;
    let document = Document::with_vouchers(attested.attestation, attested.vouchers, Standard::K);
    Ok((document, attested.opening))
}

/// Verifies as a stranger would, from the bytes alone.
pub(super) fn verify(
    params: &Arc<PublicParams>,
    sources: &Sources,
    bytes: &[u8],
) -> Result<Verdict, Failure> {
    let mut verifier = Verifier::<Standard>::trusting(
        Arc::clone(params),
        vec![sources.rulebook.clone()],
        vec![sources.snapshot.clone()],
    );
    let verdict = verifier.check(bytes, &Policy::UNSIGNED);
    match verdict.outcome {
        Outcome::Holds => Ok(verdict),
        other => Err(Failure::Unverified(other.to_string())),
    }
}

/// Whether a new file can be written there: known before anything is proven.
pub(super) fn check_place(path: &Path) -> Result<(), Failure> {
    files::check_place(path).map_err(|error| Failure::unwritable(path, error))
}

/// Writes what everybody may read.
pub(super) fn write(path: &Path, bytes: &[u8], replace: Replace) -> Result<(), Failure> {
    let written = files::write(path, replace, Readers::All, |file| file.write_all(bytes));
    written.map_err(|error| Failure::unwritable(path, error))
}

/// Writes a new file for its owner alone: whom it is for is for its owner to say.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = files::write(path, Replace::Never, Readers::Owner, |file| {
        file.write_all(bytes)
    });
    written.map_err(|error| Failure::unwritable(path, error))
}
