//! The two fixed tables. They belong to the circuit id of every module that evaluates a function.

use std::sync::{Arc, OnceLock};

use super::coefficients::{
    exponential_nodes, falling_factors, growing_factors, logarithm_addends, logarithm_nodes,
    normal_nodes,
};
use super::{EXP, FUNCTION, GROWTH, HEAD, LN, NONE, NORMAL, VALUE_BITS};
use crate::protocol::layout::Declaration;

type Rows = Arc<Vec<Vec<u64>>>;

/// Heads of [`EXP`]: halves below 64.
const FALLING: usize = 128;
/// Heads of [`GROWTH`]: halves up to 4.
const GROWING: usize = 9;

/// Where the rows of a function start.
pub(super) const fn first_node(function: u64) -> usize {
    match function {
        EXP | GROWTH => 1,
        LN => 1 + 2048,
        NORMAL => 1 + 2048 + 4096,
        _ => 0,
    }
}

/// Where the heads of a function start.
pub(super) const fn first_head(function: u64) -> usize {
    match function {
        EXP => 1,
        GROWTH => 1 + FALLING,
        LN => 1 + FALLING + GROWING,
        NORMAL => 1 + FALLING + GROWING + super::RATIO_BITS as usize,
        _ => 0,
    }
}

/// Rows (function, node, K0, K1, K2). The first is zero, for positions that evaluate nothing.
pub fn functions_table() -> &'static Rows {
    static TABLE: OnceLock<Rows> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut rows = vec![vec![NONE, 0, 0, 0, 0]];
        let functions = [
            (EXP, exponential_nodes()),
            (LN, logarithm_nodes()),
            (NORMAL, normal_nodes()),
        ];
        for (function, nodes) in functions {
            let nodes = (0..).zip(nodes);
            rows.extend(nodes.map(|(node, [k0, k1, k2])| vec![function, node, k0, k1, k2]));
        }
        Arc::new(rows)
    })
}

/// Rows (function, e, A, power, addend). The first is zero, for positions that evaluate nothing.
pub fn heads_table() -> &'static Rows {
    static TABLE: OnceLock<Rows> = OnceLock::new();
    TABLE.get_or_init(|| {
        let one = 1u64 << VALUE_BITS;
        let mut rows = vec![vec![NONE, 0, 0, 0, 0]];
        let factors = [
            (EXP, falling_factors(FALLING)),
            (GROWTH, growing_factors(GROWING)),
        ];
        for (function, factors) in factors {
            let factors = (0..).zip(factors);
            rows.extend(factors.map(|(e, factor)| vec![function, e, factor, 1, 0]));
        }
        let addends = (0..).zip(logarithm_addends());
        rows.extend(addends.map(|(e, addend)| vec![LN, e, one, 1 << e, addend]));
        rows.push(vec![NORMAL, 0, one, 1, 0]);
        Arc::new(rows)
    })
}

/// Declares both tables. A module that does must look up in both.
pub fn declare_tables(d: &mut Declaration) {
    d.fixed_table(FUNCTION, Arc::clone(functions_table()));
    d.fixed_table(HEAD, Arc::clone(heads_table()));
}
