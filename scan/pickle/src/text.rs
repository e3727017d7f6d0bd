//! The escapes of strings of protocol 0.

use crate::opcode;

/// What a line of `STRING` or `UNICODE` says.
pub(crate) fn unescaped(code: u8, line: &[u8]) -> Vec<u8> {
    if code == opcode::UNICODE {
        return raw_unicode(line);
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line).trim_ascii();
    let quoted = match line {
        [first @ (b'\'' | b'"'), inner @ .., last] if first == last => inner,
        _ => line,
    };
    bytes(quoted)
}

/// Python's `codecs.escape_decode`.
fn bytes(line: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let Some((&escape, after)) = rest.split_first().filter(|_| byte == b'\\') else {
            made.push(byte);
            continue;
        };
        rest = after;
        match escape {
            b'a' => made.push(7),
            b'b' => made.push(8),
            b'f' => made.push(12),
            b'n' => made.push(b'\n'),
            b'r' => made.push(b'\r'),
            b't' => made.push(b'\t'),
            b'v' => made.push(11),
            b'\n' => {}
            b'x' => made.extend(digits(&mut rest, 16, 2, 2).map(|value| value as u8)),
            b'0'..=b'7' => {
                let mut value = u32::from(escape - b'0');
                for _ in 0..2 {
                    let Some(digit) = digits(&mut rest, 8, 1, 1) else { break };
                    value = value * 8 + digit;
                }
                made.push(value as u8);
            }
            b'\\' | b'\'' | b'"' => made.push(escape),
            other => made.extend([b'\\', other]),
        }
    }
    made
}

/// Python's codec `raw-unicode-escape`: Latin-1 with `\u` and `\U`.
fn raw_unicode(line: &[u8]) -> Vec<u8> {
    let mut made = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        let mut ahead = after.get(1..).unwrap_or_default();
        let escaped = match (byte, after.first()) {
            (b'\\', Some(b'u')) => digits(&mut ahead, 16, 4, 4),
            (b'\\', Some(b'U')) => digits(&mut ahead, 16, 8, 8),
            _ => None,
        };
        match escaped {
            Some(value) => {
                made.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = ahead;
            }
            None => {
                made.push(byte.into());
                rest = after;
            }
        }
    }
    made.into_bytes()
}

/// Takes a number of `least` to `most` digits.
fn digits(rest: &mut &[u8], radix: u32, least: usize, most: usize) -> Option<u32> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let count = rest.iter().take(most).take_while(is_digit).count();
    let (digits, after) = rest.split_at_checked(count).filter(|_| count >= least)?;
    let value = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    *rest = after;
    Some(value)
}

/// Bytes as a text to be shown or compared; what is not UTF-8 is read as
/// Latin-1, as loaders of old pickles are told to.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Text of characters that are a byte each, as these bytes.
pub(crate) fn narrow(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}
