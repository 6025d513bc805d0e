//! Attestations that hold by themselves and do not fit the others of their institution (ATTACKS
//! 28), and files of what was seen that cannot be read.

use std::fs;

use plimsoll_circuits::book::Lei;
use plimsoll_verifier::chain::{Link, Seen};

use crate::base::{Base, LEI, path, with_signature};
use crate::make::{Corpus, Make};

/// The end of 2022 and of the first quarter of 2023.
const FIRST: i64 = 1_672_444_800;
const SECOND: i64 = 1_680_220_800;

fn seen(sequence: u64, digest: [u8; 32], as_of: i64) -> String {
    let mut seen = Seen::default();
    seen.note(&Link {
        lei: Lei::parse(LEI).unwrap(),
        sequence,
        digest,
        previous: [0; 32],
        as_of,
    });
    seen.to_text()
}

pub fn add(base: &Base, corpus: &mut Corpus) {
    let one = with_signature(&base.one);
    let again = with_signature(&base.again);
    let two = with_signature(&base.two);
    let third = fs::read(path("third.plimsoll")).unwrap();
    let mut beside = |name: &str, vice: &str, file: &[u8], other: &[u8], reason: &str| {
        let make = Make::attestation(name, vice, file)
            .with("other.plimsoll", other)
            .command("plimsoll-verify file.plimsoll other.plimsoll --trust trust.toml --json");
        corpus.add(make.refused(reason, ""));
    };
    beside("fork", "another number 1 is there", &again, &one, "fork");
    beside(
        "overwritten",
        "it follows another number 1 than the one that is there",
        &two,
        &again,
        "overwritten",
    );
    beside(
        "gap",
        "number 3, and number 2 is not there",
        &third,
        &one,
        "gap",
    );
    let mut after = |name: &str, vice: &str, file: &[u8], seen: String, reason: &str| {
        let make = Make::attestation(name, vice, file)
            .with("seen.toml", seen)
            .command("plimsoll-verify file.plimsoll --trust trust.toml --seen seen.toml --json");
        corpus.add(make.refused(reason, ""));
    };
    let digest = base.two.digest;
    after(
        "replay",
        "the reader has seen number 2",
        &one,
        seen(2, digest, SECOND),
        "replay",
    );
    after(
        "fork-of-seen",
        "the reader has seen another number 1",
        &again,
        seen(1, base.one.digest, FIRST),
        "fork",
    );
    after(
        "overwrites-seen",
        "the reader has seen another predecessor",
        &two,
        seen(1, base.again.digest, FIRST),
        "overwritten",
    );
    after(
        "gap-after-seen",
        "the reader has seen number 1 and not number 2",
        &third,
        seen(1, base.one.digest, FIRST),
        "gap",
    );
    after(
        "date-back",
        "the one before it is of a later day",
        &third,
        seen(2, [7; 32], SECOND),
        "date_back",
    );
    stores(base, corpus);
}

/// A store that cannot be read is believed in nothing: the attestation beside it is good.
fn stores(base: &Base, corpus: &mut Corpus) {
    let good = seen(2, base.two.digest, SECOND);
    let mut bad = |name: &str, vice: &str, text: String, reason: &str, says: &str| {
        let make = Make::new("seen", name, vice, "seen.toml", text)
            .like("file.plimsoll", "wrong/base/good-2.plimsoll")
            .like("trust.toml", "wrong/base/trust.toml")
            .command("plimsoll-verify file.plimsoll --trust trust.toml --seen seen.toml");
        corpus.add(make.malformed(reason, says));
    };
    let cut = good[..good.find("[[seen]]").unwrap()].to_owned();
    bad(
        "cut",
        "its entries are missing",
        cut,
        "Cut",
        "its end is missing",
    );
    let twice = format!("{good}{}", &good[good.find("\n[[seen]]").unwrap()..]);
    bad(
        "twice",
        "an institution stands there twice",
        twice,
        "Entry",
        "stands there twice",
    );
    let zero = good.replace("sequence = \"2\"", "sequence = \"0\"");
    bad(
        "sequence-zero",
        "number 0 was seen",
        zero,
        "Entry",
        "`sequence`",
    );
    let newer = good.replace("version = 1", "version = 2");
    bad("version", "version 2", newer, "Version", "version 2");
    let more = good.replace("version = 1", "version = 1\ntrusted = true");
    bad(
        "unknown-key",
        "a key that it does not have",
        more,
        "Malformed",
        "unknown field",
    );
}
