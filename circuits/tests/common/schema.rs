//! As much of JSON Schema as the published schemas use.

use serde_json::{Value, json};

/// What is wrong with a value: the part of JSON Schema that these schemas use, patterns aside.
pub(crate) fn problem(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let wrong = |what: &str| Some(format!("{at}: {what}"));
    if let Some(path) = schema["$ref"].as_str() {
        return problem(root, root.pointer(&path[1..]).unwrap(), value, at);
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return wrong("not the constant");
    }
    if schema["enum"]
        .as_array()
        .is_some_and(|all| !all.contains(value))
    {
        return wrong("none of the values");
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if schema["type"].as_str().is_some_and(|wanted| wanted != kind) {
        return wrong("of another type");
    }
    if let (Some(least), Some(number)) = (schema["minimum"].as_i64(), value.as_i64())
        && number < least
    {
        return wrong("too small");
    }
    if let Some(list) = value.as_array() {
        let out_of = |key: &str, f: fn(usize, usize) -> bool| {
            let bound = schema[key].as_u64();
            bound.is_some_and(|bound| f(list.len(), bound as usize))
        };
        if out_of("minItems", |n, least| n < least) || out_of("maxItems", |n, most| n > most) {
            return wrong("of another length");
        }
        for (index, item) in list.iter().enumerate() {
            let found = problem(root, &schema["items"], item, &format!("{at}/{index}"));
            if found.is_some() {
                return found;
            }
        }
    }
    let map = value.as_object()?;
    for key in schema["required"].as_array().into_iter().flatten() {
        if !map.contains_key(key.as_str().unwrap()) {
            return wrong(&format!("has no {key}"));
        }
    }
    for (key, value) in map {
        match schema["properties"].get(key) {
            Some(schema) => {
                let found = problem(root, schema, value, &format!("{at}/{key}"));
                if found.is_some() {
                    return found;
                }
            }
            None if schema["additionalProperties"] == json!(false) => {
                return wrong(&format!("has a field {key}"));
            }
            None => {}
        }
    }
    None
}
