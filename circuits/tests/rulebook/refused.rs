//! One place of a good rulebook altered: the error has a name, a place and a next step.

use plimsoll_circuits::rulebook::{BUILTIN, Rulebook, RulebookError, RulebookProblem};

/// Changes one place of the Basel rulebook and returns what is then wrong, and with which key.
fn broken(from: &str, to: &str) -> (String, RulebookProblem) {
    let text = BUILTIN[0].1;
    assert!(text.contains(from), "{from} is not in the text");
    let changed = text.replacen(from, to, 1);
    match Rulebook::parse(&changed) {
        Err(RulebookError::Invalid { at, key, problem }) => {
            let error = RulebookError::Invalid {
                at,
                key: key.clone(),
                problem: problem.clone(),
            };
            assert!(at.line >= 1 && at.column >= 1, "{error}");
            assert!(error.to_string().starts_with("rulebook, line "), "{error}");
            assert!(!error.hint().is_empty());
            (key, problem)
        }
        other => panic!("{from} -> {to}: {other:?}"),
    }
}

#[test]
fn every_error_is_named() {
    type Check = fn(&RulebookProblem) -> bool;
    let cases: &[(&str, &str, &str, Check)] = &[
        (
            "name = \"retail\"",
            "name = \"re tail\"",
            "class.name",
            |p| matches!(p, RulebookProblem::Name(_)),
        ),
        (
            "name = \"retail-other\"",
            "name = \"retail\"",
            "class.name",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "[\"A\", \"20%\"]",
            "[\"AAA-AA\", \"20%\"]",
            "class.sovereign",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "name = \"residential\"",
            "name = \"retail\"",
            "banded.name",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "weight = \"75%\"",
            "weight = \"0.75\"",
            "class.retail",
            |p| matches!(p, RulebookProblem::Number { .. }),
        ),
        (
            "weight = \"75%\"",
            "weight = \"75.001%\"",
            "class.retail",
            |p| matches!(p, RulebookProblem::Number { .. }),
        ),
        (
            "weight = \"75%\"",
            "weight = \"-75%\"",
            "class.retail",
            |p| matches!(p, RulebookProblem::Number { .. }),
        ),
        (
            "weight = \"75%\"",
            "weight = \"1250.01%\"",
            "class.retail",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "weight = \"75%\"",
            "weight = \"75%\"\nweights = [[\"a\", \"1%\"]]",
            "class.retail",
            |p| matches!(p, RulebookProblem::OneOf(_)),
        ),
        ("weight = \"75%\"", "", "class.retail", |p| {
            matches!(p, RulebookProblem::OneOf(_))
        }),
        ("weight = \"75%\"", "weights = []", "class.retail", |p| {
            *p == RulebookProblem::Empty
        }),
        ("sure = \"R\"", "sure = \"Q\"", "class.sovereign", |p| {
            matches!(p, RulebookProblem::Sure(_))
        }),
        (
            "paragraph = \"CRE20.7\"",
            "paragraph = \"\"",
            "class.sovereign",
            |p| *p == RulebookProblem::Paragraph,
        ),
        ("\"2023-01-01\"", "\"2023-13-01\"", "date", |p| {
            matches!(p, RulebookProblem::Date(_))
        }),
        (
            "measure = \"loan-to-value\"",
            "measure = \"loan\"",
            "banded.residential",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        (
            "[\"60%\", \"25%\"]",
            "[\"50%\", \"25%\"]",
            "banded.residential",
            |p| *p == RulebookProblem::Disordered,
        ),
        (
            "[\"open\", \"70%\"]",
            "[\"120%\", \"70%\"]",
            "banded.residential",
            |p| *p == RulebookProblem::OpenEnd,
        ),
        (
            "[\"60%\", \"25%\"]",
            "[\"open\", \"25%\"]",
            "banded.residential",
            |p| *p == RulebookProblem::OpenEnd,
        ),
        (
            "[\"60%\", \"25%\"]",
            "[\"60%\", \"19%\"]",
            "banded.residential",
            |p| *p == RulebookProblem::WeightsFall,
        ),
        (
            "[\"open\", \"70%\"]",
            "[\"open\", \"counterparty\"]",
            "banded.residential",
            |p| *p == RulebookProblem::WeightsFall,
        ),
        (
            "[\"55%\", \"20%\"]",
            "[\"55%\", \"counterparty\"]",
            "banded.residential-split",
            |p| *p == RulebookProblem::SplitWeight,
        ),
        (
            "[\"55%\", \"20%\"]",
            "[\"101%\", \"20%\"]",
            "banded.residential-split",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "bands = [[\"80%\", \"100%\"], [\"open\", \"150%\"]]",
            "split = [\"80%\", \"100%\"]",
            "banded.defaulted",
            |p| *p == RulebookProblem::SplitMeasure,
        ),
        (
            "name = \"on-balance\"",
            "name = \"on\"",
            "conversion.on",
            |p| *p == RulebookProblem::OnBalance,
        ),
        (
            "name = \"on-balance\"\nfactor = \"100%\"",
            "name = \"on-balance\"\nfactor = \"99%\"",
            "conversion.on-balance",
            |p| *p == RulebookProblem::OnBalance,
        ),
        (
            "name = \"commitment\"\nfactor = \"40%\"",
            "name = \"commitment\"\nfactor = \"101%\"",
            "conversion.commitment",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "name = \"commitment\"",
            "name = \"trade-letter\"",
            "conversion.name",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "currency_mismatch = \"8%\"",
            "currency_mismatch = \"101%\"",
            "haircuts",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "base_holding_days = 10",
            "base_holding_days = 0",
            "haircuts",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        (
            "[5, 10, 20, 250]",
            "[5, 10, 10, 250]",
            "haircuts.holding_days",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "[5, 10, 20, 250]",
            "[5, 20, 10, 250]",
            "haircuts.holding_days",
            |p| *p == RulebookProblem::Disordered,
        ),
        ("[5, 10, 20, 250]", "[]", "haircuts.holding_days", |p| {
            *p == RulebookProblem::Empty
        }),
        (
            "[1, 5, 10, 20, 60]",
            "[1, 5000]",
            "haircuts.revaluation_days",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "[\"1095 days\", \"2%\"]",
            "[\"1095 days\", \"0.4%\"]",
            "haircuts.row.sovereign.AAA-AA",
            |p| *p == RulebookProblem::HaircutsFall,
        ),
        (
            "[\"1095 days\", \"2%\"]",
            "[\"365 days\", \"2%\"]",
            "haircuts.row.sovereign.AAA-AA",
            |p| *p == RulebookProblem::Disordered,
        ),
        (
            "[\"1095 days\", \"2%\"]",
            "[\"3 years\", \"2%\"]",
            "haircuts.row.sovereign.AAA-AA",
            |p| matches!(p, RulebookProblem::Number { .. }),
        ),
        (
            "[\"3650 days\", \"4%\"]",
            "[\"8191 days\", \"4%\"]",
            "haircuts.row.sovereign.AAA-AA",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "cap_days = 1825",
            "cap_days = 8192",
            "haircuts.maturity_mismatch",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "original_days = 365",
            "original_days = 8192",
            "haircuts.maturity_mismatch",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "split = [\"55%\", \"20%\"]",
            "split = [\"0%\", \"20%\"]",
            "banded.residential-split",
            |p| *p == RulebookProblem::SplitNothing,
        ),
        (
            "[\"open\", \"15%\"]",
            "[\"open\", \"115%\"]",
            "haircuts.row.sovereign.BB",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "rating = \"A-BBB\"",
            "rating = \"AAA-AA\"",
            "haircuts.row.sovereign.AAA-AA",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "role = \"component\"",
            "role = \"part\"",
            "capital.common-shares",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        (
            "tier = \"cet1\"",
            "tier = \"t1\"",
            "capital.common-shares",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        ("tier = \"cet1\"\n", "", "capital.common-shares", |p| {
            matches!(p, RulebookProblem::OneOf(_))
        }),
        ("cap = \"1.25%\"\n", "", "capital.general-provisions", |p| {
            matches!(p, RulebookProblem::OneOf(_))
        }),
        (
            "role = \"component\"",
            "role = \"component\"\ncap = \"1%\"",
            "capital.common-shares",
            |p| matches!(p, RulebookProblem::OneOf(_)),
        ),
        (
            "name = \"goodwill\"\ntier = \"cet1\"\nrole = \"deduction\"",
            "name = \"goodwill\"\ntier = \"cet1\"\nrole = \"threshold\"",
            "capital.temporary-difference-dta",
            |p| matches!(p, RulebookProblem::ThresholdItems(3)),
        ),
        (
            "aggregate = \"15%\"",
            "aggregate = \"100%\"",
            "thresholds",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "effect = \"adds-to-rwa\"",
            "effect = \"adds\"",
            "stated.counterparty-risk",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        (
            "[ratios.leverage]",
            "[ratios.gearing]",
            "ratios.gearing",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        (
            "[\"credit-risk\", \"leverage-derivatives\"",
            "[\"credit-risk\", \"derivatives\"",
            "ratios.leverage",
            |p| matches!(p, RulebookProblem::Module(_)),
        ),
        // A line that stands for a module and does not raise what the ratio divides by.
        (
            "module = \"market-risk\"\neffect = \"adds-to-rwa\"",
            "module = \"market-risk\"\neffect = \"adds-to-leverage\"",
            "ratios.cet1",
            |p| *p == RulebookProblem::Effect("market-risk".into()),
        ),
        (
            "module = \"leverage-sft\"\neffect = \"adds-to-leverage\"",
            "module = \"leverage-sft\"\neffect = \"adds-to-rwa\"",
            "ratios.leverage",
            |p| *p == RulebookProblem::Effect("leverage-sft".into()),
        ),
        (
            "module = \"market-risk\"\neffect = \"adds-to-rwa\"",
            "module = \"market-risk\"\neffect = \"reduces-rwa\"",
            "stated.market-risk",
            |p| *p == RulebookProblem::Reduction,
        ),
        (
            "[\"50%\", \"80%\"]",
            "[\"50%\", \"110%\"]",
            "conservation",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "[\"75%\", \"60%\"]",
            "[\"75%\", \"90%\"]",
            "conservation",
            |p| *p == RulebookProblem::ConservationRises,
        ),
    ];
    for (from, to, key, check) in cases {
        let (found, problem) = broken(from, to);
        assert_eq!(&found, key, "{from} -> {to}: {problem}");
        assert!(check(&problem), "{from} -> {to}: {problem:?}");
    }
}
