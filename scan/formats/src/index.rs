//! Lists of a model's files as JSON: the shards of a large model, the items of
//! a Core ML package. Loaders join the folder with the names that are there.

mod rules;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use nix_ai_model_scan_json::{Path, begin, leaves, unified};
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, holds, quoted};

use crate::foreign::outside;

/// Reads lists of files.
pub struct Index;

impl Reader for Index {
    fn format(&self) -> &'static str {
        "list of a model's files"
    }

    fn recognises(&self, head: &Head) -> bool {
        let begin = begin(&head.begin);
        begin.trim_ascii_start().first() == Some(&b'{')
            && (head.is_named(&[".index.json"])
                || holds(&begin, &["\"weight_map\"", "\"itemInfoEntries\""]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let text = unified(part.view())?;
        leaves(&*text, scan, &mut |path, scalar, scan| {
            let file = scalar.text().filter(|_| is_file(path));
            if let Some((file, why)) = file.and_then(|file| Some((file, outside(file)?))) {
                let message = format!("The list names the file {}, which {why}", quoted(file));
                scan.find(part, rules::OUTSIDE.found(message));
            }
            Ok(())
        })
    }
}

/// Whether a loader takes what is there for the name of a file: of the shard
/// of a tensor, of an item.
fn is_file(path: &Path) -> bool {
    match path.steps.len() {
        2 => path.at(0) == "weight_map",
        3 => path.at(0) == "itemInfoEntries" && path.at(2) == "path",
        _ => false,
    }
}
