//! The challenges: what they are hashed from, byte by byte.
//!
//! `seed = BLAKE2b-512("Plimsoll-chal-01", preimage)`,
//! `challenge i = BLAKE2b-512("Plimsoll-expa-01", seed ‖ i as u32)` reduced mod p.
//!
//! The preimage, integers little-endian and of fixed width:
//!
//! | bytes | what |
//! | --- | --- |
//! | 32 | digest of the parameters |
//! | 4 | k |
//! | 32 | circuit id |
//! | 4, 4, 4 | copies B, advice columns A, first-round columns A1 |
//! | 4 | circuit: its code in the statement, 255 for capital |
//! | 4, 4 | shard index, shard count |
//! | 32 | digest of the statement |
//! | 64 | digest of every public value that is not itself a challenge |
//! | 4 | number of commitments, B·A1 |
//! | 32·B·A1 | commitment of each first-round column of each copy |

use blake2b_simd::Params as Blake2b;
use ff::FromUniformBytes;

use crate::field::Fp;

/// α and β.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenges {
    /// Where the log-derivatives are taken.
    pub alpha: Fp,
    /// Folds tuples, totals and public relations.
    pub beta: Fp,
}

impl Challenges {
    /// 1, β, β², …
    pub fn beta_powers(&self, count: usize) -> Vec<Fp> {
        std::iter::successors(Some(Fp::one()), |p| Some(p * self.beta))
            .take(count)
            .collect()
    }
}

/// Which proof of an attestation this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofPosition {
    /// The circuit: its code in the statement, 255 for capital.
    pub module: u32,
    /// Which of the circuit's proofs, from 0.
    pub shard: u32,
    /// Number of the circuit's proofs.
    pub shards: u32,
}

/// What a challenge is hashed from, but for the commitments.
#[derive(Clone, Debug)]
pub struct ChallengeContext {
    /// Digest of the parameters.
    pub params: [u8; 32],
    /// log2 of the rows.
    pub k: u32,
    /// Circuit id.
    pub circuit: [u8; 32],
    /// Number of copies, B.
    pub copies: u32,
    /// Advice columns per copy, A.
    pub advice: u32,
    /// First-round columns per copy, A1.
    pub first_round: u32,
    /// Which proof.
    pub position: ProofPosition,
    /// Digest of the statement.
    pub statement: [u8; 32],
    /// Digest of the public values.
    pub publics: [u8; 64],
}

impl ChallengeContext {
    /// The challenges, given the commitments of all first-round columns, copy by copy.
    pub fn challenges(&self, commitments: &[[u8; 32]]) -> Challenges {
        let mut state = Blake2b::new()
            .hash_length(64)
            .personal(b"Plimsoll-chal-01")
            .to_state();
        state.update(&self.params);
        state.update(&self.k.to_le_bytes());
        state.update(&self.circuit);
        for number in [self.copies, self.advice, self.first_round] {
            state.update(&number.to_le_bytes());
        }
        for number in [
            self.position.module,
            self.position.shard,
            self.position.shards,
        ] {
            state.update(&number.to_le_bytes());
        }
        state.update(&self.statement);
        state.update(&self.publics);
        state.update(&(commitments.len() as u32).to_le_bytes());
        for commitment in commitments {
            state.update(commitment);
        }
        let seed = state.finalize();
        let expand = |index: u32| {
            let mut state = Blake2b::new()
                .hash_length(64)
                .personal(b"Plimsoll-expa-01")
                .to_state();
            state.update(seed.as_bytes());
            state.update(&index.to_le_bytes());
            Fp::from_uniform_bytes(state.finalize().as_array())
        };
        Challenges {
            alpha: expand(0),
            beta: expand(1),
        }
    }
}
