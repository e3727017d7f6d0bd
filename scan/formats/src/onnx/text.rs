//! ONNX as text: protobuf's own form, and that of ONNX.

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, quoted};

use super::{operators, rules};
use crate::account::weight;
use crate::foreign::{code, outside};
use crate::prototext::{Token, Tokens};

/// Reads models as text.
pub struct OnnxText;

impl Reader for OnnxText {
    fn format(&self) -> &'static str {
        "ONNX model in text form"
    }

    fn recognises(&self, head: &Head) -> bool {
        let named =
            head.is_named(&[".onnxtxt", ".onnx.txt", ".onnxtext", ".onnx.prototxt", ".textproto"]);
        let speaks =
            head.is_named(&[".py", ".pyi", ".md", ".rst", ".ipynb", ".proto", ".h", ".cc"]);
        head.is_text()
            && !speaks
            && (named
                || head.holds(&["ir_version:"])
                    && head.holds(&["opset_import", "producer_name", "graph {"]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut tokens = Tokens::new(part.cursor());
        let mut before = String::new();
        loop {
            scan.budget.step(1)?;
            let text = match tokens.next()? {
                Token::End => return Ok(()),
                Token::Word(word) if operators::PYTHON.contains(&&*word) => {
                    if let Some(found) = operators::judge("", &word, false) {
                        scan.find(part, found);
                    }
                    continue;
                }
                Token::Text(text) => text,
                _ => continue,
            };
            // Key and value of a reference, in either order.
            let is_place = |key: &str| matches!(key, "location" | "basepath" | "ep_cache_context");
            for (key, value) in [(&before, &text), (&text, &before)] {
                if is_place(key)
                    && let Some(why) = outside(value)
                {
                    let message = format!("A tensor is in the file {}, which {why}", quoted(value));
                    scan.find(part, rules::EXTERNAL.found(message));
                }
            }
            if operators::PYTHON.contains(&&*text)
                && let Some(found) = operators::judge("", &text, false)
            {
                scan.find(part, found);
            }
            if let Some(what) = code(&text) {
                let message = format!("A string of the model holds {what}: {}", quoted(&text));
                scan.find(part, rules::CODE.found(message).level(weight(&text)));
            }
            before = text;
        }
    }
}
