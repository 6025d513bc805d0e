//! What bounds a proof on this machine: the library's own commitments and transforms, alone.
//!
//! A copy of a circuit cannot be proven without committing to each of its columns (those of the
//! first round twice: for the challenge, and by the library) and without transforming each to
//! coefficients and to four times its length. How long that takes alone is the bound that a
//! measurement is held against. A commitment costs the more the wider its numbers are.

use std::time::{Duration, Instant};

use ff::{Field, PrimeField};
use halo2_proofs::poly::EvaluationDomain;
use halo2_proofs::poly::commitment::Blind;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::circuit::SecondRound;
use plimsoll_circuits::protocol::layout::{Bound, Layout, MAX_DEGREE, Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use serde_json::{Value, json};

use super::Seeded;

/// Bits of a column that the layout leaves to a lookup or a gate: most such values are shorter.
const LOOKED_UP_BITS: u32 = 64;
/// Bits of an element of the field.
const FIELD_BITS: u32 = 255;
/// Widths whose commitments are timed; others lie on the line between them.
const WIDTHS: [u32; 4] = [1, 13, 64, FIELD_BITS];
/// Times that each is measured; the shortest counts.
const ROUNDS: usize = 3;

/// Seconds that the pieces take.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Of a commitment on all cores, by [`WIDTHS`].
    commitment: [f64; WIDTHS.len()],
    /// Of a column's two transforms.
    transform: f64,
}

fn shortest(mut run: impl FnMut()) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let clock = Instant::now();
        run();
        best = best.min(clock.elapsed());
    }
    best.as_secs_f64()
}

fn numbers(bits: u32, random: &mut Seeded) -> Vec<Fp> {
    let number = |random: &mut Seeded| {
        let mut repr = [0; 32];
        for chunk in repr.chunks_mut(8) {
            chunk.copy_from_slice(&random.next().to_le_bytes());
        }
        for (index, byte) in (0u32..).zip(repr.iter_mut()) {
            let kept = bits.min(254).saturating_sub(8 * index).min(8);
            *byte &= ((1u16 << kept) - 1) as u8;
        }
        Option::from(Fp::from_repr(repr)).unwrap_or(Fp::ONE)
    };
    (0..1 << Standard::K).map(|_| number(random)).collect()
}

impl Probe {
    /// Measures the pieces.
    pub fn run(params: &PublicParams) -> Probe {
        let random = &mut Seeded(2_026);
        let domain = EvaluationDomain::<Fp>::new(MAX_DEGREE as u32, Standard::K);
        let commitment = WIDTHS.map(|bits| {
            let column = domain.lagrange_from_vec(numbers(bits, random));
            shortest(|| {
                let point = params.inner().commit_lagrange(&column, Blind(Fp::ONE));
                std::hint::black_box(point);
            })
        });
        let column = domain.lagrange_from_vec(numbers(FIELD_BITS, random));
        let transform = shortest(|| {
            let coefficients = domain.lagrange_to_coeff(column.clone());
            std::hint::black_box(domain.coeff_to_extended(coefficients));
        });
        Probe {
            commitment,
            transform,
        }
    }

    fn commitment(&self, bits: u32) -> f64 {
        let above = WIDTHS.iter().position(|width| *width >= bits);
        let above = above.unwrap_or(WIDTHS.len() - 1).max(1);
        let (low, high) = (WIDTHS[above - 1], WIDTHS[above]);
        let share = f64::from(bits.saturating_sub(low)) / f64::from(high - low);
        let (from, to) = (self.commitment[above - 1], self.commitment[above]);
        from + share.min(1.0) * (to - from)
    }

    /// Seconds for the bare commitments and transforms of one copy.
    pub fn copy(&self, layout: &Layout) -> f64 {
        let lanes = |shared: bool| if shared { 1.0 } else { layout.lanes as f64 };
        let limb = self.commitment(layout.limb_bits);
        let declared: f64 = layout
            .columns
            .iter()
            .map(|column| {
                let bits = match column.bound {
                    Bound::Bits(bits) => bits,
                    Bound::Bit => 1,
                    Bound::By(_) => LOOKED_UP_BITS,
                };
                lanes(column.shared) * self.commitment(bits)
            })
            .sum();
        let wide = layout.total_columns.len();
        let named: f64 = layout.columns.iter().map(|c| lanes(c.shared)).sum();
        let limbs = layout.first_round() as f64 - named - wide as f64;
        let full = self.commitment(FIELD_BITS);
        let first = declared + limbs * limb + wide as f64 * full;
        let second = SecondRound::of(layout).count as f64;
        let columns = layout.first_round() as f64 + second;
        2.0 * first + second * full + columns * self.transform
    }

    /// The object for machines.
    pub fn json(&self) -> Value {
        let commitments = WIDTHS.iter().zip(self.commitment);
        let commitments = commitments.map(|(bits, seconds)| (bits.to_string(), seconds.into()));
        json!({
            "rows": 1 << Standard::K,
            "commitment_seconds_by_bits": Value::Object(commitments.collect()),
            "transforms_seconds_per_column": self.transform,
        })
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_circuits::proofs::CircuitKind;
    use plimsoll_circuits::statement::RowCircuit;

    use super::*;

    #[test]
    fn widths_between_lie_between() {
        let probe = Probe {
            commitment: [1.0, 2.0, 10.0, 40.0],
            transform: 1.0,
        };
        for (bits, expected) in [(1, 1.0), (13, 2.0), (64, 10.0), (255, 40.0), (7, 1.5)] {
            assert!((probe.commitment(bits) - expected).abs() < 1e-9, "{bits}");
        }
        let numbers = numbers(13, &mut Seeded(1));
        assert!(
            numbers.iter().all(
                |n| *n == Fp::from(u64::from(n.to_repr()[0]) + 256 * u64::from(n.to_repr()[1]))
            )
        );
        assert!(numbers.iter().all(|n| n.to_repr()[1] < 32));
        // A secured copy has more columns than a plain one.
        let layout = |circuit| CircuitKind::Rows(circuit).layout::<Standard>().unwrap();
        let plain = probe.copy(&layout(RowCircuit::Plain));
        assert!(plain > 0.0 && plain < probe.copy(&layout(RowCircuit::Secured)));
    }
}
