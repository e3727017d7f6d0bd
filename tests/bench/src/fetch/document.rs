//! The document: its figures are replaced, its sentences stay.

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- measured -->\n";
const END: &str = "<!-- end of measured -->\n";

/// Writes the figures into the document.
pub(crate) fn write(document: &Path, figures: &str) {
    let text = fs::read_to_string(document).unwrap();
    fs::write(document, replaced(&text, figures)).unwrap();
}

fn replaced(text: &str, figures: &str) -> String {
    let (before, rest) = text.split_once(BEGIN).expect("the document says where figures begin");
    let (_, after) = rest.split_once(END).expect("the document says where figures end");
    format!("{before}{BEGIN}\n{figures}\n{END}{after}")
}
