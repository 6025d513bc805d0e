//! The page of attacks names tests that exist, and leaves no line out.
#![allow(missing_docs)]

use std::path::Path;

/// Lines of the list of attacks that concern what stands around the circuits.
const ATTACKS: [std::ops::RangeInclusive<u32>; 2] = [22..=28, 39..=53];
const CONDITIONS: [&str; 18] = [
    "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "P1", "P2", "P3",
    "P4", "P5", "V",
];

#[test]
fn every_attack_has_a_test_that_exists() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let page = std::fs::read_to_string(root.join("circuits/spec/attacks.md")).unwrap();
    let rows: Vec<(&str, &str)> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(". "))
        .collect();
    let found: Vec<&str> = rows.iter().map(|(number, _)| *number).collect();
    let numbers = ATTACKS.into_iter().flatten().map(|n| n.to_string());
    let wanted: Vec<String> = numbers.chain(CONDITIONS.map(str::to_owned)).collect();
    assert_eq!(found, wanted);
    let mut named = 0;
    for (number, row) in rows {
        let tests = row.split('`').filter(|part| part.contains("::"));
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            let text = std::fs::read_to_string(root.join(file));
            let text = text.unwrap_or_else(|_| panic!("{number}: no {file}"));
            let at = text.find(&format!("fn {name}("));
            let at = at.unwrap_or_else(|| panic!("{number}: {file} has no {name}"));
            assert!(
                text[..at].trim_end().ends_with("#[test]"),
                "{number}: {name}"
            );
            named += 1;
        }
    }
    assert!(named > 80, "{named}");
}
