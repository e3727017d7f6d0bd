use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::text::escape;
use crate::{Error, Kind};

/// A day of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

const SECONDS_OF_A_DAY: u64 = 86_400;

impl Date {
    /// The day that a moment is in, given as seconds since the begin of 1970.
    pub fn of_unix_seconds(seconds: u64) -> Self {
        // Howard Hinnant's civil_from_days, for years from March on.
        let days = seconds / SECONDS_OF_A_DAY + 719_468;
        let era = days / 146_097;
        let of_era = days % 146_097;
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = (era * 400 + year + later).min(9999);
        // The remainders above are small enough for these types.
        let small = |number: u64| u8::try_from(number).unwrap_or(u8::MAX);
        Self { year: u16::try_from(year).unwrap_or(9999), month: small(month), day: small(day) }
    }

    fn days_of_month(year: u16, month: u8) -> u8 {
        match month {
            2 if year.is_multiple_of(4)
                && (!year.is_multiple_of(100) || year.is_multiple_of(400)) =>
            {
                29
            }
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let mut parts = text.split('-');
            let mut part = |digits: usize| {
                let part = parts.next()?;
                let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
                plain.then(|| part.parse::<u16>().ok()).flatten()
            };
            let (year, month, day) = (part(4)?, part(2)?, part(2)?);
            let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
            let there = (1..=12).contains(&month)
                && (1..=Self::days_of_month(year, month)).contains(&day)
                && parts.next().is_none();
            there.then_some(Self { year, month, day })
        };
        parse().ok_or_else(|| {
            Error::new(Kind::Usage, format!("\"{}\" is no date", escape(text)))
                .with_hint("write it as year-month-day: 2027-01-31")
        })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: Error| de::Error::custom(error.message()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        for (seconds, date) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_798_761_599, "2026-12-31"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(Date::of_unix_seconds(seconds).to_string(), date);
            assert_eq!(Date::of_unix_seconds(seconds), date.parse().unwrap());
        }
        Date::of_unix_seconds(u64::MAX);
    }

    #[test]
    fn what_is_no_day_is_no_date() {
        for text in [
            "2027-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-01-00",
            "27-1-1",
            "2027-01-01-",
            "+027-01-01",
            "",
        ] {
            assert_eq!(text.parse::<Date>().unwrap_err().kind(), Kind::Usage, "{text}");
        }
        "2028-02-29".parse::<Date>().unwrap();
    }
}
