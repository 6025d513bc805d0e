//! Plain exposures: one amount, one weight (CRE20).
//!
//! RWA = amount · rate · conversion factor · weight, exactly.
//!
//! | column | per | bound |
//! | --- | --- | --- |
//! | id | position | committed only |
//! | amount | position | 64 bits |
//! | class, weight | row | one row of the rulebook's weights |
//! | code, factor | row | one row of (currency, balance-sheet kind) |
//!
//! Five positions stand in a row and share class, currency and kind: exposures are sorted by
//! them, so that a row looks up its weight and its factor once. Few exposures stand in rows of
//! their own, in a circuit of the same rule with a third of the columns. Padding is a zero amount
//! in a legal class: a position with an amount counts in full, whatever it is called.

use crate::cells::tags;
use crate::field::power_of_ten;
use crate::protocol::expr::Col;
use crate::protocol::layout::{COMMITTED_ONLY, Declaration, Module};
use crate::protocol::witness::Grid;

/// Positions in a row.
pub const LANES: usize = 5;

/// The module, with this many positions in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainRows<const LANES: usize>;

/// Many exposures.
pub type Plain = PlainRows<LANES>;
/// As many exposures as a copy has rows, at most.
pub type PlainSingle = PlainRows<1>;

/// Its columns.
#[derive(Clone, Debug)]
pub struct Columns {
    id: Col,
    amount: Col,
    class: Col,
    weight: Col,
    code: Col,
    factor: Col,
}

/// One position's values.
#[derive(Clone, Copy, Default)]
pub struct Row {
    /// 120-bit digest of the external id.
    pub id: u128,
    /// Amount, in units of its currency.
    pub amount: u64,
    /// Index of class and grade.
    pub class: u64,
    /// Weight, 10^-4.
    pub weight: u64,
    /// Index of currency and balance-sheet kind.
    pub code: u64,
    /// Exchange rate times conversion factor, 10^-12.
    pub factor: u64,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("plain::Row(..)")
    }
}

impl Row {
    /// The same sort of row with nothing in it.
    pub fn without_amount(&self) -> Row {
        Row {
            id: 0,
            amount: 0,
            ..*self
        }
    }
}

impl<const L: usize> Module for PlainRows<L> {
    const NAME: &'static str = if L == 1 {
        "credit-plain-single"
    } else {
        "credit-plain"
    };
    const VERSION: u32 = 1;
    const LANES: usize = L;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        declare(d)
    }
}

/// What a plain exposure is, whoever vouches for it.
pub(crate) fn declare(d: &mut Declaration) -> Columns {
    let id = d.bounded_by("id", COMMITTED_ONLY);
    let amount = d.column("amount", crate::amount::AMOUNT_BITS);
    let class = d.shared_by("class", "the weight lookup");
    let weight = d.shared_by("weight", "the weight lookup");
    let code = d.shared_by("conversion", "the conversion lookup");
    let factor = d.shared_by("conversion factor", "the conversion lookup");

    d.lookup(
        "the weight is the rulebook's for this class",
        tags::RISK_WEIGHT,
        vec![class.here(), weight.here()],
    );
    d.lookup(
        "the factor is that of this currency and kind",
        tags::CONVERSION,
        vec![code.here(), factor.here()],
    );
    // 10^-8 · 10^-4 · 10^-4, in the common unit of 10^-25.
    let exposure = amount.here() * factor.here();
    d.total(
        "risk-weighted assets",
        exposure.clone() * weight.here() * power_of_ten(9),
    );
    d.total("exposure measure", exposure);
    Columns {
        id,
        amount,
        class,
        weight,
        code,
        factor,
    }
}

impl Columns {
    /// The column of amounts.
    pub(crate) fn amount(&self) -> Col {
        self.amount
    }

    /// Writes a position.
    pub fn fill(&self, grid: &mut Grid, position: usize, row: &Row) {
        grid.set(position, self.id, row.id);
        grid.set(position, self.amount, row.amount.into());
        grid.set(position, self.class, row.class.into());
        grid.set(position, self.weight, row.weight.into());
        grid.set(position, self.code, row.code.into());
        grid.set(position, self.factor, row.factor.into());
    }
}
