//! The file of a voucher: one form. The statement's list, and the document that carries them.
#![allow(missing_docs)]

#[path = "common/schema.rs"]
mod follows;

use ed25519_dalek::{Signer as _, SigningKey};
use plimsoll_circuits::attestation::Attestation;
use plimsoll_circuits::book::Lei;
use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::document::{Document, DocumentError};
use plimsoll_circuits::envelope::{Envelope, EnvelopeError, PayloadType, PublicKey, Signature};
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_circuits::statement::{
    MAX_VOUCHERS, RowCircuit, RowProofs, Statement, StatementError, VoucherRef,
};
use plimsoll_circuits::voucher::{
    Block, Clause, MAX_ACCOUNTS, MAX_BLOCKS, SCHEMA, Terms, Unvouched, VOUCHER_TYPE, Voucher,
    VoucherError, check_terms, universe_of, words_of,
};
use serde_json::{Value, json};

const K: u32 = 14;
const BANK: &str = "N1GZ7BBF3NP8GI976H15";

fn key() -> (SigningKey, PublicKey) {
    let key = SigningKey::from_bytes(&[5; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    (key, public)
}

fn terms() -> Terms {
    Terms {
        owner: "Example servicer".to_owned(),
        key: key().1,
        serial: 4,
        beneficiary: Lei::parse(BANK).unwrap(),
        accounts: vec!["A".to_owned(), "B".to_owned()],
        as_of: 1_672_444_800,
        schema: SCHEMA.to_owned(),
        scale: 2,
        words: [1; 32],
        universe: [2; 32],
        parameters: [3; 32],
        k: K,
        circuit: [4; 32],
        blocks: vec![
            Block {
                rows: 16_374,
                commitments: vec![[6; 32]; 12],
            },
            Block {
                rows: 1,
                commitments: vec![[7; 32]; 12],
            },
        ],
    }
}

fn signed(terms: Terms) -> Voucher {
    let (key, public) = key();
    let mut voucher = Voucher::unsigned(terms).unwrap();
    let bytes = key.sign(&voucher.envelope.signed_bytes()).to_bytes();
    let key = public.id();
    voucher.envelope.add(Signature { key, bytes }).unwrap();
    voucher
}

fn with_payload(payload: &str) -> Result<Voucher, VoucherError> {
    let payload = payload.as_bytes().to_vec();
    Voucher::decode(&Envelope::unsigned(PayloadType::Voucher, payload).encode())
}

#[test]
fn what_is_written_is_read() {
    let voucher = signed(terms());
    let again = Voucher::decode(&voucher.encode()).unwrap();
    assert_eq!(again, voucher);
    assert!(again.is_signed());
    assert!(!Voucher::unsigned(terms()).unwrap().is_signed());
    // Every term is in the digest.
    let changes: [fn(&mut Terms); 13] = [
        |t| t.owner.push('x'),
        |t| t.serial += 1,
        |t| t.accounts.truncate(1),
        |t| t.as_of += 1,
        |t| t.schema.push('x'),
        |t| t.scale += 1,
        |t| t.words[0] += 1,
        |t| t.universe[0] += 1,
        |t| t.parameters[0] += 1,
        |t| t.k += 1,
        |t| t.circuit[0] += 1,
        |t| t.blocks[1].rows += 1,
        |t| t.blocks[1].commitments[11][31] ^= 1,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut other = terms();
        change(&mut other);
        let other = signed(other);
        assert_ne!(other.digest, voucher.digest, "{number}");
        // And under the signature.
        let mut moved = Voucher::unsigned(other.terms).unwrap();
        moved
            .envelope
            .add(voucher.envelope.signatures()[0].clone())
            .unwrap();
        assert!(!moved.is_signed(), "{number}");
    }
}

#[test]
fn there_is_one_form() {
    let payload = String::from_utf8(signed(terms()).envelope.payload).unwrap();
    assert!(with_payload(&payload).is_ok());
    let said = |from: &str, to: &str| {
        assert!(payload.contains(from), "{from}");
        with_payload(&payload.replacen(from, to, 1)).unwrap_err()
    };
    assert_eq!(
        said(VOUCHER_TYPE, "urn:plimsoll:voucher:2"),
        VoucherError::Version
    );
    assert_eq!(
        said("{\"_type\"", "{ \"_type\""),
        VoucherError::NotCanonical
    );
    assert_eq!(said("Example", "\\u0045xample"), VoucherError::NotCanonical);
    assert_eq!(
        said("\"serial\":4", "\"serial\":0"),
        VoucherError::Field("serial")
    );
    assert_eq!(
        said("[\"A\",\"B\"]", "[\"B\",\"A\"]"),
        VoucherError::Field("accounts")
    );
    assert_eq!(
        said("[\"A\",\"B\"]", "[\"A\",\"A\"]"),
        VoucherError::Field("accounts")
    );
    assert_eq!(said("[\"A\",\"B\"]", "[]"), VoucherError::Field("accounts"));
    assert_eq!(said("[\"A\"", "[\"\\n\""), VoucherError::Field("accounts"));
    assert_eq!(
        said(BANK, "N1GZ7BBF3NP8GI976H16"),
        VoucherError::Field("beneficiary")
    );
    assert_eq!(said("ed25519:", "ed448:"), VoucherError::Field("key"));
    assert_eq!(said("0101", "010G"), VoucherError::Field("words"));
    assert_eq!(
        said("\"rows\":1,", "\"rows\":0,"),
        VoucherError::Field("blocks")
    );
    assert_eq!(
        said("\"amount\"", "\"balance\""),
        VoucherError::NotCanonical
    );
    assert_eq!(said("BgYG", "Bg*G"), VoucherError::Field("commitments"));
    assert_eq!(said("BgYG", ""), VoucherError::Field("commitments"));
    for (from, to) in [
        ("\"serial\":4", "\"serial\":4,\"colour\":1"),
        ("\"serial\":4", "\"serial\":-4"),
        ("\"serial\":4,", ""),
        ("\"serial\":4,", "\"serial\":4,\"serial\":4,"),
        ("\"rows\":16374", "\"rows\":65536"),
    ] {
        let error = said(from, to);
        assert!(matches!(error, VoucherError::Malformed(_)), "{to}: {error}");
    }
    // Another kind of payload, though its bytes are the same.
    let other = Envelope::unsigned(PayloadType::Disclosure, payload.into_bytes());
    let error = Voucher::decode(&other.encode()).unwrap_err();
    let wanted = PayloadType::Voucher.name();
    assert_eq!(error, EnvelopeError::PayloadType { wanted }.into());
}

#[test]
fn limits() {
    let refused = |change: fn(&mut Terms)| {
        let mut terms = terms();
        change(&mut terms);
        Voucher::unsigned(terms).unwrap_err()
    };
    let field = VoucherError::Field;
    assert_eq!(refused(|t| t.owner.clear()), field("owner"));
    assert_eq!(refused(|t| t.owner = "x".repeat(121)), field("owner"));
    assert_eq!(refused(|t| t.schema = "a\tb".to_owned()), field("schema"));
    assert_eq!(refused(|t| t.blocks.clear()), field("blocks"));
    let many = |t: &mut Terms| t.blocks = vec![t.blocks[0].clone(); MAX_BLOCKS + 1];
    assert_eq!(refused(many), field("blocks"));
    let many = |t: &mut Terms| t.accounts = (0..=MAX_ACCOUNTS).map(|n| format!("{n:03}")).collect();
    assert_eq!(refused(many), field("accounts"));
    // The largest that there is fits the file.
    let mut largest = terms();
    largest.blocks = vec![largest.blocks[0].clone(); MAX_BLOCKS];
    let voucher = signed(largest);
    assert_eq!(Voucher::decode(&voucher.encode()), Ok(voucher));
}

#[test]
fn numbers_stand_for_the_same_words_under_other_weights_and_rates() {
    let (_, text) = plimsoll_circuits::rulebook::BUILTIN
        .iter()
        .find(|(name, _)| *name == "basel-2023")
        .unwrap();
    let rules = |text: &str| Rulebook::parse(text).unwrap();
    let quotes = |rates: &str| {
        let text =
            format!("name = \"q\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n[rates]\n{rates}");
        Snapshot::parse(&text).unwrap()
    };
    let dear = quotes("EUR = \"1.1\"\nGBP = \"1.3\"\n");
    let words = words_of(&rules(text), &dear);
    let lighter = text.replacen("\"75%\"", "\"74%\"", 1);
    assert_ne!(lighter, *text);
    assert_eq!(words_of(&rules(&lighter), &dear), words);
    assert_eq!(
        words_of(&rules(text), &quotes("EUR = \"1\"\nGBP = \"2\"\n")),
        words
    );
    // Another list of currencies, of classes, of kinds.
    assert_ne!(words_of(&rules(text), &quotes("EUR = \"1\"\n")), words);
    let mut order = dear.clone();
    order.rates.swap(1, 2);
    assert_ne!(words_of(&rules(text), &order), words);
    let us = Rulebook::builtin("us-standardised").unwrap();
    assert_ne!(words_of(&us, &dear), words);
    let mut kinds = rules(text);
    kinds.conversions.swap(0, 1);
    assert_ne!(words_of(&kinds, &dear), words);
}

#[test]
fn the_universe_is_who_stands_where() {
    let of = |blocks: &[&[(u32, &'static str)]]| {
        let blocks: Vec<Vec<(u32, &str)>> = blocks.iter().map(|block| block.to_vec()).collect();
        universe_of(&[7; 32], &blocks)
    };
    let honest = of(&[&[(0, "a"), (5, "b")], &[(0, "c")]]);
    for other in [
        of(&[&[(0, "b"), (5, "a")], &[(0, "c")]]),
        of(&[&[(0, "a"), (6, "b")], &[(0, "c")]]),
        of(&[&[(0, "a"), (5, "b"), (0, "c")]]),
        of(&[&[(0, "a")], &[(5, "b"), (0, "c")]]),
        of(&[&[(0, "a"), (5, "b")]]),
        of(&[&[(0, "ab"), (5, "")], &[(0, "c")]]),
    ] {
        assert_ne!(other, honest);
    }
    // Nobody confirms a guess without the salt.
    assert_ne!(
        universe_of(&[8; 32], &[vec![(0, "a"), (5, "b")], vec![(0, "c")]]),
        honest
    );
}

fn statement(vouchers: Vec<VoucherRef>) -> Statement {
    let rows = |circuit, shards| RowProofs {
        circuit,
        copies: 1,
        shards,
    };
    let blocks: usize = vouchers.iter().map(|voucher| voucher.rows.len()).sum();
    let mut list = vec![rows(RowCircuit::Plain, 1)];
    if blocks > 0 {
        list.push(rows(RowCircuit::Vouched, blocks as u16));
    }
    Statement {
        lei: Lei::parse(BANK).unwrap(),
        as_of: 1_672_444_800,
        sequence: 1,
        previous: [0; 32],
        rulebook: [4; 32],
        snapshot: [5; 32],
        currency: "USD".to_owned(),
        scale: 2,
        claims: vec![Claim::parse("cet1>=8%").unwrap()],
        stated: Vec::new(),
        without: Vec::new(),
        balance_sheet: false,
        prices: None,
        rows: list,
        vouchers,
    }
}

fn reference(number: u8, rows: &[u16]) -> VoucherRef {
    VoucherRef {
        digest: [number; 32],
        rows: rows.to_vec(),
    }
}

#[test]
fn a_statement_names_each_voucher_once_with_its_proofs() {
    // Three proofs: their number need not be a power of two.
    let right = statement(vec![reference(1, &[9, 16_374]), reference(2, &[1])]);
    assert_eq!(Statement::decode(&right.encode()), Ok(right.clone()));
    assert_eq!(Attestation::expected_proofs(&right), 5);
    let mut digests = vec![right.digest()];
    let list = Err(StatementError::Field("list of signed columns"));
    let proofs = Err(StatementError::Field("list of proofs"));
    let decoded = |change: fn(&mut Statement)| {
        let mut wrong = right.clone();
        change(&mut wrong);
        Statement::decode(&wrong.encode())
    };
    assert_eq!(decoded(|s| s.vouchers[1].digest = [1; 32]), list);
    assert_eq!(decoded(|s| s.vouchers[1].rows.clear()), list);
    assert_eq!(decoded(|s| s.vouchers[1].rows = vec![0]), list);
    assert_eq!(decoded(|s| s.vouchers[1].rows = vec![1, 1]), list);
    assert_eq!(decoded(|s| drop(s.vouchers.pop())), list);
    assert_eq!(decoded(|s| s.vouchers.clear()), list);
    assert_eq!(decoded(|s| s.rows.truncate(1)), list);
    assert_eq!(decoded(|s| s.rows[1].shards = 2), list);
    assert_eq!(decoded(|s| s.rows[1].copies = 2), proofs);
    assert_eq!(decoded(|s| s.rows[1].shards = 0), proofs);
    // Of other circuits it still is a power of two.
    assert_eq!(decoded(|s| s.rows[0].shards = 3), proofs);
    let most = |count: usize| {
        let all = (0..count).map(|number| reference(number as u8, &[1]));
        Statement::decode(&statement(all.collect()).encode())
    };
    assert!(most(MAX_VOUCHERS).is_ok());
    assert_eq!(most(MAX_VOUCHERS + 1), list);
    for change in [
        (|s| s.vouchers[0].digest[0] ^= 2) as fn(&mut Statement),
        |s| s.vouchers[0].rows[0] += 1,
        |s| s.vouchers.swap(0, 1),
    ] {
        let other = decoded(change).unwrap();
        assert!(!digests.contains(&other.digest()));
        digests.push(other.digest());
    }
}

#[test]
fn a_document_carries_its_vouchers_whole() {
    let voucher = signed(terms());
    let rows = voucher.terms.blocks.iter().map(|block| block.rows);
    let statement = statement(vec![VoucherRef {
        digest: voucher.digest,
        rows: rows.collect(),
    }]);
    let proofs = vec![vec![7; 64]; Attestation::expected_proofs(&statement)];
    let attestation = Attestation { statement, proofs };
    let document = Document::with_vouchers(attestation.clone(), vec![voucher.clone()], K);
    let decoded = Document::decode(&document.encode(), K).unwrap();
    assert_eq!(decoded, document);
    assert_eq!(decoded.vouchers, [voucher]);
    // Its words, and a word that is not what the voucher says.
    let payload = String::from_utf8(document.envelope.payload.clone()).unwrap();
    let value: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(
        value["predicate"]["signedColumns"][0]["owner"],
        "Example servicer"
    );
    let said = |from: &str, to: &str| {
        assert!(payload.contains(from), "{from}");
        let changed = payload.replacen(from, to, 1).into_bytes();
        Document::decode(
            &Envelope::unsigned(PayloadType::InToto, changed).encode(),
            K,
        )
    };
    let copy = |name: &str| Err(DocumentError::Copy(name.to_owned()));
    assert_eq!(
        said("Example servicer", "Another servicer"),
        copy("signedColumns")
    );
    assert_eq!(
        said("\"proofs\":2,\"voucher\"", "\"proofs\":3,\"voucher\""),
        copy("signedColumns")
    );
    let broken = said("\"voucher\":\"ey", "\"voucher\":\"AA");
    assert!(
        matches!(broken, Err(DocumentError::Voucher { number: 1, .. })),
        "{broken:?}"
    );
    // Left out, the file still is one: what it lacks is for the verifier to say.
    let without = Document::unsigned(attestation, K);
    assert_eq!(without.digest, document.digest);
    assert!(
        Document::decode(&without.encode(), K)
            .unwrap()
            .vouchers
            .is_empty()
    );
    // As many as a statement can name.
    let many = |count: usize| {
        let vouchers = vec![decoded.vouchers[0].clone(); count];
        let document = Document::with_vouchers(without.attestation.clone(), vouchers, K);
        Document::decode(&document.encode(), K).map(|document| document.vouchers.len())
    };
    assert_eq!(many(MAX_VOUCHERS), Ok(MAX_VOUCHERS));
    for count in [MAX_VOUCHERS + 1, MAX_VOUCHERS + 2] {
        assert_eq!(many(count), Err(DocumentError::NotCanonical));
    }
    // The published schemas say the same.
    let schema = |name: &str| -> Value {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/schemas");
        let text = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let outer = schema("attestation.schema.json");
    assert_eq!(follows::problem(&outer, &outer, &value, ""), None);
    let inner = schema("voucher.schema.json");
    let mut signed: Value = serde_json::from_slice(&decoded.vouchers[0].envelope.payload).unwrap();
    assert_eq!(follows::problem(&inner, &inner, &signed, ""), None);
    let items = &outer["properties"]["predicate"]["properties"]["signedColumns"];
    assert_eq!(items["maxItems"], json!(MAX_VOUCHERS));
    assert_eq!(
        inner["properties"]["accounts"]["maxItems"],
        json!(MAX_ACCOUNTS)
    );
    assert_eq!(inner["properties"]["blocks"]["maxItems"], json!(MAX_BLOCKS));
    assert_eq!(inner["properties"]["_type"]["const"], VOUCHER_TYPE);
    let fields: Vec<String> = signed.as_object().unwrap().keys().cloned().collect();
    for name in fields {
        let taken = signed.as_object_mut().unwrap().remove(&name).unwrap();
        assert!(
            follows::problem(&inner, &inner, &signed, "").is_some(),
            "{name}"
        );
        signed[&name] = taken;
    }
}

/// A voucher that is named and not there, there and not named, or in another's place, by its number.
#[test]
fn each_voucher_stands_where_the_statement_names_it() {
    let params = PublicParams::derive(Small::K);
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let snapshot = Snapshot::builtin("usd-only").unwrap();
    let other = Terms {
        serial: 5,
        ..terms()
    };
    let (one, two) = (signed(terms()), signed(other));
    let named = |vouchers: &[&Voucher]| {
        let reference = |voucher: &&Voucher| VoucherRef {
            digest: voucher.digest,
            rows: voucher
                .terms
                .blocks
                .iter()
                .map(|block| block.rows)
                .collect(),
        };
        statement(vouchers.iter().map(reference).collect())
    };
    let said = |vouchers: &[&Voucher], statement: &Statement| {
        let vouchers: Vec<Voucher> = vouchers.iter().map(|voucher| (*voucher).clone()).collect();
        let checked =
            check_terms::<Small>(&vouchers, statement, &params, [4; 32], &rulebook, &snapshot);
        checked.unwrap_err()
    };
    let failed = |number, clause| Unvouched { number, clause };
    let both = named(&[&one, &two]);
    assert_eq!(said(&[], &both), failed(1, Clause::Missing));
    assert_eq!(said(&[&one], &both), failed(2, Clause::Missing));
    assert_eq!(said(&[&two, &one], &both), failed(1, Clause::Unnamed));
    assert_eq!(
        said(&[&one, &two], &named(&[&one])),
        failed(2, Clause::Unnamed)
    );
    assert_eq!(said(&[&one], &named(&[])), failed(1, Clause::Unnamed));
    // In their places, they are of other parameters than these.
    assert_eq!(said(&[&one, &two], &both), failed(1, Clause::Parameters));
}

#[test]
fn clauses_are_a_closed_list() {
    let texts: std::collections::BTreeSet<String> =
        Clause::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), Clause::ALL.len());
}
