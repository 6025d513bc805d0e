//! `plimsoll keys`, `sign`, `history`: what is written, who may read it, what is refused.
#![allow(missing_docs)]

mod support;

use std::fs;

use plimsoll_circuits::document::{Document, MAX_BYTES};
use plimsoll_circuits::envelope::{Envelope, PayloadType, PublicKey};
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::rulebook::{BUILTIN, Rulebook};
use plimsoll_circuits::snapshot::{self, Snapshot};
use serde_json::Value;
use support::desk::{Desk, Screen};

const LEI: &str = "N1GZ7BBF3NP8GI976H15";

impl Desk {
    /// With a key `k`, for `owner`.
    fn with_key(owner: &str) -> Desk {
        let desk = Desk::new();
        desk.key("k", owner);
        desk
    }

    fn new_key(&self, out: &str, owner: &str) -> Screen {
        let args = ["keys", "new", "--for", owner, "--out", out];
        self.run(&[&args[..], &["--passphrase-file", "phrase"]].concat())
    }

    fn sign(&self, file: &str, more: &[&str]) -> Screen {
        self.run(&[&["sign", file], more].concat())
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn public(&self, name: &str) -> PublicKey {
        let line = fs::read_to_string(self.path(name)).unwrap();
        PublicKey::parse(line.split(' ').next().unwrap()).unwrap()
    }

    fn stored(&self, name: &str, to: &str) {
        let from = support::fixture("proofs").join(format!("{name}.plimsoll"));
        fs::copy(from, self.path(to)).unwrap();
    }
}

const KEY: [&str; 4] = ["--key", "k", "--passphrase-file", "phrase"];

#[test]
fn attacks_52_secret_keys_are_their_owners() {
    let desk = Desk::with_key(LEI);
    assert_eq!(desk.names(), ["k", "k.pub", "phrase"]);
    let secret = fs::read_to_string(desk.path("k")).unwrap();
    assert!(secret.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
    assert!(!secret.contains(LEI));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(desk.path("k")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Shown from either half; the passphrase opens it, another does not.
    let line = fs::read_to_string(desk.path("k.pub")).unwrap();
    assert!(line.starts_with("ed25519:") && line.ends_with(&format!(" {LEI}\n")));
    let phrase = ["--passphrase-file", "phrase"];
    let public = desk.run(&[&["keys", "public", "k"][..], &phrase].concat());
    assert_eq!((public.status, public.out.as_str()), (0, line.as_str()));
    let shown = desk.run(&["keys", "show", "k.pub"]);
    let id = desk.public("k.pub").id().to_string();
    assert!(
        shown.out.contains(&id) && shown.out.contains(LEI),
        "{}",
        shown.out
    );
    fs::write(desk.path("wrong"), "wrong horse\n").unwrap();
    fs::write(desk.path("empty"), "\n").unwrap();
    for (file, said) in [
        ("wrong", "error: k: the passphrase does not open it\n"),
        ("empty", "error: the passphrase is empty"),
        ("nowhere", "error: nowhere: "),
    ] {
        let screen = desk.run(&["keys", "public", "k", "--passphrase-file", file]);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        assert!(screen.err.starts_with(said), "{}", screen.err);
        assert!(!screen.err.contains("horse"));
    }
    // Nothing is written over, and nothing else is a key.
    let again = desk.new_key("k", LEI);
    assert_eq!((again.status, again.out.as_str()), (2, ""));
    assert_eq!(fs::read_to_string(desk.path("k")).unwrap(), secret);
    fs::remove_file(desk.path("k.pub")).unwrap();
    let again = desk.new_key("k", LEI);
    assert_eq!((again.status, again.out.as_str()), (2, ""));
    assert_eq!(fs::read_to_string(desk.path("k")).unwrap(), secret);
    fs::write(desk.path("noise"), "noise").unwrap();
    let noise = desk.run(&[&["keys", "public", "noise"][..], &phrase].concat());
    assert_eq!(
        noise.err.lines().next(),
        Some("error: noise: this is not a secret key of Plimsoll")
    );
}

#[test]
fn attestations_are_signed_in_their_place() {
    let desk = Desk::with_key(LEI);
    desk.stored("us-bancorp-2022-12-31", "a");
    let before = Document::decode(&fs::read(desk.path("a")).unwrap(), Standard::K).unwrap();
    let screen = desk.sign("a", &KEY);
    let said = "signed a: N1GZ7BBF3NP8GI976H15, number 1, cet1>=8.37%; 1 signature\n";
    assert_eq!((screen.out.as_str(), screen.err.as_str()), (said, ""));
    let read = || Document::decode(&fs::read(desk.path("a")).unwrap(), Standard::K).unwrap();
    let after = read();
    assert_eq!(after.envelope.payload, before.envelope.payload);
    assert_eq!(after.digest, before.digest);
    assert_eq!(after.envelope.check(&desk.public("k.pub")), Some(true));
    // Again by the same key, and by another.
    assert_eq!(desk.sign("a", &KEY).status, 0);
    assert_eq!(read(), after);
    assert_eq!(desk.new_key("k2", "an auditor").status, 0);
    let other = ["--key", "k2", "--passphrase-file", "phrase"];
    assert_eq!(desk.sign("a", &other).status, 0);
    assert_eq!(read().envelope.signatures().len(), 2);
    assert_eq!(read().envelope.check(&desk.public("k2.pub")), Some(true));
    // Another institution's key says whose it is.
    assert_eq!(desk.new_key("k3", "8I5DZWZKVSZI1NUHU748").status, 0);
    let foreign = ["--key", "k3", "--passphrase-file", "phrase"];
    let whole = fs::read(desk.path("a")).unwrap();
    let screen = desk.sign("a", &foreign);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert!(
        screen.err.contains("8I5DZWZKVSZI1NUHU748"),
        "{}",
        screen.err
    );
    // Nothing to sign with; nothing that can be signed.
    let screen = desk.sign("a", &[]);
    assert!(
        screen
            .err
            .starts_with("error: there is nothing to sign with")
    );
    fs::write(desk.path("cut"), &whole[..whole.len() - 9]).unwrap();
    assert_eq!(desk.sign("cut", &KEY).status, 2);
    assert_eq!(fs::read(desk.path("a")).unwrap(), whole);
}

#[cfg(unix)]
#[test]
fn attacks_27_an_external_signer_is_checked() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with_key(LEI);
    desk.stored("us-bancorp-2022-12-31", "a");
    assert_eq!(desk.sign("a", &KEY).status, 0);
    let signed = fs::read(desk.path("a")).unwrap();
    let good = Document::decode(&signed, Standard::K).unwrap().envelope;
    let bytes = good.signatures()[0].bytes;
    let text: Value = serde_json::from_slice(&signed).unwrap();
    let sig = text["signatures"][0]["sig"].as_str().unwrap();
    fs::write(desk.path("raw"), bytes).unwrap();
    fs::write(desk.path("base64"), format!("  {sig}\n")).unwrap();
    let mut wrong = bytes;
    wrong[3] ^= 1;
    fs::write(desk.path("wrong"), wrong).unwrap();
    // It gets what is signed, and hands out a file.
    let script = "#!/bin/sh\ncat > given\ncat \"$1\"\nexit ${2:-0}\n";
    fs::write(desk.path("hsm"), script).unwrap();
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(desk.path("hsm"), mode).unwrap();
    let sign = |command: &str| {
        desk.stored("us-bancorp-2022-12-31", "b");
        let before = fs::read(desk.path("b")).unwrap();
        let screen = desk.sign("b", &["--signer", command, "--public", "k.pub"]);
        let after = fs::read(desk.path("b")).unwrap();
        let changed = if screen.status == 0 { &signed } else { &before };
        assert_eq!(&after, changed, "{command}");
        screen
    };
    for answer in ["./hsm raw", "./hsm base64"] {
        let screen = sign(answer);
        assert_eq!(screen.status, 0, "{}", screen.err);
        assert_eq!(fs::read(desk.path("given")).unwrap(), good.signed_bytes());
    }
    for (command, said) in [
        ("./hsm wrong", "error: the signature is not that of key "),
        (
            "./hsm raw 3",
            "error: the signer `./hsm raw 3`: exit status: 3",
        ),
        (
            "./hsm phrase",
            "error: the signer `./hsm phrase`: its answer is not a signature",
        ),
        (
            "true",
            "error: the signer `true`: its answer is not a signature",
        ),
        ("./nowhere", "error: the signer `./nowhere`: "),
        (" ", "error: the signer ` `: names no program"),
    ] {
        let screen = sign(command);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""), "{command}");
        assert!(screen.err.starts_with(said), "{}", screen.err);
    }
}

#[test]
fn rulebooks_and_snapshots_are_signed_beside_them() {
    let desk = Desk::with_key("Example supervisor");
    let (_, text) = BUILTIN[0];
    let (_, prices) = snapshot::BUILTIN[1];
    fs::write(desk.path("rules.toml"), text).unwrap();
    fs::write(desk.path("prices.toml"), prices).unwrap();
    for (file, kind, canonical) in [
        (
            "rules.toml",
            PayloadType::Rulebook,
            Rulebook::parse(text).unwrap().canonical(),
        ),
        (
            "prices.toml",
            PayloadType::Snapshot,
            Snapshot::parse(prices).unwrap().canonical(),
        ),
    ] {
        let screen = desk.sign(file, &KEY);
        assert_eq!(screen.status, 0, "{}", screen.err);
        let bytes = fs::read(desk.path(&format!("{file}.dsse"))).unwrap();
        let envelope = Envelope::decode(&bytes, kind, MAX_BYTES).unwrap();
        assert_eq!(envelope.payload, canonical);
        assert_eq!(envelope.check(&desk.public("k.pub")), Some(true));
    }
    // The envelope is around what the file said then.
    fs::write(desk.path("prices.toml"), prices.replacen("1.", "2.", 1)).unwrap();
    let screen = desk.sign("prices.toml", &KEY);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    fs::write(desk.path("rules.toml"), &text[..text.len() / 2]).unwrap();
    assert_eq!(desk.sign("rules.toml", &KEY).status, 2);
}

#[test]
fn attacks_28_history() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    desk.stored("us-bancorp-2022-12-31", "in/1.plimsoll");
    desk.stored("us-bancorp-2023-03-31", "in/2.plimsoll");
    let screen = desk.run(&["history", "in"]);
    assert_eq!((screen.status, screen.err.as_str()), (0, ""));
    let lines: Vec<&str> = screen.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", screen.out);
    assert_eq!(lines[0], LEI);
    assert!(
        lines[1].ends_with("in/1.plimsoll: followed"),
        "{}",
        lines[1]
    );
    assert!(lines[2].ends_with("in/2.plimsoll: newest"), "{}", lines[2]);
    let json = desk.run(&["history", "in", "--json"]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    let list = &json["attestations"];
    assert_eq!(list[1]["previous"], list[0]["attestation"]);
    // Another number 1: equivocation; without the first: the second alone is a chain.
    desk.stored("us-bancorp-2022-12-31-again", "in/3.plimsoll");
    let screen = desk.run(&["history", "in"]);
    assert_eq!(screen.status, 2);
    assert!(
        screen
            .out
            .contains("two different attestations with number 1")
    );
    assert!(
        screen
            .err
            .starts_with("error: 2 of these attestations do not fit")
    );
    let overwritten = desk.run(&["history", "in/2.plimsoll", "in/3.plimsoll"]);
    assert_eq!(overwritten.status, 2);
    assert!(overwritten.out.contains("a round was overwritten"));
    assert_eq!(desk.run(&["history", "in/2.plimsoll"]).status, 0);
    fs::write(desk.path("in/4.plimsoll"), "noise").unwrap();
    let noise = desk.run(&["history", "in"]);
    assert_eq!((noise.status, noise.out.as_str()), (2, ""));
    assert!(
        noise.err.starts_with("error: in/4.plimsoll: "),
        "{}",
        noise.err
    );
}
