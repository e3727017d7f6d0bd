//! How long a registry asks to wait. A plugin has no clock: a date is read
//! against the answer's own `Date`.

use crate::Response;

/// Seconds to wait: from `ratelimit` (`"api";r=0;t=55`) where nothing remains,
/// otherwise from `Retry-After`.
pub fn seconds(response: &Response) -> Option<u32> {
    response.header("ratelimit").and_then(rate_limit).or_else(|| retry_after(response))
}

fn rate_limit(value: &str) -> Option<u32> {
    let parameter = |name: &str| {
        value.split(';').find_map(|part| {
            let (key, value) = part.trim().split_once('=')?;
            (key == name).then(|| value.trim().parse::<u32>().ok())?
        })
    };
    (parameter("r") == Some(0)).then(|| parameter("t"))?
}

fn retry_after(response: &Response) -> Option<u32> {
    let value = response.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(seconds);
    }
    let wait = moment(value)?.saturating_sub(moment(response.header("date")?)?);
    u32::try_from(wait.max(0)).ok()
}

/// Seconds since an arbitrary day for `Sun, 06 Nov 1994 08:49:37 GMT`.
fn moment(date: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = date.split_ascii_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as i64;
    let (day, year): (i64, i64) = (day.parse().ok()?, year.parse().ok()?);
    if !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return None;
    }
    let mut parts = time.split(':').map(|part| part.parse::<i64>().ok().filter(|n| *n < 100));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    // Years begin in March here, so that a leap day comes last.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Answer;

    fn wait(headers: &[(&str, &str)]) -> Option<u32> {
        let answer = headers
            .iter()
            .fold(Answer::new(429, ""), |answer, (name, value)| answer.header(name, value));
        seconds(&answer.into_response("https://h/"))
    }

    #[test]
    fn seconds_are_read_from_both_headers() {
        assert_eq!(wait(&[("ratelimit", "\"api\";r=0;t=55")]), Some(55));
        assert_eq!(wait(&[("ratelimit", "\"api\";r=3;t=55"), ("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("retry-after", " 12 ")]), Some(12));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn a_date_is_read_against_the_answers_own() {
        let date = "Wed, 28 Feb 2024 23:59:50 GMT";
        for (until, expected) in [
            ("Thu, 29 Feb 2024 00:00:05 GMT", Some(15)),
            ("Fri, 01 Mar 2024 00:00:00 GMT", Some(86_410)),
            ("Tue, 27 Feb 2024 00:00:00 GMT", Some(0)),
            ("Fri, 99 Mar 2024 00:00:00 GMT", None),
            ("Friday", None),
        ] {
            assert_eq!(wait(&[("retry-after", until), ("date", date)]), expected, "{until}");
        }
    }
}
