//! All runs together.

use std::collections::BTreeMap;
use std::time::Duration;

use nix_ai_model_testkit::Trouble;

use crate::play::Report;
use crate::stage::Outcome;

/// Counts.
#[derive(Debug)]
pub(crate) struct Tally {
    first: u64,
    runs: u64,
    programs: u64,
    ends: BTreeMap<String, u64>,
    struck: BTreeMap<Trouble, u64>,
    skipped: BTreeMap<&'static str, u64>,
    counted: u64,
    again: u64,
    most_again: u64,
    longest: (Duration, String),
    wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn new(first: u64) -> Self {
        Self {
            first,
            runs: 0,
            programs: 0,
            ends: BTreeMap::new(),
            struck: BTreeMap::new(),
            skipped: BTreeMap::new(),
            counted: 0,
            again: 0,
            most_again: 0,
            longest: (Duration::ZERO, String::new()),
            wrong: Vec::new(),
        }
    }

    /// Takes a run in; false where runs cannot go on.
    pub(crate) fn take(
        &mut self,
        scenario: &str,
        played: Outcome<Report>,
        took: Duration,
        verbose: bool,
    ) -> bool {
        let report = match played {
            Ok(report) => report,
            Err(error) => {
                println!("BROKEN {scenario}\n  {error}");
                self.wrong.push(scenario.to_owned());
                return false;
            }
        };
        self.runs += 1;
        self.programs += report.ends.len() as u64;
        for end in &report.ends {
            *self.ends.entry(end.clone()).or_default() += 1;
        }
        for strike in &report.struck {
            *self.struck.entry(strike.trouble).or_default() += 1;
        }
        if let Some(why) = report.skipped {
            *self.skipped.entry(why).or_default() += 1;
        }
        if let Some(again) = report.again {
            self.counted += 1;
            self.again += again.bytes;
            self.most_again = self.most_again.max(again.most);
        }
        if took > self.longest.0 {
            self.longest = (took, scenario.to_owned());
        }
        let ends = report.ends.join(", ");
        if report.wrong.is_empty() {
            if verbose {
                println!("ok     {scenario}: ended {ends} in {took:.1?}");
            }
            return true;
        }
        println!("WRONG  {scenario}: ended {ends} in {took:.1?}");
        for wrong in &report.wrong {
            println!("  - {wrong}");
        }
        println!("  struck: {:?}", report.struck);
        for said in &report.said {
            for line in said.lines() {
                println!("  | {line}");
            }
        }
        self.wrong.push(scenario.to_owned());
        true
    }

    pub(crate) fn is_good(&self) -> bool {
        self.wrong.is_empty()
    }

    pub(crate) fn print(&self, took: Duration) {
        let last = self.first.wrapping_add(self.runs.saturating_sub(1));
        let seeds = format!("seeds {} to {last}", self.first);
        println!("{} runs, {seeds}, {} programs, {took:.0?}", self.runs, self.programs);
        println!("ended with: {}", counts(&self.ends));
        let struck = self.struck.iter().map(|(trouble, count)| (format!("{trouble:?}"), *count));
        println!("struck: {}", counts(&struck.collect()));
        println!(
            "fetched again after {} kills: {} bytes, at most {} a connection",
            self.counted, self.again, self.most_again
        );
        println!("longest: {:.1?}, {}", self.longest.0, self.longest.1);
        for (why, count) in &self.skipped {
            println!("!! SKIPPED {count} runs: {why}");
        }
        for wrong in &self.wrong {
            let seed = wrong.split(':').next().unwrap_or_default().trim_start_matches("seed ");
            println!("!! WRONG: cargo xtask chaos --seed {seed}");
        }
        println!("{}", if self.is_good() { "all as it should be" } else { "CHAOS FOUND FAULTS" });
    }
}

fn counts(counts: &BTreeMap<String, u64>) -> String {
    let each = counts.iter().map(|(name, count)| format!("{name} × {count}"));
    each.collect::<Vec<_>>().join(", ")
}
