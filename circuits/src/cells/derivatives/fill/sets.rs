//! The rows of margin, netting sets and agreements.

use ff::Field;
use num_bigint::{BigInt, BigUint, Sign};

use super::FillError;
use super::writer::{Cells, Writer};
use crate::cells::derivatives::netting_set::{EXPONENTIAL_BITS, RATE_TO_MARGIN, SHARE_ONE};
use crate::cells::derivatives::subset::LEAN_PER_ADDON_BITS;
use crate::cells::rows::id_digest;
use crate::counterparty_risk::{AgreementFigures, MarginFigures, SetFigures};
use crate::field::{Fp, from_bigint, from_biguint};
use crate::fixed_point::functions::exp_neg_cells;

/// From the book's unit to 10^-17.
const UNIT_TO_MARGIN: u64 = 100_000_000_000_000_000;

fn difference(value: &BigUint, bound: &BigInt) -> BigInt {
    BigInt::from(value.clone()) - bound
}

impl Writer<'_, '_> {
    /// An agreement: its netting sets, its replacement cost, its exposure.
    pub(super) fn agreement(&mut self, agreement: &AgreementFigures) -> Result<(), FillError> {
        for set in &agreement.sets {
            self.netting_set(set)?;
        }
        self.replacement(agreement)?;
        self.exposure(agreement)
    }

    fn netting_set(&mut self, set: &SetFigures) -> Result<(), FillError> {
        let (c, rows) = (self.c, self.rows);
        let r = c.registers;
        let record = &rows.book.netting_sets[set.set];
        self.period = set.period;
        self.put(r.period, set.period);
        let settlement = rows.snapshot.currency_index(&record.currency).unwrap_or(0);
        self.put(r.currency, settlement);
        for item in &set.margin {
            self.margin(set, item);
        }
        let mut hedging = set.hedging_sets.iter().peekable();
        while let Some(current) = hedging.next() {
            self.hedging_set(current, hedging.peek().copied())?;
        }
        self.multiplier(set, &record.id)
    }

    fn margin(&mut self, set: &SetFigures, figures: &MarginFigures) {
        let (c, rows) = (self.c, self.rows);
        let w = &c.words;
        let item = &rows.book.margin[figures.item];
        let mut cells = Cells::default();
        cells.set(c.id, id_digest(&item.id));
        cells.set(c.bits[0], item.posted);
        cells.set(c.bits[1], figures.variation);
        cells.set(c.bits[2], figures.mismatch);
        cells.set(c.currency, figures.currency);
        cells.set(c.rate, figures.rate);
        cells.set(c.lines.key, figures.haircut_row);
        let counts = set.period > 0 || rows.rules.cap_counts_variation_margin;
        let values = [
            figures.edge,
            set.period.into(),
            figures.mismatch.into(),
            figures.haircut,
            counts.into(),
        ];
        for (col, value) in c.lines.values.into_iter().zip(values) {
            cells.set(col, value);
        }
        cells.set(w.n65, item.amount);
        let maturity = u64::from(item.maturity_days).min(figures.edge);
        cells.set(w.b31, maturity);
        cells.set(w.c26, figures.edge - maturity);
        let value = from_bigint(&figures.value);
        cells.set(c.steps[0], value);
        self.row(Some(c.jobs.margin), &cells);
        let r = c.registers;
        self.add(r.others, Fp::ONE);
        let sum = if figures.variation {
            r.variation
        } else {
            r.independent
        };
        self.add(sum, value);
    }

    fn multiplier(&mut self, set: &SetFigures, id: &str) -> Result<(), FillError> {
        let (c, rules) = (self.c, self.rows.rules);
        let (w, r) = (&c.words, c.registers);
        let mut cells = Cells::default();
        cells.set(c.id, id_digest(id));
        cells.set(c.lines.key, set.period);
        let period = set.period.checked_sub(1);
        let period = period.and_then(|index| rules.margin_periods.get(index as usize));
        let limited = period.is_some_and(|period| period.limited);
        let counts = period.is_some() || rules.cap_counts_variation_margin;
        let values = [
            u64::from(period.is_some()),
            limited.into(),
            rules.large_set.into(),
            counts.into(),
            rules.multiplier_floor.into(),
        ];
        for (col, value) in c.lines.values.into_iter().zip(values) {
            cells.set(col, value);
        }
        if limited {
            let room = rules.large_set.checked_sub(set.trades);
            cells.set(w.d13, room.ok_or_else(|| self.wide("number of trades"))?);
        }
        let net = &set.value * RATE_TO_MARGIN - &set.collateral;
        cells.set(c.steps[0], from_bigint(&set.collateral));
        cells.set(c.steps[1], from_bigint(&net));
        self.words(&mut cells, &[w.n65, w.b31], &set.addon, "aggregate add-on")?;
        let parts: BigUint = set.hedging_sets.iter().map(|h| &h.addon).sum();
        let over = (&set.addon - parts) << LEAN_PER_ADDON_BITS;
        let over = difference(&over, &set.lean.clone().into());
        self.words(
            &mut cells,
            &[w.v65, w.r65, w.c26],
            over.magnitude(),
            "rounding of the aggregate add-on",
        )?;
        let exponent = if set.full { 0 } else { set.exponent };
        let exponential = exp_neg_cells(exponent.into());
        cells.evaluated(c, &exponential);
        let product = BigUint::from(exponent) * &set.addon;
        cells.set(c.steps[2], from_biguint(&product));
        cells.set(c.bits[0], set.full);
        if !set.full {
            let available: BigInt = -(&net * (10u32 << 16));
            let share = SHARE_ONE - u64::from(rules.multiplier_floor);
            let left = available - BigInt::from(product * share * 2u32);
            if left.sign() == Sign::Minus {
                return Err(self.wide("exponent"));
            }
            self.words(
                &mut cells,
                &[w.s65, w.p52, w.k52],
                left.magnitude(),
                "excess collateral",
            )?;
        }
        let multiplier = if set.full {
            u128::from(SHARE_ONE) << EXPONENTIAL_BITS
        } else {
            set.multiplier
        };
        cells.set(c.steps[3], multiplier);
        let negative = set.value.sign() == Sign::Minus;
        cells.set(c.bits[1], negative);
        self.words(
            &mut cells,
            &[w.d52, w.f52, w.q52],
            set.value.magnitude(),
            "market value",
        )?;
        self.row(Some(c.jobs.netting_set), &cells);

        let value = from_bigint(&set.value);
        let independent = from_bigint(&set.independent);
        self.clear(&[
            r.lean,
            r.addon,
            r.value,
            r.trades,
            r.gross,
            r.independent,
            r.variation,
        ]);
        self.add(r.pfe, from_biguint(&set.pfe));
        self.add(r.positive, if negative { Fp::ZERO } else { value });
        self.add(r.net, value);
        self.add(r.collateral, from_bigint(&set.collateral));
        self.add(r.independent_all, independent);
        self.add(r.sets, Fp::ONE);
        self.add(r.margined, Fp::from(u64::from(period.is_some())));
        Ok(())
    }

    fn replacement(&mut self, agreement: &AgreementFigures) -> Result<(), FillError> {
        let c = self.c;
        let w = &c.words;
        let mut cells = Cells::default();
        let margined = agreement.sets.iter().any(|set| set.period > 0);
        cells.set(c.bits[0], margined);
        cells.set(c.bits[1], agreement.received);
        let cost = &agreement.replacement_cost;
        let sum =
            |of: &dyn Fn(&SetFigures) -> BigInt| agreement.sets.iter().map(of).sum::<BigInt>();
        let value = sum(&|set| &set.value * RATE_TO_MARGIN);
        let collateral = sum(&|set| set.collateral.clone());
        let zero = BigInt::ZERO;
        let positive = sum(&|set| &set.value.clone().max(zero.clone()) * RATE_TO_MARGIN);
        let net = value - &collateral;
        let (first, second) = if margined {
            let independent = sum(&|set| set.independent.clone());
            let terms = BigInt::from(agreement.threshold) + agreement.minimum_transfer;
            (net, Some(terms * UNIT_TO_MARGIN - independent))
        } else if agreement.received {
            (positive - collateral, None)
        } else {
            (positive, Some(net))
        };
        cells.set(w.v65, agreement.threshold);
        cells.set(w.y52, agreement.minimum_transfer);
        self.words(&mut cells, &[w.r65, w.s65, w.c26], cost, "replacement cost")?;
        let first = difference(cost, &first);
        self.words(
            &mut cells,
            &[w.p52, w.k52, w.d52],
            first.magnitude(),
            "replacement cost",
        )?;
        if let Some(second) = second {
            let second = difference(cost, &second);
            self.words(
                &mut cells,
                &[w.q52, w.f52, w.w104],
                second.magnitude(),
                "replacement cost",
            )?;
        }
        self.row(Some(c.jobs.replacement), &cells);
        Ok(())
    }

    fn exposure(&mut self, agreement: &AgreementFigures) -> Result<(), FillError> {
        let (c, rules) = (self.c, self.rows.rules);
        let (w, r) = (&c.words, c.registers);
        let mut cells = Cells::default();
        cells.set(c.lines.key, agreement.class);
        cells.set(c.lines.values[0], agreement.weight);
        cells.set(c.lines.values[1], rules.alpha);
        cells.set(c.bits[0], agreement.outside);
        cells.set(c.steps[0], from_biguint(&agreement.replacement_cost));
        self.words(&mut cells, &[w.n65, w.b31], &agreement.exposure, "exposure")?;
        if !agreement.outside {
            let unit = BigUint::from(10u32).pow(14) << 18;
            let pfe: BigUint = agreement.sets.iter().map(|set| &set.pfe).sum();
            let charge = (&agreement.replacement_cost * (10u32 << 18) + pfe) * rules.alpha;
            let over = difference(&(&agreement.exposure * unit), &charge.into());
            self.words(
                &mut cells,
                &[w.v65],
                over.magnitude(),
                "rounding of the exposure",
            )?;
        }
        self.row(Some(c.jobs.exposure), &cells);
        self.clear(&[
            r.pfe,
            r.positive,
            r.net,
            r.collateral,
            r.independent_all,
            r.sets,
            r.margined,
            r.others,
        ]);
        Ok(())
    }
}
