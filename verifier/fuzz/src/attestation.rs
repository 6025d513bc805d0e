//! Canonical bytes: statement and proofs, and everything that is done with them before the final
//! equation, at the size of tests.

use std::sync::OnceLock;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::proofs::{CircuitKind, check_links, proofs_of};
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::verify::prepare;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_verifier::keys::Keys;

/// Proofs beyond these lengths add time and no new path.
const MOST_PROOFS: usize = 6;

struct Reader {
    params: PublicParams,
    keys: Keys,
    rulebooks: Vec<Rulebook>,
}

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| {
        let params = PublicParams::derive(Small::K);
        let mut keys = Keys::default();
        // The derivatives circuit does not fit the small size.
        let derivatives = CircuitKind::Rows(RowCircuit::Derivatives);
        let small = CircuitKind::all().filter(|kind| *kind != derivatives);
        let built = keys.build::<Small>(&params, small, &mut |_| {});
        built.expect("keys");
        let names = ["basel-2023", "us-standardised"];
        let rulebooks = names.map(|name| Rulebook::builtin(name).expect("built in"));
        Reader {
            params,
            keys,
            rulebooks: rulebooks.into(),
        }
    })
}

/// One encoding; the same document; proofs read to their last word.
pub fn check(bytes: &[u8]) {
    let attestation = match Attestation::decode(bytes) {
        Ok(attestation) => attestation,
        Err(error) => return super::message(&error.to_string()),
    };
    assert_eq!(attestation.encode(), bytes, "two forms of one attestation");
    let document = Document::unsigned(attestation.clone(), Small::K);
    let again = Document::decode(&document.encode(), Small::K);
    assert_eq!(
        again.as_ref(),
        Ok(&document),
        "a document that is not read back"
    );
    proofs(&attestation);
}

/// What a verifier does before the final equation, whatever rulebook the statement names.
fn proofs(attestation: &Attestation) {
    let (reader, statement) = (reader(), &attestation.statement);
    let copies = statement
        .rows
        .iter()
        .map(|r| u32::from(r.copies) * u32::from(r.shards));
    if attestation.proofs.len() > MOST_PROOFS || copies.sum::<u32>() > 8 {
        return;
    }
    let Ok(snapshot) = Snapshot::reporting_only(&statement.currency) else {
        return;
    };
    for rulebook in &reader.rulebooks {
        let plans = match proofs_of::<Small>(statement, rulebook, &snapshot) {
            Ok(plans) => plans,
            Err(error) => {
                super::message(&error.to_string());
                continue;
            }
        };
        assert_eq!(
            plans.len(),
            attestation.proofs.len(),
            "lists of two lengths"
        );
        let digest = statement.digest();
        let mut totals = Vec::new();
        for (plan, proof) in plans.iter().zip(&attestation.proofs) {
            let Some(key) = reader.keys.get(plan.circuit) else {
                return;
            };
            match prepare(
                &reader.params,
                key,
                plan.position,
                digest,
                &plan.publics,
                proof,
            ) {
                Ok(pending) => totals.push(pending.totals),
                Err(error) => super::message(&error.to_string()),
            }
        }
        if totals.len() == plans.len() {
            let _ = check_links(&plans, &totals);
        }
    }
}
