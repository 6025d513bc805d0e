//! Checking an opening against the proofs that it opens.

use ff::Field;
use halo2_proofs::poly::EvaluationDomain;
use halo2_proofs::poly::commitment::MSM;
use halo2_proofs::poly::multiopen::{self, VerifierQuery};
use halo2_proofs::transcript::{Blake2bRead, Challenge255, Transcript, TranscriptRead};

use super::{Cell, OpeningError, Plan, Source};
use crate::field::{Fp, Point};
use crate::protocol::params::PublicParams;

/// Checks that the published proofs hold these values in these cells.
///
/// `sources` are all proofs of the attestation whose digest is given, in its order, and they are
/// valid: an opening of a proof that was not verified says nothing.
///
/// # Errors
/// [`OpeningError::Invalid`] where the cells hold something else; what keeps it from being looked
/// at otherwise.
pub fn check(
    params: &PublicParams,
    attestation: &[u8; 32],
    sources: &[Source<'_>],
    cells: &[(Cell, Fp)],
    argument: &[u8],
) -> Result<(), OpeningError> {
    let plan = Plan::new(params, attestation, sources, cells)?;
    let expected = plan.argument_length(params.k());
    if argument.len() != expected {
        return Err(OpeningError::Length {
            expected,
            got: argument.len(),
        });
    }
    let invalid = |_| OpeningError::Invalid;
    let mut transcript = Blake2bRead::<_, Point, Challenge255<Point>>::init(argument);
    transcript.common_scalar(plan.seed).map_err(invalid)?;
    let mut masks = Vec::with_capacity(plan.sets.len());
    for _ in &plan.sets {
        masks.push(transcript.read_point().map_err(invalid)?);
    }
    let mut mask_values = Vec::with_capacity(plan.sets.len());
    for rows in &plan.sets {
        let values: Result<Vec<Fp>, _> = rows.iter().map(|_| transcript.read_scalar()).collect();
        mask_values.push(values.map_err(invalid)?);
    }

    // Identity is by address: each column and each mask is one element of one vector.
    let omega = EvaluationDomain::<Fp>::new(1, params.k()).get_omega();
    let point = |row: &u32| omega.pow_vartime([u64::from(*row)]);
    let columns = plan
        .columns
        .iter()
        .map(|column| (&column.commitment, &column.rows, &column.values));
    let masked = masks.iter().zip(&plan.sets).zip(&mask_values);
    let masked = masked.map(|((mask, rows), values)| (mask, rows, values));
    let queries: Vec<VerifierQuery<'_, '_, Point>> = columns
        .chain(masked)
        .flat_map(|(commitment, rows, values)| {
            let query = |(row, value): (&u32, &Fp)| {
                VerifierQuery::new_commitment(commitment, point(row), *value)
            };
            rows.iter().zip(values).map(query)
        })
        .collect();
    let empty = MSM::new(params.inner());
    let guard = multiopen::verify_proof(params.inner(), &mut transcript, queries, empty)
        .map_err(|_| OpeningError::Invalid)?;
    if guard.use_challenges().eval() {
        Ok(())
    } else {
        Err(OpeningError::Invalid)
    }
}
