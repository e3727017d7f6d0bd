mod block;
mod pages;
mod thrift;

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, view};

use super::{CONTINUES, MESSAGE, SCHEMA, schema};
use crate::base64::decoded;

/// What a file begins and ends with; where the footer is encrypted, nobody
/// without the key reads it.
const MAGIC: &[u8; 4] = b"PAR1";
/// The key of Arrow's schema.
const KEY: &[u8] = b"ARROW:schema";
/// Bytes of the shortest schema in base64.
const LEAST: usize = 64;
/// Structures within structures.
const DEPTH: usize = 64;

/// Reads Parquet files: the footer, and columns of bytes that begin like pickles.
pub struct Parquet;

impl Reader for Parquet {
    fn format(&self) -> &'static str {
        "Parquet file"
    }

    fn recognises(&self, head: &Head) -> bool {
        // The end of a stream is not known before it is read.
        head.begins_with(MAGIC) && (head.size.is_none() || head.end.ends_with(MAGIC))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = part.view();
        let size = view.size()?;
        let Some(tail) = size.checked_sub(8) else { return Err(Fault::Truncated(size)) };
        let [a, b, c, d, magic @ ..] = view::array::<8>(&**view, tail)?;
        let length = u32::from_le_bytes([a, b, c, d]);
        let begin = tail.checked_sub(length.into()).filter(|_| magic == *MAGIC);
        let begin = begin.ok_or_else(|| Fault::broken(tail, "has no footer"))?;
        if length > 2 * SCHEMA {
            return Err(Fault::Limit("bytes of a footer"));
        }
        let footer = view.bytes(begin, length as usize)?;
        let texts = Compact { bytes: &footer, next: 0 }.texts()?;
        for (number, _) in texts.iter().enumerate().filter(|(_, text)| **text == KEY) {
            // The fields of a pair may come in either order.
            let before = number.checked_sub(1).and_then(|before| texts.get(before));
            for text in [before, texts.get(number + 1)].into_iter().flatten() {
                let Some(bytes) = decoded(text) else { continue };
                let body = bytes.strip_prefix(&CONTINUES).unwrap_or(&bytes);
                let Some((_, body)) = body.split_at_checked(4) else { continue };
                schema(body, MESSAGE, part, scan)?;
            }
        }
        pages::judge(&footer, part, scan)
    }
}

/// Thrift's compact protocol.
struct Compact<'c> {
    bytes: &'c [u8],
    next: usize,
}

/// What is being read: fields of a structure, or elements of a list.
enum Within {
    Fields,
    Elements { kind: u8, left: u64 },
    Pairs { kinds: u8, left: u64 },
}

impl<'c> Compact<'c> {
    /// The key of the schema, and all texts that are long enough for one.
    fn texts(mut self) -> Result<Vec<&'c [u8]>> {
        let mut texts: Vec<&[u8]> = Vec::new();
        let mut stack = vec![Within::Fields];
        while let Some(within) = stack.last_mut() {
            let kind = match within {
                Within::Fields => match self.field()? {
                    0 => {
                        stack.pop();
                        continue;
                    }
                    // A truth value is within its field's header.
                    1 | 2 => continue,
                    kind => kind,
                },
                Within::Elements { left: 0, .. } | Within::Pairs { left: 0, .. } => {
                    stack.pop();
                    continue;
                }
                Within::Elements { kind, left } => {
                    *left -= 1;
                    *kind
                }
                Within::Pairs { kinds, left } => {
                    *left -= 1;
                    if *left % 2 == 1 { *kinds >> 4 } else { *kinds & 0xf }
                }
            };
            if let Some(within) = self.value(kind, &mut texts)? {
                if stack.len() >= DEPTH {
                    return Err(Fault::Limit("structures within structures"));
                }
                stack.push(within);
            }
        }
        Ok(texts)
    }

    /// The kind of the next field; zero at the end.
    fn field(&mut self) -> Result<u8> {
        let header = self.take(1)?[0];
        if header & 0xf != 0 && header >> 4 == 0 {
            self.number()?;
        }
        Ok(header & 0xf)
    }

    /// Passes over a value, or says what is within it.
    fn value(&mut self, kind: u8, texts: &mut Vec<&'c [u8]>) -> Result<Option<Within>> {
        match kind {
            1..=3 => drop(self.take(1)?),
            4..=6 => drop(self.number()?),
            7 => drop(self.take(8)?),
            8 => {
                let length = self.number()?;
                let text = self.take(length)?;
                if text == KEY || text.len() >= LEAST {
                    texts.push(text);
                }
            }
            9 | 10 => {
                let header = self.take(1)?[0];
                let left = if header >> 4 == 15 { self.number()? } else { u64::from(header >> 4) };
                return Ok(Some(Within::Elements { kind: header & 0xf, left }));
            }
            11 => {
                let pairs = self.number()?;
                let kinds = if pairs == 0 { 0 } else { self.take(1)?[0] };
                return Ok(Some(Within::Pairs { kinds, left: pairs.saturating_mul(2) }));
            }
            12 => return Ok(Some(Within::Fields)),
            13 => drop(self.take(16)?),
            _ => return Err(self.broken()),
        }
        Ok(None)
    }

    fn number(&mut self) -> Result<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.broken())
    }

    fn take(&mut self, length: u64) -> Result<&'c [u8]> {
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
        let taken = taken.ok_or_else(|| self.broken())?;
        self.next += taken.len();
        Ok(taken)
    }

    fn broken(&self) -> Fault {
        Fault::broken(self.next as u64, "has a footer that is broken")
    }
}
