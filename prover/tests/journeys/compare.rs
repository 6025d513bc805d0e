//! What a page shows against what was said. `…` stands for whatever differs from run to run, or is
//! left out; alone on a line for any number of lines.

const ANY: &str = "…";
/// Hexadecimal digits in a row that are a digest or an id.
const LONG: usize = 12;

/// Whether a page shows what was said.
pub(crate) fn agree(shown: &[String], said: &[String]) -> bool {
    match shown.split_first() {
        None => said.is_empty(),
        Some((line, rest)) if line.trim() == ANY => {
            (0..=said.len()).any(|left_out| agree(rest, &said[left_out..]))
        }
        Some((line, rest)) => said
            .split_first()
            .is_some_and(|(first, others)| fits(line, first) && agree(rest, others)),
    }
}

/// Whether a line is as shown.
fn fits(shown: &str, line: &str) -> bool {
    let mut parts = shown.trim_end().split(ANY);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.trim_end().strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// A line for the page: as it was shown where that fits, else without what differs each time.
pub(crate) fn kept(shown: &[String], line: &str) -> String {
    let before = shown
        .iter()
        .find(|known| known.trim() != ANY && fits(known, line));
    before.cloned().unwrap_or_else(|| masked(line.trim_end()))
}

fn masked(line: &str) -> String {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut text = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let run = rest.find(|c: char| !hex(c)).unwrap_or(rest.len());
        // Digests, not amounts.
        let digest = run >= LONG && rest[..run].chars().any(|c| c.is_ascii_lowercase());
        if digest {
            text.push_str(ANY);
            rest = rest[run..].trim_start_matches('…');
        } else if let Some(key) = rest.strip_prefix("ed25519:") {
            text.push_str("ed25519:…");
            let end = key.find([' ', '"', '\'']).unwrap_or(key.len());
            rest = &key[end..];
        } else {
            let whole = run.max(c.len_utf8());
            text.push_str(&rest[..whole]);
            rest = &rest[whole..];
        }
    }
    text
}
