//! The rows of trades, subsets and hedging sets.

use num_bigint::{BigInt, BigUint, Sign};

use super::FillError;
use super::writer::{Cells, Writer};
use crate::book::{Instrument, Trade};
use crate::cells::derivatives::columns::DISCOUNT_ONE_BITS;
use crate::cells::derivatives::hedging_set::SQUARE_SCALE;
use crate::cells::derivatives::netting_set::SHARE_ONE;
use crate::cells::derivatives::option::{QUOTED_SHIFT, SATURATED};
use crate::cells::derivatives::subset::LEAN_PER_ADDON_BITS;
use crate::cells::derivatives::tables::LATEST_DATE;
use crate::cells::rows::id_digest;
use crate::counterparty_risk::{
    ADDON_SHIFT, DISCOUNT_BITS, DISCOUNT_ERROR, EFFECTIVE_BITS, FINE_BITS, HedgingSetFigures,
    LOG_AT_ONE, OptionFigures, SubsetFigures, TradeFigures, discount_floor,
};
use crate::field::{Fp, from_bigint, from_biguint, power_of_two};
use crate::fixed_point::functions::{ln_ratio, normal_tail_cells};
use crate::rulebook::{Aggregation, ClassLine};

fn big(value: impl Into<BigUint>) -> BigUint {
    value.into()
}

fn negative(value: &BigInt) -> bool {
    value.sign() == Sign::Minus
}

impl Writer<'_, '_> {
    /// A hedging set: its subsets and its end. `next` is the number of the one after it.
    pub(super) fn hedging_set(
        &mut self,
        hedging: &HedgingSetFigures,
        next: Option<&HedgingSetFigures>,
    ) -> Result<(), FillError> {
        let number = |h: &HedgingSetFigures| (u64::from(h.group) << 30) + u64::from(h.number);
        let r = self.c.registers;
        self.put(r.hedging_set, number(hedging));
        let mut subsets = hedging.subsets.iter().peekable();
        while let Some(subset) = subsets.next() {
            let rise = subsets.peek().map(|next| next.key - subset.key - 1);
            self.subset(hedging, subset, rise.unwrap_or(0))?;
        }
        let c = self.c;
        let w = &c.words;
        let mut cells = Cells::default();
        let rules = self.rows.rules;
        let group = &rules.groups[(hedging.group / 3 - 1) as usize];
        cells.set(c.lines.key, hedging.group);
        if group.aggregation == Aggregation::Buckets {
            let [one_two, two_three, one_three] = rules.bucket_correlations.map(|rho| 2 * rho);
            let values = [1, one_two, two_three, one_three];
            for (col, value) in c.lines.values.into_iter().zip(values) {
                cells.set(col, value);
            }
        }
        cells.set(w.eta30, hedging.number);
        cells.set(
            w.y52,
            next.map_or(0, |next| number(next) - number(hedging) - 1),
        );
        self.words(&mut cells, &[w.n65, w.b31], &hedging.addon, "add-on")?;
        let over = &hedging.addon * &hedging.addon * SQUARE_SCALE - hedging.square.magnitude();
        self.words(&mut cells, &[w.r65, w.s65], &over, "rounding of an add-on")?;
        self.row(Some(c.jobs.hedging_set), &cells);
        self.clear(&r.sums);
        self.add(r.addon, from_biguint(&hedging.addon));
        Ok(())
    }

    fn subset(
        &mut self,
        hedging: &HedgingSetFigures,
        subset: &SubsetFigures,
        rise: u32,
    ) -> Result<(), FillError> {
        let c = self.c;
        let r = c.registers;
        let rows = self.rows;
        let Some(line) = rows.lines.get(&subset.class) else {
            return Err(self.wide("class"));
        };
        self.put(r.class, subset.class);
        self.put(r.subset, subset.key);
        for trade in &subset.trades {
            self.trade(line, subset.key, trade)?;
        }
        let w = &c.words;
        let mut cells = Cells::default();
        cells.set(c.lines.key, subset.class);
        let bucketed = line.aggregation == Aggregation::Buckets;
        let values = [
            u64::from(line.group),
            line.named.into(),
            line.factor,
            bucketed.into(),
            (line.aggregation == Aggregation::Single).into(),
        ];
        for (col, value) in c.lines.values.into_iter().zip(values) {
            cells.set(col, value);
        }
        let correlation = u64::from(line.class.correlation);
        let weights = match (line.aggregation, subset.key) {
            (Aggregation::Buckets, 1) => [100, 0, 0, 0],
            (Aggregation::Buckets, 2) => [0, 100, 0, 0],
            (Aggregation::Buckets, _) => [0, 0, 100, 0],
            (Aggregation::Entities, _) => {
                let rest = SHARE_ONE * SHARE_ONE - correlation * correlation;
                [correlation, 0, 0, rest]
            }
            (Aggregation::Single, _) => [0, 0, 0, SHARE_ONE * SHARE_ONE],
        };
        cells.set(c.lines.second_key, subset.class);
        let bucket = if bucketed { subset.key } else { 0 };
        cells.set(c.lines.second[0], bucket);
        for (col, weight) in c.lines.second.into_iter().skip(1).zip(weights) {
            cells.set(col, weight);
        }
        let short = negative(&subset.effective);
        cells.set(c.bits[0], short);
        cells.set(w.eta30, hedging.number);
        cells.set(w.y52, rise);
        let doubled = subset.effective.magnitude() * 2u32;
        let remainder = &doubled - (&subset.notional << (EFFECTIVE_BITS + 1));
        self.words(
            &mut cells,
            &[w.n65, w.v65],
            &subset.notional,
            "effective notional",
        )?;
        self.words(&mut cells, &[w.r65, w.q52], &remainder, "remainder")?;
        let charged = &subset.notional * line.factor;
        let rest = charged - (&subset.addon << ADDON_SHIFT);
        self.words(&mut cells, &[w.d52, w.b31], &subset.addon, "add-on")?;
        self.words(&mut cells, &[w.c26], &rest, "remainder")?;
        let size = from_biguint(&subset.addon);
        let addon = if short { -size } else { size };
        cells.set(c.steps[0], addon);
        self.row(Some(c.jobs.subset), &cells);

        let [first, second, third, square] = weights.map(Fp::from);
        self.add(r.sums[0], first * addon);
        self.add(r.sums[1], second * addon + square * addon * addon);
        self.add(r.sums[2], third * addon);
        let factor = Fp::from(line.factor);
        let lost = from_biguint(&subset.error) * factor
            + factor * power_of_two(EFFECTIVE_BITS)
            + power_of_two(LEAN_PER_ADDON_BITS);
        self.add(r.lean, lost);
        self.clear(&[r.effective, r.error]);
        Ok(())
    }

    fn trade(
        &mut self,
        line: &ClassLine<'_>,
        bucket: u32,
        figures: &TradeFigures,
    ) -> Result<(), FillError> {
        let c = self.c;
        let trade = self.rows.trade(figures);
        // Where the class has no duration, the dates of the underlying period do not matter.
        let begins = if line.class.duration { trade.start } else { 0 };
        if begins > 0 {
            let mut cells = Cells::default();
            let factor = self.date(&mut cells, begins);
            cells.set(c.id, id_digest(&trade.id));
            self.row(Some(c.jobs.start), &cells);
            self.put(c.registers.start, factor);
        }
        let start = self.discount(begins);
        let mut cells = Cells::default();
        self.adjusted(&mut cells, line, bucket, trade, figures, start)?;
        let log = self.logarithm(&mut cells, trade)?;
        let [bought, put, option, tranche, quoted, _, below, _] = c.bits;
        cells.set(bought, trade.bought);
        cells.set(below, !trade.market_value.is_positive());
        cells.set(c.delta, figures.delta);
        cells.set(c.delta_error, figures.delta_error);
        match trade.instrument {
            Instrument::Linear => {}
            Instrument::Option {
                put: is, quoted: q, ..
            } => {
                cells.set(option, true);
                cells.set(put, is);
                cells.set(quoted, q);
            }
            Instrument::Tranche { .. } => cells.set(tranche, true),
        }
        cells.set(c.id, id_digest(&trade.id));
        self.row(Some(c.jobs.trade), &cells);
        self.put(c.registers.start, power_of_two(DISCOUNT_ONE_BITS));
        self.count(trade, line, figures);
        match (trade.instrument, &figures.option) {
            (
                Instrument::Option {
                    put,
                    quoted,
                    expiry,
                    ..
                },
                Some(option),
            ) => self.option(line, (put, quoted, expiry), figures, option, log),
            (
                Instrument::Tranche {
                    attachment,
                    detachment,
                    of,
                },
                _,
            ) => self.tranche(line, trade, figures, [attachment, detachment, of]),
            _ => Ok(()),
        }
    }

    /// Raises the registers by a trade.
    fn count(&mut self, trade: &Trade, line: &ClassLine<'_>, figures: &TradeFigures) {
        let r = self.c.registers;
        self.add(r.effective, from_bigint(&figures.effective));
        self.add(r.error, from_biguint(&figures.error));
        let value = Fp::from(trade.market_value.magnitude) * Fp::from(figures.value_rate);
        let value = if trade.market_value.negative {
            -value
        } else {
            value
        };
        self.add(r.value, value);
        self.add(r.trades, Fp::one());
        self.add(r.gross, Fp::from(u64::from(line.class.gross)));
        let option = matches!(trade.instrument, Instrument::Option { .. });
        let outside = option && !trade.bought && !trade.market_value.is_positive();
        self.add(r.others, Fp::from(u64::from(!outside)));
    }

    /// The discount factor of a date, Q88.
    fn discount(&self, date: u32) -> u128 {
        self.rows.discounts.factor(date)
    }

    fn date(&self, cells: &mut Cells, date: u32) -> u128 {
        let (c, factors) = (self.c, &self.rows.discounts);
        let (high, low) = (date >> FINE_BITS, date & ((1 << FINE_BITS) - 1));
        cells.set(c.date_high, high);
        cells.set(c.discount_high, factors.coarse[high as usize]);
        cells.set(c.date_low, low);
        cells.set(c.discount_low, factors.fine[low as usize]);
        factors.factor(date)
    }

    fn adjusted(
        &self,
        cells: &mut Cells,
        line: &ClassLine<'_>,
        bucket: u32,
        trade: &Trade,
        figures: &TradeFigures,
        start: u128,
    ) -> Result<(), FillError> {
        let (c, rules) = (self.c, self.rows.rules);
        let w = &c.words;
        let duration = line.class.duration;
        let bucketed = line.aggregation == Aggregation::Buckets;
        let floor = if duration {
            discount_floor(rules)
        } else {
            1 << DISCOUNT_BITS
        };
        cells.set(c.lines.key, line.code);
        let values = [
            if duration { DISCOUNT_ERROR } else { 0 },
            floor,
            line.class.gross.into(),
            bucketed.into(),
            line.tied.into(),
            line.group.into(),
        ];
        for (col, value) in c.lines.values.into_iter().zip(values) {
            cells.set(col, value);
        }
        let [first, second] = rules.bucket_edges.map(u64::from);
        let bucket = if bucketed { bucket } else { 0 };
        let (low, high) = match bucket {
            0 => (0, LATEST_DATE),
            1 => (0, first - 1),
            2 => (first, second),
            _ => (second + 1, LATEST_DATE),
        };
        cells.set(c.lines.second_key, bucket);
        cells.set(c.lines.second[0], low);
        cells.set(c.lines.second[1], high);
        let date = u64::from(trade.end);
        let end = self.date(cells, trade.end);
        let inside = |value: Option<u64>| value.ok_or_else(|| self.wide("end date"));
        cells.set(w.c26, inside(date.checked_sub(low))?);
        cells.set(w.b31, inside(high.checked_sub(date))?);

        cells.set(c.currency, figures.currency);
        cells.set(c.rate, figures.rate);
        cells.set(c.value_currency, figures.value_currency);
        cells.set(c.value_rate, figures.value_rate);
        cells.set(w.n65, trade.notional);
        cells.set(w.v65, trade.market_value.magnitude);
        let converted = u128::from(trade.notional) * u128::from(figures.rate);
        let difference = start
            .checked_sub(end)
            .ok_or_else(|| self.wide("start date"))?;
        let raw = (difference >> 48) as u64;
        cells.set(w.d52, raw);
        cells.set(w.q52, (difference << 4) & ((1 << 52) - 1));
        let discount = raw.max(floor);
        cells.set(w.f52, raw.abs_diff(floor));
        cells.set(c.bits[7], raw >= floor);
        if self.period == 0 {
            let year = rules.year_quarter_days;
            let maturity = if line.class.gross {
                year
            } else {
                trade.maturity.min(year)
            };
            cells.set(c.maturity, maturity);
        }
        cells.set(c.maturity_factor, figures.maturity_factor);
        let adjusted = big(converted) * discount;
        let factor = u128::from(figures.delta) * u128::from(figures.maturity_factor);
        let [to, by, product, both, sign, _] = c.steps;
        cells.set(to, converted);
        cells.set(by, discount);
        cells.set(product, from_biguint(&adjusted));
        cells.set(both, factor);
        let sign_value = if figures.delta_negative {
            -Fp::one()
        } else {
            Fp::one()
        };
        cells.set(sign, sign_value);
        Ok(())
    }

    /// The logarithm of price over strike; of one over one where there is none. Returns it signed.
    fn logarithm(&self, cells: &mut Cells, trade: &Trade) -> Result<Fp, FillError> {
        let c = self.c;
        let w = &c.words;
        let (price, strike) = match trade.instrument {
            Instrument::Option { price, strike, .. } => (price, strike),
            _ => (1, 1),
        };
        let log = ln_ratio(price, strike).map_err(|_| self.wide("price over strike"))?;
        cells.set(w.p52, price);
        cells.set(w.k52, strike);
        cells.set(c.bits[5], !log.negative);
        cells.set(c.steps[5], price.max(strike));
        cells.set(w.r65, log.remainder);
        cells.set(w.s65, log.slack);
        cells.evaluated(c, &log.cells);
        let size = Fp::from(log.value.saturating_sub(LOG_AT_ONE));
        Ok(if log.negative { -size } else { size })
    }

    fn option(
        &mut self,
        line: &ClassLine<'_>,
        (put, quoted, expiry): (bool, bool, u32),
        figures: &TradeFigures,
        option: &OptionFigures,
        log: Fp,
    ) -> Result<(), FillError> {
        let (c, rules) = (self.c, self.rows.rules);
        let w = &c.words;
        let mut cells = Cells::default();
        let volatility = u64::from(line.class.volatility);
        let year = rules.year_seconds() * SHARE_ONE * SHARE_ONE;
        let least = rules.least_far_expiry(line.class.volatility);
        cells.set(
            c.lines.key,
            u64::from(line.code) + (u64::from(quoted) << QUOTED_SHIFT),
        );
        let values = [volatility * volatility, least, year];
        for (col, value) in c.lines.values.into_iter().zip(values) {
            cells.set(col, value);
        }
        cells.set(c.bits[0], option.x_negative);
        cells.set(c.bits[1], put);
        cells.set(c.bits[2], option.saturated);
        cells.set(c.bits[3], option.at_the_money_now);
        cells.set(c.bits[4], quoted);
        cells.set(c.bits[5], option.near);
        let variance = u128::from(volatility * volatility) * u128::from(expiry);
        let scale = big(variance) * year * (1u32 << 12);
        let signed_log = BigInt::from(option.log) * if option.log_negative { -1 } else { 1 };
        let moneyness: BigInt = signed_log * 2 * year + (BigInt::from(variance) << 44);
        cells.set(c.steps[0], log);
        cells.set(c.steps[1], variance);
        cells.set(c.steps[2], from_biguint(&scale));
        cells.set(c.steps[3], from_bigint(&moneyness));
        self.words(
            &mut cells,
            &[w.k52, w.q52, w.c26],
            moneyness.magnitude(),
            "moneyness",
        )?;
        let x = big(option.x);
        let square = moneyness.magnitude() * moneyness.magnitude();
        let below = |a: &BigUint, b: &BigUint| {
            (a >= b)
                .then(|| a - b)
                .ok_or_else(|| self.wide("moneyness"))
        };
        let rest = below(&square, &(&x * &x * &scale))?;
        let one = big(1u32);
        if option.saturated {
            let beyond = below(&rest, &one)?;
            let words = [w.n65, w.v65, w.p52, w.r65];
            self.words(&mut cells, &words, &beyond, "moneyness")?;
        } else {
            let next = (&x * 2u32 + &one) * (&scale + u32::from(option.at_the_money_now));
            let spare = below(&next, &(&rest + &one))?;
            self.words(&mut cells, &[w.n65, w.v65, w.p52], &rest, "moneyness")?;
            self.words(&mut cells, &[w.r65, w.s65, w.d52], &spare, "moneyness")?;
        }
        cells.set(w.b31, expiry);
        let far = u64::from(expiry).saturating_sub(least);
        cells.set(w.f52, if option.near { 0 } else { far });
        debug_assert!(option.x <= SATURATED);
        let tail = normal_tail_cells(option.x);
        cells.evaluated(c, &tail);
        cells.set(c.delta, figures.delta);
        cells.set(c.delta_error, figures.delta_error);
        self.row(Some(c.jobs.option), &cells);
        Ok(())
    }

    fn tranche(
        &mut self,
        line: &ClassLine<'_>,
        trade: &Trade,
        figures: &TradeFigures,
        [attachment, detachment, of]: [u32; 3],
    ) -> Result<(), FillError> {
        let (c, rules) = (self.c, self.rows.rules);
        let w = &c.words;
        let mut cells = Cells::default();
        let [numerator, slope] = rules.tranche.map(u128::from);
        cells.set(c.lines.key, line.code);
        cells.set(c.lines.values[0], numerator);
        cells.set(c.lines.values[1], slope);
        let factor = |point: u32| u128::from(of) + slope * u128::from(point);
        let product = factor(attachment) * factor(detachment);
        let whole: BigUint = (big(numerator) * of * of) << 44;
        let taken: BigUint = big(product) * figures.delta;
        let remainder: BigUint = whole - taken;
        let slack: BigUint = big(product) - &remainder - 1u32;
        cells.set(c.id, id_digest(&trade.id));
        cells.set(w.eta30, of);
        cells.set(w.b31, attachment);
        cells.set(w.f52, detachment);
        let points = of
            .checked_sub(detachment)
            .zip((detachment.checked_sub(attachment)).and_then(|width| width.checked_sub(1)));
        let (above, width) = points.ok_or_else(|| self.wide("points of a tranche"))?;
        cells.set(w.p52, above);
        cells.set(w.k52, width);
        cells.set(w.y52, figures.delta);
        cells.set(c.steps[0], factor(attachment));
        cells.set(c.steps[1], factor(detachment));
        cells.set(c.steps[2], product);
        self.words(&mut cells, &[w.n65, w.v65], &remainder, "tranche")?;
        self.words(&mut cells, &[w.r65, w.s65], &slack, "tranche")?;
        cells.set(c.delta, figures.delta);
        cells.set(c.delta_error, figures.delta_error);
        self.row(Some(c.jobs.tranche), &cells);
        Ok(())
    }
}
