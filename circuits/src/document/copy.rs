//! The in-toto statement and the readable copy in its predicate.
//!
//! Every field but `attestation` is a function of the statement and of this code's pinned ids. A
//! name printed here is for ever: changing one refuses every older file.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{PREDICATE_TYPE, STATEMENT_TYPE};
use crate::attestation::Attestation;
use crate::book::Day;
use crate::cells::vouched::SIGNED;
use crate::envelope::to_base64;
use crate::pinned::pinned_id;
use crate::proofs::CircuitKind;
use crate::statement::{RowCircuit, Statement};
use crate::voucher::Voucher;

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct InToto<'a> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    #[serde(borrow)]
    pub(super) predicate: Predicate<'a>,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: Digests,
}

/// Digests under names of our own: they are personalised.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Digests {
    #[serde(rename = "plimsollAttestation")]
    attestation: String,
    #[serde(rename = "plimsollStatement")]
    statement: String,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Predicate<'a> {
    institution: String,
    as_of: String,
    sequence: u64,
    previous: String,
    currency: String,
    scale: i8,
    claims: Vec<String>,
    computed: Vec<String>,
    stated: Vec<u8>,
    without: Vec<String>,
    balance_sheet: bool,
    option_prices: Option<Cow<'a, str>>,
    rulebook: String,
    snapshot: String,
    rows: u32,
    circuits: Vec<Circuit>,
    links: Vec<Link>,
    #[serde(borrow)]
    signed_columns: Vec<SignedColumns<'a>>,
    #[serde(borrow)]
    pub(super) attestation: Cow<'a, str>,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Circuit {
    name: String,
    /// Empty where this code pins none: at the sizes of tests.
    id: String,
    copies: u16,
    proofs: u16,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Link {
    from: String,
    to: String,
    by: String,
}

/// What one voucher vouches for, and the voucher itself.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct SignedColumns<'a> {
    /// Digest of the voucher.
    digest: String,
    owner: String,
    /// Id of its key.
    key: String,
    serial: u64,
    accounts: Vec<String>,
    /// The circuit whose columns they are.
    circuit: String,
    columns: Vec<String>,
    /// How many proofs hold them.
    proofs: usize,
    /// Base64 of the voucher's file.
    #[serde(borrow)]
    voucher: Cow<'a, str>,
}

impl Predicate<'_> {
    /// The files of the vouchers.
    pub(super) fn vouchers(&self) -> Vec<&str> {
        let all = self.signed_columns.iter();
        all.map(|columns| columns.voucher.as_ref()).collect()
    }
}

fn signed_columns(voucher: &Voucher) -> SignedColumns<'static> {
    let terms = &voucher.terms;
    SignedColumns {
        digest: hex(&voucher.digest),
        owner: terms.owner.clone(),
        key: terms.key.id().to_string(),
        serial: terms.serial,
        accounts: terms.accounts.clone(),
        circuit: RowCircuit::Vouched.name().to_owned(),
        columns: SIGNED.map(str::to_owned).to_vec(),
        proofs: terms.blocks.len(),
        voucher: to_base64(&voucher.encode()).into(),
    }
}

impl<'a> InToto<'a> {
    pub(super) fn of(
        statement: &Statement,
        inner: &[u8],
        vouchers: &[Voucher],
        k: u32,
    ) -> InToto<'a> {
        InToto {
            kind: STATEMENT_TYPE.to_owned(),
            subject: vec![Subject {
                name: format!("{}#{}", statement.lei, statement.sequence),
                digest: Digests {
                    attestation: hex(&Attestation::digest_of(inner)),
                    statement: hex(&statement.digest()),
                },
            }],
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: Predicate {
                institution: statement.lei.to_string(),
                as_of: time(statement.as_of),
                sequence: statement.sequence,
                previous: hex(&statement.previous),
                currency: statement.currency.clone(),
                scale: statement.scale,
                claims: statement.claims.iter().map(ToString::to_string).collect(),
                computed: statement
                    .computed()
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                stated: statement.stated.clone(),
                without: statement.without.clone(),
                balance_sheet: statement.balance_sheet,
                option_prices: statement.prices.map(|prices| prices.name().into()),
                rulebook: hex(&statement.rulebook),
                snapshot: hex(&statement.snapshot),
                rows: k,
                circuits: circuits(statement, k),
                links: links(statement),
                signed_columns: vouchers.iter().map(signed_columns).collect(),
                attestation: to_base64(inner).into(),
            },
        }
    }

    /// The first field that is not as expected, by its path.
    pub(super) fn difference(&self, expected: &InToto<'_>) -> Option<String> {
        let (found, wanted) = (&self.predicate, &expected.predicate);
        let pairs = [
            ("subject", self.subject == expected.subject),
            ("institution", found.institution == wanted.institution),
            ("asOf", found.as_of == wanted.as_of),
            ("sequence", found.sequence == wanted.sequence),
            ("previous", found.previous == wanted.previous),
            ("currency", found.currency == wanted.currency),
            ("scale", found.scale == wanted.scale),
            ("claims", found.claims == wanted.claims),
            ("computed", found.computed == wanted.computed),
            ("stated", found.stated == wanted.stated),
            ("without", found.without == wanted.without),
            ("balanceSheet", found.balance_sheet == wanted.balance_sheet),
            ("optionPrices", found.option_prices == wanted.option_prices),
            ("rulebook", found.rulebook == wanted.rulebook),
            ("snapshot", found.snapshot == wanted.snapshot),
            ("rows", found.rows == wanted.rows),
            ("circuits", found.circuits == wanted.circuits),
            ("links", found.links == wanted.links),
            (
                "signedColumns",
                found.signed_columns == wanted.signed_columns,
            ),
        ];
        let (name, _) = pairs.into_iter().find(|(_, same)| !same)?;
        Some(name.to_owned())
    }
}

fn circuits(statement: &Statement, k: u32) -> Vec<Circuit> {
    let circuit = |kind: CircuitKind, copies, proofs| Circuit {
        name: kind.name().to_owned(),
        id: pinned_id(k, kind).map_or_else(String::new, |id| hex(&id)),
        copies,
        proofs,
    };
    let rows = statement.rows.iter();
    rows.map(|rows| circuit(CircuitKind::Rows(rows.circuit), rows.copies, rows.shards))
        .chain([circuit(CircuitKind::Capital, 1, 1)])
        .collect()
}

/// Row circuits meet the capital circuit in their totals; circuits that count collateral hand the
/// count on.
fn links(statement: &Statement) -> Vec<Link> {
    let link = |from: &str, to: &str, by: &str| Link {
        from: from.to_owned(),
        to: to.to_owned(),
        by: by.to_owned(),
    };
    let rows = || statement.rows.iter().map(|rows| rows.circuit);
    let carrying: Vec<_> = rows().filter(|circuit| circuit.carries()).collect();
    let totals = rows().map(|from| link(from.name(), CircuitKind::Capital.name(), "totals"));
    let counts = carrying
        .windows(2)
        .map(|pair| link(pair[0].name(), pair[1].name(), "count of collateral items"));
    totals.chain(counts).collect()
}

/// `2022-12-31T00:00:00Z`; a time beyond the calendar as its seconds since 1970.
pub(crate) fn time(seconds: i64) -> String {
    match Day::of_seconds(seconds) {
        None => seconds.to_string(),
        Some(day) => {
            let rest = seconds.rem_euclid(86_400);
            let (hours, minutes, seconds) = (rest / 3_600, rest / 60 % 60, rest % 60);
            format!("{day}T{hours:02}:{minutes:02}:{seconds:02}Z")
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
