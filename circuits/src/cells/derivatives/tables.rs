//! The public table of the derivatives circuit, from rulebook and snapshot.
//!
//! Every line of a job stands under the job's number and a key; a row that does no job reads the
//! line of zeros.

use crate::cells::derivatives::columns::line;
use crate::cells::derivatives::netting_set::SHARE_ONE;
use crate::cells::derivatives::option::QUOTED_SHIFT;
use crate::cells::tables::haircut_rows;
use crate::cells::tags;
use crate::counterparty_risk::{
    DISCOUNT_BITS, DISCOUNT_ERROR, DiscountTables, discount_floor, margin_haircut, margined_factor,
    unmargined_factor,
};
use crate::protocol::publics::PublicTable;
use crate::rulebook::{Aggregation, ClassLine, Derivatives, Rulebook};
use crate::snapshot::Snapshot;
use crate::statement::Prices;

/// The latest date, quarter days.
pub(super) const LATEST_DATE: u64 = (1 << 17) - 1;

/// The table.
pub fn public_table(rulebook: &Rulebook, snapshot: &Snapshot, prices: Prices) -> PublicTable {
    let mut table = PublicTable::default();
    let Some(rules) = &rulebook.derivatives else {
        return table;
    };
    push(&mut table, 0, 0, &[]);
    for class in &rulebook.derivative_lines() {
        class_lines(&mut table, rules, class, prices);
    }
    groups(&mut table, rules);
    buckets(&mut table, rules);
    margin_periods(&mut table, rules);
    for (index, (_, _, weight)) in (1..).zip(rulebook.class_rows()) {
        push(
            &mut table,
            line::EXPOSURE,
            index,
            &[weight.into(), rules.alpha.into()],
        );
    }
    margin(&mut table, rulebook, rules);
    for (index, (name, rate)) in (1..).zip(snapshot.quotes()) {
        table.push(tags::RATE, &[index, *rate, 0]);
        if snapshot.is_currency(name) {
            table.push(tags::RATE, &[index, *rate, 1]);
        }
    }
    let discounts = DiscountTables::new(rules);
    for (high, factor) in (0..).zip(&discounts.coarse) {
        table.push(tags::DISCOUNT_HIGH, &[high, *factor]);
    }
    for (low, factor) in (0..).zip(&discounts.fine) {
        table.push(tags::DISCOUNT_LOW, &[low, *factor]);
    }
    table
}

fn push(table: &mut PublicTable, number: u64, key: u64, values: &[u64]) {
    let mut tuple = vec![number, key];
    tuple.extend(values);
    tuple.resize(8, 0);
    table.push(tags::DERIVATIVE_LINE, &tuple);
}

fn class_lines(
    table: &mut PublicTable,
    rules: &Derivatives,
    class: &ClassLine<'_>,
    prices: Prices,
) {
    let code = u64::from(class.code);
    let bucketed = class.aggregation == Aggregation::Buckets;
    let single = class.aggregation == Aggregation::Single;
    let duration = class.class.duration;
    let (error, floor) = if duration {
        (DISCOUNT_ERROR, discount_floor(rules))
    } else {
        (0, 1 << DISCOUNT_BITS)
    };
    push(
        table,
        line::TRADE,
        code,
        &[
            error,
            floor,
            class.class.gross.into(),
            bucketed.into(),
            class.tied.into(),
            class.group.into(),
        ],
    );
    let volatility = u64::from(class.class.volatility);
    if volatility > 0 {
        for quoted in [0, 1] {
            if quoted == 0 && prices == Prices::Snapshot {
                continue;
            }
            push(
                table,
                line::OPTION,
                code + (quoted << QUOTED_SHIFT),
                &[
                    volatility * volatility,
                    rules.least_far_expiry(class.class.volatility),
                    rules.year_seconds() * SHARE_ONE * SHARE_ONE,
                ],
            );
        }
    }
    push(
        table,
        line::SUBSET,
        code,
        &[
            class.group.into(),
            class.named.into(),
            class.factor,
            bucketed.into(),
            single.into(),
        ],
    );
    if class.has_tranches() {
        push(table, line::TRANCHE, code, &rules.tranche.map(u64::from));
    }
    let weights =
        |table: &mut PublicTable, bucket: u64, [first, second, third, square]: [u64; 4]| {
            let values = [bucket, first, second, third, square];
            push(table, line::WEIGHTS, code, &values);
        };
    let correlation = u64::from(class.class.correlation);
    match class.aggregation {
        Aggregation::Buckets => {
            weights(table, 1, [100, 0, 0, 0]);
            weights(table, 2, [0, 100, 0, 0]);
            weights(table, 3, [0, 0, 100, 0]);
        }
        Aggregation::Entities => {
            let rest = SHARE_ONE * SHARE_ONE - correlation * correlation;
            weights(table, 0, [correlation, 0, 0, rest]);
        }
        Aggregation::Single => weights(table, 0, [0, 0, 0, SHARE_ONE * SHARE_ONE]),
    }
}

/// One line per (group, variant).
fn groups(table: &mut PublicTable, rules: &Derivatives) {
    let [one_two, two_three, one_three] = rules.bucket_correlations.map(|rho| 2 * u64::from(rho));
    for (index, group) in (1u64..).zip(&rules.groups) {
        for variant in 0..3 {
            let values = match group.aggregation {
                Aggregation::Buckets => [1, one_two, two_three, one_three],
                _ => [0; 4],
            };
            push(table, line::HEDGING_SET, index * 3 + variant, &values);
        }
    }
}

/// Bucket 0 is for classes without buckets.
fn buckets(table: &mut PublicTable, rules: &Derivatives) {
    let [first, second] = rules.bucket_edges.map(u64::from);
    for (bucket, low, high) in [
        (0, 0, LATEST_DATE),
        (1, 0, first - 1),
        (2, first, second),
        (3, second + 1, LATEST_DATE),
    ] {
        push(table, line::BUCKET, bucket, &[low, high]);
    }
}

/// Period 0 is "without margin": variation margin counts only where the rulebook says so.
fn margin_periods(table: &mut PublicTable, rules: &Derivatives) {
    let (large, floor) = (rules.large_set.into(), rules.multiplier_floor.into());
    let counts = rules.cap_counts_variation_margin.into();
    push(table, line::NETTING_SET, 0, &[0, 0, large, counts, floor]);
    for maturity in 0..=rules.year_quarter_days {
        table.push(
            tags::MATURITY_FACTOR,
            &[0, maturity.into(), unmargined_factor(rules, maturity)],
        );
    }
    for (index, period) in (1..).zip(&rules.margin_periods) {
        push(
            table,
            line::NETTING_SET,
            index,
            &[1, period.limited.into(), large, 1, floor],
        );
        table.push(
            tags::MATURITY_FACTOR,
            &[index, 0, margined_factor(rules, period.days)],
        );
    }
}

/// Every haircut over the horizon of every margin period, with and without a currency mismatch.
fn margin(table: &mut PublicTable, rulebook: &Rulebook, rules: &Derivatives) {
    let Some(haircuts) = &rulebook.haircuts else {
        return;
    };
    let horizons = std::iter::once(rules.unmargined_haircut_days)
        .chain(rules.margin_periods.iter().map(|period| period.days));
    for (period, days) in (0u64..).zip(horizons) {
        let counts = period > 0 || rules.cap_counts_variation_margin;
        haircut_rows(haircuts, |row, edge, haircut| {
            for mismatch in [false, true] {
                let scaled = margin_haircut(haircuts, haircut as u32, mismatch, days);
                push(
                    table,
                    line::MARGIN,
                    row,
                    &[edge, period, mismatch.into(), scaled, counts.into()],
                );
            }
        });
    }
}
