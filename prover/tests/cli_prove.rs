//! `plimsoll prove` and `plimsoll params`: screens, exit status, what is written and what is not;
//! and what a stranger's `plimsoll-verify` then says.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use clap::Parser;
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::document::Document;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_verifier::{cache, cli};
use support::desk::{Desk, Screen};
use support::params::params_folder;

impl Desk {
    /// A folder with the U.S. Bancorp book in it, as `book`.
    fn with_book() -> Desk {
        Desk::with("book.toml", "", "")
    }

    /// With one replacement in one file of the book.
    fn with(file: &str, from: &str, to: &str) -> Desk {
        let desk = Desk::empty();
        desk.book("us-bancorp-2022-12-31", "book", |name, text| {
            if name != file {
                return text;
            }
            assert!(text.contains(from), "{file} has no {from:?}");
            text.replacen(from, to, 1)
        });
        desk
    }

    /// `plimsoll prove book --out out …` with the shared parameters.
    fn prove(&self, args: &[&str]) -> Screen {
        self.prove_to("out", args)
    }

    fn prove_to(&self, out: &str, args: &[&str]) -> Screen {
        self.with_params(&[&["prove", "book", "--out", out], args].concat())
    }

    /// Refused: this on standard error, this status, and nothing but the book in the folder.
    fn refuses(&self, args: &[&str], status: i32, err: &str) {
        let screen = self.prove(args);
        assert_eq!(screen.err, err, "{args:?}");
        assert_eq!((screen.status, screen.out.as_str()), (status, ""));
        let left: Vec<_> = fs::read_dir(self.0.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    /// Exit status of `plimsoll-verify FILE --unsigned`.
    fn verify(&self, file: &str) -> u8 {
        let file = self.path(file);
        let args = ["plimsoll-verify", file.to_str().unwrap(), "--unsigned"];
        let params = ["--params-dir", params_folder().to_str().unwrap()];
        cli::run(&cli::Cli::try_parse_from(args.iter().chain(&params)).unwrap()).unwrap()
    }

    fn attestation(&self, file: &str) -> Attestation {
        let bytes = fs::read(self.path(file)).unwrap();
        Document::decode(&bytes, Standard::K).unwrap().attestation
    }

    fn write(&self, file: &str, attestation: &Attestation) {
        let document = Document::unsigned(attestation.clone(), Standard::K);
        fs::write(self.path(file), document.encode()).unwrap();
    }
}

#[test]
fn what_is_proven_is_verified() {
    let desk = Desk::with_book();
    let claim = ["--claim", "cet1>=8.37%", "--claim", "leverage>=7%"];
    let screen = desk.prove(&claim);
    let size = fs::metadata(desk.path("out"))
        .map(|data| data.len())
        .unwrap_or(0);
    let expected = Screen {
        status: 0,
        out: format!("wrote out ({size} bytes), verified\n"),
        err: String::new(),
    };
    assert_eq!(screen, expected);
    assert_eq!(desk.verify("out"), 0);
    // It is not written over.
    let before = fs::read(desk.path("out")).unwrap();
    let again = desk.prove(&claim);
    assert_eq!((again.status, again.out.as_str()), (2, ""));
    assert_eq!(
        again.err,
        "error: out: entity already exists\nhint: name a new file: one that is there is not written over\n"
    );
    assert_eq!(fs::read(desk.path("out")).unwrap(), before);

    // Another run of the same: same statement, same size, other proofs. A proof of the one in the
    // other does not belong there.
    let json = desk.prove_to("twin", &[&claim[..], &["--json"]].concat());
    assert_eq!(json.status, 0, "{}", json.err);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "version": 1,
            "attestation": "twin",
            "bytes": size,
            "claims": ["cet1>=8.37%", "leverage>=7%"],
            "sequence": 1,
            "digest": json["digest"],
            "signed_by": null,
            "opening": null,
        })
    );
    let (one, mut twin) = (desk.attestation("out"), desk.attestation("twin"));
    assert_eq!(one.statement, twin.statement);
    assert!(
        one.proofs
            .iter()
            .zip(&twin.proofs)
            .all(|(a, b)| a != b && a.len() == b.len())
    );
    let last = one.proofs.len() - 1;
    twin.proofs[last].clone_from(&one.proofs[last]);
    desk.write("mixed", &twin);
    assert_eq!(desk.verify("mixed"), 1);
    // A higher claim, a lower claim, a bit.
    for change in [1i64, -1] {
        let mut altered = one.clone();
        let threshold = &mut altered.statement.claims[0].threshold;
        *threshold = (i64::from(*threshold) + change) as u32;
        desk.write("altered", &altered);
        assert_eq!(desk.verify("altered"), 1);
    }
    let mut altered = one.clone();
    altered.proofs[0][100] ^= 1;
    desk.write("altered", &altered);
    assert_eq!(desk.verify("altered"), 1);
    // Cut short.
    fs::write(desk.path("short"), &before[..before.len() - 1]).unwrap();
    assert_eq!(desk.verify("short"), 2);

    // The next in the chain.
    // Signed at once, with a key of the institution; another's is refused before the work.
    fs::write(desk.path("phrase"), "correct horse\n").unwrap();
    for (file, owner) in [
        ("key", "N1GZ7BBF3NP8GI976H15"),
        ("foreign", support::NOBODY),
    ] {
        let args = ["keys", "new", "--for", owner, "--out", file];
        let made = desk.run(&[&args[..], &["--passphrase-file", "phrase"]].concat());
        assert_eq!(made.status, 0, "{}", made.err);
    }
    let args = [
        "--claim",
        "total>=10%",
        "--previous",
        "out",
        "--passphrase-file",
        "phrase",
    ];
    let foreign = desk.prove_to("next", &[&args[..], &["--key", "foreign"]].concat());
    assert_eq!((foreign.status, foreign.out.as_str()), (2, ""));
    assert!(!desk.path("next").exists());
    let next = desk.prove_to("next", &[&args[..], &["--key", "key"]].concat());
    assert_eq!(next.status, 0, "{}", next.err);
    let bytes = fs::read(desk.path("next")).unwrap();
    let envelope = Document::decode(&bytes, Standard::K).unwrap().envelope;
    let line = fs::read_to_string(desk.path("key.pub")).unwrap();
    let public = line.split(' ').next().unwrap();
    let public = plimsoll_circuits::envelope::PublicKey::parse(public).unwrap();
    assert_eq!(envelope.check(&public), Some(true));
    let next = desk.attestation("next").statement;
    assert_eq!((next.sequence, next.previous), (2, one.digest()));
    assert_eq!(desk.verify("next"), 0);
    let refused = |file: &str, why: &str| {
        let screen = desk.prove_to("no", &["--claim", "cet1>=8%", "--previous", file]);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        let hint = "hint: name the institution's last attestation, or leave --previous out\n";
        assert_eq!(screen.err, format!("error: {file}: {why}\n{hint}"));
        assert!(!desk.path("no").exists());
    };
    let column = before.len() - 1;
    let cut = "this is not a signed envelope: EOF while parsing an object at line 1 column";
    refused("short", &format!("{cut} {column}"));
    refused(
        "book/book.toml",
        "this is not a signed envelope: expected value at line 1 column 1",
    );
    let mut other = one.clone();
    other.statement.lei = plimsoll_circuits::book::Lei::parse(support::NOBODY).unwrap();
    desk.write("other", &other);
    refused("other", "the attestation is another institution's");
    // An hour later on the same day, and a book of an hour after that.
    let mut later = one.clone();
    later.statement.as_of += 3_600;
    desk.write("later", &later);
    refused("later", "the attestation is of a later time");
    let manifest = desk.path("book/book.toml");
    let day = fs::read_to_string(&manifest).unwrap();
    let line = day.lines().find(|line| line.starts_with("as_of = "));
    let line = line.unwrap();
    let hours = format!("{}T02:00:00Z\"", line.trim_end_matches('"'));
    fs::write(&manifest, day.replace(line, &hours)).unwrap();
    let screen = desk.prove_to("no", &["--claim", "cet1>=90%", "--previous", "later"]);
    assert_eq!(screen.status, 1, "{}", screen.err);
}

#[test]
fn false_claims() {
    let desk = Desk::with_book();
    let hint = "hint: `plimsoll assess` shows where the book stands; nothing was written\n";
    // The bank stands at 8.370597 %, and an attestation is not told how far off it is.
    desk.refuses(
        &["--claim", "cet1>=8.38%"],
        1,
        &format!("error: the book does not bear `cet1>=8.38%`\n{hint}"),
    );
    desk.refuses(
        &["--claim", "cet1>=8.3706%"],
        1,
        &format!("error: the book does not bear `cet1>=8.3706%`\n{hint}"),
    );
    // Of several, those that are false.
    desk.refuses(
        &[
            "--claim",
            "total>=50%",
            "--claim",
            "cet1>=8%",
            "--claim",
            "tier1>=1000%",
        ],
        1,
        &format!("error: the book does not bear `tier1>=1000%`, `total>=50%`\n{hint}"),
    );
}

#[test]
fn claims_that_are_none() {
    let desk = Desk::with_book();
    let how = "write a claim as 'cet1>=8.37%', in quotes";
    for (claim, what, hint) in [
        ("cet1>8%", "claim `cet1>8%`: there is no `>=`", how),
        (
            "lcr>=100%",
            "claim `lcr>=100%`: unknown ratio",
            "the ratios are cet1, tier1, total, leverage and buffer",
        ),
        (
            "cet1>=8",
            "claim `cet1>=8`: the threshold has no percent sign",
            how,
        ),
        (
            "cet1>=8,3%",
            "claim `cet1>=8,3%`: the threshold is not a decimal number",
            how,
        ),
        (
            "cet1>=8.37001%",
            "claim `cet1>=8.37001%`: the threshold has more than four decimals",
            "write at most four decimals, such as 8.3705%",
        ),
        (
            "cet1>=1001%",
            "claim `cet1>=1001%`: the threshold is above 1000 %",
            "write a percentage, such as 8.37%",
        ),
    ] {
        desk.refuses(
            &["--claim", claim],
            2,
            &format!("error: {what}\nhint: {hint}\n"),
        );
    }
    desk.refuses(
        &["--claim", "cet1>=8%", "--claim", "cet1>=7%"],
        2,
        "error: two claims on `cet1`\nhint: keep the higher of the two: it implies the other\n",
    );
    // No claim at all is a matter of usage.
    let screen = desk.prove(&[]);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert!(screen.err.contains("--claim <CLAIM>"), "{}", screen.err);
    assert!(!desk.path("out").exists());
}

#[test]
fn modules_left_out() {
    let desk = Desk::with("stated.csv", "market-risk,3203000000\n", "");
    desk.refuses(
        &["--claim", "cet1>=8%"],
        2,
        "error: the claims need modules that the book neither computes nor states: market-risk\n\
         hint: state them in stated.csv, or say that the claim does without: --without market-risk\n",
    );
    let screen = desk.prove(&["--claim", "cet1>=8%", "--without", "market-risk"]);
    assert_eq!(screen.status, 0, "{}", screen.err);
    let mut attestation = desk.attestation("out");
    assert_eq!(attestation.statement.without, ["market-risk"]);
    assert_eq!(desk.verify("out"), 0);
    // The verdict's name cannot be made better.
    attestation.statement.without.clear();
    desk.write("better", &attestation);
    assert_eq!(desk.verify("better"), 1);

    let desk = Desk::with_book();
    for module in ["market-risk", "credit-risk", "no-such-module"] {
        let screen = desk.prove(&["--claim", "cet1>=8%", "--without", module]);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        let error = format!("error: the claims do not need to do without `{module}`\n");
        assert!(screen.err.starts_with(&error), "{}", screen.err);
        assert!(!desk.path("out").exists());
    }
    // The leverage ratio of a filing rests on one line: it cannot be done without.
    let desk = Desk::with("stated.csv", "leverage-exposure,618645000000\n", "");
    desk.refuses(
        &["--claim", "leverage>=3%", "--without", "leverage-exposure"],
        2,
        "error: book: stated.csv: the book lacks the line `leverage-exposure`, on which the ratio \
         `leverage` rests\nhint: state the line, or leave out the claim\n",
    );
}

#[test]
fn books_that_are_refused() {
    let desk = Desk::with("exposures.csv", "bucket,20%", "bukket,20%");
    desk.refuses(
        &["--claim", "cet1>=8%"],
        2,
        "error: book/exposures.csv:4, column `class`: unknown class `bukket`\n\
         hint: rulebook `us-standardised` has `bucket`\n",
    );
    let desk = Desk::with_book();
    let screen = desk.prove(&["--claim", "cet1>=8%", "--rulebook", "basel-1988"]);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    let screen = desk.prove(&["--claim", "cet1>=8%", "--snapshot", "nowhere.toml"]);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert!(!desk.path("out").exists());
}

/// The prover has no opinion on dates; a reader with a clock has.
#[test]
fn a_day_that_is_still_to_come() {
    let desk = Desk::with(
        "book.toml",
        "as_of = \"2022-12-31\"",
        "as_of = \"2199-12-31\"",
    );
    let screen = desk.prove(&["--claim", "cet1>=8%"]);
    assert_eq!(screen.status, 0, "{}", screen.err);
    assert_eq!(desk.verify("out"), 1);
}

#[test]
fn places_that_cannot_be_written() {
    let desk = Desk::with_book();
    let there = "hint: name a new file: one that is there is not written over\n";
    let nowhere = "hint: name a new file in a folder that can be written\n";
    for (out, hint) in [
        ("book", there),
        ("nowhere/out", nowhere),
        ("book/book.toml/out", nowhere),
    ] {
        let screen = desk.prove_to(out, &["--claim", "cet1>=8%"]);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        assert!(
            screen.err.starts_with(&format!("error: {out}: ")),
            "{}",
            screen.err
        );
        assert!(screen.err.ends_with(hint), "{}", screen.err);
    }
    assert_eq!(fs::read_dir(desk.0.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with_book();
    let folder = desk.path("shelf");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        println!("skipped: this account writes to read-only folders");
        return;
    }
    let screen = desk.prove_to("shelf/out", &["--claim", "cet1>=8%"]);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert!(
        screen.err.starts_with("error: shelf/out: "),
        "{}",
        screen.err
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    // A cache that cannot be written is said; the work goes on.
    let params = fs::read(cache::file(params_folder(), Standard::K)).unwrap();
    assert_eq!(params.len(), 4 + 64 * (1 << Standard::K) + 64);
    let args = ["prove", "book", "--claim", "cet1>=8.38%", "--out", "out"];
    let screen = desk.run(&[&args[..], &["--params-dir", "shelf"]].concat());
    assert_eq!(screen.status, 1);
    assert!(
        screen
            .err
            .starts_with("the parameters are not cached: shelf"),
        "{}",
        screen.err
    );
}

#[test]
fn parameters() {
    let desk = Desk::with_book();
    let file = cache::file(Path::new("cache"), Standard::K)
        .display()
        .to_string();
    let at = |command| desk.run(&["params", command, "--params-dir", "cache"]);
    let shown = |state: &str| {
        let screen = at("show");
        assert_eq!((screen.status, screen.err.as_str()), (0, ""));
        let expected = format!("file     {file}\nstate    {state}\n");
        assert!(screen.out.ends_with(&expected), "{}", screen.out);
        assert!(
            screen
                .out
                .starts_with(&format!("k        {}\ndigest   ", Standard::K))
        );
    };
    let unchecked = |what: &str| {
        let screen = at("check");
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        assert_eq!(
            screen.err,
            format!("error: {file}: {what}\nhint: run `plimsoll params derive`\n")
        );
    };
    shown("not cached, will be derived");
    unchecked("not there");
    assert!(!desk.path("cache").exists());

    // Garbage: of another length, and of the very length.
    let good = fs::read(cache::file(params_folder(), Standard::K)).unwrap();
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    fs::create_dir(desk.path("cache")).unwrap();
    for garbage in [&b"garbage"[..], &flipped] {
        fs::write(desk.path(&file), garbage).unwrap();
        shown("corrupt, will be derived again");
        unchecked("corrupt");
        let args = ["prove", "book", "--claim", "cet1>=8.38%", "--out", "out"];
        let screen = desk.run(&[&args[..], &["--params-dir", "cache"]].concat());
        assert_eq!(screen.status, 1);
        let said =
            "the cached parameters are corrupt: deriving them again\nerror: the book does not bear";
        assert!(screen.err.starts_with(said), "{}", screen.err);
        assert!(fs::read(desk.path(&file)).unwrap() == good);
        shown("cached");
    }
    for zeros in [0, 4, good.len() - 1, good.len() + 1, good.len()] {
        fs::write(desk.path(&file), vec![0; zeros]).unwrap();
        unchecked("corrupt");
    }
    let screen = at("derive");
    assert_eq!((screen.status, screen.err.as_str()), (0, ""));
    let digest = plimsoll_circuits::protocol::params::pinned_digest(Standard::K).unwrap();
    let digest = plimsoll_verifier::verdict::hex(&digest);
    assert_eq!(screen.out, format!("{file}\n{digest}\n"));
    assert!(fs::read(desk.path(&file)).unwrap() == good);
    let screen = at("check");
    assert_eq!((screen.status, screen.out), (0, format!("{file}: good\n")));
}
