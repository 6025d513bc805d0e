//! `plimsoll vouch`, `prove --voucher`, `plimsoll-verify --trust`, `disclose`: the servicer of ten
//! thousand real loans, or of six made-up ones where those are not here.
#![allow(missing_docs)]

mod support;

use std::fs;

use clap::Parser;
use plimsoll_circuits::book::{Book, Lei, Line, Place};
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_circuits::voucher::Voucher;
use plimsoll_prover::book::save;
use plimsoll_verifier::cli;
use support::desk::Desk;
use support::params::params_folder;

/// The servicer is nobody either.
const SERVICER: &str = "PLIMSOLL000000000122";

impl Desk {
    fn good(&self, args: &[&str]) -> String {
        let screen = self.with_params(args);
        assert_eq!(screen.status, 0, "{args:?}: {}", screen.err);
        screen.out
    }

    fn refused(&self, args: &[&str]) -> String {
        let screen = self.with_params(args);
        assert_eq!(
            (screen.status, screen.out.as_str()),
            (2, ""),
            "{args:?}: {}",
            screen.err
        );
        screen.err
    }

    fn public(&self, name: &str) -> String {
        let text = fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap();
        text.split_once(' ').unwrap().0.to_owned()
    }

    /// `plimsoll vouch servicer …`, for the bank of nobody.
    fn vouch(&self, out: &str, more: &[&str]) -> Vec<String> {
        let start = [
            "vouch",
            "servicer",
            "--out",
            out,
            "--key",
            "servicer.key",
            "--passphrase-file",
            "phrase",
            "--vouched-passphrase-file",
            "phrase",
        ];
        let all = start.iter().chain(more);
        all.map(|&arg| arg.to_owned()).collect()
    }
}

fn text(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

/// Folders `servicer` and `bank`; an id, its amount in the servicer's file, what it is in words.
fn desk() -> (Desk, &'static str, usize) {
    let desk = Desk::new();
    desk.key("servicer.key", "Example servicer");
    desk.key("bank.key", support::NOBODY);
    let Some(loans) = support::loans() else {
        for (name, from) in [("servicer", "servicer"), ("bank", "with-servicer")] {
            desk.book(from, name, |_, text| text);
        }
        return (desk, "loan 1002", 6);
    };
    let count = loans.exposures.len();
    let servicer = Book {
        institution: "Servicer of consumer loans".to_owned(),
        lei: Lei::parse(SERVICER).unwrap(),
        ..loans.clone()
    };
    save(&servicer, &desk.path("servicer")).unwrap();
    // The loans have no owner and no capital: these lines are made up, to have something to claim.
    let line = |name: &str, amount| Line {
        name: name.into(),
        amount,
        place: Place::default(),
    };
    let stated = [
        "counterparty-risk",
        "cva",
        "securitisation",
        "market-risk",
        "operational-risk",
        "leverage-derivatives",
        "leverage-sft",
    ];
    let bank = Book {
        capital: vec![line("common-shares", 1_000_000_000)],
        stated: stated.map(|name| line(name, 0)).to_vec(),
        ..loans
    };
    save(&bank, &desk.path("bank")).unwrap();
    (desk, "2", count)
}

#[test]
fn a_servicer_vouches_and_a_bank_proves() {
    let (desk, loan, count) = desk();
    let terms = [
        "--for",
        support::NOBODY,
        "--account",
        "contract 12",
        "--serial",
        "4",
    ];
    let vouch = desk.vouch("q", &terms);
    let said = desk.good(&text(&vouch));
    let wanted = format!(
        "wrote q.voucher and q.vouched: {count} exposures for {}, number 4\n",
        support::NOBODY
    );
    assert_eq!(said, wanted);
    let voucher = Voucher::decode(&fs::read(desk.path("q.voucher")).unwrap()).unwrap();
    assert!(voucher.is_signed());
    assert_eq!(voucher.terms.owner, "Example servicer");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("q.voucher"), mode("q.vouched")), (0o644, 0o600));
    }
    // Neither file is written over.
    assert!(desk.refused(&text(&vouch)).starts_with("error: q.voucher"));

    let prove = [
        "prove",
        "bank",
        "--claim",
        "cet1>=7%",
        "--out",
        "a",
        "--key",
        "bank.key",
        "--passphrase-file",
        "phrase",
        "--voucher",
        "q.voucher",
        "--vouched",
        "q.vouched",
        "--vouched-passphrase-file",
        "phrase",
        "--opening",
        "o",
        "--opening-passphrase-file",
        "phrase",
    ];
    // Half a pair, and files that are not what they should be.
    let pair = [&prove[..], &["--voucher", "q.voucher"]].concat();
    assert!(desk.refused(&pair).contains("as vouchers"));
    let mut swapped = prove;
    swapped[11] = "q.vouched";
    assert!(desk.refused(&swapped).starts_with("error: q.vouched: "));
    assert!(!desk.path("a").exists());
    // The bank's own book says something else: no amount is told.
    let exposures = fs::read_to_string(desk.path("bank/exposures.csv")).unwrap();
    let line = exposures
        .lines()
        .position(|line| line.starts_with(&format!("{loan},")));
    let line = line.unwrap() + 1;
    let changed: String = exposures
        .lines()
        .enumerate()
        .map(|(at, text)| match at + 1 == line {
            true => text.replacen("retail", "corporate-sme", 1) + "\n",
            false => text.to_owned() + "\n",
        })
        .collect();
    fs::write(desk.path("bank/exposures.csv"), changed).unwrap();
    let err = desk.refused(&prove);
    let wanted = format!("error: bank/exposures.csv:{line}, column `class`: ");
    assert!(err.starts_with(&wanted), "{err}");
    fs::write(desk.path("bank/exposures.csv"), exposures).unwrap();
    // Nothing of this was counted: five proofs are left, and this is the first.
    let before = fs::read(desk.path("q.vouched")).unwrap();
    desk.good(&prove);
    assert!(fs::read(desk.path("q.vouched")).unwrap() != before);

    let document = Document::decode(&fs::read(desk.path("a")).unwrap(), Standard::K).unwrap();
    assert_eq!(document.vouchers, [voucher]);
    let rows = &document.attestation.statement.rows;
    assert!(rows.iter().any(|rows| rows.circuit == RowCircuit::Vouched));
    // A reader who knows both, and asks for the servicer's word.
    let trust = format!(
        "version = 1\n[[institution]]\nlei = \"{}\"\nname = \"A bank\"\nkeys = [\"{}\"]\n\
         vouched-by = [\"The servicer\"]\n[[data-owner]]\nname = \"The servicer\"\nkey = \"{}\"\n\
         [[rulebook]]\nname = \"basel-2023\"\ndigest = \"{}\"\n",
        support::NOBODY,
        desk.public("bank.key"),
        desk.public("servicer.key"),
        document
            .attestation
            .statement
            .rulebook
            .map(|b| format!("{b:02x}"))
            .concat(),
    );
    fs::write(desk.path("trust.toml"), trust).unwrap();
    let (a, trust, page) = (
        desk.path("a"),
        desk.path("trust.toml"),
        desk.path("page.html"),
    );
    let verify = |more: &[&str]| {
        let [a, trust] = [&a, &trust].map(|path| path.to_str().unwrap());
        let params = params_folder().to_str().unwrap();
        let args = [
            "plimsoll-verify",
            a,
            "--trust",
            trust,
            "--params-dir",
            params,
        ];
        cli::run(&cli::Cli::parse_from([&args, more].concat())).unwrap()
    };
    assert_eq!(verify(&["--html", page.to_str().unwrap()]), 0);
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("by The servicer (key "), "{html}");
    assert!(html.contains("accounts &quot;contract 12&quot;;"), "{html}");
    // A single loan of the servicer's columns, shown.
    desk.good(&[
        "disclose",
        "a",
        "--opening",
        "o",
        "--position",
        loan,
        "--out",
        "d",
        "--passphrase-file",
        "phrase",
    ]);
    assert_eq!(
        verify(&["--disclosure", desk.path("d").to_str().unwrap()]),
        0
    );
    let shown = fs::read_to_string(desk.path("d")).unwrap();
    assert!(shown.contains("disclosure"));
    // Another key under the servicer's name: nobody whom the reader knows vouches.
    let stranger = fs::read_to_string(&trust).unwrap();
    let (servicer, bank) = (desk.public("servicer.key"), desk.public("bank.key"));
    fs::write(&trust, stranger.replacen(&servicer, &bank, 1)).unwrap();
    assert_eq!(verify(&[]), 2);
}

#[test]
fn what_cannot_be_vouched_for_is_named() {
    let desk = Desk::new();
    desk.key("servicer.key", "Example servicer");
    let shapes = support::fixture("books/four-shapes");
    let vouch = desk.vouch(
        "q",
        &["--for", support::NOBODY, "--account", "A", "--serial", "1"],
    );
    let mut args = text(&vouch);
    args[1] = shapes.to_str().unwrap();
    let err = desk.refused(&args);
    assert!(
        err.contains("collateral") && err.contains("hint: "),
        "{err}"
    );
    let folder = support::fixture("books/servicer");
    args[1] = folder.to_str().unwrap();
    let mut other = args.clone();
    other[11] = "PLIMSOLL000000000026";
    assert!(desk.refused(&other).starts_with("error: --for: "));
    assert!(!desk.path("q.voucher").exists() && !desk.path("q.vouched").exists());
}
