//! The positions: how many of which option, in which netting set.

use std::collections::HashMap;
use std::path::Path;

use super::error::{ChainError, ChainProblem};
use super::table::Table;
use crate::book::decimal::Decimal;

/// One position.
pub(super) struct Position {
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) instrument: String,
    /// Coins, below zero where sold.
    pub(super) quantity: Decimal,
    pub(super) netting_set: String,
    /// Whether the option is held in this netting set alone.
    pub(super) alone: bool,
}

/// Reads positions.
pub(super) fn read(path: &Path) -> Result<Vec<Position>, ChainError> {
    let table = Table::read(path)?;
    let mut positions: Vec<Position> = Vec::new();
    let mut seen: HashMap<(String, String), u64> = HashMap::new();
    let mut sets: HashMap<String, usize> = HashMap::new();
    table.for_each(|record| {
        let instrument = record.value("instrument")?.to_owned();
        let netting_set = record.value("netting_set")?.to_owned();
        let quantity = Decimal::parse(record.value("quantity")?)
            .ok_or_else(|| record.error("quantity", ChainProblem::Number))?;
        let key = (instrument.clone(), netting_set.clone());
        if let Some(first) = seen.insert(key, record.line) {
            let problem = ChainProblem::Duplicate {
                name: instrument,
                first,
            };
            return Err(record.error("instrument", problem));
        }
        *sets.entry(instrument.clone()).or_default() += 1;
        positions.push(Position {
            file: record.file().to_owned(),
            line: record.line,
            instrument,
            quantity,
            netting_set,
            alone: true,
        });
        Ok(())
    })?;
    for position in &mut positions {
        position.alone = sets.get(&position.instrument) == Some(&1);
    }
    Ok(positions)
}
