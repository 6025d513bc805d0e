//! Sequences with real proofs, and many at once.

use plimsoll_verifier::Policy;
use plimsoll_verifier::chain::{Link, Seen};

use crate::*;

fn policy(more: &str, now: i64) -> Policy {
    reader(&trust_text(LEI, &[1], more), now)
}

fn all(files: &[Vec<u8>], policy: &Policy, seen: &Seen) -> Vec<&'static str> {
    let verdicts = verifier().check_all(files, policy, seen);
    verdicts.iter().map(says).collect()
}

#[test]
fn attacks_28_two_quarters() {
    let (one, again, two) = (
        signed(&one(), &[1]),
        signed(&again(), &[1]),
        signed(&two(), &[1]),
    );
    let nothing = Seen::default();
    let now = policy("", SECOND);
    let check = |files: &[&Vec<u8>], seen: &Seen| {
        let files: Vec<Vec<u8>> = files.iter().map(|file| file.to_vec()).collect();
        all(&files, &now, seen)
    };
    assert_eq!(check(&[&one, &two], &nothing), ["holds", "holds"]);
    assert_eq!(check(&[&two, &one, &one], &nothing), ["holds"; 3]);
    // Proven anew behind the successor: the same statement, other proofs.
    assert_eq!(check(&[&again, &two], &nothing), ["holds", "overwritten"]);
    // Both: equivocation, and the successor names which it follows.
    assert_eq!(
        check(&[&one, &again, &two], &nothing),
        ["fork", "fork", "holds"]
    );
    // A forged one does not take part.
    let forged = altered(&one, |a| a.proofs[0][40] ^= 1, &[1]);
    assert_eq!(
        check(&[&forged, &one, &two], &nothing),
        ["proof", "holds", "holds"]
    );
    let stranger = signed(&again, &[9]);
    let unsigned = crate::again();
    assert_eq!(check(&[&unsigned, &two], &nothing), ["unsigned", "holds"]);
    assert_eq!(
        check(&[&stranger, &one, &two], &nothing),
        ["fork", "fork", "holds"]
    );

    // What was seen before.
    let link = |file: &[u8]| Link::from(&document(file));
    let mut seen = Seen::default();
    seen.note(&link(&one));
    assert_eq!(check(&[&one], &seen), ["holds"]);
    assert_eq!(check(&[&two], &seen), ["holds"]);
    assert_eq!(check(&[&again], &seen), ["fork"]);
    let mut other = Seen::default();
    other.note(&link(&again));
    assert_eq!(check(&[&two], &other), ["overwritten"]);
    assert_eq!(check(&[&one, &two], &other), ["fork", "overwritten"]);
    seen.note(&link(&two));
    assert_eq!(check(&[&one], &seen), ["replay"]);
    assert_eq!(check(&[&one, &two], &seen), ["holds", "holds"]);
}

/// Anybody can prove a book of his own in another's name: what nobody signed spoils nothing that
/// somebody signed, also for a reader who asks for no signatures.
#[test]
fn what_nobody_signed_makes_no_fork_of_what_is_signed() {
    let unsigned = Policy {
        unsigned: true,
        ..policy("", SECOND)
    };
    let nothing = Seen::default();
    let (first, second) = (signed(&one(), &[1]), signed(&two(), &[1]));
    let other = crate::again();
    assert_eq!(
        all(&[other.clone(), first.clone(), second], &unsigned, &nothing),
        ["fork", "holds", "holds"]
    );
    // A key that is not trusted with the institution is nobody's.
    let stranger = signed(&other, &[9]);
    assert_eq!(
        all(&[first, stranger], &unsigned, &nothing),
        ["holds", "fork"]
    );
    // Where no keys are known, both are alike.
    let nobody = Policy {
        unsigned: true,
        ..Policy::default()
    };
    assert_eq!(
        all(&[signed(&one(), &[1]), other], &nobody, &nothing),
        ["fork", "fork"]
    );
}

/// Age is asked of the newest; the others are its history.
#[test]
fn freshness_is_of_the_newest() {
    let (one, two) = (signed(&one(), &[1]), signed(&two(), &[1]));
    let nothing = Seen::default();
    let aged = policy("max-age-days = 60", SECOND + 60 * DAY);
    assert_eq!(
        all(&[one.clone(), two.clone()], &aged, &nothing),
        ["holds", "holds"]
    );
    assert_eq!(
        all(std::slice::from_ref(&one), &aged, &nothing),
        ["too_old"]
    );
    let late = policy("max-age-days = 60", SECOND + 60 * DAY + 1);
    assert_eq!(
        all(&[one.clone(), two.clone()], &late, &nothing),
        ["holds", "too_old"]
    );
    // The second lies in the future of a reader between the two.
    let between = policy("", SECOND - 1);
    assert_eq!(all(&[one, two], &between, &nothing), ["holds", "future"]);
}

/// Culprits among many are named, and nobody else.
#[test]
fn attacks_43_and_44_culprits_in_a_batch() {
    let (one, two) = (signed(&one(), &[1]), signed(&two(), &[1]));
    let mut files = vec![one.clone(); 20];
    files.extend(vec![two.clone(); 20]);
    let last = |a: &mut Attestation| *a.proofs[1].last_mut().unwrap() ^= 1;
    files[5] = altered(&one, last, &[1]);
    files[17] = b"noise".to_vec();
    files[33] = altered(&two, |a| a.proofs[0][64] ^= 1, &[1]);
    files[39] = altered(
        &two,
        |a| a.proofs[1] = document(&one).attestation.proofs[1].clone(),
        &[1],
    );
    let said = all(&files, &policy("", SECOND), &Seen::default());
    for (index, word) in said.iter().enumerate() {
        let expected = match index {
            5 | 33 | 39 => "proof",
            17 => "unreadable",
            _ => "holds",
        };
        assert_eq!(*word, expected, "file {index}");
    }
    // Proofs of two runs of one statement: each is valid, together they do not link.
    let mixed = altered(
        &one,
        |a| a.proofs[1] = document(&again()).attestation.proofs[1].clone(),
        &[1],
    );
    let said = all(&[one, mixed], &policy("", SECOND), &Seen::default());
    assert_eq!(said, ["holds", "link"]);
    assert_eq!(all(&[], &policy("", SECOND), &Seen::default()), [""; 0]);
}

/// Two invalid proofs that would cancel if both had one weight, wherever they stand in a batch.
#[test]
fn conditions_s9_errors_do_not_cancel() {
    // The last word of a proof is a scalar of its final equation: one up, one down.
    let shifted = |file: &[u8], proof: usize, by: u8| {
        let shift = |a: &mut Attestation| {
            let at = a.proofs[proof].len() - 32;
            a.proofs[proof][at] = a.proofs[proof][at].wrapping_add(by);
        };
        altered(file, shift, &[1])
    };
    // The second file of two; the first of the next sixteen, which are added up apart; and of files
    // with more proofs than the one before them.
    let (one, four) = (signed(&one(), &[1]), signed(&stored("four-shapes"), &[1]));
    let proofs = |file: &[u8]| document(file).attestation.proofs.len();
    assert_eq!((proofs(&one), proofs(&four)), (2, 5));
    let sixteen = vec![one.clone(); 16];
    for (mut files, (first, its), (second, proof)) in [
        (vec![one.clone(); 2], (0, 1), (1, 1)),
        ([sixteen.clone(), sixteen.clone()].concat(), (0, 0), (16, 0)),
        (vec![one.clone(), four.clone()], (0, 0), (1, 2)),
        ([sixteen, vec![four; 7]].concat(), (0, 1), (22, 3)),
    ] {
        files[first] = shifted(&files[first], its, 1);
        files[second] = shifted(&files[second], proof, 255);
        let said = all(&files, &Policy::UNSIGNED, &Seen::default());
        let wrong = |(_, word): &(usize, &&str)| **word == "proof";
        let culprits: Vec<usize> = said
            .iter()
            .enumerate()
            .filter(wrong)
            .map(|(i, _)| i)
            .collect();
        assert_eq!(culprits, [first, second]);
    }
}
