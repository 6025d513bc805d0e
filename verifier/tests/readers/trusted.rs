//! Signatures, dates, claims; and the trust file.

use plimsoll_circuits::envelope::{Envelope, KeyError, PayloadType};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::text::{Position, hex};
use plimsoll_verifier::chain::Seen;
use plimsoll_verifier::trust::{MAX_BYTES, TrustError, TrustProblem};
use plimsoll_verifier::{Clock, Outcome, Policy, Refusal, Trust};

use crate::*;

#[test]
fn attacks_27_only_keys_of_the_institution_count() {
    let mut verifier = verifier();
    let mut check = |file: &[u8], trust: &str| says(&verifier.check(file, &reader(trust, SECOND)));
    let file = one();
    let of = |keys: &[u8], more: &str| trust_text(LEI, keys, more);
    assert_eq!(check(&signed(&file, &[1]), &of(&[1], "")), "holds");
    assert_eq!(check(&file, &of(&[1], "")), "unsigned");
    // Nobody is trusted; somebody else is; the key is trusted for somebody else.
    let signed_by_one = signed(&file, &[1]);
    assert_eq!(check(&signed_by_one, "version = 1"), "no_trusted_key");
    assert_eq!(check(&signed_by_one, &of(&[2], "")), "no_trusted_key");
    let other = trust_text(OTHER, &[1], "");
    assert_eq!(check(&signed_by_one, &other), "no_trusted_key");
    // Several signers.
    let both = "signatures = 2";
    assert_eq!(
        check(&signed_by_one, &of(&[1, 2], both)),
        "too_few_signatures"
    );
    let three = signed(&file, &[1, 3]);
    assert_eq!(check(&three, &of(&[1, 2], both)), "too_few_signatures");
    assert_eq!(check(&three, &of(&[1, 2], "")), "holds");
    let all = signed(&file, &[1, 2, 3]);
    assert_eq!(check(&all, &of(&[1, 2], both)), "holds");
    // A signature in a trusted key's name that is not its own spoils the file, whoever else signed.
    let mut forged = document(&file).envelope;
    sign(&mut forged, 2);
    let mut wrong = forged.signatures()[0].clone();
    wrong.key = key(1).1.id();
    forged.add(wrong).unwrap();
    assert_eq!(check(&forged.encode(), &of(&[1, 2], "")), "signature");
    // A signature over other proofs with the same statement.
    let mut moved = document(&again()).envelope;
    let signature = document(&signed_by_one).envelope.signatures()[0].clone();
    moved.add(signature).unwrap();
    assert_eq!(check(&moved.encode(), &of(&[1], "")), "signature");
    // A good signature makes no proof of what is none.
    let bad = altered(&file, |a| a.proofs[1][500] ^= 1, &[1]);
    assert_eq!(check(&bad, &of(&[1], "")), "proof");
    let bad = altered(&file, |a| a.statement.claims[0].threshold += 100, &[1]);
    assert_eq!(check(&bad, &of(&[1], "")), "proof");
}

#[test]
fn attacks_28_dates_and_claims_are_the_readers() {
    let mut verifier = verifier();
    let file = signed(&one(), &[1]);
    let trust = |more: &str| trust_text(LEI, &[1], more);
    let mut at = |trust: &str, now| says(&verifier.check(&file, &reader(trust, now)));
    assert_eq!(at(&trust(""), FIRST), "holds");
    assert_eq!(at(&trust(""), FIRST - 1), "future");
    assert_eq!(at(&trust(""), i64::MAX), "holds");
    // To the second.
    let aged = trust("max-age-days = 90");
    assert_eq!(at(&aged, FIRST + 90 * DAY), "holds");
    assert_eq!(at(&aged, FIRST + 90 * DAY + 1), "too_old");
    assert_eq!(at(&aged, i64::MAX), "too_old");
    let late = reader(&aged, FIRST + 100 * DAY + 7);
    let (days, most) = (100, 90);
    assert_eq!(
        verifier.check(&file, &late).outcome,
        Outcome::Refused(Refusal::TooOld { days, most })
    );
    let mut at = |trust: &str, now| says(&verifier.check(&file, &reader(trust, now)));
    // For all, and instead of it for one.
    let for_all = format!(
        "max-age-days = 30\n{}",
        trust("").replacen("version = 1\n", "", 1)
    );
    let for_all = format!("version = 1\n{for_all}");
    assert_eq!(at(&for_all, FIRST + 31 * DAY), "too_old");
    assert_eq!(
        at(&format!("{for_all}max-age-days = 90"), FIRST + 31 * DAY),
        "holds"
    );
    // The shorter of the trust file's and the command's.
    for (own, days, expected) in [
        (10, 11, "too_old"),
        (200, 91, "too_old"),
        (200, 90, "holds"),
    ] {
        let policy = Policy {
            max_age: Some(own * 86_400),
            ..reader(&aged, FIRST + days * DAY)
        };
        assert_eq!(says(&verifier.check(&file, &policy)), expected);
    }

    let mut asked = |more: &str| {
        let policy = reader(&trust(more), FIRST);
        says(&verifier.check(&file, &policy))
    };
    assert_eq!(asked("claims = [\"cet1>=8.37%\"]"), "holds");
    assert_eq!(asked("claims = [\"cet1>=7%\"]"), "holds");
    assert_eq!(asked("claims = [\"cet1>=8.3701%\"]"), "weaker_claim");
    assert_eq!(asked("claims = [\"leverage>=0%\"]"), "weaker_claim");
    assert_eq!(
        asked("claims = [\"cet1>=7%\", \"total>=1%\"]"),
        "weaker_claim"
    );
}

#[test]
fn claims_that_leave_a_module_out_are_weaker() {
    // What is asked of a policy is asked of the facts alone, so that any statement will do.
    let mut verifier = verifier();
    let file = signed(&one(), &[1]);
    let rulebook = Rulebook::builtin("us-standardised").unwrap();
    let without = altered(
        &file,
        |a| {
            a.statement.stated.clear();
            let stated = vec![false; rulebook.stated.len()];
            let claims = &a.statement.claims;
            let missing = plimsoll_circuits::proofs::missing_modules(
                &rulebook,
                claims,
                &stated,
                plimsoll_circuits::statement::Linked {
                    credit_risk: true,
                    counterparty_risk: false,
                },
            );
            a.statement.without = missing.unwrap();
            assert!(!a.statement.without.is_empty());
        },
        &[1],
    );
    let mut asked =
        |more: &str| says(&verifier.check(&without, &reader(&trust_text(LEI, &[1], more), FIRST)));
    // With nothing asked for, it is the proofs that are wrong.
    assert_eq!(asked(""), "proof");
    let names = &document(&without).attestation.statement.without;
    assert_eq!(asked("claims = [\"cet1>=7%\"]"), "without");
    let accepted = format!("claims = [\"cet1>=7%\"]\nwithout = {names:?}");
    assert_eq!(asked(&accepted), "proof");
}

#[test]
fn a_loaded_attestation_is_judged_anew_each_time() {
    let mut verifier = verifier();
    let file = signed(&one(), &[1, 2]);
    let policy = reader(&trust_text(LEI, &[1, 2], "max-age-days = 90"), FIRST);
    let loaded = verifier.load(&file, &policy).unwrap();
    assert_eq!(loaded.digest(), document(&file).digest);
    assert_eq!(policy.check(&loaded).outcome, Outcome::Holds);
    // The clock has moved on; a key is dropped; more is asked for.
    let later = Policy {
        clock: Clock::At(FIRST + 91 * DAY),
        ..policy.clone()
    };
    assert_eq!(says(&later.check(&loaded)), "too_old");
    let dropped = reader(&trust_text(LEI, &[3], ""), FIRST);
    assert_eq!(says(&dropped.check(&loaded)), "no_trusted_key");
    let more = reader(&trust_text(LEI, &[1, 3], "signatures = 2"), FIRST);
    assert_eq!(says(&more.check(&loaded)), "too_few_signatures");
    let higher = reader(&trust_text(LEI, &[1], "claims = [\"cet1>=9%\"]"), FIRST);
    assert_eq!(says(&higher.check(&loaded)), "weaker_claim");
    // Keys unknown when it was loaded were not checked: they count from the next load.
    let other = reader(&trust_text(LEI, &[3], ""), FIRST);
    let loaded = verifier.load(&file, &other).unwrap();
    assert_eq!(says(&policy.check(&loaded)), "no_trusted_key");
    // What does not hold is not loaded.
    let bad = altered(&file, |a| a.proofs[0][700] ^= 1, &[1]);
    assert_eq!(says(&verifier.load(&bad, &policy).unwrap_err()), "proof");
    assert_eq!(
        says(&verifier.load(b"noise", &policy).unwrap_err()),
        "unreadable"
    );
    // The clock of this machine: the attestation is of the past.
    let system = Policy {
        clock: Clock::System,
        ..reader(&trust_text(LEI, &[1, 2], ""), FIRST)
    };
    assert_eq!(says(&verifier.check(&file, &system)), "holds");
}

#[test]
fn attacks_16_rulebooks_by_digest_or_by_a_signer() {
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let (canonical, digest) = (rulebook.canonical(), rulebook.digest());
    let mut envelope = Envelope::unsigned(PayloadType::Rulebook, canonical.clone());
    sign(&mut envelope, 5);
    let accepts = |trust: &str, signed: Option<&Envelope>| {
        let trust = Trust::parse(&format!("version = 1\n{trust}")).unwrap();
        trust.rulebooks.accepts(&canonical, digest, signed)
    };
    let by_digest = format!(
        "[[rulebook]]\nname = \"mine\"\ndigest = \"{}\"",
        plimsoll_verifier::verdict::hex(&digest)
    );
    let by_signer = format!(
        "[[rulebook-signer]]\nname = \"them\"\nkey = \"{}\"",
        key(5).1
    );
    assert!(accepts(&by_digest, None));
    assert!(!accepts("", None) && !accepts("", Some(&envelope)));
    assert!(accepts(&by_signer, Some(&envelope)) && !accepts(&by_signer, None));
    // Another's key; an oracle's; a signature over another rulebook; over these bytes as a snapshot.
    let other = by_signer.replace(&key(5).1.to_string(), &key(6).1.to_string());
    assert!(!accepts(&other, Some(&envelope)));
    let oracle = by_signer.replace("rulebook-signer", "oracle");
    assert!(!accepts(&oracle, Some(&envelope)));
    let us = Rulebook::builtin("us-standardised").unwrap().canonical();
    let mut another = Envelope::unsigned(PayloadType::Rulebook, us);
    sign(&mut another, 5);
    assert!(!accepts(&by_signer, Some(&another)));
    another.payload = canonical.clone();
    assert!(!accepts(&by_signer, Some(&another)));
    let mut kind = Envelope::unsigned(PayloadType::Snapshot, canonical.clone());
    sign(&mut kind, 5);
    let bytes = kind.encode();
    assert!(Envelope::decode(&bytes, PayloadType::Rulebook, 1 << 20).is_err());
    kind.payload_type = PayloadType::Rulebook;
    assert!(!accepts(&by_signer, Some(&kind)));
}

#[test]
fn attacks_45_trust_files_are_read_strictly() {
    let good = trust_text(LEI, &[1, 2], "signatures = 2\n");
    assert!(Trust::parse(&good).is_ok());
    let refused = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Trust::parse(&good.replacen(from, to, 1)).unwrap_err()
    };
    let one = key(1).1.to_string();
    let two = key(2).1.to_string();
    for (from, to, line, column, key, problem) in [
        (
            "version = 1",
            "version = 2",
            1,
            11,
            "version",
            TrustProblem::Version,
        ),
        (
            "signatures = 2",
            "signatures = 3",
            6,
            14,
            "signatures",
            TrustProblem::Signatures,
        ),
        (
            "signatures = 2",
            "signatures = 0",
            6,
            14,
            "signatures",
            TrustProblem::Signatures,
        ),
        (
            two.as_str(),
            one.as_str(),
            5,
            65,
            "keys",
            TrustProblem::Duplicate,
        ),
        (
            one.as_str(),
            "ed25519:",
            5,
            9,
            "key",
            TrustProblem::Key(KeyError::Form),
        ),
        ("U.S. Bancorp", "", 4, 8, "name", TrustProblem::Name),
        (
            "signatures = 2",
            "max-age-days = 0",
            6,
            16,
            "max-age-days",
            TrustProblem::Age,
        ),
    ] {
        let expected = TrustError::Invalid {
            at: Position { line, column },
            key,
            problem,
        };
        assert_eq!(refused(from, to), expected);
        assert!(!expected.hint().is_empty());
    }
    for (from, to, start) in [
        (
            "signatures = 2",
            "signature = 2",
            "trust file, line 6, column 1: unknown field",
        ),
        (
            "name = ",
            "nome = ",
            "trust file, line 4, column 1: unknown field",
        ),
        (
            "signatures = 2",
            "signatures = -1",
            "trust file, line 6, column 14: ",
        ),
        (
            "version = 1",
            "version = 1\nversion = 1",
            "trust file, line 2, column 1: ",
        ),
        (
            "version = 1",
            "\u{feff}version = 1,",
            "trust file, line 1, column ",
        ),
        (
            LEI,
            "N1GZ7BBF3NP8GI976H16",
            "trust file, line 3, column 7: `lei`: ",
        ),
        (
            "signatures = 2",
            "claims = [\"cet1>7%\"]",
            "trust file, line 6, column 11: `claims`: ",
        ),
        (
            "signatures = 2",
            "claims = [\"cet1>=7%\", \"cet1>=8%\"]",
            "trust file, line 6, column 23: `claims`: two claims",
        ),
        (
            "signatures = 2",
            "[[rulebook]]\nname = \"x\"\ndigest = \"00\"",
            "trust file, line 8, column 10: `digest`: ",
        ),
    ] {
        let error = refused(from, to).to_string();
        assert!(error.starts_with(start), "{error}");
    }
    let twice = format!("{good}{}", good.replacen("version = 1\n", "", 1));
    assert!(matches!(
        Trust::parse(&twice),
        Err(TrustError::Invalid {
            key: "lei",
            problem: TrustProblem::Duplicate,
            ..
        })
    ));
    let keyless = trust_text(LEI, &[], "");
    assert!(matches!(
        Trust::parse(&keyless),
        Err(TrustError::Invalid {
            problem: TrustProblem::NoKey,
            ..
        })
    ));
    let large = "#".repeat(plimsoll_verifier::trust::MAX_BYTES + 1);
    assert_eq!(Trust::parse(&large), Err(TrustError::TooLarge));
}

#[test]
fn the_published_trust_file_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/trust/trust.toml");
    let trust = Trust::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(trust.institutions.len(), 1);
    let servicer = trust.data_owner(key(7).1.id());
    assert_eq!(servicer, Some("Servicer of Examples"));
    let us = Rulebook::builtin("us-standardised").unwrap();
    assert!(trust.rulebooks.accepts(&us.canonical(), us.digest(), None));
    assert!(!trust.rulebooks.signers.is_empty() && !trust.snapshots.signers.is_empty());
}

/// ATTACKS 46: the longest trust file that is read.
#[test]
fn attacks_46_a_trust_file_has_a_limit() {
    let longest = |length: usize| {
        let text = "version = 1\n#";
        Trust::parse(&format!("{text}{}", "-".repeat(length - text.len())))
    };
    assert!(longest(MAX_BYTES).is_ok());
    assert_eq!(longest(MAX_BYTES + 1).err(), Some(TrustError::TooLarge));
}

/// ATTACKS 16: in a program as on the command line, a rulebook counts because the trust file accepts
/// it, and not because it is built in.
#[test]
fn attacks_16_a_program_trusts_the_rulebooks_of_its_trust_file() {
    let file = signed(&one(), &[1]);
    let digest = |name| hex(&Rulebook::builtin(name).unwrap().digest());
    let with = |name| {
        let rulebook = format!(
            "[[rulebook]]\nname = \"r\"\ndigest = \"{}\"\n",
            digest(name)
        );
        trust_text(LEI, &[1], &rulebook)
    };
    for (trust, expected) in [
        (trust_text(LEI, &[1], ""), "unknown_rulebook"),
        (with("basel-2023"), "unknown_rulebook"),
        (with("us-standardised"), "holds"),
    ] {
        let policy = reader(&trust, SECOND);
        let mut verifier = Verifier::under(params(), &policy.trust).unwrap();
        assert_eq!(says(&verifier.check(&file, &policy)), expected);
        let loaded = verifier.load(&file, &policy);
        let loaded = loaded
            .as_ref()
            .map_or_else(says, |loaded| says(&policy.check(loaded)));
        assert_eq!(loaded, expected);
        let all = verifier.check_all(&[&file], &policy, &Seen::default());
        assert_eq!(says(&all[0]), expected);
    }
}
