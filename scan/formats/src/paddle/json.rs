//! Programs as JSON: operators are strings such as `1.matmul`, attributes are
//! strings as well. The strings alone are looked at.

use nix_ai_model_scan_json::{Tokens, is_object, unified};
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, holds, quoted};

use super::{FILES, judge, rules};
use crate::foreign::code;

/// Bytes of a string that are kept.
const STRING: usize = 16 << 10;

/// Reads programs as JSON.
pub struct PaddleJson;

impl Reader for PaddleJson {
    fn format(&self) -> &'static str {
        "PaddlePaddle program"
    }

    fn recognises(&self, head: &Head) -> bool {
        is_object(&head.begin)
            .is_some_and(|begin| holds(&begin, &["\"base_code\""]) && holds(&begin, &["\"pir\""]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let text = unified(part.view())?;
        let mut tokens = Tokens::new(&*text, STRING);
        while let Some(sign) = tokens.sign()? {
            if sign != b'"' {
                tokens.pass();
                continue;
            }
            tokens.read_string()?;
            scan.budget.step(1)?;
            let text = tokens.text().as_str();
            // The number of the dialect comes before the operator.
            let name = match text.split_once('.') {
                Some((dialect, name))
                    if dialect.bytes().all(|b| b.is_ascii_digit())
                        || matches!(dialect, "pd_op" | "cf" | "custom_op") =>
                {
                    name.trim_end_matches('_')
                }
                _ if super::PYTHON.contains(&text) => text,
                _ => "",
            };
            if !FILES.contains(&name)
                && let Some(found) = judge(name)
            {
                scan.find(part, found.at(tokens.position()));
            }
            if let Some(what) = code(text) {
                let message = format!("A string of the program holds {what}: {}", quoted(text));
                scan.find(part, rules::CODE.found(message).at(tokens.position()));
            }
        }
        Ok(())
    }
}
