//! Compiled models: their program as text, `model.mil`.

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, quoted};

use super::program::FOLDER;
use super::rules;
use crate::foreign::outside;
use crate::prototext::{Token, Tokens};

/// Reads programs of compiled models.
pub struct Mil;

impl Reader for Mil {
    fn format(&self) -> &'static str {
        "compiled Core ML program"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[".mil"])
            || head.begin.trim_ascii_start().starts_with(b"program(")
                && head.holds(&["BLOBFILE", "func "])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut tokens = Tokens::new(part.cursor());
        let mut is_path = false;
        loop {
            scan.budget.step(1)?;
            match tokens.next()? {
                Token::End => return Ok(()),
                Token::Word(word) => is_path |= matches!(&*word, "BLOBFILE" | "path"),
                Token::Text(path) => {
                    let inner = path.strip_prefix(FOLDER).unwrap_or(&path);
                    if let Some(why) = outside(inner).filter(|_| is_path) {
                        let message =
                            format!("A constant is in the file {}, which {why}", quoted(&path));
                        scan.find(part, rules::LINK.found(message));
                    }
                    is_path = false;
                }
                Token::Open | Token::Close => {}
            }
        }
    }
}
