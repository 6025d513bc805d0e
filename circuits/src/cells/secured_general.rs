//! Exposures with collateral where a security is lent, or protection ends before the exposure
//! (CRE22: haircut on the exposure, and maturity mismatch).
//!
//! With T the exposure's residual maturity (at most five years), t the protection's, in days,
//! floor a quarter year in quarter days:
//!
//! E* = ⌈max(0, den · E · (1 + He) − Σ num · C · (1 − H)) / den⌉,
//! den = 4T − floor (1 where nothing is mismatched), num = den for an item that lasts as long as
//! the exposure, 4t − floor for a shorter one that is recognised, 0 for one that is not.
//!
//! Everything is multiplied out, so that the only rounding is the last: up to a whole unit, against
//! the institution by less than one unit.

use crate::amount::{AMOUNT_BITS, HAIRCUT_ONE};
use crate::cells::secured::{
    ExposureRow, ItemRow, LONGEST_MATURITY, MATURITY_BITS, Padding, Shared, declare_shared,
    declare_totals,
};
use crate::cells::{tables, tags};
use crate::field::power_of_ten;
use crate::protocol::expr::{Col, Expr, not};
use crate::protocol::layout::{Declaration, Module};
use crate::protocol::witness::Grid;
use num_bigint::BigUint;

/// Bits of the rounding: den · 10^17.
const ROUNDING_BITS: u32 = 70;

/// The module.
#[derive(Clone, Copy, Debug, Default)]
pub struct SecuredGeneral;

/// Its columns.
#[derive(Clone, Debug)]
pub struct Columns {
    shared: Shared,
    lent_row: Col,
    lent_maturity: Col,
    lent_edge: Col,
    lent_haircut: Col,
    lent_scaled: Col,
    lent_spare: Col,
    cap: Col,
    floor: Col,
    original_minimum: Col,
    maturity: Col,
    term: Col,
    mismatched: Col,
    denominator_less_one: Col,
    protection: Col,
    original: Col,
    matched: Col,
    recognised: Col,
    apart: Col,
    original_spare: Col,
    exposure_side: Col,
    item_side: Col,
    left: Col,
    rounding: Col,
}

/// What a general exposure has beyond a plain one.
#[derive(Clone, Copy, Default)]
pub struct Lent {
    /// Index of type and rating of the security lent; 0 for cash.
    pub row: u64,
    /// Its residual maturity, days.
    pub maturity: u64,
    /// Longest maturity of its band.
    pub edge: u64,
    /// Ten-day haircut, 10^-4.
    pub haircut: u64,
    /// Scaled haircut, 10^-9; may pass one.
    pub scaled: u64,
    /// Residual maturity of the exposure, days.
    pub exposure_maturity: u64,
}

/// What a general item has beyond a plain one.
#[derive(Clone, Copy, Default)]
pub struct Protection {
    /// Residual life, days, at most the longest maturity told apart; that one if it outlasts all.
    pub days: u64,
    /// Original life, days.
    pub original: u64,
}

/// The three public numbers of the maturity mismatch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MismatchRule {
    /// Maturity of an exposure counts up to here, days.
    pub cap: u64,
    /// A quarter year in quarter days.
    pub floor: u64,
    /// Shortest original life of a recognised mismatch, days.
    pub original: u64,
}

impl std::fmt::Debug for Lent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lent(..)")
    }
}

impl std::fmt::Debug for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Protection(..)")
    }
}

impl Module for SecuredGeneral {
    const NAME: &'static str = "credit-secured-general";
    const VERSION: u32 = 1;
    const LANES: usize = 1;
    type Columns = Columns;

    fn declare(d: &mut Declaration) -> Columns {
        let shared = declare_shared(d);
        let lent_row = d.bounded_by("security lent", "the lent haircut lookup");
        let lent_maturity = d.bounded_by("its residual maturity", "the maturity gate");
        let lent_edge = d.bounded_by("longest maturity of its band", "the lent haircut lookup");
        let lent_haircut = d.bounded_by("its ten-day haircut", "the lent haircut lookup");
        let lent_scaled = d.bounded_by("its scaled haircut", "the scaled haircut lookup");
        let lent_spare = d.column("days to the end of its band", MATURITY_BITS);
        let cap = d.bounded_by("maturity cap", "the maturity mismatch lookup");
        let floor = d.bounded_by("maturity floor", "the maturity mismatch lookup");
        let original_minimum =
            d.bounded_by("shortest original life", "the maturity mismatch lookup");
        let maturity = d.bounded_by("residual maturity of the exposure", "the gate of the term");
        let term = d.bounded_by("term", "the gate of the term, and the denominator's width");
        let mismatched = d.bit("something is mismatched");
        let denominator_less_one = d.column("denominator less one", MATURITY_BITS);
        let protection = d.column("residual life of the protection", MATURITY_BITS);
        let original = d.bounded_by(
            "original life of the protection",
            "the gate of its recognition",
        );
        let matched = d.bit("the item lasts as long as the exposure");
        let recognised = d.bit("the mismatch is recognised");
        let apart = d.column("days between the two", MATURITY_BITS);
        let original_spare = d.column("original life beyond the shortest", MATURITY_BITS);
        let exposure_side = d.bounded_by("exposure with its haircut", "its gate");
        let item_side = d.bounded_by("item without its haircut", "its gate");
        let left = d.column("left", AMOUNT_BITS);
        let rounding = d.column("rounding", ROUNDING_BITS);

        d.lookup(
            "the lent security's haircut is the rulebook's",
            tags::LENT_HAIRCUT,
            vec![lent_row.here(), lent_edge.here(), lent_haircut.here()],
        );
        d.lookup(
            "the lent security's haircut is scaled to the holding period",
            tags::SCALED_HAIRCUT,
            vec![
                lent_haircut.here(),
                shared.period.here(),
                Expr::from(0),
                lent_scaled.here(),
            ],
        );
        d.lookup(
            "cap, floor and shortest life are the rulebook's",
            tags::MATURITY_MISMATCH,
            vec![cap.here(), floor.here(), original_minimum.here()],
        );

        let inside = lent_edge.here() - lent_maturity.here() - lent_spare.here();
        d.gate("the lent security matures within its band", inside);
        d.gate(
            "the term is the residual maturity or the cap",
            (term.here() - cap.here()) * (term.here() - maturity.here()),
        );
        let denominator = denominator_less_one.here() + Expr::from(1);
        let years = term.here() * 4 - floor.here();
        d.gate(
            "the denominator is the term's, or one",
            denominator.clone() - mismatched.here() * years - not(mismatched.here()),
        );
        let sign = matched.here() * 2 - Expr::from(1);
        d.gate(
            "matched means at least as long, mismatched means at most",
            sign * (protection.here() - term.here()) - apart.here(),
        );
        let mismatch_counts = not(matched.here()) * recognised.here();
        d.gate(
            "a recognised mismatch makes the run mismatched",
            mismatch_counts.clone() * not(mismatched.here()),
        );
        d.gate(
            "a mismatch is recognised from the shortest original life on",
            mismatch_counts.clone()
                * (original.here() - original_minimum.here() - original_spare.here()),
        );
        for (name, col) in [
            ("a run has one term", term),
            ("a run has one denominator", denominator_less_one),
            ("a run is mismatched as a whole", mismatched),
        ] {
            d.gate(name, not(shared.head.next()) * (col.next() - col.here()));
        }
        d.gate(
            "the exposure rises by its haircut",
            exposure_side.here()
                - shared.amount.here()
                    * shared.rate.here()
                    * (Expr::from(HAIRCUT_ONE) + lent_scaled.here()),
        );
        d.gate(
            "the item falls by its haircut",
            item_side.here()
                - shared.collateral.here()
                    * shared.item_rate.here()
                    * (Expr::from(HAIRCUT_ONE) - shared.scaled.here()),
        );
        let numerator = matched.here() * denominator.clone()
            + mismatch_counts * (protection.here() * 4 - floor.here());
        d.gate(
            "collateral adds up over a run",
            shared.covered.here()
                - item_side.here() * numerator
                - not(shared.head.next()) * shared.covered.next(),
        );
        let unit = power_of_ten(17);
        let sign = shared.charged.here() * 2 - Expr::from(1);
        d.gate(
            "what is left is the exposure less its collateral, rounded up",
            shared.head.here()
                * (denominator.clone() * exposure_side.here() - shared.covered.here()
                    + rounding.here()
                    - denominator * sign * left.here() * unit),
        );
        let rwa = shared.charged.here()
            * left.here()
            * shared.weight.here()
            * shared.conversion.here()
            * power_of_ten(17);
        declare_totals(d, &shared, rwa);
        Columns {
            shared,
            lent_row,
            lent_maturity,
            lent_edge,
            lent_haircut,
            lent_scaled,
            lent_spare,
            cap,
            floor,
            original_minimum,
            maturity,
            term,
            mismatched,
            denominator_less_one,
            protection,
            original,
            matched,
            recognised,
            apart,
            original_spare,
            exposure_side,
            item_side,
            left,
            rounding,
        }
    }
}

impl Columns {
    /// Writes one exposure with its items from a position on; returns the position after it.
    #[allow(clippy::too_many_arguments)]
    pub fn fill(
        &self,
        grid: &mut Grid,
        position: usize,
        exposure: &ExposureRow,
        lent: &Lent,
        items: &[(ItemRow, Protection)],
        rule: &MismatchRule,
        padding: &Padding,
        ordinal: &mut u64,
    ) -> usize {
        let rows = items.len().max(1);
        let term = rule.cap.min(lent.exposure_maturity);
        let outlasts = Protection {
            days: LONGEST_MATURITY,
            original: LONGEST_MATURITY,
        };
        let is_matched = |p: &Protection| p.days >= term;
        let counts = |p: &Protection| p.original >= rule.original && 4 * p.days > rule.floor;
        let mismatched = items.iter().any(|(_, p)| !is_matched(p) && counts(p));
        let denominator = if mismatched {
            (4 * term).saturating_sub(rule.floor).max(1)
        } else {
            1
        };
        let numerator = |p: &Protection| match (is_matched(p), counts(p)) {
            (true, _) => denominator,
            (false, true) => 4 * p.days - rule.floor,
            (false, false) => 0,
        };
        let mut covered = BigUint::default();
        let mut covers = vec![BigUint::default(); rows];
        for (index, (item, protection)) in items.iter().enumerate().rev() {
            covered += item.covers() * numerator(protection);
            covers[index] = covered.clone();
        }
        let side = BigUint::from(exposure.amount) * exposure.rate * (HAIRCUT_ONE + lent.scaled);
        let scaled_side = &side * denominator;
        let unit = BigUint::from(10u32).pow(17) * denominator;
        let charged = scaled_side > covered;
        let (left, rounding) = if charged {
            let gap = &scaled_side - &covered;
            let left = (&gap + &unit - 1u32) / &unit;
            let rounding = &left * &unit - gap;
            (left, rounding)
        } else {
            let gap = &covered - &scaled_side;
            let left = &gap / &unit;
            let rounding = gap - &left * &unit;
            (left, rounding)
        };
        for (index, covered) in covers.iter().enumerate() {
            let at = position + index;
            let item = items.get(index);
            *ordinal += u64::from(item.is_some());
            let plain = item.map(|(item, _)| item);
            self.shared
                .fill(grid, at, index == 0, exposure, plain, padding, *ordinal);
            let protection = item.map_or(outlasts, |(_, p)| *p);
            let matched = is_matched(&protection);
            let recognised = !matched && counts(&protection);
            let item_side = plain.map_or(BigUint::ZERO, ItemRow::covers);
            for (col, value) in [
                (self.lent_row, lent.row),
                (self.lent_maturity, lent.maturity),
                (self.lent_edge, lent.edge),
                (self.lent_haircut, tables::LENT + lent.haircut),
                (self.lent_scaled, lent.scaled),
                (self.lent_spare, lent.edge.saturating_sub(lent.maturity)),
                (self.cap, rule.cap),
                (self.floor, rule.floor),
                (self.original_minimum, rule.original),
                (self.maturity, lent.exposure_maturity),
                (self.term, term),
                (self.mismatched, mismatched.into()),
                (self.denominator_less_one, denominator - 1),
                (self.protection, protection.days),
                (self.original, protection.original),
                (self.matched, matched.into()),
                (self.recognised, recognised.into()),
                (self.apart, protection.days.abs_diff(term)),
                (
                    self.original_spare,
                    if recognised {
                        protection.original - rule.original
                    } else {
                        0
                    },
                ),
            ] {
                grid.set(at, col, value.into());
            }
            grid.set_field(at, self.item_side, field(&item_side));
            grid.set_field(at, self.shared.covered, field(covered));
            if index == 0 {
                grid.set(at, self.shared.charged, charged.into());
                grid.set_field(at, self.exposure_side, field(&side));
                grid.set_field(at, self.left, field(&left));
                grid.set_field(at, self.rounding, field(&rounding));
            }
        }
        position + rows
    }

    /// Makes the position after the last one a head.
    pub fn close(&self, grid: &mut Grid, ordinal: u64) {
        self.shared.close(grid, ordinal);
    }
}

/// An integer below p as a field element.
fn field(value: &BigUint) -> crate::field::Fp {
    crate::field::from_biguint(value)
}
