//! What the engine says to a single altered cell of the columns that it solves itself:
//! multiplicities, challenges, helpers, the tables' sides, the running sum.

use ff::Field;

use super::Forgery;
use crate::field::Fp;
use crate::protocol::challenge::Challenges;
use crate::protocol::circuit::{
    CHALLENGE_IS_ANCHORED, FIXED_TABLE_SIDE, HELPER_IS_THE_SUM, PUBLIC_TABLE_SIDE,
    RANGE_TABLE_SIDE, RUNNING_SUM_CLOSES, SecondRound,
};
use crate::protocol::lookup::helpers;

/// An honest witness, solved for some challenges.
#[derive(Debug)]
pub struct Solved<'a> {
    honest: &'a Forgery,
    second: SecondRound,
    columns: Vec<Vec<Fp>>,
    /// α + fold of each input of each helper, on the active rows.
    terms: Vec<Vec<Vec<Fp>>>,
}

impl<'a> Solved<'a> {
    /// Solves it.
    pub fn of(honest: &'a Forgery, challenges: &Challenges) -> Solved<'a> {
        let layout = honest.grid.layout();
        let powers = challenges.beta_powers(layout.beta_powers() + 1);
        let of_helper = |inputs: &Vec<_>| {
            let inputs = inputs.iter();
            let folded = inputs.map(|input| honest.grid.folded(*input, challenges, &powers));
            folded.collect()
        };
        Solved {
            honest,
            second: SecondRound::of(layout),
            columns: honest.grid.second_round(&honest.publics, challenges),
            terms: helpers(layout).iter().map(of_helper).collect(),
        }
    }

    /// Columns of the second round.
    pub fn columns(&self) -> &[Vec<Fp>] {
        &self.columns
    }

    /// The gate that refuses a cell of the second round with another value, whatever else is
    /// solved again; none if nothing reads it.
    pub fn refusal(&self, column: usize, row: usize, value: Fp) -> Option<&'static str> {
        let layout = self.honest.grid.layout();
        let (second, active) = (&self.second, layout.active_rows());
        let was = self.columns[column][row];
        if column < second.helpers {
            // Equal to the next row's on every active row, to the statement's on the first.
            let neighbours = row < active && self.columns[column][row + 1] != value
                || row > 0 && row <= active && self.columns[column][row - 1] != value
                || row == 0 && value != was;
            return neighbours.then_some(CHALLENGE_IS_ANCHORED);
        }
        if column == second.sum {
            // It is the sum of the rows above on every row, the sentinel's included.
            return (row <= active && value != was).then_some(RUNNING_SUM_CLOSES);
        }
        if row >= active {
            return None;
        }
        if column < second.range {
            let terms = &self.terms[column - second.helpers];
            let product: Fp = terms.iter().map(|term| term[row]).product();
            let others = (0..terms.len()).map(|skipped| {
                let kept = terms.iter().enumerate().filter(|(at, _)| *at != skipped);
                kept.map(|(_, term)| term[row]).product::<Fp>()
            });
            return (value * product != others.sum::<Fp>()).then_some(HELPER_IS_THE_SUM);
        }
        // entry · side = multiplicity, and the entry is not zero: the honest side is the only one.
        let gate = match column {
            _ if column == second.range => RANGE_TABLE_SIDE,
            _ if Some(column) == second.public => PUBLIC_TABLE_SIDE,
            _ => FIXED_TABLE_SIDE,
        };
        (value != was).then_some(gate)
    }

    /// The gate that refuses a multiplicity that is higher by `by`, with the second round solved
    /// again; none if nothing reads it.
    pub fn refusal_of_multiplicity(
        &mut self,
        column: usize,
        row: usize,
        by: Fp,
        challenges: &Challenges,
    ) -> Option<&'static str> {
        let layout = self.honest.grid.layout();
        if row >= layout.active_rows() {
            return None;
        }
        let (side, tables) = if column == layout.range_multiplicity() {
            let rows = layout.range_table();
            let (tag, value) = rows[row];
            (
                self.second.range,
                challenges.beta * Fp::from(tag) + Fp::from(value),
            )
        } else {
            let powers = challenges.beta_powers(layout.beta_powers() + 1);
            let fold = |tag: u64, values: &[u64]| {
                let values = values.iter().enumerate();
                let folded = values.map(|(i, value)| match i {
                    0 => Fp::from(*value),
                    _ => powers[i + 1] * Fp::from(*value),
                });
                challenges.beta * Fp::from(tag) + folded.sum::<Fp>()
            };
            if Some(column) == layout.public_multiplicity() {
                let entry = self.honest.publics.table.rows().get(row);
                let entry = entry.map_or(Fp::ZERO, |(tag, values)| fold(*tag, values));
                (self.second.public.unwrap_or_default(), entry)
            } else {
                let entry = layout.fixed_rows().get(row).copied();
                let entry = entry.map_or(Fp::ZERO, |(tag, values)| fold(tag, values));
                (self.second.fixed.unwrap_or_default(), entry)
            }
        };
        // The side of its row follows, and the sum from there on; at its end it is not closed.
        let side_by = Option::<Fp>::from((challenges.alpha + tables).invert())? * by;
        debug_assert!(side < self.second.sum);
        let end = self.columns[self.second.sum][layout.active_rows()] - side_by;
        (end != Fp::ZERO).then_some(RUNNING_SUM_CLOSES)
    }
}
