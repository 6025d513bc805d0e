//! A trade in words: what the proof multiplied (CRE52.30 to CRE52.48).
//!
//! The circuit keeps 1/r of the supervisory duration in the factor of the class; people expect it
//! in the notional, and so it is put back there. Figures that are no whole number of units are cut,
//! amounts after 10^-8 of the book's unit.

use num_bigint::BigUint;

use super::{Reader, index};
use crate::amount::format_scaled;
use crate::book::Variant;
use crate::counterparty_risk::{
    DELTA_BITS, DISCOUNT_BITS, EFFECTIVE_BITS, FINE_BITS, MATURITY_FACTOR_BITS,
};
use crate::disclosure::trade::trade_row;
use crate::field::Fp;
use crate::rulebook::ClassLine;

/// Decimals of the snapshot's rates.
const RATE_SCALE: i32 = 8;
/// Decimals of shares.
const SHARE_DECIMALS: u32 = 9;
/// Number of a hedging set: 2^30 · group + name.
const NAME_BITS: u32 = 30;

impl Reader<'_> {
    /// The line of a trade's class.
    fn line(&self) -> Option<ClassLine<'_>> {
        let code = self.number(self.trade_row(), "class");
        let mut lines = self.rulebook.derivative_lines().into_iter();
        lines.find(|line| u64::from(line.code) == code)
    }

    fn trade_row(&self) -> usize {
        trade_row(|row, name| self.record.value(self.layout, row, name))
    }

    /// Class and variant.
    pub(super) fn trade_class(&self) -> String {
        let Some(line) = self.line() else {
            return "?".to_owned();
        };
        let name = &line.class.name;
        match line.variant {
            Variant::Plain => name.clone(),
            Variant::Basis => format!("{name}, basis"),
            Variant::Volatility => format!("{name}, volatility"),
        }
    }

    /// What is bought or sold, for how much, and what the proof made of it.
    pub(super) fn trade(&self) -> Vec<(&'static str, String)> {
        let row = self.trade_row();
        let on = |name: &str| self.number(row, name) == 1;
        let option = on("bit 2");
        let side = if on("bit 0") { "bought" } else { "sold" };
        let mut figures = vec![(
            "side",
            match (option, on("bit 1")) {
                (true, true) => format!("{side}, put"),
                (true, false) => format!("{side}, call"),
                _ => side.to_owned(),
            },
        )];
        let currency = self.quote(row, "currency");
        figures.push(("notional", self.amount(row, "word n", currency)));
        let currency = self.quote(row, "currency of the value");
        let value = self.amount(row, "word v", currency);
        let is_zero = self.whole(row, "word v") == BigUint::ZERO;
        let minus = if on("bit 6") && !is_zero { "-" } else { "" };
        figures.push(("market value", format!("{minus}{value}")));
        if row > 0 {
            figures.push(("start of the period", self.date(0)));
        }
        if self.line().is_some_and(|line| line.class.duration) {
            figures.push(("end of the period", self.date(row)));
        }
        if option {
            let source = if on("bit 4") { "snapshot" } else { "book" };
            figures.push(("price of the underlying", format!("the {source}'s")));
            let strike = self.whole(row, "word k");
            if strike != BigUint::ZERO {
                let ratio = self.whole(row, "word p") * 10u64.pow(SHARE_DECIMALS) / strike;
                figures.push(("price over strike", format_scaled(&ratio, 9)));
            }
            let seconds = self.number(row + 1, "word b");
            figures.push(("time to exercise", format!("{seconds} s")));
        }
        if on("bit 3") {
            let [of, attachment, detachment] =
                ["word eta", "word b", "word f"].map(|name| self.number(row + 1, name));
            figures.push(("attachment", format!("{attachment} of {of}")));
            figures.push(("detachment", format!("{detachment} of {of}")));
        }
        figures.extend(self.multiplied(row));
        figures.push(("hedging set", self.hedging_set(row)));
        let number = self.number(row, "netting sets") + 1;
        let period = self.number(row, "margin period");
        let margin = match self.margin_period(period) {
            Some((days, true)) => format!("margin period of {days} business days, as cleared"),
            Some((days, false)) => format!("margin period of {days} business days"),
            None => "charged without margin".to_owned(),
        };
        figures.push((
            "netting set",
            format!("number {number} of its agreement, {margin}"),
        ));
        figures
    }

    /// Adjusted notional, delta, maturity factor, and their product.
    fn multiplied(&self, row: usize) -> [(&'static str, String); 4] {
        let rules = self.rulebook.derivatives.as_ref();
        let duration = self.line().is_some_and(|line| line.class.duration);
        let inverse = match rules.filter(|_| duration) {
            Some(rules) => rules.duration_inverse_rate,
            None => 1,
        };
        let amount = |value: BigUint, bits: u32| {
            let units: BigUint = (value * inverse) >> bits;
            let text = format_scaled(&units, RATE_SCALE + i32::from(self.scale));
            format!("{text} {}", self.snapshot.base)
        };
        let share = |value: BigUint, bits: u32| {
            let cut: BigUint = (value * 10u64.pow(SHARE_DECIMALS)) >> bits;
            format_scaled(&cut, 9)
        };
        let minus = match self.record.value(self.layout, row, "step 4") {
            Some(sign) if sign == Fp::one() => "",
            _ => "-",
        };
        let adjusted = self.whole(row, "step 2");
        let effective = &adjusted * self.whole(row, "step 3");
        let delta = share(self.whole(row, "delta"), DELTA_BITS);
        [
            ("adjusted notional", amount(adjusted, DISCOUNT_BITS)),
            ("supervisory delta", format!("{minus}{delta}")),
            (
                "maturity factor",
                share(self.whole(row, "maturity factor"), MATURITY_FACTOR_BITS),
            ),
            (
                "effective notional",
                format!("{minus}{}", amount(effective, EFFECTIVE_BITS)),
            ),
        ]
    }

    /// A currency or an asset by its number.
    fn quote(&self, row: usize, name: &str) -> &str {
        let at = index(self.number(row, name));
        let quote = at.and_then(|at| self.snapshot.quotes().nth(at));
        quote.map_or("?", |(name, _)| name.as_str())
    }

    /// A date in days from the as-of time; the circuit counts quarter days.
    fn date(&self, row: usize) -> String {
        let high = self.number(row, "date, high part");
        let low = self.number(row, "date, low part");
        let quarters = (high << FINE_BITS) + low;
        format!("in {} days", format_scaled(&(quarters * 25).into(), 2))
    }

    fn hedging_set(&self, row: usize) -> String {
        let number = self.number(row, "hedging set number");
        let (group, name) = (number >> NAME_BITS, number & ((1 << NAME_BITS) - 1));
        let rules = self.rulebook.derivatives.as_ref();
        // Codes of a group's three variants begin at three.
        let at = (group / 3)
            .checked_sub(1)
            .and_then(|at| usize::try_from(at).ok());
        let group = rules.zip(at).and_then(|(rules, at)| rules.groups.get(at));
        let group = group.map_or("?", |group| group.name.as_str());
        if self.line().is_some_and(|line| line.tied) {
            let currency = index(name).and_then(|at| self.snapshot.quotes().nth(at));
            return format!("{group}, {}", currency.map_or("?", |(code, _)| code));
        }
        match name {
            0 => group.to_owned(),
            name => format!("{group}, number {name}"),
        }
    }

    /// Business days of a margin period, and whether it is a cleared netting set's.
    fn margin_period(&self, period: u64) -> Option<(u32, bool)> {
        let rules = self.rulebook.derivatives.as_ref()?;
        let period = rules.margin_periods.get(index(period)?)?;
        Some((period.days, rules.is_cleared(period)))
    }
}
