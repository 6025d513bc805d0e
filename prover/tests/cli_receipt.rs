//! `plimsoll receipt`: what counterparties are given, and what contradicts it.
#![allow(missing_docs)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use plimsoll_circuits::protocol::layout::Standard;
use plimsoll_circuits::receipt::{Position, Receipt};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_verifier::disclosed::Disclosed;
use plimsoll_verifier::received::{Received, Unreceived, received};
use plimsoll_verifier::{Policy, Trust, Verifier};
use support::desk::{Desk, Screen};
use support::params::params;

impl Desk {
    /// A folder with the key `bank` and this book as `book`.
    fn of(book: &str) -> Desk {
        let desk = Desk::new();
        desk.key("bank", support::NOBODY);
        desk.book(book, "book", |_, text| text);
        desk
    }

    fn receipt(&self, book: &str, more: &[&str]) -> Screen {
        let key = ["--key", "bank", "--passphrase-file", "phrase"];
        self.run(&[&["receipt", book][..], more, &key].concat())
    }

    fn read(&self, name: &str) -> Receipt {
        Receipt::decode(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// Whoever trusts the key, and looks at attestations that nobody signed.
    fn policy(&self) -> Policy {
        let line = fs::read_to_string(self.path("bank.pub")).unwrap();
        let (key, lei) = line.trim().split_once(' ').unwrap();
        let trust = format!(
            "version = 1\n[[institution]]\nlei = \"{lei}\"\nname = \"Nobody\"\nkeys = [\"{key}\"]\n"
        );
        Policy {
            unsigned: true,
            trust: Trust::parse(&trust).unwrap(),
            ..Policy::default()
        }
    }

    /// A receipt for one position of a book, held against a disclosure.
    fn held(&self, book: &str, id: &str, disclosed: &Disclosed) -> Received {
        let name = format!("{book} {id}").replace(['%', '/'], "-");
        let screen = self.receipt(book, &["--position", id, "--out", &name]);
        assert_eq!(screen.status, 0, "{}", screen.err);
        let file = fs::read(self.path(&name)).unwrap();
        let policy = self.policy();
        received(&file, &policy, Some(&disclosed.verdict), Some(disclosed))
    }
}

#[test]
fn every_counterparty_gets_one() {
    let desk = Desk::of("four-shapes");
    let screen = desk.receipt("book", &["--all", "--out", "all"]);
    assert_eq!((screen.status, screen.err.as_str()), (0, ""));
    assert!(
        screen
            .out
            .starts_with("wrote all: 14 receipts, signed by key "),
        "{}",
        screen.out
    );
    // Ten exposures and four items of collateral, each in a file whose name says nothing.
    let index = fs::read_to_string(desk.path("all/index.csv")).unwrap();
    let mut lines = index.lines();
    assert_eq!(lines.next(), Some("kind,id,file"));
    let mut names = BTreeSet::from(["index.csv".to_owned()]);
    for line in lines {
        let (kind, rest) = line.split_once(',').unwrap();
        let (id, name) = rest.rsplit_once(',').unwrap();
        let receipt = desk.read(&format!("all/{name}"));
        assert_eq!(receipt.content.position.kind(), kind);
        assert_eq!(receipt.content.id, id);
        assert_eq!(receipt.content.file_name(), name);
        assert_eq!(receipt.envelope.signatures().len(), 1);
        assert!(names.insert(name.to_owned()));
    }
    let entries = fs::read_dir(desk.path("all")).unwrap();
    let found: BTreeSet<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, names);
    assert_eq!(found.len(), 15);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(desk.path("all")), 0o700);
        for name in &names {
            assert_eq!(mode(desk.path("all").join(name)), 0o600, "{name}");
        }
    }
    // Given again, every one has another salt and another name.
    let screen = desk.receipt("book", &["--all", "--out", "again"]);
    assert_eq!(screen.status, 0, "{}", screen.err);
    let entries = fs::read_dir(desk.path("again")).unwrap();
    let again = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(
        again.filter(|name| names.contains(name)).count(),
        1,
        "the index alone"
    );

    let refused = |screen: Screen, said: &str| {
        screen.refused(said);
        assert!(!desk.path("x").exists());
    };
    refused(desk.receipt("book", &["--all", "--out", "all"]), "all: ");
    let nothing = ["--position", "gold lone", "--out", "x"];
    refused(
        desk.receipt("book", &nothing),
        "the book has no position `gold lone`",
    );
    let one = ["receipt", "book", "--position", "gold loan", "--out", "x"];
    refused(desk.run(&one), "there is nothing to sign with");
    let args = [
        "keys",
        "new",
        "--for",
        "N1GZ7BBF3NP8GI976H15",
        "--out",
        "other",
    ];
    desk.run(&[&args[..], &["--passphrase-file", "phrase"]].concat());
    let other = ["--key", "other", "--passphrase-file", "phrase"];
    let screen = desk.run(&[&one[..], &other].concat());
    refused(screen, "the key is that of N1GZ7BBF3NP8GI976H15");
    let stored = support::fixture("proofs/us-bancorp-2022-12-31.plimsoll");
    let stored = stored.to_str().unwrap();
    let of = [
        "--position",
        "gold loan",
        "--out",
        "x",
        "--attestation",
        stored,
    ];
    let said = format!("{stored}: the attestation is of another institution than the book");
    refused(desk.receipt("book", &of), &said);
    let own = support::fixture("proofs/four-shapes.plimsoll");
    let own = own.to_str().unwrap();
    let of = [
        "--position",
        "gold loan",
        "--out",
        "g",
        "--attestation",
        own,
    ];
    assert_eq!(desk.receipt("book", &of).status, 0);
    desk.book("four-shapes", "later", |name, text| match name {
        "book.toml" => {
            let line = text.lines().find(|line| line.starts_with("as_of")).unwrap();
            text.replace(line, "as_of = \"2031-01-02\"")
        }
        _ => text,
    });
    let of = [
        "--position",
        "gold loan",
        "--out",
        "x",
        "--attestation",
        own,
    ];
    let said = format!("{own}: the attestation is of another time than the book");
    refused(desk.receipt("later", &of), &said);
}

/// Each position agrees with its disclosure; an altered one contradicts it by name.
#[test]
fn a_disclosure_with_other_figures_contradicts_a_receipt() {
    let desk = Desk::of("four-shapes");
    let args = [
        "prove",
        "book",
        "--claim",
        "cet1>=4.5%",
        "--out",
        "a",
        "--opening",
        "o",
    ];
    let phrase = ["--opening-passphrase-file", "phrase"];
    let screen = desk.with_params(&[&args[..], &phrase].concat());
    assert_eq!(screen.status, 0, "{}", screen.err);
    let positions = ["maker of pumps", "shop in default", "gold loan"];
    let args = [
        "disclose",
        "a",
        "--opening",
        "o",
        "--out",
        "d",
        "--passphrase-file",
        "phrase",
    ];
    let ids = positions.iter().flat_map(|id| ["--position", *id]);
    let screen = desk.with_params(&args.into_iter().chain(ids).collect::<Vec<_>>());
    assert_eq!(screen.status, 0, "{}", screen.err);

    let basel = Rulebook::builtin("basel-2023").unwrap();
    let mut verifier = Verifier::<Standard>::trusting(params(), vec![basel], Vec::new());
    let (attestation, file) = (desk.path("a"), desk.path("d"));
    let (attestation, file) = (fs::read(attestation).unwrap(), fs::read(file).unwrap());
    let disclosed = verifier.disclosed(&attestation, &file, &desk.policy());
    // An exposure with provisions has a gross amount; collateral is part of its exposure.
    for id in [positions[0], positions[1], positions[2], "bars", "coins"] {
        let answer = desk.held("book", id, &disclosed);
        assert_eq!(answer.problem, None, "{id}");
        assert!(answer.compared.attestation && answer.compared.disclosure);
    }
    let coins = desk.read("book coins").content;
    assert_eq!(coins.position, Position::Collateral);
    assert_eq!(coins.of.as_deref(), Some("gold loan"));
    assert_eq!(coins.figures["value"], "650000 USD");
    // A position that the disclosure does not show.
    let other = desk.held("book", "card lines", &disclosed);
    assert_eq!(
        (other.exit_status(), other.problem),
        (2, Some(Unreceived::NotDisclosed))
    );
    for (book, file, from, to, id, what) in [
        (
            "more",
            "exposures.csv",
            "30000000.25",
            "30000000.26",
            "maker of pumps",
            "amount",
        ),
        (
            "gross",
            "exposures.csv",
            "1000000.00,190000",
            "1000000.01,190000",
            "shop in default",
            "amount",
        ),
        (
            "coin",
            "collateral.csv",
            "coins,gold loan,gold,,650000.00",
            "coins,gold loan,gold,,650000.01",
            "coins",
            "value",
        ),
        (
            "off",
            "exposures.csv",
            "BBB,on-balance",
            "BBB,commitment",
            "maker of pumps",
            "balance-sheet kind",
        ),
    ] {
        desk.book("four-shapes", book, |known, text| match known == file {
            true => {
                assert!(text.contains(from), "{from}");
                text.replacen(from, to, 1)
            }
            false => text,
        });
        let answer = desk.held(book, id, &disclosed);
        let expected = Unreceived::Contradiction(what.to_owned());
        assert_eq!(
            (answer.exit_status(), answer.problem),
            (1, Some(expected)),
            "{book}"
        );
    }
}
