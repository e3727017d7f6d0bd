//! TensorFlow: saved models, frozen graphs and graphs with metadata. A graph is
//! a program: its operators read and write files, open connections and call
//! Python. Tensors are not read.

mod graph;
pub mod operators;
mod paths;
mod rules;
#[cfg(test)]
mod tests;
mod text;

pub use rules::ALL as RULES;
pub use text::TextGraph;

use std::collections::HashSet;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, quoted};

use crate::account::weight;
use crate::foreign::{is_pointer, metadata, outside};
use crate::protobuf::{Sniffed, Span, Value, Wire, sniff};

/// Configurations of layers that are handed over.
const LAYERS: u32 = 20_000;

/// Assets whose tensors are held.
const ASSETS: usize = 4096;

/// Reads saved models and graphs.
pub struct TensorFlow;

impl Reader for TensorFlow {
    fn format(&self) -> &'static str {
        "TensorFlow graph"
    }

    fn recognises(&self, head: &Head) -> bool {
        if head.name == "saved_model.pb" {
            return !is_pointer(&head.begin);
        }
        let Some(fields) = sniff(&head.begin, head.size) else { return false };
        let Some((number, first)) = fields.first() else { return false };
        let named = head.is_named(&[".pb", ".meta", ".graphdef", ".pbuf"]);
        match (number, first) {
            // The version of a saved model and its first graph, which is not
            // the name of the program that an ONNX model has there.
            (1, Sniffed::Number(0..=8)) => match fields.get(1) {
                Some((2, Sniffed::Bytes(graph))) => named || looks_like_meta(graph),
                _ => named,
            },
            (1, Sniffed::Bytes(first)) => named || looks_like_node(first) || looks_like_info(first),
            _ => named,
        }
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let wire = Wire::new(part)?;
        let is_model = part.name() == "saved_model.pb";
        // A checkpoint's graph is the one that trained, with all of its input.
        let trains = part.name().ends_with(".meta");
        let mut reading =
            Reading { wire, part, scan, seen: HashSet::new(), nodes: 0, layers: 0, trains };
        // Loaders take it for what they were told that it is, and fields of
        // another kind for unknown ones: each reading counts. It breaks where
        // it is none of that, so that only the fullest reading's break does.
        let whole = reading.wire.whole();
        let mut best = (0, Ok(()));
        for (index, schema) in SCHEMAS.iter().enumerate() {
            let before = reading.nodes;
            let read = schema(&mut reading, whole);
            let nodes = reading.nodes - before;
            if nodes > best.0 || index == 0 {
                best = (nodes, read);
            }
        }
        if best.0 > 0 || is_model { best.1 } else { Ok(()) }
    }
}

type Schema = fn(&mut Reading<'_, '_>, Span) -> Result<()>;

/// What such a file may be.
const SCHEMAS: [Schema; 3] = [
    |reading, whole| reading.saved_model(whole),
    |reading, whole| reading.meta(whole),
    |reading, whole| reading.graph(whole, &HashSet::new()),
];

/// Whether a message begins like a node: its name and its operator.
fn looks_like_node(bytes: &[u8]) -> bool {
    let Some(fields) = sniff(bytes, None) else { return false };
    let word = |bytes: &[u8]| {
        !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"_./>-".contains(b))
    };
    matches!(&fields[..], [(1, Sniffed::Bytes(name)), (2, Sniffed::Bytes(kind)), ..]
        if word(name) && word(kind) && kind.first().is_some_and(|b| b.is_ascii_uppercase() || *b == b'_'))
}

/// Whether a message begins like what a graph's metadata say of it: the list of
/// its operators, or a tag and a version.
fn looks_like_info(bytes: &[u8]) -> bool {
    let Some(fields) = sniff(bytes, None) else { return false };
    let list = |bytes: &&[u8]| {
        let inner = sniff(bytes, None).unwrap_or_default();
        matches!(inner.first(), Some((1, Sniffed::Bytes(op))) if op.first() == Some(&0x0a))
    };
    fields.iter().any(|(number, value)| match (number, value) {
        (2, Sniffed::Bytes(operators)) => list(operators),
        (4, Sniffed::Bytes(tag)) => *tag == b"serve" || *tag == b"train",
        _ => false,
    })
}

/// Whether a message begins like a graph with metadata.
fn looks_like_meta(bytes: &[u8]) -> bool {
    let Some(fields) = sniff(bytes, None) else { return false };
    match fields.first() {
        Some((1, Sniffed::Bytes(info))) => looks_like_info(info),
        Some((2, Sniffed::Bytes(graph))) => {
            let nodes = sniff(graph, None).unwrap_or_default();
            matches!(nodes.first(), Some((1, Sniffed::Bytes(node))) if looks_like_node(node))
        }
        _ => false,
    }
}

/// The graph being read.
struct Reading<'r, 'a> {
    wire: Wire<'r>,
    part: &'r Part<'a>,
    scan: &'r mut Scan<'a>,
    /// Operators that were told.
    seen: HashSet<String>,
    /// Nodes so far.
    nodes: u64,
    layers: u32,
    trains: bool,
}

impl Reading<'_, '_> {
    fn saved_model(&mut self, mut left: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            if let (2, Value::Bytes(span)) = (field.number, field.value) {
                self.meta(span)?;
            }
        }
        Ok(())
    }

    /// A graph with metadata.
    fn meta(&mut self, meta: Span) -> Result<()> {
        let assets = self.assets(meta)?;
        let mut left = meta;
        while let Some(field) = self.wire.next(&mut left)? {
            self.scan.budget.step(1)?;
            match (field.number, field.value) {
                (2, Value::Bytes(span)) => self.graph(span, &assets)?,
                (4, Value::Bytes(span)) => self.collection(span)?,
                (7, Value::Bytes(span)) => self.objects(span)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The tensors that get the paths of the files that the model brings along.
    fn assets(&mut self, mut left: Span) -> Result<HashSet<String>> {
        let mut tensors = HashSet::new();
        while let Some(field) = self.wire.next(&mut left)? {
            let (6, Value::Bytes(mut asset)) = (field.number, field.value) else { continue };
            while let Some(field) = self.wire.next(&mut asset)? {
                match (field.number, field.value) {
                    (1, Value::Bytes(mut tensor)) => {
                        while let Some(field) = self.wire.next(&mut tensor)? {
                            if let (1, Value::Bytes(span)) = (field.number, field.value) {
                                let name = self.wire.name(span)?;
                                if tensors.len() < ASSETS {
                                    tensors.insert(paths::node(&name).to_owned());
                                }
                            }
                        }
                    }
                    (2, Value::Bytes(span)) => self.asset(span)?,
                    _ => {}
                }
            }
        }
        Ok(tensors)
    }

    fn asset(&mut self, span: Span) -> Result<()> {
        let path = self.wire.text(span)?;
        if let Some(why) = outside(&path) {
            let message = format!("The asset {} {why}", quoted(&path));
            self.scan.find(self.part, rules::PATH.found(message).at(span.begin));
        }
        Ok(())
    }

    /// Anything that a program wanted to keep: names, messages, text.
    fn collection(&mut self, mut entry: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut entry)? {
            let Value::Bytes(mut value) = field.value else { continue };
            if field.number == 1 {
                self.told(value)?;
                continue;
            }
            while let Some(field) = self.wire.next(&mut value)? {
                let (1 | 2 | 5, Value::Bytes(mut list)) = (field.number, field.value) else {
                    continue;
                };
                while let Some(field) = self.wire.next(&mut list)? {
                    if let (1, Value::Bytes(span)) = (field.number, field.value) {
                        self.told(span)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Bytes of a collection.
    fn told(&mut self, span: Span) -> Result<()> {
        if self.wire.hand_over(span, self.part, self.scan)? {
            let message = format!("A collection holds a file of {} bytes", span.length());
            self.scan.find(self.part, rules::HIDDEN.found(message).at(span.begin));
        }
        let text = self.wire.text(span)?;
        if let Some(what) = metadata(&text) {
            let message = format!("A collection holds {what}: {}", quoted(&text));
            let found = rules::CODE.found(message).level(weight(&text));
            self.scan.find(self.part, found.at(span.begin));
        }
        Ok(())
    }

    /// The objects of a model, among them layers with a configuration each.
    fn objects(&mut self, mut left: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            let (1, Value::Bytes(mut object)) = (field.number, field.value) else { continue };
            self.scan.budget.step(1)?;
            while let Some(field) = self.wire.next(&mut object)? {
                let (4, Value::Bytes(mut user)) = (field.number, field.value) else { continue };
                while let Some(field) = self.wire.next(&mut user)? {
                    if let (3, Value::Bytes(span)) = (field.number, field.value) {
                        self.layer(span)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn layer(&mut self, span: Span) -> Result<()> {
        if self.wire.bytes(span, 1)? != b"{" || self.layers >= LAYERS {
            return Ok(());
        }
        self.layers += 1;
        let view = Range::new(self.part.view().clone(), span.begin, span.length());
        let name = format!("object {} model_config", self.layers);
        self.scan.part(&self.part.excerpt(&name, Rc::new(view)));
        Ok(())
    }
}
