//! Programs as JSON: operators are strings such as `1.matmul`, attributes are
//! strings as well. The strings alone are looked at.

use nix_ai_model_scan_walk::{Cursor, Head, Part, Reader, Result, Scan};

use super::{FILES, judge, rules};
use crate::foreign::{code, quoted};

/// Bytes of a string that are kept.
const STRING: usize = 16 << 10;

/// Reads programs as JSON.
pub struct PaddleJson;

impl Reader for PaddleJson {
    fn format(&self) -> &'static str {
        "PaddlePaddle program"
    }

    fn recognises(&self, head: &Head) -> bool {
        let holds = |word: &[u8]| head.begin.windows(word.len()).any(|window| window == word);
        head.begins_with(b"{") && holds(b"\"base_code\"") && holds(b"\"pir\"")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        while let Some(text) = string(&mut cursor)? {
            scan.budget.step(1)?;
            // The number of the dialect comes before the operator.
            let name = match text.split_once('.') {
                Some((dialect, name))
                    if dialect.bytes().all(|b| b.is_ascii_digit())
                        || matches!(dialect, "pd_op" | "cf" | "custom_op") =>
                {
                    name.trim_end_matches('_')
                }
                _ if super::PYTHON.contains(&&*text) => &text,
                _ => "",
            };
            if !FILES.contains(&name)
                && let Some(found) = judge(name)
            {
                scan.find(part, found.at(cursor.position()));
            }
            if let Some(what) = code(&text) {
                let message = format!("A string of the program holds {what}: {}", quoted(&text));
                scan.find(part, rules::CODE.found(message).at(cursor.position()));
            }
        }
        Ok(())
    }
}

/// The next string, without its quotes; escapes of letters are undone.
fn string(cursor: &mut Cursor<'_>) -> Result<Option<String>> {
    loop {
        let held = cursor.peek()?;
        if held.is_empty() {
            return Ok(None);
        }
        let found = held.iter().position(|byte| *byte == b'"');
        let passed = found.map_or(held.len(), |place| place + 1);
        cursor.advance(passed);
        if found.is_some() {
            break;
        }
    }
    let mut text = Vec::new();
    loop {
        let Some(&byte) = cursor.peek()?.first() else { return Ok(None) };
        cursor.advance(1);
        let byte = match byte {
            b'"' => return Ok(Some(String::from_utf8_lossy(&text).into_owned())),
            b'\\' => escaped(cursor)?,
            byte => byte,
        };
        if text.len() < STRING {
            text.push(byte);
        }
    }
}

fn escaped(cursor: &mut Cursor<'_>) -> Result<u8> {
    let byte = cursor.u8()?;
    if byte != b'u' {
        return Ok(byte);
    }
    let digits = cursor.array::<4>()?;
    let number =
        std::str::from_utf8(&digits).ok().and_then(|text| u32::from_str_radix(text, 16).ok());
    Ok(number.and_then(|number| u8::try_from(number).ok()).unwrap_or(b'?'))
}
