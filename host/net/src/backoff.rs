//! How long to wait before the next try.

use std::time::Duration;

use rand::Rng as _;

use crate::settings::Retries;

/// The wait before retry number `retry`, from 1: doubled each time up to the
/// longest, and between half and all of that, so that many do not return at once.
pub(crate) fn delay(retries: &Retries, retry: u32) -> Duration {
    let doubled = 2_u32.checked_pow(retry.saturating_sub(1)).unwrap_or(u32::MAX);
    let full = retries.first.saturating_mul(doubled).min(retries.longest);
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retries = Retries {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(10),
            ..Retries::default()
        };
        for (retry, full) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (60, 10), (u32::MAX, 10)] {
            let wait = delay(&retries, retry);
            assert!(wait <= Duration::from_secs(full), "{retry}: {wait:?}");
            assert!(wait >= Duration::from_secs(full) / 2, "{retry}: {wait:?}");
        }
    }
}
