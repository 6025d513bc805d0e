//! Vices of keys, opening files, and of what is offered for a signature.

use std::fs;

use plimsoll_prover::keys::{Passphrase, write_secret};

use crate::base::{LEI, OTHER, OURS, path, public};
use crate::make::{Corpus, Make};

const PHRASE: &str = "correct horse\n";

/// Encrypted keys are other bytes each time: they are made once.
pub fn make_what_is_missing() {
    for (name, owner) in [("ours.key", LEI), ("theirs.key", OTHER)] {
        if !path(name).exists() {
            let secret = plimsoll_prover::keys::SecretKey::from_seed(&[OURS; 32], owner).unwrap();
            let phrase = Passphrase::from(PHRASE.trim_end().to_owned());
            write_secret(&path(name), &secret, &phrase).unwrap();
        }
    }
}

pub fn add(corpus: &mut Corpus) {
    let mut shown = |name: &str, vice: &str, text: String, reason: &str, says: &str| {
        let make =
            Make::new("key", name, vice, "bank.pub", text).command("plimsoll keys show bank.pub");
        corpus.add(make.malformed(reason, says));
    };
    let good = format!("{}\n", public(OURS));
    let owner = good.split_once(' ').unwrap().1;
    shown(
        "no-owner",
        "a public key without a name",
        good.replace(' ', "_"),
        "Key.NotPublic.Form",
        "ed25519:",
    );
    let weak = format!("ed25519:{}= {owner}", "A".repeat(43));
    shown(
        "weak",
        "a public key of small order",
        weak,
        "Key.NotPublic.Point",
        "sound Ed25519 key",
    );
    shown(
        "two-lines",
        "a public key with a second line",
        format!("{good}{good}"),
        "Key.Owner",
        "printable",
    );
    let mut secret =
        |name: &str, vice: &str, bytes: Vec<u8>, phrase: &str, reason: &str, says: &str| {
            let make = Make::new("key", name, vice, "bank.key", bytes)
                .with("phrase", phrase)
                .command("plimsoll keys show bank.key --passphrase-file phrase");
            corpus.add(make.malformed(reason, says));
        };
    let ours = fs::read(path("ours.key")).unwrap();
    secret(
        "cut",
        "a secret key that is cut",
        ours[..ours.len() / 2].to_vec(),
        PHRASE,
        "Key.NotSecret",
        "not a secret key",
    );
    secret(
        "noise",
        "a secret key that is a sentence",
        b"Open sesame.".to_vec(),
        PHRASE,
        "Key.NotSecret",
        "not a secret key",
    );
    secret(
        "passphrase",
        "another passphrase",
        ours.clone(),
        "battery staple\n",
        "Key.Passphrase",
        "does not open it",
    );
    secret(
        "no-passphrase",
        "an empty passphrase",
        ours,
        "\n",
        "Key.NoPassphrase",
        "is empty",
    );
    let theirs = fs::read(path("theirs.key")).unwrap();
    let make = Make::new(
        "key",
        "other-institution",
        "the key of another institution",
        "bank.key",
        theirs,
    )
    .with("phrase", PHRASE)
    .like("file.plimsoll", "proofs/us-bancorp-2022-12-31.plimsoll")
    .command("plimsoll sign file.plimsoll --key bank.key --passphrase-file phrase");
    corpus.add(make.malformed("Key.OtherInstitution", "another institution's"));
    let opening = Make::new("opening", "noise", "an opening file that is a sentence", "a.opening", "Open sesame.\n")
        .with("phrase", PHRASE)
        .like("file.plimsoll", "wrong/base/opened.plimsoll")
        .command("plimsoll disclose file.plimsoll --opening a.opening --position x --out d.json --passphrase-file phrase");
    corpus.add(opening.malformed("Opening.NotOpening", "not an opening file"));
}
