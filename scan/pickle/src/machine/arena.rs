use std::ops::Range;

use crate::value::Value;

/// Words that may be used before those that are no longer needed are given up.
const FULL: usize = (2 << 20) - (1 << 12);
/// Words that are kept where too many are needed: the newest ones.
const KEPT: usize = FULL / 8;
/// Values of one node that are held.
pub(crate) const HELD: usize = 64;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Tuple,
    /// A list; what it holds is a tuple.
    List,
    /// Keys and values in turn; what it holds is a tuple.
    Dict,
    /// A set; what it holds is a tuple.
    Set,
    /// What a call made whose arguments matter: the name, the arguments.
    Made,
    /// A function with first arguments: the function, the arguments.
    Partial,
    /// `operator.attrgetter`: the names.
    Attributes,
    /// `operator.itemgetter`: the keys.
    Items,
    /// `operator.methodcaller`: the name, further arguments.
    Method,
    /// Bytes that a long text stands for: the text.
    Encoded,
}

const SHAPES: [Shape; 10] = [
    Shape::Tuple,
    Shape::List,
    Shape::Dict,
    Shape::Set,
    Shape::Made,
    Shape::Partial,
    Shape::Attributes,
    Shape::Items,
    Shape::Method,
    Shape::Encoded,
];

/// That a node has more values than are held.
const MORE: u32 = 1 << 31;
const LENGTH: u32 = 0xffff;

/// Shows all values from outside that speak of nodes.
type Roots<'r> = &'r mut dyn FnMut(&mut dyn FnMut(&mut Value));

/// Where values of several parts are, one after the other: a header, then what
/// the node holds.
#[derive(Default, Clone)]
pub(crate) struct Arena {
    words: Vec<Value>,
}

/// A node, as it lies there.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub shape: Shape,
    pub items: &'a [Value],
    /// Whether it has more than these.
    pub more: bool,
}

impl Arena {
    /// Adds a node of these values, or of the first of them.
    pub(crate) fn add(&mut self, shape: Shape, items: &[Value], more: bool) -> Value {
        self.join(shape, 0..0, items, more)
    }

    /// Adds a node of words that are there, at most [`HELD`], and then these
    /// values, or of the first of them.
    fn join(&mut self, shape: Shape, old: Range<usize>, new: &[Value], more: bool) -> Value {
        let held = &new[..new.len().min(HELD.saturating_sub(old.len()))];
        let more = if more || held.len() < new.len() { MORE } else { 0 };
        let at = self.words.len();
        let length = old.len() + held.len();
        self.words.push(Value::header(more | (shape as u32) << 16 | length as u32));
        self.words.extend_from_within(old);
        self.words.extend_from_slice(held);
        Value::node(at)
    }

    /// Adds a tuple of what `held`, a tuple, has and then these values, or of
    /// the first of them.
    pub(crate) fn add_to(&mut self, held: Value, items: &[Value], more: bool) -> Value {
        let old = match (held.index(), self.get(held)) {
            (Some(at), Some(node)) => at + 1..at + 1 + node.items.len(),
            _ => 0..0,
        };
        self.join(Shape::Tuple, old, items, more)
    }

    /// The node of a value.
    pub(crate) fn get(&self, value: Value) -> Option<Node<'_>> {
        let at = value.index()?;
        let header = self.words.get(at)?.bits();
        let items = self.words.get(at + 1..at + 1 + (header & LENGTH) as usize)?;
        let shape = *SHAPES.get((header >> 16 & 0xff) as usize)?;
        Some(Node { shape, items, more: header & MORE != 0 })
    }

    /// Puts another value in a node's place of this number.
    pub(crate) fn set(&mut self, value: Value, place: usize, item: Value) {
        let Some(at) = value.index() else { return };
        let length = self.words.get(at).map_or(0, |header| header.bits() & LENGTH) as usize;
        if place < length
            && let Some(word) = self.words.get_mut(at + 1 + place)
        {
            *word = item;
        }
    }

    /// Whether it is time to collect.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.words.len() >= FULL
    }

    /// Whether it holds little.
    pub(crate) fn is_light(&self) -> bool {
        self.words.len() < FULL / 2
    }

    /// Keeps what `roots` speak of, and moves it together. Where that is still
    /// much, the older part of it is lost.
    pub(crate) fn collect(&mut self, roots: Roots<'_>) {
        let mut live = self.mark(roots);
        if live.count() > FULL / 2 {
            live.forget_before(self.node_from(live.place_of_rank(live.count() - KEPT)));
        }
        let moved = |value: &mut Value| {
            if let Some(at) = value.index() {
                *value = if live.has(at) { Value::node(live.rank(at)) } else { Value::LOST };
            }
        };
        roots(&mut { moved });
        let mut to = 0;
        let mut at = 0;
        while at < self.words.len() {
            let header = self.words[at];
            let end = self.words.len().min(at + 1 + (header.bits() & LENGTH) as usize);
            if live.has(at) {
                self.words[to] = header;
                for from in at + 1..end {
                    let mut value = self.words[from];
                    moved(&mut value);
                    self.words[to + from - at] = value;
                }
                to += end - at;
            }
            at = end;
        }
        self.words.truncate(to);
    }

    /// Where the first node at this place or later is.
    fn node_from(&self, place: usize) -> usize {
        let mut at = 0;
        while at < place.min(self.words.len()) {
            at += 1 + (self.words[at].bits() & LENGTH) as usize;
        }
        at
    }

    /// Marks all words of nodes that can be reached.
    fn mark(&self, roots: Roots<'_>) -> Live {
        let mut live = Live::new(self.words.len());
        let mut open: Vec<usize> = Vec::new();
        roots(&mut |value| {
            open.extend(self.enter(*value, &mut live));
            while let Some(at) = open.pop() {
                let end = at + 1 + (self.words[at].bits() & LENGTH) as usize;
                for item in self.words.get(at + 1..end).unwrap_or_default() {
                    open.extend(self.enter(*item, &mut live));
                }
            }
        });
        live.sum_up();
        live
    }

    fn enter(&self, value: Value, live: &mut Live) -> Option<usize> {
        let at = value.index()?;
        let length = (self.words.get(at)?.bits() & LENGTH) as usize;
        (!live.has(at)).then(|| {
            live.set(at, length + 1);
            at
        })
    }
}

/// Which words are reached, and how many before each.
struct Live {
    bits: Vec<u64>,
    before: Vec<u32>,
}

impl Live {
    fn new(words: usize) -> Self {
        Self { bits: vec![0; words / 64 + 1], before: Vec::new() }
    }

    fn has(&self, at: usize) -> bool {
        self.bits.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    fn set(&mut self, at: usize, length: usize) {
        for at in at..at + length {
            if let Some(bits) = self.bits.get_mut(at / 64) {
                *bits |= 1 << (at % 64);
            }
        }
    }

    fn sum_up(&mut self) {
        let mut sum = 0;
        self.before.extend(self.bits.iter().map(|bits| {
            sum += bits.count_ones();
            sum - bits.count_ones()
        }));
    }

    fn count(&self) -> usize {
        let last = self.bits.last().map_or(0, |bits| bits.count_ones());
        self.before.last().map_or(0, |before| (before + last) as usize)
    }

    /// How many reached words are before this place.
    fn rank(&self, at: usize) -> usize {
        let bits = self.bits.get(at / 64).map_or(0, |bits| bits & ((1 << (at % 64)) - 1));
        self.before.get(at / 64).map_or(0, |before| (before + bits.count_ones()) as usize)
    }

    /// Takes the words before this place for not reached.
    fn forget_before(&mut self, place: usize) {
        self.bits.iter_mut().take(place / 64).for_each(|bits| *bits = 0);
        if let Some(bits) = self.bits.get_mut(place / 64) {
            *bits &= u64::MAX << (place % 64);
        }
        self.before.clear();
        self.sum_up();
    }

    /// A place that about so many reached words are before.
    fn place_of_rank(&self, rank: usize) -> usize {
        self.before.partition_point(|before| (*before as usize) < rank) * 64
    }
}
