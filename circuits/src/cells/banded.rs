//! Exposures whose weight follows a band: real estate by loan-to-value, defaulted exposures by
//! provisions, and everything with specific provisions or an unhedged currency (CRE20.69–93, .104).
//!
//! net = gross − provisions; secured + rest = net (in 10^-6 of a unit);
//! RWA = (secured · weight + rest · weight of the rest) · rate · conversion factor, exactly.
//!
//! | treatment | secured part | what the band compares |
//! | --- | --- | --- |
//! | whole, loan-to-value | all of net | gross ≤ edge · property value |
//! | whole, uncovered share | all of net | net ≤ edge · gross |
//! | split | up to edge · property value | secured ≤ edge · property value |
//!
//! Weights rise with the band (the rulebook's loader refuses others), so that one comparison is
//! enough: a prover gains only by a lower band than his own, and that one's edge he exceeds.

use crate::amount::{AMOUNT_BITS, THRESHOLD_ONE};
use crate::cells::tags;
use crate::field::power_of_ten;
use crate::protocol::expr::{Col, Expr, not};
use crate::protocol::layout::{COMMITTED_ONLY, Declaration, Module};
use crate::protocol::witness::Grid;

/// Bits of a part of the net amount: 10^6 · 2^64.
const PART_BITS: u32 = AMOUNT_BITS + 20;
/// Bits of a band's edge, 10^-6.
pub const EDGE_BITS: u32 = 24;
/// Bits of what is left under an edge.
const SLACK_BITS: u32 = AMOUNT_BITS + EDGE_BITS;

/// The module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Banded;

/// Its columns.
#[derive(Clone, Debug)]
pub struct Columns {
    id: Col,
    gross: Col,
    provisions: Col,
    property: Col,
    kind: Col,
    mismatch: Col,
    measure: Col,
    split: Col,
    open: Col,
    edge: Col,
    weight: Col,
    rest_weight: Col,
    code: Col,
    currency: Col,
    factor: Col,
    income: Col,
    secured: Col,
    rest: Col,
    slack: Col,
}

/// One band of a kind, as the public table holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BandRow {
    /// Index of class, counterparty and mismatch.
    pub kind: u64,
    /// Whether the weights are those of an unhedged foreign-currency loan.
    pub mismatch: bool,
    /// Whether the uncovered share is compared instead of loan-to-value.
    pub uncovered: bool,
    /// Whether the loan is split.
    pub split: bool,
    /// Whether the band has no edge.
    pub open: bool,
    /// Edge, 10^-6; 0 if open.
    pub edge: u64,
    /// Weight of the secured part, 10^-4.
    pub weight: u64,
    /// Weight of the rest, 10^-4.
    pub rest_weight: u64,
}

impl BandRow {
    /// The tuple.
    pub fn tuple(&self) -> [u64; 8] {
        [
            self.kind,
            self.mismatch.into(),
            self.uncovered.into(),
            self.split.into(),
            self.open.into(),
            self.edge,
            self.weight,
            self.rest_weight,
        ]
    }
}

/// One position's values.
#[derive(Clone, Copy, Default)]
pub struct Row {
    /// 120-bit digest of the external id.
    pub id: u128,
    /// Gross amount.
    pub gross: u64,
    /// Specific provisions.
    pub provisions: u64,
    /// Property value.
    pub property: u64,
    /// Band.
    pub band: BandRow,
    /// Index of currency and balance-sheet kind.
    pub code: u64,
    /// Index of the currency.
    pub currency: u64,
    /// Exchange rate times conversion factor, 10^-12.
    pub factor: u64,
    /// Index of the currency of the borrower's income.
    pub income: u64,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("banded::Row(..)")
    }
}

impl Row {
    /// (secured part, rest, slack under the edge); the slack is none if the band is too low.
    pub fn parts(&self) -> (u128, u128, Option<u128>) {
        let million = u128::from(THRESHOLD_ONE);
        let net = u128::from(self.gross.saturating_sub(self.provisions)) * million;
        let edge = u128::from(self.band.edge);
        let limit = edge
            * u128::from(if self.band.uncovered {
                self.gross
            } else {
                self.property
            });
        let secured = if self.band.split { net.min(limit) } else { net };
        let compared = match (self.band.split, self.band.uncovered) {
            (true, _) => secured,
            (false, true) => net,
            (false, false) => u128::from(self.gross) * million,
        };
        let slack = if self.band.open {
            Some(0)
        } else {
            limit.checked_sub(compared)
        };
        (secured, net - secured, slack)
    }
}

impl Module for Banded {
    const NAME: &'static str = "credit-banded";
    const VERSION: u32 = 1;
    const LANES: usize = 1;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let id = d.bounded_by("id", COMMITTED_ONLY);
        let gross = d.column("gross amount", AMOUNT_BITS);
        let provisions = d.column("specific provisions", AMOUNT_BITS);
        let property = d.column("property value", AMOUNT_BITS);
        let kind = d.bounded_by("kind", "the band lookup");
        let mismatch = d.bounded_by("mismatch", "the band lookup");
        let measure = d.bounded_by("measure", "the band lookup");
        let split = d.bounded_by("split", "the band lookup");
        let open = d.bounded_by("open", "the band lookup");
        let edge = d.bounded_by("edge", "the band lookup");
        let weight = d.bounded_by("weight", "the band lookup");
        let rest_weight = d.bounded_by("weight of the rest", "the band lookup");
        let code = d.bounded_by("conversion", "the conversion lookup");
        let currency = d.bounded_by("currency", "the conversion lookup");
        let factor = d.bounded_by("conversion factor", "the conversion lookup");
        let income = d.bounded_by("income currency", "the mismatch gate, where it matters");
        let secured = d.column("secured part", PART_BITS);
        let rest = d.column("rest", PART_BITS);
        let slack = d.column("room under the edge", SLACK_BITS);

        let band = [
            kind,
            mismatch,
            measure,
            split,
            open,
            edge,
            weight,
            rest_weight,
        ];
        d.lookup(
            "the weights are the rulebook's for this band",
            tags::BAND,
            band.map(Col::here).to_vec(),
        );
        d.lookup(
            "the factor is that of this currency and kind",
            tags::CURRENCY_CONVERSION,
            vec![code.here(), currency.here(), factor.here()],
        );

        let net = gross.here() - provisions.here();
        d.gate(
            "secured part and rest are the amount net of provisions",
            secured.here() + rest.here() - net.clone() * THRESHOLD_ONE,
        );
        d.gate("a whole loan has no rest", not(split.here()) * rest.here());
        let base = measure.here() * gross.here() + not(measure.here()) * property.here();
        let whole = measure.here() * net.clone() + not(measure.here()) * gross.here();
        let compared = split.here() * secured.here() + not(split.here()) * whole * THRESHOLD_ONE;
        d.gate(
            "the band's edge is not exceeded",
            not(open.here()) * (edge.here() * base - compared) - slack.here(),
        );
        d.gate(
            "without the mismatch weight, income and loan are in one currency",
            not(mismatch.here()) * (currency.here() - income.here()),
        );

        // 10^-6 · 10^-12 · 10^-4, in the common unit of 10^-25.
        let weighted: Expr = secured.here() * weight.here() + rest.here() * rest_weight.here();
        d.total(
            "risk-weighted assets",
            weighted * factor.here() * power_of_ten(3),
        );
        d.total("exposure measure", net * factor.here());
        Columns {
            id,
            gross,
            provisions,
            property,
            kind,
            mismatch,
            measure,
            split,
            open,
            edge,
            weight,
            rest_weight,
            code,
            currency,
            factor,
            income,
            secured,
            rest,
            slack,
        }
    }
}

impl Columns {
    /// Writes a position.
    pub fn fill(&self, grid: &mut Grid, position: usize, row: &Row) {
        let (secured, rest, slack) = row.parts();
        let band = row.band;
        for (col, value) in [
            (self.id, row.id),
            (self.gross, row.gross.into()),
            (self.provisions, row.provisions.into()),
            (self.property, row.property.into()),
            (self.kind, band.kind.into()),
            (self.mismatch, band.mismatch.into()),
            (self.measure, band.uncovered.into()),
            (self.split, band.split.into()),
            (self.open, band.open.into()),
            (self.edge, band.edge.into()),
            (self.weight, band.weight.into()),
            (self.rest_weight, band.rest_weight.into()),
            (self.code, row.code.into()),
            (self.currency, row.currency.into()),
            (self.factor, row.factor.into()),
            (self.income, row.income.into()),
            (self.secured, secured),
            (self.rest, rest),
            (self.slack, slack.unwrap_or(0)),
        ] {
            grid.set(position, col, value);
        }
    }
}
