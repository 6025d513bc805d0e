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

/// The tables of the reference page: keys of `book.toml`, and columns of each file.
fn reference(schema: &Value, described: &Value) -> String {
    let mut text = String::from("## `book.toml`\n\n| key | needed | what |\n| --- | --- | --- |\n");
    let required = schema["required"].as_array().unwrap();
    let needed = |needed: bool| if needed { "yes" } else { "" };
    for (key, property) in schema["properties"].as_object().unwrap() {
        let what = property["description"].as_str().unwrap();
        let needed = needed(required.iter().any(|r| r.as_str() == Some(key)));
        text += &format!("| `{key}` | {needed} | {what} |\n");
    }
    for table in described["tables"].as_array().unwrap() {
        let file = table["url"].as_str().unwrap();
        text += &format!(
            "\n## `{file}`\n\n| column | needed | type | what |\n| --- | --- | --- | --- |\n"
        );
        for column in table["tableSchema"]["columns"].as_array().unwrap() {
            let name = column["name"].as_str().unwrap();
            let needed = needed(column["required"].as_bool().unwrap());
            let kind = column["datatype"]["base"].as_str();
            let kind = kind.or(column["datatype"].as_str()).unwrap();
            let what = column["dc:description"].as_str().unwrap();
            text += &format!("| `{name}` | {needed} | {kind} | {what} |\n");
        }
    }
    text
}

#[test]
fn the_reference_of_a_book_is_that_of_the_code() {
    const MARK: &str = "<!-- generated -->\n";
    let path = support::fixture("formats/book.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (prose, tables) = page.split_once(MARK).unwrap();
    let expected = format!(
        "\n{}",
        reference(&read("schemas/book.schema.json"), &columns::csvw())
    );
    if std::env::var_os("PLIMSOLL_WRITE_SCHEMAS").is_some() {
        std::fs::write(&path, format!("{prose}{MARK}{expected}")).unwrap();
    } else {
        assert!(
            tables == expected,
            "fixtures/formats/book.md lags behind the code: run this test with PLIMSOLL_WRITE_SCHEMAS=1"
        );
    }
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

/// The part of JSON Schema that the schema of an assessment is written in; a keyword that is not
/// known here fails, so that nothing in the file is mere decoration.
fn violation(root: &Value, schema: &Value, value: &Value, path: &str) -> Option<String> {
    let keywords = schema.as_object().unwrap();
    let fail = |why: String| Some(format!("{path}: {why}"));
    for (keyword, wanted) in keywords {
        let found = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" => None,
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                violation(root, &root["$defs"][name], value, path)
            }
            "anyOf" => {
                let options = wanted.as_array().unwrap();
                let mut tried = options
                    .iter()
                    .filter_map(|option| violation(root, option, value, path));
                let none = tried.by_ref().count() == options.len();
                none.then(|| format!("{path}: none of the alternatives"))
            }
            "type" => {
                let same = match wanted.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_u64(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("type {other}"),
                };
                (!same).then(|| format!("{path}: not of type {wanted}"))
            }
            "enum" => {
                let known = wanted.as_array().unwrap().contains(value);
                (!known).then(|| format!("{path}: {value} is none of {wanted}"))
            }
            "minimum" => {
                (value.as_u64() < wanted.as_u64()).then(|| format!("{path}: below {wanted}"))
            }
            "maximum" => {
                (value.as_u64() > wanted.as_u64()).then(|| format!("{path}: above {wanted}"))
            }
            "pattern" => {
                let text = value.as_str().unwrap_or_default();
                let digits =
                    |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
                let holds = match wanted.as_str().unwrap() {
                    "^-?[0-9]+([.][0-9]+)?$" => {
                        let text = text.strip_prefix('-').unwrap_or(text);
                        text.split_once('.')
                            .map_or(digits(text), |(a, b)| digits(a) && digits(b))
                    }
                    "^[0-9a-f]{64}$" => {
                        text.len() == 64 && text.bytes().all(|b| b"0123456789abcdef".contains(&b))
                    }
                    other => panic!("pattern {other}"),
                };
                (!holds).then(|| format!("{path}: {text} is not {wanted}"))
            }
            "items" => value.as_array().and_then(|items| {
                items
                    .iter()
                    .find_map(|item| violation(root, wanted, item, &format!("{path}[]")))
            }),
            "required" => wanted.as_array().unwrap().iter().find_map(|name| {
                let absent = value.get(name.as_str().unwrap()).is_none();
                absent.then(|| format!("{path}: {name} is missing"))
            }),
            "properties" => wanted
                .as_object()
                .unwrap()
                .iter()
                .find_map(|(name, schema)| {
                    let value = value.get(name)?;
                    violation(root, schema, value, &format!("{path}.{name}"))
                }),
            "additionalProperties" => value.as_object().and_then(|object| {
                let named = |name: &String| schema["properties"].get(name).is_some();
                let mut others = object.iter().filter(|(name, _)| !named(name));
                if wanted == &json!(false) {
                    let (name, _) = others.next()?;
                    return fail(format!("`{name}` is not described"));
                }
                others.find_map(|(name, value)| {
                    violation(root, wanted, value, &format!("{path}.{name}"))
                })
            }),
            other => panic!("keyword {other}"),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

#[test]
fn an_assessment_is_what_its_schema_says() {
    let schema = read("schemas/assess.schema.json");
    for (book, snapshot) in [
        ("us-bancorp-2022-12-31", None),
        ("four-shapes", None),
        (
            "derivatives-bcbs",
            Some(support::fixture("snapshots/bcbs-examples.toml")),
        ),
    ] {
        let folder = support::fixture("books").join(book);
        let snapshot = snapshot.as_ref().map(|path| path.to_str().unwrap());
        let sources = plimsoll_prover::sources::load(&folder, None, snapshot).unwrap();
        let assessment = plimsoll_prover::assessment::assess(&sources, &folder).unwrap();
        let json = plimsoll_prover::report::json(&sources, &assessment, false);
        assert_eq!(violation(&schema, &schema, &json, "$"), None, "{book}");
        // The schema is not one that everything fits.
        for key in json.as_object().unwrap().keys() {
            let mut without = json.clone();
            without.as_object_mut().unwrap().remove(key);
            assert!(
                violation(&schema, &schema, &without, "$").is_some(),
                "{key}"
            );
        }
    }
}
