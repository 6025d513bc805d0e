//! Making an opening.

use std::collections::BTreeMap;
use std::fmt;

use ff::Field;
use group::{Curve, GroupEncoding};
use halo2_proofs::poly::commitment::Blind;
use halo2_proofs::poly::multiopen::{self, ProverQuery};
use halo2_proofs::poly::{Coeff, EvaluationDomain, Polynomial};
use halo2_proofs::transcript::{Blake2bWrite, Challenge255, Transcript, TranscriptWrite};
use zeroize::Zeroize;

use super::{Cell, Cells, OpeningError, Plan, Source, check};
use crate::field::{Fp, Point, from_uniform};
use crate::protocol::params::PublicParams;
use crate::protocol::prove::commit;
use crate::protocol::tape::{ColumnBlinding, Entropy, EntropyError, Tape};

/// A whole column and its blinding: what opens it.
pub struct Secret {
    /// Its usable rows.
    pub rows: Vec<Fp>,
    /// Its random rows and blind.
    pub blinding: ColumnBlinding,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.rows.zeroize();
    }
}

/// Why there is no opening.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// What is asked for cannot be opened; or the opening does not verify, which was never seen.
    #[error(transparent)]
    Refused(#[from] OpeningError),
    /// No values for a column.
    #[error("column {column} of copy {copy} of proof {proof} is not there, or has other rows")]
    Missing {
        /// Number of the proof, from 0.
        proof: u32,
        /// Copy.
        copy: u32,
        /// Column.
        column: u32,
    },
    /// The values are not those that the proof committed to.
    #[error("column {column} of copy {copy} of proof {proof} is not the one that was proven")]
    Commitment {
        /// Number of the proof, from 0.
        proof: u32,
        /// Copy.
        copy: u32,
        /// Column.
        column: u32,
    },
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The library failed.
    #[error("the proving library failed: {0}")]
    Library(String),
}

/// A polynomial with its blind, wiped when dropped.
struct Hidden {
    polynomial: Polynomial<Fp, Coeff>,
    blind: Fp,
}

impl Drop for Hidden {
    fn drop(&mut self) {
        self.polynomial.iter_mut().for_each(Zeroize::zeroize);
        self.blind.zeroize();
    }
}

impl Hidden {
    /// A fresh random polynomial of full degree.
    fn mask(
        domain: &EvaluationDomain<Fp>,
        entropy: &mut impl Entropy,
    ) -> Result<Hidden, EntropyError> {
        let mut mask = Hidden {
            polynomial: domain.empty_coeff(),
            blind: element(entropy)?,
        };
        for coefficient in mask.polynomial.iter_mut() {
            *coefficient = element(entropy)?;
        }
        Ok(mask)
    }

    fn at(&self, point: Fp) -> Fp {
        halo2_proofs::arithmetic::eval_polynomial(&self.polynomial, point)
    }
}

fn element(entropy: &mut impl Entropy) -> Result<Fp, EntropyError> {
    let mut bytes = zeroize::Zeroizing::new([0; 64]);
    entropy.fill(&mut *bytes)?;
    Ok(from_uniform(&bytes))
}

/// Opens cells of an attestation; returns them in order with their values, and the argument.
/// `column` gives a column by proof, copy and number. Every commitment is recomputed, and the
/// finished opening checked.
///
/// # Errors
/// Cells that cannot be opened; columns that are not those of the attestation.
pub fn open(
    params: &PublicParams,
    attestation: &[u8; 32],
    sources: &[Source<'_>],
    cells: impl IntoIterator<Item = Cell>,
    column: &mut dyn FnMut(u32, u32, u32) -> Option<Secret>,
    entropy: &mut impl Entropy,
) -> Result<(Cells, Vec<u8>), OpenError> {
    let domain = EvaluationDomain::<Fp>::new(1, params.k());
    let mut wanted: BTreeMap<(u32, u32, u32), Vec<u32>> = BTreeMap::new();
    for cell in cells {
        let rows = wanted.entry((cell.proof, cell.copy, cell.column));
        rows.or_default().push(cell.row);
    }
    let mut opened = Cells::new();
    let mut hidden = Vec::with_capacity(wanted.len());
    for ((proof, copy, number), mut rows) in wanted {
        rows.sort_unstable();
        rows.dedup();
        let missing = OpenError::Missing {
            proof,
            copy,
            column: number,
        };
        let secret = column(proof, copy, number);
        let usable = |secret: &Secret| {
            let source = sources.get(proof as usize);
            source.is_some_and(|source| source.layout.usable_rows() == secret.rows.len())
        };
        let Some(secret) = secret.filter(usable) else {
            return Err(missing);
        };
        for row in rows {
            let value = secret
                .rows
                .get(row as usize)
                .ok_or(OpeningError::Row(row))?;
            opened.push((
                Cell {
                    proof,
                    copy,
                    column: number,
                    row,
                },
                *value,
            ));
        }
        let source = sources.get(proof as usize);
        let committed = source.and_then(|source| source.commitment(copy, number));
        if committed != Some(commit(params, &domain, &secret.rows, &secret.blinding).to_bytes()) {
            return Err(OpenError::Commitment {
                proof,
                copy,
                column: number,
            });
        }
        let mut values = Vec::with_capacity(1 << params.k());
        values.extend_from_slice(&secret.rows);
        values.extend_from_slice(&secret.blinding.rows);
        hidden.push(Hidden {
            polynomial: domain.lagrange_to_coeff(domain.lagrange_from_vec(values)),
            blind: secret.blinding.blind,
        });
    }

    let plan = Plan::new(params, attestation, sources, &opened)?;
    let omega = domain.get_omega();
    let point = |row: &u32| omega.pow_vartime([u64::from(*row)]);
    let library = |error: std::io::Error| OpenError::Library(error.to_string());
    let mut transcript = Blake2bWrite::<_, Point, Challenge255<Point>>::init(Vec::new());
    transcript.common_scalar(plan.seed).map_err(library)?;
    let mut masks = Vec::with_capacity(plan.sets.len());
    for _ in &plan.sets {
        let mask = Hidden::mask(&domain, entropy)?;
        let commitment = params.inner().commit(&mask.polynomial, Blind(mask.blind));
        transcript
            .write_point(commitment.to_affine())
            .map_err(library)?;
        masks.push(mask);
    }
    for (mask, rows) in masks.iter().zip(&plan.sets) {
        for row in rows {
            transcript
                .write_scalar(mask.at(point(row)))
                .map_err(library)?;
        }
    }
    let columns = hidden
        .iter()
        .zip(plan.columns.iter().map(|column| &column.rows));
    let queries: Vec<ProverQuery<'_, Point>> = columns
        .chain(masks.iter().zip(&plan.sets))
        .flat_map(|(hidden, rows)| {
            rows.iter().map(|row| ProverQuery {
                point: point(row),
                poly: &hidden.polynomial,
                blind: Blind(hidden.blind),
            })
        })
        .collect();
    let mut rng = Tape::new(&[], 0, entropy);
    multiopen::create_proof(params.inner(), &mut rng, &mut transcript, queries).map_err(library)?;
    if !rng.served_exactly() {
        return Err(EntropyError.into());
    }
    let argument = transcript.finalize();
    check(params, attestation, sources, &opened, &argument)?;
    Ok((opened, argument))
}
