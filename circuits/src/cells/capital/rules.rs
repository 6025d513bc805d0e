//! The capital rules as a system of relations (CAP10, CAP30, RBC20, RBC30, LEV30).
//!
//! Tier 2 and additional tier 1 absorb their own deductions; what they cannot absorb falls on the
//! next higher tier. Every minimum and maximum is exact on both sides. A bound in one direction
//! would not do: a larger shortfall lowers CET1 before the thresholds of CAP30, so that more is
//! deducted and risk-weighted assets fall by the weight of what is deducted.

use num_bigint::{BigInt, BigUint};
use num_rational::BigRational;

use crate::amount::{AMOUNT_BITS, EXPOSURE_SCALE, RWA_SCALE, THRESHOLD_ONE, WEIGHT_ONE};
use crate::book::Line;
use crate::cells::capital::CREDIT_RISK;
use crate::cells::capital::system::{Linear, System, SystemError, Var};
use crate::claim::{Claim, Ratio};
use crate::rulebook::{Role, Rulebook, StatedEffect, StatedLine, Tier};

/// Bits of a total of risk-weighted assets, 10^-25: 2^68 units.
pub const RWA_BITS: u64 = 152;
/// Bits of a total exposure measure, 10^-12: 2^68 units.
pub const EXPOSURE_BITS: u64 = 108;
/// Bits that the bit budget of the row circuits allows a total: amount, scale, weight, rows, copies.
pub const TOTAL_BITS: u64 = 200;

/// What is public about the capital of an attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapitalPlan {
    /// The claims, each ratio at most once.
    pub claims: Vec<Claim>,
    /// For each stated line of the rulebook, whether it is stated.
    pub stated: Vec<bool>,
    /// Whether credit-risk proofs are linked.
    pub credit_risk: bool,
    /// Whether assets, liabilities and equity are in the book and must agree.
    pub balance_sheet: bool,
}

/// What is private.
#[derive(Clone, Copy)]
pub struct CapitalInputs<'a> {
    /// Sum of the credit-risk totals: risk-weighted assets, 10^-25.
    pub rwa: &'a BigUint,
    /// Sum of the credit-risk totals: exposure measure, 10^-12.
    pub exposure: &'a BigUint,
    /// Sum of the credit-risk totals: collateral items.
    pub items: u64,
    /// Capital items.
    pub capital: &'a [Line],
    /// Stated lines.
    pub stated: &'a [Line],
}

impl std::fmt::Debug for CapitalInputs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CapitalInputs(..)")
    }
}

fn ratio(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

fn one() -> BigRational {
    ratio(1, 1)
}

fn decimals(scale: u32) -> BigRational {
    ratio(1, BigInt::from(10).pow(scale))
}

/// Whether a book's capital items hold a balance sheet that can be compared.
pub fn has_balance_sheet(rulebook: &Rulebook, capital: &[Line]) -> bool {
    let present = |role: Role| {
        rulebook
            .capital
            .iter()
            .any(|item| item.role == role && capital.iter().any(|line| line.name == item.name))
    };
    rulebook.has_balance_sheet() && present(Role::Assets) && present(Role::Liabilities)
}

/// The system of an attestation: relations for both sides, words for the prover.
pub fn capital_system(
    rulebook: &Rulebook,
    plan: &CapitalPlan,
    inputs: Option<CapitalInputs<'_>>,
) -> Result<System, SystemError> {
    let system = match &inputs {
        None => System::public(),
        Some(i) => System::with_totals(totals_of(i)),
    };
    state(rulebook, plan, inputs, system)
}

/// The system as an adversary solves it who adds to the values of some variables, by number.
#[cfg(feature = "cheat")]
pub fn cheating_system(
    rulebook: &Rulebook,
    plan: &CapitalPlan,
    inputs: CapitalInputs<'_>,
    lies: Vec<(usize, BigInt)>,
) -> Result<System, SystemError> {
    let system = System::cheating(totals_of(&inputs), lies);
    state(rulebook, plan, Some(inputs), system)
}

fn totals_of(inputs: &CapitalInputs<'_>) -> Vec<((usize, usize), BigUint)> {
    vec![
        ((CREDIT_RISK, 0), inputs.rwa.clone()),
        ((CREDIT_RISK, 1), inputs.exposure.clone()),
        ((CREDIT_RISK, 2), BigUint::from(inputs.items)),
    ]
}

fn state(
    rulebook: &Rulebook,
    plan: &CapitalPlan,
    inputs: Option<CapitalInputs<'_>>,
    system: System,
) -> Result<System, SystemError> {
    let mut rules = Rules {
        rulebook,
        plan,
        inputs,
        system,
    };
    rules.state()?;
    Ok(rules.system)
}

struct Rules<'a> {
    rulebook: &'a Rulebook,
    plan: &'a CapitalPlan,
    inputs: Option<CapitalInputs<'a>>,
    system: System,
}

/// The quantities that claims compare.
struct Position {
    cet1: Linear,
    tier1: Linear,
    total: Linear,
    rwa: Linear,
    leverage: Linear,
}

impl Rules<'_> {
    fn state(&mut self) -> Result<(), SystemError> {
        let (credit, exposure) = self.totals()?;
        let items = self.items()?;
        let lines = self.stated()?;
        self.balance_sheet(&items)?;
        let position = self.position(&credit, &exposure, &items, &lines)?;
        if !self.plan.claims.is_empty() {
            // Negative CET1 fails every test, whatever the other tiers hold.
            self.system
                .not_negative("common equity tier 1 is not negative", &position.cet1)?;
        }
        for claim in &self.plan.claims.clone() {
            self.claim(claim, &position)?;
        }
        Ok(())
    }

    /// Linked totals, each brought to the width that the claims count on.
    fn totals(&mut self) -> Result<(Linear, Linear), SystemError> {
        let rwa = self.inputs.map(|i| i.rwa.clone());
        let exposure = self.inputs.map(|i| i.exposure.clone());
        let mut link = |name: &str, row, bits, scale, value| {
            let unit = decimals(scale);
            let var = self.system.variable(name, bits, unit.clone(), value)?;
            let total = Linear::total(CREDIT_RISK, row, TOTAL_BITS, unit);
            self.system.zero(name, &Linear::var(var).minus(&total))?;
            Ok::<_, SystemError>(Linear::var(var))
        };
        let credit = link(
            "credit-risk RWA is the linked total",
            0,
            RWA_BITS,
            RWA_SCALE,
            rwa,
        )?;
        let exposure = link(
            "the exposure measure is the linked total",
            1,
            EXPOSURE_BITS,
            EXPOSURE_SCALE,
            exposure,
        )?;
        Ok((credit, exposure))
    }

    fn amount(&mut self, name: &str, lines: Option<&[Line]>) -> Result<Var, SystemError> {
        let line = lines.and_then(|lines| lines.iter().find(|line| line.name == name));
        let value = lines.map(|_| BigUint::from(line.map_or(0, |line| line.amount)));
        self.system
            .variable(name, u64::from(AMOUNT_BITS), one(), value)
    }

    fn items(&mut self) -> Result<Vec<Linear>, SystemError> {
        let lines = self.inputs.map(|i| i.capital);
        let rulebook = self.rulebook;
        rulebook
            .capital
            .iter()
            .map(|item| Ok(Linear::var(self.amount(&item.name, lines)?)))
            .collect()
    }

    /// Stated lines; one that the statement does not list is zero.
    fn stated(&mut self) -> Result<Vec<Linear>, SystemError> {
        let lines = self.inputs.map(|i| i.stated);
        let rulebook = self.rulebook;
        let mut stated = Vec::new();
        for (index, line) in rulebook.stated.iter().enumerate() {
            let amount = Linear::var(self.amount(&line.name, lines)?);
            if !self.plan.stated.get(index).copied().unwrap_or(false) {
                self.system
                    .zero(&format!("`{}` is not stated", line.name), &amount)?;
            }
            stated.push(amount);
        }
        Ok(stated)
    }

    fn sum_of(&self, items: &[Linear], tier: Tier, role: Role) -> Linear {
        let of_kind = self.rulebook.capital.iter().zip(items);
        of_kind
            .filter(|(item, _)| item.tier == tier && item.role == role)
            .fold(Linear::default(), |sum, (_, amount)| sum.plus(amount))
    }

    fn balance_sheet(&mut self, items: &[Linear]) -> Result<(), SystemError> {
        if !self.plan.balance_sheet {
            return Ok(());
        }
        let mut form = Linear::default();
        for (item, amount) in self.rulebook.capital.iter().zip(items) {
            form = match item.role {
                Role::Assets => form.plus(amount),
                Role::Liabilities => form.minus(amount),
                Role::Deduction if item.equity => form.plus(amount),
                _ if item.equity => form.minus(amount),
                _ => form,
            };
        }
        self.system
            .zero("assets less liabilities are the equity", &form)
    }

    /// Provisions that count, by tier: what there is, up to the cap on credit RWA, exactly.
    fn provisions(
        &mut self,
        credit: &Linear,
        items: &[Linear],
    ) -> Result<Vec<(Tier, Linear)>, SystemError> {
        let mut counted = Vec::new();
        for (item, amount) in self.rulebook.capital.iter().zip(items) {
            let Role::CappedProvisions { cap } = item.role else {
                continue;
            };
            let limit = credit.clone().times(&ratio(cap, THRESHOLD_ONE));
            let name = format!("{} above their cap", item.name);
            let (over, _) = self.system.parts(&name, &amount.clone().minus(&limit))?;
            counted.push((item.tier, amount.clone().minus(&Linear::var(over))));
        }
        Ok(counted)
    }

    /// max(0, form) and the shortfall.
    fn absorb(&mut self, name: &str, form: &Linear) -> Result<(Linear, Linear), SystemError> {
        let name = format!("{name} after its deductions");
        let (left, shortfall) = self.system.parts(&name, form)?;
        Ok((Linear::var(left), Linear::var(shortfall)))
    }

    fn position(
        &mut self,
        credit: &Linear,
        exposure: &Linear,
        items: &[Linear],
        lines: &[Linear],
    ) -> Result<Position, SystemError> {
        let provisions = self.provisions(credit, items)?;
        let net = |rules: &Self, tier| {
            let components = rules.sum_of(items, tier, Role::Component);
            let net = components.minus(&rules.sum_of(items, tier, Role::Deduction));
            let of_tier = provisions.iter().filter(|(known, _)| *known == tier);
            of_tier.fold(net, |net, (_, counted)| net.plus(counted))
        };
        let tier2 = net(self, Tier::Tier2);
        let (tier2, shortfall) = self.absorb("tier 2", &tier2)?;
        let at1 = net(self, Tier::AdditionalTier1).minus(&shortfall);
        let (at1, shortfall) = self.absorb("additional tier 1", &at1)?;
        let before = net(self, Tier::Cet1).minus(&shortfall);
        let threshold: Vec<Linear> = self
            .rulebook
            .capital
            .iter()
            .zip(items)
            .filter(|(item, _)| item.role == Role::Threshold)
            .map(|(_, amount)| amount.clone())
            .collect();
        let (deducted, recognised, weight) = self.thresholds(&before, &threshold)?;
        let cet1 = before.minus(&deducted);

        let mut rwa = credit.clone().plus(&recognised.clone().times(&weight));
        let mut leverage = exposure.clone().plus(&recognised);
        // One stated line may be the whole measure; then nothing adds to it.
        let is_whole = |line: &StatedLine| line.effect == StatedEffect::IsLeverage;
        let whole = self.rulebook.stated.iter().any(is_whole);
        if whole {
            leverage = Linear::default();
        }
        for (line, amount) in self.rulebook.stated.iter().zip(lines) {
            match line.effect {
                StatedEffect::AddsToRwa => rwa = rwa.plus(amount),
                StatedEffect::ReducesRwa => rwa = rwa.minus(amount),
                StatedEffect::AddsToLeverage if whole => {}
                StatedEffect::AddsToLeverage | StatedEffect::IsLeverage => {
                    leverage = leverage.plus(amount);
                }
            }
        }
        if self
            .rulebook
            .stated
            .iter()
            .any(|line| line.effect == StatedEffect::ReducesRwa)
        {
            self.system
                .not_negative("reductions stay below risk-weighted assets", &rwa)?;
        }
        let tier1 = cet1.clone().plus(&at1);
        let total = tier1.clone().plus(&tier2);
        Ok(Position {
            cet1,
            tier1,
            total,
            rwa,
            leverage,
        })
    }

    /// CAP30: (deducted in all, what stays recognised, its weight).
    fn thresholds(
        &mut self,
        before: &Linear,
        items: &[Linear],
    ) -> Result<(Linear, Linear, BigRational), SystemError> {
        let Some(rule) = self.rulebook.thresholds.clone() else {
            // The parser refuses threshold items without thresholds.
            let all = items
                .iter()
                .fold(Linear::default(), |sum, item| sum.plus(item));
            return Ok((all, Linear::default(), one()));
        };
        let (base, _) = self.system.parts("CET1 before the thresholds", before)?;
        let individual = Linear::var(base).times(&ratio(rule.individual, THRESHOLD_ONE));
        let (mut deducted, mut kept, mut sum) =
            (Linear::default(), Linear::default(), Linear::default());
        for item in items {
            let over = item.clone().minus(&individual);
            let (over, _) = self
                .system
                .parts("amount above the individual threshold", &over)?;
            deducted = deducted.plus(&Linear::var(over));
            kept = kept.plus(item).minus(&Linear::var(over));
            sum = sum.plus(item);
        }
        let aggregate = ratio(rule.aggregate, THRESHOLD_ONE - u64::from(rule.aggregate));
        let limit = before.clone().minus(&sum).times(&aggregate);
        let (limit, _) = self
            .system
            .parts("limit of the aggregate threshold", &limit)?;
        let over = kept.clone().minus(&Linear::var(limit));
        let (over, _) = self
            .system
            .parts("amount above the aggregate threshold", &over)?;
        let recognised = kept.minus(&Linear::var(over));
        let weight = ratio(rule.weight, WEIGHT_ONE);
        Ok((deducted.plus(&Linear::var(over)), recognised, weight))
    }

    fn claim(&mut self, claim: &Claim, position: &Position) -> Result<(), SystemError> {
        let share = |micro: u64| ratio(micro, THRESHOLD_ONE);
        let mut compare = |name: &str, capital: &Linear, base: &Linear, threshold: u64| {
            let name = format!("claim {claim}{name}");
            let form = capital
                .clone()
                .minus(&base.clone().times(&share(threshold)));
            self.system.not_negative(&name, &form).map(|_| ())
        };
        let threshold = u64::from(claim.threshold);
        match claim.ratio {
            Ratio::Cet1 => compare("", &position.cet1, &position.rwa, threshold),
            Ratio::Tier1 => compare("", &position.tier1, &position.rwa, threshold),
            Ratio::Total => compare("", &position.total, &position.rwa, threshold),
            Ratio::Leverage => compare("", &position.tier1, &position.leverage, threshold),
            Ratio::Buffer => {
                // CET1 is free for the buffer only beyond what each minimum needs of it (RBC30).
                let minimum = |ratio: Ratio| {
                    self.rulebook
                        .ratios
                        .get(ratio.name())
                        .map_or(0, |rule| u64::from(rule.minimum))
                };
                let minima = [Ratio::Cet1, Ratio::Tier1, Ratio::Total].map(minimum);
                let capital = [&position.cet1, &position.tier1, &position.total];
                let names = [
                    ", over the CET1 minimum",
                    ", over the tier 1 minimum",
                    ", over the total minimum",
                ];
                for ((capital, minimum), name) in capital.into_iter().zip(minima).zip(names) {
                    compare(name, capital, &position.rwa, minimum + threshold)?;
                }
                Ok(())
            }
        }
    }
}
