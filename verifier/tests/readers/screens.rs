//! What the command line prints, writes and answers.

use std::process::Command;

use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::rulebook::{BUILTIN, Rulebook};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::*;

/// A folder with files, in which the program runs.
pub(crate) struct Desk(pub(crate) TempDir);

pub(crate) struct Screen {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Desk {
        drop(params());
        let desk = Desk(tempfile::tempdir().unwrap());
        for (name, bytes) in files {
            desk.write(name, bytes);
        }
        desk
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Screen {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll-verify"))
            .args(args)
            .args(["--params-dir", params_folder().to_str().unwrap()])
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Screen {
            status: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    pub(crate) fn json(&self, args: &[&str]) -> (i32, Value) {
        let screen = self.run(&[args, &["--json"]].concat());
        assert_eq!(screen.err, "");
        (screen.status, serde_json::from_str(&screen.out).unwrap())
    }
}

/// A trust file that accepts the rulebook of the stored attestations, and key 1.
pub(crate) fn trust(more: &str) -> String {
    let digest = Rulebook::builtin("us-standardised").unwrap().digest();
    let digest = plimsoll_verifier::verdict::hex(&digest);
    let rulebook = format!("\n[[rulebook]]\nname = \"us\"\ndigest = \"{digest}\"\n");
    trust_text(LEI, &[1], more) + &rulebook
}

pub(crate) fn follows(definition: &str, value: &Value) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/schemas/verdict.schema.json"
    );
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let found = crate::follows::problem(&schema, &schema["$defs"][definition], value, "");
    assert_eq!(found, None);
}

#[test]
fn a_regulators_morning() {
    let forged = altered(&two(), |a| a.proofs[0][90] ^= 1, &[1]);
    let desk = Desk::with(&[
        ("in/a.plimsoll", &signed(&one(), &[1])),
        ("in/b.plimsoll", &signed(&two(), &[1])),
        ("in/notes.txt", b"not looked at"),
        ("trust.toml", trust("").as_bytes()),
    ]);
    let good = desk.run(&["in", "--trust", "trust.toml", "--html", "page.html"]);
    assert_eq!((good.status, good.err.as_str()), (0, ""));
    let lines: Vec<&str> = good.out.lines().collect();
    assert_eq!(lines.len(), 6, "{}", good.out);
    assert!(lines[1].starts_with("in/a.plimsoll") && lines[1].contains(" holds "));
    // Of the second quarter.
    let reducing = "  stated, reducing risk-weighted assets: excess-allowance-deduction; by how \
                    much is not checked";
    assert_eq!(lines[3], reducing);
    assert_eq!(lines[5], "2 attestations: 2 hold, 0 refused, 0 cannot tell");

    desk.write("in/c.plimsoll", &forged);
    desk.write("in/d.plimsoll", b"noise");
    let (status, list) = desk.json(&["in", "--trust", "trust.toml"]);
    assert_eq!(status, 1);
    follows("verdicts", &list);
    let counts = json!([list["holds"], list["refused"], list["cannot_tell"]]);
    assert_eq!(counts, json!([2, 1, 1]));
    assert_eq!(list["attestations"][2]["reason"], "proof");
    assert_eq!(
        list["attestations"][0]["signed_by"][0]["name"],
        "U.S. Bancorp"
    );
    fs::remove_file(desk.0.path().join("in/c.plimsoll")).unwrap();
    let (status, list) = desk.json(&["in", "--trust", "trust.toml"]);
    assert_eq!((status, &list["cannot_tell"]), (2, &json!(1)));
    // One by itself has its own page; that, too, follows its schema.
    let (status, one) = desk.json(&["in/a.plimsoll", "--trust", "trust.toml"]);
    assert_eq!((status, &one["verdict"]), (0, &json!("holds")));
    follows("verdict", &one);
    let page = desk.run(&["in/a.plimsoll", "--trust", "trust.toml"]).out;
    let id = key(1).1.id().to_string();
    let by = format!("\n  signed by     U.S. Bancorp (key {}…)\n", &id[..12]);
    assert!(page.contains(&by), "{page}");
    // Without a trust file, or with nobody in it, nothing is said.
    let (status, one) = desk.json(&["in/a.plimsoll"]);
    assert_eq!((status, &one["reason"]), (2, &json!("no_trusted_key")));
    follows("verdict", &one);
    desk.write("nobody.toml", trust("").replace(LEI, OTHER).as_bytes());
    let (status, one) = desk.json(&["in/a.plimsoll", "--trust", "nobody.toml"]);
    assert_eq!((status, &one["reason"]), (2, &json!("no_trusted_key")));
    // The exception is the reader's own word; it does not go with a memory of what held.
    assert_eq!(desk.json(&["in/a.plimsoll", "--unsigned"]).0, 0);
    let both = desk.run(&["in", "--unsigned", "--seen", "seen"]);
    assert_eq!((both.status, both.out.as_str()), (2, ""));
    // Old ones, and a folder with nothing in it.
    let (status, one) = desk.json(&["in/a.plimsoll", "--trust", "trust.toml", "--max-age", "30"]);
    assert_eq!((status, &one["reason"]), (1, &json!("too_old")));
    fs::create_dir(desk.0.path().join("empty")).unwrap();
    let screen = desk.run(&["empty", "--trust", "trust.toml"]);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    let error = "error: empty: there is no .plimsoll file in this folder\n";
    assert!(screen.err.starts_with(error), "{}", screen.err);
}

#[test]
fn attacks_28_what_was_seen_stays_seen() {
    let (first, second) = (signed(&one(), &[1]), signed(&two(), &[1]));
    let desk = Desk::with(&[
        ("1", &first),
        ("2", &second),
        ("again", &signed(&again(), &[1])),
        ("bad", &altered(&second, |a| a.proofs[0][90] ^= 1, &[1])),
        ("trust.toml", trust("").as_bytes()),
    ]);
    let reason = |file: &str| {
        let args = [file, "--trust", "trust.toml", "--seen", "seen.toml"];
        let (_, json) = desk.json(&args);
        json["reason"].as_str().unwrap_or("holds").to_owned()
    };
    // What is refused is not remembered.
    assert_eq!(reason("bad"), "proof");
    assert_eq!(reason("1"), "holds");
    let seen = desk.read("seen.toml");
    assert!(seen.contains("sequence = \"1\""), "{seen}");
    assert_eq!(reason("again"), "fork");
    assert_eq!(desk.read("seen.toml"), seen);
    assert_eq!(reason("2"), "holds");
    assert_eq!(reason("1"), "replay");
    assert_eq!(reason("2"), "holds");
    let (_, both) = desk.json(&["1", "2", "--trust", "trust.toml", "--seen", "seen.toml"]);
    assert_eq!(both["holds"], 2);
    // A memory that cannot be read is an error, not an empty one.
    let whole = desk.read("seen.toml");
    desk.write("seen.toml", &whole.as_bytes()[..whole.len() - 10]);
    let screen = desk.run(&["1", "--trust", "trust.toml", "--seen", "seen.toml"]);
    assert_eq!((screen.status, screen.out.as_str()), (2, ""));
    assert!(
        screen.err.starts_with("error: seen.toml: "),
        "{}",
        screen.err
    );
}

/// A rulebook file counts under a trust file by digest or by a trusted signature, and not else.
#[test]
fn attacks_16_a_rulebook_is_not_the_provers_to_choose() {
    let (_, text) = BUILTIN
        .iter()
        .find(|(name, _)| *name == "us-standardised")
        .unwrap();
    let mut envelope = Envelope::unsigned(
        PayloadType::Rulebook,
        Rulebook::parse(text).unwrap().canonical(),
    );
    sign(&mut envelope, 5);
    let signer = format!(
        "\n[[rulebook-signer]]\nname = \"them\"\nkey = \"{}\"\n",
        key(5).1
    );
    let desk = Desk::with(&[
        ("a", &signed(&one(), &[1])),
        ("us.toml", text.as_bytes()),
        (
            "mine.toml",
            text.replacen("\"100%\"", "\"1%\"", 1).as_bytes(),
        ),
        ("digest.toml", trust("").as_bytes()),
        (
            "signer.toml",
            (trust_text(LEI, &[1], "") + &signer).as_bytes(),
        ),
        ("none.toml", trust_text(LEI, &[1], "").as_bytes()),
    ]);
    // What is built in counts only where it is listed.
    let (status, json) = desk.json(&["a", "--trust", "none.toml"]);
    assert_eq!((status, &json["reason"]), (2, &json!("unknown_rulebook")));
    let refused = |args: &[&str]| {
        let screen = desk.run(args);
        assert_eq!((screen.status, screen.out.as_str()), (2, ""));
        screen.err
    };
    let not = "the trust file accepts neither its digest nor a signature over it\n";
    for (file, trust) in [
        ("us.toml", "none.toml"),
        ("us.toml", "signer.toml"),
        ("mine.toml", "digest.toml"),
    ] {
        let err = refused(&["a", "--trust", trust, "--rulebook", file]);
        assert!(err.starts_with(&format!("error: {file}: {not}")), "{err}");
    }
    let ok = |trust: &str| {
        desk.run(&["a", "--trust", trust, "--rulebook", "us.toml"])
            .status
    };
    assert_eq!(ok("digest.toml"), 0);
    // Signed, it counts; the same envelope beside another rulebook does not, nor does half of it.
    desk.write("us.toml.dsse", &envelope.encode());
    assert_eq!(ok("signer.toml"), 0);
    desk.write("mine.toml.dsse", &envelope.encode());
    let err = refused(&["a", "--trust", "signer.toml", "--rulebook", "mine.toml"]);
    assert!(err.contains(not), "{err}");
    desk.write("us.toml.dsse", &envelope.encode()[..200]);
    let err = refused(&["a", "--trust", "signer.toml", "--rulebook", "us.toml"]);
    assert!(err.starts_with("error: us.toml.dsse: "), "{err}");
    // A trust file that is wrong is named with its place.
    desk.write("wrong.toml", b"version = 1\nmax-age = 3\n");
    let err = refused(&["a", "--trust", "wrong.toml"]);
    let start = "error: wrong.toml: trust file, line 2, column 1: unknown field `max-age`";
    assert!(err.starts_with(start), "{err}");
}

/// The page needs no other file, runs nothing, and takes nothing for markup that is none.
#[test]
fn the_page_escapes_everything() {
    let name = "<script>alert('&amp;')</script>";
    let text = trust("").replace("U.S. Bancorp", name);
    let desk = Desk::with(&[
        ("a<b>&\"'.plimsoll", &signed(&one(), &[1])),
        ("c.plimsoll", &signed(&two(), &[1])),
        ("d.plimsoll", b"\"><img src=x onerror=alert(1)>"),
        ("trust.toml", text.as_bytes()),
    ]);
    let screen = desk.run(&[".", "--trust", "trust.toml", "--html", "page.html"]);
    assert_eq!((screen.status, screen.err.as_str()), (2, ""));
    let page = desk.read("page.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    for wrong in [
        "<script", "<img", "<b>", "http://", "https://", "url(", "<link", " src=",
    ] {
        assert!(!page.contains(wrong), "{wrong}");
    }
    assert!(page.contains("&lt;script&gt;alert(&#39;&amp;amp;&#39;)&lt;/script&gt;"));
    assert!(page.contains("a&lt;b&gt;&amp;&quot;&#39;.plimsoll"));
    // Chain and plot: both dates, the signs, and the same in words.
    assert!(page.contains("2022-12-31</text>") && page.contains("2023-03-31</text>"));
    assert!(page.contains("✓ ≥ 8.37%"), "{page}");
    assert!(page.contains("number 1, cet1&gt;=8.37%: holds."), "{page}");
    assert!(page.contains("default-src 'none'"));
    // Every element that is opened is closed.
    for element in [
        "section", "table", "tr", "td", "svg", "text", "ul", "li", "p", "h2",
    ] {
        let opened = page.matches(&format!("<{element}>")).count()
            + page.matches(&format!("<{element} ")).count();
        assert_eq!(
            opened,
            page.matches(&format!("</{element}>")).count(),
            "{element}"
        );
    }
}

/// The stored attestation whose loans a servicer vouches for, with key 7.
#[test]
fn whose_word_it_is() {
    let digest =
        plimsoll_verifier::verdict::hex(&Rulebook::builtin("basel-2023").unwrap().digest());
    let trust = |owner: u8, more: &str| {
        let rulebook = format!("[[rulebook]]\nname = \"basel\"\ndigest = \"{digest}\"\n");
        let owner = key(owner).1;
        let owner = format!("[[data-owner]]\nname = \"The servicer\"\nkey = \"{owner}\"\n");
        trust_text("PLIMSOLL000000000025", &[1], more) + "\n" + &rulebook + &owner
    };
    let asked = "vouched-by = [\"The servicer\"]";
    let desk = Desk::with(&[
        ("a.plimsoll", &signed(&stored("with-servicer"), &[1])),
        ("known.toml", trust(7, asked).as_bytes()),
        ("other.toml", trust(8, asked).as_bytes()),
        ("unknown.toml", trust(8, "").as_bytes()),
    ]);
    let known = desk.run(&["a.plimsoll", "--trust", "known.toml"]);
    assert_eq!(known.status, 0, "{}", known.err);
    let id = key(7).1.id().to_string();
    let line = format!(
        "\n  vouched for   vouched exposures: id, amount, class, conversion, in 1 proof; by The \
         servicer (key {}…); accounts \"contract 12\"; as of 2024-06-28, number 1\n  by nobody     \
         plain exposures, capital items, counterparty-risk, cva, securitisation, market-risk, \
         operational-risk, leverage-derivatives, leverage-sft\n",
        &id[..12]
    );
    assert!(known.out.contains(&line), "{}", known.out);
    let (status, one) = desk.json(&["a.plimsoll", "--trust", "known.toml"]);
    follows("verdict", &one);
    assert_eq!((status, &one["vouched"][0]["key"]), (0, &json!(id)));
    // The reader knows another key by this name, and asks for its word; or asks for nobody's.
    let (status, one) = desk.json(&["a.plimsoll", "--trust", "other.toml"]);
    follows("verdict", &one);
    assert_eq!((status, &one["reason"]), (2, &json!("not_vouched")));
    assert_eq!(one["vouched"], json!([]));
    // The mathematics alone is nobody's word.
    let (status, one) = desk.json(&["a.plimsoll", "--trust", "other.toml", "--unsigned"]);
    assert_eq!((status, &one["reason"]), (0, &Value::Null));
    let (status, one) = desk.json(&["a.plimsoll", "--trust", "unknown.toml"]);
    follows("verdict", &one);
    assert_eq!((status, &one["vouched"][0]["name"]), (0, &Value::Null));
    // One bit of the voucher's signature, which stands in the words of the attestation.
    let mut document = document(&stored("with-servicer"));
    let mut voucher = document.vouchers.remove(0);
    let mut signature = voucher.envelope.signatures()[0].clone();
    signature.bytes[9] ^= 1;
    voucher.envelope.add(signature).unwrap();
    let k = Standard::K;
    let forged = Document::with_vouchers(document.attestation, vec![voucher], k).encode();
    desk.write("a.plimsoll", &signed(&forged, &[1]));
    let (status, one) = desk.json(&["a.plimsoll", "--trust", "known.toml"]);
    follows("verdict", &one);
    assert_eq!((status, &one["reason"]), (1, &json!("voucher")));
    assert_eq!(one["cause"], "voucher.signature");
    // A voucher of another version cannot be read, nor can what carries it.
    let mut document = crate::document(&stored("with-servicer"));
    let mut voucher = document.vouchers.remove(0);
    let text = String::from_utf8(voucher.envelope.payload.clone()).unwrap();
    assert!(text.contains("voucher:1"), "{text}");
    voucher.envelope.payload = text.replacen("voucher:1", "voucher:2", 1).into_bytes();
    let later = Document::with_vouchers(document.attestation, vec![voucher], k).encode();
    desk.write("a.plimsoll", &later);
    let (status, one) = desk.json(&["a.plimsoll", "--trust", "known.toml"]);
    assert_eq!((status, &one["reason"]), (2, &json!("unreadable")));
    assert_eq!(one["cause"], "voucher.version");
}
