//! Texts: where something stands in one, TOML that is read or refused with its place, what an error
//! echoes of somebody else's.

use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;

/// A place in a text. Both numbers count from 1; columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Position {
    /// The position of a byte offset; offsets beyond the end are the end.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    pub(crate) fn of_span(text: &str, span: &Range<usize>) -> Self {
        Self::of(text, span.start)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Reads TOML.
///
/// # Errors
/// What `malformed` makes of the place, where it is known, and of the first line of what the reader
/// says. That line echoes what it read: print it [`quiet`].
pub fn from_toml<T: DeserializeOwned, E>(
    text: &str,
    malformed: impl FnOnce(Option<Position>, String) -> E,
) -> Result<T, E> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map(|span| Position::of_span(text, &span));
        let said = error.message().lines().next().unwrap_or_default();
        malformed(at, said.to_owned())
    })
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Most characters that an error echoes of somebody else's text.
const MOST_ECHOED: usize = 200;

/// Somebody else's text as an error may echo it: short, and without control characters, so that
/// it neither speaks to a terminal nor makes a second line.
pub fn quiet(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(MOST_ECHOED)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(MOST_ECHOED).is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a text is a name: 1 to 48 letters, digits, `-`, `.`, `+` or `%`.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=48).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'+' | b'%'))
}

/// Whether a text is a currency or coin: 2 to 8 upper-case letters or digits.
pub(crate) fn is_currency(text: &str) -> bool {
    (2..=8).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_echoed_is_quiet() {
        assert_eq!(quiet("a\u{1b}[2J\nb"), "a\u{fffd}[2J\u{fffd}b");
        assert_eq!(quiet(&"x".repeat(MOST_ECHOED)), "x".repeat(MOST_ECHOED));
        assert_eq!(quiet(&"x".repeat(9_999)).chars().count(), MOST_ECHOED + 1);
    }

    #[test]
    fn positions_count_from_one() {
        let text = "a = 1\né = 2\n";
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::of(text, 4), Position { line: 1, column: 5 });
        assert_eq!(Position::of(text, 8), Position { line: 2, column: 2 });
        assert_eq!(
            Position::of(text, 7),
            Position { line: 2, column: 1 },
            "inside é"
        );
        assert_eq!(Position::of(text, 99), Position { line: 3, column: 1 });
    }
}
