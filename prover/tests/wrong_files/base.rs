//! What the wrong files are made from: good ones.

use std::fs;
use std::path::PathBuf;

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::{self, Document};
use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{Options, Request, attest_with};
use plimsoll_prover::keys::{Owned, SecretKey, Signer};
use plimsoll_prover::sources;

use crate::support::fixture;
use crate::support::params::params;

/// The institution of the examples, and another one.
pub const LEI: &str = "N1GZ7BBF3NP8GI976H15";
pub const OTHER: &str = "8I5DZWZKVSZI1NUHU748";
/// Keys of the institution, of the other one, of whoever signs rulebooks and snapshots, and one
/// that nobody knows.
pub const OURS: u8 = 1;
pub const SECOND: u8 = 2;
pub const THEIRS: u8 = 5;
pub const SUPERVISOR: u8 = 3;
pub const STRANGER: u8 = 9;

pub fn key(number: u8) -> SecretKey {
    SecretKey::from_seed(&[number; 32], "nobody").unwrap()
}

pub fn public(number: u8) -> Owned {
    key(number).public().clone()
}

pub fn sign(envelope: &mut Envelope, number: u8) {
    let signer = Signer::Key(Box::new(key(number)));
    signer.sign(envelope).unwrap();
}

/// An envelope of the institution's around whatever payload.
pub fn signed(payload: Vec<u8>) -> Vec<u8> {
    let mut envelope = Envelope::unsigned(PayloadType::InToto, payload);
    sign(&mut envelope, OURS);
    envelope.encode()
}

fn stored(name: &str) -> Document {
    let bytes = fs::read(fixture(&format!("proofs/{name}.plimsoll"))).unwrap();
    Document::decode(&bytes, Standard::K).unwrap()
}

/// Good attestations that nobody has signed.
pub struct Base {
    /// Number 1 of U.S. Bancorp.
    pub one: Document,
    /// The same statement, proven again.
    pub again: Document,
    /// Number 2, which follows `one`.
    pub two: Document,
    /// A book of other circuits, under `basel-2023`.
    pub shapes: Document,
}

impl Base {
    pub fn load() -> Base {
        Base {
            one: stored("us-bancorp-2022-12-31"),
            again: stored("us-bancorp-2022-12-31-again"),
            two: stored("us-bancorp-2023-03-31"),
            shapes: stored("four-shapes"),
        }
    }

    /// Number 1 with the institution's signature.
    pub fn good(&self) -> Vec<u8> {
        with_signature(&self.one)
    }

    /// The signed bytes of number 1.
    pub fn payload(&self) -> String {
        String::from_utf8(self.one.envelope.payload.clone()).unwrap()
    }

    /// A file around canonical bytes that may be none; its words are those of number 1.
    pub fn around(&self, inner: &[u8]) -> Vec<u8> {
        let statement = &self.one.attestation.statement;
        signed(document::payload(statement, inner, Standard::K))
    }

    /// A file that says what its bytes say, signed by the institution.
    pub fn altered(&self, change: impl FnOnce(&mut Attestation)) -> Vec<u8> {
        let mut attestation = self.one.attestation.clone();
        change(&mut attestation);
        with_signature(&Document::unsigned(attestation, Standard::K))
    }
}

pub fn with_signature(document: &Document) -> Vec<u8> {
    signed(document.envelope.payload.clone())
}

/// Where attestations lie that were proven for the corpus.
pub fn path(name: &str) -> PathBuf {
    fixture("wrong/base").join(name)
}

/// Attestations that were proven for the corpus; they are made where they are missing.
pub fn prove_what_is_missing() {
    fs::create_dir_all(path("")).unwrap();
    if path("opened.plimsoll").exists() && path("third.plimsoll").exists() {
        return;
    }
    let params = params();
    let mut keys = ProvingKeys::<Standard>::default();
    let book = fixture("books/us-bancorp-2022-12-31");
    let sources = sources::load(&book, None, None).unwrap_or_else(|e| panic!("{e}"));
    let claims = Claim::parse_list(["cet1>=8.37%"]).unwrap();
    for (name, sequence, previous) in [("opened", 1, [0; 32]), ("third", 3, [7; 32])] {
        let request = Request {
            book: &sources.book,
            rulebook: &sources.rulebook,
            snapshot: &sources.snapshot,
            claims: &claims,
            without: &[],
            sequence,
            previous,
            check: SelfCheck::Verify,
        };
        let options = Options {
            keep: true,
            ..Options::default()
        };
        let attested = attest_with(&params, &mut keys, &request, options, &mut |_| true);
        let attested = attested.unwrap_or_else(|e| panic!("{name}: {e}"));
        let document = Document::unsigned(attested.attestation, Standard::K);
        let file = path(&format!("{name}.plimsoll"));
        fs::write(file, with_signature(&document)).unwrap();
        if name == "opened" {
            let ids: Vec<String> = sources
                .book
                .exposures
                .iter()
                .take(2)
                .map(|e| e.id.to_string())
                .collect();
            let opening = attested.opening.unwrap();
            let disclosure =
                opening.disclose::<Standard>(&params, &document.attestation, document.digest, &ids);
            let disclosure = disclosure.unwrap_or_else(|e| panic!("{e}"));
            fs::write(path("opened.disclosure.json"), disclosure.encode()).unwrap();
        }
    }
}

/// Numbers 1 and 2 with the institution's signature.
pub fn write_good(base: &Base) {
    fs::write(path("good.plimsoll"), base.good()).unwrap();
    fs::write(path("good-2.plimsoll"), with_signature(&base.two)).unwrap();
}

/// The reader's trust file: two keys of the institution, one of another.
pub fn write_trust() {
    let us = Rulebook::builtin("us-standardised").unwrap().digest();
    let text = format!(
        "# Whom the readers of the wrong files trust; the keys are those of tests.\n\
         version = 1\n\
         [[institution]]\nlei = \"{LEI}\"\nname = \"U.S. Bancorp\"\nkeys = [\"{}\", \"{}\"]\n\
         [[institution]]\nlei = \"{OTHER}\"\nname = \"Another bank\"\nkeys = [\"{}\"]\n\
         [[rulebook]]\nname = \"us-standardised\"\ndigest = \"{}\"\n\
         [[rulebook-signer]]\nname = \"Supervisor\"\nkey = \"{}\"\n\
         [[oracle]]\nname = \"Prices\"\nkey = \"{}\"\n",
        public(OURS).key,
        public(SECOND).key,
        public(THEIRS).key,
        plimsoll_verifier::verdict::hex(&us),
        public(SUPERVISOR).key,
        public(SUPERVISOR).key,
    );
    fs::write(path("trust.toml"), text).unwrap();
}

/// A snapshot with a rate, as text.
pub fn snapshot_text() -> String {
    let text =
        "name = \"quotes\"\nat = 2022-12-30T17:00:00Z\nbase = \"USD\"\n[rates]\nEUR = \"1.07\"\n";
    Snapshot::parse(text).unwrap();
    text.to_owned()
}
