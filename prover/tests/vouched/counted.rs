//! The institution's side: its book must say what the voucher says, and proofs are counted
//! (CONDITIONS P2).

use std::fs;

use plimsoll_prover::vouch::{MAX_PROOFS, SecretError, VouchError};

use crate::*;

fn refused(vouched: &[Vouched], change: impl FnOnce(&mut Book)) -> VouchError {
    let mut book = bank();
    change(&mut book);
    match attested(&book, vouched, "cet1>=40%", SelfCheck::Verify) {
        Err(AttestError::Vouch(error)) => error,
        other => panic!("{:?}", other.map(drop)),
    }
}

fn at(book: &mut Book, id: &str) -> usize {
    let mut ids = book.exposures.iter().map(|exposure| exposure.id.as_str());
    ids.position(|known| known == id).unwrap()
}

#[test]
fn the_book_says_what_the_voucher_says() {
    let (voucher, secret) = made(&servicer(), &["contract A"]);
    let vouched = [opened("compared", &voucher, &secret)];
    let differs = |change: fn(&mut Exposure)| {
        let mut line = 0;
        let error = refused(&vouched, |book| {
            let at = at(book, "s6");
            line = book.exposures[at].place.line;
            change(&mut book.exposures[at]);
        });
        let text = error.to_string();
        assert!(text.contains(&format!(":{line}, column")), "{text}");
        // No amount, neither its own nor the owner's.
        assert!(!text.contains("6000") && !text.contains("6001"), "{text}");
        match error {
            VouchError::Differs { column, .. } => column,
            other => panic!("{other}"),
        }
    };
    assert_eq!(differs(|e| e.amount += 1), "amount");
    assert_eq!(differs(|e| e.class = "corporate-other".into()), "class");
    assert_eq!(differs(|e| e.currency = "EUR".into()), "currency");
    assert_eq!(
        differs(|e| e.conversion = "commitment".into()),
        "conversion"
    );
    // What no longer is a plain exposure leaves the columns, and cannot.
    let provided = refused(&vouched, |book| {
        let at = at(book, "s6");
        book.exposures[at].provisions = 1;
    });
    assert!(
        matches!(provided, VouchError::NotPlain { .. }),
        "{provided}"
    );
    let missing = refused(&vouched, |book| {
        let at = at(book, "s4");
        book.exposures.remove(at);
    });
    assert!(matches!(missing, VouchError::Missing(id) if id == "s4"));
    // The same exposures under two vouchers.
    let (again, other) = made(&servicer(), &["contract B"]);
    let twice = [
        vouched.into_iter().next().unwrap(),
        opened("two vouchers", &again, &other),
    ];
    assert!(matches!(refused(&twice, |_| {}), VouchError::Twice(_)));
}

#[test]
fn an_owner_vouches_for_plain_exposures_alone() {
    let issued = |change: fn(&mut Book)| {
        let mut book = servicer();
        change(&mut book);
        let issue = Issue {
            book: &book,
            rulebook: &basel(),
            snapshot: &snapshot(),
            owner: "Example servicer",
            key: key(OWNER).1,
            beneficiary: Lei::parse(BANK).unwrap(),
            accounts: &["A".to_owned()],
            serial: 1,
            circuit: circuit(),
        };
        plimsoll_prover::vouch::issue::<Small>(&params(), &issue).map(drop)
    };
    assert!(issued(|_| {}).is_ok());
    let provided = issued(|book| book.exposures[3].provisions = 5).unwrap_err();
    assert!(
        matches!(provided, VouchError::NotPlain { line: 5, .. }),
        "{provided}"
    );
    let empty = issued(|book| book.exposures.clear()).unwrap_err();
    assert!(matches!(empty, VouchError::Empty), "{empty}");
    let trades = issued(|book| book.trades.push(Default::default())).unwrap_err();
    assert!(matches!(trades, VouchError::Other("trades")), "{trades}");
}

/// Each attempt counts, on disk, before anything is proven; the count outlives whatever becomes of
/// the proof, and there is no sixth.
#[test]
fn conditions_p2_a_column_stands_in_five_proofs() {
    let (voucher, secret) = made(&servicer(), &["contract A"]);
    let one = opened("counted", &voucher, &secret);
    let path = folder().join("counted");
    let vouched = std::slice::from_ref(&one);
    // What is known to fail beforehand costs nothing.
    let before = fs::read(&path).unwrap();
    let far = attested(&bank(), vouched, "cet1>=90%", SelfCheck::Verify);
    assert!(matches!(far, Err(AttestError::False(_))));
    let mut book = bank();
    book.as_of_time = 3_600;
    let late = attested(&book, vouched, "cet1>=40%", SelfCheck::Verify);
    assert!(matches!(
        late,
        Err(AttestError::Vouch(VouchError::Terms(_)))
    ));
    assert!(fs::read(&path).unwrap() == before, "nothing was proven");
    for _ in 0..MAX_PROOFS {
        // Stopped when the first proof begins: it has been counted by then.
        let before = fs::read(&path).unwrap();
        let stopped = stopped(vouched);
        assert!(matches!(stopped, AttestError::Interrupted), "{stopped}");
        assert!(fs::read(&path).unwrap() != before, "it was counted");
    }
    let last = attested(&bank(), vouched, "cet1>=40%", SelfCheck::Verify).unwrap_err();
    let spent = |error: &VouchError| matches!(error, VouchError::Secret(SecretError::Spent(_)));
    assert!(
        matches!(&last, AttestError::Vouch(error) if spent(error)),
        "{last}"
    );
    let reopened = Vouched::open(voucher.clone(), path.clone(), phrase()).unwrap_err();
    assert!(spent(&reopened), "{reopened}");
    // Without the file there is no count, and no column either.
    fs::remove_file(&path).unwrap();
    let gone = attested(&bank(), vouched, "cet1>=40%", SelfCheck::Verify).unwrap_err();
    assert!(matches!(
        gone,
        AttestError::Vouch(VouchError::Secret(SecretError::Io { .. }))
    ));
}

/// A run that is interrupted when its first proof begins.
fn stopped(vouched: &[Vouched]) -> AttestError {
    let mut keys = ProvingKeys::<Small>::default();
    let request = Request {
        book: &bank(),
        rulebook: &basel(),
        snapshot: &snapshot(),
        claims: &[Claim::parse("cet1>=40%").unwrap()],
        without: &without(),
        sequence: 1,
        previous: [0; 32],
        check: SelfCheck::Verify,
    };
    let options = Options {
        keep: false,
        vouched,
    };
    let mut go = |event| !matches!(event, plimsoll_prover::attest::Progress::Proof(..));
    attest_with(&params(), &mut keys, &request, options, &mut go).unwrap_err()
}

#[test]
fn secrets_belong_to_their_voucher() {
    let (voucher, secret) = made(&servicer(), &["contract A"]);
    let (other, _) = made(&servicer(), &["contract A"]);
    let path = folder().join("of one");
    vouch::write(&path, &secret, &phrase()).unwrap();
    let wrong = Vouched::open(other, path.clone(), phrase()).unwrap_err();
    assert!(matches!(wrong, VouchError::OtherVoucher(_)), "{wrong}");
    let closed = Vouched::open(voucher.clone(), path.clone(), "battery".into());
    assert!(matches!(
        closed.unwrap_err(),
        VouchError::Secret(SecretError::Passphrase(_))
    ));
    // Never over another, for its owner alone.
    assert!(vouch::write(&path, &secret, &phrase()).is_err());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Cut short, or no such file at all.
    let bytes = fs::read(&path).unwrap();
    for part in [&bytes[..bytes.len() - 1], &bytes[..40], b"no such file"] {
        let path = folder().join("part");
        fs::write(&path, part).unwrap();
        let error = Vouched::open(voucher.clone(), path, phrase()).unwrap_err();
        assert!(matches!(error, VouchError::Secret(_)), "{error}");
    }
}
