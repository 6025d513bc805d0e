//! The page of attacks names tests that exist, and leaves no line out.
#![allow(missing_docs)]

use std::path::Path;

/// Lines of the list of attacks, but for those that no proof can help against.
const ATTACKS: std::ops::RangeInclusive<u32> = 1..=53;
const CONDITIONS: [&str; 18] = [
    "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "P1", "P2", "P3",
    "P4", "P5", "V",
];

fn text_of(page: &str) -> String {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    std::fs::read_to_string(root.join("circuits/spec").join(page)).unwrap()
}

fn rows_of(page: &str) -> Vec<(String, String)> {
    text_of(page)
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(". "))
        .map(|(number, row)| (number.to_owned(), row.to_owned()))
        .collect()
}

/// Every test that these rows name exists; how many there are.
fn named_tests(rows: &[(String, String)]) -> usize {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
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
    named
}

#[test]
fn every_attack_has_a_test_that_exists() {
    let rows = rows_of("attacks.md");
    let found: Vec<&str> = rows.iter().map(|(number, _)| number.as_str()).collect();
    let numbers = ATTACKS.map(|n| n.to_string());
    let wanted: Vec<String> = numbers.chain(CONDITIONS.map(str::to_owned)).collect();
    assert_eq!(found, wanted);
    let named = named_tests(&rows);
    assert!(named > 150, "{named}");
}

/// The doors are numbered, each names a test, and every test of the adversary stands at a door.
#[test]
fn every_door_has_a_test_that_exists() {
    let doors: Vec<_> = rows_of("adversary.md")
        .into_iter()
        .filter(|(number, _)| number.starts_with('A'))
        .collect();
    for (door, (number, row)) in (1..).zip(&doors) {
        assert_eq!(*number, format!("A{door}"));
        assert!(row.contains("::"), "{number} names no test");
    }
    let named = named_tests(&doors);
    assert!(doors.len() >= 23 && named > 40, "{named}");
    // What stands below the doors, too.
    let below = |line: &&str| line.contains("tests/") && !line.starts_with("| A");
    let page = text_of("adversary.md");
    let below: String = page.lines().filter(below).collect();
    assert!(named_tests(&[("below".to_owned(), below)]) >= 7);
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../prover/tests/adversary"
    ));
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let tests = text.split("#[test]\n").skip(1);
        let names = tests.filter_map(|test| test.strip_prefix("fn ")?.split_once('('));
        for (name, _) in names {
            // What shows that the adversary can prove at all is told above the table.
            let control = name.starts_with("an_honest_claim") || name.starts_with("the_adversarys");
            let stands = doors
                .iter()
                .any(|(_, row)| row.contains(&format!("::{name}`")));
            assert!(control || stands, "{name} stands at no door");
        }
    }
}

/// The variants of an enum, as its file has them.
fn variants(file: &str, name: &str) -> Vec<String> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let text = std::fs::read_to_string(root.join(file)).unwrap();
    let (_, body) = text.split_once(&format!("pub enum {name} {{")).unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let starts = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let end = |c: char| !c.is_alphanumeric();
    starts
        .map(|line| format!("{name}::{}", line.split(end).next().unwrap()))
        .collect()
}

/// All source below a folder.
fn source(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => source(&path, text),
            false => text.push_str(&std::fs::read_to_string(path).unwrap()),
        }
    }
}

/// What the twin refuses stands on a page of its own, with what stops it in a proof.
#[test]
fn every_refusal_of_the_twin_is_answered() {
    let page = text_of("refusals.md");
    let rows: Vec<(String, String)> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, row)| (name.to_owned(), row.to_owned()))
        .collect();
    let mut wanted = variants("rule_error.rs", "RuleError");
    wanted.extend(variants("rule_error.rs", "RecordProblem"));
    wanted.extend(variants(
        "counterparty_risk/problem.rs",
        "DerivativeProblem",
    ));
    // These two hold one of the others.
    wanted.retain(|name| name != "RuleError::Record" && name != "RecordProblem::Derivative");
    let found: Vec<&String> = rows.iter().map(|(name, _)| name).collect();
    assert_eq!(found, wanted.iter().collect::<Vec<_>>());
    assert!(named_tests(&rows) >= wanted.len());
    let mut cells = String::new();
    source(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cells"),
        &mut cells,
    );
    let mut constraints = 0;
    for (name, row) in &rows {
        for sentence in row.split('*').skip(1).step_by(2) {
            let stands = cells.contains(&format!("\"{sentence}\""));
            assert!(stands, "{name}: no constraint says *{sentence}*");
            constraints += 1;
        }
    }
    assert!(constraints > 30, "{constraints}");
}
