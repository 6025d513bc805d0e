//! Exposures with collateral, by the comprehensive approach (CRE22), for loans in cash whose
//! protection lasts as long as they do.
//!
//! E* = max(0, E − Σ C · (1 − H)), H = Hc + Hfx scaled to holding period and revaluation;
//! RWA = E* · conversion factor · weight. Exact, in 10^-17 of a unit.
//!
//! A position is a row of an exposure or of one of its items: the exposure stands in the first
//! row of its run (`head`) together with its first item, further items follow.
//!
//! ```text
//! head  amount  item  collateral   covered                 charged  left
//!  1     E       1     C1          C1·(1−H1) + covered'       b      |E − covered|
//!  0     0       1     C2          C2·(1−H2)                  0
//!  1     …                         (next exposure)
//! ```
//!
//! `covered` runs upwards from the last item of a run; the run ends where the next row is a head,
//! and the sentinel after the last row is a head.
//!
//! Five positions stand in a row and share class, currency, balance-sheet kind and holding period:
//! exposures are sorted by them. Few exposures stand in rows of their own, in a circuit of the same
//! rule with a third of the columns.
//!
//! Items are counted through the book: each row's ordinal is the last one's plus the row's item.
//! The carry columns hand the count from copy to copy. That shows that no row and no copy is
//! miscounted: every item row of the attestation has an ordinal of its own. It does not show that
//! two rows are two things: an asset under two ids, or one row entered twice, has two ordinals.
//! That ids differ is checked by the loader, on the institution's machine, and is unproven.

use std::sync::Arc;

use num_bigint::BigUint;

use crate::amount::{AMOUNT_BITS, HAIRCUT_ONE};
use crate::cells::tags;
use crate::field::{Fp, from_biguint};
use crate::protocol::expr::{Col, Expr, not};
use crate::protocol::layout::{COMMITTED_ONLY, Declaration, Layout, Module};
use crate::protocol::publics::{PublicTable, Publics, Relation, Weighed};
use crate::protocol::witness::Grid;

/// Bits of an amount in 10^-17 of a unit: 10^17 · 2^64.
const LEFT_BITS: u32 = 121;
/// Bits of a residual maturity in days; longer ones count as the longest.
pub const MATURITY_BITS: u32 = 13;
/// The longest residual maturity told apart, days.
pub const LONGEST_MATURITY: u64 = (1 << MATURITY_BITS) - 1;

/// Row of the total column that counts items.
pub const ITEMS_TOTAL: usize = 2;
/// The total column that receives the last copy's count.
pub const CARRY_IN: usize = 1;
/// The total column that hands the count on.
pub const CARRY_OUT: usize = 2;
/// Index of the ordinal among the weighed columns.
pub const WEIGHED_ORDINAL: usize = 0;
/// Index of the item bit among the weighed columns.
pub const WEIGHED_ITEM: usize = 1;

/// Positions in a row.
pub const LANES: usize = 5;

/// The module, with this many positions in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct SecuredRows<const LANES: usize>;

/// Many exposures.
pub type Secured = SecuredRows<LANES>;
/// Exposures and items that take as many rows as a copy has, at most.
pub type SecuredSingle = SecuredRows<1>;

/// Columns that every secured module has.
#[derive(Clone, Debug)]
pub struct Shared {
    id: Col,
    pub(crate) head: Col,
    item: Col,
    ordinal: Col,
    pub(crate) amount: Col,
    class: Col,
    pub(crate) weight: Col,
    code: Col,
    currency: Col,
    pub(crate) rate: Col,
    pub(crate) conversion: Col,
    pub(crate) collateral: Col,
    item_currency: Col,
    pub(crate) item_rate: Col,
    haircut_row: Col,
    maturity: Col,
    edge: Col,
    haircut: Col,
    pub(crate) period: Col,
    mismatch: Col,
    pub(crate) scaled: Col,
    spare: Col,
    pub(crate) charged: Col,
    pub(crate) covered: Col,
}

/// Columns of this module.
#[derive(Clone, Debug)]
pub struct Columns {
    shared: Shared,
    left: Col,
}

/// One item of collateral.
#[derive(Clone, Copy, Default)]
pub struct ItemRow {
    /// 120-bit digest of the external ids of exposure and item.
    pub id: u128,
    /// Market value.
    pub amount: u64,
    /// Index of its currency.
    pub currency: u64,
    /// Exchange rate, 10^-8.
    pub rate: u64,
    /// Index of type and rating in the haircut table.
    pub haircut_row: u64,
    /// Residual maturity, days, at most [`LONGEST_MATURITY`].
    pub maturity: u64,
    /// Longest maturity of its band.
    pub edge: u64,
    /// Ten-day haircut, 10^-4.
    pub haircut: u64,
    /// Whether its currency is not the exposure's.
    pub mismatch: bool,
    /// Haircut, scaled, currency mismatch included, 10^-9.
    pub scaled: u64,
}

/// One exposure.
#[derive(Clone, Copy, Default)]
pub struct ExposureRow {
    /// 120-bit digest of the external id.
    pub id: u128,
    /// Amount.
    pub amount: u64,
    /// Index of class and grade.
    pub class: u64,
    /// Weight, 10^-4.
    pub weight: u64,
    /// Index of currency and balance-sheet kind.
    pub code: u64,
    /// Index of its currency.
    pub currency: u64,
    /// Exchange rate, 10^-8.
    pub rate: u64,
    /// Conversion factor, 10^-4.
    pub conversion: u64,
    /// Index of holding period and revaluation.
    pub period: u64,
}

/// A legal row without amounts, for padding: the first row of every table.
#[derive(Clone, Copy, Default)]
pub struct Padding {
    /// An exposure of amount zero.
    pub exposure: ExposureRow,
    /// An item of amount zero.
    pub item: ItemRow,
}

macro_rules! silent {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}
silent!(ItemRow, ExposureRow, Padding);

impl ExposureRow {
    /// The same sort of exposure with nothing in it.
    pub fn without_amount(&self) -> ExposureRow {
        ExposureRow {
            id: 0,
            amount: 0,
            ..*self
        }
    }
}

impl ItemRow {
    /// What the item covers, 10^-17 of a unit.
    ///
    /// Up to 141 bits: the sum over a run may be wider than what the circuit holds, and is then
    /// refused where the grid is completed.
    pub fn covers(&self) -> BigUint {
        BigUint::from(self.amount) * self.rate * HAIRCUT_ONE.saturating_sub(self.scaled)
    }
}

/// The columns, lookups and gates that every secured module has.
pub(crate) fn declare_shared(d: &mut Declaration) -> Shared {
    let id = d.bounded_by("id", COMMITTED_ONLY);
    let head = d.bit("first row of an exposure");
    let item = d.bit("row with an item");
    let ordinal = d.bounded_by("item ordinal", "it counts up from the carry");
    let amount = d.column("amount", AMOUNT_BITS);
    let class = d.shared_by("class", "the weight lookup");
    let weight = d.shared_by("weight", "the weight lookup");
    let code = d.shared_by("conversion", "the conversion lookup");
    let currency = d.shared_by("currency", "the conversion lookup");
    let rate = d.shared_by("rate", "the conversion lookup");
    let conversion = d.shared_by("conversion factor", "the conversion lookup");
    let collateral = d.column("collateral", AMOUNT_BITS);
    let item_currency = d.bounded_by("item currency", "the item's rate lookup");
    let item_rate = d.bounded_by("item rate", "the item's rate lookup");
    let haircut_row = d.bounded_by("haircut row", "the haircut lookup");
    let maturity = d.bounded_by("residual maturity", "the maturity gate");
    let edge = d.bounded_by("longest maturity of the band", "the haircut lookup");
    let haircut = d.bounded_by("ten-day haircut", "the haircut lookup");
    let period = d.shared_by("holding period", "the scaled haircut lookup");
    let mismatch = d.bounded_by("currency mismatch", "the scaled haircut lookup");
    let scaled = d.bounded_by("scaled haircut", "the scaled haircut lookup");
    let spare = d.column("days to the end of the band", MATURITY_BITS);
    let charged = d.bit("something is left");
    let covered = d.bounded_by("covered", "the gate that adds up the items");

    d.lookup(
        "the weight is the rulebook's for this class",
        tags::RISK_WEIGHT,
        vec![class.here(), weight.here()],
    );
    d.lookup(
        "rate and factor are those of this currency and kind",
        tags::RATE_AND_CONVERSION,
        vec![code.here(), currency.here(), rate.here(), conversion.here()],
    );
    d.lookup(
        "the item's rate is that of its currency",
        tags::RATE,
        vec![item_currency.here(), item_rate.here()],
    );
    d.lookup(
        "the haircut is the rulebook's for type, rating and maturity band",
        tags::HAIRCUT,
        vec![haircut_row.here(), edge.here(), haircut.here()],
    );
    d.lookup(
        "the haircut is scaled to the holding period",
        tags::SCALED_HAIRCUT,
        vec![
            haircut.here(),
            period.here(),
            mismatch.here(),
            scaled.here(),
        ],
    );

    d.gate(
        "the item matures within its band",
        edge.here() - maturity.here() - spare.here(),
    );
    d.gate(
        "without the mismatch haircut, item and exposure are in one currency",
        not(mismatch.here()) * (currency.here() - item_currency.here()),
    );
    d.gate(
        "only a head has an amount",
        not(head.here()) * amount.here(),
    );
    d.gate("only a head is charged", not(head.here()) * charged.here());
    d.gate(
        "only an item has a value",
        not(item.here()) * collateral.here(),
    );
    d.gate(
        "a run has one currency",
        not(head.next()) * (code.next() - code.here()),
    );
    d.gate(
        "a run has one holding period",
        not(head.next()) * (period.next() - period.here()),
    );
    d.gate(
        "items are counted one by one",
        ordinal.next() - ordinal.here() - item.next(),
    );
    d.gate_sentinel("the last run ends with the copy", not(head.here()));
    d.weigh(ordinal);
    d.weigh(item);
    Shared {
        id,
        head,
        item,
        ordinal,
        amount,
        class,
        weight,
        code,
        currency,
        rate,
        conversion,
        collateral,
        item_currency,
        item_rate,
        haircut_row,
        maturity,
        edge,
        haircut,
        period,
        mismatch,
        scaled,
        spare,
        charged,
        covered,
    }
}

/// The totals and carry columns that every secured module has, after its own.
pub(crate) fn declare_totals(d: &mut Declaration, shared: &Shared, rwa: Expr) {
    d.total("risk-weighted assets", rwa);
    d.total(
        "exposure measure",
        shared.amount.here() * shared.rate.here() * shared.conversion.here(),
    );
    d.total("collateral items", shared.item.here());
    d.total_column("carry in");
    d.total_column("carry out");
}

impl Shared {
    /// Writes the shared cells of a position.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn fill(
        &self,
        grid: &mut Grid,
        position: usize,
        head: bool,
        exposure: &ExposureRow,
        item: Option<&ItemRow>,
        padding: &Padding,
        ordinal: u64,
    ) {
        let amount = if head { exposure.amount } else { 0 };
        let id = item.map_or(exposure.id, |item| item.id);
        // A row without an item looks up a legal one of the exposure's own currency and period.
        let stand_in = ItemRow {
            currency: exposure.currency,
            rate: exposure.rate,
            mismatch: false,
            ..padding.item
        };
        let value = item.unwrap_or(&stand_in);
        for (col, cell) in [
            (self.id, id),
            (self.head, head.into()),
            (self.item, item.is_some().into()),
            (self.ordinal, ordinal.into()),
            (self.amount, amount.into()),
            (self.class, exposure.class.into()),
            (self.weight, exposure.weight.into()),
            (self.code, exposure.code.into()),
            (self.currency, exposure.currency.into()),
            (self.rate, exposure.rate.into()),
            (self.conversion, exposure.conversion.into()),
            (self.collateral, value.amount.into()),
            (self.item_currency, value.currency.into()),
            (self.item_rate, value.rate.into()),
            (self.haircut_row, value.haircut_row.into()),
            (self.maturity, value.maturity.into()),
            (self.edge, value.edge.into()),
            (self.haircut, value.haircut.into()),
            (self.period, exposure.period.into()),
            (self.mismatch, value.mismatch.into()),
            (self.scaled, value.scaled.into()),
            (self.spare, value.edge.saturating_sub(value.maturity).into()),
        ] {
            grid.set(position, col, cell);
        }
    }
}

/// The public values of a copy: the ordinals start from the carry, and the carry grows by the
/// copy's items. The first copy of an attestation carries nothing in.
pub fn publics(layout: &Layout, table: Arc<PublicTable>, first: bool) -> Publics {
    let total = |column, row| Weighed::Total { column, row };
    let data = |column| Weighed::Data { column, row: 0 };
    let one = Fp::one();
    let start = Relation {
        name: "ordinals start from the carry".to_owned(),
        terms: vec![
            (data(WEIGHED_ORDINAL), one),
            (data(WEIGHED_ITEM), -one),
            (total(CARRY_IN, 0), -one),
        ],
        constant: Fp::zero(),
    };
    let hand_on = Relation {
        name: "the carry grows by the items".to_owned(),
        terms: vec![
            (total(CARRY_OUT, 0), one),
            (total(CARRY_IN, 0), -one),
            (total(0, ITEMS_TOTAL), -one),
        ],
        constant: Fp::zero(),
    };
    Publics {
        table,
        allowed: vec![layout.totals.len(), usize::from(!first), 1],
        relations: Arc::new(vec![start, hand_on]),
    }
}

/// Writes the carry of a copy.
pub fn fill_carry(grid: &mut Grid, carry_in: u64, carry_out: u64) {
    let layout = Arc::clone(grid.layout());
    for (column, value) in [(CARRY_IN, carry_in), (CARRY_OUT, carry_out)] {
        grid.columns_mut()[layout.total_column(column)][0] = Fp::from(value);
    }
}

impl Shared {
    /// Makes the position after the last one a head.
    pub(crate) fn close(&self, grid: &mut Grid, ordinal: u64) {
        let sentinel = grid.layout().positions();
        grid.set(sentinel, self.head, 1);
        grid.set(sentinel, self.ordinal, ordinal.into());
    }
}

impl<const L: usize> Module for SecuredRows<L> {
    const NAME: &'static str = if L == 1 {
        "credit-secured-single"
    } else {
        "credit-secured"
    };
    const VERSION: u32 = 1;
    const LANES: usize = L;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let shared = declare_shared(d);
        let left = d.column("left", LEFT_BITS);
        let kept = Expr::from(HAIRCUT_ONE) - shared.scaled.here();
        d.gate(
            "collateral adds up over a run",
            shared.covered.here()
                - shared.collateral.here() * shared.item_rate.here() * kept
                - not(shared.head.next()) * shared.covered.next(),
        );
        let sign = shared.charged.here() * 2 - Expr::from(1);
        let exposure = shared.amount.here() * shared.rate.here() * HAIRCUT_ONE;
        d.gate(
            "what is left is the exposure less its collateral",
            shared.head.here() * (exposure - shared.covered.here() - sign * left.here()),
        );
        // 10^-17 · 10^-4 · 10^-4 is the common unit of 10^-25.
        let rwa =
            shared.charged.here() * left.here() * shared.weight.here() * shared.conversion.here();
        declare_totals(d, &shared, rwa);
        Columns { shared, left }
    }
}

impl Columns {
    /// Writes one exposure with its items from a position on; returns the position after it.
    /// `ordinal` counts the items before it and is advanced.
    pub fn fill(
        &self,
        grid: &mut Grid,
        position: usize,
        exposure: &ExposureRow,
        items: &[ItemRow],
        padding: &Padding,
        ordinal: &mut u64,
    ) -> usize {
        let rows = items.len().max(1);
        let mut covered = BigUint::ZERO;
        let mut covers = vec![BigUint::ZERO; rows];
        for (index, item) in items.iter().enumerate().rev() {
            covered += item.covers();
            covers[index] = covered.clone();
        }
        for (index, covered) in covers.iter().enumerate() {
            let item = items.get(index);
            *ordinal += u64::from(item.is_some());
            let at = position + index;
            self.shared
                .fill(grid, at, index == 0, exposure, item, padding, *ordinal);
            grid.set_field(at, self.shared.covered, from_biguint(covered));
            if index == 0 {
                let side = BigUint::from(exposure.amount) * exposure.rate * HAIRCUT_ONE;
                let charged = side > *covered;
                let left = if charged {
                    side - covered
                } else {
                    covered - side
                };
                grid.set(at, self.shared.charged, charged.into());
                grid.set_field(at, self.left, from_biguint(&left));
            }
        }
        position + rows
    }

    /// Makes the position after the last one a head.
    pub fn close(&self, grid: &mut Grid, ordinal: u64) {
        self.shared.close(grid, ordinal);
    }
}
