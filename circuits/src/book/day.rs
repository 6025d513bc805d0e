//! Calendar days.

use std::fmt;

use thiserror::Error;

use super::Day;

/// Why a text is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DayError {
    /// Not ten characters `YYYY-MM-DD`.
    #[error("a day is written YYYY-MM-DD")]
    Form,
    /// Well formed, but the calendar has no such day between 1900 and 9999.
    #[error("the calendar has no such day")]
    NoSuchDay,
}

impl Day {
    /// A day that the Gregorian calendar has, from 1900 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DayError> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return Err(DayError::NoSuchDay),
        };
        if !(1900..=9999).contains(&year) || day == 0 || day > days {
            return Err(DayError::NoSuchDay);
        }
        Ok(Self { year, month, day })
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(DayError::Form);
        }
        let number = |range: std::ops::Range<usize>| -> Result<u16, DayError> {
            bytes[range].iter().try_fold(0u16, |n, b| {
                b.is_ascii_digit()
                    .then(|| n * 10 + u16::from(b - b'0'))
                    .ok_or(DayError::Form)
            })
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        // Two digits always fit in a byte.
        Self::new(year, month as u8, day as u8)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_exist() {
        for text in [
            "2022-12-31",
            "2024-02-29",
            "2000-02-29",
            "1900-01-01",
            "9999-12-31",
        ] {
            assert_eq!(Day::parse(text).map(|d| d.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn days_that_do_not() {
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2022-13-01",
            "2022-00-01",
            "2022-04-31",
            "2022-01-00",
            "1899-12-31",
        ] {
            assert_eq!(Day::parse(text), Err(DayError::NoSuchDay), "{text}");
        }
        for text in [
            "",
            "20221231",
            "2022-12-3",
            "2022/12/31",
            "2022-1a-31",
            " 2022-12-1",
            "２022-1-1",
        ] {
            assert_eq!(Day::parse(text), Err(DayError::Form), "{text}");
        }
    }
}
