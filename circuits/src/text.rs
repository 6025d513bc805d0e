//! Texts: where something stands in one, TOML that is read or refused with its place, what is shown
//! or echoed of somebody else's.

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

/// Whether a character does something to a screen, or nothing that is seen.
///
/// Control characters speak to a terminal. The rest is what Unicode calls ignorable by default
/// (`Default_Ignorable_Code_Point`): it is there and nobody sees it, so that two names that are not
/// the same look the same. Every mark that turns a line around (`Bidi_Control`) is among it. Beside
/// it stand the separators of lines and paragraphs, which make a second line, and the marks of
/// annotations.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A character as a screen may show it: `\u{fffd}` in the place of one that [`is_hidden`].
pub fn shown(c: char) -> char {
    if is_hidden(c) { '\u{fffd}' } else { c }
}

/// Somebody else's text as a screen may show it, in one line: a name, an id, a path.
pub fn visible(text: &str) -> String {
    text.chars().map(shown).collect()
}

/// Somebody else's text inside a sentence of ours: [`visible`], and in quotation marks that it cannot
/// close itself.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(text).replace('"', "'"))
}

/// A page as a screen may show it: its lines are its own.
pub fn visible_lines(text: &str) -> String {
    let shown = |c| if c == '\n' { c } else { shown(c) };
    text.chars().map(shown).collect()
}

/// Somebody else's text as an error may echo it: short and [`visible`], so that it neither speaks to
/// a terminal nor makes a second line.
pub fn quiet(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_ECHOED).map(shown).collect();
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

    /// Each reads `holds` on a screen that does as it is told, or looks like another name.
    #[test]
    fn no_name_turns_its_line_around() {
        for hidden in [
            '\u{7}',
            '\u{9}',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            let name = format!("Bank{hidden}sdloh");
            assert_eq!(visible(&name), "Bank\u{fffd}sdloh", "{hidden:?}");
            assert_eq!(visible_lines(&name), "Bank\u{fffd}sdloh", "{hidden:?}");
            assert_eq!(quiet(&name), "Bank\u{fffd}sdloh", "{hidden:?}");
        }
        assert_eq!(visible("a\nb"), "a\u{fffd}b");
        assert_eq!(visible_lines("a\nb"), "a\nb");
        // What people write stays as it is.
        for name in [
            "Société Générale",
            "三井住友",
            "Πειραιώς",
            "بنك",
            "U.S. Bank – N.A.",
            "…✓",
        ] {
            assert_eq!(visible(name), name);
        }
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
