//! `plimsoll history`: an institution's attestations in sequence.
//!
//! It reads, and verifies neither proofs nor signatures: for that there is `plimsoll-verify`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use plimsoll_circuits::book::Day;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::text::visible;
use plimsoll_verifier::chain::{Link, Seen, Standing, standings};
use plimsoll_verifier::files::attestations_in;
use plimsoll_verifier::verdict::{hex, short};
use serde_json::{Value, json};

use crate::cli::History;
use crate::error::Failure;

/// `plimsoll history`.
pub(super) fn history(args: &History) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for path in paths(&args.files)? {
        // Names that others chose.
        let file = visible(&path.display().to_string());
        let unreadable = |error| Failure::Unreadable {
            file: file.clone(),
            error,
        };
        let bytes = fs::read(&path).map_err(unreadable)?;
        match Document::decode(&bytes, Standard::K) {
            Ok(document) => entries.push((file, document)),
            Err(error) => return Err(Failure::Document { file, error }),
        }
    }
    entries.sort_by(|(_, one), (_, other)| {
        let key = |d: &Document| {
            (
                d.attestation.statement.lei,
                d.attestation.statement.sequence,
            )
        };
        key(one).cmp(&key(other))
    });
    let links: Vec<Link> = entries
        .iter()
        .map(|(_, document)| Link::from(document))
        .collect();
    let standings = standings(&links, &Seen::default());
    let broken = standings
        .iter()
        .filter(|s| matches!(s, Standing::Broken(_)));
    let broken = broken.count();
    super::print(&if args.json {
        format!("{:#}\n", table_json(&entries, &standings))
    } else {
        table(&entries, &standings)
    })?;
    if broken == 0 {
        Ok(())
    } else {
        Err(Failure::BrokenChain(broken))
    }
}

/// Files as they are, folders by their `.plimsoll` files.
fn paths(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for path in named {
        if !path.is_dir() {
            paths.push(path.clone());
            continue;
        }
        let found = attestations_in(path).map_err(|error| Failure::Unreadable {
            file: path.display().to_string(),
            error,
        })?;
        paths.extend(found);
    }
    paths.sort();
    Ok(paths)
}

fn words(standing: &Standing) -> String {
    match standing {
        Standing::Newest => "newest".to_owned(),
        Standing::Followed => "followed".to_owned(),
        Standing::Broken(error) => error.to_string(),
    }
}

fn table(entries: &[(String, Document)], standings: &[Standing]) -> String {
    let mut page = String::new();
    let mut last = None;
    for ((file, document), standing) in entries.iter().zip(standings) {
        let statement = &document.attestation.statement;
        if last.replace(statement.lei) != Some(statement.lei) {
            let _ = writeln!(page, "{}", statement.lei);
        }
        let day = Day::of_seconds(statement.as_of).map_or_else(String::new, |d| d.to_string());
        let claims: Vec<String> = statement.claims.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            page,
            "  {:>4}  {day:<10}  {}  {:<12}  {}  {file}: {}",
            statement.sequence,
            short(&document.digest),
            super::counted(document.envelope.signatures().len(), "signature"),
            claims.join(", "),
            words(standing)
        );
    }
    page.push_str("proofs and signatures were not looked at: plimsoll-verify does that\n");
    page
}

fn table_json(entries: &[(String, Document)], standings: &[Standing]) -> Value {
    let list: Vec<Value> = entries
        .iter()
        .zip(standings)
        .map(|((file, document), standing)| {
            let statement = &document.attestation.statement;
            let keys = document.envelope.signatures().iter();
            json!({
                "file": file,
                "institution": statement.lei.to_string(),
                "sequence": statement.sequence,
                "as_of": Day::of_seconds(statement.as_of).map(|day| day.to_string()),
                "attestation": hex(&document.digest),
                "previous": hex(&statement.previous),
                "claims": statement.claims.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "keys": keys.map(|signature| signature.key.to_string()).collect::<Vec<_>>(),
                "chain": words(standing),
                "fits": !matches!(standing, Standing::Broken(_)),
            })
        })
        .collect();
    json!({ "version": 1, "attestations": list })
}
