//! Verifying keys: rebuilt from this code, compared with their pinned ids, kept.

use std::collections::BTreeMap;

use plimsoll_circuits::pinned::pinned_id;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::key::VerifyingKey;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;

use crate::check::Step;
use crate::verdict::Unknown;

/// The keys built so far.
#[derive(Debug, Default)]
pub struct Keys(BTreeMap<CircuitKind, VerifyingKey>);

impl Keys {
    /// Builds the keys that are wanted and not there yet; each is told before.
    ///
    /// # Errors
    /// A key whose id is not the pinned one, which means that this verifier was built wrongly.
    pub fn build<S: Size>(
        &mut self,
        params: &PublicParams,
        wanted: impl IntoIterator<Item = CircuitKind>,
        say: &mut dyn FnMut(Step),
    ) -> Result<(), Unknown> {
        for circuit in wanted {
            if self.0.contains_key(&circuit) {
                continue;
            }
            say(Step::Key(circuit));
            let wrong = || Unknown::Key(circuit.name());
            let key = circuit.verifying_key::<S>(params).map_err(|_| wrong())?;
            // Only the sizes of tests go unpinned.
            match pinned_id(S::K, circuit) {
                Some(id) if id == key.id() => {}
                None if S::K != Standard::K => {}
                _ => return Err(wrong()),
            }
            self.0.insert(circuit, key);
        }
        Ok(())
    }

    /// A key that was built.
    pub fn get(&self, circuit: CircuitKind) -> Option<&VerifyingKey> {
        self.0.get(&circuit)
    }
}
