//! The capital module: totals arrive by link, rules and claims are public linear relations.
//!
//! Every quantity of the capital rules is a *word* below 2^64, or a few of them: capital items,
//! stated lines, and the positive and negative parts that minima and maxima need. A row of the
//! circuit is one word; what the rules say about the words is a public matrix that the verifier
//! builds from rulebook and statement ([`system`]). So one key serves every rulebook, and a new
//! claim is a new row of the matrix.
//!
//! | column | what |
//! | --- | --- |
//! | word | 64 bits |
//! | credit risk | linked: the sum of the credit-risk proofs' total columns |

pub mod rules;
pub mod system;

use crate::amount::AMOUNT_BITS;
use crate::protocol::expr::Col;
use crate::protocol::layout::{Declaration, Module};
use crate::protocol::witness::Grid;

/// Index of the total column that receives the credit-risk totals.
pub const CREDIT_RISK: usize = 0;

/// The module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Capital;

/// Its columns.
#[derive(Clone, Debug)]
pub struct Columns {
    word: Col,
}

impl Module for Capital {
    const NAME: &'static str = "capital";
    const VERSION: u32 = 1;
    const LANES: usize = 1;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let word = d.column("word", AMOUNT_BITS);
        d.weigh(word);
        d.total_column("credit risk");
        Columns { word }
    }
}

impl Columns {
    /// Writes the words.
    pub fn fill(&self, grid: &mut Grid, words: &[u64]) {
        for (row, word) in words.iter().enumerate() {
            grid.set(row, self.word, u128::from(*word));
        }
    }
}
