//! Disclosures: what an institution shows of its book, held against its attestation.
//!
//! First the attestation must hold. Then the disclosure names it by its digest, each record is
//! whole and its ids are those that were committed to, and the opening's argument shows that the
//! proofs hold these very cells; commitments are taken from the attestation alone.

use plimsoll_circuits::disclosure::{
    Disclosure, DisclosureError, Layouts, RecordError, Shown, shown,
};
use plimsoll_circuits::proofs::{CircuitKind, circuits_of};
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::opening::{self, OpeningError, Source};

use crate::check::{Opened, Verifier};
use crate::policy::Policy;
use crate::verdict::{Outcome, Verdict, cause};

/// The answer to a disclosure.
#[derive(Debug)]
pub struct Disclosed {
    /// What is said of the attestation.
    pub verdict: Verdict,
    /// The records, in words, as the proof used them; or why they are not shown.
    pub records: Result<Vec<Shown>, Undisclosed>,
}

/// Why nothing is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undisclosed {
    /// The attestation does not hold: nothing can be shown against it.
    #[error("the attestation does not hold, so that nothing can be shown against it")]
    Attestation,
    /// The file cannot be read as a disclosure.
    #[error("the disclosure cannot be read: {0}")]
    Unreadable(DisclosureError),
    /// It is a disclosure of another attestation.
    #[error("the disclosure belongs to another attestation")]
    OtherAttestation,
    /// A record that stands in another circuit than it says.
    #[error("record {0} does not stand in the circuit that it names")]
    Circuit(usize),
    /// A record that is not whole, or that its own ids contradict.
    #[error("{0}")]
    Record(DisclosureError),
    /// The proofs do not hold what is shown.
    #[error("{0}")]
    Opening(#[from] OpeningError),
}

impl Undisclosed {
    /// The reason's word, from a closed list.
    pub fn reason(&self) -> &'static str {
        match self {
            Undisclosed::Attestation => "attestation",
            Undisclosed::Unreadable(_) => "unreadable",
            Undisclosed::OtherAttestation => "other_attestation",
            Undisclosed::Circuit(_) => "circuit",
            Undisclosed::Record(_) => "record",
            Undisclosed::Opening(_) => "opening",
        }
    }

    /// Which check gave it, where the reason's word does not say: `room.vice`.
    pub fn cause(&self) -> Option<String> {
        match self {
            Undisclosed::Attestation | Undisclosed::OtherAttestation | Undisclosed::Circuit(_) => {
                None
            }
            Undisclosed::Unreadable(error) | Undisclosed::Record(error) => {
                Some(cause::disclosure(error))
            }
            Undisclosed::Opening(error) => Some(cause::opening(error)),
        }
    }

    /// The next step, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Undisclosed::Unreadable(DisclosureError::Version) => {
                Some("use a version of this program that knows it")
            }
            Undisclosed::Unreadable(_) => {
                Some("ask for the file again: it is cut short, or it is not a disclosure")
            }
            Undisclosed::OtherAttestation => {
                Some("name the attestation that it was made for, by its digest")
            }
            Undisclosed::Attestation => {
                Some("check the attestation by itself first: its verdict says why")
            }
            Undisclosed::Circuit(_) | Undisclosed::Record(_) | Undisclosed::Opening(_) => {
                Some("ask the institution for a disclosure that it has checked")
            }
        }
    }
}

impl Disclosed {
    /// Exit status: 0 shown, 1 refused, 2 cannot tell.
    pub fn exit_status(&self) -> u8 {
        match &self.records {
            Ok(_) => 0,
            Err(Undisclosed::Attestation) => self.verdict.outcome.exit_status(),
            Err(Undisclosed::Unreadable(_)) => 2,
            Err(_) => 1,
        }
    }

    /// The word for `--json`.
    pub fn word(&self) -> &'static str {
        match self.exit_status() {
            0 => "shown",
            1 => "refused",
            _ => "cannot_tell",
        }
    }
}

impl<S: Size> Verifier<S> {
    /// Checks an attestation by itself, and a disclosure against it.
    pub fn disclosed(&mut self, attestation: &[u8], file: &[u8], policy: &Policy) -> Disclosed {
        let opened = match self.open(attestation, policy) {
            Ok(opened) => opened,
            Err(verdict) => {
                let records = Err(Undisclosed::Attestation);
                return Disclosed { verdict, records };
            }
        };
        let verdict = opened.says(self.holds(&opened, policy));
        let records = match verdict.outcome {
            Outcome::Holds => self.records(&opened, file),
            _ => Err(Undisclosed::Attestation),
        };
        Disclosed { verdict, records }
    }

    /// The records of a disclosure, against an attestation that holds.
    fn records(&self, opened: &Opened, file: &[u8]) -> Result<Vec<Shown>, Undisclosed> {
        let disclosure = Disclosure::decode::<S>(file).map_err(Undisclosed::Unreadable)?;
        let digest = opened.facts.digest;
        if disclosure.attestation != digest {
            return Err(Undisclosed::OtherAttestation);
        }
        let statement = &opened.attestation.statement;
        let circuits: Vec<_> = circuits_of(statement).collect();
        for (number, record) in (1..).zip(&disclosure.records) {
            let there = circuits.get(record.proof as usize);
            let wanted = CircuitKind::Rows(record.circuit);
            if there.is_none_or(|(kind, _)| *kind != wanted) {
                return Err(Undisclosed::Circuit(number));
            }
        }
        let cells = disclosure.cells::<S>().map_err(Undisclosed::Record)?;
        let mut sources = Vec::with_capacity(circuits.len());
        for ((kind, copies), proof) in circuits.into_iter().zip(&opened.attestation.proofs) {
            // The attestation holds: its keys are there.
            let key = self.keys.get(kind).ok_or(OpeningError::Invalid)?;
            sources.push(Source {
                circuit: key.id(),
                layout: key.layout(),
                copies,
                proof,
            });
        }
        opening::check(
            self.params(),
            &digest,
            &sources,
            &cells,
            &disclosure.argument,
        )?;
        let circuits = disclosure.records.iter().map(|record| record.circuit);
        let layouts = Layouts::of::<S>(circuits).map_err(Undisclosed::Record)?;
        let words = (1..).zip(&disclosure.records).map(|(number, record)| {
            let error = RecordError::Circuit;
            let failed = Undisclosed::Record(DisclosureError::Record { number, error });
            let layout = layouts.get(record.circuit).ok_or(failed)?;
            let (rulebook, snapshot) = (&opened.rulebook, &opened.snapshot);
            Ok(shown(record, layout, rulebook, snapshot, statement))
        });
        words.collect()
    }
}
