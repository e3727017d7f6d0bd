//! Configurations as JSON.

use nix_ai_model_scan_json::{Scalar, begin, leaves, unified};
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

use crate::config::{self, Leaf};

/// Reads JSON configurations.
pub(crate) struct Json;

impl Reader for Json {
    fn format(&self) -> &'static str {
        "JSON text"
    }

    fn recognises(&self, head: &Head) -> bool {
        let begin = begin(&head.begin);
        let text = begin.trim_ascii_start();
        // More white space than is looked at: what comes may be anything.
        if text.is_empty() && head.begin.len() >= Head::BEGIN {
            return true;
        }
        let second = text.get(1..).unwrap_or_default().trim_ascii_start();
        matches!(
            (text.first(), second.first()),
            (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'"' | b'{' | b'[' | b']'))
        ) || head.is_named(&[".json", ".ipynb"]) && matches!(text.first(), Some(b'{' | b'['))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut judge = config::Judge::new(part.clone());
        let mut texts = Vec::new();
        let text = unified(part.view())?;
        leaves(&*text, scan, &mut |path, scalar, scan| {
            let leaf = match scalar {
                Scalar::Text(text) => Leaf::Text(text.as_str()),
                Scalar::Word("true") => Leaf::True,
                _ => return Ok(()),
            };
            judge.leaf(path, &leaf, scan, &mut texts)
        })?;
        config::parts(part, texts, scan);
        judge.end(scan)
    }
}
