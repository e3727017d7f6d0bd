//! How much iterators give, as far as what they are made of says it.

use crate::machine::{At, Machine, Shape};
use crate::value::{Kind, Value};

/// What makes iterators, beside what calls functions.
pub(super) const BUILTINS: &[&str] = &["range", "xrange", "zip", "enumerate", "reversed", "iter"];
pub(super) const ITERTOOLS: &[&str] = &[
    "batched",
    "chain",
    "chain.from_iterable",
    "combinations",
    "combinations_with_replacement",
    "compress",
    "count",
    "cycle",
    "groupby",
    "ifilter",
    "imap",
    "islice",
    "izip",
    "izip_longest",
    "pairwise",
    "permutations",
    "product",
    "repeat",
    "tee",
    "zip_longest",
];

/// Elements that nobody waits for, or has the memory for.
const MUCH: f64 = (1_u64 << 27) as f64;
/// Iterators within iterators that are looked at.
const DEPTH: u8 = 12;
/// Iterators of one call that are looked at.
const MANY: usize = 8;

impl Machine<'_> {
    /// Whether a value was made by a call that is followed.
    pub(super) fn is_iterator(&self, value: Value) -> bool {
        self.maker(value).is_some()
    }

    /// Whether it never ends, or is as good as that.
    pub(super) fn is_endless(&mut self, value: Value, at: At<'_>) -> bool {
        self.size(value, at, DEPTH) >= MUCH
    }

    /// The name of what made a value, and what that was given.
    fn maker(&self, value: Value) -> Option<(String, Vec<Value>)> {
        let node = self.arena.get(value).filter(|node| node.shape == Shape::Made)?;
        let [class, arguments, ..] = node.items else { return None };
        let Kind::Name(class) = class.kind() else { return None };
        let (items, _) = self.items_of(*arguments)?;
        Some((self.names.get(class)?.name.to_string(), items))
    }

    /// How many elements a value gives; none where that is not known.
    fn size(&mut self, value: Value, at: At<'_>, depth: u8) -> f64 {
        let Some(depth) = depth.checked_sub(1).filter(|_| self.burn(1)) else { return 0.0 };
        if let Some((name, items)) = self.maker(value) {
            return self.size_made(&name, &items, at, depth);
        }
        match value.kind() {
            Kind::Text(_) | Kind::Made(_) => {
                self.read(value, at).map_or(0.0, |content| content.len() as f64)
            }
            _ => self.items_of(value).map_or(0.0, |(items, _)| items.len() as f64),
        }
    }

    fn size_made(&mut self, name: &str, items: &[Value], at: At<'_>, depth: u8) -> f64 {
        let sizes: Vec<f64> =
            items.iter().take(MANY).map(|item| self.size(*item, at, depth)).collect();
        let of = sizes.first().copied().unwrap_or(0.0);
        let second = items.get(1).and_then(|item| number(*item));
        let least = || sizes.iter().copied().reduce(f64::min).unwrap_or(0.0);
        match name {
            "count" => f64::INFINITY,
            "repeat" if items.len() == 1 => f64::INFINITY,
            "repeat" => second.unwrap_or(0.0),
            "cycle" if items.first().is_some_and(|of| self.is_empty(*of)) => 0.0,
            "cycle" => f64::INFINITY,
            "range" | "xrange" => size_of_range(items),
            "islice" => {
                let end = items.get(if items.len() > 2 { 2 } else { 1 });
                of.min(end.and_then(|end| number(*end)).unwrap_or(f64::INFINITY))
            }
            "product" => {
                // How often is given by name, behind the others.
                let times = items.last().and_then(|named| self.named_number(*named));
                let pools = sizes.len() - usize::from(times.is_some());
                let once: f64 = sizes.iter().take(pools).product();
                once.powf(times.unwrap_or(1.0))
            }
            "permutations" => {
                let chosen = second.unwrap_or(of);
                (0..steps(chosen)).map(|step| of - f64::from(step)).product()
            }
            "combinations" => {
                let chosen = second.unwrap_or(0.0);
                chosen_of(of, chosen.min(of - chosen))
            }
            "combinations_with_replacement" => {
                let chosen = second.unwrap_or(0.0);
                chosen_of(of + chosen - 1.0, chosen.min(of - 1.0))
            }
            "zip" | "izip" | "compress" => least(),
            // The iterators are within a list.
            "chain.from_iterable" => {
                let inner = items.first().and_then(|list| self.items_of(*list));
                let inner = inner.map(|(inner, _)| inner).unwrap_or_default();
                let inner = inner.iter().take(MANY).map(|item| self.size(*item, at, depth));
                inner.fold(of, f64::max)
            }
            _ => sizes.into_iter().fold(0.0, f64::max),
        }
    }

    fn is_empty(&self, value: Value) -> bool {
        self.items_of(value).is_some_and(|(items, all)| all && items.is_empty())
    }

    /// The number among arguments that are given by name.
    fn named_number(&self, value: Value) -> Option<f64> {
        self.arena.get(value).filter(|node| node.shape == Shape::Dict)?;
        let (items, _) = self.items_of(value)?;
        items.chunks_exact(2).find_map(|pair| number(pair[1]))
    }
}

fn number(value: Value) -> Option<f64> {
    match value.kind() {
        Kind::Int(number) => Some(f64::from(number)),
        Kind::Big => Some((1_u64 << 28) as f64),
        _ => None,
    }
}

fn size_of_range(items: &[Value]) -> f64 {
    // What is large and no number above is one below.
    let below = |value: Value| (value.kind() == Kind::Data).then_some(-((1_u64 << 28) as f64));
    let number =
        |place: usize| items.get(place).and_then(|item| number(*item).or_else(|| below(*item)));
    let (first, end) =
        if items.len() == 1 { (Some(0.0), number(0)) } else { (number(0), number(1)) };
    let step = number(2).unwrap_or(1.0).abs().max(1.0);
    match (first, end) {
        (Some(first), Some(end)) => (end - first).abs() / step,
        _ => 0.0,
    }
}

/// Factors that are multiplied: more than these are too much anyway.
fn steps(count: f64) -> u32 {
    count.clamp(0.0, 64.0) as u32
}

/// In how many ways so many can be chosen.
fn chosen_of(of: f64, chosen: f64) -> f64 {
    if chosen < 0.0 {
        return 0.0;
    }
    (0..steps(chosen)).map(|step| (of - f64::from(step)) / f64::from(step + 1)).product()
}
