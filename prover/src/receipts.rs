//! Receipts for the positions of a book, in the words of a disclosure.

use std::collections::BTreeMap;

use plimsoll_circuits::amount::format_amount;
use plimsoll_circuits::book::{Book, Instrument};
use plimsoll_circuits::protocol::tape::{Entropy, EntropyError, OsEntropy};
use plimsoll_circuits::receipt::{Content, Position};

/// A position of a book and what its counterparty is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    position: Position,
    id: String,
    of: Option<String>,
    figures: BTreeMap<String, String>,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({})", self.position.kind())
    }
}

/// Every position of a book: exposures, collateral, trades, margin.
pub fn positions(book: &Book) -> Vec<Told> {
    let amount = |units: u64, currency: &str| {
        let currency = match currency.is_empty() {
            true => &book.currency.0,
            false => currency,
        };
        format!("{} {currency}", format_amount(units, book.scale))
    };
    let told = |position, id: &str, of: Option<&str>, figures: Vec<(&str, String)>| {
        let figures = figures.into_iter();
        Told {
            position,
            id: id.to_owned(),
            of: of.map(str::to_owned),
            figures: figures
                .map(|(name, text)| (name.to_owned(), text))
                .collect(),
        }
    };
    let mut all = Vec::new();
    for exposure in &book.exposures {
        let figures = vec![
            ("amount", amount(exposure.amount, &exposure.currency)),
            ("balance-sheet kind", exposure.conversion.to_string()),
        ];
        all.push(told(Position::Exposure, &exposure.id, None, figures));
    }
    for item in &book.collateral {
        let figures = vec![("value", amount(item.amount, &item.currency))];
        let of = Some(item.exposure.as_str());
        all.push(told(Position::Collateral, &item.id, of, figures));
    }
    for trade in &book.trades {
        let (position, side) = match trade.bought {
            true => (Position::TradeBought, "bought"),
            false => (Position::TradeSold, "sold"),
        };
        let side = match trade.instrument {
            Instrument::Option { put: true, .. } => format!("{side}, put"),
            Instrument::Option { put: false, .. } => format!("{side}, call"),
            _ => side.to_owned(),
        };
        let value = trade.market_value;
        let minus = if value.negative { "-" } else { "" };
        let value = amount(value.magnitude, &trade.value_currency);
        let figures = vec![
            ("side", side),
            ("notional", amount(trade.notional, &trade.currency)),
            ("market value", format!("{minus}{value}")),
        ];
        let of = Some(trade.netting_set.as_str());
        all.push(told(position, &trade.id, of, figures));
    }
    for item in &book.margin {
        let position = match item.posted {
            true => Position::MarginPosted,
            false => Position::MarginReceived,
        };
        let figures = vec![("amount", amount(item.amount, &item.currency))];
        let of = Some(item.netting_set.as_str());
        all.push(told(position, &item.id, of, figures));
    }
    all
}

impl Told {
    /// External id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What its receipt says, with a fresh salt.
    ///
    /// # Errors
    /// No randomness.
    pub fn content(&self, book: &Book) -> Result<Content, EntropyError> {
        let mut salt = [0; 32];
        OsEntropy.fill(&mut salt)?;
        Ok(Content {
            lei: book.lei,
            as_of: book.as_of.seconds() + i64::from(book.as_of_time),
            position: self.position,
            id: self.id.clone(),
            of: self.of.clone(),
            figures: self.figures.clone(),
            salt,
        })
    }
}
