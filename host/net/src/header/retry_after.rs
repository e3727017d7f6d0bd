//! `Retry-After`: seconds, or a date.

use std::time::{Duration, SystemTime};

/// How long to wait from `now`; none where the value is neither form. A date
/// that has passed is no wait.
pub fn wait(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().all(|digit| digit.is_ascii_digit()) && !value.is_empty() {
        // More digits than a u64 has is a very long time all the same.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_forms_are_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767);
        assert_eq!(wait("120", now), Some(Duration::from_secs(120)));
        assert_eq!(wait(" 0 ", now), Some(Duration::ZERO));
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:49:37 GMT", now),
            Some(Duration::from_secs(10)),
            "a date in the future"
        );
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(wait("99999999999999999999999", now), Some(Duration::from_secs(u64::MAX)));
        for malformed in ["", "-1", "1.5", "soon", "Sun, 99 Nov 1994 08:00:00 GMT"] {
            assert_eq!(wait(malformed, now), None, "{malformed}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "\\PC{0,40}|[0-9]{0,30}") {
            let _ = wait(&value, SystemTime::UNIX_EPOCH);
        }

        #[test]
        fn seconds_are_seconds(seconds in any::<u64>()) {
            prop_assert_eq!(
                wait(&seconds.to_string(), SystemTime::UNIX_EPOCH),
                Some(Duration::from_secs(seconds))
            );
        }
    }
}
