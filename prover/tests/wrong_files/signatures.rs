//! Vices of signatures, and of what the reader insists on (ATTACKS 27, 28).

use plimsoll_circuits::envelope::{Envelope, PayloadType, Signature};

use crate::base::{Base, LEI, OURS, SECOND, STRANGER, THEIRS, public, sign};
use crate::make::{Corpus, Make};

/// The order of the group of Ed25519, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

pub fn add(base: &Base, corpus: &mut Corpus) {
    let plain = base.one.envelope.clone();
    let mut forged = |name: &str, vice: &str, bytes: [u8; 64]| {
        let mut envelope = plain.clone();
        let key = public(OURS).key.id();
        envelope.add(Signature { key, bytes }).unwrap();
        let name = format!("signature-{name}");
        corpus.add(Make::attestation(&name, vice, envelope.encode()).refused("signature", ""));
    };
    let by = |envelope: &Envelope, number: u8| {
        let mut envelope = envelope.clone();
        sign(&mut envelope, number);
        envelope.signatures().last().unwrap().bytes
    };
    let good = by(&plain, OURS);
    forged(
        "zeros",
        "a signature of zeros under the institution's key id",
        [0; 64],
    );
    forged(
        "stranger",
        "a stranger's signature under the institution's key id",
        by(&plain, STRANGER),
    );
    forged(
        "other-document",
        "the signature of the next attestation",
        by(&base.two.envelope, OURS),
    );
    let rulebook = Envelope::unsigned(PayloadType::Rulebook, plain.payload.clone());
    forged(
        "other-type",
        "a signature over the same bytes as a rulebook",
        by(&rulebook, OURS),
    );
    let mut beyond = good;
    let mut carry = 0u16;
    for (byte, more) in beyond[32..].iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(more);
        *byte = carry as u8;
        carry >>= 8;
    }
    forged(
        "malleable",
        "the scalar plus the order of the group",
        beyond,
    );
    let mut bit = good;
    bit[0] ^= 1;
    forged("bit", "one bit of the signature", bit);
    readers(base, corpus);
}

/// Good in themselves: it is the reader who cannot, or does not, accept them.
fn readers(base: &Base, corpus: &mut Corpus) {
    let with = |keys: &[u8]| {
        let mut envelope = base.one.envelope.clone();
        keys.iter().for_each(|key| sign(&mut envelope, *key));
        envelope.encode()
    };
    let (none, ours) = (with(&[]), with(&[OURS]));
    corpus.add(Make::attestation("unsigned", "nobody signed it", none).cannot_tell("unsigned", ""));
    let vice = "signed by a key that nobody knows";
    let make = Make::attestation("stranger", vice, with(&[STRANGER]));
    corpus.add(make.cannot_tell("no_trusted_key", ""));
    let vice = "signed by the key of another institution";
    let make = Make::attestation("other-institutions-key", vice, with(&[THEIRS]));
    corpus.add(make.cannot_tell("no_trusted_key", ""));
    let trust = |more: &str| {
        let (one, two) = (public(OURS).key, public(SECOND).key);
        let us = plimsoll_circuits::rulebook::Rulebook::builtin("us-standardised").unwrap();
        let digest = plimsoll_verifier::verdict::hex(&us.digest());
        format!(
            "version = 1\n[[rulebook]]\nname = \"us\"\ndigest = \"{digest}\"\n[[institution]]\n\
             lei = \"{LEI}\"\nname = \"U.S. Bancorp\"\nkeys = [\"{one}\", \"{two}\"]\n{more}\n"
        )
    };
    let vice = "signed by one of two keys, both of which the reader asks for";
    let make =
        Make::attestation("one-of-two", vice, &*ours).with("trust.toml", trust("signatures = 2"));
    corpus.add(make.cannot_tell("too_few_signatures", ""));
    let vice = "it claims less than the reader asks for";
    let make = Make::attestation("weaker-claim", vice, &*ours)
        .with("trust.toml", trust("claims = [\"cet1>=8.4%\"]"));
    corpus.add(make.refused("weaker_claim", ""));
    let vice = "it is older than the reader accepts";
    let make =
        Make::attestation("too-old", vice, &*ours).with("trust.toml", trust("max-age-days = 30"));
    corpus.add(make.refused("too_old", ""));
    // The year 9000: before anyone looks at a proof.
    let future = base.altered(|a| a.statement.as_of = 221_845_392_000);
    let make = Make::attestation("future", "its day is yet to come", future);
    corpus.add(make.refused("future", ""));
    let vice = "signed by a key that the reader trusts for nothing but rulebooks";
    let make = Make::attestation("supervisor", vice, with(&[crate::base::SUPERVISOR]));
    corpus.add(make.cannot_tell("no_trusted_key", ""));
}
