//! The key-value pairs: what they say of the model, and its chat templates.

use std::collections::HashSet;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Fault, Level, Part, Result, Scan, cut, quoted};

use super::rules;
use super::wire::{KEPT, Wire};
use crate::account::weight_of;
use crate::foreign::metadata;

/// Pairs that are read; models have under a hundred.
const PAIRS: u64 = 1 << 17;
/// Arrays within arrays that are read; models have none.
const DEPTH: u32 = 4;
/// Bytes of the longest key.
const KEY: usize = 65_535;
/// Templates that are handed over.
const TEMPLATES: u32 = 256;

/// What the pairs say that the tensors depend on.
pub struct Pairs {
    /// In bytes; `None` where it, or what comes before, is a lie.
    pub alignment: Option<u64>,
}

const UINT32: u32 = 4;
const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// Bytes of a value of this type, where they are fixed.
fn width(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// Reads `count` pairs.
pub fn read<'a>(
    wire: &mut Wire<'_>,
    count: u64,
    part: &Part<'a>,
    scan: &mut Scan<'a>,
) -> Result<Pairs> {
    if count > PAIRS {
        return Err(Fault::Limit("pairs"));
    }
    let mut reading =
        Reading { wire, part, scan, keys: HashSet::new(), templates: 0, alignment: 32 };
    for _ in 0..count {
        reading.scan.budget.step(1)?;
        if !reading.pair()? {
            return Ok(Pairs { alignment: None });
        }
    }
    let alignment = u64::from(reading.alignment);
    if !alignment.is_power_of_two() {
        let message = format!("The alignment is {alignment}, which is no power of two");
        reading.scan.find(part, rules::ALIGNMENT.found(message));
        return Ok(Pairs { alignment: None });
    }
    Ok(Pairs { alignment: Some(alignment) })
}

/// Keys whose values are prose.
const PROSE: &[&str] = &["general.comment", "general.description"];

struct Reading<'r, 'v, 'p, 'a> {
    wire: &'r mut Wire<'v>,
    part: &'r Part<'p>,
    scan: &'r mut Scan<'a>,
    keys: HashSet<String>,
    templates: u32,
    alignment: u32,
}

impl<'a> Reading<'_, '_, 'a, 'a> {
    /// One pair; false where what follows cannot be found.
    fn pair(&mut self) -> Result<bool> {
        let place = self.wire.position();
        let Some(key) = self.text("The key", place)? else { return Ok(false) };
        if key.len() > KEY || key.is_empty() {
            let message = format!("A key is {} bytes long", key.len());
            self.scan.find(self.part, rules::KEY.found(message).at(place));
        }
        let told = quoted(&key);
        if key.len() <= 256 && !self.keys.insert(key.clone()) {
            let message = format!("The key {told} is given more than once");
            self.scan.find(self.part, rules::DUPLICATE.found(message).at(place));
        }
        if key.contains("../") || key.contains("..\\") || metadata(&key).is_some() {
            let message = format!("The key {told} is a path or code");
            self.scan.find(self.part, rules::CODE.found(message).at(place));
        }
        let kind = self.wire.u32()?;
        if key == "general.alignment" {
            if kind != UINT32 {
                let message = format!("The value of {told} is of type {kind}, not a 32 bit number");
                self.scan.find(self.part, rules::KEY.found(message).at(place));
                return Ok(false);
            }
            self.alignment = self.wire.u32()?;
            return Ok(true);
        }
        if key.starts_with("tokenizer.chat_template") && kind != STRING && kind != ARRAY {
            let message = format!("The value of {told} is no text");
            self.scan.find(self.part, rules::KEY.found(message).at(place));
        }
        self.value(&key, kind, 0)
    }

    /// One value; false where what follows cannot be found.
    fn value(&mut self, key: &str, kind: u32, depth: u32) -> Result<bool> {
        let place = self.wire.position();
        match kind {
            STRING => {
                let Some(text) = self.text("The value", place)? else { return Ok(false) };
                self.judge(key, text, place).map(|()| true)
            }
            ARRAY => self.array(key, depth),
            _ => {
                let Some(width) = width(kind) else {
                    let message =
                        format!("The value of {} is of the unknown type {kind}", quoted(key));
                    self.scan.find(self.part, rules::KEY.found(message).at(place));
                    return Ok(false);
                };
                if kind == 7 && self.wire.left() > 0 {
                    self.truth(key, place)?;
                    return Ok(true);
                }
                self.skip(width, place)
            }
        }
    }

    /// A boolean, which is a byte that other code takes to be zero or one.
    fn truth(&mut self, key: &str, place: u64) -> Result<()> {
        let value = self.wire.u8()?;
        if value > 1 {
            let message = format!("The value of {} is the boolean {value}", quoted(key));
            self.scan.find(self.part, rules::KEY.found(message).at(place));
        }
        Ok(())
    }

    fn array(&mut self, key: &str, depth: u32) -> Result<bool> {
        if depth >= DEPTH {
            return Err(Fault::Limit("arrays within arrays"));
        }
        let kind = self.wire.u32()?;
        let count = self.wire.count()?;
        let place = self.wire.position();
        if let Some(width) = width(kind) {
            return match count.checked_mul(width) {
                Some(bytes) => self.skip(bytes, place),
                None => Ok(self.lie("An array", count, place)),
            };
        }
        // What has no fixed width takes four bytes at least.
        if count > self.wire.left() / 4 {
            return Ok(self.lie("An array", count, place));
        }
        self.scan.budget.step(count)?;
        let named = key.starts_with("tokenizer.chat_template");
        for _ in 0..count {
            let going = match kind {
                STRING if !named => {
                    let (place, length) = (self.wire.position(), self.wire.count()?);
                    self.skip(length, place)?
                }
                _ => self.value(key, kind, depth + 1)?,
            };
            if !going {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn judge(&mut self, key: &str, text: String, place: u64) -> Result<()> {
        let template = key.starts_with("tokenizer.") && key.contains("template")
            || text.contains("{%")
            || text.contains("{{") && text.contains("}}");
        if template && self.templates < TEMPLATES {
            self.templates += 1;
            let is_cut = key.contains("template") && text.len() as u64 >= KEPT;
            let view = Rc::new(Memory::new(text));
            self.scan.part(&self.part.excerpt(&format!("{}.jinja", cut(key)), view));
            return if is_cut { Err(Fault::Limit("template")) } else { Ok(()) };
        }
        if template && key.contains("template") {
            return Err(Fault::Limit("templates"));
        }
        if let Some(what) = metadata(&text) {
            let message = format!("The value of {} holds {what}: {}", quoted(key), quoted(&text));
            // Prose may speak of code, and no loader acts on it.
            let level = if PROSE.contains(&key) { Level::Low } else { weight_of(key, &text) };
            self.scan.find(self.part, rules::CODE.found(message).at(place).level(level));
        }
        Ok(())
    }

    fn skip(&mut self, bytes: u64, place: u64) -> Result<bool> {
        Ok(self.wire.skip(bytes).is_some() || self.lie("A value", bytes, place))
    }

    /// A string; `None` where the file does not hold it.
    fn text(&mut self, what: &str, place: u64) -> Result<Option<String>> {
        match self.wire.text()? {
            Ok(text) => Ok(Some(text)),
            Err(length) => {
                self.lie(what, length, place);
                Ok(None)
            }
        }
    }

    /// Says that a length is more than is left; what follows cannot be found.
    fn lie(&mut self, what: &str, length: u64, place: u64) -> bool {
        let message = format!(
            "{what} at byte {place} is said to be {length} long, where {} bytes are left",
            self.wire.left()
        );
        self.scan.find(self.part, rules::COUNT.found(message).at(place));
        false
    }
}
