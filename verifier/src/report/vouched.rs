//! Who vouches for what, and what nobody vouches for.

use plimsoll_circuits::book::Day;
use plimsoll_circuits::cells::vouched::SIGNED;
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_circuits::text::{quoted, visible};
use serde_json::{Value, json};

use crate::verdict::{Facts, Outcome, Verdict, VouchedFor, hex, short};

/// Whether vouchers were checked: with the proofs, of an attestation that holds.
fn holds(verdict: &Verdict) -> bool {
    verdict.outcome == Outcome::Holds
}

/// Whose word it is, as far as this reader knows.
fn by(voucher: &VouchedFor) -> String {
    let key = short(&voucher.key.0);
    match &voucher.name {
        Some(name) => format!("by {} (key {key})", visible(name)),
        None => format!(
            "by a key you do not know ({key}), which calls itself {}",
            quoted(&voucher.owner)
        ),
    }
}

/// One line for each voucher.
pub(crate) fn lines(verdict: &Verdict) -> Vec<String> {
    let Some(facts) = &verdict.facts else {
        return Vec::new();
    };
    let line = |voucher: &VouchedFor| {
        if !holds(verdict) {
            return "not shown".to_owned();
        }
        let day = Day::of_seconds(voucher.as_of).map_or_else(String::new, |day| day.to_string());
        let accounts = voucher.accounts.iter().map(|account| quoted(account));
        let accounts: Vec<String> = accounts.collect();
        let plural = if voucher.proofs == 1 { "" } else { "s" };
        format!(
            "{}: {}, in {} proof{plural}; {}; accounts {}; as of {day}, number {}",
            RowCircuit::Vouched.name(),
            SIGNED.join(", "),
            voucher.proofs,
            by(voucher),
            accounts.join(", "),
            voucher.serial
        )
    };
    facts.vouched.iter().map(line).collect()
}

/// What nobody vouches for but the institution.
pub(crate) fn unvouched(facts: &Facts) -> Vec<String> {
    let computed = facts.recomputed.iter();
    let computed = computed.filter(|name| **name != RowCircuit::Vouched.name());
    let capital = std::iter::once(&"capital items");
    let names = computed.chain(capital).map(|name| (*name).to_owned());
    names.chain(facts.stated.iter().cloned()).collect()
}

/// The same as a line, where somebody vouches for something.
pub(crate) fn nobody(verdict: &Verdict) -> Option<String> {
    let facts = verdict.facts.as_ref()?;
    (!facts.vouched.is_empty()).then(|| unvouched(facts).join(", "))
}

/// The list for machines; empty unless the attestation holds.
pub(super) fn json(verdict: &Verdict) -> Vec<Value> {
    let facts = verdict.facts.iter().filter(|_| holds(verdict));
    let vouchers = facts.flat_map(|facts| &facts.vouched);
    let object = |voucher: &VouchedFor| {
        json!({
            "module": RowCircuit::Vouched.name(),
            "columns": SIGNED,
            "proofs": voucher.proofs,
            "key": voucher.key.to_string(),
            "known": voucher.name.is_some(),
            "name": voucher.name,
            "calls_itself": voucher.owner,
            "accounts": voucher.accounts,
            "as_of": Day::of_seconds(voucher.as_of).map(|day| day.to_string()),
            "serial": voucher.serial,
            "voucher": hex(&voucher.digest),
        })
    };
    vouchers.map(object).collect()
}
