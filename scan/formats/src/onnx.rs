//! ONNX: a graph of operators, with graphs and functions within, whose tensors
//! may be in other files. Tensors are not read.

mod calls;
mod graph;
mod operators;
mod rules;
mod sizes;
mod tensor;
#[cfg(test)]
mod tests;
mod text;

pub use rules::{ALL as RULES, EXTERNAL};
pub use text::OnnxText;

use std::collections::HashSet;

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, quoted};

use crate::account::weight;
use crate::foreign::{is_pointer, metadata};
use crate::protobuf::{Field, Sniffed, Span, Value, Wire, sniff};

/// Functions of a model that are held.
const FUNCTIONS: usize = 20_000;

/// Reads ONNX models.
pub struct Onnx;

impl Reader for Onnx {
    fn format(&self) -> &'static str {
        "ONNX model"
    }

    fn recognises(&self, head: &Head) -> bool {
        if head.is_named(&[".onnx", ".onnx.prototxt"]) {
            return head.name.ends_with(".onnx") && !is_pointer(&head.begin);
        }
        // A version, and a graph or the sets of operators, among nothing else.
        let Some(fields) = sniff(&head.begin, head.size) else { return false };
        let known = |(number, value): &(u32, Sniffed<'_>)| match value {
            Sniffed::Number(value) => matches!((number, value), (1, 1..64) | (5, _)),
            Sniffed::Bytes(_) => matches!(number, 2..=4 | 6..=8 | 14 | 20 | 25),
        };
        let has = |wanted: &[u32]| fields.iter().any(|(number, _)| wanted.contains(number));
        fields.iter().all(known) && has(&[1]) && has(&[7, 8])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let wire = Wire::new(part)?;
        let mut model = Model { wire, part, scan, functions: HashSet::new(), told: HashSet::new() };
        model.functions()?;
        model.calls()?;
        model.huge()?;
        model.read()
    }
}

/// The model being read.
struct Model<'m, 'a> {
    wire: Wire<'m>,
    part: &'m Part<'a>,
    scan: &'m mut Scan<'a>,
    /// Domain and name of the functions that the model brings along.
    functions: HashSet<(String, String)>,
    /// Operators that were told.
    told: HashSet<(String, String)>,
}

impl Model<'_, '_> {
    /// Finds out which operators the model defines itself.
    fn functions(&mut self) -> Result<()> {
        let mut left = self.wire.whole();
        while let Some(field) = self.wire.next(&mut left)? {
            let (25, Value::Bytes(mut function)) = (field.number, field.value) else { continue };
            let (mut domain, mut name) = (String::new(), String::new());
            while let Some(field) = self.wire.next(&mut function)? {
                match (field.number, field.value) {
                    (1, Value::Bytes(span)) => name = self.wire.name(span)?,
                    (10, Value::Bytes(span)) => domain = self.wire.name(span)?,
                    _ => {}
                }
            }
            if self.functions.len() < FUNCTIONS {
                self.functions.insert((domain, name));
            }
        }
        Ok(())
    }

    fn read(&mut self) -> Result<()> {
        let (mut left, mut is_model) = (self.wire.whole(), false);
        while let Some(field) = self.wire.next(&mut left)? {
            self.scan.budget.step(1)?;
            is_model |= matches!(field.number, 7 | 25);
            match (field.number, field.value) {
                (1 | 5 | 8, _) => {}
                (2..=4 | 6, Value::Bytes(span)) => self.text("text of the model", span)?,
                (7, Value::Bytes(span)) => self.graph(span, 0)?,
                (14, Value::Bytes(span)) => self.property(span)?,
                (20, Value::Bytes(span)) => self.training(span)?,
                (25, Value::Bytes(span)) => self.function(span)?,
                _ => self.unknown(field, 26)?,
            }
        }
        if !is_model {
            let message = "The model has no graph: another loader may see something else in it";
            self.scan.find(self.part, rules::EMPTY.found(message));
        }
        Ok(())
    }

    /// What is for training alone: graphs as well.
    fn training(&mut self, mut left: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            if let (1 | 2, Value::Bytes(span)) = (field.number, field.value) {
                self.graph(span, 0)?;
            }
        }
        Ok(())
    }

    /// Key and value of the metadata.
    fn property(&mut self, mut left: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            if let (1 | 2, Value::Bytes(span)) = (field.number, field.value) {
                self.text("metadata of the model", span)?;
            }
        }
        Ok(())
    }

    /// Text that nobody needs to load the model.
    fn text(&mut self, what: &str, span: Span) -> Result<()> {
        let text = self.wire.text(span)?;
        if let Some(wrong) = metadata(&text) {
            let message = format!("The {what} holds {wrong}: {}", quoted(&text));
            let found = rules::CODE.found(message).level(weight(&text));
            self.scan.find(self.part, found.at(span.begin));
        }
        if self.wire.hand_over(span, self.part, self.scan)? {
            self.hidden(span);
        }
        Ok(())
    }

    fn hidden(&mut self, span: Span) {
        let message =
            format!("The {} bytes from {} on begin like a file", span.length(), span.begin);
        self.scan.find(self.part, rules::HIDDEN.found(message).at(span.begin));
    }

    /// A field that the format does not know, up to the last number it does.
    fn unknown(&mut self, field: Field, last: u32) -> Result<()> {
        let Value::Bytes(span) = field.value else { return Ok(()) };
        if self.wire.hand_over(span, self.part, self.scan)? {
            self.hidden(span);
        }
        if field.number > last && span.length() > 0 {
            let message = format!(
                "The field {} with {} bytes is none of the format's",
                field.number,
                span.length()
            );
            self.scan.find(self.part, rules::UNKNOWN.found(message).at(field.place));
        }
        Ok(())
    }
}
