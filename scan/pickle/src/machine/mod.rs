//! The symbolic machine: it follows every instruction of a pickle as loaders
//! do, and executes none.

mod alike;
mod arena;
mod encoded;
mod memo;
mod names;
mod number;
mod run;
mod stack;
mod step;
mod texts;

use std::collections::HashMap;

use nix_ai_model_scan_walk::View;

pub(crate) use arena::{Arena, Shape};
pub(crate) use names::Names;
pub(crate) use run::Pause;
pub(crate) use texts::{Nested, Texts, Window};

use crate::joblib::Array;
use crate::judge::{KEYS, Tiers, Verdicts};
use crate::value::Value;
use memo::Memo;
use stack::Stack;

/// Small steps of following calls within calls, of one stream.
const FUEL: u32 = 4 << 20;

/// Such steps of one instruction.
const FUEL_OF_ONE: u32 = 8192;

/// Files in strings that are read.
const NESTED: usize = 100_000;

/// That an instruction needs more than there is above the last mark.
#[derive(Debug)]
pub(crate) struct Underflow;

/// Where in the file an instruction is.
#[derive(Clone, Copy)]
pub(crate) struct At<'b> {
    pub offset: u64,
    pub window: Window<'b>,
}

/// One machine follows one stream of pickles.
#[derive(Clone)]
pub(crate) struct Machine<'v> {
    pub(crate) view: &'v (dyn View + 'v),
    pub(crate) stack: Stack,
    memo: Memo,
    pub(crate) arena: Arena,
    pub(crate) texts: Texts,
    pub(crate) names: Names,
    pub(crate) verdicts: Verdicts,
    /// What is left for following calls within calls and looking at what they
    /// are given.
    fuel: u32,
    /// What the instruction at hand must leave of it.
    reserve: u32,
    /// Long numbers that have one hash.
    alike: alike::Alike,
    /// How many parts of keys are still looked at.
    pub(crate) keys: u32,
    /// Values that functions walked through.
    pub(crate) walked: u64,
    /// What `STACK_GLOBAL` made of two values of the file.
    resolved: HashMap<(Value, Value), Value>,
    /// What was above the last mark.
    items: Vec<Value>,
    /// Keys of torch's storages and the bytes of an element of each.
    pub(crate) storages: HashMap<Vec<u8>, u8>,
    /// Whether something that was named was called.
    pub(crate) has_called: bool,
    /// Bytes that are files of their own for what is called with them.
    pub(crate) nested: Vec<Nested>,
    /// The array that the last instruction announced.
    pub(crate) array: Option<Array>,
    /// What the pickle gave at its `STOP`.
    pub(crate) result: Value,
}

impl<'v> Machine<'v> {
    pub(crate) fn new(view: &'v (dyn View + 'v), tiers: Tiers) -> Self {
        Self {
            view,
            stack: Stack::default(),
            memo: Memo::default(),
            arena: Arena::default(),
            texts: Texts::new(view.is_random()),
            names: Names::new(tiers),
            verdicts: Verdicts::default(),
            fuel: FUEL,
            reserve: 0,
            alike: alike::Alike::default(),
            keys: KEYS,
            walked: 0,
            resolved: HashMap::new(),
            items: Vec::new(),
            storages: HashMap::new(),
            has_called: false,
            nested: Vec::new(),
            array: None,
            result: Value::NONE,
        }
    }

    /// Takes note that bytes are read as a file of their own; `None` where they
    /// cannot be told.
    pub(crate) fn nest(&mut self, value: Value) -> Option<()> {
        if self.nested.len() >= NESTED {
            return None;
        }
        // An object that holds bytes has them among its arguments or its state.
        let parts = match self.arena.get(value) {
            Some(node) if node.shape == Shape::Made => node.items.to_vec(),
            _ => vec![value],
        };
        let held = parts.iter().flat_map(|part| match self.items_of(*part) {
            Some((items, _)) => items,
            None => vec![*part],
        });
        let found = held.into_iter().find_map(|part| self.nested_of(part));
        self.nested.push(found?);
        Some(())
    }

    pub(crate) fn nested_of(&self, value: Value) -> Option<Nested> {
        match self.arena.get(value) {
            Some(node) if node.shape == Shape::Encoded => {
                self.texts.encoded(*node.items.first()?, self.view)
            }
            _ => self.texts.nested(value, self.view),
        }
    }

    /// Whether a second one like it costs little.
    pub(crate) fn is_light(&self) -> bool {
        self.arena.is_light() && self.memo.is_light()
    }

    /// Begins a further pickle of the stream.
    pub(crate) fn next_pickle(&mut self) {
        self.stack.clear();
        self.memo.next_pickle();
    }

    /// The content of a string or bytes, where it is held.
    pub(crate) fn read(&mut self, value: Value, at: At<'_>) -> Option<Vec<u8>> {
        if !self.burn(1) {
            return None;
        }
        let content = self.texts.read(value, self.view, at.window)?;
        self.burn(content.len() as u32 / 64).then_some(content)
    }

    /// Begins an instruction, which may burn so much fuel alone.
    pub(crate) fn refuel(&mut self) {
        self.reserve = self.fuel.saturating_sub(FUEL_OF_ONE);
    }

    /// Takes of what there is for following calls within calls; false where
    /// nothing is left.
    pub(crate) fn burn(&mut self, fuel: u32) -> bool {
        self.fuel = self.fuel.saturating_sub(fuel).max(self.reserve);
        self.fuel > self.reserve
    }

    /// What a tuple, list, set or dictionary holds, and whether that is all.
    pub(crate) fn items_of(&self, value: Value) -> Option<(Vec<Value>, bool)> {
        if value == Value::EMPTY_TUPLE {
            return Some((Vec::new(), true));
        }
        let node = self.arena.get(value)?;
        match node.shape {
            Shape::Tuple => Some((node.items.to_vec(), !node.more)),
            Shape::List | Shape::Set | Shape::Dict => {
                let (items, all) = self.items_of_tuple(*node.items.first()?)?;
                Some((items, all && !node.more))
            }
            _ => None,
        }
    }

    fn items_of_tuple(&self, value: Value) -> Option<(Vec<Value>, bool)> {
        match self.arena.get(value) {
            Some(node) if node.shape == Shape::Tuple => Some((node.items.to_vec(), !node.more)),
            None if value == Value::EMPTY_TUPLE => Some((Vec::new(), true)),
            _ => None,
        }
    }

    /// A tuple of these values.
    pub(crate) fn tuple(&mut self, items: &[Value]) -> Value {
        if items.is_empty() {
            return Value::EMPTY_TUPLE;
        }
        self.arena.add(Shape::Tuple, items, false)
    }

    /// Arguments with those that are given by name behind them.
    pub(crate) fn with_named(&mut self, arguments: Value, named: Value) -> Value {
        let is_empty = self.items_of(named).is_none_or(|(items, _)| items.is_empty());
        if is_empty {
            return arguments;
        }
        match self.items_of(arguments) {
            Some((items, true)) => self.tuple(&[items, vec![named]].concat()),
            _ => arguments,
        }
    }

    /// Gives up what is no longer needed.
    fn collect(&mut self) {
        let Self { arena, stack, memo, resolved, .. } = self;
        resolved.clear();
        arena.collect(&mut |see| {
            stack.visit(see);
            memo.visit(see);
        });
    }
}
