//! What is fuzzed. Each target takes any bytes and panics where something does
//! not hold that must. `cargo xtask fuzz` calls them from `fuzz/`, under
//! libFuzzer; the tests here call them with the inputs of `corpus/` and with
//! changed ones.

mod headers;
mod partials;
mod scanners;

/// A target and its name, which is also that of its folder in `corpus/`.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("content_range", content_range),
    ("journal", journal),
    ("link", link),
    ("rate_limit", rate_limit),
    ("retry_after", retry_after),
    ("scan_code", scan_code),
    ("scan_containers", scan_containers),
    ("scan_formats", scan_formats),
    ("scan_pickle", scan_pickle),
];

pub use headers::{content_range, link, rate_limit, retry_after};
pub use partials::journal;
pub use scanners::{scan_code, scan_containers, scan_formats, scan_pickle, seeds};
