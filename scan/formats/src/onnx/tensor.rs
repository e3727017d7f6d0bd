//! Tensors: where their bytes are, never the bytes.

use nix_ai_model_scan_walk::{Level, Result, quoted};

use super::{Model, rules};
use crate::foreign::{misnamed, outside};
use crate::protobuf::{Span, Value};

/// Strings of a tensor that are looked at.
const STRINGS: u32 = 1024;

/// What a tensor says of itself.
#[derive(Default)]
struct Said {
    name: String,
    kind: u64,
    /// Numbers; `None` where the sizes are no sizes.
    numbers: Option<u64>,
    raw: Option<Span>,
    /// Bytes of numbers in fields of their own, where those are of one width.
    typed: u64,
    is_external: bool,
}

impl Model<'_, '_> {
    pub(super) fn tensor(&mut self, tensor: Span) -> Result<()> {
        let (mut left, mut strings) = (tensor, 0);
        let mut said = Said { numbers: Some(1), ..Said::default() };
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (1, Value::Number(size)) => said.by(size),
                (1, Value::Bytes(packed)) => self.sizes(packed, &mut said)?,
                (2, Value::Number(kind)) => said.kind = kind,
                (6, Value::Bytes(span)) if strings < STRINGS => {
                    strings += 1;
                    self.string(span)?;
                }
                (8, Value::Bytes(span)) => said.name = self.wire.text(span)?,
                (9, Value::Bytes(span)) => {
                    said.raw = Some(span);
                    // At once: a stream is cheap forwards alone.
                    if self.wire.hand_over(span, self.part, self.scan)? {
                        let message =
                            format!("The tensor {} begins like a file", quoted(&said.name));
                        let found = rules::HIDDEN.found(message).at(span.begin);
                        self.scan.find(self.part, found.level(Level::Medium));
                    }
                }
                (12, Value::Bytes(span)) => self.text("text of a tensor", span)?,
                (13, Value::Bytes(span)) => {
                    said.is_external = true;
                    self.external(span)?;
                }
                (16, Value::Bytes(span)) => self.property(span)?,
                (4 | 10, Value::Bytes(span)) => said.typed += span.length(),
                (3..=7 | 10 | 11 | 14, _) => {}
                _ => self.unknown(field, 16)?,
            }
        }
        let misnamed = misnamed(&said.name).map(|what| format!("has a name that {what}"));
        if let Some(lie) = misnamed.or_else(|| said.lie()) {
            let message = format!("The tensor {} {lie}", quoted(&said.name));
            self.scan.find(self.part, rules::TENSOR.found(message).at(tensor.begin));
        }
        Ok(())
    }

    pub(super) fn sparse(&mut self, mut left: Span) -> Result<()> {
        while let Some(field) = self.wire.next(&mut left)? {
            if let (1 | 2, Value::Bytes(span)) = (field.number, field.value) {
                self.tensor(span)?;
            }
        }
        Ok(())
    }

    /// Sizes in one field.
    fn sizes(&mut self, packed: Span, said: &mut Said) -> Result<()> {
        let (mut size, mut shift) = (0_u64, 0);
        for byte in self.wire.bytes(packed, 1024)? {
            size |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if byte & 0x80 == 0 {
                said.by(size);
                (size, shift) = (0, 0);
            }
        }
        Ok(())
    }

    /// One entry of the reference to another file.
    fn external(&mut self, entry: Span) -> Result<()> {
        let (mut left, mut key, mut value) = (entry, String::new(), String::new());
        while let Some(field) = self.wire.next(&mut left)? {
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => key = self.wire.name(span)?,
                (2, Value::Bytes(span)) => value = self.wire.text(span)?,
                _ => {}
            }
        }
        let told = quoted(&value);
        let found = match &*key {
            "location" | "basepath" if value.contains("_ORT_MEM_ADDR_") => Some(
                rules::EXTERNAL
                    .found(format!("A tensor is said to be at an address in memory: {told}")),
            ),
            "location" | "basepath" => outside(&value).map(|why| {
                rules::EXTERNAL.found(format!("A tensor is in the file {told}, which {why}"))
            }),
            "offset" | "length" => value.trim().parse::<u64>().err().map(|_| {
                rules::REFERENCE
                    .found(format!("The {key} of external data is {told}, which is no size"))
            }),
            "checksum" => None,
            key => {
                let level = if key.starts_with('_') { Level::High } else { Level::Low };
                let message = format!("External data have the unknown key {}", quoted(key));
                Some(rules::REFERENCE.found(message).level(level))
            }
        };
        if let Some(found) = found {
            self.scan.find(self.part, found.at(entry.begin));
        }
        Ok(())
    }
}

impl Said {
    /// One dimension more.
    fn by(&mut self, size: u64) {
        let valid = i64::try_from(size).is_ok();
        self.numbers = self.numbers.filter(|_| valid).and_then(|numbers| numbers.checked_mul(size));
    }

    fn lie(&self) -> Option<String> {
        let Some(numbers) = self.numbers else {
            return Some("has sizes that are none, or more numbers than can be counted".to_owned());
        };
        let (Some(bits), false) = (bits(self.kind), self.is_external) else { return None };
        let length = match self.raw {
            Some(raw) => raw.length(),
            None if matches!(self.kind, 1 | 11) => self.typed,
            None => return None,
        };
        let Some(bytes) = numbers.checked_mul(bits).map(|bits| bits.div_ceil(8)) else {
            return Some("has more bytes than can be counted".to_owned());
        };
        (bytes != length && length > 0)
            .then(|| format!("takes {bytes} bytes by its sizes, and has {length}"))
    }
}

/// Bits of a number of this type.
fn bits(kind: u64) -> Option<u64> {
    Some(match kind {
        2 | 3 | 9 | 17..=20 | 24 => 8,
        4 | 5 | 10 | 16 => 16,
        1 | 6 | 12 => 32,
        7 | 11 | 13 | 14 => 64,
        15 => 128,
        21..=23 => 4,
        25 | 26 => 2,
        _ => return None,
    })
}
