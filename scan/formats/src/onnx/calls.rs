//! Which functions of a model call which: loaders put functions in the place of
//! their calls, without end where one calls itself.

use std::collections::{HashMap, HashSet};

use nix_ai_model_scan_walk::{Result, quoted};

use super::{Model, rules};
use crate::protobuf::{Span, Value};

/// Calls that are held.
const CALLS: usize = 200_000;

/// Domain and name of an operator.
type Name = (String, String);

impl Model<'_, '_> {
    /// Finds functions that come to call themselves.
    pub(super) fn calls(&mut self) -> Result<()> {
        if self.functions.is_empty() {
            return Ok(());
        }
        let mut calls: HashMap<Name, Vec<Name>> = HashMap::new();
        let (mut left, mut held) = (self.wire.whole(), 0);
        while let Some(field) = self.wire.next(&mut left)? {
            let (25, Value::Bytes(function)) = (field.number, field.value) else { continue };
            let (name, called) = self.called(function)?;
            held += called.len();
            if held > CALLS {
                return Ok(());
            }
            calls.entry(name).or_default().extend(called);
        }
        // What calls nothing that is left is taken away, until nothing changes.
        let mut callers: HashMap<&Name, Vec<&Name>> = HashMap::new();
        let mut open: HashMap<&Name, usize> = HashMap::new();
        for (caller, called) in &calls {
            let called: HashSet<_> =
                called.iter().filter(|name| calls.contains_key(name)).collect();
            open.insert(caller, called.len());
            called.into_iter().for_each(|name| callers.entry(name).or_default().push(caller));
        }
        let mut ended: Vec<_> =
            open.iter().filter(|(_, left)| **left == 0).map(|(name, _)| *name).collect();
        while let Some(name) = ended.pop() {
            open.remove(name);
            for caller in callers.get(name).into_iter().flatten() {
                if let Some(left) = open.get_mut(caller) {
                    *left -= 1;
                    if *left == 0 {
                        ended.push(caller);
                    }
                }
            }
        }
        if let Some((_, name)) = open.into_keys().min() {
            let message = format!("The function {} calls itself, or one that does", quoted(name));
            self.scan.find(self.part, rules::ENDLESS.found(message));
        }
        Ok(())
    }

    /// The name of a function, and the operators in it that are functions of
    /// the model, those of graphs within included.
    fn called(&mut self, function: Span) -> Result<(Name, Vec<Name>)> {
        let (mut domain, mut name, mut all) = (String::new(), String::new(), Vec::new());
        let (mut left, mut nodes) = (function, Vec::new());
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => name = self.wire.name(span)?,
                (10, Value::Bytes(span)) => domain = self.wire.name(span)?,
                (7, Value::Bytes(span)) => nodes.push(span),
                _ => {}
            }
        }
        while let Some(mut node) = nodes.pop() {
            self.scan.budget.step(1)?;
            let mut operator = (String::new(), String::new());
            while let Some(field) = self.wire.next(&mut node)? {
                match (field.number, field.value) {
                    (4, Value::Bytes(span)) => operator.1 = self.wire.name(span)?,
                    (7, Value::Bytes(span)) => operator.0 = self.wire.name(span)?,
                    (5, Value::Bytes(span)) => self.inner_nodes(span, &mut nodes)?,
                    _ => {}
                }
            }
            if self.functions.contains(&operator) && all.len() < CALLS {
                all.push(operator);
            }
        }
        Ok(((domain, name), all))
    }

    /// The nodes of the graphs that an attribute has.
    fn inner_nodes(&mut self, mut attribute: Span, nodes: &mut Vec<Span>) -> Result<()> {
        while let Some(field) = self.wire.next(&mut attribute)? {
            let (6 | 11, Value::Bytes(mut graph)) = (field.number, field.value) else { continue };
            while let Some(field) = self.wire.next(&mut graph)? {
                if let (1, Value::Bytes(span)) = (field.number, field.value) {
                    nodes.push(span);
                }
            }
        }
        Ok(())
    }
}
