//! Each value is summed up into facts that its container takes over, so that
//! the order of keys and keys that come twice make no difference, and memory
//! depends on depth alone.

use nix_ai_model_scan_walk::{Fault, Result, Scan, View};

use crate::{Scalar, Tokens};

/// Bytes of a string that are held.
const HELD: usize = 4096;
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
    let mut tokens = Strict(Tokens::new(view, HELD));
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

/// The tokens in the order of JSON.
struct Strict<'v>(Tokens<'v>);

impl Strict<'_> {
    fn broken(&self, what: &str) -> Fault {
        Fault::broken(self.0.position(), what)
    }

    fn sign(&mut self) -> Result<u8> {
        self.0.sign()?.ok_or_else(|| Fault::Truncated(self.0.position()))
    }

    fn take_sign(&mut self, wanted: u8) -> Result<()> {
        if self.sign()? != wanted {
            return Err(self.broken(&format!("lacks a \"{}\"", char::from(wanted))));
        }
        self.0.pass();
        Ok(())
    }

    fn string(&mut self) -> Result<()> {
        self.0.read_string()?;
        self.0.take_flaw().map_or(Ok(()), Err)
    }

    /// Whether the container ends here, after so many items; passes over the
    /// comma where it does not.
    fn container_ends(&mut self, is_object: bool, items: u64) -> Result<bool> {
        let end = if is_object { b'}' } else { b']' };
        let sign = self.sign()?;
        if sign == end {
            self.0.pass();
            return Ok(true);
        }
        if items == 0 {
            return Ok(false);
        }
        self.take_sign(b',')?;
        // Some parsers take a comma before the end.
        if self.sign()? == end {
            self.0.pass();
            return Ok(true);
        }
        Ok(false)
    }

    /// Reads a key and the colon.
    fn key(&mut self, key: &mut String) -> Result<()> {
        if self.sign()? != b'"' {
            return Err(self.broken("has a key that is no string"));
        }
        self.string()?;
        self.0.swap(key);
        self.take_sign(b':')
    }

    /// Whether an object (true) or a list (false) begins here.
    fn container_begins(&mut self) -> Result<Option<bool>> {
        let is_object = match self.sign()? {
            b'{' => true,
            b'[' => false,
            _ => return Ok(None),
        };
        self.0.pass();
        Ok(Some(is_object))
    }

    /// Reads a value that holds no others.
    fn scalar(&mut self) -> Result<Scalar<'_>> {
        if self.sign()? == b'"' {
            self.string()?;
            return Ok(self.0.scalar());
        }
        self.0.read_word()?;
        Scalar::bare(self.0.word()).ok_or_else(|| self.broken("has a value that is none of JSON"))
    }
}
