//! The page of a trust file: the keys that the code reads, each and no other, needed or not; and an
//! example that is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use plimsoll_verifier::Trust;
use plimsoll_verifier::trust::TrustError;
use toml::{Table, Value};

/// A key that no table has.
const UNKNOWN: &str = "no-such-key";
const WHOLE: &str = "The file";

fn page() -> String {
    fs::read_to_string(crate::support::fixture("formats/trust.md")).unwrap()
}

fn example(page: &str) -> Table {
    let (_, block) = page.split_once("```toml\n").unwrap();
    let (text, _) = block.split_once("```").unwrap();
    Trust::parse(text).unwrap();
    text.parse().unwrap()
}

/// Heading to its keys, and whether each is needed.
fn listed(page: &str) -> BTreeMap<String, BTreeMap<String, bool>> {
    let mut listed: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    let mut heading = String::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title.trim_matches(|c| "`[]".contains(c)).to_owned();
        } else if let Some(row) = line.strip_prefix("| `") {
            let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
            let [key, needed, what] = cells[..] else {
                panic!("{heading}: {row}");
            };
            assert!(!what.is_empty() && ["yes", ""].contains(&needed.trim()));
            let keys = listed.entry(heading.clone()).or_default();
            let new = keys.insert(key.trim_end_matches('`').to_owned(), needed == "yes");
            assert_eq!(new, None, "{heading}: {key} stands twice");
        }
    }
    listed
}

/// The table of a heading.
fn at<'t>(file: &'t mut Table, heading: &str) -> &'t mut Table {
    match heading {
        WHOLE => file,
        name => file[name].as_array_mut().unwrap()[0]
            .as_table_mut()
            .unwrap(),
    }
}

fn refusal(file: &Table) -> Option<String> {
    match Trust::parse(&file.to_string()) {
        Err(TrustError::Malformed { message, .. }) => Some(message),
        _ => None,
    }
}

#[test]
fn the_page_lists_the_keys_that_are_read() {
    let page = page();
    let example = example(&page);
    let listed = listed(&page);
    let tables = example.iter().filter(|(_, value)| value.is_array());
    let tables = tables.filter(|(_, value)| matches!(value[0], Value::Table(_)));
    let mut headings: BTreeSet<String> = tables.map(|(name, _)| name.clone()).collect();
    headings.insert(WHOLE.to_owned());
    assert_eq!(listed.keys().cloned().collect::<BTreeSet<_>>(), headings);
    for (heading, keys) in &listed {
        // What the code expects in the place of a key that it does not know.
        let mut with = example.clone();
        at(&mut with, heading).insert(UNKNOWN.to_owned(), true.into());
        let refused = refusal(&with).unwrap();
        let (found, expected) = refused.split_once("expected").unwrap();
        assert!(found.contains(UNKNOWN), "{refused}");
        let known: BTreeSet<&str> = expected.split('`').skip(1).step_by(2).collect();
        assert_eq!(
            known,
            keys.keys().map(String::as_str).collect(),
            "{heading}"
        );
        // The example has each of them, and needs those that the page says.
        for (key, needed) in keys {
            let mut without = example.clone();
            let taken = at(&mut without, heading).remove(key);
            assert!(taken.is_some(), "{heading}: the example has no `{key}`");
            let refused = refusal(&without).unwrap_or_default();
            let missing = refused.contains("missing field");
            assert_eq!(missing, *needed, "{heading}: {key}: {refused}");
        }
    }
}
