//! Netting sets, trades and margin against a rulebook and a snapshot.

use std::collections::HashMap;

use plimsoll_circuits::book::{Book, Instrument, MarginItem, NettingSet, Place, Trade, Variant};
use plimsoll_circuits::rulebook::{Aggregation, ClassLine, Derivatives};

use super::{Names, at};
use crate::book::columns::NETTING_SETS;
use crate::book::error::{BookError, Problem};

/// Classes in their variants.
type Lines<'a> = HashMap<(&'a str, Variant), ClassLine<'a>>;

/// Checks what a book holds of derivatives.
pub(super) fn check(names: &Names<'_>, book: &Book) -> Result<(), BookError> {
    let (Some(first), rules) = (book.netting_sets.first(), &names.rulebook.derivatives) else {
        return Ok(());
    };
    let Some(rules) = rules else {
        let problem = Problem::NoDerivatives(names.rulebook.name.clone());
        return Err(BookError::new(
            NETTING_SETS.name,
            Some(first.place.line),
            None,
            problem,
        ));
    };
    let lines = names.rulebook.derivative_lines();
    let lines: Lines<'_> = lines
        .into_iter()
        .map(|line| ((line.class.name.as_str(), line.variant), line))
        .collect();
    for set in &book.netting_sets {
        names.netting_set(set)?;
    }
    for trade in &book.trades {
        names.trade(trade, rules, &lines)?;
    }
    for item in &book.margin {
        names.margin(item)?;
    }
    Ok(())
}

impl Names<'_> {
    fn netting_set(&self, set: &NettingSet) -> Result<(), BookError> {
        self.class(&set.place, ("class", &set.class), ("grade", &set.grade))?;
        self.currency(&set.place, "currency", &set.currency)
    }

    fn margin(&self, item: &MarginItem) -> Result<(), BookError> {
        self.security(&item.place, ("kind", &item.kind), ("rating", &item.rating))?;
        self.currency(&item.place, "currency", &item.currency)
    }

    fn trade(
        &self,
        trade: &Trade,
        rules: &Derivatives,
        lines: &Lines<'_>,
    ) -> Result<(), BookError> {
        let fail = |column: &str, problem| Err(at(&trade.place, column, problem));
        let together = |column: &str, why| fail(column, Problem::Together(why));
        let Some(class) = rules.classes.iter().find(|c| c.name == trade.class) else {
            let known = rules.classes.iter().map(|c| c.name.as_str()).collect();
            let problem = self.unknown("derivative class", &trade.class, known);
            return fail("class", problem);
        };
        self.underlying(&trade.place, "currency", &trade.currency)?;
        self.underlying(&trade.place, "value_currency", &trade.value_currency)?;
        let Some(line) = lines.get(&(trade.class.as_str(), trade.variant)) else {
            return together("variant", "its class has plain trades only");
        };

        match (line.named && !line.tied, trade.hedging_set.is_empty()) {
            (true, true) => return fail("hedging_set", Problem::MissingValue),
            (false, false) if line.tied => {
                return together("hedging_set", "its hedging set is its currency");
            }
            (false, false) => return together("hedging_set", "its class has one hedging set"),
            _ => {}
        }
        let entities = line.aggregation == Aggregation::Entities;
        match (entities, trade.entity.is_empty()) {
            (true, true) => return fail("entity", Problem::MissingValue),
            (false, false) => return together("entity", "its class has no entities"),
            _ => {}
        }

        let period = trade.start > 0 || trade.end > 0;
        if class.duration && trade.end <= trade.start {
            return if trade.end == 0 {
                fail("end", Problem::MissingValue)
            } else {
                together("end", "the period ends before it starts")
            };
        }
        // The buckets of a rate go by the end of its period, whatever its duration.
        let bucketed = line.aggregation == Aggregation::Buckets;
        if period && !class.duration && !bucketed {
            return together("end", "its class has no supervisory duration");
        }
        match trade.instrument {
            Instrument::Option { .. } if class.volatility == 0 => together(
                "option",
                "its class has no options: the rulebook gives no volatility",
            ),
            instrument if class.gross && instrument != Instrument::Linear => together(
                "class",
                "its class is charged gross, and has neither options nor tranches",
            ),
            _ => Ok(()),
        }
    }

    /// A currency or an asset.
    fn underlying(&self, place: &Place, column: &str, name: &str) -> Result<(), BookError> {
        if self.snapshot.rate(name).is_some() {
            return Ok(());
        }
        let problem = Problem::Unknown {
            what: "currency or asset",
            name: name.to_owned(),
            known: format!(
                "snapshot `{}` has no rate or price for it: name another with --snapshot",
                self.snapshot.name
            ),
        };
        Err(at(place, column, problem))
    }
}
