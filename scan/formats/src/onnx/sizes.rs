//! Tensors that a graph of constants makes: runtimes work out what does not
//! depend on the inputs as soon as a session begins.

use std::collections::HashMap;

use nix_ai_model_scan_walk::{Result, quoted};

use super::{Model, rules};
use crate::protobuf::{Span, Value};

/// Numbers from which on no tensor is that a model means.
const MOST: u128 = 1 << 40;
/// Graphs and names that are looked at.
const GRAPHS: usize = 20_000;
const NAMES: usize = 400_000;
/// Bytes of a tensor that may be a shape.
const SHAPE: u64 = 512;
/// Numbers of a shape.
const DIMENSIONS: usize = 32;
/// Findings.
const TOLD: usize = 8;

/// What is known of the values of a graph.
#[derive(Default)]
struct Known {
    /// Values that are shapes.
    shapes: HashMap<String, Vec<i64>>,
    /// How many numbers a value has, at least.
    sizes: HashMap<String, u128>,
}

/// An operator and what it is given.
#[derive(Default)]
struct Call {
    kind: String,
    inputs: Vec<String>,
    output: String,
    shape: Vec<i64>,
    at: u64,
}

impl Model<'_, '_> {
    /// Finds operators that make tensors which no memory holds.
    pub(super) fn huge(&mut self) -> Result<()> {
        let (mut graphs, mut told, mut known) = (Vec::new(), 0, Known::default());
        let mut left = self.wire.whole();
        while let Some(field) = self.wire.next(&mut left)? {
            if let (7, Value::Bytes(graph)) = (field.number, field.value) {
                graphs.push(graph);
            }
        }
        let mut next = 0;
        while let Some(graph) = graphs.get(next).copied().filter(|_| next < GRAPHS) {
            next += 1;
            self.constants(graph, &mut known)?;
            let mut left = graph;
            while let Some(field) = self.wire.next(&mut left)? {
                self.scan.budget.step(1)?;
                let (1, Value::Bytes(node)) = (field.number, field.value) else { continue };
                let call = self.call(node, &mut graphs, &mut known)?;
                let Some(size) = known.made(&call) else { continue };
                if size > MOST && told < TOLD {
                    told += 1;
                    let message =
                        format!("The operator {} makes {size} numbers", quoted(&call.kind));
                    self.scan.find(self.part, rules::HUGE.found(message).at(call.at));
                }
                known.note(call.output, size);
            }
        }
        Ok(())
    }

    /// Takes note of the tensors of a graph.
    fn constants(&mut self, mut graph: Span, known: &mut Known) -> Result<()> {
        while let Some(field) = self.wire.next(&mut graph)? {
            if let (5, Value::Bytes(tensor)) = (field.number, field.value)
                && tensor.length() <= SHAPE
            {
                let (name, shape) = self.shape(tensor)?;
                known.shape(name, shape);
            }
        }
        Ok(())
    }

    fn call(&mut self, node: Span, graphs: &mut Vec<Span>, known: &mut Known) -> Result<Call> {
        let mut call = Call { at: node.begin, ..Call::default() };
        let (mut left, mut value) = (node, Vec::new());
        while let Some(field) = self.wire.next(&mut left)? {
            let Value::Bytes(span) = field.value else { continue };
            match field.number {
                1 if call.inputs.len() < DIMENSIONS => call.inputs.push(self.wire.name(span)?),
                2 if call.output.is_empty() => call.output = self.wire.name(span)?,
                4 => call.kind = self.wire.name(span)?,
                5 => self.argument(span, graphs, &mut call.shape, &mut value)?,
                _ => {}
            }
        }
        if call.kind == "Constant" {
            let value = if value.is_empty() { call.shape.clone() } else { value };
            known.shape(call.output.clone(), value);
        }
        Ok(call)
    }

    /// An attribute that is a shape, a tensor that is one, or a graph.
    fn argument(
        &mut self,
        mut left: Span,
        graphs: &mut Vec<Span>,
        shape: &mut Vec<i64>,
        value: &mut Vec<i64>,
    ) -> Result<()> {
        let mut name = String::new();
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => name = self.wire.name(span)?,
                (5, Value::Bytes(span)) if span.length() <= SHAPE => *value = self.shape(span)?.1,
                (6 | 11, Value::Bytes(span)) if graphs.len() < GRAPHS => graphs.push(span),
                (8, Value::Bytes(span)) => self.packed(span, shape)?,
                (3 | 8, Value::Number(number)) if shape.len() < DIMENSIONS => {
                    shape.push(number.cast_signed());
                }
                _ => {}
            }
        }
        if !matches!(&*name, "shape" | "value_ints" | "value_int" | "repeats") {
            shape.clear();
        }
        Ok(())
    }

    /// The name of a small tensor, and its whole numbers.
    fn shape(&mut self, mut left: Span) -> Result<(String, Vec<i64>)> {
        let (mut name, mut kind, mut numbers) = (String::new(), 0, Vec::new());
        let mut raw = Vec::new();
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (2, Value::Number(number)) => kind = number,
                (5 | 7, Value::Bytes(span)) => self.packed(span, &mut numbers)?,
                (5 | 7, Value::Number(number)) if numbers.len() < DIMENSIONS => {
                    numbers.push(number.cast_signed());
                }
                (8, Value::Bytes(span)) => name = self.wire.name(span)?,
                (9, Value::Bytes(span)) => raw = self.wire.bytes(span, SHAPE)?,
                _ => {}
            }
        }
        match kind {
            7 => numbers.extend(raw.as_chunks().0.iter().map(|eight| i64::from_le_bytes(*eight))),
            6 => numbers
                .extend(raw.as_chunks().0.iter().map(|four| i64::from(i32::from_le_bytes(*four)))),
            _ => numbers.clear(),
        }
        numbers.truncate(DIMENSIONS);
        Ok((name, numbers))
    }

    fn packed(&mut self, span: Span, numbers: &mut Vec<i64>) -> Result<()> {
        let (mut number, mut shift) = (0_u64, 0);
        for byte in self.wire.bytes(span, SHAPE)? {
            number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if byte & 0x80 == 0 {
                if numbers.len() < DIMENSIONS {
                    numbers.push(number.cast_signed());
                }
                (number, shift) = (0, 0);
            }
        }
        Ok(())
    }
}

impl Known {
    fn shape(&mut self, name: String, shape: Vec<i64>) {
        if !shape.is_empty() && !name.is_empty() && self.shapes.len() < NAMES {
            self.sizes.insert(name.clone(), shape.len() as u128);
            self.shapes.insert(name, shape);
        }
    }

    fn note(&mut self, name: String, size: u128) {
        if size > 1 && !name.is_empty() && self.sizes.len() < NAMES {
            self.sizes.insert(name, size);
        }
    }

    /// How many numbers an operator makes, at least, where that is said.
    fn made(&self, call: &Call) -> Option<u128> {
        let shape = |input: usize| self.shapes.get(call.inputs.get(input)?);
        let size = |input: &String| self.sizes.get(input).copied().unwrap_or(1);
        let first = || call.inputs.first().map_or(1, size);
        match &*call.kind {
            "ConstantOfShape" => product(shape(0)?),
            "Expand" => product(shape(1)?),
            "Tile" => Some(product(shape(1)?)?.saturating_mul(first())),
            "RandomNormal" | "RandomUniform" => product(&call.shape),
            "OneHot" => product(shape(1)?),
            "Resize" => product(shape(3)?),
            "Pad" => {
                let pads = shape(1)?.iter().map(|pad| u128::try_from(*pad).unwrap_or(0));
                pads.max()
            }
            "Range" => {
                let [begin, end, step] = [0, 1, 2].map(|input| shape(input)?.first().copied());
                let (way, step) = (i128::from(end?) - i128::from(begin?), i128::from(step?));
                u128::try_from(way.checked_div(step)?).ok()
            }
            "Concat" => Some(call.inputs.iter().map(size).fold(0, u128::saturating_add)),
            "Identity" | "Cast" => Some(first()),
            _ => None,
        }
    }
}

/// The numbers of a tensor of this shape; `None` where it is none.
fn product(shape: &[i64]) -> Option<u128> {
    shape.iter().try_fold(1_u128, |all, size| Some(all.saturating_mul(u128::try_from(*size).ok()?)))
}
