//! The hierarchy for other programs. Amounts are decimal strings in whole units of the reporting
//! currency: exact for market values, collateral, replacement cost, add-ons, exposure and
//! risk-weighted assets; what the twin holds in binary fractions (the future exposure, notionals,
//! deltas, factors) has twelve decimals, rounded away from zero.

use num_rational::BigRational;
use plimsoll_circuits::book::Variant;
use plimsoll_circuits::counterparty_risk::{
    AgreementFigures, HedgingSetFigures, SetFigures, SubsetFigures,
};
use serde_json::{Value, json};

use super::{View, asset_classes, delta, maturity_factor, outward};
use crate::assessment::Assessment;
use crate::figures::terminating;
use crate::report::json::MOST_DECIMALS;
use crate::sources::Sources;

/// Decimals of binary fractions.
const DECIMALS: u32 = 12;

/// The section; null where the book has no netting sets.
pub(in crate::report) fn json(sources: &Sources, assessment: &Assessment, trades: bool) -> Value {
    let counterparty = &assessment.counterparty;
    if counterparty.agreements.is_empty() {
        return Value::Null;
    }
    let view = View::new(sources, assessment, trades);
    let exposure: BigRational = view
        .assessment
        .counterparty
        .agreements
        .iter()
        .map(|agreement| view.exposure(agreement))
        .sum();
    let agreements = counterparty.agreements.iter();
    json!({
        "exposure": exact(&exposure),
        "rwa": exact(&view.units.rwa(&counterparty.rwa)),
        "agreements": agreements.map(|agreement| view.json_agreement(agreement)).collect::<Vec<_>>(),
    })
}

impl View<'_> {
    fn json_agreement(&self, agreement: &AgreementFigures) -> Value {
        let first = agreement.sets.first();
        let first = first.and_then(|set| self.sources.book.netting_sets.get(set.set));
        let amount = |units: u64| exact(&self.units.amount(units));
        json!({
            "name": self.agreement(agreement),
            "class": first.map_or("", |set| set.class.as_str()),
            "grade": first.map_or("", |set| set.grade.as_str()),
            "outside": agreement.outside,
            "threshold": amount(agreement.threshold),
            "minimum_transfer": amount(agreement.minimum_transfer),
            "replacement_cost": exact(&self.replacement_cost(agreement)),
            "exposure": exact(&self.exposure(agreement)),
            "weight": exact(&crate::figures::fraction(agreement.weight, 4)),
            "rwa": exact(&self.units.rwa(&agreement.rwa)),
            "netting_sets": agreement.sets.iter().map(|set| self.json_set(set)).collect::<Vec<_>>(),
        })
    }

    fn json_set(&self, set: &SetFigures) -> Value {
        let classes = asset_classes(set).into_iter().map(|(class, hedging_sets)| {
            let sum = hedging_sets.iter().map(|hedging| &hedging.addon).sum();
            json!({
                "asset_class": class,
                "addon": exact(&self.addon(&sum)),
                "hedging_sets": hedging_sets
                    .into_iter()
                    .map(|hedging| self.json_hedging_set(hedging))
                    .collect::<Vec<_>>(),
            })
        });
        json!({
            "netting_set": self.netting_set(set),
            "trades": set.trades,
            "margin_period_days": self.margin_days(set),
            "market_value": exact(&self.value(&set.value)),
            "collateral": exact(&self.collateral(&set.collateral)),
            "independent": exact(&self.collateral(&set.independent)),
            "variation": exact(&self.collateral(&set.variation)),
            "addon": exact(&self.addon(&set.addon)),
            "multiplier": outward(&self.multiplier(set), DECIMALS),
            "pfe": outward(&self.pfe(set), DECIMALS),
            "asset_classes": classes.collect::<Vec<_>>(),
        })
    }

    fn json_hedging_set(&self, hedging: &HedgingSetFigures) -> Value {
        let subsets = hedging.subsets.iter();
        json!({
            "hedging_set": self.hedging_set(hedging),
            "variant": match hedging.variant {
                Variant::Plain => "plain",
                Variant::Basis => "basis",
                Variant::Volatility => "volatility",
            },
            "addon": exact(&self.addon(&hedging.addon)),
            "subsets": subsets.map(|subset| self.json_subset(subset)).collect::<Vec<_>>(),
        })
    }

    fn json_subset(&self, subset: &SubsetFigures) -> Value {
        let trades = subset.trades.iter().map(|trade| {
            json!({
                "trade": self.trade(trade),
                "delta": outward(&delta(trade), DECIMALS),
                "maturity_factor": outward(&maturity_factor(trade), DECIMALS),
                "effective_notional":
                    outward(&self.effective(subset, &trade.effective), DECIMALS),
            })
        });
        json!({
            "name": subset.name,
            "class": self.class(subset),
            "bucket": self.buckets(subset).then_some(subset.key),
            "effective_notional": outward(&self.effective(subset, &subset.effective), DECIMALS),
            "addon": exact(&self.subset_addon(subset)),
            "trades": self.trades.then(|| trades.collect::<Vec<_>>()),
        })
    }
}

fn exact(value: &BigRational) -> Value {
    terminating(value, MOST_DECIMALS).into()
}
