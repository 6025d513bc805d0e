//! Vices of what a reader brings: trust files, rulebooks, snapshots and the envelopes around them
//! (ATTACKS 15, 16, 45). The attestation beside them is good.

use plimsoll_circuits::envelope::{Envelope, PayloadType};
use plimsoll_circuits::rulebook::{BUILTIN, Rulebook};
use plimsoll_circuits::snapshot::Snapshot;

use crate::base::{LEI, OURS, STRANGER, SUPERVISOR, public, sign, snapshot_text};
use crate::make::{Corpus, Make};

pub fn add(corpus: &mut Corpus) {
    trust(corpus);
    rulebooks(corpus);
    snapshots(corpus);
    signed(corpus);
}

fn trust(corpus: &mut Corpus) {
    let ours = public(OURS).key.to_string();
    let good = format!(
        "version = 1\n[[institution]]\nlei = \"{LEI}\"\nname = \"U.S. Bancorp\"\nkeys = [\"{ours}\"]\n"
    );
    let mut bad = |name: &str, vice: &str, text: String, reason: &str, says: &str| {
        let make = Make::new("trust", name, vice, "trust.toml", text)
            .like("file.plimsoll", "wrong/base/good.plimsoll")
            .command("plimsoll-verify file.plimsoll --trust trust.toml --json");
        corpus.add(make.malformed(reason, says));
    };
    let edit = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let more = |text: &str| format!("{good}{text}\n");
    bad(
        "version",
        "version 2",
        edit("= 1", "= 2"),
        "Invalid.Version",
        "`version`",
    );
    bad(
        "unknown-key",
        "a key that trust files do not have",
        edit("name =", "trusted = true\nname ="),
        "Malformed",
        "unknown field",
    );
    bad(
        "key-twice",
        "a name twice",
        more("name = \"Another\""),
        "Malformed",
        "duplicate key",
    );
    bad(
        "cut",
        "cut in the middle",
        good[..60].to_owned(),
        "Malformed",
        "trust file, line 4",
    );
    bad(
        "lei",
        "an LEI whose check digits do not hold",
        edit(LEI, "N1GZ7BBF3NP8GI976H16"),
        "Invalid.Lei.CheckDigits",
        "check digits",
    );
    bad(
        "institution-twice",
        "an institution twice",
        more(good.split_once('\n').unwrap().1),
        "Invalid.Duplicate",
        "a second time",
    );
    let twice = edit(
        &format!("[\"{ours}\"]"),
        &format!("[\"{ours}\", \"{ours}\"]"),
    );
    bad(
        "counts-twice",
        "one key twice, for two signatures",
        twice,
        "Invalid.Duplicate",
        "a second time",
    );
    bad(
        "two-of-one",
        "two signatures of one key",
        more("signatures = 2"),
        "Invalid.Signatures",
        "number of keys",
    );
    bad(
        "none-of-one",
        "no signature is asked for",
        more("signatures = 0"),
        "Invalid.Signatures",
        "at least 1",
    );
    let none = edit(&format!("[\"{ours}\"]"), "[]");
    bad(
        "no-key",
        "an institution without a key",
        none,
        "Invalid.NoKey",
        "at least one key",
    );
    let weak = format!("ed25519:{}", base64(&[0; 32]));
    bad(
        "weak-key",
        "a key of small order, which verifies anything",
        edit(&ours, &weak),
        "Invalid.Key.Point",
        "sound Ed25519 key",
    );
    let mut beyond = [0xff; 32];
    beyond[31] = 0x7f;
    let beyond = format!("ed25519:{}", base64(&beyond));
    bad(
        "key-form",
        "a key that is no canonical point",
        edit(&ours, &beyond),
        "Invalid.Key.Point",
        "sound Ed25519 key",
    );
    bad(
        "key-kind",
        "a key of another kind",
        edit("ed25519:", "rsa:"),
        "Invalid.Key.Form",
        "`ed25519:`",
    );
    let digest = "A".repeat(64);
    let listed = format!("[[rulebook]]\nname = \"x\"\ndigest = \"{digest}\"");
    bad(
        "digest",
        "a digest in capital letters",
        more(&listed),
        "Invalid.Digest",
        "lower-case",
    );
    bad(
        "age",
        "an age of no days",
        more("max-age-days = 0"),
        "Invalid.Age",
        "number of days",
    );
    bad(
        "claim",
        "a claim without a percent sign",
        more("claims = [\"cet1>=7\"]"),
        "Invalid.Claim.NoPercent",
        "no percent sign",
    );
    let both = "claims = [\"cet1>=7%\", \"cet1>=8%\"]";
    bad(
        "claim-twice",
        "two claims on one ratio",
        more(both),
        "Invalid.Claim.Duplicate.Cet1",
        "two claims",
    );
    let name = edit("U.S. Bancorp", "U.S.\\u001b[2J Bancorp");
    bad(
        "name",
        "a name that speaks to the terminal",
        name,
        "Invalid.Name",
        "printable",
    );
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn us() -> &'static str {
    let (_, text) = BUILTIN
        .iter()
        .find(|(name, _)| *name == "us-standardised")
        .unwrap();
    text
}

fn rulebooks(corpus: &mut Corpus) {
    let mut bad = |name: &str, vice: &str, from: &str, to: &str, reason: &str, says: &str| {
        assert!(us().contains(from), "{from}");
        let text = us().replacen(from, to, 1);
        let make = Make::new("rulebook", name, vice, "rules.toml", text)
            .like("file.plimsoll", "wrong/base/good.plimsoll")
            .command("plimsoll-verify file.plimsoll --unsigned --rulebook rules.toml --json");
        corpus.add(make.malformed(reason, says));
    };
    bad(
        "unknown-key",
        "a key that rulebooks do not have",
        "title =",
        "author = \"x\"\ntitle =",
        "Malformed",
        "unknown field",
    );
    bad(
        "weight",
        "a weight above 1250 %",
        "[\"2%\", \"2%\"]",
        "[\"2%\", \"1251%\"]",
        "Invalid.Bound",
        "1250%",
    );
    bad(
        "weight-number",
        "a weight with an exponent",
        "[\"2%\", \"2%\"]",
        "[\"2%\", \"2e0%\"]",
        "Invalid.Number.Malformed",
        "plain decimal",
    );
    bad(
        "weight-negative",
        "a weight below zero",
        "[\"2%\", \"2%\"]",
        "[\"2%\", \"-2%\"]",
        "Invalid.Number.Malformed",
        "plain decimal",
    );
    bad(
        "grade-twice",
        "one grade with two weights",
        "[\"4%\", \"4%\"]",
        "[\"2%\", \"4%\"]",
        "Invalid.Duplicate",
        "a second time",
    );
    bad(
        "conversion",
        "what stands on the balance sheet counts by half",
        "factor = \"100%\"",
        "factor = \"50%\"",
        "Invalid.OnBalance",
        "on-balance",
    );
    bad(
        "paragraph",
        "a number without a paragraph",
        "paragraph = \"FR Y-9C, Schedule HC-R Part II, items 23 to 25\"",
        "paragraph = \"\"",
        "Invalid.Paragraph",
        "no paragraph",
    );
    bad(
        "sure",
        "a certainty that there is not",
        "sure = \"P\"",
        "sure = \"Q\"",
        "Invalid.Sure",
        "not P",
    );
    bad(
        "date",
        "a day that no calendar has",
        "date = \"2020-01-01\"",
        "date = \"2020-02-30\"",
        "Invalid.Date",
        "not a date",
    );
    bad(
        "number",
        "a number where a text should be",
        "[\"2%\", \"2%\"]",
        "[\"2%\", 0.02]",
        "Malformed",
        "invalid type",
    );
}

fn snapshots(corpus: &mut Corpus) {
    let good = snapshot_text();
    let mut bad = |name: &str, vice: &str, from: &str, to: &str, reason: &str, says: &str| {
        assert!(good.contains(from), "{from}");
        let text = good.replacen(from, to, 1);
        let make = Make::new("snapshot", name, vice, "prices.toml", text)
            .like("file.plimsoll", "wrong/base/good.plimsoll")
            .command("plimsoll-verify file.plimsoll --unsigned --snapshot prices.toml --json");
        corpus.add(make.malformed(reason, says));
    };
    bad(
        "zero",
        "a rate of zero",
        "1.07",
        "0",
        "Invalid.ZeroRate",
        "rate is zero",
    );
    bad(
        "negative",
        "a rate below zero",
        "1.07",
        "-1.07",
        "Invalid.Rate.Malformed",
        "plain decimal",
    );
    bad(
        "large",
        "a rate that fits no table",
        "1.07",
        "1500000.00",
        "Invalid.LargeRate",
        "47 bits",
    );
    bad(
        "number",
        "a rate that is a floating-point number",
        "\"1.07\"",
        "1.07",
        "Malformed",
        "invalid type",
    );
    bad(
        "base",
        "the base among the rates",
        "EUR",
        "USD",
        "Invalid.Duplicate",
        "a second time",
    );
    bad(
        "currency",
        "a currency in small letters",
        "EUR",
        "eur",
        "Invalid.Currency",
        "not a currency code",
    );
    bad(
        "time",
        "a time without a zone",
        "17:00:00Z",
        "17:00:00",
        "Invalid.Time",
        "date and a time",
    );
    bad(
        "rate-twice",
        "a currency twice",
        "[rates]\n",
        "[rates]\nEUR = \"2\"\n",
        "Malformed",
        "duplicate key",
    );
}

/// Sound in themselves, and accepted by nobody.
fn signed(corpus: &mut Corpus) {
    let (text, rules) = (us().replacen("\"937.5%\"]", "\"937%\"]", 1), "rules.toml");
    let canonical = Rulebook::parse(&text).unwrap().canonical();
    let envelope = |kind, payload: &[u8], key| {
        let mut envelope = Envelope::unsigned(kind, payload.to_vec());
        sign(&mut envelope, key);
        envelope.encode()
    };
    let mut bad = |name: &str, vice: &str, signed: Option<Vec<u8>>, reason: &str, says: &str| {
        let mut make = Make::new("signed", name, vice, rules, &*text);
        if let Some(signed) = signed {
            // The envelope is what is wrong.
            make = Make::new("signed", name, vice, "rules.toml.dsse", signed).with(rules, &*text);
        }
        let make = make
            .like("file.plimsoll", "wrong/base/good.plimsoll")
            .like("trust.toml", "wrong/base/trust.toml")
            .command(
                "plimsoll-verify file.plimsoll --trust trust.toml --rulebook rules.toml --json",
            );
        corpus.add(make.malformed(reason, says));
    };
    let neither = "accepts neither its digest nor a signature";
    let kind = PayloadType::Rulebook;
    bad(
        "rulebook-by-nobody",
        "a rulebook that nobody signed",
        None,
        "NotAccepted",
        neither,
    );
    bad(
        "rulebook-by-stranger",
        "a rulebook signed by a stranger",
        Some(envelope(kind, &canonical, STRANGER)),
        "NotAccepted",
        neither,
    );
    bad(
        "rulebook-by-bank",
        "a rulebook signed by the bank that it binds",
        Some(envelope(kind, &canonical, OURS)),
        "NotAccepted",
        neither,
    );
    let other = Rulebook::parse(us()).unwrap().canonical();
    bad(
        "other-rulebook",
        "a signature over another rulebook",
        Some(envelope(kind, &other, SUPERVISOR)),
        "NotAccepted",
        neither,
    );
    let snapshot = envelope(PayloadType::Snapshot, &canonical, SUPERVISOR);
    bad(
        "as-snapshot",
        "a rulebook signed as a snapshot",
        Some(snapshot),
        "PayloadType",
        "does not hold",
    );
    let mut forged = Envelope::unsigned(kind, canonical.clone());
    sign(&mut forged, SUPERVISOR);
    forged.payload = [&canonical[..], &[0]].concat();
    bad(
        "trailing",
        "a byte behind what was signed",
        Some(forged.encode()),
        "NotAccepted",
        neither,
    );
    let good = envelope(kind, &canonical, SUPERVISOR);
    bad(
        "cut",
        "an envelope that is cut",
        Some(good[..200].to_vec()),
        "Malformed",
        "not a signed envelope",
    );
    let text = snapshot_text();
    let canonical = Snapshot::parse(&text).unwrap().canonical();
    let make = Make::new(
        "signed",
        "snapshot-by-bank",
        "prices signed by the bank",
        "prices.toml.dsse",
        envelope(PayloadType::Snapshot, &canonical, OURS),
    )
    .with("prices.toml", text)
    .like("file.plimsoll", "wrong/base/good.plimsoll")
    .like("trust.toml", "wrong/base/trust.toml")
    .command("plimsoll-verify file.plimsoll --trust trust.toml --snapshot prices.toml --json");
    corpus.add(make.malformed("NotAccepted", neither));
}
