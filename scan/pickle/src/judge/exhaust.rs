//! Calls and keys that a few bytes ask for and that no machine has the memory
//! or the time for.

use std::collections::HashMap;

use nix_ai_model_scan_walk::Level;

use super::cost::{COSTS, Cost, Row};
use super::verdict::Told;
use crate::machine::{At, Machine, Shape};
use crate::rules;
use crate::text;
use crate::value::{Kind, Value};

/// Elements or bytes that no model asks for by a number alone.
const HUGE: i64 = 1 << 33;
/// Exponents and factorials that take minutes.
const LONG: i64 = 1 << 22;
/// Parts of a key of a dictionary, counted as often as they are hashed.
const PARTS: u32 = 1 << 14;
/// Values within a value that no machine walks through.
const UNFOLDED: u64 = 1 << 28;
/// Values that are looked at to know how many they unfold to.
const WALKED: usize = 1 << 22;
/// The highest number under which a short pickle remembers a value.
const MEMO: u64 = 1 << 26;

impl Machine<'_> {
    /// Judges a call of an otherwise innocuous function by what it costs.
    pub(super) fn judge_cost(&mut self, number: u32, arguments: Value, at: At<'_>) {
        let Some(name) = self.names.get(number) else { return };
        let (module, of) = (&*name.module, &*name.name);
        let is = |(modules, names, _): &&Row| modules.contains(&module) && names.contains(&of);
        let costs: Vec<&Cost> = COSTS.iter().filter(is).map(|(_, _, cost)| cost).collect();
        if costs.is_empty() || !self.verdicts.is_news(number, Level::High) {
            return;
        }
        let Some((items, _)) = self.items_of(arguments) else { return };
        if costs.into_iter().any(|cost| self.is_too_much(cost, &items, at)) {
            let path = self.names.get(number).map(|name| name.path()).unwrap_or_default();
            let shown = self.call_shown(arguments, at);
            let message =
                format!("it calls \"{path}\"{shown}, which takes all memory or time there is");
            let told =
                Told { rule: &rules::EXHAUSTION, level: Level::High, offset: at.offset, message };
            self.verdicts.of_name(number, told);
        }
    }

    fn is_too_much(&mut self, cost: &Cost, items: &[Value], at: At<'_>) -> bool {
        match (cost, items) {
            (Cost::Elements, items) => {
                items.iter().take(3).any(|item| self.elements(*item) >= HUGE)
            }
            (Cost::Power, [exponent] | [_, exponent]) => self.elements(*exponent) >= LONG,
            (Cost::Repeated, [first, second]) => {
                let is_number = |value: &Value| matches!(value.kind(), Kind::Big);
                let is_series = |value: &Value| {
                    matches!(value.kind(), Kind::Text(_) | Kind::Made(_) | Kind::Node(_))
                };
                is_number(second) && is_series(first) || is_number(first) && is_series(second)
            }
            (Cost::Consumed, items) => items
                .iter()
                .take(3)
                .any(|item| self.is_iterator(*item) && self.is_endless(*item, at)),
            (Cost::Walked, items) => items.iter().any(|item| self.unfolded(*item, at) >= UNFOLDED),
            (Cost::Pooled, items) => items.iter().any(|item| self.is_endless(*item, at)),
            (Cost::Format, [format, ..]) => {
                self.read(*format, at).is_some_and(|format| has_wide_field(&text::lossy(&format)))
            }
            (Cost::Pattern, [pattern, ..]) => self
                .read(*pattern, at)
                .is_some_and(|pattern| goes_back_and_forth(&text::lossy(&pattern))),
            _ => false,
        }
    }

    /// The number that a value is, or the product of those that it holds.
    fn elements(&self, value: Value) -> i64 {
        match value.kind() {
            Kind::Int(number) => i64::from(number),
            Kind::Big => i64::MAX,
            Kind::Node(_) => {
                let items = self.items_of(value).map(|(items, _)| items).unwrap_or_default();
                items.iter().fold(1, |product: i64, item| match item.kind() {
                    Kind::Int(number) => product.saturating_mul(i64::from(number)),
                    Kind::Big => i64::MAX,
                    _ => product,
                })
            }
            _ => 0,
        }
    }

    /// How many values there are within one, each as often as it is referred to.
    fn unfolded(&mut self, value: Value, at: At<'_>) -> u64 {
        let mut sizes: HashMap<usize, u64> = HashMap::new();
        let (mut open, mut seen) = (vec![(value, false)], 0_usize);
        while let Some((value, is_done)) = open.pop() {
            let (Some(index), Some(node)) = (value.index(), self.arena.get(value)) else {
                continue;
            };
            if is_done {
                let size = |item: &Value| item.index().and_then(|at| sizes.get(&at)).copied();
                let sizes_within = node.items.iter().map(|item| size(item).unwrap_or(1));
                let whole = sizes_within.fold(1, u64::saturating_add);
                sizes.insert(index, whole);
                continue;
            }
            seen += node.items.len();
            if seen > WALKED || sizes.contains_key(&index) {
                continue;
            }
            // What holds itself is walked once.
            sizes.insert(index, 1);
            open.push((value, true));
            open.extend(node.items.iter().map(|item| (*item, false)));
        }
        // Whoever has the same walked again and again spends as much.
        self.walked = self.walked.saturating_add(seen as u64);
        if self.walked > at.offset.saturating_mul(8).saturating_add(UNFOLDED) {
            return u64::MAX;
        }
        value.index().and_then(|index| sizes.get(&index)).copied().unwrap_or(1)
    }

    /// Judges a key of a dictionary or an item of a set, all of which is hashed.
    pub(crate) fn judge_key(&mut self, key: Value, at: At<'_>) {
        if key.index().is_none() {
            return;
        }
        let mut parts = 0;
        let mut open = vec![key];
        while let Some(value) = open.pop() {
            parts += 1;
            if parts > PARTS {
                let message = || "it has a key of very many parts within parts".to_owned();
                self.verdicts.other(&rules::EXHAUSTION, at.offset, message);
                self.keys = 0;
                return;
            }
            match self.arena.get(value) {
                Some(node) if node.shape == Shape::Tuple => open.extend_from_slice(node.items),
                _ => {}
            }
        }
        self.keys = self.keys.saturating_sub(parts);
    }

    /// Very many numbers have one hash: as keys, each is compared with all.
    #[cold]
    pub(crate) fn judge_alike(&mut self, at: At<'_>) {
        let message = || "it has very many numbers of one hash".to_owned();
        self.verdicts.other(&rules::EXHAUSTION, at.offset, message);
    }

    /// Judges a number under which a value is remembered: loaders make room for
    /// all up to it.
    pub(crate) fn judge_memo(&mut self, key: u64, at: At<'_>) {
        if key >= MEMO && key > at.offset {
            let message = || format!("it remembers a value under the number {key}");
            self.verdicts.other(&rules::EXHAUSTION, at.offset, message);
        }
    }
}

/// Whether a format has a number of eight digits or more.
fn has_wide_field(format: &str) -> bool {
    let is_number = |run: &str| run.len() >= 8;
    format.contains(['%', '{']) && format.split(|c: char| !c.is_ascii_digit()).any(is_number)
}

/// Whether a pattern repeats a group that ends in a repetition: `(a+)+`.
fn goes_back_and_forth(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    bytes.windows(3).any(|window| matches!(window, [b'+' | b'*' | b'}', b')', b'+' | b'*' | b'{']))
}
