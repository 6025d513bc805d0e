//! The golden vectors and other people's data. They lie beside the checkout and not in it: a test
//! that finds none says so and returns.

use serde_json::Value;

/// A text of theirs, or `None` and a line that says so.
pub(crate) fn shared(name: &str) -> Option<String> {
    let path = format!("{}/../../shared/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {path} is absent");
    }
    text
}

/// The golden vectors of a module.
pub(crate) fn golden(module: &str) -> Option<Vec<Value>> {
    let golden: Value = serde_json::from_str(&shared("rules/golden.json")?).expect("JSON");
    Some(
        golden["modules"][module]
            .as_array()
            .expect("a module")
            .clone(),
    )
}
