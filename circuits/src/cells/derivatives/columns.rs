//! The columns: which job a row does, the words it works with, the lines it reads, and the
//! registers that carry results down to the row that takes them.

use crate::cells::tags;
use crate::fixed_point::Word;
use crate::fixed_point::functions::{self, Evaluation, FACTOR_BITS, FUNCTION, HEAD};
use crate::protocol::expr::{Col, Expr};
use crate::protocol::layout::{COMMITTED_ONLY, Declaration};

/// Which job a row does; at most one, and none is padding.
#[derive(Clone, Copy, Debug)]
pub struct Jobs {
    /// Discount factor of the start date of the trade in the next row.
    pub start: Col,
    /// A trade.
    pub trade: Col,
    /// The normal distribution of the option in the row before.
    pub option: Col,
    /// The delta of the tranche in the row before.
    pub tranche: Col,
    /// End of a subset: a bucket, an entity, a commodity type, or a whole hedging set.
    pub subset: Col,
    /// End of a hedging set.
    pub hedging_set: Col,
    /// An item of margin.
    pub margin: Col,
    /// End of a netting set: its multiplier.
    pub netting_set: Col,
    /// Replacement cost of an agreement.
    pub replacement: Col,
    /// End of an agreement: its exposure.
    pub exposure: Col,
}

impl Jobs {
    /// All jobs.
    pub fn all(&self) -> [Col; 10] {
        [
            self.start,
            self.trade,
            self.option,
            self.tranche,
            self.subset,
            self.hedging_set,
            self.margin,
            self.netting_set,
            self.replacement,
            self.exposure,
        ]
    }
}

/// Range-checked words. Names tell their bits; jobs say what they hold.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Words {
    pub n65: Col,
    pub v65: Col,
    pub r65: Col,
    pub s65: Col,
    pub p52: Col,
    pub k52: Col,
    pub y52: Col,
    pub d52: Col,
    pub q52: Col,
    pub f52: Col,
    pub w104: Col,
    pub eta30: Col,
    pub b31: Col,
    pub c26: Col,
    pub d13: Col,
}

/// Registers: each row hands them to the next, changed or not.
#[derive(Clone, Copy, Debug)]
pub struct Registers {
    /// Code of (class, variant) of the subset.
    pub class: Col,
    /// Number of the subset within its hedging set.
    pub subset: Col,
    /// Number of the hedging set: 2^30 · group + name.
    pub hedging_set: Col,
    /// Margin period of the netting set; 0 without margin.
    pub period: Col,
    /// Currency of settlement of the netting set.
    pub currency: Col,
    /// Discount factor of the start date, Q88.
    pub start: Col,
    /// Σ D of the subset.
    pub effective: Col,
    /// Σ of error bounds of the subset.
    pub error: Col,
    /// Sums of the hedging set.
    pub sums: [Col; 3],
    /// What rounding may have lost in the netting set.
    pub lean: Col,
    /// Σ of add-ons of the netting set.
    pub addon: Col,
    /// Market value of the netting set.
    pub value: Col,
    /// Number of trades of the netting set.
    pub trades: Col,
    /// Number of trades charged gross in the netting set.
    pub gross: Col,
    /// Independent amounts of the netting set.
    pub independent: Col,
    /// Variation margin of the netting set.
    pub variation: Col,
    /// Σ PFE of the agreement.
    pub pfe: Col,
    /// Σ max(V, 0) of the agreement.
    pub positive: Col,
    /// Σ V of the agreement.
    pub net: Col,
    /// Σ C of the agreement.
    pub collateral: Col,
    /// Σ of independent amounts of the agreement.
    pub independent_all: Col,
    /// Number of netting sets of the agreement.
    pub sets: Col,
    /// Number of its netting sets that are charged with margin.
    pub margined: Col,
    /// Number of its trades that are not sold options with a value of zero or less, and of its
    /// items of margin.
    pub others: Col,
}

impl Registers {
    /// Those that start at zero and are cleared by the job that takes them.
    pub fn sums(&self) -> [Col; 20] {
        [
            self.effective,
            self.error,
            self.sums[0],
            self.sums[1],
            self.sums[2],
            self.lean,
            self.addon,
            self.value,
            self.trades,
            self.gross,
            self.independent,
            self.variation,
            self.pfe,
            self.positive,
            self.net,
            self.collateral,
            self.independent_all,
            self.sets,
            self.margined,
            self.others,
        ]
    }
}

/// The two lines of the rulebook that a row reads.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    /// Key of the first line.
    pub key: Col,
    /// Values of the first line.
    pub values: [Col; 6],
    /// Key of the second line.
    pub second_key: Col,
    /// Values of the second line.
    pub second: [Col; 5],
}

/// One function of the fixed-point library per row.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Node of the table.
    pub node: Col,
    /// Coefficients.
    pub coefficients: [Col; 3],
    /// The quadratic in the node's interval.
    pub poly: Col,
    /// Index of the head.
    pub head: Col,
    /// Factor of the head, Q44.
    pub factor: Col,
    /// 2^head, for logarithms.
    pub power: Col,
    /// (head + 1) · ln 2, Q44, for logarithms.
    pub addend: Col,
}

/// Columns of the module.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// 120-bit digest of the external id: of the trade, the item of margin, the netting set.
    pub id: Col,
    /// The job.
    pub jobs: Jobs,
    /// Bits whose meaning depends on the job.
    pub bits: [Col; 8],
    /// Words.
    pub words: Words,
    /// Intermediate values, each fixed by a gate of its job.
    pub steps: [Col; 6],
    /// |δ|, Q44.
    pub delta: Col,
    /// Its error bound, Q44.
    pub delta_error: Col,
    /// Registers.
    pub registers: Registers,
    /// Lines of the rulebook.
    pub lines: Lines,
    /// Currency or asset.
    pub currency: Col,
    /// Its rate, 10^-8.
    pub rate: Col,
    /// Currency or asset of the market value.
    pub value_currency: Col,
    /// Its rate, 10^-8.
    pub value_rate: Col,
    /// Residual maturity in quarter days; 0 in a margined set.
    pub maturity: Col,
    /// Maturity factor, Q32.
    pub maturity_factor: Col,
    /// A date in quarter days: 512 · high + low.
    pub date_high: Col,
    /// Its discount factor, Q44.
    pub discount_high: Col,
    /// See `date_high`.
    pub date_low: Col,
    /// Its discount factor, Q44.
    pub discount_low: Col,
    /// The function.
    pub function: Function,
}

/// Numbers of the lines of the table of parameters; the job of a row says which it reads.
pub(super) mod line {
    /// A trade's class.
    pub(in crate::cells::derivatives) const TRADE: u64 = 1;
    /// An option's volatility.
    pub(in crate::cells::derivatives) const OPTION: u64 = 2;
    /// A subset's class.
    pub(in crate::cells::derivatives) const SUBSET: u64 = 3;
    /// A hedging set's group.
    pub(in crate::cells::derivatives) const HEDGING_SET: u64 = 4;
    /// A netting set's margin period.
    pub(in crate::cells::derivatives) const NETTING_SET: u64 = 5;
    /// A counterparty's weight.
    pub(in crate::cells::derivatives) const EXPOSURE: u64 = 6;
    /// The two numbers of a tranche's delta, for each class that has tranches.
    pub(in crate::cells::derivatives) const TRANCHE: u64 = 7;
    /// The haircut of an item of margin.
    pub(in crate::cells::derivatives) const MARGIN: u64 = 8;
    /// A bucket of end dates; second line of a trade.
    pub(in crate::cells::derivatives) const BUCKET: u64 = 9;
    /// Weights in the sums of a hedging set; second line of a subset.
    pub(in crate::cells::derivatives) const WEIGHTS: u64 = 10;
}

/// Q88: the discount factor of now.
pub(super) const DISCOUNT_ONE_BITS: u32 = 88;

impl Columns {
    /// Declares columns and lookups.
    pub fn declare(d: &mut Declaration) -> Columns {
        let id = d.bounded_by("id", COMMITTED_ONLY);
        let jobs = Jobs {
            start: d.bit("start date"),
            trade: d.bit("trade"),
            option: d.bit("option"),
            tranche: d.bit("tranche"),
            subset: d.bit("subset"),
            hedging_set: d.bit("hedging set"),
            margin: d.bit("margin"),
            netting_set: d.bit("netting set"),
            replacement: d.bit("replacement cost"),
            exposure: d.bit("exposure"),
        };
        let bits = [
            d.bit("bit 0"),
            d.bit("bit 1"),
            d.bit("bit 2"),
            d.bit("bit 3"),
            d.bit("bit 4"),
            d.bit("bit 5"),
            d.bit("bit 6"),
            d.bit("bit 7"),
        ];
        let words = Words {
            n65: d.column("word n", 65),
            v65: d.column("word v", 65),
            r65: d.column("word r", 65),
            s65: d.column("word s", 65),
            p52: d.column("word p", 52),
            k52: d.column("word k", 52),
            y52: d.column("word y", 52),
            d52: d.column("word d", 52),
            q52: d.column("word q", 52),
            f52: d.column("word f", 52),
            w104: d.column("word w", 104),
            eta30: d.column("word eta", 30),
            b31: d.column("word b", 31),
            c26: d.column("word c", 26),
            d13: d.column("small word", 13),
        };
        let step = "a gate of each job that uses it";
        let steps = [
            d.bounded_by("step 0", step),
            d.bounded_by("step 1", step),
            d.bounded_by("step 2", step),
            d.bounded_by("step 3", step),
            d.bounded_by("step 4", step),
            d.bounded_by("step 5", step),
        ];
        let delta = d.bounded_by("delta", "the gates of trade, option and tranche");
        let delta_error = d.bounded_by("error of delta", "the gates of trade, option and tranche");
        let register = "the gates that carry it from row to row";
        let registers = Registers {
            class: d.bounded_by("class", register),
            subset: d.bounded_by("subset number", register),
            hedging_set: d.bounded_by("hedging set number", register),
            period: d.bounded_by("margin period", register),
            currency: d.bounded_by("settlement currency", register),
            start: d.bounded_by("discount factor of the start", register),
            effective: d.bounded_by("effective notional", register),
            error: d.bounded_by("error bounds", register),
            sums: [
                d.bounded_by("first sum", register),
                d.bounded_by("second sum", register),
                d.bounded_by("third sum", register),
            ],
            lean: d.bounded_by("lean", register),
            addon: d.bounded_by("add-on", register),
            value: d.bounded_by("market value", register),
            trades: d.bounded_by("trades", register),
            gross: d.bounded_by("gross trades", register),
            independent: d.bounded_by("independent amount", register),
            variation: d.bounded_by("variation margin", register),
            pfe: d.bounded_by("potential future exposure", register),
            positive: d.bounded_by("positive market values", register),
            net: d.bounded_by("net market value", register),
            collateral: d.bounded_by("collateral", register),
            independent_all: d.bounded_by("independent amounts", register),
            sets: d.bounded_by("netting sets", register),
            margined: d.bounded_by("margined netting sets", register),
            others: d.bounded_by("trades that cannot lie outside, and margin", register),
        };
        let lookup = "its lookup";
        let lines = Lines {
            key: d.bounded_by("key of the line", lookup),
            values: [
                d.bounded_by("value 0 of the line", lookup),
                d.bounded_by("value 1 of the line", lookup),
                d.bounded_by("value 2 of the line", lookup),
                d.bounded_by("value 3 of the line", lookup),
                d.bounded_by("value 4 of the line", lookup),
                d.bounded_by("value 5 of the line", lookup),
            ],
            second_key: d.bounded_by("key of the second line", lookup),
            second: [
                d.bounded_by("value 0 of the second line", lookup),
                d.bounded_by("value 1 of the second line", lookup),
                d.bounded_by("value 2 of the second line", lookup),
                d.bounded_by("value 3 of the second line", lookup),
                d.bounded_by("value 4 of the second line", lookup),
            ],
        };
        let function = Function {
            node: d.bounded_by("node", lookup),
            coefficients: [
                d.bounded_by("coefficient 0", lookup),
                d.bounded_by("coefficient 1", lookup),
                d.bounded_by("coefficient 2", lookup),
            ],
            poly: d.bounded_by("quadratic", "the gate that evaluates it"),
            head: d.bounded_by("head", lookup),
            factor: d.bounded_by("factor of the head", lookup),
            power: d.bounded_by("power of the head", lookup),
            addend: d.bounded_by("addend of the head", lookup),
        };
        functions::declare_tables(d);
        let columns = Columns {
            id,
            jobs,
            bits,
            words,
            steps,
            delta,
            delta_error,
            registers,
            lines,
            currency: d.bounded_by("currency", lookup),
            rate: d.bounded_by("rate", lookup),
            value_currency: d.bounded_by("currency of the value", lookup),
            value_rate: d.bounded_by("rate of the value", lookup),
            maturity: d.bounded_by("maturity", lookup),
            maturity_factor: d.bounded_by("maturity factor", lookup),
            date_high: d.bounded_by("date, high part", lookup),
            discount_high: d.bounded_by("discount factor, high part", lookup),
            date_low: d.bounded_by("date, low part", lookup),
            discount_low: d.bounded_by("discount factor, low part", lookup),
            function,
        };
        columns.lookups(d);
        columns
    }

    fn lookups(&self, d: &mut Declaration) {
        let jobs = &self.jobs;
        let number = |list: &[(Col, u64)]| {
            list.iter()
                .fold(Expr::from(0), |sum, (job, line)| sum + job.here() * *line)
        };
        let first = number(&[
            (jobs.trade, line::TRADE),
            (jobs.option, line::OPTION),
            (jobs.subset, line::SUBSET),
            (jobs.hedging_set, line::HEDGING_SET),
            (jobs.netting_set, line::NETTING_SET),
            (jobs.exposure, line::EXPOSURE),
            (jobs.tranche, line::TRANCHE),
            (jobs.margin, line::MARGIN),
        ]);
        let second = number(&[(jobs.trade, line::BUCKET), (jobs.subset, line::WEIGHTS)]);
        let tuple = |head: Expr, rest: &[Col]| {
            std::iter::once(head)
                .chain(rest.iter().map(|col| col.here()))
                .collect::<Vec<_>>()
        };
        // Number and key stand apart: a key that a prover may choose never reaches another
        // job's line.
        let line = |number: Expr, key: Col, values: &[Col]| {
            let mut tuple = vec![number, key.here()];
            tuple.extend(values.iter().map(|col| col.here()));
            tuple
        };
        d.lookup(
            "the parameters are the rulebook's for this row's job",
            tags::DERIVATIVE_LINE,
            line(first, self.lines.key, &self.lines.values),
        );
        d.lookup(
            "bucket or weights are the rulebook's",
            tags::DERIVATIVE_LINE,
            line(second, self.lines.second_key, &self.lines.second),
        );
        d.lookup(
            "the rate is that of the currency or asset",
            tags::RATE,
            // Margin is in a currency: an asset would pass as cash.
            vec![self.currency.here(), self.rate.here(), jobs.margin.here()],
        );
        d.lookup(
            "the value's rate is that of its currency or asset",
            tags::RATE,
            vec![self.value_currency.here(), self.value_rate.here()],
        );
        d.lookup(
            "the maturity factor is the margin period's, or the maturity's without margin",
            tags::MATURITY_FACTOR,
            vec![
                self.registers.period.here(),
                self.maturity.here(),
                self.maturity_factor.here(),
            ],
        );
        d.lookup(
            "the date's high part has this discount factor",
            tags::DISCOUNT_HIGH,
            vec![self.date_high.here(), self.discount_high.here()],
        );
        d.lookup(
            "the date's low part has this discount factor",
            tags::DISCOUNT_LOW,
            vec![self.date_low.here(), self.discount_low.here()],
        );
        // exp in a netting set's row, Φ in an option's, ln in all others.
        let which = Expr::from(functions::LN)
            - jobs.netting_set.here() * (functions::LN - functions::EXP)
            + jobs.option.here() * (functions::NORMAL - functions::LN);
        let f = &self.function;
        let [k0, k1, k2] = f.coefficients;
        d.lookup(
            "the coefficients are those of the function at the node",
            FUNCTION,
            tuple(which.clone(), &[f.node, k0, k1, k2]),
        );
        d.lookup(
            "the head is the function's",
            HEAD,
            tuple(which, &[f.head, f.factor, f.power, f.addend]),
        );
        functions::declare_poly(
            d,
            "the quadratic is evaluated in the node's interval",
            k0,
            k1,
            k2,
            self.words.eta30,
            f.poly,
        );
    }

    /// The function's argument below its head: 2^30 · node + η.
    pub fn argument(&self) -> Expr {
        self.function.node.here() * (1u64 << 30) + self.words.eta30.here()
    }

    /// The function's value, rounded down, in word y; its remainder in word w.
    pub fn evaluation(&self) -> Evaluation {
        Evaluation {
            head: Word::of(self.function.factor, FACTOR_BITS),
            poly: self.function.poly,
            y: self.words.word(self.words.y52),
            remainder: self.words.word(self.words.w104),
        }
    }

    /// The date of the row, quarter days.
    pub fn date(&self) -> Expr {
        self.date_high.here() * 512 + self.date_low.here()
    }

    /// The date's discount factor, Q88.
    pub fn discount(&self) -> Expr {
        self.discount_high.here() * self.discount_low.here()
    }
}

impl Words {
    /// The word as the fixed-point library takes it.
    pub fn word(&self, col: Col) -> Word {
        let bits = match col {
            c if [self.n65, self.v65, self.r65, self.s65].contains(&c) => 65,
            c if c == self.w104 => 104,
            c if c == self.eta30 => 30,
            c if c == self.b31 => 31,
            c if c == self.c26 => 26,
            c if c == self.d13 => 13,
            _ => 52,
        };
        Word::of(col, bits)
    }

    /// Several words as one, the lowest first.
    pub fn join(&self, cols: &[Col]) -> Word {
        let mut words = cols.iter().map(|col| self.word(*col));
        let first = words.next().unwrap_or_else(|| Word::constant(0));
        words.fold(first, Word::join)
    }
}
