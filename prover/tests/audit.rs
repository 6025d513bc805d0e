//! An auditor's look, at a small circuit size: the opening file against the attestation, the book
//! against both. Whatever is altered is refused by its name, before anything could be signed.
#![allow(missing_docs)]

mod support;

use std::io::{Read, Write};
use std::sync::{Mutex, OnceLock};

use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::{Book, CollateralItem, Exposure, Lei};
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::countersignature::Commitments;
use plimsoll_circuits::proofs::missing_modules;
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::SelfCheck;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::Linked;
use plimsoll_prover::attest::keys::ProvingKeys;
use plimsoll_prover::attest::{Options, Request, attest_with};
use plimsoll_prover::keys::Passphrase;
use plimsoll_prover::opening::{self, AuditError, Opening, Shown};
use smol_str::SmolStr;
use support::golden;

/// Two attestations of one book, with one statement and an opening each.
struct Case {
    params: PublicParams,
    rulebook: Rulebook,
    snapshot: Snapshot,
    book: Book,
    attested: [(Attestation, Opening); 2],
    keys: Mutex<ProvingKeys<Small>>,
}

/// Every exposure circuit, one of them in two proofs, so that counts of collateral go from proof
/// to proof; capital, a balance sheet and a stated line.
fn book() -> Book {
    let mut book = golden::credit_book();
    book.capital.extend(golden::lines(&[
        ("total-assets", 2_000),
        ("total-liabilities", 1_000),
    ]));
    book.stated = golden::lines(&[("operational-risk", 10)]);
    golden::beyond_a_copy(&mut book);
    book
}

fn case() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        let params = PublicParams::derive(Small::K);
        let rulebook = Rulebook::builtin("basel-2023").unwrap();
        let snapshot =
            "name = \"golden\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n[rates]\nEUR = \"1\"\n";
        let snapshot = Snapshot::parse(snapshot).unwrap();
        let book = book();
        let mut keys = ProvingKeys::<Small>::default();
        let claims = [Claim::parse("cet1>=3%").unwrap()];
        let stated: Vec<bool> = rulebook
            .stated
            .iter()
            .map(|line| book.stated.iter().any(|stated| stated.name == line.name))
            .collect();
        let linked = Linked {
            credit_risk: true,
            counterparty_risk: false,
        };
        let without = missing_modules(&rulebook, &claims, &stated, linked).unwrap();
        let attested = [(); 2].map(|()| {
            let request = Request {
                book: &book,
                rulebook: &rulebook,
                snapshot: &snapshot,
                claims: &claims,
                without: &without,
                sequence: 1,
                previous: [0; 32],
                check: SelfCheck::Verify,
            };
            let options = Options {
                keep: true,
                ..Options::default()
            };
            let attested =
                attest_with(&params, &mut keys, &request, options, &mut |_| true).unwrap();
            (attested.attestation, attested.opening.unwrap())
        });
        Case {
            params,
            rulebook,
            snapshot,
            book,
            attested,
            keys: Mutex::new(keys),
        }
    })
}

impl Case {
    fn audit(&self, opening: &Opening, book: &Book) -> Result<Commitments, AuditError> {
        self.audit_under(opening, book, &self.rulebook, &self.snapshot)
    }

    fn audit_under(
        &self,
        opening: &Opening,
        book: &Book,
        rulebook: &Rulebook,
        snapshot: &Snapshot,
    ) -> Result<Commitments, AuditError> {
        let attestation = &self.attested[0].0;
        let shown = Shown {
            book,
            rulebook,
            snapshot,
            vouched: &[],
        };
        let mut keys = self.keys.lock().unwrap_or_else(|e| e.into_inner());
        let of = (attestation, attestation.digest());
        opening.audit(&self.params, &mut keys, of, shown)
    }

    /// What is said of another book.
    fn refused(&self, change: impl FnOnce(&mut Book)) -> String {
        let mut book = self.book.clone();
        change(&mut book);
        let error = self.audit(&self.attested[0].1, &book).unwrap_err();
        assert!(error.hint().is_some() || matches!(error, AuditError::Book(_)));
        error.to_string()
    }
}

#[test]
fn every_commitment_is_recomputed_and_the_book_fills_the_columns() {
    let case = case();
    let (attestation, opening) = &case.attested[0];
    let found = case.audit(opening, &case.book).unwrap();
    assert_eq!(Some(found), Commitments::of::<Small>(attestation));
    // All first-round columns of all copies, not the kept ones alone.
    let columns = plimsoll_circuits::proofs::circuits_of(&attestation.statement);
    let columns =
        columns.map(|(kind, copies)| copies * kind.layout::<Small>().unwrap().first_round() as u32);
    assert_eq!(found.columns, columns.sum::<u32>());
    let shards = attestation.statement.rows.iter().map(|rows| rows.shards);
    assert!(shards.max() > Some(1), "counts go from proof to proof");
    // The same book proven again is another attestation with other commitments.
    let again = Commitments::of::<Small>(&case.attested[1].0).unwrap();
    assert_ne!(found, again);
    let cut = Attestation {
        proofs: vec![Vec::new(); attestation.proofs.len()],
        ..attestation.clone()
    };
    assert_eq!(Commitments::of::<Small>(&cut), None);
}

#[test]
fn another_book_is_refused_by_what_differs() {
    let case = case();
    let position = |id: &str| {
        let found = case.book.exposures.iter().position(|e| e.id == id);
        found.unwrap()
    };
    let plain = position("loan 7");
    let first = &case.book.exposures[0];
    let id = first.id.clone();
    // An amount, an id, a class, one more exposure, one less.
    let said = case.refused(|book| book.exposures[0].amount += 1);
    assert_eq!(
        said,
        format!("exposure `{id}` was proven with another `amount` than the book gives")
    );
    let said = case.refused(|book| book.exposures[0].id = "somebody else".into());
    assert_eq!(
        said,
        "exposure `somebody else` of the book is not in the attestation"
    );
    let said = case.refused(|book| {
        let exposure = &mut book.exposures[0];
        assert_ne!(exposure.class, "equity");
        (exposure.class, exposure.grade) = ("equity".into(), "".into());
    });
    assert!(
        said.starts_with(&format!("exposure `{id}` was proven with another `class`")),
        "{said}"
    );
    let more = Exposure {
        id: "one more".into(),
        amount: 0,
        ..first.clone()
    };
    let said = case.refused(|book| book.exposures.push(more));
    assert_eq!(
        said,
        "exposure `one more` of the book is not in the attestation"
    );
    let said = case.refused(|book| {
        book.exposures.remove(0);
    });
    assert_eq!(
        said,
        format!("the book has no exposure `{id}`, which the attestation has")
    );
    // Collateral: value, id, whose it is.
    let item = |book: &mut Book| {
        let mut items = book.collateral.iter_mut();
        items.position(|item| item.exposure == "loan 7").unwrap()
    };
    let said = case.refused(|book| {
        let at = item(book);
        book.collateral[at].amount += 1;
    });
    assert_eq!(
        said,
        "exposure `loan 7` was proven with another `collateral` than the book gives"
    );
    let said = case.refused(|book| {
        let at = item(book);
        book.collateral[at].id = "other cash".into();
    });
    assert_eq!(
        said,
        "exposure `loan 7` has other items of collateral than were proven"
    );
    let said = case.refused(|book| {
        let at = item(book);
        book.collateral[at].exposure = "loan 8".into();
    });
    assert!(said.contains("other items of collateral"), "{said}");
    // An exposure that would stand in another circuit.
    let said = case.refused(|book| {
        book.exposures[plain].lent_security = "sovereign".into();
        book.exposures[plain].lent_rating = "AAA-AA".into();
        book.exposures[plain].lent_maturity_days = 100;
    });
    assert!(
        said.starts_with("exposure `loan 7` was proven with another `circuit`"),
        "{said}"
    );
    // Two amounts that change places: no total says a word.
    let said = case.refused(|book| {
        let (one, two) = (position("loan 3"), position("loan 4"));
        let amounts = (book.exposures[one].amount, book.exposures[two].amount);
        assert_eq!(amounts, (1, 1));
        (book.exposures[one].amount, book.exposures[two].amount) = (0, 2);
    });
    assert!(said.starts_with("exposure `loan 3` was proven with another `amount`"));
}

#[test]
fn another_statement_is_refused_by_its_field() {
    let case = case();
    for (field, change) in [
        (
            "institution",
            (|book: &mut Book| book.lei = Lei::parse("N1GZ7BBF3NP8GI976H15").unwrap())
                as fn(&mut Book),
        ),
        ("as of", |book| book.as_of_time += 1),
        ("scale", |book| book.scale -= 1),
    ] {
        let said = case.refused(change);
        let wanted = format!("the book gives another `{field}` than the statement");
        assert!(said.starts_with(&wanted), "{said}");
    }
    for change in [
        // Assets and liabilities together: equity is as it was.
        (|book: &mut Book| {
            for name in ["total-assets", "total-liabilities"] {
                let mut lines = book.capital.iter_mut();
                lines.find(|line| line.name == name).unwrap().amount += 1;
            }
        }) as fn(&mut Book),
        |book| book.stated[0].amount += 1,
    ] {
        assert_eq!(
            case.refused(change),
            "the capital items or stated lines of the book are not those that were proven"
        );
    }
    let opening = &case.attested[0].1;
    let us = Rulebook::builtin("us-standardised").unwrap();
    let other = case.audit_under(opening, &case.book, &us, &case.snapshot);
    assert!(matches!(other, Err(AuditError::Rulebook)));
    let alone = Snapshot::reporting_only("USD").unwrap();
    let other = case.audit_under(opening, &case.book, &case.rulebook, &alone);
    assert!(matches!(other, Err(AuditError::Snapshot)));
}

#[test]
fn another_opening_is_refused() {
    let case = case();
    // Of the same book, the same statement, the other proofs.
    let other = case.audit(&case.attested[1].1, &case.book);
    assert!(matches!(other, Err(AuditError::OtherAttestation)));

    let folder = tempfile::tempdir().unwrap();
    let phrase = Passphrase::from("correct horse".to_owned());
    let path = folder.path().join("o");
    opening::write(&path, &case.attested[0].1, &phrase).unwrap();
    let plain = decrypted(&std::fs::read(&path).unwrap(), &phrase);
    let with = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = plain.clone();
        change(&mut changed);
        let path = folder.path().join(name);
        std::fs::write(&path, encrypted(&changed, &phrase)).unwrap();
        let opening = opening::read(&path, &phrase).unwrap();
        case.audit(&opening, &case.book).unwrap_err()
    };
    let digest = b"plimsoll-opening 1\n".len();
    let number = |at: usize| u32::from_le_bytes(plain[at..at + 4].try_into().unwrap()) as usize;
    // The digest of another attestation; the same bytes of the twin do not open this one.
    let error = with("digest", &|bytes| bytes[digest] ^= 1);
    assert!(matches!(error, AuditError::OtherAttestation), "{error}");
    let twin = case.attested[1].0.digest();
    let of_twin = opening::write(&folder.path().join("t"), &case.attested[1].1, &phrase);
    of_twin.unwrap();
    let mut renamed = decrypted(&std::fs::read(folder.path().join("t")).unwrap(), &phrase);
    assert_eq!(renamed[digest..digest + 32], twin);
    renamed[digest..digest + 32].copy_from_slice(&case.attested[0].0.digest());
    let error = with("renamed", &|bytes| *bytes = renamed.clone());
    assert!(
        matches!(error, AuditError::Commitment { proof: 1, .. }),
        "{error}"
    );
    // The seed of the first proof; the blinding that was chosen for its totals.
    let seed = digest + 32 + 4;
    let error = with("seed", &|bytes| bytes[seed] ^= 1);
    assert!(
        matches!(error, AuditError::Commitment { proof: 1, .. }),
        "{error}"
    );
    let chosen = seed + 32 + 4 + 4 + 4;
    assert_eq!(
        number(chosen - 8),
        1,
        "the totals of the first copy are blinded by choice"
    );
    let error = with("chosen", &|bytes| bytes[chosen] ^= 1);
    let follows = "what follows from the values";
    assert!(
        matches!(error, AuditError::Commitment { column, .. } if column == follows),
        "{error}"
    );
    // The last byte of each of the first columns of the first copy: a value.
    let columns = chosen + 10 * 32;
    let mut at = columns + 4;
    for column in 0..5 {
        let length = number(at);
        let last = at + 4 + length - 1;
        if length > 5 {
            let error = with(&format!("column {column}"), &|bytes| bytes[last] ^= 1);
            assert!(
                matches!(error, AuditError::Commitment { proof: 1, .. }),
                "{error}"
            );
            let first = case.attested[0].0.statement.rows[0].circuit.name();
            let start = format!("proof 1 ({first}), copy 1: the opening");
            assert!(error.to_string().starts_with(&start), "{error}");
        }
        at += 4 + length;
    }
}

fn decrypted(bytes: &[u8], phrase: &Passphrase) -> Vec<u8> {
    let decryptor = age::Decryptor::new_buffered(bytes).unwrap();
    let identity = age::scrypt::Identity::new(phrase.clone());
    let opened = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity));
    let mut plain = Vec::new();
    opened.unwrap().read_to_end(&mut plain).unwrap();
    plain
}

fn encrypted(plain: &[u8], phrase: &Passphrase) -> Vec<u8> {
    let mut out = Vec::new();
    let encryptor = age::Encryptor::with_user_passphrase(phrase.clone());
    let mut writer = encryptor.wrap_output(&mut out).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap();
    out
}

/// A change to one field of a record; false where the record has nothing there.
type Change<R> = fn(&mut R) -> bool;

/// Which fields of these records are held against the commitments: each is changed in the first
/// record that has it and that the rules still allow then.
fn committed<R>(
    fields: &[(&str, Change<R>)],
    records: fn(&mut Book) -> &mut Vec<R>,
    tried: usize,
) -> Vec<String> {
    let case = case();
    let opening = &case.attested[0].1;
    let committed = |change: &Change<R>| {
        (0..tried).any(|at| {
            let mut book = case.book.clone();
            if !change(&mut records(&mut book)[at]) {
                return false;
            }
            // By the columns alone: a change that is seen in the statement says nothing of them.
            match case.audit(opening, &book) {
                Ok(_) | Err(AuditError::Book(_) | AuditError::Statement(_)) => false,
                Err(_) => true,
            }
        })
    };
    let open = fields.iter().filter(|(_, change)| !committed(change));
    open.map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn attacks_22_every_field_of_a_record_is_committed_to() {
    fn renamed(text: &mut SmolStr, to: &str) -> bool {
        let there = !text.is_empty() && text != to;
        *text = to.into();
        there
    }
    fn raised<N: Copy + PartialEq + Default + std::ops::AddAssign + From<u8>>(n: &mut N) -> bool {
        let there = *n != N::default();
        *n += N::from(1);
        there
    }
    /// Another rating band of securities.
    fn other_rating(rating: &str) -> String {
        if rating == "AAA-AA" {
            "A-BBB"
        } else {
            "AAA-AA"
        }
        .to_owned()
    }
    let exposures: [(&str, Change<Exposure>); 15] = [
        ("id", |e| renamed(&mut e.id, "another")),
        ("class", |e| {
            e.grade = "".into();
            renamed(&mut e.class, "retail")
        }),
        ("grade", |e| renamed(&mut e.grade, "unrated")),
        ("counterparty_class", |e| {
            e.counterparty_grade = "".into();
            renamed(&mut e.counterparty_class, "retail")
        }),
        ("currency", |e| {
            let there = e.currency.is_empty() || e.currency == "USD";
            e.currency = "EUR".into();
            there
        }),
        ("conversion", |e| renamed(&mut e.conversion, "commitment")),
        ("amount", |e| raised(&mut e.amount)),
        ("provisions", |e| {
            let there = e.provisions > 1;
            e.provisions = e.provisions.saturating_sub(1);
            there
        }),
        ("property_value", |e| raised(&mut e.property_value)),
        ("income_currency", |e| {
            let there = e.property_value > 0;
            e.income_currency = "EUR".into();
            there
        }),
        ("lent_security", |e| {
            e.lent_rating = "".into();
            renamed(&mut e.lent_security, "gold")
        }),
        ("lent_rating", |e| {
            let there = !e.lent_rating.is_empty();
            e.lent_rating = other_rating(&e.lent_rating).into();
            there
        }),
        ("lent_maturity_days", |e| {
            let there = e.lent_maturity_days > 0;
            e.lent_maturity_days += 3_000;
            there
        }),
        ("holding_days", |e| {
            let there = e.holding_days > 0;
            e.holding_days = if e.holding_days == 10 { 20 } else { 10 };
            there
        }),
        ("revaluation_days", |e| {
            let there = e.revaluation_days > 0;
            e.revaluation_days = if e.revaluation_days == 5 { 10 } else { 5 };
            there
        }),
    ];
    let tried = case().book.exposures.len().min(60);
    let open = committed(&exposures, |book| &mut book.exposures, tried);
    assert_eq!(open, [""; 0]);
    let items: [(&str, Change<CollateralItem>); 8] = [
        ("id", |c| renamed(&mut c.id, "another")),
        ("exposure", |c| renamed(&mut c.exposure, "loan 9")),
        ("kind", |c| {
            c.rating = "".into();
            renamed(&mut c.kind, "gold")
        }),
        ("rating", |c| {
            let there = !c.rating.is_empty();
            c.rating = other_rating(&c.rating).into();
            there
        }),
        ("currency", |c| {
            let there = c.currency.is_empty() || c.currency == "USD";
            c.currency = "EUR".into();
            there
        }),
        ("amount", |c| raised(&mut c.amount)),
        ("maturity_days", |c| raised(&mut c.maturity_days)),
        ("protection_days", |c| {
            let there = c.protection_days > 1;
            c.protection_days = c.protection_days.saturating_sub(1);
            there
        }),
    ];
    let tried = case().book.collateral.len().min(30);
    let open = committed(&items, |book| &mut book.collateral, tried);
    assert_eq!(open, [""; 0]);
}
