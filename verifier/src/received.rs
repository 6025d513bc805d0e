//! Receipts: what an institution told one counterparty, held against its attestation and a
//! disclosure.
//!
//! A receipt stands on its signature alone: by a key that the reader trusts for this institution.
//! Where an attestation is named, it must hold, and be of the same institution and time; where a
//! disclosure of it is named, it must show the same figures. A difference is *refused*: then the
//! two papers contradict one another, and both are signed, or proven.

use std::sync::Arc;

use plimsoll_circuits::disclosure::Shown;
use plimsoll_circuits::envelope::KeyId;
use plimsoll_circuits::receipt::{Content, Position, Receipt, ReceiptError};
use plimsoll_circuits::statement::RowCircuit;
use plimsoll_circuits::text::quiet;

use crate::disclosed::Disclosed;
use crate::policy::Policy;
use crate::verdict::{Facts, Outcome, Verdict};

/// The answer to a receipt.
#[derive(Debug)]
pub struct Received {
    /// What it says, as far as it could be read.
    pub content: Option<Content>,
    /// The institution's name in the trust file, and the keys that signed and that are trusted.
    pub signed_by: Option<(String, Vec<KeyId>)>,
    /// Whether an attestation, and whether a disclosure, says the same.
    pub compared: Compared,
    /// The attestation that says the same.
    pub attestation: Option<Arc<Facts>>,
    /// Why it is not taken; none where nothing is wrong.
    pub problem: Option<Unreceived>,
}

/// What a receipt was held against, and agrees with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// An attestation that holds: same institution, same time.
    pub attestation: bool,
    /// A disclosure of it: same figures.
    pub disclosure: bool,
}

/// Why a receipt is not taken: a closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreceived {
    /// The file cannot be read as a receipt.
    #[error("the receipt cannot be read: {0}")]
    Unreadable(ReceiptError),
    /// Nobody signed it.
    #[error("nobody signed the receipt")]
    Unsigned,
    /// It is signed, by no key that the reader trusts for this institution.
    #[error("no key that signed the receipt is trusted here for {0}")]
    NoTrustedKey(String),
    /// A signature that names a trusted key, and is not that key's.
    #[error("the signature that names key {0} is not that key's over this receipt")]
    Signature(KeyId),
    /// The attestation does not hold.
    #[error("the attestation does not hold, so that the receipt cannot be held against it")]
    Attestation(u8),
    /// The attestation is another institution's.
    #[error("the attestation is another institution's")]
    Institution,
    /// The attestation is of another time.
    #[error("the attestation is of another time than the receipt")]
    AsOf,
    /// The disclosure is refused, or cannot be read.
    #[error("the disclosure is not shown, so that the receipt cannot be held against it")]
    Disclosure(u8),
    /// The disclosure does not show this position.
    #[error("the disclosure does not show this position")]
    NotDisclosed,
    /// The disclosure shows the position with another figure.
    #[error("the disclosure shows this position with another `{}`: it contradicts the receipt", quiet(.0))]
    Contradiction(String),
}

impl Unreceived {
    /// The reason's word, from a closed list.
    pub fn reason(&self) -> &'static str {
        match self {
            Unreceived::Unreadable(_) => "unreadable",
            Unreceived::Unsigned => "unsigned",
            Unreceived::NoTrustedKey(_) => "no_trusted_key",
            Unreceived::Signature(_) => "signature",
            Unreceived::Attestation(_) => "attestation",
            Unreceived::Institution => "institution",
            Unreceived::AsOf => "as_of",
            Unreceived::Disclosure(_) => "disclosure",
            Unreceived::NotDisclosed => "not_disclosed",
            Unreceived::Contradiction(_) => "contradiction",
        }
    }

    /// The next step, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Unreceived::Unreadable(ReceiptError::Version) => {
                Some("use a version of this program that knows it")
            }
            Unreceived::Unreadable(_) => {
                Some("ask for the file again: it is cut short, or it is not a receipt")
            }
            Unreceived::Unsigned | Unreceived::NoTrustedKey(_) => Some(
                "name the keys that you trust, from a source that you trust: --trust FILE; a \
                 receipt is worth what its signature is",
            ),
            Unreceived::Institution | Unreceived::AsOf => {
                Some("name the attestation of the same institution and time")
            }
            Unreceived::NotDisclosed => Some("ask for a disclosure of this position, by its id"),
            Unreceived::Contradiction(_) => Some(
                "keep all three files: where the attestation is signed they are evidence together",
            ),
            Unreceived::Signature(_) => {
                Some("ask the institution itself for the file: somebody changed or forged this one")
            }
            Unreceived::Attestation(_) | Unreceived::Disclosure(_) => {
                Some("check that file by itself first: its verdict says why")
            }
        }
    }

    /// Exit status: 1 refused, 2 cannot tell.
    pub fn exit_status(&self) -> u8 {
        match self {
            Unreceived::Unreadable(_)
            | Unreceived::Unsigned
            | Unreceived::NoTrustedKey(_)
            | Unreceived::NotDisclosed => 2,
            Unreceived::Attestation(status) | Unreceived::Disclosure(status) => *status,
            Unreceived::Signature(_)
            | Unreceived::Institution
            | Unreceived::AsOf
            | Unreceived::Contradiction(_) => 1,
        }
    }
}

impl Received {
    /// Exit status: 0 good, 1 refused, 2 cannot tell.
    pub fn exit_status(&self) -> u8 {
        self.problem.as_ref().map_or(0, Unreceived::exit_status)
    }

    /// The word for `--json`.
    pub fn word(&self) -> &'static str {
        match self.exit_status() {
            0 => "good",
            1 => "refused",
            _ => "cannot_tell",
        }
    }
}

/// Checks a receipt; against an attestation and a disclosure of it, where they are named. With a
/// disclosure it is the attestation which that one opens, whatever verdict stands beside it.
pub fn received(
    file: &[u8],
    policy: &Policy,
    verdict: Option<&Verdict>,
    disclosed: Option<&Disclosed>,
) -> Received {
    let mut answer = Received {
        content: None,
        signed_by: None,
        compared: Compared::default(),
        attestation: None,
        problem: None,
    };
    answer.problem = answer.check(file, policy, verdict, disclosed).err();
    answer
}

impl Received {
    fn check(
        &mut self,
        file: &[u8],
        policy: &Policy,
        verdict: Option<&Verdict>,
        disclosed: Option<&Disclosed>,
    ) -> Result<(), Unreceived> {
        let receipt = Receipt::decode(file).map_err(Unreceived::Unreadable)?;
        let content = &*self.content.insert(receipt.content.clone());
        self.signed_by = Some(signatures(&receipt, policy)?);
        if let Some(verdict) = disclosed.map(|disclosed| &disclosed.verdict).or(verdict) {
            same_book(content, verdict)?;
            self.compared.attestation = true;
            self.attestation = verdict.facts.clone();
        }
        if let Some(disclosed) = disclosed {
            let failed = |_| Unreceived::Disclosure(disclosed.exit_status());
            let records = disclosed.records.as_ref().map_err(failed)?;
            same_figures(content, records)?;
            self.compared.disclosure = true;
        }
        Ok(())
    }
}

/// The institution's name, and its keys that signed.
fn signatures(receipt: &Receipt, policy: &Policy) -> Result<(String, Vec<KeyId>), Unreceived> {
    let lei = receipt.content.lei;
    let envelope = &receipt.envelope;
    if envelope.signatures().is_empty() {
        return Err(Unreceived::Unsigned);
    }
    let nobody = || Unreceived::NoTrustedKey(lei.to_string());
    let institution = policy.trust.institution(lei).ok_or_else(nobody)?;
    let mut signers = Vec::new();
    for key in &institution.keys {
        match envelope.check(key) {
            None => {}
            Some(true) => signers.push(key.id()),
            Some(false) => return Err(Unreceived::Signature(key.id())),
        }
    }
    match signers.is_empty() {
        true => Err(nobody()),
        false => Ok((institution.name.clone(), signers)),
    }
}

fn same_book(content: &Content, verdict: &Verdict) -> Result<(), Unreceived> {
    let facts = match (&verdict.outcome, &verdict.facts) {
        (Outcome::Holds, Some(facts)) => facts,
        (outcome, _) => return Err(Unreceived::Attestation(outcome.exit_status().max(1))),
    };
    if facts.statement.lei != content.lei {
        return Err(Unreceived::Institution);
    }
    if facts.statement.as_of != content.as_of {
        return Err(Unreceived::AsOf);
    }
    Ok(())
}

/// Figures as a disclosure shows them.
type Figures = [(&'static str, String)];

/// The figures of the position that a receipt names, in every record that has its id: nothing
/// stops a book from having one twice.
fn shown<'r>(content: &Content, records: &'r [Shown]) -> Vec<&'r Figures> {
    let derivatives = RowCircuit::Derivatives.name();
    let exposures = |id: &str| {
        let all = records.iter();
        let is = move |record: &&Shown| record.circuit != derivatives && record.id == id;
        all.filter(is).collect::<Vec<_>>()
    };
    let figures = |record: &'r Shown| &record.figures[..];
    match content.position {
        Position::Exposure => exposures(&content.id).into_iter().map(figures).collect(),
        Position::Collateral => {
            let of = content.of.as_deref().map(exposures).unwrap_or_default();
            let items = of.into_iter().flat_map(|record| &record.items);
            let items = items.filter(|item| item.id == content.id);
            items.map(|item| &item.figures[..]).collect()
        }
        Position::TradeBought | Position::TradeSold => {
            let all = records.iter();
            let trade = |r: &&Shown| r.circuit == derivatives && r.id == content.id;
            all.filter(trade).map(figures).collect()
        }
        // Margin is in no record.
        Position::MarginReceived | Position::MarginPosted => Vec::new(),
    }
}

/// The side of a trade that the receipt's sentence says, whatever its figures are.
fn side(content: &Content) -> Option<&'static str> {
    match content.position {
        Position::TradeBought => Some("bought"),
        Position::TradeSold => Some("sold"),
        _ => None,
    }
}

fn same_figures(content: &Content, records: &[Shown]) -> Result<(), Unreceived> {
    let all = shown(content, records);
    if all.is_empty() {
        return Err(Unreceived::NotDisclosed);
    }
    for figures in all {
        let mut sides = figures.iter().filter(|(name, _)| *name == "side");
        if let Some(side) = side(content)
            && !sides.any(|(_, shown)| shown.split(',').next() == Some(side))
        {
            return Err(Unreceived::Contradiction("side".to_owned()));
        }
        for (name, figure) in &content.figures {
            // Where provisions are known, the same amount is called the gross one.
            let same =
                |known: &str| known == name || (name.as_str(), known) == ("amount", "gross amount");
            let found = figures.iter().find(|(known, _)| same(known));
            if found.is_none_or(|(_, shown)| shown != figure) {
                return Err(Unreceived::Contradiction(name.clone()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_circuits::book::Lei;
    use plimsoll_circuits::disclosure::ShownItem;

    use super::*;

    type List = Vec<(&'static str, String)>;

    fn list(figures: &[(&'static str, &str)]) -> List {
        let figure = |(name, figure): &(&'static str, &str)| (*name, (*figure).to_owned());
        figures.iter().map(figure).collect()
    }

    fn record(circuit: RowCircuit, id: &str, figures: &[(&'static str, &str)]) -> Shown {
        Shown {
            id: id.to_owned(),
            circuit: circuit.name(),
            class: "class".to_owned(),
            figures: list(figures),
            items: Vec::new(),
        }
    }

    fn receipt(
        position: Position,
        id: &str,
        of: Option<&str>,
        figures: &[(&str, &str)],
    ) -> Content {
        let figure = |(name, figure): &(&str, &str)| ((*name).to_owned(), (*figure).to_owned());
        Content {
            lei: Lei::parse("N1GZ7BBF3NP8GI976H15").unwrap(),
            as_of: 0,
            position,
            id: id.to_owned(),
            of: of.map(str::to_owned),
            figures: figures.iter().map(figure).collect::<BTreeMap<_, _>>(),
            salt: [0; 32],
        }
    }

    fn contradicts(name: &str) -> Result<(), Unreceived> {
        Err(Unreceived::Contradiction(name.to_owned()))
    }

    const AMOUNT: [(&str, &str); 1] = [("amount", "5 USD")];

    #[test]
    fn an_exposure_is_held_against_every_record_of_its_id() {
        let loan = receipt(Position::Exposure, "loan", None, &AMOUNT);
        let plain = |id, amount| record(RowCircuit::Plain, id, &[("amount", amount)]);
        let said = |records: &[Shown]| same_figures(&loan, records);
        assert_eq!(said(&[plain("loan", "5 USD")]), Ok(()));
        assert_eq!(
            said(&[plain("other", "7 USD"), plain("loan", "5 USD")]),
            Ok(())
        );
        assert_eq!(said(&[plain("loan", "7 USD")]), contradicts("amount"));
        let second = [plain("loan", "5 USD"), plain("loan", "7 USD")];
        assert_eq!(said(&second), contradicts("amount"));
        let without = record(RowCircuit::Plain, "loan", &[("risk weight", "30 %")]);
        assert_eq!(said(&[without]), contradicts("amount"));
        for none in [Vec::new(), vec![plain("other", "5 USD")]] {
            assert_eq!(said(&none), Err(Unreceived::NotDisclosed));
        }
        // Where provisions are known, the amount is the gross one, and no other figure is.
        let banded = |name, amount| record(RowCircuit::Banded, "loan", &[(name, amount)]);
        assert_eq!(said(&[banded("gross amount", "5 USD")]), Ok(()));
        assert_eq!(
            said(&[banded("gross amount", "7 USD")]),
            contradicts("amount")
        );
        assert_eq!(
            said(&[banded("property value", "5 USD")]),
            contradicts("amount")
        );
        let value = receipt(
            Position::Exposure,
            "loan",
            None,
            &[("property value", "5 USD")],
        );
        let gross = [banded("gross amount", "5 USD")];
        assert_eq!(same_figures(&value, &gross), contradicts("property value"));
        // A trade of the same id is something else.
        let trade = record(RowCircuit::Derivatives, "loan", &AMOUNT);
        assert_eq!(said(&[trade]), Err(Unreceived::NotDisclosed));
        let bought = receipt(Position::TradeBought, "loan", None, &AMOUNT);
        let none = same_figures(&bought, &[plain("loan", "5 USD")]);
        assert_eq!(none, Err(Unreceived::NotDisclosed));
    }

    #[test]
    fn collateral_is_an_item_of_its_own_exposure() {
        let item = |id: &str, amount: &str| ShownItem {
            id: id.to_owned(),
            kind: "gold".to_owned(),
            figures: list(&[("amount", amount)]),
        };
        let with = |exposure, items| Shown {
            items,
            ..record(RowCircuit::Secured, exposure, &[("amount", "9 USD")])
        };
        let gold = receipt(Position::Collateral, "bar", Some("loan"), &AMOUNT);
        let said = |records: &[Shown]| same_figures(&gold, records);
        let (right, other) = (item("bar", "5 USD"), item("coin", "7 USD"));
        assert_eq!(
            said(&[with("loan", vec![other.clone(), right.clone()])]),
            Ok(())
        );
        let wrong = with("loan", vec![item("bar", "7 USD"), right.clone()]);
        assert_eq!(said(&[wrong]), contradicts("amount"));
        for none in [with("loan", vec![other]), with("other", vec![right])] {
            assert_eq!(said(&[none]), Err(Unreceived::NotDisclosed));
        }
    }

    #[test]
    fn the_sentence_of_a_trade_says_its_side() {
        let trade = |id, side| record(RowCircuit::Derivatives, id, &[("side", side), AMOUNT[0]]);
        let said = |position, records: &[Shown]| {
            same_figures(&receipt(position, "swap", None, &AMOUNT), records)
        };
        let (bought, sold) = (Position::TradeBought, Position::TradeSold);
        for (position, side, other) in [
            (bought, "bought", "sold"),
            (bought, "bought, long", "sold, long"),
            (sold, "sold", "bought"),
        ] {
            assert_eq!(said(position, &[trade("swap", side)]), Ok(()));
            assert_eq!(said(position, &[trade("swap", other)]), contradicts("side"));
            let both = [trade("swap", side), trade("swap", other)];
            assert_eq!(said(position, &both), contradicts("side"));
            let none = said(position, &[trade("other", side)]);
            assert_eq!(none, Err(Unreceived::NotDisclosed));
        }
        let silent = record(RowCircuit::Derivatives, "swap", &AMOUNT);
        assert_eq!(said(bought, &[silent]), contradicts("side"));
        for position in [Position::MarginReceived, Position::MarginPosted] {
            let none = said(position, &[trade("swap", "bought")]);
            assert_eq!(none, Err(Unreceived::NotDisclosed));
        }
    }
}
