//! What came before GGUF.

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

use super::rules;

/// Recognises GGML, GGMF, GGJT and LoRA adapters of llama.cpp.
pub struct Ggml;

impl Reader for Ggml {
    fn format(&self) -> &'static str {
        "GGML file"
    }

    fn recognises(&self, head: &Head) -> bool {
        // Each is a number that was written in little-endian order.
        let magic = [b"lmgg", b"fmgg", b"tjgg", b"algg"];
        magic.iter().any(|magic| head.begins_with(&magic[..]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        let magic = cursor.u32()?;
        // GGML itself has no version: its next number is a size.
        let version = cursor.u32()?;
        let message = match magic {
            0x6767_6d6c => "The file is of the format GGML, which has no version".to_owned(),
            _ => format!("The file is of a format from before GGUF, version {version}"),
        };
        scan.find(part, rules::ANCIENT.found(message));
        // The first size is that of the vocabulary, whose words follow; of an
        // adapter, it is the rank.
        let (at, words) = match magic {
            0x6767_6d6c => (4, version),
            _ => (8, cursor.u32()?),
        };
        if u64::from(words) > part.view().size()? {
            let message = format!("The vocabulary is said to have {words} words");
            scan.find(part, rules::COUNT.found(message).at(at));
        }
        Ok(())
    }
}
