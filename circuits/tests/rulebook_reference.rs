//! The reference page of the rulebook lists the keys that the code knows: each, and no other.
#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_circuits::rulebook::{BUILTIN, Rulebook, RulebookError};
use toml::{Table, Value};

/// A key that no table has.
const UNKNOWN: &str = "no-such-key";

fn text(name: &str) -> &'static str {
    let found = BUILTIN.iter().find(|(known, _)| *known == name);
    found.unwrap().1
}

/// The paths of all tables of the built-in rulebook: a list is entered at its first table. The
/// page calls every ratio `NAME`.
fn tables(table: &Table, path: &[String], found: &mut Vec<Vec<String>>) {
    found.push(path.to_vec());
    for (key, value) in table {
        let below = [path, std::slice::from_ref(key)].concat();
        match value {
            Value::Table(inner) => tables(inner, &below, found),
            Value::Array(list) => {
                if let Some(Value::Table(inner)) = list.first() {
                    tables(inner, &below, found);
                }
            }
            _ => {}
        }
    }
}

fn at<'t>(table: &'t mut Table, path: &[String]) -> &'t mut Table {
    path.iter().fold(table, |table, key| {
        let value = table.get_mut(key).unwrap();
        match value {
            Value::Table(inner) => inner,
            Value::Array(list) => list[0].as_table_mut().unwrap(),
            _ => panic!("{key} is no table"),
        }
    })
}

/// The keys that the code knows in a table: what it expects in the place of one that it does not.
fn known(path: &[String]) -> BTreeSet<String> {
    let mut rulebook: Table = text("basel-2023").parse().unwrap();
    at(&mut rulebook, path).insert(UNKNOWN.to_owned(), true.into());
    // Whole: what is printed of it is cut.
    let refused = match Rulebook::parse(&rulebook.to_string()) {
        Err(RulebookError::Malformed { message, .. }) => message,
        other => panic!("{other:?}"),
    };
    let (found, expected) = refused.split_once("expected").unwrap();
    assert!(found.contains(UNKNOWN), "{refused}");
    let quoted = expected.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// Heading (without brackets) to the keys of the table below it.
fn page() -> BTreeMap<String, BTreeSet<String>> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fixtures/formats/rulebook.md"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let mut page: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut heading = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim();
            heading = title.trim_matches(|c| "`[]".contains(c)).to_owned();
        } else if let Some(row) = line.strip_prefix("| `") {
            let (key, meaning) = row.split_once("` | ").unwrap();
            assert!(meaning.len() > 4, "{heading}: {key} is not explained");
            let new = page
                .entry(heading.clone())
                .or_default()
                .insert(key.to_owned());
            assert!(new, "{heading}: {key} stands twice");
        }
    }
    page
}

#[test]
fn the_reference_lists_the_keys_that_are_read() {
    let rulebook: Table = text("basel-2023").parse().unwrap();
    let mut paths = Vec::new();
    tables(&rulebook, &[], &mut paths);
    let mut page = page();
    let ratios: Vec<String> = rulebook["ratios"]
        .as_table()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let mut expected = BTreeSet::new();
    for path in paths {
        // The list of ratios has no keys of its own.
        if path == ["ratios"] {
            continue;
        }
        let heading = match path.as_slice() {
            [] => "The file".to_owned(),
            [first, ratio] if first == "ratios" => {
                assert!(ratios.contains(ratio));
                "ratios.NAME".to_owned()
            }
            path => path.join("."),
        };
        let listed = page.get(&heading).unwrap_or_else(|| panic!("no {heading}"));
        assert_eq!(*listed, known(&path), "{heading}");
        expected.insert(heading);
    }
    page.retain(|heading, _| !expected.contains(heading));
    assert!(page.is_empty(), "the code has no {page:?}");
}
