//! How many connections one file gets. One, unless that one is what limits the
//! rate: then more are tried, and kept where they bring more.

use std::time::Duration;

use tokio::time::Instant;

/// The most connections of one file.
const MOST: usize = 8;
/// How long a change is left to take effect before it is measured.
const WARM: Duration = Duration::from_millis(300);
/// How long is measured.
const MEASURE: Duration = Duration::from_millis(500);
/// What is over sooner than this is left alone.
const WORTH_IT: Duration = Duration::from_secs(3);
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
    /// As many as there may be, or as the server gives.
    Done,
}

#[derive(Debug, Clone, Copy)]
enum Goal {
    /// What the connections bring that there are.
    Base,
    /// What the added ones bring: the rate and their number before.
    Trial { rate: f64, before: usize },
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    Nothing,
    /// So many connections at most from now on, as a trial.
    Try(usize),
    /// The trial is over; so many at most from now on.
    Settle(usize),
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { allowed: 1, rest: REST, step: Step::Wait { until: now + WARM, then: Goal::Base } }
    }

    /// Connections that there may be.
    pub(super) fn allowed(&self) -> usize {
        self.allowed
    }

    /// So many connections are left, since some broke: there are no more trials.
    pub(super) fn limit(&mut self, left: usize) {
        self.allowed = left.max(1);
        self.step = Step::Done;
    }

    /// A trial that could not begin.
    pub(super) fn postpone(&mut self, now: Instant, before: usize) {
        self.allowed = before;
        self.step = Step::Wait { until: now + MEASURE, then: Goal::Base };
    }

    /// Looks at what came by now: `bytes` of all transfers, `left` of this one.
    pub(super) fn look(&mut self, now: Instant, bytes: u64, left: u64) -> Advice {
        match self.step {
            Step::Wait { until, then } if now >= until => {
                self.step = Step::Measure { since: now, bytes, goal: then };
                Advice::Nothing
            }
            Step::Measure { since, bytes: before, goal } if now >= since + MEASURE => {
                let rate = (bytes - before) as f64 / (now - since).as_secs_f64();
                self.judge(now, rate, left, goal)
            }
            _ => Advice::Nothing,
        }
    }

    fn judge(&mut self, now: Instant, rate: f64, left: u64, goal: Goal) -> Advice {
        if let Goal::Trial { rate: base, before } = goal
            && rate < base * GAIN
        {
            self.allowed = before;
            self.step = Step::Wait { until: now + self.rest, then: Goal::Base };
            self.rest *= 2;
            return Advice::Settle(before);
        }
        if self.allowed >= MOST {
            self.step = Step::Done;
            return Advice::Settle(self.allowed);
        }
        if (left as f64) < rate * WORTH_IT.as_secs_f64() {
            self.step = Step::Wait { until: now + MEASURE, then: Goal::Base };
            return Advice::Settle(self.allowed);
        }
        let before = self.allowed;
        self.allowed *= 2;
        self.step = Step::Wait { until: now + WARM, then: Goal::Trial { rate, before } };
        Advice::Try(self.allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many connections a file of `size` bytes gets in the end, and how long
    /// it takes, where one connection brings `each` and all bring `all` at most.
    fn fetched(size: u64, each: u64, all: u64) -> (usize, Duration) {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let tick = Duration::from_millis(50);
        let (mut now, mut bytes, mut most) = (start, 0_u64, 1);
        while bytes < size {
            let rate = (each * pace.allowed() as u64).min(all);
            bytes += rate / 20;
            now += tick;
            pace.look(now, bytes, size.saturating_sub(bytes));
            most = most.max(pace.allowed());
        }
        (pace.allowed(), now - start)
    }

    #[test]
    fn a_link_that_one_connection_fills_keeps_to_one() {
        let (connections, _) = fetched(20_000_000_000, 1_000_000_000, 1_000_000_000);
        assert_eq!(connections, 1);
    }

    #[test]
    fn capped_connections_are_multiplied() {
        let (connections, took) = fetched(2 << 30, 40_000_000, u64::MAX / 2);
        assert_eq!(connections, MOST);
        assert!(took < Duration::from_secs(10), "{took:?} of 51 s");
        let (connections, _) = fetched(2 << 30, 40_000_000, 100_000_000);
        assert_eq!(connections, 4, "no more than bring more");
    }

    #[test]
    fn what_is_over_soon_is_left_alone() {
        assert_eq!(fetched(100_000_000, 40_000_000, u64::MAX / 2).0, 1);
    }

    #[test]
    fn a_server_that_breaks_connections_off_is_not_asked_again() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.limit(0);
        assert_eq!(pace.allowed(), 1);
        assert_eq!(pace.look(start + REST * 10, 1, u64::MAX), Advice::Nothing);
    }
}
