//! Folders that others write into, and the memory of what was seen.

use serde_json::json;

use crate::screens::{Desk, follows, trust};
use crate::*;

/// A file whose bytes the system does not give, whoever asks.
const UNREADABLE: &str = "/proc/self/mem";

/// A link in a desk; none where links cannot be made, or where everything can be read.
fn link(desk: &Desk, to: &str, name: &str) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(to, desk.0.path().join(name)).is_ok();
    #[cfg(not(unix))]
    return false;
}

/// One that cannot be read keeps no other from its verdict.
#[test]
fn a_file_that_cannot_be_read_is_a_verdict_of_its_own() {
    let desk = Desk::with(&[
        ("in/a.plimsoll", &signed(&one(), &[1])),
        ("in/b.plimsoll", &signed(&two(), &[1])),
        ("trust.toml", trust("").as_bytes()),
    ]);
    if !Path::new(UNREADABLE).exists() || !link(&desk, UNREADABLE, "in/c.plimsoll") {
        println!("skipped: there is no file here that cannot be read");
        return;
    }
    let (status, list) = desk.json(&["in", "--trust", "trust.toml"]);
    follows("verdicts", &list);
    assert_eq!((status, &list["holds"]), (2, &json!(2)));
    let third = &list["attestations"][2];
    assert_eq!(third["reason"], "unreadable");
    assert_eq!(third["cause"], "file.unreadable");
    let table = desk.run(&["in", "--trust", "trust.toml"]).out;
    let hint = "\n  hint: let this user read it, or take it out of the folder\n";
    assert!(table.contains(hint), "{table}");
    // Named by the reader, it is his own mistake; so is a countersignature.
    let named = desk.run(&["in/c.plimsoll", "--trust", "trust.toml"]);
    assert_eq!((named.status, named.out.as_str()), (2, ""));
    fs::remove_file(desk.0.path().join("in/c.plimsoll")).unwrap();
    assert!(link(&desk, UNREADABLE, "in/a.plimsoll.countersigned"));
    let (status, list) = desk.json(&["in", "--trust", "trust.toml"]);
    assert_eq!((status, &list["holds"]), (1, &json!(1)));
    let reason = &list["attestations"][0]["reason"];
    assert_eq!(reason, "countersignature");
    // What lies beside it is not looked at where the reader names another.
    let args = [
        "in/a.plimsoll",
        "--trust",
        "trust.toml",
        "--countersignature",
    ];
    let none = desk.run(&[&args[..], &["nothing"]].concat());
    assert!(none.err.starts_with("error: nothing: "), "{}", none.err);
}

/// A link to what was seen stays one.
#[test]
fn what_was_seen_may_be_named_by_a_link() {
    let desk = Desk::with(&[
        ("a.plimsoll", &signed(&one(), &[1])),
        ("b.plimsoll", &signed(&two(), &[1])),
        ("trust.toml", trust("").as_bytes()),
    ]);
    let seen = |file: &str, name: &str| {
        desk.run(&[file, "--trust", "trust.toml", "--seen", name])
            .status
    };
    fs::create_dir(desk.0.path().join("shared")).unwrap();
    assert_eq!(seen("a.plimsoll", "shared/seen.toml"), 0);
    if !link(&desk, "shared/seen.toml", "link") {
        println!("skipped: no links here");
        return;
    }
    assert_eq!(seen("b.plimsoll", "link"), 0);
    assert!(desk.0.path().join("link").is_symlink());
    assert!(desk.read("shared/seen.toml").contains("sequence = \"2\""));
    assert!(desk.0.path().join("shared/seen.toml.lock").exists());
    assert_eq!(seen("a.plimsoll", "shared/seen.toml"), 1);
    // One that leads nowhere is no memory of nothing.
    assert!(link(&desk, "nowhere", "broken"));
    assert_eq!(seen("a.plimsoll", "broken"), 2);
    assert!(!desk.0.path().join("nowhere").exists());
}

/// What is refused for the reader's wishes alone was seen all the same.
#[test]
fn attacks_28_what_is_too_weak_for_this_reader_was_seen() {
    let desk = Desk::with(&[
        ("a.plimsoll", &signed(&one(), &[1])),
        ("again.plimsoll", &signed(&again(), &[1])),
        ("strict.toml", trust("claims = [\"cet1>=9%\"]").as_bytes()),
        ("trust.toml", trust("").as_bytes()),
    ]);
    let said = |file: &str, trust: &str| {
        let (_, one) = desk.json(&[file, "--trust", trust, "--seen", "seen"]);
        one["reason"].clone()
    };
    assert_eq!(said("a.plimsoll", "strict.toml"), "weaker_claim");
    assert_eq!(said("again.plimsoll", "trust.toml"), "fork");
    assert_eq!(said("a.plimsoll", "trust.toml"), json!(null));
}

/// A table says what its claims are not to be read without.
#[test]
fn several_files_say_as_much_as_one() {
    let desk = Desk::with(&[
        ("a.plimsoll", &one()),
        ("b.plimsoll", &signed(&two(), &[9])),
    ]);
    let (one, page) = (
        document(&one()).attestation.statement,
        desk.run(&["a.plimsoll", "--unsigned"]).out,
    );
    assert!(one.without.is_empty());
    assert!(page.contains("\n  signed by     nobody\n"), "{page}");
    let table = desk.run(&["a.plimsoll", "b.plimsoll", "--unsigned"]);
    assert_eq!(table.status, 0, "{}", table.out);
    let stranger = key(9).1.id().to_string();
    for line in [
        "\n  signed by nobody\n",
        &format!(
            "\n  signed by a key that is not trusted here ({}…)\n",
            &stranger[..12]
        ),
    ] {
        assert_eq!(table.out.matches(line).count(), 1, "{}", table.out);
    }
    // Left out, lowered, of a time, and on a servicer's word.
    let mut weaker = document(&two()).attestation;
    weaker.statement.without = vec!["cva".to_owned(), "market-risk".to_owned()];
    let weaker = Document::unsigned(weaker, Standard::K).encode();
    desk.write("c.plimsoll", &weaker);
    desk.write("d.plimsoll", &stored("with-servicer"));
    let table = desk.run(&["c.plimsoll", "d.plimsoll", "--unsigned"]).out;
    assert!(
        table.contains("\n  claimed without cva, market-risk\n"),
        "{table}"
    );
    let vouched = "\n  vouched for vouched exposures: id, amount, class, conversion, in 1 proof; by a key \
                   you do not know (";
    assert!(table.contains(vouched), "{table}");
    assert!(table.contains("which calls itself \""), "{table}");
}
