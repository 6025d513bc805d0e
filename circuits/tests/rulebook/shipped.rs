//! The rulebooks that ship: each has its sources, gives the regulation's numbers, and has a digest
//! that follows them.

use plimsoll_circuits::credit_risk::CreditRules;
use plimsoll_circuits::rulebook::{BUILTIN, Measure, Rulebook, RulebookError, Treatment};

use plimsoll_circuits::snapshot::Snapshot;

use crate::basel;

fn dollars() -> Snapshot {
    Snapshot::builtin("usd-only").expect("it ships")
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

#[test]
fn weights_of_the_regulation() {
    let (basel, dollars) = (basel(), dollars());
    let rules = CreditRules::new(&basel, &dollars);
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
        let row = rules.class_row(class, grade).expect("known");
        assert_eq!(row.1, weight, "{class} {grade}");
    }
    assert_eq!(rules.class_row("retail", "AAA-AA"), None);
    assert_eq!(rules.class_row("sovereign", "AAA-AA"), Some((1, 0)));
    assert_eq!(rules.class_row("sovereign-eca", "0-1"), Some((7, 0)));
    assert_eq!(rules.conversion(""), Some((1, 10_000)));
    assert_eq!(rules.conversion("on-balance"), Some((1, 10_000)));
    assert_eq!(rules.conversion("none"), None);
    assert_eq!(basel.haircut_row_index("sovereign", "AAA-AA"), Some(1));
    assert_eq!(basel.haircut_row_index("cash", ""), Some(11));
    let us = Rulebook::builtin("us-standardised").expect("it ships");
    let us = CreditRules::new(&us, &dollars);
    let weight = us.class_row("bucket", "937.5%").map(|row| row.1);
    assert_eq!(weight, Some(93_750));
    assert_eq!(us.class_row("bucket", "1250%"), Some((15, 125_000)));
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

    let dollars = dollars();
    let rules = CreditRules::new(&basel, &dollars);
    let number = |class, grade| rules.class_row(class, grade).expect("known").0;
    let (retail, sovereign) = (number("retail", ""), number("sovereign", "AAA-AA"));
    let of = |class: &str, counterparty, mismatch| {
        let key = rules.banded_key(class, "", counterparty, mismatch)?;
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
