//! Headers of answers, read as what they are: text from outside. Public so
//! that they can be fuzzed.

pub mod content_range;
pub mod rate_limit;
pub mod retry_after;

use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// The value of a header, where it is there and text.
pub fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// How long the server asks to wait: by its rate limit, else by `Retry-After`.
pub fn asked_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    text(headers, "ratelimit")
        .and_then(rate_limit::wait)
        .or_else(|| retry_after::wait(text(headers, "retry-after")?, now))
}
