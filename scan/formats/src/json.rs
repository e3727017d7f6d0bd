//! JSON of any size, read once from its begin to its end: each value is summed
//! up into facts that its container takes over, so that the order of keys and
//! keys that come twice make no difference, and memory depends on depth alone.

mod encoding;
#[cfg(test)]
mod tests;
mod token;

use nix_ai_model_scan_walk::{Fault, Result, Scan, View};

pub use encoding::{is_object, unified};
pub use token::{Text, Tokens};

/// Values within values. Python's parser stops far below.
const DEPTH: usize = 10_000;

/// Where a value is in its container.
#[derive(Debug, Clone, Copy)]
pub enum Place<'k> {
    /// The value of this key.
    Key(&'k str),
    /// An item of a list, from 0 on.
    Item(u64),
}

impl<'k> Place<'k> {
    /// The key; empty for an item.
    pub fn key(self) -> &'k str {
        match self {
            Self::Key(key) => key,
            Self::Item(_) => "",
        }
    }
}

/// A value that holds no others.
#[derive(Debug, Clone, Copy)]
pub enum Scalar<'t> {
    /// A string.
    Text(&'t Text),
    /// A number as it is written.
    Number(&'t str),
    /// `true`, `false` or `null`.
    Word,
}

impl<'t> Scalar<'t> {
    /// The string, as far as it is held.
    pub fn text(self) -> Option<&'t str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }
}

/// What is made of the values, from the innermost outwards.
pub trait Fold {
    /// What is known of a container while it is read.
    type Facts: Default;

    /// A container holds this value.
    fn scalar(&mut self, into: &mut Self::Facts, place: Place<'_>, value: Scalar<'_>);

    /// A container holds this one, which ended.
    fn inner(&mut self, into: &mut Self::Facts, place: Place<'_>, inner: Self::Facts);

    /// An object or list ended.
    fn end(&mut self, facts: &mut Self::Facts, is_object: bool);
}

struct Frame<F> {
    facts: F,
    is_object: bool,
    key: String,
    items: u64,
}

impl<F: Default> Frame<F> {
    fn new(is_object: bool) -> Self {
        Self { facts: F::default(), is_object, key: String::new(), items: 0 }
    }
}

fn place<F>(frame: &Frame<F>) -> Place<'_> {
    if frame.is_object { Place::Key(&frame.key) } else { Place::Item(frame.items) }
}

/// Reads one JSON value and what is in it. What follows it is not read.
///
/// # Errors
/// Where it is not JSON, too deep, or cannot be read.
pub fn fold<F: Fold>(view: &dyn View, fold: &mut F, scan: &mut Scan<'_>) -> Result<()> {
    let mut tokens = Tokens::new(view);
    let mut frames: Vec<Frame<F::Facts>> = Vec::new();
    let mut steps = 0_u64;
    loop {
        steps += 1;
        if steps.is_multiple_of(1024) {
            scan.budget.step(1024)?;
        }
        if let Some(frame) = frames.last_mut()
            && tokens.container_ends(frame.is_object, frame.items)?
        {
            let Some(mut ended) = frames.pop() else { return Ok(()) };
            fold.end(&mut ended.facts, ended.is_object);
            let Some(frame) = frames.last_mut() else { return Ok(()) };
            let held = std::mem::take(&mut frame.key);
            let at = if frame.is_object { Place::Key(&held) } else { Place::Item(frame.items) };
            fold.inner(&mut frame.facts, at, ended.facts);
            frame.items += 1;
            continue;
        }
        if let Some(frame) = frames.last_mut().filter(|frame| frame.is_object) {
            tokens.key(&mut frame.key)?;
        }
        if let Some(is_object) = tokens.container_begins()? {
            if frames.len() >= DEPTH {
                return Err(Fault::Limit("values within values"));
            }
            frames.push(Frame::new(is_object));
            continue;
        }
        let value = tokens.scalar()?;
        let Some(frame) = frames.last_mut() else {
            return Ok(());
        };
        let mut facts = std::mem::take(&mut frame.facts);
        fold.scalar(&mut facts, place(frame), value);
        frame.facts = facts;
        frame.items += 1;
    }
}
