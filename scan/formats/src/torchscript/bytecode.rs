//! What torch compiled for its interpreter on phones: a table of operators by
//! name, in a pickle or in a FlatBuffer.

use std::collections::HashSet;

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

use super::{CLASSES, DANGEROUS, OPERATOR};

/// Bytes that are searched together.
const WINDOW: usize = 64 << 10;
/// Bytes of the longest name, and of the sign behind it.
const LAP: usize = 128;

/// Code that was compiled for the interpreter on phones.
pub struct Bytecode;

impl Reader for Bytecode {
    fn format(&self) -> &'static str {
        "TorchScript bytecode"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.name == "bytecode.pkl" || head.has_at(4, b"PTMF")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let (mut at, mut told) = (0_u64, HashSet::new());
        loop {
            scan.budget.step(WINDOW as u64 / 64)?;
            let bytes = part.view().bytes(at, WINDOW + LAP)?;
            for (place, pair) in bytes.windows(2).enumerate() {
                let name = match pair {
                    b"::" => operator(&bytes[..place], &bytes[place + 2..]),
                    b"s." => class(&bytes[..place], &bytes[place + 2..]),
                    _ => None,
                };
                if let Some(name) = name.filter(|name| told.insert(*name)) {
                    let message = format!("the compiled code names \"{name}\"");
                    scan.find(part, OPERATOR.found(message).at(at + place as u64));
                }
            }
            if bytes.len() < WINDOW + LAP {
                return Ok(());
            }
            at += WINDOW as u64;
        }
    }
}

/// The operator that a pair of colons stands within, where it is a dangerous
/// one.
fn operator(before: &[u8], after: &[u8]) -> Option<&'static str> {
    DANGEROUS.iter().copied().find(|known| {
        let Some((family, name)) = known.split_once('.') else { return false };
        let family = if family == "torch" { "aten" } else { family };
        before.ends_with(family.as_bytes()) && after.strip_prefix(name.as_bytes()).is_some_and(ends)
    })
}

fn class(before: &[u8], after: &[u8]) -> Option<&'static str> {
    let of_name = |known: &str| after.strip_prefix(known.as_bytes()).is_some_and(ends);
    let is_class = before.ends_with(b"torch.classe");
    CLASSES.iter().copied().find(|known| is_class && of_name(known))
}

/// Whether a name ends where these bytes follow. The letter `q` is a pickle's
/// instruction that takes note of a text.
fn ends(rest: &[u8]) -> bool {
    rest.first().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' || *byte == b'q')
}

#[cfg(test)]
mod tests {
    use super::Bytecode;
    use crate::testing::{fails, found};

    #[test]
    fn operators_of_the_table_are_judged() {
        let table = |name: &str| {
            let text = [b"\x80\x02X", &(name.len() as u32).to_le_bytes()[..], name.as_bytes()];
            [&text.concat()[..], b"q\x01X\0\0\0\0q\x02K\x02\x87."].concat()
        };
        for bad in ["aten::save", "aten::from_file", "image::read_file"] {
            assert!(fails(&found(&Bytecode, "m/bytecode.pkl", &table(bad))), "{bad}");
        }
        for good in ["aten::add", "aten::saved", "quantized::linear"] {
            assert_eq!(found(&Bytecode, "m/bytecode.pkl", &table(good)), [], "{good}");
        }
        let flat = [&b"\x10\0\0\0PTMF"[..], &[0; 66_000], b"aten::save\0"].concat();
        assert!(fails(&found(&Bytecode, "m.ptl", &flat)));
    }
}
