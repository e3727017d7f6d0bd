//! Core ML: a model, or a pipeline of models, as one message. Weights are not
//! read.

mod mil;
mod program;
mod rules;
#[cfg(test)]
mod tests;

pub use mil::Mil;
pub use rules::ALL as RULES;

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, quoted};

use crate::account::weight;
use crate::foreign::{is_pointer, metadata, outside};
use crate::protobuf::{Sniffed, Span, Value, Wire, sniff};

/// Models and networks within one another that are read.
const DEPTH: u32 = 24;

/// Reads Core ML models.
pub struct CoreMl;

impl Reader for CoreMl {
    fn format(&self) -> &'static str {
        "Core ML model"
    }

    fn recognises(&self, head: &Head) -> bool {
        if head.is_named(&[".mlmodel"]) {
            return !is_pointer(&head.begin);
        }
        // A version and a description of inputs; and, where that is in sight,
        // one of the kinds of models.
        let Some(fields) = sniff(&head.begin, head.size) else { return false };
        let [(1, Sniffed::Number(1..100)), (2, Sniffed::Bytes(description)), kinds @ ..] =
            &fields[..]
        else {
            return false;
        };
        let known = |number: u32| number == 10 || (200..=3000).contains(&number);
        let described = sniff(description, None).is_some_and(|fields| {
            let field = |number: &u32| matches!(number, 1 | 10..=13 | 20 | 21 | 50 | 100);
            !fields.is_empty() && fields.iter().all(|(number, _)| field(number))
        });
        described && !kinds.is_empty() && kinds.iter().all(|(number, _)| known(*number))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let wire = Wire::new(part)?;
        let whole = wire.whole();
        if whole.length() == 0 {
            return Err(Fault::Truncated(0));
        }
        Model { wire, part, scan }.model(whole, 0)
    }
}

/// The model being read.
struct Model<'m, 'a> {
    wire: Wire<'m>,
    part: &'m Part<'a>,
    scan: &'m mut Scan<'a>,
}

impl Model<'_, '_> {
    fn model(&mut self, mut left: Span, depth: u32) -> Result<()> {
        if depth > DEPTH {
            return Err(Fault::Limit("models within models"));
        }
        while let Some(field) = self.wire.next(&mut left)? {
            let Value::Bytes(span) = field.value else { continue };
            match field.number {
                2 => self.description(span)?,
                // A classifier or regressor has its pipeline in a field.
                200 | 201 => self.each(span, 1, |model, span| model.pipeline(span, depth))?,
                202 => self.pipeline(span, depth)?,
                303 | 403 | 500 => self.network(span, depth)?,
                502 => self.program(span)?,
                555 => self.custom(span, "model")?,
                556 => self.each(span, 1, Self::link)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Calls `read` with each of the fields of this number that have bytes.
    fn each(
        &mut self,
        mut left: Span,
        number: u32,
        mut read: impl FnMut(&mut Self, Span) -> Result<()>,
    ) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            if let Value::Bytes(span) = field.value
                && field.number == number
            {
                self.scan.budget.step(1)?;
                read(self, span)?;
            }
        }
        Ok(())
    }

    fn pipeline(&mut self, span: Span, depth: u32) -> Result<()> {
        self.each(span, 1, |model, span| model.model(span, depth + 1))
    }

    /// What is said of the model: its metadata are text.
    fn description(&mut self, span: Span) -> Result<()> {
        self.each(span, 100, |model, mut left| {
            while let Some(field) = model.wire.next(&mut left)? {
                match (field.number, field.value) {
                    (100, Value::Bytes(entry)) => {
                        model.each(entry, 1, Self::text)?;
                        model.each(entry, 2, Self::text)?;
                    }
                    (_, Value::Bytes(span)) => model.text(span)?,
                    _ => {}
                }
            }
            Ok(())
        })
    }

    fn text(&mut self, span: Span) -> Result<()> {
        if self.wire.hand_over(span, self.part, self.scan)? {
            let message = format!("{} bytes of metadata begin like a file", span.length());
            self.scan.find(self.part, rules::CODE.found(message).at(span.begin));
        }
        let text = self.wire.text(span)?;
        if let Some(what) = metadata(&text) {
            let message = format!("The metadata hold {what}: {}", quoted(&text));
            let found = rules::CODE.found(message).level(weight(&text));
            self.scan.find(self.part, found.at(span.begin));
        }
        Ok(())
    }

    fn network(&mut self, span: Span, depth: u32) -> Result<()> {
        if depth > DEPTH {
            return Err(Fault::Limit("networks within networks"));
        }
        self.each(span, 1, |model, mut layer| {
            while let Some(field) = model.wire.next(&mut layer)? {
                let Value::Bytes(span) = field.value else { continue };
                match field.number {
                    500 => model.custom(span, "layer")?,
                    605 => {
                        model.each(span, 1, |model, span| model.network(span, depth + 1))?;
                        model.each(span, 2, |model, span| model.network(span, depth + 1))?;
                    }
                    615 => {
                        model.each(span, 3, |model, span| model.network(span, depth + 1))?;
                        model.each(span, 4, |model, span| model.network(span, depth + 1))?;
                    }
                    _ => {}
                }
            }
            Ok(())
        })
    }

    /// A model or layer that a class of the program is made for.
    fn custom(&mut self, custom: Span, what: &str) -> Result<()> {
        let mut left = custom;
        let mut class = String::new();
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (10, Value::Bytes(span)) => class = self.wire.text(span)?,
                (30, Value::Bytes(mut entry)) => {
                    while let Some(field) = self.wire.next(&mut entry)? {
                        let (2, Value::Bytes(mut value)) = (field.number, field.value) else {
                            continue;
                        };
                        while let Some(field) = self.wire.next(&mut value)? {
                            if let Value::Bytes(span) = field.value {
                                self.text(span)?;
                            }
                        }
                    }
                }
                (40, Value::Bytes(span)) => self.text(span)?,
                _ => {}
            }
        }
        let message = format!("A {what} is run by the class {} of the program", quoted(&class));
        self.scan.find(self.part, rules::CUSTOM.found(message).at(custom.begin));
        Ok(())
    }

    /// A model in another file: its name, and where it is looked for.
    fn link(&mut self, link: Span) -> Result<()> {
        for number in [1, 2] {
            self.each(link, number, |model, parameter| {
                model.each(parameter, 1, |model, span| {
                    let path = model.wire.text(span)?;
                    let found = match outside(&path) {
                        Some(why) => rules::LINK
                            .found(format!("A model is in {}, which {why}", quoted(&path))),
                        None => {
                            let message = format!("A model is in the file {}", quoted(&path));
                            rules::LINK.found(message).level(nix_ai_model_scan_walk::Level::Medium)
                        }
                    };
                    model.scan.find(model.part, found.at(span.begin));
                    Ok(())
                })
            })?;
        }
        Ok(())
    }
}
