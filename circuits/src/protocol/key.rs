//! Keys of a circuit, and the id that pins it.
//!
//! The library cannot read or write a key: prover and verifier build theirs from their own code,
//! and compare the circuit id — a hash of the key's text and of the manifest — with the pinned
//! one.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use blake2b_simd::Params as Blake2b;
use halo2_proofs::plonk;

use crate::field::Point;
use crate::protocol::circuit::{EngineCircuit, InstanceColumns, SecondRound, with_layout};
use crate::protocol::layout::{BLINDING_ROWS, Bound, Layout, LayoutError, Module, Size};
use crate::protocol::lookup::helpers;
use crate::protocol::params::PublicParams;

/// A verifying key with its layout and id.
#[derive(Clone)]
pub struct VerifyingKey {
    pub(crate) layout: Arc<Layout>,
    pub(crate) vk: plonk::VerifyingKey<Point>,
    pub(crate) id: [u8; 32],
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.layout.name)
    }
}

/// A proving key; the verifying key is part of it.
pub struct ProvingKey<M: Module, S: Size> {
    pub(crate) verifying: VerifyingKey,
    pub(crate) pk: plonk::ProvingKey<Point>,
    /// Handles of the module's columns.
    pub columns: M::Columns,
    size: std::marker::PhantomData<S>,
}

impl<M: Module, S: Size> fmt::Debug for ProvingKey<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvingKey({})", self.verifying.layout.name)
    }
}

/// A key that could not be built.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The declaration is wrong.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The library refused the circuit.
    #[error("the proving library refused the circuit: {0}")]
    Library(String),
    /// The parameters are for another number of rows.
    #[error("the parameters are for k = {got}, the circuit needs k = {expected}")]
    Params {
        /// What the circuit needs.
        expected: u32,
        /// What was given.
        got: u32,
    },
}

impl VerifyingKey {
    /// Builds the key of a module's circuit.
    pub fn build<M: Module, S: Size>(params: &PublicParams) -> Result<VerifyingKey, KeyError> {
        if params.k() != S::K {
            return Err(KeyError::Params {
                expected: S::K,
                got: params.k(),
            });
        }
        VerifyingKey::of(params, Arc::new(Layout::of::<M, S>()?.0))
    }

    fn of(params: &PublicParams, layout: Arc<Layout>) -> Result<VerifyingKey, KeyError> {
        let circuit = EngineCircuit::empty(&layout);
        let vk = with_layout(&layout, || plonk::keygen_vk(params.inner(), &circuit))
            .map_err(|e| KeyError::Library(format!("{e:?}")))?;
        let id = circuit_id(&vk, &layout);
        Ok(VerifyingKey { layout, vk, id })
    }

    /// The library's proving key beside it.
    fn proving(&self, params: &PublicParams) -> Result<plonk::ProvingKey<Point>, KeyError> {
        let circuit = EngineCircuit::empty(&self.layout);
        with_layout(&self.layout, || {
            plonk::keygen_pk(params.inner(), self.vk.clone(), &circuit)
        })
        .map_err(|e| KeyError::Library(format!("{e:?}")))
    }

    /// The circuit id.
    pub fn id(&self) -> [u8; 32] {
        self.id
    }

    /// The layout.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }
}

impl<M: Module, S: Size> ProvingKey<M, S> {
    /// Builds the key of a module's circuit.
    pub fn build(params: &PublicParams) -> Result<ProvingKey<M, S>, KeyError> {
        let verifying = VerifyingKey::build::<M, S>(params)?;
        let pk = verifying.proving(params)?;
        let columns = Layout::of::<M, S>()?.1;
        Ok(ProvingKey {
            verifying,
            pk,
            columns,
            size: std::marker::PhantomData,
        })
    }

    /// The verifying key.
    pub fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The layout.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.verifying.layout
    }

    /// The library's own key, for an adversary who calls the library as he likes.
    #[cfg(feature = "cheat")]
    pub fn library(&self) -> &plonk::ProvingKey<Point> {
        &self.pk
    }
}

/// What the verifying key does not say: which columns the challenge covers and what instances mean.
pub fn manifest(layout: &Layout) -> String {
    let second = SecondRound::of(layout);
    let instance = InstanceColumns::of(layout);
    let mut text = String::new();
    let _ = writeln!(text, "circuit {} version {}", layout.name, layout.version);
    let _ = writeln!(
        text,
        "k {} limb {} lanes {}",
        layout.k, layout.limb_bits, layout.lanes
    );
    let _ = writeln!(text, "blinding rows {BLINDING_ROWS}");
    let _ = writeln!(
        text,
        "first round {} second round {}",
        layout.first_round(),
        second.count
    );
    let _ = writeln!(text, "challenges alpha beta^1..={}", layout.beta_powers());
    let _ = writeln!(
        text,
        "instance columns {} table width {}",
        instance.count, layout.table_width
    );
    for (index, column) in layout.columns.iter().enumerate() {
        let bound = match column.bound {
            Bound::Bits(bits) => format!("{bits} bits"),
            Bound::Bit => "a bit".to_owned(),
            Bound::By(why) => why.to_owned(),
        };
        let _ = writeln!(
            text,
            "column {} at {}{}: {bound}",
            column.name,
            layout.offsets[index],
            if column.shared { " of the row" } else { "" }
        );
    }
    for lookup in &layout.lookups {
        let _ = writeln!(
            text,
            "lookup {} tag {} width {}",
            lookup.name,
            lookup.tag,
            lookup.values.len()
        );
    }
    for gate in &layout.gates {
        let _ = writeln!(
            text,
            "gate {} at {:?} degree {}",
            gate.name,
            gate.place,
            gate.expr.degree()
        );
    }
    for total in &layout.totals {
        let _ = writeln!(
            text,
            "total {} degree {}",
            total.name,
            total.addend.degree()
        );
    }
    for name in &layout.total_columns {
        let _ = writeln!(text, "linked column {name}");
    }
    let _ = writeln!(text, "weighed columns {}", layout.weighed.len());
    let _ = writeln!(text, "helpers {}", helpers(layout).len());
    let _ = writeln!(text, "range tables {:?}", layout.range_tables);
    for line in layout.fixed.manifest() {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn circuit_id(vk: &plonk::VerifyingKey<Point>, layout: &Layout) -> [u8; 32] {
    let mut state = Blake2b::new()
        .hash_length(32)
        .personal(b"Plimsoll-circ-01")
        .to_state();
    for text in [format!("{:?}", vk.pinned()), manifest(layout)] {
        state.update(&(text.len() as u64).to_le_bytes());
        state.update(text.as_bytes());
    }
    let mut id = [0; 32];
    id.copy_from_slice(state.finalize().as_bytes());
    id
}
