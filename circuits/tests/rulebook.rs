//! Rulebooks that ship, and every way in which one can be wrong.

use plimsoll_circuits::rulebook::{
    BUILTIN, Measure, Rulebook, RulebookError, RulebookProblem, Treatment,
};

fn basel() -> Rulebook {
    Rulebook::builtin("basel-2023").expect("it ships")
}

#[test]
fn built_in_rulebooks_are_read() {
    for (name, _) in BUILTIN {
        let rulebook = Rulebook::builtin(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(rulebook.name, name);
        assert!(
            rulebook
                .sources
                .values()
                .all(|source| "PSRX".contains(source.sure))
        );
    }
    assert_eq!(
        Rulebook::builtin("basel-1988"),
        Err(RulebookError::UnknownName("basel-1988".into()))
    );
}

#[test]
fn every_table_has_a_source() {
    for (name, _) in BUILTIN {
        let rulebook = Rulebook::builtin(name).expect("it ships");
        let mut keys: Vec<String> = Vec::new();
        keys.extend(rulebook.classes.iter().map(|c| format!("class.{}", c.name)));
        keys.extend(rulebook.banded.iter().map(|c| format!("banded.{}", c.name)));
        keys.extend(
            rulebook
                .conversions
                .iter()
                .map(|c| format!("conversion.{}", c.name)),
        );
        keys.extend(
            rulebook
                .capital
                .iter()
                .map(|c| format!("capital.{}", c.name)),
        );
        keys.extend(rulebook.stated.iter().map(|c| format!("stated.{}", c.name)));
        keys.extend(rulebook.ratios.keys().map(|c| format!("ratios.{c}")));
        for key in keys {
            assert!(rulebook.sources.contains_key(&key), "{name}: {key}");
        }
    }
}

/// Wherever a paragraph or a degree of certainty stands, it has to.
#[test]
fn no_source_may_be_empty() {
    for (name, text) in BUILTIN {
        for key in ["\nparagraph = \"", "\nsure = \""] {
            let places: Vec<usize> = text.match_indices(key).map(|(at, _)| at).collect();
            assert!(places.len() > 10, "{name}: {key}");
            for at in places {
                let value = at + key.len();
                let end = value + text[value..].find('"').expect("a closing quote");
                let changed = format!("{}{}", &text[..value], &text[end..]);
                let Err(RulebookError::Invalid { problem, .. }) = Rulebook::parse(&changed) else {
                    panic!("{name}: {} may be empty", &text[value..end]);
                };
                assert!(
                    matches!(
                        problem,
                        RulebookProblem::Paragraph | RulebookProblem::Sure(_)
                    ),
                    "{name}: {problem:?}"
                );
            }
        }
    }
}

#[test]
fn weights_of_the_regulation() {
    let basel = basel();
    for (class, grade, weight) in [
        ("sovereign", "AAA-AA", 0),
        ("sovereign", "below-B", 15_000),
        ("bank-ecra", "A", 3_000),
        ("bank-scra", "A-strong", 3_000),
        ("corporate", "below-B", 15_000),
        ("corporate", "unrated", 10_000),
        ("corporate-sme", "", 8_500),
        ("retail", "", 7_500),
        ("retail-transactor", "", 4_500),
        ("equity-speculative", "", 40_000),
        ("fund-not-looked-through", "", 125_000),
        ("qccp", "", 200),
    ] {
        assert_eq!(
            basel.weight_of(class, grade),
            Some(weight),
            "{class} {grade}"
        );
    }
    assert_eq!(basel.weight_of("retail", "AAA-AA"), None);
    assert_eq!(basel.class_index("sovereign", "AAA-AA"), Some(1));
    assert_eq!(basel.class_index("sovereign-eca", "0-1"), Some(7));
    assert_eq!(basel.conversion_index(""), Some(1));
    assert_eq!(basel.conversion_index("on-balance"), Some(1));
    assert_eq!(basel.conversion_index("none"), None);
    assert_eq!(basel.haircut_row_index("sovereign", "AAA-AA"), Some(1));
    assert_eq!(basel.haircut_row_index("cash", ""), Some(11));
    let us = Rulebook::builtin("us-standardised").expect("it ships");
    assert_eq!(us.weight_of("bucket", "937.5%"), Some(93_750));
    assert_eq!(us.class_index("bucket", "1250%"), Some(15));
}

#[test]
fn haircut_edges_belong_to_the_band_below() {
    let haircuts = basel().haircuts.expect("basel has haircuts");
    assert_eq!(haircuts.band(1, 1), Some((1, 50)));
    assert_eq!(haircuts.band(1, 365), Some((1, 50)));
    assert_eq!(haircuts.band(1, 366), Some((2, 200)));
    assert_eq!(haircuts.band(1, u32::MAX), Some((5, 400)));
    assert_eq!(haircuts.band(2, 365), Some((6, 100)));
    assert_eq!(haircuts.band(0, 1), None);
    assert_eq!(haircuts.band(99, 1), None);
}

#[test]
fn banded_rows_cover_every_key_without_gaps() {
    let basel = basel();
    let rows = basel.banded_rows();
    let mut key = 0;
    let mut above = None;
    for row in &rows {
        if row.key != key {
            assert_eq!(row.key, key + 1);
            assert_eq!(
                (row.above, above),
                (None, None),
                "the last band of a key is open"
            );
            key = row.key;
        } else {
            assert_eq!(row.above, above, "no gap");
        }
        above = row.upto;
        assert!(row.secured <= row.rest);
        assert!(row.rest <= 125_000);
    }
    assert_eq!(above, None);

    let retail = basel.class_index("retail", "").expect("known");
    let sovereign = basel.class_index("sovereign", "AAA-AA").expect("known");
    let of = |class: &str, counterparty, mismatch| {
        let key = basel.banded_key(class, "", counterparty, mismatch)?;
        Some(rows.iter().filter(|row| row.key == key).collect::<Vec<_>>())
    };
    let split = of("residential-split", retail, false).expect("exists");
    assert_eq!(
        (split[0].share, split[0].secured, split[0].rest),
        (550_000, 2_000, 7_500)
    );
    let raised = of("residential-split", retail, true).expect("exists");
    assert_eq!((raised[0].secured, raised[0].rest), (3_000, 11_250));
    assert!(
        of("residential-split", sovereign, false).is_none(),
        "0 % is below the secured 20 %"
    );
    assert!(of("residential-split", 0, false).is_none());
    assert!(
        of("commercial", retail, true).is_none(),
        "mismatch does not touch it"
    );
    let commercial = of("commercial", retail, false).expect("exists");
    assert_eq!(
        commercial.iter().map(|row| row.rest).collect::<Vec<_>>(),
        [6_000, 7_500]
    );
    let own = of("retail", 0, true).expect("exists");
    assert_eq!((own.len(), own[0].rest), (1, 11_250));
}

#[test]
fn a_mismatch_raises_to_the_cap_and_never_lowers() {
    let basel = basel();
    assert_eq!(basel.mismatched(7_500), 11_250);
    assert_eq!(basel.mismatched(10_500), 15_000);
    assert_eq!(basel.mismatched(15_000), 15_000);
    assert_eq!(basel.mismatched(125_000), 125_000);
    assert_eq!(basel.mismatched(1), 2, "rounded up");
}

#[test]
fn default_is_banded_by_what_is_uncovered() {
    let basel = basel();
    let class = basel
        .banded
        .iter()
        .find(|class| class.name == "defaulted")
        .expect("known");
    assert_eq!(class.measure, Measure::UncoveredShare);
    assert!(!class.needs_counterparty());
    assert!(matches!(&class.treatment, Treatment::Whole(bands) if bands.len() == 2));
}

#[test]
fn the_digest_follows_the_numbers_and_not_the_prose() {
    let text = BUILTIN[0].1;
    let digest = |text: &str| Rulebook::parse(text).expect("valid").digest();
    let original = digest(text);
    assert_eq!(original, basel().digest());
    assert_eq!(
        digest(&text.replacen("sure = \"R\"", "sure = \"P\"", 1)),
        original
    );
    assert_eq!(digest(&format!("# a comment\n{text}")), original);
    assert_eq!(digest(&text.replacen("\"75%\"", "\"75.00%\"", 1)), original);
    for (from, to) in [
        ("\"75%\"", "\"75.01%\""),
        ("2023-01-01\"", "2023-01-02\""),
        ("cap_days = 1825", "cap_days = 1826"),
        (
            "\"settlement-risk\"\neffect = \"adds-to-rwa\"",
            "\"settlement-risk\"\neffect = \"adds-to-leverage\"",
        ),
        ("equity = true", "equity = false"),
        ("minimum = \"4.5%\"", "minimum = \"4.6%\""),
        ("buffer = \"2.5%\"", "buffer = \"2.6%\""),
        ("mismatch = true", "mismatch = false"),
        ("[5, 10, 20, 250]", "[5, 10, 20]"),
    ] {
        assert_ne!(
            digest(&text.replacen(from, to, 1)),
            original,
            "{from} -> {to}"
        );
    }
    assert_ne!(
        original,
        Rulebook::builtin("us-standardised")
            .expect("it ships")
            .digest()
    );
}

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

#[test]
fn maturities_that_the_circuits_tell_apart_are_accepted() {
    for (from, to) in [
        ("[\"3650 days\", \"4%\"]", "[\"8190 days\", \"4%\"]"),
        ("cap_days = 1825", "cap_days = 8191"),
    ] {
        assert!(BUILTIN[0].1.contains(from), "{from}");
        let changed = BUILTIN[0].1.replacen(from, to, 1);
        assert!(Rulebook::parse(&changed).is_ok(), "{to}");
    }
}

#[test]
fn lists_beyond_the_tables_are_refused() {
    let text = BUILTIN[0].1;
    let parsed = basel();
    // As many as there is room for are read, and one more is not.
    let filled = |there: usize, limit: usize, entry: &dyn Fn(usize) -> String| {
        let with = |count: usize| -> String { (there..count).map(entry).collect() };
        let read = Rulebook::parse(&format!("{text}{}", with(limit)));
        assert!(read.is_ok(), "{read:?}");
        match Rulebook::parse(&format!("{text}{}", with(limit + 1))) {
            Err(RulebookError::Invalid {
                problem: RulebookProblem::Capacity { count, limit: is },
                ..
            }) => assert_eq!((count, is), (limit + 1, limit)),
            other => panic!("{other:?}"),
        }
    };
    let tail = "paragraph = \"none\"\nsure = \"X\"\n";
    let grades = parsed.classes.iter().map(|class| class.grades.len()).sum();
    filled(grades, 512, &|i| {
        format!("\n[[class]]\nname = \"c{i}\"\nweight = \"1%\"\n{tail}")
    });
    filled(parsed.capital.len(), 128, &|i| {
        format!("\n[[capital]]\nname = \"c{i}\"\ntier = \"cet1\"\nrole = \"component\"\n{tail}")
    });
    filled(parsed.stated.len(), 64, &|i| {
        format!("\n[[stated]]\nname = \"c{i}\"\neffect = \"adds-to-rwa\"\n{tail}")
    });
    let haircuts = parsed.haircuts.as_ref().expect("the section");
    let bands = haircuts.rows.iter().map(|row| row.bands.len()).sum();
    filled(bands, 256, &|i| {
        format!("\n[[haircuts.row]]\nkind = \"c{i}\"\nbands = [[\"open\", \"1%\"]]\n{tail}")
    });
    filled(parsed.conversions.len(), 64, &|i| {
        format!("\n[[conversion]]\nname = \"c{i}\"\nfactor = \"1%\"\n{tail}")
    });
    let banded: String = (0..60)
        .map(|i| {
            format!(
                "\n[[banded]]\nname = \"c{i}\"\nmeasure = \"loan-to-value\"\n\
                 split = [\"1%\", \"0%\"]\n{tail}"
            )
        })
        .collect();
    match Rulebook::parse(&format!("{text}{banded}")) {
        Err(RulebookError::Invalid {
            problem: RulebookProblem::Capacity { limit, .. },
            ..
        }) => assert_eq!(limit, 4096),
        other => panic!("{other:?}"),
    }
}

/// A rulebook without one of the lists that the rules are made of is none, nor one where it is empty.
#[test]
fn lists_may_not_be_empty() {
    for (table, name) in [
        ("", "class"),
        ("", "capital"),
        ("haircuts", "row"),
        ("derivatives", "group"),
        ("derivatives", "class"),
    ] {
        let list = [table, name].join(".");
        let list = list.trim_start_matches('.');
        let (heading, entry) = (format!("[{table}]"), format!("[[{list}]]"));
        let (mut without, mut inside) = (String::new(), false);
        for line in BUILTIN[0].1.lines() {
            if line.starts_with('[') {
                inside = line == entry;
            }
            if !inside {
                without.push_str(line);
                without.push('\n');
            }
        }
        assert!(without.len() < BUILTIN[0].1.len(), "{list}");
        let missing = Rulebook::parse(&without);
        assert!(matches!(missing, Err(RulebookError::Malformed { .. })));
        let none = format!("{name} = []\n");
        let empty = match without.split_once(&format!("{heading}\n")) {
            Some((before, after)) => format!("{before}{heading}\n{none}{after}"),
            None if table.is_empty() => format!("{none}{without}"),
            None => format!("{without}\n{heading}\n{none}"),
        };
        match Rulebook::parse(&empty) {
            Err(RulebookError::Invalid {
                key,
                problem: RulebookProblem::Empty,
                ..
            }) => assert_eq!(key, list),
            other => panic!("{list}: {other:?}"),
        }
    }
}

/// Each list is within its bound, and what the tables make of them is not.
#[test]
fn lists_that_are_too_long_together_are_refused() {
    let text = BUILTIN[0].1;
    let days = |count: u32| {
        let days: Vec<String> = (1..=count).map(|day| day.to_string()).collect();
        format!("[{}]", days.join(", "))
    };
    let rows = |count: usize| -> String {
        let row = |i| {
            format!(
                "\n[[haircuts.row]]\nkind = \"c{i}\"\nbands = [[\"open\", \"{}.01%\"]]\n\
                 paragraph = \"none\"\nsure = \"X\"\n",
                i % 90
            )
        };
        (0..count).map(row).collect()
    };
    let refused = |text: &str| match Rulebook::parse(text) {
        Err(RulebookError::Invalid {
            key,
            problem: RulebookProblem::Capacity { count, limit },
            ..
        }) => {
            assert!(count > limit && limit == 16_374);
            key
        }
        other => panic!("{:?}", other.map(|rulebook| rulebook.name)),
    };
    let intervals = text.replacen("[5, 10, 20, 250]", &days(16), 1).replacen(
        "[1, 5, 10, 20, 60]",
        &days(16),
        1,
    );
    assert!(intervals.contains(&days(16)));
    assert!(Rulebook::parse(&intervals).is_ok());
    assert_eq!(refused(&format!("{intervals}{}", rows(60))), "haircuts");

    // The most margin periods, 32, and none: 33 times 249 bands, with and without a mismatch.
    let more = "48, 58, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69]";
    let periods = text.replacen("48, 58]", more, 1);
    let rules = Rulebook::parse(&periods).expect("valid");
    let listed = rules.derivatives.expect("it charges them").margin_periods;
    assert_eq!(listed.len(), 32);
    let bands = rules.haircuts.expect("it has them").rows;
    let bands: usize = bands.iter().map(|row| row.bands.len()).sum();
    let grown = |bands_in_all: usize| format!("{periods}{}", rows(bands_in_all - bands));
    assert!(Rulebook::parse(&grown(248)).is_ok());
    assert_eq!(refused(&grown(249)), "derivatives.margin");
}

#[test]
fn provisions_have_one_cap() {
    let second = "\n[[capital]]\nname = \"more\"\ntier = \"tier2\"\nrole = \"capped-provisions\"\n\
                  cap = \"1%\"\nparagraph = \"none\"\nsure = \"X\"\n";
    match Rulebook::parse(&format!("{}{second}", BUILTIN[0].1)) {
        Err(RulebookError::Invalid {
            key,
            problem: RulebookProblem::Duplicate(_),
            ..
        }) => {
            assert_eq!(key, "capital.more");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_a_rulebook_is_malformed() {
    let text = BUILTIN[0].1;
    let malformed = |text: &str| match Rulebook::parse(text) {
        Err(RulebookError::Malformed { at, message }) => (at.line, message),
        other => panic!("{other:?}"),
    };
    assert!(malformed("").1.contains("missing field"));
    assert_eq!(malformed("name = \"x").0, 1);
    let (line, message) = malformed(&text.replacen("weight = \"75%\"", "wait = \"75%\"", 1));
    assert!(message.contains("wait"), "{message}");
    assert!(line > 100);
    assert!(malformed(&text.replacen("weight = \"75%\"", "weight = 0.75", 1)).0 > 100);
    assert!(
        malformed(&text.replacen("minimum = \"3%\"\n", "", 1))
            .1
            .contains("minimum")
    );
}

#[test]
fn no_text_panics() {
    for (_, text) in BUILTIN {
        let mut start = 0;
        for (at, _) in text.match_indices('\n') {
            // Cut after this line, and cut this line out.
            let _ = Rulebook::parse(&text[..at]);
            let _ = Rulebook::parse(&format!("{}{}", &text[..start], &text[at..]));
            start = at;
        }
    }
}
