//! Times of trades: written as days, as times or as years, held as quarter days and seconds that
//! are left.
//!
//! A day or a time is counted from the book's own day and time and needs no convention: a quarter
//! day is six hours. Years need the rulebook's number of quarter days in a year.

use plimsoll_circuits::book::{Day, QuarterDays};
use thiserror::Error;

/// Seconds of a quarter day.
pub(super) const QUARTER_DAY: u64 = 21_600;
const DAY: i64 = 86_400;
/// Quarter days and seconds are below these (see [`plimsoll_circuits::book::Trade`]).
const QUARTER_DAYS_BITS: u32 = 17;
const SECONDS_BITS: u32 = 31;
/// Decimals of a number of years.
const YEAR_PLACES: usize = 12;

/// Why a text is not a time of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Neither a day, nor a time, nor a number of years.
    #[error("not a day, a time in UTC or a number of years")]
    Form,
    /// Well formed, but the calendar has no such day.
    #[error("the calendar has no such day or time")]
    NoSuchDay,
    /// Before the book's own day and time.
    #[error("the time is past: it lies before the book's own day and time")]
    Past,
    /// Further ahead than trades are held.
    #[error("the time is too far ahead")]
    TooFar,
    /// A number of years, and nobody says how long one is.
    #[error("nothing says how many days a year has: the rulebook has no derivatives")]
    NoDayCount,
}

impl TimeError {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Form | Self::NoSuchDay => {
                "write 2034-06-30, 2034-06-30T08:00:00Z, or years with up to 12 decimals, such as 0.75"
            }
            Self::Past => {
                "leave out trades that have ended; on the book's own day, write the time as well"
            }
            Self::TooFar => "periods end within 89 years, options within 68",
            Self::NoDayCount => "write a day, or name a rulebook with derivatives",
        }
    }
}

/// What a book counts from, and how long its rulebook takes a year to be.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    /// The book's own day and time, seconds since 1970-01-01T00:00:00Z.
    pub(super) now: i64,
    /// Quarter days in a year, where a rulebook says so.
    pub(super) year: Option<QuarterDays>,
}

/// A time as it is written.
#[derive(Clone, Copy)]
enum Written {
    /// Seconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// Years in 10^-12.
    Years(u128),
}

/// Which way a time between two units goes.
#[derive(Clone, Copy)]
pub(super) enum Towards {
    /// The later unit.
    Later,
    /// The earlier unit.
    Earlier,
}

impl Clock {
    /// Quarter days that are left; `None` where the time is past.
    pub(super) fn quarter_days(
        self,
        text: &str,
        towards: Towards,
    ) -> Result<Option<QuarterDays>, TimeError> {
        self.left(text, QUARTER_DAY, towards, QUARTER_DAYS_BITS)
    }

    /// Seconds that are left, rounded up; `None` where the time is past.
    pub(super) fn seconds(self, text: &str) -> Result<Option<u32>, TimeError> {
        self.left(text, 1, Towards::Later, SECONDS_BITS)
    }

    fn left(
        self,
        text: &str,
        unit: u64,
        towards: Towards,
        bits: u32,
    ) -> Result<Option<u32>, TimeError> {
        let (value, unit) = match written(text)? {
            Written::At(at) => match u128::try_from(i128::from(at) - i128::from(self.now)) {
                Ok(seconds) => (seconds, u128::from(unit)),
                Err(_) => return Ok(None),
            },
            Written::Years(years) => {
                let year = self.year.ok_or(TimeError::NoDayCount)?;
                let seconds = u128::from(year) * u128::from(QUARTER_DAY);
                let one = 10u128.pow(YEAR_PLACES as u32);
                (years * seconds, u128::from(unit) * one)
            }
        };
        let left = match towards {
            Towards::Later => value.div_ceil(unit),
            Towards::Earlier => value / unit,
        };
        match u32::try_from(left) {
            Ok(left) if left >> bits == 0 => Ok(Some(left)),
            _ => Err(TimeError::TooFar),
        }
    }
}

/// The time that lies this many seconds after `now`, as [`Clock`] reads it.
pub(super) fn format(now: i64, seconds: u64) -> String {
    // Below 2^31 seconds, or 2^17 quarter days, from a day before the year 9999.
    let at = now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX));
    let Some(day) = Day::of_seconds(at) else {
        return String::new();
    };
    match time_of_day(at) {
        time if time.is_empty() => day.to_string(),
        time => format!("{day}T{time}"),
    }
}

/// `hh:mm:ssZ`; empty at midnight.
fn time_of_day(at: i64) -> String {
    let left = at.rem_euclid(DAY);
    if left == 0 {
        return String::new();
    }
    format!("{:02}:{:02}:{:02}Z", left / 3600, left / 60 % 60, left % 60)
}

/// Reads a day and, if there is one, a time of it: seconds since 1970-01-01T00:00:00Z.
pub(super) fn instant(text: &str) -> Result<(Day, u32), TimeError> {
    let (day, time) = match text.split_once('T') {
        None => (text, None),
        Some((day, time)) => (day, Some(time)),
    };
    let day = Day::parse(day).map_err(|error| match error {
        plimsoll_circuits::book::DayError::Form => TimeError::Form,
        plimsoll_circuits::book::DayError::NoSuchDay => TimeError::NoSuchDay,
    })?;
    let Some(time) = time else {
        return Ok((day, 0));
    };
    let bytes = time.as_bytes();
    let digits = |at: usize| -> Option<u32> {
        let pair = bytes.get(at..at + 2)?;
        pair.iter()
            .all(u8::is_ascii_digit)
            .then(|| u32::from(pair[0] - b'0') * 10 + u32::from(pair[1] - b'0'))
    };
    let parts = (
        digits(0),
        digits(3),
        digits(6),
        bytes.get(2),
        bytes.get(5),
        bytes.get(8..),
    );
    let (Some(hour), Some(minute), Some(second), Some(b':'), Some(b':'), Some(b"Z")) = parts else {
        return Err(TimeError::Form);
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Err(TimeError::NoSuchDay);
    }
    Ok((day, hour * 3600 + minute * 60 + second))
}

fn written(text: &str) -> Result<Written, TimeError> {
    if text.contains('-') {
        let (day, time) = instant(text)?;
        return Ok(Written::At(day.seconds() + i64::from(time)));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > YEAR_PLACES {
        return Err(TimeError::Form);
    }
    // Four digits of years and twelve decimals fit sixty-four bits.
    if whole.len() > 4 {
        return Err(TimeError::TooFar);
    }
    let all = format!("{whole}{fraction:0<YEAR_PLACES$}");
    all.parse().map(Written::Years).map_err(|_| TimeError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: QuarterDays = 1_460;

    fn clock(at: &str) -> Clock {
        let (day, time) = instant(at).expect("a time");
        Clock {
            now: day.seconds() + i64::from(time),
            year: Some(YEAR),
        }
    }

    #[test]
    fn quarter_days() {
        let clock = clock("2024-01-08");
        let left = |text: &str| clock.quarter_days(text, Towards::Later);
        assert_eq!(left("10"), Ok(Some(14_600)));
        assert_eq!(left("0.75"), Ok(Some(1_095)));
        assert_eq!(left("0.0833333333"), Ok(Some(122)));
        assert_eq!(left("2024-01-09"), Ok(Some(4)));
        assert_eq!(left("2025-01-08"), Ok(Some(366 * 4)));
        assert_eq!(left("2024-01-08T06:00:00Z"), Ok(Some(1)));
        assert_eq!(left("2024-01-08T06:00:01Z"), Ok(Some(2)));
        assert_eq!(
            clock.quarter_days("2024-01-08T06:00:01Z", Towards::Earlier),
            Ok(Some(1))
        );
        assert_eq!(left("2024-01-08"), Ok(Some(0)));
        assert_eq!(left("2024-01-07"), Ok(None));
        assert_eq!(left("89.7"), Ok(Some(130_962)));
        assert_eq!(left("90"), Err(TimeError::TooFar));
        assert_eq!(left("9999-12-31"), Err(TimeError::TooFar));
        assert_eq!(left("99999"), Err(TimeError::TooFar));
        assert_eq!(left(&"9".repeat(40)), Err(TimeError::TooFar));
        assert_eq!(left("0089"), Ok(Some(129_940)));
    }

    #[test]
    fn seconds() {
        let clock = clock("2024-01-08T11:21:21Z");
        assert_eq!(clock.seconds("2024-01-09T08:00:00Z"), Ok(Some(74_319)));
        assert_eq!(clock.seconds("2024-01-08T11:21:21Z"), Ok(Some(0)));
        assert_eq!(clock.seconds("2024-01-08T23:59:59Z"), Ok(Some(45_518)));
        assert_eq!(clock.seconds("2024-01-08"), Ok(None));
        assert_eq!(clock.seconds("0.5"), Ok(Some(15_768_000)));
        assert_eq!(clock.seconds("0.000000000001"), Ok(Some(1)));
        assert_eq!(clock.seconds("68"), Ok(Some(2_144_448_000)));
        assert_eq!(clock.seconds("69"), Err(TimeError::TooFar));
        let nobody = Clock {
            year: None,
            ..clock
        };
        assert_eq!(nobody.seconds("1"), Err(TimeError::NoDayCount));
        assert_eq!(nobody.seconds("2024-01-08T11:21:22Z"), Ok(Some(1)));
    }

    #[test]
    fn written_as_it_is_read() {
        let clock = clock("2024-01-08T11:21:21Z");
        for seconds in [0u64, 1, 45_519, 74_319, 86_400, 2_147_483_647] {
            let text = format(clock.now, seconds);
            assert_eq!(
                clock.seconds(&text).map(|s| s.map(u64::from)),
                Ok(Some(seconds)),
                "{text}"
            );
        }
        assert_eq!(format(clock.now, 45_519), "2024-01-09");
    }

    #[test]
    fn not_times() {
        let clock = clock("2024-01-08");
        for text in [
            "",
            "-1",
            "1e3",
            ".5",
            "5.",
            "1,5",
            "1y",
            "10M",
            "2024-01",
            "2024-1-8",
            "26JAN24",
            "2024-01-09T08:00Z",
            "2024-01-09T08:00:00",
            "2024-01-09 08:00:00Z",
            "2024-01-09T08:00:00+01:00",
            "2024-01-09T08:00:00.5Z",
            "0.0000000000001",
        ] {
            assert_eq!(clock.seconds(text), Err(TimeError::Form), "{text}");
        }
        for text in [
            "2023-02-29",
            "2024-01-09T24:00:00Z",
            "2024-01-09T08:60:00Z",
            "2024-01-09T08:00:60Z",
            "2024-01-09T08:00:61Z",
        ] {
            assert_eq!(clock.seconds(text), Err(TimeError::NoSuchDay), "{text}");
        }
    }
}
