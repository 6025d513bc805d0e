//! The signed columns of one proof, and what they are committed to with.

use group::GroupEncoding;
use halo2_proofs::poly::EvaluationDomain;

use crate::cells::vouched::signed_columns;
use crate::field::Fp;
use crate::parallel;
use crate::protocol::layout::Layout;
use crate::protocol::params::PublicParams;
use crate::protocol::prove::{WORD, commit};
use crate::protocol::tape::{ColumnBlinding, MasterSeed};
use crate::protocol::witness::Grid;

/// The blinding of each signed column, by its index, from the seed of its block. The seed blinds
/// nothing else: whoever has it can open these columns and no other.
pub fn blindings(layout: &Layout, seed: &MasterSeed) -> Vec<(usize, ColumnBlinding)> {
    let columns = signed_columns(layout).into_iter();
    let blinding = |column| (column, seed.column_key(0, column as u32).blinding());
    columns.map(blinding).collect()
}

/// The commitments that a data owner signs, in their order.
pub fn commitments(params: &PublicParams, grid: &Grid, seed: &MasterSeed) -> Vec<[u8; WORD]> {
    let domain = EvaluationDomain::<Fp>::new(1, params.k());
    parallel::map(&blindings(grid.layout(), seed), |(column, blinding)| {
        commit(params, &domain, &grid.columns()[*column], blinding).to_bytes()
    })
}
