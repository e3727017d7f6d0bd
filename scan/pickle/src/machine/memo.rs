use std::collections::HashMap;

use crate::value::{Kind, Value};

/// Values of a chunk.
const CHUNK: usize = 1 << 12;
/// Keys below this are in chunks.
const DENSE: u64 = 4 << 20;
/// Keys that are held otherwise.
const SPARSE: usize = 1 << 17;
/// Values of earlier pickles of the stream that are held.
const PAST: usize = 1 << 16;
/// A key that has no value.
const FREE: Value = Value::header(u32::MAX);

/// What `PUT` and its like remember.
#[derive(Default, Clone)]
pub(crate) struct Memo {
    chunks: Vec<Chunk>,
    sparse: HashMap<u64, Value>,
    /// How many keys there are.
    count: u64,
    /// Whether values were dropped because there were too many.
    dropped: bool,
    /// What earlier pickles of this stream remembered: an unpickler that reads
    /// several of them keeps it.
    past: Vec<Value>,
}

#[derive(Default, Clone)]
struct Chunk {
    values: Vec<Value>,
    /// Whether values of the arena are among them.
    nodes: bool,
}

impl Memo {
    /// Whether it holds little.
    pub(crate) fn is_light(&self) -> bool {
        (self.chunks.len() * CHUNK + self.sparse.len() + self.past.len()) as u64 <= DENSE / 4
    }

    /// Remembers a value.
    #[inline]
    pub(crate) fn put(&mut self, key: u64, value: Value) {
        if key >= DENSE {
            return self.put_sparse(key, value);
        }
        let (chunk, place) = (key as usize / CHUNK, key as usize % CHUNK);
        while self.chunks.len() <= chunk {
            self.chunks.push(Chunk::default());
        }
        let chunk = &mut self.chunks[chunk];
        if chunk.values.is_empty() {
            chunk.values.resize(CHUNK, FREE);
        }
        chunk.nodes |= value.index().is_some();
        self.count += u64::from(chunk.values[place] == FREE);
        chunk.values[place] = value;
    }

    /// Remembers a value under the next key.
    #[inline]
    pub(crate) fn add(&mut self, value: Value) {
        self.put(self.count, value);
    }

    #[cold]
    fn put_sparse(&mut self, key: u64, value: Value) {
        if let Some(held) = self.sparse.get_mut(&key) {
            *held = value;
            return;
        }
        self.count += 1;
        let matters = !matches!(value.kind(), Kind::None | Kind::Data | Kind::Lost | Kind::Int(_));
        if self.sparse.len() < SPARSE && matters {
            self.sparse.insert(key, value);
        } else {
            self.dropped = true;
        }
    }

    /// What is remembered, or `None` where nothing is.
    #[inline]
    pub(crate) fn get(&self, key: u64) -> Option<Value> {
        self.held(key).or_else(|| {
            let past = self.past.len() as u64;
            let earlier = usize::try_from(key).ok().and_then(|key| self.past.get(key).copied());
            let shifted = key.checked_sub(past).filter(|_| past > 0);
            let held = earlier.or_else(|| shifted.and_then(|key| self.held(key)));
            held.or(self.dropped.then_some(Value::LOST))
        })
    }

    #[inline]
    fn held(&self, key: u64) -> Option<Value> {
        if key >= DENSE {
            return self.sparse.get(&key).copied();
        }
        let (chunk, place) = (key as usize / CHUNK, key as usize % CHUNK);
        let value = *self.chunks.get(chunk)?.values.get(place)?;
        (value != FREE).then_some(value)
    }

    /// Begins a further pickle of the stream.
    pub(crate) fn next_pickle(&mut self) {
        let all = self.chunks.iter().flat_map(|chunk| &chunk.values);
        let room = PAST.saturating_sub(self.past.len());
        self.past.extend(all.filter(|value| **value != FREE).take(room));
        self.chunks.clear();
        self.sparse.clear();
        self.count = 0;
    }

    /// All values that may be of the arena.
    pub(crate) fn visit(&mut self, see: &mut dyn FnMut(&mut Value)) {
        for chunk in self.chunks.iter_mut().filter(|chunk| chunk.nodes) {
            chunk.values.iter_mut().filter(|value| value.index().is_some()).for_each(&mut *see);
            chunk.nodes =
                chunk.values.iter().any(|value| *value != FREE && value.index().is_some());
        }
        self.sparse.values_mut().for_each(&mut *see);
        self.past.iter_mut().for_each(&mut *see);
    }
}
