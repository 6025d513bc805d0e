//! Text files as they come: UTF-8 or not, and CSV records with the lines they stand on.

use csv::StringRecord;

/// Why bytes are not a text, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotText {
    /// Line, counted from 1.
    pub(crate) line: u64,
    /// Character, counted from 1.
    pub(crate) column: u64,
    /// Whether it is a byte order mark, and not another encoding.
    pub(crate) mark: bool,
}

/// Reads bytes as UTF-8 without a byte order mark.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, NotText> {
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    if marks.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(NotText {
            line: 1,
            column: 1,
            mark: true,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let (before, _) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let line = before.iter().filter(|b| **b == b'\n').count() as u64 + 1;
        let last = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        NotText {
            line,
            column: String::from_utf8_lossy(last).chars().count() as u64 + 1,
            mark: false,
        }
    })
}

/// Gives each record of a CSV text, the header too, to `each`, with the line on which it begins.
///
/// `not_csv` makes the error of a line that cannot be read.
pub(crate) fn for_each_record<E>(
    text: &str,
    mut each: impl FnMut(u64, &StringRecord) -> Result<(), E>,
    not_csv: impl Fn(u64) -> E,
) -> Result<(), E> {
    let bytes = text.as_bytes();
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut record = StringRecord::new();
    let (mut counted, mut line) = (0usize, 1u64);
    loop {
        // The reader's own line numbers lag behind blank lines and CRLF ends: count them here.
        let mut start = usize::try_from(records.position().byte())
            .unwrap_or(bytes.len())
            .min(bytes.len());
        while start < bytes.len() && matches!(bytes[start], b'\r' | b'\n') {
            start += 1;
        }
        line += bytes[counted..start]
            .iter()
            .filter(|b| **b == b'\n')
            .count() as u64;
        counted = start;
        if !records
            .read_record(&mut record)
            .map_err(|_| not_csv(line))?
        {
            return Ok(());
        }
        each(line, &record)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, usize)> {
        let mut seen = Vec::new();
        let read = for_each_record(
            text,
            |line, record| {
                seen.push((line, record.len()));
                Ok(())
            },
            |line| line,
        );
        assert_eq!(read, Ok(()));
        seen
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        assert_eq!(lines("a,b\n1,2\n3,4"), [(1, 2), (2, 2), (3, 2)]);
        assert_eq!(lines("a,b\r\n1,2\r\n3,4\r\n"), [(1, 2), (2, 2), (3, 2)]);
        assert_eq!(lines("a,b\n\n\n1,2\n"), [(1, 2), (4, 2)]);
        assert_eq!(lines("a,b\n\"x\ny\",2\n3,4\n"), [(1, 2), (2, 2), (4, 2)]);
        assert_eq!(lines(""), []);
    }

    #[test]
    fn other_encodings_are_named_where_they_begin() {
        assert_eq!(
            decode(b"a\nb\xfcc".to_vec()),
            Err(NotText {
                line: 2,
                column: 2,
                mark: false
            })
        );
        assert_eq!(
            decode(b"\xef\xbb\xbfa".to_vec()),
            Err(NotText {
                line: 1,
                column: 1,
                mark: true
            })
        );
        assert_eq!(decode("ü\nü".as_bytes().to_vec()), Ok("ü\nü".to_owned()));
    }
}
