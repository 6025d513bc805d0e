//! How a book is cut into copies and shards.
//!
//! Copies × shards of a circuit is a power of two, so that it tells the size of the book only to
//! within a factor of two. The rows of one exposure lie in one copy.

use std::ops::Range;

use plimsoll_circuits::cells::rows::BookRows;
use plimsoll_circuits::credit_risk::CreditAssessment;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::key::KeyError;
use plimsoll_circuits::protocol::layout::{MAX_COPIES, Size};
use plimsoll_circuits::statement::{RowCircuit, RowProofs};

use crate::attest::AttestError;

/// Most copies in one proof: more share the opening argument, and take more memory.
fn copies_per_proof(circuit: RowCircuit) -> usize {
    match circuit {
        RowCircuit::Plain | RowCircuit::Banded => 8,
        RowCircuit::Secured | RowCircuit::SecuredGeneral => 4,
    }
}

/// The copies of one circuit.
#[derive(Debug)]
pub struct Shape {
    /// Which circuit.
    pub circuit: RowCircuit,
    /// For each copy, which of the circuit's charges it holds.
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
    pub fn row_proofs(&self) -> Vec<RowProofs> {
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

/// Cuts an assessed book.
pub fn shapes_of<S: Size>(credit: &CreditAssessment) -> Result<Shapes, AttestError> {
    let mut shapes = Vec::new();
    for circuit in RowCircuit::ALL {
        let layout = CircuitKind::Rows(circuit)
            .layout::<S>()
            .map_err(KeyError::from)?;
        let of_circuit = credit
            .charges
            .iter()
            .filter(|c| RowCircuit::from(c.shape) == circuit);
        let mut copies = Vec::new();
        let (mut start, mut taken, mut count) = (0, 0, 0);
        for charge in of_circuit {
            let positions = BookRows::positions(charge);
            if taken + positions > layout.positions() && taken > 0 {
                copies.push(start..count);
                (start, taken) = (count, 0);
            }
            taken += positions;
            count += 1;
        }
        if count == 0 {
            continue;
        }
        copies.push(start..count);
        copies.resize(copies.len().next_power_of_two(), count..count);
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
