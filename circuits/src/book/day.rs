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

    /// Midnight UTC at the start of the day, in seconds since 1970-01-01T00:00:00Z.
    pub fn seconds(self) -> i64 {
        // Days before the year in the proleptic Gregorian calendar, counted from 0001-01-01.
        let years = i64::from(self.year) - 1;
        let before_year = years * 365 + years / 4 - years / 100 + years / 400;
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let before_month = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
        let month = usize::from(self.month).clamp(1, 12);
        let day_of_year =
            before_month[month - 1] + i64::from(leap && month > 2) + i64::from(self.day) - 1;
        const EPOCH: i64 = 719_162;
        (before_year + day_of_year - EPOCH) * 86_400
    }

    /// The day of a time in seconds since 1970-01-01T00:00:00Z, where it lies in 1900 to 9999.
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        let days = seconds.div_euclid(86_400);
        // Civil from days, by eras of 400 years that start in March.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let year = u16::try_from(year).ok()?;
        Self::new(year, month as u8, day as u8).ok()
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
    fn seconds_and_back() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2022-12-31", 1_672_444_800),
            ("1900-01-01", -2_208_988_800),
            ("9999-12-31", 253_402_214_400),
        ] {
            let day = Day::parse(text).expect("a day");
            assert_eq!(day.seconds(), seconds, "{text}");
            assert_eq!(Day::of_seconds(seconds + 86_399), Some(day), "{text}");
        }
        assert_eq!(Day::of_seconds(i64::MAX), None);
        for text in [
            "2022/12-31",
            "2022-12/31",
            "2022-12-311",
            "2022-12-3",
            "20221231",
        ] {
            assert!(Day::parse(text).is_err(), "{text}");
        }
    }

    /// Every day of the years 1900 to 2500: all ends of centuries, and of eras of 400 years.
    #[test]
    fn every_day_is_found_again() {
        let mut seconds = Day::new(1900, 1, 1).expect("a day").seconds();
        for year in 1900..=2500 {
            for month in 1..=12 {
                for day in (1..=31).filter_map(|day| Day::new(year, month, day).ok()) {
                    assert_eq!(day.seconds(), seconds, "{day}");
                    assert_eq!(Day::of_seconds(seconds), Some(day), "{day}");
                    seconds += 86_400;
                }
            }
        }
    }

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
