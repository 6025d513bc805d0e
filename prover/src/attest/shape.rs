//! How a book is cut into copies and shards.
//!
//! Copies × shards of a circuit is a power of two, so that it tells the size of the book only to
//! within a factor of two. The rows of one exposure lie in one copy. Where one copy with one
//! position a row takes all of them, it does: it has a third of the columns, and tells that they
//! are at most as many as its rows. Proofs of vouched exposures are as many as the data owners say;
//! that is public anyway.

use std::ops::Range;

use plimsoll_circuits::cells::derivatives;
use plimsoll_circuits::cells::pack::cut;
use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::credit_risk::{Charge, CreditAssessment};
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::key::KeyError;
use plimsoll_circuits::protocol::layout::{Layout, MAX_COPIES, Size};
use plimsoll_circuits::statement::{RowCircuit, RowProofs};

use crate::attest::AttestError;

/// Most copies in one proof: more share the opening argument, and take more memory. The wider a
/// circuit's rows, the fewer.
fn copies_per_proof(circuit: RowCircuit) -> usize {
    match circuit {
        RowCircuit::Plain | RowCircuit::Banded => 4,
        RowCircuit::SecuredGeneral | RowCircuit::Derivatives => 2,
        RowCircuit::Secured | RowCircuit::Vouched => 1,
        // Never more than one copy.
        RowCircuit::PlainSingle | RowCircuit::SecuredSingle => 1,
    }
}

/// The copies of one circuit.
#[derive(Debug)]
pub struct Shape {
    /// Which circuit.
    pub circuit: RowCircuit,
    /// For each copy, which of the circuit's charges it holds; agreements of derivatives.
    pub copies: Vec<Range<usize>>,
    /// Copies in each proof.
    pub per_proof: usize,
}

/// The copies of all circuits that the book needs.
#[derive(Debug)]
pub struct Shapes(pub Vec<Shape>);

impl Shapes {
    /// Whether the book has no exposures.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The statement's list.
    pub(super) fn row_proofs(&self) -> Vec<RowProofs> {
        let list = self.0.iter().map(|shape| RowProofs {
            circuit: shape.circuit,
            copies: shape.per_proof as u16,
            shards: (shape.copies.len() / shape.per_proof) as u16,
        });
        list.collect()
    }

    /// The copies of a circuit.
    pub fn of(&self, circuit: RowCircuit) -> Option<&Shape> {
        self.0.iter().find(|shape| shape.circuit == circuit)
    }
}

/// A copy and a proof for each block of vouched exposures.
fn vouched_shape(blocks: &[Vec<&Charge>]) -> Option<Shape> {
    let mut end = 0;
    let copy = |block: &Vec<&Charge>| {
        let start = end;
        end += block.len();
        start..end
    };
    let copies: Vec<_> = blocks.iter().map(copy).collect();
    (!copies.is_empty()).then_some(Shape {
        circuit: RowCircuit::Vouched,
        copies,
        per_proof: 1,
    })
}

fn layout<S: Size>(circuit: RowCircuit) -> Result<Layout, AttestError> {
    let layout = CircuitKind::Rows(circuit).layout::<S>();
    Ok(layout.map_err(KeyError::from)?)
}

/// Whether one copy of the circuit with one position a row takes all exposures of this circuit, if
/// there is such a circuit.
fn is_few<S: Size>(
    rows: &BookRows<'_>,
    credit: &CreditAssessment,
    circuit: RowCircuit,
) -> Result<bool, AttestError> {
    let Some(single) = circuit.wide().single() else {
        return Ok(false);
    };
    let positions = |charge: &&Charge| BookRows::positions(charge);
    let taken: usize = rows.of(credit, single).iter().map(positions).sum();
    Ok(taken <= layout::<S>(single)?.positions())
}

/// Cuts an assessed book.
pub(crate) fn shapes_of<S: Size>(
    rows: &BookRows<'_>,
    credit: &CreditAssessment,
    derivatives: Option<&derivatives::Rows<'_>>,
    vouched: &[Vec<&Charge>],
) -> Result<Shapes, AttestError> {
    let mut shapes = Vec::new();
    for circuit in RowCircuit::ALL {
        if circuit == RowCircuit::Derivatives && derivatives.is_none() {
            continue;
        }
        if circuit == RowCircuit::Vouched {
            shapes.extend(vouched_shape(vouched));
            continue;
        }
        if is_few::<S>(rows, credit, circuit)? != (circuit.wide() != circuit) {
            continue;
        }
        let layout = layout::<S>(circuit)?;
        let mut copies = match (circuit, derivatives) {
            (RowCircuit::Derivatives, Some(rows)) => derivatives::pack(rows, layout.positions())?,
            (RowCircuit::Derivatives, None) => Vec::new(),
            _ => {
                let charges = rows.of(credit, circuit);
                cut(rows, &layout, &charges).ok_or(AttestError::LongRun)?
            }
        };
        let held = copies.last().map_or(0, |last| last.end);
        if held == 0 {
            continue;
        }
        copies.resize(copies.len().next_power_of_two(), held..held);
        let per_proof = copies.len().min(copies_per_proof(circuit));
        shapes.push(Shape {
            circuit,
            copies,
            per_proof,
        });
    }
    let copies: usize = shapes.iter().map(|shape| shape.copies.len()).sum();
    if copies > MAX_COPIES {
        return Err(AttestError::TooLarge(copies));
    }
    Ok(Shapes(shapes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Kind, synthetic};
    use plimsoll_circuits::credit_risk::assess_credit;
    use plimsoll_circuits::protocol::layout::Small;
    use plimsoll_circuits::rulebook::Rulebook;
    use plimsoll_circuits::snapshot::Snapshot;

    /// (circuit, copies) of a made-up book.
    fn shape(kind: Kind, count: usize) -> Vec<(RowCircuit, usize)> {
        let rulebook = Rulebook::builtin("basel-2023").expect("it ships");
        let snapshot = Snapshot::builtin("example-2022-12-30").expect("it ships");
        let book = synthetic(&rulebook, &snapshot, kind, count, 1);
        let credit = assess_credit(&book, &rulebook, &snapshot).expect("an assessed book");
        let rows = BookRows::new(&rulebook, &snapshot, &book);
        let shapes = shapes_of::<Small>(&rows, &credit, None, &[]).expect("it fits");
        let shapes = shapes.0.iter();
        shapes.map(|s| (s.circuit, s.copies.len())).collect()
    }

    #[test]
    fn few_exposures_stand_one_in_a_row_and_one_more_does_not() {
        for (kind, few, many) in [
            (Kind::Plain, RowCircuit::PlainSingle, RowCircuit::Plain),
            (
                Kind::Secured,
                RowCircuit::SecuredSingle,
                RowCircuit::Secured,
            ),
        ] {
            let rows = layout::<Small>(few).expect("a layout").positions();
            assert_eq!(shape(kind, 1), [(few, 1)]);
            assert_eq!(shape(kind, rows), [(few, 1)]);
            assert_eq!(shape(kind, rows + 1), [(many, 1)]);
            let wide = layout::<Small>(many).expect("a layout").positions();
            assert_eq!(shape(kind, 2 * wide + 1), [(many, 4)]);
        }
    }
}
