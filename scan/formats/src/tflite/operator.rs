//! Operators: what they are, what they use, and which graphs they call.

use nix_ai_model_scan_walk::{Fault, Found, Level, Result, quoted};

use super::{Model, rules};
use crate::flatbuffer::Table;
use crate::suspect::is_suspect;
use crate::tensorflow::operators;

/// Bytes of an operator's own options that are looked through.
const OPTIONS: u32 = 64 << 10;
/// Kinds of operators that are read; models have under a hundred.
const KINDS: u32 = 10_000;
/// The number of operators that have a name in place of one.
const CUSTOM: u32 = 32;

/// The kinds of operators that the model uses.
pub struct Operators {
    /// Whether each has a name in place of a number.
    named: Vec<bool>,
}

impl Operators {
    /// Reads them, and judges those that have a name.
    pub fn read(model: &mut Model<'_, '_>, root: Table) -> Result<Self> {
        let list = model.flat.vector(root, 1, 4)?;
        if list.length > KINDS {
            return Err(Fault::Limit("kinds of operators"));
        }
        let mut named = Vec::new();
        for pointer in list.places(4) {
            let table = model.table(pointer)?;
            let code = u32::from(model.flat.byte(table, 0)?).max(model.flat.number(table, 3, 0)?);
            let name = model.flat.text(table, 1)?;
            if let Some(found) = judge(&name) {
                if model.told.len() < 256 {
                    model.told.insert(name.trim_start_matches("Flex").to_owned());
                }
                model.scan.find(model.part, found);
            }
            named.push(code == CUSTOM || !name.is_empty());
        }
        Ok(Self { named })
    }
}

/// What is found of a named operator.
fn judge(name: &str) -> Option<Found> {
    if let Some(flex) = name.strip_prefix("Flex") {
        return dangerous(flex);
    }
    if name.is_empty() {
        return None;
    }
    // Converters take over what they do not know under its own name.
    if let Some(found) = dangerous(name) {
        return Some(found);
    }
    let level = if is_suspect(name) { Level::High } else { rules::CUSTOM.level };
    let message = format!("The operator {} is not one of TensorFlow Lite", quoted(name));
    Some(rules::CUSTOM.found(message).level(level))
}

fn dangerous(operator: &str) -> Option<Found> {
    let level = operators::danger(operator)?;
    let message = format!("The operator {} of TensorFlow does more than compute", quoted(operator));
    Some(rules::FLEX.found(message).level(level))
}

impl Model<'_, '_> {
    pub(super) fn operator(
        &mut self,
        operator: Table,
        tensors: u32,
        all: &Operators,
    ) -> Result<()> {
        let index = self.flat.number(operator, 0, 0)?;
        let Some(&is_named) = all.named.get(index as usize) else {
            self.lie(format!("An operator is of the kind {index}, of {}", all.named.len()));
            return Ok(());
        };
        for number in [1, 2, 8] {
            let list = self.flat.vector(operator, number, 4)?;
            self.indices(list, tensors, "An operator")?;
        }
        if is_named {
            self.options(operator)?;
        }
        self.parameters(operator)
    }

    /// The options of a named operator: with the Flex delegate they hold a
    /// node of TensorFlow, whose operator is the one that runs.
    fn options(&mut self, operator: Table) -> Result<()> {
        let options = self.flat.vector(operator, 5, 1)?;
        // Operators may share their options, which are looked through for each.
        self.tables += u64::from(options.length.min(OPTIONS) / 16);
        let bytes = self.flat.bytes(options, OPTIONS)?;
        let words = bytes.split(|byte| !byte.is_ascii_alphanumeric() && !b"_>".contains(byte));
        for word in words.filter(|word| word.first().is_some_and(u8::is_ascii_uppercase)) {
            let word = std::str::from_utf8(word).unwrap_or_default();
            if let Some(found) = dangerous(word)
                && self.told.len() < 256
                && self.told.insert(word.to_owned())
            {
                self.scan.find(self.part, found.at(options.begin));
            }
        }
        Ok(())
    }

    /// Numbers that are divided by.
    fn parameters(&mut self, operator: Table) -> Result<()> {
        // Which fields must not be zero, and their defaults.
        let fields: &[(u16, u32)] = match self.flat.byte(operator, 3)? {
            1 => &[(1, 0), (2, 0), (4, 1), (5, 1)],
            2 => &[(1, 0), (2, 0), (5, 1), (6, 1)],
            5 | 49 => &[(1, 0), (2, 0)],
            19 | 94 => &[(0, 0)],
            _ => return Ok(()),
        };
        let Some(options) = self.flat.inner(operator, 4)? else { return Ok(()) };
        for &(field, default) in fields {
            let value = self.flat.number(options, field, default)?.cast_signed();
            if value <= 0 {
                let message = format!("An operator has a step, block or dilation of {value}");
                self.scan.find(self.part, rules::PARAMETER.found(message));
            }
        }
        Ok(())
    }

    /// Graphs that the operator calls.
    pub(super) fn calls(&mut self, operator: Table, from: u32, graphs: u32) -> Result<()> {
        let fields: &[u16] = match self.flat.byte(operator, 3)? {
            92 | 93 => &[0, 1],
            16 | 103 => &[0],
            _ => return Ok(()),
        };
        let Some(options) = self.flat.inner(operator, 4)? else { return Ok(()) };
        for &field in fields {
            let to = self.flat.number(options, field, 0)?;
            if to >= graphs {
                self.lie(format!("An operator calls the graph {}, of {graphs}", to.cast_signed()));
            }
            self.edges.push((from, to));
        }
        Ok(())
    }
}
