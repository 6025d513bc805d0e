//! One HTML file of all parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const HTML: &str = include_str!("../../web/page.html");
const STYLE: &str = include_str!("../../web/page.css");
const SCRIPT: &str = include_str!("../../web/page.js");
const WORKER: &str = include_str!("../../web/worker.js");

/// What the page carries.
pub(super) struct Parts<'a> {
    /// The script that loads the code.
    pub(super) glue: &'a str,
    /// The code, compressed.
    pub(super) code: &'a [u8],
    /// The public parameters.
    pub(super) params: &'a [u8],
}

/// The page.
pub(super) fn compose(parts: &Parts<'_>) -> String {
    let worker = format!("{}\n{WORKER}", parts.glue);
    // The worker's script is inside the page's, and so under its hash.
    let script = SCRIPT.replace("\"{{worker}}\"", &quoted(&worker));
    let policy = [
        "default-src 'none'".to_owned(),
        format!("script-src '{}' 'wasm-unsafe-eval'", hash(&script)),
        format!("style-src '{}'", hash(STYLE)),
        "worker-src blob:".to_owned(),
        // For the address that a reader types; the script asks for no other.
        "connect-src http: https:".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
    ];
    let slots = [
        ("{{policy}}", policy.join("; ")),
        ("{{style}}", STYLE.to_owned()),
        ("{{version}}", env!("CARGO_PKG_VERSION").to_owned()),
        ("{{code}}", STANDARD.encode(parts.code)),
        ("{{params}}", STANDARD.encode(parts.params)),
        ("{{script}}", script),
    ];
    fill(HTML, &slots)
}

/// Fills each slot once, from left to right: what is filled in is not looked at again.
fn fill(template: &str, slots: &[(&str, String)]) -> String {
    let mut page = String::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        page.push_str(before);
        let slot = slots.iter().find(|(slot, _)| from.starts_with(slot));
        let (known, text) = slot.map_or(("{{", "{{"), |(slot, text)| (slot, text));
        page.push_str(text);
        rest = from.get(known.len()..).unwrap_or_default();
    }
    page.push_str(rest);
    page
}

/// A string of JavaScript inside an HTML script: nothing in it ends either.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// The source expression that allows exactly this text.
fn hash(text: &str) -> String {
    format!(
        "sha256-{}",
        STANDARD.encode(Sha256::digest(text.as_bytes()))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let slots = [("{{a}}", "{{b}}".to_owned()), ("{{b}}", "x".to_owned())];
        assert_eq!(fill("<{{a}}{{b}}{{c}}>", &slots), "<{{b}}x{{c}}>");
    }

    #[test]
    fn a_string_does_not_end_its_script() {
        assert_eq!(
            quoted("</script>\"\u{2028}"),
            "\"\\u003c/script>\\\"\\u2028\""
        );
    }

    #[test]
    fn every_slot_of_the_template_is_filled() {
        let parts = Parts {
            glue: "let glue;",
            code: b"code",
            params: b"parameters",
        };
        let page = compose(&parts);
        assert!(!page.contains("{{"), "a slot is left");
        assert!(page.contains(&STANDARD.encode(b"parameters")));
        assert!(page.contains("let glue;"));
    }

    #[test]
    fn the_page_names_nothing_elsewhere() {
        let all = [HTML, STYLE, SCRIPT, WORKER].concat();
        for word in [
            "src=",
            "@import",
            "url(",
            "importScripts",
            "//cdn",
            "integrity=",
        ] {
            assert!(!all.contains(word), "{word}");
        }
        // What the reader types may leave the scheme out.
        let named = all.replace("https://${text}", "");
        assert!(!named.contains("http://") && !named.contains("https://"));
    }
}
