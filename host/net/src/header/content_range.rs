//! `Content-Range`: which bytes an answer holds, and of how many.

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentRange {
    /// `bytes first-last/total`: the answer holds these bytes, both included.
    Part {
        /// Index of the first byte.
        first: u64,
        /// Index of the last byte, not before the first and below the total.
        last: u64,
        /// The whole file's size, where the server knows it.
        total: Option<u64>,
    },
    /// `bytes */total`: the range lies outside a file of this size.
    Outside {
        /// The whole file's size.
        total: u64,
    },
}

/// Reads the header; none where it is malformed or contradicts itself.
pub fn parse(value: &str) -> Option<ContentRange> {
    let (unit, rest) = value.trim().split_once(' ')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (range, total) = rest.trim().split_once('/')?;
    let total = if total == "*" { None } else { Some(number(total)?) };
    if range == "*" {
        return total.map(|total| ContentRange::Outside { total });
    }
    let (first, last) = range.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    let sound = first <= last && last < u64::MAX && total.is_none_or(|total| last < total);
    sound.then_some(ContentRange::Part { first, last, total })
}

/// Digits alone: no sign, no space.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|digit| digit.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_forms_of_the_standard_are_read() {
        assert_eq!(
            parse("bytes 0-9/10"),
            Some(ContentRange::Part { first: 0, last: 9, total: Some(10) })
        );
        assert_eq!(
            parse("Bytes 5-6/*"),
            Some(ContentRange::Part { first: 5, last: 6, total: None })
        );
        assert_eq!(parse("bytes */10"), Some(ContentRange::Outside { total: 10 }));
    }

    #[test]
    fn what_contradicts_itself_is_not() {
        for value in [
            "",
            "bytes",
            "bytes ",
            "bytes */*",
            "bytes 9-0/10",
            "bytes 0-10/10",
            "bytes 0-/10",
            "bytes -5/10",
            "bytes +1-2/3",
            "bytes 0-9",
            "items 0-9/10",
            "bytes 0 - 9/10",
            "bytes 0-9/99999999999999999999",
            "bytes=0-9/10",
        ] {
            assert_eq!(parse(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_sound(value in "\\PC{0,40}|bytes [0-9*]{1,3}-?[0-9]{0,3}/[0-9*]{1,3}") {
            if let Some(ContentRange::Part { first, last, total }) = parse(&value) {
                prop_assert!(first <= last);
                prop_assert!(total.is_none_or(|total| last < total));
            }
        }

        #[test]
        fn what_is_written_is_read(first in 0..u64::MAX / 2, more in 0..1_u64 << 40, rest in 1..99_u64) {
            let (last, total) = (first + more, first + more + rest);
            prop_assert_eq!(
                parse(&format!("bytes {first}-{last}/{total}")),
                Some(ContentRange::Part { first, last, total: Some(total) })
            );
        }
    }
}
