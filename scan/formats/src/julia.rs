//! Julia: streams of its own serialisation, and the documents of BSON.jl.
//! Loading either makes functions of the code that is in it.

use std::collections::BTreeSet;

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan};

/// A stream, or a document with code.
pub static CODE: Rule = Rule {
    id: "julia/serialized-code",
    level: Level::Medium,
    title: "Julia data that may hold code",
    why: "Loading it makes functions of the code that is in it, which run when the model does.",
    advice: "Load the file only if you trust its publisher as you trust the program itself; ask for weights alone.",
};

/// What reaches the system.
pub static CALL: Rule = Rule {
    id: "julia/dangerous-call",
    level: Level::High,
    title: "Julia data that names what runs commands or code",
    why: "No model needs it: a function that is loaded with the file calls it.",
    advice: "Do not load the file.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CALL, &CODE];

/// Names that a model has no use for.
const CALLS: &[&str] = &[
    "Base.run",
    "Cmd",
    "Core.eval",
    "Libdl",
    "_spawn",
    "ccall",
    "dlopen",
    "download",
    "eval",
    "evalfile",
    "foreigncall",
    "include_string",
    "pipeline",
    "run",
    "setenv",
    "unsafe_store!",
];

/// Bytes that are read together, and of the longest name.
const WINDOW: usize = 64 << 10;
const LAP: usize = 64;

/// Reads both.
pub struct Julia;

impl Reader for Julia {
    fn format(&self) -> &'static str {
        "Julia data"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(b"7JL") || is_bson(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let is_stream = part.view().bytes(0, 3)? == b"7JL";
        let (mut at, mut names, mut has_code) = (0_u64, BTreeSet::new(), is_stream);
        loop {
            scan.budget.step(WINDOW as u64 / 16)?;
            let bytes = part.view().bytes(at, WINDOW + LAP)?;
            for word in bytes.split(|byte| !byte.is_ascii_graphic()) {
                let begins = std::str::from_utf8(word).unwrap_or_default().trim_start_matches('`');
                has_code |= matches!(begins, "jl_anonymous" | "jlinfo" | "jl_method");
                if let Some(name) = CALLS.iter().find(|name| **name == begins) {
                    names.insert(*name);
                }
            }
            if bytes.len() < WINDOW + LAP {
                break;
            }
            at += WINDOW as u64;
        }
        if !has_code {
            return Ok(());
        }
        let what = if is_stream { "a stream of Julia's serialisation" } else { "a function" };
        scan.find(part, CODE.found(format!("the file holds {what}")));
        for name in names {
            scan.find(part, CALL.found(format!("the file names \"{name}\"")));
        }
        Ok(())
    }
}

/// Whether it is a document with the size that it says, as BSON.jl makes them.
fn is_bson(head: &Head) -> bool {
    let size = head.begin.first_chunk().map(|size| u64::from(u32::from_le_bytes(*size)));
    let is_sized = size.is_some() && size == head.size;
    let kind = head.begin.get(4);
    (is_sized && matches!(kind, Some(3 | 4)) || head.is_named(&[".bson"])) && head.holds(&["tag\0"])
}

#[cfg(test)]
mod tests {
    use super::Julia;
    use crate::testing::{fails, found};

    #[test]
    fn code_is_told_by_what_it_names() {
        let stream = |name: &[u8]| [b"7JL\x1a\x04\0\0\0\x15\0\0\0\0Base\0", name, &[0; 8]].concat();
        assert!(fails(&found(&Julia, "a.jls", &stream(b"run"))));
        let plain = found(&Julia, "a.jls", &stream(b"relu"));
        assert!(plain.len() == 1 && !fails(&plain));
        let text = |value: &str| {
            [&(value.len() as u32 + 1).to_le_bytes()[..], value.as_bytes(), b"\0"].concat()
        };
        let document = |tag: &str, name: &str| {
            let inner = [&b"\x02tag\0"[..], &text(tag), b"\x02n\0", &text(name), b"\0"].concat();
            let inner = [&(inner.len() as u32 + 4).to_le_bytes()[..], &inner].concat();
            let whole = [&b"\x03model\0"[..], &inner, b"\0"].concat();
            [&(whole.len() as u32 + 4).to_le_bytes()[..], &whole].concat()
        };
        assert!(fails(&found(&Julia, "a.bson", &document("jl_anonymous", "run"))));
        let plain = found(&Julia, "a.bson", &document("jl_anonymous", "relu"));
        assert!(plain.len() == 1 && !fails(&plain));
        assert_eq!(found(&Julia, "a.bson", &document("array", "run")), []);
    }
}
