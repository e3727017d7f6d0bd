//! Graphs: nodes, their attributes, and functions.

use std::collections::HashSet;

use nix_ai_model_scan_walk::{Fault, Level, Result, quoted};

use super::paths::Paths;
use super::{Reading, operators, rules};
use crate::foreign::code;
use crate::protobuf::{Span, Value};

/// Functions as attributes within one another that are read.
const DEPTH: u32 = 16;
/// Strings of a constant that are looked at.
const STRINGS: u32 = 256;
/// Bytes of a string that is looked through.
const LOOKED: u64 = 16 << 10;
/// Inputs of a node that are held.
const INPUTS: usize = 16;

impl Reading<'_, '_> {
    pub(super) fn graph(&mut self, mut left: Span, assets: &HashSet<String>) -> Result<()> {
        let mut paths = Paths::default();
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => self.node(span, &mut paths)?,
                (2, Value::Bytes(span)) => self.library(span, assets)?,
                _ => {}
            }
        }
        self.judge(paths, assets);
        Ok(())
    }

    fn judge(&mut self, paths: Paths, assets: &HashSet<String>) {
        for found in paths.judge(assets) {
            self.scan.find(self.part, found);
        }
    }

    fn library(&mut self, mut left: Span, assets: &HashSet<String>) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            let (1, Value::Bytes(mut function)) = (field.number, field.value) else { continue };
            let mut paths = Paths::default();
            while let Some(field) = self.wire.next(&mut function)? {
                // Field 2 was for nodes as well, before the year 2017.
                if let (2 | 3, Value::Bytes(span)) = (field.number, field.value) {
                    self.node(span, &mut paths)?;
                }
            }
            self.judge(paths, assets);
        }
        Ok(())
    }

    fn node(&mut self, node: Span, paths: &mut Paths) -> Result<()> {
        self.scan.budget.step(1)?;
        let (mut left, mut name, mut operator) = (node, String::new(), String::new());
        let mut is_late = false;
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => name = self.wire.name(span)?,
                (2, Value::Bytes(span)) => {
                    // Given again, it is the operator of what came before, too.
                    is_late |= !operator.is_empty();
                    operator = self.wire.name(span)?;
                }
                // At once where it can be: a stream is cheap forwards alone.
                (5, Value::Bytes(span)) if !operator.is_empty() => {
                    self.attribute(span, &operator, &name, paths)?;
                }
                (5, Value::Bytes(_)) => is_late = true,
                _ => {}
            }
        }
        if operator.is_empty() || !operator.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(());
        }
        self.nodes += 1;
        if let Some(found) = operators::judge(&operator)
            && self.seen.len() < 4096
            && self.seen.insert(operator.clone())
        {
            let found = match self.trains && operators::is_input(&operator) {
                true => found.level(Level::Medium),
                false => found,
            };
            self.scan.find(self.part, found.at(node.begin));
        }
        if Paths::follows(&operator) {
            let inputs = self.inputs(node)?;
            paths.node(&name, &operator, &inputs);
        }
        if is_late {
            self.attributes(node, &operator, &name, paths)?;
        }
        Ok(())
    }

    fn inputs(&mut self, mut left: Span) -> Result<Vec<String>> {
        let mut inputs = Vec::new();
        while let Some(field) = self.wire.next(&mut left)? {
            if let (3, Value::Bytes(span)) = (field.number, field.value)
                && inputs.len() < INPUTS
            {
                inputs.push(self.wire.name(span)?);
            }
        }
        Ok(inputs)
    }

    fn attributes(
        &mut self,
        mut left: Span,
        operator: &str,
        name: &str,
        paths: &mut Paths,
    ) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            if let (5, Value::Bytes(span)) = (field.number, field.value) {
                self.attribute(span, operator, name, paths)?;
            }
        }
        Ok(())
    }

    fn attribute(
        &mut self,
        mut entry: Span,
        operator: &str,
        name: &str,
        paths: &mut Paths,
    ) -> Result<()> {
        let mut key = String::new();
        while let Some(field) = self.wire.next(&mut entry)? {
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => key = self.wire.name(span)?,
                (2, Value::Bytes(span)) => {
                    let mut attribute = Attribute { operator, name, key: &key, paths };
                    self.value(span, &mut attribute, 0)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A value: a string, a tensor, a list of either, or a function with
    /// attributes of its own.
    fn value(&mut self, mut left: Span, attribute: &mut Attribute<'_>, depth: u32) -> Result<()> {
        if depth > DEPTH {
            return Err(Fault::Limit("functions within functions"));
        }
        while let Some(field) = self.wire.next(&mut left)? {
            let Value::Bytes(span) = field.value else { continue };
            match field.number {
                1 => self.list(span, attribute, depth)?,
                2 => self.string(span, attribute)?,
                8 => self.tensor(span, attribute)?,
                10 => self.call(span, attribute, depth)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn list(&mut self, mut left: Span, attribute: &mut Attribute<'_>, depth: u32) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            let Value::Bytes(span) = field.value else { continue };
            match field.number {
                2 => self.string(span, attribute)?,
                8 => self.tensor(span, attribute)?,
                9 => self.call(span, attribute, depth)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn call(&mut self, mut left: Span, attribute: &mut Attribute<'_>, depth: u32) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            let (2, Value::Bytes(mut entry)) = (field.number, field.value) else { continue };
            while let Some(field) = self.wire.next(&mut entry)? {
                if let (2, Value::Bytes(span)) = (field.number, field.value) {
                    self.value(span, attribute, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    fn string(&mut self, span: Span, attribute: &mut Attribute<'_>) -> Result<()> {
        if self.wire.hand_over(span, self.part, self.scan)? {
            let message = format!("A string of {} bytes begins like a file", span.length());
            self.scan.find(self.part, rules::HIDDEN.found(message).at(span.begin));
        }
        if span.length() > LOOKED {
            return Ok(());
        }
        let text = self.wire.text(span)?;
        attribute.paths.constant(attribute.name, &text);
        let found =
            operators::judge_string(attribute.operator, attribute.key, &text).or_else(|| {
                let what = code(&text)?;
                let message = format!(
                    "A string of the operator {} holds {what}: {}",
                    quoted(attribute.operator),
                    quoted(&text)
                );
                Some(rules::CODE.found(message))
            });
        if let Some(found) = found {
            self.scan.find(self.part, found.at(span.begin));
        }
        Ok(())
    }

    /// A constant: its strings are looked at, its numbers where they begin
    /// like a file.
    fn tensor(&mut self, mut left: Span, attribute: &mut Attribute<'_>) -> Result<()> {
        let (mut strings, mut is_text, mut content) = (0, false, None);
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (1, Value::Number(kind)) => is_text = kind == 7,
                (4, Value::Bytes(span)) => content = Some(span),
                (8, Value::Bytes(span)) if strings < STRINGS => {
                    strings += 1;
                    self.string(span, attribute)?;
                }
                _ => {}
            }
        }
        match content {
            // One string, packed: its length comes before it.
            Some(span) if is_text && (2..LOOKED).contains(&span.length()) => {
                self.string(Span { begin: span.begin + 1, ..span }, attribute)
            }
            Some(span) => self.string(span, attribute).map(drop),
            None => Ok(()),
        }
    }
}

/// Whose value is being read.
struct Attribute<'a> {
    operator: &'a str,
    name: &'a str,
    key: &'a str,
    paths: &'a mut Paths,
}
