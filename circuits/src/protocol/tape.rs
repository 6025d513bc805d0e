//! The tape: an `Rng` that hands `create_proof` the blinding we chose.
//!
//! The library draws, for each copy: for each advice column its `BLINDING_ROWS` last rows, then
//! one blind per column; a field element is eight `u64`, read as a 512-bit little-endian integer
//! and reduced. First-round columns get chosen values (four limbs, four zeros), second-round
//! columns and everything after get the operating system's.

use std::convert::Infallible;
use std::fmt;

use blake2b_simd::Params as Blake2b;
use ff::{Field, FromUniformBytes, PrimeField};
use rand_core::TryRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::field::Fp;
use crate::protocol::layout::BLINDING_ROWS;

/// Source of true randomness.
pub trait Entropy {
    /// Fills the buffer, or says that it cannot.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct EntropyError;

/// The operating system's generator.
#[cfg(feature = "prover")]
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

#[cfg(feature = "prover")]
impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|_| EntropyError)
    }
}

/// Random rows and blind of one column of one proof.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ColumnBlinding {
    /// The last rows.
    pub rows: [Fp; BLINDING_ROWS],
    /// The blind of the commitment.
    pub blind: Fp,
}

impl fmt::Debug for ColumnBlinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ColumnBlinding(..)")
    }
}

impl ColumnBlinding {
    /// No blinding: the start of a sum.
    pub fn zero() -> ColumnBlinding {
        ColumnBlinding {
            rows: [Fp::ZERO; BLINDING_ROWS],
            blind: Fp::ZERO,
        }
    }

    /// Adds another column's blinding, row by row.
    pub fn add(&mut self, other: &ColumnBlinding) {
        for (sum, row) in self.rows.iter_mut().zip(&other.rows) {
            *sum += row;
        }
        self.blind += other.blind;
    }
}

/// Key from which the blinding of one column follows; handing it over opens that column alone.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ColumnKey([u8; 32]);

impl fmt::Debug for ColumnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ColumnKey(..)")
    }
}

impl ColumnKey {
    /// The blinding that follows from the key.
    pub fn blinding(&self) -> ColumnBlinding {
        let element = |index: u32| {
            let mut state = Blake2b::new()
                .hash_length(64)
                .personal(b"Plimsoll-rows-01")
                .to_state();
            state.update(&self.0).update(&index.to_le_bytes());
            Fp::from_uniform_bytes(state.finalize().as_array())
        };
        let rows = std::array::from_fn(|row| element(1 + row as u32));
        ColumnBlinding {
            rows,
            blind: element(0),
        }
    }
}

/// Seed of one proving attempt: fresh from the operating system, never derived, never reused.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MasterSeed([u8; 32]);

impl fmt::Debug for MasterSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSeed(..)")
    }
}

impl MasterSeed {
    /// A fresh seed.
    pub fn fresh(entropy: &mut dyn Entropy) -> Result<MasterSeed, EntropyError> {
        let mut seed = MasterSeed([0; 32]);
        entropy.fill(&mut seed.0)?;
        Ok(seed)
    }

    /// A seed that an opening file kept.
    pub fn kept(bytes: [u8; 32]) -> MasterSeed {
        MasterSeed(bytes)
    }

    /// Its bytes, for an opening file. Whoever has them can open every column of the proof.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of a column of a copy.
    pub fn column_key(&self, copy: u32, column: u32) -> ColumnKey {
        let mut state = Blake2b::new()
            .hash_length(32)
            .key(&self.0)
            .personal(b"Plimsoll-ckey-01")
            .to_state();
        state
            .update(&copy.to_le_bytes())
            .update(&column.to_le_bytes());
        let mut key = [0; 32];
        key.copy_from_slice(state.finalize().as_bytes());
        ColumnKey(key)
    }
}

/// Bytes fetched from the source of randomness at a time; a multiple of eight.
const ENTROPY_BLOCK: usize = 4096;

/// The `Rng` given to `create_proof`.
///
/// It cannot return an error: on anything unexpected it raises a fault that stays, serves the
/// operating system's randomness, and the finished proof is thrown away.
pub struct Tape<'e> {
    draws: Vec<Option<Fp>>,
    next: usize,
    limb: usize,
    entropy: &'e mut dyn Entropy,
    /// Entropy fetched and not yet served: a call to the operating system for each draw would take
    /// longer than what the draws are for.
    block: Vec<u8>,
    fault: bool,
    /// Called with the number of draws served after the tape, for progress.
    pub after: u64,
}

impl fmt::Debug for Tape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tape({} of {} draws)", self.next, self.draws.len())
    }
}

impl Drop for Tape<'_> {
    fn drop(&mut self) {
        self.draws.zeroize();
        self.block.zeroize();
    }
}

impl<'e> Tape<'e> {
    /// A tape for copies with the given first-round blindings and `advice` columns in all.
    pub fn new(
        copies: &[Vec<ColumnBlinding>],
        advice: usize,
        entropy: &'e mut dyn Entropy,
    ) -> Tape<'e> {
        let mut draws = Vec::new();
        for columns in copies {
            for column in 0..advice {
                match columns.get(column) {
                    Some(blinding) => draws.extend(blinding.rows.iter().map(|row| Some(*row))),
                    None => draws.extend([None; BLINDING_ROWS]),
                }
            }
            draws.extend((0..advice).map(|column| columns.get(column).map(|c| c.blind)));
        }
        Tape {
            draws,
            next: 0,
            limb: 0,
            entropy,
            block: Vec::new(),
            fault: false,
            after: 0,
        }
    }

    /// Whether every draw of the tape was served, in whole elements, and nothing else happened.
    pub fn served_exactly(&self) -> bool {
        !self.fault && self.next == self.draws.len() && self.limb == 0
    }

    fn fresh(&mut self) -> u64 {
        if self.block.is_empty() {
            self.block.resize(ENTROPY_BLOCK, 0);
            if self.entropy.fill(&mut self.block).is_err() {
                self.fault = true;
            }
        }
        // Each byte is served once and wiped where it stood.
        let rest = self.block.len() - 8;
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.block[rest..]);
        self.block[rest..].zeroize();
        self.block.truncate(rest);
        u64::from_le_bytes(bytes)
    }

    fn draw(&mut self) -> u64 {
        let Some(draw) = self.draws.get(self.next).copied() else {
            self.after += 1;
            return self.fresh();
        };
        let limb = self.limb;
        self.limb += 1;
        if self.limb == 8 {
            self.limb = 0;
            self.next += 1;
        }
        match draw {
            None => self.fresh(),
            Some(element) if limb < 4 => {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&element.to_repr()[8 * limb..8 * limb + 8]);
                u64::from_le_bytes(bytes)
            }
            Some(_) => 0,
        }
    }
}

impl TryRng for Tape<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.fault = true;
        Ok(self.fresh() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.draw())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.fault = true;
        if self.entropy.fill(bytes).is_err() {
            bytes.fill(0);
        }
        Ok(())
    }
}
