use std::time::Instant;

use indicatif::{HumanBytes, HumanDuration};

/// How fast bytes come since the last time that was told.
pub(super) struct Rate {
    since: Instant,
    /// Bytes that were here then.
    before: u64,
}

impl Default for Rate {
    fn default() -> Self {
        Self { since: Instant::now(), before: 0 }
    }
}

impl Rate {
    /// Bytes that an earlier run left were not fetched.
    pub(super) fn resume(&mut self, bytes: u64) {
        self.before = self.before.saturating_add(bytes);
    }

    /// `, 12 MiB/s, 3 minutes left`; nothing where nothing came. From now on
    /// it is counted anew.
    pub(super) fn told(&mut self, done: u64, left: u64) -> String {
        let seconds = self.since.elapsed().as_secs_f64().max(1e-3);
        let rate = done.saturating_sub(self.before) as f64 / seconds;
        *self = Self { since: Instant::now(), before: done };
        if rate < 1.0 {
            return String::new();
        }
        let told = format!(", {}/s", HumanBytes(rate as u64));
        if left == 0 {
            return told;
        }
        let left = std::time::Duration::try_from_secs_f64(left as f64 / rate).unwrap_or_default();
        format!("{told}, {} left", HumanDuration(left))
    }
}
