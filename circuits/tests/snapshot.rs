//! Snapshots that ship, and every way in which one can be wrong.

use plimsoll_circuits::amount::RATE_ONE;
use plimsoll_circuits::snapshot::{BUILTIN, Snapshot, SnapshotError, SnapshotProblem};

#[test]
fn built_in_snapshots_are_read() {
    for (name, _) in BUILTIN {
        let snapshot = Snapshot::builtin(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(snapshot.name, name);
        assert_eq!(snapshot.rates[0], (snapshot.base.clone(), RATE_ONE));
        assert!(snapshot.rates[1..].is_sorted());
    }
    let example = Snapshot::builtin("example-2022-12-30").expect("it ships");
    assert_eq!(example.at, 1_672_416_000);
    assert_eq!(example.rate("EUR"), Some(107_000_000));
    assert_eq!(example.rate("JPY"), Some(760_000));
    assert_eq!(example.rate(""), Some(RATE_ONE));
    assert_eq!(example.rate("XXX"), None);
    assert_eq!(example.currency_index("USD"), Some(1));
    assert_eq!(example.currency_index("AUD"), Some(2));
    assert_eq!(
        Snapshot::builtin("now"),
        Err(SnapshotError::UnknownName("now".into()))
    );
}

#[test]
fn the_digest_follows_the_values() {
    let text = BUILTIN[1].1;
    let digest = |text: &str| Snapshot::parse(text).expect("valid").digest();
    assert_eq!(digest(text), digest(&text.replacen("0.68", "0.680", 1)));
    assert_eq!(digest(text), digest(&format!("# note\n{text}")));
    for (from, to) in [
        ("0.68", "0.68000001"),
        ("16:00:00Z", "16:00:01Z"),
        ("base = \"USD\"", "base = \"USX\""),
        ("name = \"example-", "name = \"sample-"),
    ] {
        assert_ne!(digest(text), digest(&text.replacen(from, to, 1)), "{from}");
    }
}

#[test]
fn every_error_is_named() {
    type Check = fn(&SnapshotProblem) -> bool;
    let cases: &[(&str, &str, &str, Check)] = &[
        ("\"example-2022-12-30\"", "\"an example\"", "name", |p| {
            matches!(p, SnapshotProblem::Name(_))
        }),
        ("\"USD\"", "\"usd\"", "base", |p| {
            matches!(p, SnapshotProblem::Currency(_))
        }),
        ("AUD =", "A =", "rates.A", |p| {
            matches!(p, SnapshotProblem::Currency(_))
        }),
        ("AUD =", "USD =", "rates.USD", |p| {
            matches!(p, SnapshotProblem::Duplicate(_))
        }),
        ("\"0.68\"", "\"0.680000001\"", "rates.AUD", |p| {
            matches!(p, SnapshotProblem::Rate(_))
        }),
        ("\"0.68\"", "\"-0.68\"", "rates.AUD", |p| {
            matches!(p, SnapshotProblem::Rate(_))
        }),
        ("\"0.68\"", "\"6e1\"", "rates.AUD", |p| {
            matches!(p, SnapshotProblem::Rate(_))
        }),
        ("\"0.68\"", "\"0.0\"", "rates.AUD", |p| {
            *p == SnapshotProblem::ZeroRate
        }),
        ("\"0.68\"", "\"1407374.88355328\"", "rates.AUD", |p| {
            *p == SnapshotProblem::LargeRate
        }),
        ("16:00:00Z", "16:00:00", "at", |p| {
            *p == SnapshotProblem::Time
        }),
    ];
    let text = BUILTIN[1].1;
    for (from, to, expected, check) in cases {
        assert!(text.contains(from), "{from}");
        match Snapshot::parse(&text.replacen(from, to, 1)) {
            Err(error @ SnapshotError::Invalid { .. }) => {
                assert!(!error.hint().is_empty());
                let SnapshotError::Invalid { at, key, problem } = error else {
                    unreachable!()
                };
                assert_eq!(&key, expected);
                assert!(at.line > 1, "{key}");
                assert!(check(&problem), "{key}: {problem:?}");
            }
            other => panic!("{from} -> {to}: {other:?}"),
        }
    }
    let largest = text.replacen("\"0.68\"", "\"1407374.88355327\"", 1);
    assert_eq!(
        Snapshot::parse(&largest).expect("fits").rate("AUD"),
        Some((1 << 47) - 1)
    );
    for malformed in [
        "",
        "name = 1",
        &text.replacen("base", "bass", 1),
        &text.replacen("AUD =", "CAD =", 1),
        &text.replacen("\"0.68\"", "0.68", 1),
    ] {
        assert!(matches!(
            Snapshot::parse(malformed),
            Err(SnapshotError::Malformed { .. })
        ));
    }
    let many: String = (0..54).map(|i| format!("X{i} = \"1\"\n")).collect();
    assert!(matches!(
        Snapshot::parse(&format!("{text}{many}")),
        Err(SnapshotError::Invalid {
            problem: SnapshotProblem::Capacity {
                count: 65,
                limit: 64
            },
            ..
        })
    ));
}

const PRICED: &str = "name = \"priced\"\nat = 2024-01-08T11:19:41Z\nbase = \"USD\"\n\n[rates]\nETH = \"2222.19\"\n\n\
    [prices]\n\"SYN.ETH-9JAN24\" = \"2223.12572505\"\nETH-26JAN24 = \"2241.65\"\n";

#[test]
fn assets_come_after_currencies() {
    let snapshot = Snapshot::parse(PRICED).expect("valid");
    assert_eq!(snapshot.currency_index("ETH"), Some(2));
    assert_eq!(snapshot.currency_index("ETH-26JAN24"), Some(3));
    assert_eq!(snapshot.currency_index("SYN.ETH-9JAN24"), Some(4));
    assert_eq!(snapshot.rate("SYN.ETH-9JAN24"), Some(222_312_572_505));
    assert_eq!(snapshot.rate("ETH-26JAN24"), Some(224_165_000_000));
    assert_eq!(snapshot.rate("ETH"), Some(222_219_000_000));
    assert_eq!(snapshot.rate("ETH-27JAN24"), None);
    assert!(snapshot.is_currency("") && snapshot.is_currency("ETH"));
    assert!(!snapshot.is_currency("ETH-26JAN24"));

    let digest = |text: &str| Snapshot::parse(text).expect("valid").digest();
    let without = PRICED.split("[prices]").next().expect("there");
    assert_ne!(digest(PRICED), digest(without));
    // No prices is no prices, however it is written.
    assert_eq!(digest(&format!("{without}[prices]\n")), digest(without));
    assert_ne!(
        digest(PRICED),
        digest(&PRICED.replacen("2241.65", "2241.66", 1))
    );
    assert_ne!(
        digest(PRICED),
        digest(&PRICED.replacen("ETH-26", "ETH-27", 1))
    );
}

#[test]
fn the_digest_of_a_snapshot_without_prices_stays() {
    let hex = |name: &str| -> String {
        let digest = Snapshot::builtin(name).expect("it ships").digest();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    assert_eq!(
        hex("usd-only"),
        "b27b1c4d96ae0ede16abb61dccea0b998689dce4afa16cd161bcd0202c591479"
    );
}

/// 64 rates and 1 024 prices, the reporting currency's own included.
#[test]
fn as_many_as_there_is_room_for() {
    let code = |i: usize| {
        format!(
            "A{}{}",
            (b'A' + (i / 26) as u8) as char,
            (b'A' + (i % 26) as u8) as char
        )
    };
    let with = |rates: usize, prices: usize| {
        let rates: String = (0..rates)
            .map(|i| format!("{} = \"2\"\n", code(i)))
            .collect();
        let prices: String = (0..prices).map(|i| format!("P-{i} = \"3\"\n")).collect();
        let text = format!(
            "name = \"full\"\nat = 2024-01-01T00:00:00Z\nbase = \"USD\"\n[rates]\n{rates}[prices]\n{prices}"
        );
        match Snapshot::parse(&text) {
            Ok(_) => None,
            Err(SnapshotError::Invalid {
                key,
                problem: SnapshotProblem::Capacity { count, limit },
                ..
            }) => Some((key, count, limit)),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(with(63, 1_024), None);
    assert_eq!(with(64, 0), Some(("rates".to_owned(), 65, 64)));
    assert_eq!(with(0, 1_025), Some(("prices".to_owned(), 1_025, 1_024)));
}

/// The snapshot of a reporting currency that ships is the one that is made for it.
#[test]
fn only_the_reporting_currency() {
    let shipped = Snapshot::builtin("usd-only").expect("it ships");
    assert_eq!(Snapshot::reporting_only("USD"), Ok(shipped));
    let kroner = Snapshot::reporting_only("DKK").expect("a currency");
    assert_eq!(
        (kroner.name.as_str(), kroner.base.as_str()),
        ("dkk-only", "DKK")
    );
    assert_eq!(kroner.rates, [("DKK".to_owned(), RATE_ONE)]);
    assert!(Snapshot::reporting_only("dkk").is_err());
}

#[test]
fn prices_that_are_none() {
    type Check = fn(&SnapshotProblem) -> bool;
    let cases: &[(&str, &str, &str, Check)] = &[
        ("ETH-26JAN24 =", "\"ETH 26\" =", "prices.ETH 26", |p| {
            matches!(p, SnapshotProblem::Asset(_))
        }),
        ("ETH-26JAN24 =", "\"\" =", "prices.", |p| {
            matches!(p, SnapshotProblem::Asset(_))
        }),
        ("ETH-26JAN24 =", "\"\u{c9}TH\" =", "prices.\u{c9}TH", |p| {
            matches!(p, SnapshotProblem::Asset(_))
        }),
        ("ETH-26JAN24 =", "ETH =", "prices.ETH", |p| {
            matches!(p, SnapshotProblem::Duplicate(_))
        }),
        ("ETH-26JAN24 =", "USD =", "prices.USD", |p| {
            matches!(p, SnapshotProblem::Duplicate(_))
        }),
        ("\"2241.65\"", "\"0\"", "prices.ETH-26JAN24", |p| {
            *p == SnapshotProblem::ZeroRate
        }),
        (
            "\"2241.65\"",
            "\"1407374.88355328\"",
            "prices.ETH-26JAN24",
            |p| *p == SnapshotProblem::LargeRate,
        ),
        (
            "\"2241.65\"",
            "\"2224.200483367427\"",
            "prices.ETH-26JAN24",
            |p| matches!(p, SnapshotProblem::Rate(_)),
        ),
    ];
    for (from, to, expected, check) in cases {
        match Snapshot::parse(&PRICED.replacen(from, to, 1)) {
            Err(error @ SnapshotError::Invalid { .. }) => {
                assert!(!error.hint().is_empty());
                let SnapshotError::Invalid { at, key, problem } = error else {
                    unreachable!()
                };
                assert_eq!(&key, expected);
                assert!(at.line > 1, "{key}");
                assert!(check(&problem), "{key}: {problem:?}");
            }
            other => panic!("{from} -> {to}: {other:?}"),
        }
    }
    let many: String = (0..1023).map(|i| format!("A{i} = \"1\"\n")).collect();
    assert!(matches!(
        Snapshot::parse(&format!("{PRICED}{many}")),
        Err(SnapshotError::Invalid {
            problem: SnapshotProblem::Capacity {
                count: 1025,
                limit: 1024
            },
            ..
        })
    ));
}
