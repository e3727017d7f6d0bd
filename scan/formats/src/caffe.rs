//! Caffe: what its networks bring that is no layer of its own.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan, quoted};

use crate::protobuf::{Sniffed, Span, Value, Wire, sniff};

/// A layer in Python.
pub static PYTHON: Rule = Rule {
    id: "caffe/python-layer",
    level: Level::Critical,
    title: "Layer of Caffe that is a Python class",
    why: "Caffe imports the module that the network names, makes an object of its class and calls it.",
    advice: "Do not load the network unless you wrote the module that it names.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&PYTHON];

/// Fields of a network: layers of the old form, and of today's.
const OLD: u32 = 2;
const LAYER: u32 = 100;
/// Fields of a layer: what it is, and what a layer in Python is given.
const TYPE: u32 = 2;
const PYTHON_PARAM: u32 = 130;

/// Reads weights (`.caffemodel`).
pub struct Caffe;

impl Reader for Caffe {
    fn format(&self) -> &'static str {
        "Caffe model"
    }

    fn recognises(&self, head: &Head) -> bool {
        let fields = sniff(&head.begin, head.size).unwrap_or_default();
        let layers = fields.iter().filter_map(|(number, value)| match value {
            Sniffed::Bytes(bytes) if *number == LAYER => Some(*bytes),
            _ => None,
        });
        let is_layer = |layer: &[u8]| {
            matches!(sniff(layer, None).as_deref(),
                Some([(1, Sniffed::Bytes(_)), (TYPE, Sniffed::Bytes(kind)), ..])
                    if kind.first().is_some_and(u8::is_ascii_uppercase))
        };
        let is_old = || fields.iter().any(|(number, _)| *number == OLD);
        layers.clone().any(is_layer) || head.is_named(&[".caffemodel"]) && is_old()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut wire = Wire::new(part)?;
        let mut left = wire.whole();
        let mut is_told = false;
        while let Some(field) = wire.next(&mut left)? {
            scan.budget.step(1)?;
            if let (LAYER, Value::Bytes(layer), false) = (field.number, field.value, is_told)
                && let Some(module) = python(&mut wire, layer)?
            {
                // A loader takes the numbers alone, unless it is given no other network.
                let message = format!("A layer of Caffe is a Python class of {}", quoted(&module));
                scan.find(part, PYTHON.found(message).at(field.place).level(Level::Medium));
                is_told = true;
            }
        }
        Ok(())
    }
}

/// The module of a layer that is a Python class.
fn python(wire: &mut Wire<'_>, mut layer: Span) -> Result<Option<String>> {
    let mut found = None;
    while let Some(field) = wire.next(&mut layer)? {
        match (field.number, field.value) {
            (TYPE, Value::Bytes(kind)) if wire.name(kind)? == "Python" => {
                found.get_or_insert_default();
            }
            (PYTHON_PARAM, Value::Bytes(mut given)) => {
                let found: &mut String = found.get_or_insert_default();
                while let Some(field) = wire.next(&mut given)? {
                    if let (1, Value::Bytes(module)) = (field.number, field.value) {
                        *found = wire.name(module)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::making::Message;
    use crate::testing::found;

    #[test]
    fn a_layer_in_python_is_told() {
        let net = |kind: &str| {
            let given = Message::new().bytes(1, "os").bytes(2, "system");
            let layer = Message::new().bytes(1, "a").bytes(2, kind);
            let layer = if kind == "Python" { layer.message(130, given) } else { layer };
            Message::new().bytes(1, "net").message(100, layer).0
        };
        assert!(sniff(&net("Convolution"), None).is_some());
        assert!(found(&Caffe, "net.caffemodel", &net("Convolution")).is_empty());
        let all = found(&Caffe, "net.caffemodel", &net("Python"));
        assert!(matches!(&all[..], [(id, _)] if id == "caffe/python-layer"), "{all:?}");
    }
}
