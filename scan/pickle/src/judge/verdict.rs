use std::collections::{BTreeMap, HashMap};

use nix_ai_model_scan_walk::{Level, Part, Rule, Scan};

use crate::rules;

/// Findings that are about no name, at most.
const OTHERS: usize = 100;
/// How often one rule about no name is looked at.
const OFTEN: u32 = 1000;

/// One thing found.
#[derive(Clone)]
pub(crate) struct Told {
    pub rule: &'static Rule,
    pub level: Level,
    pub offset: u64,
    pub message: String,
}

/// What was found in a stream: the worst of each name, told once.
#[derive(Default, Clone)]
pub(crate) struct Verdicts {
    names: BTreeMap<u32, Told>,
    /// By rule and by what it is about.
    others: HashMap<(&'static str, String), Told>,
    often: HashMap<&'static str, u32>,
}

/// How bad a level is.
fn rank(level: Level) -> u8 {
    match level {
        Level::Note => 0,
        Level::Low => 1,
        Level::Medium => 2,
        Level::Unjudged => 3,
        Level::High => 4,
        Level::Critical => 5,
    }
}

impl Verdicts {
    /// Whether this would be the worst that is told of a name.
    pub(crate) fn is_news(&self, name: u32, level: Level) -> bool {
        self.names.get(&name).is_none_or(|told| rank(told.level) < rank(level))
    }

    /// Whether a call of this level says more than what is told of its name.
    pub(crate) fn is_news_of_call(&self, name: u32, level: Level) -> bool {
        let is_name_alone = |told: &Told| told.rule.id == rules::DANGEROUS_NAME.id;
        self.is_news(name, level)
            || self
                .names
                .get(&name)
                .is_some_and(|told| is_name_alone(told) && rank(told.level) == rank(level))
    }

    /// Takes note of the worst of a name.
    pub(crate) fn of_name(&mut self, name: u32, told: Told) {
        if self.is_news(name, told.level) {
            self.names.insert(name, told);
        }
    }

    /// The same of a call.
    pub(crate) fn of_call(&mut self, name: u32, told: Told) {
        if self.is_news_of_call(name, told.level) {
            self.names.insert(name, told);
        }
    }

    /// Takes note of something about no name, once.
    pub(crate) fn other(
        &mut self,
        rule: &'static Rule,
        offset: u64,
        message: impl FnOnce() -> String,
    ) {
        let often = self.often.entry(rule.id).or_default();
        *often = often.saturating_add(1);
        if *often <= OFTEN && self.others.len() < OTHERS {
            let message = message();
            let key = (rule.id, message.clone());
            let told = Told { rule, level: rule.level, offset, message };
            self.others.entry(key).or_insert(told);
        }
    }

    /// Tells what was found at least this bad, the worst first.
    pub(crate) fn tell(&mut self, part: &Part<'_>, least: Level, scan: &mut Scan<'_>) {
        let names = std::mem::take(&mut self.names).into_values();
        let others = std::mem::take(&mut self.others).into_values();
        let mut all: Vec<Told> =
            names.chain(others).filter(|told| rank(told.level) >= rank(least)).collect();
        all.sort_by_key(|told| (std::cmp::Reverse(rank(told.level)), told.offset));
        for told in all {
            scan.find(part, told.rule.found(told.message).at(told.offset).level(told.level));
        }
    }

    /// Takes over what another machine found that is bad: of names, and of what
    /// has none where that is no chance.
    pub(crate) fn take_bad(&mut self, other: Self, no_chance: bool) {
        let others = other.others.into_values().filter(|_| no_chance);
        let bad = other.names.into_values().filter(|told| is_known(told, no_chance)).chain(others);
        for told in bad.filter(|told| rank(told.level) >= rank(Level::High)) {
            if self.others.len() < OTHERS {
                self.others.insert((told.rule.id, told.message.clone()), told);
            }
        }
    }
}

/// Whether a finding is about a name that is known to be dangerous, or counts
/// anyway.
fn is_known(told: &Told, no_chance: bool) -> bool {
    no_chance || told.rule.id.starts_with("pickle/dangerous")
}
