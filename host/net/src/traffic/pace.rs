//! How many connections bring large files. One, unless more bring more: then
//! they are kept.

use std::time::Duration;

use tokio::time::Instant;

/// The most connections.
const MOST: usize = 16;
/// How long a change is left to take effect before it is measured.
const WARM: Duration = Duration::from_millis(300);
/// How long is measured.
const MEASURE: Duration = Duration::from_millis(500);
/// What is over sooner than this is left alone: another file is begun sooner
/// than a file is divided.
const WORTH_A_FILE: Duration = Duration::from_secs(1);
const WORTH_A_PART: Duration = Duration::from_secs(3);
/// Twice the connections have to bring so much more.
const GAIN: f64 = 1.25;
/// How long nothing is tried after a trial that brought nothing, at first.
const REST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Pace {
    allowed: usize,
    rest: Duration,
    step: Step,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Nothing is looked at until then.
    Wait { until: Instant, then: Goal },
    /// The rate is measured from then on, when so many bytes had come.
    Measure { since: Instant, bytes: u64, goal: Goal },
}

#[derive(Debug, Clone, Copy)]
enum Goal {
    /// What the connections bring that there are.
    Base,
    /// What the added ones bring: the rate and their number before.
    Trial { rate: f64, before: usize },
}

/// What is to be seen of all large files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    /// Bytes that came so far.
    pub(super) bytes: u64,
    /// Bytes that are still to come.
    pub(super) left: u64,
    /// Whether files wait to be begun.
    pub(super) waiting: bool,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { allowed: 1, rest: REST, step: Step::Wait { until: now + WARM, then: Goal::Base } }
    }

    /// Connections that there may be.
    pub(super) fn allowed(&self) -> usize {
        self.allowed
    }

    /// Nothing came for a while since nothing was asked for: what was measured
    /// says nothing.
    pub(super) fn begin(&mut self, now: Instant) {
        self.step = Step::Wait { until: now + WARM, then: Goal::Base };
    }

    /// Looks at what came by now.
    pub(super) fn look(&mut self, now: Instant, sight: Sight) {
        match self.step {
            Step::Wait { until, then } if now >= until => {
                self.step = Step::Measure { since: now, bytes: sight.bytes, goal: then };
            }
            Step::Measure { since, bytes, goal } if now >= since + MEASURE => {
                let rate = (sight.bytes - bytes) as f64 / (now - since).as_secs_f64();
                self.judge(now, rate, sight, goal);
            }
            _ => {}
        }
    }

    fn judge(&mut self, now: Instant, rate: f64, sight: Sight, goal: Goal) {
        if let Goal::Trial { rate: base, before } = goal
            && rate < base * GAIN
        {
            self.allowed = before;
            self.step = Step::Wait { until: now + self.rest, then: Goal::Base };
            self.rest *= 2;
            return;
        }
        let worth_it = if sight.waiting { WORTH_A_FILE } else { WORTH_A_PART };
        if self.allowed >= MOST || (sight.left as f64) < rate * worth_it.as_secs_f64() {
            self.step = Step::Wait { until: now + MEASURE, then: Goal::Base };
            return;
        }
        let before = self.allowed;
        self.allowed *= 2;
        self.step = Step::Wait { until: now + WARM, then: Goal::Trial { rate, before } };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many connections `size` bytes get in the end, and how long they take,
    /// where one connection brings `each` and all bring `all` at most.
    fn fetched(size: u64, each: u64, all: u64, waiting: bool) -> (usize, Duration) {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let tick = Duration::from_millis(50);
        let (mut now, mut bytes) = (start, 0_u64);
        while bytes < size {
            let rate = (each * pace.allowed() as u64).min(all);
            bytes += rate / 20;
            now += tick;
            pace.look(now, Sight { bytes, left: size.saturating_sub(bytes), waiting });
        }
        (pace.allowed(), now - start)
    }

    #[test]
    fn a_link_that_one_connection_fills_keeps_to_one() {
        let (connections, _) = fetched(20_000_000_000, 1_000_000_000, 1_000_000_000, false);
        assert_eq!(connections, 1);
    }

    #[test]
    fn capped_connections_are_multiplied() {
        let (connections, took) = fetched(2 << 30, 40_000_000, u64::MAX / 2, false);
        assert!(connections >= 8, "{connections}");
        assert!(took < Duration::from_secs(10), "{took:?} of 51 s");
        let (connections, _) = fetched(2 << 30, 40_000_000, 100_000_000, false);
        assert_eq!(connections, 4, "no more than bring more");
    }

    #[test]
    fn what_is_over_soon_is_left_alone() {
        assert_eq!(fetched(80_000_000, 40_000_000, u64::MAX / 2, false).0, 1);
        assert!(fetched(80_000_000, 40_000_000, u64::MAX / 2, true).0 > 1, "but for other files");
    }

    #[test]
    fn a_server_that_gives_nothing_does_not_hold_the_others_up() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut now = start;
        while now < start + Duration::from_secs(1) {
            now += Duration::from_millis(50);
            pace.look(now, Sight { bytes: 0, left: 1, waiting: true });
        }
        assert_eq!(pace.allowed(), 2);
    }
}
