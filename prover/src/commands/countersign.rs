//! `plimsoll countersign`: an auditor holds an attestation against its opening file and the book,
//! reads the figures, and signs that.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use plimsoll_circuits::countersignature::{Commitments, Countersignature};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::Standard;
use plimsoll_circuits::text::visible;
use plimsoll_circuits::voucher::Voucher;
use plimsoll_verifier::verdict::short;
use plimsoll_verifier::{Outcome, Policy, Verifier, countersigned};
use serde_json::json;

use crate::assessment;
use crate::attest::keys::ProvingKeys;
use crate::cli::Countersign;
use crate::commands::keys::signer;
use crate::commands::prove::{Replace, params, vouched_phrase, write};
use crate::error::Failure;
use crate::keys::{self, Signer};
use crate::opening::{self, Shown};
use crate::report;
use crate::vouch::{VouchError, Vouched};

/// `plimsoll countersign`.
pub(super) fn countersign(args: &Countersign) -> Result<(), Failure> {
    let file = args.attestation.display().to_string();
    let document = super::attestation(&args.attestation)?;
    let source = &args.source;
    let sources = source.load()?;
    let assessment = assessment::assess(&sources, &source.book)?;
    let signer = signer(&args.signing)?.ok_or(Failure::NoSigner)?;
    // No institution is its own auditor.
    let owner = &signer.public().owner;
    if *owner == document.attestation.statement.lei.to_string() {
        return Err(Failure::OwnAuditor(owner.clone()));
    }
    let phrase = match &args.opening_passphrase_file {
        Some(file) => keys::from_file(file)?,
        None => {
            eprintln!("the passphrase of the opening file");
            keys::ask()?
        }
    };
    let opening = opening::read(&args.opening, &phrase)?;
    let audit = |error| Failure::Audit {
        file: file.clone(),
        error,
    };
    let vouched = vouched(args, &document.vouchers)?;
    let shown = Shown {
        book: &sources.book,
        rulebook: &sources.rulebook,
        snapshot: &sources.snapshot,
        vouched: &vouched,
    };
    opening
        .belongs(&document.attestation, document.digest, shown)
        .map_err(audit)?;
    let params = params(&args.params)?;
    let mut verifier = Verifier::<Standard>::trusting(
        Arc::clone(&params),
        vec![sources.rulebook.clone()],
        vec![sources.snapshot.clone()],
    );
    match verifier
        .check(&document.encode(), &Policy::UNSIGNED)
        .outcome
    {
        Outcome::Holds => {}
        other => {
            return Err(Failure::DoesNotHold {
                file,
                why: other.to_string(),
            });
        }
    }
    let commitments = {
        let _busy = super::Busy::with("recomputing every commitment");
        let attestation = (&document.attestation, document.digest);
        let mut keys = ProvingKeys::<Standard>::default();
        opening
            .audit(&params, &mut keys, attestation, shown)
            .map_err(audit)?
    };
    let beside = countersigned::beside(&args.attestation);
    let signatures = add(&beside, &document, commitments, &signer)?;
    let proofs = document.attestation.proofs.len();
    let key = &signer.public().key;
    super::print(&if args.json {
        let object = json!({
            "version": 1,
            "attestation": file,
            "digest": plimsoll_verifier::verdict::hex(&document.digest),
            "columns": commitments.columns,
            "commitments": plimsoll_verifier::verdict::hex(&commitments.digest),
            "countersignature": beside.display().to_string(),
            "key": key.id().to_string(),
            "signatures": signatures,
            "assessment": report::json(&sources, &assessment, false),
        });
        format!("{object:#}\n")
    } else {
        let mut page = report::page(&sources, &assessment, false);
        page.push_str(&format!(
            "\nrecomputed {} commitments of {proofs} proofs from the opening file: all are those \
             of {file}\nthe book fills exactly these columns\nwrote {}: countersigned by {} \
             (key {}), {signatures} in all\n",
            commitments.columns,
            beside.display(),
            visible(&signer.public().owner),
            short(&key.id().0),
        ));
        page
    })
}

/// What data owners handed over, beside the vouchers of the attestation.
fn vouched(args: &Countersign, vouchers: &[Voucher]) -> Result<Vec<Vouched>, Failure> {
    let failed = |error| Failure::Vouch {
        folder: args.source.book.clone(),
        error,
    };
    let phrases = &args.vouched_passphrase_file;
    let count = vouchers.len();
    if args.vouched.len() != count || !(phrases.is_empty() || phrases.len() == count) {
        return Err(failed(VouchError::Pairs));
    }
    let mut all = Vec::with_capacity(count);
    for (at, (voucher, secret)) in vouchers.iter().zip(&args.vouched).enumerate() {
        let phrase = vouched_phrase(secret, phrases.get(at))?;
        let looked = Vouched::look(voucher.clone(), secret.clone(), phrase);
        all.push(looked.map_err(failed)?.0);
    }
    Ok(all)
}

/// Adds a signature to the countersignature beside the attestation, or begins it.
fn add(
    beside: &Path,
    document: &Document,
    commitments: Commitments,
    signer: &Signer,
) -> Result<usize, Failure> {
    let mut made = Countersignature::unsigned(document.digest, commitments);
    if beside.exists() {
        let failed = |why: String| Failure::Beside {
            file: beside.display().to_string(),
            why,
        };
        let bytes = fs::read(beside).map_err(|error| failed(error.to_string()))?;
        let there = Countersignature::decode(&bytes).map_err(|error| failed(error.to_string()))?;
        if there.envelope.payload != made.envelope.payload {
            return Err(failed("it countersigns another attestation".to_owned()));
        }
        made = there;
    }
    signer.sign(&mut made.envelope)?;
    write(beside, &made.encode(), Replace::Always)?;
    Ok(made.envelope.signatures().len())
}
