//! Headers of answers.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use nix_ai_model_net::header::content_range::{ContentRange, parse};
use nix_ai_model_net::header::{asked_wait, rate_limit as limit, retry_after as after};
use nix_ai_model_sdk::{Field, Response, link as links};

/// `Content-Range`: what is read is a range that a file can have, and reads the
/// same when it is written again.
pub fn content_range(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else { return };
    let again = match parse(value) {
        None => return,
        Some(ContentRange::Outside { total }) => format!("bytes */{total}"),
        Some(ContentRange::Part { first, last, total }) => {
            assert!(first <= last, "{value}");
            // The index after the last byte is a number too.
            assert!(last < u64::MAX, "{value}");
            assert!(total.is_none_or(|total| last < total), "{value}");
            let total = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
            format!("bytes {first}-{last}/{total}")
        }
    };
    assert_eq!(parse(value), parse(&again), "{value}");
}

/// `Retry-After`: the first eight bytes are the time, the rest is the value. A
/// date that has passed is no wait, and waits are the same after some time has
/// passed, less that time.
pub fn retry_after(data: &[u8]) {
    let Some((now, value)) = data.split_first_chunk::<8>() else { return };
    let Ok(value) = std::str::from_utf8(value) else { return };
    // Up to the year 10000, which is the last that a date can name.
    let now = u64::from_le_bytes(*now) % 253_402_300_800;
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let Some(wait) = after::wait(value, at(now)) else {
        assert_eq!(after::wait(value, at(now + 1)), None, "{value} depends on the time");
        return;
    };
    let later = after::wait(value, at(now + 1)).expect("a form is one at any time");
    let seconds =
        !value.trim().is_empty() && value.trim().bytes().all(|byte| byte.is_ascii_digit());
    let expected = if seconds { wait } else { wait.saturating_sub(Duration::from_secs(1)) };
    assert_eq!(later, expected, "{value}");
    header("retry-after", value, |headers| {
        assert_eq!(asked_wait(headers, at(now)), Some(wait), "{value}");
    });
}

/// `RateLimit`: a wait is one of the numbers in the value.
pub fn rate_limit(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else { return };
    let Some(wait) = limit::wait(value) else { return };
    let numbers = value.split([',', ';', '=']).map(str::trim);
    assert!(
        numbers
            .filter_map(|number| number.parse().ok())
            .any(|number: u64| number == wait.as_secs())
    );
    header("ratelimit", value, |headers| {
        assert_eq!(asked_wait(headers, SystemTime::UNIX_EPOCH), Some(wait), "{value}");
    });
}

/// `Link`: the next page is what stands between angle brackets, at most made
/// absolute.
pub fn link(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else { return };
    const PAGE: &str = "https://hub.example:8443/api/tree?cursor=1";
    let field = Field { name: "link".to_owned(), value: value.to_owned() };
    let response = Response {
        status: 200,
        headers: vec![field],
        body: Vec::new(),
        final_url: PAGE.to_owned(),
    };
    let Some(next) = links::next(&response) else { return };
    let target = next.strip_prefix("https://hub.example:8443").unwrap_or(&next);
    assert!(value.contains(target), "{next} is not of {value}");
    assert!(value.contains('<') && value.contains('>'), "{value}");
    assert!(!next.contains('>'), "{next}");
}

/// Calls `check` with a header of this value, where a header can have it.
fn header(name: &'static str, value: &str, check: impl FnOnce(&HeaderMap)) {
    let Ok(parsed) = HeaderValue::from_str(value) else { return };
    if parsed.to_str().is_err() {
        return;
    }
    check(&HeaderMap::from_iter([(http::HeaderName::from_static(name), parsed)]));
}
