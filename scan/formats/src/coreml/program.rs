//! Programs in the intermediate language: functions of blocks of operations,
//! whose constants may be in files.

use nix_ai_model_scan_walk::{Fault, Result, quoted};

use super::{DEPTH, Model, rules};
use crate::foreign::outside;
use crate::protobuf::{Span, Value};

/// What stands for the model's own folder.
pub(super) const FOLDER: &str = "@model_path/";

impl Model<'_, '_> {
    pub(super) fn program(&mut self, span: Span) -> Result<()> {
        self.each(span, 3, Self::text)?;
        self.each(span, 2, |model, entry| {
            model.each(entry, 2, |model, function| {
                model.each(function, 3, |model, entry| {
                    model.each(entry, 2, |model, block| model.block(block, 0))
                })
            })
        })
    }

    fn block(&mut self, block: Span, depth: u32) -> Result<()> {
        if depth > DEPTH {
            return Err(Fault::Limit("blocks within blocks"));
        }
        self.each(block, 3, |model, mut operation| {
            while let Some(field) = model.wire.next(&mut operation)? {
                let Value::Bytes(span) = field.value else { continue };
                match field.number {
                    // Arguments by name: each is bound to names or values.
                    2 => model.each(span, 2, |model, argument| {
                        model
                            .each(argument, 1, |model, binding| model.each(binding, 2, Self::value))
                    })?,
                    4 => model.block(span, depth + 1)?,
                    5 => model.each(span, 2, Self::value)?,
                    _ => {}
                }
            }
            Ok(())
        })
    }

    fn value(&mut self, value: Span) -> Result<()> {
        self.each(value, 5, |model, blob| {
            model.each(blob, 1, |model, span| {
                let path = model.wire.text(span)?;
                let inner = path.strip_prefix(FOLDER).unwrap_or(&path);
                if let Some(why) = outside(inner) {
                    let message =
                        format!("A constant is in the file {}, which {why}", quoted(&path));
                    model.scan.find(model.part, rules::LINK.found(message).at(span.begin));
                }
                Ok(())
            })
        })
    }
}
