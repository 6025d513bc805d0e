//! Random capital lines and stated lines, and thresholds around the ratios that they give.

use num_bigint::BigInt;
use num_rational::BigRational;
use plimsoll_circuits::book::{Book, Line};
use plimsoll_circuits::capital::CapitalAssessment;
use plimsoll_circuits::claim::{MAX_THRESHOLD, Ratio};
use plimsoll_circuits::rulebook::{Role, Rulebook, StatedEffect};

use super::line;
use super::random::Random;

/// Capital and stated lines of amounts up to `bits`.
pub(crate) fn lines(book: &mut Book, rulebook: &Rulebook, bits: u32, random: &mut Random) {
    let presence = *random.pick(&[0, 10, 40, 100]);
    for item in &rulebook.capital {
        let is_total = matches!(item.role, Role::Assets | Role::Liabilities);
        // Threshold items and deductions are what the rules are about: they are often there.
        let often = match item.role {
            Role::Threshold | Role::CappedProvisions { .. } => 60,
            Role::Deduction if presence > 0 => presence / 2,
            _ => presence,
        };
        if !is_total && random.chance(often) {
            book.capital.push(line(&item.name, random.amount(bits)));
        }
    }
    near_the_limits(rulebook, &mut book.capital, random);
    balance(rulebook, &mut book.capital, random);
    for stated in &rulebook.stated {
        let percent = match stated.effect {
            StatedEffect::ReducesRwa => 15,
            _ => 50,
        };
        if random.chance(percent) {
            book.stated.push(line(&stated.name, random.amount(bits)));
        }
    }
}

/// Sometimes threshold items around their limits: a tenth of the largest amount of the book.
fn near_the_limits(rulebook: &Rulebook, capital: &mut [Line], random: &mut Random) {
    let most = capital.iter().map(|line| line.amount).max().unwrap_or(0);
    if !random.chance(30) {
        return;
    }
    for line in capital {
        let item = rulebook.capital.iter().find(|item| item.name == line.name);
        if item.is_some_and(|item| item.role == Role::Threshold) {
            line.amount = most / 100 * (4 + random.below(9));
        }
    }
}

/// Sometimes a balance sheet; it mostly closes.
fn balance(rulebook: &Rulebook, capital: &mut Vec<Line>, random: &mut Random) {
    if !random.chance(25) {
        return;
    }
    let equity: i128 = rulebook
        .capital
        .iter()
        .filter(|item| item.equity)
        .map(|item| {
            let amount = capital.iter().find(|line| line.name == item.name);
            let amount = i128::from(amount.map_or(0, |line| line.amount));
            if item.role == Role::Deduction {
                -amount
            } else {
                amount
            }
        })
        .sum();
    let off = i128::from(random.chance(20)) * (1 - 2 * i128::from(random.chance(50)));
    let (assets, liabilities) = ((equity + off).max(0), (-equity - off).max(0));
    let both = random.amount(20);
    for item in &rulebook.capital {
        let side = match item.role {
            Role::Assets => assets,
            Role::Liabilities => liabilities,
            _ => continue,
        };
        let amount = u64::try_from(side + i128::from(both)).unwrap_or(u64::MAX);
        capital.push(line(&item.name, amount));
    }
}

/// Just below, at and just above the exact ratio on the grid of 10^-6, and the ends of the grid.
pub(crate) fn thresholds(
    capital: &CapitalAssessment,
    ratio: Ratio,
    random: &mut Random,
) -> Vec<u32> {
    let found = capital.ratio(ratio).expect("the rulebook has it");
    let floor = found.value().map_or_else(
        || BigInt::from(random.below(u64::from(MAX_THRESHOLD))),
        |value| {
            (value * BigRational::from_integer(1_000_000.into()))
                .floor()
                .to_integer()
        },
    );
    let on_grid = |value: BigInt| {
        let most = BigInt::from(MAX_THRESHOLD);
        u32::try_from(value.clamp(BigInt::ZERO, most)).expect("on the grid")
    };
    let other = match random.below(4) {
        0 => 0,
        1 => MAX_THRESHOLD,
        2 => on_grid(&floor - 1),
        _ => on_grid(&floor + 2),
    };
    let mut thresholds = vec![on_grid(floor.clone()), on_grid(floor + 1), other];
    thresholds.dedup();
    thresholds
}
