//! Arrays that joblib writes into the middle of a pickle.

use crate::machine::{At, Machine, Shape};
use crate::text;
use crate::value::{Kind, Value};

/// What follows in the file where joblib's unpickler reads an array itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Array {
    /// Bytes of the array; `None` where that cannot be told.
    pub bytes: Option<u64>,
    /// Whether a byte that counts padding, and the padding, come first.
    pub is_padded: bool,
    /// Whether its elements are Python objects, and so a pickle follows.
    pub has_objects: bool,
}

impl Machine<'_> {
    /// The array that a wrapper of this state announces.
    pub(crate) fn announced(&mut self, state: Value, at: At<'_>) -> Option<Array> {
        let (items, _) = self.items_of(state)?;
        let mut array = Array { bytes: None, is_padded: false, has_objects: false };
        let mut count = None;
        let mut width = None;
        for pair in items.chunks_exact(2) {
            match self.read(pair[0], at).as_deref() {
                Some(b"shape") => count = self.product(pair[1]),
                Some(b"dtype") => {
                    (width, array.has_objects) = self.width(pair[1], at);
                }
                Some(b"numpy_array_alignment_bytes") => {
                    array.is_padded = !matches!(pair[1].kind(), Kind::None);
                }
                _ => {}
            }
        }
        array.bytes = count.zip(width).and_then(|(count, width)| count.checked_mul(width));
        Some(array)
    }

    /// How many elements a shape has.
    fn product(&self, shape: Value) -> Option<u64> {
        let (items, all) = self.items_of(shape)?;
        items
            .iter()
            .try_fold(1_u64, |product, item| match item.kind() {
                Kind::Int(n) => product.checked_mul(u64::try_from(n).ok()?),
                _ => None,
            })
            .filter(|_| all)
    }

    /// Bytes of an element of a dtype, and whether it is of Python objects.
    fn width(&mut self, dtype: Value, at: At<'_>) -> (Option<u64>, bool) {
        let Some(node) = self.arena.get(dtype).filter(|node| node.shape == Shape::Made) else {
            return (None, false);
        };
        let [_, arguments, state] = node.items[..] else { return (None, false) };
        let code = self.items_of(arguments).and_then(|(items, _)| items.first().copied());
        // A list of fields: what they take is not told, but whether one is of
        // objects.
        if let Some((fields, _)) = code.and_then(|code| self.items_of(code)) {
            let kinds =
                fields.into_iter().filter_map(|field| self.items_of(field)?.0.get(1).copied());
            let kinds: Vec<Value> = kinds.collect();
            let has_objects = kinds.into_iter().any(|kind| {
                self.read(kind, at)
                    .is_some_and(|kind| crate::dtype::has_objects(&text::lossy(&kind)))
            });
            return (None, has_objects);
        }
        let code = code.and_then(|code| self.read(code, at)).unwrap_or_default();
        let code = text::lossy(&code);
        let state = self.items_of(state).map(|(items, _)| items).unwrap_or_default();
        let size = match state.get(5).map(|size| size.kind()) {
            Some(Kind::Int(size)) if size >= 0 => u64::try_from(size).ok(),
            _ => crate::dtype::width(&code),
        };
        let flags = match state.get(7).map(|flags| flags.kind()) {
            Some(Kind::Int(flags)) => flags & 1 == 1,
            _ => false,
        };
        (size, crate::dtype::has_objects(&code) || flags)
    }
}
