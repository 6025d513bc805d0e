//! The published descriptions of a book are those that the code follows.
#![allow(missing_docs)]

mod support;

use plimsoll_circuits::amount::{MAX_SCALE, MIN_SCALE};
use plimsoll_prover::book::{columns, load};
use serde_json::{Value, json};

fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(support::fixture(path)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn columns_are_described_as_they_are_read() {
    let described = columns::csvw();
    if std::env::var_os("PLIMSOLL_WRITE_SCHEMAS").is_some() {
        let text = serde_json::to_string_pretty(&described).unwrap() + "\n";
        std::fs::write(support::fixture("schemas/columns.json"), text).unwrap();
    }
    assert!(
        read("schemas/columns.json") == described,
        "fixtures/schemas/columns.json lags behind the code: run this test with PLIMSOLL_WRITE_SCHEMAS=1"
    );
}

#[test]
fn the_schema_of_book_toml_says_what_the_code_does() {
    let schema = read("schemas/book.schema.json");
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(schema["additionalProperties"], json!(false));
    assert_eq!(properties["scale"]["minimum"], json!(MIN_SCALE));
    assert_eq!(properties["scale"]["maximum"], json!(MAX_SCALE));
    assert_eq!(
        properties["empty"]["items"]["enum"],
        json!(columns::MAY_BE_EMPTY)
    );

    // Each key is read, each required one is required, and no other key is.
    let good =
        std::fs::read_to_string(support::fixture("books/us-bancorp-2022-12-31/book.toml")).unwrap();
    let good: toml::Table = good.parse().unwrap();
    let required: Vec<&str> = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for key in properties.keys() {
        assert!(good.contains_key(key), "the fixture has no `{key}`");
        let mut without = good.clone();
        without.remove(key);
        let refused = refusal(&without);
        assert_eq!(
            refused.contains("missing field"),
            required.contains(&key.as_str()),
            "{key}: {refused}"
        );
    }
    let mut with = good.clone();
    with.insert("colour".into(), "red".into());
    assert!(refusal(&with).contains("unknown field `colour`"));
}

/// What is wrong with a folder of nothing but this `book.toml`.
fn refusal(manifest: &toml::Table) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("book.toml"), manifest.to_string()).unwrap();
    load(folder.path()).unwrap_err().to_string()
}
