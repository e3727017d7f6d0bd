//! How the user wants bytes to be moved.

use std::num::NonZeroU64;
use std::time::Duration;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_net::Retries;

use crate::environment::{Environment, LIMIT_RATE};
use crate::mirrors::Mirrors;

/// The longest wait between two tries, unless the first is longer.
const LONGEST: Duration = Duration::from_secs(600);

/// What flags and attributes say beside the variables.
#[derive(Debug, Clone, Default)]
pub struct Transfers {
    /// How often a request is tried again.
    pub retries: Option<u32>,
    /// The wait before the first of these tries.
    pub first_wait: Option<Duration>,
    /// Bytes a second that all downloads together may take.
    pub rate: Option<NonZeroU64>,
    /// Where else bytes may be.
    pub mirrors: Mirrors,
}

impl Transfers {
    /// The retries that they stand for.
    pub fn retries(&self) -> Retries {
        let usual = Retries::default();
        let first = self.first_wait.unwrap_or(usual.first);
        // Four times doubled, as the usual ones are at least.
        let longest = first.saturating_mul(16).min(LONGEST.max(first)).max(usual.longest);
        Retries { count: self.retries.unwrap_or(usual.count), first, longest, ..usual }
    }
}

/// The rate that the variable says.
///
/// # Errors
/// [`Kind::Usage`] where it is malformed.
pub fn rate_of(environment: &Environment) -> Result<Option<NonZeroU64>> {
    let Some(text) = environment.get(LIMIT_RATE) else { return Ok(None) };
    rate(text).map(Some).map_err(|error| error.within(LIMIT_RATE))
}

/// A rate as curl writes it, in bytes a second: a number, with `k`, `M`, `G` or
/// `T` behind it for 1024 bytes and its powers.
///
/// # Errors
/// [`Kind::Usage`] where it is not that, or zero.
pub fn rate(text: &str) -> Result<NonZeroU64> {
    let malformed = || {
        Error::new(Kind::Usage, format!("\"{}\" is no rate", escape(text))).with_hint(
            "write bytes a second of at least 1, such as 500000, 500k, 10M or 1G; leave it out for no limit",
        )
    };
    let (digits, power) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1),
        Some((at, 'm' | 'M')) => (&text[..at], 2),
        Some((at, 'g' | 'G')) => (&text[..at], 3),
        Some((at, 't' | 'T')) => (&text[..at], 4),
        _ => (text, 0),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = plain.then(|| digits.parse().ok()).flatten().ok_or_else(malformed)?;
    number.checked_mul(1 << (10 * power)).and_then(NonZeroU64::new).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_are_written_as_curl_takes_them() {
        for (text, bytes) in
            [("1", 1), ("500000", 500_000), ("2k", 2048), ("10M", 10 << 20), ("1G", 1 << 30)]
        {
            assert_eq!(rate(text).unwrap().get(), bytes);
        }
        for text in ["", "0", "0k", "M", "-1", "+1", "1.5M", "10MB", "1 M", "17179869184G", "１"] {
            assert_eq!(rate(text).unwrap_err().kind(), Kind::Usage, "{text}");
        }
    }

    #[test]
    fn waits_grow_from_the_first() {
        let of = |seconds| {
            let first_wait = Some(Duration::from_secs(seconds));
            Transfers { retries: Some(3), first_wait, ..Transfers::default() }.retries()
        };
        assert_eq!((of(5).count, of(5).first.as_secs(), of(5).longest.as_secs()), (3, 5, 80));
        assert_eq!((of(0).longest, of(100).longest.as_secs()), (Retries::default().longest, 600));
        assert_eq!(of(1000).longest.as_secs(), 1000);
        assert_eq!(Transfers::default().retries().count, Retries::default().count);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,30}|[0-9]{1,25}[kKmMgGtT]?") {
            let _ = rate(&text);
        }
    }
}
