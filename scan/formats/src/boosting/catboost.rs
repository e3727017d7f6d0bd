use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};

use super::MEASURE;
use super::xgboost::text_found;

/// Bytes of the core that are looked at for text at once.
const STEP: u64 = 1 << 20;
/// Bytes by which steps overlap.
const OVERLAP: u64 = 4096;
/// Bytes of the core that are looked at: what is told of the model comes among
/// the first or the last.
const ENDS: u64 = 8 << 20;

/// Models of CatBoost: a signature, the size of a core, the core as
/// flatbuffer, and parts of other kinds.
pub struct CatBoost;

impl Reader for CatBoost {
    fn format(&self) -> &'static str {
        "CatBoost model"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(b"CBM1")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        cursor.skip(4);
        let core = u64::from(cursor.u32()?);
        let root = u64::from(cursor.u32()?);
        let size = part.view().size()?;
        let told = if core > size.saturating_sub(8) {
            Some(format!("a core of {core} bytes is promised in a file of {size}"))
        } else if root < 4 || root.saturating_add(4) > core {
            Some(format!("the root of the core is at {root} of {core} bytes"))
        } else {
            cursor.go_to(8 + root);
            let back = i64::from(cursor.u32()?.cast_signed());
            let table = i64::try_from(root).ok().and_then(|root| root.checked_sub(back));
            let is_within = table.is_some_and(|table| table >= 0 && table < core.cast_signed());
            (!is_within).then(|| "the root of the core has no table".to_owned())
        };
        if let Some(told) = told {
            scan.find(part, MEASURE.found(told).at(4));
            return Err(Fault::broken(4, "has a core that is not one"));
        }
        let end = 8 + core;
        let first = end.min(8 + ENDS);
        texts(part, 8, first, scan)?;
        texts(part, first.max(end.saturating_sub(ENDS)), end, scan)
    }
}

/// Looks for code among the text from one place to another.
fn texts<'a>(part: &Part<'a>, begin: u64, end: u64, scan: &mut Scan<'a>) -> Result<()> {
    let mut at = begin;
    while at < end {
        let length = usize::try_from(STEP.min(end - at)).unwrap_or(0);
        scan.budget.step(length as u64 / 16)?;
        let bytes = part.view().bytes(at, length)?;
        let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
        let mut place = at;
        for text in bytes.split(|byte| !is_text(byte)) {
            if text.len() >= 8
                && let Some(found) = text_found(&String::from_utf8_lossy(text))
            {
                scan.find(part, found.at(place));
            }
            place += text.len() as u64 + 1;
        }
        if length as u64 + at >= end {
            return Ok(());
        }
        at += STEP - OVERLAP;
    }
    Ok(())
}
