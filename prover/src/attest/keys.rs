//! Proving keys, built when they are first needed and kept.

use plimsoll_circuits::cells::banded::Banded;
use plimsoll_circuits::cells::capital::Capital;
use plimsoll_circuits::cells::derivatives::Derivatives;
use plimsoll_circuits::cells::plain::{Plain, PlainSingle};
use plimsoll_circuits::cells::secured::{Secured, SecuredSingle};
use plimsoll_circuits::cells::secured_general::SecuredGeneral;
use plimsoll_circuits::cells::vouched::Vouched;
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::key::{KeyError, ProvingKey};
use plimsoll_circuits::protocol::layout::Size;
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::statement::RowCircuit;

/// The keys built so far.
#[derive(Debug)]
pub struct ProvingKeys<S: Size> {
    pub(crate) plain: Option<ProvingKey<Plain, S>>,
    pub(crate) banded: Option<ProvingKey<Banded, S>>,
    pub(crate) secured: Option<ProvingKey<Secured, S>>,
    pub(crate) secured_general: Option<ProvingKey<SecuredGeneral, S>>,
    pub(crate) derivatives: Option<ProvingKey<Derivatives, S>>,
    pub(crate) vouched: Option<ProvingKey<Vouched, S>>,
    pub(crate) plain_single: Option<ProvingKey<PlainSingle, S>>,
    pub(crate) secured_single: Option<ProvingKey<SecuredSingle, S>>,
    pub(crate) capital: Option<ProvingKey<Capital, S>>,
}

impl<S: Size> Default for ProvingKeys<S> {
    fn default() -> Self {
        ProvingKeys {
            plain: None,
            banded: None,
            secured: None,
            secured_general: None,
            derivatives: None,
            vouched: None,
            plain_single: None,
            secured_single: None,
            capital: None,
        }
    }
}

impl<S: Size> ProvingKeys<S> {
    /// Whether a key is there.
    pub fn has(&self, circuit: CircuitKind) -> bool {
        match circuit {
            CircuitKind::Rows(RowCircuit::Plain) => self.plain.is_some(),
            CircuitKind::Rows(RowCircuit::Banded) => self.banded.is_some(),
            CircuitKind::Rows(RowCircuit::Secured) => self.secured.is_some(),
            CircuitKind::Rows(RowCircuit::SecuredGeneral) => self.secured_general.is_some(),
            CircuitKind::Rows(RowCircuit::Derivatives) => self.derivatives.is_some(),
            CircuitKind::Rows(RowCircuit::Vouched) => self.vouched.is_some(),
            CircuitKind::Rows(RowCircuit::PlainSingle) => self.plain_single.is_some(),
            CircuitKind::Rows(RowCircuit::SecuredSingle) => self.secured_single.is_some(),
            CircuitKind::Capital => self.capital.is_some(),
        }
    }

    /// Builds a key.
    pub fn build(&mut self, circuit: CircuitKind, params: &PublicParams) -> Result<(), KeyError> {
        match circuit {
            CircuitKind::Rows(RowCircuit::Plain) => self.plain = Some(ProvingKey::build(params)?),
            CircuitKind::Rows(RowCircuit::Banded) => self.banded = Some(ProvingKey::build(params)?),
            CircuitKind::Rows(RowCircuit::Secured) => {
                self.secured = Some(ProvingKey::build(params)?)
            }
            CircuitKind::Rows(RowCircuit::SecuredGeneral) => {
                self.secured_general = Some(ProvingKey::build(params)?);
            }
            CircuitKind::Rows(RowCircuit::Derivatives) => {
                self.derivatives = Some(ProvingKey::build(params)?);
            }
            CircuitKind::Rows(RowCircuit::Vouched) => {
                self.vouched = Some(ProvingKey::build(params)?);
            }
            CircuitKind::Rows(RowCircuit::PlainSingle) => {
                self.plain_single = Some(ProvingKey::build(params)?);
            }
            CircuitKind::Rows(RowCircuit::SecuredSingle) => {
                self.secured_single = Some(ProvingKey::build(params)?);
            }
            CircuitKind::Capital => self.capital = Some(ProvingKey::build(params)?),
        }
        Ok(())
    }
}

/// A key that should have been built before use.
pub(crate) fn built<K>(key: Option<&K>) -> Result<&K, KeyError> {
    key.ok_or_else(|| KeyError::Library("the key was not built before it was used".to_owned()))
}
