//! What a reader is told, and what a reader may ask for.

use plimsoll_verifier::{Trust, Unknown, report};

use crate::*;

/// The attestation, signed by the institution.
fn signed() -> Vec<u8> {
    let (attestation, voucher) = honest();
    let mut document = Document::with_vouchers(attestation, vec![voucher], Small::K);
    sign(&mut document.envelope, 1);
    document.encode()
}

fn reader(owners: &str, asked: &str) -> Policy {
    let text = format!(
        "version = 1\n[[institution]]\nlei = \"{BANK}\"\nname = \"A bank\"\nkeys = [\"{}\"]\n{asked}\n{owners}",
        key(1).1
    );
    Policy {
        trust: Trust::parse(&text).unwrap_or_else(|error| panic!("{error}")),
        ..Policy::default()
    }
}

fn owner(name: &str, number: u8) -> String {
    format!(
        "[[data-owner]]\nname = \"{name}\"\nkey = \"{}\"\n",
        key(number).1
    )
}

#[test]
fn a_reader_is_told_whose_word_it_is() {
    let file = signed();
    let known = checked(&file, &reader(&owner("The servicer", OWNER), ""));
    assert_eq!(known.outcome, Outcome::Holds);
    let page = report::page("a", &known);
    assert!(page.contains("by The servicer (key "), "{page}");
    assert!(
        page.contains("accounts \"contract A\"; as of 2023-12-31, number 3"),
        "{page}"
    );
    assert!(
        page.contains("by nobody     plain exposures, capital items"),
        "{page}"
    );
    let object = report::json("a", &known);
    assert_eq!(object["vouched"][0]["name"], "The servicer");
    assert_eq!(object["vouched"][0]["known"], true);
    assert_eq!(object["vouched"][0]["proofs"], 1);
    assert_eq!(object["not_vouched"][0], "plain exposures");
    // A key that the reader does not know changes no answer, and no name of its own counts.
    let unknown = checked(&file, &reader(&owner("Somebody else", STRANGER), ""));
    assert_eq!(unknown.outcome, Outcome::Holds);
    let page = report::page("a", &unknown);
    assert!(page.contains("by a key you do not know ("), "{page}");
    assert!(
        page.contains("which calls itself \"Example servicer\";"),
        "{page}"
    );
    assert_eq!(report::json("a", &unknown)["vouched"][0]["known"], false);
    let html = report::html::page(&[("a".to_owned(), unknown)]);
    assert!(html.contains("by a key you do not know ("), "{html}");
    // What does not hold speaks of nobody's word.
    let refused = checked(&file, &Policy::default());
    assert_ne!(refused.outcome, Outcome::Holds);
    let page = report::page("a", &refused);
    assert!(page.contains("vouched for   not shown"), "{page}");
    assert_eq!(
        report::json("a", &refused)["vouched"],
        serde_json::json!([])
    );
}

#[test]
fn a_reader_may_ask_for_somebodys_word() {
    let file = signed();
    let asked = "vouched-by = [\"The servicer\"]";
    let owners = owner("The servicer", OWNER);
    let holds = |policy: &Policy| checked(&file, policy).outcome;
    assert_eq!(holds(&reader(&owners, asked)), Outcome::Holds);
    // The same name with another key: nobody whom the reader knows vouched.
    let missing = Outcome::CannotTell(Unknown::NotVouched("The servicer".to_owned()));
    assert_eq!(
        holds(&reader(&owner("The servicer", STRANGER), asked)),
        missing
    );
    assert_eq!(missing.reason(), Some("not_vouched"));
    // An old key and a new one of one owner.
    let both = owner("The servicer", STRANGER) + &owners;
    assert_eq!(holds(&reader(&both, asked)), Outcome::Holds);
    // One of two is not both.
    let two = "vouched-by = [\"The servicer\", \"Another\"]";
    let owners = owners + &owner("Another", STRANGER);
    let missing = Outcome::CannotTell(Unknown::NotVouched("Another".to_owned()));
    assert_eq!(holds(&reader(&owners, two)), missing);
    // A name that nobody has, and a key with two names.
    let refused = |owners: &str, asked: &str| {
        let text = format!(
            "version = 1\n[[institution]]\nlei = \"{BANK}\"\nname = \"A\"\nkeys = [\"{}\"]\n{asked}\n{owners}",
            key(1).1
        );
        Trust::parse(&text).is_err()
    };
    assert!(refused("", asked));
    let same = owner("The servicer", OWNER) + &owner("Another", OWNER);
    assert!(refused(&same, asked));
}
