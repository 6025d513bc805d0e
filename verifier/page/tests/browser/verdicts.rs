//! The page says what the library says.

use plimsoll_circuits::protocol::layout::Standard;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_verifier::chain::Seen;
use plimsoll_verifier::report::{self, Sheet};
use plimsoll_verifier::{Clock, Policy, Trust, Verdict, Verifier, accept};
use serde_json::{Value, json};
use std::fs;

use crate::driver::{Browser, browse};
use crate::files::{forged, noise, signed, trust};
use crate::{fixtures, now, params, stored};

/// What the library says of files.
fn checked(
    files: &[(&str, &[u8])],
    trusted: Option<&str>,
    unsigned: bool,
    snapshot: Option<&str>,
) -> Vec<Verdict> {
    let trust = trusted.map(|text| Trust::parse(text).unwrap());
    let rulebooks = accept::rulebooks(trust.as_ref()).unwrap();
    let mut snapshots = accept::snapshots(trust.as_ref()).unwrap();
    snapshots.extend(snapshot.map(|text| Snapshot::parse(text).unwrap()));
    let policy = Policy {
        unsigned,
        clock: Clock::At(now()),
        max_age: None,
        trust: trust.unwrap_or_default(),
    };
    let mut verifier = Verifier::<Standard>::trusting(params(), rulebooks, snapshots);
    let bytes: Vec<&[u8]> = files.iter().map(|(_, bytes)| *bytes).collect();
    verifier.check_all(&bytes, &policy, &Seen::default())
}

/// The same of one file, for machines.
fn library(
    file: (&str, &[u8]),
    trusted: Option<&str>,
    unsigned: bool,
    snapshot: Option<&str>,
) -> Value {
    let verdicts = checked(&[file], trusted, unsigned, snapshot);
    report::json(file.0, &verdicts[0])
}

async fn agrees(browser: &Browser, expected: &Value) {
    let verdicts = browser.verdicts().await;
    assert_eq!(
        verdicts,
        std::slice::from_ref(expected),
        "{}",
        expected["file"]
    );
    browser.forget().await;
}

#[test]
fn the_page_agrees_with_the_library_on_every_fixture() {
    browse("every fixture", async |browser| {
        let mut names = Vec::new();
        for folder in ["", "with-snapshot"] {
            for entry in fs::read_dir(fixtures().join("proofs").join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "plimsoll") {
                    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                    names.push((name, fs::read(&path).unwrap()));
                }
            }
        }
        assert!(names.len() >= 5, "{}", names.len());
        names.sort();
        for (name, file) in &names {
            browser.choose("files", &[(name, file)]).await;
            agrees(&browser, &library((name, file), None, false, None)).await;
        }
        browser.tick(true).await;
        for (name, file) in &names {
            browser.forget().await;
            browser.choose("files", &[(name, file)]).await;
            agrees(&browser, &library((name, file), None, true, None)).await;
        }
        // With the snapshot that the last one rests on, whatever it is.
        let name = "../circuits/snapshots/example-2022-12-30.toml";
        let text = fs::read_to_string(fixtures().join(name)).unwrap();
        let name = "derivatives-bcbs.plimsoll";
        let file = stored(&format!("with-snapshot/{name}"));
        browser.forget().await;
        browser
            .choose("trust", &[("example-2022-12-30.toml", text.as_bytes())])
            .await;
        browser.wait("article").await;
        browser.forget().await;
        browser.choose("files", &[(name, &file)]).await;
        let expected = library((name, &file), None, true, Some(&text));
        assert_eq!(expected["verdict"], "holds");
        agrees(&browser, &expected).await;
    });
}

#[test]
fn what_is_signed_holds_for_a_reader_who_trusts_the_key() {
    browse("signed", async |browser| {
        let name = "bank.plimsoll";
        let file = signed(&stored("us-bancorp-2022-12-31.plimsoll"), 1);
        // Nobody is trusted yet.
        browser.choose("files", &[(name, &file)]).await;
        let words = browser.answer().await;
        assert!(words.contains("cannot tell"), "{words}");
        assert!(words.contains("add a trust file"), "{words}");
        agrees(&browser, &library((name, &file), None, false, None)).await;
        // Another key is trusted.
        let other = trust(2, "");
        browser
            .choose("trust", &[("trust.toml", other.as_bytes())])
            .await;
        agrees(&browser, &library((name, &file), Some(&other), false, None)).await;
        // This one is; the file of the same name takes the other's place when that is gone.
        browser.remove("trust.toml").await;
        let text = trust(1, "claims = [\"cet1>=7%\"]");
        browser
            .choose("trust", &[("trust.toml", text.as_bytes())])
            .await;
        let words = browser.answer().await;
        for word in [
            "✓ holds",
            "cet1>=8.37%",
            "U.S. Bancorp (key ",
            "not proven",
            "2022-12-31",
        ] {
            assert!(words.contains(word), "no {word} in {words}");
        }
        let expected = library((name, &file), Some(&text), false, None);
        assert_eq!(expected["verdict"], "holds");
        agrees(&browser, &expected).await;
        // The published file asks for attestations of the last 120 days.
        let text = fs::read_to_string(fixtures().join("trust/trust.toml")).unwrap();
        browser.remove("trust.toml").await;
        browser
            .choose("trust", &[("trust.toml", text.as_bytes())])
            .await;
        let expected = library((name, &file), Some(&text), false, None);
        assert_eq!(expected["reason"], "too_old");
        agrees(&browser, &expected).await;
    });
}

#[test]
fn what_is_seen_are_the_lines_of_the_command_line() {
    browse("lines", async |browser| {
        let file = stored("four-shapes.plimsoll");
        for unsigned in [false, true] {
            browser.tick(unsigned).await;
            browser.forget().await;
            browser.choose("files", &[("bank.plimsoll", &file)]).await;
            browser.wait("article").await;
            let seen = "const text = (e) => e.textContent;
                const rows = [...document.querySelectorAll('article > .facts > div')];
                return [
                    rows.map((row) => [
                        text(row.querySelector('dt')),
                        text(row.querySelector('dd > span:not(.claim), .claim > span')),
                        row.querySelector('.word') ? text(row.querySelector('.word')) : null,
                    ]),
                    [...document.querySelectorAll('article > .open li')].map(text),
                ]";
            let seen = browser.run(seen).await;
            let verdicts = checked(&[("bank.plimsoll", &file)], None, unsigned, None);
            let sheet = Sheet::of(&verdicts[0]);
            assert_eq!(sheet.word, if unsigned { "holds" } else { "cannot tell" });
            let lines = sheet.lines.iter();
            let lines: Vec<Value> = lines.map(|l| json!([l.label, l.text, l.word])).collect();
            assert!(lines.len() >= 8, "{}", lines.len());
            assert_eq!(seen, json!([lines, sheet.not_proven]));
        }
    });
}

#[test]
fn what_was_forged_is_refused_and_noise_is_no_answer() {
    browse("forged and noise", async |browser| {
        let good = stored("us-bancorp-2022-12-31.plimsoll");
        browser.tick(true).await;
        let file = forged(&good);
        browser.choose("files", &[("forged.plimsoll", &file)]).await;
        let words = browser.answer().await;
        assert!(
            words.contains("✗ refused") && words.contains("no evidence of a shortfall"),
            "{words}"
        );
        let expected = library(("forged.plimsoll", &file), None, true, None);
        assert_eq!(expected["reason"], "proof");
        agrees(&browser, &expected).await;
        // Every byte of the file counts, also those around the proofs.
        for place in [0, 7, good.len() / 3, good.len() / 2, good.len() - 2] {
            let mut file = good.clone();
            file[place] ^= 4;
            browser.choose("files", &[("bent.plimsoll", &file)]).await;
            let expected = library(("bent.plimsoll", &file), None, true, None);
            assert_ne!(expected["verdict"], "holds");
            agrees(&browser, &expected).await;
        }
        for file in [noise(10_000_000), Vec::new()] {
            browser.choose("files", &[("noise.plimsoll", &file)]).await;
            let words = browser.answer().await;
            assert!(words.contains("? cannot tell"), "{words}");
            let expected = library(("noise.plimsoll", &file), None, true, None);
            assert_eq!(expected["reason"], "unreadable");
            agrees(&browser, &expected).await;
        }
        // The page is none the worse for it.
        browser.choose("files", &[("good.plimsoll", &good)]).await;
        assert!(browser.answer().await.contains("✓ holds"));
    });
}

#[test]
fn a_trust_file_that_cannot_be_used_stops_everything() {
    browse("bad trust", async |browser| {
        let file = stored("us-bancorp-2022-12-31.plimsoll");
        let bad = trust(1, "unknown = 1");
        browser
            .choose("trust", &[("trust.toml", bad.as_bytes())])
            .await;
        browser.choose("files", &[("bank.plimsoll", &file)]).await;
        let words = browser.answer().await;
        assert!(words.contains("Nothing was checked"), "{words}");
        assert!(
            words.contains("trust.toml") && words.contains("line 2"),
            "{words}"
        );
        assert!(browser.verdicts().await.is_empty());
        // A snapshot that the trust file does not accept is the reader's mistake as well.
        browser.remove("trust.toml").await;
        let good = trust(1, "");
        browser
            .choose("trust", &[("trust.toml", good.as_bytes())])
            .await;
        browser.wait("article").await;
        browser.forget().await;
        let snapshot = fs::read(fixtures().join("snapshots/bcbs-examples.toml")).unwrap();
        browser.choose("trust", &[("prices.toml", &snapshot)]).await;
        let words = browser.answer().await;
        assert!(
            words.contains("prices.toml") && words.contains("accepts neither"),
            "{words}"
        );
        // Removed, it is no obstacle any more.
        browser.remove("prices.toml").await;
        assert!(browser.answer().await.contains("cannot tell"));
    });
}

#[test]
fn several_files_are_read_as_a_chain() {
    browse("a chain", async |browser| {
        let [one, again, two] = [
            "us-bancorp-2022-12-31.plimsoll",
            "us-bancorp-2022-12-31-again.plimsoll",
            "us-bancorp-2023-03-31.plimsoll",
        ]
        .map(|name| (name, stored(name)));
        browser.tick(true).await;
        for files in [vec![&one, &two], vec![&one, &again, &two]] {
            let files: Vec<(&str, &[u8])> = files.iter().map(|(n, f)| (*n, &f[..])).collect();
            browser.choose("files", &files).await;
            let verdicts = checked(&files, None, true, None);
            let all = files.iter().zip(&verdicts);
            let expected: Vec<Value> = all.map(|((name, _), v)| report::json(name, v)).collect();
            let forked = expected.iter().filter(|one| one["reason"] == "fork");
            assert_eq!(forked.count(), if files.len() == 2 { 0 } else { 2 });
            assert_eq!(browser.verdicts().await, expected);
            browser.forget().await;
        }
    });
}
