//! The section `[derivatives]` of a rulebook: what ships, its lines, and every way in which it can
//! be wrong.
#![allow(missing_docs)]

use std::collections::BTreeSet;

use plimsoll_circuits::book::Variant;
use plimsoll_circuits::rulebook::{Aggregation, BUILTIN, Rulebook, RulebookError, RulebookProblem};

fn basel() -> Rulebook {
    Rulebook::builtin("basel-2023").expect("it ships")
}

/// The problem, and its key, of the built-in text with one change.
fn broken(from: &str, to: &str) -> (String, RulebookProblem) {
    let text = BUILTIN[0].1;
    assert!(text.contains(from), "{from}");
    // After the section's start: other parts of the rulebook are tested elsewhere.
    let start = text.find("[derivatives.exposure]").expect("the section");
    let changed = format!("{}{}", &text[..start], text[start..].replacen(from, to, 1));
    match Rulebook::parse(&changed) {
        Err(error @ RulebookError::Invalid { .. }) => {
            assert!(!error.hint().is_empty());
            let RulebookError::Invalid { at, key, problem } = error else {
                unreachable!()
            };
            assert!(at.line > 1 && at.column >= 1, "{from} -> {to}: {at}");
            (key, problem)
        }
        other => panic!("{from} -> {to}: {other:?}"),
    }
}

#[test]
fn a_rulebook_without_the_section_keeps_its_digest() {
    let hex = |digest: [u8; 32]| -> String { digest.iter().map(|b| format!("{b:02x}")).collect() };
    let us = Rulebook::builtin("us-standardised").expect("it ships");
    assert_eq!(us.derivatives, None);
    assert!(us.derivative_lines().is_empty());
    assert_eq!(us.derivative_line("fx", Variant::Plain), None);
    assert_eq!(
        hex(us.digest()),
        "298db352413e0c123a01568b255f8c86b39571bd9b178ca81e175767539d4355"
    );
    let text = BUILTIN[0].1;
    let start = text.find("# ---- Derivatives").expect("the section");
    let without = Rulebook::parse(&text[..start]).expect("valid");
    assert_eq!(
        hex(without.digest()),
        "9d2513fa587ae62b4925a435e2d03ba73487f17b141c3f57e3771075fe905b40"
    );
    assert_ne!(without.digest(), basel().digest());
}

#[test]
fn a_short_period_without_a_limit_is_a_cleared_ones() {
    let rules = basel().derivatives.expect("the section");
    let cleared = rules.margin_periods.iter().filter(|p| rules.is_cleared(p));
    let cleared: Vec<u32> = cleared.map(|period| period.days).collect();
    // Daily to two-weekly exchange of what is cleared, and the same doubled after disputes.
    assert_eq!(cleared, [5, 6, 9, 10, 12, 14, 18]);
}

/// What a bound allows exactly, and the next number.
#[test]
fn bounds_are_where_they_are_said_to_be() {
    let text = BUILTIN[0].1;
    let with = |changes: &[(&str, &str)]| {
        let mut changed = text.to_owned();
        for (from, to) in changes {
            assert!(changed.contains(from), "{from}");
            changed = changed.replacen(from, to, 1);
        }
        match Rulebook::parse(&changed) {
            Ok(_) => None,
            Err(RulebookError::Invalid { problem, .. }) => Some(problem),
            Err(other) => panic!("{other:?}"),
        }
    };
    // Three correlations go together where the determinant 1 + 2abc - a² - b² - c² is not negative.
    for (three, holds) in [
        (["80%", "60%", "0%"], true),
        (["80%", "60.01%", "0%"], false),
        (["80.01%", "60%", "0%"], false),
        (["0%", "60%", "80%"], true),
        (["0%", "60%", "80.01%"], false),
        (["60%", "0%", "80%"], true),
        (["60.01%", "0%", "80%"], false),
        (["60%", "60%", "100%"], true),
        (["60%", "60.01%", "100%"], false),
        (["100%", "100%", "100%"], true),
        (["100%", "100%", "99.99%"], false),
        (["50%", "50%", "50%"], true),
    ] {
        let to = format!("correlations = [\"{}\"]", three.join("\", \""));
        let found = with(&[("correlations = [\"70%\", \"70%\", \"30%\"]", &to)]);
        let wanted = (!holds).then_some(RulebookProblem::Correlations);
        assert_eq!(found, wanted, "{three:?}");
    }
    // Five times the root of 40 in 250 days is two.
    let shipped = "periods = [5, 6, 9, 10, 12, 14, 18, 20, 21, 22, 24, 28, 29, 38, 40, 42, 48, 58]";
    let five = ("multiple = \"150%\"", "multiple = \"500%\"");
    let to_40 = "periods = [5, 6, 9, 10, 12, 14, 18, 20, 21, 22, 24, 28, 29, 38, 40]";
    assert_eq!(with(&[five, (shipped, to_40)]), None);
    let bound = |changes: &[(&str, &str)]| {
        let found = with(changes);
        let is = matches!(found, Some(RulebookProblem::Bound { .. }));
        assert!(is, "{changes:?}: {found:?}");
    };
    let to_41 = to_40.replace("40]", "41]");
    bound(&[five, (shipped, &to_41)]);
    // The least duration may be the whole year, and a large set's period that of any.
    assert_eq!(with(&[("floor = 10\n", "floor = 250\n")]), None);
    bound(&[("floor = 10\n", "floor = 251\n")]);
    let no_limited = ("limited_periods = [10, 11, 14, 19]", "limited_periods = []");
    assert_eq!(with(&[("large = 20", "large = 10"), no_limited]), None);
    let shorter = [("large = 20", "large = 9"), no_limited];
    assert_eq!(with(&shorter), Some(RulebookProblem::Disordered));
    // A duration is at most 1 000 years: its rate at least 0.1 %.
    let plain = ("multiple = \"500%\"", "multiple = \"100%\"");
    let rate = |text: &str| with(&[("rate = \"5%\"", &format!("rate = \"{text}\"")), plain]);
    assert_eq!(rate("0.1%"), None);
    for text in ["0.08%", "0.0999%", "0.3%"] {
        let refused = Some(RulebookProblem::DurationRate(text.to_owned()));
        assert_eq!(rate(text), refused);
    }
    // A line's factor has 27 bits, with its multiple and its 20 years: 67.1088 % ten times is within.
    let ten = ("multiple = \"500%\"", "multiple = \"1000%\"");
    let factor = |text: &str| format!("factor = \"{text}\"\nvolatility = \"50%\"");
    let shipped = factor("0.5%");
    assert_eq!(with(&[ten, (&shipped, &factor("67.1088%"))]), None);
    bound(&[ten, (&shipped, &factor("67.109%"))]);
}

#[test]
fn the_table_of_the_regulation() {
    let basel = basel();
    for (class, factor, correlation, volatility) in [
        ("interest-rate", 5_000, 0, 5_000),
        ("inflation", 5_000, 0, 5_000),
        ("fx", 40_000, 0, 1_500),
        ("credit-single-AAA", 3_800, 5_000, 10_000),
        ("credit-single-AA", 3_800, 5_000, 10_000),
        ("credit-single-A", 4_200, 5_000, 10_000),
        ("credit-single-BBB", 5_400, 5_000, 10_000),
        ("credit-single-BB", 10_600, 5_000, 10_000),
        ("credit-single-B", 16_000, 5_000, 10_000),
        ("credit-single-CCC", 60_000, 5_000, 10_000),
        ("credit-index-IG", 3_800, 8_000, 8_000),
        ("credit-index-SG", 10_600, 8_000, 8_000),
        ("equity-single", 320_000, 5_000, 12_000),
        ("equity-index", 200_000, 8_000, 7_500),
        ("electricity", 400_000, 4_000, 15_000),
        ("oil-gas", 180_000, 4_000, 7_000),
        ("metals", 180_000, 4_000, 7_000),
        ("agricultural", 180_000, 4_000, 7_000),
        ("other-commodity", 180_000, 4_000, 7_000),
        ("crypto-2a", 320_000, 0, 12_000),
        ("crypto-2b", 500_000, 0, 0),
    ] {
        let line = basel.derivative_line(class, Variant::Plain).expect(class);
        assert_eq!(
            (
                line.class.factor,
                line.class.correlation,
                line.class.volatility
            ),
            (factor, correlation, volatility),
            "{class}"
        );
    }
}

#[test]
fn lines_are_numbered_by_class_and_variant() {
    let basel = basel();
    let lines = basel.derivative_lines();
    assert_eq!(
        lines.len(),
        20 * 3 + 1,
        "the gross class has its plain line only"
    );
    let codes: Vec<u32> = lines.iter().map(|line| line.code).collect();
    assert!(codes.is_sorted());
    assert_eq!(codes.first(), Some(&3));
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    for line in &lines {
        assert_eq!(line.code % 3, line.variant as u32);
        assert_eq!(line.group % 3, line.variant as u32);
        assert_eq!(
            line.named,
            line.aggregation != Aggregation::Entities || line.variant == Variant::Basis
        );
    }
    let line = |class, variant| basel.derivative_line(class, variant).expect(class);
    let swap = line("interest-rate", Variant::Plain);
    assert_eq!((swap.code, swap.group, swap.factor), (3, 3, 100_000));
    assert!(swap.tied && swap.named && swap.aggregation == Aggregation::Buckets);
    let basis = line("interest-rate", Variant::Basis);
    assert_eq!((basis.code, basis.group, basis.factor), (4, 4, 50_000));
    assert!(!basis.tied && basis.named);
    assert_eq!(line("equity-index", Variant::Volatility).factor, 1_000_000);
    assert!(!line("equity-index", Variant::Volatility).named);
    assert_eq!(
        line("electricity", Variant::Plain).group,
        line("oil-gas", Variant::Plain).group
    );
    assert_ne!(
        line("interest-rate", Variant::Plain).group,
        line("inflation", Variant::Plain).group
    );
    assert_eq!(basel.derivative_line("crypto-2b", Variant::Basis), None);
    assert_eq!(basel.derivative_line("horses", Variant::Plain), None);
}

#[test]
fn every_number_has_a_source() {
    let basel = basel();
    let derivatives = basel.derivatives.as_ref().expect("the section");
    let parts = [
        "exposure",
        "multiplier",
        "duration",
        "calendar",
        "business_days",
        "margin",
        "margin_cap",
        "collateral",
        "buckets",
        "basis",
        "volatility",
        "tranche",
    ];
    let mut keys: Vec<String> = parts
        .iter()
        .map(|part| format!("derivatives.{part}"))
        .collect();
    keys.extend(
        derivatives
            .groups
            .iter()
            .map(|g| format!("derivatives.group.{}", g.name)),
    );
    keys.extend(
        derivatives
            .classes
            .iter()
            .map(|c| format!("derivatives.class.{}", c.name)),
    );
    for key in keys {
        assert!(basel.sources.contains_key(&key), "{key}");
    }
}

#[test]
fn margin_periods_and_expiries() {
    let basel = basel();
    let derivatives = basel.derivatives.as_ref().expect("the section");
    assert_eq!(derivatives.margin_period(5, false), Some(1));
    assert!(derivatives.margin_period(10, true) > derivatives.margin_period(58, false));
    assert_eq!(derivatives.margin_period(20, true), None);
    assert_eq!(derivatives.margin_period(7, false), None);
    assert_eq!(derivatives.year_seconds(), 31_536_000);
    assert_eq!(derivatives.least_far_expiry(0), 0);
    for volatility in [1_500, 5_000, 7_500, 12_000, 15_000] {
        // σ²·T/Y ≥ 2^-18, and one second less is not.
        let far = |seconds: u64| {
            u64::from(volatility).pow(2) * seconds * (1 << 18) >= 100_000_000 * 31_536_000
        };
        let least = derivatives.least_far_expiry(volatility);
        assert!(far(least) && !far(least - 1), "{volatility}");
    }
}

#[test]
fn another_rule_is_another_rulebook() {
    let text = BUILTIN[0].1;
    let ore = text.replacen("year = 250\n", "year = 260\n", 1);
    let ore = Rulebook::parse(&ore).expect("valid");
    assert_eq!(ore.derivatives.as_ref().map(|d| d.business_days), Some(260));
    assert_ne!(ore.digest(), basel().digest());
    for (from, to) in [
        ("alpha = \"140%\"", "alpha = \"100%\""),
        ("floor = \"5%\"", "floor = \"6%\""),
        ("rate = \"5%\"", "rate = \"4%\""),
        ("year_quarter_days = 1460", "year_quarter_days = 1461"),
        ("floor = 10\n", "floor = 11\n"),
        ("multiple = \"150%\"", "multiple = \"151%\""),
        ("large_set = 5000", "large_set = 5001"),
        ("bilateral = 10", "bilateral = 11"),
        ("large = 20", "large = 21"),
        ("cleared = 5", "cleared = 6"),
        ("periods = [5, 6,", "periods = [4, 5, 6,"),
        (
            "limited_periods = [10, 11,",
            "limited_periods = [9, 10, 11,",
        ),
        (
            "counts_variation_margin = false",
            "counts_variation_margin = true",
        ),
        ("unmargined_days = 250", "unmargined_days = 251"),
        ("edge_quarter_days = [1460", "edge_quarter_days = [1461"),
        ("correlations = [\"70%\"", "correlations = [\"71%\""),
        ("multiple = \"50%\"", "multiple = \"60%\""),
        ("multiple = \"500%\"", "multiple = \"400%\""),
        ("numerator = 15", "numerator = 14"),
        ("slope = 14", "slope = 13"),
        (
            "name = \"fx\"\naggregation = \"single\"",
            "name = \"fx\"\naggregation = \"buckets\"",
        ),
        (
            "aggregation = \"buckets\"\nby_currency = true",
            "aggregation = \"buckets\"",
        ),
        ("asset_class = \"fx\"", "asset_class = \"forex\""),
        ("factor = \"4%\"", "factor = \"4.2%\""),
        ("correlation = \"50%\"", "correlation = \"51%\""),
        ("volatility = \"15%\"", "volatility = \"16%\""),
        (
            "volatility = \"50%\"\nduration = true",
            "volatility = \"50%\"",
        ),
    ] {
        let start = text.find("[derivatives.exposure]").expect("the section");
        assert!(text[start..].contains(from), "{from}");
        let changed = format!("{}{}", &text[..start], text[start..].replacen(from, to, 1));
        let changed = Rulebook::parse(&changed).unwrap_or_else(|error| panic!("{to}: {error}"));
        assert_ne!(changed.digest(), basel().digest(), "{to}");
    }
}

#[test]
fn what_breaks_a_rule_is_refused_with_its_place() {
    type Check = fn(&RulebookProblem) -> bool;
    let cases: &[(&str, &str, &str, Check)] = &[
        (
            "alpha = \"140%\"",
            "alpha = \"1260%\"",
            "derivatives.exposure",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "floor = \"5%\"",
            "floor = \"100%\"",
            "derivatives.multiplier",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "rate = \"5%\"",
            "rate = \"3%\"",
            "derivatives.duration",
            |p| matches!(p, RulebookProblem::DurationRate(_)),
        ),
        (
            "rate = \"5%\"",
            "rate = \"0%\"",
            "derivatives.duration",
            |p| matches!(p, RulebookProblem::DurationRate(_)),
        ),
        (
            "rate = \"5%\"",
            "rate = \"0.05%\"",
            "derivatives.duration",
            |p| matches!(p, RulebookProblem::DurationRate(_)),
        ),
        (
            "rate = \"5%\"",
            "rate = \"50%\"",
            "derivatives.duration",
            |p| matches!(p, RulebookProblem::DurationRate(_)),
        ),
        (
            "year_quarter_days = 1460",
            "year_quarter_days = 0",
            "derivatives.calendar",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        (
            "floor = 10\n",
            "floor = 251\n",
            "derivatives.business_days",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        ("large = 20", "large = 9", "derivatives.margin", |p| {
            *p == RulebookProblem::Disordered
        }),
        ("large = 20", "large = 23", "derivatives.margin", |p| {
            *p == RulebookProblem::Period(23)
        }),
        (
            "bilateral = 10",
            "bilateral = 12",
            "derivatives.margin",
            |p| *p == RulebookProblem::Period(12),
        ),
        (
            "periods = [5, 6,",
            "periods = [6,",
            "derivatives.margin",
            |p| *p == RulebookProblem::Period(5),
        ),
        (
            "periods = [5, 6,",
            "periods = [5, 5, 6,",
            "derivatives.margin.periods",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "periods = [5, 6,",
            "periods = [6, 5,",
            "derivatives.margin.periods",
            |p| *p == RulebookProblem::Disordered,
        ),
        ("48, 58]", "48, 445]", "derivatives.margin.periods", |p| {
            matches!(p, RulebookProblem::Bound { .. })
        }),
        (
            "14, 19]",
            "14, 20]",
            "derivatives.margin.limited_periods",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "[5, 6,",
            "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,",
            "derivatives.margin.periods",
            |p| *p == RulebookProblem::Disordered,
        ),
        (
            "edge_quarter_days = [1460, 7300]",
            "edge_quarter_days = [7300, 7300]",
            "derivatives.buckets",
            |p| *p == RulebookProblem::Disordered,
        ),
        (
            "[\"70%\", \"70%\", \"30%\"]",
            "[\"90%\", \"90%\", \"30%\"]",
            "derivatives.buckets",
            |p| *p == RulebookProblem::Correlations,
        ),
        (
            "[\"70%\", \"70%\", \"30%\"]",
            "[\"101%\", \"70%\", \"30%\"]",
            "derivatives.buckets",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "multiple = \"50%\"",
            "multiple = \"0.01%\"",
            "derivatives.class.interest-rate",
            |p| *p == RulebookProblem::Inexact,
        ),
        (
            "numerator = 15",
            "numerator = 16",
            "derivatives.tranche",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "aggregation = \"single\"",
            "aggregation = \"twofold\"",
            "derivatives.group.fx",
            |p| matches!(p, RulebookProblem::Word { .. }),
        ),
        (
            "aggregation = \"single\"",
            "aggregation = \"single\"\nby_currency = true",
            "derivatives.group.fx",
            |p| *p == RulebookProblem::ByCurrency,
        ),
        (
            "name = \"inflation\"",
            "name = \"interest-rate\"",
            "derivatives.group.name",
            |p| matches!(p, RulebookProblem::Duplicate(_)),
        ),
        (
            "group = \"fx\"",
            "group = \"forex\"",
            "derivatives.class.fx",
            |p| matches!(p, RulebookProblem::Group(_)),
        ),
        (
            "group = \"fx\"",
            "group = \"equity\"",
            "derivatives.class.fx",
            |p| *p == RulebookProblem::Correlation,
        ),
        (
            "group = \"equity\"",
            "group = \"fx\"",
            "derivatives.class.equity-single",
            |p| *p == RulebookProblem::Correlation,
        ),
        (
            "volatility = \"15%\"",
            "volatility = \"9.99%\"",
            "derivatives.class.fx",
            |p| matches!(p, RulebookProblem::LowVolatility(_)),
        ),
        (
            "volatility = \"15%\"",
            "volatility = \"400.01%\"",
            "derivatives.class.fx",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "gross = true",
            "gross = true\nduration = true",
            "derivatives.class.crypto-2b",
            |p| *p == RulebookProblem::Gross,
        ),
        (
            "gross = true",
            "gross = true\nvolatility = \"120%\"",
            "derivatives.class.crypto-2b",
            |p| *p == RulebookProblem::Gross,
        ),
        (
            "factor = \"4%\"",
            "factor = \"101%\"",
            "derivatives.class.fx",
            |p| matches!(p, RulebookProblem::Bound { .. }),
        ),
        (
            "factor = \"6%\"",
            "factor = \"60.00001%\"",
            "derivatives.class.credit-single-CCC",
            |p| matches!(p, RulebookProblem::Number { .. }),
        ),
        (
            "sure = \"P\"",
            "sure = \"Q\"",
            "derivatives.exposure",
            |p| matches!(p, RulebookProblem::Sure(_)),
        ),
        (
            "paragraph = \"CRE52.1\"",
            "paragraph = \"\"",
            "derivatives.exposure",
            |p| *p == RulebookProblem::Paragraph,
        ),
    ];
    for (from, to, key, check) in cases {
        let (found, problem) = broken(from, to);
        assert_eq!(&found, key, "{from} -> {to}: {problem}");
        assert!(check(&problem), "{from} -> {to}: {problem:?}");
    }
}

#[test]
fn lists_beyond_the_tables_are_refused() {
    let text = BUILTIN[0].1;
    let rules = basel().derivatives.expect("the section");
    let there = rules.classes.len();
    let classes = |count: usize| -> String {
        let class = |i| {
            format!(
                "\n[[derivatives.class]]\nname = \"c{i}\"\nasset_class = \"fx\"\ngroup = \"fx\"\n\
                 factor = \"1%\"\nparagraph = \"none\"\nsure = \"X\"\n"
            )
        };
        let more: String = (there..count).map(class).collect();
        format!("{text}{more}")
    };
    let shipped = "periods = [5, 6, 9, 10, 12, 14, 18, 20, 21, 22, 24, 28, 29, 38, 40, 42, 48, 58]";
    assert!(text.contains(shipped));
    let limited = rules.margin_periods.iter().filter(|p| p.limited).count();
    let periods = |count: usize| {
        let days: Vec<String> = (5..)
            .take(count - limited)
            .map(|day: u32| day.to_string())
            .collect();
        text.replacen(shipped, &format!("periods = [{}]", days.join(", ")), 1)
    };
    // As many as there is room for are read, and one more is not.
    for (full, more, room) in [
        (classes(64), classes(65), 64),
        (periods(32), periods(33), 32),
    ] {
        let read = Rulebook::parse(&full);
        assert!(read.is_ok(), "{read:?}");
        match Rulebook::parse(&more) {
            Err(RulebookError::Invalid {
                problem: RulebookProblem::Capacity { count, limit },
                ..
            }) => assert_eq!((count, limit), (room + 1, room)),
            other => panic!("{other:?}"),
        }
    }
}
