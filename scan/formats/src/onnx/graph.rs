//! Graphs, their nodes and what the nodes hold.

use nix_ai_model_scan_walk::{Fault, Result, quoted};

use super::{Model, operators, rules};
use crate::foreign::{code, outside};
use crate::protobuf::{Span, Value};
use crate::torchscript;

/// Graphs within graphs that are read; protobuf itself reads 33.
const DEPTH: u32 = 40;
/// Bytes of an attribute's text that is looked through: longer ones are
/// vocabularies.
const ATTRIBUTE: u64 = 8 << 10;

impl Model<'_, '_> {
    pub(super) fn graph(&mut self, mut left: Span, depth: u32) -> Result<()> {
        if depth > DEPTH {
            return Err(Fault::Limit("graphs within graphs"));
        }
        while let Some(field) = self.wire.next(&mut left)? {
            self.scan.budget.step(1)?;
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => self.node(span, depth)?,
                (2 | 10, Value::Bytes(span)) => self.text("text of a graph", span)?,
                (5, Value::Bytes(span)) => self.tensor(span)?,
                (15, Value::Bytes(span)) => self.sparse(span)?,
                (16, Value::Bytes(span)) => self.property(span)?,
                (11..=14, _) => {}
                _ => self.unknown(field, 16)?,
            }
        }
        Ok(())
    }

    pub(super) fn function(&mut self, mut left: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (7, Value::Bytes(span)) => self.node(span, 0)?,
                (11, Value::Bytes(span)) => self.attribute(span, 0)?,
                (1 | 8, Value::Bytes(span)) => self.text("text of a function", span)?,
                (14, Value::Bytes(span)) => self.property(span)?,
                _ => self.unknown(field, 16)?,
            }
        }
        Ok(())
    }

    fn node(&mut self, node: Span, depth: u32) -> Result<()> {
        let (mut left, mut kind, mut domain) = (node, String::new(), String::new());
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (4, Value::Bytes(span)) => kind = self.wire.name(span)?,
                (7, Value::Bytes(span)) => domain = self.wire.name(span)?,
                (5, Value::Bytes(span)) => self.attribute(span, depth)?,
                (3 | 6, Value::Bytes(span)) => self.text("text of a node", span)?,
                (9, Value::Bytes(span)) => self.property(span)?,
                (1 | 2 | 8, _) => {}
                _ => self.unknown(field, 10)?,
            }
        }
        let operator = (domain, kind);
        let is_defined = self.functions.contains(&operator);
        let Some(found) = operators::judge(&operator.0, &operator.1, is_defined) else {
            return Ok(());
        };
        // Each operator is told once, however often it is used.
        if self.told.len() < 4096 && self.told.insert(operator) {
            self.scan.find(self.part, found.at(node.begin));
        }
        Ok(())
    }

    fn attribute(&mut self, mut left: Span, depth: u32) -> Result<()> {
        let mut name = String::new();
        while let Some(field) = self.wire.next(&mut left)? {
            let Value::Bytes(span) = field.value else { continue };
            match field.number {
                1 => name = self.wire.name(span)?,
                4 if name == "ep_cache_context" => self.context(span)?,
                4 if name == "operator" => self.of_torch(span)?,
                4 | 9 => self.string(span)?,
                5 | 10 => self.tensor(span)?,
                6 | 11 => self.graph(span, depth + 1)?,
                13 => self.text("text of an attribute", span)?,
                22 | 23 => self.sparse(span)?,
                _ => self.unknown(field, 23)?,
            }
        }
        Ok(())
    }

    /// The operator of torch that a node calls, without its family.
    fn of_torch(&mut self, span: Span) -> Result<()> {
        let name = self.wire.name(span)?;
        let name = if name.contains("::") { name } else { format!("aten::{name}") };
        if torchscript::is_dangerous(&name) {
            let message = format!("An operator of torch is called by its name: {}", quoted(&name));
            self.scan.find(self.part, rules::TORCH.found(message).at(span.begin));
        }
        Ok(())
    }

    /// The compiled graph of a device: a file, or its bytes.
    fn context(&mut self, span: Span) -> Result<()> {
        if span.length() > 4096 {
            return self.string(span);
        }
        let path = self.wire.text(span)?;
        let is_path =
            !path.contains(char::is_control) && !path.contains(char::REPLACEMENT_CHARACTER);
        if let Some(why) = outside(&path).filter(|_| is_path) {
            let message = format!("A compiled graph is in the file {}, which {why}", quoted(&path));
            self.scan.find(self.part, rules::EXTERNAL.found(message).at(span.begin));
        }
        self.string(span)
    }

    /// A string that an operator is given.
    pub(super) fn string(&mut self, span: Span) -> Result<()> {
        if self.wire.hand_over(span, self.part, self.scan)? {
            self.hidden(span);
        }
        if span.length() < 8 || span.length() > ATTRIBUTE {
            return Ok(());
        }
        let text = self.wire.text(span)?;
        if let Some(wrong) = code(&text) {
            let message = format!("A string of an operator holds {wrong}: {}", quoted(&text));
            self.scan.find(self.part, rules::CODE.found(message).at(span.begin));
        }
        Ok(())
    }
}
